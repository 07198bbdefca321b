"""What happened in a rollout, the latest at the bottom."""

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from orch_tui.domain.event import Event
from orch_tui.first_frame import Column
from orch_tui.session.rollout import Rollout
from orch_tui.ui.facts import event_facts
from orch_tui.ui.text import MUTED, STRONG, Cell, clock, event_sign, point
from orch_tui.ui.widgets.line_table import LineTable

_COLUMNS = (
    Column("TIME", 10),
    Column("EVENT", 14, least=10),
    Column("NODE", 26, least=20),
    Column("MESSAGE"),
)


class EventPane(Vertical):
    """The events that are kept. As long as the cursor is on the last one it stays on the last one."""

    DEFAULT_CSS = """
    EventPane {
        padding-left: 1;
        LineTable { height: 1fr; }
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._events: dict[int, Event] = {}
        self._now: datetime | None = None
        self.table = LineTable[int](_COLUMNS, self._cells, empty="", id="event-list")

    def compose(self) -> ComposeResult:
        yield self.table

    def take(self, rollout: Rollout) -> None:
        """Show the events of a picture."""
        self._events = {event.id: event for event in rollout.events}
        self._now = rollout.server_time
        # Those of a large job that was there before us are not read, and old ones are not kept.
        self.table.empty = "no events were read" if rollout.is_complete else "no events yet"
        keys = list(self._events)
        follows = self.table.is_at_end
        self.table.show(keys)
        if follows and keys:
            self.table.select(keys[-1])

    @property
    def highlighted(self) -> Event | None:
        """The event under the cursor."""
        return None if self.table.key is None else self._events[self.table.key]

    @property
    def facts(self) -> Content | None:
        """The highlighted event in full."""
        event = self.highlighted
        return None if event is None else event_facts(event)

    def _cells(self, number: int) -> tuple[Cell, ...]:
        event = self._events[number]
        sign = event_sign(event)
        return (
            Cell(clock(event.timestamp, self._now or datetime.max)),
            Cell(sign.label, sign.look),
            Cell(event.node, STRONG),
            Cell(point(event.message, event.node), MUTED),
        )
