"""The cockpit in a real tmux: what reaches the terminal outside of it."""

import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")

_COPIED = re.compile(rb"\x1b\]52;c?;([A-Za-z0-9+/=]+)(?:\x07|\x1b\\)")


@contextmanager
def in_tmux(folder: Path, settings: str) -> Iterator[Terminal]:
    """The demo inside a tmux of its own."""
    config, socket = folder / "tmux.conf", str(folder / "socket")
    config.write_text(settings)
    tmux = ("tmux", "-S", socket, "-f", str(config), "new-session")
    try:
        with Terminal(
            *(sys.executable, "-P", "-m", "orch_tui", "demo", "--nodes=20"),
            program=tmux,
            environment={"TMUX": "", "LC_ALL": "C.UTF-8"},
        ) as terminal:
            yield terminal
    finally:
        subprocess.run(["tmux", "-S", socket, "kill-server"], check=False, capture_output=True)


@pytest.mark.parametrize(
    "settings",
    [
        "set -g allow-passthrough on\nset -g set-clipboard off\n",
        "set -g allow-passthrough off\nset -g set-clipboard on\n",
    ],
    ids=["passthrough", "clipboard"],
)
def test_y_reaches_the_clipboard_outside_of_tmux(tmp_path: Path, settings: str) -> None:
    with in_tmux(tmp_path, settings) as terminal:
        terminal.shows("Jobs of production", "q Quit")
        terminal.press("y")
        terminal.shows("environment", "Enter Copy it")
        terminal.press("\r")
        terminal.shows("Sent to the terminal: environment, 10 bytes")
        terminal.reads_until(lambda: _COPIED.search(terminal.raw) is not None, "the clipboard")
        copied = _COPIED.search(terminal.raw)
        assert copied is not None
        assert b64decode(copied[1]) == b"production"
        terminal.press("q")
        terminal.ends()
