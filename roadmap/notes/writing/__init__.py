"""An edit of one field of one topic, written back to the notes it was read from. Pure: bytes in, bytes out.

Several ways to write it are tried, the one that changes least first. For each the notes are read again in memory; only
if they then say everything as before, and the one field as asked, it is the answer. What no way expresses is refused
with the reason. So nothing here has to be trusted: neither the search for the place, nor the escaping.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from roadmap.notes import reading as reader
from roadmap.notes.files import NoteFile, Scan
from roadmap.notes.items import Item, Reading
from roadmap.notes.vault import Vault
from roadmap.notes.writing import escaping, front, linked, lists, marks, proof, text, words
from roadmap.notes.writing.glyphs import of_block
from roadmap.notes.writing.page import Edit, Page
from roadmap.notes.writing.places import Place, blocks_at, places
from roadmap.notes.writing.proof import FIELDS
from roadmap.notes.writing.refusals import NotWritableError
from roadmap.sentences import sentence

__all__ = ["FIELDS", "Asked", "NotWritableError", "Notes", "Written", "write"]

TRIED, FEWEST, READ = 48, 6, 48 << 20
"""Ways that are read again before it is given up: as many as these bytes of notes allow, but some."""
_GRAVE: Final = ("repaired", "reads-otherwise", "makes-a-problem", "changes-more", "overlapping", "unreadable")


@dataclass(frozen=True, slots=True)
class Notes:
    """All notes of a source, as they lie on disk, and what they say."""

    files: tuple[NoteFile, ...]
    folder: str
    """Name of the folder, by which a reader may call a roadmap."""
    reading: Reading
    roots: tuple[str, ...] = ()
    """Notes that draw the roadmaps, where somebody chose them."""

    @classmethod
    def of(cls, files: Sequence[NoteFile], folder: str, roots: Sequence[str] = ()) -> Notes:
        reading = reader.read_files(Scan(tuple(files)), folder, roots=roots)
        return cls(tuple(files), folder, reading, tuple(roots))

    def with_file(self, path: str, data: bytes) -> Notes:
        changed = [NoteFile(file.path, data) if file.path == path else file for file in self.files]
        return Notes.of(changed, self.folder, self.roots)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be written: a field of the topic that stands at a line of a file, as that was read."""

    source: str
    line: int
    title: str
    field: str
    """One of FIELDS."""
    old: Any
    """As the notes say it: text, hours or None, yes or no, titles, `Resource`s, `Requirement`s."""
    new: Any


@dataclass(frozen=True, slots=True)
class Written:
    """One file as it would be, and the notes with it."""

    path: str
    before: bytes
    after: bytes
    notes: Notes


def write(notes: Notes, asked: Asked) -> Written:
    """The file that says it, and nothing else otherwise. Raise NotWritableError with the reason."""
    if asked.field not in FIELDS:
        message = sentence("Notes have no place for “%(field)s”.", field=asked.field)
        raise NotWritableError("no-such-field", message)
    at = proof.mentions(notes.reading, asked.source, asked.line, asked.title)
    every = proof.topics(notes.reading)
    mentions = [every[index] for index in at]
    told = proof.value(mentions, asked.field)
    old, new = (proof.wanted(asked.field, value, asked.title) for value in (asked.old, asked.new))
    if not proof.same(asked.field, told, old):
        message = sentence(
            "The notes do not say of its %(name)s what they said when they were read.", name=proof.CALLED[asked.field]
        )
        raise NotWritableError("not-as-read", message)
    if proof.same(asked.field, old, new):
        raise NotWritableError("said-already", sentence("The notes say so already."))
    pages = _pages(notes)
    vault = Vault(list(reader.notes_of(notes.files)), notes.folder)
    reasons: list[NotWritableError] = []
    tried: set[tuple[str, bytes]] = set()
    most = max(FEWEST, min(TRIED, READ // max(1, sum(len(file.data) for file in notes.files))))
    calling = [item for item in every if asked.field == "title" and any(r.title == old for r in item.requires)]
    for place in places(pages, vault, mentions):
        for edits in _with_mentions(place, candidates(place, asked.field, old, new), calling, old, new):
            if len(tried) >= most:
                break
            try:
                after = place.page.written(edits)
                if (place.page.source, after) in tried or after == place.page.data:
                    continue
                tried.add((place.page.source, after))
                written = notes.with_file(place.page.source, after)
                proof.prove(notes.reading, written.reading, at, asked.field, new)
            except NotWritableError as refused:
                reasons.append(refused)
            else:
                return Written(place.page.source, place.page.data, after, written)
    raise _reason(asked, reasons)


def _with_mentions(
    place: Place, found: Iterator[tuple[Edit, ...]], calling: Sequence[Item], old: Any, new: Any
) -> Iterator[tuple[Edit, ...]]:
    """Ways to write a title, each with what requires the topic by it: where that stands in the same file."""
    if not calling:
        yield from found
        return
    page = place.page
    for edits in found:
        yield edits
        for way in range(2 if new != next(islice(escaping.inline(new), 1, 2), new) else 1):
            more = [_mention(page, item, old, new, way) for item in calling if item.source == page.source]
            if len(more) == len(calling) and all(more):
                yield (*edits, *(edit for edit in dict.fromkeys(more) if edit is not None and edit not in edits))


def _mention(page: Page, item: Item, old: str, new: str, way: int) -> Edit | None:
    """Where an item names what it requires: the last time that its lines say so."""
    for block in blocks_at(page, item):
        place = Place(page, block, item.title)
        runs = [run for run in [*place.lines, *(of_block(page, below) for below in place.items)] if old in run.text]
        if runs:
            first, last = list(runs[-1].find(old))[-1]
            return Edit(
                *runs[-1].span(first, last), list(islice(escaping.inline(new, cell=runs[-1].cell), way + 1))[-1]
            )
    return None


def candidates(place: Place, field: str, old: Any, new: Any) -> Iterator[tuple[Edit, ...]]:
    """Ways to write the field at a place, the one that changes least first."""
    if field == "title":
        if place.own:
            yield from front.set_text(place.page, ("title",), new, make=False)
        for run in place.lines:
            yield from words.changed(run, old, new)
        if place.own:
            yield from front.set_text(place.page, ("title",), new)
    elif field == "summary":
        yield from _summary(place, old, new)
    elif field == "hours":
        yield from marks.hours(place, old, new)
    elif field == "optional":
        yield from marks.optional(place, new)
    elif field == "details":
        yield from marks.details(place, old, new)
        yield from lists.points(place, old, new)
    elif field == "body":
        yield from text.body(place, old, new)
    else:
        ways = {
            "steps": lists.steps,
            "aliases": linked.aliases,
            "resources": linked.resources,
            "requires": linked.requires,
        }
        yield from ways[field](place, old, new)  # type: ignore[operator]  # each takes what its field has


def _summary(place: Place, old: str, new: str) -> Iterator[tuple[Edit, ...]]:
    names = ("summary", "description")
    if old:
        if place.own:
            yield from front.set_text(place.page, names, new, make=False)
            return
        runs = [*place.lines, *(run for block in place.items[:12] for run in [of_block(place.page, block)])]
        for run in runs:
            yield from words.changed(run, old, new) if new else words.taken_out(run, old)
    elif place.own:
        yield from front.set_text(place.page, names, new)
    else:
        yield from words.cells_filled(place, new)
        if place.first_line is not None:
            yield from words.summary_put_in(place.first_line, place.title, new)


def _pages(notes: Notes) -> dict[str, Page]:
    found: dict[str, Page] = {}
    for file in notes.files:
        try:
            found[file.path] = Page(file.path, file.data)
        except NotWritableError:
            continue
    return found


def _reason(asked: Asked, reasons: Sequence[NotWritableError]) -> NotWritableError:
    """Of all that stood in the way, the one that tells most; that of the first way where several do."""
    for code in _GRAVE:
        found = next((reason for reason in reasons if reason.code == code), None)
        if found is not None:
            return found
    if asked.field == "body":
        message = sentence("Its text has no place of its own in the notes: no note is only about it.")
    else:
        message = sentence(
            "There is no one place in the notes that says its %(name)s and could say it otherwise.",
            name=proof.CALLED[asked.field],
        )
    return NotWritableError("no-place", message)
