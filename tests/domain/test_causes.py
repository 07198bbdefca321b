"""Failures by their causes, held to the obvious way of counting them."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orch_tui.domain.cause import cause
from orch_tui.domain.causes import Causes
from orch_tui.domain.node import Metrics, Node, NodeState, Outcome, without_name

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
NAMES = [f"web{number:02}.example.com" for number in range(12)]

nodes = st.builds(
    Node,
    st.just(""),
    st.sampled_from([NodeState.FAILED, NodeState.ERRORED, NodeState.FINISHED, NodeState.NEW]),
    nameless_message=st.sampled_from(
        ["NAME is not connected to the PCP broker", "yum died, pid 4", "yum died, pid 5", ""]
    ),
    finished=st.none() | st.integers(1, 300).map(lambda seconds: NOW - timedelta(seconds=seconds)),
)
changes = st.lists(st.tuples(st.integers(0, len(NAMES) - 1), nodes), max_size=8)


def take(
    causes: Causes,
    fleet: list[Node],
    changed: Collection[int],
    gone: Collection[int] = (),
    now: datetime = NOW,
) -> int:
    """Fold what changed; in how many steps."""
    return len(list(causes.taking(fleet, [outcome(node) for node in fleet], changed, gone, now)))


def outcome(node: Node) -> Outcome:
    return node.outcome(job_is_over=False, job_noop=False)


@given(st.lists(changes, max_size=6), st.frozensets(st.integers(0, len(NAMES) - 1), max_size=5))
def test_whatever_changes_the_counts_are_those_of_the_nodes_as_they_are(
    rounds: list[list[tuple[int, Node]]], gone: frozenset[int]
) -> None:
    causes, now = Causes(), NOW
    fleet = [Node(name, NodeState.NEW) for name in NAMES]
    for happenings in rounds:
        now += timedelta(seconds=2)
        for place, became in happenings:
            name = NAMES[place]
            fleet[place] = replace(
                became,
                name=name,
                nameless_message=without_name(became.nameless_message.replace("NAME", name), name),
            )
        take(causes, fleet, {place for place, _ in happenings}, now=now)
    take(causes, fleet, gone, gone)
    expected: Counter[tuple[Outcome, str]] = Counter()
    of: dict[tuple[Outcome, str], list[int]] = defaultdict(list)
    for place, node in enumerate(fleet):
        if place not in gone and outcome(node) in (Outcome.FAILED, Outcome.ERRORED):
            key = outcome(node), cause(node.message, node.name)
            expected[key] += 1
            of[key].append(place)
    found = [causes.cause(number) for number in causes.by_count()]
    assert len(causes) == len(found)
    assert [one.count for one in found] == [count for _, count in expected.most_common()]
    for one in found:
        key = one.outcome, "" if one.text.startswith("no message") else one.text
        assert sorted(causes.places(one.number)) == of[key]
        ends = [fleet[place].finished for place in of[key]]
        assert all(end is None or (one.first_seen and one.first_seen <= end) for end in ends)
        assert {causes.number(fleet[place], outcome(fleet[place])) for place in of[key]} == {one.number}


def test_a_cause_keeps_its_number_and_its_first_time_when_it_comes_back() -> None:
    causes, fleet = (
        Causes(),
        [Node("a1", NodeState.FAILED, nameless_message="yum died"), Node("b1", NodeState.NEW)],
    )

    take(causes, fleet, {0, 1})
    fleet[0] = replace(fleet[0], state=NodeState.NEW)
    take(causes, fleet, {0, 1}, now=NOW + timedelta(seconds=1))
    assert causes.by_count() == []
    fleet[1] = replace(
        fleet[1], state=NodeState.FAILED, nameless_message="yum died", finished=NOW + timedelta(seconds=2)
    )
    take(causes, fleet, {0, 1}, now=NOW + timedelta(seconds=3))
    assert [causes.cause(number) for number in causes.by_count()] == [
        replace(causes.cause(1), first_seen=NOW)
    ]


def test_failed_and_errored_are_told_apart_and_so_is_what_only_metrics_tell() -> None:
    fleet = [
        Node("a1", NodeState.FAILED, nameless_message="no"),
        Node("a2", NodeState.ERRORED, nameless_message="no"),
        Node(
            "a3",
            NodeState.FINISHED,
            nameless_message="Finished puppet run on a3 - Success! ",
            metrics=Metrics(failed=1),
        ),
        Node("a4", NodeState.UNKNOWN, state_text="paused"),
    ]
    causes = Causes()
    take(causes, fleet, range(len(fleet)))
    assert [(c.outcome, c.text) for c in map(causes.cause, causes.by_count())] == [
        (Outcome.FAILED, "no"),
        (Outcome.ERRORED, "no"),
        (Outcome.FAILED, "some resources failed; the report tells which"),
        (Outcome.UNKNOWN, "no message (state: paused)"),
    ]


def test_steps_are_short_whether_messages_are_alike_or_not_and_however_long() -> None:
    alike = [Node(f"n{place}", NodeState.FAILED, nameless_message="yum died") for place in range(10_000)]
    unlike = [replace(node, nameless_message=f"yum died, pid {place}") for place, node in enumerate(alike)]
    long = [replace(node, nameless_message=f"{place} {'x' * 4000}") for place, node in enumerate(alike[:100])]
    assert take(Causes(), alike, range(len(alike))) == 5
    assert take(Causes(), unlike, range(len(unlike))) > 50
    assert take(Causes(), long, range(len(long))) == 50
