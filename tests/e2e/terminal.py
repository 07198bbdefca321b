"""A program in a real pseudo-terminal, and an emulator that shows what a person would see."""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

import pyte

PATIENCE = 30.0

PAINTING = b"\x1b[?2004h"
"""What Textual sends just before its first picture, and nobody else."""

# Sequences of modern terminals that the emulator would print as text.
_BEYOND_PYTE = re.compile(
    r"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[[0-9;?]*\$[a-z]|\x1b[P_^X][^\x1b]*(?:\x1b\\)"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;]* q|\x1b\[\?[0-9;]*[su]"
)
_SWITCH = re.compile(r"(\x1b\[\?1049[hl])")
_UNFINISHED = re.compile(r"\x1b(?:[P_^X\]][^\x07\x1b]{0,4096}\x1b?|\[[0-9;:?<=>$ !]{0,40})?$")


class Terminal:
    """Runs `orch-tui` with the given arguments until the context ends; then it is gone, whatever happened."""

    class Picture(NamedTuple):
        """A screen: its text, and its cells with colours and attributes."""

        text: str
        cells: list[list[pyte.screens.Char]]

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (80, 24),
        environment: Mapping[str, str] | None = None,
        errors: IO[bytes] | None = None,
        program: Sequence[str] = (sys.executable, "-P", "-m", "orch_tui"),
        ignored: Iterable[signal.Signals] = (),
        folder: Path | None = None,
    ) -> None:
        """
        Args:
            errors: Where stderr goes instead of the terminal.
            program: What to run.
            ignored: Signals that are ignored when it starts, as `nohup` has it.
            folder: The current one of the program.
        """
        self._main, self._alternate = pyte.Screen(*size), pyte.Screen(*size)
        self._screen = self._main
        self._held = ""
        # A character may come in two pieces.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.raw = b""
        """Every byte that the program wrote."""
        self._master, self._slave = pty.openpty()
        self._is_there = True
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size[::-1], 0, 0))
        self.modes_before = self.modes()
        self.process = subprocess.Popen(
            [*program, *arguments],
            cwd=folder,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave if errors is None else errors,
            start_new_session=True,
            preexec_fn=partial(_take_terminal, frozenset(ignored)),
            env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **(environment or {})},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()
        os.close(self._slave)

    def hang_up(self) -> None:
        """The terminal goes away, as when a connection breaks; nothing can be read or pressed any more."""
        if self._is_there:
            self._is_there = False
            os.close(self._master)

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size; the program is told by a signal, as ever."""
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        for screen in (self._main, self._alternate):
            screen.resize(min(lines, 300), min(columns, 500))

    def modes(self) -> list[Any]:
        """The terminal's settings (raw or cooked, echo …), as termios gives them."""
        return termios.tcgetattr(self._slave)

    @property
    def text(self) -> str:
        """What is on the screen now."""
        return "\n".join(self._screen.display)

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        """What is on the screen now, cell by cell: characters, colours and attributes."""
        screen = self._screen
        return [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]

    def before_painting(self) -> "Terminal.Picture":
        """What stood on the screen when Textual began to draw, however late we read it."""
        screen = pyte.Screen(self._screen.columns, self._screen.lines)
        text = self.raw.partition(PAINTING)[0].decode("utf-8", errors="ignore")
        pyte.Stream(screen).feed(_BEYOND_PYTE.sub("", text))
        cells = [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]
        return Terminal.Picture("\n".join(screen.display), cells)

    def is_painted(self) -> None:
        """Read until Textual has drawn its line of keys, and has nothing to add for a while."""
        self._read_until(lambda: b"Keys" in self.raw.partition(PAINTING)[2], "for Textual")
        while self._read(0.7):
            pass

    def wipe(self) -> None:
        """Lose all that stands there, as if others had written on the terminal."""
        self._screen.reset()

    def press(self, keys: str | bytes) -> None:
        """Send these characters in one write."""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def all_is_taken(self) -> None:
        """Wait until the program has read every key that was pressed."""
        nothing = bytes(4)
        self.waits_until(
            lambda: fcntl.ioctl(self._slave, termios.FIONREAD, nothing) == nothing, "keys to be taken"
        )

    def waits_until(self, holds: Callable[[], bool], what: str) -> None:
        """Read nothing until something holds: a terminal that stalls."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"waited in vain for {what}"
            select.select([], [], [], 0.02)

    def reads_until(self, holds: Callable[[], bool], what: str) -> None:
        """Read until something holds that the screen does not tell."""
        self._read_until(holds, f"for {what}")

    def shows(self, *words: str) -> None:
        """Read until all `words` are on the screen."""
        self._read_until(lambda: all(word in self.text for word in words), f"for {words}")

    def settles(self) -> None:
        """Read until nothing more comes for a while: what was asked for has been drawn to its end."""
        while self._read(0.4):
            pass

    def becomes(self, look: Callable[["Terminal"], object], expected: object) -> None:
        """Read until it looks like that."""
        self._read_until(lambda: look(self) == expected, "for the same picture")

    def ends(self) -> int:
        """Read until the program has ended; returns its exit code."""
        self._read_until(lambda: self.process.poll() is not None, "for the end")
        return self.process.wait()

    def _read_until(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"waited in vain {what}; the screen shows:\n{self.text}"
            self._read(0.05)
        while self._read(0.0):
            pass

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._master] if self._is_there else [], [], [], seconds)
        if not ready:
            return False
        chunk = os.read(self._master, 65536)
        self.raw += chunk
        text = self._held + self._decoder.decode(chunk)
        unfinished = _UNFINISHED.search(text)
        self._held = unfinished[0] if unfinished else ""
        for part in _SWITCH.split(text[: unfinished.start()] if unfinished else text):
            self._feed(part)
        return bool(chunk)

    def _feed(self, part: str) -> None:
        """As xterm does: entering the alternate screen clears it, even from within."""
        if part == "\x1b[?1049h":
            self._screen = self._alternate
            self._screen.reset()
        elif part == "\x1b[?1049l":
            self._screen = self._main
        elif part:
            pyte.Stream(self._screen).feed(_BEYOND_PYTE.sub("", part))


def _take_terminal(ignored: frozenset[signal.Signals]) -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
