"""The settings of Puppet's own client tools, so that we work wherever `puppet job` does."""

from pathlib import Path

from orch_tui.config.error import ConfigError
from orch_tui.plain import plain

GLOBAL = Path("/etc/puppetlabs/client-tools/orchestrator.conf")
USER = Path("~/.puppetlabs/client-tools/orchestrator.conf")

# The keys of `options` that mean something to us; the rest (color, verbose, noop …) is for `puppet job`.
_SHARED = ("service-url", "cacert", "token-file", "environment")


def puppet_settings(files: tuple[Path, ...] = (GLOBAL, USER)) -> tuple[Path, dict[str, object]]:
    """The options of `orchestrator.conf`, the user's over the global ones, and the last file they came from.

    Raises:
        ConfigError: A file is there and cannot be read.
    """
    source, merged = files[-1], dict[str, object]()
    for file in files:
        try:
            path = file.expanduser()
            text = path.read_text(encoding="utf-8-sig")
        except (FileNotFoundError, NotADirectoryError, RuntimeError):
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{plain(str(file))}: cannot be read ({type(error).__name__})") from None
        source = path
        merged |= _options(path, text)
    return source, merged


def _options(path: Path, text: str) -> dict[str, object]:
    import json  # here: where our own file exists, the first frame need not wait for it

    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{plain(str(path))}: is not JSON ({plain(str(error))})") from None
    options = document.get("options") if isinstance(document, dict) else None
    if not isinstance(options, dict):
        raise ConfigError(f"{plain(str(path))}: options: must be an object with Puppet's settings")
    return {key: options[key] for key in _SHARED if key in options}
