"""Jobs held at a rate of change, and answers as long as the fleet."""

from __future__ import annotations

import json
import time
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from orch_tui.simulator import CutBody, ManualClock, Settings, Simulator, World
from orch_tui.simulator.order import Order
from tests.simulator.conftest import EPOCH

if TYPE_CHECKING:
    from orch_tui.simulator.job import Job
    from tests.simulator.conftest import Start


def world_with_job(concurrency: int | None = None, **settings: Any) -> tuple[World, ManualClock, Job]:
    """A job that has just begun to run."""
    clock = ManualClock()
    world = World(Settings(**{"epoch": EPOCH, "history": False, **settings}), clock)
    job = world.deploy(Order("production", concurrency=concurrency))
    while job.state != "running":
        clock.advance(0.1)
        world.advance()
    return world, clock, job


@pytest.mark.parametrize("concurrency", [None, 1, 40, 5000])
@pytest.mark.parametrize("rate", [0.5, 70.0, 300.0])
def test_a_rate_holds_every_second_of_a_minute_whatever_the_concurrency(
    rate: float, concurrency: int | None
) -> None:
    world, clock, job = world_with_job(concurrency, nodes=40_000, rate=rate, scenario="failures")
    begin = job.changed
    clock.advance(61)
    world.advance()
    minute = [event.at - begin for event in job.events if 0 <= event.at - begin < 60]
    assert len(minute) == pytest.approx(60 * rate, rel=0.1)
    if rate > 10:
        seconds = Counter(int(at) for at in minute)
        assert all(seconds[second] == pytest.approx(rate, rel=0.1) for second in range(60))
    # Evenly: no two come together, but for what an application skips when its upstream fails.
    bursts = [later - sooner for sooner, later in pairwise(minute) if later - sooner < 0.5 / rate]
    assert len(bursts) <= 20
    assert job.counts["running"] <= (concurrency or 4000)


def test_runs_take_their_usual_time_if_neither_concurrency_nor_slots_forbid() -> None:
    world, clock, job = world_with_job(nodes=20_000, rate=40.0)
    clock.advance(240)
    world.advance()
    taken = sorted(run.ended - run.started for run in job.runs if run.started and run.ended)
    assert taken[len(taken) // 2] == pytest.approx(45, rel=0.2)
    assert taken[0] < 30
    assert taken[-1] > 70


def test_a_job_with_a_rate_goes_on_to_its_end_and_runs_every_node() -> None:
    world, clock, job = world_with_job(nodes=1000, rate=50.0, scenario="failures")
    clock.advance(30)
    world.advance()
    assert job.state == "failed"
    assert sum(job.counts.values()) == len(job.runs) == 600
    assert not job.counts["new"]
    assert not job.counts["running"]
    # Every node starts and ends, but for those that never start.
    starts = len(job.runs) - job.counts["skipped"] - sum(not run.node.connected for run in job.runs)
    assert len(job.events) == len(job.runs) + starts


def test_a_job_with_a_rate_stops_when_its_running_nodes_have_ended(start: Start) -> None:
    lab = start(nodes=1000, rate=20.0)
    job = lab.deploy(concurrency=10)
    lab.clock.advance(10)
    before = lab.stop(job)["nodes"]
    assert before["running"] in (9, 10)
    assert lab.get(f"/jobs/{job}")["state"] == "stopping"
    lab.clock.advance(1)
    assert lab.get(f"/jobs/{job}")["state"] == "stopped"
    after = lab.states(job)
    assert after["new"] == before["new"]
    assert "running" not in after


def test_a_world_with_a_rate_is_the_same_however_often_one_looks() -> None:
    def play(step: float, seed: int = 3) -> list[tuple[object, ...]]:
        clock = ManualClock()
        world = World(Settings(nodes=600, seed=seed, rate=12.0, scenario="failures", epoch=EPOCH), clock)
        world.deploy(Order("production", concurrency=30))
        world.deploy(Order("staging"))
        for _ in range(int(100 / step)):
            clock.advance(step)
            world.advance()
        return [
            (event.id, event.type, event.at, event.run and event.run.node.name)
            for job in world.jobs.values()
            for event in job.events
        ]

    assert play(100) == play(0.25)
    assert play(100) != play(100, seed=4)


def test_history_went_at_its_own_pace(start: Start) -> None:
    def told(rate: float | None) -> object:
        jobs = start(history=True, rate=rate).get("/jobs")["items"]
        return [(job["name"], job["timestamp"], job["node_states"]) for job in jobs]

    assert told(500.0) == told(None)


def test_a_rate_must_be_positive() -> None:
    with pytest.raises(ValueError, match="rate"):
        Settings(rate=0)


def test_a_long_list_is_of_one_moment_however_late_it_is_read(start: Start) -> None:
    lab = start(nodes=20_000, rate=500.0)
    job = lab.deploy()
    lab.clock.advance(12)
    with lab.client.stream("GET", f"/jobs/{job}/nodes") as answer:
        parts = answer.iter_raw(4096)
        text = next(parts)
        lab.clock.advance(20)
        now = lab.get(f"/jobs/{job}")["node_states"]  # answered in between
        text += b"".join(parts)
    nodes = json.loads(text)
    then = Counter(node["state"] for node in nodes["items"])
    assert then["new"] > now["new"]
    events = lab.get(nodes["next-events"]["id"])["items"]
    assert len(events) == 500 * 20
    # The events that follow lead from this list to the next.
    state = {node["name"]: node["state"] for node in nodes["items"]}
    state |= {event["details"]["node"]: event["type"].removeprefix("node_") for event in events}
    assert state == {node["name"]: node["state"] for node in lab.get(f"/jobs/{job}/nodes")["items"]}


def test_ended_nodes_are_told_again_as_they_were(start: Start) -> None:
    lab = start(nodes=2000, rate=300.0, scenario="failures")
    job = lab.deploy()
    lab.clock.advance(6)
    early = {node["name"]: node for node in lab.get(f"/jobs/{job}/nodes")["items"]}
    lab.clock.advance(60)
    late = {node["name"]: node for node in lab.get(f"/jobs/{job}/nodes")["items"]}
    ended = {name for name, node in early.items() if node["state"] not in ("new", "running")}
    assert ended
    assert all(early[name] == late[name] for name in ended)
    assert {node["state"] for node in late.values()} <= {"finished", "failed", "errored", "skipped"}


def test_a_long_list_may_be_cut_like_any_other(start: Start) -> None:
    lab = start(nodes=2000)
    job = lab.deploy()
    lab.simulator.faults.add(path=f"/jobs/{job}/nodes", fault=CutBody())
    with pytest.raises(httpx.RemoteProtocolError):
        lab.client.get(f"/jobs/{job}/nodes")
    assert lab.states(job) == {"new": 1200}


def test_the_server_keeps_up_with_the_world_while_nobody_asks() -> None:
    simulator = Simulator(Settings(nodes=1000, rate=100.0, speed=20.0, history=False))
    job = simulator.world.deploy(Order("production"))
    with simulator.running():
        patience = time.monotonic() + 10
        while not job.has_ended and time.monotonic() < patience:
            time.sleep(0.01)
    assert job.has_ended
