"""What is sent to a terminal that shows ASCII alone: the last station, so that no widget knows of it."""

import re
from collections.abc import Iterator

from rich.cells import split_graphemes

_SIGNS = {
    "-": "─━═╌┄╴╶▔▀·–—",
    "|": "│┃║╎┆╵╷▏▎▍▕",
    "_": "▁▂",
    "#": "█▉▊▋▌▐▄▅▆▇▃",
    "=": "▒",
    ".": "░",
    "~": "…",
    ">": "▸▶►→",
    "<": "◂◀◄←",
    "^": "▲↑",
    "v": "▼↓",
    "*": "•●",
    "'": "‘’",
    '"': "“”",
    "x": "×",
}
_CORNERS_AND_CROSSINGS = range(0x2500, 0x2580)
"""Of the frames' characters, those that are no plain line."""

_TWINS = {
    **{chr(code): "+" for code in _CORNERS_AND_CROSSINGS},
    **{sign: twin for twin, signs in _SIGNS.items() for sign in signs},
    "🔎": "> ",
}
_NO_ASCII = re.compile(r"[^\x00-\x7f]+")


def in_ascii(picture: str) -> str:
    """`picture` in ASCII, cell for cell: our own signs by their twins, all else as one `?` a cell."""
    return picture if picture.isascii() else _NO_ASCII.sub(lambda found: "".join(_twins(found[0])), picture)


def _twins(text: str) -> Iterator[str]:
    for start, end, width in split_graphemes(text)[0]:
        yield _TWINS.get(text[start:end]) or "?" * width
