"""When a job will end: simulated jobs are asked on their way, and then seen to their end."""

from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from random import Random

import pytest

from orch_tui.domain.forecast import Forecast, Forecaster
from orch_tui.domain.node import Outcome

START = datetime(2025, 1, 1, 12, 0, tzinfo=UTC)
SHARES = (0.2, 0.4, 0.6, 0.8)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def ends(nodes: int, at_once: int, random: Random) -> list[float]:
    """The seconds after which the runs of a job end, in their order."""
    running: list[float] = []
    ended = []
    for _ in range(nodes):
        begins = heappop(running) if len(running) == at_once else 0.0
        ended.append(begins + 60 * random.lognormvariate(0, 0.4))
        heappush(running, ended[-1])
    return sorted(ended)


def asked(forecaster: Forecaster, ended: list[float], at_once: int, ran: int) -> Forecast | None:
    """What is foretold when `ran` runs have ended."""
    queued = max(0, len(ended) - ran - at_once)
    running = len(ended) - ran - queued
    counts = {Outcome.CHANGED: ran, Outcome.RUNNING: running, Outcome.QUEUED: queued}
    return forecaster.take(after(ended[ran - 1] if ran else 0), START, counts)


@pytest.mark.parametrize("nodes", [60, 400])
@pytest.mark.parametrize("at_once", [4, 8, 20])
@pytest.mark.parametrize("is_watched", [True, False], ids=["watched", "looked-at-now-and-then"])
def test_most_jobs_end_when_it_is_said(nodes: int, at_once: int, is_watched: bool) -> None:
    random = Random(nodes * at_once)
    right = told = 0
    for _ in range(25):
        ended, pace = ends(nodes, at_once, random), Forecaster()
        for ran in range(1, nodes - at_once):
            is_asked = ran in {int(share * nodes) for share in SHARES}
            if is_watched or is_asked:
                forecast = asked(pace, ended, at_once, ran)
            if is_asked and forecast is not None:
                told += 1
                right += forecast.earliest <= after(ended[-1]) <= forecast.latest
                assert (forecast.latest - forecast.earliest) < 4 * timedelta(seconds=ended[-1])
    assert told >= 50
    assert right / told > 0.8


def test_nothing_is_said_before_some_runs_have_ended() -> None:
    ended = ends(100, 8, Random(1))
    pace = Forecaster()
    assert all(asked(pace, ended, 8, ran) is None for ran in range(5))


def test_what_was_said_holds_once_no_node_waits() -> None:
    ended, pace = ends(100, 8, Random(1)), Forecaster()
    said = [asked(pace, ended, 8, ran) for ran in range(100)]
    assert said[91] is not None
    assert {*said[92:]} == {said[91]}


def test_nodes_that_end_at_once_tell_nothing_of_the_pace() -> None:
    counts = {Outcome.ERRORED: 50, Outcome.SKIPPED: 20, Outcome.RUNNING: 8, Outcome.QUEUED: 50}
    assert Forecaster().take(after(60), START, counts) is None


def test_a_server_that_went_back_is_judged_anew() -> None:
    ended, pace = ends(100, 8, Random(1)), Forecaster()
    assert asked(pace, ended, 8, 50) is not None
    assert asked(pace, ended, 8, 2) is None


def counted(ran: int, *, errored: int = 0, queued: int = 50) -> dict[Outcome, int]:
    return {
        Outcome.CHANGED: ran,
        Outcome.ERRORED: errored,
        Outcome.RUNNING: 8,
        Outcome.QUEUED: queued,
    }


@pytest.mark.parametrize("began", [START - timedelta(days=20000), datetime.min.replace(tzinfo=UTC)])
def test_a_start_that_cannot_be_foretells_nothing(began: datetime) -> None:
    assert Forecaster().take(START, began, counted(20, queued=10**6)) is None


def test_a_clock_that_goes_back_is_judged_anew_and_by_no_start() -> None:
    pace = Forecaster()
    for ran in range(30):
        pace.take(after(10 * ran), START, counted(ran))
    assert pace.take(after(-3600), START, counted(30)) is None
    for ran in range(31, 50):
        forecast = pace.take(after(10 * (ran - 30) - 3600), START, counted(ran))
    assert forecast is not None
    assert after(190 - 3600) < forecast.earliest < after(690 - 3600) < forecast.latest < after(2000 - 3600)


def test_where_half_of_the_nodes_cannot_be_reached_the_end_may_come_in_half_the_time() -> None:
    pace, half = Forecaster(), Forecaster()
    for ran in range(31):
        all_ran = pace.take(after(10 * ran), START, counted(ran, queued=500))
        half_ran = half.take(after(10 * ran), START, counted(ran, errored=ran, queued=500))
    assert all_ran is not None
    assert half_ran is not None
    assert half_ran.latest == all_ran.latest
    assert half_ran.earliest < after(300 + 250 * 10) < all_ran.latest


def test_one_node_at_a_time() -> None:
    ended = ends(60, 1, Random(1))
    pace = Forecaster()
    forecasts = [asked(pace, ended, 1, ran) for ran in range(59)]
    said = [one for one in forecasts if one is not None]
    assert len(said) > 45
    assert all(after(0) < one.earliest < one.latest for one in said)
    assert sum(one.earliest <= after(ended[-1]) <= one.latest for one in said) > 0.8 * len(said)
