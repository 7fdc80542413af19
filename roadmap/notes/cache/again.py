"""Reading a folder again: what did not change is taken from what was kept, what changed is put in its place."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from roadmap.notes import bounds, files, headway, packing
from roadmap.notes.cache import snapshot, standing, store
from roadmap.notes.cache.snapshot import Snapshot
from roadmap.notes.cache.standing import Record
from roadmap.notes.cache.store import Base
from roadmap.notes.files import NoteFile, Scan, printable
from roadmap.notes.house import is_export
from roadmap.notes.items import Item, Problem, Reading, Requirement
from roadmap.notes.items import Path as Roadmap
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.notes.packing import Packed
from roadmap.notes.quoted import QUOTED, Lines, lines_of
from roadmap.notes.reading import examine_files, folder_of, note_in, read_files, uncollected

LEAST: Final = 50
"""Files of a folder whose reading is kept; fewer are read as soon."""
ROOM: Final = 10
SHARE: Final = 20
"""Beside ROOM notes, one in so many may have changed; with more of them, all is read anew, and that is kept."""
_PASSING: Final = frozenset({"path-unreadable", "file-unreadable", "folder-unreadable", "folder-too-large"})
"""Codes of problems that may be gone, or others, the next time, though no file changed."""

Room = Callable[[int], object]
Opener = Callable[[Path, Limits], tuple[Scan, str]]
Piece = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Kept:
    """A reading with the text of the lines that problems point at."""

    lines: Lines
    packed: Packed


def read(
    path: Path, *, cached: Path, roots: Sequence[str] = (), limits: Limits = DEFAULT, least: int = LEAST
) -> Reading:
    """As `reading.read`, the same to the last field. `cached`: the folder for what is kept, made in a folder that
    is there; `least` files are worth keeping."""
    with uncollected():
        return _read_packed(path, roots, limits, cached, least=least).packed.reading()


def opened(root: Path, limits: Limits) -> tuple[Scan, str]:
    """The notes at a path, and what a roadmap without a title is called by."""
    return files.scan(root, limits), folder_of(root)


def read_packed(root: Path, roots: Sequence[str], limits: Limits, cached: Path, *, opener: Opener, room: Room) -> Kept:
    """As `read`, packed. `opener` and `room`: see `guarded`. Of a folder, the opener gives what `opened` does."""
    with uncollected():
        return _read_packed(root, roots, limits, cached, opener=opener, room=room)


def _read_packed(
    root: Path,
    roots: Sequence[str],
    limits: Limits,
    cached: Path,
    *,
    opener: Opener = opened,
    room: Room = lambda _: None,
    least: int = LEAST,
) -> Kept:
    now = snapshot.take(root, limits) if _is_folder(root) else None
    name = store.name_of(root, roots, limits) if now is not None else ""
    if now is not None:
        base = store.load(cached, name)
        found = _again(base, now, root, limits, room) if base is not None else None
        if base is not None and found is not None:
            if found.touched > _most(found.files):
                store.save(cached, name, replace(base, snapshot=now.without(found.changed)))
            return Kept(found.lines, found.packed)
    scanned, folder = opener(root, limits)
    room(sum(len(file.data) for file in scanned.files))
    if now is None or len(scanned.files) < least or not _lasts(scanned, now):
        reading = read_files(scanned, folder, roots=roots, limits=limits)
        return Kept(lines_of(scanned.files, reading.problems), packing.pack(reading))
    if is_export(scanned.files):
        reading = read_files(scanned, folder, roots=roots, limits=limits)
        records = [b""] * len(scanned.files)
    else:
        examined = examine_files(scanned, folder, roots=roots, limits=limits, follow=True)
        reading, records = examined.reading, list(standing.records_of(examined.vault, scanned.files))
    lines = lines_of(scanned.files, reading.problems)
    base = _base(reading, records, now, lines)
    store.save(cached, name, base)
    return Kept(lines, _packed(base.head, [base.rows], [base.bodies]))


def _is_folder(root: Path) -> bool:
    try:
        return root.is_dir()
    except (OSError, ValueError):
        return False


def _lasts(scanned: Scan, now: Snapshot) -> bool:
    """Whether the snapshot tells all that the scan depended on."""
    if any(problem.code in _PASSING for problem in scanned.problems):
        return False
    shown = list(map(printable, now.paths()))
    known = set(shown)
    return len(known) == len(shown) and all(file.path in known for file in scanned.files)


def _base(reading: Reading, records: Sequence[bytes], now: Snapshot, lines: Lines) -> Base:
    flat = packing.flat(reading)
    rows = [packing.as_json(row) + b"," for row in flat.rows]
    lengths = array("I", [*map(len, rows), *map(len, flat.bodies), *map(len, records)])
    head = packing.as_json(flat.head)
    return Base(now, list(lines), lengths, b"".join(records), head, b"".join(rows), b"".join(flat.bodies))


def _packed(head: Piece, rows: list[Piece], bodies: list[Piece]) -> Packed:
    """Rows end with a comma each, as they are kept."""
    full = [piece for piece in rows if len(piece)]
    last = [full[-1][:-1]] if full else []
    return Packed(head, [b"[", *full[:-1], *last, b"]"], bodies)


# What changed


@dataclass(slots=True)
class _Found:
    lines: Lines
    packed: Packed
    files: int
    changed: list[int]
    """Where they stand in the snapshot."""
    touched: int
    """Files whose bytes had to be looked at, and are those that they were."""


@dataclass(frozen=True, slots=True)
class _Change:
    """Items that stand in the place of others."""

    at: int
    items: int
    rows: bytes
    bodies: bytes


def _most(notes: int) -> int:
    return ROOM + notes // SHARE


def _again(base: Base, now: Snapshot, root: Path, limits: Limits, room: Room) -> _Found | None:
    """The reading of the folder as it is now, of what was kept; None where all has to be read."""
    looked = now.changed_since(base.snapshot)
    if looked is None:
        return None
    head = packing.from_json(base.head)
    digests: dict[str, str] = head["digests"]
    room(head["counts"]["bytes"])
    changed = _changed(looked, now, root, digests, limits)
    if changed is None:
        return None
    files = list(changed.values())
    rows, bodies, records = base.ends(len(digests))
    order = {path: at for at, path in enumerate(digests)}
    changes: list[_Change] = []
    if files:
        headway.of(2 * len(files))
    for file in files:
        at = order[file.path]
        record = standing.record_in(base.records[records[at] : records[at + 1]])
        found = _changes(file, record, base, rows, limits) if record is not None else None
        if record is None or found is None:
            return None
        changes += found
        head["counts"]["bytes"] += len(file.data) - record.size
        digests[file.path] = hashlib.sha256(file.data).hexdigest()
    changes.sort(key=lambda change: change.at)
    below = any(change.at + change.items > after.at for change, after in pairwise(changes))
    if below or head["counts"]["bytes"] > limits.vault_bytes:
        return None  # one stands below the other, or the scan would have stopped
    lines = _lines(base, files, head, order) if files else base.lines
    packed = _packed(packing.as_json(head) if files else base.head, *_exchanged(base, rows, bodies, changes))
    return _Found(lines, packed, len(digests), list(changed), len(looked) - len(files))


def _changed(
    looked: Iterable[int], now: Snapshot, root: Path, digests: Mapping[str, str], limits: Limits
) -> dict[int, NoteFile] | None:
    """Of the files to look at those with other bytes, by their place in the snapshot; None where all has to be read."""
    changed: dict[int, NoteFile] = {}
    for at in looked:
        path = now.path(at)
        shown = printable(path) if path is not None else ""
        data = snapshot.bytes_of(root, path, limits) if path is not None else None
        if data is None or shown not in digests or len(changed) > _most(len(digests)):
            return None
        if hashlib.sha256(data).hexdigest() != digests[shown]:
            changed[at] = NoteFile(shown, data)
    return changed


def _changes(file: NoteFile, record: Record, base: Base, rows: Sequence[int], limits: Limits) -> list[_Change] | None:
    """The topics that a note tells of, told again; None where more than these would change."""
    problems: list[Problem] = []
    headway.at(file.path)
    note = note_in(file, limits, problems)
    if note is None:
        return None
    if standing.standing_of(note, problems, lists=record.lists, placed=record.placed) != record.standing:
        return None
    changes = []
    for topic in record.topics:
        draft = standing.told_again(note, topic)
        if draft is None:
            return None
        row = packing.from_json(bytes(base.rows[rows[topic.at] : rows[topic.at + 1]])[:-1])
        requires = tuple(Requirement(*each) for each in row[packing.REQUIRES])
        fitted, cut = bounds.fit([_alone(replace(draft.freeze(topic.source), requires=requires))], limits)
        if cut:
            return None
        taken = packing.flat(Reading(tuple(fitted)))
        told = b"".join(packing.as_json(each) + b"," for each in taken.rows)
        changes.append(_Change(topic.at, topic.items, told, b"".join(taken.bodies)))
    return changes


def _alone(item: Item) -> Roadmap:
    return Roadmap("", "", "", items=(item,))


def _exchanged(
    base: Base, rows: Sequence[int], bodies: Sequence[int], changes: Iterable[_Change]
) -> tuple[list[Piece], list[Piece]]:
    """The rows and the bodies, in pieces, with those of the changes in their places."""
    new_rows: list[Piece] = []
    new_bodies: list[Piece] = []
    at = 0
    for change in changes:
        new_rows += [base.rows[rows[at] : rows[change.at]], change.rows]
        new_bodies += [base.bodies[bodies[at] : bodies[change.at]], change.bodies]
        at = change.at + change.items
    new_rows.append(base.rows[rows[at] :])
    new_bodies.append(base.bodies[bodies[at] :])
    return new_rows, new_bodies


def _lines(base: Base, files: Sequence[NoteFile], head: dict[str, Any], order: Mapping[str, int]) -> Lines:
    """The lines that problems point at, with the texts that stand there now."""
    changed = {file.path for file in files}
    now = lines_of(files, [Problem(*row) for row in head["problems"][:QUOTED]])
    kept: Lines = [(path, line, text) for path, line, text in base.lines if path not in changed]
    return sorted([*kept, *now], key=lambda each: (order[each[0]], each[1]))
