"""A server that is slow to answer: whoever sits at the terminal is told what is waited for."""

import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

TOKEN = {"ORCH_TUI_TOKEN": "a-token-of-ours"}


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def config(silent: socket.socket, tmp_path: Path) -> str:
    file = tmp_path / "config.toml"
    file.write_text(f'[profiles.here]\nservice-url = "http://127.0.0.1:{silent.getsockname()[1]}"\n')
    return f"--config={file}"


def test_a_watch_in_lines_says_what_it_waits_for_and_wipes_it_out(config: str) -> None:
    with Terminal("watch", "7", "--plain", config, environment=TOKEN) as terminal:
        terminal.shows("waiting for job 7 of 127.0.0.1:")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.ends() == 128 + signal.SIGTERM
        assert terminal.text.strip() == ""


def test_doctor_says_what_it_waits_for_and_then_what_it_found(config: str, silent: socket.socket) -> None:
    with Terminal("doctor", config, environment=TOKEN) as terminal:
        terminal.shows("takes connections", "waiting for the status service …")
        waiting, _ = silent.accept()  # the one that looked at the port alone
        waiting.close()
        waiting, _ = silent.accept()
        waiting.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
        terminal.shows("its status is not to be had", "waiting for environments and jobs …")
        assert terminal.text.count("waiting for") == 1
        waiting.close()


def test_the_cockpit_counts_the_seconds_of_a_long_wait(config: str) -> None:
    with Terminal(config, environment=TOKEN) as terminal:
        terminal.reads_until(lambda: bool(re.search(r"connecting … \d+s", terminal.text)), "the seconds")
