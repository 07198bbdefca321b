"""The documented answers, and the same with whatever a server may leave out or get wrong."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.job import JobState
from orch_tui.domain.node import Metrics, NodeState
from orch_tui.domain.problem import ProblemKind
from orch_tui.simulator import Answer
from tests.conftest import all_nodes

if TYPE_CHECKING:
    from orch_tui.api.client import OrchestratorClient
    from tests.api.conftest import ProblemOf, Start
    from tests.conftest import Server

JOB: dict[str, Any] = {
    "id": "https://orchestrator.example.com:8143/orchestrator/v1/jobs/375",
    "name": "375",
    "state": "stopped",
    "command": "deploy",
    "options": {
        "concurrency": None,
        "noop": False,
        "scope": {"whole_environment": True},
        "enforce_environment": True,
        "environment": "production",
        "target": "whole environment",
        "description": "a change",
    },
    "owner": {"id": "751a8f7e-b53a-4ccd-9f4f-e93db6aa38ec", "login": "brian"},
    "timestamp": "2016-05-20T16:45:31Z",
    "environment": {"name": "production"},
    "node_count": 5,
    "node_states": {"finished": 2, "new": 3},
    "status": [
        {"state": "new", "enter_time": "2016-04-11T18:44:31Z", "exit_time": "2016-04-11T18:45:31Z"},
        {"state": "stopped", "enter_time": "2016-04-11T18:46:31Z", "exit_time": None},
    ],
}
METRICS = {"total": 7, "failed": 1, "changed": 2, "skipped": 0, "restarted": 1, "out_of_sync": 3}
NODE: dict[str, Any] = {
    "name": "web-001.example.com",
    "state": "finished",
    "timestamp": "2016-05-20T16:45:31Z",
    "transaction_uuid": None,
    "details": {
        "report-url": "https://console.example.com/#/cm/report/1",
        "message": "Finished puppet run on web-001.example.com - Success! ",
        "metrics": {**METRICS, "corrective_change": 1},
    },
}
EVENT: dict[str, Any] = {
    "id": "1267",
    "type": "node_running",
    "timestamp": "2016-05-05T19:50:08Z",
    "details": {"node": "web-001.example.com", "detail": {"noop": False}},
    "message": "Started puppet run on web-001.example.com ...",
}
# What may stand where anything else was documented.
ODD: tuple[object, ...] = (
    None,
    True,
    -1,
    1e999,
    10**30,
    "",
    "\x1b[2J\ud800",
    "٣",
    [],
    {},
    [[1]],
    {"id": {}, "name": []},
    "0001-01-01T00:00:00+09:00",
)


def answer(body: object) -> Answer:
    return Answer(
        200, json.dumps(body).replace("Infinity", "1e999").encode(), (("content-type", "application/json"),)
    )


def tell(server: Server, path: str, body: object) -> None:
    server.simulator.faults.add(path=path, fault=answer(body))


async def test_the_documented_job_is_understood(server: Server, client: OrchestratorClient) -> None:
    tell(server, "/jobs/375", JOB)
    job = await client.job("375")
    assert (job.id, job.state, job.environment, job.noop) == ("375", JobState.STOPPED, "production", False)
    assert (job.owner, job.target, job.description) == ("brian", "whole environment", "a change")
    assert (job.node_count, dict(job.node_states)) == (5, {"finished": 2, "new": 3})
    assert job.began == datetime(2016, 4, 11, 18, 44, 31, tzinfo=UTC)
    assert job.ended == datetime(2016, 4, 11, 18, 46, 31, tzinfo=UTC)
    assert job.changed == datetime(2016, 5, 20, 16, 45, 31, tzinfo=UTC)


async def test_the_documented_nodes_and_events_are_understood(
    server: Server, client: OrchestratorClient
) -> None:
    link: dict[str, object] = {
        "id": "https://elsewhere.example.com/orchestrator/v1/jobs/375/events?start=1272"
    }
    tell(server, "/jobs/375/nodes", {"items": [NODE], "next-events": link | {"event": "1270"}})
    nodes = await all_nodes(client, "375")
    (node,) = nodes.items
    assert (node.name, node.state) == ("web-001.example.com", NodeState.FINISHED)
    assert node.message == "Finished puppet run on web-001.example.com - Success!"
    assert node.metrics == Metrics(7, 2, 1, 1, 3, 0, 1)
    assert node.report_url == "https://console.example.com/#/cm/report/1"
    assert nodes.next_event == 1270

    tell(server, "/jobs/375/events", {"items": [EVENT], "next-events": link})
    events = await client.events("375", 1267)
    (event,) = events.items
    assert (event.id, event.type, event.node, event.noop) == (
        1267,
        "node_running",
        "web-001.example.com",
        False,
    )
    assert events.next_start == 1272


@pytest.mark.parametrize(
    ("path", "ask", "item", "name"),
    [
        ("/jobs", lambda client: client.jobs(99), JOB, "name"),
        ("/jobs/1/nodes", lambda client: all_nodes(client, "1"), NODE, "name"),
        ("/jobs/1/events", lambda client: client.events("1", None), EVENT, "id"),
    ],
)
async def test_an_odd_or_missing_field_costs_itself_and_never_its_neighbours(
    server: Server,
    client: OrchestratorClient,
    path: str,
    ask: Callable[[OrchestratorClient], Awaitable[Any]],
    item: dict[str, Any],
    name: str,
) -> None:
    keys = [key for key in item if key != name]
    for odd in ODD:
        items: list[object] = [item, *({**item, key: odd} for key in keys)]
        items += [{other: item[other] for other in item if other != key} for key in keys]
        items += [dict.fromkeys(item, odd) | {name: item[name]}, {name: item[name]}]
        tell(server, path, {"items": items, "pagination": odd, "next-events": odd})
        page = await ask(client)
        assert (len(page.items), page.unreadable) == (len(items), 0), odd


@pytest.mark.parametrize(
    "bad", [None, 1, "x", [], {}, {"name": None, "id": None}, {"name": "../1", "id": "x"}], ids=repr
)
async def test_one_bad_item_costs_itself_and_is_counted(
    server: Server, client: OrchestratorClient, bad: object
) -> None:
    tell(server, "/jobs", {"items": [JOB, bad, {**JOB, "name": 376}]})
    jobs = await client.jobs(9)
    assert ([job.id for job in jobs.items], jobs.unreadable) == (["376", "375"], 1)


async def test_states_that_nobody_has_heard_of_are_kept_in_the_servers_words(
    server: Server, client: OrchestratorClient
) -> None:
    tell(server, "/jobs/375", {**JOB, "state": "paus\x1bed"})
    job = await client.job("375")
    assert (job.state, job.state_word, job.state.is_over) == (JobState.UNKNOWN, "unknown: paus␛ed", False)
    tell(server, "/jobs/375/nodes", {"items": [{**NODE, "state": "napping"}]})
    (node,) = (await all_nodes(client, "375")).items
    assert (node.state, node.state_text, node.state.is_over) == (NodeState.UNKNOWN, "napping", False)
    tell(server, "/jobs/375/events", {"items": [{**EVENT, "type": "node_napping"}]})
    (event,) = (await client.events("375", None)).items
    assert event.type == "node_napping"


async def test_ids_may_come_as_numbers_and_events_in_any_order(
    server: Server, client: OrchestratorClient
) -> None:
    tell(server, "/jobs", {"items": [{**JOB, "name": 9}, {**JOB, "name": 10}, {**JOB, "name": None}]})
    assert [job.id for job in (await client.jobs(9)).items] == ["375", "10", "9"]
    tell(
        server, "/jobs/9/events", {"items": [{**EVENT, "id": 12}, {**EVENT, "id": "7"}, {**EVENT, "id": -1}]}
    )
    page = await client.events("9", None)
    assert ([event.id for event in page.items], page.unreadable) == ([7, 12], 1)


@pytest.mark.parametrize(
    ("link", "cursor"),
    [
        ({"id": "/jobs/1/events?start=12", "event": None}, 12),
        ({"id": "/jobs/1/events?start=12", "event": "13"}, 13),
        ({"id": "/jobs/1/events?start=12", "event": 14}, 14),
        ({"id": "/jobs/1/events?start=12", "event": -1}, 12),
        ({"id": "/jobs/1/events?start=-1"}, None),
        ({"id": "/jobs/1/events?start=1&start=2"}, 1),
        ({"id": "http://[elsewhere/events?start=1"}, None),
        ({"id": 7}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
async def test_a_cursor_is_read_from_wherever_it_stands(
    server: Server, client: OrchestratorClient, link: object, cursor: int | None
) -> None:
    tell(server, "/jobs/1/events", {"items": [], "next-events": link})
    assert (await client.events("1", None)).next_start == cursor
    tell(server, "/jobs/1/nodes", {"items": [], "next-events": link})
    assert (await all_nodes(client, "1")).next_event == cursor


@pytest.mark.parametrize("body", [[], {}, {"items": None}, {"items": {}}, "items", 1, None], ids=repr)
async def test_an_answer_that_is_no_list_is_not_taken_for_an_empty_one(
    start: Start, server: Server, client: OrchestratorClient, problem_of: ProblemOf, body: object
) -> None:
    server.simulator.faults.add(fault=answer(body), times=None)
    calls = (
        client.jobs(1),
        all_nodes(client, "1"),
        client.events("1", None),
        client.environments(),
        client.targets("production"),
    )
    for call in calls:
        assert (await problem_of(call)).kind is ProblemKind.NOT_UNDERSTOOD
    if body != {}:
        assert (await problem_of(client.job("1"))).kind is ProblemKind.NOT_UNDERSTOOD


async def test_the_new_job_is_known_by_its_digits_and_its_url_is_never_asked(
    server: Server, client: OrchestratorClient, start: Start
) -> None:
    other = start()
    url = f"{other.url}/orchestrator/v1/jobs/81"
    for reference in (
        {"id": url, "name": "81"},
        {"id": url, "name": 81},
        {"id": url},
        {"id": url + "/", "name": None},
    ):
        fault = Answer(202, json.dumps({"job": reference}).encode())
        server.simulator.faults.add(method="POST", path="/command/deploy", fault=fault)
        assert await client.deploy(DeployRequest("production", Mode.NOOP)) == "81"
    tell(server, "/jobs/81", {**JOB, "id": url, "nodes": {"id": url + "/nodes"}, "name": "81"})
    assert (await client.job("81")).id == "81"
    tell(server, "/jobs/81/nodes", {"items": [], "next-events": {"id": f"{url}/events?start=3"}})
    cursor = (await all_nodes(client, "81")).next_event
    tell(server, "/jobs/81/events", {"items": []})
    await client.events("81", cursor)
    assert other.simulator.requests == []
    assert [request.path.rpartition("/v1")[2] for request in server.simulator.requests[4:]] == [
        "/jobs/81",
        "/jobs/81/nodes",
        "/jobs/81/events",
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"job": None},
        {"job": "81"},
        {"job": {}},
        {"job": {"name": "../environments"}},
        {"job": {"id": "https://h/x"}},
    ],
    ids=repr,
)
async def test_an_accepted_deploy_that_names_no_job_leaves_its_fate_unknown(
    server: Server, client: OrchestratorClient, problem_of: ProblemOf, body: object
) -> None:
    fault = Answer(202, json.dumps(body).encode())
    server.simulator.faults.add(method="POST", path="/command/deploy", fault=fault)
    problem = await problem_of(client.deploy(DeployRequest("production", Mode.NOOP)))
    assert problem.kind is ProblemKind.NOT_UNDERSTOOD
    assert problem.leaves_command_unknown
