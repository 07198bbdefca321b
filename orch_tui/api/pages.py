"""Pages of nodes and events, which can be megabytes: read in slices, so that keys are answered meanwhile.

They are not pydantic's: it takes ten times as long for them, and a thread would not help against the GIL.
The rules are those of the small answers all the same: any field may be missing, null or of a type that no
document foresees, a bad item costs only itself, and all text is made safe to show.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing
from datetime import datetime
from time import perf_counter
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from orch_tui.api.cutting import Cutter
from orch_tui.api.exchange import Body
from orch_tui.api.fields import identifier, utc
from orch_tui.api.wire import known
from orch_tui.domain.event import Event, Events
from orch_tui.domain.node import Metrics, Node, NodeList, NodeState, split_report, without_name
from orch_tui.plain import plain

_SLICE = 0.004
"""Seconds of reading after which others get their turn."""
_LONGEST = 10**9
"""Seconds beyond which a duration is none."""
_METRICS = ("total", "changed", "corrective_change", "failed", "out_of_sync", "skipped", "restarted")
"""Of a report, in the order of the fields of `Metrics`."""

Item = TypeVar("Item")
Pieces = AsyncGenerator[Body, None]


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


async def read_nodes(pieces: Pieces) -> AsyncGenerator[NodeList, None]:
    """The nodes in an answer of `/jobs/:id/nodes`, part by part as it comes in.

    Raises:
        OrchestratorError: The answer has no list of items, or did not come to its end.
    """
    async with aclosing(_parts(pieces, _NodeItem, _Reader().node)) as parts:
        async for part in parts:
            yield NodeList(tuple(part.items), part.cursor, part.unreadable)


async def read_events(pieces: Pieces) -> Events:
    """The events in an answer of `/jobs/:id/events`, in the order of their ids.

    Raises:
        OrchestratorError: The answer has no list of items, or did not come to its end.
    """
    items: list[Event] = []
    unreadable, cursor = 0, None
    async with aclosing(_parts(pieces, _EventItem, _Reader().event)) as parts:
        async for part in parts:
            items += part.items
            unreadable += part.unreadable
            cursor = part.cursor
    return Events(tuple(sorted(items, key=lambda event: event.id)), cursor, unreadable)


class _Part(NamedTuple, Generic[Item]):
    """What was read in one go; only the last one, which has no items, can have a cursor."""

    items: list[Item]
    unreadable: int
    cursor: int | None = None


async def _parts(
    pieces: Pieces, kind: type[Kind], made: Callable[[Kind], Item | None]
) -> AsyncGenerator[_Part[Item], None]:
    decoder = msgspec.json.Decoder(kind)
    cutter = Cutter()
    async with aclosing(pieces):
        async for piece in pieces:
            for part in _sliced(cutter.take(piece), decoder, made):
                yield part
                await asyncio.sleep(0)
    rest = cutter.rest()
    for part in _sliced(rest.items, decoder, made):
        yield part
        await asyncio.sleep(0)
    yield _Part([], 0, rest.cursor)


def _sliced(
    raws: Iterable[object], decoder: msgspec.json.Decoder[Kind], made: Callable[[Kind], Item | None]
) -> Iterator[_Part[Item]]:
    """The items in parts that take some milliseconds each."""
    good: list[Item] = []
    bad = 0
    turn = perf_counter()
    for raw in raws:
        try:
            thing = made(_decoded(raw, decoder))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            thing = None
        if thing is None:
            bad += 1
        else:
            good.append(thing)
        if perf_counter() - turn > _SLICE:
            yield _Part(good, bad)
            good, bad, turn = [], 0, perf_counter()
    if good or bad:
        yield _Part(good, bad)


def _decoded(raw: object, decoder: msgspec.json.Decoder[Kind]) -> Kind:
    if not isinstance(raw, msgspec.Raw):
        return msgspec.convert(raw, decoder.type)
    try:
        return decoder.decode(raw)
    except msgspec.DecodeError:
        # It also refuses numbers beyond a float; the field that holds one is worth no more than the rest.
        return msgspec.convert(json.loads(bytes(raw)), decoder.type)


class _Reader:
    """Makes domain values of the items of one page; what many of them have in common is kept but once."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self._moments: dict[str, datetime | None] = {}
        self._metrics: dict[tuple[Any, ...], Metrics] = {}

    def node(self, item: _NodeItem) -> Node | None:
        name = _text(item.name)
        if not name:
            return None
        word = self._word(item.state) or "unknown"
        state = known(NodeState, word)
        details, result = _table(item.details), _table(item.result)
        message = (
            _lines(details.get("message"))
            or _lines(item.message)
            or _lines(result.get("message"))
            or _lines(result.get("msg"))
        )
        report_base, report_hash = split_report(
            _text(details.get("report-url")) or _text(result.get("report-url"))
        )
        when = self._moment(item.timestamp)
        seconds = _seconds(item.duration)
        noop = _flag(details.get("noop"))
        return Node(
            name=name,
            state=state,
            state_text=word,
            nameless_message=self._once(without_name(message, name)),
            started=self._moment(item.start_timestamp) or (when if state is NodeState.RUNNING else None),
            finished=self._moment(item.finish_timestamp) or (when if state.is_over else None),
            duration=_seconds(details.get("run-time")) if seconds is None else seconds,
            noop=_flag(result.get("noop")) if noop is None else noop,
            metrics=self._counts(details.get("metrics")) or self._counts(result.get("metrics")),
            report_base=self._once(report_base),
            report_hash=report_hash,
            configuration_version=self._word(details.get("configuration_version"))
            or self._word(result.get("configuration_version")),
        )

    def event(self, item: _EventItem) -> Event | None:
        digits = identifier(item.id)
        if digits is None:
            return None
        details = _table(item.details)
        report = _table(details.get("detail"))
        return Event(
            id=int(digits),
            type=_text(item.type) or "unknown",
            timestamp=self._moment(item.timestamp),
            node=_text(details.get("node")),
            message=_lines(item.message) or _lines(report.get("message")) or _lines(report.get("msg")),
            noop=_flag(report.get("noop")),
            metrics=self._counts(report.get("metrics")),
            report_url=_text(report.get("report-url")),
            configuration_version=_text(report.get("configuration_version")),
        )

    def _once(self, text: str) -> str:
        return self._texts.setdefault(text, text)

    def _word(self, value: object) -> str:
        if not isinstance(value, str):
            return _text(value)
        if value not in self._words:
            self._words[value] = _text(value)
        return self._words[value]

    def _moment(self, value: object) -> datetime | None:
        if not isinstance(value, str):
            return None
        if value not in self._moments:
            self._moments[value] = _moment(value)
        return self._moments[value]

    def _counts(self, value: object) -> Metrics | None:
        if not isinstance(value, dict):
            return None
        told = tuple(map(value.get, _METRICS))
        try:
            return self._metrics[told]
        except (KeyError, TypeError):  # not known yet, or nothing that could be
            counts = tuple(map(_count, told))
            return self._metrics.setdefault(counts, Metrics(*counts))


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


def _moment(text: str) -> datetime | None:
    try:
        return utc(datetime.fromisoformat(text))
    except ValueError:
        return None
