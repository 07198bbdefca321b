"""A trial: the cockpit under one fault. Whatever the fault, the same rules hold, and each trial checks them.

R1  No deploy is sent that was not confirmed.      R2  The token is shown nowhere.
R3  No control character reaches the terminal.     R4  The terminal is put right, the exit code is true.
R5  Old data is never shown without its age.       R6  The program goes on.
R7  The stop works as soon as the fault is gone.   R8  Keys are answered all the while.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from orch_tui.simulator import Drop, ManualClock, Settings
from orch_tui.ui.screens.rollout import RolloutScreen
from tests.conftest import TOKEN, Server
from tests.e2e.terminal import Terminal
from tests.ui.conftest import NOON, Cockpits, Driver

_BEAT = 0.02
_LONGEST_GAP = 25
"""Pieces of work (`_piece_of_work`) in one go after which a key would be felt to wait (R8): half a second."""

_POLLS_UNTIL_OLD = 3

# What draws the screen; any other Escape or control character was somebody's text.
_SEQUENCES = re.compile(
    rb"\x1b\[[0-9;:<=>?$ ]*[a-zA-Z]|\x1b[78=>]|\x1b\([0B]|\x1b\]22;[a-z-]+\x07|[\r\b]"
    rb"|\x1b\]2;[^\x00-\x1f\x7f]{0,80}\x07"
)
_CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass
class Trial:
    """One server, its cockpits, and what the test has confirmed by itself."""

    server: Server
    clock: ManualClock = field(default_factory=ManualClock)
    """The cockpit's own clock, on which readings age; the world's is `server.clock`."""
    confirmed: int = 0
    """Deploys that the test confirmed: so many may be sent, and no more."""

    @asynccontextmanager
    async def cockpit(
        self, size: tuple[int, int] = (80, 24), *, stops: bool = True, slow: float = 0, **profile: Any
    ) -> AsyncIterator[Driver]:
        """A running app that polls when told to (`r`, `poll_interval`); the rules are checked at its end.

        Args:
            size: Columns and lines.
            stops: False where the fault does not pass, or the job must not be stopped: R7 is not tried.
            slow: Seconds that the cockpit's clock is behind the server's.
            profile: Keys of the profile, with `_` for `-`.
        """
        loop_gaps: list[float] = []
        cockpits = Cockpits(self.server, self.clock, slow)
        async with cockpits.running(size=size, **profile) as driver:
            heart = asyncio.create_task(_beat(loop_gaps))
            try:
                yield driver
            finally:
                heart.cancel()
            survived = driver.app.is_running
            if survived:
                await self._tells_its_age(driver)
                if stops:
                    await self._can_be_stopped(driver)
                self._keeps_secrets(driver.text)
                assert not _CONTROL.search(driver.text), "R3"
        assert survived, "R6"
        assert max(loop_gaps, default=0.0) < _LONGEST_GAP * _piece_of_work(), "R8"
        self._sent_what_was_confirmed()

    @contextmanager
    def terminal(
        self, *arguments: str, ends_with: int = 0, environment: Mapping[str, str] | None = None, **how: Any
    ) -> Iterator[Terminal]:
        """The program in a terminal of its own; the test sees to its end, then the rules are checked."""
        with Terminal(*arguments, environment=environment, **how) as terminal:
            yield terminal
            assert terminal.ends() == ends_with, "R4"
            assert terminal.modes() == terminal.modes_before, "R4"
            entered, left = terminal.raw.rfind(b"\x1b[?1049h"), terminal.raw.rfind(b"\x1b[?1049l")
            assert left >= entered, "R4"
            self._keeps_secrets(terminal.raw.decode(errors="replace"))
            rest = _SEQUENCES.sub(b"", terminal.raw).decode(errors="replace")
            assert not _CONTROL.search(rest), "R3"
        self._sent_what_was_confirmed()

    async def deploy(
        self, driver: Driver, seconds: float = 0, environment: str = "production"
    ) -> RolloutScreen:
        """Deploy from home through form and Review; the world goes on for so long."""
        self.confirmed += 1
        return await driver.to_rollout(seconds, environment)

    def polls(self) -> int:
        """How often the list of jobs, or a job, was asked for."""
        return sum("/jobs" in request.path for request in self.server.simulator.requests)

    async def _tells_its_age(self, driver: Driver) -> None:
        """R5, on whichever screen is on top: a dialog over it may cover the line that tells."""
        screen = driver.app.screen
        if not isinstance(screen, RolloutScreen) or screen.reading.taken is None:
            return
        self.server.simulator.faults.add(fault=Drop(), times=None)
        self.clock.advance(_POLLS_UNTIL_OLD * driver.app.cockpit.profile.poll_interval)
        await driver.until(lambda: " old" in driver.text or "complete" in driver.text)
        self.server.simulator.faults.clear()

    async def _can_be_stopped(self, driver: Driver) -> None:
        """R7, where a job that is under way is on the screen."""
        screen = driver.app.screen
        if not isinstance(screen, RolloutScreen):
            return
        self.server.simulator.faults.clear()
        await driver.later(0)
        assert screen.reading.value is not None
        if screen.reading.value.job.state.is_over:
            return
        before = len(self.server.posts("stop"))
        await driver.press("x")
        await driver.is_armed()
        await driver.press("right", "enter")
        await driver.until(lambda: len(self.server.posts("stop")) > before)

    def _keeps_secrets(self, shown: str) -> None:
        assert TOKEN not in shown, "R2"

    def _sent_what_was_confirmed(self) -> None:
        assert len(self.server.posts("deploy")) <= self.confirmed, "R1"


def _piece_of_work() -> float:
    """Seconds for what an idle machine does in 20 ms: a busy one may take longer for all else, too."""
    before = time.thread_time()
    sum(number * number for number in range(400_000))
    return time.thread_time() - before


async def _beat(gaps: list[float]) -> None:
    """Note how long the loop works between two looks, in seconds of this thread: others' load is not ours."""
    with suppress(asyncio.CancelledError):
        while True:
            before = time.thread_time()
            await asyncio.sleep(_BEAT)
            gaps.append(time.thread_time() - before)


@pytest.fixture
def settings() -> Settings:
    return Settings(nodes=60, token=TOKEN, epoch=NOON, scenario="failures", slots=8, list_environments=True)


@pytest.fixture
def trial(server: Server) -> Trial:
    return Trial(server)


@pytest.fixture
def home(server: Server, tmp_path: Path) -> dict[str, str]:
    """Variables of somebody whose configuration names the server, which is asked when told to."""
    folder = tmp_path / "config" / "orch-tui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(
        f'notify = "off"\n[profiles.here]\nservice-url = "{server.url}"\npoll-interval = 3600\n'
        'environment = "production"\n'
    )
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "ORCH_TUI_TOKEN": TOKEN,
    }


def often(home: dict[str, str]) -> None:
    """Have the server asked as often as is allowed."""
    config = Path(home["XDG_CONFIG_HOME"]) / "orch-tui" / "config.toml"
    config.write_text(config.read_text().replace("3600", "0.5"))
