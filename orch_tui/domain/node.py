"""One node's part in a job."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NodeState(StrEnum):
    """States that the documents and recordings name; the set is open, so there is one for the rest."""

    NEW = "new"
    READY = "ready"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"
    ERRORED = "errored"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"

    @property
    def is_over(self) -> bool:
        """Whether this node's run has ended, or will never be."""
        return self in _OVER


_OVER = frozenset(
    {NodeState.STOPPED, NodeState.FINISHED, NodeState.FAILED, NodeState.ERRORED, NodeState.SKIPPED}
)


class Outcome(StrEnum):
    """What became of a node, in the words of the screen; the order is the one of the node list.

    It parts what the server's `finished` throws together, and says of a node that is still `new` when its job
    is over that it never ran.
    """

    FAILED = "failed"
    ERRORED = "errored"
    UNKNOWN = "unknown"
    RUNNING = "running"
    WOULD_CHANGE = "would change"
    CHANGED = "changed"
    FINISHED = "finished"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    NEVER_RAN = "never ran"
    QUEUED = "queued"

    @property
    def is_trouble(self) -> bool:
        """Whether it went wrong, as far as anybody can tell."""
        return self in _TROUBLE


_TROUBLE = frozenset({Outcome.FAILED, Outcome.ERRORED, Outcome.UNKNOWN})


def done(counts: Mapping[Outcome, int]) -> int:
    """Nodes whose run has ended, or will never begin; of those in an unknown state nobody can say that."""
    return sum(count for outcome, count in counts.items() if outcome not in _NOT_DONE)


_NOT_DONE = (Outcome.RUNNING, Outcome.QUEUED, Outcome.UNKNOWN)

_NAME = "\0"
_DIGITS = 40
"""Hexadecimal ones of a SHA-1."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Counts of resources in the report of one run."""

    total: int = 0
    changed: int = 0
    corrective: int = 0
    failed: int = 0
    out_of_sync: int = 0
    skipped: int = 0
    restarted: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a job. Times are the server's, `duration` is in seconds, what is not known is None.

    There may be a hundred thousand: message and report link are kept without what is their own in each, so
    that nodes can share the rest.

    Attributes:
        nameless_message: See `without_name`.
        report_base: The link to the report, or its start, see `split_report`.
        report_hash: The number that ends the link, if it ends in one.
    """

    name: str
    state: NodeState
    state_text: str = ""
    nameless_message: str = ""
    started: datetime | None = None
    finished: datetime | None = None
    duration: float | None = None
    noop: bool | None = None
    metrics: Metrics | None = None
    report_base: str = ""
    report_hash: int | None = None
    configuration_version: str = ""

    @property
    def message(self) -> str:
        """What the server says of this node."""
        return self.nameless_message.replace(_NAME, self.name)

    @property
    def report_url(self) -> str:
        """The link to the report of its run; empty if there is none."""
        return self.report_base + ("" if self.report_hash is None else f"{self.report_hash:0{_DIGITS}x}")

    def outcome(self, *, job_is_over: bool, job_noop: bool | None) -> Outcome:
        """What to call this node's state, given whether its job can still reach it, and in which mode.

        A node's own `noop` goes before the job's; node lists before 2017.3 do not have it.
        """
        match self.state:
            case NodeState.FINISHED:
                return self._finished(bool(job_noop if self.noop is None else self.noop))
            case NodeState.FAILED:
                return Outcome.FAILED
            case NodeState.ERRORED:
                return Outcome.ERRORED
            case NodeState.SKIPPED:
                return Outcome.SKIPPED
            case NodeState.RUNNING | NodeState.STOPPING:
                # A job that is over runs nothing: the server lost this node, and we say so.
                return Outcome.UNKNOWN if job_is_over else Outcome.RUNNING
            case NodeState.NEW | NodeState.READY:
                return Outcome.NEVER_RAN if job_is_over else Outcome.QUEUED
            case NodeState.STOPPED:
                return Outcome.NEVER_RAN
            case NodeState.UNKNOWN:
                return Outcome.UNKNOWN

    def _finished(self, noop: bool) -> Outcome:
        if self.metrics is None:
            return Outcome.FINISHED
        if self.metrics.failed:
            return Outcome.FAILED
        if noop and self.metrics.out_of_sync:
            return Outcome.WOULD_CHANGE
        return Outcome.CHANGED if self.metrics.changed else Outcome.UNCHANGED

    @property
    def took(self) -> float | None:
        """Seconds that the run took; None while it goes on, and where nobody tells."""
        if not self.state.is_over:
            return None
        if self.duration is not None:
            return self.duration
        if self.started and self.finished:
            return max(0.0, (self.finished - self.started).total_seconds())
        return None

    def seconds(self, now: datetime) -> float | None:
        """How long the run took, or has taken until `now` (by the server's clock); None if it never began."""
        if self.state.is_over:
            return self.took
        if self.started is not None:
            return max(0.0, (now - self.started).total_seconds())
        return self.duration


def without_name(message: str, name: str) -> str:
    """`message` with a mark where it names the node; text that is safe to show does not have that mark."""
    return message.replace(name, _NAME) if name else message


def split_report(url: str) -> tuple[str, int | None]:
    """A link, and the SHA-1 that ends it as a number (half as large as digits); None if it ends in none."""
    base, digits = url[:-_DIGITS], url[-_DIGITS:]
    try:
        number = int(digits, 16)
    except ValueError:
        return url, None
    return (base, number) if f"{number:0{_DIGITS}x}" == digits else (url, None)


@dataclass(frozen=True, slots=True)
class NodeList:
    """A part of the list of a job's nodes, as one answer told it.

    `next_event` is the cursor from which events go on where this answer ends. Only the last part has it, and
    none on releases that do not send it (before 2017.3).
    """

    items: tuple[Node, ...] = ()
    next_event: int | None = None
    unreadable: int = 0
