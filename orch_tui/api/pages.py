"""Pages of nodes and events, which can be megabytes: read in slices, so that keys are answered meanwhile.

They are not pydantic's: it takes ten times as long for them, and a thread would not help against the GIL.
The rules are those of the small answers all the same: any field may be missing, null or of a type that no
document foresees, a bad item costs only itself, and all text is made safe to show.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

import msgspec

from orch_tui.api.exchange import Body, listed, not_understood, parsed
from orch_tui.api.fields import identifier, utc
from orch_tui.api.wire import known, next_start
from orch_tui.domain.event import Event, Events
from orch_tui.domain.node import Metrics, Node, NodeList, NodeState
from orch_tui.plain import plain

_SLICE = 0.004
"""Seconds of reading after which others get their turn."""
_ITEMS_PER_LOOK = 64
_LONGEST = 10**9
"""Seconds beyond which a duration is none."""

Item = TypeVar("Item")


class _Page(msgspec.Struct):
    items: list[msgspec.Raw]
    next_events: msgspec.Raw = msgspec.field(name="next-events", default=msgspec.Raw(b"null"))


class _NodeItem(msgspec.Struct):
    name: Any = None
    state: Any = None
    message: Any = None
    timestamp: Any = None
    start_timestamp: Any = None
    finish_timestamp: Any = None
    duration: Any = None
    details: Any = None
    result: Any = None


class _EventItem(msgspec.Struct):
    id: Any = None
    type: Any = None
    timestamp: Any = None
    details: Any = None
    message: Any = None


Kind = TypeVar("Kind", _NodeItem, _EventItem)

_pages = msgspec.json.Decoder(_Page)


async def read_nodes(body: Body) -> NodeList:
    """The nodes in an answer of `/jobs/:id/nodes`.

    Raises:
        OrchestratorError: The answer has no list of items.
    """
    page = _opened(body)
    items, unreadable = await _read(page.items, _NodeItem, _node)
    return NodeList(tuple(items), page.cursor, unreadable)


async def read_events(body: Body) -> Events:
    """The events in an answer of `/jobs/:id/events`, in the order of their ids.

    Raises:
        OrchestratorError: The answer has no list of items.
    """
    page = _opened(body)
    items, unreadable = await _read(page.items, _EventItem, _event)
    return Events(tuple(sorted(items, key=lambda event: event.id)), page.cursor, unreadable)


class _Opened(NamedTuple):
    """The items of a page, each still as it came, and the cursor behind them."""

    items: Sequence[object]
    cursor: int | None


def _opened(body: Body) -> _Opened:
    try:
        page = _pages.decode(body.raw)
        return _Opened(page.items, next_start(json.loads(bytes(page.next_events))))
    except msgspec.ValidationError:
        not_understood("the answer has no list of items")
    except (msgspec.DecodeError, ValueError, RecursionError):
        # A strict reader refuses a whole page for one lone surrogate; a lenient one takes it, at its pace.
        page = parsed(body)
        return _Opened(listed(page, "items"), next_start(page.get("next-events")))


async def _read(
    raws: Sequence[object], kind: type[Kind], made: Callable[[Kind], Item | None]
) -> tuple[list[Item], int]:
    decoder = msgspec.json.Decoder(kind)
    good: list[Item] = []
    bad = 0
    turn = perf_counter()
    for number, raw in enumerate(raws):
        try:
            thing = made(_decoded(raw, decoder))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            thing = None
        if thing is None:
            bad += 1
        else:
            good.append(thing)
        if number % _ITEMS_PER_LOOK == 0 and perf_counter() - turn > _SLICE:
            await asyncio.sleep(0)
            turn = perf_counter()
    return good, bad


def _decoded(raw: object, decoder: msgspec.json.Decoder[Kind]) -> Kind:
    if not isinstance(raw, msgspec.Raw):
        return msgspec.convert(raw, decoder.type)
    try:
        return decoder.decode(raw)
    except msgspec.DecodeError:
        # It also refuses numbers beyond a float; the field that holds one is worth no more than the rest.
        return msgspec.convert(json.loads(bytes(raw)), decoder.type)


def _node(item: _NodeItem) -> Node | None:
    name = _text(item.name)
    if not name:
        return None
    word = _text(item.state) or "unknown"
    state = known(NodeState, word)
    details, result = _table(item.details), _table(item.result)
    when = _moment(item.timestamp)
    seconds = _seconds(item.duration)
    noop = _flag(details.get("noop"))
    return Node(
        name=name,
        state=state,
        state_text=word,
        message=_lines(details.get("message"))
        or _lines(item.message)
        or _lines(result.get("message"))
        or _lines(result.get("msg")),
        started=_moment(item.start_timestamp) or (when if state is NodeState.RUNNING else None),
        finished=_moment(item.finish_timestamp) or (when if state.is_over else None),
        duration=_seconds(details.get("run-time")) if seconds is None else seconds,
        noop=_flag(result.get("noop")) if noop is None else noop,
        metrics=_metrics(details.get("metrics")) or _metrics(result.get("metrics")),
        report_url=_text(details.get("report-url")) or _text(result.get("report-url")),
        configuration_version=_text(details.get("configuration_version"))
        or _text(result.get("configuration_version")),
    )


def _event(item: _EventItem) -> Event | None:
    digits = identifier(item.id)
    if digits is None:
        return None
    details = _table(item.details)
    report = _table(details.get("detail"))
    return Event(
        id=int(digits),
        type=_text(item.type) or "unknown",
        timestamp=_moment(item.timestamp),
        node=_text(details.get("node")),
        message=_lines(item.message) or _lines(report.get("message")) or _lines(report.get("msg")),
        noop=_flag(report.get("noop")),
        metrics=_metrics(report.get("metrics")),
        report_url=_text(report.get("report-url")),
        configuration_version=_text(report.get("configuration_version")),
    )


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, str):
        return plain(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _lines(value: object) -> str:
    return plain(value, lines=True).strip() if isinstance(value, str) else ""


def _flag(value: object) -> bool | None:
    """`noop` is a bool, or in results an object `{"noop": …, "no_noop": …}` (2017.3 and later)."""
    if isinstance(value, dict):
        value = value.get("noop")
    return value if isinstance(value, bool) else None


def _seconds(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _LONGEST:
        return float(value)
    return None


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _metrics(value: object) -> Metrics | None:
    if not isinstance(value, dict):
        return None
    return Metrics(
        total=_count(value.get("total")),
        changed=_count(value.get("changed")),
        corrective=_count(value.get("corrective_change")),
        failed=_count(value.get("failed")),
        out_of_sync=_count(value.get("out_of_sync")),
        skipped=_count(value.get("skipped")),
        restarted=_count(value.get("restarted")),
    )


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return utc(datetime.fromisoformat(value))
    except ValueError:
        return None
