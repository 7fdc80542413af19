"""What lies at a path, as notes in memory: a folder, a file, or a zip, which is never unpacked to the disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from roadmap.git import checkout_of
from roadmap.notes import reading as reader
from roadmap.notes.files import Scan, packed, printable, scan
from roadmap.notes.items import Problem, Reading
from roadmap.notes.reading import Examined
from roadmap.uploads.bundle import BODY, LINKS, UploadRefusedError, is_zip, unzip

_HEAD = 4
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Opened:
    """The notes at a path, with what stood in the way of others."""

    root: Path
    found: Scan
    folder: str
    """What a roadmap without a title is called by."""
    zipped: bool = False

    def reading(self, roots: Sequence[str] = ()) -> Reading:
        """`roots`: notes that draw the roadmaps, none for the hubs."""
        return reader.read_files(self.found, self.folder, roots=roots)

    def examined(self, roots: Sequence[str] = ()) -> Examined:
        """As `reading`, keeping the notes."""
        return reader.examine_files(self.found, self.folder, roots=roots)

    def reading_from(self, roots: Sequence[str] = ()) -> Reading:
        """With the commit that the notes came from, where they lie in a git checkout."""
        checkout = None if self.zipped else checkout_of(self.root, self.found.files)
        return replace(self.reading(roots), checkout=checkout)


def opened(path: Path) -> Opened:
    """Never raises for what it finds there: what cannot be read is told as a problem."""
    data = _zip_at(path)
    if data is None:
        return Opened(path, scan(path), reader.folder_of(path))
    name = printable(path.name)
    try:
        bundle = unzip(data)
    except UploadRefusedError as error:
        return Opened(path, Scan(problems=(Problem(name, 0, "error", "zip-refused", str(error)),)), path.stem, True)
    found = packed(bundle.files)
    if links := bundle.left_out[LINKS]:
        what = "1 symbolic link" if links == 1 else f"{links:,} symbolic links"
        told = Problem(name, 0, "warning", "link-skipped", f"The zip holds {what}; links are not followed.")
        found = replace(found, problems=(*found.problems, told))
    return Opened(path, found, bundle.folder or path.stem, True)


def read(path: Path, roots: Sequence[str] = ()) -> Reading:
    """Read a folder, a file or a zip. `roots`: notes that draw the roadmaps, none for the hubs."""
    return opened(path).reading(roots)


def examine(path: Path, roots: Sequence[str] = ()) -> Examined:
    """As `read`, keeping the notes: as much memory again as they have."""
    return opened(path).examined(roots)


def read_from(path: Path, roots: Sequence[str] = ()) -> Reading:
    """As `read`, with the commit that the notes came from, where they lie in a git checkout."""
    return opened(path).reading_from(roots)


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
