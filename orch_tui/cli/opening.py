"""The terminal from the first frame until Textual draws: raw enough, and put right again whatever happens."""

import os
import select
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from orch_tui.first_frame import FirstFrame

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[H\x1b[2J"
_LEAVE = "\x1b[?7h\x1b[?1049l\x1b[?25h"
_LEAVE_ALL = "\x1b[23;2t\x1b[?2004l\x1b[?1004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[<u" + _LEAVE
"""What Textual switches on is switched off, too, and the title put back."""

_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
_USUAL = (80, 24)
_MOST = (500, 300)


class Opening:
    """The alternate screen with the first frame on it, until somebody takes it over."""

    def __init__(self) -> None:
        self._modes: list[Any] | None = None
        self._modes_before: list[Any] | None = None
        with suppress(termios.error, OSError, ValueError, AttributeError):
            self._modes_before = termios.tcgetattr(sys.stdin.fileno())

    def show(self, frame: FirstFrame) -> None:
        """Draw the first frame, unless no terminal is there, or one too small or silent about its modes."""
        if terminal_fault():
            return
        picture = frame.draw(*terminal_size())
        if not picture:
            return
        try:
            self._modes = _quieten(sys.stdin.fileno())
        except termios.error:
            return
        sys.stderr.write(_ENTER + picture)
        sys.stderr.flush()

    def hand_over(self) -> bool:
        """Put the terminal's modes right; whether the first frame stands on the alternate screen.

        Whoever asks draws from now on, and leaves that screen at the end.
        """
        modes, self._modes = self._modes, None
        if modes is None:
            return False
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, modes)
        return True

    def close(self) -> None:
        """Leave the alternate screen, if nobody has taken over."""
        if self.hand_over():
            sys.stderr.write(_LEAVE)
            sys.stderr.flush()

    def give_back_at_once(self) -> None:
        """Whoever drew will not come to its end: put right what can be without waiting for the terminal."""
        if self._modes_before is None:
            return
        with suppress(termios.error, OSError):
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, self._modes_before)
            if select.select([], [sys.stderr], [], 0)[1]:
                os.write(sys.stderr.fileno(), _LEAVE_ALL.encode())


def terminal_fault() -> str:
    """Why the cockpit cannot be shown here, in words; empty when it can."""
    # Each is None when it was closed before we started. Textual draws on stderr.
    if not all(stream and stream.isatty() for stream in (sys.stdin, sys.stderr)):
        return "the cockpit needs a terminal for its input and output"
    kind = os.environ.get("TERM", "")
    if kind in ("", "dumb", "unknown"):
        told = f"TERM is {kind}" if kind else "TERM is not set"
        return f"the cockpit needs a terminal that can move its cursor, and {told}"
    return ""


def terminal_size() -> tuple[int, int]:
    """Columns and lines, as the terminal itself tells them; bounded: a picture of 65,535 lines has no end."""
    try:
        columns, lines = os.get_terminal_size(sys.__stderr__.fileno() if sys.__stderr__ else 2)
    except OSError:
        columns = lines = 0
    # A serial line knows no size.
    columns = columns or _told("COLUMNS") or _USUAL[0]
    lines = lines or _told("LINES") or _USUAL[1]
    return min(columns, _MOST[0]), min(lines, _MOST[1])


def _told(variable: str) -> int:
    text = os.environ.get(variable, "")
    return int(text) if text.isdecimal() and len(text) < 6 else 0


@contextmanager
def opening() -> Iterator[Opening]:
    """A terminal that is put right at the end, by whatever error or signal that comes."""
    before = {number: signal.signal(number, _exit) for number in heard()}
    opened = Opening()
    try:
        yield opened
    finally:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        opened.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def heard() -> list[signal.Signals]:
    """The signals that end us. A hang-up that is ignored stays so, as `nohup` promises."""
    return [number for number in _SIGNALS if signal.getsignal(number) != signal.SIG_IGN]


def _exit(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


def _quieten(descriptor: int) -> list[Any]:
    """No echo, no waiting for Enter: keys typed ahead are for the screens, not for the picture."""
    before = termios.tcgetattr(descriptor)
    now = termios.tcgetattr(descriptor)
    now[3] &= ~(termios.ECHO | termios.ICANON)
    # Suspended now, we would leave the shell on our screen.
    now[6][termios.VSUSP] = os.fpathconf(descriptor, "PC_VDISABLE").to_bytes(1, "little")
    termios.tcsetattr(descriptor, termios.TCSANOW, now)
    return before
