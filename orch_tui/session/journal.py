"""What was sent, written down before it is sent: no crash and no lost answer makes us forget a deploy.

One JSON object a line, each written at once and begun with a line feed, so that a torn line of another
program harms only itself. Several programs write one file; each reads what the others have added.
"""

import asyncio
import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.intent import Intent
from orch_tui.plain import plain
from orch_tui.session.journal_file import JournalFile, Unusable
from orch_tui.session.journal_line import Event, How, Line, decoded, encoded, worth_keeping

_KEPT = timedelta(days=30)
"""As long as an orchestrator keeps its jobs by default."""

_NUMBER = re.compile(r"[0-9]{1,18}")
_LIFETIME = timedelta(days=36500)
"""Of a moment that is farther away a damaged line tells, and reckoning with it leads out of the calendar."""

_OTHERS_FOR = timedelta(minutes=10)
"""How long a deploy is left to the program that sent it, if that lives: it has given up long before."""


class CannotRecord(Exception):
    """The journal does not take a line; its text says why, in words that are safe to show."""


class Journal:
    """The deploys of one user, those sent to one server in particular.

    Whatever reads or writes the file later does so in a thread.

    Args:
        file: Made if it is missing, together with its folder.
        service_url: The server whose deploys `unsettled` tells.
        now: This machine's clock, in UTC.
    """

    def __init__(
        self, file: Path, service_url: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._path = file
        self._service_url = service_url.rstrip("/")
        self._now = now
        self._file: JournalFile | None = None
        self._lock = Lock()
        self._read_to = 0
        self._used: set[str] = set()
        self._open: dict[str, tuple[Line, bool]] = {}
        self._torn_end = 0
        self._unreadable = 0
        self.fault = "the journal is not open"
        """Why nothing can be recorded; empty when it can."""
        self.unsettled: tuple[Intent, ...] = ()
        """Deploys to this server whose end is not known, the oldest first; replaced, never changed."""

    @property
    def unreadable(self) -> int:
        """Lines that could not be read, and were passed over."""
        return self._unreadable + self._torn_end

    def close(self) -> None:
        """Take no more lines. A line that a slow disk is still writing holds nobody up."""
        if not self._lock.acquire(blocking=False):
            return
        self._close("the journal is closed")
        self._lock.release()

    def _close(self, fault: str) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self.fault = None, fault

    async def intend(self, request: DeployRequest, server_time: datetime, after: str) -> Intent:
        """Write down that `request` is about to be sent; only then may it be.

        Raises:
            CannotRecord: Nothing was written, or its nonce was used before.
        """
        host = socket.gethostname()
        intent = Intent(request, self._service_url, self._now(), server_time, after, os.getpid(), host)
        await asyncio.to_thread(self._intend, intent)
        return intent

    def left_open(self) -> list[Intent]:
        """Those of `unsettled` that no other program is seeing to."""
        return [intent for intent in self.unsettled if not self._is_anothers(intent)]

    async def conclude(
        self, nonce: str, event: Event, *, job: str = "", how: How | None = None, why: str = ""
    ) -> None:
        """Write down what became of a deploy.

        Raises:
            CannotRecord: It could not be written.
        """
        line = Line(event, nonce, self._now(), self._service_url, job=job, how=how, why=why)
        await asyncio.to_thread(self._write, line)

    async def refresh(self) -> None:
        """Read what other programs have written meanwhile."""
        await asyncio.to_thread(self._refresh)

    def open(self) -> None:
        """Open the file for as long as we live, and read it, which takes its time: this blocks.

        Whether it worked is told by `fault`.
        """
        with self._lock:
            try:
                self._file = JournalFile(self._path)
                if self._file.is_long:
                    with suppress(OSError):  # a full disk: then it stays long
                        self._file.shorten(worth_keeping(self._file, self._now() - _KEPT))
                self._read(self._file)
                self.fault = ""
            except Unusable as error:
                self._close(plain(str(error)))
            except OSError as error:
                self._close(plain(f"{self._path}: {error.strerror}"))

    def _refresh(self) -> None:
        # What cannot be read now can be later; whoever writes reads first, and is told.
        with self._lock, suppress(OSError):
            if self._file is not None:
                self._read(self._file)

    def _intend(self, intent: Intent) -> None:
        request = intent.request
        line = Line(
            Event.INTENT,
            request.nonce,
            intent.written,
            intent.service_url,
            intent.server_time,
            request.environment,
            request.mode,
            request.json(),
            intent.after,
            intent.pid,
            intent.host,
        )
        self._write(line)

    def _write(self, line: Line) -> None:
        with self._lock:
            if self._file is None:
                raise CannotRecord(self.fault)
            try:
                self._read(self._file)
                if line.record is Event.INTENT and (not line.nonce or line.nonce in self._used):
                    raise CannotRecord("this deploy was recorded before, and none is sent twice")
                _append(self._file, line)
                self._read(self._file)
            except OSError as error:
                if line.record is not Event.INTENT:
                    self._take(line)
                    self.unsettled = tuple(self._intents())
                raise CannotRecord(plain(f"{self._path}: {error.strerror}")) from None

    def _read(self, file: JournalFile) -> None:
        """Take in what is new. The last line is taken, too, but looked at again: more of it may come."""
        end = file.size
        for start, raw in file.lines(self._read_to, end):
            self._read_to = start
            line = decoded(raw)
            is_last = start + len(raw) >= end
            self._torn_end = int(is_last and line is None and bool(raw))
            if line is not None:
                self._take(line)
            elif raw and not is_last:
                self._unreadable += 1
        self.unsettled = tuple(self._intents())

    def _take(self, line: Line) -> None:
        if line.record is Event.INTENT:
            if line.nonce not in self._used:
                self._used.add(line.nonce)
                self._open[line.nonce] = (line, False)
        elif line.record is Event.UNKNOWN and line.nonce in self._open:
            self._open[line.nonce] = (self._open[line.nonce][0], True)
        else:
            self._open.pop(line.nonce, None)

    def _intents(self) -> Iterator[Intent]:
        for line, was_sought in self._open.values():
            if line.service_url != self._service_url:
                continue
            try:
                request = DeployRequest.of_json(line.body, line.nonce)
            except (ValueError, RecursionError):  # somebody else's doing: no deploy of ours
                continue
            server_time = line.server_time or line.time
            if not (self._is_possible(line.time) and self._is_possible(server_time)):
                continue
            yield Intent(
                request,
                line.service_url,
                line.time,
                server_time,
                line.after if _NUMBER.fullmatch(line.after) else "",
                line.pid,
                plain(line.host),
                was_sought,
            )

    def _is_anothers(self, intent: Intent) -> bool:
        """Whether another program sent it that may still wait for its answer, here or on another machine."""
        is_given_up = intent.was_sought or self._now() - intent.written > _OTHERS_FOR
        if intent.host != plain(socket.gethostname()):
            return not is_given_up
        return not is_given_up and intent.pid != os.getpid() and _is_alive(intent.pid)

    def _is_possible(self, moment: datetime) -> bool:
        return moment.tzinfo is not None and abs(moment - self._now()) < _LIFETIME


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _append(file: JournalFile, line: Line) -> None:
    try:
        file.append(encoded(line))
    except OSError:
        if line.record is Event.INTENT:
            # It may be there all the same, if not safely: but nothing will be sent.
            with suppress(OSError):
                file.append(encoded(Line(Event.NOT_SENT, line.nonce, line.time)))
        raise
