"""What each release takes and sends, against a table of its own: from the pages, not from the code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from orch_tui.simulator import DIALECTS
from orch_tui.simulator.facts import FACTS, Place, Trait

if TYPE_CHECKING:
    from tests.simulator.conftest import Lab, Start

DOCUMENT = Path(__file__).parents[2] / "docs" / "releases.md"

RELEASES = [
    *("2016.2", "2016.4", "2016.5", "2017.1", "2017.2", "2017.3", "2018.1"),
    *("2019.0", "2019.1", "2019.2", "2019.4", "2019.5", "2019.7"),
    *("2019.8.1", "2019.8.3", "2019.8.4", "2019.8.5", "2019.8.7"),
    *("2021.0", "2021.2", "2021.6", "2021.7", "2023.8", "current"),
]

# A name, and in which releases: "2016.4" is from then on, "2016.2-2019.8.4" up to then, commas join several.
Table = dict[str, str]

DEPLOY: Table = {
    **dict.fromkeys(("environment", "noop", "concurrency"), "2016.2"),
    "target": "2016.2-2019.8.4",
    **dict.fromkeys(("scope", "enforce_environment", "debug", "trace", "evaltrace"), "2016.4"),
    **dict.fromkeys(("no_noop", "description"), "2017.3"),
    **dict.fromkeys(("filetimeout", "http_connect_timeout", "http_keepalive_timeout"), "2019.8.1"),
    **dict.fromkeys(("http_read_timeout", "ordering", "skip_tags", "tags"), "2019.8.1"),
    **dict.fromkeys(("use_cached_catalog", "usecacheonfailure"), "2019.8.1"),
    "userdata": "2019.8.5",
    "timeout": "current",
}
SCOPE: Table = {
    **dict.fromkeys(("nodes", "query"), "2016.4"),
    "application": "2016.4-2021.6",
    "whole_environment": "2016.4-2017.3",
    "node_group": "2018.1",
}
STOP: Table = {"job": "2016.2", "force": "2021.7"}
JOBS_QUERY: Table = {
    "limit": "2016.2",
    **dict.fromkeys(("offset", "order_by", "order"), "2017.3"),
    "type": "2019.8.1",
    **dict.fromkeys(("min_finish_timestamp", "max_finish_timestamp"), "2021.7"),
}
PAGINATION: Table = {
    **dict.fromkeys(("limit", "offset", "total"), "2017.3"),
    **dict.fromkeys(("order", "order_by", "type"), "2019.8.5"),
}
JOB_IN_LIST: Table = {
    **dict.fromkeys(("id", "name", "state", "options", "owner", "timestamp", "environment"), "2016.2"),
    **dict.fromkeys(("node_count", "nodes", "report", "events"), "2016.4"),
    **dict.fromkeys(("command", "description", "node_states"), "2017.3"),
    "type": "2019.8.4",
    **dict.fromkeys(("started_timestamp", "finished_timestamp", "duration", "userdata"), "2019.8.5"),
}
JOB: Table = JOB_IN_LIST | {
    **dict.fromkeys(("status", "nodes", "report", "events"), "2016.2"),
    "node_states": "2017.3-2021.6",
}
OPTIONS: Table = {
    **dict.fromkeys(("noop", "concurrency", "environment", "target"), "2016.2"),
    **dict.fromkeys(("scope", "enforce_environment", "debug", "trace", "evaltrace"), "2016.4"),
    "description": "2017.3",
}
NODES: Table = {"items": "2016.2", "next-events": "2017.3"}
NODES_QUERY: Table = {
    **dict.fromkeys(("limit", "offset", "order_by", "order"), "2019.8.5"),
    "state": "2019.8.7-2019.8.7,2021.2",
}
NODE: Table = {
    **dict.fromkeys(("name", "state", "timestamp", "transaction_uuid", "details"), "2016.2"),
    "message": "2016.2-2016.2",
    **dict.fromkeys(("start_timestamp", "finish_timestamp", "duration", "result"), "2017.3"),
    **dict.fromkeys(("transport", "latest-event-id"), "2018.1"),
}
DETAILS: Table = {
    **dict.fromkeys(("report-url", "metrics"), "2016.2"),
    **dict.fromkeys(("message", "hash", "environment"), "2016.4"),
}
METRICS: Table = {
    **dict.fromkeys(("total", "failed", "changed", "skipped", "restarted", "scheduled"), "2016.2"),
    **dict.fromkeys(("out_of_sync", "failed_to_restart"), "2016.2"),
    "corrective_change": "2016.4",
}
NEXT_EVENTS: Table = {"id": "2016.2", "event": "2019.2"}
EVENTS: Table = {
    **dict.fromkeys(("node_running", "node_finished", "node_failed", "node_errored"), "2016.2"),
    **dict.fromkeys(("node_skipped", "job_aborted"), "2016.2"),
    **dict.fromkeys(("job_stopping", "job_finished"), "2019.8.1"),
}
INVENTORY: Table = {
    **dict.fromkeys(("name", "connected"), "2016.5"),
    **dict.fromkeys(("broker", "timestamp"), "2017.1"),
}
ENDPOINTS: Table = {
    **dict.fromkeys(("GET /jobs", "GET /jobs/1801", "GET /jobs/1801/nodes"), "2016.2"),
    **dict.fromkeys(("GET /jobs/1801/events", "GET /jobs/1801/report"), "2016.2"),
    **dict.fromkeys(("POST /command/deploy", "POST /command/stop", "GET "), "2016.2"),
    **dict.fromkeys(("GET /environments", "GET /environments/staging"), "2016.2-2016.2,2017.2-2017.2"),
    "GET /environments/staging/applications": "2016.2-2016.2,2017.2-2017.2",
    "GET /environments/staging/instances": "2016.2-2016.2,2017.2-2017.2",
    **dict.fromkeys(("GET /inventory", "GET /inventory/x", "POST /inventory"), "2016.5"),
    "GET /tasks": "2017.3",
}

GOOD: dict[str, Any] = {
    "environment": "staging",
    "noop": True,
    "no_noop": True,
    "concurrency": 3,
    "target": "Lamp[shop]",
    "scope": {"nodes": ["web-001.example.com"]},
    "description": "try",
    **dict.fromkeys(("ordering", "skip_tags", "tags"), "a,b"),
    "userdata": {"ticket": 7},
    **dict.fromkeys(("filetimeout", "http_connect_timeout", "http_keepalive_timeout"), 10),
    **dict.fromkeys(("http_read_timeout", "timeout"), 10),
}
SCOPES: dict[str, Any] = {
    "nodes": ["web-001.example.com"],
    "query": 'nodes[certname] { certname = "web-001.example.com" }',
    "application": "Lamp[shop]",
    "whole_environment": True,
    "node_group": "00000000-0000-4000-8000-000000000000",
}


def of(table: Table, release: str) -> set[str]:
    """The names that a table has for a release."""

    def holds(spans: str) -> bool:
        for span in spans.split(","):
            since, _, until = span.partition("-")
            last = RELEASES.index(until or "current")
            if RELEASES.index(since) <= RELEASES.index(release) <= last:
                return True
        return False

    return {name for name, spans in table.items() if holds(spans)}


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def refused(lab: Lab, path: str, body: dict[str, Any]) -> str:
    """The key that a command is refused for, if it is."""
    answer = lab.client.post(path, json=body)
    assert answer.status_code in (202, 400), answer.text
    key: str = "" if answer.status_code == 202 else answer.json()["details"].get("key", "")
    return key


def test_all_documented_releases_are_spoken() -> None:
    assert list(DIALECTS) == RELEASES


def test_commands_take_the_keys_of_their_release(start: Start, release: str) -> None:
    lab = start(api=release, nodes=40, unknown_keys="refused")
    known = of(DEPLOY, release)
    for key in DEPLOY:
        body = {"environment": "staging", key: GOOD.get(key, True)}
        assert refused(lab, "/command/deploy", body) == ("" if key in known else key)
        if key in known - {"environment"}:
            assert refused(lab, "/command/deploy", {"environment": "staging", key: [1]}) == key
    for key, value in SCOPES.items() if "scope" in known else ():
        body = {"environment": "staging", "scope": {key: value}}
        assert refused(lab, "/command/deploy", body) == ("" if key in of(SCOPE, release) else "scope")
    body = {"job": "1801", "force": True}
    assert refused(lab, "/command/stop", body) == ("" if "force" in of(STOP, release) else "force")


def test_lists_take_the_parameters_of_their_release(start: Start, release: str) -> None:
    lab = start(api=release, nodes=10)
    lab.deploy()
    for path, table in (("/jobs", JOBS_QUERY), ("/jobs/1801/nodes", NODES_QUERY)):
        known = {name for name in table if lab.client.get(f"{path}?{name}=?").status_code == 400}
        assert known == of(table, release), path


def test_answers_have_the_keys_of_their_release(start: Start, release: str) -> None:
    lab = start(api=release, nodes=60)
    job = lab.deploy("staging")
    lab.clock.advance(3600)
    jobs = lab.get("/jobs")
    assert jobs.keys() - {"pagination"} == {"items"}
    assert set(jobs.get("pagination", ())) == of(PAGINATION, release)
    assert jobs["items"][0].keys() == of(JOB_IN_LIST, release)
    alone = lab.get(f"/jobs/{job}")
    assert alone.keys() == of(JOB, release)
    assert alone["options"].keys() == of(OPTIONS, release)
    nodes = lab.get(f"/jobs/{job}/nodes")
    assert nodes.keys() == of(NODES, release)
    node = next(item for item in nodes["items"] if item["state"] == "finished")
    assert node.keys() == of(NODE, release)
    assert node["details"].keys() == of(DETAILS, release)
    assert node["details"]["metrics"].keys() == of(METRICS, release)
    events = lab.get(f"/jobs/{job}/events")
    assert events["next-events"].keys() == of(NEXT_EVENTS, release)
    assert lab.get(f"/jobs/{job}/report").keys() == {"items"}


def test_events_are_of_the_types_of_their_release(start: Start, release: str) -> None:
    lab = start(api=release, nodes=60)
    job = lab.deploy("production", concurrency=1)
    lab.clock.advance(60)
    lab.stop(job)
    lab.clock.advance(600)
    if "scope" in of(DEPLOY, release):
        lab.deploy(scope={"nodes": ["gone.example.com"]})
        lab.clock.advance(60)
    met = {
        event["type"]
        for each in lab.get("/jobs")["items"]
        for event in lab.get(f"/jobs/{each['name']}/events")["items"]
    }
    assert {"node_running"} <= met <= of(EVENTS, release)
    jobs_own = {"job_stopping", "job_finished"}
    assert met & jobs_own == of(EVENTS, release) & jobs_own


def test_endpoints_and_the_inventory_are_those_of_the_release(start: Start, release: str) -> None:
    lab = start(api=release, nodes=20)
    lab.deploy()
    found = set()
    for endpoint in ENDPOINTS:
        method, path = endpoint.split(" ")
        answer = lab.client.request(method, lab.url + path)
        if answer.status_code != 404:
            found.add(endpoint)
        else:
            assert answer.json()["kind"] == "puppetlabs.orchestrator/not-found"
    assert found == of(ENDPOINTS, release)
    if "GET /inventory" in found:
        assert lab.get("/inventory")["items"][0].keys() == of(INVENTORY, release)


def test_the_document_of_releases_has_the_table_of_the_code() -> None:
    text = DOCUMENT.read_text()
    for fact in FACTS:
        if fact.place is Place.TRAIT:
            names = [Trait[name].value for name in fact.names]
        else:
            names = [f"`{name}`".replace("GET/", "GET /").replace("POST/", "POST /") for name in fact.names]
        until = "" if fact.until == RELEASES[-1] else fact.until
        assert f"| {', '.join(names)} | {fact.since} | {until} | {fact.source} |" in text
    assert all(f"`{release}`" in text for release in RELEASES)
    assert all(f"## {place.value[0].upper()}{place.value[1:]}\n" in text for place in Place)
