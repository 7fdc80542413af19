"""A folder as its file system describes it: which names it holds, and a sign of each file that changes with it.

The sign is size, times and inode, as git's index keeps them. Whoever preserves the time of modification (`cp -p`,
`rsync -t`, `touch -d`) changes the time of the inode. A file system that counts time in steps gives two writes within
one step the same times, so the sign of a file that was young when it was taken proves nothing (`YOUNG`).
"""

from __future__ import annotations

import os
import stat
import time
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from struct import Struct
from typing import Final

from roadmap.notes.files import may_be_read, passed_over
from roadmap.notes.limits import Limits

SIGNS: Final = 5
"""Numbers of one sign: inode, kind and rights, size, times of modification and of the inode in ns."""
YOUNG: Final = 3_000_000_000
"""Nanoseconds: more than the coarsest step of a file system's clock, which is 2 s."""
_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_POSITIVE: Final = (1 << 63) - 1
_LOOKS: Final = 1_000
"""Entries between two looks at the clock."""
_SIGN: Final = Struct(f"{SIGNS}q")
_FOLDER: Final = "/"
_OTHER: Final = "@"
_FILE: Final = "="

Sign = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that reading the folder can depend on, without what stands in the files."""

    began: int
    """When it was begun, in ns since the epoch."""
    names: list[str]
    """Each path behind a letter for its kind, sorted."""
    signs: array[int]
    """SIGNS numbers for each name; 0 for folders."""

    def path(self, at: int) -> str | None:
        """The path of a file; None of what is none."""
        name = self.names[at]
        return name[1:] if name[0] == _FILE else None

    def paths(self) -> list[str]:
        """Of all files."""
        return [name[1:] for name in self.names if name[0] == _FILE]

    def without(self, changed: Iterable[int]) -> Snapshot:
        """The snapshot with signs that no file has, so that these files are looked at the next time."""
        signs = array("q", self.signs)
        for at in changed:
            signs[at * SIGNS : (at + 1) * SIGNS] = array("q", [0] * SIGNS)
        return Snapshot(self.began, self.names, signs)

    def changed_since(self, other: Snapshot) -> list[int] | None:
        """Which files may be others than in a snapshot that was taken before; None where the names are others.

        So may all that were young then, whatever their signs."""
        if self.names != other.names:
            return None
        old = other.began - YOUNG
        written, touched = other.signs[3::SIGNS], other.signs[4::SIGNS]
        young = {at for at in range(len(written)) if written[at] > old or touched[at] > old}
        pairs = zip(_SIGN.iter_unpack(self.signs), _SIGN.iter_unpack(other.signs), strict=True)
        return [at for at, (now, then) in enumerate(pairs) if now != then or at in young]


def take(root: Path, limits: Limits) -> Snapshot | None:
    """The snapshot of a folder; None for what is none, cannot be looked through or is too large for it."""
    look = _Look(limits, limits.vault_entries, time.monotonic() + limits.scan_seconds / 4)
    began = time.time_ns()
    try:
        handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            look.at(handle, "", 0)
        finally:
            os.close(handle)
    except (OSError, ValueError):
        return None
    names = sorted(look.found)
    return Snapshot(began, names, array("q", chain.from_iterable(map(look.found.__getitem__, names))))


@dataclass(slots=True)
class _Look:
    limits: Limits
    entries: int
    """So many more may come."""
    until: float
    """On the monotonic clock."""
    found: dict[str, Sign] = field(default_factory=dict)

    def at(self, handle: int, above: str, depth: int) -> None:
        """Add what stands in the open folder, as `files.scan` goes through it. Raise ValueError for too much."""
        folders = []
        with os.scandir(handle) as entries:
            for entry in entries:
                self.entries -= 1
                if self.entries < 0 or len(self.found) > self.limits.vault_files:
                    raise ValueError("too many entries")
                if not self.entries % _LOOKS and time.monotonic() > self.until:
                    raise ValueError("it takes too long")
                name = entry.name
                if entry.is_file(follow_symlinks=False):
                    if may_be_read(name):
                        self.found[f"{_FILE}{above}{name}"] = _sign(entry.stat(follow_symlinks=False))
                elif entry.is_dir(follow_symlinks=False):
                    self.found[f"{_FOLDER}{above}{name}"] = (0,) * SIGNS
                    if not passed_over(name) and depth < self.limits.path_depth:
                        folders.append(name)
                elif not name.startswith("."):
                    self.found[f"{_OTHER}{above}{name}"] = _sign(entry.stat(follow_symlinks=False))
        for name in folders:
            inner = os.open(name, _FLAGS | os.O_DIRECTORY, dir_fd=handle)
            try:
                self.at(inner, f"{above}{name}/", depth + 1)
            finally:
                os.close(inner)


def _sign(told: os.stat_result) -> Sign:
    return (told.st_ino & _POSITIVE, told.st_mode, told.st_size, told.st_mtime_ns, told.st_ctime_ns)


def bytes_of(root: Path, path: str, limits: Limits) -> bytes | None:
    """What stands in a file below the folder, by its path in a snapshot; no link is followed. None for what is no file
    any more, cannot be read or is too large for a note."""
    handles: list[int] = []
    try:
        handles.append(os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NONBLOCK | os.O_CLOEXEC))
        *folders, name = path.split("/")
        for folder in folders:
            handles.append(os.open(folder, _FLAGS | os.O_DIRECTORY, dir_fd=handles[-1]))
        handles.append(os.open(name, _FLAGS, dir_fd=handles[-1]))
        if not stat.S_ISREG(os.fstat(handles[-1]).st_mode):
            return None
        with os.fdopen(handles.pop(), "rb") as file:
            data = file.read(limits.note_bytes + 1)
        return data if len(data) <= limits.note_bytes else None
    except (OSError, ValueError):
        return None
    finally:
        for handle in handles:
            os.close(handle)
