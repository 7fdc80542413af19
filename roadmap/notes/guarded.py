"""`read`: as `reading.read`, in a child process that can be killed, and from what is kept of the last time.

This is the door for notes that are not our own. It never raises for what it finds: a child that dies or takes too much
is one problem, at the note that it was at.
"""

from __future__ import annotations

import importlib
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from roadmap.notes import files, packing
from roadmap.notes.apart import parent
from roadmap.notes.apart.child import Bounds, Room
from roadmap.notes.apart.parent import StoppedError, Tell
from roadmap.notes.items import Problem, Reading
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.notes.reading import folder_of, traced, uncollected
from roadmap.notes.remembered import changing, shelf, snapshot
from roadmap.notes.remembered.snapshot import Snapshot, UnusableError

WHOLE, CHANGED = b"W", b"C"
WORTH_KEEPING: Final = 64
"""Notes of a folder; fewer are read in no time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A reading, and what it took."""

    reading: Reading
    read: int
    """Notes that were taken apart; 0 when all was known."""
    cpu: float = 0.0
    """Seconds of the child's CPU."""
    peak: int = 0
    """Bytes of memory the child took; 0 where nobody can tell."""


def read(
    root: Path,
    *,
    limits: Limits = DEFAULT,
    bounds: Bounds | None = None,
    kept: Path | None = None,
    tell: Tell | None = None,
    fork: bool | None = None,
    opener: str = f"{__name__}:opened",
) -> Outcome:
    """Read a file or a folder. `kept` is the folder for what is remembered; None remembers nothing. `opener` names the
    function, "module:name", that finds the notes at a path; it runs in the child."""
    name = shelf.name_of(root, limits) if kept is not None and _is_folder(root) else ""
    with uncollected():
        known = _known(kept, name) if kept is not None and name else None
        request: dict[str, Any] = {"root": os.fsdecode(root), "limits": asdict(limits), "opener": opener}
        if known is not None and kept is not None:
            changed = changing.look(root, known)
            asked = changing.asked(known, changed) if changed is not None and len(changed) <= changing.MOST else None
            if asked is not None and not changed:
                return Outcome(snapshot.reading_of(known), 0)
            request |= {"asked": asked, "kept": str(kept), "name": name}
        request["keep"] = bool(name)
        try:
            answer = parent.run(f"{__name__}:work", request, bounds=bounds, tell=tell, fork=fork)
        except StoppedError as error:
            return Outcome(stopped(error, root), 0)
        return _outcome(answer, known, kept, name)


def stopped(error: StoppedError, root: Path) -> Reading:
    """The reading that came to no end."""
    place = error.source or files.printable(root.name or str(root))
    advice = "Leave that file out or split the notes up" if error.source else "Name a smaller folder, or fewer files"
    where = f" at {place}" if error.source else ""
    message = f"Reading {error}{where}; nothing was changed. {advice}, then try again."
    return Reading(problems=(Problem(place, 0, "error", "reading-stopped", message),))


def _is_folder(root: Path) -> bool:
    try:
        return root.is_dir()
    except (OSError, ValueError):
        return False


def _known(kept: Path, name: str) -> Snapshot | None:
    data = shelf.get(kept, name)
    try:
        return snapshot.decode(data) if data is not None else None
    except UnusableError:
        return None


def _outcome(answer: parent.Answer, known: Snapshot | None, kept: Path | None, name: str) -> Outcome:
    kind, data = answer.data[:1], answer.data[1:]
    if kind == CHANGED and known is not None:
        changes = packing.from_json(data)
        return Outcome(snapshot.reading_of(known, changes), len(changes), answer.cpu, answer.peak)
    if name and kept is not None:
        reading = snapshot.reading_of(snapshot.decode(data))
        if reading.counts["files"] >= WORTH_KEEPING:
            shelf.put(kept, name, data)
    else:
        reading = packing.unpack(data)
    return Outcome(reading, reading.counts.get("files", 0), answer.cpu, answer.peak)


def opened(root: Path, limits: Limits) -> tuple[files.Scan, str]:
    """The notes at a path, and what a roadmap without a title is called by."""
    return files.scan(root, limits), folder_of(root)


def work(request: dict[str, Any], _: bytes, room: Room) -> bytes:
    """In the child: the changes to what is known where that is enough, else the whole."""
    root, limits = Path(request["root"]), Limits(**request["limits"])
    if (asked := request.get("asked")) is not None:
        found = changing.files_at(root, asked["notes"], limits)
        changes = changing.changes(found, asked, limits) if found is not None else None
        if changes is not None:
            return CHANGED + packing.as_json(changes)
    module, _, function = request["opener"].partition(":")
    whole, folder = getattr(importlib.import_module(module), function)(root, limits)
    room(sum(len(file.data) for file in whole.files))
    if "kept" in request and asked is None and (changes := _since(whole, request, limits)) is not None:
        return CHANGED + packing.as_json(changes)
    done = traced(whole, folder, limits)
    return WHOLE + (snapshot.encode(whole, done) if request["keep"] else packing.pack(done.reading))


def _since(found: files.Scan, request: dict[str, Any], limits: Limits) -> dict[str, Any] | None:
    """What changed, where the folder had to be looked through to tell."""
    known = _known(Path(request["kept"]), request["name"])
    changed = changing.compared(found, known) if known is not None else None
    asked = changing.asked(known, set(changed)) if known is not None and changed is not None else None
    return changing.changes(changed, asked, limits) if changed is not None and asked is not None else None
