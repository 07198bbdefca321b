"""When somebody is called, and what the title says: one reading after another."""

from datetime import UTC, datetime

import pytest

from orch_tui.domain.job import Job, JobState
from orch_tui.domain.node import Node, NodeState, Outcome
from orch_tui.domain.problem import Problem, ProblemKind
from orch_tui.session.feed import Reading
from orch_tui.session.rollout import Rollout
from orch_tui.ui.attention import Calls, title_words

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
NODES = (Node("web01", NodeState.RUNNING),) * 10
LOST = Problem(ProblemKind.CONNECTION_LOST, "cut off")
UNTRUSTED = Problem(ProblemKind.CA_UNKNOWN, "another authority")


def seen(failed: int = 0, *, state: JobState = JobState.RUNNING, whole: bool = True) -> Reading[Rollout]:
    """A good poll of a job of 10 nodes, 4 of which are done at least."""
    counts = {Outcome.FAILED: failed, Outcome.CHANGED: 4, Outcome.RUNNING: 6 - failed}
    job = Job("42", state, state.value, "production", noop=False)
    poll = Rollout(job, NOON, nodes=NODES, counts=counts, is_whole=whole, is_complete=state.is_over)
    return Reading(poll, next_try=2.0)


def lost(before: Reading[Rollout], failures: int, problem: Problem = LOST) -> Reading[Rollout]:
    """So many polls in a row have failed after `before`."""
    due = None if problem.is_untrusted else 4.0
    return Reading(before.value, problem=problem, failing_since=1.0, next_try=due, failures=failures)


NOTHING: Reading[Rollout] = Reading()
FINE, FAILED = seen(), seen(2)
OVER = seen(2, state=JobState.FAILED)


@pytest.mark.parametrize(
    ("readings", "calls"),
    [
        pytest.param([FINE, FAILED, seen(3)], ["the first failure"], id="first-failure"),
        pytest.param([FINE, OVER, OVER], ["failed · 2 failed"], id="end"),
        pytest.param([FINE, seen(state=JobState.FINISHED)], ["finished · no node failed"], id="good-end"),
        pytest.param([FAILED, seen(3), OVER], ["failed · 2 failed"], id="failed-when-opened"),
        pytest.param([OVER, OVER], [], id="over-when-opened"),
        pytest.param([seen(0, whole=False), seen(2, whole=False), FAILED], [], id="list-came-in-parts"),
        pytest.param([FINE, lost(FINE, 1), FINE], [], id="a-hiccup"),
        pytest.param([FINE, *(lost(FINE, n) for n in (1, 2, 3))], ["cut off"], id="lost"),
        pytest.param([FINE, lost(FINE, 2), FINE, lost(FINE, 2)], ["cut off", "cut off"], id="lost-again"),
        pytest.param([OVER, lost(OVER, 2)], [], id="lost-when-over"),
        pytest.param([FINE, lost(FINE, 1, UNTRUSTED)], ["another authority"], id="never-tried-again"),
        pytest.param([FINE, lost(FINE, 2), FAILED], ["cut off", "the first failure"], id="failed-meanwhile"),
    ],
)
def test_calls(readings: list[Reading[Rollout]], calls: list[str]) -> None:
    told = Calls()
    heard = [words for reading in readings if (words := told.news(reading))]
    assert len(heard) == len(calls)
    for words, expected in zip(heard, calls, strict=True):
        assert words.startswith("job 42 (production): ")
        assert expected in words


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (FINE, "production job 42 40%"),
        (FAILED, "production job 42 60% 2 failed"),
        (OVER, "production job 42 failed 2 failed"),
        (lost(FAILED, 1), "production job 42 60% 2 failed"),
        (lost(FAILED, 2), "production job 42 60% 2 failed NO CONTACT"),
        (NOTHING, ""),
    ],
)
def test_titles(reading: Reading[Rollout], words: str) -> None:
    assert title_words(reading) == words
