"""What is wrong with the configuration."""


class ConfigError(Exception):
    """A configuration that cannot be used; its text is the one line to show."""
