"""Home: every environment with its latest job, and the jobs of the highlighted one."""

from collections.abc import Iterable
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
from orch_tui.first_frame import BAR, ENVIRONMENT_COLUMNS, JOB_COLUMNS
from orch_tui.session.board import JOBS, Board
from orch_tui.session.feed import Reading
from orch_tui.ui.screens.base import Cockpit, CockpitScreen
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from orch_tui.ui.text import (
    MUTED,
    STRONG,
    Cell,
    age,
    job_sign,
    joined,
    mode_cell,
    one_line,
    percent,
    unreadable_words,
)
from orch_tui.ui.widgets.bars import smooth_bar
from orch_tui.ui.widgets.contact import ContactLine
from orch_tui.ui.widgets.key_line import KeyLine
from orch_tui.ui.widgets.line import Line
from orch_tui.ui.widgets.line_table import Column, LineTable


def _columns(plain: Iterable[tuple[str, int, bool]]) -> list[Column]:
    return [Column(*column) for column in plain]


class EnvironmentsScreen(CockpitScreen):
    """The environments, and the jobs of the highlighted one, by whomever they were started."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "deploy", "Deploy", id="environments.deploy"),
        Binding("tab", "app.focus_next", "Other pane", priority=True, id="environments.next-pane"),
        Binding("r", "refresh", "Refresh", id="environments.refresh"),
        Binding("q", "app.leave_home", "Quit", id="environments.quit"),
    ]

    CSS_PATH = "environments.tcss"

    def __init__(self, cockpit: Cockpit) -> None:
        super().__init__(cockpit)
        self.reading: Reading[Board] = Reading()
        self._jobs: dict[str, Job] = {}
        self.title_line, self.jobs_title, self.contact = Line(), Line(), ContactLine()
        self.unknown = Line(id="unknown")
        # Before the first answer there is nothing to say of either, least of all that there are none.
        self.environments = LineTable[str](
            _columns(ENVIRONMENT_COLUMNS), self._environment_cells, empty="", id="environments"
        )
        self.jobs = LineTable[str](_columns(JOB_COLUMNS), self._job_cells, empty="", id="jobs")

    def compose(self) -> ComposeResult:
        yield self.title_line
        with Container(id="panes"):
            with Vertical(id="environments-pane"):
                yield self.environments
            with Vertical(id="jobs-pane"):
                yield self.jobs_title
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
        self._jobs = {job.id: job for job in board.jobs.items}
        self.environments.empty = "no environments"
        self.jobs.empty = "no jobs yet" if board.is_whole else f"none of the latest {JOBS} jobs"
        self.environments.show(names)
        self._show_jobs()

    @on(LineTable.Highlighted, "#environments")
    def _show_jobs(self) -> None:
        board, environment = self.reading.value, self.environments.key
        if board is None or environment is None:
            self.jobs_title.content = self.jobs_title.right = Content("")
            self.jobs.show([])
            return
        self.jobs_title.content = Content.assemble((" Jobs of ", MUTED), (environment, STRONG))
        self.jobs_title.right = Content(unreadable_words(board.jobs.unreadable, "job") + " ")
        self.jobs.show([job.id for job in board.jobs_of(environment)])

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
        self.jobs.redraw()

    def _tell_unknown(self) -> None:
        unknown = self.session.deploys.unknown
        self.unknown.display = bool(unknown)
        if unknown:
            request, when = unknown[-1].request, unknown[-1].written.astimezone().strftime("%d %b %H:%M")
            self.unknown.content = Content.assemble(
                (" UNKNOWN ", "bold $state-failed"),
                f"{request.nonce}: {request.mode.upper()} of {request.environment}, {when}; press d there",
            )

    def see_jobs(self, environment: str) -> None:
        """Go to the jobs of `environment`."""
        self.environments.select(environment)
        self.jobs.focus()

    def _now(self, board: Board) -> datetime:
        return board.server_time + timedelta(seconds=self.reading.age(self.session.monotonic()))

    def _environment_cells(self, environment: str) -> tuple[Cell, ...]:
        board = self.reading.value
        latest = board.jobs_of(environment)[:1] if board else ()
        if not latest or board is None:
            nothing = Cell("")
            words = "  no jobs" if board is None or board.is_whole else "  none"
            return (Cell(words, MUTED), nothing, nothing, nothing, Cell(environment, STRONG), nothing)
        job = latest[0]
        state, done, mode, since = self._state_cells(job, board)
        if done.text and job.progress is not None:
            bar = smooth_bar(*job.progress, BAR)
            done = Cell(f"{bar:<{BAR}} {done.text:>4}", done.look)
        return (state, done, mode, since, Cell(environment, STRONG), Cell(job.owner))

    def _job_cells(self, number: str) -> tuple[Cell, ...]:
        job, board = self._jobs[number], self.reading.value
        assert board is not None
        about = " · ".join(one_line(text) for text in (job.target, job.description) if text)
        count = "" if job.node_count is None else f"{job.node_count:,}"
        return (
            *self._state_cells(job, board),
            Cell(job.id, STRONG),
            Cell(count),
            Cell(job.owner),
            Cell(about, MUTED),
        )

    def _state_cells(self, job: Job, board: Board) -> tuple[Cell, Cell, Cell, Cell]:
        sign = job_sign(job)
        done = "" if job.state.is_over or job.progress is None else percent(*job.progress)
        moment = job.ended if job.state.is_over else job.began or job.changed
        return (
            Cell(sign.label, sign.look),
            Cell(done, sign.look),
            mode_cell(job.noop),
            Cell(age(moment, self._now(board)), MUTED),
        )

    @on(LineTable.Opened, "#environments")
    def _open_latest_job(self) -> None:
        if self.jobs.keys:
            self.open(RolloutScreen(self.cockpit, self.jobs.keys[0]))
        else:
            self.notify(f"There is no job of this environment to open: {self.jobs.empty}.")

    @on(LineTable.Opened, "#jobs")
    def _open_job(self) -> None:
        if self.jobs.key is not None:
            self.open(RolloutScreen(self.cockpit, self.jobs.key))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "deploy":
            return not self.cockpit.profile.read_only
        return super().check_action(action, parameters)

    @property
    def trouble(self) -> Problem | None:
        denied = self.reading.value.environments.denied if self.reading.value else None
        return self.reading.problem or denied

    def action_deploy(self) -> None:
        board = self.reading.value
        known = board.environments.names if board else ()
        start = self.environments.key or self.cockpit.profile.environment or ""
        self.unless_unsettled(start, lambda: self.open(DeployScreen(self.cockpit, start, known)))

    def action_refresh(self) -> None:
        self.session.refresh_board()
