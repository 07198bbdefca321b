"""The one choke-point that makes foreign text safe to show.

Every string that comes from a server or a file passes through `plain` where it enters the program (the wire
models, the configuration), so that nothing behind that border can carry a control character to the
terminal. Markup needs no escaping: nothing behind the border parses any.
"""

from unicodedata import category

LIMIT = 4096
"""Characters of one field that are kept; what is cut is counted."""

_MOST_COMBINING = 4
"""Marks on one character that are kept: the longest that a real script needs; more smear over other rows."""

_TAB = "    "


def plain(text: str, *, lines: bool = False, limit: int = LIMIT) -> str:
    """Return `text` as printable characters only.

    C0 controls become their pictures (`␛`), a tab four spaces, every other unprintable character (C1, bidi
    overrides, zero-width and unassigned characters, lone surrogates) its number (`<U+202E>`).

    Args:
        text: What somebody else wrote.
        lines: Keep line feeds, for messages that are shown over several lines.
        limit: Characters to keep of `text`.
    """
    kept, cut = (text, 0) if len(text) <= limit else (text[:limit], len(text) - limit)
    if not (kept.isascii() and kept.isprintable()):
        kept = _visible(kept.replace("\r\n", "\n"), keep="\n" if lines else "")
    return f"{kept}… [+{cut} chars]" if cut else kept


def _visible(text: str, keep: str) -> str:
    out: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if category(character) in ("Mn", "Me") else 0
        if character in keep or (character.isprintable() and marks <= _MOST_COMBINING):
            out.append(character)
        elif not marks:
            out.append(_picture(character))
    return "".join(out)


def _picture(character: str) -> str:
    code = ord(character)
    if character == "\t":
        return _TAB
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if category(character) == "Zs":
        return " "
    return f"<U+{code:04X}>"
