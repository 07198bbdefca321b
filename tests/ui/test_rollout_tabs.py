"""The tabs of the rollout screen: failures by cause, events, details."""

from collections import Counter

import pytest

from orch_tui.domain.node import Outcome
from orch_tui.ui.dialogs.details import DetailsDialog
from orch_tui.ui.screens.environments import EnvironmentsScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from orch_tui.ui.widgets.tab_line import RolloutTab
from tests.ui.conftest import Cockpits, Driver, unwrapped

A_WHILE = 240.0
THE_END = 3600.0
WIDE = (140, 40)


async def at_the_end(driver: Driver) -> RolloutScreen:
    """A job that is over, its failures told apart."""
    screen = await driver.to_rollout(THE_END)
    await driver.shows("complete", "causes")
    return screen


def rows(driver: Driver, title: str) -> list[str]:
    """The rows below a table's titles."""
    lines = driver.text.splitlines()
    start = next(number for number, line in enumerate(lines) if title in line)
    return [line for line in lines[start + 1 : -2] if line.strip()]


@pytest.mark.parametrize(
    ("keys", "tab", "words"),
    [
        (["2"], RolloutTab.FAILURES, "FIRST SEEN"),
        (["3"], RolloutTab.EVENTS, "EVENT"),
        (["4"], RolloutTab.DETAILS, "History"),
        (["4", "1"], RolloutTab.NODES, "MESSAGE"),
        (["tab"], RolloutTab.FAILURES, "FIRST SEEN"),
        (["tab", "tab", "tab", "tab", "tab"], RolloutTab.FAILURES, "FIRST SEEN"),
        (["shift+tab"], RolloutTab.DETAILS, "History"),
    ],
)
async def test_keys_open_tabs_and_the_keys_of_the_open_one_work(
    cockpits: Cockpits, keys: list[str], tab: RolloutTab, words: str
) -> None:
    async with cockpits.running() as driver:
        screen = await at_the_end(driver)
        await driver.press(*keys)
        await driver.shows(words)
        assert screen.tabs.line.current is tab
        assert screen.focused is not None
        assert any(ancestor.id == tab for ancestor in screen.focused.ancestors_with_self)
        await driver.press("escape")
        assert isinstance(driver.app.screen, EnvironmentsScreen)


async def test_a_key_that_was_changed_is_the_one_in_the_tab_line(cockpits: Cockpits) -> None:
    async with cockpits.running(keys={"rollout.tab-failures": "F"}) as driver:
        await at_the_end(driver)
        assert "F Failures" in driver.text
        await driver.press("F")
        await driver.shows("FIRST SEEN")


async def test_each_cause_has_the_nodes_that_failed_of_it_the_most_frequent_first(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        screen = await at_the_end(driver)
        rollout = screen.reading.value
        assert rollout is not None
        await driver.press("2")
        await driver.shows("FIRST SEEN")
        counts = [int(row.split()[0]) for row in rows(driver, "FIRST SEEN")]
        assert counts == sorted(counts, reverse=True)
        assert sum(counts) == rollout.counts[Outcome.FAILED] + rollout.counts[Outcome.ERRORED]
        assert f"{len(counts)} causes" in driver.text
        assert "Could not retrieve catalog" not in driver.text


async def test_enter_lists_the_nodes_of_a_cause_and_escape_lists_all_again(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        screen = await at_the_end(driver)
        await driver.press("2", "j", "k")
        count = int(rows(driver, "FIRST SEEN")[0].split()[0])
        await driver.press("enter")
        await driver.shows("cause:", f"{count} of 37")
        assert len(rows(driver, "MESSAGE")) == count + 1  # and the filter
        assert screen.focused is screen.nodes.table
        await driver.press("escape")
        await driver.until(lambda: "of 37" not in driver.text)
        assert driver.app.screen is screen


async def test_a_cause_is_shown_in_full_and_copied_with_its_nodes(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        screen = await at_the_end(driver)
        await driver.press("2", "v")
        await driver.until(lambda: isinstance(driver.app.screen, DetailsDialog))
        shown = unwrapped(driver.text)
        await driver.press("escape", "y")
        await driver.shows("Sent to the terminal: cause of")
        first, *names = driver.app.clipboard.splitlines()
        outcome, text = first.split(": ", 1)
        assert outcome.endswith(f"{len(names)} nodes")
        assert text.split(". ")[0] in shown
        assert all(name in shown for name in names)
        rollout = screen.reading.value
        assert rollout is not None
        went_wrong = {n.name for n, o in zip(rollout.nodes, rollout.outcomes, strict=True) if o.is_trouble}
        assert set(names) <= went_wrong


async def test_a_wide_screen_shows_the_cause_beside_the_list(cockpits: Cockpits) -> None:
    async with cockpits.running(size=WIDE) as driver:
        await at_the_end(driver)
        await driver.press("2")
        await driver.shows("since")
        before = driver.text
        await driver.press("j")
        await driver.until(lambda: driver.text != before)


async def test_a_job_without_failures_has_no_causes(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout()
        await driver.press("2")
        await driver.shows("no failures")
        await driver.press("enter", "v")
        assert isinstance(driver.app.screen, RolloutScreen)
        assert not driver.app.clipboard


async def test_events_follow_until_somebody_scrolls_up(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        screen = await driver.to_rollout(60)
        await driver.press("3")
        await driver.shows("> started")
        await driver.later(60)
        rollout = screen.reading.value
        assert rollout is not None
        last = rollout.events[-1]
        await driver.until(lambda: last.node in rows(driver, "EVENT")[-1])
        await driver.press("pageup", "pageup")
        before = [row[:50] for row in rows(driver, "EVENT")]
        await driver.later(60)
        assert screen.reading.value is not rollout
        assert [row[:50] for row in rows(driver, "EVENT")] == before
        await driver.press("G")
        await driver.until(lambda: before[0] not in driver.text)


async def test_enter_tells_an_event_in_full(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        screen = await driver.to_rollout(THE_END)
        rollout = screen.reading.value
        assert rollout is not None
        last = rollout.events[-1]
        await driver.press("3", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, DetailsDialog))
        await driver.shows(last.node, f"number {last.id}", last.message.strip())


async def test_details_tell_the_request_its_history_and_where_it_is(cockpits: Cockpits) -> None:
    async with cockpits.running(size=WIDE) as driver:
        screen = await at_the_end(driver)
        await driver.press("4")
        await driver.shows("Job 1814", "owner operator", "History", "running", "polled no more")
        await driver.shows("https://orchestrator.example.com:8143/orchestrator/v1/jobs/1814")
        rollout = screen.reading.value
        assert rollout is not None
        for outcome, count in rollout.counts.items():
            assert f"{outcome.value} {count}" in unwrapped(driver.text)


async def test_details_scroll_by_the_keys_of_a_list(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        screen = await at_the_end(driver)
        await driver.press("4")
        await driver.shows("Job 1814")
        await driver.press("G")
        await driver.shows("jobs/1814")
        await driver.press("ctrl+u", "k", "g")
        await driver.until(lambda: screen.tabs.job.scroll_y == 0)


async def test_a_noop_run_says_what_would_change_in_sum_and_of_each_node(cockpits: Cockpits) -> None:
    async with cockpits.running(size=WIDE) as driver:
        screen = await at_the_end(driver)
        rollout = screen.reading.value
        assert rollout is not None
        reports = [node.metrics for node in rollout.nodes if node.metrics]
        sums = sum((Counter(out_of_sync=one.out_of_sync, total=one.total) for one in reports), Counter[str]())
        await driver.press("4")
        await driver.shows(f"{sums['out_of_sync']} would change", f"{sums['total']:,} resources in")
        await driver.press("1", "slash", *"state:would", "enter", "j", "k")
        await driver.shows(
            "noop: nothing was changed", "would change,", "; the median is", "Events", "finished"
        )


async def test_a_filter_that_is_typed_gets_digits_and_tabs_do_not(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        screen = await at_the_end(driver)
        await driver.press("slash", "2", "3")
        assert screen.tabs.line.current is RolloutTab.NODES
        assert screen.nodes.field.value == "23"
