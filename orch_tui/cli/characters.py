"""Which characters the user's terminal is said to show."""

import os
from collections.abc import Mapping
from pathlib import Path


def ascii_alone(configured: object) -> bool:
    """Whether to draw in ASCII: as the configuration's `ascii` has it, else where the locale is not UTF-8."""
    return configured if isinstance(configured, bool) else not speaks_utf8(environment_at_start())


def speaks_utf8(environment: Mapping[str, str]) -> bool:
    """Whether the locale of this environment is one of UTF-8; that of an empty one is not."""
    names = (environment.get(variable) for variable in ("LC_ALL", "LC_CTYPE", "LANG"))
    told = next(filter(None, names), "C")
    return told.lower().replace("-", "").partition("@")[0].endswith("utf8")


def environment_at_start() -> Mapping[str, str]:
    """The environment as the shell gave it: in the locale C, Python adds an LC_CTYPE of its own."""
    try:
        entries = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:  # no Linux
        return os.environ
    return dict(os.fsdecode(entry).partition("=")[::2] for entry in entries if entry)
