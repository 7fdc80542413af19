"""What lies at a path, as notes in memory: a folder, a file, or a zip, which is never unpacked to the disk.

Notes that are not our own are opened in a child, see `roadmap.guarding`.
"""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

from roadmap.notes.files import Scan, packed, printable, scan
from roadmap.notes.items import Problem
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.notes.reading import folder_of
from roadmap.uploads.bundle import BEFORE, BODY, UploadRefusedError, is_zip, unzip

_HEAD = 4
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


def opened(path: Path, limits: Limits = DEFAULT) -> tuple[Scan, str]:
    """(the notes, what a roadmap without a title is called by). Never raises for what it finds there: what cannot be
    read is told as a problem."""
    data = _zip_at(path)
    if data is None:
        return scan(path, limits), folder_of(path)
    name = printable(path.name)
    try:
        bundle = unzip(data)
    except UploadRefusedError as error:
        return Scan(problems=(Problem(name, 0, "error", "zip-refused", str(error)),)), path.stem
    found = packed(bundle.files)
    if bundle.left_out[BEFORE]:
        message = "Other bytes stand before the zip itself; they are not read."
        found = replace(found, problems=(*found.problems, Problem(name, 0, "warning", "zip-prefixed", message)))
    return found, bundle.folder or path.stem


def is_zip_at(path: Path) -> bool:
    """Whether a zip lies there. Reads its first bytes."""
    return _zip_at(path, most=_HEAD) is not None


def _zip_at(path: Path, most: int = BODY) -> bytes | None:
    """The bytes of a zip, one more than `most` where it is too large; None for what is no zip. A link is followed: the
    person named it."""
    try:
        handle = os.open(path, _FLAGS)
    except (OSError, ValueError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        with os.fdopen(os.dup(handle), "rb") as file:
            head = file.read(_HEAD)
            return head + file.read(most + 1 - len(head)) if is_zip(path.name, head) else None
    except OSError:
        return None
    finally:
        os.close(handle)
