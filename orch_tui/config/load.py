"""Find the configuration, read it, and say in one line what is wrong with it."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

import tomli
from platformdirs import user_config_path
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from orch_tui.config.model import Config, ConfigError, Profile
from orch_tui.config.puppet import puppet_settings
from orch_tui.plain import plain

APP = "orch-tui"
VARIABLE = "ORCH_TUI_CONFIG"
TOKEN_VARIABLE = "ORCH_TUI_TOKEN"

# pydantic's own words for these are a programmer's.
_PLAINLY = {
    "string_type": 'must be text in quotes: "…"',
    "bool_type": "must be true or false",
    "path_type": 'must be text in quotes: "…"',
    "float_type": "must be a number",
    "tuple_type": 'must be a list: ["…", "…"]',
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "too_short": "needs at least one entry",
    "string_pattern_mismatch": "letters, digits and _ only, as Puppet names environments",
}


def config_folder() -> Path:
    """Where our own file and the user's themes live: `$XDG_CONFIG_HOME/orch-tui`."""
    return user_config_path(APP)


def load_config(explicit: Path | None, environment: Mapping[str, str]) -> Config:
    """The configuration from `--config`, `$ORCH_TUI_CONFIG`, the user's folder, or Puppet's client tools.

    Raises:
        ConfigError: There is none, or what there is cannot be used.
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
    return _checked({"profiles": {"puppet": settings}}, source, prefix=("profiles", "puppet"))


def _read(path: Path) -> Config:
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
    return _checked(table, path)


def _checked(table: Mapping[str, object], source: Path, prefix: tuple[str, ...] = ()) -> Config:
    try:
        return Config.model_validate(table)
    except ValidationError as error:
        # One is enough, and the input itself is never shown (it might hold a token). A misspelt key comes
        # first: what is missing may be missing because of it.
        errors = error.errors(include_url=False, include_input=False, include_context=True)
        first = min(errors, key=lambda one: one["type"] != "extra_forbidden")
        raise ConfigError(f"{plain(str(source))}: {plain(_explained(first, prefix))}") from None


def _explained(error: ErrorDetails, prefix: tuple[str, ...]) -> str:
    location = tuple(str(part) for part in error["loc"] if part != "[key]")
    key = ".".join(location[len(prefix) :] if location[: len(prefix)] == prefix else location)
    if error["type"] == "extra_forbidden":
        return f"{key}: {_unknown_key(location)}"
    if error["type"] == "missing":
        return f"{key}: is required"
    message = error["msg"].removeprefix("Value error, ").replace("Input should", "must", 1)
    allowed = _PLAINLY.get(error["type"], message)
    return f"{key}: {allowed}" if key else allowed


def _unknown_key(location: tuple[str, ...]) -> str:
    section: type[BaseModel] = Profile if location[0] == "profiles" else Config
    allowed = [field.alias or name for name, field in section.model_fields.items()]
    name = location[-1]
    if name.lower() == "token":
        return f"a token does not belong in this file; set token-file, or {TOKEN_VARIABLE}"
    if close := get_close_matches(name, allowed, n=1):
        return f"no such key; did you mean {close[0]}?"
    return f"no such key; allowed are {', '.join(allowed)}"
