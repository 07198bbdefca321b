"""A job watched without a screen: what is told, in which order, what is not, and how it ends."""

import fcntl
import select
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from termios import FIONREAD
from typing import IO, Any

import httpx
import pytest

from orch_tui.simulator import Answer, CutBody, Settings
from tests.cli.conftest import PROGRAM, Run
from tests.cli.json_lines import ContactLine, JobLine, Line, NodeLine, check_order, read_line
from tests.cli.test_doctor import BARE
from tests.conftest import TOKEN, Server
from tests.e2e.terminal import Terminal

LONG = 5000
"""Seconds after which any job here is over."""


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    usual = Settings(nodes=60, token=TOKEN, history=False)
    return replace(usual, **getattr(request, "param", {}))


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.touch(mode=0o600)
    file.write_text(TOKEN)
    return file


@pytest.fixture
def config(server: Server, token_file: Path, tmp_path: Path) -> str:
    file = tmp_path / "config.toml"
    file.write_text(
        f"[profiles.p]\nservice-url = '{server.url}'\ntoken-file = '{token_file}'\npoll-interval = 0.5\n"
    )
    return f"--config={file}"


def command(server: Server, name: str, **body: object) -> Any:
    """What a colleague orders."""
    url = f"{server.url}/orchestrator/v1/command/{name}"
    return httpx.post(url, json=body, headers={"X-Authentication": TOKEN}).raise_for_status().json()


@pytest.fixture
def job(server: Server) -> str:
    """One under way on 40 to 60 nodes, none of which has begun."""
    return str(command(server, "deploy", environment="production", noop=False)["job"]["name"])


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def watching(environment: Mapping[str, str], config: str, job: str) -> Iterator[Start]:
    """`watching("--json")`: the program at work on the job; it does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> "subprocess.Popen[str]":
        program = [*BARE, "watch", config, job, *arguments]
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(program, env=environment, stdin=subprocess.DEVNULL, **streams))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def output(process: "subprocess.Popen[str]") -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def after(lines: list[Line]) -> Counter[str]:
    """How the nodes stand when all that was told of them holds; nobody is told the same twice."""
    told = [(line.name, line.outcome) for line in lines if isinstance(line, NodeLine)]
    assert len(told) == len(set(told))
    return Counter(dict[str, str](told).values())


def types(lines: list[Line]) -> list[str]:
    """The types of the lines without those of nodes."""
    return [line.type for line in lines if not isinstance(line, NodeLine)]


@pytest.mark.parametrize(
    ("settings", "code"), [({"seed": 3}, 0), ({"scenario": "failures"}, 1)], indirect=["settings"]
)
def test_each_change_is_a_line_and_the_code_tells_the_outcome(
    server: Server, watching: Start, job: str, code: int
) -> None:
    process = watching("--json", "--exit-status")
    first = read_line(output(process).readline())
    assert isinstance(first, JobLine)
    assert (first.id, first.noop, list(first.counts)) == (job, False, ["queued"])
    lines: list[Line] = [first]
    server.clock.advance(15)
    while len(lines) < 4:
        lines.append(read_line(output(process).readline()))
    assert isinstance(lines[-1], NodeLine)
    server.clock.advance(LONG)
    lines += [read_line(line) for line in output(process)]
    assert process.wait() == code
    end = check_order(lines)
    assert types(lines) in (["job", "end"], ["job", "job", "end"])
    assert after(lines) == end.counts
    assert end.total == sum(end.counts.values()) == first.total
    assert end.counts.get("failed", 0) > 0 if code else end.state == "finished"
    assert end.elapsed
    assert server.simulator.requests[-1].method == "GET"


def test_a_stopped_job_ends_with_3_and_those_that_never_ran_are_named(
    server: Server, watching: Start, job: str
) -> None:
    process = watching("--json", "--exit-status")
    lines = [read_line(output(process).readline())]
    server.clock.advance(15)
    command(server, "stop", job=job)
    server.clock.advance(LONG)
    lines += [read_line(line) for line in output(process)]
    assert process.wait() == 3
    end = check_order(lines)
    assert end.state == "stopped"
    assert after(lines) == end.counts
    assert end.counts["never ran"] > 10


@pytest.mark.parametrize("settings", [{"scenario": "failures"}], indirect=True)
def test_a_job_that_is_over_is_told_in_plain_words(server: Server, run: Run, config: str, job: str) -> None:
    server.clock.advance(LONG)
    ended = run("watch", config, job, command=BARE)
    assert (ended.returncode, ended.stderr) == (0, "")
    first, *nodes, last = ended.stdout.splitlines()
    assert f"X failed       job {job} · production · ENFORCE" in first
    assert all(row[2] == row[5] == ":" for row in nodes)
    failed = [row for row in nodes if row[10:].startswith("X failed       ")]
    assert f"{len(failed)} failed" in last
    assert f"{len(nodes)} nodes" in last


@pytest.mark.parametrize("settings", [{"nodes": 900}], indirect=True)
def test_a_list_that_broke_in_its_middle_is_not_taken_for_all(
    server: Server, run: Run, config: str, job: str
) -> None:
    server.clock.advance(LONG)
    server.simulator.faults.add(path=f"/jobs/{job}/nodes", fault=CutBody())
    ended = run("watch", config, job, "--json")
    lines = [read_line(line) for line in ended.stdout.splitlines(keepends=True)]
    end = check_order(lines)
    asked = [r for r in server.simulator.requests if r.path.endswith(f"/jobs/{job}/nodes")]
    assert len(asked) > 1
    assert after(lines) == end.counts
    assert end.total == len(lines) - 2 > 200


def test_lost_contact_is_told_once_and_so_is_its_return(server: Server, watching: Start) -> None:
    down = Answer(503, headers=(("retry-after", "1"),))
    process = watching("--json")
    lines = [read_line(output(process).readline())]
    server.simulator.faults.add(path="/jobs", fault=down, times=2)
    lines += [read_line(output(process).readline()) for _ in range(2)]
    server.clock.advance(LONG)
    lines += [read_line(line) for line in output(process)]
    assert process.wait() == 0
    check_order(lines)
    assert types(lines) == ["job", "contact", "contact", "end"]
    assert [line.problem for line in lines if isinstance(line, ContactLine)] == ["orch-tui/unavailable", None]


def test_a_refused_token_is_told_once_and_a_new_file_goes_on(
    server: Server, watching: Start, token_file: Path
) -> None:
    process = watching("--plain")
    assert "job 1801" in output(process).readline()
    expired = b'{"kind":"puppetlabs.rbac/token-expired","msg":"expired"}'
    server.simulator.faults.add(path="/jobs", fault=Answer(401, expired))
    assert process.stderr is not None
    assert "puppet access login" in process.stderr.readline()
    token_file.write_text("read-only")
    assert "contact is back" in process.stderr.readline()
    server.clock.advance(LONG)
    out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert " · after " in out.splitlines()[-1]
    assert TOKEN not in out


@pytest.mark.parametrize("reason", ["the job is gone", "no other token can come"])
def test_what_no_time_heals_is_not_waited_for(
    server: Server, watching: Start, environment: dict[str, str], job: str, reason: str
) -> None:
    if reason == "the job is gone":
        answer = Answer(404, b'{"kind":"puppetlabs.orchestrator/unknown-job","msg":"no such job"}')
    else:
        environment["ORCH_TUI_TOKEN"] = TOKEN
        answer = Answer(401, b'{"kind":"puppetlabs.rbac/token-expired","msg":"expired"}')
    process = watching("--json")
    output(process).readline()
    server.simulator.faults.add(path=f"/jobs/{job}", fault=answer)
    _, err = process.communicate()
    assert process.returncode == 2
    (line,) = err.splitlines()
    assert line.startswith(f"orch-tui: job {job}: ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_not_the_job(server: Server, watching: Start, number: signal.Signals) -> None:
    process = watching()
    output(process).readline()
    process.send_signal(number)
    assert process.communicate() == ("", "")
    assert process.returncode == 128 + number
    assert server.posts("stop") == []


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="needs a pipe that is soon full")
def test_it_can_be_ended_while_nobody_reads_it(server: Server, watching: Start) -> None:
    process = watching("--json")
    fcntl.fcntl(output(process), fcntl.F_SETPIPE_SZ, 4096)
    server.clock.advance(LONG)
    while int.from_bytes(fcntl.ioctl(output(process), FIONREAD, bytes(4)), sys.byteorder) < 3000:
        select.select([], [], [], 0.02)
    process.terminate()
    assert process.wait() == 143


def test_a_closed_pipe_is_not_worth_a_word(server: Server, watching: Start) -> None:
    process = watching()
    output(process).readline()
    output(process).close()
    server.clock.advance(LONG)
    assert process.wait() == 141
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stdout = None


@pytest.mark.parametrize("is_over", [False, True])
def test_head_takes_what_it_wants_and_the_pipeline_ends_quietly(
    server: Server, environment: Mapping[str, str], config: str, job: str, is_over: bool
) -> None:
    if is_over:
        server.clock.advance(LONG)
    pipeline = ["sh", "-c", '"$@" | head -n 1', "sh", *PROGRAM, "watch", config, job, "--json"]
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(pipeline, env=environment, stdin=subprocess.DEVNULL, **streams) as process:
        assert isinstance(read_line(output(process).readline()), JobLine)
        server.clock.advance(LONG)
        assert process.communicate() == ("", "")
        assert process.returncode == 0


@pytest.mark.parametrize("fault", ["job", "token", "port"])
def test_what_cannot_be_watched_from_the_start_is_one_line(
    run: Run, config: str, job: str, token_file: Path, tmp_path: Path, fault: str
) -> None:
    if fault == "token":
        token_file.write_text("nobodys-token")
    if fault == "port":
        (tmp_path / "config.toml").write_text("[profiles.p]\nservice-url = 'http://127.0.0.1:1'\n")
    ended = run("watch", config, "77" if fault == "job" else job)
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith("orch-tui: job ")


def test_on_a_terminal_it_is_the_screen_of_the_job_above_home(
    server: Server, environment: Mapping[str, str], config: str, job: str
) -> None:
    server.clock.advance(LONG)
    with Terminal("watch", config, job, environment=environment, program=PROGRAM) as terminal:
        terminal.shows(f"job {job}", "complete", "web-001.example.com")
        terminal.press("q")
        terminal.shows("Jobs of production", "1 environments")
        terminal.press("q")
        assert terminal.ends() == 0


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_lines_to_a_terminal_have_the_signs_that_it_shows(
    server: Server, environment: Mapping[str, str], config: str, job: str, locale: str
) -> None:
    server.clock.advance(LONG)
    spoken = {**environment, "LC_ALL": locale}
    with Terminal("watch", config, job, "--plain", environment=spoken, program=PROGRAM) as terminal:
        assert terminal.ends() == 0
    assert terminal.raw.isascii() == (locale == "C")
    assert b"\\u" not in terminal.raw


def test_lines_to_a_pipe_are_utf8_whatever_the_locale(
    server: Server, environment: Mapping[str, str], config: str, job: str
) -> None:
    server.clock.advance(LONG)
    program = [*PROGRAM, "watch", config, job, "--plain"]
    told = subprocess.run(program, env={**environment, "LC_ALL": "C"}, capture_output=True, check=True)
    assert f"job {job} · production" in told.stdout.decode()
