"""The command line: reads the configuration, builds everything, and answers with an exit code.

Textual, httpx, pydantic and the simulator are imported where they are needed, so that `--help`, `--version`
and a wrong flag are answered at once, and the first frame is on screen before any of them.
"""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from resource import RLIMIT_CORE, getrlimit, setrlimit

from orch_tui.cli.arguments import parse
from orch_tui.cli.characters import ascii_alone
from orch_tui.cli.output import say, speak
from orch_tui.config.error import ConfigError, NothingConfigured

EXIT_UNUSABLE = 2

_FRAMES_PER_SECOND = "240"
"""Textual draws at most so often; at its own 60 a key waits up to 17 ms for its turn."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    scrub_environment()
    # What is in our memory, the token and a password, belongs into no file.
    setrlimit(RLIMIT_CORE, (0, getrlimit(RLIMIT_CORE)[1]))
    speak(ascii_alone=ascii_alone(None))
    code = _run(argv)
    if "orch_tui.cli.cockpit" in sys.modules:
        from orch_tui.cli.process import leave_threads_behind

        leave_threads_behind(code)
    return code


def _run(argv: Sequence[str] | None) -> int:
    try:
        options = parse(argv)
        if options.command == "simulate":
            from orch_tui.cli.simulate import simulate

            return simulate(options)
        if options.command == "doctor":
            from orch_tui.cli.doctor import doctor

            return doctor(options)
        if options.command == "config":
            from orch_tui.cli.config import config

            return config(options)
        if options.command == "completion":
            from orch_tui.cli.completion import completion

            return completion(options)
        if options.command == "watch" and _wants_lines(options):
            from orch_tui.cli.watch import watch

            return watch(options)
        return _in_terminal(options)
    except NothingConfigured as error:
        from orch_tui.cli.config import first_steps

        say(f"orch-tui: {first_steps(error)}", sys.stderr)
        return EXIT_UNUSABLE
    except ConfigError as error:
        say(f"orch-tui: {error}", sys.stderr)
        return EXIT_UNUSABLE
    except Exception as error:  # The one place for that: here every bug arrives.
        from orch_tui.cli.crash import report

        return report(error)


def _wants_lines(options: argparse.Namespace) -> bool:
    # A screen can be left before the job's end: then no exit code could tell it.
    return options.plain or options.json or options.exit_status or not (sys.stdout and sys.stdout.isatty())


def _in_terminal(options: argparse.Namespace) -> int:
    """First frame, then the rest: what is imported below each `show` is what it need not wait for."""
    from orch_tui.cli.opening import opening

    # What is made until the first paint stays; the collector would look through it 30 times for nothing.
    gc.disable()
    # Textual reads it when it is imported.
    os.environ["TEXTUAL_FPS"] = _FRAMES_PER_SECOND
    with opening() as opened:
        if options.command == "demo":
            from orch_tui.first_frame import FirstFrame

            opened.show(FirstFrame("demo", "127.0.0.1", is_ascii=ascii_alone(None)))
            from orch_tui.cli.demo import demo

            return demo(options, opened)
        from orch_tui.cli.guess import guess
        from orch_tui.config import find_config

        found = find_config(getattr(options, "config", None), os.environ)
        if frame := guess(found.table, options):
            opened.show(frame)
        from orch_tui.cli.cockpit import cockpit

        return cockpit(options, found, opened)


def scrub_environment() -> None:
    """Drop variables by which others could press our keys, log them, or read our TLS traffic."""
    for name in list(os.environ):
        if name.startswith("TEXTUAL") or name == "SSLKEYLOGFILE":
            del os.environ[name]
