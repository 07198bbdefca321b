"""What stands on the terminal, cell by cell, so that an update sends only the cells that differ.

Textual sends whole stretches of widgets, most of whose cells look as before: a clock of two digits costs its
line, and colours are put on and off for each word. Over a slow line that is what one waits for.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from zlib import crc32

from rich.cells import cell_len, split_graphemes
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

_RESET = "\x1b[0m"
# Wherever they came from, the terminal would obey them.
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])
# Moving over so few cells that look as before costs as much as sending them again.
_NEAR = 4
# From so many blanks on it is shorter to erase.
_MANY = 8

# The text of a server is data: of anything else that claims to be a link, only the text is sent.
# Terminals take no longer ones.
_LINK = re.compile(r"https?://[!-~]{1,2000}")
_NO_LINK = "\x1b]8;;\x1b\\"


class TerminalPicture:
    """The cells that the terminal has been sent; none until the first update, and none after `forget`.

    Args:
        has_links: Whether the terminal knows links (OSC 8).
    """

    def __init__(self, *, has_links: bool = False) -> None:
        self._has_links = has_links
        self._lines: dict[int, _Line] = {}
        # Textual writes into styles where their text stands, so that there are very many of them.
        self._codes = lru_cache(maxsize=2048)(_codes)

    def forget(self) -> None:
        """Others have written on the terminal, or it was cleared: the next update sends all that it holds."""
        self._lines.clear()

    def difference(self, update: LayoutUpdate | ChopsUpdate) -> CompositorUpdate:
        """`update` without what stands there already."""
        return _Difference(self, update)

    def take(self, update: LayoutUpdate | ChopsUpdate, colours: ColorSystem) -> str:
        """What to send so that the terminal shows `update`, which it is taken to do from now on."""
        pen = _Pen()
        for y, x, segments in _stretches(update):
            cells, looks = self._taken_apart(segments, colours)
            self._lines.setdefault(y, _Line()).put(pen, y, x, cells, looks)
        return pen.done()

    def _taken_apart(
        self, segments: Iterator[Segment], colours: ColorSystem
    ) -> tuple[list[str | None], list[str]]:
        cells: list[str | None] = []
        looks: list[str] = []
        for text, style, _ in segments:
            before = len(cells)
            cells += text if text.isascii() and text.isprintable() else _cells(text)
            looks += [self._codes(style, colours, self._has_links)] * (len(cells) - before)
        return cells, looks


class _Difference(CompositorUpdate):
    """Made out only when it is about to be sent: Textual does not send all that it makes."""

    def __init__(self, picture: TerminalPicture, update: LayoutUpdate | ChopsUpdate) -> None:
        self._picture = picture
        self._update = update

    def render_segments(self, console: Console) -> str:
        return self._picture.take(self._update, console._color_system or ColorSystem.TRUECOLOR)


class _Line:
    """One line: what is in each cell, and how it looks.

    The cell to the right of a wide character holds "", one of which nothing is known None. A look is the
    numbers that put it on, and after a blank the link that can be opened there.
    """

    def __init__(self) -> None:
        self._cells: list[str | None] = []
        self._looks: list[str] = []

    def put(self, pen: "_Pen", y: int, x: int, cells: list[str | None], looks: list[str]) -> None:
        """Draw the cells that differ from those that stand at `x`."""
        end = x + len(cells)
        missing = end - len(self._cells)
        if missing > 0:
            self._cells += [None] * missing
            self._looks += [""] * missing
        if self._cells[x:end] == cells and self._looks[x:end] == looks:
            return
        for start, stop in self._differing(x, cells, looks):
            pen.draw(y, x + start, cells[start:stop], looks[start:stop])
            if x + stop == len(self._cells):
                pen.lose_place()
        self._halve(x, end)
        self._cells[x:end], self._looks[x:end] = cells, looks

    def _differing(self, x: int, cells: list[str | None], looks: list[str]) -> Iterator[tuple[int, int]]:
        start = stop = -1
        for place, (cell, look) in enumerate(zip(cells, looks, strict=True)):
            if cell == self._cells[x + place] and look == self._looks[x + place]:
                continue
            if start < 0:
                start = place
            elif place - stop >= _NEAR:
                yield self._whole(start, cells), stop
                start = place
            stop = place + 1
        if start >= 0:
            yield self._whole(start, cells), stop

    def _whole(self, start: int, cells: list[str | None]) -> int:
        """Where to begin so that no wide character is drawn by its right half."""
        return start - 1 if start and cells[start] == "" else start

    def _halve(self, start: int, end: int) -> None:
        """A wide character of which one half is overwritten vanishes as a whole."""
        if start and self._cells[start] == "":
            self._cells[start - 1] = None
        if end < len(self._cells) and self._cells[end] == "":
            self._cells[end] = None


class _Pen:
    """Writes at places, in looks, with the fewest characters that bring it there."""

    def __init__(self) -> None:
        self._sent: list[str] = []
        self._look = ""
        self._y, self._x = -1, -1

    def draw(self, y: int, x: int, cells: list[str | None], looks: list[str]) -> None:
        """Write these cells from `x` on."""
        place, end = 0, len(cells)
        while place < end:
            if blanks := _blanks(cells, looks, place):
                self._move(y, x + place)
                self._take("")
                self._sent.append(f"\x1b[{blanks}X")
                place += blanks
                continue
            if cell := cells[place]:
                self._move(y, x + place)
                self._take(looks[place])
                self._sent.append(cell)
                # Terminals do not agree on how wide others are: the next move is told in full.
                is_narrow = cell.isascii() or (len(cell) == 1 and cell_len(cell) == 1)
                self._x = self._x + 1 if is_narrow else -1
            place += 1

    def lose_place(self) -> None:
        """Behind the last column the cursor stays on it: where that is, only a move in full tells."""
        self._x = -1

    def done(self) -> str:
        """All that was written. It leaves no look behind, for whatever is written next by others."""
        self._take("")
        return "".join(self._sent)

    def _move(self, y: int, x: int) -> None:
        if (y, x) != (self._y, self._x):
            self._sent.append(self._way(y, x))
            self._y, self._x = y, x

    def _way(self, y: int, x: int) -> str:
        ways = [f"\x1b[{y + 1};{x + 1}H"]
        if self._x > 0 and y == self._y and x > self._x:
            ways.append(f"\x1b[{x - self._x}C")
        elif self._x > 0 and y == self._y + 1 and x <= self._x:
            ways.append("\x1b[B" + "\b" * (self._x - x))
        return min(ways, key=len)

    def _take(self, look: str) -> None:
        if look == self._look:
            return
        (codes, _, link), (codes_before, _, link_before) = look.partition(" "), self._look.partition(" ")
        # tmux ends a link with its look: one never outlasts the other here.
        if link_before:
            self._sent.append(_NO_LINK)
        if codes != codes_before:
            self._sent.append(f"\x1b[{'0;' if codes_before else ''}{codes}m" if codes else _RESET)
        if link:
            # By its number, pieces of one link are known to belong together.
            self._sent.append(f"\x1b]8;id={crc32(link.encode()):x};{link}\x1b\\")
        self._look = look


def _blanks(cells: list[str | None], looks: list[str], start: int) -> int:
    """How many blank cells of no look begin at `start`, if they are many."""
    end = start
    while end < len(cells) and cells[end] == " " and not looks[end]:
        end += 1
    return end - start if end - start >= _MANY else 0


def _stretches(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Iterator[Segment]]]:
    """The line and column where each stretch begins, and what it is made of."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            yield y, update.region.x, (segment for strip in strips for segment in strip)
        return
    for y, left, right in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            # What lies outside of the span may be hidden behind something that was not asked how it looks.
            if strip is not None and x < right and end > left:
                yield y, x, iter(strip)


def _cells(text: str) -> Iterator[str]:
    text = text.translate(_CONTROLS)
    for start, end, width in split_graphemes(text)[0]:
        if width:
            yield text[start:end]
            yield from [""] * (width - 1)


def _codes(style: Style | None, colours: ColorSystem, has_links: bool) -> str:
    """The look of a `style`; empty for the terminal's own."""
    if style is None:
        return ""
    sparse = Style(
        bold=style.bold,
        dim=style.dim,
        italic=style.italic,
        underline=style.underline,
        blink=style.blink,
        reverse=style.reverse,
        strike=style.strike,
        color=None if style.color is None or style.color.is_default else style.color,
        bgcolor=None if style.bgcolor is None or style.bgcolor.is_default else style.bgcolor,
    )
    codes = Strip.render_ansi(sparse, colours)
    return f"{codes} {style.link}" if has_links and style.link and _LINK.fullmatch(style.link) else codes
