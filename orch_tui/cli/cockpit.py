"""Build the cockpit on one profile, run it, and say at the end what still goes on."""

import argparse
import asyncio
import os
import ssl
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from orch_tui.config import TOKEN_VARIABLE, Config, ConfigError, Profile, config_folder, load_config
from orch_tui.plain import plain

if TYPE_CHECKING:
    from orch_tui.api.exchange import Connection

EXIT_BUG = 70


@dataclass(frozen=True, slots=True)
class Start:
    """What to start with; the token is None where the profile's token file has it."""

    config: Config
    profile_name: str
    profile: Profile
    token: str | None

    def __repr__(self) -> str:
        return f"Start({self.profile_name})"


def cockpit(options: argparse.Namespace) -> int:
    """The cockpit on the configured server.

    Raises:
        ConfigError: The configuration cannot be used.
    """
    config = load_config(getattr(options, "config", None), os.environ)
    name, profile = config.profile(getattr(options, "profile", None))
    return run(options, Start(config, name, profile, os.environ.pop(TOKEN_VARIABLE, None)))


def run(options: argparse.Namespace, start: Start) -> int:
    """Run the cockpit to its end; returns the exit code."""
    # Each is None when it was closed before we started.
    if not all(stream and stream.isatty() for stream in (sys.stdin, sys.stderr)):
        raise ConfigError("the cockpit needs a terminal for its input and output")
    return asyncio.run(_run(options, start))


async def _run(options: argparse.Namespace, start: Start) -> int:
    from orch_tui.api.client import OrchestratorClient
    from orch_tui.cli.ending import SIGNALS, leave
    from orch_tui.session.session import Session
    from orch_tui.ui.app import OrchApp
    from orch_tui.ui.keymap import default_keys, key_fault
    from orch_tui.ui.screens.base import Cockpit
    from orch_tui.ui.theme import load_themes, shipped_themes

    config, profile = start.config, start.profile
    if getattr(options, "read_only", False):
        profile = profile.model_copy(update={"read_only": True})
    if fault := key_fault(config.keys, default_keys(OrchApp)):
        raise ConfigError(f"keys.{plain(fault)}")
    connection = _connection(profile, start.token)
    try:
        watching = OrchestratorClient(connection)
        commanding = OrchestratorClient(connection, keep_alive=False)
    except (ImportError, ValueError) as error:
        raise ConfigError(f"a proxy of the environment cannot be used: {plain(str(error))}") from None
    session = Session(
        watching,
        commanding,
        poll_interval=profile.poll_interval,
        environment=profile.environment,
        read_only=profile.read_only,
    )
    themes, failed = load_themes(shipped_themes(), config_folder() / "themes")
    app = OrchApp(
        Cockpit(start.profile_name, profile, session),
        themes=themes,
        theme=getattr(options, "theme", config.theme),
        keys=config.keys,
        complaints=[str(error) for error in failed],
    )
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, partial(app.exit, return_code=128 + number))
    try:
        await app.run_async(mouse=config.mouse)
    finally:
        await leave(session)
    return EXIT_BUG if app.return_code == 1 else app.return_code or 0


def _connection(profile: Profile, token: str | None) -> "Connection":
    from orch_tui.api.exchange import Connection, trust_only
    from orch_tui.api.token import Token

    if profile.uses_tls:
        try:
            trust_only(profile.cacert)
        except OSError as error:
            # OpenSSL's own words name its source file and little else.
            reason = "holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
            raise ConfigError(f"cacert: {plain(str(profile.cacert))}: {reason}") from None
    return Connection(
        service_url=profile.service_url,
        token=Token.in_file(profile.token_file) if token is None else Token.given(token),
        cacert=profile.cacert if profile.uses_tls else None,
        classifier_url=profile.classifier_url,
        connect_timeout=profile.connect_timeout,
        read_timeout=profile.read_timeout,
        deadline=profile.deadline,
        proxy_from_environment=profile.proxy_from_environment,
    )
