"""Ask again and again, for ever: the one polling loop of the program."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Generic, TypeVar

from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind

T = TypeVar("T")
Read = TypeVar("Read", covariant=True)

_LONGEST_WAIT = 60.0
_LOOK_FOR_TOKEN = 2.0
LONGEST_ASKED_WAIT = 120.0
"""Seconds that a server may ask us to wait; one that asks for more is asked again after these."""
_SPREAD = 0.2


@dataclass(frozen=True, slots=True)
class Reading(Generic[Read]):
    """What one poll, or a part of it, left us with. Times are `monotonic` seconds of the feed's clock.

    Attributes:
        value: The last good answer; it stays when later polls fail. None before the first.
        taken: When `value` was read.
        problem: Why the latest poll failed; None when it worked.
        failing_since: When the first of the failing polls was made.
        next_try: When the next poll is due; None when this one goes on, or only a nudge will bring one.
        failures: How many polls in a row have failed.
        took: Seconds from the beginning of the poll to this reading, where it worked.
    """

    value: Read | None = None
    taken: float | None = None
    problem: Problem | None = None
    failing_since: float | None = None
    next_try: float | None = None
    failures: int = 0
    took: float = 0.0

    @property
    def is_hiccup(self) -> bool:
        """Whether one answer was lost on its way: worth no word before the next poll has failed, too."""
        lost = self.problem is not None and self.problem.kind is ProblemKind.CONNECTION_LOST
        return lost and self.failures == 1 and self.value is not None

    def age(self, now: float) -> float:
        """Seconds since `value` was read; 0 while there is none."""
        return 0.0 if self.taken is None else max(0.0, now - self.taken)


class Feed(Generic[T]):
    """Follows one thing on the server. One follower at a time; polls never overlap and never give up.

    Only a server that could not prove who it is stays unasked until a nudge.

    Args:
        ask: One poll, which yields all that is known whenever it has learnt more. An `OrchestratorError` of
            it becomes the reading's problem.
        wait: Seconds until the next poll, if a good one ended with this; None: not before a nudge.
        monotonic: Seconds that never go back.
    """

    def __init__(
        self,
        ask: Callable[[], AsyncGenerator[T, None]],
        wait: Callable[[T], float | None],
        monotonic: Callable[[], float],
    ) -> None:
        self._ask = ask
        self._wait = wait
        self._monotonic = monotonic
        self._nudge = asyncio.Event()
        self._latest: Reading[T] = Reading()
        self._failures = 0
        self._failing_since: float | None = None
        self._polling: AsyncGenerator[Reading[T], None] | None = None
        self._ahead: asyncio.Task[Reading[T]] | None = None

    def ask_ahead(self) -> None:
        """Begin the first poll before anybody follows; whoever does first gets its answer."""
        self._polling = self._poll()
        self._ahead = asyncio.create_task(anext(self._polling))

    def close(self) -> None:
        """End a first poll that nobody came for."""
        if self._ahead is not None:
            self._ahead.cancel()

    def nudge(self) -> None:
        """Poll at once (or once more, if a poll is under way)."""
        self._nudge.set()

    async def follow(self) -> AsyncGenerator[Reading[T], None]:
        """All readings of every poll. Closing the iterator ends the polling; another goes on from there."""
        while True:
            # Before asking: a nudge that comes while the answer is under way must not be lost.
            self._nudge.clear()
            ahead, self._ahead = self._ahead, None
            polling, self._polling = self._polling or self._poll(), None
            async with aclosing(polling):
                if ahead is not None:
                    yield await ahead
                async for reading in polling:
                    yield reading
            due = self._latest.next_try
            await self._nudged_or_after(None if due is None else due - self._monotonic())

    async def _poll(self) -> AsyncGenerator[Reading[T], None]:
        started = self._monotonic()
        try:
            async with aclosing(self._ask()) as parts:
                async for value in parts:
                    now = self._monotonic()
                    due = self._due(self._wait(value))
                    self._latest = Reading(value, now, next_try=due, took=now - started)
                    yield self._latest
            self._failures, self._failing_since = 0, None
        except OrchestratorError as error:
            self._failures += 1
            # A part that came does not make a failing poll a good one.
            since = self._failing_since = started if self._failing_since is None else self._failing_since
            known, problem = self._latest, error.problem
            due = self._due(_pause(self._failures, problem))
            self._latest = Reading(known.value, known.taken, problem, since, due, self._failures)
            yield self._latest

    def _due(self, seconds: float | None) -> float | None:
        return None if seconds is None else self._monotonic() + seconds

    async def _nudged_or_after(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._nudge.wait()
        except TimeoutError:
            return


def _pause(failures: int, problem: Problem) -> float | None:
    if problem.is_untrusted:
        return None
    # Nothing is sent with a token that was refused: such a poll is a look at the token file.
    return _LOOK_FOR_TOKEN if problem.needs_sign_in else backoff(failures, problem.retry_after)


def backoff(failures: int, retry_after: float | None) -> float:
    """Seconds to wait after so many failed polls in a row: growing, bounded, and spread, so that many
    watchers of one server do not come back in step. A server that asks for a time gets it, within reason.
    """
    growing = min(_LONGEST_WAIT, 2.0 ** min(failures, 10))
    seconds = growing * random.uniform(1 - _SPREAD, 1 + _SPREAD)
    if retry_after is not None:
        seconds = max(1.0, min(retry_after, LONGEST_ASKED_WAIT))
    return seconds
