"""PuppetDB's queries as far as the simulator knows them: in deploys and at PuppetDB itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Lab, Start

DB = ["db-001.example.com", "db-002.example.com", "db-003.example.com"]
"""All databases of a fleet of 30, the last two outside of production."""


def puppetdb(lab: Lab, path: str = "") -> str:
    return lab.url.replace("/orchestrator/v1", "/pdb/query/v4") + path


def names(lab: Lab, query: object) -> list[str]:
    """Certnames, asked for with a POST, sorted."""
    answer = lab.client.post(puppetdb(lab), json={"query": query})
    assert answer.status_code == 200, answer.text
    return sorted(row["certname"] for row in answer.json())


@pytest.mark.parametrize(
    "query",
    [
        'nodes[certname] { certname ~ "^db-" }',
        "nodes[certname]{certname~'^db-'}",
        'nodes { certname = "db-001.example.com" or certname = "db-002.example.com" or certname ~ "db-003" }',
        'nodes[certname] { certname in ["db-001.example.com", "db-002.example.com", "db-003.example.com"] }',
        'inventory[certname] { facts.role = "db" }',
        'inventory[certname] { trusted.extensions.pp_role = "db" and !(certname = "x") }',
        'nodes[certname] { not certname !~ "^db-" }',
        'nodes[certname] { certname ~ "^db-" and certname != "x" or certname = "y" }',
        'nodes[certname, catalog_environment] {\n  certname ~ "^db-"\n}',
        ["from", "nodes", ["~", "certname", "^db-"]],
        ["from", "nodes", ["extract", ["certname"], ["=", ["fact", "role"], "db"]]],
        ["from", "inventory", ["extract", "certname", ["=", "trusted.extensions.pp_role", "db"]]],
        ["from", "nodes", ["and", ["~", "certname", "^db-"], ["not", ["in", "certname", ["array", ["x"]]]]]],
        ["from", "nodes", ["or", ["~", "certname", "^db-"], ["=", "certname", "x"]]],
    ],
)
def test_all_ways_to_ask_for_the_databases(start: Start, query: Any) -> None:
    lab = start(nodes=30)
    assert names(lab, query) == DB
    job = lab.deploy(scope={"query": query})
    assert sorted(node["name"] for node in lab.get(f"/jobs/{job}/nodes")["items"]) == DB


def test_a_query_without_a_condition_means_all_nodes(start: Start) -> None:
    lab = start(nodes=30)
    for query in (
        "nodes[certname] {}",
        "nodes {}",
        ["from", "nodes"],
        ["from", "nodes", ["extract", "certname"]],
    ):
        assert len(names(lab, query)) == 30


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("nodes {", "PQL parse error at line 1, column 8:\n\nnodes {\n       ^\n\nExpected one of:\n\nfield"),
        ("", "PQL parse error at line 1, column 1:\n\n\n^\n\nExpected one of:\n\nnodes\ninventory"),
        ("moon[certname] {}", "PQL parse error at line 1, column 1:\n\nmoon[certname] {}\n^\n"),
        ('nodes[certname] {\n certname "x" }', "PQL parse error at line 2, column 10:"),
        ('nodes[certname] { certname = "x" } and', "PQL parse error at line 1, column 35:"),
        ("nodes[certname] { certname = 7 }", "Expected one of:\n\nstring"),
        ('nodes[certname] { colour = "red" }', "Can't query on field 'colour'"),
        ("nodes[colour] { }", "Can't query on field 'colour'"),
        ('nodes[certname] { certname ~ "(" }', "invalid regular expression: ("),
        (["from", "nodes", ["=", "certname"]], "Query condition is not understood"),
        (["~", "certname", 5], "not understood"),
        ([], "not understood"),
    ],
)
def test_what_is_no_query_is_refused_in_puppetdbs_words(start: Start, query: Any, told: str) -> None:
    lab = start(nodes=30, api="2016.4")
    answer = lab.client.post(puppetdb(lab), json={"query": query})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")
    assert told in answer.text
    deploy = {"environment": "production", "scope": {"query": query}}
    answer = lab.client.post("/command/deploy", json=deploy)
    assert answer.status_code == 400
    error = answer.json()
    assert error.keys() == {"kind", "msg"}  # recorded: no details
    assert error["kind"] == "puppetlabs.orchestrator/query-error"
    assert error["msg"].startswith("PuppetDB query failed: ")
    assert told in error["msg"]


def test_a_deploy_takes_a_bare_condition_and_wants_certnames(start: Start) -> None:
    lab = start(nodes=30)
    job = lab.deploy(scope={"query": ["~", "certname", "^db-"]})
    assert lab.get(f"/jobs/{job}")["node_count"] == 3
    assert lab.client.post(puppetdb(lab), json={"query": ["~", "certname", "^db-"]}).status_code == 400
    deploy = {"environment": "production", "scope": {"query": "nodes[catalog_environment] {}"}}
    assert "certnames" in lab.client.post("/command/deploy", json=deploy).json()["msg"]


def test_puppetdb_answers_get_and_post_at_the_root_and_for_nodes(start: Start) -> None:
    lab = start(nodes=30)
    pql, ast = 'nodes[certname] { certname ~ "^db-" }', '["~","certname","^db-"]'
    rows = [{"certname": name} for name in DB]
    key = "certname"
    assert sorted(lab.client.get(puppetdb(lab), params={"query": pql}).json(), key=lambda r: r[key]) == rows
    assert len(lab.client.get(puppetdb(lab, "/nodes"), params={"query": ast}).json()) == 3
    assert (
        len(lab.client.post(puppetdb(lab, "/nodes"), json={"query": ["~", "certname", "^db-"]}).json()) == 3
    )
    (node, *others) = lab.get(puppetdb(lab, "/nodes"))
    assert len(others) == 29
    assert node["catalog_environment"] == "production"
    assert node["deactivated"] is None
    environments = {row["name"] for row in lab.get(puppetdb(lab, "/environments"))}
    assert {"production", "staging"} <= environments
    assert "retired" not in environments  # it has no nodes, and so no data
    assert lab.client.post(puppetdb(lab), content=b"{").status_code == 400
    assert lab.client.get(puppetdb(lab), params={"query": "[1,"}).status_code == 400
    assert lab.client.get(puppetdb(lab)).status_code == 400


def test_puppetdb_asks_for_the_token_and_may_be_down(start: Start) -> None:
    lab = start(nodes=30, puppetdb_down=True)
    assert lab.client.get(puppetdb(lab, "/nodes")).status_code == 503
    del lab.client.headers["X-Authentication"]
    assert lab.client.get(puppetdb(lab, "/nodes")).status_code == 401
