"""`orch-tui watch JOB` without a screen: a line for each change, for people or for programs."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime

from orch_tui import __version__
from orch_tui.cli.characters import ascii_alone
from orch_tui.cli.cockpit import configured, journal_of, session_on
from orch_tui.cli.lines import json_line, plain_line
from orch_tui.cli.log import open_log
from orch_tui.cli.news import ContactNews, EndNews, News, Reader, is_hopeless
from orch_tui.cli.opening import opening
from orch_tui.cli.output import put, say, speak
from orch_tui.cli.process import ImpatientLoop
from orch_tui.cli.waiting import Waiting
from orch_tui.config import ConfigError, find_config
from orch_tui.domain.problem import Problem
from orch_tui.session.session import Session
from orch_tui.ui.explain import in_one_line

_EXIT_UNUSABLE = 2

Tell = Callable[[News], None]


def watch(options: argparse.Namespace) -> int:
    """Follow the job to its end; returns the exit code.

    Raises:
        ConfigError: The configuration cannot be used, or nothing can be written.
    """
    # A signal ends us wherever we are, be it in a write that nobody reads; the job runs on.
    with opening():
        if sys.stdout is None:
            raise ConfigError("there is no output to write to")
        start = configured(options, find_config(getattr(options, "config", None), os.environ))
        speak(ascii_alone=ascii_alone(start.config.ascii))
        log = open_log(getattr(options, "log", None))
        profile = start.profile.model_copy(update={"read_only": True})
        log.note(f"orch-tui {__version__} begins to watch job {options.job}: {profile.service_url}")
        session = session_on(profile, start.token, journal_of(start), log)
        waiting = Waiting()
        waiting.begin(f"job {options.job} of {profile.host}")
        watching = _watch(session, options.job, _teller(options, waiting))
        try:
            with asyncio.Runner(loop_factory=ImpatientLoop) as runner:
                end = runner.run(watching)
            waiting.end()
            code = _code(options, end)
        except SystemExit as ended:  # a signal, or nobody reads us
            waiting.end()
            code = int(ended.code or 0)
        log.note(f"ends with {code}")
        return code


async def _watch(session: Session, job: str, tell: Tell) -> EndNews | Problem:
    """Tell all news; returns the end of the job, or why it will never be known."""
    reader, is_known = Reader(), False
    try:
        async with aclosing(session.rollout(job).follow()) as readings:
            async for reading in readings:
                # Whoever reads lines is there without a key, until the pipe is closed.
                session.pace.touched()
                is_known = is_known or reading.value is not None
                problem, can_be_renewed = reading.problem, session.token_file is not None
                if problem and (not is_known or is_hopeless(problem, can_be_renewed=can_be_renewed)):
                    return problem
                for news in reader.news(reading):
                    tell(news)
                    if isinstance(news, EndNews):
                        return news
        raise AssertionError("a feed has no end")
    finally:
        await session.aclose()


def _teller(options: argparse.Namespace, waiting: Waiting) -> Tell:
    def tell(news: News) -> None:
        waiting.end()
        now = datetime.now(UTC)
        if options.json:
            put(f"{json_line(news, now)}\n")
        elif isinstance(news, ContactNews):
            # Lines of the job stay what they are for whoever sorts or counts them.
            say(f"orch-tui: {plain_line(news, now)}", sys.stderr)
        else:
            put(f"{plain_line(news, now)}\n")

    return tell


def _code(options: argparse.Namespace, end: EndNews | Problem) -> int:
    if isinstance(end, Problem):
        say(f"orch-tui: job {options.job}: {in_one_line(end)}", sys.stderr)
        return _EXIT_UNUSABLE
    return end.exit_status if options.exit_status else 0
