"""What is kept of each note beside the reading, so that it can be told whether a change of it changes anything else.

A reading is made of its notes in two ways. Most of what a note says goes to the topics that are its own. Some of it is
seen by the rest: its names by links, its id, whether it draws an outline. The digest of that is its standing. A note
of the same standing leaves everything as it is but its own topics. A note that others saw more of (a map, a README, a
page that speaks of its module) has none: when such a one changes, all is read anew.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from roadmap.notes import followed, packing
from roadmap.notes.files import NoteFile
from roadmap.notes.followed import Before
from roadmap.notes.items import Problem
from roadmap.notes.navigation.folders import POSITIONS
from roadmap.notes.navigation.summary import NAMES
from roadmap.notes.note import PARTLY_LISTED, Note
from roadmap.notes.outline.draft import Draft
from roadmap.notes.vault import Vault

Places = Mapping[int, tuple[int, str]]
"""id() of an item -> (which item of the reading it is, the source of its roadmap)."""
_CALLED: Final = ("title", "aliases", "id")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that a note told of."""

    at: int
    """Which item of the reading it is."""
    items: int
    """It and those below it."""
    before: Before
    source: str
    """That of its roadmap."""
    seen: str


@dataclass(frozen=True, slots=True)
class Record:
    standing: str
    lists: bool
    """Whether it was asked if it is a list."""
    placed: bool
    """Whether a topic stands at the first line of its text."""
    size: int
    """Bytes of the note."""
    topics: list[Topic]


def standing_of(note: Note, problems: Sequence[Problem], *, lists: bool, placed: bool) -> str:
    """The standing of a note of which the same is asked; empty where it has none."""
    name = note.source.rpartition("/")[2]
    if note.opened or note.is_index or name in NAMES or note.lists_notes or note.draws_map:
        return ""
    told = (
        [getattr(note, each) for each in _CALLED],
        note.lines.get("id", 1) if note.id else 0,
        note.listed_share >= PARTLY_LISTED,
        note.is_list if lists else None,
        [(key, note.fields.get(key)) for key in POSITIONS],
        note.body_line if placed else 0,
        list(problems),
    )
    return blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def records_of(vault: Vault, files: Sequence[NoteFile]) -> Iterator[bytes]:
    """Of each file what `record_in` reads: nothing for files that are no notes, and for notes without a standing."""
    places = dict(_places(vault))
    cut = {problem.line for problem in vault.traces.cut}
    notes = {note.source: note for note in vault.notes}
    for file in files:
        note = notes.get(file.path)
        said = vault.traces.said.get(file.path, ())
        yield _record(note, said, len(file.data), places, cut) if note is not None else b""


def _places(vault: Vault) -> Iterator[tuple[int, tuple[int, str]]]:
    at = 0
    for root, source in vault.traces.roots:
        for item in root.items:
            for each in item.walk():
                yield id(each), (at, source)
                at += 1


def _record(note: Note, said: Sequence[Problem], size: int, places: Places, cut: Container[int]) -> bytes:
    """`cut`: lines of what was too long, so that the problems say so; which items these are does not matter."""
    told = note.told or []
    topics = [each.topic for each in told]
    if "draws_map" not in note.__dict__ and note.may_be_map:
        return b""  # nobody asked, and to find out takes as long as reading it
    if not all(each.seen and id(each.topic) in places for each in told) or len(set(map(id, topics))) < len(topics):
        return b""
    if cut and any(each.line in cut for topic in topics for each in topic.walk()):
        return b""
    lists = "is_list" in note.__dict__
    placed = any(topic.source == note.source for topic in topics)
    standing = standing_of(note, said, lists=lists, placed=placed)
    if not standing:
        return b""
    rows = []
    for each in told:
        at, source = places[id(each.topic)]
        below: list[packing.Row] = []
        bodies: list[bytes] = []
        packing.row_of(each.before.item, below, bodies)
        body = b"".join(bodies).decode("utf-8", "surrogatepass")
        count = sum(1 for _ in each.topic.walk())
        rows.append([at, count, below, body, each.before.unsaid, source, each.seen])
    return packing.as_json([standing, lists, placed, size, rows])


def record_in(data: bytes | memoryview) -> Record | None:
    """What was kept of a note; None where it has no standing."""
    if not data:
        return None
    standing, lists, placed, size, rows = packing.from_json(data)
    return Record(standing, lists, placed, size, list(map(_topic, rows)))


def _topic(row: list[Any]) -> Topic:
    at, items, rows, body, unsaid, source, seen = row
    before = Before(packing.items_of(rows, body.encode("utf-8", "surrogatepass"))[0], unsaid)
    return Topic(at, items, before, source, seen)


def told_again(note: Note, topic: Topic) -> Draft | None:
    """What a note of the same standing tells of the topic; None where the rest of the reading would see it."""
    draft = followed.again(topic.before)
    note.told = []
    note.describe(draft)
    return draft if note.told[-1].seen == topic.seen else None
