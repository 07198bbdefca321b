"""What the user has configured: our own TOML file, or the files of Puppet's client tools."""

from orch_tui.config.load import TOKEN_VARIABLE, config_folder, load_config
from orch_tui.config.model import Config, ConfigError, Profile

__all__ = ["TOKEN_VARIABLE", "Config", "ConfigError", "Profile", "config_folder", "load_config"]
