"""The cockpit on a simulator of its own, which lives in another process: real HTTP, nothing shared."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory

from orch_tui.cli.cockpit import run
from orch_tui.cli.opening import Opening
from orch_tui.cli.simulate import speaks_as
from orch_tui.cli.start import Start
from orch_tui.config import TOKEN_VARIABLE, Config, ConfigError


def demo(options: argparse.Namespace, opened: Opening) -> int:
    """Start a simulator on a free loopback port, and the cockpit on it.

    Raises:
        ConfigError: The simulator does not start.
    """
    token = token_urlsafe(24)
    with _simulator(options, token) as url:
        config = Config.model_validate(
            {
                "profiles": {
                    "demo": {
                        "service-url": url,
                        "classifier-url": f"{url}/classifier-api",
                        "puppetdb-url": url,
                        "environment": "production",
                        "poll-interval": 1.0,
                    }
                }
            }
        )
        name, profile = config.profile(None)
        with TemporaryDirectory(prefix="orch-tui-") as folder:  # the simulator forgets all at the end, too
            told = tuple(filter(None, [speaks_as(options.api)]))
            journal = Path(folder) / "journal.jsonl"
            return run(options, Start(config, name, profile, token, journal, None, told), opened)


@contextmanager
def _simulator(options: argparse.Namespace, token: str) -> Iterator[str]:
    """The base URL of a simulator that ends with us: it reads our end of a pipe, whatever kills us."""
    names = ("port", "nodes", "seed", "rate", "speed", "scenario", "api")
    flags = [f"--{name}={value}" for name in names if (value := getattr(options, name)) is not None]
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "orch_tui", "simulate", "--until-eof", *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, TOKEN_VARIABLE: token},
        start_new_session=True,
        text=True,
    )
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        # It takes as long to start as all this to import, and there is a second core.
        for module in ("orch_tui.api.client", "orch_tui.config.load", "orch_tui.ui.app"):
            import_module(module)
        url = child.stdout.readline().strip()
        if not url:
            raise ConfigError(child.stderr.read().strip().removeprefix("orch-tui: "))
        try:
            yield url
        finally:
            # It has nothing to save, and nobody should wait for its good manners.
            child.kill()
