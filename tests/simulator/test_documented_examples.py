"""The examples of the pages, and what was recorded of live servers, field by field: keys, types and forms.

Where a page's example cannot be right (a comma is missing, a cursor stands still), its table of keys or a
recording goes before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Start

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHA1 = re.compile(r"[0-9a-f]{40}")
DIGITS = re.compile(r"[0-9]+")
NODE_NAME = re.compile(r"[a-z]+-\d{3}\.example\.com")
REPORT_LINK = re.compile(r"https://console\.example\.com/#/cm/report/[0-9a-f]{40}")

OWNER = {"id": UUID, "login": str}
"""As in the examples up to 2019.7, and in recordings of 2016."""
FULL_OWNER = OWNER | {
    **dict.fromkeys(("is_revoked", "is_remote", "is_superuser", "is_group"), bool),
    **dict.fromkeys(("inherited_role_ids", "group_ids", "role_ids"), list),
    **dict.fromkeys(("email", "last_login", "display_name"), str),
}
"""As recorded late in 2016, of the same release as the short one; in the examples from 2019.8.5 on."""

METRICS = dict.fromkeys(
    ("total", "failed", "changed", "skipped", "restarted", "scheduled", "out_of_sync", "failed_to_restart"),
    int,
)
METRICS_2016_4 = METRICS | {"corrective_change": int}

RESULT = {
    "hash": SHA1,
    "noop": {"noop": bool, "no_noop": bool},
    "status": re.compile("unchanged|changed|failed"),
    "metrics": METRICS_2016_4,
    "environment": "production",
    "configuration_version": DIGITS,
}
DETAILS = {
    "report-url": REPORT_LINK,
    "metrics": METRICS_2016_4,
    "message": str,
    "hash": SHA1,
    "environment": "production",
}


def check(answer: Any, sample: Any, where: str = "") -> None:
    """Hold an answer against a sample: a type, a pattern, a value, a table with just these keys, or any of
    several (a tuple)."""
    match sample:
        case dict():
            assert answer.keys() == sample.keys(), where
            for key, part in sample.items():
                check(answer[key], part, f"{where}.{key}")
        case tuple():
            assert any(_fits(answer, each) for each in sample), f"{where}: {answer!r}"
        case re.Pattern():
            assert isinstance(answer, str), where
            assert sample.fullmatch(answer), f"{where}: {answer!r}"
        case type():
            assert type(answer) is sample, f"{where}: {answer!r}"
        case _:
            assert answer == sample, where


def _fits(answer: Any, sample: Any) -> bool:
    try:
        check(answer, sample)
    except (AssertionError, AttributeError):
        return False
    return True


JOB_2016_2 = {
    "name": DIGITS,
    "state": re.compile("new|ready|running|stopping|stopped|finished|failed"),
    "owner": (OWNER, FULL_OWNER),
    "timestamp": MOMENT,
    "environment": {"name": str},
}
JOB_2017_3 = JOB_2016_2 | {"command": "deploy", "description": str, "node_count": int}
JOB_2019_8_5 = JOB_2017_3 | {
    "type": "deploy",
    "started_timestamp": (MOMENT, None),
    "finished_timestamp": (MOMENT, None),
    "duration": (re.compile(r"\d+\.\d"), None),
    "userdata": dict,
}
OPTIONS_2016_2 = {"noop": bool, "concurrency": (int, None), "environment": str, "target": str}
OPTIONS_2016_4 = OPTIONS_2016_2 | {
    **{"scope": dict, "enforce_environment": bool, "debug": bool, "trace": bool, "evaltrace": bool}
}
OPTIONS_2017_3 = OPTIONS_2016_4 | {"target": (str, None), "description": str}


@pytest.mark.parametrize(
    ("api", "job", "options", "links"),
    [
        ("2016.2", JOB_2016_2, OPTIONS_2016_2, ()),
        ("2016.4", JOB_2016_2 | {"node_count": int}, OPTIONS_2016_4, ("nodes", "report", "events")),
        ("2017.3", JOB_2017_3, OPTIONS_2017_3, ("nodes", "report", "events")),
        ("2019.7", JOB_2017_3, OPTIONS_2017_3, ("nodes", "report", "events")),
        ("2021.0", JOB_2019_8_5, OPTIONS_2017_3, ("nodes", "report", "events")),
        ("2023.8", JOB_2019_8_5, OPTIONS_2017_3, ("nodes", "report", "events")),
    ],
)
def test_an_item_of_the_list_of_jobs(
    start: Start, api: str, job: dict[str, Any], options: dict[str, Any], links: tuple[str, ...]
) -> None:
    lab = start(api=api, history=True)
    items = lab.get("/jobs")["items"]
    assert len({item["state"] for item in items}) > 3
    for item in items:
        own = f"{lab.url}/jobs/{item['name']}"
        sample = job | {"id": own, "options": options} | {link: {"id": f"{own}/{link}"} for link in links}
        if "node_states" in item:
            sample |= {"node_states": dict.fromkeys(item["node_states"], int)}
            assert all(item["node_states"].values())
            assert sum(item["node_states"].values()) == item["node_count"]
        check(item, sample, item["name"])


@pytest.mark.parametrize("api", ["2016.4", "2019.7", "2021.7"])
def test_an_owner_comes_in_short_and_in_full(start: Start, api: str) -> None:
    owners = [job["owner"] for job in start(api=api, history=True).get("/jobs")["items"]]
    assert {frozenset(owner) for owner in owners} == {frozenset(OWNER), frozenset(FULL_OWNER)}


NODE_2016_2 = {
    "name": NODE_NAME,
    "state": "finished",
    "timestamp": MOMENT,
    "transaction_uuid": UUID,
    "details": {"report-url": REPORT_LINK, "metrics": METRICS},
    "message": str,
}
NODE_2016_4 = {key: NODE_2016_2[key] for key in ("name", "state", "timestamp", "transaction_uuid")} | {
    "details": DETAILS
}
NODE_2017_3 = NODE_2016_4 | {
    **{"start_timestamp": MOMENT, "finish_timestamp": MOMENT, "duration": float, "result": RESULT}
}
NODE_2018_1 = NODE_2017_3 | {"transport": "pcp", "latest-event-id": int}


@pytest.mark.parametrize(
    ("api", "sample"),
    [("2016.2", NODE_2016_2), ("2016.4", NODE_2016_4), ("2017.3", NODE_2017_3), ("2021.7", NODE_2018_1)],
)
def test_a_node_that_has_run(start: Start, api: str, sample: dict[str, Any]) -> None:
    lab = start(api=api, scenario="failures")
    job = lab.deploy()
    lab.clock.advance(3600)
    nodes = lab.get(f"/jobs/{job}/nodes")["items"]
    for node in nodes:
        if node["state"] in ("finished", "failed"):
            check(node, sample | {"state": node["state"]}, node["name"])
    assert {"finished", "failed"} <= {node["state"] for node in nodes}


def test_a_node_that_could_not_run_has_the_result_of_such_a_task(start: Start) -> None:
    lab = start(api="2019.7")
    job = lab.deploy(scope={"nodes": ["gone.example.com"]})
    lab.clock.advance(60)
    (node,) = lab.get(f"/jobs/{job}/nodes")["items"]
    words = "Error running puppet on gone.example.com: gone.example.com is not connected to the PCP broker"
    check(
        node["result"],
        {
            "msg": words,
            "kind": "puppetlabs.orchestrator/execution-failure",
            "details": {"node": "gone.example.com"},
        },
    )
    check(node["details"], {"message": words})


@pytest.mark.parametrize("api", ["2016.4", "2017.3", "2021.7"])
def test_events_of_each_ending(start: Start, api: str) -> None:
    lab = start(api=api, scenario="failures")
    job = lab.deploy()
    lab.clock.advance(3600)
    detail = {
        **{"hash": SHA1, "noop": False, "status": re.compile("unchanged|changed|failed")},
        **{"metrics": METRICS_2016_4, "report-url": REPORT_LINK},
        **{"environment": "production", "configuration_version": DIGITS},
    }
    failure = {"msg": str, "kind": str, "details": {"node": NODE_NAME}}
    details: dict[str, Any] = {
        "node_running": {"node": NODE_NAME, "detail": {"noop": False}},
        "node_finished": {"node": NODE_NAME, "detail": detail},
        # A run that broke off has no report.
        "node_failed": {"node": NODE_NAME, "detail": (detail, failure)},
        "node_errored": {"node": NODE_NAME, "detail": failure},
        "node_skipped": {"node": NODE_NAME, "detail": {}},
        "job_finished": {"state": "failed"},
    }
    events = lab.get(f"/jobs/{job}/events")["items"]
    for event in events:
        check(
            event,
            {
                **{"id": DIGITS, "type": event["type"], "timestamp": MOMENT, "message": str},
                "details": details[event["type"]],
            },
            event["type"],
        )
    met = {event["type"] for event in events}
    assert met >= {"node_running", "node_finished", "node_failed", "node_errored"}


@pytest.mark.parametrize("key", ["items", "report"])
def test_a_report_of_a_job(start: Start, key: str) -> None:
    lab = start(api="2017.2", report_key=key)
    job = lab.deploy()
    lab.clock.advance(3600)
    sample = {"node": NODE_NAME, "state": "finished", "timestamp": MOMENT, "events": list}
    if key == "report":
        sample |= {"start_timestamp": MOMENT, "finish_timestamp": MOMENT}
    reports = [node for node in lab.get(f"/jobs/{job}/report")[key] if node["state"] == "finished"]
    for report in reports:
        check(report, sample)
    resource = {
        **dict.fromkeys(("resource_type", "resource_title", "property", "status", "message"), str),
        **dict.fromkeys(("old_value", "new_value"), str),
        **{"containment_path": list, "timestamp": MOMENT},
    }
    events = [event for report in reports for event in report["events"]]
    assert events
    for event in events:
        check(event, resource)


@pytest.mark.parametrize("api", ["2016.2", "2017.2"])
def test_an_application_and_an_instance_of_it(start: Start, api: str) -> None:
    lab = start(api=api)
    root = f"{lab.url}/environments/production"
    environment = lab.get("/environments/production")
    assert environment["settings"]["modulepath"]
    assert all(isinstance(folder, str) for folder in environment["settings"]["modulepath"])
    assert (environment["id"], environment["name"]) == (root, "production")
    applications = lab.get("/environments/production/applications")["items"]
    for application in applications:
        check(
            application,
            {
                **{"line": int, "file": re.compile(r"/.*\.pp"), "name": str, "kind": "application"},
                # Defaults are text, and null is none.
                "parameters": dict.fromkeys(application["parameters"], (str, None)),
            },
        )
    lamp = next(each for each in applications if each["name"] == "Lamp")
    assert {lamp["parameters"]["db_user"], lamp["parameters"]["web_count"]} == {None, "3"}
    for instance in lab.get("/environments/production/instances")["items"]:
        check(instance, {"type": str, "title": str, "components": list})


@pytest.mark.parametrize("api", ["2016.2", "2019.7", "current"])
def test_the_root_document(start: Start, api: str) -> None:
    lab = start(api=api)
    check(
        lab.get(lab.url.removesuffix("/v1")),
        {
            "info": {
                **dict.fromkeys(("title", "description", "warning"), str),
                "version": "0.1",
                "license": {"name": str, "url": str},
            },
            "status": {"id": f"{lab.url}/status", "name": "status"},
            "collections": [
                {"id": f"{lab.url}/environments", "name": "environments"},
                {"id": f"{lab.url}/jobs", "name": "jobs"},
            ],
            "commands": [
                {"id": f"{lab.url}/command/deploy", "name": "deploy"},
                {"id": f"{lab.url}/command/stop", "name": "stop"},
            ],
        },
    )


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (
            {"environment": "doesnotexist"},
            404,
            {
                "kind": "puppetlabs.orchestrator/unknown-environment",
                "msg": "Unknown environment doesnotexist",
                "details": {"environment": "doesnotexist"},
            },
        ),
        (
            {"environment": "production", "scope": {"query": "nodes {"}},
            400,
            {
                "kind": "puppetlabs.orchestrator/query-error",
                "msg": re.compile(
                    r"PuppetDB query failed: PQL parse error at line 1, column \d+:\n\n(.|\n)+"
                ),
            },
        ),
    ],
)
def test_a_refusal_in_the_words_that_were_recorded(
    start: Start, body: dict[str, Any], status: int, error: dict[str, Any]
) -> None:
    answer = start(api="2016.4").client.post("/command/deploy", json=body)
    assert answer.status_code == status
    check(answer.json(), error)


def test_there_are_no_scheduled_jobs(start: Start) -> None:
    listed = start(api="2018.1").get("/scheduled_jobs")
    assert listed["items"] == []
    assert listed.keys() == {"items", "pagination"}
