"""The app on a simulator whose world stands still until a test moves it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import pytest
from textual.app import App
from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.sign_in import SignIn
from orch_tui.config import Config, shipped
from orch_tui.session.session import Session
from orch_tui.simulator import ManualClock, Settings
from orch_tui.ui.app import OrchApp
from orch_tui.ui.dialogs.base import Dialog
from orch_tui.ui.screens.base import Cockpit
from orch_tui.ui.screens.environments import EnvironmentsScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from orch_tui.ui.theme import load_themes
from tests.conftest import TOKEN, Server

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
TO_SCOPE = ("tab", "tab", "tab")
"""From the first field of the form to the choice of a scope."""
TO_APPLICATION = (*TO_SCOPE, "right", "tab")
"""To the target, with an application as the scope."""
THEMES, _ = load_themes(shipped("themes"))

S = TypeVar("S", bound=Screen[Any])


@dataclass
class Cockpits:
    """Makes apps on one server."""

    server: Server
    monotonic: ManualClock = field(default_factory=ManualClock)
    """Ages readings, and moves while a job is looked for."""
    slow: float = 0.0
    """Seconds that the cockpit's clock is behind the server's."""

    def app(self, *, theme: str = "terminal", keys: dict[str, str] | None = None, **profile: Any) -> OrchApp:
        """An app that polls only when nudged, and believes that it is always noon."""
        settings: dict[str, Any] = {
            "service-url": "https://orchestrator.example.com:8143",
            "poll-interval": 3600,
        }
        settings |= {key.replace("_", "-"): value for key, value in profile.items()}
        name, checked = Config.model_validate({"profiles": {"primary": settings}}).profile(None)
        connection, clock, numbers = self.server.connection, self.server.clock, count(1)

        def now() -> datetime:
            return NOON + timedelta(seconds=clock() - self.slow)

        async def sleep(seconds: float) -> None:
            self.monotonic.advance(seconds)
            await asyncio.sleep(0.02)

        session = Session(
            OrchestratorClient(connection, now=now),
            OrchestratorClient(connection, keep_alive=False, now=now),
            self.server.journal(),
            SignIn(connection, f"{self.server.url}/rbac-api"),
            poll_interval=checked.poll_interval,
            environment=checked.environment,
            release=checked.api,
            read_only=checked.read_only,
            monotonic=self.monotonic,
            sleep=sleep,
            nonces=lambda: f"7f3a9c21e0{next(numbers):02}",
        )
        return OrchApp(Cockpit(name, checked, session), themes=THEMES, theme=theme, keys=keys)

    @asynccontextmanager
    async def running(self, size: tuple[int, int] = (80, 24), **options: Any) -> AsyncIterator["Driver"]:
        """A running app with its home screen filled."""
        app = self.app(**options)
        try:
            async with app.run_test(size=size, notifications=True) as pilot:
                driver = Driver(app, pilot, self.server)
                home = driver.home
                await driver.until(lambda: home.reading.value or home.reading.problem)
                yield driver
        finally:
            await app.cockpit.session.aclose()


@dataclass
class Driver:
    """Presses keys and reads the screen."""

    app: OrchApp
    pilot: Pilot[None]
    server: Server

    @property
    def home(self) -> EnvironmentsScreen:
        screen = self.app.screen_stack[1]
        assert isinstance(screen, EnvironmentsScreen)
        return screen

    def screen(self, kind: type[S]) -> S:
        """The screen on top, which must be of this kind."""
        assert isinstance(self.app.screen, kind)
        return self.app.screen

    @property
    def text(self) -> str:
        """What the terminal shows, without its colours."""
        return text_of(self.app)

    async def is_armed(self) -> None:
        """Wait until the dialog on top takes keys."""
        await self.until(lambda: isinstance(self.app.screen, Dialog) and self.app.screen.is_armed)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    def burst(self, *keys: str) -> None:
        """Press `keys` so fast that none is acted on before all have arrived, as over a slow line."""
        for key in keys:
            character = key if len(key) == 1 else None
            self.app.post_message(Key(_character_to_key(key) if character else key, character))

    async def until(self, holds: Callable[[], object]) -> None:
        """Let the app work until `holds`; a test that waits in vain fails after some seconds."""
        for _ in range(500):
            if holds():
                await self.pilot.pause()
                return
            await self.pilot.pause(0.01)
        raise AssertionError(f"waited in vain; the screen shows:\n{self.text}")

    async def shows(self, *words: str) -> None:
        """Wait until all `words` are on the screen, however they are wrapped."""
        await self.until(lambda: all(word in unwrapped(self.text) for word in words))

    async def to_review(self, environment: str = "production") -> None:
        """From home: the form for `environment`, then Review, until it takes keys."""
        self.home.environments.select(environment)
        await self.press("d")
        await self.shows("Enter Review")
        await self.press("enter")
        await self.shows("Enter sends it")

    async def to_rollout(self, seconds: float = 0, environment: str = "production") -> RolloutScreen:
        """From home: deploy `environment` as it stands in the form, and let the world go on so long."""
        await self.to_review(environment)
        await self.press("enter")
        await self.until(lambda: isinstance(self.app.screen, RolloutScreen))
        return await self.later(seconds)

    async def later(self, seconds: float) -> RolloutScreen:
        """Let the world go on, and the rollout screen see it."""
        rollout = self.screen(RolloutScreen)
        await self.until(lambda: rollout.reading.taken is not None or rollout.reading.problem)
        self.server.clock.advance(seconds)
        before = rollout.reading
        await self.press("r")
        await self.until(lambda: rollout.reading is not before)
        return rollout


def unwrapped(text: str) -> str:
    """`text` without the frames of dialogs, all on one line."""
    return " ".join(text.translate(dict.fromkeys(map(ord, "│▌"), " ")).split())


def text_of(app: App[Any]) -> str:
    """What an app's terminal shows, line by line."""
    width, height = app.size
    lines = app.screen._compositor.render_strips(app.size)
    return "\n".join("".join(segment.text for segment in line)[:width] for line in lines[:height])


@pytest.fixture
def settings() -> Settings:
    return Settings(nodes=60, token=TOKEN, epoch=NOON, scenario="failures", slots=8, list_environments=True)


@pytest.fixture
def cockpits(server: Server) -> Cockpits:
    return Cockpits(server)
