"""From the form through Review to the one POST."""

import json

import pytest
from textual.events import Key, Paste
from textual.screen import Screen

from orch_tui.domain.deploy import Field, Mode
from orch_tui.simulator import Answer, Delay, Drop, Settings
from orch_tui.simulator.faults import OwnAnswer
from orch_tui.ui.dialogs.problem import ProblemDialog
from orch_tui.ui.dialogs.review import ReviewDialog
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.conftest import TOKEN
from tests.ui.conftest import NOON, TO_APPLICATION, TO_SCOPE, Cockpits


async def test_the_form_opens_with_the_highlighted_environment_and_noop(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="staging") as driver:
        await driver.press("d")
        form = driver.screen(DeployScreen)
        assert (form.fields.environment.value, form.fields.draft.mode) == ("staging", Mode.NOOP)
        assert form.focused is form.fields.environment


async def test_the_profile_can_choose_the_other_mode(cockpits: Cockpits) -> None:
    async with cockpits.running(default_mode="enforce") as driver:
        await driver.press("d")
        assert driver.screen(DeployScreen).fields.draft.mode is Mode.ENFORCE


async def test_tab_walks_the_fields_in_the_order_of_the_request(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("d")
        form = driver.screen(DeployScreen)
        walked = []
        for _ in range(6):
            walked.append(form.focused.id if form.focused else None)
            await driver.press("tab")
        assert walked == ["environment", "mode", "concurrency", "scope", "description", "more"]


async def test_keys_in_one_burst_reach_the_fields_they_are_meant_for(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("d")
        form = driver.screen(DeployScreen)
        await driver.until(lambda: form.focused is form.fields.environment)
        for key, character in (("tab", None), ("tab", None), ("7", "7")):
            driver.app.post_message(Key(key, character))
        await driver.until(lambda: form.fields.draft.concurrency == "7")
        assert form.fields.environment.value == "production"


async def test_each_field_says_what_is_wrong_with_it_while_it_is_typed(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("d")
        await driver.press("minus")
        await driver.shows("letters, digits and _ only")
        await driver.press("tab", "tab", "0")
        await driver.shows("from 1 to 1,000,000 nodes at once")
        await driver.press("tab", "right", "tab", *"Lamp[")
        await driver.shows("X neither an application (Lamp) nor an instance")
        await driver.press("enter")
        form = driver.screen(DeployScreen)
        assert form.focused is form.fields.environment


async def test_names_are_offered_and_chosen_with_the_arrows(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("d", *TO_APPLICATION)
        form = driver.screen(DeployScreen)
        await driver.shows("offered")
        await driver.press("L", "down", "down")
        assert form.fields.target.value == "Lamp[intranet]"
        await driver.shows("▸ Lamp[intranet]", "Lamp[shop]")


async def test_review_shows_the_very_bytes_that_are_sent(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("d", "tab", "space", "tab", "5", "tab", "right", "tab", *"Lamp[shop]")
        await driver.press("tab", *"first", "enter")
        body = (
            '{"environment": "production", "noop": false, "concurrency": 5, '
            '"scope": {"application": "Lamp[shop]"}, "description": "first [orch-tui 7f3a9c21e001]"}'
        )
        await driver.shows("E N F O R C E", "Lamp[shop] in production", *body.split(), "Enter sends it")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
        assert cockpits.server.posts("deploy") == [body.encode()]


async def test_fields_left_blank_are_left_out(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_rollout()
        (body,) = cockpits.server.posts("deploy")
        marked = {"description": "[orch-tui 7f3a9c21e001]"}
        assert json.loads(body) == {"environment": "production", "noop": True} | marked


class TestWithoutDescriptions:
    """A server of 2016.2, whose jobs keep no description."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(nodes=60, token=TOKEN, epoch=NOON, api="2016.2")

    async def test_what_the_server_does_not_take_is_neither_asked_for_nor_sent(
        self, cockpits: Cockpits
    ) -> None:
        async with cockpits.running() as driver:
            await driver.to_review()
            await driver.press("enter")
            await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
            assert cockpits.server.posts("deploy") == [b'{"environment": "production", "noop": true}']
            await driver.press("q", "d")
            await driver.shows("Scope")
            assert "Description" not in driver.text
            assert "More options" not in driver.text


async def test_however_often_enter_is_pressed_one_deploy_is_sent(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_review()
        await driver.press(*["enter"] * 20)
        await driver.until(lambda: any(isinstance(s, RolloutScreen) for s in driver.app.screen_stack))
        assert len(cockpits.server.posts("deploy")) == 1


async def test_keys_typed_ahead_deploy_nothing(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.press("d")
        await driver.shows("Concurrency")
        for key in [*["enter"] * 30, "y", "enter"]:
            driver.app.post_message(Key(key, None))
        await driver.shows("Enter sends it")
        assert sum(isinstance(screen, ReviewDialog) for screen in driver.app.screen_stack) == 1
        assert cockpits.server.posts("deploy") == []


@pytest.mark.parametrize(("key", "kind"), [("d", DeployScreen), ("enter", RolloutScreen)])
async def test_two_fast_presses_open_one_screen(
    cockpits: Cockpits, key: str, kind: type[Screen[None]]
) -> None:
    async with cockpits.running() as driver:
        for _ in range(2):
            driver.app.post_message(Key(key, None))
        await driver.until(lambda: isinstance(driver.app.screen, kind))
        assert len(driver.app.screen_stack) == 3


async def test_keys_meant_for_a_dialog_over_review_deploy_nothing(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_review()
        review = driver.screen(ReviewDialog)
        await driver.press("ctrl+c")
        await driver.shows("Leave?")
        driver.burst("escape", "enter", "enter")
        await driver.until(lambda: driver.app.screen is review)
        assert not review.is_armed
        await driver.is_armed()
        assert cockpits.server.posts("deploy") == []
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))


async def test_a_paste_deploys_nothing(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_review()
        driver.app.post_message(Paste("production\r\n\r\n"))
        await driver.pilot.pause()
        assert isinstance(driver.app.screen, ReviewDialog)
        assert cockpits.server.posts("deploy") == []


async def test_escape_in_review_goes_back_to_the_form_as_it_was(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_review()
        await driver.press("escape")
        assert driver.screen(DeployScreen).fields.environment.value == "production"
        assert cockpits.server.posts("deploy") == []


async def test_a_protected_environment_is_enforced_only_once_its_name_is_typed(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production", protected=["production"]) as driver:
        await driver.press("d", "tab", "space", "enter")
        await driver.shows("protected", "once the name is typed")
        await driver.press(*"productio", "enter")
        assert cockpits.server.posts("deploy") == []
        await driver.press("n", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
        assert len(cockpits.server.posts("deploy")) == 1


async def test_a_protected_environment_needs_no_name_for_noop(cockpits: Cockpits) -> None:
    async with cockpits.running(protected=["production"]) as driver:
        await driver.to_review()
        assert "protected" not in driver.text


@pytest.mark.parametrize(
    ("environment", "words", "field"),
    [
        ("nowhere", "The environment does not exist", "environment"),
        ("retired", "The environment is empty", "environment"),
        ("tangled", "dependency cycle", "environment"),
    ],
)
async def test_a_refused_deploy_leaves_the_form_as_typed_and_the_cursor_at_fault(
    cockpits: Cockpits, environment: str, words: str, field: str
) -> None:
    async with cockpits.running() as driver:
        await driver.press("d")
        form = driver.screen(DeployScreen)
        form.fields.environment.value = environment
        await driver.press("tab", "tab", "7", "enter")
        await driver.shows("Enter sends it")
        await driver.press("enter")
        await driver.shows(words)
        await driver.press("escape")
        assert driver.screen(DeployScreen) is form
        assert form.focused is not None
        assert form.focused.id == field
        assert (form.fields.environment.value, form.fields.draft.concurrency) == (environment, "7")


async def test_a_request_that_is_too_long_for_a_proxy_was_certainly_not_carried_out(
    cockpits: Cockpits,
) -> None:
    async with cockpits.running(environment="production") as driver:
        page = OwnAnswer(413, "<html>413 Request Entity Too Large</html>", "text/html")
        cockpits.server.simulator.faults.add(method="POST", path="/command/deploy", fault=page)
        await driver.press("d", *TO_SCOPE, "right", "right", "tab", *"web-1,web-2", "enter")
        await driver.shows("Enter sends it")
        await driver.press("enter")
        await driver.shows("The request is too long for the server", "Nothing was started", "fewer nodes")
        await driver.press("enter")
        form = driver.screen(DeployScreen)
        assert form.focused is form.fields.target
        assert driver.app.cockpit.session.deploys.unknown == ()


async def test_an_empty_target_puts_the_cursor_in_its_field(cockpits: Cockpits) -> None:
    async with cockpits.running(environment="production") as driver:
        await driver.press("d", *TO_APPLICATION, *"Nothing[here]", "enter")
        await driver.shows("Enter sends it")
        await driver.press("enter")
        await driver.shows("The target is empty")
        await driver.press("enter")
        form = driver.screen(DeployScreen)
        assert form.focused is form.fields.target


async def test_a_deploy_that_is_not_found_is_called_unknown_and_nothing_is_sent_again(
    cockpits: Cockpits,
) -> None:
    async with cockpits.running() as driver:
        cockpits.server.simulator.faults.add(method="POST", path="/command/deploy", fault=Drop())
        await driver.to_review()
        await driver.press("enter")
        await driver.shows("Sent, and what became of it is not known", "not sent again")
        assert len(cockpits.server.posts("deploy")) == 1
        await driver.is_armed()
        await driver.press("escape")
        await driver.shows("The deploy before was sent, and what became of it is not known")
        await driver.press("escape")
        await driver.shows("1 deploy UNKNOWN", "UNKNOWN 7f3a9c21e001: NOOP of production", "press d there")


async def test_leaving_the_form_while_it_sends_loses_no_answer(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        late = Delay(2.0)
        cockpits.server.simulator.faults.add(method="POST", path="/command/deploy", fault=late)
        await driver.to_review()
        await driver.press("enter")
        await driver.until(lambda: cockpits.server.posts("deploy"))
        await driver.press("escape")
        assert driver.app.screen is driver.home
        await driver.press("d")
        await driver.shows("It is being sent: wait for the answer")
        await driver.shows("The deploy of production is job 1814.")
        await driver.is_armed()
        await driver.press("escape")
        assert len(cockpits.server.posts("deploy")) == 1


async def test_a_validation_error_puts_the_cursor_in_the_field_that_it_names(cockpits: Cockpits) -> None:
    body = b'{"kind": "puppetlabs.validators/validation-error", "msg": "concurrency must be less"}'
    async with cockpits.running() as driver:
        fault = Answer(400, body)
        cockpits.server.simulator.faults.add(method="POST", path="/command/deploy", fault=fault)
        await driver.to_review()
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, ProblemDialog))
        await driver.press("escape")
        form = driver.screen(DeployScreen)
        assert form.focused is form.fields.rows[Field.CONCURRENCY].field


async def test_a_confirmed_deploy_is_begun_before_a_key_that_follows_can_leave(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        await driver.to_review("staging")
        driver.burst("enter", "escape", "q")
        await driver.until(lambda: driver.app.return_code is not None)
        ends = await driver.app.cockpit.session.aclose()
    assert len(cockpits.server.posts("deploy")) == 1
    assert [end.in_words().split(": ")[1] for end in ends] == ["accepted, job 1814, answered"]
