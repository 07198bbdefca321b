"""The file under the journal: private, opened once, and only ever added to."""

import fcntl
import os
import shlex
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

_LONG = 2**20
_CHUNK = 2**20
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Unusable(Exception):
    """The file is not fit for a journal; its text says why, and how to mend it."""


class JournalFile:
    """An open journal. Its descriptor is kept: a shortage of them later must not stop a deploy's answer
    from being written down.

    While it is open it is locked for sharing; who wants to rewrite it needs it alone.
    """

    def __init__(self, path: Path) -> None:
        """
        Raises:
            Unusable: Others could read or write it, or it is no plain file.
            OSError: It cannot be opened or made.
        """
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_folder(path.parent)
        self._descriptor = _opened(path)

    def close(self) -> None:
        """Let others rewrite it."""
        os.close(self._descriptor)

    @property
    def size(self) -> int:
        """Bytes."""
        return os.fstat(self._descriptor).st_size

    @property
    def is_long(self) -> bool:
        """Whether it has grown beyond 1 MiB."""
        return self.size > _LONG

    def append(self, data: bytes) -> None:
        """Write `data` in one piece, and wait until it is on the disk.

        Raises:
            OSError: It is not there, or not all of it; or the file has lost its name since it was opened, and
                nobody would find what is in it.
        """
        if not _is_at(self._descriptor, self._path):
            raise OSError(None, "it was removed or replaced meanwhile; start anew to record deploys again")
        written = os.write(self._descriptor, data)
        if written != len(data):
            raise OSError(None, f"only {written} of {len(data)} bytes could be written")
        os.fsync(self._descriptor)

    def lines(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Each line from `start` to `end` with its place, without its line feed."""
        rest = b""
        place = start
        while place + len(rest) < end:
            offset = place + len(rest)
            chunk = os.pread(self._descriptor, min(_CHUNK, end - offset), offset)
            if not chunk:
                break
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield place, line
                place += len(line) + 1
        yield place, rest

    def shorten(self, lines: Iterable[bytes]) -> None:
        """Keep only `lines`, unless another program has the file open: then it stays as it is.

        Raises:
            OSError: It cannot be rewritten; the file is as it was.
            Unusable: It cannot be opened any more.
        """
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._open_anew()
            return
        shorter = self._path.with_name(f"{self._path.name}.new")
        # Whoever left one behind died over it: nobody else comes here while we hold the lock.
        shorter.unlink(missing_ok=True)
        descriptor = os.open(shorter, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(os.dup(descriptor), "wb") as file:
                file.writelines(b"\n" + line for line in lines)
            os.fsync(descriptor)
            # Before it has its name: who opens it then waits for nobody, and rewrites it under nobody.
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            os.replace(shorter, self._path)
        except OSError:
            os.close(descriptor)
            shorter.unlink(missing_ok=True)
            self._open_anew()
            raise
        _sync_folder(self._path.parent)
        os.close(self._descriptor)
        self._descriptor = descriptor

    def _open_anew(self) -> None:
        """A lock that changes is let go meanwhile: another program may have put a new file there."""
        try:
            descriptor = _opened(self._path)
        except OSError as error:
            raise Unusable(f"{self._path}: {error.strerror}") from None
        os.close(self._descriptor)
        self._descriptor = descriptor


def _opened(path: Path) -> int:
    while True:
        try:
            descriptor = os.open(path, _FLAGS | os.O_CREAT, 0o600)
        except OSError as error:
            if path.is_symlink():
                raise Unusable(
                    f"{path} is a symbolic link; mend it with: rm {shlex.quote(str(path))}"
                ) from None
            raise error
        try:
            _check(path, os.fstat(descriptor))
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            if _is_at(descriptor, path):
                return descriptor
        except (OSError, Unusable):
            os.close(descriptor)
            raise
        # Rewritten while we waited: what we have open is the old one.
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path, follow_symlinks=False))
    except FileNotFoundError:
        return False


def _check(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unusable(f"{path} is not a plain file")
    if status.st_uid != os.geteuid():
        raise Unusable(f"{path} belongs to somebody else")
    if status.st_mode & 0o077:
        raise Unusable(f"others can read {path}; mend it with: chmod 600 {shlex.quote(str(path))}")


def _check_folder(folder: Path) -> None:
    status = folder.stat()
    if status.st_uid != os.geteuid():
        raise Unusable(f"{folder} belongs to somebody else")
    if status.st_mode & 0o022:
        raise Unusable(f"others can write to {folder}; mend it with: chmod 700 {shlex.quote(str(folder))}")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
