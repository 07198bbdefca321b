"""Reading a file that names nodes."""

import os
import stat
from pathlib import Path

from orch_tui.domain.scope import NodeNames

_MOST = 32 * 2**20


def read_node_file(path: str) -> NodeNames | str:
    """The nodes that the file at `path` names (`~` is one's home), or why it cannot be read, in words.

    It may hold comments and blank lines, and 32 MiB at most. This waits for the disk.
    """
    try:
        # Without waiting: the other end of a pipe may never come.
        descriptor = os.open(Path(path).expanduser(), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, RuntimeError, ValueError) as error:
        return _words(error)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return "that is no plain file"
        if status.st_size > _MOST:
            return f"the file is too big: {status.st_size / 2**20:,.0f} MiB, and {_MOST // 2**20} are allowed"
        try:
            text = file.read(_MOST).decode("utf-8-sig")
        except UnicodeDecodeError:
            return "the file is no text"
        except OSError as error:
            return _words(error)
    return NodeNames.read(text)


def _words(error: OSError | RuntimeError | ValueError) -> str:
    match error:
        case FileNotFoundError():
            return "no such file"
        case OSError(strerror=str(words)):
            return f"the file cannot be read: {words}"
    # A home that nobody has, or a name that no file can have.
    return "no file can be called that"
