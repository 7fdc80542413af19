"""A reading as it is kept: the outline, and of each note what is needed to read it again alone.

64 bytes  the version of the reader, in hex          32 bytes  SHA-256 of all that follows
then three parts, each with its length in 8 bytes before it:
  head     JSON, see `Head`
  notes    JSON of each note, one behind the other; the head says how long each is
  reading  `packing.pack` of the reading, its problems and digests left out, since the head has them
"""

from __future__ import annotations

import hashlib
import pathlib
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from importlib import metadata
from itertools import chain
from typing import Any, Final

import roadmap.notes
from roadmap.notes import packing
from roadmap.notes.drawing import PARTLY_LISTED, is_map
from roadmap.notes.files import Scan, Stamp
from roadmap.notes.items import Item, Path, Problem, Reading, Requirement, Resource
from roadmap.notes.note import Note, Told
from roadmap.notes.outline.draft import Draft
from roadmap.notes.packing import Row
from roadmap.notes.reading import Traced, by_severity

_LENGTH: Final = struct.Struct(">Q")
_LIBRARIES: Final = ("pyromark", "pyyaml", "python-frontmatter", "ftfy")
_OLD_ENOUGH: Final = 2_000_000_000
"""Nanoseconds: a file that changed so shortly before it was looked at may change again and bear the same time."""


_FIELDS: Final = [each.name for each in fields(Draft)]
_ROWS: Final = {_FIELDS.index("resources"): Resource, _FIELDS.index("requires"): Requirement}
_ITEMS, _META = _FIELDS.index("items"), _FIELDS.index("meta")


class UnusableError(Exception):
    """What is kept is damaged, of another version, or not ours."""


@dataclass(slots=True)
class Snapshot:
    """What was read, taken apart as far as it is needed."""

    head: dict[str, Any]
    """notes: [path, SHA-256, bytes, length of its JSON, stamp]; folders: [path, stamp]; scan, of_notes, of_all:
    problems; lists, by_files, plain: see `Known`."""
    notes: bytes
    reading: bytes

    @property
    def problems(self) -> tuple[Problem, ...]:
        head = self.head
        rows = chain(head["scan"], *head["of_notes"].values(), *head["of_all"])
        return by_severity(Problem(*row) for row in rows)

    def known(self, wanted: set[str]) -> dict[str, Row | None]:
        """What is kept of these notes; None for one that cannot be read again alone."""
        found: dict[str, Row | None] = {}
        at = 0
        for row in self.head["notes"]:
            length = row[3]
            if row[0] in wanted:
                found[row[0]] = packing.from_json(self.notes[at : at + length]) if length else None
            at += length
        return found


@lru_cache(maxsize=1)
def version() -> str:
    """Of the code that reads: another one may see something else in the same notes. 64 hex digits."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for name in _LIBRARIES:
        digest.update(f"{name} {metadata.version(name)}".encode())
    root = pathlib.Path(roadmap.notes.__file__).parent
    for file in sorted(root.rglob("*.py")):
        digest.update(file.relative_to(root).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def encode(found: Scan, traced: Traced) -> bytes:
    """What is kept of a reading; `decode` takes it apart."""
    known = dict(_known(traced))
    notes, blob = [], []
    for file in found.files:
        row = known.get(file.path)
        told = packing.as_json(row) if row is not None else b""
        blob.append(told)
        digest = traced.reading.digests[file.path]
        notes.append([file.path, digest, len(file.data), len(told), settled(file.stamp)])
    head = {
        "notes": notes,
        "folders": [[path, settled(stamp)] for path, stamp in found.folders],
        "scan": [packing.row_of(problem) for problem in found.problems],
        "of_notes": {path: list(map(packing.row_of, own)) for path, own in traced.of_notes.items()},
        "of_all": [list(map(packing.row_of, those)) for those in traced.of_all],
        "lists": traced.vault.lists,
        "by_files": not traced.vault.outlines,
        "plain": not traced.of_all[1] and not traced.of_all[2] and len(known) > 0,
    }
    reading = packing.pack(replace(traced.reading, problems=(), digests={}))
    parts = [packing.as_json(head), b"".join(blob), reading]
    rest = b"".join(piece for part in parts for piece in (_LENGTH.pack(len(part)), part))
    return version().encode() + hashlib.sha256(rest).digest() + rest


def decode(data: bytes) -> Snapshot:
    """Raise UnusableError."""
    view = memoryview(data)
    if bytes(view[:64]) != version().encode():
        raise UnusableError("made by another version")
    if hashlib.sha256(view[96:]).digest() != bytes(view[64:96]):
        raise UnusableError("damaged")
    parts, at = [], 96
    try:
        for _ in range(3):
            (length,) = _LENGTH.unpack_from(data, at)
            parts.append(bytes(view[at + _LENGTH.size : at + _LENGTH.size + length]))
            at += _LENGTH.size + length
        return Snapshot(packing.from_json(parts[0]), parts[1], parts[2])
    except (ValueError, TypeError, KeyError, struct.error) as error:
        raise UnusableError("damaged") from error


def reading_of(snapshot: Snapshot, changes: dict[str, Any] | None = None) -> Reading:
    """The reading that is kept, with the changed notes (see `changing.changes`) read into it. Raise UnusableError."""
    changes = changes or {}
    head = snapshot.head
    try:
        told, bodies = packing.parted(snapshot.reading)
        taken = packing.Bodies(bodies)
        more = 0
        for path, change in changes.items():
            head["of_notes"][path] = change["problems"]
            for location, row in change["items"]:
                _put(told["paths"], location, row)
            more += change["more"]
        if changes:  # the order in which the files lie
            of_notes = head["of_notes"]
            head["of_notes"] = {row[0]: of_notes[row[0]] for row in head["notes"] if row[0] in of_notes}
        counts = told["counts"]
        counts["bytes"] += more
        digests = {row[0]: changes[row[0]]["digest"] if row[0] in changes else row[1] for row in head["notes"]}
        paths = tuple(packing.made(Path, row, taken) for row in told["paths"])
        return Reading(paths, snapshot.problems, counts, digests)
    except (ValueError, TypeError, KeyError, IndexError, struct.error) as error:
        raise UnusableError("damaged") from error


def _put(paths: list[Row], location: list[int], row: Row) -> None:
    """Put an item in the place of the one that was there. Its body is text; the one before it is passed over."""
    items = paths[location[0]][packing.ITEMS]
    for at in location[1:-1]:
        items = items[at][packing.BELOW]
    old = items[location[-1]]
    row[packing.REQUIRES] = old[packing.REQUIRES]  # the same as stated before, so the same that answers them
    row[packing.BODY][0] = _bytes_of(old)
    items[location[-1]] = row


def _bytes_of(row: Row) -> int:
    """How many bytes of bodies an item and those below it take up."""
    return int(row[packing.BODY]) + sum(_bytes_of(each) for each in row[packing.BELOW])


def settled(stamp: Stamp) -> Stamp:
    """A stamp that can be relied on; an empty one where the file changed only just."""
    return () if not stamp or max(stamp[1], stamp[2]) > time.time_ns() - _OLD_ENOUGH else stamp


# What is kept of a note: [shell, told]. The shell is all that other notes and the outline as a whole see of it.


def _known(traced: Traced) -> Iterator[tuple[str, Row]]:
    """The notes that can be read again alone: no outline, and read into topics that were only theirs."""
    vault = traced.vault
    places = _places(vault.drawn)
    doubled = {id(told.topic) for note in vault.notes for told in note.told if told.before.described}
    if doubled:
        return
    for note in vault.notes:
        if note.source in vault.outlines or note.is_index or note.lists_notes or is_map(note):
            continue
        rows = [_told(told, places, traced.reading) for told in note.told]
        if all(row is not None for row in rows):
            yield note.source, [shell_of(note, by_files=not vault.outlines), rows]


def shell_of(note: Note, *, by_files: bool) -> Row:
    listed = note.listed_share >= PARTLY_LISTED
    return [note.id, note.title, note.aliases, listed, note.body_line if by_files else 0]


def _told(told: Told, places: dict[int, tuple[int, ...] | None], reading: Reading) -> Row | None:
    """A topic it was read into: where, what it was before, and what of it must stay as it is. None: read all anew."""
    place = places.get(id(told.topic))
    if place is None or len(place) < 2:
        return None
    item = _at(reading, place)
    if not plain_below(item):
        return None
    before, requires = draft_row(told.before), [packing.row_of(each) for each in told.requires]
    return [place, before, requires, seen_of(item), item.source]


def plain_below(item: Item) -> bool:
    """Whether only steps are below it, none of which anything refers to."""
    return all(
        step.kind == "step" and not step.requires and not step.id and not step.link and plain_below(step)
        for step in item.items
    )


def seen_of(item: Item) -> Row:
    """What other topics may see of it."""
    return [item.kind, item.title, list(item.aliases), item.link, item.id, item.planned]


def _at(reading: Reading, place: tuple[int, ...]) -> Item:
    items = reading.paths[place[0]].items
    for at in place[1:-1]:
        items = items[at].items
    return items[place[-1]]


def _places(roots: list[Draft]) -> dict[int, tuple[int, ...] | None]:
    """id of a draft -> the way to it; None where it hangs in two places."""
    places: dict[int, tuple[int, ...] | None] = {}
    todo: list[tuple[Draft, tuple[int, ...]]] = [(root, (number,)) for number, root in enumerate(roots)]
    while todo:
        draft, place = todo.pop()
        places[id(draft)] = None if id(draft) in places else place
        todo += [(child, (*place, number)) for number, child in enumerate(draft.items)]
    return places


def draft_row(draft: Draft) -> Row:
    """The fields of a draft in their order; `draft_of` makes an equal one of them."""
    row: Row = [getattr(draft, name) for name in _FIELDS]
    for at in _ROWS:
        row[at] = [packing.row_of(each) for each in row[at]]
    row[_ITEMS] = [draft_row(each) for each in row[_ITEMS]]
    return row


def draft_of(row: Row) -> Draft:
    """The draft that a row was made of."""
    row = list(row)
    for at, made in _ROWS.items():
        row[at] = [made(*each) for each in row[at]]
    row[_ITEMS] = [draft_of(each) for each in row[_ITEMS]]
    row[_META] = [(key, value) for key, value in row[_META]]
    return Draft(*row)
