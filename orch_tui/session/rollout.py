"""Fold a job's node list and its events into one picture of the rollout."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from orch_tui.domain.event import NODE_STATE_AFTER, Event
from orch_tui.domain.job import Job
from orch_tui.domain.node import Node, NodeState, Outcome, done

_EVENTS_KEPT = 2000
_NODES_PER_STEP = 2000


@dataclass(frozen=True, slots=True)
class Rollout:
    """One job as it is now: immutable, and cheap to compare by identity.

    Attributes:
        nodes: In the order in which the server first named them; an index stays the same node as long as
            no node vanishes from the server's list.
        outcomes: What became of each node, by the same index.
        counts: How many nodes have each outcome.
        changed: The indexes of all nodes that differ from the picture before; None when any may.
        events: The latest events, oldest first; at most some thousands are kept.
        is_complete: The job has ended, and its last events and final node list are in.
        server_time: The server's clock when this was read.
        unreadable: Items of the server's answers that could not be read.
        repaired: Nodes that a node list had to set right, because no event had told.
    """

    job: Job
    server_time: datetime
    nodes: tuple[Node, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    counts: Mapping[Outcome, int] = field(default_factory=dict)
    changed: frozenset[int] | None = None
    events: tuple[Event, ...] = ()
    is_complete: bool = False
    unreadable: int = 0
    repaired: int = 0

    @property
    def done(self) -> int:
        """Nodes whose run has ended, or will never begin."""
        return done(self.counts)

    def completed(self) -> "Rollout":
        """The same picture, as the last one."""
        return replace(self, is_complete=True)


class Fold:
    """What is known of one job's nodes, kept up by events and set right by node lists.

    The node list is the truth. Events only run ahead of it: one may be missing, come twice or late, and the
    next node list mends what that broke.
    """

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        # Two nodes of one name would be a server's mistake; both are shown, events go to the first.
        self._index: dict[str, int] = {}
        self._events: dict[int, Event] = {}
        # Kept up with each change: counting a hundred thousand nodes anew would be felt with every poll.
        self._outcomes: list[Outcome] = []
        self._counts: Counter[Outcome] = Counter()
        self._changed: set[int] | None = None
        self._job_is_over = False
        self._job_noop: bool | None = None
        self._repaired = 0

    def take_nodes(self, nodes: Iterable[Node]) -> None:
        """Replace all nodes; those that were known keep their place."""
        for _ in self.taking(nodes):
            pass

    def taking(self, nodes: Iterable[Node]) -> Iterator[None]:
        """`take_nodes` in steps of some milliseconds, between which others can have their turn."""
        fresh = list(nodes)
        # A server that keeps its order, as all do that we know, costs no sorting.
        if [node.name for node in fresh] != [node.name for node in self._nodes]:
            self._take_anew(fresh)
            return
        for place, told in enumerate(fresh):
            known = self._nodes[place]
            if known != told:
                self._repaired += known.state is not told.state
                self._put(place, told)
            if place % _NODES_PER_STEP == 0:
                yield

    def _take_anew(self, fresh: list[Node]) -> None:
        known = {identity: place for place, (identity, _) in enumerate(_told_apart(self._nodes))}
        told = sorted(_told_apart(fresh), key=lambda one: known.get(one[0], len(known)))
        self._nodes = [node for _, node in told]
        self._index = {}
        for place, node in enumerate(self._nodes):
            self._index.setdefault(node.name, place)
        self._recount()

    def take_events(self, events: Iterable[Event]) -> None:
        """Apply events in any order, any number of times."""
        for event in events:
            if event.id in self._events:
                continue
            self._events[event.id] = event
            place = self._index.get(event.node)
            if place is not None:
                self._put(place, after(self._nodes[place], event))
        while len(self._events) > _EVENTS_KEPT:
            del self._events[next(iter(self._events))]

    def _put(self, place: int, node: Node) -> None:
        if node is self._nodes[place]:
            return
        self._nodes[place] = node
        outcome = node.outcome(job_is_over=self._job_is_over, job_noop=self._job_noop)
        self._counts[self._outcomes[place]] -= 1
        self._counts[outcome] += 1
        self._outcomes[place] = outcome
        if self._changed is not None:
            self._changed.add(place)

    def _recount(self) -> None:
        self._outcomes = [
            node.outcome(job_is_over=self._job_is_over, job_noop=self._job_noop) for node in self._nodes
        ]
        self._counts = Counter(self._outcomes)
        self._changed = None

    def picture(self, job: Job, server_time: datetime, unreadable: int) -> Rollout:
        """Everything that is known, as one value. Pictures are compared with the one before: take each."""
        mode = (job.state.is_over, job.noop)
        if mode != (self._job_is_over, self._job_noop):
            self._job_is_over, self._job_noop = mode
            self._recount()
        changed, self._changed = self._changed, set()
        return Rollout(
            job=job,
            server_time=server_time,
            nodes=tuple(self._nodes),
            outcomes=tuple(self._outcomes),
            counts=+self._counts,
            changed=None if changed is None else frozenset(changed),
            events=tuple(self._events[number] for number in sorted(self._events)),
            unreadable=unreadable,
            repaired=self._repaired,
        )


def _told_apart(nodes: Iterable[Node]) -> Iterator[tuple[tuple[str, int], Node]]:
    """Each node with what it is known by: its name, and how many of that name stood before it."""
    namesakes: Counter[str] = Counter()
    for node in nodes:
        yield (node.name, namesakes[node.name]), node
        namesakes[node.name] += 1


def after(node: Node, event: Event) -> Node:
    """`node` as `event` leaves it; an event that says nothing of a node's state changes nothing.

    A node whose run has ended does not start running again: within a job each node runs once, so such an
    event is an old one that came late.
    """
    state = NODE_STATE_AFTER.get(event.type)
    if state is None or (node.state.is_over and not state.is_over):
        return node
    if state is NodeState.RUNNING:
        return replace(
            node,
            state=state,
            state_text=state.value,
            started=node.started or event.timestamp,
            noop=node.noop if event.noop is None else event.noop,
        )
    return replace(
        node,
        state=state,
        state_text=state.value,
        message=event.message or node.message,
        finished=node.finished or event.timestamp,
        noop=node.noop if event.noop is None else event.noop,
        metrics=event.metrics or node.metrics,
        report_url=event.report_url or node.report_url,
        configuration_version=event.configuration_version or node.configuration_version,
    )
