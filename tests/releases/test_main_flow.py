"""From the list of environments to the end of a job, on every release that there is a page of."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from orch_tui.domain.capabilities import Option
from orch_tui.domain.deploy import Field
from orch_tui.domain.environment import EnvironmentSource
from orch_tui.domain.node import Outcome
from orch_tui.domain.scope import ScopeKind
from orch_tui.simulator import DIALECTS, Settings
from orch_tui.simulator.facts import Place
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.cli.json_lines import NodeLine, check_order, read_line
from tests.conftest import ERAS, TOKEN, Server
from tests.ui.conftest import NOON, TO_SCOPE, Cockpits, Driver

THE_END = 7200.0
LISTING = ("2016.2", "2017.2")
"""Those whose pages have a list of environments."""


@pytest.fixture
def settings(release: str) -> Settings:
    return Settings(nodes=60, token=TOKEN, epoch=NOON, scenario="failures", api=release)


@pytest.fixture
def cockpits(server: Server) -> Cockpits:
    return Cockpits(replace(server, limits={"classifier_url": f"{server.url}/classifier-api"}))


def documented_kinds(release: str) -> set[ScopeKind]:
    """The ways to choose nodes that the release has a page for."""
    dialect = DIALECTS[release]
    ways = {
        ScopeKind.ENVIRONMENT: True,
        ScopeKind.APPLICATION: "application" in dialect[Place.SCOPE] or "target" in dialect[Place.DEPLOY],
        ScopeKind.NODES: "nodes" in dialect[Place.SCOPE],
        ScopeKind.QUERY: "query" in dialect[Place.SCOPE],
        ScopeKind.NODE_GROUP: "node_group" in dialect[Place.SCOPE],
    }
    return {kind for kind, is_known in ways.items() if is_known}


def documented_options(release: str) -> set[Option]:
    return {option for option in Option if option in DIALECTS[release][Place.DEPLOY]}


def shown_options(form: DeployScreen) -> set[Option]:
    return {option for option in Option if form.fields.rows[option].display}


async def open_form(driver: Driver) -> DeployScreen:
    driver.home.environments.select("production")
    await driver.press("d")
    form = driver.screen(DeployScreen)
    await driver.until(lambda: form.fields.server)
    return form


async def chosen_one_by_one(driver: Driver, form: DeployScreen) -> set[str]:
    """All that the choice of a scope goes round; it is the first one again at the end."""
    await driver.press(*TO_SCOPE)
    row = form.fields.rows[Field.SCOPE].field
    first, met = row.value, {row.value}
    for _ in ScopeKind:
        await driver.press("right")
        if row.value == first:
            return met
        met.add(row.value)
    raise AssertionError(f"goes round without an end: {met}")


async def send(driver: Driver) -> RolloutScreen:
    """From the form through Review to the rollout."""
    await driver.press("enter")
    await driver.is_armed()
    await driver.press("enter")
    await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
    return driver.screen(RolloutScreen)


def told(rollout: RolloutScreen) -> dict[str, Outcome]:
    """What became of each node."""
    value = rollout.reading.value
    assert value is not None
    assert value.is_complete
    assert value.unreadable == 0
    assert sum(value.counts.values()) == value.total == len(value.nodes)
    return {node.name: outcome for node, outcome in zip(value.nodes, value.outcomes, strict=True)}


def nodes_of(server: Server, job: str) -> dict[str, str]:
    """The nodes of a job and their states, by the server itself."""
    url = f"{server.url}/orchestrator/v1/jobs/{job}/nodes"
    items = httpx.get(url, headers={"X-Authentication": TOKEN}).raise_for_status().json()["items"]
    return {item["name"]: item["state"] for item in items}


@pytest.mark.parametrize("release", DIALECTS)
async def test_a_noop_run_is_followed_to_its_end(cockpits: Cockpits, release: str) -> None:
    async with cockpits.running() as driver:
        lister = EnvironmentSource.ORCHESTRATOR if release in LISTING else EnvironmentSource.CLASSIFIER
        board = driver.home.reading.value
        assert board is not None
        assert board.environments.source is lister
        assert {"production", "staging", "openssl_update"} <= set(board.environments.names)

        form = await open_form(driver)
        assert await chosen_one_by_one(driver, form) == documented_kinds(release)
        assert shown_options(form) <= documented_options(release)
        rollout = await send(driver)
        await driver.later(THE_END)
        await driver.shows("NOOP", "complete", "100%")
        outcomes = told(rollout)
        assert outcomes.keys() == nodes_of(cockpits.server, rollout.job).keys()
        assert Outcome.WOULD_CHANGE in outcomes.values()
        assert not {Outcome.CHANGED, Outcome.NEVER_RAN, Outcome.RUNNING} & set(outcomes.values())

    (deploy,) = map(json.loads, cockpits.server.posts("deploy"))
    assert set(deploy) <= set(DIALECTS[release][Place.DEPLOY])
    assert deploy["noop"] is True


@pytest.mark.parametrize("release", ERAS)
async def test_an_enforcing_run_is_stopped_and_what_never_ran_is_run(
    cockpits: Cockpits, release: str
) -> None:
    """Not on each: three dialogs let two seconds pass, and tests/api stops a job on every release."""
    server = cockpits.server
    async with cockpits.running() as driver:
        await open_form(driver)
        await driver.press("tab", "space", "tab", "2")
        rollout = await send(driver)
        await driver.later(60)
        await driver.press("x")
        await driver.is_armed()
        await driver.press("right", "enter")
        await driver.shows("> stopping")
        await driver.later(THE_END)
        await driver.shows("ENFORCE", "stopped", "complete")
        outcomes = told(rollout)
        states = nodes_of(server, rollout.job)
        never_ran = {name for name, outcome in outcomes.items() if outcome is Outcome.NEVER_RAN}
        assert never_ran == {name for name, state in states.items() if state == "new"} != set()
        assert {Outcome.CHANGED, Outcome.UNCHANGED} & set(outcomes.values())
        if ScopeKind.NODES in documented_kinds(release):
            await driver.press("R")
            await driver.shows(f"Rerun job {rollout.job}")
            await driver.press("n", "enter")
            again = await send(driver)
            await driver.later(THE_END)
            await driver.shows("ENFORCE", "complete", "100%")
            assert told(again).keys() == never_ran

    deploy, *others = map(json.loads, server.posts("deploy"))
    assert all(set(body) <= set(DIALECTS[release][Place.DEPLOY]) for body in (deploy, *others))
    assert [set(body["scope"]["nodes"]) for body in others] == [never_ran] * (release != "2016.2")
    assert (deploy["noop"], deploy["concurrency"]) == (False, 2)
    assert [json.loads(body) for body in server.posts("stop")] == [{"job": rollout.job}]


@pytest.mark.parametrize("release", ["2016.2", "2016.4", "2017.3", "2019.8.4", "2021.7", "current"])
async def test_a_server_whose_release_is_known_is_offered_all_that_it_takes(
    server: Server, release: str
) -> None:
    async with Cockpits(server).running(api=release) as driver:
        source = EnvironmentSource.ORCHESTRATOR if release in LISTING else EnvironmentSource.HISTORY
        board = driver.home.reading.value
        assert board is not None
        assert board.environments.source is source
        form = await open_form(driver)
        assert await chosen_one_by_one(driver, form) == documented_kinds(release)
        assert shown_options(form) == documented_options(release)
        is_kept = "description" in DIALECTS[release][Place.DEPLOY]
        assert form.fields.rows[Field.DESCRIPTION].display == is_kept


@pytest.mark.parametrize("release", ["2021.7"])
async def test_nothing_is_sent_to_a_server_that_is_not_what_the_profile_says(server: Server) -> None:
    async with Cockpits(server).running(api="2016.2") as driver:
        driver.home.environments.select("production")
        await driver.press("d")
        await driver.shows("The server is of another release", 'api = "2016.2"', "2019.8.5 or later")
        await driver.press("escape", "enter")
        await driver.shows("The server is of another release")
    assert server.posts("deploy") == []


@pytest.mark.parametrize("release", ["2016.2", "2016.5", "2017.3", "2021.7"])
def test_a_watch_tells_every_node_and_the_end(server: Server, tmp_path: Path, release: str) -> None:
    order = {"environment": "production", "noop": False}
    url = f"{server.url}/orchestrator/v1/command/deploy"
    job = httpx.post(url, json=order, headers={"X-Authentication": TOKEN}).json()["job"]["name"]
    server.clock.advance(THE_END)
    config = tmp_path / "config.toml"
    config.write_text(f"[profiles.p]\nservice-url = '{server.url}'\n")
    program = [sys.executable, "-m", "orch_tui", "watch", f"--config={config}", job]
    environment = {**os.environ, "HOME": str(tmp_path), "ORCH_TUI_TOKEN": TOKEN}
    ended = subprocess.run(
        [*program, "--json", "--exit-status"], env=environment, capture_output=True, text=True, timeout=20
    )
    assert (ended.returncode, ended.stderr) == (1, "")
    lines = [read_line(line) for line in ended.stdout.splitlines(keepends=True)]
    end = check_order(lines)
    states = {line.name: line.state for line in lines if isinstance(line, NodeLine)}
    assert states == nodes_of(server, job)
    assert end.total == len(states)
    assert (end.state, end.noop, end.environment) == ("failed", False, "production")
