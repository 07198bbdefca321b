"""What the user has configured: our own TOML file, or the files of Puppet's client tools.

Importing this package is cheap. Finding and reading the file is quick too; checking it brings pydantic in.
Each comes with the first look at it.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from orch_tui.config.error import ConfigError, NothingConfigured

if TYPE_CHECKING:
    from orch_tui.config.load import check_config, load_config
    from orch_tui.config.model import Config, Profile
    from orch_tui.config.source import (
        TOKEN_VARIABLE,
        Place,
        Source,
        config_folder,
        find_config,
        places,
        shipped,
        state_folder,
    )

__all__ = [
    "TOKEN_VARIABLE",
    "Config",
    "ConfigError",
    "NothingConfigured",
    "Place",
    "Profile",
    "Source",
    "check_config",
    "config_folder",
    "find_config",
    "load_config",
    "places",
    "shipped",
    "state_folder",
]

_HOMES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("Config", "Profile"), "model"),
        **dict.fromkeys(("check_config", "load_config"), "load"),
        **dict.fromkeys(
            (
                "TOKEN_VARIABLE",
                "Place",
                "Source",
                "config_folder",
                "find_config",
                "places",
                "shipped",
                "state_folder",
            ),
            "source",
        ),
    }
)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
