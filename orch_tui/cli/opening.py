"""The terminal from the first frame until Textual draws: raw enough, and put right again whatever happens."""

import os
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from orch_tui.first_frame import FirstFrame

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[H\x1b[2J"
_LEAVE = "\x1b[?7h\x1b[?1049l\x1b[?25h"
_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class Opening:
    """The alternate screen with the first frame on it, until somebody takes it over."""

    def __init__(self) -> None:
        self._modes: list[Any] | None = None

    def show(self, frame: FirstFrame) -> None:
        """Draw the first frame, unless no terminal is there, or one too small or silent about its modes."""
        picture = frame.draw(*_size())
        if not picture or not has_terminal():
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


def has_terminal() -> bool:
    """Whether keys can be read and screens be drawn: Textual draws on stderr."""
    # Each is None when it was closed before we started.
    return all(stream and stream.isatty() for stream in (sys.stdin, sys.stderr))


@contextmanager
def opening() -> Iterator[Opening]:
    """A terminal that is put right at the end, by whatever error or signal that comes."""
    before = {number: signal.signal(number, _exit) for number in _SIGNALS}
    opened = Opening()
    try:
        yield opened
    finally:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        opened.close()
        for number, handler in before.items():
            signal.signal(number, handler)


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


def _size() -> tuple[int, int]:
    """As Textual finds it: variables first, then the terminal."""
    told = [os.environ.get(name, "") for name in ("COLUMNS", "LINES")]
    columns, lines = (int(text) if text.isdecimal() else 0 for text in told)
    if not (columns and lines):
        try:
            actual = os.get_terminal_size(1)
        except OSError:
            return 0, 0
        columns, lines = columns or actual.columns, lines or actual.lines
    return columns, lines
