"""What is found out before a deploy is sent: true, with who says so, and never in its way."""

import asyncio
from base64 import urlsafe_b64encode
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.token import Token
from orch_tui.domain.capabilities import Capabilities
from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.environment import Targets
from orch_tui.domain.preflight import Limit, Preflight, Source
from orch_tui.domain.problem import ProblemKind
from orch_tui.domain.scope import Scope, ScopeKind
from orch_tui.session.preflight import Known, Scout
from orch_tui.session.session import Session
from orch_tui.simulator import Answer, Hang, ManualClock, Settings
from orch_tui.simulator.faults import Fault
from tests.commands import deploy
from tests.conftest import TOKEN, Server
from tests.session.conftest import PRODUCTION, Sessions, marked

WEB = Scope(ScopeKind.QUERY, 'nodes[certname] { certname ~ "^web-" }')
LAMP = Scope(ScopeKind.APPLICATION, "Lamp")


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    api = getattr(request, "param", "2021.7")
    return Settings(nodes=200, token=TOKEN, api=api, scenario="failures")


@pytest.fixture
def beside(server: Server, monotonic: ManualClock) -> Sessions:
    """Sessions that know a node classifier and PuppetDB."""
    services = {"classifier_url": f"{server.url}/classifier-api", "puppetdb_url": server.url}
    return Sessions(replace(server, limits=services), monotonic)


def of(scope: Scope) -> DeployRequest:
    return replace(PRODUCTION, scope=scope)


async def told(session: Session, request: DeployRequest, targets: Targets | None = None) -> list[Preflight]:
    async with aclosing(session.preflight(request, targets or Targets())) as pictures:
        return [picture async for picture in pictures]


def names(server: Server, environment: str = "production") -> frozenset[str]:
    nodes = server.simulator.world.fleet.nodes.values()
    return frozenset(node.name for node in nodes if node.environment == environment)


def absent(server: Server, among: frozenset[str]) -> tuple[str, ...]:
    nodes = server.simulator.world.fleet.nodes
    return tuple(name for name in sorted(among) if not nodes[name].connected)


@pytest.mark.parametrize(
    ("settings", "limit", "has_inventory"),
    [
        ("2016.2", Limit.NONE, False),
        ("2016.5", Limit.NONE, True),
        ("2018.1", Limit.UNKNOWN, True),
        ("2021.7", Limit.COMPILES, True),
    ],
    indirect=["settings"],
)
async def test_each_release_tells_what_it_can(
    server: Server, beside: Sessions, limit: Limit, has_inventory: bool
) -> None:
    async with beside.open() as session:
        await session.ask_server()
        pictures = await told(session, PRODUCTION)
        assert [picture.reach is None for picture in pictures] == [True] + [False] * (1 + has_inventory)
        reach, connections = pictures[-1].reach, pictures[-1].connections
        assert reach
        assert (reach.source, reach.names) == (Source.CATALOGS, names(server))
        assert {picture.at_once for picture in pictures} == {limit}
        assert (await told(session, replace(PRODUCTION, concurrency=5)))[0].at_once == 5
        if has_inventory:
            assert connections
            assert (connections.asked, connections.told) == (reach.count, reach.count)
            assert connections.absent == absent(server, names(server)) != ()
        else:
            assert connections is None
            assert not any("inventory" in r.path for r in server.simulator.requests if r.method == "POST")


@pytest.mark.parametrize("settings", ["2018.1"], indirect=True)
async def test_node_groups_are_among_the_targets_and_their_nodes_are_counted(
    server: Server, beside: Sessions
) -> None:
    async with beside.open() as session:
        assert (await session.targets("production")).groups == ()  # what the server can do is not known yet
        await session.ask_server()
        targets = await session.targets("production")
        fleet = server.simulator.world.fleet
        for group in targets.groups:
            reach = (await told(session, of(Scope(ScopeKind.NODE_GROUP, group.id)), targets))[-1].reach
            assert reach
            members = frozenset(node.name for node in fleet.groups[group.id].nodes(fleet.nodes))
            assert reach.names == members
            assert reach.source is (Source.PUPPETDB if group.has_rules else Source.RULES)
            assert not reach.is_nothing  # only the server itself can say that it would refuse
        server.simulator.faults.add(path="/classifier-api/v1/groups", fault=Answer(503))
        assert await session.targets("production") == replace(targets, groups=())


@pytest.mark.parametrize("settings", ["2016.2", "2016.5"], indirect=True)
async def test_before_node_groups_nobody_is_asked_for_them(server: Server, beside: Sessions) -> None:
    async with beside.open() as session:
        await session.ask_server()
        assert (await session.targets("production")).groups == ()
    assert not any("/groups" in request.path for request in server.simulator.requests)


@pytest.mark.parametrize("settings", ["2016.2", "2021.7"], indirect=True)
async def test_named_nodes_and_applications_need_nobody_else(server: Server, session: Session) -> None:
    await session.ask_server()
    targets = await session.targets("production")
    chosen = ("web-001.example.com", "nobody.example.com")
    (*_, named) = await told(session, of(Scope(ScopeKind.NODES, nodes=chosen)))
    assert named.reach
    assert (named.reach.source, named.reach.names) == (Source.REQUEST, frozenset(chosen))
    reach = (await told(session, of(LAMP), targets))[-1].reach
    assert reach
    if targets.instances:
        assert (reach.source, reach.names) == (Source.INSTANCES, targets.nodes_of(LAMP))
        assert named.connections is None
    else:
        assert (reach.source, reach.count) == (Source.NOBODY, None)
        assert named.connections
        assert named.connections.absent == ("nobody.example.com",)


async def test_without_the_services_the_configuration_is_told_what_it_lacks(session: Session) -> None:
    await session.ask_server()
    group = Scope(ScopeKind.NODE_GROUP, "00000000-0000-4000-8000-000000000000")
    for scope in (WEB, group):
        reach = (await told(session, of(scope)))[-1].reach
        assert reach
        assert (reach.source, reach.count, reach.needs) == (Source.NOBODY, None, "puppetdb-url")


async def test_past_jobs_tell_of_a_whole_environment_what_puppetdb_does_not(
    server: Server, session: Session, beside: Sessions
) -> None:
    async with aclosing(session.board.follow()) as readings:
        await anext(readings)
    (*_, picture) = await told(session, PRODUCTION)
    assert picture.reach
    assert picture.reach.source is Source.PAST
    assert picture.reach.past
    assert picture.reach.count == len(server.simulator.world.jobs[int(picture.reach.past.id)].runs)
    assert (picture.reach.names, picture.connections) == (None, None)
    nowhere = (await told(session, replace(PRODUCTION, environment="nowhere")))[-1].reach
    assert nowhere
    assert (nowhere.source, nowhere.count) == (Source.NOBODY, None)
    async with beside.open() as better:
        server.simulator.faults.add(method="POST", path="/pdb", fault=Answer(503))
        reach = (await told(better, PRODUCTION))[-1].reach
        assert reach
        assert reach.problem
        assert (reach.problem.status, reach.count) == (503, None)


async def test_a_query_that_puppetdb_refuses_is_told_before_it_is_sent(beside: Sessions) -> None:
    async with beside.open() as session:
        await session.ask_server()
        for query in ("nodes[certname] { certname = }", '["no", "such", "thing"]'):
            reach = (await told(session, of(Scope(ScopeKind.QUERY, query))))[-1].reach
            assert reach
            assert reach.problem
            assert (reach.problem.status, reach.count) == (400, None)


@pytest.mark.parametrize(
    ("path", "fault", "kind"),
    [
        ("/pdb", Hang(), ProblemKind.NO_ANSWER),
        ("/pdb", Answer(500), ProblemKind.OTHER),
        ("/pdb", Answer(200, b"<html>"), ProblemKind.NOT_UNDERSTOOD),
        ("/inventory", Hang(), None),
        ("/inventory", Answer(500), None),
    ],
)
async def test_who_is_slow_or_broken_is_left_out_soon(
    server: Server, path: str, fault: Fault, kind: ProblemKind | None
) -> None:
    server.simulator.faults.add(method="POST", path=path, fault=fault, times=None)
    known = Known(Capabilities.of_release("2021.7"), Targets(), (), (), None)
    async with OrchestratorClient(replace(server.connection, puppetdb_url=server.url)) as client:
        scout = Scout(client, of(WEB), known, patience=0.5)
        async with asyncio.timeout(5), aclosing(scout()) as pictures:
            picture = [picture async for picture in pictures][-1]
    assert picture.reach
    if kind is not None:
        assert picture.reach.problem
        assert (picture.reach.problem.kind, picture.reach.count) == (kind, None)
        assert picture.connections is None
    else:
        assert picture.reach.count
        assert picture.connections
        assert (picture.connections.told, picture.connections.absent) == (0, ())
        assert picture.connections.fault


async def test_connections_are_asked_for_in_parts_and_not_for_too_many(
    server: Server, session: Session
) -> None:
    await session.ask_server()
    many = tuple(f"n{number:05}" for number in range(2_500))
    connections = (await told(session, of(Scope(ScopeKind.NODES, nodes=many))))[-1].connections
    assert connections
    assert (connections.asked, connections.told, connections.absent) == (2_500, 2_500, many)
    asked = [request for request in server.simulator.requests if request.path.endswith("/inventory")]
    assert len(asked) == 3
    more = tuple(f"n{number:05}" for number in range(20_001))
    connections = (await told(session, of(Scope(ScopeKind.NODES, nodes=more))))[-1].connections
    assert connections
    assert (connections.told, connections.fault) == (0, "more than 20,000 nodes are not asked for")
    assert len([r for r in server.simulator.requests if r.path.endswith("/inventory")]) == 3


async def test_jobs_under_way_are_told_as_exactly_as_somebody_knows(server: Server, beside: Sessions) -> None:
    web = sorted(name for name in server.simulator.world.fleet.nodes if name.startswith("web-"))
    async with beside.open() as session:
        await session.ask_server()
        chosen = of(Scope(ScopeKind.NODES, nodes=(web[0], "db-001.example.com")))
        job = (await deploy(session, marked(chosen))).job
        by_query = (await deploy(session, marked(of(WEB)))).job
        async with aclosing(session.board.follow()) as readings:
            await anext(readings)

        async def common(request: DeployRequest, with_job: str = job) -> list[int | None]:
            pictures = await told(session, request)
            return [
                {overlap.job.id: overlap.common for overlap in picture.overlaps}[with_job]
                for picture in (pictures[0], pictures[-1])
            ]

        assert await common(of(WEB)) == [None, 1]
        assert await common(of(Scope(ScopeKind.QUERY, WEB.value.replace("web", "app")))) == [None, 0]
        assert await common(of(Scope(ScopeKind.NODES, nodes=tuple(web)))) == [1, 1]
        assert await common(PRODUCTION) == [2, 2]
        assert await common(PRODUCTION, by_query) == [None, None]
        assert (await told(session, replace(PRODUCTION, environment="nowhere")))[-1].overlaps == ()


async def test_the_time_that_a_token_has_left_is_told_where_it_tells_itself(
    server: Server, monotonic: ManualClock
) -> None:
    ends = datetime.now(UTC) + timedelta(minutes=9)
    claims = urlsafe_b64encode(f'{{"exp": {int(ends.timestamp())}}}'.encode()).decode().rstrip("=")
    for token, is_told in ((f"eyJhbGciOiJub25lIn0.{claims}.c2lnbmVk", True), (TOKEN, False)):
        holder = replace(server, token=Token.given(token))
        async with Sessions(holder, monotonic).open() as session:
            (*_, picture) = await told(session, of(Scope(ScopeKind.NODES, nodes=("a",))))
        assert (picture.token_left is not None) == is_told
        assert picture.token_left is None or timedelta(0) < picture.token_left <= timedelta(minutes=9)
