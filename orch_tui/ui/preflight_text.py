"""What is known of a deploy before it is sent, in words: pure functions."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.job import Job
from orch_tui.domain.preflight import Connections, Overlap, Preflight, Reach, Source
from orch_tui.domain.scope import ScopeKind
from orch_tui.ui.deploy_text import Fact, first_names
from orch_tui.ui.text import count_words, duration, one_line

_WARNING = "bold $warning"
_ASKING = "asking …"
_JOBS_SHOWN = 3
_LINES_OF_ERROR = 5
_SOON = timedelta(minutes=15)

_BY_WHOM = {
    Source.INSTANCES: "now, by the server's list of instances",
    Source.PUPPETDB: "now, by PuppetDB",
    Source.CATALOGS: "whose latest catalog is from it, by PuppetDB",
}


def preflight_facts(request: DeployRequest, preflight: Preflight) -> Iterator[Fact]:
    """All that is known of `request` so far, each with who tells it where that matters."""
    reach, connections = preflight.reach, preflight.connections
    if reach is None:
        yield Fact("Reaches", _ASKING)
    elif reach.source is not Source.REQUEST:
        yield _reach_fact(request, reach)
    if connections is not None:
        yield _connections_fact(connections)
    elif preflight.asking_for_connections:
        yield Fact("Connected", _ASKING)
    if preflight.overlaps:
        yield _overlaps_fact(preflight.overlaps)
    at_once = preflight.at_once
    yield Fact("Nodes at once", f"{at_once:,}" if isinstance(at_once, int) else at_once.value)
    if preflight.token_left is not None:
        yield _token_fact(preflight.token_left)


def _reach_fact(request: DeployRequest, reach: Reach) -> Fact:
    label, count, problem = "Reaches", reach.count, reach.problem
    if reach.past is not None and count is not None:
        whole = f"job {reach.past.id}, the latest on the whole environment, had {count_words(count, 'node')}"
        return Fact(label, f"{whole}; PuppetDB does not tell: {problem.message}" if problem else whole)
    if problem is not None:
        if request.scope.kind is ScopeKind.QUERY and problem.status == 400:
            lines = [line for line in problem.message.splitlines() if line.strip()]
            return Fact(label, "PuppetDB refuses it: " + "\n".join(lines[:_LINES_OF_ERROR]), _WARNING)
        return Fact(label, f"not told: {one_line(problem.message)}")
    if count is None:
        return Fact(label, "not told by this server" + (f"; {reach.needs} is not set" if reach.needs else ""))
    if reach.source is Source.RULES:
        return Fact(label, "no node: the group has no rules of its own, by the node classifier", _WARNING)
    return Fact(label, f"{count_words(count, 'node')} {_BY_WHOM[reach.source]}", "" if count else _WARNING)


def _connections_fact(connections: Connections) -> Fact:
    told, asked, absent = connections.told, connections.asked, connections.absent
    fault = one_line(connections.fault) or "not told by this server"
    if not told:
        return Fact("Connected", f"not told: {fault}" if connections.fault else fault)
    rest = f"; of {asked - told:,} others: {fault}" if told < asked else ""
    if not absent:
        return Fact("Connected", f"all {count_words(told, 'node')}{rest}" if told > 1 else f"1 node{rest}")
    there = f"{told - len(absent):,} of {count_words(told, 'node')}"
    return Fact("Connected", f"{there}; {first_names(absent)} will end errored{rest}", _WARNING)


def _overlaps_fact(overlaps: Sequence[Overlap]) -> Fact:
    """A line for each job that reaches, or may reach, the same nodes."""
    met = [overlap for overlap in overlaps if overlap.common != 0]
    if not met:
        return Fact("Under way", f"{count_words(len(overlaps), 'job')} here, on none of these nodes")
    lines = [_overlap_words(overlap) for overlap in met[:_JOBS_SHOWN]]
    if len(met) > _JOBS_SHOWN:
        lines.append(f"And {count_words(len(met) - _JOBS_SHOWN, 'job')} more.")
    return Fact("Under way", "\n".join(lines), _WARNING)


def _overlap_words(overlap: Overlap) -> str:
    job, common = overlap.job, overlap.common
    by = f" by {job.owner}" if job.owner else ""
    are = "is" if common == 1 else "are"
    nodes = _perhaps(job) if common is None else f"{count_words(common, 'node')} {are} in both"
    return f"Job {job.id}{by} is {job.state_word} here: {nodes}."


def _perhaps(job: Job) -> str:
    match job.scope and job.scope.kind:
        case ScopeKind.QUERY:
            return "its query may find the same nodes"
        case ScopeKind.NODE_GROUP:
            return "its node group may have the same nodes"
    return "perhaps on the same nodes"


def _token_fact(left: timedelta) -> Fact:
    if left <= timedelta(0):
        return Fact("Token", "has ended: signing in comes first", _WARNING)
    words = f"ends in {duration(left.total_seconds())}"
    if left < _SOON:
        return Fact("Token", f"{words}: the job runs on, but watching it will ask you to sign in", _WARNING)
    return Fact("Token", words)
