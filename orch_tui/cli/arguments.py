"""Commands and flags."""

import argparse
import sys
from contextlib import suppress
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from orch_tui import __version__
from orch_tui.cli import manual
from orch_tui.cli.output import put, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SHELLS = ("bash", "zsh", "fish")

_MOST_DIGITS = 18
_WIDTH = 80

_WHERE = ("config", "profile")
_COCKPIT = ("theme", "read_only", "log")


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=min(_WIDTH, get_terminal_size().columns))


class _Parser(argparse.ArgumentParser):
    def _print_message(self, message: str, file: object = None) -> None:
        # All that argparse prints comes here; what it leaves in a buffer would fail where none can catch it.
        if file is sys.stdout:
            put(message)
        else:
            say(message, sys.stderr, end="")


def parse(argv: "Sequence[str] | None") -> argparse.Namespace:
    """What the command line asks for; `command` is None for the cockpit on the configured server.

    Raises:
        SystemExit: It is wrong, and that was told; or it asks for help or the version, which was given.
    """
    whole = parser()
    options = whole.parse_args(argv)
    # Those before the command are taken for the whole program, and not every command heeds each.
    for name in (*_WHERE, *_COCKPIT):
        if hasattr(options, name) and name not in options.heeds:
            whole.error(f"argument --{name.replace('_', '-')}: has no meaning for {options.command}")
    return options


def parser() -> argparse.ArgumentParser:
    """The whole command line. What `heeds` of its result names are the options that have a meaning."""
    where, cockpit, world = _where(), _cockpit(), _world()
    whole = _Parser(
        prog="orch-tui",
        description="A terminal cockpit for rolling out Puppet changes through the orchestrator.\n"
        "Without a command: the cockpit on the configured server.",
        epilog=manual.COCKPIT,
        formatter_class=_Help,
        parents=[where, cockpit],
    )
    whole.set_defaults(heeds=(*_WHERE, *_COCKPIT))
    whole.add_argument("--version", action="version", version=f"orch-tui {__version__}")
    # Without `prog`, argparse would lay out the whole help for each start.
    commands = whole.add_subparsers(prog="orch-tui", title="commands", metavar="COMMAND", dest="command")

    def add(name: str, does: str, page: str, *parents: _Parser) -> argparse.ArgumentParser:
        described = f"{does[0].upper()}{does[1:]}."
        return commands.add_parser(
            name, help=does, description=described, epilog=page, formatter_class=_Help, parents=parents
        )

    demo = add("demo", "the cockpit on a simulator of its own", manual.DEMO, cockpit, world)
    demo.set_defaults(heeds=_COCKPIT)
    demo.add_argument("--port", type=_port, default=0, help="where its simulator listens (a free port)")
    _add_watch(add("watch", "one job, on the screen or line by line", manual.WATCH, where, cockpit))
    doctor = add("doctor", "checks all that a connection needs", manual.DOCTOR, where)
    doctor.set_defaults(heeds=_WHERE)
    _add_config(add("config", "which settings hold, and where they are from", manual.CONFIG, where))
    completion = add("completion", "prints what a shell needs to complete words", manual.COMPLETION)
    completion.set_defaults(heeds=())
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    _add_simulate(add("simulate", "the simulator alone, for rehearsals", manual.SIMULATE, world))
    return whole


def _add_simulate(simulate: argparse.ArgumentParser) -> None:
    simulate.set_defaults(heeds=())
    simulate.add_argument("--host", default="127.0.0.1", help="where to listen (127.0.0.1)")
    simulate.add_argument("--port", type=_port, default=8143, help="0 takes a free one (8143)")
    simulate.add_argument("--tls-dir", type=_path, metavar="DIR", help="serve TLS with cert.pem and key.pem")
    simulate.add_argument("--until-eof", action="store_true", help=argparse.SUPPRESS)


def _add_config(config: argparse.ArgumentParser) -> None:
    config.set_defaults(heeds=_WHERE)
    form = config.add_mutually_exclusive_group()
    form.add_argument("--example", action="store_true", help="print a file to start from")
    form.add_argument("--profiles", action="store_true", help="print the names of the profiles alone")
    form.add_argument("--themes", action="store_true", help="print the names of the themes alone")


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


def _where() -> _Parser:
    where = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = where.add_argument_group("which orchestrator")
    group.add_argument("--config", type=_path, metavar="FILE", help="the configuration file")
    group.add_argument("--profile", metavar="NAME", help="one of its profiles")
    return where


def _cockpit() -> _Parser:
    cockpit = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = cockpit.add_argument_group("for the cockpit")
    group.add_argument("--theme", metavar="NAME", help="terminal, dark, light, contrast, or one of your own")
    group.add_argument("--read-only", action="store_true", help="deploy and stop nothing")
    group.add_argument(
        "--log", type=_path, metavar="FILE", help="append each request and turn of events to it"
    )
    return cockpit


def _world() -> _Parser:
    world = _Parser(add_help=False)
    group = world.add_argument_group("the simulated orchestrator")
    group.add_argument("--nodes", type=_count, default=120, metavar="N", help="nodes in all (120)")
    group.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed, the same world (1)")
    group.add_argument(
        "--rate", type=_rate, metavar="R", help="hold deploys at R node changes a second (as they come)"
    )
    group.add_argument("--speed", type=_speed, default=1.0, metavar="X", help="how fast time passes (1.0)")
    group.add_argument(
        "--scenario",
        default="calm",
        metavar="NAME",
        help="calm, failures, flaky, bad-network, restarts, busy, restored, expired-token, hostile, slow"
        " (calm)",
    )
    group.add_argument(
        "--api", default="2019.7", metavar="VERSION", help="2015.3, 2016.1 … 2023.8, current (2019.7)"
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
