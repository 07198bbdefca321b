"""The past that the simulator makes up is one that its release allows, by the pages and by the domain."""

from dataclasses import replace

import httpx
import pytest

from orch_tui.api.wire import JobWire
from orch_tui.domain.capabilities import Capabilities, Feature, Option
from orch_tui.domain.deploy import scope_kinds
from orch_tui.domain.scope import ScopeKind
from orch_tui.simulator import DIALECTS, Settings
from tests.conftest import TOKEN, Server
from tests.simulator.test_releases import JOB_IN_LIST, OPTIONS, SCOPE, of
from tests.ui.conftest import NOON

USUAL = Settings(nodes=60, token=TOKEN, epoch=NOON, past_jobs=12)
WORLDS = [
    *(replace(USUAL, api=release) for release in DIALECTS),
    *(replace(USUAL, api=release, scenario="hostile") for release in ("2016.2", "2019.8.5", "current")),
    *(replace(USUAL, api=release, nodes=3000) for release in ("2016.2", "2017.3", "current")),
]


@pytest.mark.parametrize("settings", WORLDS, ids=lambda world: f"{world.api}-{world.scenario}-{world.nodes}")
def test_every_job_of_the_past_could_be_asked_for(server: Server, settings: Settings) -> None:
    release = Capabilities.of_release(settings.api)
    url = f"{server.url}/orchestrator/v1/jobs?limit=100"
    answer = httpx.get(url, headers={"X-Authentication": TOKEN}).raise_for_status()
    jobs = [(item, JobWire.model_validate(item).to_domain()) for item in answer.json()["items"]]
    assert len(jobs) >= 20
    met = set()
    for item, job in jobs:
        assert item.keys() == of(JOB_IN_LIST, settings.api)
        assert item["options"].keys() <= of(OPTIONS, settings.api) | {"no_noop"}
        assert (item["options"].get("scope") or {}).keys() <= of(SCOPE, settings.api)
        scope = job.scope
        assert scope is not None or job.target == ""
        kind = ScopeKind.ENVIRONMENT if scope is None else scope.kind
        assert kind in scope_kinds(release)
        met.add(kind)
        if not release.has(Feature.TARGET):
            assert item["options"]["target"] is None
        if not release.has(Feature.DESCRIPTIONS):
            assert job.description == ""
        assert set(job.options) <= {option for option in Option if release.has(option)}
    assert met >= {ScopeKind.ENVIRONMENT} | set(scope_kinds(release)) & {ScopeKind.NODES}
    told = {Option.USERDATA in job.options for _, job in jobs}
    assert told == {False, release.has(Option.USERDATA)}
