"""Check a configuration, and say in one line what is wrong with it."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from orch_tui.config.error import ConfigError
from orch_tui.config.model import Config, Profile
from orch_tui.config.source import TOKEN_VARIABLE, Source, find_config
from orch_tui.plain import plain

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


def load_config(explicit: Path | None, environment: Mapping[str, str]) -> Config:
    """The configuration, wherever it is found.

    Raises:
        ConfigError: There is none, or what there is cannot be used.
    """
    return check_config(find_config(explicit, environment))


def check_config(found: Source) -> Config:
    """The configuration in what was found.

    Raises:
        ConfigError: It cannot be used.
    """
    try:
        return Config.model_validate(found.table)
    except ValidationError as error:
        # One is enough, and the input itself is never shown (it might hold a token). A misspelt key comes
        # first: what is missing may be missing because of it.
        errors = error.errors(include_url=False, include_input=False, include_context=True)
        first = min(errors, key=lambda one: one["type"] != "extra_forbidden")
        raise ConfigError(f"{plain(str(found.file))}: {plain(_explained(first, found.prefix))}") from None


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
