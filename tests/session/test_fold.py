"""Folding node lists and events into one picture, whatever order they come in."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orch_tui.domain.event import NODE_STATE_AFTER, Event
from orch_tui.domain.job import Job, JobState
from orch_tui.domain.node import Metrics, Node, NodeState, Outcome
from orch_tui.session.rollout import Fold, Rollout

NOW = datetime(2020, 5, 1, 12, tzinfo=UTC)
ENDINGS = sorted(set(NODE_STATE_AFTER) - {"node_running"})

names = st.sampled_from("abcde")
nodes = st.builds(
    Node, names, st.sampled_from(NodeState), nameless_message=st.sampled_from("xyz"), noop=st.booleans()
)
node_lists = st.lists(nodes, max_size=12)
events = st.builds(
    Event,
    st.integers(0, 30),
    st.sampled_from([*NODE_STATE_AFTER, "job_finished", "unheard_of"]),
    node=names | st.sampled_from(["", "stranger"]),
    noop=st.none() | st.booleans(),
    metrics=st.none() | st.builds(Metrics, total=st.just(9), changed=st.integers(0, 2)),
)


def picture(fold: Fold, state: JobState = JobState.RUNNING) -> Rollout:
    job = Job("1", state, state.value, "production", noop=False)
    return fold.picture(job, NOW, unreadable=0)


def take_list(fold: Fold, nodes: Iterable[Node]) -> None:
    """A whole list, in one part."""
    fold.begin_list()
    fold.take_nodes(nodes)
    fold.end_list()


def there(shown: Rollout) -> list[Node]:
    """The nodes that the server still names."""
    return [node for place, node in enumerate(shown.nodes) if place not in shown.gone]


def check_counts(shown: Rollout) -> None:
    named = [outcome for place, outcome in enumerate(shown.outcomes) if place not in shown.gone]
    assert shown.counts == Counter(named)
    assert sum(shown.counts.values()) == len(there(shown))
    assert len(shown.nodes) == len(shown.outcomes)
    assert 0 <= shown.done <= len(named)


@given(node_lists, st.lists(events), st.permutations(range(12)), st.data())
def test_after_a_node_list_all_is_as_it_says(
    first: list[Node], told: list[Event], order: list[int], data: st.DataObject
) -> None:
    fold = Fold()
    take_list(fold, first)
    fold.take_events(told)
    fold.take_events(told[::2])
    check_counts(picture(fold))
    states = data.draw(st.permutations(list(NodeState) * 2))
    second = [Node(first[i].name, states[i], nameless_message=f"{i}") for i in order if i < len(first)]
    take_list(fold, second)
    shown = picture(fold, data.draw(st.sampled_from(JobState)))
    check_counts(shown)
    assert [node.name for node in there(shown)] == [node.name for node in first]
    for name in {node.name for node in first}:
        assert [n for n in shown.nodes if n.name == name] == [n for n in second if n.name == name]


@given(node_lists, node_lists)
def test_nodes_that_come_or_go_leave_the_others_in_their_order(first: list[Node], second: list[Node]) -> None:
    fold = Fold()
    take_list(fold, first)
    take_list(fold, second)
    shown = there(picture(fold))
    assert Counter(shown) == Counter(second)
    places = [node.name for node in picture(fold).nodes]
    assert places[: len(first)] == [node.name for node in first]
    known = [node.name for node in first]
    both = Counter(known) & Counter(node.name for node in second)
    stayed = [node.name for node in shown[: both.total()]]
    assert Counter(stayed) == both
    assert stayed == [name for place, name in enumerate(known) if known[:place].count(name) < both[name]]
    assert Counter(node.name for node in shown[both.total() :]) == Counter(n.name for n in second) - both


@given(node_lists, st.lists(node_lists, max_size=4), st.lists(st.lists(events, max_size=3)), st.data())
def test_lists_in_parts_with_events_between_come_to_the_end_that_the_last_list_tells(
    last: list[Node], broken_off: list[list[Node]], told: list[list[Event]], data: st.DataObject
) -> None:
    fold = Fold()
    happenings = iter(told)
    sizes = st.integers(1, 4)
    for nodes in broken_off:
        fold.begin_list()
        while nodes:
            size = data.draw(sizes)
            before = picture(fold)
            fold.take_nodes(nodes[:size])
            nodes = nodes[size:]
            fold.take_events(next(happenings, []))
            shown = picture(fold)
            check_counts(shown)
            # What is shown never shrinks before a list has come to its end, and no place changes its node.
            assert [n.name for n in shown.nodes[: len(before.nodes)]] == [n.name for n in before.nodes]
            differ = {place for place, node in enumerate(before.nodes) if shown.nodes[place] != node}
            assert shown.changed is None or differ <= shown.changed
            assert not shown.is_whole
            assert shown.total is None
    fold.begin_list()
    for first in range(0, len(last), 2):
        fold.take_nodes(last[first : first + 2])
        fold.take_events(next(happenings, []))
    fold.end_list()
    check_counts(picture(fold))
    take_list(fold, last)
    shown = picture(fold)
    check_counts(shown)
    assert shown.is_whole
    assert shown.total == len(last)
    assert Counter(there(shown)) == Counter(last)
    for name in {node.name for node in last}:
        assert [n for n in there(shown) if n.name == name] == [n for n in last if n.name == name]


@st.composite
def lives(draw: st.DrawFn) -> list[Event]:
    """What a server tells of some nodes, in the order of its ids, which have gaps; each node runs once."""
    told: list[tuple[str, str]] = []
    for name in draw(st.lists(names, unique=True)):
        if draw(st.booleans()):
            told.append(("node_running", name))
        told.append((draw(st.sampled_from(ENDINGS)), name))
    ids = sorted(draw(st.sets(st.integers(1, 500), min_size=len(told), max_size=len(told))))
    return [Event(number, kind, node=name) for number, (kind, name) in zip(ids, told, strict=True)]


@given(lives(), st.data())
def test_events_in_any_order_come_to_the_same_end(life: list[Event], data: st.DataObject) -> None:
    queued = [Node(name, NodeState.NEW) for name in "abcde"]
    in_order, mixed = Fold(), Fold()
    for fold in (in_order, mixed):
        take_list(fold, queued)
    in_order.take_events(life)
    shuffled = data.draw(st.permutations(life))
    for event in shuffled:
        mixed.take_events([event])
        mixed.take_events(data.draw(st.lists(st.sampled_from(shuffled), max_size=2)))
    expected, shown = picture(in_order), picture(mixed)
    assert [node.state for node in shown.nodes] == [node.state for node in expected.nodes]
    assert shown.counts == expected.counts
    assert shown.events == expected.events == tuple(life)


@pytest.mark.parametrize("kind", NODE_STATE_AFTER)
def test_an_event_reaches_the_first_of_two_namesakes_and_no_stranger(kind: str) -> None:
    fold = Fold()
    take_list(fold, [Node("a", NodeState.NEW), Node("b", NodeState.NEW), Node("a", NodeState.NEW)])
    fold.take_events([Event(1, kind, node="a"), Event(2, kind, node="stranger")])
    told = NODE_STATE_AFTER[kind]
    assert [node.state for node in picture(fold).nodes] == [told, NodeState.NEW, NodeState.NEW]


def test_namesakes_keep_their_places_from_list_to_list() -> None:
    fold = Fold()
    for message in ("first", "second"):
        messages = [f"{message} {place}" for place in range(3)]
        take_list(
            fold, [Node(n, NodeState.NEW, nameless_message=m) for n, m in zip("aba", messages, strict=True)]
        )
    assert [node.message for node in picture(fold).nodes] == ["second 0", "second 1", "second 2"]


def test_a_run_that_turns_out_to_have_failed_is_counted_once() -> None:
    fold = Fold()
    take_list(fold, [Node("a", NodeState.RUNNING)])
    fold.take_events([Event(1, "node_finished", node="a"), Event(2, "node_failed", node="a")])
    assert picture(fold).counts == {Outcome.FAILED: 1}


def test_what_an_ending_tells_of_a_run_is_kept() -> None:
    fold = Fold()
    take_list(fold, [Node("a", NodeState.NEW)])
    fold.take_events([Event(1, "node_running", NOW, "a", noop=True)])
    metrics = Metrics(total=9, out_of_sync=2)
    fold.take_events([Event(2, "node_finished", NOW, "a", "done", None, metrics, "https://r", "42")])
    (node,) = picture(fold).nodes
    assert node == Node(
        *("a", NodeState.FINISHED, "finished", "done"),
        started=NOW,
        finished=NOW,
        noop=True,
        metrics=metrics,
        report_base="https://r",
        configuration_version="42",
    )
    assert picture(fold).outcomes == (Outcome.WOULD_CHANGE,)


def test_a_list_never_unlearns_when_a_run_began() -> None:
    fold = Fold()
    take_list(fold, [Node("a", NodeState.NEW), Node("b", NodeState.RUNNING, started=NOW)])
    fold.take_events([Event(1, "node_running", NOW, "a")])
    later = NOW + timedelta(seconds=48)
    take_list(fold, [Node(name, NodeState.FINISHED, finished=later) for name in "ab"])
    assert [node.took for node in picture(fold).nodes] == [48.0, 48.0]


def test_a_node_that_waits_after_all_has_not_begun() -> None:
    fold = Fold()
    take_list(fold, [Node("a", NodeState.NEW)])
    fold.take_events([Event(1, "node_running", NOW, "a")])
    take_list(fold, [Node("a", NodeState.NEW)])
    assert picture(fold).nodes[0].seconds(NOW) is None


@pytest.mark.parametrize("over", [state for state in JobState if state.is_over])
def test_when_the_job_is_over_what_waits_never_ran_and_what_runs_is_unknown(over: JobState) -> None:
    fold = Fold()
    take_list(fold, [Node("a", NodeState.NEW), Node("b", NodeState.RUNNING)])
    assert picture(fold).outcomes == (Outcome.QUEUED, Outcome.RUNNING)
    assert picture(fold, over).outcomes == (Outcome.NEVER_RAN, Outcome.UNKNOWN)


def test_only_the_latest_events_are_kept() -> None:
    fold = Fold()
    for first in range(0, 5000, 500):
        fold.take_events(Event(number, "unheard_of") for number in range(first, first + 500))
    assert [event.id for event in picture(fold).events] == list(range(3000, 5000))
