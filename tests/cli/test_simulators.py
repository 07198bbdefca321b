"""The simulator as a program, and the demo that brings its own."""

import os
import select
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import httpx
import pytest

from tests.cli.conftest import PROGRAM, on_terminal
from tests.e2e.terminal import Terminal

linux = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks at processes in /proc")


def words(process: int, what: str) -> list[str]:
    """`cmdline` or `environ` of a process."""
    return Path(f"/proc/{process}/{what}").read_text().strip("\0").split("\0")


def child_of(process: int) -> int:
    (child,) = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(child)


def has_ended(descriptor: int) -> bool:
    """Whether the process behind a pidfd ends within some seconds."""
    return bool(select.select([descriptor], [], [], 5)[0])


@pytest.mark.parametrize("token", [None, "a-token-of-our-own"])
def test_the_simulator_serves_until_its_input_ends(environment: dict[str, str], token: str | None) -> None:
    if token:
        environment["ORCH_TUI_TOKEN"] = token
    process = subprocess.Popen(
        [*PROGRAM, "simulate", "--port=0", "--until-eof", "--nodes=20", "--api=2016.2"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        stdin, stdout = _open(process.stdin), _open(process.stdout)
        url = stdout.readline().strip()
        with httpx.Client(base_url=url, headers={"X-Authentication": token or "simulator"}) as client:
            assert "pagination" not in client.get("/orchestrator/v1/jobs").raise_for_status().json()
            wrong = client.get("/orchestrator/v1/jobs", headers={"X-Authentication": "nobodys"})
            assert wrong.status_code == 401
        stdin.close()
        # Not a word beside the address: whoever reads us needs no filter.
        assert stdout.read() == ""
    assert process.returncode == 0


@pytest.mark.parametrize("release", ["2015.3", "2016.1"])
def test_a_release_without_a_page_speaks_as_the_first_that_has_one(
    environment: dict[str, str], release: str
) -> None:
    words = f"{release} has the service, but no page tells what it takes: speaking as 2016.2"
    process = subprocess.Popen(
        [*PROGRAM, "simulate", "--port=0", "--until-eof", "--nodes=20", f"--api={release}"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        url = _open(process.stdout).readline().strip()
        with httpx.Client(base_url=url, headers={"X-Authentication": "simulator"}) as client:
            assert client.get("/orchestrator/v1/environments").status_code == 200
        assert process.communicate() == ("", f"orch-tui: {words}\n")
    with Terminal("demo", f"--api={release}", environment=environment) as terminal:
        terminal.shows("speaking as 2016.2")
        terminal.press("q")
        assert terminal.ends() == 0


def _open(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


@linux
@pytest.mark.parametrize("ending", ["q", "kill"])
def test_the_demo_keeps_its_secret_and_takes_its_simulator_along(
    environment: Mapping[str, str], ending: str
) -> None:
    others_wishes = {"TEXTUAL_PRESS": "q", "TEXTUAL_LOG": "/nowhere/log", "SSLKEYLOGFILE": "/nowhere/keys"}
    with on_terminal({**environment, **others_wishes}, "demo", "--nodes=20", "--theme=dark") as terminal:
        terminal.read_until(b"production")
        cockpit = terminal.process.pid
        simulator = child_of(cockpit)
        variables = dict(word.split("=", 1) for word in words(simulator, "environ"))
        token = variables["ORCH_TUI_TOKEN"]
        assert len(token) >= 16
        assert "simulate" in words(simulator, "cmdline")
        assert not any(token in word for each in (cockpit, simulator) for word in words(each, "cmdline"))
        assert not variables.keys() & others_wishes.keys()
        (core,) = (line for line in words(cockpit, "limits")[0].splitlines() if "core file size" in line)
        assert core.split()[4] == "0"
        alive = os.pidfd_open(simulator)
        try:
            if ending == "q":
                terminal.type(b"q")
                terminal.read_until(b"never comes")
                assert terminal.process.wait() == 0
            else:
                terminal.process.kill()
            assert has_ended(alive)
        finally:
            os.close(alive)
