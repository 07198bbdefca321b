"""Parts of a job run again, by keys: what is offered, and the very bytes that are sent."""

import json
from dataclasses import replace

import pytest

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.capabilities import Option
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.node import Outcome
from orch_tui.domain.scope import NodeNames, Scope, ScopeKind
from orch_tui.session.rollout import Rollout
from orch_tui.simulator import CutBody, Settings
from orch_tui.ui.dialogs.rerun import RerunDialog
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.conftest import TOKEN
from tests.ui.conftest import NOON, Cockpits, Driver, unwrapped

A_WHILE = 120.0
THE_END = 3600.0
ORDER = DeployRequest("production", Mode.ENFORCE, description="weekly [orch-tui 0123456789ab]")


def world(api: str = "2019.7", **more: object) -> Settings:
    told: dict[str, object] = {"nodes": 60, "token": TOKEN, "epoch": NOON, "scenario": "failures", "slots": 8}
    return Settings(**(told | more), api=api)  # type: ignore[arg-type]


def on(*releases: str, **more: object) -> pytest.MarkDecorator:
    """On simulators of these releases."""
    return pytest.mark.parametrize("settings", [world(api, **more) for api in releases], ids=list(releases))


async def roll_out(driver: Driver, request: DeployRequest, seconds: float) -> RolloutScreen:
    """Let somebody deploy `request`, and watch its job."""
    async with OrchestratorClient(driver.server.connection) as client:
        job = await client.deploy(request)
    driver.app.push_screen(RolloutScreen(driver.app.cockpit, job))
    await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
    return await driver.later(seconds)


def names(rollout: RolloutScreen, *outcomes: Outcome) -> list[str]:
    value = rollout.reading.value
    assert value is not None
    return [n.name for n, o in zip(value.nodes, value.outcomes, strict=True) if o in outcomes]


async def send(driver: Driver) -> dict[str, object]:
    """From the open form through Review; what was sent then."""
    form, before = driver.screen(DeployScreen), len(driver.server.posts("deploy"))
    await driver.press("enter")
    await driver.shows("Enter sends it")
    await driver.press("enter")
    await driver.until(lambda: form not in driver.app.screen_stack)
    posts = driver.server.posts("deploy")
    assert len(posts) == before + 1
    sent: dict[str, object] = json.loads(posts[-1])
    return sent


@on("2016.5", "2017.3", "current")
async def test_what_went_wrong_is_chosen_at_once_and_run_again_as_it_was(
    cockpits: Cockpits, settings: Settings
) -> None:
    async with cockpits.running(size=(100, 30)) as driver:
        options = {Option.TRACE: True, Option.ENFORCE_ENVIRONMENT: False}
        order = replace(ORDER, concurrency=5, options=options)
        rollout = await roll_out(driver, order, THE_END)
        wrong = names(rollout, Outcome.FAILED) + names(rollout, Outcome.ERRORED)
        await driver.press("R")
        await driver.shows(f"Rerun job {rollout.job} as ENFORCE", f"{len(wrong)} all that went wrong")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, DeployScreen))
        sent = await send(driver)
        keeps_descriptions = "description" in sent
        assert sent == {
            "environment": "production",
            "noop": False,
            "concurrency": 5,
            "scope": {"nodes": wrong},
            **({"description": "weekly [orch-tui 7f3a9c21e001]"} if keeps_descriptions else {}),
            "enforce_environment": False,
            "trace": True,
        }
        assert keeps_descriptions == (settings.api != "2016.5")


@pytest.mark.parametrize(
    ("letter", "outcome"),
    [("f", Outcome.FAILED), ("e", Outcome.ERRORED), ("n", Outcome.NEVER_RAN)],
)
async def test_a_letter_leads_to_a_part_and_only_that_is_sent(
    cockpits: Cockpits, letter: str, outcome: Outcome
) -> None:
    async with cockpits.running() as driver:
        rollout = await driver.to_rollout(A_WHILE)
        await driver.press("x")
        await driver.is_armed()
        await driver.press("right", "enter")
        await driver.shows("stopping")
        await driver.later(THE_END)
        await driver.shows("- stopped", "complete")
        wanted = names(rollout, outcome)
        await driver.press("R")
        await driver.shows("Rerun job 1814 as NOOP", f"{len(wanted)} {outcome}")
        await driver.press(letter, "enter")
        await driver.until(lambda: isinstance(driver.app.screen, DeployScreen))
        body = {
            "environment": "production",
            "noop": True,
            "scope": {"nodes": wanted},
            "description": "[orch-tui 7f3a9c21e002]",
        }
        assert await send(driver) == body
        assert cockpits.server.posts("deploy")[-1] == json.dumps(body).encode()


async def test_parts_without_nodes_are_not_offered(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(THE_END)
        await driver.press("R")
        await driver.shows("failed", "whole job")
        for words in ("never ran", "marked", "cause", "not done yet"):
            assert words not in driver.text
        await driver.press("escape")
        assert isinstance(driver.app.screen, RolloutScreen)
        assert len(cockpits.server.posts("deploy")) == 1


async def test_marks_tell_what_they_are_for_and_lead_there(cockpits: Cockpits) -> None:
    async with cockpits.running(keys={"rollout.rerun": "f6"}) as driver:
        rollout = await driver.to_rollout(THE_END)
        await driver.until(lambda: rollout.nodes.highlighted)
        await driver.press("space", "space")
        marked = names_at(rollout, rollout.nodes.marked)
        await driver.shows("2 marked: f6 reruns them")
        await driver.press("f6", "m", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, DeployScreen))
        assert (await send(driver))["scope"] == {"nodes": marked}


async def test_the_cause_that_is_looked_at_comes_first_and_can_be_marked(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(100, 30)) as driver:
        rollout = await driver.to_rollout(THE_END)
        await driver.press("2")
        await driver.until(lambda: rollout.tabs.cause)
        part = rollout.tabs.cause
        assert part is not None
        count, nodes = len(part.places), names_at(rollout, part.places)
        await driver.press("asterisk")
        await driver.shows(f"{count} marked: R reruns them")
        await driver.press("R")
        await driver.shows(f"{count} cause {part.name.split()[1]}: {part.about[:20]}", f"{count} marked")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, DeployScreen))
        assert (await send(driver))["scope"] == {"nodes": nodes}


async def test_while_the_job_runs_those_not_done_are_told_and_only_in_the_whole(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        rollout = await driver.to_rollout(A_WHILE)
        waiting = len(names(rollout, Outcome.RUNNING, Outcome.QUEUED))
        everything = len(names(rollout, *Outcome))
        await driver.press("R")
        await driver.shows(f"{waiting} nodes not done yet", f"{everything} whole job")
        await driver.press("w", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, DeployScreen))
        await driver.press("enter")
        await driver.shows("Job 1814", f"{everything} nodes are in both")


@on("2016.2")
@pytest.mark.parametrize("target", ["", "Lamp[shop]"])
async def test_without_lists_of_nodes_only_the_same_is_offered_and_why(
    cockpits: Cockpits, target: str
) -> None:
    async with cockpits.running(size=(100, 30)) as driver:
        scope = Scope(ScopeKind.APPLICATION, target) if target else Scope()
        order = replace(ORDER, description=None, scope=scope, is_by_target=bool(target))
        await roll_out(driver, order, THE_END)
        before = cockpits.server.posts("deploy")[0]
        await driver.press("R")
        await driver.shows("Only 2016.4 and later take lists of nodes", "the same request again")
        assert "failed" not in unwrapped(driver.text)
        await driver.press("t", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, DeployScreen))
        await send(driver)
        assert cockpits.server.posts("deploy")[-1] == before


@on("current")
@pytest.mark.parametrize(
    "scope",
    [
        Scope(ScopeKind.QUERY, 'nodes[certname] { certname ~ "^web" }'),
        Scope(ScopeKind.NODES, nodes=("web-001.example.com",)),
    ],
    ids=str,
)
async def test_the_same_request_again_is_the_same_but_for_the_nonce(cockpits: Cockpits, scope: Scope) -> None:
    async with cockpits.running(size=(100, 30)) as driver:
        await roll_out(driver, DeployRequest("production", Mode.NOOP, 3, scope, description="x"), THE_END)
        await driver.press("R", "t")
        await driver.shows("the same request again")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, DeployScreen))
        first = json.loads(cockpits.server.posts("deploy")[0])
        assert await send(driver) == first | {"description": "x [orch-tui 7f3a9c21e001]"}


@pytest.mark.parametrize("settings", [world(nodes=1200, scenario="calm", slots=None)])
async def test_a_rerun_waits_until_all_nodes_are_known(cockpits: Cockpits) -> None:
    faults = cockpits.server.simulator.faults
    async with cockpits.running() as driver:
        faults.add(path="/jobs/1814/nodes", fault=CutBody(), times=None)
        rollout = await driver.to_rollout()
        await driver.shows("reading nodes: ")
        await driver.press("R")
        await driver.shows("not read to its end yet")
        assert isinstance(driver.app.screen, RolloutScreen)
        faults.clear()
        await driver.press("r")
        await driver.until(lambda: is_whole(rollout.reading.value))
        await driver.press("R")
        await driver.until(lambda: isinstance(driver.app.screen, RerunDialog))


@on("current", scenario="hostile")
async def test_what_can_be_no_name_of_a_node_is_left_out_and_counted(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        rollout = await roll_out(driver, replace(ORDER, environment="[red]x[/red]"), THE_END)
        (sound,) = [name for name in names(rollout, *Outcome) if name.startswith("db-hostile")]
        await driver.press("R")
        await driver.shows("Left out, for theirs is no name of a node: 2 nodes.", "1 whole job")
        await driver.press("w", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, DeployScreen))
        draft = driver.screen(DeployScreen).fields.draft
        assert draft.environment == "[red]x[/red]"
        assert draft.names == NodeNames((sound,))
        await driver.press("enter")
        await driver.shows("letters, digits and _ only")
        assert len(cockpits.server.posts("deploy")) == 1


async def test_read_only_offers_no_rerun(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="staging", read_only=True) as driver:
        await driver.press("enter")
        await driver.shows("> running")
        await driver.until(lambda: driver.screen(RolloutScreen).nodes.highlighted)
        await driver.press("space")
        await driver.shows("1 marked")
        await driver.press("R")
        assert isinstance(driver.app.screen, RolloutScreen)
        assert "rerun" not in driver.text.lower()


async def test_all_parts_and_the_keys_can_be_seen_on_a_small_screen(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        rollout = await driver.to_rollout(A_WHILE)
        await driver.until(lambda: rollout.nodes.highlighted)
        await driver.pilot.resize_terminal(60, 15)
        await driver.press("space", "2")
        await driver.until(lambda: rollout.tabs.cause)
        await driver.press("R")
        await driver.until(lambda: isinstance(driver.app.screen, RerunDialog))
        await driver.press("end")
        await driver.shows("whole job", "Esc Back")
        await driver.press("home")
        await driver.shows("cause 1", "Esc Back")


def names_at(rollout: RolloutScreen, places: object) -> list[str]:
    value = rollout.reading.value
    assert value is not None
    assert isinstance(places, frozenset | tuple)
    return [value.nodes[place].name for place in sorted(places)]


def is_whole(value: Rollout | None) -> bool:
    return value is not None and value.is_whole
