"""In which characters stdout and stderr are written."""

import codecs
import sys
from io import TextIOWrapper

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


def _by_twins(error: UnicodeError) -> tuple[str, int]:
    from orch_tui.ui.terminal.ascii_signs import in_ascii

    assert isinstance(error, UnicodeEncodeError)
    return in_ascii(error.object[error.start : error.end]), error.end
