"""The simulator alone, in the foreground."""

import argparse
import os
import ssl
import sys

from orch_tui.config import TOKEN_VARIABLE, ConfigError

_TOKEN = "simulator"
"""What it takes where the environment has none; nothing behind it is worth a secret."""


def simulate(options: argparse.Namespace) -> int:
    """Serve until interrupted; the first line on stdout is the address.

    Raises:
        ConfigError: A flag has no meaning here, the port is taken, or the web server is not installed.
    """
    try:
        from orch_tui.simulator import RELEASES, SCENARIOS, UNDOCUMENTED, Settings, Simulator, Tls
    except ModuleNotFoundError as error:
        raise not_installed(error) from None
    for name, known, chosen in (
        ("--scenario", SCENARIOS, options.scenario),
        ("--api", (*UNDOCUMENTED, *RELEASES), options.api),
    ):
        if chosen not in known:
            raise ConfigError(f"{name}: must be one of {', '.join(known)}")
    instead = speaks_as(options.api)
    token = os.environ.pop(TOKEN_VARIABLE, _TOKEN)
    settings = Settings(
        nodes=options.nodes,
        seed=options.seed,
        speed=options.speed,
        rate=options.rate,
        scenario=options.scenario,
        api=RELEASES[0] if instead else options.api,
        token=token,
    )
    tls = options.tls_dir and Tls(options.tls_dir / "cert.pem", options.tls_dir / "key.pem")
    if tls:
        try:
            tls.context()
        except OSError as error:
            reason = "hold no certificate with its key" if isinstance(error, ssl.SSLError) else error.strerror
            raise ConfigError(f"--tls-dir: cert.pem and key.pem: {reason}") from None

    def ready(url: str) -> None:
        if instead:
            print(f"orch-tui: {instead}", file=sys.stderr, flush=True)
        print(url, flush=True)
        if sys.stdout.isatty():
            whose = f"X-Authentication: {token}" if token == _TOKEN else "the token of the environment"
            login = f"{settings.user} can sign in with the password {settings.password}"
            print(f"It takes {whose}; {login}. Ctrl-C ends it.", flush=True)

    try:
        Simulator(settings).serve(
            options.host,
            options.port,
            tls,
            ready=ready,
            until_eof=sys.stdin.buffer if options.until_eof else None,
        )
    except OSError as error:
        raise ConfigError(f"{options.host}:{options.port}: {error.strerror}") from None
    return 0


def speaks_as(api: str) -> str:
    """What to say where another release has to stand for `api`; else nothing."""
    from orch_tui.simulator import RELEASES, UNDOCUMENTED

    if api not in UNDOCUMENTED:
        return ""
    return f"{api} has the service, but no page tells what it takes: speaking as {RELEASES[0]}"


def not_installed(error: ModuleNotFoundError) -> ConfigError:
    """What to say when the simulator's web server is missing."""
    return ConfigError(f"the simulator needs {error.name}: pip install 'orch-tui[demo]'")
