"""The list of a rollout's nodes, as it is wanted: sorted, filtered, marked."""

import asyncio
import gc
import re
from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from orch_tui.domain.node import Node, Outcome
from orch_tui.first_frame import Column
from orch_tui.session.rollout import Rollout
from orch_tui.ui.node_rows import CauseOf, NodeRows, SortBy, View
from orch_tui.ui.text import MUTED, STRONG, Cell, duration, joined, reason, state_cell
from orch_tui.ui.widgets.line_table import LineTable
from orch_tui.ui.widgets.text_field import FilterField

_SETTLE_AFTER = timedelta(seconds=5)
BREATH = 0.001
"""Seconds between two steps: a key takes several turns of the loop, and is to wait for one step only."""


def _columns(sort: SortBy) -> tuple[Column, ...]:
    """What is shown of each node; how long it took gives way to why it failed, unless that is what counts."""
    return (
        Column("", 1),
        Column("STATE", 14),
        Column("TIME", 7, right=True, least=None if sort is SortBy.DURATION else 0),
        Column("NODE", 26, least=20),
        Column("MESSAGE"),
    )


class NodePane(Vertical):
    """Nodes of one rollout, failed first unless wanted otherwise.

    Args:
        now: The server's clock.
        cause_of: What the filter `cause:3` goes by, see `View`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="nodes.filter"),
        Binding("exclamation_mark", "failures", "Failed only", id="nodes.failures"),
        Binding("space", "mark", "Mark", show=False, id="nodes.mark"),
        Binding("asterisk", "mark_all", "Mark all listed", show=False, id="nodes.mark-all"),
        Binding("u", "unmark", "Unmark all", show=False, id="nodes.unmark"),
        Binding("S", "sort('state')", "Sort by state", show=False, id="nodes.sort-state"),
        Binding("N", "sort('name')", "Sort by name", show=False, id="nodes.sort-name"),
        Binding("D", "sort('duration')", "Sort by duration", show=False, id="nodes.sort-duration"),
        Binding("escape", "clear", "Clear the filter", id="nodes.clear"),
    ]

    DEFAULT_CSS = """
    NodePane {
        width: 1fr;
        LineTable { height: 1fr; }
    }
    """

    class Listed(Message):
        """What is listed or marked, or why it is not, has changed."""

    def __init__(self, now: Callable[[], datetime], cause_of: CauseOf) -> None:
        super().__init__()
        self._now = now
        self._rows = NodeRows()
        self._settled = datetime.min.replace(tzinfo=UTC)
        self._view = View(cause_of=cause_of)
        self._is_behind = False
        self.marked: frozenset[int] = frozenset()
        """The places of the nodes that somebody has chosen."""
        self._fault = ""
        self.table = LineTable[int](_columns(SortBy.STATE), self._cells, empty="", id="node-list")
        self.field = FilterField(
            "words  /regex/  !not  state:failed  cause:1", self._keep_filter, id="filter"
        )

    def compose(self) -> ComposeResult:
        yield self.table
        yield self.field

    def take(self, rollout: Rollout) -> None:
        """Have a new picture of the rollout, to be drawn with the next `tick`."""
        # While nodes are listed anew for a picture before, that goes on to this one by itself.
        if not self._rows.update(rollout) and not self._is_behind:
            self._is_behind = True
            self.list_anew()

    def tick(self) -> None:
        """Draw what changed, and now and then put it in order: what moves all the time cannot be read."""
        rollout = self._rows.rollout
        if rollout is None:
            return
        now = self._now()
        if rollout.is_complete or not timedelta(0) <= now - self._settled < _SETTLE_AFTER:
            self._settled = now
            self._rows.settle()
        self.table.show(self._rows)

    @property
    def highlighted(self) -> tuple[Node, Outcome] | None:
        """The node under the cursor."""
        place, rollout = self.table.key, self._rows.rollout
        if place is None or rollout is None:
            return None
        return rollout.nodes[place], rollout.outcomes[place]

    @property
    def listed(self) -> Sequence[int]:
        """The places of the listed nodes in their order, as they are now and stay."""
        return copy(self._rows)

    @property
    def marked_names(self) -> list[str]:
        """The nodes that are marked, in no order."""
        rollout = self._rows.rollout
        return [] if rollout is None else [rollout.nodes[place].name for place in self.marked]

    @property
    def note(self) -> str:
        """In what way the list is not simply all nodes, failed first; empty when it is."""
        if self._fault:
            return self._fault
        view, notes = self._view, []
        if (view.filter or view.failures_only) and self._rows.rollout is not None:
            notes.append("failures" if view.failures_only else "")
            notes.append(f"{len(self._rows):,} of {self._rows.rollout.named:,}")
        if view.sort is not SortBy.STATE or view.reverse:
            notes.append(f"by {view.sort}{', reversed' if view.reverse else ''}")
        return joined(notes)

    @work(group="arrange", exclusive=True)
    async def list_anew(self) -> None:
        """List all nodes anew, in steps between which keys are answered, until it is the latest picture."""
        is_latest = False
        while not is_latest:
            for _ in self._rows.arranging(self._view):
                await asyncio.sleep(BREATH)
            self.table.empty = "no nodes" if not self._view.filter else "no node is like that"
            self.table.show(self._rows)
            is_latest = self._rows.is_latest
        self.post_message(self.Listed())
        if self._is_behind:
            self._is_behind = False
            # Looking through a hundred thousand nodes takes the collector 60 ms, and they form no cycles.
            gc.freeze()

    def _look(self, view: View) -> None:
        self._view = view
        self.list_anew()

    def _cells(self, place: int) -> tuple[Cell, ...]:
        rollout = self._rows.rollout
        assert rollout is not None
        node, outcome = rollout.nodes[place], rollout.outcomes[place]
        return (
            Cell("*" if place in self.marked else "", STRONG),
            state_cell(node, outcome),
            Cell(duration(node.seconds(self._now()))),
            Cell(node.name, STRONG),
            Cell(reason(node, outcome), "" if outcome.is_trouble else MUTED),
        )

    def filter(self, text: str) -> None:
        """Filter the list as if `text` had been typed."""
        self.field.value = text
        self.field.set_class(bool(text), "-open")

    def action_filter(self) -> None:
        self.field.open()

    @on(Input.Changed, "#filter")
    def _filter(self) -> None:
        view = replace(self._view, filter=self.field.value)
        try:
            view.wanted()
        except re.error as error:
            self._fault = f"bad regex: {error.msg}"
            self.post_message(self.Listed())
        else:
            self._fault = ""
            self._look(view)

    def _keep_filter(self) -> None:
        self.field.set_class(bool(self.field.value), "-open")
        self.screen.set_focus(self.table)

    def action_clear(self) -> None:
        self.field.close()
        self.field.value = ""
        self.screen.set_focus(self.table)
        self._look(replace(self._view, filter="", failures_only=False))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "clear":
            view = self._view
            return bool(view.filter or view.failures_only or self.field.is_open)
        return True

    def action_failures(self) -> None:
        self._look(replace(self._view, failures_only=not self._view.failures_only))

    def action_sort(self, by: str) -> None:
        again = self._view.sort == by
        self.table.lay_out(_columns(SortBy(by)))
        self._look(replace(self._view, sort=SortBy(by), reverse=again and not self._view.reverse))

    def action_mark(self) -> None:
        if self.table.key is not None:
            self._mark(self.marked ^ {self.table.key})
            self.table.action_move(1)

    def action_mark_all(self) -> None:
        self.mark(self._rows)

    def action_unmark(self) -> None:
        self._mark(frozenset())

    def mark(self, places: Collection[int]) -> None:
        """Mark nodes, beside those that are marked already."""
        self._mark(self.marked.union(places))

    def _mark(self, places: frozenset[int]) -> None:
        self.marked = places
        self.table.redraw()
        self.post_message(self.Listed())
