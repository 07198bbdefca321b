"""Answers against the samples of the vendor's pages, key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Start

METRICS = {
    *("total", "failed", "changed", "skipped", "restarted", "scheduled", "out_of_sync", "failed_to_restart")
}
JOB_2016_2 = {"id", "name", "state", "options", "owner", "timestamp", "environment"}
JOB_2019_7 = JOB_2016_2 | {"command", "description", "node_count", "node_states", "nodes", "report", "events"}
OPTIONS_2019_7 = {
    *("concurrency", "noop", "trace", "debug", "scope", "enforce_environment", "environment"),
    *("evaltrace", "target", "description"),
}


def test_deploy_answers_with_an_absolute_url_and_a_name_of_digits(start: Start) -> None:
    lab = start()
    answer = lab.client.post("/command/deploy", json={"environment": "production", "noop": True})
    assert answer.status_code == 202
    assert answer.json() == {"job": {"id": f"{lab.url}/jobs/1801", "name": "1801"}}


def test_urls_in_answers_follow_the_name_by_which_the_server_was_called(start: Start) -> None:
    lab = start()
    job = lab.deploy()
    answer = lab.client.get(f"/jobs/{job}", headers={"Host": "orchestrator.example.com:8143"})
    assert answer.json()["id"] == "http://orchestrator.example.com:8143/orchestrator/v1/jobs/1801"


def test_stop_counts_all_six_documented_states_or_only_those_met(start: Start) -> None:
    lab = start(nodes=20)
    job = lab.stop(lab.deploy("staging"))
    assert job == {
        "id": f"{lab.url}/jobs/1801",
        "name": "1801",
        "nodes": {"new": 4, "running": 0, "failed": 0, "errored": 0, "skipped": 0, "finished": 0},
    }
    recorded = start(nodes=20, zero_counts=False)
    assert recorded.stop(recorded.deploy("staging"))["nodes"] == {"new": 4}


@pytest.mark.parametrize(
    ("api", "in_list", "alone", "options"),
    [
        (
            "2016.2",
            JOB_2016_2,
            JOB_2016_2 | {"status", "nodes", "report", "events"},
            {"noop", "concurrency", "environment", "target"},
        ),
        ("2019.7", JOB_2019_7, JOB_2019_7 | {"status"}, OPTIONS_2019_7),
    ],
)
def test_jobs_carry_the_keys_of_their_release(
    start: Start, api: str, in_list: set[str], alone: set[str], options: set[str]
) -> None:
    lab = start(api=api)
    name = lab.deploy(noop=True)
    listed, job = lab.get("/jobs")["items"][0], lab.get(f"/jobs/{name}")
    assert listed.keys() == in_list
    assert job.keys() == alone
    assert job["options"].keys() == options
    assert job["environment"] == {"name": "production"}
    assert job["status"] == [{"state": "new", "enter_time": "2020-05-01T12:00:00Z", "exit_time": None}]


def test_a_job_without_target_says_so_as_its_release_does(start: Start) -> None:
    for api, target in (("2016.2", "whole environment"), ("2019.7", None)):
        lab = start(api=api)
        assert lab.get(f"/jobs/{lab.deploy(target='')}")["options"]["target"] == target


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


def test_nodes_of_2016_2_have_metrics_in_details_and_the_message_beside(start: Start) -> None:
    lab = start(api="2016.2")
    name = lab.deploy("staging")
    lab.clock.advance(3600)
    nodes = lab.get(f"/jobs/{name}/nodes")
    assert nodes.keys() == {"items"}
    node = nodes["items"][0]
    assert node.keys() == {"timestamp", "state", "transaction_uuid", "name", "details", "message"}
    assert node["details"].keys() == {"report-url", "metrics"}
    assert node["details"]["metrics"].keys() == METRICS
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
    assert result["metrics"].keys() == METRICS | {"corrective_change"}


def test_a_node_that_has_not_run_has_nulls_and_a_running_one_its_time_so_far(start: Start) -> None:
    lab = start()
    name = lab.deploy("staging", concurrency=1)
    lab.clock.advance(10)
    nodes = lab.get(f"/jobs/{name}/nodes")["items"]
    (running,) = (node for node in nodes if node["state"] == "running")
    waiting = next(node for node in nodes if node["state"] == "new")
    assert waiting["details"] == {}
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


@pytest.mark.parametrize("key", ["items", "report"])
def test_the_report_comes_under_its_documented_or_its_recorded_key(start: Start, key: str) -> None:
    lab = start(report_key=key)
    name = lab.deploy("staging")
    lab.clock.advance(3600)
    reports = lab.get(f"/jobs/{name}/report")[key]
    assert all({"node", "state", "timestamp", "events"} <= report.keys() for report in reports)
    statuses = {event["status"] for report in reports for event in report["events"]}
    assert statuses == {"success"}


def test_environments_applications_and_instances(start: Start) -> None:
    lab = start()
    environments = {each["name"]: each for each in lab.get("/environments")["items"]}
    home = f"{lab.url}/environments/production"
    assert {"production", "staging", "retired", "tangled"} <= environments.keys()
    assert environments["production"] == lab.get("/environments/production")
    assert environments["production"].keys() == {"id", "name", "applications", "settings"}
    assert environments["production"]["applications"] == {"id": f"{home}/applications"}
    applications = lab.get("/environments/production/applications")
    assert applications["instances"] == {"id": f"{home}/instances"}
    assert {"Lamp", "Forge"} <= {item["name"] for item in applications["items"]}
    lamp = applications["items"][0]
    assert lamp.keys() == {"line", "file", "parameters", "name", "kind"}


def test_components_come_after_everything_they_consume(start: Start) -> None:
    lab = start()
    instances = lab.get("/environments/production/instances")["items"]
    assert {"Lamp[shop]", "Lamp[intranet]"} <= {f"{each['type']}[{each['title']}]" for each in instances}
    for instance in instances:
        produced: set[str] = set()
        for component in instance["components"]:
            assert component.keys() == {"produces", "consumes", "node", "type", "title"}
            assert set(component["consumes"]) <= produced
            produced |= set(component["produces"])


def test_the_root_document_lists_collections_and_commands(start: Start) -> None:
    lab = start()
    root = lab.get(lab.url.removesuffix("/v1"))
    assert [each["name"] for each in root["collections"]] == ["environments", "jobs"]
    assert root["commands"][0] == {"id": f"{lab.url}/command/deploy", "name": "deploy"}
    assert root["info"]["version"] == "0.1"


def test_the_classifier_and_the_inventory_know_the_same_fleet(start: Start) -> None:
    lab = start(scenario="failures")
    names = {each["name"] for each in lab.get("/environments")["items"]}
    classified = lab.get(lab.url.replace("/orchestrator/v1", "/classifier-api/v1/environments"))
    assert {each["name"] for each in classified} == names
    connected = lab.get("/inventory")["items"]
    assert 0 < len(connected) < 120
    assert lab.get("/inventory/nobody.example.com") == {"name": "nobody.example.com", "connected": False}


def test_every_answer_carries_the_time_of_the_world(start: Start) -> None:
    lab = start()
    lab.clock.advance(61)
    assert lab.client.get("/jobs").headers["date"] == "Fri, 01 May 2020 12:01:01 GMT"


def test_the_status_service_asks_for_no_token(start: Start) -> None:
    lab = start()
    del lab.client.headers["X-Authentication"]
    answer = lab.client.get(lab.url.replace("/orchestrator/v1", "/status/v1/simple/orchestrator-service"))
    assert answer.text == "running"
