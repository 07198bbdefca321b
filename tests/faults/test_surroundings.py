"""What surrounds the process: a proxy in its environment, a clock that jumps, a terminal within tmux."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from orch_tui.simulator import Drop
from tests.e2e.terminal import Terminal
from tests.faults.conftest import Trial, often


def test_N20_a_proxy_of_the_environment_hears_nothing(trial: Trial, home: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        url = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        theirs = {name: url for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY")}
        with trial.terminal(environment={**home, **theirs, "NO_PROXY": ""}) as terminal:
            terminal.shows("production", "q Quit", "data 0s old")
            terminal.press("q")
        proxy.setblocking(False)
        with pytest.raises(BlockingIOError):
            proxy.accept()


GROWN = re.compile(r"data [1-9]\d*s old")
OFFSET = re.compile(r"server clock (\w+) ")
CLOCK_THAT_JUMPS = """
import datetime, os, time
def back():
    return 3600 * os.path.exists({sign!r})
class Jumping(datetime.datetime):
    @classmethod
    def now(cls, zone=None, now=datetime.datetime.now):
        return now(zone) - datetime.timedelta(seconds=back())
datetime.datetime = Jumping
time.time = lambda now=time.time: now() - back()
"""


def test_P13_a_wall_clock_that_jumps_back_changes_no_age_and_no_timer(
    trial: Trial, home: dict[str, str], tmp_path: Path
) -> None:
    often(home)
    sign = tmp_path / "jumped"
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(CLOCK_THAT_JUMPS.format(sign=str(sign)))
    with trial.terminal(environment={**home, "PYTHONPATH": str(site)}) as terminal:
        terminal.shows("production", "q Quit", "data 0s old")
        before = OFFSET.findall(terminal.text)
        sign.touch()
        asked = trial.polls()
        terminal.reads_until(lambda: trial.polls() > asked + 2, "polls that went on")
        terminal.reads_until(lambda: OFFSET.findall(terminal.text) not in ([], before), "the jump to be seen")
        assert not re.search(r"-\d+[smhd]\b", terminal.text)
        trial.server.simulator.faults.add(fault=Drop(), times=None)
        terminal.reads_until(
            lambda: bool(re.search(r"data [1-9]\d*s old", terminal.text)), "an age that grows"
        )
        terminal.press("q")


@pytest.fixture
def tmux(home: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., str]]:
    """`tmux("new-session", …)`: a server of its own, which ends with the test; gives what it prints."""
    program = shutil.which("tmux")
    if program is None:
        pytest.skip("tmux is not installed")

    def tmux(*arguments: str) -> str:
        command = [program, "-S", str(tmp_path / "tmux"), "-f", "/dev/null", *arguments]
        variables = {**os.environ, **home, "TMUX": ""}
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=True).stdout

    yield tmux
    with suppress(subprocess.CalledProcessError):
        tmux("kill-server")


def test_P12_tmux_is_left_resized_and_killed(
    trial: Trial, home: dict[str, str], tmux: Callable[..., str], tmp_path: Path
) -> None:
    often(home)
    log = tmp_path / "log"
    program = (sys.executable, "-P", "-m", "orch_tui", f"--log={log}")
    tmux("new-session", "-d", "-x", "80", "-y", "24", *program)
    client = (shutil.which("tmux") or "", "-S", str(tmp_path / "tmux"), "attach")
    with Terminal(program=client, environment={"TMUX": ""}) as terminal:
        terminal.shows("production", "q Quit")
        terminal.press("\x02d")
        assert terminal.ends() == 0
    asked = trial.polls()
    with Terminal(program=client, environment={"TMUX": ""}, size=(140, 40)) as terminal:
        terminal.reads_until(lambda: trial.polls() > asked, "polls that went on")
        terminal.shows("production", "q Quit", "TARGET, DE")
        terminal.resize(50, 10)
        terminal.shows("needs 60x15")
        tmux("kill-server")
        terminal.ends()
        terminal.waits_until(lambda: "ends with 129" in log.read_text(), "the end")
