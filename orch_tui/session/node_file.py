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
        with open(Path(path).expanduser(), "rb", opener=_opened) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return "that is no plain file"
            if status.st_size > _MOST:
                size = f"{status.st_size / 2**20:,.0f} MiB"
                return f"the file is too big: {size}, and {_MOST // 2**20} are allowed"
            return NodeNames.read(file.read(_MOST).decode("utf-8-sig"))
    except FileNotFoundError:
        return "no such file"
    except UnicodeDecodeError:
        return "the file is no text"
    except OSError as error:
        return f"the file cannot be read: {error.strerror}"
    except (RuntimeError, ValueError):
        # A home that nobody has, or a name that none can have.
        return "no file can be called that"


def _opened(path: str, flags: int) -> int:
    # Without waiting: the other end of a pipe may never come.
    return os.open(path, flags | os.O_NONBLOCK)
