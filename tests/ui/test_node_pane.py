"""Sorting, filtering and marking the nodes of a rollout."""

import re

import pytest

from orch_tui.domain.node import Outcome
from orch_tui.ui.screens.environments import EnvironmentsScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from orch_tui.ui.text import outcome_sign
from tests.ui.conftest import Cockpits, Driver

A_WHILE = 240.0
FILTER_KEYS = " Enter Keep the filter  Esc Clear the filter"


def rows(driver: Driver) -> list[str]:
    """The lines of the node list that hold nodes."""
    return [line.strip() for line in driver.text.splitlines() if re.search(r"-\d{3}\.example", line)]


async def test_a_filter_lists_only_what_it_names_and_says_so(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("slash", *"web !state:err")
        await driver.until(lambda: all("web-" in row for row in rows(driver)[:-1]))
        await driver.shows("of 37")
        await driver.press("enter", "j")
        assert driver.screen(RolloutScreen).focused is driver.screen(RolloutScreen).nodes.table
        await driver.shows("web !state:err")


async def test_escape_clears_the_filter_first_and_then_goes_back(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("slash", *"db", "enter", "escape")
        await driver.until(lambda: "of 37" not in driver.text)
        assert isinstance(driver.app.screen, RolloutScreen)
        await driver.press("escape")
        assert isinstance(driver.app.screen, EnvironmentsScreen)


@pytest.mark.parametrize("size", [(60, 15), (80, 24)])
async def test_the_key_line_tells_what_keys_do_to_a_filter(cockpits: Cockpits, size: tuple[int, int]) -> None:
    async with cockpits.running(size=size) as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("slash", "d")
        await driver.until(lambda: driver.text.split("\n")[-1].rstrip() == FILTER_KEYS)
        await driver.press("enter")
        await driver.shows("Enter Open", "Esc Clear the filter", "x STOP", "q Back")
        await driver.press("escape")
        await driver.shows("Esc Back")


async def test_a_filter_that_is_none_is_told(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(120, 30)) as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("slash", *"/we(b/")
        await driver.shows("bad regex")


async def test_failures_only_and_back(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("exclamation_mark")
        await driver.until(lambda: rows(driver) and all(row[0] in "X!" for row in rows(driver)))
        await driver.press("exclamation_mark")
        await driver.until(lambda: any(row[0] == "+" for row in rows(driver)))


async def test_sorting_by_name_and_again_in_reverse(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("N")
        await driver.until(lambda: "app-001" in rows(driver)[0])
        await driver.press("N")
        await driver.shows("by name, reversed")
        await driver.until(lambda: "web-" in rows(driver)[0])


async def test_marks_stay_with_their_nodes(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        first = driver.screen(RolloutScreen).nodes.highlighted
        assert first is not None
        await driver.press("space")
        await driver.shows("1 marked")
        await driver.press("N")
        await driver.until(lambda: "by name" in driver.text)
        marked = [row for row in rows(driver) if row.startswith("*")]
        assert all(first[0].name in row for row in marked)
        await driver.press("asterisk")
        await driver.shows("37 marked")
        await driver.press("u")
        await driver.until(lambda: "marked" not in driver.text)


async def test_failures_move_up_at_once_and_all_others_within_five_seconds(cockpits: Cockpits) -> None:
    def places() -> list[int]:
        words = [outcome_sign(outcome).label for outcome in Outcome]
        return [
            next(i for i, word in enumerate(words) if row.startswith(word.strip())) for row in rows(driver)
        ]

    async with cockpits.running(size=(80, 60)) as driver:
        await driver.to_rollout(120.0)
        assert places() == sorted(places())
        assert not rows(driver)[0].startswith("X failed")
        await driver.later(2.0)
        assert rows(driver)[0].startswith("X failed")
        assert places() != sorted(places()), "a node that began to run keeps its row among the queued ones"
        await driver.later(4.0)
        assert places() == sorted(places())
