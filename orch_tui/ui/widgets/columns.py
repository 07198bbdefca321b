"""Columns of a table: how wide each is, and how a text becomes just as wide."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

_WORTH_READING = 20
"""Cells that the column which takes the rest needs to tell anything; for these, others give way."""


class Column(NamedTuple):
    """A column's title, and its width in cells; one of a table may have width 0, and takes what is left.

    `least` is the width that does where room is short; 0: the column is left out. Without it, none is given.
    """

    title: str
    width: int = 0
    right: bool = False
    least: int | None = None


def widths_in(room: int, columns: Sequence[Column]) -> list[int]:
    """The cells of each column where there are `room` for all, with one between any two.

    Where the rest is not worth reading, other columns give way, the last one first.
    """
    widths = [column.width for column in columns]
    rest = room - sum(widths) - len(columns) + 1
    if 0 not in widths:
        return widths
    for place, column in reversed(list(enumerate(columns))):
        short = _WORTH_READING - rest
        if column.least is None or short <= 0:
            continue
        widths[place] = max(column.least, column.width - short) if column.least else 0
        rest += column.width - widths[place] + (not column.least)  # no gap beside what is left out
    flexible = next(place for place, column in enumerate(columns) if not column.width)
    widths[flexible] = max(0, rest)
    return widths


def fitted(text: str, width: int, right: bool = False) -> str:
    """`text` in exactly `width` cells; what does not fit ends in an ellipsis."""
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    return " " * (width - length) + text if right else text + " " * (width - length)
