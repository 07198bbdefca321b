"""The process under whatever may happen to it: signals, bugs, a home without room, a hostile folder."""

import os
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orch_tui.simulator import Drip
from tests.conftest import TOKEN
from tests.e2e.terminal import Terminal
from tests.faults.conftest import Trial


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_P1_a_signal_ends_it_even_while_an_answer_is_awaited(
    trial: Trial, home: dict[str, str], number: signal.Signals
) -> None:
    trial.server.simulator.faults.add(method="POST", path="/command/deploy", fault=Drip(600.0))
    trial.confirmed = 1
    with trial.terminal(environment=home, ends_with=128 + number) as terminal:
        terminal.shows("production", "q Quit")
        terminal.press("d")
        terminal.shows("Concurrency")
        terminal.press("\r")
        terminal.shows("Enter sends it, once.")
        terminal.press("\r")
        terminal.reads_until(lambda: bool(trial.server.posts("deploy")), "the deploy")
        terminal.process.send_signal(number)
        terminal.shows("left without the answer")


@pytest.mark.parametrize("ignored", [(), (signal.SIGHUP,)], ids=["P2", "P3-ignored"])
def test_P2_P3_a_terminal_that_goes_away_ends_it(
    trial: Trial, home: dict[str, str], ignored: tuple[signal.Signals, ...]
) -> None:
    with Terminal(environment=home, ignored=ignored) as terminal:
        terminal.shows("production", "q Quit")
        terminal.hang_up()
        assert terminal.ends() == 128 + signal.SIGHUP


def test_P5_suspended_the_shell_has_its_terminal_and_fg_brings_all_back(
    trial: Trial, home: dict[str, str]
) -> None:
    shell = ("bash", "--norc", "--noprofile", "-i")
    with Terminal(environment={**home, "PS1": "shell: "}, program=shell) as terminal:
        terminal.shows("shell:")
        before = terminal.raw.count(b"shell:")
        terminal.press(f"{sys.executable} -P -m orch_tui\r")
        terminal.shows("production", "q Quit")
        asked = trial.polls()
        terminal.press("\x1a")
        terminal.reads_until(lambda: terminal.raw.count(b"shell:") > before, "the shell")
        terminal.press("stty -a\r")
        terminal.shows(" icanon", " echo ")
        terminal.press("fg\r")
        terminal.shows("production", "q Quit")
        terminal.reads_until(lambda: trial.polls() > asked, "a poll at once")
        prompts = terminal.raw.count(b"shell:")
        terminal.press("q")
        terminal.reads_until(lambda: terminal.raw.count(b"shell:") > prompts, "the shell again")
        terminal.press("echo $? ended; exit\r")
        terminal.shows("0 ended")
        assert terminal.ends() == 0


def test_P5_where_no_shell_could_bring_it_back_it_goes_on(trial: Trial, home: dict[str, str]) -> None:
    with trial.terminal(environment=home) as terminal:
        terminal.shows("production", "q Quit")
        terminal.press("\x1a")
        terminal.reads_until(lambda: b"\x1b[?1049l" in terminal.raw, "the screen to be left")
        terminal.shows("production", "q Quit")
        terminal.press("q")


@pytest.mark.parametrize("times", [1, 3])
def test_P5_N21_continued_without_having_been_suspended_it_only_asks_anew(
    trial: Trial, home: dict[str, str], times: int
) -> None:
    with trial.terminal(environment=home) as terminal:
        terminal.shows("production", "q Quit", "data 0s old")
        asked = trial.polls()
        terminal.process.send_signal(signal.SIGSTOP)
        for _ in range(times):
            terminal.process.send_signal(signal.SIGCONT)
        terminal.reads_until(lambda: trial.polls() > asked, "a poll at once")
        terminal.press("q")


BROKEN = {
    "handler": "EnvironmentsScreen.action_refresh = broken",
    "worker": "EnvironmentsScreen.follow = work(group='board')(broken_later)",
    "timer": "EnvironmentsScreen._tick = broken",
    "task": "EnvironmentsScreen.action_refresh = lambda _: asyncio.ensure_future(broken_later()) and None",
    "callback": "EnvironmentsScreen.action_refresh = lambda _: asyncio.get_running_loop().call_soon(broken)",
    "thread": "EnvironmentsScreen.action_refresh = lambda _: threading.Thread(target=broken).start()",
    "group": "EnvironmentsScreen.action_refresh = broken_group",
}
PROGRAM = """
import asyncio, sys, threading
from textual import work
from orch_tui.cli import main
from orch_tui.ui.screens.environments import EnvironmentsScreen
def broken(*_):
    token = {token!r}
    raise RuntimeError(f"[/] about {{token}}")
def broken_group(*_):
    raise ExceptionGroup("two", [ValueError({token!r}), KeyError({token!r})])
async def broken_later(*_):
    broken()
{change}
sys.exit(main([]))
"""


@pytest.mark.parametrize("where", BROKEN)
def test_P6_a_bug_is_one_line_and_a_file_that_tell_no_values(
    trial: Trial, home: dict[str, str], where: str, tmp_path: Path
) -> None:
    program = (sys.executable, "-P", "-c", PROGRAM.format(token=TOKEN, change=BROKEN[where]))
    with trial.terminal(environment=home, program=program, ends_with=70, size=(200, 24)) as terminal:
        if where not in ("worker", "timer"):
            terminal.shows("production", "q Quit")
            terminal.press("r")
        terminal.ends()
        (told,) = (line for line in terminal.text.splitlines() if "orch-tui" in line)
        (file,) = (tmp_path / "state" / "orch-tui").glob("crash-*.txt")
        assert told.strip() == (
            f"orch-tui: stopped by a bug in it ({'ExceptionGroup' if where == 'group' else 'RuntimeError'})"
            f": {file}"
        )
    account = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "<string>:" in account
    assert "in broken" in account
    assert TOKEN not in account


def test_P6_a_bug_that_cannot_be_written_down_is_told_all_the_same(
    trial: Trial, home: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("a file in the way")
    program = (sys.executable, "-P", "-c", PROGRAM.format(token=TOKEN, change=BROKEN["handler"]))
    with trial.terminal(environment=home, program=program, ends_with=70, size=(200, 24)) as terminal:
        terminal.shows("production", "q Quit")
        terminal.press("r")
        terminal.shows("stopped by a bug in it (RuntimeError): at <string>:", "Not a directory")


def test_P15_variables_of_others_press_no_keys(trial: Trial, home: dict[str, str], tmp_path: Path) -> None:
    theirs = {"TEXTUAL_PRESS": "q", "TEXTUAL_LOG": str(tmp_path / "log"), "TEXTUAL_DRIVER": "os:system"}
    with trial.terminal(environment={**home, **theirs}) as terminal:
        terminal.shows("production", "q Quit")
        terminal.press("?")
        terminal.shows("Ctrl-C  Leave")
        terminal.press("\x1bq")
        terminal.press("\x03\x03")
    assert not (tmp_path / "log").exists()


def test_C20_modules_in_the_current_folder_are_not_ours(
    trial: Trial, home: dict[str, str], tmp_path: Path
) -> None:
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    for name in ("textual", "types", "orch_tui", "sitecustomize"):
        (hostile / f"{name}.py").write_text("raise SystemExit('taken over')")
    script = Path(sys.executable).with_name("orch-tui")
    with trial.terminal(environment=home, program=(str(script),), folder=hostile) as terminal:
        terminal.shows("production", "q Quit")
        terminal.press("q")


@pytest.fixture
def stuck_resolver(tmp_path: Path) -> dict[str, str]:
    """A resolver that keeps its thread for ten minutes."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import socket, time\nsocket.getaddrinfo = lambda *_, **__: time.sleep(600)\n"
    )
    return {"PYTHONPATH": str(folder)}


def test_N6_a_stuck_resolver_holds_nobody(
    trial: Trial, home: dict[str, str], stuck_resolver: dict[str, str]
) -> None:
    config = Path(home["XDG_CONFIG_HOME"]) / "orch-tui" / "config.toml"
    config.write_text(config.read_text().replace("127.0.0.1", "localhost"))
    with trial.terminal(environment={**home, **stuck_resolver}) as terminal:
        terminal.is_painted()
        terminal.press("q")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "log"
    yield file
    assert TOKEN not in file.read_text()


def test_the_log_tells_of_requests_commands_and_states(trial: Trial, home: dict[str, str], log: Path) -> None:
    trial.confirmed = 1
    with trial.terminal(f"--log={log}", environment=home) as terminal:
        terminal.shows("production", "q Quit")
        terminal.press("d")
        terminal.shows("Concurrency")
        terminal.press("\r")
        terminal.shows("Enter sends it, once.")
        terminal.press("\r")
        terminal.shows("job 1814", "queued")
        terminal.press("qq")
    told = log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    for words in (
        " begins: here, http://127.0.0.1:",
        "GET /orchestrator/v1/jobs ok ",
        "POST /orchestrator/v1/command/deploy ok ",
        " ms attempt 1",
        " of production, noop: accepted, job ",
        "job 1814 (production) is ",
        "ends with 0",
    ):
        assert words in told
    assert "?" not in told


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_log_that_is_no_file_of_ours_is_refused(home: dict[str, str], tmp_path: Path, kind: str) -> None:
    file = tmp_path / "there"
    if kind == "link":
        file.symlink_to(tmp_path / "else")
    elif kind == "pipe":
        os.mkfifo(file)
    else:
        file.mkdir()
    with Terminal(f"--log={file}", environment=home) as terminal:
        assert terminal.ends() == 2
        assert terminal.text.startswith("orch-tui: --log: ")
    assert not (tmp_path / "else").exists()


def test_a_full_disk_costs_lines_of_the_log_and_nothing_else(
    trial: Trial, home: dict[str, str], log: Path
) -> None:
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
    program = (sys.executable, "-P", "-c", limit + "from orch_tui.cli import main; sys.exit(main())")
    with trial.terminal(f"--log={log}", environment=home, program=program) as terminal:
        terminal.shows("production", "q Quit")
        asked = trial.polls()
        terminal.press("r")
        terminal.reads_until(lambda: trial.polls() > asked, "the next poll")
        terminal.press("q")
    assert log.stat().st_size <= 100
