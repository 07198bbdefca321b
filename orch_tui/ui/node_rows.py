"""Which nodes of a rollout are listed, and in what order: pure, and at the cost of what changed.

A hundred thousand nodes are sorted once, when the order or the filter changes, in steps of some milliseconds;
after that a node that changed is only moved.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import overload

from orch_tui.domain.node import Node, Outcome
from orch_tui.session.rollout import Rollout

_STEP = 2000

_PLACES = {outcome: float(place) for place, outcome in enumerate(Outcome)}
_TROUBLE = frozenset({Outcome.FAILED, Outcome.ERRORED, Outcome.UNKNOWN})

Wanted = Callable[[Node, Outcome], bool]


class SortBy(StrEnum):
    """What the list can be sorted by; nodes that are equal in it are in the order of their names."""

    STATE = "state"
    NAME = "name"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class View:
    """How the list is wanted.

    Attributes:
        filter: As typed: words, `/regex/`, `state:failed`, each with `!` before it for its contrary.
        failures_only: Only nodes that went wrong.
    """

    sort: SortBy = SortBy.STATE
    reverse: bool = False
    filter: str = ""
    failures_only: bool = False

    def wanted(self) -> Wanted:
        """What decides whether a node is listed.

        Raises:
            re.error: The filter has a regular expression that is none.
        """
        tests = [_test(term) for term in _terms(self.filter)]
        if self.failures_only:
            tests.append(lambda node, outcome: outcome in _TROUBLE)
        return lambda node, outcome: all(test(node, outcome) for test in tests)


class NodeRows(Sequence[int]):
    """The indexes of the listed nodes of a rollout, in their order."""

    def __init__(self) -> None:
        self._rollout: Rollout | None = None
        self._view = View()
        self._wanted: Wanted = self._view.wanted()
        # Of each node its place in the order of names, and back.
        self._rank: list[int] = []
        self._by_rank: list[int] = []
        self._is_ranked = False
        # What changed while all nodes were being arranged anew.
        self._missed: set[int] = set()
        # What each listed node is sorted by, and all of those in order.
        self._key: dict[int, tuple[float, int]] = {}
        self._keys: list[tuple[float, int]] = []

    @overload
    def __getitem__(self, line: int) -> int: ...
    @overload
    def __getitem__(self, line: slice) -> list[int]: ...
    def __getitem__(self, line: int | slice) -> int | list[int]:
        if isinstance(line, slice):
            return [self[each] for each in range(*line.indices(len(self)))]
        return self._by_rank[self._keys[-1 - line if self._view.reverse else line][1]]

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, place: object) -> bool:
        return place in self._key

    def index(self, place: int, start: int = 0, stop: int | None = None) -> int:
        """The line of a node; ValueError where it is not listed."""
        if place not in self._key:
            raise ValueError(f"{place} is not listed")
        line = bisect_left(self._keys, self._key[place])
        return len(self._keys) - 1 - line if self._view.reverse else line

    def update(self, rollout: Rollout) -> bool:
        """Take a new picture; False where too much is new for that, and `arranging` is due."""
        before, self._rollout = self._rollout, rollout
        if rollout.changed is None or before is None or len(before.nodes) != len(rollout.nodes):
            self._is_ranked = False
            return False
        self._missed |= rollout.changed
        self._move(rollout.changed)
        return True

    def _move(self, places: Collection[int]) -> None:
        """Put these nodes where they belong now."""
        assert self._rollout is not None
        gone = [self._key.pop(place) for place in places if place in self._key]
        come = []
        for place in places:
            node, outcome = self._rollout.nodes[place], self._rollout.outcomes[place]
            if self._wanted(node, outcome):
                key = self._key[place] = (_sorted_by(self._view.sort, node, outcome), self._rank[place])
                come.append(key)
        self._keys = _merged(self._keys, sorted(gone), sorted(come))

    def arranging(self, view: View) -> Iterator[None]:
        """List all nodes of the latest picture anew, in steps of some milliseconds.

        What was listed before stays until the last step; what `update` is told between the steps is kept up.

        Raises:
            re.error: The view's filter has a regular expression that is none.
        """
        wanted = view.wanted()
        self._missed = set()
        rollout = self._rollout
        if rollout is None:
            return
        nodes, outcomes = rollout.nodes, rollout.outcomes
        by_rank = self._by_rank
        if not self._is_ranked:
            by_rank = sorted(range(len(nodes)), key=lambda place: nodes[place].name)
            yield
        keys: list[tuple[float, int]] = []
        for rank, place in enumerate(by_rank):
            if wanted(nodes[place], outcomes[place]):
                keys.append((_sorted_by(view.sort, nodes[place], outcomes[place]), rank))
            if rank % _STEP == 0:
                yield
        keys.sort()
        yield
        self._view, self._wanted = view, wanted
        self._is_ranked = True
        if by_rank is not self._by_rank:
            self._by_rank = by_rank
            self._rank = [0] * len(by_rank)
            for rank, place in enumerate(by_rank):
                self._rank[place] = rank
        self._keys = keys
        self._key = {by_rank[key[1]]: key for key in keys}
        self._move(self._missed)


def _merged(
    keys: list[tuple[float, int]], gone: list[tuple[float, int]], come: list[tuple[float, int]]
) -> list[tuple[float, int]]:
    """`keys` without `gone` and with `come`, all sorted. In whole stretches: one by one would move a hundred
    thousand places for each."""
    kept: list[tuple[float, int]] = []
    start = 0
    for key in gone:
        end = bisect_left(keys, key)
        kept += keys[start:end]
        start = end + 1
    kept += keys[start:]
    merged: list[tuple[float, int]] = []
    start = 0
    for key in come:
        end = bisect_left(kept, key)
        merged += kept[start:end]
        merged.append(key)
        start = end
    return merged + kept[start:]


def _sorted_by(sort: SortBy, node: Node, outcome: Outcome) -> float:
    match sort:
        case SortBy.STATE:
            return _PLACES[outcome]
        case SortBy.NAME:
            return 0.0
        case SortBy.DURATION:
            return -_seconds(node)


def _seconds(node: Node) -> float:
    """How long the run took; one that still runs counts by its start, the earliest as the longest."""
    if node.duration is not None and node.state.is_over:
        return node.duration
    if node.started is None:
        return -1.0
    if node.finished is not None:
        return (node.finished - node.started).total_seconds()
    return 1e10 - node.started.timestamp()


def _terms(text: str) -> list[str]:
    """Words, and regular expressions between slashes, which may have spaces in them."""
    return re.findall(r"!?/(?:[^/\\]|\\.)*/|\S+", text)


def _test(term: str) -> Wanted:
    if term.startswith("!") and len(term) > 1:
        contrary = _test(term[1:])
        return lambda node, outcome: not contrary(node, outcome)
    if term.startswith("state:"):
        word = term.removeprefix("state:").casefold()
        return lambda node, outcome: outcome.value.replace(" ", "-").startswith(word.replace(" ", "-"))
    if len(term) > 2 and term.startswith("/") and term.endswith("/"):
        pattern = re.compile(term[1:-1], re.IGNORECASE)
        return lambda node, outcome: bool(pattern.search(node.name) or pattern.search(node.message))
    word = term.casefold()
    return lambda node, outcome: word in node.name.casefold() or word in node.message.casefold()
