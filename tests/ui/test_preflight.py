"""Review tells what is found out before a deploy, line by line, and waits for none of it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.job import Job, JobState
from orch_tui.domain.preflight import Connections, Limit, Overlap, Preflight, Reach, Source
from orch_tui.domain.problem import Problem, ProblemKind
from orch_tui.domain.scope import Scope, ScopeKind
from orch_tui.simulator import Delay, Hang, Settings
from orch_tui.ui.dialogs.base import Body
from orch_tui.ui.dialogs.review import ReviewDialog
from orch_tui.ui.preflight_text import preflight_facts
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.conftest import TOKEN, Server
from tests.ui.conftest import NOON, Cockpits

PRODUCTION = DeployRequest("production", Mode.NOOP)
QUERY = replace(PRODUCTION, scope=Scope(ScopeKind.QUERY, "nodes[certname] { certname = }"))
THREE = frozenset({"a", "b", "c"})
REFUSED = (
    "PQL parse error at line 1, column 29:\n\nnodes[certname] { certname = }\n    ^\n\n"
    "Expected one of:\n\nstring"
)


def job(number: str, owner: str = "", count: int | None = None, scope: Scope | None = None) -> Job:
    return Job(number, JobState.RUNNING, "running", "production", True, owner, node_count=count, scope=scope)


@pytest.mark.parametrize(
    ("request_", "reach", "words", "is_warning"),
    [
        (PRODUCTION, None, "asking …", False),
        (PRODUCTION, Reach(Source.INSTANCES, THREE), "3 nodes now, by the server's list of instances", False),
        (QUERY, Reach(Source.PUPPETDB, THREE), "3 nodes now, by PuppetDB", False),
        (QUERY, Reach(Source.PUPPETDB, frozenset()), "0 nodes now, by PuppetDB", True),
        (
            PRODUCTION,
            Reach(Source.CATALOGS, frozenset("a")),
            "1 node whose latest catalog is from it, by PuppetDB",
            False,
        ),
        (
            PRODUCTION,
            Reach(Source.PAST, past=job("42", count=7)),
            "job 42, the latest on the whole environment, had 7 nodes",
            False,
        ),
        (
            QUERY,
            Reach(Source.RULES, frozenset()),
            "no node: the group has no rules of its own, by the node classifier",
            True,
        ),
        (PRODUCTION, Reach(), "not told by this server", False),
        (QUERY, Reach(needs="puppetdb-url"), "not told by this server; puppetdb-url is not set", False),
        (QUERY, Reach(problem=Problem(ProblemKind.OTHER, "no\nanswer")), "not told: no answer", False),
        (
            QUERY,
            Reach(problem=Problem(ProblemKind.OTHER, REFUSED, 400)),
            "PuppetDB refuses it: PQL parse error at line 1, column 29:\n"
            "nodes[certname] { certname = }\n    ^\nExpected one of:\nstring",
            True,
        ),
        (PRODUCTION, Reach(problem=Problem(ProblemKind.OTHER, "bad", 400)), "not told: bad", False),
    ],
)
def test_each_number_comes_with_who_tells_it(
    request_: DeployRequest, reach: Reach | None, words: str, is_warning: bool
) -> None:
    (first, *_) = preflight_facts(request_, Preflight(Limit.UNKNOWN, reach=reach))
    assert (first.label, first.value, bool(first.look)) == ("Reaches", words, is_warning)


@pytest.mark.parametrize(
    ("connections", "words"),
    [
        (Connections(3, 3), "all 3 nodes"),
        (Connections(1, 1), "1 node"),
        (Connections(5, 5, tuple("abcd")), "1 of 5 nodes; a, b, c and 1 more will end errored"),
        (Connections(9, 4, ("a",), "too slow"), "3 of 4 nodes; a will end errored; of 5 others: too slow"),
        (Connections(9, fault="too slow"), "not told: too slow"),
        (Connections(9), "not told by this server"),
    ],
)
def test_who_is_not_connected_is_named(connections: Connections, words: str) -> None:
    facts = preflight_facts(PRODUCTION, Preflight(5, reach=Reach(Source.REQUEST), connections=connections))
    assert {fact.label: fact.value for fact in facts} == {"Connected": words, "Nodes at once": "5"}


@pytest.mark.parametrize(
    ("overlaps", "words"),
    [
        ((Overlap(job("7", "carla"), 2),), "Job 7 by carla is running here: 2 nodes are in both."),
        ((Overlap(job("7"), None),), "Job 7 is running here: perhaps on the same nodes."),
        (
            (
                Overlap(job("7", scope=Scope(ScopeKind.QUERY, "nodes {}")), None),
                Overlap(job("8", scope=Scope(ScopeKind.NODE_GROUP, "x")), None),
            ),
            "Job 7 is running here: its query may find the same nodes.\n"
            "Job 8 is running here: its node group may have the same nodes.",
        ),
        ((Overlap(job("7"), 0), Overlap(job("8"), 0)), "2 jobs here, on none of these nodes"),
        (
            tuple(Overlap(job(number), 1) for number in "12345"),
            "\n".join(f"Job {number} is running here: 1 node is in both." for number in "123")
            + "\nAnd 2 jobs more.",
        ),
    ],
)
def test_jobs_in_the_way_are_told(overlaps: tuple[Overlap, ...], words: str) -> None:
    facts = preflight_facts(PRODUCTION, Preflight(Limit.NONE, overlaps, reach=Reach()))
    assert {fact.label: fact.value for fact in facts}["Under way"] == words


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=7), "ends in 7h00m"),
        (
            timedelta(minutes=9),
            "ends in 9m00s: the job runs on, but watching it will ask you to sign in",
        ),
        (timedelta(seconds=-1), "has ended: signing in comes first"),
    ],
)
def test_a_token_that_ends_soon_is_a_warning(left: timedelta, words: str) -> None:
    (*_, last) = preflight_facts(PRODUCTION, Preflight(Limit.NONE, token_left=left, reach=Reach()))
    assert (last.label, last.value) == ("Token", words)
    assert bool(last.look) == (left < timedelta(minutes=15))


@pytest.fixture
def settings() -> Settings:
    return Settings(nodes=200, token=TOKEN, epoch=NOON, api="2021.7", scenario="failures")


@pytest.fixture
def cockpits(server: Server) -> Cockpits:
    services = {"classifier_url": f"{server.url}/classifier-api", "puppetdb_url": server.url}
    return Cockpits(replace(server, limits=services))


async def test_what_is_found_out_appears_in_review(cockpits: Cockpits) -> None:
    fleet = cockpits.server.simulator.world.fleet.nodes.values()
    ours = [node for node in fleet if node.environment == "production"]
    there = sum(node.connected for node in ours)
    async with cockpits.running(size=(100, 30)) as driver:
        await driver.to_review()
        await driver.shows(
            f"Reaches: {len(ours)} nodes whose latest catalog is from it, by PuppetDB",
            f"Connected: {there} of {len(ours)} nodes; ",
            "Nodes at once: the server's global_concurrent_compiles, 8 as shipped",
        )


async def test_review_may_be_confirmed_before_anything_is_known(cockpits: Cockpits) -> None:
    cockpits.server.simulator.faults.add(method="POST", path="/pdb", fault=Hang(), times=None)
    async with cockpits.running() as driver:
        await driver.to_review()
        await driver.shows("Reaches: asking …", "Enter sends it, once.")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
        (body,) = cockpits.server.posts("deploy")
        assert json.loads(body)["environment"] == "production"


async def test_leaving_review_asks_no_more(cockpits: Cockpits) -> None:
    server = cockpits.server
    server.simulator.faults.add(method="POST", path="/pdb", fault=Hang(), times=None)
    async with cockpits.running() as driver:
        await driver.to_review()
        await driver.until(
            lambda: any(request.path == "/pdb/query/v4" for request in server.simulator.requests)
        )
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, ReviewDialog))
        assert not [worker for worker in driver.app.workers if worker.name == "tell"]
        server.simulator.faults.clear()
        await driver.press("enter")
        await driver.shows("by PuppetDB", "Connected:")


async def test_the_dialog_has_room_for_what_comes_late(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(80, 24)) as driver:
        await driver.to_review()
        await driver.shows("will end errored")
        dialog = driver.screen(ReviewDialog)
        await driver.until(lambda: dialog.query_one(Body).max_scroll_y == 0)
        await driver.shows('"production", "noop": true', "Enter sends it, once.")


async def test_node_groups_are_offered_as_soon_as_the_server_is_known_to_take_them(
    cockpits: Cockpits,
) -> None:
    async with cockpits.running() as driver:
        driver.app.cockpit.session.server = None
        cockpits.server.simulator.faults.add(path="/jobs", fault=Delay(0.5))
        await driver.press("d")
        form = driver.screen(DeployScreen)
        await driver.until(lambda: form.fields.targets.groups)
