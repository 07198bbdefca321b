"""Draw the pictures of the README from the running app: `python docs/make_pictures.py` (with the test extra).

The app is the real one, on a simulator of its own whose time this script moves.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.connection import Connection
from orch_tui.api.sign_in import SignIn
from orch_tui.api.token import Token
from orch_tui.config import Config, shipped
from orch_tui.session.journal import Journal
from orch_tui.session.session import Session
from orch_tui.simulator import ManualClock, Settings, Simulator
from orch_tui.ui.app import OrchApp
from orch_tui.ui.screens.base import Cockpit
from orch_tui.ui.screens.rollout import RolloutScreen
from orch_tui.ui.theme import load_themes

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
SERVER = "https://orchestrator.example.com:8143"
FOLDER = Path(__file__).parent


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    """Let the app work until `holds`."""
    while not holds():
        await pilot.pause(0.02)
    await pilot.pause()


async def main() -> None:
    clock = ManualClock()
    settings = Settings(nodes=900, scenario="failures", token="simulator", epoch=NOON, slots=60)
    with Simulator(settings, clock).running() as url, TemporaryDirectory() as folder:
        profile = {"service-url": SERVER, "environment": "production", "poll-interval": 0.5}
        name, checked = Config.model_validate({"profiles": {"primary": profile}}).profile(None)
        connection = Connection(url, Token.given("simulator"))

        def now() -> datetime:
            return NOON + timedelta(seconds=clock())

        journal = Journal(Path(folder) / "journal.jsonl", url)
        journal.open()
        session = Session(
            OrchestratorClient(connection, now=now),
            OrchestratorClient(connection, keep_alive=False, now=now),
            journal,
            SignIn(connection, f"{url}/rbac-api"),
            poll_interval=0.5,
            monotonic=lambda: 0.0,
            nonces=lambda: "7f3a9c21e04b",
        )
        themes, _ = load_themes(shipped("themes"))
        app = OrchApp(Cockpit(name, checked, session), themes=themes, theme="dark")
        async with app.run_test(size=(120, 34)) as pilot:
            await draw_rollout(app, pilot, clock)
            await pilot.resize_terminal(76, 20)
            for theme in sorted(themes):
                app.theme = theme
                await pilot.pause(0.2)
                save(app, f"theme-{theme}")
        await session.aclose()


async def draw_rollout(app: OrchApp, pilot: Pilot[None], clock: ManualClock) -> None:
    """An enforcing rollout of production, halfway through."""
    await pilot.pause(0.5)
    await pilot.press("d", "tab", "space", "enter")
    await pilot.pause(1.0)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, RolloutScreen))
    rollout = app.screen
    assert isinstance(rollout, RolloutScreen)
    await until(pilot, lambda: rollout.reading.value)
    clock.advance(300)
    await until(pilot, lambda: rollout.reading.value is not None and rollout.reading.value.done > 100)
    await pilot.press("j", "j")
    await pilot.pause(0.2)
    save(app, "rollout")


def save(app: OrchApp, name: str) -> None:
    """Write what the app shows."""
    picture = app.export_screenshot(title="orch-tui")
    (FOLDER / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
