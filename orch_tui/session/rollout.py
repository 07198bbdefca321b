"""Fold a job's node list and its events into one picture of the rollout."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import compress, count
from operator import is_not, or_

from orch_tui.domain.event import NODE_STATE_AFTER, Event
from orch_tui.domain.forecast import Forecast
from orch_tui.domain.job import Job
from orch_tui.domain.node import Node, NodeState, Outcome, done, split_report, without_name

EVENTS_KEPT = 2000
"""The most that a picture has."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """One job as it is now: immutable, and cheap to compare by identity.

    Attributes:
        nodes: In the order in which the server first named them; an index stays the same node for ever.
        gone: The indexes of nodes that the server's list no longer names: neither counted nor to be shown.
        outcomes: What became of each node, by the same index.
        counts: How many nodes have each outcome.
        changed: The indexes of all nodes that are new or differ from the picture before; None when any may.
        is_whole: The node list was read to its end at least once. Until then there are more nodes than these.
        events: The latest events, oldest first; at most some thousands are kept.
        forecast: When it will probably end; None where nobody can tell.
        is_complete: The job has ended, and its last events and final node list are in.
        server_time: The server's clock when this was read.
        unreadable: Items of the server's answers that could not be read.
        came_back: The job had ended, and then it had not: the server went back in time.
        repaired: Nodes that a node list had to set right, because no event had told.
    """

    job: Job
    server_time: datetime
    nodes: tuple[Node, ...] = ()
    gone: frozenset[int] = frozenset()
    outcomes: tuple[Outcome, ...] = ()
    counts: Mapping[Outcome, int] = field(default_factory=dict)
    changed: frozenset[int] | None = None
    is_whole: bool = False
    events: tuple[Event, ...] = ()
    forecast: Forecast | None = None
    is_complete: bool = False
    unreadable: int = 0
    repaired: int = 0
    came_back: bool = False

    @property
    def done(self) -> int:
        """Nodes whose run has ended, or will never begin."""
        return done(self.counts)

    @property
    def named(self) -> int:
        """How many nodes the server has named so far, those that left again not counted."""
        return len(self.nodes) - len(self.gone)

    @property
    def total(self) -> int | None:
        """How many nodes the job has; None while their list is being read and the job itself does not say."""
        if self.is_whole:
            return self.named
        told = self.job.node_count or 0
        return told if told > len(self.nodes) else None

    def changed_since(self, before: "Rollout") -> frozenset[int]:
        """The indexes of all nodes that are new, gone or different, compared with an earlier picture of this
        job; all in C, for there may be a hundred thousand."""
        known = map(or_, map(is_not, self.nodes, before.nodes), map(is_not, self.outcomes, before.outcomes))
        new = range(len(before.nodes), len(self.nodes))
        return frozenset(compress(count(), known)) | frozenset(new) | (self.gone ^ before.gone)

    def completed(self) -> "Rollout":
        """The same picture, as the last one."""
        return replace(self, is_complete=True)


class Fold:
    """What is known of one job's nodes, kept up by events and set right by node lists.

    The node list is the truth. Events only run ahead of it: one may be missing, come twice or late, and the
    next node list mends what that broke. A list may come in parts; what it does not name is gone at its end.
    """

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        # Made when the first event asks for it: a job that has ended needs none.
        self._index: dict[str, int] | None = None
        self._events: dict[int, Event] = {}
        # Kept up with each change: counting a hundred thousand nodes anew would be felt with every poll.
        self._outcomes: list[Outcome] = []
        self._counts: Counter[Outcome] = Counter()
        self._changed: set[int] | None = None
        # Each keeps its place: whoever remembers a node by its index must not find another there.
        self._gone: set[int] = set()
        self._shown: tuple[tuple[Node, ...], tuple[Outcome, ...]] = ((), ())
        self._job_is_over = False
        self._job_noop: bool | None = None
        self._repaired = 0
        self._is_whole = False
        self.begin_list()

    def begin_list(self) -> None:
        """What is taken from now on is a new list, whatever became of the one before."""
        self._told = 0
        # Only for a server that does not keep its order, as all do that we know.
        self._untold: dict[str, list[int]] | None = None

    def take_nodes(self, nodes: Iterable[Node]) -> None:
        """Take the next part of a list: who was known keeps its place, the others come behind."""
        for told in nodes:
            place = self._place(told.name)
            self._told += 1
            if place is None:
                self._add(told)
                continue
            if place in self._gone:
                self._gone.discard(place)
                self._note(place, self._outcomes[place], 1)
            known = self._nodes[place]
            # Before 2017.3 lists tell when a node was last heard of, and of one that has ended no start.
            if told.started is None and told.state.is_over and known.started is not None:
                told = replace(told, started=known.started)
            if known != told:
                self._repaired += known.state is not told.state
                self._put(place, told)

    def end_list(self) -> None:
        """The list has been taken whole: those that it did not name are gone."""
        if self._untold is None:
            unnamed = set(range(self._told, len(self._nodes)))
        else:
            unnamed = {place for places in self._untold.values() for place in places}
        for place in unnamed - self._gone:
            self._gone.add(place)
            self._note(place, self._outcomes[place], -1)
        self._is_whole = True

    def _place(self, name: str) -> int | None:
        """Where the next node of a list stands; of two of one name the second is the second again."""
        if self._untold is None:
            if self._told == len(self._nodes):
                return None
            if self._nodes[self._told].name == name:
                return self._told
            self._untold = {}
            for place in range(len(self._nodes) - 1, self._told - 1, -1):
                self._untold.setdefault(self._nodes[place].name, []).append(place)
        places = self._untold.get(name)
        return places.pop() if places else None

    def _add(self, node: Node) -> None:
        place = len(self._nodes)
        outcome = node.outcome(job_is_over=self._job_is_over, job_noop=self._job_noop)
        self._nodes.append(node)
        self._outcomes.append(outcome)
        self._counts[outcome] += 1
        if self._index is not None:
            self._index.setdefault(node.name, place)
        if self._changed is not None:
            self._changed.add(place)

    def take_events(self, events: Iterable[Event]) -> None:
        """Apply events in any order, any number of times."""
        for event in events:
            if event.id in self._events:
                continue
            self._events[event.id] = event
            place = self._find(event.node)
            if place is not None:
                self._put(place, after(self._nodes[place], event))
        while len(self._events) > EVENTS_KEPT:
            del self._events[next(iter(self._events))]

    def _find(self, name: str) -> int | None:
        """Two nodes of one name would be a server's mistake; both are shown, events go to the first."""
        if self._index is None:
            last = len(self._nodes) - 1
            self._index = {node.name: last - back for back, node in enumerate(reversed(self._nodes))}
        return self._index.get(name)

    def _put(self, place: int, node: Node) -> None:
        if node is self._nodes[place]:
            return
        self._nodes[place] = node
        outcome = node.outcome(job_is_over=self._job_is_over, job_noop=self._job_noop)
        if place not in self._gone:
            self._note(place, self._outcomes[place], -1)
            self._note(place, outcome, 1)
        self._outcomes[place] = outcome

    def _note(self, place: int, outcome: Outcome, count: int) -> None:
        self._counts[outcome] += count
        if self._changed is not None:
            self._changed.add(place)

    def _recount(self) -> None:
        self._outcomes = [
            node.outcome(job_is_over=self._job_is_over, job_noop=self._job_noop) for node in self._nodes
        ]
        self._counts = Counter(self._outcomes)
        self._counts.subtract(self._outcomes[place] for place in self._gone)
        self._changed = None

    def picture(self, job: Job, server_time: datetime, unreadable: int) -> Rollout:
        """Everything that is known, as one value. Pictures are compared with the one before: take each."""
        mode = (job.state.is_over, job.noop)
        if mode != (self._job_is_over, self._job_noop):
            self._job_is_over, self._job_noop = mode
            self._recount()
        changed, self._changed = self._changed, set()
        if changed is None or changed:
            self._shown = tuple(self._nodes), tuple(self._outcomes)
        nodes, outcomes = self._shown
        return Rollout(
            job=job,
            server_time=server_time,
            nodes=nodes,
            gone=frozenset(self._gone),
            outcomes=outcomes,
            counts=+self._counts,
            changed=None if changed is None else frozenset(changed),
            is_whole=self._is_whole,
            events=tuple(self._events[number] for number in sorted(self._events)),
            unreadable=unreadable,
            repaired=self._repaired,
        )


def after(node: Node, event: Event) -> Node:
    """`node` as `event` leaves it; an event that says nothing of a node's state changes nothing.

    A node whose run has ended does not start running again: within a job each node runs once, so such an
    event is an old one that came late.
    """
    state = NODE_STATE_AFTER.get(event.type)
    if state is None:
        return node
    if node.state.is_over and not state.is_over:
        # Of a run that has ended only its start can be news, where lists do not tell it.
        is_news = state is NodeState.RUNNING and node.started is None
        return replace(node, started=event.timestamp) if is_news else node
    if state is NodeState.RUNNING:
        return replace(
            node,
            state=state,
            state_text=state.value,
            started=node.started or event.timestamp,
            noop=node.noop if event.noop is None else event.noop,
        )
    base, number = (
        split_report(event.report_url) if event.report_url else (node.report_base, node.report_hash)
    )
    return replace(
        node,
        state=state,
        state_text=state.value,
        nameless_message=without_name(event.message, node.name) or node.nameless_message,
        finished=node.finished or event.timestamp,
        noop=node.noop if event.noop is None else event.noop,
        metrics=event.metrics or node.metrics,
        report_base=base,
        report_hash=number,
        configuration_version=event.configuration_version or node.configuration_version,
    )
