"""Every refusal of a server becomes one typed problem: kind, message, details, status."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orch_tui.api.failure import http_date, http_problem
from orch_tui.api.token import Token
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.problem import ProblemKind
from orch_tui.domain.scope import Scope, ScopeKind
from orch_tui.simulator import Answer
from tests.conftest import all_nodes

if TYPE_CHECKING:
    from orch_tui.api.client import OrchestratorClient
    from tests.api.conftest import Connect, ProblemOf, Start
    from tests.conftest import Server

PRODUCTION = DeployRequest("production", Mode.NOOP)


WIKI, NOPE = Scope(ScopeKind.APPLICATION, "Wiki"), Scope(ScopeKind.APPLICATION, "Nope")


def refusal(status: int, body: object, *headers: tuple[str, str]) -> Answer:
    return Answer(status, json.dumps(body).encode(), headers)


@pytest.mark.parametrize(
    ("settings", "deploy", "status", "kind", "details"),
    [
        ({}, DeployRequest("nowhere", Mode.NOOP), 404, ProblemKind.UNKNOWN_ENVIRONMENT, "nowhere"),
        ({}, DeployRequest("retired", Mode.NOOP), 400, ProblemKind.EMPTY_ENVIRONMENT, "retired"),
        ({}, DeployRequest("production", Mode.NOOP, None, WIKI, True), 400, ProblemKind.EMPTY_TARGET, "Wiki"),
        (
            {"unknown_target": True},
            DeployRequest("production", Mode.NOOP, None, NOPE, True),
            404,
            ProblemKind.UNKNOWN_TARGET,
            "Nope",
        ),
        ({}, DeployRequest("production", Mode.NOOP, 0), 400, ProblemKind.VALIDATION_ERROR, "concurrency"),
        (
            {"validation_kind": "puppetlabs.orchestrator/validation-error"},
            DeployRequest("production", Mode.NOOP, 0),
            400,
            ProblemKind.VALIDATION_ERROR,
            "concurrency",
        ),
    ],
)
@pytest.mark.parametrize("api", ["2016.2", "2019.7"])
async def test_a_deploy_that_means_nothing_is_refused_with_the_servers_own_words(
    start: Start,
    connect: Connect,
    problem_of: ProblemOf,
    api: str,
    settings: dict[str, Any],
    deploy: DeployRequest,
    status: int,
    kind: ProblemKind,
    details: str,
) -> None:
    server = start(api=api, **settings)
    problem = await problem_of(connect(server.url).deploy(deploy))
    assert (problem.kind, problem.status) == (kind, status)
    assert problem.message
    assert details in problem.details
    assert problem.cycle == ()
    assert problem.server_kind == settings.get("validation_kind", problem.kind.value)
    assert not problem.leaves_command_unknown
    assert len(server.posts("deploy")) == 1


async def test_a_dependency_cycle_is_told_in_its_order(
    client: OrchestratorClient, problem_of: ProblemOf
) -> None:
    problem = await problem_of(client.deploy(DeployRequest("tangled", Mode.NOOP)))
    assert (problem.kind, problem.status) == (ProblemKind.DEPENDENCY_CYCLE, 400)
    assert problem.cycle == ("Lamp[a]", "Db[a]", "Lamp[a]")
    assert json.loads(problem.details)["cycle"] == list(problem.cycle)


CYCLE = "puppetlabs.orchestrator/dependency-cycle"


@pytest.mark.parametrize(
    ("kind", "details", "cycle"),
    [
        (CYCLE, [{"type": "Lamp", "title": "a"}, {"type": "Db", "title": "b"}], ("Lamp[a]", "Db[b]")),
        (CYCLE, {"environment": "x", "resources": ["Lamp[\x1b]", "Db[b]"]}, ("Lamp[␛]", "Db[b]")),
        (CYCLE, {"cycle": ["one"]}, ()),
        (CYCLE, {"cycle": [1, 2]}, ()),
        (CYCLE, None, ()),
        ("puppetlabs.orchestrator/empty-target", {"nodes": ["a", "b"]}, ()),
    ],
)
def test_a_cycle_is_found_in_whatever_shape_and_nowhere_else(
    kind: str, details: object, cycle: tuple[str, ...]
) -> None:
    assert http_problem(400, {"kind": kind, "msg": "m", "details": details}, {}, "/").cycle == cycle


@pytest.mark.parametrize(
    ("token", "status", "kind"),
    [
        ("unheard-of", 401, ProblemKind.INVALID_TOKEN),
        ("expired-token", 401, ProblemKind.TOKEN_EXPIRED),
        ("revoked-token", 401, ProblemKind.TOKEN_REVOKED),
        ("revoked-user", 401, ProblemKind.USER_REVOKED),
        ("read-only", 403, ProblemKind.PERMISSION_DENIED),
    ],
)
async def test_a_token_that_will_not_do_is_told_by_its_kind(
    start: Start, connect: Connect, problem_of: ProblemOf, token: str, status: int, kind: ProblemKind
) -> None:
    server = start(expired_token="expired-token", revoked_token="revoked-token")
    problem = await problem_of(connect(server.url, token=Token.given(token)).deploy(PRODUCTION))
    assert (problem.kind, problem.status, problem.details) == (kind, status, "")
    assert problem.message
    assert not problem.leaves_command_unknown


async def test_an_unknown_job_is_told_by_every_call(
    client: OrchestratorClient, problem_of: ProblemOf
) -> None:
    for call in (client.job("9"), all_nodes(client, "9"), client.events("9", None), client.stop("9")):
        problem = await problem_of(call)
        assert (problem.kind, problem.status) == (ProblemKind.UNKNOWN_JOB, 404)


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        (400, "puppetlabs.orchestrator/puppetdb-error", ProblemKind.PUPPETDB_ERROR),
        (400, "puppetlabs.orchestrator/query-error", ProblemKind.QUERY_ERROR),
        (500, "puppetlabs.orchestrator/unknown-error", ProblemKind.UNKNOWN_ERROR),
        (401, "puppetlabs.rbac/user-unauthenticated", ProblemKind.USER_UNAUTHENTICATED),
        (401, "puppetlabs.rbac/token-timed-out", ProblemKind.TOKEN_EXPIRED),
        (401, "", ProblemKind.USER_UNAUTHENTICATED),
        (403, "puppetlabs.orchestrator/not-permitted", ProblemKind.PERMISSION_DENIED),
        (403, "puppetlabs.orchestrator/unheard-of", ProblemKind.PERMISSION_DENIED),
        (429, "", ProblemKind.UNAVAILABLE),
        (502, "", ProblemKind.UNAVAILABLE),
        (503, "", ProblemKind.UNAVAILABLE),
        (504, "", ProblemKind.UNAVAILABLE),
        (400, "puppetlabs.orchestrator/unheard-of", ProblemKind.OTHER),
        (418, "", ProblemKind.OTHER),
        # A server that speaks for us would make a deploy look as if it had never been sent.
        (500, "orch-tui/connection-refused", ProblemKind.OTHER),
    ],
)
async def test_the_kind_is_the_servers_or_follows_from_the_status(
    server: Server,
    client: OrchestratorClient,
    problem_of: ProblemOf,
    status: int,
    kind: str,
    expected: ProblemKind,
) -> None:
    body = {"kind": kind, "msg": "first line\n\n\x1b[2Jlast line"}
    server.simulator.faults.add(method="POST", path="/command/deploy", fault=refusal(status, body))
    problem = await problem_of(client.deploy(PRODUCTION))
    assert (problem.kind, problem.status, problem.server_kind) == (expected, status, kind)
    assert problem.message == "first line\n\n␛[2Jlast line"
    assert problem.leaves_command_unknown == (status >= 500 or status == 418)


async def test_the_details_of_rbac_are_dropped_for_they_echo_passwords(
    server: Server, client: OrchestratorClient, problem_of: ProblemOf
) -> None:
    body = {"kind": "puppetlabs.rbac/schema-violation", "msg": "no", "details": {"submitted": "hunter2"}}
    server.simulator.faults.add(path="/jobs", fault=refusal(400, body))
    problem = await problem_of(client.jobs(1))
    assert problem.server_kind == "puppetlabs.rbac/schema-violation"
    assert "hunter2" not in repr(problem)


DATE = ("date", "Sat, 01 Feb 2020 12:00:00 GMT")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        ("9" * 40, 999_999_999.0),
        ("Sat, 01 Feb 2020 12:00:30 GMT", 30.0),
        ("Sat, 01 Feb 2020 11:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
async def test_retry_after_is_seconds_or_a_date_by_the_servers_clock(
    server: Server, client: OrchestratorClient, problem_of: ProblemOf, header: str, seconds: float | None
) -> None:
    busy = Answer(503, b"<html>", (("retry-after", header), DATE))
    server.simulator.faults.add(path="/jobs", fault=busy)
    problem = await problem_of(client.jobs(1))
    assert (problem.kind, problem.message) == (ProblemKind.UNAVAILABLE, "the server answered 503")
    assert problem.retry_after == seconds


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
KINDS = st.sampled_from([*ProblemKind, "", "x/y"]) | JSON


@given(
    st.integers(300, 599),
    JSON | st.fixed_dictionaries({}, optional={"kind": KINDS, "msg": JSON, "details": JSON}),
    st.dictionaries(st.sampled_from(["date", "retry-after"]), st.text()),
)
def test_any_answer_is_a_problem_that_is_safe_to_show(
    status: int, body: object, headers: dict[str, str]
) -> None:
    problem = http_problem(status, body, headers, "/")
    assert problem.status == status
    assert problem.message
    for text in (problem.message, problem.details, problem.server_kind, *problem.cycle):
        assert text.replace("\n", "").isprintable()


@given(st.text() | st.from_regex(r"Mon, [0-9]{1,30} Jan [0-9]{1,30} [0-9]{1,25}:0:0 [+-][0-9]{1,30}"))
def test_any_date_header_is_a_moment_with_a_zone_or_none(value: str) -> None:
    moment = http_date(value)
    assert moment is None or moment.tzinfo is not None


@pytest.mark.parametrize("depth", range(950, 1000, 10))
def test_details_nested_to_any_depth_do_no_harm(depth: int) -> None:
    details: object = "x"
    for _ in range(depth):
        details = [details]
    assert http_problem(400, {"msg": "deep", "details": details}, {}, "/").message == "deep"
