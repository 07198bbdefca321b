"""One job, live: the bars, the nodes, and all that can be seen of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Mount, ScreenResume
from textual.message import Message

from orch_tui.domain.causes import Causes
from orch_tui.domain.problem import ProblemKind
from orch_tui.session.feed import Reading
from orch_tui.session.rollout import Rollout
from orch_tui.session.study import Study
from orch_tui.ui.attention import Calls
from orch_tui.ui.dialogs.details import DetailsDialog
from orch_tui.ui.screens.base import Cockpit
from orch_tui.ui.screens.takeaway import TakeawayScreen
from orch_tui.ui.text import (
    MUTED,
    STRONG,
    count_words,
    duration,
    job_sign,
    joined,
    left_words,
    mode_sign,
    one_line,
    unreadable_words,
)
from orch_tui.ui.widgets.bars import OutcomeBars, StackedBar
from orch_tui.ui.widgets.contact import ContactLine
from orch_tui.ui.widgets.key_line import KeyLine, key_for
from orch_tui.ui.widgets.line import Line
from orch_tui.ui.widgets.node_pane import BREATH, NodePane
from orch_tui.ui.widgets.rollout_tabs import RolloutTabs

_LAST_SEEN = {
    ProblemKind.UNKNOWN_JOB: "  when last seen; no longer known to the server",
    ProblemKind.ANOTHER_JOB: "  when last seen; another job has its number now",
    ProblemKind.PERMISSION_DENIED: "  when last seen; STOP is not permitted",
}


@dataclass(frozen=True, slots=True)
class _Frozen:
    """What the rows stand still at.

    Attributes:
        reading: What was known.
        now: The server's clock.
        missed: How many nodes have changed since.
    """

    reading: Reading[Rollout]
    now: datetime
    missed: int = 0


class RolloutScreen(TakeawayScreen):
    """Follows one job, by whomever it was started, until it is complete.

    While somebody reads, the rows of all tabs can stand still; the head and the bars go on, so that neither a
    failure nor the end of the job goes unseen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "refresh", "Refresh", id="rollout.refresh"),
        # Two bindings have one key and one id: there is always only one of them that can be used.
        Binding("Z", "freeze", "Freeze the rows", show=False, id="rollout.freeze"),
        Binding("Z", "thaw", "Thaw", id="rollout.freeze"),
        Binding("escape,q", "back", "Back", id="rollout.back"),
    ]

    CSS_PATH = "rollout.tcss"

    class News(Message):
        """Something happened that is worth calling somebody to the terminal."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    def __init__(self, cockpit: Cockpit, job: str) -> None:
        super().__init__(cockpit, job)
        self.reading: Reading[Rollout] = Reading()
        self._has_news = False
        self._frozen: _Frozen | None = None
        self._calls = Calls()
        self._feed = self.session.rollout(job)
        self.title_line, self.job_line, self.about_line = Line(), Line(), Line()
        self.stack, self.bars = StackedBar(), OutcomeBars()
        self._study = Study(Causes())
        self.nodes = NodePane(self._now_of_rows, self._study.causes.number)
        link = f"{cockpit.profile.service_url}/orchestrator/v1/jobs/{job}"
        self.tabs = RolloutTabs(self.nodes, self._study, self._now_of_rows, link)
        self.nodes.table.opened = self._open_node
        self.tabs.failures.viewed = self._open_cause
        self.tabs.events.table.opened = self._open_event
        self.contact = ContactLine()

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self.job_line
        yield self.about_line
        yield self.stack
        yield self.bars
        yield self.tabs
        yield self.contact
        yield KeyLine()

    def on_mount(self, _: Mount) -> None:
        self.title_line.right = Content.assemble(("job ", MUTED), (f"{self.job} ", STRONG))
        self.set_interval(1.0, self._tick)
        self._tick()
        self.follow()

    def on_screen_resume(self, _: ScreenResume) -> None:
        self.session.visits.look_at(self._study)
        self._tick()

    @work(group="follow")
    async def follow(self) -> None:
        async for reading in self._feed.follow():
            self.reading, self._has_news = reading, True
            self.post_message(self.Polled(reading.problem))
            if words := self._calls.news(reading):
                self.post_message(self.News(words))
            await asyncio.sleep(BREATH)  # a key that came while the answer was read goes before drawing it
            if not self.cockpit.slow_link:
                self._tick()

    def _show(self, rollout: Rollout) -> None:
        self.stack.counts = self.bars.counts = rollout.counts
        self.stack.total = rollout.total
        self.bars.noop = bool(rollout.job.noop)
        if self._frozen is None:
            self.tabs.take(rollout, self._pace())
        else:
            self._study.take(rollout)  # whoever tells of the job at the program's end has the latest
            assert self._frozen.reading.value is not None
            missed = len(rollout.changed_since(self._frozen.reading.value))
            self._frozen = replace(self._frozen, missed=missed)

    def _tick(self) -> None:
        """Once a second: elapsed times grow; over a slow line it is then, too, that news are shown."""
        rollout = self.reading.value
        if self._has_news:
            self._has_news = False
            self.refresh_bindings()
            if rollout is not None:
                self._show(rollout)
        if self.app.screen is not self:
            return  # behind a dialog each change would draw the whole screen anew
        self.title_line.content = self.cockpit.title()
        notes = [self.tabs.note or self.clock_note]
        if rollout is not None:
            self._tell_job(rollout)
            notes.append(f"{rollout.repaired:,} repaired" if rollout.repaired else "")
            notes.append(unreadable_words(rollout.unreadable, "item"))
            notes.append("complete" if rollout.is_complete else "")
            notes.append(self._marks_note())
        self.contact.tell(self.reading, self.session.monotonic(), joined(notes), self._frozen_words())
        self.tabs.tick()

    def _frozen_words(self) -> str:
        if self._frozen is None:
            return ""
        age = duration(self._frozen.reading.age(self.session.monotonic()))
        return f"FROZEN {age} · {count_words(self._frozen.missed, 'change')} since"

    def _marks_note(self) -> str:
        marked, key = len(self.tabs.nodes.marked), key_for(self, "rerun")
        return f"{marked:,} marked{f': {key} reruns them' if key else ''}" if marked else ""

    def _tell_job(self, rollout: Rollout) -> None:
        job = rollout.job
        sign, mode, elapsed = job_sign(job), mode_sign(job.noop), job.elapsed(self._now())
        self.job_line.content = Content.assemble(
            " ", (f" {mode.text} ", f"{mode.look} reverse"), " ",
            (job.environment, STRONG), "  ", (sign.label.strip(), sign.look),
            self._gone(rollout), _being_read(rollout),
        )  # fmt: skip
        facts = [duration(None if elapsed is None else elapsed.total_seconds())]
        # While no answers come, nobody knows what became of what was foretold.
        facts.append("" if self.reading.problem else left_words(rollout.forecast, self._now()))
        if job.stopping_since is not None:
            facts.append(f"stopping for {duration((self._now() - job.stopping_since).total_seconds())}")
        facts.append(f"by {job.owner}" if job.owner else "")
        facts.append("" if job.is_of_whole_environment else f"target {job.target}")
        facts.append("" if job.concurrency is None else f"{job.concurrency:,} nodes at once")
        facts.append(one_line(job.purpose))
        self.about_line.content = Content.styled(" " + " · ".join(fact for fact in facts if fact), MUTED)

    def _gone(self, rollout: Rollout) -> tuple[str, str]:
        problem = self.reading.problem
        words = _LAST_SEEN.get(problem.kind, "") if problem is not None else ""
        if not words and rollout.came_back:
            words = "  again: it had ended, and the server went back"
        return words, "bold $state-failed"

    def _now(self) -> datetime:
        """The server's clock, as far as we can tell between two answers; it stands while none come."""
        rollout, reading = self.reading.value, self.reading
        assert rollout is not None
        if rollout.is_complete:
            return rollout.server_time
        now = self.session.monotonic() if reading.failing_since is None else reading.failing_since
        return rollout.server_time + timedelta(seconds=reading.age(now))

    def _now_of_rows(self) -> datetime:
        return self._now() if self._frozen is None else self._frozen.now

    def _open_node(self) -> None:
        self._tell("Node", lambda: self.tabs.node_facts)

    def _open_cause(self) -> None:
        self._tell("Failure", lambda: self.tabs.failures.facts)

    def _open_event(self) -> None:
        self._tell("Event", lambda: self.tabs.events.facts)

    def _tell(self, title: str, facts: Callable[[], Content | None]) -> None:
        known = facts()
        if known is not None:
            self.open(DetailsDialog(title, lambda: facts() or known))

    def _pace(self) -> str:
        reading = self.reading
        if reading.next_try is None or reading.taken is None:
            return "polled no more"
        return f"polled after {duration(reading.next_try - reading.taken)}"

    def action_refresh(self) -> None:
        self.session.try_token_again()
        self._feed.nudge()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "thaw":
            return self._frozen is not None
        if action == "freeze":
            rollout = self.reading.value
            return rollout is not None and rollout.is_whole and not rollout.is_complete and not self._frozen
        return super().check_action(action, parameters)

    def action_freeze(self) -> None:
        self._tick()  # over a slow line rows are behind what was read
        self._frozen = _Frozen(self.reading, self._now())
        self.refresh_bindings()
        self._tick()

    def action_thaw(self) -> None:
        if self._frozen is None:
            return
        before, rollout = self._frozen.reading.value, self.reading.value
        assert before is not None
        assert rollout is not None
        self._frozen = None
        self.tabs.take(replace(rollout, changed=rollout.changed_since(before)), self._pace())
        self.refresh_bindings()
        self._tick()

    def action_rerun(self) -> None:
        if self._frozen is not None:
            self.action_thaw()
            self.notify("Thawed: what is run again is what failed until now.")
        super().action_rerun()

    def _doubt(self) -> str:
        of_rows = "" if self._frozen is None else "The rows are frozen, these numbers are not."
        return " ".join(filter(None, (super()._doubt(), of_rows)))

    @on(NodePane.Listed)
    def _tell_what_is_listed(self) -> None:
        self.refresh_bindings()
        self._tick()


def _being_read(rollout: Rollout) -> str:
    of_all = "" if rollout.total is None else f" of {rollout.total:,}"
    return "" if rollout.is_whole else f"  reading nodes: {rollout.named:,}{of_all}"
