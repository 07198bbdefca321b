"""The settings of Puppet's own client tools, so that we work wherever `puppet job` does."""

from pathlib import Path
from typing import NamedTuple

from orch_tui.config.error import ConfigError
from orch_tui.plain import plain

GLOBAL = Path("/etc/puppetlabs/client-tools/orchestrator.conf")
USER = Path("~/.puppetlabs/client-tools/orchestrator.conf")
_ACCESS = "puppet-access.conf"
"""Beside each of them: what `puppet access` knows of the token service."""

# The keys of `options` that mean something to us; the rest (color, verbose, noop …) is for `puppet job`.
_SHARED = ("service-url", "cacert", "token-file", "environment")


class PuppetSettings(NamedTuple):
    """What the client tools are told: each key's value, and the file that it came from.

    `file` is the last `orchestrator.conf` that there is.
    """

    file: Path
    table: dict[str, object]
    origins: dict[str, Path]


def puppet_settings(files: tuple[Path, ...] = (GLOBAL, USER)) -> PuppetSettings:
    """The options of `orchestrator.conf`, the user's over the global ones.

    The token service, which `puppet-access.conf` names, is among them as `rbac-url`.

    Raises:
        ConfigError: A file is there and cannot be read.
    """
    source, merged, origins = files[-1], dict[str, object](), dict[str, Path]()
    for file in files:
        document = _document(file)
        if document is not None:
            source = file.expanduser()
            options = _options(source, document)
            merged |= options
            origins |= dict.fromkeys(options, source)
    # Without an orchestrator, where to sign in says nothing.
    for file in files if merged else ():
        access = file.with_name(_ACCESS)
        document = _document(access)
        if isinstance(document, dict) and "service-url" in document:
            merged["rbac-url"], origins["rbac-url"] = document["service-url"], access
    return PuppetSettings(source, merged, origins)


def _document(file: Path) -> object:
    """The JSON in `file`; None where there is no such file."""
    try:
        text = file.expanduser().read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError, RuntimeError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{plain(str(file))}: cannot be read ({type(error).__name__})") from None
    import json  # here: where our own file exists, the first frame need not wait for it

    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{plain(str(file))}: is not JSON ({plain(str(error))})") from None


def _options(path: Path, document: object) -> dict[str, object]:
    options = document.get("options") if isinstance(document, dict) else None
    if not isinstance(options, dict):
        raise ConfigError(f"{plain(str(path))}: options: must be an object with Puppet's settings")
    return {key: options[key] for key in _SHARED if key in options}
