"""POST /command/deploy and /command/stop against the samples of the pages and what was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from orch_tui.simulator import DIALECTS

if TYPE_CHECKING:
    from tests.simulator.conftest import Lab, Start


def refusal(lab: Lab, **body: object) -> Any:
    answer = lab.client.post("/command/deploy", json={"environment": "production", **body})
    return {"status": answer.status_code, **answer.json()}


@pytest.mark.parametrize("api", DIALECTS)
def test_deploy_answers_with_an_absolute_url_and_a_name_of_digits(start: Start, api: str) -> None:
    lab = start(api=api)
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


def test_a_target_that_is_not_defined_is_refused_as_recorded(start: Start) -> None:
    lab = start(api="2016.4", unknown_target=True)
    assert refusal(lab, scope={"application": ""}) == {
        "status": 404,
        "kind": "puppetlabs.orchestrator/unknown-target",
        "msg": "The target was not found in environment production: ",
        "details": {"environment": "production", "target": ""},
    }


@pytest.mark.parametrize("scope", [{"nodes": []}, {"query": 'nodes { certname = "x" }'}])
def test_a_target_without_nodes_is_refused_as_recorded(start: Start, scope: dict[str, object]) -> None:
    assert refusal(start(api="2016.4"), scope=scope) == {
        "status": 400,
        "kind": "puppetlabs.orchestrator/empty-target",
        "msg": "No nodes were found for the specified target. Nothing to do.",
        "details": {"environment": "production", "target": next(iter(scope))},
    }


def test_cycles_are_refused_until_2021_5(start: Start) -> None:
    for api, kind in (
        ("2016.2", "dependency-cycle"),
        ("2021.2", "dependency-cycle"),
        ("2021.7", "empty-environment"),
    ):
        assert refusal(start(api=api), environment="tangled")["kind"] == f"puppetlabs.orchestrator/{kind}"


def test_keys_that_a_release_does_not_know_are_ignored_or_refused(start: Start) -> None:
    lab = start(api="2016.2")
    job = lab.deploy("staging", scope={"nodes": ["web-001.example.com"]}, colour="red")
    assert len(lab.get(f"/jobs/{job}/nodes")["items"]) == 24
    newest = start(api="current")
    job = newest.deploy("staging", target="Lamp[shop]")
    assert newest.get(f"/jobs/{job}")["node_count"] == 24  # not the five of the shop
    strict = start(api="current", unknown_keys="refused")
    assert refusal(strict, target="Lamp[shop]")["details"] == {"key": "target", "problem": "unknown key"}


def test_a_scope_may_be_needed_where_there_is_no_target(start: Start) -> None:
    strict = start(api="2019.8.5", scope_needed=True)
    assert refusal(strict)["details"] == {"key": "scope", "problem": "missing"}
    assert strict.deploy(scope={"nodes": ["web-001.example.com"]})
    assert start(api="2019.8.4", scope_needed=True).deploy()


def test_an_empty_environment_is_a_matter_of_2018_1(start: Start) -> None:
    scope = {"nodes": ["web-001.example.com"]}
    early = refusal(start(api="2017.3"), environment="", enforce_environment=False, scope=scope)
    assert early["details"]["key"] == "environment"
    assert start(api="2018.1").deploy("", enforce_environment=False, scope=scope)


def test_without_a_concurrency_newer_servers_run_eight_nodes_at_once(start: Start) -> None:
    for api, at_once in (("2019.8.1", 20), ("2019.8.3", 8)):
        lab = start(api=api, nodes=200)
        job = lab.deploy()
        lab.clock.advance(10)
        assert lab.states(job)["running"] == at_once
    more = lab.deploy(concurrency=12)
    lab.clock.advance(10)
    assert lab.states(more)["running"] == 12


def test_a_stop_by_force_ends_what_is_running(start: Start) -> None:
    lab = start(api="2021.7")
    job = lab.deploy("staging", concurrency=3)
    lab.clock.advance(10)
    plain = lab.client.post("/command/stop", json={"job": job, "force": False}).json()["job"]
    assert plain["nodes"]["running"] == 3
    assert lab.get(f"/jobs/{job}")["state"] == "stopping"
    forced = lab.client.post("/command/stop", json={"job": job, "force": True})
    assert forced.status_code == 202
    assert {state: count for state, count in forced.json()["job"]["nodes"].items() if count} == {
        **{"new": 21, "errored": 3}
    }
    assert lab.get(f"/jobs/{job}")["state"] == "stopped"
    before = lab.get(f"/jobs/{job}/events")["items"]
    assert [event["type"] for event in before[-4:]] == [*["node_errored"] * 3, "job_finished"]
    lab.clock.advance(600)
    assert lab.get(f"/jobs/{job}/events")["items"] == before
    after = lab.deploy("staging")
    lab.clock.advance(600)
    assert lab.get(f"/jobs/{after}")["state"] == "finished"  # the slots are free again


def test_force_is_new_and_ends_a_job_at_a_rate_too(start: Start) -> None:
    lab = start(api="2021.7", rate=2.0)
    job = lab.deploy("staging")
    lab.clock.advance(10)
    assert lab.client.post("/command/stop", json={"job": job, "force": True}).status_code == 202
    lab.clock.advance(60)
    assert "running" not in lab.states(job)
    older = start(api="2021.6")
    job = older.deploy("staging")
    older.clock.advance(10)
    assert older.client.post("/command/stop", json={"job": job, "force": True}).status_code == 202
    assert older.get(f"/jobs/{job}")["state"] == "stopping"
