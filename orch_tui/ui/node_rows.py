"""Which nodes of a rollout are listed, and in what order: pure, and at the cost of what changed.

A hundred thousand nodes are sorted once, when the order or the filter changes, in steps of some milliseconds;
after that nodes that changed are only moved.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Generator, Iterator, MutableSequence, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar, overload

from orch_tui.domain.node import Node, Outcome
from orch_tui.session.rollout import Rollout
from orch_tui.ui.filter import Found, all_of, filter_tests

_STEP = 2000

_PLACES = {outcome: place for place, outcome in enumerate(Outcome)}

Wanted = Callable[[Node, Outcome], bool]
CauseOf = Callable[[Node, Outcome], int | None]
Item = TypeVar("Item", int, tuple[str, int])

# What a listed node is sorted by, and then its place in the order of names, in one number: a hundred thousand
# of them are copied and searched in an array much faster than as objects.
_RANKS = 2**24
_MOST = 2**38
_UNLISTED = -(2**63)


class SortBy(StrEnum):
    """What the list can be sorted by; nodes that are equal in it are in the order of their names. Durations
    count in whole seconds, and nodes that have none come last in either direction."""

    STATE = "state"
    NAME = "name"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class View:
    """How the list is wanted.

    Attributes:
        filter: As typed: words, `/regex/`, `state:failed`, `cause:3`, each with `!` for its contrary.
        failures_only: Only nodes that went wrong.
        cause_of: Tells the number of the cause why a node went wrong, if it did.
    """

    sort: SortBy = SortBy.STATE
    reverse: bool = False
    filter: str = ""
    failures_only: bool = False
    cause_of: CauseOf = lambda node, outcome: None

    def wanted(self) -> Wanted | None:
        """What decides whether a node is listed; None where all are.

        Raises:
            re.error: The filter has a regular expression that is none.
        """
        tests = filter_tests(self.filter, _anywhere, {"state": _in_state, "cause": self._of_cause})
        if self.failures_only:
            tests.append(lambda node, outcome: outcome.is_trouble)
        return all_of(tests)

    def _of_cause(self, number: str) -> Wanted:
        return lambda node, outcome: str(self.cause_of(node, outcome)) == number


class NodeRows(Sequence[int]):
    """The indexes of the listed nodes of a rollout, in their order.

    A node that changes keeps its row until `settle`, for a list that moves all the time cannot be read; one
    that went wrong takes its place at once.

    Args:
        step: How many nodes are looked at in one step of `arranging`.
    """

    def __init__(self, step: int = _STEP) -> None:
        self._step = step
        self.rollout: Rollout | None = None
        """The picture that is listed."""
        self._latest: Rollout | None = None
        self._view = View()
        self._wanted: Wanted | None = None
        # Of each node its place in the order of names, and back.
        self._rank = array("l")
        self._by_rank = array("l")
        # Nodes whose row is not yet where it belongs, and those that changed while all were being arranged.
        self._late: set[int] = set()
        self._missed: set[int] = set()
        # The key of each node, and those of all listed ones in order.
        self._key = array("q")
        self._keys = array("q")

    @overload
    def __getitem__(self, line: int) -> int: ...
    @overload
    def __getitem__(self, line: slice) -> list[int]: ...
    def __getitem__(self, line: int | slice) -> int | list[int]:
        if isinstance(line, slice):
            return [self[each] for each in range(*line.indices(len(self)))]
        return self._by_rank[self._keys[-1 - line if self._view.reverse else line] % _RANKS]

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, place: object) -> bool:
        return isinstance(place, int) and place < len(self._key) and self._key[place] != _UNLISTED

    def index(self, place: int, start: int = 0, stop: int | None = None) -> int:
        """The line of a node; ValueError where it is not listed."""
        if place not in self:
            raise ValueError(f"{place} is not listed")
        line = bisect_left(self._keys, self._key[place])
        return len(self._keys) - 1 - line if self._view.reverse else line

    @property
    def is_latest(self) -> bool:
        """Whether it is the latest picture that is listed."""
        return self.rollout is self._latest

    def update(self, rollout: Rollout) -> bool:
        """Take a new picture; False where too much is new for that, and `arranging` is due."""
        was_latest, self._latest = self.is_latest, rollout
        if rollout.changed is None or not was_latest or len(rollout.nodes) != len(self._rank):
            return False
        before, self.rollout = self.rollout, rollout
        self._late |= rollout.changed
        self._missed |= rollout.changed
        outcomes, came_or_went = rollout.outcomes, rollout.gone ^ (before.gone if before else frozenset())
        self._move([p for p in rollout.changed if outcomes[p].is_trouble or p in came_or_went])
        return True

    def settle(self) -> None:
        """Put all nodes that changed where they belong now."""
        self._move(self._late)
        self._late.clear()

    def _move(self, places: Collection[int]) -> None:
        if not places:
            return
        assert self.rollout is not None
        nodes, outcomes, wanted = self.rollout.nodes, self.rollout.outcomes, self._wanted
        left = self.rollout.gone
        value = _value(self._view)
        gone, come = [], []
        for place in places:
            before, node, outcome = self._key[place], nodes[place], outcomes[place]
            is_listed = place not in left and (wanted is None or wanted(node, outcome))
            now = value(node, outcome) * _RANKS + self._rank[place] if is_listed else _UNLISTED
            if before == now:
                continue
            self._key[place] = now
            if before != _UNLISTED:
                gone.append(before)
            if now != _UNLISTED:
                come.append(now)
        if gone or come:
            self._keys = _merged(self._keys, sorted(gone), sorted(come))

    def arranging(self, view: View) -> Iterator[None]:
        """List all nodes of the latest picture anew, in steps of some milliseconds.

        What was listed before stays until the last step; what `update` is told between the steps is kept up.

        Raises:
            re.error: The view's filter has a regular expression that is none.
        """
        wanted, value = view.wanted(), _value(view)
        self._missed = set()
        rollout = self._latest
        if rollout is None:
            return
        nodes, outcomes, left = rollout.nodes, rollout.outcomes, rollout.gone
        is_new = rollout is not self.rollout
        by_rank, rank = (yield from _ranking(nodes, self._step)) if is_new else (self._by_rank, self._rank)
        placed = array("q", [_UNLISTED]) * len(nodes)

        def keys() -> Iterator[list[int]]:
            for start in range(0, len(by_rank), self._step):
                some = []
                for number, place in enumerate(by_rank[start : start + self._step], start):
                    node, outcome = nodes[place], outcomes[place]
                    if place not in left and (wanted is None or wanted(node, outcome)):
                        key = placed[place] = value(node, outcome) * _RANKS + number
                        some.append(key)
                yield some

        ordered = array("q")
        yield from _sorting(keys(), self._step, ordered)
        self._view, self._wanted = view, wanted
        self._rank, self._by_rank = rank, by_rank
        self._keys, self._key = ordered, placed
        if is_new:
            self.rollout = rollout
        self._late.clear()
        self._move(self._missed)


def _ranking(nodes: Sequence[Node], step: int) -> Generator[None, None, tuple["array[int]", "array[int]"]]:
    """The places of all nodes in the order of their names, and where in it each stands; in steps."""
    named = (
        [(nodes[place].name, place) for place in range(start, min(start + step, len(nodes)))]
        for start in range(0, len(nodes), step)
    )
    by_rank = array("l")
    rank = array("l", [0]) * len(nodes)
    ordered: list[tuple[str, int]] = []
    yield from _sorting(named, step, ordered)
    for number, (_, place) in enumerate(ordered):
        by_rank.append(place)
        rank[place] = number
        if number % step == 0:
            yield
    return by_rank, rank


def _sorting(runs: Iterator[list[Item]], step: int, into: MutableSequence[Item]) -> Iterator[None]:
    """Sort what comes in `runs` of a step each: each run by itself, then the whole in stretches."""
    ordered_runs = []
    for run in runs:
        run.sort()
        ordered_runs.append(run)
        yield
    distance: int = max(1, step // 20)
    samples: list[Item] = sorted(item for run in ordered_runs for item in run[::distance])
    starts = [0] * len(ordered_runs)
    for pivot in [*samples[step // distance :: step // distance], None]:
        stretch: list[Item] = []
        for number, run in enumerate(ordered_runs):
            end = len(run) if pivot is None else bisect_left(run, pivot, starts[number])
            stretch += run[starts[number] : end]
            starts[number] = end
        stretch.sort()
        into.extend(stretch)
        yield


def _merged(keys: "array[int]", gone: list[int], come: list[int]) -> "array[int]":
    """`keys` without `gone` and with `come`, all sorted. In whole stretches: one by one would move a hundred
    thousand places for each."""
    kept = array("q")
    start = 0
    for key in gone:
        end = bisect_left(keys, key, start)
        kept += keys[start:end]
        start = end + 1
    kept += keys[start:]
    merged = array("q")
    start = 0
    for key in come:
        end = bisect_left(kept, key, start)
        merged += kept[start:end]
        merged.append(key)
        start = end
    return merged + kept[start:]


def _seconds(node: Node) -> float | None:
    """How long the run took, if any; one that still runs counts by its start, the earliest as the longest."""
    if node.duration is not None and node.state.is_over:
        return node.duration
    if node.started is None:
        return None
    if node.finished is not None:
        return (node.finished - node.started).total_seconds()
    return 1e10 - node.started.timestamp()


def _value(view: View) -> Callable[[Node, Outcome], int]:
    """What nodes are sorted by, the least first; reversed, the list is read from its end."""
    match view.sort:
        case SortBy.STATE:
            return lambda node, outcome: _PLACES[outcome]
        case SortBy.NAME:
            return lambda node, outcome: 0
        case SortBy.DURATION:
            return _longest_first(-_MOST if view.reverse else _MOST)


def _longest_first(without: int) -> Callable[[Node, Outcome], int]:
    def value(node: Node, outcome: Outcome) -> int:
        seconds = _seconds(node)
        return without if seconds is None else -max(-_MOST, min(_MOST, int(seconds)))

    return value


def _anywhere(found: Found) -> Wanted:
    return lambda node, outcome: bool(found(node.name) or found(node.message))


def _in_state(word: str) -> Wanted:
    return lambda node, outcome: outcome.value.replace(" ", "-").startswith(word)
