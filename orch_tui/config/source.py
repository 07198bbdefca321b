"""Find the configuration and read it, without judging it: quick enough to come before the first frame."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import tomli

from orch_tui.config.error import ConfigError, NothingConfigured
from orch_tui.config.puppet import GLOBAL, USER, puppet_settings
from orch_tui.plain import plain

APP = "orch-tui"
VARIABLE = "ORCH_TUI_CONFIG"
TOKEN_VARIABLE = "ORCH_TUI_TOKEN"


def shipped(name: str) -> Path:
    """A file or folder that comes with the program: in the installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / name
    return installed if installed.exists() else package.parent / name


class Source(NamedTuple):
    """A configuration as it was found.

    Attributes:
        prefix: What its author did not write of its keys' names.
        origins: Of Puppet's settings, the file that each came from.
    """

    table: Mapping[str, object]
    file: Path
    prefix: tuple[str, ...] = ()
    origins: Mapping[str, Path] = MappingProxyType({})


class Place(NamedTuple):
    """Where a configuration is looked for; `file` is None where nobody has named one."""

    what: str
    file: Path | None


def places(explicit: Path | None, environment: Mapping[str, str]) -> tuple[Place, ...]:
    """All places, in the order in which `find_config` looks at them; of Puppet's, both are read."""
    named = environment.get(VARIABLE)
    return (
        Place("--config", explicit),
        Place(f"${VARIABLE}", Path(named) if named else None),
        Place("own file", _own_file()),
        Place("Puppet, all users", GLOBAL),
        Place("Puppet, yours", USER),
    )


def config_folder() -> Path:
    """Where our own file and the user's themes live: `$XDG_CONFIG_HOME/orch-tui`."""
    from platformdirs import user_config_path

    return user_config_path(APP)


def state_folder() -> Path:
    """Where the program keeps what it must remember: `$XDG_STATE_HOME/orch-tui`."""
    from platformdirs import user_state_path

    return user_state_path(APP)


def _own_file() -> Path:
    return config_folder() / "config.toml"


def find_config(explicit: Path | None, environment: Mapping[str, str]) -> Source:
    """The configuration from `--config`, `$ORCH_TUI_CONFIG`, the user's folder, or Puppet's client tools.

    Raises:
        ConfigError: There is none, or what there is cannot be read.
    """
    if explicit is not None:
        return _read(explicit)
    if named := environment.get(VARIABLE):
        return _read(Path(named))
    own = _own_file()
    try:
        exists = own.exists()
    except OSError as error:
        raise ConfigError(f"{plain(str(own))}: {error.strerror}") from None
    if exists:
        return _read(own)
    puppets = puppet_settings()
    if not puppets.table:
        raise NothingConfigured((own, GLOBAL, USER))
    table = {"profiles": {"puppet": puppets.table}}
    return Source(table, puppets.file, prefix=("profiles", "puppet"), origins=puppets.origins)


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
