"""Write a file of the user's: whole or not at all, and never over another one unasked."""

import os
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from threading import Event

_BREATH = 0.001
"""Seconds between two pieces, in which keys are answered."""


class GivenUp(Exception):
    """Nobody waits for the file any more; nothing of it is left."""


def save(path: Path, pieces: Iterable[str], *, overwrites: bool, given_up: Event) -> int:
    """Write `pieces` to `path`, through a file beside it; the number of bytes. Waits: for a thread.

    Raises:
        FileExistsError: There is such a file, and it was not to be overwritten.
        OSError: It could not be written.
        GivenUp: `given_up` was set meanwhile.
    """
    before = _mode_of(path)
    if before is not None and not overwrites:
        raise FileExistsError(path)
    part = path.with_name(f".{path.name}.{token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        size = _write(descriptor, pieces, given_up)
        if before is not None:
            part.chmod(before)
        else:
            path.touch(exist_ok=False)  # somebody else may have made it meanwhile
        part.replace(path)
    except BaseException:  # whatever ended it: no part of a file stays behind
        with suppress(OSError):
            part.unlink()
        raise
    return size


def _mode_of(path: Path) -> int | None:
    """The permissions of the file that is there; None where none is."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise IsADirectoryError(None, "that is no plain file")
    return stat.S_IMODE(mode)


def _write(descriptor: int, pieces: Iterable[str], given_up: Event) -> int:
    size = 0
    with os.fdopen(descriptor, "wb") as file:
        for piece in pieces:
            if given_up.is_set():
                raise GivenUp
            size += file.write(piece.encode("utf-8", errors="replace"))
            time.sleep(_BREATH)
        file.flush()
        os.fsync(file.fileno())
    return size
