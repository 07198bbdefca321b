"""Whatever JSON a server can make up, reading it ends in domain values that are safe to show."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from orch_tui.api import wire
from orch_tui.api.exchange import Body
from orch_tui.api.fields import Readable, read_items
from orch_tui.api.pages import read_events, read_nodes
from orch_tui.domain.node import Node, NodeList

MODELS: tuple[type[Readable[Any]], ...] = (
    wire.JobWire,
    wire.EnvironmentWire,
    wire.InstanceWire,
)
# Every key that some model reads, so that odd values meet the fields and not only the void beside them.
KEYS = st.sampled_from(
    (
        *("name", "id", "state", "options", "owner"),
        *("environment", "description", "timestamp", "started_timestamp", "finished_timestamp"),
        *("node_count", "node_states", "status", "noop", "concurrency"),
        *("target", "login", "display_name", "enter_time", "exit_time"),
        *("details", "result", "message", "msg", "metrics"),
        *("total", "changed", "failed", "out_of_sync", "report-url"),
        *("run-time", "configuration_version", "start_timestamp", "finish_timestamp", "duration"),
        *("node", "detail", "type", "title", "components"),
        *("event",),
    )
)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
WORDS = st.sampled_from(
    ["1801", "finished", "running", "2016-05-20T16:45:31Z", "https://h/v1/jobs/7?start=3", "-1"]
)
EDGES = st.sampled_from(
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1577836800", "http://[", "1e400"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | WORDS | EDGES
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | ANY_TEXT, inner, max_size=8),
    max_leaves=25,
)
OBJECTS = st.dictionaries(KEYS, JSON, max_size=12) | st.fixed_dictionaries(
    {"name": WORDS, "id": WORDS | st.integers(0, 10**19)},
    optional={
        key: JSON
        for key in ("state", "options", "owner", "status", "details", "result", "timestamp", "duration")
    },
)


def texts(value: object) -> Iterator[str]:
    """Every text in a domain value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for pair in value.items() for part in pair for text in texts(part))
    elif isinstance(value, list | tuple):
        yield from (text for part in value for text in texts(part))
    elif dataclasses.is_dataclass(value):
        yield from (text for each in dataclasses.fields(value) for text in texts(getattr(value, each.name)))


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=60)
@given(items=st.lists(OBJECTS | JSON, max_size=4))
def test_every_item_is_read_or_counted_and_all_text_is_safe(
    model: type[Readable[Any]], items: list[object]
) -> None:
    # It forgives a ValueError and no other: anything else that a model raised would end here.
    good, bad = read_items(items, model)
    assert len(good) + bad == len(items)
    for text in texts(good):
        assert text.replace("\n", "").isprintable()


@given(OBJECTS | JSON)
def test_a_cursor_is_a_number_that_can_be_asked_for_or_none(value: object) -> None:
    cursor = wire.next_start(value)
    assert cursor is None or 0 <= cursor < 10**18


@given(JSON, JSON)
def test_a_job_id_is_digits_or_there_is_none(name: object, url: object) -> None:
    try:
        found = wire.job_id(name, url)
    except ValueError:
        found = "0"
    assert found.isascii()
    assert found.isdigit()


@given(st.integers(0, 10**18 - 1))
def test_a_job_is_known_by_its_name_or_by_the_end_of_its_url(number: int) -> None:
    for name, url in (
        (str(number), None),
        (number, "x"),
        (None, f"https://h/jobs/{number}"),
        ("x", f"/{number}/"),
    ):
        assert wire.job_id(name, url) == str(number)


@pytest.mark.parametrize("moment", ["1577836800", 1577836800, "0001-01-01T00:00:00+01:00", "yesterday", True])
def test_what_is_no_iso_date_is_no_time(moment: object) -> None:
    ((job,), _) = read_items([{"name": "1", "timestamp": moment}], wire.JobWire)
    assert job.changed is None


def test_a_time_in_another_zone_is_the_same_moment() -> None:
    moments = ("2016-05-20T16:45:31Z", "2016-05-20T18:45:31+02:00", "2016-05-20T16:45:31")
    jobs, _ = read_items([{"name": "1", "timestamp": moment} for moment in moments], wire.JobWire)
    assert len({job.changed for job in jobs}) == 1


async def all_of(told: AsyncGenerator[NodeList, None]) -> tuple[list[Node], int]:
    parts = [part async for part in told]
    return [node for part in parts for node in part.items], sum(part.unreadable for part in parts)


async def in_pieces(raw: bytes, size: int) -> AsyncGenerator[Body, None]:
    for first in range(0, len(raw), size):
        yield Body(raw[first : first + size], "application/json")


@settings(max_examples=100)
@given(items=st.lists(OBJECTS | JSON, max_size=4), cursor=JSON)
def test_every_item_of_a_page_is_read_or_counted_and_all_text_is_safe(
    items: list[object], cursor: object
) -> None:
    try:
        raw = json.dumps({"items": items, "next-events": cursor}, allow_nan=False).encode()
    except ValueError:
        assume(False)
    nodes, unreadable = asyncio.run(all_of(read_nodes(in_pieces(raw, len(raw)))))
    assert len(nodes) + unreadable == len(items)
    events = asyncio.run(read_events(in_pieces(raw, len(raw))))
    assert len(events.items) + events.unreadable == len(items)
    shown = [[n.name, n.state_text, n.message, n.report_url, n.configuration_version] for n in nodes]
    for text in texts([shown, events]):
        assert text.replace("\n", "").isprintable()
