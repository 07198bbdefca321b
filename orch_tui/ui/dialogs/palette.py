"""The palette: one line to type into, and what it finds."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Mount
from textual.screen import ModalScreen
from textual.widgets import Input

from orch_tui.first_frame import Column
from orch_tui.ui.palette import Command, found
from orch_tui.ui.text import MUTED, STRONG, Cell
from orch_tui.ui.widgets.line_table import LineTable
from orch_tui.ui.widgets.text_field import TextField

_COLUMNS = (Column("", 44, least=30), Column(""))


class PaletteTable(LineTable[int]):
    """What was found; its keys are those of the palette."""

    can_focus = False


class PaletteScreen(ModalScreen[Command]):
    """Finds one of `offered`, to be done; Enter always means what is typed by then, however fast.

    Textual's own searches while keys are taken: an early Enter does what was found for half of a word.

    Args:
        save_as: Saves what is shown under a name, where that can be done.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Do it", priority=True),
        Binding("escape", "close", "Close"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("pagedown", "page(1.0)", "Page down", show=False),
        Binding("pageup", "page(-1.0)", "Page up", show=False),
    ]

    DEFAULT_CSS = """
    PaletteScreen {
        align: center middle;
        & > .box {
            width: 76;
            max-width: 100%;
            height: 80%;
            padding: 0 1;
            background: $surface;
            border: round $primary;
        }
        PaletteTable { height: 1fr; .line-table--cursor { text-style: reverse; } }
    }
    """

    def __init__(self, offered: Iterable[Command], save_as: Callable[[str], object] | None) -> None:
        super().__init__()
        self._offered = tuple(offered)
        self._save_as = save_as
        self._query: str | None = None
        self._found: Sequence[Command] = ()
        self.field = TextField(placeholder="Search for a command, environment, job or theme")
        self.table = PaletteTable(_COLUMNS, self._cells, empty="No matches found")

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield self.field
            yield self.table

    def on_mount(self, _: Mount) -> None:
        self.set_focus(self.field)
        self._find()

    @on(Input.Changed)
    def _find(self) -> None:
        """Show what fits the line as it is now: what tells that it changed comes later than the next key."""
        query = self.field.value.strip()
        if query != self._query:
            self._query = query
            self._found = found(query, self._offered, self._save_as)
            self.table.show(range(len(self._found)))
            self.table.action_first()

    def action_choose(self) -> None:
        self._find()
        if self.table.key is not None and self.app.screen is self:
            self.dismiss(self._found[self.table.key])

    def action_close(self) -> None:
        if self.app.screen is self:
            self.dismiss()

    def action_move(self, rows: int) -> None:
        self._find()
        self.table.action_move(rows)

    def action_page(self, pages: float) -> None:
        self._find()
        self.table.action_page(pages)

    def _cells(self, place: int) -> tuple[Cell, ...]:
        command = self._found[place]
        return Cell(command.words, STRONG), Cell(command.facts, MUTED)
