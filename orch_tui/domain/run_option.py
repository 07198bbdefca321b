"""The options of a run as they are typed, and as they are sent."""

import json
from collections.abc import Mapping

from orch_tui.domain.capabilities import Capabilities, Option
from orch_tui.plain import plain

SECONDS = frozenset(
    {
        Option.TIMEOUT,
        Option.FILETIMEOUT,
        Option.HTTP_CONNECT_TIMEOUT,
        Option.HTTP_KEEPALIVE_TIMEOUT,
        Option.HTTP_READ_TIMEOUT,
    }
)
"""Options that are a number of seconds."""

TEXTS = frozenset({Option.TAGS, Option.SKIP_TAGS, Option.ORDERING})
"""Options that are a text."""

FLAGS = frozenset(Option) - SECONDS - TEXTS - {Option.USERDATA}
"""Options that are yes or no."""

YES, NO = "yes", "no"
ORDERS = ("manifest", "title-hash", "random")
"""What `ordering` can be."""

_LONGEST = 500
# No document knows a limit. It has to fit a line that can be looked over.
_LONGEST_USERDATA = 1000


def option_fault(option: Option, text: str, server: Capabilities, *, is_noop: bool) -> str:
    """What is wrong with the text of an option, in words; a blank one is left to the server."""
    if not text:
        return ""
    if not server.has(option):
        return "this server may not know it"
    if option in SECONDS:
        is_number = text.isascii() and text.isdigit() and len(text) < 8
        return "" if is_number else "a whole number of seconds, or blank"
    if option is Option.ORDERING:
        return "" if text in ORDERS else f"one of {', '.join(ORDERS)}, or blank"
    if option in TEXTS:
        return "" if text.isprintable() and len(text) <= _LONGEST else "tags with commas between, or blank"
    if option is Option.USERDATA:
        return _userdata_fault(text)
    if text not in (YES, NO):
        return "yes, no, or blank"
    if option is Option.NO_NOOP and text == YES and is_noop:
        return "cannot be together with noop"
    return ""


def option_value(option: Option, text: str) -> bool | int | str:
    """As it is sent, an object as its text; `text` has no fault."""
    if option in SECONDS:
        return int(text)
    if option is Option.USERDATA:
        return userdata_text(json.loads(text))
    return text == YES if option in FLAGS else text


def option_text(value: bool | int | str) -> str:
    """As it is typed: what `option_value` makes `value` of."""
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def userdata_text(userdata: Mapping[str, object]) -> str:
    """All of an object in one line, safe to show."""
    text = json.dumps(userdata, ensure_ascii=False)
    # JSON's own escapes stand for what has no place on a screen, so that nothing is lost.
    return text if plain(text, limit=len(text)) == text else json.dumps(userdata)


def is_default(option: Option, value: bool | int | str) -> bool:
    """Whether the documents say that the server does this anyway."""
    return value is (option is Option.ENFORCE_ENVIRONMENT) or value == ""


def _userdata_fault(text: str) -> str:
    if len(text) > _LONGEST_USERDATA:
        return f"at most {_LONGEST_USERDATA:,} characters"
    try:
        userdata = json.loads(text)
        # JSON has neither NaN nor infinity; Python reads both, and makes the second of 1e999.
        json.dumps(userdata, allow_nan=False)
    except (ValueError, RecursionError):
        userdata = None
    return "" if isinstance(userdata, dict) else 'an object in JSON, {"ticket": "CHG-1234"}, or blank'
