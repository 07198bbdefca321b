"""The program as a user starts it: a process with a home of its own, and at will a terminal."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAM = (sys.executable, "-m", "orch_tui")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Variables of a user who has configured nothing."""
    inherited = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {
        **inherited,
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "TERM": "xterm-256color",
    }


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(environment: Mapping[str, str]) -> Run:
    """`run("simulate", "--port=0")`: without a terminal, to its end."""

    def run(*arguments: str, command: tuple[str, ...] = PROGRAM) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
        )

    return run


class Terminal:
    """A program on a terminal of 80x24; `master` is our end of it."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.master = master

    def read_until(self, text: bytes) -> bytes:
        """What the program has written when `text` came, or when it ended."""
        seen = b""
        while text not in seen:
            try:
                seen += os.read(self.master, 65536)
            except OSError:  # how a terminal says that nobody holds its other end any more
                break
        return seen

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)


@contextmanager
def on_terminal(environment: Mapping[str, str], *arguments: str) -> Iterator[Terminal]:
    """Run the program on a terminal; it is killed if it outlives the context."""
    master, slave = pty.openpty()
    # All three streams: curses-like programs look at different ones for the size.
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        env={**environment, "COLUMNS": "80", "LINES": "24"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)
