"""What can be seen of a rollout below its bars: one tab at a time, and only that one is drawn."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from orch_tui.domain.rerun import Part
from orch_tui.session.rollout import EVENTS_KEPT, Rollout
from orch_tui.session.study import Study
from orch_tui.ui.clips import Clip, clip, failed_clip, names_clip, run_clips
from orch_tui.ui.export import Sheet, causes_sheet, events_sheet, nodes_sheet
from orch_tui.ui.facts import console, job_facts, node_facts
from orch_tui.ui.text import count_words
from orch_tui.ui.widgets.cause_pane import CausePane
from orch_tui.ui.widgets.details import Details
from orch_tui.ui.widgets.event_pane import EventPane
from orch_tui.ui.widgets.job_pane import JobPane
from orch_tui.ui.widgets.line_table import LineTable
from orch_tui.ui.widgets.node_pane import BREATH, NodePane
from orch_tui.ui.widgets.tab_line import RolloutTab, TabLine


class RolloutTabs(Vertical):
    """Nodes, failures, events and details of one rollout.

    Args:
        nodes: The list of nodes.
        study: Follows the pictures that are taken.
        now: The server's clock.
        link: Where the API tells of the job.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"show('{tab}')", tab.capitalize(), show=False, id=f"rollout.tab-{tab}")
            for number, tab in enumerate(RolloutTab, 1)
        ),
        Binding("tab", "turn(1)", "Next tab", show=False, id="rollout.next-tab"),
        Binding("shift+tab", "turn(-1)", "Previous tab", show=False, id="rollout.previous-tab"),
    ]

    DEFAULT_CSS = """
    RolloutTabs {
        height: 1fr;
        ContentSwitcher { height: 1fr; }
    }
    """

    def __init__(self, nodes: NodePane, study: Study, now: Callable[[], datetime], link: str) -> None:
        super().__init__()
        self._now = now
        self._link = link
        self._study = study
        self._rollout: Rollout | None = None
        self._is_studying = False
        self._pace = ""
        self.line = TabLine()
        self.nodes = nodes
        self.details = Details()
        self.failures = CausePane(study, now, id=RolloutTab.FAILURES)
        self.failures.table.opened = self._list_nodes_of_cause
        self.failures.marked = self._mark_nodes_of_cause
        self.events = EventPane(id=RolloutTab.EVENTS)
        self.job = JobPane(id=RolloutTab.DETAILS)
        self._switcher = ContentSwitcher(initial=RolloutTab.NODES)

    def compose(self) -> ComposeResult:
        yield self.line
        with self._switcher:
            with Horizontal(id=RolloutTab.NODES):
                yield self.nodes
                with VerticalScroll(classes="aside", can_focus=False):
                    yield self.details
            yield self.failures
            yield self.events
            yield self.job

    def take(self, rollout: Rollout, pace: str) -> None:
        """Have a new picture; `pace` tells how it is watched."""
        self._pace = pace
        self._rollout = rollout
        self._study.take(rollout)
        if not self._is_studying:
            steps = self._study.studying()
            # Most news are done with in one step, and then drawn once.
            self._is_studying = next(steps, False) is None
            if self._is_studying:
                self.study(steps)
        self.nodes.take(rollout)

    @work(group="study")
    async def study(self, steps: Iterator[None]) -> None:
        """Find the causes in what is new, in steps between which keys are answered."""
        await asyncio.sleep(BREATH)
        for _ in steps:
            await asyncio.sleep(BREATH)
        self._is_studying = False
        self.tick()

    def tick(self) -> None:
        """Draw what is new, and what passing time has changed, on the tab that is open."""
        rollout = self._rollout
        if rollout is None or self.app.screen is not self.screen:
            return  # behind a dialog each change would draw the whole screen anew
        causes = len(self._study.causes)
        self.line.notes = {RolloutTab.FAILURES: count_words(causes, "cause")} if causes else {}
        match self.line.current:
            case RolloutTab.NODES:
                self.nodes.tick()
                self._tell_node()
            case RolloutTab.FAILURES:
                self.failures.tick()
            case RolloutTab.EVENTS:
                self.events.take(rollout)
            case RolloutTab.DETAILS:
                facts = job_facts(rollout, self._now(), self._study.summary, self._link, self._pace)
                self.job.details.details = facts

    @property
    def note(self) -> str:
        """In what way the open tab does not show all there is; empty when it does."""
        match self.line.current:
            case RolloutTab.NODES:
                return self.nodes.note
            case RolloutTab.EVENTS if self._rollout and len(self._rollout.events) == EVENTS_KEPT:
                return f"the latest {EVENTS_KEPT:,} events"
        return ""

    @property
    def node_facts(self) -> Content | None:
        """The highlighted node in full."""
        node, rollout = self.nodes.highlighted, self._rollout
        if node is None or rollout is None:
            return None
        return node_facts(*node, self._now(), self._study.summary, rollout.events)

    @property
    def clips(self) -> list[Clip]:
        """What can be copied: of what is highlighted, and of the job."""
        rollout = self._rollout
        if rollout is None:
            return []
        marked = self.nodes.marked_names
        return [
            *self._highlighted_clips(),
            *failed_clip(rollout),
            *names_clip("marked nodes", len(marked), lambda: marked),
            *clip("job", rollout.job.id),
            *clip("job, in the API", self._link),
        ]

    def _highlighted_clips(self) -> list[Clip]:
        event = self.events.highlighted if self.line.current is RolloutTab.EVENTS else None
        if event is not None:
            return run_clips(event.node, event.message, event.report_url)
        if self.line.current is not RolloutTab.NODES or self.nodes.highlighted is None:
            return []
        node, outcome = self.nodes.highlighted
        clips = run_clips(node.name, node.message, node.report_url)
        number = self._study.causes.number(node, outcome)
        if number is not None:
            text = self._study.causes.cause(number).text
            clips.append(Clip("cause, and its nodes", text, lambda: self.failures.text_of(number)))
        return clips

    @property
    def console_link(self) -> tuple[str, str]:
        """What the console has of the highlighted node, else of all, and where; empty where nobody tells."""
        report = next((c.text() for c in self._highlighted_clips() if c.what == "report link"), "")
        return ("report", report) if report else ("start page", console(self._study.summary))

    @property
    def sheet(self) -> Sheet | None:
        """What the open tab shows, as a table; None where it is none."""
        rollout, causes = self._rollout, self._study.causes
        if rollout is None:
            return None
        match self.line.current:
            case RolloutTab.NODES:
                return nodes_sheet(rollout, self.nodes.listed)
            case RolloutTab.FAILURES:
                return causes_sheet([causes.cause(number) for number in causes.by_count()])
            case RolloutTab.EVENTS:
                return events_sheet(rollout.events)
            case RolloutTab.DETAILS:
                return None

    @on(LineTable.Highlighted, "#node-list")
    def _tell_node(self) -> None:
        if self.screen.has_class("-wide"):
            self.details.details = self.node_facts or Content("")

    def _list_nodes_of_cause(self) -> None:
        self.nodes.filter(f"cause:{self.failures.table.key}")
        self.action_show(RolloutTab.NODES)

    def _mark_nodes_of_cause(self) -> None:
        part = self.failures.part
        if part is not None:
            self.nodes.mark(part.places)

    @property
    def cause(self) -> Part | None:
        """The nodes of the cause that is looked at; None on other tabs."""
        return self.failures.part if self.line.current is RolloutTab.FAILURES else None

    def action_show(self, tab: str) -> None:
        self.line.current = RolloutTab(tab)
        self._switcher.current = tab
        self.screen.set_focus(self._focused_of(self.line.current))
        self.tick()

    def _focused_of(self, tab: RolloutTab) -> Widget:
        match tab:
            case RolloutTab.NODES:
                return self.nodes.table
            case RolloutTab.FAILURES:
                return self.failures.table
            case RolloutTab.EVENTS:
                return self.events.table
            case RolloutTab.DETAILS:
                return self.job

    def action_turn(self, tabs: int) -> None:
        order = list(RolloutTab)
        self.action_show(order[(order.index(self.line.current) + tabs) % len(order)])
