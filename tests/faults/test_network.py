"""What networks do to somebody who watches a rollout, or wants to deploy."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, aclosing
from dataclasses import replace
from typing import Any

import pytest

from orch_tui.domain.job import JobState
from orch_tui.domain.problem import ProblemKind
from orch_tui.session.feed import Reading
from orch_tui.simulator import Drip, Drop, Hang
from orch_tui.simulator.faults import CutBody, Delay, Fault, Reset, Throttle
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.faults.conftest import Trial
from tests.faults.told import names, told, watching

IMPATIENT = {"deadline": 1.5}
"""Seconds after which a call is given up, where nobody wants to wait a minute."""


def limited(trial: Trial, **limits: float) -> Trial:
    return replace(trial, server=replace(trial.server, limits=limits))


def elsewhere(trial: Trial, url: str, **limits: float) -> Trial:
    return replace(trial, server=replace(trial.server, url=url, limits=limits))


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which nobody listens, nor can anybody else begin to."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


async def test_N1_connection_refused_while_watching(trial: Trial) -> None:
    simulator = trial.server.simulator
    with ExitStack() as first, ExitStack() as second:
        url = first.enter_context(simulator.running())
        trial = elsewhere(trial, url)
        async with trial.cockpit(size=(140, 40)) as driver:
            rollout = await watching(driver)
            await driver.press("j", "j")
            known, node = rollout.reading.value, rollout.nodes.table.key
            first.close()
            trial.clock.advance(20)
            await driver.later(0)
            await driver.shows("NO CONTACT", "data 20s old", "again in", f"{url[7:]}: connection refused")
            assert (rollout.reading.value, rollout.nodes.table.key) == (known, node)
            assert names(driver)
            second.enter_context(simulator.running(port=int(url.rpartition(":")[2])))
            # Nobody presses a key: it heals by itself.
            await driver.until(lambda: rollout.reading.problem is None)
            await driver.until(lambda: "NO CONTACT" not in driver.text)
            assert rollout.nodes.table.key == node


async def test_N2_connection_refused_at_start(trial: Trial, taken_port: int) -> None:
    trial = elsewhere(trial, f"http://127.0.0.1:{taken_port}")
    async with trial.cockpit(size=(140, 40)) as driver:
        await driver.shows("NO CONTACT", "Nothing listens there", f"127.0.0.1:{taken_port}", "r Refresh")
        assert "no environments" not in driver.text
        with trial.server.simulator.running() as url:
            await driver.press("e")
            await driver.shows("Check pe-orchestration-services", "service-url")
            assert url not in driver.text


async def test_N3_connection_attempt_hangs(trial: Trial) -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):  # more than the system keeps waiting for a listener that accepts nobody
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        trial = elsewhere(trial, f"http://127.0.0.1:{listener.getsockname()[1]}", connect_timeout=0.3)
        async with trial.cockpit(size=(140, 40)) as driver:
            await driver.shows("NO CONTACT", "no connection within the time limit")
            await driver.press("question_mark")
            await driver.shows("Esc Close")


async def _unresolved(trial: Trial, monkeypatch: pytest.MonkeyPatch, code: int, words: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(code, words)

    url = trial.server.url
    trial = elsewhere(trial, f"http://localhost:{url.rpartition(':')[2]}")
    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", fail)
        async with trial.cockpit(size=(140, 40)) as driver:
            await driver.shows("NO CONTACT", "name is not known", f"{trial.server.url[7:]}: {words}", "again")
            assert driver.home.reading.problem is not None
            assert driver.home.reading.problem.kind is ProblemKind.NAME_UNKNOWN
            patched.undo()
            await driver.press("r")
            await driver.shows("production", "data 0s old")


async def test_N4_name_unknown(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    await _unresolved(trial, monkeypatch, socket.EAI_NONAME, "Name or service not known")


async def test_N5_resolver_says_try_again(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    await _unresolved(trial, monkeypatch, socket.EAI_AGAIN, "Temporary failure in name resolution")


async def _lost_polls(trial: Trial, fault: Fault) -> None:
    """One answer that is lost is worth no word, the second is; what was known stays whole."""
    async with trial.cockpit(size=(140, 40)) as driver:
        rollout = await watching(driver)
        before, known = names(driver), rollout.reading.value
        trial.server.simulator.faults.add(fault=fault, times=None)
        trial.clock.advance(5)
        await driver.later(0)
        await driver.shows("data 5s old")
        assert "NO CONTACT" not in driver.text
        await driver.later(0)
        await driver.shows("NO CONTACT", "data 5s old", "The connection broke before the answer was complete")
        assert (names(driver), rollout.reading.value) == (before, known)


async def test_N7_connection_reset_in_mid_poll(trial: Trial) -> None:
    await _lost_polls(trial, Reset())


async def test_N8_server_closes_without_an_answer(trial: Trial) -> None:
    await _lost_polls(trial, Drop())


async def test_N9_connection_reset_in_mid_body(trial: Trial) -> None:
    await _lost_polls(trial, CutBody(reset=True))


async def _silence(trial: Trial, fault: Fault) -> None:
    """A poll ends when its time is up, and no other begins before."""
    trial = limited(trial, **IMPATIENT)
    async with trial.cockpit(size=(140, 40)) as driver:
        rollout = await watching(driver)
        before, known = names(driver), rollout.reading.value
        trial.server.simulator.faults.add(fault=fault, times=None)
        requests = trial.server.simulator.requests
        asked = len(requests)
        await driver.press("r", "r", "r")
        await driver.until(lambda: len(requests) > asked)
        assert len(requests) == asked + 1
        await driver.shows("NO CONTACT", "no complete answer within 1.5 s")
        assert (names(driver), rollout.reading.value) == (before, known)


async def test_N10_server_accepts_and_is_silent(trial: Trial) -> None:
    await _silence(trial, Hang())


async def test_N11_headers_drip(trial: Trial) -> None:
    await _silence(trial, Drip(0.05, head=True))


async def test_N12_body_drips(trial: Trial) -> None:
    await _silence(trial, Drip(0.05))


async def test_N13_latency(trial: Trial) -> None:
    async with trial.cockpit(size=(140, 40)) as driver:
        rollout = await watching(driver)
        trial.server.simulator.faults.add(fault=Delay(0.2))
        requests = trial.server.simulator.requests
        asked, before = len(requests), rollout.reading
        await driver.press("r")
        await driver.until(lambda: len(requests) > asked)
        trial.clock.advance(2.1)
        await driver.until(lambda: rollout.reading is not before)
        await driver.shows("slow: 2.1 s")


async def test_N14_thin_line(trial: Trial) -> None:
    trial = limited(trial, deadline=1.5)
    async with trial.cockpit(size=(140, 40)) as driver:
        rollout = await watching(driver)
        before = names(driver)
        faults = trial.server.simulator.faults
        trial.clock.advance(60)  # so that all nodes are asked for
        faults.add(path="/jobs/*/nodes", fault=Throttle(1024))
        await driver.later(0)
        assert rollout.reading.problem is not None
        assert rollout.reading.problem.kind is ProblemKind.NO_ANSWER
        assert names(driver) == before
        faults.add(path="/jobs/*/nodes", fault=Throttle(200_000))
        await driver.later(0)
        assert rollout.reading.problem is None


async def test_N15_a_third_of_the_polls_fails_for_ten_minutes(trial: Trial) -> None:
    async with trial.cockpit(size=(140, 40), stops=False) as driver:
        rollout = await trial.deploy(driver)
        faults = trial.server.simulator.faults
        # Two requests a poll: of such polls a third fails.
        faults.order({"fault": "reset", "share": 0.18, "times": None})
        done, failed = [0], 0
        for _ in range(40):
            await driver.later(15)
            assert rollout.reading.value is not None
            failed += rollout.reading.problem is not None
            done.append(rollout.reading.value.done)
        assert failed > 5
        assert done == sorted(done)
        faults.clear()
        await driver.later(0)
        truth = told(trial.server, f"/jobs/{rollout.job}")["node_states"]
        assert rollout.reading.value is not None
        assert rollout.reading.value.done == sum(truth.values())
        await driver.shows("complete")
        assert len(driver.app._notifications) == 0


async def test_N16_server_comes_and_goes(trial: Trial) -> None:
    async with trial.cockpit(size=(140, 40)) as driver:
        await watching(driver)
        trial.server.simulator.faults.order({"fault": "drop", "every": 10, "times": None})
        shown = []
        for _ in range(3):
            for polls in (1, 2):  # good ones, then bad ones of which the first is worth no word
                for _ in range(polls):
                    await driver.later(0)
                    await driver.pilot.pause()
                    shown.append("NO CONTACT" in driver.text)
                trial.server.clock.advance(5)
        assert shown == [False, False, True] * 3
        assert len(driver.app._notifications) == 0
        trial.server.simulator.faults.clear()


async def test_N17_a_command_never_takes_a_used_connection(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        await trial.deploy(driver, seconds=20)
        await driver.later(1)
        await driver.press("x")
        await driver.is_armed()
        await driver.press("right", "enter")
        await driver.until(lambda: trial.server.posts("stop"))
        requests = trial.server.simulator.requests
        ports = [request.port for request in requests]
        commands = [request for request in requests if request.method == "POST"]
        assert len(commands) == 2
        assert all(ports.count(command.port) == 1 for command in commands)
        assert len(ports) > len(set(ports))  # polls do share theirs


async def test_N18_all_polls_hang_and_the_stop_goes_out(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        rollout = await watching(driver)
        session, requests = driver.app.cockpit.session, trial.server.simulator.requests
        trial.server.simulator.faults.add(path="/jobs/*/nodes", fault=Hang(), times=None)
        before = len(requests)

        async def hang() -> Reading[Any]:
            async with aclosing(session.rollout(rollout.job).follow()) as readings:
                return await anext(readings)

        hung = [asyncio.create_task(hang()) for _ in range(8)]
        await driver.until(lambda: sum(r.path.endswith("/nodes") for r in requests[before:]) == len(hung))
        await driver.press("x")
        await driver.is_armed()
        await driver.press("right", "enter")
        await driver.until(lambda: trial.server.posts("stop"))
        assert not any(poll.done() for poll in hung)
        for poll in hung:
            poll.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
        trial.server.simulator.faults.clear()
        await driver.later(0)
        assert rollout.reading.value is not None
        assert rollout.reading.value.job.state in (JobState.STOPPING, JobState.STOPPED)


async def test_N19_the_first_address_is_deaf(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(trial.server.url.rpartition(":")[2])
    addresses = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)
    trial = elsewhere(trial, f"http://orchestrator.example.com:{port}")
    async with trial.cockpit() as driver:
        await driver.shows("production", "data 0s old")
        await trial.deploy(driver, seconds=20)
        assert isinstance(driver.app.screen, RolloutScreen)
