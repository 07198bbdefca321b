"""Build the cockpit on one profile, run it, and say at the end what still goes on."""

import argparse
import asyncio
import gc
import os
import signal
import ssl
import time
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from orch_tui import __version__
from orch_tui.cli.characters import ascii_alone
from orch_tui.cli.log import Log, open_log
from orch_tui.cli.opening import Opening, heard, terminal_fault, terminal_size
from orch_tui.cli.output import speak
from orch_tui.cli.process import ImpatientLoop, end_within, tell_bugs
from orch_tui.cli.start import Start
from orch_tui.config import (
    TOKEN_VARIABLE,
    ConfigError,
    Profile,
    Source,
    check_config,
    config_folder,
    shipped,
    state_folder,
)
from orch_tui.plain import plain

if TYPE_CHECKING:
    from orch_tui.api.connection import Connection
    from orch_tui.api.token import Token
    from orch_tui.session.journal import Journal
    from orch_tui.session.session import Session
    from orch_tui.ui.app import OrchApp
    from orch_tui.ui.terminal.driver import TerminalLink

_PATIENCE_WITH_ANSWERS = 1.5
_PATIENCE_WITH_ALL = 3.0
"""Seconds from the signal that ends us until answers are given up, and until we end whatever hangs."""


def cockpit(options: argparse.Namespace, found: Source, opened: Opening) -> int:
    """The cockpit on the configured server.

    Raises:
        ConfigError: The configuration cannot be used.
    """
    return run(options, configured(options, found), opened)


def configured(options: argparse.Namespace, found: Source) -> Start:
    """What the configuration says to start with; the token leaves the environment.

    Raises:
        ConfigError: The configuration cannot be used.
    """
    config = check_config(found)
    name, profile = config.profile(getattr(options, "profile", None))
    token, journal = os.environ.pop(TOKEN_VARIABLE, None), state_folder() / "journal.jsonl"
    given = (("--config", getattr(options, "config", None)), ("--profile", getattr(options, "profile", None)))
    flags = tuple(word for flag, value in given if value is not None for word in (flag, str(value)))
    return Start(config, name, profile, token, journal, flags)


def run(options: argparse.Namespace, start: Start, opened: Opening) -> int:
    """Run the cockpit to its end; returns the exit code."""
    if fault := terminal_fault():
        raise ConfigError(fault)
    speak(ascii_alone=ascii_alone(start.config.ascii))
    log = open_log(getattr(options, "log", None))
    with asyncio.Runner(loop_factory=ImpatientLoop) as runner:
        return runner.run(_run(options, start, opened, log))


async def _run(options: argparse.Namespace, start: Start, opened: Opening, log: Log) -> int:
    profile = start.profile
    if getattr(options, "read_only", False):
        profile = profile.model_copy(update={"read_only": True})
    log.note(f"orch-tui {__version__} begins: {start.profile_name}, {profile.service_url}")
    journal = journal_of(start)
    session = session_on(profile, start.token, journal, log)
    session.board.ask_ahead()
    # In threads, so that the answer comes in meanwhile.
    await asyncio.gather(asyncio.to_thread(import_module, "orch_tui.ui.app"), asyncio.to_thread(journal.open))
    from orch_tui.cli.ending import leave
    from orch_tui.ui.terminal.driver import TerminalLink

    loop = asyncio.get_running_loop()

    def end(number: int) -> None:
        log.note(f"ends on signal {number}")
        app.exit(return_code=128 + number)
        # As if it came a second time: whoever still waits for an answer then leaves without it.
        loop.call_later(_PATIENCE_WITH_ANSWERS, signal.raise_signal, number)
        end_within(_PATIENCE_WITH_ALL, 128 + number, opened.give_back_at_once)

    hung_up = partial(end, signal.SIGHUP)
    link = TerminalLink(terminal_size, opened.hand_over, hung_up, ascii_alone(start.config.ascii))
    complaints = [*start.told, *_complaints(journal, profile)]
    app = _app(options, replace(start, profile=profile), session, link, complaints)
    tell_bugs(loop, app.broke)
    for number in heard():
        loop.add_signal_handler(number, end, number)
    try:
        await app.run_async(mouse=start.config.mouse)
    finally:
        await leave(session, start)
        journal.close()
    code = app.return_code or 0
    log.note(f"ends with {code if app.bug is None else type(app.bug).__qualname__}")
    if app.bug is not None:
        raise app.bug
    return code


def _seconds() -> float:
    """Seconds that never go back, and go on while the machine sleeps where it can tell."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def journal_of(start: Start) -> "Journal":
    """The user's journal, not yet open."""
    from orch_tui.session.journal import Journal

    return Journal(start.journal, start.profile.service_url)


def _complaints(journal: "Journal", profile: Profile) -> list[str]:
    """What is wrong with the journal, for those who would deploy."""
    if journal.fault and not profile.read_only:
        return [f"Nothing can be deployed: {journal.fault}"]
    lines = journal.unreadable
    return [f"{lines} lines of the journal of deploys could not be read"] if lines else []


def session_on(profile: Profile, token: str | None, journal: "Journal", log: Log) -> "Session":
    """A session with the orchestrator of `profile`.

    Raises:
        ConfigError: Its CA file, or a proxy of the environment, cannot be used.
    """
    from orch_tui.api.client import OrchestratorClient
    from orch_tui.api.sign_in import SignIn
    from orch_tui.api.token import Token
    from orch_tui.session.session import Session

    shared = Token.in_file(profile.token_file) if token is None else Token.given(token)
    connection = replace(connection_of(profile, shared), observe=log.call)
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
        release=profile.api,
        read_only=profile.read_only,
        monotonic=_seconds,
        note=log.note,
    )


def _app(
    options: argparse.Namespace,
    start: Start,
    session: "Session",
    link: "TerminalLink",
    complaints: list[str],
) -> "OrchApp":
    from orch_tui.ui.app import OrchApp
    from orch_tui.ui.keymap import default_keys, key_fault
    from orch_tui.ui.screens.base import Cockpit
    from orch_tui.ui.terminal.driver import driver_for
    from orch_tui.ui.theme import load_themes

    config = start.config
    if fault := key_fault(config.keys, default_keys(OrchApp)):
        raise ConfigError(f"keys.{plain(fault)}")
    themes, failed = load_themes(shipped("themes"), config_folder() / "themes")
    return OrchApp(
        Cockpit(start.profile_name, start.profile, session, config.slow_link, start.is_demo),
        themes=themes,
        theme=getattr(options, "theme", config.theme),
        keys=config.keys,
        job=getattr(options, "job", None),
        complaints=[*(str(error) for error in failed), *complaints],
        driver=driver_for(link),
        call=config.notify,
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
    from orch_tui.api.connection import Connection, trust_only

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
        puppetdb_url=profile.puppetdb_url,
        connect_timeout=profile.connect_timeout,
        read_timeout=profile.read_timeout,
        deadline=profile.deadline,
        proxy_from_environment=profile.proxy_from_environment,
    )
