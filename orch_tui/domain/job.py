"""A job: one rollout, as the orchestrator tells it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from orch_tui.domain.capabilities import Capabilities, Option
from orch_tui.domain.node import NodeState
from orch_tui.domain.nonce import without_nonce
from orch_tui.domain.scope import Scope, ScopeKind

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class JobState(StrEnum):
    """The documented states (2017.3 to current), and one for states that nobody has heard of."""

    NEW = "new"
    READY = "ready"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen. An unknown state is never taken for the end."""
        return self in (JobState.STOPPED, JobState.FINISHED, JobState.FAILED)


@dataclass(frozen=True, slots=True)
class StateSpan:
    """A stretch of a job's life spent in one state; `left` is None while it lasts."""

    state: str
    entered: datetime | None
    left: datetime | None


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `id` is its name: digits only, and unique on one server until a restore.

    Times are the server's. What a release does not send is None or empty.
    """

    id: str
    state: JobState
    state_text: str
    """The state in the server's own word, for states that we do not know."""
    environment: str
    noop: bool | None
    """None where the server does not tell: then it is called neither."""
    owner: str = ""
    changed: datetime | None = None
    """When the state last changed (2016.2 calls it the creation, its recordings show the change)."""
    started: datetime | None = None
    finished: datetime | None = None
    concurrency: int | None = None
    target: str = ""
    scope: Scope | None = None
    """None where the server does not tell, or in a way that is not understood."""
    options: Mapping[Option, bool | int | str] = field(default_factory=dict)
    """Those that the server tells of, `userdata` as its text;
    a default that was not chosen may be among them."""
    description: str = ""
    node_count: int | None = None
    node_states: Mapping[str, int] = field(default_factory=dict)
    history: tuple[StateSpan, ...] = ()

    @property
    def is_of_whole_environment(self) -> bool:
        """Whether it was given no target; releases before 2017.3 put it in words."""
        if self.scope is not None:
            return self.scope.kind is ScopeKind.ENVIRONMENT
        return self.target in ("", "whole environment")

    @property
    def purpose(self) -> str:
        """The description as somebody wrote it: without what tells a deploy of ours from others."""
        return without_nonce(self.description)

    @property
    def newness(self) -> tuple[datetime, int]:
        """What servers list jobs by, the latest first: a state that changes makes an old job new again."""
        return self.changed or _LONG_AGO, int(self.id)

    @property
    def began(self) -> datetime | None:
        """The start of the job, from whichever field this release has."""
        return self.started or (self.history[0].entered if self.history else None)

    def is_another_than(self, known: "Job") -> bool:
        """Whether this only bears the number of `known`: numbers come again after a server was restored.

        What a release does not tell, or told only once, tells nothing apart.
        """
        told = (
            (self.environment, known.environment),
            (self.owner, known.owner),
            (self.target, known.target),
            (self.description, known.description),
            (self._made, known._made),
        )
        is_other_mode = None not in (self.noop, known.noop) and self.noop != known.noop
        return is_other_mode or any(now and before and now != before for now, before in told)

    @property
    def _made(self) -> datetime | None:
        return self.history[0].entered if self.history else None

    @property
    def ended(self) -> datetime | None:
        """The end of the job; None while it goes on."""
        if not self.state.is_over:
            return None
        return self.finished or (self.history[-1].entered if self.history else None) or self.changed

    @property
    def stopping_since(self) -> datetime | None:
        """When it was told to stop; None where it was not, or is over."""
        if self.state is not JobState.STOPPING:
            return None
        return self.history[-1].entered if self.history else self.changed

    def elapsed(self, now: datetime) -> timedelta | None:
        """Time from start to end, or to `now` (by the server's clock), or None where no start is known."""
        if self.began is None:
            return None
        return max(timedelta(0), (self.ended or now) - self.began)

    @property
    def progress(self) -> tuple[int, int] | None:
        """Nodes that are done, and all of them, where the list of jobs tells (`node_states`, from 2017.3)."""
        if not self.node_states:
            return None
        total = sum(self.node_states.values())
        return sum(self.node_states.get(state, 0) for state in NodeState if state.is_over), total

    @property
    def state_word(self) -> str:
        """The state to show: the server's own word where we do not know it."""
        return f"unknown: {self.state_text}" if self.state is JobState.UNKNOWN else self.state.value


@dataclass(frozen=True, slots=True)
class Jobs:
    """A page of jobs, newest first, and how many items of it could not be read.

    Attributes:
        server: What the form of the answer tells of who gave it.
        total: How many jobs the server remembers; None where it does not tell.
        is_last: Whether there are no jobs beyond this page.
    """

    items: tuple[Job, ...] = ()
    unreadable: int = 0
    server: Capabilities = field(default_factory=Capabilities)
    total: int | None = None
    is_last: bool = True

    @property
    def oldest(self) -> tuple[datetime, int]:
        """The least `newness` that can be told of these; there must be some."""
        dated = [job for job in self.items if job.changed is not None]
        return min(job.newness for job in dated or self.items)

    def without_gone(self, known: Iterable[Job]) -> dict[str, Job]:
        """Those of `known` that can still be, by id, if these are the newest of all jobs.

        One that would have to be among these, however the server orders them, and is not, is none any more.
        """
        listed = {job.id for job in self.items}
        if self.unreadable:
            return {job.id: job for job in known}
        if self.is_last:
            return {job.id: job for job in known if job.id in listed}
        oldest, number = self.oldest, min(map(int, listed))
        return {
            job.id: job for job in known if job.id in listed or int(job.id) < number or job.newness < oldest
        }
