"""Every refusal: its status, its kind, its details, and which comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Start

VALIDATION = "puppetlabs.validators/validation-error"


@pytest.mark.parametrize(
    ("body", "status", "kind", "details"),
    [
        ({"environment": "nowhere"}, 404, "unknown-environment", {"environment": "nowhere"}),
        ({"environment": "retired"}, 400, "empty-environment", {"environment": "retired"}),
        (
            {"environment": "tangled"},
            400,
            "dependency-cycle",
            {"environment": "tangled", "cycle": ["Lamp[a]", "Db[a]", "Lamp[a]"]},
        ),
        (
            {"environment": "production", "target": "Lamp[nope]"},
            400,
            "empty-target",
            {"environment": "production", "target": "Lamp[nope]"},
        ),
        (
            {"environment": "production", "target": "Wiki"},
            400,
            "empty-target",
            {"environment": "production", "target": "Wiki"},
        ),
        (
            {"environment": "production", "scope": {"nodes": []}},
            400,
            "empty-target",
            {"environment": "production", "target": "nodes"},
        ),
        (
            {"environment": "production", "scope": {"query": 'nodes { certname = "x" }'}},
            400,
            "empty-target",
            {"environment": "production", "target": "query"},
        ),
        ({"environment": "production", "scope": {"query": "nodes {"}}, 400, "query-error", None),
    ],
)
def test_deploys_that_mean_nothing(
    start: Start, body: dict[str, Any], status: int, kind: str, details: dict[str, Any] | None
) -> None:
    lab = start()
    answer = lab.client.post("/command/deploy", json=body)
    error = answer.json()
    assert (answer.status_code, error["kind"]) == (status, f"puppetlabs.orchestrator/{kind}")
    assert error.get("details") == details
    assert error["msg"]
    assert lab.get("/jobs")["items"] == []


def test_refusals_that_depend_on_the_server(start: Start) -> None:
    lab = start(unknown_target=True, puppetdb_down=True)
    answer = lab.client.post("/command/deploy", json={"environment": "production", "target": "Nope"})
    assert answer.status_code == 404
    assert answer.json()["kind"] == "puppetlabs.orchestrator/unknown-target"
    query = {"environment": "production", "scope": {"query": 'nodes { certname ~ "web" }'}}
    answer = lab.client.post("/command/deploy", json=query)
    assert answer.status_code == 400
    assert answer.json()["kind"] == "puppetlabs.orchestrator/puppetdb-error"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"environment": 1},
        {"environment": ""},
        {"environment": "production", "noop": "yes"},
        {"environment": "production", "concurrency": 0},
        {"environment": "production", "concurrency": True},
        {"environment": "production", "concurrency": "5"},
        {"environment": "production", "target": []},
        {"environment": "production", "noop": True, "no_noop": True},
        {"environment": "production", "scope": {}, "description": 1},
        {"environment": "production", "scope": {"nodes": ["a"], "query": "b"}},
        {"environment": "production", "scope": {"moon": True}},
        {"environment": "production", "scope": {"nodes": "a"}},
    ],
)
def test_bodies_that_are_no_deploy(start: Start, body: Any) -> None:
    lab = start()
    answer = lab.client.post("/command/deploy", json=body)
    assert answer.status_code == 400
    assert answer.json()["kind"] == VALIDATION


def test_scopes_choose_nodes(start: Start) -> None:
    lab = start()
    scopes: dict[str, Any] = {
        "application": "Lamp[shop]",
        "nodes": ["web-001.example.com", "db-001.example.com"],
        "query": 'nodes[certname] { certname ~ "^db-" or certname = "lb-001.example.com" }',
        "node_group": "00000000-0000-4000-8000-000000000000",
    }
    for scope, size in zip(scopes.items(), (5, 2, 12, 120), strict=True):
        job = lab.deploy(scope=dict([scope]))
        assert lab.get(f"/jobs/{job}")["node_count"] == size
    ast = ["from", "nodes", ["and", ["~", "certname", "^db-"], ["=", "certname", "db-003.example.com"]]]
    assert lab.get(f"/jobs/{lab.deploy(scope={'query': ast})}")["node_count"] == 1


def test_an_empty_environment_needs_a_scope_and_leaves_each_node_its_own(start: Start) -> None:
    lab = start()
    job = lab.deploy("", enforce_environment=False, scope={"query": 'nodes { certname ~ "^db-" }'})
    lab.clock.advance(3600)
    assert lab.get(f"/jobs/{job}")["environment"] == {"name": ""}
    nodes = lab.get(f"/jobs/{job}/nodes")["items"]
    environments = {n["result"]["environment"] for n in nodes if n["state"] == "finished"}
    assert {"production", "staging"} <= environments


@pytest.mark.parametrize(
    "path",
    [
        *("/jobs/x", "/jobs/x/nodes", "/jobs/1.5/events", "/jobs/-1/report"),
        *("/jobs?limit=many", "/jobs?limit=-1", "/jobs?offset=x", "/jobs?order=up", "/jobs?order_by=size"),
        *("/jobs/1801/events?start=x", "/jobs/1801/events?start="),
    ],
)
def test_parameters_that_are_no_numbers(start: Start, path: str) -> None:
    lab = start(history=True, validation_kind="puppetlabs.orchestrator/validation-error")
    answer = lab.client.get(path)
    assert answer.status_code == 400
    assert answer.json()["kind"] == "puppetlabs.orchestrator/validation-error"


@pytest.mark.parametrize("path", ["", "/nodes", "/events", "/report"])
def test_unknown_jobs(start: Start, path: str) -> None:
    lab = start()
    answer = lab.client.get(f"/jobs/4711{path}")
    assert answer.status_code == 404
    assert answer.json()["kind"] == "puppetlabs.orchestrator/unknown-job"


def test_stop_wants_the_name_of_a_job(start: Start) -> None:
    lab = start()
    bodies: tuple[object, ...] = ({}, {"job": 1801}, {"job": "all"}, [])
    for body in bodies:
        answer = lab.client.post("/command/stop", json=body)
        assert answer.status_code == 400
        assert answer.json()["kind"] == VALIDATION
    answer = lab.client.post("/command/stop", json={"job": "4711"})
    assert answer.status_code == 404
    assert answer.json()["kind"] == "puppetlabs.orchestrator/unknown-job"


@pytest.mark.parametrize("path", ["", "/applications", "/instances"])
def test_unknown_environments(start: Start, path: str) -> None:
    answer = start(api="2017.2").client.get(f"/environments/no%2Fwhere{path}")
    assert answer.status_code == 404
    assert answer.json()["details"] == {"environment": "no/where"}


def test_invented_answers_have_the_form_of_all_others(start: Start) -> None:
    client = start().client
    answers = {
        404: client.get("/moon"),
        405: client.delete("/jobs"),
        400: client.post("/command/deploy", content=b"{"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.json().keys() == {"kind", "msg"}
    assert client.get("/jobs/").status_code == 404


@pytest.mark.parametrize(
    ("token", "kind", "msg"),
    [
        (None, "user-unauthenticated", "Route requires authentication"),
        ("expired", "token-expired", "The provided token has expired."),
        ("revoked", "token-revoked", "Authentication token has been revoked."),
        ("revoked-user", "user-revoked", "The user has been revoked."),
        ("nonsense", "invalid-token", "The provided token is invalid."),
    ],
)
def test_without_a_valid_token_every_path_answers_401(
    start: Start, token: str | None, kind: str, msg: str
) -> None:
    lab = start()
    del lab.client.headers["X-Authentication"]
    headers = {} if token is None else {"X-Authentication": token}
    answers = [
        lab.client.get("/jobs", headers=headers),
        lab.client.get("/moon", headers=headers),
        lab.client.post("/command/deploy", content=b"{", headers=headers),
    ]
    for answer in answers:
        assert answer.status_code == 401
        assert answer.json() == {"kind": f"puppetlabs.rbac/{kind}", "msg": msg}
        assert answer.headers["content-type"] == "application/json; charset=utf-8"


def test_a_user_who_may_only_look(start: Start) -> None:
    lab = start()
    lab.client.headers["X-Authentication"] = "read-only"
    assert lab.client.get("/jobs").status_code == 200
    for command in ("deploy", "stop"):
        answer = lab.client.post(f"/command/{command}", content=b"{")  # 403 comes before any look at the body
        assert answer.status_code == 403
        assert answer.json()["kind"] == "puppetlabs.rbac/permission-denied"


def test_lists_of_jobs_by_release(start: Start) -> None:
    older = start(api="2016.2", history=True)
    listed = older.get("/jobs?limit=3&order=asc&offset=1")
    assert listed.keys() == {"items"}
    assert [job["name"] for job in listed["items"]] == ["1813", "1812", "1811"]  # the most recent three

    lab = start(history=True)
    oldest = lab.get("/jobs?limit=3")
    assert [job["name"] for job in oldest["items"]] == ["1801", "1802", "1803"]  # ascending unless asked
    assert oldest["pagination"] == {"limit": 3, "offset": 0, "total": 13}
    newest = lab.get("/jobs?limit=2&offset=1&order_by=timestamp&order=desc")["items"]
    assert [job["name"] for job in newest] == ["1812", "1811"]
    owners = [job["owner"]["login"] for job in lab.get("/jobs?order_by=owner")["items"]]
    assert owners == sorted(owners)
