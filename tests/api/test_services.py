"""Node groups, PuppetDB and the inventory: what is asked before a deploy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from orch_tui.api.services import Classifier, PuppetDb
from orch_tui.domain.environment import Targets
from orch_tui.domain.problem import ProblemKind
from orch_tui.simulator import Answer, Drop
from orch_tui.simulator.faults import SkewDate

if TYPE_CHECKING:
    from orch_tui.api.client import OrchestratorClient
    from tests.api.conftest import Connect, ProblemOf, Start
    from tests.conftest import Server

JSON = (("content-type", "application/json"),)


@pytest.fixture
def asking(server: Server, connect: Connect) -> OrchestratorClient:
    return connect(server.url, classifier_url=f"{server.url}/classifier-api", puppetdb_url=server.url)


@pytest.fixture
def classifier(asking: OrchestratorClient) -> Classifier:
    assert asking.classifier
    return asking.classifier


@pytest.fixture
def puppetdb(asking: OrchestratorClient) -> PuppetDb:
    assert asking.puppetdb
    return asking.puppetdb


def known(server: Server) -> set[str]:
    return set(server.simulator.world.fleet.nodes)


async def test_node_groups_are_told_with_whether_they_have_rules(
    server: Server, classifier: Classifier
) -> None:
    groups = await classifier.groups()
    assert {group.id: group.name for group in groups} == {
        group.id: group.name for group in server.simulator.world.fleet.groups.values()
    }
    assert [group.name for group in groups if not group.has_rules] == ["PE Infrastructure"]
    assert "PE Infrastructure" not in Targets(groups=groups).group_names


async def test_a_group_whose_id_could_lead_elsewhere_is_none(server: Server, classifier: Classifier) -> None:
    body = b'[{"id": "../environments", "name": "x", "rule": []}, {"name": "no id"}]'
    server.simulator.faults.add(path="/classifier-api/v1/groups", fault=Answer(200, body, JSON))
    assert await classifier.groups() == ()


async def test_the_rules_of_a_group_find_its_nodes_in_puppetdb(
    server: Server, classifier: Classifier, puppetdb: PuppetDb
) -> None:
    fleet = server.simulator.world.fleet
    for group in fleet.groups.values():
        condition = await classifier.condition(group.id)
        if group.rule is None:
            assert condition is None
        else:
            assert await puppetdb.nodes_with(condition) == {node.name for node in group.nodes(fleet.nodes)}


async def test_an_id_that_is_none_is_never_put_into_a_path(
    server: Server, classifier: Classifier, problem_of: ProblemOf
) -> None:
    assert "not the id of a group" in (await problem_of(classifier.condition("../groups"))).message
    assert server.simulator.requests == []


@pytest.mark.parametrize(
    "query",
    [
        'nodes[certname] { certname ~ "^web-" }',
        '  ["from", "nodes", ["extract", "certname", ["~", "certname", "^web-"]]]',
        '["~", "certname", "^web-"]',
    ],
    ids=["PQL", "AST", "condition"],
)
async def test_a_query_finds_the_same_nodes_in_each_of_its_forms(
    server: Server, puppetdb: PuppetDb, query: str
) -> None:
    web = {name for name in known(server) if name.startswith("web-")}
    assert await puppetdb.nodes_of(query) == web != set()


async def test_what_puppetdb_has_against_a_query_is_told_in_its_own_words(
    puppetdb: PuppetDb, problem_of: ProblemOf
) -> None:
    problem = await problem_of(puppetdb.nodes_of("nodes[certname] { certname = }"))
    assert problem.status == 400
    assert problem.message.startswith(
        "PQL parse error at line 1, column 29:\n\nnodes[certname] { certname = }\n"
    )


async def test_a_query_that_tells_no_certname_is_not_taken_for_one_that_finds_nothing(
    puppetdb: PuppetDb, problem_of: ProblemOf
) -> None:
    problem = await problem_of(puppetdb.nodes_of("nodes[catalog_environment] { }"))
    assert (problem.kind, problem.message) == (ProblemKind.NOT_UNDERSTOOD, "the query tells no certname")
    assert await puppetdb.nodes_of('nodes[certname] { certname = "gone" }') == frozenset()


async def test_environments_without_data_are_not_told_by_puppetdb(
    asking: OrchestratorClient, puppetdb: PuppetDb
) -> None:
    assert {"production", "staging"} <= set(await puppetdb.environments()) < set(await asking.environments())


async def test_the_inventory_tells_who_is_connected(start: Start, connect: Connect) -> None:
    server = start(api="2016.5", scenario="failures", nodes=200)
    client, nodes = connect(server.url), server.simulator.world.fleet.nodes
    told = await client.connected([*nodes, "nobody.example.com"])
    assert told == {name: node.connected for name, node in nodes.items()} | {"nobody.example.com": False}
    assert set(told.values()) == {True, False}


async def test_a_node_of_which_nothing_is_told_is_neither_connected_nor_not(
    server: Server, client: OrchestratorClient
) -> None:
    items = [{"name": "a", "connected": True}, {"name": "b"}, {"name": "c", "connected": "?"}, {}]
    answer = Answer(200, json.dumps({"items": items}).encode(), JSON)
    server.simulator.faults.add(method="POST", path="/inventory", fault=answer)
    assert await client.connected(["a", "b", "c"]) == {"a": True}


@pytest.mark.parametrize("body", [b"{}", b"[1, null]", b'{"items": 1}'])
async def test_answers_that_no_document_foresees_are_problems_or_nothing(
    server: Server, asking: OrchestratorClient, puppetdb: PuppetDb, problem_of: ProblemOf, body: bytes
) -> None:
    server.simulator.faults.add(method="POST", fault=Answer(200, body, JSON), times=None)
    for call in (asking.connected(["a"]), puppetdb.nodes_of("nodes { }")):
        assert (await problem_of(call)).kind is ProblemKind.NOT_UNDERSTOOD


async def test_a_service_elsewhere_sets_no_clock_and_refuses_no_token(start: Start, connect: Connect) -> None:
    server, elsewhere = start(), start()
    client = connect(server.url, puppetdb_url=elsewhere.url)
    assert client.puppetdb
    await client.jobs(1)
    offset = client.clock_offset
    elsewhere.simulator.faults.add(path="/pdb/query/v4/environments", fault=SkewDate(3600))
    await client.puppetdb.environments()
    assert client.clock_offset == offset
    elsewhere.simulator.faults.add(path="/pdb/query/v4/environments", fault=Answer(401))
    with pytest.raises(Exception, match="user-unauthenticated"):
        await client.puppetdb.environments()
    await client.jobs(1)


async def test_what_it_takes_to_ask_puppetdb_is_said(
    server: Server, puppetdb: PuppetDb, problem_of: ProblemOf
) -> None:
    server.simulator.faults.add(path="/pdb/query/v4", method="POST", fault=Answer(403))
    assert "nodes:view_data" in (await problem_of(puppetdb.nodes_of("nodes { }"))).permission
    server.simulator.faults.add(path="/pdb/query/v4", method="POST", fault=Drop())
    assert (await problem_of(puppetdb.nodes_of("nodes { }"))).kind is ProblemKind.CONNECTION_LOST
