"""Answers that arrive well and mean nothing good."""

import json
import re
from typing import Any

import pytest

from orch_tui.domain.problem import ProblemKind
from orch_tui.session.history import PAGE
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.faults.conftest import Trial
from tests.faults.told import tell, told
from tests.ui.conftest import Driver

DEEP = b"[" * 100_000
PAYLOADS = (
    "\x1b]0;PWNED\x07", "\x1b[2J\x1b[H", "\x1b[?1049l", "\x1bPq\x1b\\", "\x9b31m", "\x9d0;x\x9c",
    "a\0b", "\x0e\x7f", "a\u202eb", "a\u2066b\u2069", "a\u200bb", "a\U000e0041b", "a\ud800b",
    "e" + "\u0301" * 200,
    "a\nb\rc\td", "[/]", "[@click=app.deploy('x')]web01[/]", "[red]x", "\u2028x\u2029", "a\u0085b",
)  # fmt: skip


async def nodes_shown(driver: Driver, trial: Trial, items: list[dict[str, Any]]) -> RolloutScreen:
    """A rollout screen on a job whose node list is `items`."""
    number = told(trial.server, "/jobs?limit=1&order=desc&order_by=timestamp")["items"][0]["name"]
    tell(trial.server, f"/jobs/{number}/nodes", {"items": items})
    driver.home.environments.select("production")
    rollout = RolloutScreen(driver.app.cockpit, number)
    driver.app.push_screen(rollout)
    await driver.until(lambda: rollout.reading.value)
    return rollout


def node(name: str = "web-001.example.com", **more: Any) -> dict[str, Any]:
    return {"name": name, "state": "failed", "details": {"message": "it broke"}, **more}


async def home_after(trial: Trial, driver: Driver, body: object) -> str:
    """What home shows when the list of jobs comes as `body`."""
    tell(trial.server, "/jobs", body)
    await driver.press("r")
    await driver.until(lambda: driver.home.reading.problem)
    return driver.text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"items": [', id="S1_invalid_json"),
        pytest.param(b'{"items": [NaN]}', id="S2_nan"),
        pytest.param(b'{"items": [' + b"9" * 5000 + b"]}", id="S2_5000_digits"),
        pytest.param(b'{"items": ' + DEEP, id="S2_depth_100000"),
        pytest.param(b"{}", id="S4_items_missing"),
        pytest.param(b'{"items": null}', id="S4_items_null"),
        pytest.param(b'{"items": {"a": 1}}', id="S4_items_dict"),
        pytest.param(b"", id="H11_empty"),
    ],
)
async def test_S1_S2_S4_an_answer_that_is_none(trial: Trial, body: bytes) -> None:
    async with trial.cockpit() as driver:
        jobs = len(driver.home.jobs.table.keys)
        text = await home_after(trial, driver, body)
        assert driver.home.reading.problem is not None
        assert driver.home.reading.problem.kind is ProblemKind.NOT_UNDERSTOOD
        assert "NOT UPDATED" in text
        assert len(driver.home.jobs.table.keys) == jobs > 0


async def test_S2_numbers_out_of_range(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        body = b'{"items": [{"name": "7", "state": "running", "node_count": 1e999, "duration": 1e999}]}'
        tell(trial.server, "/jobs", body)
        await driver.press("r")
        await driver.until(
            lambda: driver.home.reading.value and len(driver.home.reading.value.jobs.items) == 1
        )


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
async def test_S3_hostile_text_in_names(trial: Trial, payload: str) -> None:
    async with trial.cockpit(size=(140, 40), stops=False) as driver:
        details = {"message": payload, "report-url": payload}
        rollout = await nodes_shown(driver, trial, [node(payload, details=details), node(state=payload)])
        await driver.until(lambda: len(rollout.nodes.table.keys) == 2)
        await driver.press("enter")
        await driver.shows("report", "Esc Close")


async def test_S5_one_bad_item_in_500(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        items: list[Any] = [node(f"web-{number:03}.example.com") for number in range(500)]
        items[250] = {"name": None, "state": []}
        rollout = await nodes_shown(driver, trial, items)
        await driver.until(lambda: len(rollout.nodes.table.keys) == 499)
        await driver.shows("1 item could not be read")


async def test_S6_unknown_states_are_no_end(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        number = told(trial.server, "/jobs?limit=1&order=desc&order_by=timestamp")["items"][0]["name"]
        job = told(trial.server, f"/jobs/{number}")
        tell(trial.server, f"/jobs/{number}/nodes", {"items": [node(state="pondering")]})
        tell(trial.server, f"/jobs/{number}/events", {"items": [], "next-events": {"id": "?start=1"}})
        tell(trial.server, f"/jobs/{number}", job | {"state": "paused"})
        rollout = RolloutScreen(driver.app.cockpit, number)
        driver.app.push_screen(rollout)
        await driver.shows("unknown: paused", "pondering")
        assert rollout.reading.value is not None
        assert not rollout.reading.value.is_complete
        assert rollout.reading.next_try is not None


async def test_S7_extra_keys_and_numbers_for_ids(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        jobs = told(trial.server, "/jobs?limit=3&order=desc&order_by=timestamp")["items"]
        changed = [job | {"name": int(job["name"]), "news": {"of": ["a", "later"]}} for job in jobs]
        tell(trial.server, "/jobs", {"items": changed, "more": 1})
        await driver.press("r")
        await driver.until(
            lambda: driver.home.reading.value and len(driver.home.reading.value.jobs.items) == 3
        )


async def test_S8_20000_jobs(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        (job,) = told(trial.server, "/jobs?limit=1&order=desc&order_by=timestamp")["items"]
        small = {key: job[key] for key in ("state", "options", "owner")}
        tell(trial.server, "/jobs", {"items": [small | {"name": str(n)} for n in range(1, 20_001)]})
        await driver.press("r")
        await driver.until(
            lambda: driver.home.reading.value and len(driver.home.reading.value.jobs.items) == PAGE
        )
        driver.home.environments.select("staging")
        await driver.shows(" 20000 ")


async def test_S9_two_equal_node_names(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        rollout = await nodes_shown(driver, trial, [node(), node(state="finished")])
        await driver.until(lambda: len(rollout.nodes.table.keys) == 2)
        await driver.until(lambda: driver.text.count("web-001.example.com") >= 2)


@pytest.mark.parametrize("message", ["x" * 1_000_000, "line\n" * 300_000], ids=["1MB", "300000_lines"])
async def test_S10_endless_message(trial: Trial, message: str) -> None:
    async with trial.cockpit(stops=False) as driver:
        await nodes_shown(driver, trial, [node(details={"message": message})])
        await driver.press("enter")
        await driver.shows("failed")
        await driver.press("end")
        await driver.shows("[+")


@pytest.mark.parametrize(
    "moment",
    [None, "yesterday", "2026-03-14T11:00:00", "2026-03-14T11:00:00.123+01:00", "9999-12-31T23:59:59Z",
     "0000-00-00T00:00:00Z", 1773486000, "9999-12-31T23:59:59-23:59", ["2026"]],
    ids=str,
)  # fmt: skip
async def test_S11_timestamps_of_any_form(trial: Trial, moment: object) -> None:
    async with trial.cockpit(stops=False) as driver:
        times: dict[str, Any] = {
            "timestamp": moment,
            "start_timestamp": moment,
            "finish_timestamp": moment,
            "duration": moment,
        }
        rollout = await nodes_shown(driver, trial, [node(**times), node("b.example.com", state="running")])
        await driver.press("D")
        await driver.until(lambda: len(rollout.nodes.table.keys) == 2)
        await driver.press("N", "S", "escape")
        jobs = told(trial.server, "/jobs?limit=3&order=desc&order_by=timestamp")["items"]
        jobs[0] |= {"timestamp": moment, "started_timestamp": moment, "finished_timestamp": moment}
        tell(trial.server, "/jobs", {"items": jobs})
        await driver.press("r")
        await driver.until(
            lambda: driver.home.reading.value and len(driver.home.reading.value.jobs.items) == 3
        )


@pytest.mark.parametrize("minutes", [10, -10])
async def test_S12_server_clock_ahead_or_behind(trial: Trial, minutes: int) -> None:
    ages = re.compile(r"(?:NOOP|ENFORCE) +(\d\S+) ")
    async with trial.cockpit() as driver:
        right = ages.findall(driver.text)
        assert "clock" not in driver.text
    async with trial.cockpit(slow=60 * minutes) as driver:
        await driver.shows(f"server clock 10m00s {'ahead' if minutes > 0 else 'behind'}")
        assert ages.findall(driver.text) == right


async def test_S13_an_id_that_names_another_host(trial: Trial) -> None:
    async with trial.cockpit() as driver:
        jobs = told(trial.server, "/jobs?limit=3&order=desc&order_by=timestamp")["items"]
        for job in jobs:
            for key in ("id", "nodes", "events", "report"):
                job[key] = "https://elsewhere.example.com:8143/orchestrator/v1/jobs/1"
        tell(trial.server, "/jobs", {"items": jobs}, times=1)
        await driver.press("r")
        await driver.pilot.pause()
        driver.home.environments.select(jobs[0]["environment"]["name"])
        before = len(trial.server.simulator.requests)
        await driver.press("enter")
        rollout_of = lambda: isinstance(driver.app.screen, RolloutScreen) and driver.app.screen.reading.value  # noqa: E731
        await driver.until(rollout_of)
        paths = {request.path for request in trial.server.simulator.requests[before:]}
        assert f"/orchestrator/v1/jobs/{jobs[0]['name']}/nodes" in paths


@pytest.mark.parametrize("name", ["12/../13", "12?force=1", "", "-1", "1e3", "٣"])
async def test_S14_a_name_that_is_no_number(trial: Trial, name: str) -> None:
    async with trial.cockpit() as driver:
        jobs = told(trial.server, "/jobs?limit=3&order=desc&order_by=timestamp")["items"]
        jobs[0]["name"] = name
        jobs[0]["id"] = json.dumps(name)
        tell(trial.server, "/jobs", {"items": jobs})
        await driver.press("r")
        await driver.until(lambda: driver.home.reading.value and driver.home.reading.value.jobs.unreadable)
        assert len(driver.home.reading.value.jobs.items) == 2  # type: ignore[union-attr]
        await driver.shows("1 job could not be read")


async def test_S15_a_node_whose_name_is_markup(trial: Trial) -> None:
    name = "[@click=app.exit]web-001[/]"
    async with trial.cockpit(stops=False, size=(140, 40)) as driver:
        await nodes_shown(driver, trial, [node(name, details={"message": name})])
        await driver.shows(name)
        lines = driver.text.splitlines()
        row = next(place for place, line in enumerate(lines) if name in line)
        await driver.pilot.click(offset=(lines[row].index(name) + 3, row))
        await driver.press("enter")
        await driver.shows(name)
        await driver.pilot.click(offset=(40, 12))


async def test_S16_no_environments_and_the_chosen_one_is_gone(trial: Trial) -> None:
    async with trial.cockpit(environment="staging") as driver:
        assert driver.home.environments.key == "staging"
        rest = [item for item in told(trial.server, "/environments")["items"] if item["name"] != "staging"]
        tell(trial.server, "/environments", {"items": rest}, times=1)
        tell(trial.server, "/environments", {"items": []}, times=1)
        await driver.press("r")
        await driver.until(lambda: "staging" not in driver.home.environments.keys)
        await driver.press("r")
        await driver.until(lambda: not driver.home.environments.keys)
        await driver.press("d", "enter", "j", "k", "escape")
        assert driver.app.is_running
