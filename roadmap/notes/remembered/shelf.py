"""The folder where readings are kept: this account's alone, bounded, and of no loss when it is thrown away."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ENDING: Final = ".reading"
MOST_BYTES: Final = 256 << 20
"""Of all readings together; the ones not used for longest give way."""
ENTRY: Final = 128 << 20
"""A reading that is larger is not kept."""


def name_of(root: Path, limits: object) -> str:
    """What the reading of a folder is called: it depends on where the folder is and on the bounds it is read with."""
    told = f"{os.fsdecode(os.fsencode(root.resolve()))}\n{limits!r}"
    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:40] + ENDING


def get(folder: Path, name: str) -> bytes | None:
    """What is kept under that name; None where there is nothing, or somebody else could have written it."""
    if not _is_ours(folder):
        return None
    try:
        handle = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or not _only_ours(status) or status.st_size > ENTRY:
            return None
        with contextlib.suppress(OSError):
            os.utime(handle)
        try:
            return file.read(ENTRY)
        except OSError:
            return None


def put(folder: Path, name: str, data: bytes) -> bool:
    """Keep it; whether that went well. A disk that is full is no reason to stop reading."""
    if len(data) > ENTRY:
        return False
    try:
        _make(folder)
        if not _is_ours(folder):
            return False
        handle, beside = tempfile.mkstemp(dir=folder, suffix=".new")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(beside).replace(folder / name)
        except OSError:
            Path(beside).unlink(missing_ok=True)
            raise
        _make_room(folder)
    except OSError:
        return False
    return True


def _make(folder: Path) -> None:
    """A folder with those around it, each for this account alone."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _make_room(folder: Path) -> None:
    """Throw away what was not used for longest, and what a killed process left half-written."""
    kept: list[tuple[float, int, Path]] = []
    for path, status in _listed(folder):
        if path.suffix == ENDING:
            kept.append((status.st_mtime, status.st_size, path))
        elif status.st_mtime < time.time() - 3600:
            path.unlink(missing_ok=True)
    left = MOST_BYTES
    for _, size, path in sorted(kept, reverse=True):
        left -= size
        if left < 0:
            path.unlink(missing_ok=True)


def _listed(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.iterdir():
        if path.suffix in {ENDING, ".new"}:
            with contextlib.suppress(OSError):
                yield path, path.lstat()


def _is_ours(folder: Path) -> bool:
    try:
        return _only_ours(folder.lstat()) and folder.is_dir()
    except OSError:
        return False


def _only_ours(status: os.stat_result) -> bool:
    """Whether no other account could have written there. Where there are no accounts, nobody else is."""
    return not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)
