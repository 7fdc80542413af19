"""What is kept of a reading, as one file: written whole under another name, then renamed, and believed only if it is
whole, of this very code, and nobody else's.

    magic · CRC-32 of the rest · 8 bytes and the frame in JSON · the sections, whose lengths the frame has

Nothing in it can run, see `roadmap.notes.packing`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import struct
import sys
import tempfile
import time
import unicodedata
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, Final

import pyromark
import yaml

import roadmap.notes
from roadmap.notes import packing
from roadmap.notes.cache.snapshot import Snapshot
from roadmap.notes.limits import Limits

MAGIC: Final = b"pathnotes reading 1\n"
FILES: Final = 16
BYTES: Final = 1 << 30
"""So many readings are kept, of so many bytes together; what was used last stays."""
LARGEST: Final = 1 << 28
"""Bytes of a single one: the child that loads it has the bounds of a folder of which it knows nothing yet."""
LEFT_OVER: Final = 3600.0
"""Seconds after which a file that was never renamed is one of a process that died."""
_ENDING: Final = ".reading"
_SECTIONS: Final = ("signs", "lengths", "records", "head", "rows", "bodies")
_SUM: Final = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Base:
    """A whole reading, with what is needed to read only what changed since."""

    snapshot: Snapshot
    lines: list[Any]
    """(file, line, text) of what problems point at."""
    lengths: array[int]
    """Bytes of each item's row with its comma, of each item's body, of each file's record."""
    records: bytes | memoryview
    """Of each file, in the order of the digests, JSON (see `roadmap.notes.cache.standing`), or nothing."""
    head: bytes | memoryview
    rows: bytes | memoryview
    bodies: bytes | memoryview

    def ends(self, files: int) -> tuple[list[int], list[int], list[int]]:
        """Where rows, bodies and records end, each with a 0 before; of so many files. Raise ValueError for others."""
        items, odd = divmod(len(self.lengths) - files, 2)
        if odd or items < 0:
            raise ValueError("the lengths are not those of these files")
        parts = self.lengths[:items], self.lengths[items : 2 * items], self.lengths[2 * items :]
        rows, bodies, records = (list(accumulate(part, initial=0)) for part in parts)
        return rows, bodies, records


def name_of(root: Path, roots: Sequence[str], limits: Limits) -> str:
    """What the reading of a folder is kept under."""
    asked = [os.fsdecode(root), os.fsdecode(os.path.realpath(root)), list(roots), asdict(limits)]
    return hashlib.sha256(packing.as_json(asked)).hexdigest()[:40]


def _version() -> str:
    """A digest of all that a reading depends on beside the notes: the reader, the installed libraries, who reads."""
    digest = hashlib.sha256()
    for folder in map(Path, roadmap.notes.__path__):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes() + b"\0")
    told: list[Any] = [sys.version, unicodedata.unidata_version, os.geteuid()]
    for place in sorted({Path(str(library.__file__)).parents[1] for library in (pyromark, yaml)}):
        told += sorted(entry.name for entry in place.glob("*.dist-info"))
    digest.update(json.dumps(told).encode())
    return digest.hexdigest()


VERSION: Final = _version()
"""Of the code as it was loaded, which files that are exchanged under a running process do not change."""


def load(folder: Path, name: str) -> Base | None:
    """What is kept under the name; None where nothing is that can be believed."""
    try:
        if not _is_ours(os.lstat(folder)):
            return None
        path = folder / (name + _ENDING)
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            told = os.fstat(handle)
            if not stat.S_ISREG(told.st_mode) or not _is_ours(told) or told.st_size > LARGEST:
                return None
            base = _base(memoryview(file.read()))
            if base is not None:
                os.utime(handle)
            return base
    except (OSError, ValueError, KeyError, TypeError, struct.error, RecursionError, MemoryError):
        return None


def _base(data: memoryview) -> Base | None:
    start = len(MAGIC) + _SUM.size
    if bytes(data[: len(MAGIC)]) != MAGIC or _SUM.unpack_from(data, len(MAGIC)) != (zlib.crc32(data[start:]),):
        return None
    frame, rest = packing.parted(data[start:])
    if frame["version"] != VERSION:
        return None
    ends = list(accumulate(frame["lengths"], initial=0))
    parts = dict(zip(_SECTIONS, (rest[a:b] for a, b in pairwise(ends)), strict=True))
    signs, lengths = array("q"), array("I")
    signs.frombytes(parts.pop("signs"))
    lengths.frombytes(parts.pop("lengths"))
    return Base(Snapshot(frame["began"], frame["names"], signs), frame["lines"], lengths, **parts)


def save(folder: Path, name: str, base: Base) -> bool:
    """Keep it under the name, in the folder, which is made in a folder that is there. Whether that could be done: it is
    no fault if not."""
    parts = (base.snapshot.signs.tobytes(), base.lengths.tobytes(), base.records, base.head, base.rows, base.bodies)
    frame = {"version": VERSION, "began": base.snapshot.began, "names": base.snapshot.names, "lines": base.lines}
    told = packing.with_length(packing.as_json(frame | {"lengths": list(map(len, parts))}))
    if sum(map(len, (told, *parts))) > LARGEST - 100:
        return False
    checked = zlib.crc32(told)
    for part in parts:
        checked = zlib.crc32(part, checked)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not _is_ours(os.lstat(folder)):
            return False
        _write(folder, name + _ENDING, (MAGIC, _SUM.pack(checked), told, *parts))
        _make_room(folder)
    except (OSError, ValueError):
        return False
    return True


def _write(folder: Path, name: str, parts: Iterable[bytes | memoryview]) -> None:
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        Path(temporary).replace(folder / name)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _make_room(folder: Path) -> None:
    """Delete what was used longest ago beyond the bounds, and what processes that died left behind."""
    kept, size = 0, 0
    with os.scandir(folder) as entries:
        found = [(entry.stat(follow_symlinks=False), entry.path) for entry in entries]
    for told, path in sorted(found, key=lambda each: -each[0].st_mtime_ns):
        if path.endswith(_ENDING):
            kept, size = kept + 1, size + told.st_size
            over = kept > FILES or size > BYTES
        else:
            over = path.endswith(".new") and time.time() - told.st_mtime > LEFT_OVER
        if over:
            with contextlib.suppress(OSError):
                Path(path).unlink()


def _is_ours(told: os.stat_result) -> bool:
    """Whether nobody else may write there."""
    return told.st_uid == os.geteuid() and not told.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
