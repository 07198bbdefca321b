"""The lines of the journal: one JSON object each, read with forbearance."""

from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import TypeVar

import msgspec

from orch_tui.session.journal_file import JournalFile


class Event(StrEnum):
    """What a line of the journal tells."""

    INTENT = "intent"
    JOB = "job"
    REFUSED = "refused"
    NOT_SENT = "not sent"
    UNKNOWN = "unknown"
    SET_ASIDE = "set aside"


class How(StrEnum):
    """How we came to know which job it is."""

    ANSWERED = "answered"
    FOUND = "found"
    BY_HAND = "by hand"


class Head(msgspec.Struct, frozen=True, omit_defaults=True, rename="kebab"):
    """What every line has."""

    record: Event
    nonce: str
    time: datetime


class Line(Head, frozen=True):
    """Of an intent all but the last three; of an end only those."""

    service_url: str = ""
    server_time: datetime | None = None
    environment: str = ""
    mode: str = ""
    body: str = ""
    after: str = ""
    pid: int = 0
    host: str = ""
    job: str = ""
    how: How | None = None
    why: str = ""


def encoded(line: Line) -> bytes:
    """As it is written: after a line feed, whatever stands before."""
    return b"\n" + msgspec.json.encode(line)


def decoded(raw: bytes) -> Line | None:
    """What was written; None where it is torn, or somebody else's."""
    return _decoded(_LINE, raw)


def worth_keeping(file: JournalFile, oldest: datetime) -> list[bytes]:
    """The lines since `oldest`, and those of earlier deploys whose end is not known."""
    unsettled: dict[str, list[bytes]] = {}
    recent: list[bytes] = []
    for _, raw in file.lines(0, file.size):
        line = _decoded(_HEAD, raw)
        if line is None:
            continue
        if line.time >= oldest:
            recent.append(raw)
        elif line.record is Event.INTENT:
            unsettled[line.nonce] = [raw]
        elif line.record is Event.UNKNOWN and line.nonce in unsettled:
            unsettled[line.nonce].append(raw)
        if line.record not in (Event.INTENT, Event.UNKNOWN):
            unsettled.pop(line.nonce, None)
    return [*chain.from_iterable(unsettled.values()), *recent]


Some = TypeVar("Some", bound=Head)


def _decoded(decoder: msgspec.json.Decoder[Some], raw: bytes) -> Some | None:
    try:
        line = decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    return line if line.time.tzinfo is not None else None


_HEAD = msgspec.json.Decoder(Head)
_LINE = msgspec.json.Decoder(Line)
