"""What became of a node, in the words of the screen, and how long it took."""

from datetime import UTC, datetime, timedelta

import pytest

from orch_tui.domain.event import NODE_STATE_AFTER
from orch_tui.domain.node import Metrics, Node, NodeState, Outcome

T0 = datetime(2020, 1, 1, tzinfo=UTC)
GOES_ON, IS_OVER = False, True


@pytest.mark.parametrize(
    ("state", "while_it_goes_on", "when_it_is_over"),
    [
        (NodeState.NEW, Outcome.QUEUED, Outcome.NEVER_RAN),
        (NodeState.READY, Outcome.QUEUED, Outcome.NEVER_RAN),
        (NodeState.RUNNING, Outcome.RUNNING, Outcome.UNKNOWN),
        (NodeState.STOPPING, Outcome.RUNNING, Outcome.UNKNOWN),
        (NodeState.STOPPED, Outcome.NEVER_RAN, Outcome.NEVER_RAN),
        (NodeState.FINISHED, Outcome.FINISHED, Outcome.FINISHED),
        (NodeState.FAILED, Outcome.FAILED, Outcome.FAILED),
        (NodeState.ERRORED, Outcome.ERRORED, Outcome.ERRORED),
        (NodeState.SKIPPED, Outcome.SKIPPED, Outcome.SKIPPED),
        (NodeState.UNKNOWN, Outcome.UNKNOWN, Outcome.UNKNOWN),
    ],
)
def test_a_state_means_what_it_means_by_whether_the_job_is_over(
    state: NodeState, while_it_goes_on: Outcome, when_it_is_over: Outcome
) -> None:
    node = Node("web-001.example.com", state)
    assert node.outcome(job_is_over=GOES_ON, job_noop=False) is while_it_goes_on
    assert node.outcome(job_is_over=IS_OVER, job_noop=False) is when_it_is_over


@pytest.mark.parametrize(
    ("metrics", "noop", "outcome"),
    [
        (None, False, Outcome.FINISHED),
        (None, True, Outcome.FINISHED),
        (Metrics(total=9), False, Outcome.UNCHANGED),
        (Metrics(total=9), True, Outcome.UNCHANGED),
        (Metrics(total=9, changed=1), False, Outcome.CHANGED),
        (Metrics(total=9, out_of_sync=1), True, Outcome.WOULD_CHANGE),
        (Metrics(total=9, out_of_sync=1), False, Outcome.UNCHANGED),
        (Metrics(total=9, changed=1, failed=1), False, Outcome.FAILED),
        (Metrics(total=9, out_of_sync=1, failed=1), True, Outcome.FAILED),
    ],
)
def test_a_finished_run_is_told_apart_by_what_it_did(
    metrics: Metrics | None, noop: bool, outcome: Outcome
) -> None:
    node = Node("web-001.example.com", NodeState.FINISHED, noop=noop, metrics=metrics)
    assert node.outcome(job_is_over=GOES_ON, job_noop=False) is outcome
    assert node.outcome(job_is_over=IS_OVER, job_noop=False) is outcome


@pytest.mark.parametrize(
    ("own", "job", "outcome"),
    [
        (None, True, Outcome.WOULD_CHANGE),
        (None, False, Outcome.UNCHANGED),
        (None, None, Outcome.UNCHANGED),
        (True, False, Outcome.WOULD_CHANGE),
        (False, True, Outcome.UNCHANGED),
    ],
)
def test_where_a_node_does_not_tell_its_mode_the_job_does(
    own: bool | None, job: bool | None, outcome: Outcome
) -> None:
    node = Node("n", NodeState.FINISHED, noop=own, metrics=Metrics(total=9, out_of_sync=1))
    assert node.outcome(job_is_over=IS_OVER, job_noop=job) is outcome


def test_a_node_that_never_ran_is_never_called_well() -> None:
    well = {Outcome.CHANGED, Outcome.UNCHANGED, Outcome.FINISHED, Outcome.WOULD_CHANGE}
    for state in set(NodeState) - {NodeState.FINISHED}:
        node = Node("n", state, noop=True, metrics=Metrics(total=9, changed=1, out_of_sync=1))
        assert (
            not {
                node.outcome(job_is_over=GOES_ON, job_noop=False),
                node.outcome(job_is_over=IS_OVER, job_noop=False),
            }
            & well
        )


@pytest.mark.parametrize(
    ("node", "seconds"),
    [
        (Node("n", NodeState.NEW), None),
        (Node("n", NodeState.RUNNING, started=T0), 60.0),
        (Node("n", NodeState.RUNNING, started=T0 + timedelta(hours=1)), 0.0),
        (Node("n", NodeState.RUNNING, duration=7.5), 7.5),
        (Node("n", NodeState.FINISHED, started=T0, finished=T0 + timedelta(seconds=5)), 5.0),
        (Node("n", NodeState.FINISHED, started=T0, finished=T0 + timedelta(seconds=5), duration=4.2), 4.2),
        (Node("n", NodeState.FINISHED, started=T0 + timedelta(seconds=5), finished=T0), 0.0),
        (Node("n", NodeState.ERRORED, finished=T0), None),
        (Node("n", NodeState.FAILED, started=T0), None),
    ],
)
def test_a_run_takes_until_it_ends(node: Node, seconds: float | None) -> None:
    assert node.seconds(T0 + timedelta(seconds=60)) == seconds


def test_every_documented_event_leaves_a_node_running_or_at_its_end() -> None:
    assert {state for state in NODE_STATE_AFTER.values() if not state.is_over} == {NodeState.RUNNING}
