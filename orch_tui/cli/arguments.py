"""Commands and flags."""

import argparse
from contextlib import suppress
from typing import TYPE_CHECKING

from orch_tui import __version__

if TYPE_CHECKING:
    from pathlib import Path

_MOST_DIGITS = 18


def parser() -> argparse.ArgumentParser:
    """The whole command line; `command` of its result is None for the cockpit on the configured server."""
    common = _common()
    world = _world()
    whole = argparse.ArgumentParser(
        prog="orch-tui",
        description="A terminal cockpit for rolling out Puppet changes through the orchestrator. "
        "Without a command: the cockpit on the configured server.",
        parents=[common],
    )
    whole.add_argument("--version", action="version", version=f"orch-tui {__version__}")
    # Without `prog`, argparse would lay out the whole help for each start.
    commands = whole.add_subparsers(prog="orch-tui", title="commands", metavar="COMMAND", dest="command")
    demo = commands.add_parser(
        "demo", parents=[common, world], help="the cockpit on a simulator of its own: nothing else is needed"
    )
    demo.add_argument("--port", type=_port, default=0, help="where its simulator listens (a free port)")
    _add_watch(
        commands.add_parser("watch", parents=[common], help="follow one job, on the screen or in a pipe")
    )
    commands.add_parser(
        "doctor",
        parents=[common],
        help="check configuration, connection, token and terminal, and how to mend",
    )
    simulate = commands.add_parser(
        "simulate",
        parents=[world],
        help="the simulator alone, for rehearsals and for writers of clients",
        epilog="It breaks on demand: GET /simulator/faults and /simulator/world tell of what it can do, "
        'a POST of {"fault": "cut-body", "path": "/jobs", "times": 3} does it, DELETE calls it off. '
        "docs/rehearsals.md has more.",
    )
    simulate.add_argument("--host", default="127.0.0.1", help="where to listen (127.0.0.1)")
    simulate.add_argument("--port", type=_port, default=8143, help="0 takes a free one (8143)")
    simulate.add_argument("--tls-dir", type=_path, metavar="DIR", help="serve TLS with cert.pem and key.pem")
    simulate.add_argument("--until-eof", action="store_true", help=argparse.SUPPRESS)
    return whole


def _add_watch(watch: argparse.ArgumentParser) -> None:
    watch.add_argument("job", type=_job, metavar="JOB", help="its number")
    form = watch.add_mutually_exclusive_group()
    form.add_argument(
        "--plain", action="store_true", help="a line for each change (so it is where stdout is no terminal)"
    )
    form.add_argument("--json", action="store_true", help="the same as JSON, one object a line")
    watch.add_argument(
        "--exit-status",
        action="store_true",
        help="end with 1 if nodes failed, 3 if the job was stopped; it takes lines, not the screen",
    )


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = common.add_argument_group("for every cockpit")
    group.add_argument("--config", type=_path, metavar="FILE", help="the configuration file")
    group.add_argument("--profile", metavar="NAME", help="which orchestrator of the configuration")
    group.add_argument("--theme", metavar="NAME", help="terminal, dark, light, contrast, or one of your own")
    group.add_argument("--read-only", action="store_true", help="deploy and stop nothing")
    group.add_argument(
        "--log", type=_path, metavar="FILE", help="append each request and turn of events to it"
    )
    return common


def _world() -> argparse.ArgumentParser:
    world = argparse.ArgumentParser(add_help=False)
    group = world.add_argument_group("the simulated orchestrator")
    group.add_argument("--nodes", type=_count, default=120, metavar="N", help="nodes in all (120)")
    group.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed, the same world (1)")
    group.add_argument(
        "--rate", type=_rate, metavar="R", help="hold deploys at R node changes a second (as they come)"
    )
    group.add_argument("--speed", type=_speed, default=1.0, metavar="X", help="how fast time passes (1.0)")
    group.add_argument(
        "--scenario", default="calm", metavar="NAME", help="calm, failures, flaky, expired-token … (calm)"
    )
    group.add_argument(
        "--api", default="2019.7", metavar="VERSION", help="2016.2, 2016.4 … 2023.8, current (2019.7)"
    )
    return world


def _path(text: str) -> "Path":
    from pathlib import Path

    return Path(text)


def _job(text: str) -> str:
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return text
    raise argparse.ArgumentTypeError("must be the number of a job, in digits")


def _count(text: str) -> int:
    return _whole_number(text, 1, 1_000_000)


def _port(text: str) -> int:
    return _whole_number(text, 0, 65535)


def _whole_number(text: str, least: int, most: int) -> int:
    with suppress(ValueError):
        if least <= int(text) <= most:
            return int(text)
    raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")


def _speed(text: str) -> float:
    return _positive(text, 1000)


def _rate(text: str) -> float:
    return _positive(text, 100_000)


def _positive(text: str, most: int) -> float:
    with suppress(ValueError):
        if 0 < float(text) <= most:
            return float(text)
    raise argparse.ArgumentTypeError(f"must be a number above 0, and at most {most}")
