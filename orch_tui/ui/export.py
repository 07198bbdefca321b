"""What a tab of a rollout shows, as the lines of a file: pure, and in slices, so that nobody waits for it."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from orch_tui.domain.causes import Cause
from orch_tui.domain.event import Event
from orch_tui.session.rollout import Rollout
from orch_tui.ui.text import one_line

_SLICE = 100
"""Rows: a millisecond or two, in which no other thread has its turn."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Value = str | int | float | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be saved.

    Attributes:
        columns: Their names.
        rows: Its rows, each as long as `columns`; another thread may go through them.
        count: How many those are.
    """

    columns: tuple[str, ...]
    rows: Iterable[Row]
    count: int


def nodes_sheet(rollout: Rollout, places: Sequence[int]) -> Sheet:
    """The nodes at `places`, in that order; `seconds` is how long the run took."""
    columns = ("node", "state", "seconds", "started", "finished", "message", "report")
    return Sheet(columns, (_node(rollout, place) for place in places), len(places))


def causes_sheet(causes: Sequence[Cause]) -> Sheet:
    """Causes of failures, as they are now."""
    columns = ("count", "state", "cause", "first seen")
    rows = ((c.count, c.outcome.value, c.text, _moment(c.first_seen)) for c in causes)
    return Sheet(columns, rows, len(causes))


def events_sheet(events: Sequence[Event]) -> Sheet:
    """Events that are kept, oldest first."""
    columns = ("number", "time", "event", "node", "message", "report")
    rows = ((e.id, _moment(e.timestamp), e.type, e.node, e.message, e.report_url) for e in events)
    return Sheet(columns, rows, len(events))


def _node(rollout: Rollout, place: int) -> Row:
    node, outcome = rollout.nodes[place], rollout.outcomes[place]
    started, finished = _moment(node.started), _moment(node.finished)
    return node.name, outcome.value, node.took, started, finished, node.message, node.report_url


def _moment(time: datetime | None) -> str:
    return time.isoformat() if time else ""


def pieces(sheet: Sheet, suffix: str) -> Iterator[str]:
    """The text of a file whose name ends in `suffix`, a hundred rows at a time.

    `.csv`: with a line of titles. `.json`: one list of objects, `.jsonl`: an object a line. Else text: a line
    a row, its fields parted by tabs.
    """
    match suffix.lower():
        case ".csv":
            yield _csv([sheet.columns])
            yield from _sliced(sheet, lambda rows: _csv([_safe(row) for row in rows]))
        case ".json":
            yield "["
            start = "\n"
            for rows in _slices(sheet):
                yield start + ",\n".join(_objects(sheet, rows))
                start = ",\n"
            yield "\n]\n"
        case ".jsonl":
            yield from _sliced(sheet, lambda rows: "".join(f"{each}\n" for each in _objects(sheet, rows)))
        case _:
            yield from _sliced(sheet, lambda rows: "".join(f"{_line(row)}\n" for row in rows))


def _slices(sheet: Sheet) -> Iterator[list[Row]]:
    rows = iter(sheet.rows)
    while some := list(islice(rows, _SLICE)):
        yield some


def _sliced(sheet: Sheet, text: Callable[[list[Row]], str]) -> Iterator[str]:
    return map(text, _slices(sheet))


def _csv(rows: Iterable[Row]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
    return written.getvalue()


def _safe(row: Row) -> Row:
    """A spreadsheet computes what begins like a formula, and messages are written by others."""
    return tuple(f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell for cell in row)


def _objects(sheet: Sheet, rows: list[Row]) -> Iterator[str]:
    return (json.dumps(dict(zip(sheet.columns, row, strict=True)), ensure_ascii=False) for row in rows)


def _line(row: Row) -> str:
    return "\t".join("" if cell is None else one_line(str(cell)) for cell in row)
