"""The life of jobs: what runs when, and what a stop does."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from orch_tui.simulator import ManualClock, Settings, World
from orch_tui.simulator.order import Order

if TYPE_CHECKING:
    from tests.simulator.conftest import Lab, Start


def most_at_once(lab: Lab, job: str) -> int:
    """The largest number of nodes that ran at the same time, from the job's events."""
    running = most = 0
    started = set()
    for event in lab.get(f"/jobs/{job}/events")["items"]:
        node = event["details"]["node"]
        if event["type"] == "node_running":
            started.add(node)
            running += 1
        elif node in started:
            running -= 1
        most = max(most, running)
    return most


def test_concurrency_limits_a_job_and_slots_limit_all_jobs(start: Start) -> None:
    lab = start(slots=10)
    narrow, wide = lab.deploy("staging", concurrency=3), lab.deploy("production")
    lab.clock.advance(10)
    assert lab.states(narrow)["running"] + lab.states(wide)["running"] == 10
    lab.clock.advance(7200)
    assert most_at_once(lab, narrow) == 3
    assert 7 <= most_at_once(lab, wide) <= 10


def test_stop_lets_running_nodes_finish_and_starts_no_more(start: Start) -> None:
    lab = start()
    job = lab.deploy("staging", concurrency=3)
    lab.clock.advance(60)
    before = lab.stop(job)["nodes"]
    assert before["running"] == 3
    assert lab.get(f"/jobs/{job}")["state"] == "stopping"
    lab.clock.advance(600)
    assert lab.get(f"/jobs/{job}")["state"] == "stopped"
    after = lab.stop(job)["nodes"]  # as often as one likes, also when all is over
    assert after["running"] == 0
    assert after["new"] == before["new"] > 0
    assert after["finished"] == before["finished"] + 3


def test_a_job_that_has_not_begun_stops_at_once(start: Start) -> None:
    lab = start()
    job = lab.deploy("staging")
    lab.stop(job)
    lab.clock.advance(600)
    assert [entry["state"] for entry in lab.get(f"/jobs/{job}")["status"]] == ["new", "stopped"]
    assert lab.states(job) == {"new": 24}
    assert lab.get(f"/jobs/{job}/events")["items"] == []


def test_nodes_that_a_stop_kept_from_starting_may_be_told_as_skipped(start: Start) -> None:
    lab = start(stopped_nodes="skipped")
    job = lab.deploy("staging", concurrency=3)
    lab.clock.advance(10)
    lab.stop(job)
    types = Counter(event["type"] for event in lab.get(f"/jobs/{job}/events")["items"])
    assert types == {"node_running": 3, "node_skipped": 21}


def test_a_target_runs_its_own_nodes_upstream_first(start: Start) -> None:
    lab = start(list_environments=True)
    job = lab.deploy("staging", target="Lamp[shop]")
    lab.clock.advance(3600)
    instances = lab.get("/environments/staging/instances")["items"]
    shop = next(instance for instance in instances if instance["title"] == "shop")
    nodes = {node["name"]: node for node in lab.get(f"/jobs/{job}/nodes")["items"]}
    assert nodes.keys() == {component["node"] for component in shop["components"]}
    database, *_, balancer = shop["components"]
    assert nodes[database["node"]]["finish_timestamp"] < nodes[balancer["node"]]["start_timestamp"]


def test_nodes_downstream_of_a_failure_are_skipped(start: Start) -> None:
    lab = start(scenario="hostile")
    environment = "[red]x[/red]"
    job = lab.deploy(environment)
    lab.clock.advance(3600)
    database, web, app = lab.get(f"/jobs/{job}/nodes")["items"]
    assert (database["state"], web["state"], app["state"]) == ("failed", "skipped", "failed")
    assert database["name"] in web["details"]["message"]
    assert web["start_timestamp"] is web["finish_timestamp"] is web["transaction_uuid"] is None
    assert lab.get(f"/jobs/{job}")["state"] == "failed"


def test_counts_agree_with_the_nodes_all_along(start: Start) -> None:
    lab = start(scenario="failures")
    job = lab.deploy()
    while lab.get(f"/jobs/{job}")["status"][-1]["state"] not in ("finished", "failed"):
        lab.clock.advance(17)
        assert lab.get(f"/jobs/{job}")["node_states"] == lab.states(job)
    assert lab.states(job).keys() >= {"finished", "failed", "errored"}


@pytest.mark.parametrize("page", [None, 7])
def test_the_cursor_gives_each_event_once(start: Start, page: int | None) -> None:
    lab = start(events_per_page=page)
    job, other = lab.deploy("staging"), lab.deploy("development")
    events: list[Any] = []
    path = f"{lab.url}/jobs/{job}/events"
    for _ in range(200):
        lab.clock.advance(7)
        answer = lab.get(path)
        events += answer["items"]
        path = answer["next-events"]["id"]
    assert events == lab_events(lab, job)
    ids = [int(event["id"]) for event in events]
    assert ids == sorted(set(ids))
    assert len(ids) < ids[-1] - ids[0] + 1  # ids are shared with other jobs
    assert not {event["id"] for event in lab_events(lab, other)} & {event["id"] for event in events}
    assert lab.get(path)["next-events"]["id"] == path


def lab_events(lab: Lab, job: str) -> list[Any]:
    """All events of a job, page by page."""
    events: list[Any] = []
    path = f"/jobs/{job}/events?start=0"
    while items := (answer := lab.get(path))["items"]:
        events += items
        path = answer["next-events"]["id"]
    return events


def test_nothing_but_its_state_tells_that_a_job_of_2019_7_is_over(start: Start) -> None:
    lab = start()
    job = lab.deploy("staging")
    lab.clock.advance(3600)
    assert {event["type"] for event in lab_events(lab, job)} == {"node_running", "node_finished"}


def test_later_releases_mark_the_end_of_a_job(start: Start) -> None:
    lab = start(api="2019.8.1")
    job = lab.deploy("staging", concurrency=2)
    lab.clock.advance(10)
    lab.stop(job)
    lab.clock.advance(600)
    answer = lab.get(f"/jobs/{job}/events")
    stopping, *_, finished = [event for event in answer["items"] if event["type"].startswith("job_")]
    assert (stopping["type"], finished["type"]) == ("job_stopping", "job_finished")
    assert finished["details"] == {"state": "stopped"}
    assert finished == answer["items"][-1]
    assert answer["next-events"]["event"] == str(int(finished["id"]) + 1)


def test_the_world_is_the_same_however_often_one_looks() -> None:
    def play(step: float) -> list[tuple[object, ...]]:
        clock = ManualClock()
        world = World(Settings(seed=7, scenario="failures", epoch=datetime(2020, 5, 1, tzinfo=UTC)), clock)
        world.deploy(Order("production"))
        for _ in range(int(2400 / step)):
            clock.advance(step)
            world.advance()
        return [
            (event.id, event.type, event.at, event.run and event.run.node.name)
            for job in world.jobs.values()
            for event in job.events
        ]

    assert play(2400) == play(0.5)


def test_another_seed_makes_another_world() -> None:
    epoch = datetime(2020, 5, 1, tzinfo=UTC)

    def failing(seed: int) -> set[str]:
        world = World(Settings(seed=seed, scenario="failures", epoch=epoch), ManualClock())
        return {node.name for node in world.fleet.nodes.values() if node.cause}

    assert failing(1) == failing(1) != failing(2)


def test_history_has_every_ending_many_owners_and_one_job_that_runs(start: Start) -> None:
    lab = start(history=True)
    jobs = lab.get("/jobs")["items"]
    assert {job["state"] for job in jobs} == {"finished", "failed", "stopped", "running"}
    assert [job["state"] for job in jobs].count("running") == 1
    assert len({job["owner"]["login"] for job in jobs}) >= 4
    assert {len(job["owner"]) for job in jobs} == {2, 12}  # short and full forms
    assert {job["options"]["noop"] for job in jobs} == {True, False}
    assert all(lab.get(f"/jobs/{job['name']}/events")["items"] for job in jobs)
    assert lab.deploy() == "1814"


def test_a_fleet_too_small_for_its_history_still_makes_a_world(start: Start) -> None:
    lab = start(nodes=1, history=True)
    job = lab.deploy()
    lab.clock.advance(300)
    assert sum(lab.states(job).values()) == 1


def test_a_large_fleet_costs_little_to_watch() -> None:
    clock = ManualClock()
    world = World(Settings(nodes=100_000), clock)
    job = world.deploy(Order("production", concurrency=50))
    clock.advance(10)
    world.advance()
    cursor = job.next_event
    clock.advance(30)
    world.advance()
    assert len(job.runs) == 60_000
    assert 0 < len(job.events_from(cursor, None)) < 200
    assert job.counts["running"] == 50
