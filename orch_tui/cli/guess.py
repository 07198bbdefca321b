"""What an unchecked configuration seems to say, for the first frame; where in doubt, nothing."""

import argparse
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from orch_tui.cli.characters import ascii_alone
from orch_tui.first_frame import FirstFrame

_DEFAULT_THEME = "terminal"


def guess(table: Mapping[str, object], options: argparse.Namespace) -> FirstFrame | None:
    """The first frame, or None where the configuration looks as if it could not be used."""
    profiles = table.get("profiles")
    if not isinstance(profiles, dict):
        return None
    only = next(iter(profiles)) if len(profiles) == 1 else None
    name = getattr(options, "profile", None) or table.get("default-profile") or only
    profile = profiles.get(name) if isinstance(name, str) else None
    if not isinstance(profile, dict) or not isinstance(name, str):
        return None
    host = _host(profile.get("service-url"))
    is_ascii = ascii_alone(table.get("ascii"))
    if not (host and name.isprintable() and (name.isascii() or not is_ascii)):
        return None
    # In other themes than the terminal's own, colours would mean painting the background too: the whole of
    # Textual's blending, done twice. Bold and dim look alike in all.
    theme = getattr(options, "theme", table.get("theme", _DEFAULT_THEME))
    colours = theme == _DEFAULT_THEME and "NO_COLOR" not in os.environ
    return FirstFrame(
        name,
        host,
        read_only=getattr(options, "read_only", False) or profile.get("read-only") is True,
        has_default_keys=not table.get("keys"),
        has_colours=colours,
        is_ascii=is_ascii,
    )


def _host(url: object) -> str:
    if not (isinstance(url, str) and url.isascii() and url.isprintable()):
        return ""
    try:
        host = urlsplit(url).netloc
    except ValueError:
        return ""
    # Somebody's password, which the check will refuse.
    return "" if "@" in host else host
