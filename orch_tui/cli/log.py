"""The log that `--log FILE` asks for: a line for each request and turn of events, never what was in them."""

import os
import stat
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orch_tui.config import ConfigError
from orch_tui.plain import plain

if TYPE_CHECKING:
    from orch_tui.api.connection import Call


class Log:
    """An open log; or none, where `descriptor` is None.

    A disk that takes nothing more costs lines, and the next line says how many.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        self._lost = 0
        self._failures: Counter[tuple[str, str]] = Counter()

    def note(self, words: str) -> None:
        """One line, with the time."""
        if self._descriptor is None:
            return
        moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        lost = f" ({self._lost} lines lost before)" if self._lost else ""
        line = f"{moment}Z [{os.getpid()}] {plain(words)}{lost}\n".encode()
        try:
            # Cut short, it is a lost line too.
            is_written = os.write(self._descriptor, line) == len(line)
        except OSError:
            is_written = False
        self._lost = 0 if is_written else self._lost + 1

    def call(self, call: "Call") -> None:
        """One request that has ended; the attempt counts those to the same place that failed before it."""
        place = (call.method, call.path)
        attempt = self._failures[place] + 1
        if call.worked:
            del self._failures[place]
        else:
            self._failures[place] = attempt
        self.note(f"{call.method} {call.path} {call.outcome} {call.seconds * 1000:.0f} ms attempt {attempt}")


def open_log(path: Path | None) -> Log:
    """Open the file to append to it, for its owner alone; without a path, a log that keeps nothing.

    Raises:
        ConfigError: It is not to be had.
    """
    if path is None:
        return Log(None)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        # Without waiting: nobody may be there to read a pipe.
        descriptor = os.open(path, flags | os.O_NONBLOCK, 0o600)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ConfigError(f"--log: {plain(str(path))}: is no regular file")
        os.fchmod(descriptor, 0o600)
    except OSError as error:
        raise ConfigError(f"--log: {plain(str(path))}: {error.strerror}") from None
    return Log(descriptor)
