"""The rollout screen: live, honest, and stopped by a key."""

import json
import re

import pytest
from textual.events import Key

from orch_tui.domain.node import Outcome
from orch_tui.simulator import Answer, CutBody, Delay, Drop, Settings
from orch_tui.ui.dialogs.choice import LeaveDialog, StopDialog
from orch_tui.ui.screens.rollout import RolloutScreen
from tests import commands
from tests.conftest import TOKEN
from tests.ui.conftest import NOON, Cockpits, Driver

A_WHILE = 120.0
THE_END = 3600.0


async def test_follows_a_job_from_its_start_to_its_end(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        rollout = await driver.to_rollout()
        assert "queued" in driver.text
        await driver.later(A_WHILE)
        await driver.shows("> running")
        await driver.later(THE_END)
        await driver.shows("complete", "100%")
        assert rollout.reading.value is not None
        assert rollout.reading.next_try is None


async def test_failed_nodes_come_first_with_their_reason(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(140, 40)) as driver:
        rollout = await driver.to_rollout(THE_END)
        value = rollout.reading.value
        assert value is not None
        failed = value.counts[Outcome.FAILED]
        assert failed > 1
        rows = driver.text.split("MESSAGE")[1].splitlines()[1 : failed + 1]
        assert all(row.startswith("  X failed") for row in rows)
        assert "Error running puppet on" not in rows[0][:90]


async def test_the_counts_on_the_bars_are_those_of_the_server(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        job = cockpits.server.simulator.requests[-1].path.split("/jobs/")[1].split("/")[0]
        assert job == "1814"
        rollout = driver.screen(RolloutScreen).reading.value
        assert rollout is not None
        for outcome, count in rollout.counts.items():
            assert f"{outcome.value:<12}{count:>7}" in driver.text.replace("would change", "would change")


async def test_a_noop_run_says_would_change_and_never_changed(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        rollout = await driver.to_rollout(THE_END)
        await driver.shows("NOOP", "+ would change")
        value = rollout.reading.value
        assert value is not None
        assert value.counts.get(Outcome.WOULD_CHANGE, 0) > 0
        assert value.counts.get(Outcome.CHANGED, 0) == 0


async def test_stop_starts_on_cancel(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("x")
        await driver.shows("Stop job 1814?", "8 nodes are running: they finish.")
        await driver.is_armed()
        await driver.press("enter")
        assert isinstance(driver.app.screen, RolloutScreen)
        assert cockpits.server.posts("stop") == []


async def test_stop_lets_running_nodes_finish_and_starts_no_more(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await stop(driver)
        await driver.shows("> stopping", "Stopping job 1814: running nodes finish")
        assert [json.loads(body) for body in cockpits.server.posts("stop")] == [{"job": "1814"}]
        rollout = await driver.later(THE_END)
        await driver.shows("- stopped", "complete")
        value = rollout.reading.value
        assert value is not None
        assert value.counts.get(Outcome.RUNNING, 0) == 0
        assert value.counts[Outcome.NEVER_RAN] > 0


async def test_how_long_it_will_take_is_told_until_it_is_stopped(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.later(A_WHILE)
        told = re.compile(r"4m00s · (\d+-|up to )\d+m left · by")
        await driver.until(lambda: told.search(driver.text))
        faults = cockpits.server.simulator.faults
        faults.add(path="/jobs", fault=Drop(), times=None)
        await driver.press("r")
        await driver.shows("NO CONTACT")
        assert " left " not in driver.text
        faults.clear()
        await driver.press("r")
        await driver.until(lambda: told.search(driver.text))
        await stop(driver)
        await driver.shows("stopping for")
        assert " left " not in driver.text


async def test_stopping_again_is_harmless(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await stop(driver)
        await driver.shows("> stopping")
        await driver.press("x")
        await driver.shows("stopping already")
        assert isinstance(driver.app.screen, RolloutScreen)
        assert len(cockpits.server.posts("stop")) == 1


async def test_keys_typed_ahead_stop_nothing(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        for key in ("x", "right", "l", "enter", "enter"):
            driver.app.post_message(Key(key, None))
        await driver.until(lambda: isinstance(driver.app.screen, StopDialog))
        await driver.is_armed()
        assert cockpits.server.posts("stop") == []


async def test_a_refused_stop_is_told_though_its_screen_is_gone(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        refusal = Answer(403, b'{"kind": "puppetlabs.rbac/permission-denied", "msg": "not you"}')
        faults = cockpits.server.simulator.faults
        faults.add(method="POST", path="/command/stop", fault=refusal)
        faults.add(path="/jobs/1814", fault=Delay(0.5))  # which the stop reads first: time to leave
        await stop(driver)
        await driver.press("q")
        assert driver.app.screen is driver.home
        await driver.shows("Not permitted", "Stop job 1814", "not you")


async def test_stop_on_a_job_that_has_ended_says_so(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(THE_END)
        await driver.press("x")
        await driver.shows("has ended", "nothing to stop")
        assert cockpits.server.posts("stop") == []


async def test_a_failed_poll_keeps_what_was_known_and_says_why(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        before = driver.screen(RolloutScreen).reading.value
        cockpits.server.simulator.faults.add(path="/jobs", fault=Drop(), times=None)
        await driver.later(1)
        await driver.shows("NO CONTACT", "The connection broke", "again in", "> running", "Why?")
        assert driver.screen(RolloutScreen).reading.value is before
        cockpits.server.simulator.faults.clear()
        await driver.later(THE_END)
        await driver.until(lambda: "NO CONTACT" not in driver.text and "complete" in driver.text)


async def test_coming_back_rebuilds_the_rollout_from_the_server(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("escape")
        await driver.shows("1814")
        await driver.press("enter")
        await driver.shows("job 1814", "> running")


async def test_leaving_the_screen_ends_its_polling(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        rollout = await driver.to_rollout(A_WHILE)
        await driver.press("escape")
        await driver.until(lambda: not rollout.is_attached)
        assert all(worker.node is not rollout for worker in driver.app.workers)


async def test_a_dialog_over_it_does_not_end_its_polling(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        rollout = await driver.to_rollout(A_WHILE)
        before = rollout.reading
        await driver.press("enter")
        await driver.shows("esc" if "esc" in driver.text else "Esc")
        rollout.action_refresh()
        await driver.until(lambda: rollout.reading is not before)


async def test_a_job_that_vanished_keeps_its_last_picture(cockpits: Cockpits) -> None:
    body = b'{"kind": "puppetlabs.orchestrator/unknown-job", "msg": "Unknown job 1814", "details": {}}'
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        cockpits.server.simulator.faults.add(path="/jobs", fault=Answer(404, body), times=None)
        await driver.later(1)
        await driver.shows(
            "The job does not exist", "> running when last seen; no longer known to the server"
        )


async def test_of_a_job_that_nobody_knows_no_number_is_told(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("J", *"99999", "enter")
        await driver.shows("job 99999", "The job does not exist", "X failed")
        failed = next(line for line in driver.text.splitlines() if "X failed" in line)
        assert not any(sign.isdigit() for sign in failed)


async def test_read_only_offers_no_stop(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="staging", read_only=True) as driver:
        await driver.press("enter")
        await driver.shows("> running")
        await driver.press("x")
        assert isinstance(driver.app.screen, RolloutScreen)
        assert "STOP" not in driver.text


async def test_read_only_no_way_leads_to_a_stop(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="staging", read_only=True) as driver:
        await driver.press("enter")
        await driver.shows("> running")
        await driver.press("ctrl+c")
        await driver.shows("leaving does not stop it")
        assert "Stop the job" not in driver.text
        await driver.press("s", "escape")
        reply = await commands.stop(driver.app.cockpit.session, "1813")
        assert reply.problem is not None
        assert cockpits.server.posts("stop") == []


async def test_the_open_node_is_kept_up_to_date(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        rollout = await driver.to_rollout(5)
        await driver.press("end", "enter")
        await driver.shows("Node", "queued", "Not started yet.")
        cockpits.server.clock.advance(THE_END)
        rollout.action_refresh()
        await driver.until(lambda: not rollout.reading.value or rollout.reading.value.is_complete)
        await driver.shows("finished")


async def test_ctrl_c_asks_and_a_second_one_leaves_without_stopping(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("ctrl+c")
        await driver.shows("leaving does not stop it")
        assert isinstance(driver.app.screen, LeaveDialog)
        await driver.press("ctrl+c")
        await driver.until(lambda: not driver.app.is_running)
        assert cockpits.server.posts("stop") == []


async def test_ctrl_c_can_lead_to_the_stop_dialog(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("ctrl+c", "s")
        await driver.until(lambda: isinstance(driver.app.screen, StopDialog))


async def test_the_cursor_stays_with_its_node_while_rows_move(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        rollout = await driver.to_rollout(A_WHILE)
        await driver.press("j", "j", "j", "j", "j")
        key, row = rollout.nodes.table.key, rollout.nodes.table.cursor_line
        await driver.later(A_WHILE)
        assert rollout.nodes.table.key == key
        assert rollout.nodes.table.cursor_line == row


@pytest.mark.parametrize("settings", [Settings(nodes=1200, token=TOKEN, epoch=NOON)])
async def test_a_node_list_that_breaks_off_is_never_taken_for_all(cockpits: Cockpits) -> None:
    faults = cockpits.server.simulator.faults
    async with cockpits.running(size=(140, 40)) as driver:
        faults.add(path="/jobs/1814/nodes", fault=CutBody(), times=None)
        rollout = await driver.to_rollout()
        await driver.shows("NO CONTACT", "reading nodes: ", " of 720", "0/720")
        assert rollout.reading.value is not None
        assert 0 < len(rollout.reading.value.nodes) < 720
        await driver.press("x")
        await driver.is_armed()
        assert "not started" not in driver.text
        await driver.press("escape")
        faults.clear()
        await driver.press("r")
        await driver.until(lambda: rollout.reading.value and rollout.reading.value.is_whole)
        assert "reading nodes" not in driver.text
        assert "queued          720" in driver.text


async def stop(driver: Driver) -> None:
    """Press `x`, and say yes."""
    await driver.press("x")
    await driver.is_armed()
    await driver.press("right", "enter")
    await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))


async def test_a_confirmed_stop_is_begun_before_a_key_that_follows_can_leave(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout(A_WHILE)
        await driver.press("x")
        await driver.is_armed()
        driver.burst("right", "enter", "q", "q")
        await driver.until(lambda: driver.app.return_code is not None)
        ends = await driver.app.cockpit.session.aclose()
    assert len(cockpits.server.posts("stop")) == 1
    assert [end.in_words() for end in ends] == ["stop of job 1814: stopping"]
