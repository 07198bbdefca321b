"""One simulated job: its runs, its states and its events."""

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from orch_tui.simulator.node import Node
from orch_tui.simulator.order import Order, Owner
from orch_tui.simulator.outcome import Outcome

ENDED = frozenset({"stopped", "finished", "failed"})


@dataclass(slots=True, eq=False)
class Run:
    """Puppet on one node within one job. Times are world seconds, see World.now."""

    node: Node
    environment: str
    state: str = "new"
    started: float | None = None
    ended: float | None = None
    outcome: Outcome | None = None
    """Known from the start of the run, told only at its end."""
    waits_for: int = 0
    """Upstream runs of its application that have yet to finish."""
    events: tuple[int, ...] = ()
    """The ids of its events: of its start if it was started, of its end if it has ended."""
    told: bytes | None = None
    """Once it has ended: the item of the node list, kept because it will be asked for again."""

    def as_of(self, moment: float) -> "Run":
        """Itself, unless it changed after `moment`: then as it was at that time."""
        if (self.ended or self.started or 0.0) <= moment:
            return self
        if self.started is None or self.started > moment:
            return Run(self.node, self.environment)
        return Run(self.node, self.environment, "running", self.started, events=self.events[:1])


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. What it says is drawn from the run, which by then has changed no more."""

    id: int
    type: str
    at: float
    run: Run | None = None


class Job:
    """A job as the server keeps it. Counts are kept, never recounted."""

    def __init__(self, number: int, order: Order, owner: Owner, runs: Iterable[Run], at: float) -> None:
        self.number = number
        self.order = order
        self.owner = owner
        self.at_once = order.concurrency
        """Nodes that may run at once. None: as many as there is room for."""
        self.runs = tuple(runs)
        self._sorted = self._unsorted = self.runs[:0]
        self.created = at
        self.history: list[tuple[str, float]] = [("new", at)]
        """(state, when it was entered), oldest first."""
        self.counts = Counter({"new": len(self.runs)} if self.runs else {})
        self.events: list[Event] = []
        self.next_event = 0
        """The lowest id that its next event can have."""
        self.waiting: deque[Run] = deque()
        """Runs that may start as soon as there is room, in order."""
        self.downstream: dict[Run, list[Run]] = {}
        self.stopping_until = 0.0
        """A stop takes until then at least."""

    @property
    def state(self) -> str:
        return self.history[-1][0]

    @property
    def changed(self) -> float:
        """When the state last changed."""
        return self.history[-1][1]

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED

    @property
    def may_start(self) -> bool:
        limit = self.at_once
        has_room = limit is None or self.counts["running"] < limit
        return self.state == "running" and bool(self.waiting) and has_room

    @property
    def all_done(self) -> bool:
        return not self.counts["new"] and not self.counts["running"]

    @property
    def runs_by_name(self) -> tuple[Run, ...]:
        """Sorted once: whoever reads a long list by pages asks for it many times."""
        if self._unsorted is not self.runs:
            self._unsorted = self.runs
            self._sorted = tuple(sorted(self.runs, key=lambda run: run.node.name))
        return self._sorted

    @property
    def began(self) -> float | None:
        """When it started to run its nodes."""
        return next((entered for state, entered in self.history if state == "running"), None)

    def put_in_order(self, upstream: Run, downstream: Run) -> None:
        """The second must wait until the first has finished."""
        self.downstream.setdefault(upstream, []).append(downstream)
        downstream.waits_for += 1

    def change_runs(self, more: Sequence[Run], fewer: Sequence[Run]) -> None:
        """Take in runs that have not started, and let go of others that have not."""
        freed = [after for run in fewer for after in self.downstream.pop(run, ())]
        for run in freed:
            run.waits_for -= 1
        gone = set(fewer)
        self.downstream = {
            run: [each for each in after if each not in gone] for run, after in self.downstream.items()
        }
        self.runs = (*(run for run in self.runs if run not in gone), *more)
        self.counts["new"] += len(more) - len(fewer)
        if self.state == "running":
            may_wait = dict.fromkeys((*self.waiting, *more, *freed))
            self.waiting = deque(
                run for run in may_wait if run not in gone and run.state == "new" and not run.waits_for
            )

    def enter(self, state: str, at: float) -> None:
        self.history.append((state, at))

    def move(self, run: Run, state: str) -> None:
        self.counts[run.state] -= 1
        self.counts[state] += 1
        run.state = state

    def record(self, event: Event) -> None:
        self.events.append(event)
        self.next_event = event.id + 1
        if event.run is not None:
            event.run.events = (*event.run.events[:1], event.id)

    def events_from(self, start: int, limit: int | None) -> Sequence[Event]:
        first = bisect_left(self.events, start, key=attrgetter("id"))
        return self.events[first : None if limit is None else first + limit]
