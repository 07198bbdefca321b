"""The list of jobs: those of one environment or of all, filtered, and read on towards its end."""

import re
from collections.abc import Callable
from datetime import datetime

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from orch_tui.domain.job import Job
from orch_tui.domain.problem import OrchestratorError
from orch_tui.first_frame import JOB_COLUMNS, Column
from orch_tui.session.history import PAGE, History, Older
from orch_tui.ui.explain import in_one_line
from orch_tui.ui.filter import Found, all_of, filter_tests
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
from orch_tui.ui.widgets.key_line import key_for
from orch_tui.ui.widgets.line import Line
from orch_tui.ui.widgets.line_table import LineTable
from orch_tui.ui.widgets.text_field import FilterField

_COLUMNS_OF_ALL = (
    Column("STATE", 14),
    Column("MODE", 7),
    Column("AGE", 4, right=True),
    Column("JOB", 7, right=True),
    Column("ENVIRONMENT", 14),
    Column("BY", 10),
    Column("TARGET, DESCRIPTION"),
)
_PAGES = 10
"""The most that are read for one filter by themselves."""
_LEAST = 8
"""Cells that a filter may take in the title however narrow that is."""

Wanted = Callable[[Job], bool]


class JobList(Vertical):
    """Jobs, newest first, by whomever they were started.

    Args:
        history: The jobs that were read; moving to their end reads older ones.
        now: The server's clock.
    """

    class ReadOn(Message):
        """Older jobs are known now."""

    def __init__(self, history: History, now: Callable[[], datetime], *, id: str) -> None:
        super().__init__(id=id)
        self._history = history
        self._now = now
        self._environment: str | None = None
        self._is_of_all = False
        self._wanted: Wanted | None = None
        self._fault = ""
        self._pages = 0
        self._is_reading = False
        self._has_failed = False
        self._jobs: dict[str, Job] = {}
        self.title = Line()
        # Before the first answer there is nothing to say of jobs, least of all that there are none.
        self.table = LineTable[str](JOB_COLUMNS, self._cells, empty="", id="jobs")
        self.field = FilterField(
            "words  /regex/  !not  state:failed  owner:alice  env:test  mode:noop",
            self._keep_filter,
            id="job-filter",
        )

    def compose(self) -> ComposeResult:
        yield self.title
        yield self.table
        yield self.field

    @property
    def is_filtered(self) -> bool:
        """Whether a filter is on, or being typed."""
        return bool(self.field.value) or self.field.is_open

    @property
    def highlighted(self) -> Job | None:
        """The job under the cursor."""
        return None if self.table.key is None else self._jobs[self.table.key]

    def show(self, environment: str | None) -> None:
        """List the jobs of `environment`, unless those of all are listed; of None there are none."""
        self._environment = environment
        self.list_anew()

    def show_all(self, is_of_all: bool) -> None:
        """List the jobs of all environments, or again those of one."""
        if is_of_all != self._is_of_all:
            self._is_of_all = is_of_all
            self.table.lay_out(_COLUMNS_OF_ALL if is_of_all else JOB_COLUMNS)
            self.list_anew()

    def toggle_all(self) -> None:
        """From the jobs of one environment to those of all, or back."""
        self.show_all(not self._is_of_all)

    def list_anew(self) -> None:
        """List what is known now, and read on where a filter leaves room for more."""
        names_some = self._is_of_all or self._environment is not None
        if not (names_some and self._history.has_begun):
            self.title.content = self.title.right = Content("")
            self.table.show([])
            return
        meant = [j for j in self._history.jobs if self._is_of_all or j.environment == self._environment]
        listed = meant if self._wanted is None else list(filter(self._wanted, meant))
        self._jobs = {job.id: job for job in listed}
        self.table.empty = self._empty_words()
        self.table.show(list(self._jobs))
        has_room = len(listed) < self.table.size.height
        if self._wanted is not None and has_room and self._pages < _PAGES and not self.field.has_focus:
            self._read_older(by_itself=True)
        self._tell(len(listed), len(meant))

    def _tell(self, listed: int, meant: int) -> None:
        whose = "all environments" if self._is_of_all else self._environment or ""
        unreadable = unreadable_words(self._history.unreadable, "job")
        right = f"{joined((unreadable, self._reach_words()))} "
        of_filter = Content("")
        if self._fault:
            of_filter = Content(f"  {self._fault}")
        elif self._wanted is not None:
            count = f": {listed:,} of {meant:,}"
            room = self.title.size.width - len(f" Jobs of {whose}  {count} {right}")
            if (offer := self._offer()) and room >= _LEAST + len(f"{offer}: "):
                right, room = f"{offer}: {right}", room - len(f"{offer}: ")
            text = Content(self.field.value).truncate(max(room, _LEAST), ellipsis=True)
            of_filter = Content.assemble("  ", text, count)
        self.title.content = Content.assemble((" Jobs of ", MUTED), (whose, STRONG), of_filter)
        self.title.right = Content(right)

    def _reach_words(self) -> str:
        """How far back the list was read; empty where that is all there is and came at once."""
        read, total = len(self._history.jobs), self._history.total
        of_all = f"{read:,} of {total:,} jobs read" if total is not None else f"the latest {read:,} jobs"
        match self._history.older:
            case Older.NONE:
                return f"all {read:,} jobs read" if read > PAGE else ""
            case Older.TOO_MANY:
                return f"{of_all}, no more are"
            case Older.OUT_OF_REACH:
                return f"{of_all}; older ones cannot be read"
            case Older.UNREAD if self._is_reading:
                return f"{of_all}, reading on …"
            case Older.UNREAD if self._has_failed:
                return f"{of_all}; older ones could not be"
        return of_all

    def _empty_words(self) -> str:
        older = self._history.older
        more = f": {offer}" if (offer := self._offer()) else ""
        if self._wanted is not None:
            return "no job is like that" if older is Older.NONE else f"no job read so far is like that{more}"
        if older is Older.NONE:
            return "no jobs yet"
        return f"none of the latest {len(self._history.jobs):,} jobs{more}"

    def _offer(self) -> str:
        """What reads on, where there is more and keys are not a filter's."""
        key = key_for(self.screen, "last")
        return f"{key} here reads on" if key and self._history.older is Older.UNREAD else ""

    @on(LineTable.NearEnd, "#jobs")
    def _near_end(self) -> None:
        self._read_older(by_itself=False)

    def _read_older(self, *, by_itself: bool) -> None:
        if self._is_reading or self._history.older is not Older.UNREAD or (by_itself and self._has_failed):
            return
        self._pages += by_itself
        self._is_reading = True
        self._read_on()

    @work(group="older")
    async def _read_on(self) -> None:
        try:
            await self._history.read_on()
        except OrchestratorError as error:
            self._has_failed = True
            if self.screen.is_current:
                words = f"Older jobs could not be read: {in_one_line(error.problem)}"
                self.notify(words, severity="warning")
        else:
            self._has_failed = False
        self._is_reading = False
        self.post_message(self.ReadOn())

    def open_filter(self) -> None:
        """Have the filter typed."""
        self.field.open()

    def clear_filter(self) -> None:
        """List all jobs again."""
        self.field.close()
        self.field.value = ""

    @on(Input.Changed, "#job-filter")
    def _filter(self) -> None:
        try:
            self._wanted, self._fault = job_filter(self.field.value), ""
        except re.error as error:
            self._fault = f"bad regex: {error.msg}"
        self._pages = 0
        self.list_anew()

    def _keep_filter(self) -> None:
        self.field.close()
        self.screen.set_focus(self.table)
        self.call_after_refresh(self.list_anew)

    def _cells(self, number: str) -> tuple[Cell, ...]:
        job = self._jobs[number]
        state, done, mode, since = state_cells(job, self._now())
        about = Cell(" · ".join(one_line(text) for text in (job.target, job.purpose) if text), MUTED)
        count = "" if job.node_count is None else f"{job.node_count:,}"
        return (
            Cell(f"{state.text} {done.text}".rstrip(), state.look),
            mode,
            since,
            Cell(job.id, STRONG),
            Cell(job.environment if self._is_of_all else count),
            Cell(job.owner),
            about,
        )


def state_cells(job: Job, now: datetime) -> tuple[Cell, Cell, Cell, Cell]:
    """State, how much is done, mode, and how long ago it ended or began."""
    sign = job_sign(job)
    done = "" if job.state.is_over or job.progress is None else percent(*job.progress)
    moment = job.ended if job.state.is_over else job.began or job.changed
    return (
        Cell(sign.label, sign.look),
        Cell(done, sign.look),
        mode_cell(job.noop),
        Cell(age(moment, now), MUTED),
    )


def job_filter(text: str) -> Wanted | None:
    """What decides whether a job is listed; None where all are.

    Raises:
        re.error: The filter has a regular expression that is none.
    """
    keys: dict[str, Callable[[str], Wanted]] = {
        "state": lambda word: lambda job: job.state_word.casefold().startswith(word),
        "owner": lambda word: lambda job: word in job.owner.casefold(),
        "env": lambda word: lambda job: job.environment.casefold().startswith(word),
        "mode": lambda word: lambda job: mode_cell(job.noop).text.casefold().startswith(word),
    }
    return all_of(filter_tests(text, _anywhere, keys))


def _anywhere(found: Found) -> Wanted:
    return lambda job: bool(found(job.id) or found(job.target) or found(job.description) or found(job.owner))
