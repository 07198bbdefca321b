"""Answers about jobs against the samples of the vendor's pages and what was recorded of live servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Start


def test_a_job_without_target_says_so_as_its_release_does(start: Start) -> None:
    early = start(api="2016.2")
    assert early.get(f"/jobs/{early.deploy(target='')}")["options"] == {
        **{"noop": False, "concurrency": None, "environment": "production", "target": "whole environment"}
    }
    recorded = start(api="2016.4")
    assert recorded.get(f"/jobs/{recorded.deploy()}")["options"] == {
        "concurrency": None,
        "noop": False,
        "trace": False,
        "debug": False,
        "scope": {"whole_environment": True},
        "enforce_environment": True,
        "environment": "production",
        "evaltrace": False,
        "target": "whole environment",
    }
    later = start(api="2019.7")
    options = later.get(f"/jobs/{later.deploy()}")["options"]
    assert (options["scope"], options["target"], options["description"]) == ({}, None, "")


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ({"target": "Lamp[shop]"}, "Lamp[shop]"),
        ({"scope": {"application": "Lamp"}}, "Lamp"),
        ({"scope": {"nodes": ["web-001.example.com"]}}, "nodes"),
        ({"scope": {"query": 'nodes { certname ~ "web" }'}}, "query"),
    ],
)
def test_early_releases_name_what_was_meant(start: Start, asked: dict[str, Any], target: str) -> None:
    lab = start(api="2016.4")
    assert lab.get(f"/jobs/{lab.deploy(**asked)}")["options"]["target"] == target


def test_a_job_of_2021_has_its_times_and_the_callers_data(start: Start) -> None:
    lab = start(api="2021.2", nodes=20)
    name = lab.deploy("staging", userdata={"ticket": "CHG-7"})
    new = lab.get(f"/jobs/{name}")
    assert (new["type"], new["userdata"]) == ("deploy", {"ticket": "CHG-7"})
    assert (new["started_timestamp"], new["finished_timestamp"], new["duration"]) == (None, None, None)
    lab.clock.advance(10)
    running = lab.get("/jobs")["items"][0]
    assert 7 <= float(running["duration"]) <= 9
    lab.clock.advance(600)
    done = lab.get(f"/jobs/{name}")
    assert done["finished_timestamp"] == done["timestamp"] > done["started_timestamp"]
    assert isinstance(done["duration"], str)
    assert 20 <= float(done["duration"]) <= 180


def test_the_total_of_no_jobs_was_null_once(start: Start) -> None:
    early = start(api="2019.7").get("/jobs?limit=20")
    assert early["pagination"] == {"limit": 20, "offset": 0, "total": None}
    assert start(api="2021.7").get("/jobs?limit=20")["pagination"] == {
        **{"limit": 20, "offset": 0, "total": 0, "order": "asc", "order_by": "timestamp", "type": ""}
    }


def test_jobs_are_listed_by_type_task_and_time_of_their_end(start: Start) -> None:
    lab = start(api="2021.7", history=True)
    every = [job["name"] for job in lab.get("/jobs")["items"]]
    assert [job["name"] for job in lab.get("/jobs?type=deploy")["items"]] == every
    assert lab.get("/jobs?type=plan_task")["pagination"]["total"] == 0
    assert lab.get("/jobs?task=pack")["items"] == []
    recent = lab.get("/jobs?min_finish_timestamp=2020-04-30T00:00:00Z")["items"]
    older = lab.get("/jobs?max_finish_timestamp=2020-04-29T23:59:59Z")["items"]
    assert 0 < len(recent) < len(every)
    assert [job["name"] for job in older + recent] == every[:-1]  # the last one is still running
    for wrong in ("type=nap", "type=deploy&task=pack", "min_finish_timestamp=soon"):
        assert lab.client.get(f"/jobs?{wrong}").status_code == 400


def test_state_history_is_in_order_and_leaves_the_last_state_open(start: Start) -> None:
    lab = start()
    name = lab.deploy()
    lab.clock.advance(3600)
    job = lab.get(f"/jobs/{name}")
    states = [entry["state"] for entry in job["status"]]
    assert states[:3] == ["new", "ready", "running"]
    assert states[3:] == [job["state"]]
    assert all(
        before["exit_time"] == after["enter_time"]
        for before, after in zip(job["status"], job["status"][1:], strict=False)
    )
    assert job["status"][-1]["exit_time"] is None
    assert job["timestamp"] == job["status"][-1]["enter_time"]


def test_nodes_of_2016_2_have_their_message_beside_the_details(start: Start) -> None:
    lab = start(api="2016.2")
    name = lab.deploy("staging")
    lab.clock.advance(3600)
    node = lab.get(f"/jobs/{name}/nodes")["items"][0]
    assert node["message"] == f"Finished puppet run on {node['name']} - Success! "


def test_nodes_of_2019_7_link_to_the_events_that_follow_and_hold_a_result(start: Start) -> None:
    lab = start()
    name = lab.deploy("staging", noop=True)
    lab.clock.advance(3600)
    nodes = lab.get(f"/jobs/{name}/nodes")
    following = lab.get(f"/jobs/{name}/events")["next-events"]["id"]
    assert nodes["next-events"] == {"id": following, "event": following.partition("start=")[2]}
    node = nodes["items"][0]
    assert node["details"]["message"] == f"Finished puppet run on {node['name']} - Success! "
    assert isinstance(node["duration"], float)
    result = node["result"]
    assert result.keys() == {"hash", "noop", "status", "metrics", "environment", "configuration_version"}
    assert result["noop"] == {"noop": True, "no_noop": False}
    assert result["metrics"] == node["details"]["metrics"]
    assert (node["transport"], isinstance(node["latest-event-id"], int)) == ("pcp", True)


def test_a_node_that_has_not_run_has_nulls_and_a_running_one_its_time_so_far(start: Start) -> None:
    lab = start()
    name = lab.deploy("staging", concurrency=1)
    lab.clock.advance(10)
    nodes = lab.get(f"/jobs/{name}/nodes")["items"]
    (running,) = (node for node in nodes if node["state"] == "running")
    waiting = next(node for node in nodes if node["state"] == "new")
    assert waiting["details"] == {}
    assert waiting["latest-event-id"] is None
    nulls = ("start_timestamp", "finish_timestamp", "duration", "transaction_uuid", "result")
    assert all(waiting[key] is None for key in nulls)
    assert 7 <= running["duration"] <= 9  # a second or so went by in `new`, another in `ready`
    assert running["details"]["run-time"] == int(running["duration"])
    assert running["details"]["message"] == f"Started puppet run on {running['name']} ..."


def test_a_disconnected_node_is_errored_at_once_and_has_no_transaction(start: Start) -> None:
    lab = start()
    name = lab.deploy(scope={"nodes": ["gone.example.com"]})
    lab.clock.advance(4)
    (node,) = lab.get(f"/jobs/{name}/nodes")["items"]
    assert node["state"] == "errored"
    assert node["transaction_uuid"] is None
    assert node["details"]["message"] == (
        "Error running puppet on gone.example.com: gone.example.com is not connected to the PCP broker"
    )
    assert lab.get(f"/jobs/{name}")["state"] == "failed"


def test_noop_runs_find_drift_and_change_nothing(start: Start) -> None:
    lab = start()
    name = lab.deploy("staging", noop=True)
    lab.clock.advance(3600)
    events = [e for e in lab.get(f"/jobs/{name}/events")["items"] if e["type"] == "node_finished"]
    metrics = [event["details"]["detail"]["metrics"] for event in events]
    assert all(event["details"]["detail"]["noop"] for event in events)
    assert not any(counts["changed"] for counts in metrics)
    assert any(counts["out_of_sync"] for counts in metrics)


def test_the_latest_event_of_a_node_is_its_own(start: Start) -> None:
    lab = start()
    name = lab.deploy("staging")
    for _ in range(3):
        lab.clock.advance(30)
        latest = {
            event["details"]["node"]: int(event["id"]) for event in lab.get(f"/jobs/{name}/events")["items"]
        }
        nodes = lab.get(f"/jobs/{name}/nodes")["items"]
        assert {node["name"]: node["latest-event-id"] for node in nodes if node["state"] != "new"} == latest


def test_nodes_come_in_parts_and_in_order_from_2019_8_5_on(start: Start) -> None:
    lab = start(api="2021.2", scenario="failures")
    name = lab.deploy()
    lab.clock.advance(100)
    path = f"/jobs/{name}/nodes"
    every = {node["name"]: node for node in lab.get(path)["items"]}
    pages = [lab.get(f"{path}?order_by=name&limit=30&offset={offset}")["items"] for offset in (0, 30, 60)]
    assert [len(page) for page in pages] == [30, 30, len(every) - 60]
    assert [node["name"] for page in pages for node in page] == sorted(every)
    backwards = lab.get(f"{path}?order_by=name&order=desc&limit=2")["items"]
    assert [node["name"] for node in backwards] == sorted(every)[:-3:-1]
    for key in ("state", "duration", "start_timestamp", "finish_timestamp"):
        values = [
            node[key] for node in lab.get(f"{path}?order_by={key}")["items"] if node["state"] == "finished"
        ]
        assert values == sorted(values)
    running = {node["name"] for node in lab.get(f"{path}?state=running")["items"]}
    assert running == {node for node, each in every.items() if each["state"] == "running"} != set()
    assert lab.client.get(f"{path}?state=errored").status_code == 400  # it occurs, but is not on the page


def test_events_say_what_was_recorded(start: Start) -> None:
    lab = start(api="2016.4")
    name = lab.deploy("staging", concurrency=1)
    lab.clock.advance(200)
    running, finished, *_ = lab.get(f"/jobs/{name}/events")["items"]
    node = running["details"]["node"]
    assert running == {
        "id": running["id"],
        "type": "node_running",
        "timestamp": running["timestamp"],
        "details": {"node": node, "detail": {"noop": False}},
        "message": f"Started puppet run on {node} ...",
    }
    assert finished["message"] == f"Finished puppet run on {node} - Success! "  # the blank at its end, too
    assert finished["details"]["detail"].keys() == {
        *("hash", "noop", "status", "metrics", "report-url", "environment", "configuration_version")
    }
    assert all(isinstance(event["id"], str) for event in (running, finished))


@pytest.mark.parametrize("api", ["2016.2", "2019.2"])
def test_an_empty_page_of_events_points_to_where_it_was_asked_from(start: Start, api: str) -> None:
    lab = start(api=api)
    name = lab.deploy("staging")
    assert lab.get(f"/jobs/{name}/events?start=99999") == {
        "next-events": {"id": f"{lab.url}/jobs/{name}/events?start=99999"}
        | ({"event": "99999"} if api == "2019.2" else {}),
        "items": [],
    }


@pytest.mark.parametrize("key", ["items", "report"])
def test_the_report_comes_under_its_documented_or_its_recorded_key(start: Start, key: str) -> None:
    lab = start(report_key=key)
    name = lab.deploy("staging")
    lab.clock.advance(3600)
    reports = lab.get(f"/jobs/{name}/report")[key]
    assert all({"node", "state", "timestamp", "events"} <= report.keys() for report in reports)
    statuses = {event["status"] for report in reports for event in report["events"]}
    assert statuses == {"success"}
