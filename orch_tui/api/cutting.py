"""Cut a page that is still coming in: whole items out of its front, while the rest is under way."""

import json
import re
from typing import NamedTuple

import msgspec

from orch_tui.api.exchange import Body, listed, not_understood, parsed
from orch_tui.api.wire import next_start
from orch_tui.domain.problem import OrchestratorError

_ENOUGH = 2**15
_TRIES = 8
_HOPELESS = 2**20
"""Bytes of which none could be cut; to go on looking would hold up keys."""
_ITEMS = re.compile(rb'"items"\s*:\s*\[')


class _Page(msgspec.Struct):
    items: list[msgspec.Raw]
    next_events: msgspec.Raw = msgspec.field(name="next-events", default=msgspec.Raw(b"null"))


_pages = msgspec.json.Decoder(_Page)
_lists = msgspec.json.Decoder(list[msgspec.Raw])


Items = list[msgspec.Raw] | list[object]
"""Each as it came, or as a lenient reader took it where a strict one refuses all for a lone surrogate."""


class Rest(NamedTuple):
    """The items of a page that were not cut out of it before its end, and the cursor behind them all."""

    items: Items
    cursor: int | None


class Cutter:
    """What has come of one page and was not yet cut out of it; without what was, it still is a page.

    A cut is where something ends that reads as a list of whole values, if brackets are put round it. That
    can be nowhere else than between two items: an inner list or a text that was cut would not be closed. So
    what a guess at such a place is worth is always checked, and where none is found, the end brings all.

    Args:
        enough: Bytes that are worth a look for a place to cut.
    """

    def __init__(self, enough: int = _ENOUGH) -> None:
        self._buffer = bytearray()
        self._content_type = ""
        self._first: int | None = None
        self._enough = self._due = enough

    def take(self, piece: Body) -> Items:
        """Add what came; returns the items that can be cut out now."""
        self._buffer += piece.raw
        self._content_type = piece.content_type
        if not self._due <= len(self._buffer) <= _HOPELESS:
            return []
        items = self._cut()
        # Looking in vain costs time: what cannot be cut is looked at again when it is twice as long.
        self._due = self._enough if items else 2 * len(self._buffer)
        return items

    def _cut(self) -> Items:
        if self._first is None:
            self._first = self._start()
        if self._first is None:
            return []
        end = len(self._buffer)
        for _ in range(_TRIES):
            end = self._buffer.rfind(b"},{", self._first, end)
            if end < 0:
                return []
            items = _read_list(b"[" + self._buffer[self._first : end + 1] + b"]")
            if items is not None:
                del self._buffer[self._first : end + 2]
                return items
        return []

    def _start(self) -> int | None:
        """Where the first item begins, once that is here."""
        found = _ITEMS.search(self._buffer)
        if found is None:
            return None
        try:
            _pages.decode(self._buffer[: found.end()] + b"]}")
        except (msgspec.DecodeError, RecursionError):
            return None  # some other list of that name
        return found.end()

    def rest(self) -> Rest:
        """What is left when the page has ended.

        Raises:
            OrchestratorError: It is no page.
        """
        raw = bytes(self._buffer)
        self._buffer.clear()
        try:
            page = _pages.decode(raw)
            return Rest(page.items, next_start(json.loads(bytes(page.next_events))))
        except msgspec.ValidationError:
            not_understood("the answer has no list of items")
        except (msgspec.DecodeError, ValueError, RecursionError):
            page = parsed(Body(raw, self._content_type))
            return Rest(listed(page, "items"), next_start(page.get("next-events")))


def _read_list(raw: bytes) -> Items | None:
    """The values in what begins and ends as a list; None where it is none."""
    try:
        return _lists.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        values: list[object] = parsed(Body(raw, ""))
    except OrchestratorError:
        return None
    return values
