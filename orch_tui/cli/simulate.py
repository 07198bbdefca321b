"""The simulator alone, in the foreground."""

import argparse
import os
import ssl
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orch_tui.cli.output import put, say
from orch_tui.config import TOKEN_VARIABLE, ConfigError

if TYPE_CHECKING:
    from orch_tui.simulator import Settings, Tls

_TOKEN = "simulator"
"""What it takes where the environment has none; nothing behind it is worth a secret."""


def simulate(options: argparse.Namespace) -> int:
    """Serve until interrupted; the first line on stdout is the address.

    Raises:
        ConfigError: A flag has no meaning here, the port is taken, or the web server is not installed.
    """
    try:
        from orch_tui.simulator import Simulator
    except ModuleNotFoundError as error:
        raise not_installed(error) from None
    instead = speaks_as(options.api)
    settings = _settings(options)
    tls = _tls(options.tls_dir) if options.tls_dir else None

    def ready(url: str) -> None:
        if instead:
            say(f"orch-tui: {instead}", sys.stderr)
        put(f"{url}\n")
        if sys.stdout.isatty():
            put(f"{_who_is_let_in(settings)}\n")

    until_eof = sys.stdin.buffer if options.until_eof else None
    try:
        Simulator(settings).serve(options.host, options.port, tls, ready=ready, until_eof=until_eof)
    except OSError as error:
        raise ConfigError(f"{options.host}:{options.port}: {error.strerror}") from None
    return 0


def _settings(options: argparse.Namespace) -> "Settings":
    from orch_tui.simulator import RELEASES, SCENARIOS, UNDOCUMENTED, Settings

    for name, known, chosen in (
        ("--scenario", SCENARIOS, options.scenario),
        ("--api", (*UNDOCUMENTED, *RELEASES), options.api),
    ):
        if chosen not in known:
            raise ConfigError(f"{name}: must be one of {', '.join(known)}")
    return Settings(
        nodes=options.nodes,
        seed=options.seed,
        speed=options.speed,
        rate=options.rate,
        scenario=options.scenario,
        api=RELEASES[0] if options.api in UNDOCUMENTED else options.api,
        token=os.environ.pop(TOKEN_VARIABLE, _TOKEN),
    )


def _tls(folder: Path) -> "Tls":
    from orch_tui.simulator import Tls

    tls = Tls(folder / "cert.pem", folder / "key.pem")
    try:
        tls.context()
    except OSError as error:
        reason = "hold no certificate with its key" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConfigError(f"--tls-dir: cert.pem and key.pem: {reason}") from None
    return tls


def _who_is_let_in(settings: "Settings") -> str:
    is_secret = settings.token != _TOKEN
    whose = "the token of the environment" if is_secret else f"X-Authentication: {settings.token}"
    login = f"{settings.user} can sign in with the password {settings.password}"
    return f"It takes {whose}; {login}. Ctrl-C ends it."


def speaks_as(api: str) -> str:
    """What to say where another release has to stand for `api`; else nothing."""
    from orch_tui.simulator import RELEASES, UNDOCUMENTED

    if api not in UNDOCUMENTED:
        return ""
    return f"{api} has the service, but no page tells what it takes: speaking as {RELEASES[0]}"


def not_installed(error: ModuleNotFoundError) -> ConfigError:
    """What to say when the simulator's web server is missing."""
    return ConfigError(f"the simulator needs {error.name}: pip install 'orch-tui[demo]'")
