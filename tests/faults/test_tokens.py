"""Tokens end in mid-watch, every day: nothing is lost, nothing is hammered, and nobody else sees a secret."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orch_tui.api.token import Token
from orch_tui.simulator import Answer, ManualClock, Settings, Simulator
from orch_tui.ui.dialogs.problem import ProblemDialog
from orch_tui.ui.dialogs.sign_in import SignInDialog
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.environments import EnvironmentsScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.conftest import TOKEN, Server
from tests.faults.conftest import Trial
from tests.ui.conftest import NOON, Driver

DENIED = Answer(
    403,
    b'{"kind":"puppetlabs.rbac/permission-denied","msg":"You do not have permission"}',
    (("content-type", "application/json"),),
)
PASSWORD = "nobody-may-see-this-either"
LOGIN = "/rbac-api/v1/auth/token"
READ_ONLY = "another-token-that-only-looks"
EXPIRED = 200.0
"""World seconds after which the token of this day has ended."""


@pytest.fixture
def settings() -> Settings:
    return Settings(
        nodes=60,
        token=TOKEN,
        epoch=NOON,
        scenario="expired-token",
        slots=8,
        read_only_token=READ_ONLY,
        password=PASSWORD,
    )


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "puppetlabs" / "token"
    file.parent.mkdir()
    file.touch(mode=0o600)
    file.write_text(TOKEN)
    return file


@pytest.fixture
def server(settings: Settings, token_file: Path, tmp_path: Path) -> Iterator[Server]:
    """As `puppet access login` leaves it: with the token in a file."""
    clock = ManualClock()
    simulator = Simulator(settings, clock)
    with simulator.running() as url:
        yield Server(simulator, clock, url, tmp_path, token=Token.in_file(token_file))


async def expire(driver: Driver) -> SignInDialog:
    """Let the token end, and the next poll find out."""
    driver.server.clock.advance(EXPIRED)
    await driver.press("r")
    await driver.is_armed()
    return driver.screen(SignInDialog)


async def sign_in(driver: Driver, user: str = "admin", password: str = PASSWORD) -> None:
    await driver.press(*user, "enter", *password, "enter")


def content(file: Path) -> str:
    return file.read_text()


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def log_in(file: Path, token: str) -> None:
    """As `puppet access login` does in another window."""
    file.write_text(f"{token}\n")


def permit(file: Path, mode: int) -> None:
    file.chmod(mode)


def logins(server: Server) -> int:
    return sum(request.path == LOGIN for request in server.simulator.requests)


async def test_H6_a_refused_token_is_not_sent_again_and_a_new_file_heals_the_watch(
    trial: Trial, token_file: Path
) -> None:
    async with trial.cockpit(poll_interval=0.5, stops=False) as driver:
        rollout = await trial.deploy(driver, seconds=5)
        await driver.press("slash", *"web", "enter", "j", "j")
        here, note = rollout.nodes.highlighted, rollout.nodes.note
        await expire(driver)
        await driver.shows(
            "The provided token has expired", "The password goes to", LOGIN.removesuffix("/v1/auth/token")
        )
        await driver.press("escape")
        await driver.shows("NOT UPDATED", "s signs in")
        sent, seen = len(trial.server.simulator.requests), rollout.reading
        await driver.until(lambda: rollout.reading is not seen)
        assert len(trial.server.simulator.requests) == sent
        assert driver.screen(RolloutScreen) is rollout  # it does not ask twice

        log_in(token_file, READ_ONLY)
        await driver.until(lambda: rollout.reading.problem is None)
        assert rollout.nodes.highlighted is not None
        assert here is not None
        assert rollout.nodes.highlighted[0].name == here[0].name
        assert rollout.nodes.note == note


async def test_C13_a_token_file_that_was_replaced_is_read_before_the_old_token_ends(
    trial: Trial, token_file: Path, tmp_path: Path
) -> None:
    async with trial.cockpit(stops=False) as driver:
        rollout = await trial.deploy(driver, seconds=5)
        fresh = tmp_path / "fresh"
        fresh.touch(mode=0o600)
        log_in(fresh, READ_ONLY)
        fresh.rename(token_file)
        await driver.later(EXPIRED)
        assert rollout.reading.problem is None
        assert driver.screen(RolloutScreen) is rollout  # nobody was asked to sign in
    assert trial.server.simulator.requests[-1].headers["x-authentication"] == READ_ONLY


async def test_J13_signing_in_goes_on_where_the_watch_was(trial: Trial, token_file: Path) -> None:
    async with trial.cockpit(stops=False) as driver:
        rollout = await trial.deploy(driver, seconds=5)
        await expire(driver)
        await sign_in(driver, password="wrong")
        await driver.shows("User or password is wrong")
        assert logins(trial.server) == 1  # accounts are locked for more
        await sign_in(driver, user="")
        await driver.until(lambda: driver.app.screen is rollout and rollout.reading.problem is None)
        await driver.shows("Signed in as admin.")
        assert PASSWORD not in driver.text
        assert logins(trial.server) == 2
        assert content(token_file) == TOKEN  # written only when asked for
    assert [
        r for r in trial.server.simulator.requests if PASSWORD.encode() in r.body and r.path != LOGIN
    ] == []


async def test_J13_the_token_is_kept_where_that_is_asked_for(trial: Trial, token_file: Path) -> None:
    async with trial.cockpit(stops=False) as driver:
        dialog = await expire(driver)
        dialog.keep.value = True
        await sign_in(driver)
        await driver.shows("The token was written to")
        await driver.until(lambda: driver.screen(EnvironmentsScreen).reading.problem is None)
        assert mode(token_file) == 0o600
        assert trial.server.simulator.requests[-1].headers["x-authentication"] == content(token_file)
        assert content(token_file) not in driver.text


async def test_J13_keys_typed_ahead_reach_no_field_and_nothing_secret_the_clipboard(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        driver.server.clock.advance(EXPIRED)
        await driver.press("r")
        await driver.until(lambda: isinstance(driver.app.screen, SignInDialog))
        await driver.press("d", "enter", "x", "q")
        dialog = driver.screen(SignInDialog)
        await driver.is_armed()
        assert dialog.user.value == dialog.password.value == ""
        await driver.press(*"admin", "enter", *PASSWORD, "shift+home", "ctrl+x", "super+c")
        assert dialog.password.value == PASSWORD
        assert driver.app.clipboard == ""
        assert PASSWORD not in repr(dialog.password) + driver.text + driver.app.export_screenshot()
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.home)


async def test_a_password_in_one_burst_with_its_user_is_not_typed_where_it_is_seen(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        dialog = await expire(driver)
        await driver.until(lambda: dialog.user.has_focus)
        driver.burst(*"admin", "enter", *"nobody")
        await driver.until(lambda: dialog.password.value == "nobody")
        assert dialog.user.value == "admin"


async def test_J14_a_deploy_with_an_expired_token_starts_nothing_and_keeps_the_form(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        jobs = len(trial.server.simulator.world.jobs)
        await driver.to_review("staging")
        driver.server.clock.advance(EXPIRED)
        trial.confirmed += 1
        await driver.press("enter")
        await driver.is_armed()
        await driver.shows(
            "whole environment staging", "refused, nothing was started", "The provided token has expired"
        )
        assert len(trial.server.simulator.world.jobs) == jobs
        await sign_in(driver)
        await driver.until(lambda: isinstance(driver.app.screen, DeployScreen))
        assert driver.screen(DeployScreen).fields.environment.value == "staging"
        await driver.press("enter")
        await driver.shows("Enter sends it")
        trial.confirmed += 1
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, RolloutScreen))
        assert len(trial.server.simulator.world.jobs) == jobs + 1


async def test_a_stop_with_an_expired_token_stops_nothing_and_says_so(trial: Trial) -> None:
    async with trial.cockpit(stops=False) as driver:
        await trial.deploy(driver, seconds=5)
        await driver.press("x")
        await driver.is_armed()
        driver.server.clock.advance(EXPIRED)
        await driver.press("right", "enter")
        await driver.shows("was not stopped", "The provided token has expired")


class TestPermissions:
    """A token that is good, and a role that lacks something."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(nodes=60, token=TOKEN, epoch=NOON, scenario="failures", slots=8)

    async def test_H7_environments_that_may_not_be_listed_leave_the_jobs(self, trial: Trial) -> None:
        trial.server.simulator.faults.add(path="/environments", fault=DENIED, times=None)
        async with trial.cockpit(stops=False) as driver:
            await driver.shows("from the past jobs", "not permitted to list environments", "production")
            assert driver.home.jobs.table.keys
            await driver.press("e")
            await driver.shows("Not permitted", "orchestrator:view")

    async def test_J12_a_permission_that_is_revoked_keeps_the_data_and_takes_the_stop(
        self, trial: Trial
    ) -> None:
        async with trial.cockpit(stops=False) as driver:
            rollout = await trial.deploy(driver, seconds=20)
            rows = len(rollout.nodes.table.keys)
            trial.server.simulator.faults.add(fault=DENIED, times=None)
            await driver.later(5)
            await driver.shows("Not permitted", "STOP is not permitted")
            assert len(rollout.nodes.table.keys) == rows > 0
            await driver.press("x")
            assert driver.app.screen is rollout
            await driver.press("e")
            await driver.shows("orchestrator:view", "Signing in again does not help")
            assert isinstance(driver.app.screen, ProblemDialog)

    async def test_a_deploy_names_the_permission_that_it_lacks(self, trial: Trial) -> None:
        trial.server.simulator.faults.add(method="POST", path="/command/deploy", fault=DENIED)
        async with trial.cockpit(stops=False) as driver:
            await driver.to_review()
            trial.confirmed += 1
            await driver.press("enter")
            await driver.shows("Not permitted", "puppet_agent:run")

    async def test_C12_a_token_file_that_others_can_read_is_not_sent(
        self, trial: Trial, token_file: Path
    ) -> None:
        permit(token_file, 0o644)
        async with trial.cockpit(stops=False) as driver:
            await driver.is_armed()
            await driver.shows("No usable token", "chmod 600")
            assert trial.server.simulator.requests == []
            permit(token_file, 0o600)
            await driver.shows("The token is taken again")  # and no key of a half typed password gets loose
