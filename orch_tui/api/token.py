"""Where the access token comes from: the environment, or the file that `puppet access login` writes."""

import os
import re
import shlex
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Self

from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind
from orch_tui.plain import plain

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=|-]{8,4096}")
_MOST_BYTES = 8192


class Token:
    """The token as it is now. The file is read again for each request, so that a login in another window
    heals a watch; it is small, and a request is rare.
    """

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read

    @classmethod
    def given(cls, text: str) -> Self:
        """A token that somebody handed over, through the environment."""
        return cls(lambda: _checked(text, "the token in the environment"))

    @classmethod
    def in_file(cls, file: Path) -> Self:
        """The token that `file` holds at the time."""
        return cls(lambda: _checked(_content(file), str(file)))

    def __repr__(self) -> str:
        return "Token(…)"

    def read(self) -> str:
        """The token itself.

        Raises:
            OrchestratorError: There is none, it is malformed, or others can read its file.
        """
        return self._read()


def _content(file: Path) -> str:
    try:
        # Without O_NONBLOCK a named pipe in its place would hang us.
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            _check_owner(file, os.fstat(descriptor))
            # Not through a file object: making one of a directory fails before it can be looked at.
            return os.read(descriptor, _MOST_BYTES).decode("ascii", errors="replace")
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _no_token(f"{file}: {error.strerror}") from None
    except ValueError:  # a NUL in the name
        raise _no_token(f"{file} is not the name of a file") from None


def _check_owner(file: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _no_token(f"{file} is not a plain file")
    if status.st_uid not in (0, os.geteuid()):
        raise _no_token(f"{file} belongs to somebody else")
    if status.st_mode & 0o077:
        raise _no_token(f"others can read {file}; mend it with: chmod 600 {shlex.quote(str(file))}")


def _checked(text: str, origin: str) -> str:
    token = text.strip()
    if not token:
        raise _no_token(f"{origin} is empty")
    if not _TOKEN.fullmatch(token):
        raise _no_token(f"{origin} does not hold a token")
    return token


def _no_token(message: str) -> OrchestratorError:
    return OrchestratorError(Problem(ProblemKind.NO_TOKEN, plain(message)))
