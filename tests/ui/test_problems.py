"""A dialog for every kind of problem, and text from the server that stays text."""

import pytest
from textual.events import Key

from orch_tui.domain.problem import Problem, ProblemKind
from orch_tui.simulator import Settings
from orch_tui.ui.dialogs.problem import ProblemDialog
from orch_tui.ui.explain import EXPLANATIONS
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.conftest import TOKEN
from tests.ui.conftest import NOON, Cockpits, unwrapped

HOSTILE = (
    "[red]x", "[/]", "[@click=app.quit]x[/]", "has no [ensure] at [/etc/puppet/site.pp:12]", "[a='b]c",
)  # fmt: skip


@pytest.mark.parametrize("kind", ProblemKind)
async def test_every_kind_has_a_dialog_that_says_what_happened_and_what_to_do(
    cockpits: Cockpits, kind: ProblemKind
) -> None:
    problem = Problem(kind, "words of the server", 400, "puppetlabs.orchestrator/its-own", '{"a": 1}')
    async with cockpits.running(size=(80, 40)) as driver:
        driver.app.push_screen(ProblemDialog(problem, "Deploy production"))
        words = EXPLANATIONS[kind]
        await driver.shows(
            words.title, unwrapped(words.meaning), unwrapped(words.advice), "words of the server",
            "HTTP 400", "puppetlabs.orchestrator/its-own", '{"a": 1}', "Deploy production",
        )  # fmt: skip


async def test_a_cycle_is_drawn(cockpits: Cockpits) -> None:
    problem = Problem(ProblemKind.DEPENDENCY_CYCLE, "a cycle", 400, cycle=("Lamp[a]", "Db[a]", "Lamp[a]"))
    async with cockpits.running(size=(80, 40)) as driver:
        driver.app.push_screen(ProblemDialog(problem))
        await driver.shows("┌─▶ Lamp[a]", "└── Db[a]")


async def test_long_details_scroll_and_the_keys_stay_in_sight(cockpits: Cockpits) -> None:
    problem = Problem(ProblemKind.OTHER, "\n".join(f"line {n}" for n in range(100)), 500)
    async with cockpits.running() as driver:
        driver.app.push_screen(ProblemDialog(problem))
        await driver.shows("line 3", "Esc Close")
        assert "line 60" not in driver.text
        await driver.press(*["j"] * 60)
        await driver.shows("line 60", "Esc Close")


async def test_two_fast_presses_close_one_dialog(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        rollout = await driver.to_rollout()
        dialog = ProblemDialog(Problem(ProblemKind.OTHER, "words", 500))
        driver.app.push_screen(dialog)
        await driver.shows("HTTP 500")
        for key in ("enter", "enter"):
            driver.app.post_message(Key(key, None))
        await driver.until(lambda: dialog not in driver.app.screen_stack)
        assert rollout in driver.app.screen_stack


async def test_y_sends_all_of_it_to_the_clipboard(cockpits: Cockpits) -> None:
    async with cockpits.running() as driver:
        driver.app.push_screen(ProblemDialog(Problem(ProblemKind.OTHER, "[/] its words", 500), "Stop job 7"))
        await driver.press("y")
        await driver.shows("Sent to the terminal: this message")
        assert "Stop job 7" in driver.app.clipboard
        assert "[/] its words" in driver.app.clipboard
        assert "HTTP 500" in driver.app.clipboard


@pytest.mark.parametrize("text", HOSTILE)
async def test_text_in_a_dialog_is_never_markup(cockpits: Cockpits, text: str) -> None:
    problem = Problem(ProblemKind.OTHER, text, 400, text, text, (text, text + "2"))
    async with cockpits.running(size=(80, 40)) as driver:
        driver.app.push_screen(ProblemDialog(problem, text))
        await driver.until(lambda: driver.text.count(text) >= 5)


@pytest.mark.parametrize("text", HOSTILE)
async def test_text_in_a_notice_is_never_markup(cockpits: Cockpits, text: str) -> None:
    async with cockpits.running() as driver:
        driver.app.notify(text)
        driver.app.screen.notify(text, title=text)
        await driver.shows(text)


class TestHostileServer:
    """A server whose every name and message means harm."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(nodes=30, token=TOKEN, epoch=NOON, scenario="hostile", list_environments=True)

    async def test_every_screen_shows_it_harmless(self, cockpits: Cockpits) -> None:
        async with cockpits.running(size=(140, 40)) as driver:
            await driver.shows("[red]x", "[/]", "[@click=app.qui", "<U+202E>", "<U+009B>")
            assert harmless(driver.text)
            names = [n for n in driver.home.environments.keys if not n.isidentifier()]
            assert len(names) >= 5
            for name in names:
                driver.home.environments.select(name)
                await driver.pilot.pause()
                await driver.press("enter")
                await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
                rollout = driver.screen(RolloutScreen)
                await driver.shows(f"job {rollout.job}", "data 0s old")
                assert harmless(driver.text)
                await driver.press("end", "home", "enter")
                await driver.pilot.pause()
                assert harmless(driver.text)
                await driver.press("escape", "x")
                await driver.pilot.pause()
                assert harmless(driver.text)
                while driver.app.screen is not driver.home:
                    await driver.press("escape")

    async def test_the_palette_reads_no_name_as_markup(self, cockpits: Cockpits) -> None:
        async with cockpits.running() as driver:
            await driver.press("colon", *"env")
            await driver.shows("Environment [red]x[/red]", "Environment [/]")
            assert harmless(driver.text)

    async def test_a_hostile_environment_cannot_be_deployed(self, cockpits: Cockpits) -> None:
        async with cockpits.running() as driver:
            driver.home.environments.select("[/]")
            await driver.press("d")
            await driver.shows("letters, digits and _ only")
            await driver.press("enter")
            await driver.pilot.pause()
            assert "Review" not in driver.text.splitlines()[0]
            assert cockpits.server.posts("deploy") == []


def harmless(text: str) -> bool:
    """Whether nothing in `text` can reach past the cell that it is in."""
    return all(character.isprintable() or character == "\n" for character in text)
