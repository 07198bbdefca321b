"""What is wrong with the configuration."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class ConfigError(Exception):
    """A configuration that cannot be used; its text is the one line to show."""


class NothingConfigured(ConfigError):
    """There is no configuration at all: whoever sees it has most likely just begun.

    Attributes:
        looked: The files that would have been read.
    """

    def __init__(self, looked: "tuple[Path, ...]") -> None:
        super().__init__("nothing is configured: there is no file of ours, and no orchestrator.conf")
        self.looked = looked
