"""What is printed: past the buffers of Python, so that nothing is left to fail at the exit."""

import codecs
import os
import select
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TextIO

from orch_tui.config.error import ConfigError

_EXIT_PIPE = 141
"""As of one whom SIGPIPE ends, like most that write to `head`: 0 would say that all was seen, and well."""
_PATIENCE_WITH_A_READER = 0.3
_TWINS = "twins"


def speak(*, ascii_alone: bool) -> None:
    """Write UTF-8 whatever Python makes of the locale, and never fail for a character.

    Args:
        ascii_alone: Terminals show nothing else: they get our signs by their twins. Files and pipes do not.
    """
    codecs.register_error(_TWINS, _by_twins)
    for stream in (sys.stdout, sys.stderr):
        # Each is None when it was closed before we started.
        if isinstance(stream, TextIOWrapper):
            is_ascii = ascii_alone and stream.isatty()
            encoding, errors = ("ascii", _TWINS) if is_ascii else ("utf-8", "backslashreplace")
            stream.reconfigure(encoding=encoding, errors=errors)


def put(text: str) -> None:
    """Write what was asked for to stdout, at once and whole.

    Raises:
        SystemExit: Nobody reads it any more.
        ConfigError: It is not taken, as by a full disk.
    """
    if sys.stdout is None:
        raise ConfigError("there is no output to write to")
    output, left = sys.stdout.fileno(), _bytes(text, sys.stdout)
    while left:
        try:
            left = left[os.write(output, left) :]
        except BlockingIOError:  # another program that has it, too, wants it so
            select.select([], [output], [])
        except BrokenPipeError:
            raise SystemExit(_EXIT_PIPE) from None
        except OSError as error:
            raise ConfigError(f"the output is not taken: {error.strerror}") from None


def say(line: str, stream: TextIO | None, *, end: str = "\n") -> bool:
    """Print a line, unless nobody takes it: a terminal that is gone or stalled must not change how we end.

    Returns whether it was taken.
    """
    with suppress(OSError):
        if stream and select.select([], [stream], [], _PATIENCE_WITH_A_READER)[1]:
            os.write(stream.fileno(), _bytes(f"{line}{end}", stream))
            return True
    return False


def _bytes(text: str, stream: TextIO) -> bytes:
    return text.encode(stream.encoding, stream.errors or "strict")


def _by_twins(error: UnicodeError) -> tuple[str, int]:
    from orch_tui.ui.terminal.ascii_signs import in_ascii

    assert isinstance(error, UnicodeEncodeError)
    return in_ascii(error.object[error.start : error.end]), error.end
