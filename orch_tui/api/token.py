"""Where the access token comes from: the environment, or the file that `puppet access login` writes."""

import json
import os
import re
import shlex
import stat
import tempfile
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind
from orch_tui.plain import plain

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=|-]{8,4096}")
_MOST_BYTES = 8192
# Three parts between dots, of which the second tells what the token is (RFC 7519); some are opaque instead.
_CLAIMS = re.compile(r"[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+")


class Token:
    """The token as it is now, shared by all who talk to one server.

    The file is read again for each request, so that a login in another window heals a watch; it is small,
    and a request is rare. A value that the server has refused is not sent again: from then on, reading costs
    a look at the file and no request.
    """

    def __init__(self, *, text: str = "", file: Path | None = None) -> None:
        """From `file`, where there is one, or `text`."""
        self._text = text
        self._file = file
        self._signed_in = ""
        self._signed_in_until: datetime | None = None
        self._refused: dict[str, Problem] = {}

    @classmethod
    def given(cls, text: str) -> Self:
        """A token that somebody handed over, through the environment."""
        return cls(text=text)

    @classmethod
    def in_file(cls, file: Path) -> Self:
        """The token that `file` holds at the time."""
        return cls(file=file)

    def __repr__(self) -> str:
        return "Token(…)"

    @property
    def file(self) -> Path | None:
        """Where the token is read from; None where the environment gave it."""
        return self._file

    def read(self) -> str:
        """The token itself.

        Raises:
            OrchestratorError: There is none, it is malformed, others can read its file, or the server has
                refused it before: then with the problem that this was.
        """
        refused: Problem | None = None
        for token in self._candidates():
            if token not in self._refused:
                return token
            refused = refused or self._refused[token]
        assert refused is not None
        raise OrchestratorError(refused)

    def _candidates(self) -> Iterator[str]:
        if self._signed_in:
            yield self._signed_in
        try:
            yield self._configured()
        except OrchestratorError:
            # What the server said of the token that did work tells more than that no other is there.
            if not self._signed_in:
                raise

    def _configured(self) -> str:
        if self._file is None:
            return checked(self._text, "the token in the environment")
        return checked(_content(self._file), str(self._file))

    def refuse(self, token: str, problem: Problem) -> None:
        """Remember that the server takes `token` no more."""
        self._refused.setdefault(token, problem)

    def try_again(self) -> None:
        """Forget the refusals: somebody wishes that the server be asked once more."""
        self._refused.clear()

    def signed_in(self, token: str, until: datetime | None = None) -> None:
        """Use `token`, which signing in has brought, before any other until it is refused, or ends."""
        self._refused.pop(token, None)
        self._signed_in = token
        self._signed_in_until = until

    def ends(self) -> datetime | None:
        """When the token that is sent now ends, by the server's clock; None where nothing tells.

        It can end before, when it is revoked or not used for long.
        """
        try:
            token = self.read()
        except OrchestratorError:
            return None
        return _told_end(token) or (self._signed_in_until if token == self._signed_in else None)

    def keep(self) -> None:
        """Write the token that signing in has brought to the file, for its owner alone.

        Where the file is a symbolic link, its target is replaced and the link stays.

        Raises:
            OSError: It could not be written; what was there is untouched.
        """
        assert self._file is not None
        file = Path(os.path.realpath(self._file))
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made with mode 0600, in the same folder: nobody ever sees half a token, or one that others can read.
        descriptor, temporary = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as new:
                new.write(self._signed_in)
                new.flush()
                os.fsync(new.fileno())
            os.replace(temporary, file)
        except OSError:
            with suppress(OSError):
                os.unlink(temporary)
            raise


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


def checked(text: str, origin: str) -> str:
    """`text` as a token, without the space around it.

    Raises:
        OrchestratorError: It is none; the problem names `origin` and quotes nothing.
    """
    token = text.strip()
    if not token:
        raise _no_token(f"{origin} is empty")
    if not _TOKEN.fullmatch(token):
        raise _no_token(f"{origin} does not hold a token")
    return token


def _told_end(token: str) -> datetime | None:
    """The end that a token tells of itself. Nobody checks its signature here: it is for a note alone."""
    found = _CLAIMS.fullmatch(token.partition("|")[0])
    if found is None:
        return None
    try:
        claims = json.loads(urlsafe_b64decode(found[1] + "=="))
        return datetime.fromtimestamp(claims["exp"], UTC)
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError, OSError):
        return None


def _no_token(message: str) -> OrchestratorError:
    return OrchestratorError(Problem(ProblemKind.NO_TOKEN, plain(message)))
