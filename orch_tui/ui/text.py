"""Domain values as text: pure functions, with the time as an argument.

A *look* is a Textual style such as `$state-failed bold`; themes give the colours behind the names.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import inf
from typing import NamedTuple

from orch_tui.domain.cause import to_the_point
from orch_tui.domain.event import Event
from orch_tui.domain.forecast import Forecast
from orch_tui.domain.job import Job, JobState
from orch_tui.domain.node import Metrics, Node, NodeState, Outcome
from orch_tui.domain.problem import Problem
from orch_tui.domain.scope import Scope, ScopeKind
from orch_tui.session.stops import Stop, StopReply

MUTED = "dim"
STRONG = "bold"
NOOP = "bold $mode-noop"
ENFORCE = "bold $mode-enforce"


_LONGEST_PREAMBLE = 40


class Cell(NamedTuple):
    """One cell of a table: its text, already safe to show, and its look."""

    text: str
    look: str = ""


class Sign(NamedTuple):
    """How a state is told apart: by glyph and word first, by colour second."""

    glyph: str
    word: str
    look: str

    @property
    def label(self) -> str:
        """Glyph and word."""
        return f"{self.glyph} {self.word}"


_OUTCOMES = {
    Outcome.FAILED: Sign("X", "failed", "bold $state-failed"),
    Outcome.ERRORED: Sign("!", "errored", "bold $state-errored"),
    Outcome.UNKNOWN: Sign("?", "unknown", "bold $state-unknown"),
    Outcome.RUNNING: Sign(">", "running", "$state-running"),
    Outcome.WOULD_CHANGE: Sign("+", "would change", "$state-changed"),
    Outcome.CHANGED: Sign("+", "changed", "$state-changed"),
    Outcome.FINISHED: Sign(".", "finished", "$state-unchanged"),
    Outcome.UNCHANGED: Sign(".", "unchanged", "$state-unchanged"),
    Outcome.SKIPPED: Sign("~", "skipped", "$state-skipped"),
    Outcome.NEVER_RAN: Sign("-", "never ran", "$state-never-ran"),
    Outcome.QUEUED: Sign(" ", "queued", "dim $state-queued"),
}

_JOBS = {
    JobState.NEW: Sign(" ", "new", "$state-queued"),
    JobState.READY: Sign(" ", "ready", "$state-queued"),
    JobState.RUNNING: Sign(">", "running", "bold $state-running"),
    JobState.STOPPING: Sign(">", "stopping", "bold $state-skipped"),
    JobState.STOPPED: Sign("-", "stopped", "$state-skipped"),
    JobState.FINISHED: Sign(".", "finished", "$state-unchanged"),
    JobState.FAILED: Sign("X", "failed", "bold $state-failed"),
}

_EVENTS = {
    "node_running": Sign(">", "started", "$state-running"),
    "node_finished": Sign(".", "finished", "$state-unchanged"),
    "node_failed": Sign("X", "failed", "bold $state-failed"),
    "node_errored": Sign("!", "errored", "bold $state-errored"),
    "node_skipped": Sign("~", "skipped", "$state-skipped"),
}


def outcome_sign(outcome: Outcome) -> Sign:
    """How a node's outcome is shown."""
    return _OUTCOMES[outcome]


def event_sign(event: Event) -> Sign:
    """What an event tells; one that nobody has heard of in the server's own words."""
    return _EVENTS.get(event.type) or Sign(" ", event.type.replace("_", " "), "")


def job_sign(job: Job) -> Sign:
    """How a job's state is shown; an unknown one in the server's own word."""
    return _JOBS.get(job.state) or Sign("?", job.state_word, "bold $state-unknown")


def mode_sign(noop: bool | None) -> Cell:
    """The mode of one job, loud, so that noop is never mistaken for a real run nor the other way round."""
    if noop is None:
        return Cell("MODE NOT TOLD", STRONG)
    return Cell("NOOP", NOOP) if noop else Cell("ENFORCE", ENFORCE)


def mode_cell(noop: bool | None) -> Cell:
    """The mode in a list, where most runs are real and only the others need to stand out."""
    if noop is None:
        return Cell("?")
    return Cell("NOOP", NOOP) if noop else Cell("ENFORCE")


def state_cell(node: Node, outcome: Outcome) -> Cell:
    """A node's state; one that nobody has heard of in the server's own word."""
    sign = outcome_sign(outcome)
    if outcome is Outcome.UNKNOWN:
        return Cell(f"{sign.glyph} {node.state_text}", sign.look)
    return Cell(sign.label, sign.look)


def duration(seconds: float | None) -> str:
    """`8s`, `3m12s`, `2h05m`, `3d04h`; empty when unknown."""
    if seconds is None:
        return ""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    if whole < 86400:
        return f"{whole // 3600}h{whole % 3600 // 60:02}m"
    return f"{whole // 86400}d{whole % 86400 // 3600:02}h"


class Scale(NamedTuple):
    """How times of up to `most` seconds are told: in steps of so many seconds, in a unit of so many."""

    most: float
    step: int
    size: int
    unit: str


_SCALES = (
    Scale(100, 20, 1, "s"),
    Scale(1200, 60, 60, "m"),
    Scale(7200, 300, 60, "m"),
    Scale(inf, 3600, 3600, "h"),
)


def left_words(forecast: Forecast | None, now: datetime) -> str:
    """`20-80s left`, `4-7m left`, `up to 3h left`: as fine as it is worth; empty when nobody can tell."""
    if forecast is None or forecast.latest <= now:
        return ""
    earliest, latest = ((end - now).total_seconds() for end in (forecast.earliest, forecast.latest))
    _, step, size, unit = next(scale for scale in _SCALES if latest <= scale.most)
    low, high = (int(steps) * step // size for steps in (max(0, earliest) // step, -(-latest // step)))
    return f"{low}-{high}{unit} left" if low else f"up to {high}{unit} left"


def age(moment: datetime | None, now: datetime) -> str:
    """How long ago `moment` was, in one unit: `8s`, `3m`, `2h`, `3d`; never negative, empty when unknown."""
    if moment is None:
        return ""
    seconds = int(max(timedelta(0), now - moment).total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def moment(time: datetime | None) -> str:
    """A time in full; empty when unknown."""
    return f"{time:%Y-%m-%d %H:%M:%S} UTC" if time else ""


def clock(time: datetime | None, now: datetime) -> str:
    """A time of the last day, or the date of one before; empty when unknown."""
    if time is None:
        return ""
    return f"{time:%H:%M:%S}" if now - time < timedelta(days=1) else f"{time:%Y-%m-%d}"


def percent(done: int, total: int) -> str:
    """Rounded down, so that 100% means all."""
    return f"{100 * done // total}%" if total else "0%"


def reason(node: Node, outcome: Outcome) -> str:
    """What a row says of a node: why it went wrong, or what its run did.

    The server's messages begin with what the row shows already (`Error running puppet on HOST: …`).
    """
    if node.state is NodeState.FINISHED and node.metrics is not None:
        return metrics_words(node.metrics, outcome)
    return point(node.message, node.name)


def point(message: str, node: str) -> str:
    """What a message tells, without what a row that names its node and state shows already."""
    words = one_line(message)
    before, name, after = words.partition(node)
    if name and before.endswith("on ") and len(before) < _LONGEST_PREAMBLE:
        words = after.lstrip(" :-.")
    return to_the_point(words.removeprefix(f"{node} is "))


def joined(notes: Iterable[str]) -> str:
    """The notes that say something, in one line."""
    return " · ".join(note for note in notes if note)


def lost_word(problem: Problem) -> str:
    """Loud: that what is shown is not what is, because of `problem`."""
    return "NO CONTACT" if problem.is_out_of_reach else "NOT UPDATED"


def count_words(count: int, thing: str) -> str:
    """`1 node`, `2,000 nodes`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def unreadable_words(count: int, thing: str) -> str:
    """That so many things of an answer are missing; empty where none is."""
    return f"{count_words(count, thing)} could not be read" if count else ""


def one_line(text: str) -> str:
    """A message for a table row."""
    return " ".join(text.split())


def scope_words(scope: Scope, environment: str) -> str:
    """What a deploy reaches, in words of one line."""
    match scope.kind:
        case ScopeKind.ENVIRONMENT:
            return f"the whole environment {environment}"
        case ScopeKind.APPLICATION:
            what = scope.value
        case ScopeKind.NODES if len(scope.nodes) == 1:
            what = scope.nodes[0]
        case ScopeKind.NODES:
            what = f"{len(scope.nodes):,} nodes"
        case ScopeKind.QUERY:
            what = "the nodes of a query"
        case ScopeKind.NODE_GROUP:
            what = f"node group {scope.value}"
    return f"{what} in {environment}"


def metrics_words(metrics: Metrics, outcome: Outcome) -> str:
    """The counts of a run's report that are not zero, in words."""
    out_of_sync = "would change" if outcome is Outcome.WOULD_CHANGE else "out of sync"
    counts = (
        (metrics.failed, "failed"),
        (0 if metrics.out_of_sync == metrics.changed else metrics.out_of_sync, out_of_sync),
        (metrics.changed, "changed"),
        (metrics.corrective, "corrective"),
        (metrics.skipped, "skipped"),
        (metrics.restarted, "restarted"),
    )
    told = [f"{count:,} {word}" for count, word in counts if count]
    return ", ".join([*told, f"{metrics.total:,} resources"])


def stop_words(reply: StopReply) -> str:
    """What became of a stop that met no problem."""
    match reply.stop:
        case Stop.WAS_OVER:
            state = reply.job.state_word if reply.job else "over"
            return f"Job {reply.number} has ended ({state}): there is nothing to stop."
        case Stop.WAS_STOPPING:
            return f"Job {reply.number} is stopping already: running nodes finish, no others start."
        case Stop.ENDING:
            return f"Ending job {reply.number} by force: look after the nodes that were running."
        case _:
            return f"Stopping job {reply.number}: running nodes finish, no others start."


def farewell(running: list[Job]) -> str:
    """What to leave in the terminal: which jobs run on without us."""
    jobs = ", ".join(f"{job.id} ({job.environment})" for job in running)
    return f"Running on the server when last heard of: job {jobs}" if jobs else ""


def size_words(count: int) -> str:
    """A number of bytes: `85 bytes`, `5.1 kB`, `31 kB`, `2.4 MB`."""
    if count < 1000:
        return count_words(count, "byte")
    size, unit = (count / 1e3, "kB") if count < 1e6 else (count / 1e6, "MB")
    return f"{size:.1f} {unit}" if size < 10 else f"{size:,.0f} {unit}"
