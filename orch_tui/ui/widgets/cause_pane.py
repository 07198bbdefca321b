"""Why nodes of a rollout failed: a row for each cause, the one with most nodes first."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content

from orch_tui.domain.causes import Cause
from orch_tui.domain.rerun import Part
from orch_tui.first_frame import Column
from orch_tui.session.study import Study
from orch_tui.ui.facts import cause_facts, cause_text
from orch_tui.ui.text import STRONG, Cell, clock, count_words, outcome_sign
from orch_tui.ui.widgets.clipboard import send_to_clipboard
from orch_tui.ui.widgets.details import Details
from orch_tui.ui.widgets.line_table import LineTable

_COLUMNS = (
    Column("COUNT", 7, right=True),
    Column("STATE", 10),
    Column("CAUSE"),
    Column("FIRST SEEN", 11),
)


class CausePane(Horizontal):
    """The causes that `study` found; `now` is the server's clock."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view", "View", id="causes.view"),
        Binding("y", "copy", "Copy", id="causes.copy"),
        Binding("asterisk", "mark", "Mark its nodes", id="causes.mark"),
    ]

    DEFAULT_CSS = """
    CausePane {
        LineTable { width: 1fr; height: 1fr; }
    }
    """

    def __init__(self, study: Study, now: Callable[[], datetime], *, id: str) -> None:
        super().__init__(id=id)
        self._study = study
        self._now = now
        self._told: Cause | None = None
        self.viewed: Callable[[], object] = lambda: None
        """Called when the highlighted cause is wanted in full."""
        self.marked: Callable[[], object] = lambda: None
        """Called when its nodes are to be marked."""
        self.table = LineTable[int](_COLUMNS, self._cells, empty="", id="causes")
        self.details = Details()

    def compose(self) -> ComposeResult:
        yield self.table
        with VerticalScroll(classes="aside", can_focus=False):
            yield self.details

    def tick(self) -> None:
        """Show the causes as they are now."""
        rollout = self._study.rollout
        is_all = rollout is not None and rollout.is_complete
        self.table.empty = "no failures" if is_all else "no failures so far"
        self.table.show(self._study.causes.by_count())
        self._tell()

    @on(LineTable.Highlighted, "#causes")
    def _tell(self) -> None:
        number = self.table.key
        cause = None if number is None else self._study.causes.cause(number)
        # To gather the names of a hundred thousand nodes takes its time: not every second for the same.
        if cause != self._told and self.screen.has_class("-wide"):
            self._told = cause
            self.details.details = self.facts or Content("")

    @property
    def facts(self) -> Content | None:
        """The highlighted cause in full."""
        number = self.table.key
        if number is None:
            return None
        return cause_facts(self._study.causes.cause(number), self._names(number))

    @property
    def part(self) -> Part | None:
        """The nodes of the highlighted cause."""
        number = self.table.key
        if number is None:
            return None
        causes = self._study.causes
        return Part(f"cause {number}", tuple(causes.places(number)), causes.cause(number).text)

    def _names(self, number: int) -> Iterator[str]:
        rollout = self._study.rollout
        assert rollout is not None
        return (rollout.nodes[place].name for place in self._study.causes.places(number))

    def _cells(self, number: int) -> tuple[Cell, ...]:
        cause = self._study.causes.cause(number)
        sign = outcome_sign(cause.outcome)
        return (
            Cell(f"{cause.count:,}", STRONG),
            Cell(sign.label, sign.look),
            Cell(cause.text),
            Cell(clock(cause.first_seen, self._now())),
        )

    def action_view(self) -> None:
        if self.table.key is not None:
            self.viewed()

    def action_copy(self) -> None:
        number = self.table.key
        if number is not None:
            cause = self._study.causes.cause(number)
            send_to_clipboard(self, self.text_of(number), f"cause of {count_words(cause.count, 'node')}")

    def text_of(self, number: int) -> str:
        """A cause and the names of all its nodes."""
        return cause_text(self._study.causes.cause(number), self._names(number))

    def action_mark(self) -> None:
        if self.table.key is not None:
            self.marked()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action not in ("view", "copy", "mark") or self.table.key is not None
