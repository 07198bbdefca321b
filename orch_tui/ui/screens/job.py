"""What can be done to one job: stop it, end it by force, run parts of it again."""

from asyncio import Task
from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message

from orch_tui.domain.capabilities import Capabilities, Feature
from orch_tui.domain.deploy import DeployDraft
from orch_tui.domain.job import JobState
from orch_tui.domain.node import Outcome
from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind
from orch_tui.domain.rerun import Nodes, Rerun
from orch_tui.session.feed import Reading
from orch_tui.session.rollout import Rollout
from orch_tui.session.stops import StopReply
from orch_tui.ui.dialogs.choice import StopDialog, Stoppable
from orch_tui.ui.dialogs.force_stop import ForceStopDialog
from orch_tui.ui.dialogs.problem import ProblemDialog
from orch_tui.ui.dialogs.rerun import RerunDialog
from orch_tui.ui.explain import in_one_line
from orch_tui.ui.screens.base import Cockpit, CockpitScreen
from orch_tui.ui.text import duration
from orch_tui.ui.widgets.rollout_tabs import RolloutTabs

_GONE = (ProblemKind.UNKNOWN_JOB, ProblemKind.ANOTHER_JOB, ProblemKind.PERMISSION_DENIED)
"""What leaves nothing to stop, or nobody here who may: to look and to stop take the same permission."""


class JobScreen(CockpitScreen):
    """A screen of one job.

    Attributes:
        reading: What is known of it.
        tabs: Where its nodes and causes can be chosen.
    """

    # Two bindings have one key and one id: the second tells why the first cannot be used, where it cannot. It
    # has no words, for it is none of the keys that do something.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "stop", "STOP", id="rollout.stop"),
        Binding("x", "why_no_stop", "", show=False, id="rollout.stop"),
        Binding("X", "force_stop", "FORCE STOP", id="rollout.force-stop"),
        Binding("X", "why_no_force", "", show=False, id="rollout.force-stop"),
        Binding("R", "rerun", "Rerun", id="rollout.rerun"),
    ]

    reading: Reading[Rollout]
    tabs: RolloutTabs

    class StopConfirmed(Message):
        """A dialog was answered with yes: a stop of the job of `screen` has been begun."""

        def __init__(self, screen: "JobScreen", begun: Task[StopReply]) -> None:
            super().__init__()
            self.screen = screen
            self.begun = begun

    class RerunChosen(Message):
        """The form is wanted, filled in with `draft`."""

        def __init__(self, screen: "JobScreen", draft: DeployDraft) -> None:
            super().__init__()
            self.screen = screen
            self.draft = draft

    def __init__(self, cockpit: Cockpit, job: str) -> None:
        super().__init__(cockpit)
        self.job = job

    @property
    def trouble(self) -> Problem | None:
        return self.reading.problem

    @property
    def is_over(self) -> bool:
        """Whether the job has ended, as far as we know."""
        rollout = self.reading.value
        return rollout is not None and rollout.job.state.is_over

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "rerun":
            return not self.cockpit.profile.read_only
        if action not in ("stop", "why_no_stop", "force_stop", "why_no_force"):
            return super().check_action(action, parameters)
        if self.cockpit.profile.read_only or (self.trouble is not None and self.trouble.kind in _GONE):
            return False
        server = self.session.server
        has_force = server is not None and server.has(Feature.FORCE)
        can_be = not self.is_over and ("force" not in action or has_force)
        return not can_be if action.startswith("why") else can_be

    def action_stop(self) -> None:
        stoppable = self._stoppable()
        if stoppable is None:
            return
        if stoppable.job.state is JobState.STOPPING:
            self.notify("The job is stopping already: running nodes finish, no others start.")
        else:
            self.ask(StopDialog(stoppable), lambda go_ahead: self._stop_if(go_ahead, by_force=False))

    def action_why_no_stop(self) -> None:
        self._stoppable()

    def action_force_stop(self) -> None:
        self._knowing_server(self._force_stop)

    action_why_no_force = action_force_stop

    def _force_stop(self, server: Capabilities) -> None:
        stoppable = self._stoppable()
        if stoppable is None:
            return
        if server.has(Feature.FORCE):
            self.ask(ForceStopDialog(stoppable), lambda go_ahead: self._stop_if(go_ahead, by_force=True))
        elif server.may_have(Feature.FORCE):
            self.notify(f"Only 2021.7 and later stop by force; this server may be {server.words}.")
        else:
            self.notify(f"This server has no force stop, which came with 2021.7: it is {server.words}.")

    def _stoppable(self) -> Stoppable | None:
        """The job as it can be stopped; where it cannot, its user is told why."""
        rollout = self.reading.value
        if rollout is None:
            self.notify("The job is not known yet.")
            return None
        if rollout.job.state.is_over:
            self.notify(f"Job {self.job} has ended ({rollout.job.state_word}): there is nothing to stop.")
            return None
        known = rollout.is_whole and bool(rollout.nodes)
        running, waiting = (rollout.counts.get(o, 0) for o in (Outcome.RUNNING, Outcome.QUEUED))
        return Stoppable(
            rollout.job,
            self.cockpit.where,
            running if known else None,
            waiting if known else None,
            self._doubt(),
        )

    def _doubt(self) -> str:
        if self.reading.problem is None:
            return ""
        age = duration(self.reading.age(self.session.monotonic()))
        return f"These numbers are {age} old: {in_one_line(self.reading.problem)}"

    def _stop_if(self, go_ahead: bool | None, *, by_force: bool) -> None:
        if go_ahead:
            shown = self.reading.value
            seen = None if shown is None else shown.job
            begun = self.session.begin_stop(self.job, seen, by_force=by_force)
            # To the app, for this screen may be gone before it passes a message on.
            self.app.post_message(self.StopConfirmed(self, begun))

    def stopped(self) -> None:
        """The stop has been answered: see at once what it did."""
        self.action_refresh()

    def action_rerun(self) -> None:
        rollout = self.reading.value
        if rollout is None or not rollout.is_whole:
            self.notify("The list of its nodes is not read to its end yet: a rerun has to wait for that.")
        else:
            self._knowing_server(self._offer_rerun)

    def _offer_rerun(self, server: Capabilities) -> None:
        rollout = self.reading.value
        assert rollout is not None
        nodes = Nodes(rollout.nodes, rollout.outcomes, rollout.gone)
        rerun = Rerun.of(rollout.job, server, nodes, self.tabs.cause, self.tabs.nodes.marked)
        self.ask(RerunDialog(rerun, server), self._rerun)

    def _rerun(self, draft: DeployDraft | None) -> None:
        if draft is not None:
            self.post_message(self.RerunChosen(self, draft))

    def _knowing_server(self, go_on: Callable[[Capabilities], None]) -> None:
        """Go on with what the server can do, once it has told."""
        if self.session.server is None:
            self._ask_server(go_on)
        else:
            go_on(self.session.server)

    @work(group="server", exclusive=True)
    async def _ask_server(self, go_on: Callable[[Capabilities], None]) -> None:
        try:
            server = await self.session.ask_server()
        except OrchestratorError as error:
            self.open(
                ProblemDialog(error.problem, "Before that, the list of jobs is read. Nothing was done.")
            )
            return
        self.refresh_bindings()
        if self.app.screen is self:
            go_on(server)
