"""Home: every environment with its latest job, and the jobs of the highlighted one."""

from datetime import datetime, timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.events import Mount, ScreenResume, ScreenSuspend
from textual.screen import ModalScreen

from orch_tui.domain.environment import EnvironmentSource
from orch_tui.domain.job import Job
from orch_tui.domain.problem import Problem
from orch_tui.first_frame import BAR, ENVIRONMENT_COLUMNS
from orch_tui.session.board import Board
from orch_tui.session.feed import Reading
from orch_tui.session.history import Older
from orch_tui.ui.clips import board_clips
from orch_tui.ui.dialogs.copy import CopyDialog
from orch_tui.ui.dialogs.job_number import JobNumberDialog
from orch_tui.ui.screens.base import Cockpit, CockpitScreen
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from orch_tui.ui.text import (
    MUTED,
    STRONG,
    Cell,
    joined,
)
from orch_tui.ui.widgets.bars import smooth_bar
from orch_tui.ui.widgets.contact import ContactLine
from orch_tui.ui.widgets.job_list import JobList, state_cells
from orch_tui.ui.widgets.key_line import KeyLine, key_for
from orch_tui.ui.widgets.line import Line
from orch_tui.ui.widgets.line_table import LineTable


class EnvironmentsScreen(CockpitScreen):
    """The environments, and the jobs of the highlighted one, by whomever they were started."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "deploy", "Deploy", id="environments.deploy"),
        Binding("tab", "app.focus_next", "Other pane", id="environments.next-pane"),
        Binding("r", "refresh", "Refresh", id="environments.refresh"),
        Binding("y", "copy", "Copy", show=False, id="environments.copy"),
        Binding("q", "app.leave_home", "Quit", id="environments.quit"),
        Binding("slash", "filter", "Filter", id="environments.filter"),
        Binding("a", "all_jobs", "Jobs of all, or of one", show=False, id="environments.all-jobs"),
        Binding("J", "job", "Watch a job by its number", show=False, id="environments.job"),
        Binding("escape", "clear", "Clear the filter", id="environments.clear"),
    ]

    CSS_PATH = "environments.tcss"

    def __init__(self, cockpit: Cockpit) -> None:
        super().__init__(cockpit)
        self.reading: Reading[Board] = Reading()
        self._latest: dict[str, Job] = {}
        self.title_line, self.contact = Line(), ContactLine()
        self.unknown = Line(id="unknown")
        # Before the first answer there is nothing to say of them, least of all that there are none.
        self.environments = LineTable[str](
            ENVIRONMENT_COLUMNS, self._environment_cells, empty="", id="environments"
        )
        self.environments.opened = self._open_latest_job
        self.jobs = JobList(cockpit.session.history, self._now, id="jobs-pane")
        self.jobs.table.opened = self._open_job

    def compose(self) -> ComposeResult:
        yield self.title_line
        with Container(id="panes"):
            with Vertical(id="environments-pane"):
                yield self.environments
            yield self.jobs
        yield self.unknown
        yield self.contact
        yield KeyLine()

    def on_mount(self, _: Mount) -> None:
        self.set_interval(1.0, self._tick)
        self._tick()
        self.follow()

    def on_screen_resume(self, _: ScreenResume) -> None:
        following = (worker for worker in self.workers if worker.node is self and worker.group == "board")
        if not any(worker.is_running and not worker.is_cancelled for worker in following):
            self.follow()
        if self.reading.value is not None:
            self._show_history()
        self._tick()

    def on_screen_suspend(self, _: ScreenSuspend) -> None:
        # A dialog leaves us in sight, so polling goes on behind it; behind another screen it would be waste.
        if not isinstance(self.app.screen, ModalScreen):
            self.workers.cancel_group(self, "board")

    @work(group="board", exclusive=True)
    async def follow(self) -> None:
        async for reading in self.session.board.follow():
            first = self.reading.value is None
            self.reading = reading
            self.post_message(self.Polled(reading.problem))
            if reading.value is not None:
                self._show(reading.value)
            if first and reading.value is not None and self.cockpit.profile.environment is not None:
                self.environments.select(self.cockpit.profile.environment)
            self._tick()
            self.refresh_bindings()

    def _show(self, board: Board) -> None:
        names = board.environments.names
        source = board.environments.source
        from_where = "" if source is EnvironmentSource.ORCHESTRATOR else f", from the {source}"
        self.title_line.right = Content(f"{len(names)} environments{from_where} ")
        self.environments.empty = "no environments"
        self.environments.show(names)
        self._show_history()

    @on(JobList.ReadOn)
    def _read_on(self) -> None:
        if self.app.screen is self:
            self._show_history()

    def _show_history(self) -> None:
        self._latest = {job.environment: job for job in reversed(self.session.history.jobs)}
        self.environments.redraw()
        self._show_jobs()

    @on(LineTable.Highlighted, "#environments")
    def _show_jobs(self) -> None:
        self.jobs.show(self.environments.key)

    def _tick(self) -> None:
        """Once a second: ages grow. Not behind another screen: it would be drawn anew as a whole for it."""
        if self.app.screen is not self:
            return
        self.title_line.content = self.cockpit.title()
        self._tell_unknown()
        board = self.reading.value
        denied = board is not None and board.environments.denied is not None
        notes = [self.clock_note, "not permitted to list environments" if denied else ""]
        notes.append("older jobs only: was the server restored?" if board and board.went_back else "")
        self.contact.tell(self.reading, self.session.monotonic(), joined(notes))
        self.environments.redraw()
        self.jobs.table.redraw()

    def _tell_unknown(self) -> None:
        unknown = self.session.deploys.unknown
        self.unknown.display = bool(unknown)
        if unknown:
            request, when = unknown[-1].request, unknown[-1].written.astimezone().strftime("%d %b %H:%M")
            way_on = "" if self.cockpit.profile.read_only else f"; press {key_for(self, 'deploy')} there"
            self.unknown.content = Content.assemble(
                (" UNKNOWN ", "bold $state-failed"),
                f"{request.nonce}: {request.mode.upper()} of {request.environment}, {when}{way_on}",
            )

    def see_jobs(self, environment: str) -> None:
        """Go to the jobs of `environment`."""
        self.jobs.show_all(False)
        self.jobs.clear_filter()
        self.environments.select(environment)
        self.set_focus(self.jobs.table)

    def _now(self) -> datetime:
        board = self.reading.value
        assert board is not None
        return board.server_time + timedelta(seconds=self.reading.age(self.session.monotonic()))

    def _environment_cells(self, environment: str) -> tuple[Cell, ...]:
        job = self._latest.get(environment)
        if job is None:
            nothing = Cell("")
            words = "  no jobs" if self.session.history.older is Older.NONE else "  none"
            return (Cell(words, MUTED), nothing, nothing, nothing, Cell(environment, STRONG), nothing)
        state, done, mode, since = state_cells(job, self._now())
        if done.text and job.progress is not None:
            bar = smooth_bar(*job.progress, BAR)
            done = Cell(f"{bar:<{BAR}} {done.text:>4}", done.look)
        return (state, done, mode, since, Cell(environment, STRONG), Cell(job.owner))

    def _open_latest_job(self) -> None:
        job = self._latest.get(self.environments.key or "")
        if job is not None:
            self.open_job(job.id)
        else:
            known = "no jobs yet" if self.session.history.older is Older.NONE else "none was read"
            self.notify(f"There is no job of this environment to open: {known}.")

    def _open_job(self) -> None:
        self.open_job(self.jobs.table.key)

    def open_job(self, job: str | None) -> None:
        """Open that job, if any."""
        if job is not None:
            self.open(RolloutScreen(self.cockpit, job))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "deploy":
            return not self.cockpit.profile.read_only
        if action == "clear":
            return self.jobs.is_filtered
        return super().check_action(action, parameters)

    @property
    def trouble(self) -> Problem | None:
        denied = self.reading.value.environments.denied if self.reading.value else None
        return self.reading.problem or denied

    @property
    def known(self) -> tuple[str, ...]:
        """The names of all environments that we know of."""
        board = self.reading.value
        return board.environments.names if board else ()

    def action_deploy(self) -> None:
        start = self.environments.key or self.cockpit.profile.environment or ""
        self.unless_unsettled(start, lambda: self.open(DeployScreen(self.cockpit, start, self.known)))

    def action_copy(self) -> None:
        if self.environments.key is not None:
            self.open(CopyDialog(board_clips(self.environments.key, self.jobs.highlighted)))

    def action_refresh(self) -> None:
        self.session.refresh_board()

    def action_filter(self) -> None:
        self.jobs.open_filter()

    def action_clear(self) -> None:
        self.jobs.clear_filter()
        self.set_focus(self.jobs.table)

    def action_all_jobs(self) -> None:
        self.jobs.toggle_all()

    def action_job(self) -> None:
        self.ask(JobNumberDialog(), self.open_job)
