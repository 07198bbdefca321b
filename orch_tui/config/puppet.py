"""The settings of Puppet's own client tools, so that we work wherever `puppet job` does."""

from pathlib import Path

from orch_tui.config.error import ConfigError
from orch_tui.plain import plain

GLOBAL = Path("/etc/puppetlabs/client-tools/orchestrator.conf")
USER = Path("~/.puppetlabs/client-tools/orchestrator.conf")
_ACCESS = "puppet-access.conf"
"""Beside each of them: what `puppet access` knows of the token service."""

# The keys of `options` that mean something to us; the rest (color, verbose, noop …) is for `puppet job`.
_SHARED = ("service-url", "cacert", "token-file", "environment")


def puppet_settings(files: tuple[Path, ...] = (GLOBAL, USER)) -> tuple[Path, dict[str, object]]:
    """The options of `orchestrator.conf`, the user's over the global ones, and the last file they came from.

    The token service, which `puppet-access.conf` names, is among them as `rbac-url`.

    Raises:
        ConfigError: A file is there and cannot be read.
    """
    source, merged = files[-1], dict[str, object]()
    for file in files:
        document = _document(file)
        if document is not None:
            source = file.expanduser()
            merged |= _options(source, document)
    # Without an orchestrator, where to sign in says nothing.
    for file in files if merged else ():
        document = _document(file.with_name(_ACCESS))
        if isinstance(document, dict) and "service-url" in document:
            merged["rbac-url"] = document["service-url"]
    return source, merged


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
