"""How this process ends, even where something in it would not let it."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Bug = Callable[[BaseException], object]


class ImpatientLoop(asyncio.SelectorEventLoop):
    """An event loop that ends without its threads: one may sit in a resolver for half a minute."""

    async def shutdown_default_executor(self, *_: object) -> None:
        """Nothing that runs there has anything to save."""


def end_within(seconds: float, code: int, last: Callable[[], object]) -> None:
    """End this process with `code` after so many seconds, if it has not ended by then, whatever it does.

    `last` is called right before; it must not wait for anything.
    """

    def end() -> None:
        last()
        os._exit(code)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


def leave_threads_behind(code: int) -> None:
    """End now with `code` if a thread would hold up the end of the interpreter; else do nothing."""
    if any(each is not threading.current_thread() and not each.daemon for each in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                if stream:
                    stream.flush()
        os._exit(code)


def tell_bugs(loop: asyncio.AbstractEventLoop, bug: Bug) -> None:
    """Have `bug` called, in the loop, with what a task or a thread died of and nobody waits for."""

    def in_loop(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # What transports complain of has neither: that is the network's doing.
        if "future" in context or "handle" in context:
            bug(context.get("exception") or RuntimeError(context["message"]))

    def in_thread(died: threading.ExceptHookArgs) -> None:
        if died.exc_value is not None:
            with suppress(RuntimeError):  # the loop is over, and so are we
                loop.call_soon_threadsafe(bug, died.exc_value)

    loop.set_exception_handler(in_loop)
    threading.excepthook = in_thread
