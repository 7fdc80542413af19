"""Ids put into notes: a block id behind the line of a topic, or `id:` in the front matter of its own note. Pure.

Nothing here is trusted: each file is read again with its ids in it, and must then say everything as before, with the
ids. What does not is found by halving, tried in other ways, and in the end left without an id, with the reason.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Final

from roadmap.notes import reading as reader
from roadmap.notes import vocabulary
from roadmap.notes.blocks import Block
from roadmap.notes.files import NoteFile
from roadmap.notes.items import Item, Reading
from roadmap.notes.outline.lists import lead_span
from roadmap.notes.outline.sections import item_spans
from roadmap.notes.vault import Vault
from roadmap.notes.writing import Notes, front, proof
from roadmap.notes.writing.glyphs import runs
from roadmap.notes.writing.page import Edit, Page
from roadmap.notes.writing.places import blocks_at
from roadmap.notes.writing.refusals import NotWritableError
from roadmap.sentences import Sentence, sentence

READ: Final = 16 << 20
"""Bytes of notes that are read again, all in all, to find which of a file's ids do not fit where some do not."""
_MORE: Final = "changes-more"
_PLAIN: Final = tuple(f.name for f in fields(Item) if f.name not in {"id", "line", "items", "rule"})
_TRAILING: Final = re.compile(r"(?:\s*<!--.*?-->|\s+#+)+\s*$")
_SHARED: Final = {
    "chain": sentence("It is one of several topics of one line (an arrow chain); give it a line of its own."),
    **dict.fromkeys(
        ("diagram-node", "mind-map", "time-line"),
        sentence("It stands in a Mermaid chart, which has no room for ids; list it under a heading as well."),
    ),
    "navigation-planned": sentence("The page that the navigation names is not there; write it first."),
    "json-entry": sentence("It stands in a JSON file; give it an `id` there."),
}
_HTML: Final = re.compile(
    r"[ \t]*</?(?:table|tbody|thead|tr|t[dh]|[uo]l|li|h[1-6]|div|p|details|summary|dl|dt)\b", re.I
)
_FILES: Final = frozenset({"lesson-file", "navigation-page"})
"""Rules by which a whole note is the topic."""
SEVERAL: Final = sentence("Several topics stand on this line; give each a line of its own.")
HTML: Final = sentence("It stands in raw HTML, where no id is read; write it as Markdown.")
NO_ROOM: Final = sentence("No id on this line would be read back as one; rewrite the line more plainly.")
TOO_LARGE: Final = sentence("The notes are too large to try where an id fits; split them.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic without an id, and the one it is to have. `mentions` are those of one reading, the first one first."""

    mentions: tuple[Item, ...]
    id: str


@dataclass(frozen=True, slots=True)
class Put:
    """An id that has its place."""

    wanted: Wanted
    path: str
    line: int
    """Of the file as it was; 0 for its front matter."""


@dataclass(frozen=True, slots=True)
class Skipped:
    item: Item
    why: Sentence
    """A sentence."""


@dataclass(slots=True)
class Identified:
    """The notes with ids, in memory."""

    notes: Notes
    put: list[Put] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    before: dict[str, bytes] = field(default_factory=dict)
    """Path -> bytes, of the files that would change."""

    @property
    def after(self) -> dict[str, bytes]:
        return {file.path: file.data for file in self.notes.files if file.path in self.before}


@dataclass(slots=True)
class _Spot:
    """Ways to give one topic its id in one file, the first one first."""

    wanted: Wanted
    line: int
    ways: list[tuple[Edit, ...]]


def put_ids(notes: Notes, wanted: Sequence[Wanted]) -> Identified:
    """Give each topic its id where it stands; everything else in the notes stays as it is, byte for byte."""
    done = Identified(notes)
    spots: dict[str, list[_Spot]] = defaultdict(list)
    finding = _Finding(notes, wanted)
    for each in wanted:
        found = finding.spot(each)
        if isinstance(found, str):
            done.skipped.append(Skipped(each.mentions[0], found))
        else:
            spots[found[0]].append(found[1])
    budget = [READ]
    for path, here in spots.items():
        page = finding.pages[path]
        trial = _Trial(page, notes.folder, budget)
        kept = trial.settle(here)
        if kept:
            done.before[path] = page.data
            done.notes = _with(done.notes, path, trial.written(kept))
        for spot in here:
            if id(spot) in trial.refused:
                done.skipped.append(Skipped(spot.wanted.mentions[0], trial.refused[id(spot)]))
            else:
                done.put.append(Put(spot.wanted, path, spot.line))
    if done.before:
        done.notes = Notes.of(done.notes.files, notes.folder, notes.roots)
        _prove(notes.reading, done.notes.reading, {put.wanted.id for put in done.put})
    return done


def _with(notes: Notes, path: str, data: bytes) -> Notes:
    """As `Notes.with_file`, without reading them."""
    files = tuple(NoteFile(file.path, data) if file.path == path else file for file in notes.files)
    return Notes(files, notes.folder, notes.reading, notes.roots)


class _Finding:
    """Where the topics of a reading could have an id."""

    def __init__(self, notes: Notes, wanted: Sequence[Wanted]) -> None:
        self.notes = notes
        self.vault = Vault(list(reader.notes_of(notes.files)), notes.folder)
        self.sources = {note.source: note for note in self.vault.notes}
        self.roots = {path.source for path in notes.reading.paths}
        self.files = {file.path: file.data for file in notes.files}
        self.pages: dict[str, Page] = {}
        self.on_line = Counter(spot for each in wanted for spot in {(m.source, m.line) for m in each.mentions})
        self.owners: dict[str, set[str]] = defaultdict(set)
        for item in proof.topics(notes.reading):
            if (own := self.own(item)) is not None:
                self.owners[own].add(vocabulary.fold(item.title))

    def page(self, path: str) -> Page | None:
        if path not in self.pages:
            try:
                self.pages[path] = Page(path, self.files[path])
            except (NotWritableError, KeyError):
                return None
        return self.pages[path]

    def own(self, item: Item) -> str | None:
        """The note that is only about this topic."""
        holder = self.sources.get(item.source)
        if holder is None or item.kind != "topic":
            return None
        note = holder if item.rule in _FILES else self.vault.note_of(item, holder)
        return None if note is None or note.source in self.roots else note.source

    def spot(self, wanted: Wanted) -> tuple[str, _Spot] | Sentence:
        """(file, ways), or why there is none."""
        for item in wanted.mentions:
            own = self.own(item)
            page = self.page(own) if own is not None and len(self.owners[own]) == 1 else None
            if own is not None and page is not None and (ways := list(front.set_text(page, ("id",), wanted.id))):
                return own, _Spot(wanted, 0, ways)
        why = NO_ROOM
        for item in wanted.mentions:
            if self.on_line[item.source, item.line] > 1 or item.rule in _SHARED:
                why = _SHARED.get(item.rule, SEVERAL)
                continue
            page = self.page(item.source)
            if page is not None and any(_HTML.match(page.text, page.at(b.start)) for b in blocks_at(page, item)):
                why = HTML
                continue
            ways = list(_behind(page, item, wanted.id)) if page is not None and item.rule not in _FILES else []
            if ways:
                return item.source, _Spot(wanted, item.line, ways)
        return why


def _behind(page: Page, item: Item, name: str) -> Iterator[tuple[Edit, ...]]:
    """Ways to put an id behind a topic's line: at the end of its text, of its first line, or as a comment."""
    for block in blocks_at(page, item):
        if block.kind == "row":
            yield from _in_row(page, block, item, name)
            continue
        if item.rule == "wiki-link" and block.kind == "item":
            lead = lead_span(item_spans(block))
            if lead is None or lead.kind != "wiki":
                continue
        start, end = page.at(block.start), page.at(_end_of_text(block))
        text = page.text[start:end].rstrip()
        first = text.split("\n", 1)[0]
        for line in dict.fromkeys([text, first] if block.kind == "item" else [first]):
            at = start + len(_TRAILING.sub("", line)) if "\n" not in line else start + len(line.rstrip())
            yield (Edit(at, at, f" ^{name}"),)
        at = start + len(_TRAILING.sub("", first))
        yield (Edit(at, at, f" <!-- id: {name} -->"),)


def _end_of_text(block: Block) -> int:
    """Where the text of a list item or heading itself ends, in bytes."""
    if block.kind != "item" or not block.children:
        return block.end
    first = block.children[0]
    below = [child.start for child in block.children[1:] if child.start > block.start]
    return min([first.end if first.end > block.start else block.end, *below])


def _in_row(page: Page, row: Block, item: Item, name: str) -> Iterator[tuple[Edit, ...]]:
    """At the end of the cell that names the row."""
    cells = [runs(page, cell.start, cell.end, cell=True) for cell in row.children]
    named = [run for run in cells if item.title in run.text] or [run for run in cells if run.text.strip()]
    for run in named[:2]:
        text = page.text[run.start : run.end]
        at = run.start + len(text.rstrip().removesuffix("|").rstrip())
        yield (Edit(at, at, f" ^{name}"),)
        yield (Edit(at, at, f" <!-- id: {name} -->"),)


class _Trial:
    """One file read again and again until all ids in it are ones that it can have."""

    def __init__(self, page: Page, folder: str, budget: list[int]) -> None:
        self.page, self.folder, self.budget = page, folder, budget
        self.chosen: dict[int, tuple[Edit, ...]] = {}
        self.refused: dict[int, Sentence] = {}
        self.alone = self._read(page.data)

    def settle(self, spots: Sequence[_Spot]) -> list[_Spot]:
        """The spots that hold, each with the way that does; those that do not are in `refused`, with the reason."""
        kept = self._halved(list(spots))
        if kept and not self._holds(kept):  # together they do not, though each does
            for spot in kept:
                self.refused[id(spot)] = NO_ROOM
            return []
        return kept

    def written(self, spots: Sequence[_Spot]) -> bytes:
        return self.page.written(edit for spot in spots for edit in self._way(spot))

    def _way(self, spot: _Spot) -> tuple[Edit, ...]:
        return self.chosen.get(id(spot), spot.ways[0])

    def _halved(self, spots: list[_Spot]) -> list[_Spot]:
        if self._holds(spots):
            return spots
        self.budget[0] -= len(self.page.data)
        if len(spots) > 1 and self._may_try():
            middle = len(spots) // 2
            return self._halved(spots[:middle]) + self._halved(spots[middle:])
        for spot in spots if len(spots) == 1 else ():
            for way in spot.ways[1:]:
                self.chosen[id(spot)] = way
                if self._may_try() and self._holds(spots):
                    return spots
                self.budget[0] -= len(self.page.data)
        self.refused.update((id(spot), self._why(spot)) for spot in spots)
        return []

    def _may_try(self) -> bool:
        return self.budget[0] >= len(self.page.data)

    def _why(self, spot: _Spot) -> Sentence:
        if not self._may_try():
            return TOO_LARGE
        try:
            self.page.written(spot.ways[0])
        except NotWritableError as refused:
            return refused.message
        return NO_ROOM

    def _holds(self, spots: Sequence[_Spot]) -> bool:
        try:
            now = self._read(self.written(spots))
            _prove(self.alone, now, {spot.wanted.id for spot in spots}, alone=True)
        except NotWritableError:
            return False
        shown = {item.id for item in proof.topics(now)} | {path.id for path in now.paths}
        return all(spot.wanted.id in shown for spot in spots)

    def _read(self, data: bytes) -> Reading:
        return Notes.of([NoteFile(self.page.source, data)], self.folder).reading


def _prove(old: Reading, new: Reading, ids: set[str], *, alone: bool = False) -> None:
    """Raise NotWritableError unless `new` is `old` but for items, and notes read alone, that now have one of `ids`."""
    if len(old.paths) != len(new.paths):
        raise NotWritableError(_MORE, sentence("With ids in them, the notes would hold other roadmaps."))
    for was, is_ in zip(old.paths, new.paths, strict=True):
        same = ("title", "slug", "source", "summary") + (() if alone else ("id", "meta"))
        if any(getattr(was, name) != getattr(is_, name) for name in same):
            raise NotWritableError(_MORE, sentence("It would change the roadmap “%(title)s”, too.", title=was.title))
    before = [item for path in old.paths for item in _walk(path.items)]
    after = [item for path in new.paths for item in _walk(path.items)]
    if len(before) != len(after):
        raise NotWritableError(_MORE, sentence("Other lines would be read as something else."))
    for one, other in zip(before, after, strict=True):
        if any(getattr(one, name) != getattr(other, name) for name in _PLAIN) or len(one.items) != len(other.items):
            raise NotWritableError(_MORE, sentence("“%(title)s” would be read otherwise.", title=one.title))
        if one.id != other.id and (one.id or other.id not in ids or other.kind != "topic"):
            raise NotWritableError(_MORE, sentence("“%(title)s” would have another id.", title=one.title))
    proof.no_new_problems(old, new)


def _walk(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _walk(item.items)
