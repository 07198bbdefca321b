"""Nodes in full: what each outcome means."""

from datetime import UTC, datetime, timedelta

import pytest

from orch_tui.domain.node import Metrics, Node, NodeState, Outcome
from orch_tui.domain.summary import Summary
from orch_tui.ui.facts import node_facts

NOW = datetime(2020, 5, 1, 12, tzinfo=UTC)
EARLIER = NOW - timedelta(seconds=90)
PEERS = Summary(typical=30)
FAILED = Metrics(total=50, changed=2, failed=1)


@pytest.mark.parametrize(
    ("node", "is_over", "words"),
    [
        (Node("a", NodeState.NEW), False, ["Not started yet"]),
        (Node("a", NodeState.NEW), True, ["- never ran", "ended before this node was started"]),
        (Node("a", NodeState.RUNNING, started=EARLIER), False, ["running      1m30s; the median is 30s"]),
        (Node("a", NodeState.RUNNING, "running"), True, ["? running", "yet the server says"]),
        (Node("a", NodeState.FINISHED), False, ["does not tell what changed"]),
        (
            Node("a", NodeState.FINISHED, metrics=FAILED),
            False,
            ["X failed", "1 failed, 2 ch", "some resources"],
        ),
        (
            Node("a", NodeState.FINISHED, noop=True, metrics=Metrics(9, out_of_sync=4)),
            False,
            ["4 would change"],
        ),
        (Node("a", NodeState.SKIPPED, finished=NOW), False, ["~ skipped", "ended        2020-05-01"]),
        (Node("a", NodeState.UNKNOWN, "dreaming"), False, ["? dreaming"]),
    ],
)
def test_what_an_outcome_means_is_told(node: Node, is_over: bool, words: list[str]) -> None:
    outcome = node.outcome(job_is_over=is_over, job_noop=False)
    told = node_facts(node, outcome, NOW, PEERS, ()).plain
    assert all(each in told for each in words), told
    assert ("median" in told) == (outcome is Outcome.RUNNING)


def test_why_a_node_failed_comes_before_all_else() -> None:
    node = Node("a", NodeState.FAILED, nameless_message="no space left", started=EARLIER, finished=NOW)
    told = node_facts(node, Outcome.FAILED, NOW, PEERS, ()).plain
    assert told.index("no space left") < told.index("took") < told.index("started")
