"""Find the configuration and read it, without judging it: quick enough to come before the first frame."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import tomli

from orch_tui.config.error import ConfigError
from orch_tui.config.puppet import puppet_settings
from orch_tui.plain import plain

APP = "orch-tui"
VARIABLE = "ORCH_TUI_CONFIG"
TOKEN_VARIABLE = "ORCH_TUI_TOKEN"


class Source(NamedTuple):
    """A configuration as it was found; `prefix` is what its author did not write of its keys' names."""

    table: Mapping[str, object]
    file: Path
    prefix: tuple[str, ...] = ()


def config_folder() -> Path:
    """Where our own file and the user's themes live: `$XDG_CONFIG_HOME/orch-tui`."""
    from platformdirs import user_config_path

    return user_config_path(APP)


def state_folder() -> Path:
    """Where the program keeps what it must remember: `$XDG_STATE_HOME/orch-tui`."""
    from platformdirs import user_state_path

    return user_state_path(APP)


def find_config(explicit: Path | None, environment: Mapping[str, str]) -> Source:
    """The configuration from `--config`, `$ORCH_TUI_CONFIG`, the user's folder, or Puppet's client tools.

    Raises:
        ConfigError: There is none, or what there is cannot be read.
    """
    if explicit is not None:
        return _read(explicit)
    if named := environment.get(VARIABLE):
        return _read(Path(named))
    own = config_folder() / "config.toml"
    try:
        exists = own.exists()
    except OSError as error:
        raise ConfigError(f"{plain(str(own))}: {error.strerror}") from None
    if exists:
        return _read(own)
    source, settings = puppet_settings()
    if not settings:
        raise ConfigError(
            f"nothing is configured: neither {own} nor Puppet's orchestrator.conf exists. "
            "Try `orch-tui demo`, or start from config.example.toml"
        )
    return Source({"profiles": {"puppet": settings}}, source, prefix=("profiles", "puppet"))


def _read(path: Path) -> Source:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{plain(str(path))}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{plain(str(path))}: is not a UTF-8 text file") from None
    try:
        table = tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{plain(str(path))}: {plain(str(error))}") from None
    except ValueError:  # int() has a limit of its own
        raise ConfigError(f"{plain(str(path))}: holds a number of thousands of digits") from None
    return Source(table, path)
