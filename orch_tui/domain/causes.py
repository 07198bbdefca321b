"""The failures of a rollout by their causes, kept up at the cost of what changed."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from orch_tui.domain.cause import cause
from orch_tui.domain.node import Node, NodeState, Outcome

_STEP = 2000
# To look for the cause in a new message takes as long as so many nodes whose message is known, and one more
# for every few characters.
_NEW_MESSAGE = 10
_CHARACTERS = 4


@dataclass(frozen=True, slots=True)
class Cause:
    """Why nodes went wrong: all those with one outcome and one cause.

    Attributes:
        number: Its name as long as the rollout is watched: from 1, in the order in which causes came up.
        first_seen: When the first of its nodes ended, by the server's clock; where the server does not tell,
            when we learnt of it. None before any did.
    """

    number: int
    outcome: Outcome
    text: str
    count: int
    first_seen: datetime | None


@dataclass(slots=True)
class _Found:
    outcome: Outcome
    text: str
    first_seen: datetime | None = None
    places: set[int] = field(default_factory=set)

    def add(self, place: int, seen: datetime) -> None:
        self.places.add(place)
        self.first_seen = min(seen, self.first_seen or seen)


class Causes:
    """What became of nodes, folded into why it did. Nodes are known by their places in the rollout.

    Args:
        step: How many nodes are taken in one step, if their messages are known.
    """

    def __init__(self, step: int = _STEP) -> None:
        self._step = step
        self._found: list[_Found] = []
        self._numbers: dict[tuple[Outcome, str], int] = {}
        # Messages that are the same but for the node's name are told apart much quicker than by their cause.
        self._known: dict[tuple[Outcome, str, str], int] = {}
        self._of: dict[int, int] = {}
        self._with_nodes = 0

    def __len__(self) -> int:
        """How many causes have nodes now."""
        return self._with_nodes

    def taking(
        self,
        nodes: Sequence[Node],
        outcomes: Sequence[Outcome],
        changed: Collection[int],
        gone: Collection[int],
        now: datetime,
    ) -> Iterator[None]:
        """Take what became of the nodes at the places `changed`; of those that are `gone` nothing is kept.

        In steps of some milliseconds, between which others can have their turn.
        """
        effort = 0
        for place in changed:
            if place in gone:
                self._forget(place)
            else:
                effort += self._take(place, nodes[place], outcomes[place], now)
            if effort >= self._step:
                effort = 0
                yield

    def _take(self, place: int, node: Node, outcome: Outcome, now: datetime) -> int:
        """Take one node; how much work it was."""
        known = len(self._known)
        number = self.number(node, outcome)
        if number != self._of.get(place):
            self._forget(place)
        if number is not None:
            found = self._found[number - 1]
            self._with_nodes += not found.places
            self._of[place] = number
            found.add(place, node.finished or now)
        is_new = len(self._known) > known
        return _NEW_MESSAGE + len(node.nameless_message) // _CHARACTERS if is_new else 1

    def _learn(self, node: Node, outcome: Outcome) -> int:
        text = _text(node)
        number = self._numbers.setdefault((outcome, text.casefold()), len(self._found) + 1)
        if number > len(self._found):
            self._found.append(_Found(outcome, text))
        self._known[_message(node, outcome)] = number
        return number

    def _forget(self, place: int) -> None:
        number = self._of.pop(place, None)
        if number is not None:
            places = self._found[number - 1].places
            places.remove(place)
            self._with_nodes -= not places

    def number(self, node: Node, outcome: Outcome) -> int | None:
        """The number of the cause why `node` went wrong; None if it did not."""
        if not outcome.is_trouble:
            return None
        known = self._known.get(_message(node, outcome))
        return self._learn(node, outcome) if known is None else known

    def cause(self, number: int) -> Cause:
        """A cause as it is now."""
        found = self._found[number - 1]
        return Cause(number, found.outcome, found.text, len(found.places), found.first_seen)

    def places(self, number: int) -> Collection[int]:
        """The nodes that a cause has now, in no order."""
        return self._found[number - 1].places

    def by_count(self) -> list[int]:
        """The numbers of all causes that have nodes now, those with most nodes first."""
        numbers = [number for number, found in enumerate(self._found, 1) if found.places]
        return sorted(numbers, key=lambda number: -len(self._found[number - 1].places))


def _message(node: Node, outcome: Outcome) -> tuple[Outcome, str, str]:
    return outcome, node.state_text, node.nameless_message


def _text(node: Node) -> str:
    if node.state is NodeState.FINISHED:
        return "some resources failed; the report tells which"
    return cause(node.message, node.name) or f"no message (state: {node.state_text or node.state})"
