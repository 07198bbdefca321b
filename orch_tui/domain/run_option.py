"""The options of a run as they are typed, and as they are sent."""

from orch_tui.domain.capabilities import Capabilities, Option

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
"""Options that are a text; the others are yes or no."""

YES, NO = "yes", "no"
ORDERS = ("manifest", "title-hash", "random")
"""What `ordering` can be."""

_LONGEST = 500


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
    if text not in (YES, NO):
        return "yes, no, or blank"
    if option is Option.NO_NOOP and text == YES and is_noop:
        return "cannot be together with noop"
    return ""


def option_value(option: Option, text: str) -> bool | int | str:
    """As it is sent; `text` has no fault."""
    if option in SECONDS:
        return int(text)
    return text if option in TEXTS else text == YES


def option_text(value: bool | int | str) -> str:
    """As it is typed: what `option_value` makes `value` of."""
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)
