"""A folder of notes -> its roadmaps: which notes draw one, linked maps as modules, topic notes put in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from roadmap.notes import headway, requirements, vocabulary
from roadmap.notes.items import Path, Problem
from roadmap.notes.lessons import path_of_files
from roadmap.notes.note import Note
from roadmap.notes.outline.draft import Draft, copy_of
from roadmap.notes.vault import Vault, listed

MAX_EXPANDED: Final = 20_000
"""Items that linked maps may add to one roadmap: maps that link each other crosswise multiply."""
MAX_ABOVE: Final = 40
"""Maps within maps."""
MANY_LISTS: Final = 12
"""Beside maps, so many notes that are mere lists are still taken for roadmaps; more are a collection of notes."""
LISTED: Final = 0.6
PARTLY_LISTED: Final = 0.35
"""Share of a note's text that stands in lists and tables if the note is an outline and not a lesson. With several
modules of short names, the smaller one is enough."""


def paths_of(vault: Vault) -> list[Path]:
    """The roadmaps of a folder. Problems are added to the vault's."""
    roots, reached = _roots(vault)
    headway.of(2 * len(vault.notes))
    drawn = [_Drawing(vault, note).path() for note in roots]
    lessons = [note for note in vault.notes if note.source not in reached]
    if lessons and not drawn:
        drawn = [(path_of_files(vault.folder_name, lessons), None)]
    elif lessons:
        _report_unused(vault, lessons)
    vault.drawn = [root for root, _ in drawn]
    everything = requirements.Titles.of(item for root, _ in drawn for item in root.walk())
    paths: list[Path] = []
    slugs: set[str] = set()
    for root, note in drawn:
        source = note.source if note is not None else ""
        own = requirements.Titles.of(root.walk())
        for item in root.walk():
            vault.problems += requirements.resolve(item, own, everything, item.source or source)
        _report_planned(vault, root, source)
        _check(vault, root, source)
        slug = _unique(slug_of(root.title) or "roadmap", slugs)
        meta = tuple(note.meta.items()) if note is not None else ()
        items = tuple(item.freeze(source) for item in root.items)
        paths.append(Path(root.title, slug, source, root.summary, items, root.id, meta))
    return paths


Drawn = tuple[Draft, Note | None]


def _roots(vault: Vault) -> tuple[list[Note], set[str]]:
    """(notes that draw a roadmap of their own, sources of all notes that these roadmaps hold)."""
    if len(vault.notes) == 1:
        vault.outlines = {vault.notes[0].source}
        return list(vault.notes), {vault.notes[0].source}
    strong = [note for note in vault.notes if _is_strong(note, vault)]
    taken = set(map(id, strong))
    weak = [note for note in vault.notes if id(note) not in taken and note.listed_share >= PARTLY_LISTED]
    if strong and len(weak) > MANY_LISTS * 4:
        weak, vault.lists = [], "many"
    weak = [note for note in weak if is_list(note)]
    if strong and len(weak) > MANY_LISTS:
        weak, vault.lists = [], "some"
    taken.update(map(id, weak))
    outlines = [note for note in vault.notes if id(note) in taken]
    vault.outlines = {note.source for note in outlines}
    inside: dict[str, set[str]] = {}
    for note in outlines:
        for topic in note.outline.root.walk():
            target = vault.note_of(topic, note) if topic.kind == "topic" else None
            if target is not None and target is not note:
                inside.setdefault(note.source, set()).add(target.source)
    linked = {source for targets in inside.values() for source in targets}
    roots = [note for note in outlines if note.source not in linked]
    reached = _reached(roots, inside)
    for note in outlines:  # maps that only link each other: the first of each circle is a roadmap
        if note.source not in reached:
            roots.append(note)
            reached |= _reached([note], inside)
    order = {note.source: at for at, note in enumerate(vault.notes)}
    return sorted(roots, key=lambda note: order[note.source]), reached


def _is_strong(note: Note, vault: Vault) -> bool:
    """A map, a README that is an outline or a table of the notes around it, or a list of them."""
    if note.is_index:
        outline = note.outline
        topics = [item for item in outline.root.walk() if item.kind == "topic"]
        linked = sum(1 for topic in topics if vault.note_of(topic, note) is not None)
        carried = outline.is_map or outline.shape.carrier in {"rows", "boxes"} or linked * 2 >= len(topics)
        return bool(topics) and (carried or is_list(note))
    if note.lists_notes and not note.outline.is_map:
        topics = [item for item in note.outline.root.walk() if item.kind == "topic"]
        linked = sum(1 for topic in topics if vault.note_of(topic, note) is not None)
        return linked > 2 and (
            linked == len(topics) or (note.listed_share >= LISTED and linked * 10 >= len(topics) * 6)
        )
    return is_map(note) and note.outline.root.topics() > 1


def is_map(note: Note) -> bool:
    return note.may_be_map and note.outline.is_map


def is_list(note: Note) -> bool:
    """Mostly lists and tables: an outline, where a lesson is mostly prose."""
    if note.listed_share < PARTLY_LISTED or note.outline.shape.carrier == "headings":
        return False
    items = list(note.outline.root.walk())
    titles = [item.title for item in items if item.kind == "topic"]
    if note.listed_share >= LISTED:
        return len(titles) > 2
    modules = sum(1 for item in items[1:] if item.holds)
    return modules > 1 and len(titles) >= 8 and sum(len(t.split()) for t in titles) <= 6 * len(titles)


def _reached(roots: Iterable[Note], inside: dict[str, set[str]]) -> set[str]:
    """Sources of the notes that these roadmaps hold, themselves included."""
    seen: set[str] = set()
    todo = [note.source for note in roots]
    while todo:
        source = todo.pop()
        if source not in seen:
            seen.add(source)
            todo += inside.get(source, ())
    return seen


class _Drawing:
    """One roadmap in the making: the root note's outline with the notes it links put in."""

    def __init__(self, vault: Vault, note: Note) -> None:
        self.vault = vault
        self.note = note
        self.added = 0

    def path(self) -> Drawn:
        root = self.note.outline.root
        root.title = self.note.shown_title(self.vault.folder_name)
        root.summary = self.note.summary
        root.id = self.note.id or root.id
        self.fill(root, [self.note])
        return root, self.note

    def fill(self, parent: Draft, above: list[Note]) -> None:
        """Put the linked notes into the topics below `parent`, which stand in the last note of `above`."""
        for item in parent.items:
            if item.holds:
                self.fill(item, above)
            elif item.kind == "topic" and (note := self.vault.note_of(item, above[-1])) is not None:
                self._linked(item, note, above)
            elif item.kind == "topic" and item.link:
                item.planned = True
                self.vault.planned.add(vocabulary.fold(item.link))

    def _linked(self, item: Draft, note: Note, above: list[Note]) -> None:
        if item.link and item.title == item.link and "/" in item.title:  # [[folder/note]] without a name of its own
            item.title = item.title.rpartition("/")[2] or item.title
        if note in above:
            if note is not above[-1]:
                circle = " → ".join(n.title or n.stem for n in [*above[above.index(note) :], note])
                message = f"These maps link in a circle: {circle}. It is cut here: the topic stays a topic."
                self.vault.problems.append(Problem(above[-1].source, item.line, "warning", "map-cycle", message))
        elif not (is_map(note) and note.outline.root.topics()):
            note.describe(item)
        elif self.added < MAX_EXPANDED and len(above) < MAX_ABOVE:
            self._module(item, note, above)

    def _module(self, item: Draft, note: Note, above: list[Note]) -> None:
        """A linked map becomes a module that holds what the map holds."""
        item.kind = "module"
        item.source = item.source or above[-1].source
        item.summary = item.summary or note.summary
        item.id = item.id or note.id
        item.items = [copy_of(child, note.source) for child in note.outline.items]
        self.added += sum(1 for _ in item.walk())
        self.fill(item, [*above, note])


def _report_unused(vault: Vault, notes: list[Note]) -> None:
    names = listed(note.source for note in notes)
    what = "1 note is" if len(notes) == 1 else f"{len(notes)} notes are"
    message = f"{what} in no roadmap: {names}. Link them from an outline or a map to use them."
    vault.problems.append(Problem(notes[0].source, 0, "info", "notes-unused", message))


def _report_planned(vault: Vault, root: Draft, source: str) -> None:
    missing = {vocabulary.fold(item.link): item.link for item in root.walk() if item.planned and item.link}
    if missing:
        what = "1 topic has" if len(missing) == 1 else f"{len(missing)} topics have"
        message = f"{what} no note yet: {listed(missing.values())}."
        vault.problems.append(Problem(source, 0, "info", "topics-planned", message))


def _check(vault: Vault, root: Draft, source: str) -> None:
    """Ids that two topics of different names share."""
    named: dict[str, Draft] = {}
    for item in root.walk():
        place = item.source or source
        if not item.id or item is root:
            continue
        other = named.setdefault(item.id, item)
        if vocabulary.fold(other.title) != vocabulary.fold(item.title):
            message = (
                f"The id {item.id!r} is that of both {other.title!r} and {item.title!r}. Give one of them another."
            )
            vault.problems.append(Problem(place, item.line, "error", "id-duplicate", message))


def slug_of(title: str) -> str:
    """A title as it may stand in an address: words of any script, joined by hyphens."""
    return "-".join(unicodedata.normalize("NFC", vocabulary.fold(title)).split())[:80].strip("-")


def _unique(slug: str, taken: set[str]) -> str:
    candidate, n = slug, 1
    while candidate in taken:
        n += 1
        candidate = f"{slug}-{n}"
    taken.add(candidate)
    return candidate
