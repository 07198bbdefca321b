"""The home screen as it looks before anything is known, as plain text for a terminal.

It is on screen while everything heavy is still being imported, so this module imports next to nothing. The
screen that takes over draws the same picture: it has its columns from here, and a test compares the rest.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

WIDE = 120
"""Columns from which the panes stand side by side."""

ENVIRONMENTS_WIDTH = 64
"""Columns of the left one, with its margins (`environments.tcss`)."""

BAR = 4

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


ENVIRONMENT_COLUMNS = (
    Column("LATEST JOB", 11),
    Column("DONE", BAR + 5, right=True),
    Column("MODE", 7),
    Column("AGE", 4, right=True),
    Column("ENVIRONMENT"),
    Column("BY", 10),
)

JOB_COLUMNS = (
    Column("STATE", 14),
    Column("MODE", 7),
    Column("AGE", 4, right=True),
    Column("JOB", 7, right=True),
    Column("NODES", 7, right=True, least=0),
    Column("BY", 11, least=8),
    Column("TARGET, DESCRIPTION"),
)

_KEYS = (
    ("Enter", "Open"),
    ("Tab", "Other pane"),
    ("d", "Deploy"),
    ("r", "Refresh"),
    ("q", "Quit"),
    ("/", "Filter"),
    ("?", "Keys"),
)

_LEAST = (60, 15)
"""Columns and lines below which the picture is not worth drawing."""


class FirstFrame(NamedTuple):
    """What is known before the configuration is checked.

    Attributes:
        profile: The profile's name.
        host: As the title line shows it.
        read_only: Whether nothing can be deployed.
        has_default_keys: Whether keys are as shipped; other keys are only known later, and left out.
        has_colours: Whether the terminal's own colours are right.
        is_ascii: Whether the terminal shows ASCII alone, of which the profile's name is then made.
    """

    profile: str
    host: str
    read_only: bool = False
    has_default_keys: bool = True
    has_colours: bool = True
    is_ascii: bool = False

    def draw(self, columns: int, lines: int) -> str:
        """What to write to an empty screen of this size, with autowrap off."""
        if columns < _LEAST[0] or lines < _LEAST[1]:
            return ""
        parts = [_at(1, 1, self._title()), *_headers(columns, lines)]
        parts.append(_at(lines - 1, 1, _styled("2", " connecting …")))
        if self.has_default_keys:
            parts.append(_at(lines, 1, "".join(self._key_line(columns))))
        picture = "".join(parts)
        return picture.replace("…", "~") if self.is_ascii else picture

    def _title(self) -> str:
        warning = "1;33" if self.has_colours else "1"
        read_only = _styled(warning, "  READ ONLY") if self.read_only else ""
        return _styled("1", f" {self.profile} ") + _styled("2", self.host) + read_only

    def _key_line(self, columns: int) -> Iterator[str]:
        look = "1;34" if self.has_colours else "1"
        *keys, last = [each for each in _KEYS if not (self.read_only and each[1] == "Deploy")]
        # The last one, which tells of all others, always has its place.
        columns -= _width(last)
        for each in keys:
            columns -= _width(each)
            if columns >= 0:
                yield self._key(look, *each)
        yield self._key(look, *last)

    def _key(self, look: str, key: str, description: str) -> str:
        return f"{_styled(look, f' {key}')} {description} "


def _width(key: tuple[str, str]) -> int:
    return len(key[0]) + len(key[1]) + 3


def _headers(columns: int, lines: int) -> list[str]:
    """The column titles of both panes, where the stylesheet puts them."""
    if columns >= WIDE:
        left = _header(ENVIRONMENT_COLUMNS, ENVIRONMENTS_WIDTH - 1)
        right = _header(JOB_COLUMNS, columns - ENVIRONMENTS_WIDTH - 2)
        return [_at(3, 2, left), _at(3, ENVIRONMENTS_WIDTH + 3, right)]
    jobs_pane = 2 + (lines - 3) * 2 // 5
    return [
        _at(2, 2, _header(ENVIRONMENT_COLUMNS, columns - 1)),
        _at(jobs_pane + 1, 2, _header(JOB_COLUMNS, columns - 1)),
    ]


def _header(columns: Sequence[Column], room: int) -> str:
    widths = widths_in(room, columns)
    shown = [(column, width) for column, width in zip(columns, widths, strict=True) if width]
    cells = (_fitted(column.title, width, column.right) for column, width in shown)
    return _styled("1;4", " ".join(cells)[:room].ljust(room))


def _fitted(title: str, width: int, right: bool) -> str:
    if len(title) > width:
        return title[: width - 1] + "…" if width else ""
    return title.rjust(width) if right else title.ljust(width)


def _styled(look: str, text: str) -> str:
    return f"\x1b[{look}m{text}\x1b[0m"


def _at(line: int, column: int, text: str) -> str:
    return f"\x1b[{line};{column}H{text}"
