"""Telling a person what is waited for, where it takes longer than one expects."""

import os
import sys
from threading import Lock, Timer

from orch_tui.cli.output import say

_EXPECTED = 0.5
"""Seconds of silence that nobody wonders about."""

_CLEAR = "\r\x1b[K"


class Waiting:
    """A line on the terminal, there only while something takes long: neither pipes nor files see it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._current: Timer | None = None
        self._is_shown = False

    def begin(self, what: str) -> None:
        """From now on it is waited for `what`, and for nothing before it."""
        self.end()
        can_clear = os.environ.get("TERM", "") not in ("", "dumb", "unknown")
        if can_clear and sys.stderr is not None and sys.stderr.isatty():
            timer = Timer(_EXPECTED, lambda: self._show(timer, what))
            timer.daemon = True
            self._current = timer
            timer.start()

    def _show(self, timer: Timer, what: str) -> None:
        with self._lock:
            if timer is self._current:  # it may have ended while we came here
                self._is_shown = say(f"waiting for {what} …", sys.stderr, end="")

    def end(self) -> None:
        """Nothing is waited for any more."""
        with self._lock:
            timer, self._current = self._current, None
            if timer is not None:
                timer.cancel()
            if self._is_shown:
                self._is_shown = False
                say(_CLEAR, sys.stderr, end="")
