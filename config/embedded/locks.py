"""File locks (flock) that say who is alive: the kernel drops them when their holder dies, however it dies.

Descriptors are not inherited over exec unless passed on purpose. Over fork they are shared, so a lock is given up by
closing the descriptor, never by LOCK_UN: that would take it from the parent as well.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def try_exclusive(descriptor: int) -> bool:
    return _try(descriptor, fcntl.LOCK_EX)


def try_shared(descriptor: int) -> bool:
    return _try(descriptor, fcntl.LOCK_SH)


def held_elsewhere(descriptor: int) -> bool:
    """Whether some other descriptor holds the exclusive lock. Must not be asked through the holder's own descriptor."""
    if not _try(descriptor, fcntl.LOCK_SH):
        return True
    release(descriptor)
    return False


def release(descriptor: int) -> None:
    """Unlock a descriptor that only this process has."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
