"""Build the cockpit on one profile, run it, and say at the end what still goes on."""

import argparse
import asyncio
import gc
import os
import ssl
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from orch_tui.cli.opening import Opening, has_terminal
from orch_tui.config import (
    TOKEN_VARIABLE,
    Config,
    ConfigError,
    Profile,
    Source,
    check_config,
    config_folder,
    state_folder,
)
from orch_tui.plain import plain

if TYPE_CHECKING:
    from orch_tui.api.exchange import Connection
    from orch_tui.api.token import Token
    from orch_tui.session.journal import Journal
    from orch_tui.session.session import Session
    from orch_tui.ui.app import OrchApp

EXIT_BUG = 70


@dataclass(frozen=True, slots=True)
class Start:
    """What to start with; the token is None where the profile's token file has it.

    `journal` is the file in which deploys are written down.
    """

    config: Config
    profile_name: str
    profile: Profile
    token: str | None
    journal: Path

    def __repr__(self) -> str:
        return f"Start({self.profile_name})"


def cockpit(options: argparse.Namespace, found: Source, opened: Opening) -> int:
    """The cockpit on the configured server.

    Raises:
        ConfigError: The configuration cannot be used.
    """
    config = check_config(found)
    name, profile = config.profile(getattr(options, "profile", None))
    token, journal = os.environ.pop(TOKEN_VARIABLE, None), state_folder() / "journal.jsonl"
    return run(options, Start(config, name, profile, token, journal), opened)


def run(options: argparse.Namespace, start: Start, opened: Opening) -> int:
    """Run the cockpit to its end; returns the exit code."""
    if not has_terminal():
        raise ConfigError("the cockpit needs a terminal for its input and output")
    return asyncio.run(_run(options, start, opened))


async def _run(options: argparse.Namespace, start: Start, opened: Opening) -> int:
    profile = start.profile
    if getattr(options, "read_only", False):
        profile = profile.model_copy(update={"read_only": True})
    journal = _journal(start)
    session = _session(profile, start.token, journal)
    session.board.ask_ahead()
    # In a thread, so that the answer comes in meanwhile.
    await asyncio.gather(asyncio.to_thread(import_module, "orch_tui.ui.app"), asyncio.to_thread(journal.open))
    from orch_tui.cli.ending import SIGNALS, leave

    app = _app(options, replace(start, profile=profile), session, opened, _complaints(journal, profile))
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, partial(app.exit, return_code=128 + number))
    try:
        await app.run_async(mouse=start.config.mouse)
    finally:
        await leave(session)
        journal.close()
    return EXIT_BUG if app.return_code == 1 else app.return_code or 0


def _journal(start: Start) -> "Journal":
    from orch_tui.session.journal import Journal

    return Journal(start.journal, start.profile.service_url)


def _complaints(journal: "Journal", profile: Profile) -> list[str]:
    """What is wrong with the journal, for those who would deploy."""
    if journal.fault and not profile.read_only:
        return [f"Nothing can be deployed: {journal.fault}"]
    lines = journal.unreadable
    return [f"{lines} lines of the journal of deploys could not be read"] if lines else []


def _session(profile: Profile, token: str | None, journal: "Journal") -> "Session":
    from orch_tui.api.client import OrchestratorClient
    from orch_tui.api.sign_in import SignIn
    from orch_tui.api.token import Token
    from orch_tui.session.session import Session

    shared = Token.in_file(profile.token_file) if token is None else Token.given(token)
    connection = connection_of(profile, shared)
    try:
        watching = OrchestratorClient(connection)
        commanding = OrchestratorClient(connection, keep_alive=False)
        signing_in = SignIn(connection, profile.sign_in_url)
    except (ImportError, ValueError) as error:
        raise ConfigError(f"a proxy of the environment cannot be used: {plain(str(error))}") from None
    return Session(
        watching,
        commanding,
        journal,
        signing_in,
        poll_interval=profile.poll_interval,
        environment=profile.environment,
        read_only=profile.read_only,
    )


def _app(
    options: argparse.Namespace, start: Start, session: "Session", opened: Opening, complaints: list[str]
) -> "OrchApp":
    from orch_tui.ui.app import OrchApp
    from orch_tui.ui.driver import driver_over
    from orch_tui.ui.keymap import default_keys, key_fault
    from orch_tui.ui.screens.base import Cockpit
    from orch_tui.ui.theme import load_themes, shipped_themes

    config = start.config
    if fault := key_fault(config.keys, default_keys(OrchApp)):
        raise ConfigError(f"keys.{plain(fault)}")
    themes, failed = load_themes(shipped_themes(), config_folder() / "themes")
    return OrchApp(
        Cockpit(start.profile_name, start.profile, session, config.slow_link),
        themes=themes,
        theme=getattr(options, "theme", config.theme),
        keys=config.keys,
        complaints=[*(str(error) for error in failed), *complaints],
        driver=driver_over(opened.hand_over),
        painted=_collect_from_now_on,
    )


def _collect_from_now_on() -> None:
    """Modules and widgets live to the end: the collector need never look at them."""
    gc.freeze()
    gc.enable()


def connection_of(profile: Profile, token: "Token") -> "Connection":
    """How to reach the orchestrator of `profile`.

    Raises:
        ConfigError: The CA file cannot be used.
    """
    from orch_tui.api.exchange import Connection, trust_only

    if profile.uses_tls:
        try:
            trust_only(profile.cacert)
        except OSError as error:
            # OpenSSL's own words name its source file and little else.
            reason = "holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
            raise ConfigError(f"cacert: {plain(str(profile.cacert))}: {reason}") from None
    return Connection(
        service_url=profile.service_url,
        token=token,
        cacert=profile.cacert if profile.uses_tls else None,
        classifier_url=profile.classifier_url,
        connect_timeout=profile.connect_timeout,
        read_timeout=profile.read_timeout,
        deadline=profile.deadline,
        proxy_from_environment=profile.proxy_from_environment,
    )
