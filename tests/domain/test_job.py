"""When a job began and ended, from whichever fields a release has."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orch_tui.domain.job import Job, JobState, StateSpan

T0 = datetime(2020, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def job(state: JobState = JobState.RUNNING, **fields: object) -> Job:
    return Job("1", state, state.value, "production", False, **fields)  # type: ignore[arg-type]


HISTORY = (
    StateSpan("new", at(0), at(2)),
    StateSpan("running", at(2), at(60)),
    StateSpan("finished", at(60), None),
)


@pytest.mark.parametrize(
    ("told", "began", "ended"),
    [
        (job(), None, None),
        (job(history=HISTORY[:2]), at(0), None),
        (job(changed=at(9)), None, None),
        (job(started=at(1), history=HISTORY[:2], finished=at(50)), at(1), None),
        (job(JobState.FINISHED, history=HISTORY, changed=at(61)), at(0), at(60)),
        (job(JobState.FINISHED, started=at(1), finished=at(59), history=HISTORY), at(1), at(59)),
        (job(JobState.FAILED, changed=at(61)), None, at(61)),
        (job(JobState.STOPPED), None, None),
        (job(JobState.FINISHED, history=(StateSpan("finished", None, None),), changed=at(61)), None, at(61)),
        (job(JobState.UNKNOWN, history=HISTORY), at(0), None),
    ],
)
def test_beginning_and_end_come_from_the_best_field_there_is(
    told: Job, began: datetime | None, ended: datetime | None
) -> None:
    assert (told.began, told.ended) == (began, ended)


MOMENTS = st.none() | st.integers(-100, 100).map(at)
SPANS = st.builds(StateSpan, st.just("running"), MOMENTS, MOMENTS)
JOBS = st.builds(
    job,
    state=st.sampled_from(JobState),
    started=MOMENTS,
    finished=MOMENTS,
    changed=MOMENTS,
    history=st.lists(SPANS, max_size=4).map(tuple),
)


@given(JOBS, st.integers(-100, 100).map(at), st.integers(0, 100))
def test_time_passes_while_a_job_goes_on_and_stands_still_when_it_is_over(
    told: Job, now: datetime, more: int
) -> None:
    before, after = told.elapsed(now), told.elapsed(now + timedelta(seconds=more))
    assert (before is None) == (after is None) == (told.began is None)
    if before is None or after is None or told.began is None:
        return
    assert timedelta(0) <= before <= after
    if told.ended is not None:
        assert before == after == max(timedelta(0), told.ended - told.began)
    elif now >= told.began:
        assert before == now - told.began


def test_only_three_states_are_the_end_and_an_unknown_one_never_is() -> None:
    over = {state for state in JobState if state.is_over}
    assert over == {JobState.STOPPED, JobState.FINISHED, JobState.FAILED}


def test_a_state_that_is_not_known_is_shown_in_the_servers_word() -> None:
    assert Job("1", JobState.UNKNOWN, "paused", "production", False).state_word == "unknown: paused"
    assert [job(state).state_word for state in JobState][:-1] == [state.value for state in JobState][:-1]
