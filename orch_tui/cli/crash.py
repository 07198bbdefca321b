"""A bug: one line for the person, a file for whoever mends it, and neither says more than where it broke."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from orch_tui import __version__
from orch_tui.cli.output import say

EXIT_BUG = 70

_ROOT = Path(__file__).parents[2]


def report(error: BaseException) -> int:
    """Tell of a bug on stderr; returns the exit code.

    The file holds types of exceptions and places in the code: messages and values might hold a token.
    """
    where = next(reversed(list(_frames(error.__traceback__))), "nowhere")
    try:
        told = str(_write("\n".join(_account(error)) + "\n"))
    except OSError as failure:
        told = f"at {where}; no report of it could be written: {failure.strerror}"
    say(f"orch-tui: stopped by a bug in it ({_name(error)}): {told}", sys.stderr)
    return EXIT_BUG


def _write(account: str) -> Path:
    """
    Raises:
        OSError: The user's state folder does not take it.
    """
    from platformdirs import user_state_path

    folder = user_state_path("orch-tui")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"crash-{os.getpid()}-{os.urandom(3).hex()}.txt"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as opened:
        opened.write(account)
    return file


def _account(error: BaseException) -> Iterator[str]:
    yield f"orch-tui {__version__}, Python {sys.version.split()[0]} on {sys.platform}"
    yield f"TERM={os.environ.get('TERM', '')!r}"
    yield from _chain(error, "", set())


def _chain(error: BaseException, how: str, seen: set[int]) -> Iterator[str]:
    """What `error` came from, then itself, as Python's own traceback has it."""
    if id(error) in seen:
        return
    seen.add(id(error))
    if error.__cause__ is not None:
        yield from _chain(error.__cause__, "which was the cause of", seen)
    elif error.__context__ is not None and not error.__suppress_context__:
        yield from _chain(error.__context__, "and meanwhile", seen)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _chain(each, "which is part of", seen)
    yield ""
    yield from (f"  {frame}" for frame in _frames(error.__traceback__))
    yield _name(error)
    if how:
        yield how


def _frames(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        code = trace.tb_frame.f_code
        file = Path(code.co_filename)
        # A path of ours by its place in the project; whose home it lies in is nobody's business.
        shown = file.relative_to(_ROOT) if file.is_relative_to(_ROOT) else Path(*file.parts[-2:])
        yield f"{shown}:{trace.tb_lineno} in {code.co_qualname}"
        trace = trace.tb_next


def _name(error: BaseException) -> str:
    return type(error).__qualname__
