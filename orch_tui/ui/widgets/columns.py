"""Columns of a table: how wide each is, and how a text becomes just as wide."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size


class Column(NamedTuple):
    """A column's title, and its width in cells; width 0 takes what the others leave."""

    title: str
    width: int = 0
    right: bool = False


def widths_in(room: int, columns: Sequence[Column]) -> list[int]:
    """The cells of each column where there are `room` for all, with one between any two."""
    fixed = sum(column.width for column in columns) + len(columns) - 1
    flexible = [place for place, column in enumerate(columns) if not column.width]
    spare = max(0, room - fixed)
    widths = [column.width or spare // len(flexible) for column in columns]
    if flexible:
        widths[flexible[-1]] += spare % len(flexible)
    return widths


def fitted(text: str, width: int, right: bool = False) -> str:
    """`text` in exactly `width` cells; what does not fit ends in an ellipsis."""
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    return " " * (width - length) + text if right else text + " " * (width - length)
