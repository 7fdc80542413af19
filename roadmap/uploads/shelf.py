"""Where uploaded notes lie: a private folder per source, and one per plan that waits for its yes.

    UPLOADS_DIR/sources/<hex>/<folder>/…         the notes as they were last applied
    UPLOADS_DIR/plans/<hex>/plan.json            what waits, for whom, with the answers so far
    UPLOADS_DIR/plans/<hex>/notes/<folder>/…     its notes, unless they are read where they lie

Whatever is written is written beside its place and renamed into it, so that a killed process leaves the old or the new.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from roadmap.uploads.bundle import Bundle, UploadRefusedError, gather

KEPT = 14 * 24 * 3600
"""Seconds after which a plan that nobody applied is thrown away."""
ANYBODY = 0
"""Instead of a person's key: a plan that everybody who may import sees, answers and applies."""
PREFIX = "upload:"
"""Of the location of a source whose notes came through the browser."""
_ODD = re.compile(r"[^\w .()&+,-]+")


class GoneError(Exception):
    """There is no such plan any more."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A plan that waits: which notes, for which source, by whom, and what was decided about it so far."""

    uid: UUID
    by: int
    """Key of the person who made it, who alone sees it; `ANYBODY` of one that came of watching a folder."""
    location: str
    """Of the source."""
    title: str
    at: float
    """When the notes came, or were read. Unix time."""
    path: str = ""
    """Where they lie, for those that were not uploaded."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Why -> how many files of the upload are not kept."""
    answers: dict[str, str] = field(default_factory=dict)
    """Key of a question -> uid of the topic it is, or "new"."""
    without: tuple[str, ...] = ()
    """Keys of the changes that are left out."""
    applying: float = 0.0
    """Since when it is being stored, Unix time; 0 when it is not."""
    problem: str = ""
    """Why it could not be stored the last time."""
    reader: str = ""
    """Name of who had the notes read."""
    reading: str = ""
    """Digest of what was read, for one that came of watching."""
    done: str = ""
    """uid of the import that came of it, or "-" when there was nothing to store."""

    @property
    def uploaded(self) -> bool:
        return not self.path


def put(
    bundle: Bundle,
    *,
    by: int,
    location: str = "",
    title: str = "",
    over: bool = False,
    left_out: dict[str, int],
    reader: str = "",
) -> Waiting:
    """Keep an upload as a plan of `by` for the source at `location` (a new one where that is empty). What they had
    waiting for that source gives way. `over`: the source's other notes stay as they are. Raise UploadRefusedError."""
    uid = uuid.uuid4()
    location = location or f"{PREFIX}{uid.hex}"
    files, folder = dict(bundle.files), _folder(bundle.folder or title)
    kept = root_of(location)
    if kept is not None:
        folder = kept.name
        if over:
            files = gather([*_stored(kept, except_=files), *files.items()]).files
    title = (title or bundle.folder or _stem(bundle)).strip()[:200] or "Notes"
    waiting = Waiting(uid, by, location, title, time.time(), left_out=left_out, reader=reader)
    with _written(_plans() / uid.hex) as place:
        for path, data in files.items():
            _write(place / "notes" / folder / path, data)
        _write(place / "plan.json", _json(waiting))
    _give_way(waiting)
    return waiting


def put_path(path: Path, *, by: int, location: str, title: str, **more: Any) -> Waiting:
    """A plan for notes that are read where they lie; `more`: other fields of it."""
    waiting = Waiting(uuid.uuid4(), by, location, title, time.time(), path=str(path), **more)
    with _written(_plans() / waiting.uid.hex) as place:
        _write(place / "plan.json", _json(waiting))
    _give_way(waiting)
    return waiting


def get(uid: UUID) -> Waiting:
    """Raise GoneError."""
    try:
        return _read(_plans() / uid.hex)
    except (OSError, ValueError, TypeError, KeyError):
        raise GoneError from None


def all_waiting() -> list[Waiting]:
    """Those that are not applied yet, the newest first."""
    return sorted((each for each in _all() if not each.done), key=lambda each: -each.at)


def of(by: int) -> list[Waiting]:
    """Those of one person, and those that are anybody's."""
    return [each for each in all_waiting() if each.by in {by, ANYBODY}]


def change(waiting: Waiting, **fields: Any) -> Waiting:
    """Keep it with other fields. Raise GoneError."""
    changed = replace(waiting, **fields)
    place = _plans() / waiting.uid.hex
    if not place.is_dir():
        raise GoneError
    beside = place / f".{uuid.uuid4().hex}"
    _write(beside, _json(changed))
    beside.replace(place / "plan.json")
    return changed


def notes_of(waiting: Waiting) -> Path:
    """The folder or file that its notes are read from."""
    if waiting.path:
        return Path(waiting.path)
    inside = _plans() / waiting.uid.hex / "notes"
    try:
        return next(inside.iterdir())
    except (OSError, StopIteration):
        return inside


def root_of(location: str) -> Path | None:
    """Where the notes of an uploaded source lie; None where there are none yet."""
    home = _home(location)
    try:
        return next(home.iterdir()) if home else None
    except (OSError, StopIteration):
        return None


def accept(waiting: Waiting, done: str) -> None:
    """Its notes are the source's now; what the source had before is thrown away."""
    home, notes = _home(waiting.location), _plans() / waiting.uid.hex / "notes"
    if home is not None and notes.is_dir():
        aside = home.with_name(f".{uuid.uuid4().hex}")
        _make(home.parent)
        if home.exists():
            home.rename(aside)
        notes.rename(home)
        shutil.rmtree(aside, ignore_errors=True)
    change(waiting, done=done, applying=0.0, problem="")


def drop(waiting: Waiting) -> None:
    """Throw it away; nothing happens where it is gone."""
    shutil.rmtree(_plans() / waiting.uid.hex, ignore_errors=True)


def sweep() -> None:
    """Throw away what waited too long, and what a killed process left half-written."""
    for place in _listed(_plans()):
        try:
            old = place.stat().st_mtime < time.time() - (KEPT if not place.name.startswith(".") else 3600)
        except OSError:
            continue
        if old:
            shutil.rmtree(place, ignore_errors=True)


def _give_way(waiting: Waiting) -> None:
    for other in _all():
        same = (other.by, other.location) == (waiting.by, waiting.location) and other.uid != waiting.uid
        if same and not other.done and not other.applying:
            drop(other)
    sweep()


def _plans() -> Path:
    return Path(settings.UPLOADS_DIR) / "plans"


def _home(location: str) -> Path | None:
    name = location.removeprefix(PREFIX)
    if name == location or not re.fullmatch(r"[0-9a-f]{32}", name):
        return None
    return Path(settings.UPLOADS_DIR) / "sources" / name


def _all() -> Iterator[Waiting]:
    for place in _listed(_plans()):
        if not place.name.startswith("."):
            try:
                yield _read(place)
            except (OSError, ValueError, TypeError, KeyError):
                continue


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _stored(root: Path, *, except_: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for folder, _folders, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            told = path.relative_to(root).as_posix()
            if told not in except_:
                yield told, path.read_bytes()


def _folder(name: str) -> str:
    return _ODD.sub(" ", name).strip(" .")[:80] or "Notes"


def _stem(bundle: Bundle) -> str:
    first = next(iter(bundle.files))
    return Path(first).stem if len(bundle.files) == 1 else ""


@contextmanager
def _written(place: Path) -> Iterator[Path]:
    """A folder that is there as a whole or not at all. Raise UploadRefusedError when the disk does not take it."""
    beside = place.with_name(f".{place.name}")
    try:
        _make(place.parent)
        beside.mkdir(mode=0o700)
        yield beside
        beside.rename(place)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise UploadRefusedError(
            _("The notes could not be kept on this server (%(strerror)s). Nothing was changed; tell whoever runs it.")
            % {"strerror": error.strerror}
        ) from error


def _make(folder: Path) -> None:
    """A folder with those around it, each for this account alone."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _write(path: Path, data: bytes) -> None:
    _make(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def _json(waiting: Waiting) -> bytes:
    return json.dumps(asdict(waiting) | {"uid": waiting.uid.hex}, ensure_ascii=False).encode("utf-8", "replace")


def _read(place: Path) -> Waiting:
    data = json.loads((place / "plan.json").read_bytes())
    return Waiting(**data | {"uid": UUID(str(data["uid"])), "without": tuple(data["without"])})
