"""A server that cannot prove who it is: it gets no token, and the person the reason."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orch_tui.api.connection import Connection
from orch_tui.simulator import Drop, ManualClock, Settings, Simulator, Tls
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.authority import Authority
from tests.conftest import Server
from tests.faults.conftest import Trial
from tests.ui.conftest import Driver

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
GOOD = "127.0.0.1"
ELSEWHERE = "orchestrator.example.com"

Start = Callable[..., "SecureServer"]


@dataclass(frozen=True, slots=True)
class Changeable(Tls):
    """A certificate that can be changed while its server runs; connections that stand go on."""

    contexts: list[ssl.SSLContext] = field(default_factory=list)

    def context(self) -> ssl.SSLContext:
        self.contexts.append(Tls.context(self))
        return self.contexts[-1]

    def changed(self) -> None:
        """The files hold another certificate."""
        for context in self.contexts:
            context.load_cert_chain(self.certfile, self.keyfile)


@dataclass(frozen=True)
class SecureServer(Server):
    """A server with TLS, and the authority that its clients trust."""

    cacert: Path = Path()

    @property
    def connection(self) -> Connection:
        return replace(super().connection, cacert=self.cacert)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def start(settings: Settings, tmp_path: Path) -> Iterator[Start]:
    """Start a server with a certificate, whose clients trust the authority in a file."""
    with ExitStack() as stack:

        def start(tls: Tls, cacert: Path) -> SecureServer:
            clock = ManualClock()
            simulator = Simulator(settings, clock)
            url = stack.enter_context(simulator.running(tls=tls))
            return SecureServer(simulator, clock, url, tmp_path, cacert=cacert)

        yield start


@pytest.mark.parametrize(
    ("name", "dates", "words"),
    [
        pytest.param(
            ELSEWHERE,
            {},
            (
                "another name",
                f"{GOOD} was asked for, the certificate is for {ELSEWHERE}",
                "use a name instead",
            ),
            id="T2-T3",
        ),
        pytest.param(
            GOOD, {"not_after": NOW - DAY}, (f"to {NOW - DAY:%Y-%m-%d}", "machine's clock says"), id="T4"
        ),
        pytest.param(
            GOOD, {"not_before": NOW + DAY}, (f"from {NOW + DAY:%Y-%m-%d}", "machine's clock says"), id="T5"
        ),
    ],
)
async def test_T2_to_T5_a_certificate_that_is_not_good_gets_nothing_and_is_explained(
    authority: Authority, start: Start, name: str, dates: dict[str, Any], words: tuple[str, ...]
) -> None:
    server = start(authority.tls(name, **dates), authority.pem)
    async with Trial(server).cockpit(size=(80, 40)) as driver:
        await driver.shows("The token was not sent", "trusted", authority.name, *words)
        await driver.press("escape")  # a key that was meant for the screen
        await driver.is_armed()
        await driver.press("escape")
        await driver.shows("NOT UPDATED", "r tries again")
        assert driver.home.reading.next_try is None
        assert driver.app.screen is driver.home  # it does not open twice
    assert server.simulator.requests == []


async def test_T1_another_authority_gets_nothing_and_both_are_named(
    authority: Authority, start: Start, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Authority(tmp_path_factory.mktemp("other"))
    server = start(authority.tls(), other.pem)
    async with Trial(server).cockpit(size=(80, 40)) as driver:
        await driver.shows(
            "not trusted", f"signed by {authority.name}", other.name, "/etc/puppetlabs/puppet/ssl"
        )
        await driver.is_armed()
        await driver.press("y")
        assert str(other.pem) in driver.app.clipboard
    assert server.simulator.requests == []


async def test_T7_a_port_without_tls_is_called_that_and_asked_no_other_way(
    authority: Authority, server: Server, tmp_path: Path
) -> None:
    url = server.url.replace("http:", "https:")
    secure = SecureServer(server.simulator, server.clock, url, tmp_path, cacert=authority.pem)
    async with Trial(secure).cockpit() as driver:
        await driver.shows("NOT UPDATED", "does not speak our TLS")
        await driver.press("e")
        await driver.shows("or plain HTTP. The token was not sent.")
        await driver.press("escape", "r")
    assert server.simulator.requests == []


def test_T12_the_keys_of_the_sessions_are_written_nowhere(
    authority: Authority, start: Start, home: dict[str, str], tmp_path: Path
) -> None:
    server = start(authority.tls(), authority.pem)
    config = Path(home["XDG_CONFIG_HOME"]) / "orch-tui" / "config.toml"
    profile = f'service-url = "{server.url}"\ncacert = "{authority.pem}"\n'
    config.write_text(f"[profiles.here]\n{profile}")
    keys = tmp_path / "keys"
    with Trial(server).terminal(environment={**home, "SSLKEYLOGFILE": str(keys)}) as terminal:
        terminal.shows("production", "q Quit", "data 0s old")
        terminal.press("q")
    assert not keys.exists()


async def test_T6_a_certificate_that_turns_bad_ends_the_polling_until_somebody_looks(
    authority: Authority, start: Start
) -> None:
    files = authority.tls()
    tls = Changeable(files.certfile, files.keyfile)
    server = start(tls, authority.pem)
    trial = Trial(server)
    async with trial.cockpit(stops=False, poll_interval=0.5) as driver:
        rollout = await trial.deploy(driver, seconds=20)
        nodes = rollout.nodes.table.keys
        authority.tls(ELSEWHERE)
        tls.changed()
        server.simulator.faults.add(fault=Drop(), times=None)  # the connections that stand
        while rollout.reading.problem is None or not rollout.reading.problem.is_untrusted:
            await polled(driver, rollout)
        server.simulator.faults.clear()
        await driver.shows("The certificate is for another name", ELSEWHERE)
        await driver.is_armed()
        assert rollout.reading.next_try is None
        assert rollout.nodes.table.keys == nodes
        sent = len(server.simulator.requests)
        await driver.press("escape")
        await polled(driver, rollout)
        assert len(server.simulator.requests) == sent
        authority.tls()
        tls.changed()
        await driver.press("r")
        await driver.until(lambda: rollout.reading.problem is None)


async def polled(driver: Driver, rollout: RolloutScreen) -> None:
    """Ask for a poll, and wait for what it brings."""
    before = rollout.reading
    await driver.press("r")
    await driver.until(lambda: rollout.reading is not before)
