"""What goes to the terminal, written by a thread, so that a terminal that stops reading stops nobody."""

import os
import re
import select
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Condition, Thread

_MOST_WAITING = 256 * 1024
"""Characters that may wait; what a terminal does not take fast enough is out of date when it does."""

_SWITCH = re.compile(r"(?:\x1b\[(?:[?<>=][0-9;]*\$?[a-z]|2[23];2t))+")
_NO_SWITCHES = ("\x1b[?2026h", "\x1b[?2026l")
"""They embrace each picture, and mean nothing without it."""

_COPY = "\x1b]52;"
"""What is copied holds it, however it is wrapped."""

_ABORT_SEQUENCE = b"\x18"
_LINK, _NO_LINK = b"\x1b]8;", b"\x1b]8;;\x1b\\"

_LOOK_UP = 0.1
_BREATH = 0.01
"""Seconds: a terminal may say that there is room, and not have enough for two bytes that belong together."""


class Output:
    """The way to one terminal. Writing never waits.

    When too much waits, pictures are dropped and none taken until all the rest is written; then one whole
    picture is asked for. Switches of modes are never dropped, and before the end nothing that is copied: a
    picture that says so is seen only after it.

    Args:
        descriptor: The terminal.
        repaint: Called, in the writing thread, when a picture of everything is wanted.
    """

    def __init__(self, descriptor: int, repaint: Callable[[], object]) -> None:
        self._descriptor = _opened_anew(descriptor)
        self._repaint = repaint
        self._changed = Condition()
        self._waiting: list[str] = []
        self._size = 0
        self._is_behind = False
        self._is_closing = False
        self._hurries = False
        self._has_linked = False
        self._thread = Thread(target=self._run, name="terminal output", daemon=True)
        self._thread.start()

    def write(self, data: str) -> None:
        """Have `data`, which is switches of modes, a copy or one picture, written in its turn."""
        with self._changed:
            is_kept = _is_kept(data)
            if self._size and self._size + len(data) > _MOST_WAITING:
                self._fall_behind(_is_kept)
            if is_kept or not self._is_behind:
                self._waiting.append(data)
                self._size += len(data)
                self._changed.notify()

    def close(self, patience: float) -> None:
        """Write what waits, for `patience` seconds; then only the switches, over what the terminal holds."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join(patience)
        if self._thread.is_alive():
            with self._changed:
                self._hurries = True
                self._fall_behind(_is_switch)
            with suppress(termios.error):
                # What the terminal has not read yet makes room.
                termios.tcflush(self._descriptor, termios.TCOFLUSH)
            self._thread.join(patience)
        if not self._thread.is_alive():
            os.close(self._descriptor)

    def _fall_behind(self, is_kept: Callable[[str], bool]) -> None:
        self._is_behind = True
        kept = [data for data in self._waiting if is_kept(data)]
        self._size -= sum(map(len, self._waiting)) - sum(map(len, kept))
        self._waiting = kept

    def _run(self) -> None:
        while batch := self._next():
            try:
                self._put(batch)
            except OSError:
                return  # The terminal is gone: whoever reads from it says so.
            with self._changed:
                self._size -= sum(map(len, batch))

    def _next(self) -> list[str]:
        """All that waits, when there is something; nothing, when there will be no more."""
        with self._changed:
            while not self._waiting and not self._is_closing:
                if self._is_behind:
                    self._is_behind = False
                    self._repaint()
                self._changed.wait()
            batch, self._waiting = self._waiting, []
            return batch

    def _put(self, batch: list[str]) -> None:
        whole = "".join(batch).encode("utf-8", errors="replace")
        self._has_linked = self._has_linked or _LINK in whole
        rest = memoryview(whole)
        while rest:
            rest = rest[self._write(rest) :]
            if self._hurries and rest:
                # Again, if they came through: each may be said twice.
                switches = "".join(filter(_is_switch, batch))
                end = _ABORT_SEQUENCE + (_NO_LINK if self._has_linked else b"")
                rest = memoryview(end + switches.encode())
                self._hurries = False

    def _write(self, raw: memoryview) -> int:
        try:
            return os.write(self._descriptor, raw)
        except BlockingIOError:
            select.select([], [self._descriptor], [], _LOOK_UP)
            time.sleep(_BREATH)
            return 0


def _opened_anew(descriptor: int) -> int:
    """The same terminal, but writing to it does not wait; on `descriptor` the shell would have that too."""
    for path in (os.ttyname(descriptor), "/dev/tty"):
        with suppress(OSError):
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    return os.dup(descriptor)


def _is_kept(data: str) -> bool:
    return _is_switch(data) or _COPY in data


def _is_switch(data: str) -> bool:
    return data not in _NO_SWITCHES and _SWITCH.fullmatch(data) is not None
