"""A program in a pseudo-terminal, timed from outside: every chunk it writes, and when.

Nothing is emulated while it is timed; the picture is drawn afterwards, chunk by chunk.
"""

import codecs
import fcntl
import os
import pty
import random
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

COLUMNS, LINES = 120, 40
PATIENCE = 60.0
DOWN, UP, TOP = "\x1b[B", "\x1b[A", "\x1b[H"

_BEYOND_PYTE = re.compile(
    r"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[[0-9;?]*\$[a-z]|\x1b[P_^X][^\x1b]*(?:\x1b\\)"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;]* q|\x1b\[\?[0-9;]*[su]"
)
_UNFINISHED = re.compile(r"\x1b(?:[P_^X\]][^\x07\x1b]{0,4096}\x1b?|\[[0-9;:?<=>$ !]{0,40})?$")
_CURSOR_LINES = range(8, LINES - 3)
_CURSOR_COLUMN = 10


class Picture:
    """What a person would see."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""

    def feed(self, data: bytes) -> None:
        text = self._held + self._decoder.decode(data)
        unfinished = _UNFINISHED.search(text)
        self._held = unfinished[0] if unfinished else ""
        text = text[: unfinished.start()] if unfinished else text
        for number, part in enumerate(text.split("\x1b[?1049h")):
            if number:
                self._screen.reset()
            self._stream.feed(_BEYOND_PYTE.sub("", part))

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()

    def cursor_line(self) -> int | None:
        """The one line of a list that looks unlike all others."""
        looks = {
            line: (cell.bg, cell.reverse)
            for line in _CURSOR_LINES
            for cell in [self._screen.buffer[line][_CURSOR_COLUMN]]
        }
        count = Counter(looks.values())
        return next((line for line, look in looks.items() if count[look] == 1), None)


class Program:
    """Runs `python ARGUMENTS` until the context ends; then it is gone, whatever happened."""

    def __init__(self, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self.chunks: list[tuple[float, bytes]] = []
        self.picture = Picture()
        self._fed, self._drawn = 0, 0.0
        self._chance = random.Random(1)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-P", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={
                **{name: value for name, value in os.environ.items() if name != "NO_COLOR"},
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "COLUMNS": str(COLUMNS),
                "LINES": str(LINES),
                **(environment or {}),
            },
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._master)

    def press(self, keys: str) -> float:
        """Send these characters in one write; returns when."""
        moment = time.perf_counter()
        os.write(self._master, keys.encode())
        return moment

    def listen(self, seconds: float) -> int:
        """Take what is written in so many seconds; returns how many bytes."""
        end, count = time.perf_counter() + seconds, len(self.chunks)
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._master], [], [], left)[0]:
                try:
                    data = os.read(self._master, 262144)
                except OSError:
                    raise RuntimeError(f"the program ended; it had shown:\n{self.picture.text}") from None
                self.chunks.append((time.perf_counter(), data))
        return sum(len(data) for _, data in self.chunks[count:])

    def until(self, holds: Callable[[Picture], bool]) -> float:
        """When the picture first was so; RuntimeError after a minute in vain."""
        if holds(self.picture):
            return self._drawn
        end = time.perf_counter() + PATIENCE
        while True:
            while self._fed < len(self.chunks):
                self._drawn, data = self.chunks[self._fed]
                self.picture.feed(data)
                self._fed += 1
                if holds(self.picture):
                    return self._drawn
            if time.perf_counter() > end:
                raise RuntimeError(f"waited in vain; the screen shows:\n{self.picture.text}")
            self.listen(0.01)

    def shows(self, *words: str) -> float:
        """When all `words` first were on the screen."""
        return self.until(lambda picture: all(word in picture.text for word in words))

    def key_to_paint(self, keys: int, pause: float) -> list[float]:
        """Move the cursor down and up; seconds from each key until it stands elsewhere."""
        # Away from the first line, where other lines look unlike a list's as well.
        self.press(TOP + 10 * DOWN)
        self.listen(1.0)
        sent = []
        for number in range(keys):
            sent.append(self.press(UP if number % 2 else DOWN))
            self.listen(pause * self._chance.uniform(0.5, 1.5))
        self.listen(0.5)
        moves, line = [], None
        for moment, data in self.chunks[self._fed :]:
            self.picture.feed(data)
            now = self.picture.cursor_line()
            if now is not None and now != line:
                moves.append(moment)
                line = now
        self._fed = len(self.chunks)
        after = ((key, next((move for move in moves if move > key), None)) for key in sent)
        return [move - key for key, move in after if move is not None]

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1000

    @property
    def seconds_worked(self) -> float:
        """Processor time so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
