"""The polling loop, asked by a script and driven by nudges."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind
from orch_tui.session.feed import Feed, Reading, backoff
from orch_tui.simulator import ManualClock

DOWN = Problem(ProblemKind.REFUSED, "connection refused")


def script(*polls: int | Problem | list[int | Problem]) -> Callable[[], AsyncGenerator[int, None]]:
    """One poll after the other, each of one part or of several."""
    left = iter(polls)

    async def ask() -> AsyncGenerator[int, None]:
        poll = next(left)
        for part in poll if isinstance(poll, list) else [poll]:
            if isinstance(part, Problem):
                raise OrchestratorError(part)
            yield part

    return ask


def silent(_value: int) -> None:
    """Wait for a nudge."""


async def soon(readings: AsyncIterator[Reading[int]]) -> Reading[int]:
    """The next reading, which must not need a wait."""
    async with asyncio.timeout(1):
        return await anext(readings)


async def turns(count: int = 20) -> None:
    """Let everything that can run do so."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_every_poll_gives_a_reading_and_the_next_poll_its_time() -> None:
    clock = ManualClock()
    waits = iter((0.0, 0.0, 30.0))
    feed = Feed(script(1, 2, 3), lambda _: next(waits), clock)
    async with aclosing(feed.follow()) as readings:
        for value, due in ((1, 0.0), (2, 5.0), (3, 40.0)):
            reading = await soon(readings)
            assert reading == Reading(value=value, taken=clock(), next_try=due)
            clock.advance(5)


async def test_polls_never_overlap_however_often_they_are_nudged() -> None:
    asking, most = 0, 0

    async def ask() -> AsyncGenerator[int, None]:
        nonlocal asking, most
        asking += 1
        most = max(most, asking)
        feed.nudge()
        await turns(3)
        feed.nudge()
        asking -= 1
        yield most

    feed = Feed(ask, lambda _: 0.0, ManualClock())
    async with aclosing(feed.follow()) as readings:
        assert [(await soon(readings)).value for _ in range(10)] == [1] * 10


async def test_the_last_value_stays_and_ages_while_polls_fail() -> None:
    clock = ManualClock()
    feed = Feed(script(7, DOWN, DOWN, 8), silent, clock)
    async with aclosing(feed.follow()) as readings:
        await soon(readings)
        for failing in (10, 20):
            clock.advance(10)
            feed.nudge()
            reading = await soon(readings)
            assert (reading.value, reading.taken, reading.problem) == (7, 0, DOWN)
            assert reading.failing_since == 10
            assert reading.age(clock()) == failing
        clock.advance(10)
        feed.nudge()
        assert await soon(readings) == Reading(value=8, taken=30)


async def test_each_part_of_a_poll_is_a_reading_and_stays_when_the_rest_does_not_come() -> None:
    clock = ManualClock()
    feed = Feed(
        script([1, 2], [3, DOWN], [4, DOWN], [5, 6]), lambda value: 30.0 if value == 2 else None, clock
    )
    async with aclosing(feed.follow()) as readings:
        assert await soon(readings) == Reading(value=1, taken=0)
        clock.advance(1)
        assert await soon(readings) == Reading(value=2, taken=1, next_try=31, took=1)
        feed.nudge()
        assert await soon(readings) == Reading(value=3, taken=1)
        clock.advance(1)
        broken_off = await soon(readings)
        assert (broken_off.value, broken_off.taken, broken_off.problem) == (3, 1, DOWN)
        assert broken_off.failing_since == 1
        clock.advance(1)
        feed.nudge()
        assert await soon(readings) == Reading(value=4, taken=3)
        assert (await soon(readings)).failing_since == 1
        feed.nudge()
        assert [(await soon(readings)).value, (await soon(readings)).value] == [5, 6]


async def test_who_stops_following_between_two_parts_ends_the_poll() -> None:
    ended = asyncio.Event()

    async def ask() -> AsyncGenerator[int, None]:
        try:
            yield 1
            yield 2
        finally:
            ended.set()

    async with aclosing(Feed(ask, silent, ManualClock()).follow()) as readings:
        await soon(readings)
        assert not ended.is_set()
    assert ended.is_set()


async def test_an_age_is_never_negative_and_nothing_has_none() -> None:
    nothing: Reading[int] = Reading()
    assert nothing.age(100) == 0
    assert Reading(1, taken=100).age(99) == 0


async def test_waits_grow_while_polls_fail_and_begin_anew_afterwards() -> None:
    feed = Feed(script(*[DOWN] * 8, 1, DOWN), silent, ManualClock())
    waits = []
    async with aclosing(feed.follow()) as readings:
        for _ in range(10):
            waits.append((await soon(readings)).next_try)
            feed.nudge()
    failing = [wait for wait in waits[:8] if wait is not None]
    assert failing[:5] == sorted(failing[:5])
    assert max(failing) <= 72
    assert waits[8] is None
    assert waits[9] is not None
    assert waits[9] < 3


@given(st.integers(1, 100_000))
def test_a_wait_is_long_enough_to_spare_the_server_and_bounded(failures: int) -> None:
    assert 1.6 <= backoff(failures, None) <= 72


@pytest.mark.parametrize(("asked", "kept"), [(0, 1), (7, 7), (90.5, 90.5), (99_999_999, 120)])
async def test_a_server_that_asks_for_a_time_gets_it_within_reason(asked: float, kept: float) -> None:
    busy = Problem(ProblemKind.UNAVAILABLE, "busy", 503, retry_after=asked)
    async with aclosing(Feed(script(busy), silent, ManualClock()).follow()) as readings:
        assert (await soon(readings)).next_try == kept


async def test_a_nudge_while_the_answer_is_under_way_brings_another_poll() -> None:
    asked = 0

    async def ask() -> AsyncGenerator[int, None]:
        nonlocal asked
        asked += 1
        if asked == 1:
            feed.nudge()
        yield asked

    feed = Feed(ask, silent, ManualClock())
    async with aclosing(feed.follow()) as readings:
        assert [(await soon(readings)).value, (await soon(readings)).value] == [1, 2]


async def test_a_feed_without_a_wait_is_silent_until_it_is_nudged_and_again_afterwards() -> None:
    feed = Feed(script(1, 2, 3), silent, ManualClock())
    async with aclosing(feed.follow()) as readings:
        assert (await soon(readings)).next_try is None
        for value in (2, 3):
            waiting = asyncio.ensure_future(anext(readings))
            await turns()
            assert not waiting.done()
            feed.nudge()
            async with asyncio.timeout(1):
                assert (await waiting).value == value


async def test_who_stops_following_ends_the_request_under_way() -> None:
    asking, ended = asyncio.Event(), asyncio.Event()

    async def ask() -> AsyncGenerator[int, None]:
        asking.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        yield 0

    async with aclosing(Feed(ask, silent, ManualClock()).follow()) as readings:
        following = asyncio.ensure_future(anext(readings))
        await asking.wait()
        following.cancel()
        await asyncio.wait([following])
        assert ended.is_set()


async def test_a_closed_iterator_polls_no_more() -> None:
    polls = 0

    async def ask() -> AsyncGenerator[int, None]:
        nonlocal polls
        polls += 1
        yield polls

    feed = Feed(ask, lambda _: 0.0, ManualClock())
    async with aclosing(feed.follow()) as readings:
        await soon(readings)
    feed.nudge()
    await turns()
    assert polls == 1
    with pytest.raises(StopAsyncIteration):
        await anext(readings)


async def test_a_feed_goes_on_however_long_polls_fail() -> None:
    feed = Feed(script(*[DOWN] * 2000, 1), silent, ManualClock())
    async with aclosing(feed.follow()) as readings:
        for _ in range(2000):
            assert (await soon(readings)).problem is DOWN
            feed.nudge()
        assert (await soon(readings)).value == 1


async def test_a_bug_in_a_poll_is_nobodys_problem_to_show() -> None:
    async def ask() -> AsyncGenerator[int, None]:
        raise KeyError("bug")
        yield 0

    async with aclosing(Feed(ask, silent, ManualClock()).follow()) as readings:
        with pytest.raises(KeyError):
            await soon(readings)


async def test_a_poll_made_ahead_is_the_first_reading_and_keeps_its_time() -> None:
    clock = ManualClock()
    feed = Feed(script(1, 2), silent, clock)
    feed.ask_ahead()
    await turns()
    before = clock()
    clock.advance(5)
    async with aclosing(feed.follow()) as readings:
        assert await soon(readings) == Reading(value=1, taken=before)
        feed.nudge()
        assert (await soon(readings)).value == 2


async def test_a_poll_ahead_that_fails_is_the_first_readings_problem() -> None:
    feed = Feed(script(DOWN), silent, ManualClock())
    feed.ask_ahead()
    await turns()
    async with aclosing(feed.follow()) as readings:
        assert (await soon(readings)).problem == DOWN


async def test_a_poll_ahead_that_nobody_comes_for_ends_with_the_feed() -> None:
    ended = asyncio.Event()

    async def ask() -> AsyncGenerator[int, None]:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        yield 0

    feed = Feed(ask, silent, ManualClock())
    feed.ask_ahead()
    await turns()
    feed.close()
    await turns()
    assert ended.is_set()
