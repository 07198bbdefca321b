"""The order of the node list, held to the obvious way of computing it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orch_tui.domain.event import NODE_STATE_AFTER, Event
from orch_tui.domain.job import Job, JobState
from orch_tui.domain.node import Node, NodeState, Outcome
from orch_tui.session.rollout import Fold, Rollout
from orch_tui.ui.node_rows import NodeRows, SortBy, View

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
JOB = Job("1", JobState.RUNNING, "running", "production", noop=False)
NAMES = [f"{kind}-{number}.example.com" for kind in ("web", "db", "app") for number in range(7)]
ORDER = list(Outcome)
TROUBLE = (Outcome.FAILED, Outcome.ERRORED, Outcome.UNKNOWN)

events = st.builds(
    Event,
    st.integers(0, 10**6),
    st.sampled_from(sorted(NODE_STATE_AFTER)),
    timestamp=st.integers(0, 300).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    node=st.sampled_from(NAMES),
    message=st.sampled_from(["", "Package[openssl]: 404", "catalog failed"]),
)
views = st.builds(
    View,
    st.sampled_from(SortBy),
    st.booleans(),
    st.sampled_from(["", "web", "!web", "/b-[0-3]/", "state:fail", "!state:queued openssl", "OPENSSL !/-6/"]),
    st.booleans(),
)


def listed(rows: NodeRows, rollout: Rollout) -> list[tuple[str, Outcome]]:
    return [(rollout.nodes[place].name, rollout.outcomes[place]) for place in rows]


def obviously(rollout: Rollout, view: View) -> list[tuple[str, Outcome]]:
    """The rows for `view`, by sorting everything."""
    wanted = view.wanted()
    both = [
        (n, o) for n, o in zip(rollout.nodes, rollout.outcomes, strict=True) if wanted is None or wanted(n, o)
    ]
    both.sort(key=lambda one: one[0].name, reverse=False)
    if view.sort is SortBy.STATE:
        both.sort(key=lambda one: ORDER.index(one[1]))
    elif view.sort is SortBy.DURATION:
        both.sort(key=lambda one: -_length(one[0]))
    ordered = list(reversed(both) if view.reverse else both)
    if view.sort is SortBy.DURATION:
        ordered.sort(key=lambda one: one[0].started is None)
    return [(n.name, o) for n, o in ordered]


def _length(node: Node) -> float:
    if node.started is None:
        return -1.0
    if node.finished is not None:
        return (node.finished - node.started).total_seconds()
    return 1e10 - node.started.timestamp()


@given(st.lists(st.lists(events, max_size=6), max_size=6), views, st.data())
def test_however_pictures_and_steps_interleave_the_rows_are_those_of_the_last_picture(
    rounds: list[list[Event]], view: View, data: st.DataObject
) -> None:
    fold, rows = Fold(), NodeRows(step=4)
    fold.take_nodes([Node(name, NodeState.NEW) for name in NAMES])
    rollout = fold.picture(JOB, NOW, 0)
    rows.update(rollout)
    for _ in rows.arranging(View()):
        pass
    arranging = rows.arranging(view)
    for happenings in rounds:
        for _ in range(data.draw(st.integers(0, 2))):
            next(arranging, None)
        fold.take_events(happenings)
        rollout = fold.picture(JOB, NOW, 0)
        assert rows.update(rollout)
        assert len(set(rows)) == len(rows)
        if data.draw(st.booleans()):
            rows.settle()
    for _ in arranging:
        pass
    rows.settle()
    assert listed(rows, rollout) == obviously(rollout, view)
    assert all(rows.index(place) == line for line, place in enumerate(rows))
    assert all((place in rows) == (place in set(rows)) for place in range(len(NAMES)))


@given(st.lists(events, max_size=9), st.lists(events, max_size=9), st.sampled_from(SortBy))
def test_until_they_settle_only_nodes_that_went_wrong_take_another_row(
    first: list[Event], then: list[Event], sort: SortBy
) -> None:
    fold, rows = Fold(), NodeRows(step=4)
    fold.take_nodes([Node(name, NodeState.NEW) for name in NAMES])
    fold.take_events(first)
    rows.update(fold.picture(JOB, NOW, 0))
    for _ in rows.arranging(View(sort)):
        pass
    before = list(rows)
    assert rows.rollout is not None
    was_wrong = {place for place in rows if rows.rollout.outcomes[place] in TROUBLE}
    fold.take_events(then)
    rollout = fold.picture(JOB, NOW, 0)
    rows.update(rollout)
    assert rollout.changed is not None
    wrong = {
        place for place in rollout.changed if rollout.outcomes[place] in (Outcome.FAILED, Outcome.ERRORED)
    }
    assert [place for place in rows if place not in wrong] == [
        place for place in before if place not in wrong
    ]
    if sort is SortBy.STATE:
        assert wrong <= set(rows[: len(wrong | was_wrong)])


@given(st.lists(st.sets(st.sampled_from(NAMES)), min_size=1, max_size=4), st.data())
def test_a_list_that_grows_or_shrinks_while_it_is_arranged_is_arranged_again(
    lists: list[set[str]], data: st.DataObject
) -> None:
    rows = NodeRows(step=4)
    arranging: Iterator[None] = iter(())
    for names in lists:
        fold = Fold()
        fold.take_nodes([Node(name, NodeState.NEW) for name in names])
        rollout = fold.picture(JOB, NOW, 0)
        assert not rows.update(rollout)
        for _ in range(data.draw(st.integers(0, 4))):
            next(arranging, None)
        assert rows.rollout is None or all(rows.rollout.nodes[place] for place in rows)
        arranging = rows.arranging(View(filter="web"))
    for _ in arranging:
        pass
    assert rows.rollout is rollout
    assert listed(rows, rollout) == obviously(rollout, View(filter="web"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web", {"web-1"}),
        ("!web", {"db-1", "app-1"}),
        ("state:failed", {"db-1"}),
        ("state:never", {"app-1"}),
        ("!state:never !db", {"web-1"}),
        ("/^(web|app)/", {"web-1", "app-1"}),
        ("/a b/", {"db-1"}),
        ("!/^web/ OpenSSL", {"db-1"}),
        ("", {"web-1", "db-1", "app-1"}),
        ("!", set()),
    ],
)
def test_a_filter_finds_what_it_says(text: str, expected: set[str]) -> None:
    wanted = View(filter=text).wanted()
    nodes = [
        (Node("web-1", NodeState.FINISHED), Outcome.CHANGED),
        (Node("db-1", NodeState.FAILED, nameless_message="openssl: a b"), Outcome.FAILED),
        (Node("app-1", NodeState.NEW), Outcome.NEVER_RAN),
    ]
    listed = {node.name for node, outcome in nodes if wanted is None or wanted(node, outcome)}
    assert listed == expected


@given(st.text())
def test_any_text_is_a_filter_or_a_bad_regular_expression(text: str) -> None:
    try:
        wanted = View(filter=text).wanted()
    except re.error:
        assert "/" in text
    else:
        assert wanted is None or isinstance(wanted(Node("web-1", NodeState.NEW), Outcome.QUEUED), bool)
