"""What is taken along from the cockpit: copied, linked to, saved."""

import csv
import json
import os
from itertools import pairwise
from pathlib import Path

import pytest
from textual.events import Key

from orch_tui.domain.node import Outcome
from orch_tui.session.rollout import Rollout
from orch_tui.simulator import Settings
from orch_tui.ui.dialogs.copy import CopyDialog, LinkDialog
from orch_tui.ui.dialogs.save import SaveDialog
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.conftest import TOKEN
from tests.ui.conftest import NOON, Cockpits, Driver

THE_END = 3600.0


@pytest.fixture
def settings() -> Settings:
    return Settings(nodes=60, token=TOKEN, epoch=NOON, scenario="failures", slots=8, list_environments=True)


async def at_the_end(driver: Driver) -> Rollout:
    """A job that is over, with failures."""
    screen = await driver.to_rollout(THE_END)
    await driver.shows("complete", "causes")
    assert screen.reading.value is not None
    return screen.reading.value


async def copied(driver: Driver, what: str) -> str:
    """What `y` and then the line `what` of its menu send."""
    await driver.press("y")
    await driver.until(lambda: isinstance(driver.app.screen, CopyDialog))
    dialog = driver.screen(CopyDialog)
    await driver.shows(what)
    while what not in dialog._clips[dialog.table.key or 0].what:
        await driver.press("j")
    before = driver.app.clipboard
    await driver.press("enter")
    await driver.until(lambda: driver.app.clipboard != before)
    await driver.shows("Sent to the terminal:")
    return driver.app.clipboard


async def test_the_highlighted_node_is_copied_in_parts(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await at_the_end(driver)
        node, _ = driver.screen(RolloutScreen).nodes.highlighted or pytest.fail("nothing is highlighted")
        assert await copied(driver, "node") == node.name
        assert await copied(driver, "message") == node.message
        assert await copied(driver, "in the API") == (
            "https://orchestrator.example.com:8143/orchestrator/v1/jobs/1814"
        )


async def test_names_of_failed_and_of_marked_nodes_are_copied_one_a_line(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        rollout = await at_the_end(driver)
        wrong = {n.name for n, o in zip(rollout.nodes, rollout.outcomes, strict=True) if o.is_trouble}
        assert await copied(driver, f"{len(wrong)} failed nodes") == "\n".join(sorted(wrong))
        await driver.press("slash", *"state:would", "enter", "asterisk")
        names = (await copied(driver, "marked nodes")).splitlines()
        assert len(names) == rollout.counts[Outcome.WOULD_CHANGE]
        assert not wrong & set(names)


async def test_a_cause_is_copied_with_all_its_nodes_from_one_of_them(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await at_the_end(driver)
        node, _ = driver.screen(RolloutScreen).nodes.highlighted or pytest.fail("nothing is highlighted")
        assert node.name in (await copied(driver, "cause")).splitlines()


async def test_at_home_environment_and_job_are_copied(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.shows("Jobs of production")
        assert await copied(driver, "environment") == "production"
        assert await copied(driver, "job") == driver.home.jobs.table.key


class TestAtScale:
    """More names than a terminal takes."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(nodes=6000, token=TOKEN, epoch=NOON, slots=6000, list_environments=True)

    async def test_too_much_is_not_sent_but_can_be_saved_in_slices(
        self, cockpits: Cockpits, tmp_path: Path
    ) -> None:
        async with cockpits.running() as driver:
            screen = await driver.to_rollout(THE_END)
            await driver.until(lambda: len(screen.nodes.table.keys) > 3000)
            await driver.press("asterisk", "y")
            await driver.until(lambda: isinstance(driver.app.screen, CopyDialog))
            clips = [clip.what for clip in driver.screen(CopyDialog)._clips]
            for _ in range(next(place for place, what in enumerate(clips) if "marked" in what)):
                await driver.press("j")
            await driver.press("enter")
            await driver.shows("Not sent: terminals take 56 kB for their clipboard; save it to a file.")
            assert driver.app.clipboard == ""
            file = tmp_path / "all.jsonl"
            await saved(driver, str(file))
            assert len(file.read_text().splitlines()) == len(screen.nodes.table.keys)


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_o_shows_the_report_and_copies_its_link(cockpits: Cockpits, size: tuple[int, int]) -> None:
    async with cockpits.running(size=size) as driver:
        rollout = await at_the_end(driver)
        await driver.press("slash", *"state:would", "enter")
        screen = driver.screen(RolloutScreen)
        links = {node.report_url for node in rollout.nodes if node.report_url}
        await driver.until(lambda: screen.nodes.highlighted and screen.nodes.highlighted[0].report_url)
        await driver.press("o")
        await driver.until(lambda: isinstance(driver.app.screen, LinkDialog))
        await driver.shows("In the console: report", "Sent to the terminal: report")
        await driver.until(lambda: driver.app.clipboard in driver.text)
        assert driver.app.clipboard in links
        assert driver.app.clipboard in driver.text, "on one line"


async def saved(driver: Driver, name: str) -> None:
    """`w`, and what is open saved as `name`."""
    await to_save(driver, name)
    await driver.press("enter")
    await driver.until(lambda: not isinstance(driver.app.screen, SaveDialog))
    await driver.shows("Saved:")


async def to_save(driver: Driver, name: str) -> SaveDialog:
    await driver.press("w")
    await driver.until(lambda: isinstance(driver.app.screen, SaveDialog))
    dialog = driver.screen(SaveDialog)
    dialog.field.value = name
    await driver.pilot.pause()
    return dialog


async def test_nodes_are_saved_as_they_are_filtered_and_sorted(cockpits: Cockpits, tmp_path: Path) -> None:
    file = tmp_path / "nodes.csv"
    async with cockpits.running() as driver:
        rollout = await at_the_end(driver)
        await driver.press("exclamation_mark", "N", "N")
        await driver.shows("reversed")
        await saved(driver, str(file))
    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    known = {node.name: node for node in rollout.nodes}
    outcomes = {n.name: o for n, o in zip(rollout.nodes, rollout.outcomes, strict=True) if o.is_trouble}
    assert {row["node"]: row["state"] for row in rows} == outcomes
    assert all(one["node"] > other["node"] for one, other in pairwise(rows))
    assert all(row["message"] == known[row["node"]].message for row in rows)


@pytest.mark.parametrize("ending", ["json", "jsonl", "txt"])
async def test_other_tabs_and_forms(cockpits: Cockpits, tmp_path: Path, ending: str) -> None:
    causes, events = tmp_path / f"causes.{ending}", tmp_path / f"events.{ending}"
    async with cockpits.running() as driver:
        rollout = await at_the_end(driver)
        await driver.press("2")
        await saved(driver, str(causes))
        await driver.press("3")
        await saved(driver, str(events))
        await driver.press("4", "w")
        await driver.shows("cannot be saved")
    if ending == "txt":
        fields = [line.split("\t") for line in events.read_text().splitlines()]
        assert [int(row[0]) for row in fields] == [event.id for event in rollout.events]
        return
    told, happened = (
        [json.loads(line.rstrip(",")) for line in file.read_text().splitlines() if line[0] == "{"]
        for file in (causes, events)
    )
    assert [event["message"] for event in happened] == [event.message for event in rollout.events]
    assert sum(cause["count"] for cause in told) == sum(outcome.is_trouble for outcome in rollout.outcomes)
    if ending == "json":
        assert json.loads(events.read_text()) == happened


async def test_a_file_that_is_there_is_overwritten_by_a_second_enter_only(
    cockpits: Cockpits, tmp_path: Path
) -> None:
    file = tmp_path / "precious"
    file.write_text("precious")
    file.chmod(0o640)
    async with cockpits.running() as driver:
        await at_the_end(driver)
        dialog = await to_save(driver, str(file))
        await driver.press("enter")
        await driver.shows("There is such a file already. Enter overwrites it.")
        await driver.is_armed()
        dialog.field.value = f"{file}2"
        await driver.pilot.pause()
        dialog.field.value = str(file)
        await driver.pilot.pause()
        ahead = Key("enter", None)
        await driver.press("enter")
        await driver.until(lambda: not dialog.is_armed)
        await driver.is_armed()
        driver.app.post_message(ahead)
        await driver.pilot.pause()
        assert file.read_text() == "precious"
        await driver.press("enter")
        await driver.shows("Saved: 37 rows")
    assert "precious" not in file.read_text()
    assert len(file.read_text().splitlines()) == 37
    assert file.stat().st_mode & 0o777 == 0o640
    assert [name for name in os.listdir(tmp_path) if "precious" in name] == ["precious"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("{folder}", "that is no plain file"),
        ("{folder}/none/x.csv", "No such file or directory"),
        ("{folder}/" + 300 * "x", "File name too long"),
        ("~nobody-of-that-name/x.csv", "There is no such home folder"),
    ],
)
async def test_what_cannot_be_saved_is_said_and_the_name_can_be_mended(
    cockpits: Cockpits, tmp_path: Path, name: str, words: str
) -> None:
    async with cockpits.running() as driver:
        await at_the_end(driver)
        dialog = await to_save(driver, name.format(folder=tmp_path))
        await driver.press("enter")
        await driver.shows(words)
        dialog.field.value = str(tmp_path / "x.csv")
        await driver.press("enter")
        await driver.shows("Saved:")
