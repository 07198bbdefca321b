"""Leaving: commands under way are waited for, and what became of them is said."""

import asyncio
import shlex
import signal
import sys
from collections.abc import Iterator
from itertools import chain

from orch_tui.cli.hand_over import in_full, in_short
from orch_tui.cli.output import say
from orch_tui.cli.start import Start
from orch_tui.plain import plain
from orch_tui.session.deploys import Fate, Submission
from orch_tui.session.session import Session
from orch_tui.session.stops import StopReply
from orch_tui.ui.text import farewell, stop_words

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


async def leave(session: Session, start: Start) -> None:
    """Wait a little for answers, unless a signal says not to; then say what is known."""
    if session.is_waiting:
        say("orch-tui: waiting at most 5 s for the answer to a command; Ctrl-C leaves without it", sys.stdout)
    closing = asyncio.create_task(session.aclose())
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, closing.cancel)
    try:
        told = [_words(end) for end in await closing]
    except asyncio.CancelledError:
        told = ["orch-tui: left without the answer: the list of jobs will tell what became of the command"]
    if start.flags is None:
        told.append("The simulator has ended, and its jobs with it.")
    elif running := farewell(session.running_jobs):
        told.append(running)
    # Where one line is not taken, the others would each be waited for in vain.
    all(say(line, sys.stdout) for line in chain(_looked_at(session, start), told))


def _looked_at(session: Session, start: Start) -> Iterator[str]:
    study = session.visits.last
    rollout = study.rollout if study is not None else None
    for number, earlier in session.visits.earlier.items():
        if rollout is None or number != rollout.job.id:
            yield from in_short(earlier)
    if study is not None and rollout is not None:
        for _ in study.studying():
            pass  # to the latest picture
        where, command = "", ""
        if start.flags is not None:
            where = f"{start.profile_name} ({start.profile.host})"
            command = plain(shlex.join(("orch-tui", "watch", rollout.job.id, *start.flags)))
        yield from in_full(rollout, study.causes, where, command)


def _words(end: Submission | StopReply) -> str:
    why = f" ({end.problem.message})" if end.problem is not None else ""
    if isinstance(end, Submission):
        if end.fate is Fate.UNKNOWN:
            name = f"{end.request.environment} ({end.request.nonce})"
            return f"What became of the deploy of {name} is not known{why}. The next start looks for its job."
        job = f" as job {end.job}" if end.job else ""
        return f"The deploy of {end.request.environment}: {end.fate}{job}{why}"
    if end.is_unknown:
        return f"What became of the stop of job {end.number} is not known{why}."
    return f"The stop of job {end.number} did not work{why}" if end.problem else stop_words(end)
