"""The files of a folder of notes: read and replaced so that nothing outside of it is touched and nothing is lost.

Every part of a path is opened from the folder before it, without following links, and what is opened is asked what it
is. A file is replaced whole: the new bytes are written beside it, flushed to the disk, and renamed over it, so that a
killed process leaves the old file or the new one. Until the change is settled the old file stays beside it under a
hidden name, which the reader of notes passes over.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from roadmap.notes.limits import DEFAULT
from roadmap.sentences import Sentence, sentence, wording

_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NONBLOCK | _FLAGS
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS
_MODE = 0o7777
LEFT = 3600
"""Seconds after which a half-written file beside a note is known to be nobody's."""
LONGEST_NAME = 255
"""Bytes that a file system gives to a name."""
_NOT_ORDINARY = wording("%(path)s is no ordinary file, so nothing is written there.")
_WHY = {
    errno.ENOENT: wording("%(path)s is not there any more."),
    errno.ELOOP: wording("%(path)s is a symbolic link, or lies behind one; links are not followed."),
    errno.ENOTDIR: wording("%(path)s lies behind something that is no folder, perhaps a link; links are not followed."),
    errno.ENXIO: _NOT_ORDINARY,
    errno.EACCES: wording("This process may not write to %(path)s: the account it runs under lacks the right."),
    errno.EPERM: wording("This process may not write to %(path)s: the file belongs to another account."),
    errno.EROFS: wording("%(path)s lies on a disk that can only be read."),
    errno.ENOSPC: wording("There is no room on the disk to write %(path)s."),
    errno.EDQUOT: wording("There is no room left for this account to write %(path)s."),
}


class FileRefusedError(Exception):
    """A file cannot be written to; the message is a sentence. Nothing of it was changed."""


class FileChangedError(FileRefusedError):
    """The file is not what it was."""

    def __init__(self, path: str) -> None:
        super().__init__(
            sentence("%(path)s was changed meanwhile. Nothing was written; read the notes again.", path=path)
        )


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Place:
    """A file of the folder that is held open by its folder, for as long as something is done with it."""

    def __init__(self, folder: int, name: str, shown: str) -> None:
        self.folder, self.name, self.shown = folder, name, shown

    @property
    def backup(self) -> str:
        return self._beside(".before-writing")

    def read(self) -> tuple[bytes, os.stat_result]:
        """(its bytes, what it is). Raise FileRefusedError for what is no file of text of ordinary size."""
        try:
            handle = os.open(self.name, _READ, dir_fd=self.folder)
        except OSError as error:
            raise FileRefusedError(_why(self.shown, error)) from error
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise FileRefusedError(_NOT_ORDINARY(path=self.shown))
            data = file.read(DEFAULT.note_bytes + 1)
        if len(data) > DEFAULT.note_bytes:
            raise FileRefusedError(sentence("%(path)s is too large to be written to.", path=self.shown))
        return data, status

    def refuse_unwritable(self, status: os.stat_result) -> None:
        """Raise FileRefusedError for a file that nobody may write to."""
        if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
            raise FileRefusedError(
                sentence("%(path)s is marked as not to be written to. Nothing was changed.", path=self.shown)
            )

    def replace(self, before: bytes, after: bytes) -> None:
        """Make the file `after` if it still is `before`; the old one stays under `backup` until `settle`.

        Raise FileChangedError or FileRefusedError, having changed nothing.
        """
        data, status = self.read()
        if data != before:
            raise FileChangedError(self.shown)
        self.refuse_unwritable(status)
        new = self._beside(f".{secrets.token_hex(6)}.new")
        kept = False
        try:
            self._sweep()
            self._write(new, after, status)
            kept = self._keep(status)
            now = os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
            if _sign(now) != _sign(status) or self.read()[0] != before:
                raise FileChangedError(self.shown)
            os.rename(new, self.name, src_dir_fd=self.folder, dst_dir_fd=self.folder)
        except (OSError, FileRefusedError) as error:
            if kept:
                self.settle()
            if isinstance(error, FileRefusedError):
                raise
            raise FileRefusedError(_why(self.shown, error)) from error
        finally:
            with contextlib.suppress(OSError):
                os.unlink(new, dir_fd=self.folder)
        self._flush_folder()

    def settle(self) -> None:
        """The change stands: the old file is not needed any more. Never fails."""
        with contextlib.suppress(OSError):
            os.unlink(self.backup, dir_fd=self.folder)

    def put_back(self, after: bytes) -> bool:
        """Have the old file again, unless somebody changed the new one since; whether it is. Never fails."""
        try:
            if self.read()[0] != after:
                return False
            os.rename(self.backup, self.name, src_dir_fd=self.folder, dst_dir_fd=self.folder)
        except (OSError, FileRefusedError):
            return False
        self._flush_folder()
        return True

    def _write(self, name: str, data: bytes, like: os.stat_result) -> None:
        """A new file beside it, of the same owner, rights and attributes, on the disk when this returns."""
        handle = os.open(name, _NEW, 0o600, dir_fd=self.folder)
        with os.fdopen(handle, "wb") as file:
            made = os.fstat(file.fileno())
            if (made.st_uid, made.st_gid) != (like.st_uid, like.st_gid):
                os.fchown(file.fileno(), like.st_uid, like.st_gid)
            os.fchmod(file.fileno(), like.st_mode & _MODE)
            self._copy_attributes(file.fileno())
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def _copy_attributes(self, target: int) -> None:
        """Tags and the like, where the file system has them."""
        with contextlib.suppress(OSError, AttributeError):
            source = os.open(self.name, _READ, dir_fd=self.folder)
            try:
                for name in os.listxattr(source):
                    with contextlib.suppress(OSError):
                        os.setxattr(target, name, os.getxattr(source, name))
            finally:
                os.close(source)

    def _sweep(self) -> None:
        """Take away what a killed process left of writing this file, long ago."""
        start = self._beside(".")
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                half = entry.name.startswith(start) and entry.name.endswith(".new")
                if half and time.time() - entry.stat(follow_symlinks=False).st_mtime > LEFT:
                    os.unlink(entry.name, dir_fd=self.folder)

    def _keep(self, status: os.stat_result) -> bool:
        """The old file under a second name; a copy of it where the file system knows only one."""
        self.settle()
        try:
            os.link(self.name, self.backup, src_dir_fd=self.folder, dst_dir_fd=self.folder, follow_symlinks=False)
        except OSError:
            self._write(self.backup, self.read()[0], status)
        return True

    def _flush_folder(self) -> None:
        with contextlib.suppress(OSError):  # some network folders cannot; the rename stands nevertheless
            os.fsync(self.folder)

    def _beside(self, end: str) -> str:
        room = LONGEST_NAME - len(end) - 1
        return f".{os.fsencode(self.name)[:room].decode('utf-8', 'ignore')}{end}"


@contextmanager
def opened(location: str, path: str) -> Iterator[Place]:
    """The file `path` of the notes at `location`, a folder or that one file. Raise FileRefusedError."""
    root = Path(location)
    if not root.is_absolute() or os.path.realpath(root) != str(root):
        raise FileRefusedError(
            sentence("These notes do not lie in a folder of this machine, so nothing can be written there.")
        )
    parts = path.split("/")
    if root.is_file():
        root, parts = root.parent, [root.name]
    if any(part in {"", ".", ".."} or "\0" in part or part.startswith(".") for part in parts):
        raise FileRefusedError(sentence("%(path)s is no path of a note, so nothing is written there.", path=path))
    handles: list[int] = []
    try:
        handles.append(os.open(root, _READ | os.O_DIRECTORY))
        for part in parts[:-1]:
            handles.append(os.open(part, _READ | os.O_DIRECTORY, dir_fd=handles[-1]))
    except OSError as error:
        for handle in handles:
            os.close(handle)
        raise FileRefusedError(_why(path, error)) from error
    try:
        yield Place(handles[-1], parts[-1], path)
    finally:
        for handle in handles:
            os.close(handle)


def _sign(status: os.stat_result) -> tuple[int, ...]:
    return status.st_ino, status.st_dev, status.st_mtime_ns, status.st_size


def _why(shown: str, error: OSError) -> Sentence:
    if error.errno in _WHY:
        why = _WHY[error.errno](path=shown)
    else:
        reason = error.strerror or sentence("unknown reason")
        why = sentence("%(path)s cannot be written to (%(reason)s).", path=shown, reason=reason)
    return sentence("%(why)s Nothing was changed.", why=why)
