"""What a rollout tells as a whole, held to looking at its last picture alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orch_tui.domain.causes import Causes
from orch_tui.domain.event import Event
from orch_tui.domain.job import Job, JobState
from orch_tui.domain.node import Node, NodeState
from orch_tui.session.rollout import Fold, Rollout
from orch_tui.session.study import Study

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
NAMES = [f"web{number:02}.example.com" for number in range(8)]

END = object()

events = st.builds(
    Event,
    st.integers(0, 10**6),
    st.sampled_from(["node_running", "node_finished", "node_failed", "node_errored"]),
    node=st.sampled_from(NAMES),
    message=st.sampled_from(["yum died, pid 1", "yum died, pid 22", "no disk"]),
)


def job(state: JobState) -> Job:
    return Job("1", state, state.value, "production", noop=False)


def told(study: Study) -> list[tuple[str, str, list[int]]]:
    causes = study.causes
    found = [causes.cause(number) for number in causes.by_count()]
    return sorted((one.outcome, one.text, sorted(causes.places(one.number))) for one in found)


@given(st.lists(st.lists(events, max_size=5), min_size=1, max_size=6), st.booleans(), st.data())
def test_however_pictures_and_steps_interleave_the_causes_are_those_of_the_last(
    rounds: list[list[Event]], ends: bool, data: st.DataObject
) -> None:
    fold, study = Fold(), Study(Causes(step=1))
    fold.take_nodes([Node(name, NodeState.NEW) for name in NAMES])
    fold.end_list()
    picture: Rollout | None = None
    studying: Iterator[object] = study.studying()
    for number, happenings in enumerate(rounds):
        fold.take_events(happenings)
        is_over = ends and number == len(rounds) - 1
        state = JobState.FINISHED if is_over else JobState.RUNNING
        picture = fold.picture(job(state), NOW + timedelta(seconds=number), 0)
        study.take(picture)
        for _ in range(data.draw(st.integers(0, 12))):
            has_ended = next(studying, END) is END
            if has_ended or data.draw(st.booleans()):  # whoever went on with it has given up
                studying = study.studying()
    list(studying)
    list(study.studying())
    alone = Study(Causes())
    assert picture is not None
    alone.take(Rollout(picture.job, NOW, picture.nodes, outcomes=picture.outcomes))
    list(alone.studying())
    assert told(study) == told(alone)


def test_sums_are_made_anew_after_some_seconds_and_at_the_end() -> None:
    fold, study = Fold(), Study(Causes())
    fold.take_nodes([Node(name, NodeState.NEW) for name in NAMES])

    def typical(number: int, seconds: float, *, complete: bool = False) -> float | None:
        fold.take_events([Event(2 * number, "node_running", NOW, NAMES[number])])
        fold.take_events([Event(2 * number + 1, "node_finished", NOW + timedelta(seconds=10), NAMES[number])])
        picture = fold.picture(job(JobState.RUNNING), NOW + timedelta(seconds=seconds), 0)
        study.take(picture.completed() if complete else picture)
        list(study.studying())
        return study.summary.typical

    assert typical(0, 0.0) == 10.0
    before = study.summary
    typical(1, 4.0)
    assert study.summary is before
    typical(2, 5.0)
    assert study.summary is not before
    before = study.summary
    typical(3, 6.0, complete=True)
    assert study.summary is not before
