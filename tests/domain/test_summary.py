"""Sums over a rollout's nodes."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median_low

from hypothesis import given
from hypothesis import strategies as st

from orch_tui.domain.node import Metrics, Node, NodeState
from orch_tui.domain.summary import Summary, summing

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def summed(nodes: list[Node], gone: Collection[int] = ()) -> Summary:
    found: list[Summary] = []

    def kept() -> Iterator[None]:
        found.append((yield from summing(nodes, gone)))

    list(kept())
    return found[0]


def test_reports_are_added_up_and_the_median_is_of_runs_that_ended_well() -> None:
    nodes = [
        Node("a", NodeState.FINISHED, duration=10.0, metrics=Metrics(100, changed=2, out_of_sync=3)),
        Node("b", NodeState.FINISHED, started=NOW, finished=NOW + timedelta(seconds=20), metrics=Metrics(50)),
        Node("c", NodeState.FINISHED, duration=90.0, report_base="https://console.example.com/#/1"),
        Node("d", NodeState.FAILED, duration=1.0, metrics=Metrics(7, failed=1)),
        Node("e", NodeState.RUNNING, duration=1.0),
        Node("f", NodeState.FINISHED, duration=1.0, metrics=Metrics(1000)),
    ]
    assert summed(nodes, {5}) == Summary(
        reports=3,
        resources=Metrics(157, changed=2, out_of_sync=3, failed=1),
        report_url="https://console.example.com/#/1",
        typical=20,
    )


@given(st.lists(st.integers(0, 50), min_size=1))
def test_the_median_is_that_of_all_runs(seconds: list[int]) -> None:
    nodes = [Node(f"n{place}", NodeState.FINISHED, duration=took + 0.5) for place, took in enumerate(seconds)]
    assert summed(nodes).typical == median_low(seconds)


def test_of_nothing_there_is_no_median() -> None:
    assert summed([]) == Summary()


def test_many_nodes_are_added_up_in_steps() -> None:
    nodes = [Node(f"n{number}", NodeState.FINISHED, duration=float(number)) for number in range(10_001)]
    assert len(list(summing(nodes, ()))) == 5
    assert summed(nodes).typical == 5000
