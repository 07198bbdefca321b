"""A table drawn line by line: only what is visible is drawn, only rows that changed are drawn again.

Textual's own DataTable repaints whole for one changed cell, which is felt over a slow line.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from orch_tui.first_frame import Column, widths_in
from orch_tui.ui.text import Cell
from orch_tui.ui.widgets.columns import fitted

Key = TypeVar("Key", str, int)


class _Row(NamedTuple):
    """What was last drawn on one line of the screen."""

    cells: tuple[Cell, ...]
    is_cursor: bool


class LineTable(ScrollView, Generic[Key], can_focus=True):
    """Rows are keys; `cells_of` tells how each is to look now, and is only asked about visible ones.

    The cursor stays with its key while rows move, and the row under it stays where it is on the screen;
    at the very top it stays at the top instead, so that what matters most comes into view there.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="table.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="table.up"),
        Binding("pagedown", "page(1.0)", "Page down", show=False, id="table.page-down"),
        Binding("pageup", "page(-1.0)", "Page up", show=False, id="table.page-up"),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="table.half-page-down"),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="table.half-page-up"),
        Binding("home,g", "first", "First", show=False, id="table.first"),
        Binding("end,G", "last", "Last", show=False, id="table.last"),
        Binding("enter", "open", "Open", id="table.open"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-table--title", "line-table--cursor"}

    DEFAULT_CSS = """
    LineTable {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        .line-table--title { text-style: bold underline; }
        .line-table--cursor { text-style: bold; }
        &:focus .line-table--cursor { text-style: reverse; }
    }
    """

    class Highlighted(Message):
        """The cursor is on another row, or on none; `table.key` tells which."""

        def __init__(self, table: "LineTable[Any]") -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> "LineTable[Any]":
            return self.table

    class NearEnd(Highlighted):
        """Somebody moved down, and little is left below."""

    def __init__(
        self,
        columns: Sequence[Column],
        cells_of: Callable[[Key], tuple[Cell, ...]],
        *,
        empty: str,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._cells_of: Callable[[Key], tuple[Cell, ...]] = cells_of
        self._empty = empty
        """What stands in place of rows where there are none."""
        self.opened: Callable[[], object] = lambda: None
        """Called when Enter is pressed on a row, or the one under the cursor is clicked; at once,
        for the next key is meant for what it opens."""
        self._keys: Sequence[Key] = ()
        self._cursor = 0
        self._key: Key | None = None
        self._drawn: dict[int, _Row] = {}

    def lay_out(self, columns: Sequence[Column]) -> None:
        """Have other columns, for which `cells_of` has the cells from now on."""
        self._columns = tuple(columns)
        self._drawn.clear()
        self.refresh()

    @property
    def empty(self) -> str:
        """What is said where there are no rows."""
        return self._empty

    @empty.setter
    def empty(self, words: str) -> None:
        if words != self._empty:
            self._empty = words
            self.refresh()

    @property
    def keys(self) -> Sequence[Key]:
        """The keys of all rows, in their order."""
        return self._keys

    @property
    def key(self) -> Key | None:
        """The key under the cursor."""
        return self._key

    @property
    def is_at_end(self) -> bool:
        """Whether the cursor is on the last row, or there is none."""
        return self._cursor >= len(self._keys) - 1

    @property
    def cursor_line(self) -> int:
        """The line of the cursor below the titles, as it is on the screen."""
        return self._cursor - round(self.scroll_y)

    def show(self, keys: Sequence[Key]) -> None:
        """Take new rows, and draw again what looks different."""
        line = self.cursor_line
        at_top = self._cursor == 0
        self._keys = keys
        self._set_size()
        if self._key is not None and self._key not in keys:
            # What stood under the cursor is gone: on another row of the middle the next key would surprise.
            self._cursor = 0
            self.scroll_to(y=0, animate=False, immediate=True, force=True)
        elif not at_top and self._key is not None:
            self._cursor = keys.index(self._key)
            self.scroll_to(y=self._cursor - line, animate=False, immediate=True, force=True)
        self._settle_cursor()
        self.redraw()

    def select(self, key: Key) -> None:
        """Put the cursor on `key`, if it is there."""
        if key in self._keys:
            self._cursor = self._keys.index(key)
            self._settle_cursor()
            self._bring_into_view()

    def redraw(self) -> None:
        """Draw again the visible rows that look different now."""
        for line in range(self._lines):
            place = line + round(self.scroll_y)
            row = self._row(place) if place < len(self._keys) else None
            if row != self._drawn.get(line):
                self.refresh(Region(0, line + 1, self._room, 1))

    @property
    def _lines(self) -> int:
        """Lines there are for rows, below the titles."""
        return max(0, self.size.height - 1)

    @property
    def _room(self) -> int:
        """Cells there are for columns: `size` counts the scrollbar in."""
        return self.scrollable_content_region.width

    def _row(self, place: int) -> _Row:
        return _Row(self._cells_of(self._keys[place]), place == self._cursor)

    def render_line(self, y: int) -> Strip:
        base = self.rich_style
        if y == 0:
            title = self.get_component_rich_style("line-table--title")
            cells: tuple[Cell, ...] = tuple(Cell(column.title) for column in self._columns)
            return self._strip(cells, title)
        place = y - 1 + round(self.scroll_y)
        if place >= len(self._keys):
            self._drawn.pop(y - 1, None)
            text = f" {self._empty}" if place == 0 else ""
            return Strip([Segment(set_cell_size(text, self._room), base + Style(dim=True))])
        row = self._drawn[y - 1] = self._row(place)
        if not row.is_cursor:
            return self._strip(row.cells, base)
        # One look for the whole row: reversed colours of single cells would make it a patchwork.
        cursor = base + self.get_component_rich_style("line-table--cursor", partial=True)
        return self._strip(tuple(Cell(cell.text) for cell in row.cells), cursor)

    def _strip(self, cells: tuple[Cell, ...], base: Style) -> Strip:
        gap = Segment(" ", base)
        segments: list[Segment] = []
        widths = widths_in(self._room, self._columns)
        for cell, width, column in zip(cells, widths, self._columns, strict=False):
            if not width:
                continue
            style = base + self._look(cell.look) if cell.look else base
            segments += [Segment(fitted(cell.text, width, column.right), style), gap]
        return Strip(segments[:-1]).adjust_cell_length(self._room, base)

    def _look(self, look: str) -> Style:
        return self.app.stylesheet.parse_style(look).rich_style

    def notify_style_update(self) -> None:
        self._drawn.clear()
        super().notify_style_update()

    def watch_show_vertical_scrollbar(self) -> None:
        """Draw all rows anew: their last cell is the scrollbar's now, or theirs again."""
        self._drawn.clear()
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        self._drawn.clear()
        super().watch_scroll_y(old_value, new_value)

    def on_resize(self, _: Resize) -> None:
        self._drawn.clear()
        self._set_size()
        self._bring_into_view()

    def _set_size(self) -> None:
        size = Size(self._room, len(self._keys) + 1)
        if size != self.virtual_size:
            self.virtual_size = size

    def _settle_cursor(self) -> None:
        self._cursor = max(0, min(self._cursor, len(self._keys) - 1))
        key = self._keys[self._cursor] if self._keys else None
        if key != self._key:
            self._key = key
            self.post_message(self.Highlighted(self))

    def _bring_into_view(self) -> None:
        top = round(self.scroll_y)
        if self._cursor < top:
            top = self._cursor
        elif self._lines and self._cursor >= top + self._lines:
            top = self._cursor - self._lines + 1
        if top != round(self.scroll_y):
            self.scroll_to(y=top, animate=False, immediate=True, force=True)
        self.redraw()

    def action_move(self, rows: int) -> None:
        self._cursor = max(0, min(self._cursor + rows, len(self._keys) - 1))
        self._settle_cursor()
        self._bring_into_view()
        left = len(self._keys) - 1 - self._cursor
        if rows > 0 and left <= min(self._lines, len(self._keys) // 10):
            self.post_message(self.NearEnd(self))

    def action_page(self, pages: float) -> None:
        self.action_move(int(pages * max(1, self._lines)))

    def action_first(self) -> None:
        self.action_move(-len(self._keys))

    def action_last(self) -> None:
        self.action_move(max(1, len(self._keys)))

    def on_click(self, event: Click) -> None:
        """Put the cursor on a row; where it is already, open that: any other may have come there just now."""
        at = event.get_content_offset(self)
        place = at.y - 1 + round(self.scroll_y) if at is not None and at.y > 0 else len(self._keys)
        if place >= len(self._keys):
            return
        if place == self._cursor:
            self.action_open()
        else:
            self.select(self._keys[place])

    def action_open(self) -> None:
        if self._key is not None:
            self.opened()
