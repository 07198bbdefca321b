"""The command line: reads the configuration, builds everything, and answers with an exit code.

Textual, httpx, pydantic and the simulator are imported where they are needed, so that `--help`, `--version`
and a wrong flag are answered at once.
"""

import os
import sys
from collections.abc import Sequence

from orch_tui.cli.arguments import parser

EXIT_UNUSABLE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    scrub_environment()
    options = parser().parse_args(argv)
    from orch_tui.config import ConfigError

    try:
        match options.command:
            case "simulate":
                from orch_tui.cli.simulate import simulate

                return simulate(options)
            case "demo":
                from orch_tui.cli.demo import demo

                return demo(options)
            case _:
                from orch_tui.cli.cockpit import cockpit

                return cockpit(options)
    except ConfigError as error:
        print(f"orch-tui: {error}", file=sys.stderr)
        return EXIT_UNUSABLE


def scrub_environment() -> None:
    """Drop variables by which others could press our keys, log them, or read our TLS traffic."""
    for name in list(os.environ):
        if name.startswith("TEXTUAL") or name == "SSLKEYLOGFILE":
            del os.environ[name]
