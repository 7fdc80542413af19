"""A folder of notes -> roadmaps: links resolved across notes, linked maps as modules, topic notes as topics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

from roadmap.notes import links, requirements, vocabulary
from roadmap.notes.items import Path, Problem
from roadmap.notes.note import Note, name_of
from roadmap.notes.outline.draft import Draft

MANY: Final = 8
"""So many names a message lists before it says "and n more"."""
MAX_EXPANDED: Final = 20_000
"""Items that linked maps may add to one roadmap: maps that link each other crosswise multiply."""


@dataclass(slots=True)
class Vault:
    """The notes of one reading, and what was found out about their links."""

    notes: list[Note]
    folder_name: str
    problems: list[Problem] = field(default_factory=list)
    planned: set[str] = field(default_factory=set)
    by_name: dict[str, list[Note]] = field(default_factory=dict)
    by_title: dict[str, list[Note]] = field(default_factory=dict)
    by_path: dict[str, Note] = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)
    folders: dict[str, list[Note]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for note in self.notes:
            self.by_path[_path_key(note.source)] = note
            self.folders.setdefault(note.folder, []).append(note)
            self.by_name.setdefault(vocabulary.fold(note.stem), []).append(note)
            for name in {vocabulary.fold(n) for n in (note.title, *note.aliases)} - {"", vocabulary.fold(note.stem)}:
                self.by_title.setdefault(name, []).append(note)

    # Links

    def resolve(self, target: str, source: str, line: int) -> Note | None:
        """The note a wiki link names; None if it does not exist. An ambiguous name is reported once."""
        if "/" in target:
            folder = str(PurePosixPath(source).parent)
            for path in (target, f"{folder}/{target}"):
                if note := self.by_path.get(_path_key(path)):
                    return note
            suffix = "/" + _path_key(target)
            found = (
                [note for path, note in self.by_path.items() if path.endswith(suffix)] if len(self.notes) < 2000 else []
            )
            if len(found) == 1:
                return found[0]
            target = target.rpartition("/")[2]
        key = vocabulary.fold(target)
        found = self.by_name.get(key) or self.by_title.get(key) or []
        if len(found) > 1:
            near = [note for note in found if note.folder == str(PurePosixPath(source).parent).strip(".")]
            if len(near) == 1:
                return near[0]
            if key not in self.ambiguous:
                self.ambiguous.add(key)
                names = _listed(note.source for note in found)
                self.problems.append(
                    Problem(
                        source, line, "warning", "link-ambiguous", f"[[{target}]] may mean {names}; the first is taken."
                    )
                )
        return found[0] if found else None

    def relative(self, url: str, source: str) -> Note | None:
        """The note that a relative Markdown link leads to."""
        if links.is_external(url) or ":" in url.split("/", maxsplit=1)[0]:
            return None
        path = unquote(url.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0])
        parts: list[str] = [] if path.startswith("/") else list(PurePosixPath(source).parent.parts)
        for part in path.split("/"):
            if part == "..":
                if not parts:
                    return None
                parts.pop()
            elif part not in {"", "."}:
                parts.append(part)
        key = "/".join(parts)
        return self.by_path.get(_path_key(key)) or self.by_path.get(_path_key(f"{key}/README"))

    def note_of(self, topic: Draft, source: str) -> Note | None:
        """The note of a topic: what its wiki link or its relative link names."""
        if topic.link:
            return self.resolve(topic.link, source, topic.line)
        for resource in topic.resources:
            if resource.url and (note := self.relative(resource.url, source)) is not None:
                return note
        return None


def paths_of(vault: Vault) -> list[Path]:
    """The roadmaps of a folder. Problems are added to the vault's."""
    outlines = [note for note in vault.notes if _draws(note, vault)]
    linked: dict[str, list[Note]] = {}
    for note in outlines:
        for topic in note.outline.root.walk():
            if (
                topic.kind == "topic"
                and (target := vault.note_of(topic, note.source)) is not None
                and target is not note
            ):
                linked.setdefault(target.source, []).append(note)
    used = {s for s, by in linked.items() if by}
    roots = [note for note in outlines if note.source not in used]
    reached = _reached(roots, linked)
    for note in outlines:  # maps that only link each other: the first of each circle is a roadmap
        if note.source not in reached:
            roots.append(note)
            reached |= _reached([note], linked)
    roots.sort(key=vault.notes.index)
    drawn = [_Drawing(vault, note).path() for note in roots]
    lessons = [note for note in vault.notes if note.source not in reached and note not in roots]
    if lessons and not drawn:
        drawn = [_from_files(vault, lessons)]
    elif lessons:
        _report_lessons(vault, lessons)
    drawn = [(root, source, note) for root, source, note in drawn if root.items or len(vault.notes) == 1]
    everything = requirements.Titles.of(item for root, _, _ in drawn for item in root.walk())
    paths: list[Path] = []
    slugs: set[str] = set()
    for root, source, root_note in drawn:
        own = requirements.Titles.of(root.walk())
        for item in root.walk():
            vault.problems += requirements.resolve(item, own, everything, item.source or source)
        slug = _unique(slug_of(root.title) or slug_of(PurePosixPath(source).stem) or "roadmap", slugs)
        meta = tuple(root_note.meta.items()) if root_note is not None else ()
        paths.append(
            Path(root.title, slug, source, root.summary, tuple(i.freeze(source) for i in root.items), root.id, meta)
        )
    _report_planned(vault, drawn)
    return paths


Drawn = tuple[Draft, str, Note | None]


def _draws(note: Note, vault: Vault) -> bool:
    """Whether a note draws an outline of its own, rather than being one lesson among others."""
    if len(vault.notes) == 1 or note.is_index:
        return True
    if _is_lesson_file(note, vault):
        return False
    outline = note.outline
    return outline.root.topics() > 1 and outline.shape.carrier != "headings"


def _is_lesson_file(note: Note, vault: Vault) -> bool:
    """Files that are numbered beside each other (01-…, 02-…) are lessons, as are the notes of a folder of topics."""
    siblings = vault.folders[note.folder]
    numbered = sum(1 for other in siblings if re.match(r"\d{1,4}\D", other.stem))
    return numbered >= 3 and numbered * 10 >= len(siblings) * 6 and bool(re.match(r"\d{1,4}\D", note.stem))


def _reached(roots: Iterable[Note], linked: dict[str, list[Note]]) -> set[str]:
    """Sources of the notes that these roadmaps contain, themselves included."""
    inside: dict[str, set[str]] = {}
    for source, by in linked.items():
        for note in by:
            inside.setdefault(note.source, set()).add(source)
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
        root.summary = self.note.outline.summary
        root.id = self.note.id or root.id
        self.fill(root, self.note, [self.note])
        return root, self.note.source, self.note

    def fill(self, parent: Draft, holder: Note, above: list[Note]) -> None:
        """Put the linked notes into the topics below `parent`, which stand in the note `holder`."""
        for item in parent.items:
            if item.kind == "topic" and (note := self.vault.note_of(item, holder.source)) is not None:
                self._linked(item, note, holder, above)
            elif item.kind == "topic" and item.link:
                item.planned = True
                self.vault.planned.add(vocabulary.fold(item.link))
            elif item.holds:
                self.fill(item, holder, above)

    def _linked(self, item: Draft, note: Note, holder: Note, above: list[Note]) -> None:
        if note in above:
            if note is not holder:
                names = " → ".join(n.title or n.stem for n in [*above[above.index(note) :], note])
                self.vault.problems.append(
                    Problem(
                        holder.source,
                        item.line,
                        "warning",
                        "map-cycle",
                        f"These maps link in a circle: {names}. The circle is cut here.",
                    )
                )
            return
        if note.outline.is_map and note.outline.root.topics() and self.added < MAX_EXPANDED:
            self._module(item, note, above)
        else:
            note.describe(item)

    def _module(self, item: Draft, note: Note, above: list[Note]) -> None:
        """A linked map becomes a module that holds what the map holds."""
        inner = note.outline.root
        item.kind = "module"
        item.source = item.source or above[-1].source
        item.summary = item.summary or note.outline.summary
        item.id = item.id or note.id
        item.items = [_copy(child, note.source) for child in inner.items]
        self.added += sum(1 for _ in item.walk())
        self.fill(item, note, [*above, note])


def _copy(item: Draft, source: str) -> Draft:
    """A draft of its own: one map may be linked from several places."""
    return replace(
        item,
        source=item.source or source,
        items=[_copy(child, source) for child in item.items],
        details=list(item.details),
        resources=list(item.resources),
        requires=list(item.requires),
        aliases=list(item.aliases),
        related=list(item.related),
        meta=list(item.meta),
    )


def _from_files(vault: Vault, lessons: list[Note]) -> Drawn:
    """Rule 6: a folder of lessons: each file a topic, each folder with files a module."""
    root = Draft("module", name_of(vault.folder_name) or "Notes", 0)
    modules: dict[str, Draft] = {"": root}
    for note in lessons:
        holder = _folder_module(note.folder, modules, lessons)
        if note.is_index and note.folder:
            if note.title:
                holder.title = note.title
            holder.summary = holder.summary or note.outline.summary
            continue
        if note.is_index:
            root.title, root.summary = note.shown_title(vault.folder_name), note.outline.summary
            continue
        topic = Draft("topic", note.title or name_of(note.stem), note.body_line, source=note.source, link=note.stem)
        if number := re.match(r"(\d{1,4})\D", note.stem):
            topic.number = int(number[1])
        note.describe(topic)
        holder.items.append(topic)
    _drop_empty(root)
    return root, "", None


def _folder_module(folder: str, modules: dict[str, Draft], lessons: list[Note]) -> Draft:
    if folder not in modules:
        parent, _, name = folder.rpartition("/")
        module = Draft(
            "module", name_of(name), 0, source=next(n.source for n in lessons if n.folder.startswith(folder))
        )
        if number := re.match(r"(\d{1,4})\D", name):
            module.number = int(number[1])
        modules[folder] = module
        _folder_module(parent, modules, lessons).items.append(module)
    return modules[folder]


def _drop_empty(item: Draft) -> None:
    for child in item.items:
        _drop_empty(child)
    item.items = [child for child in item.items if not child.holds or child.items]


# Reports


def _report_lessons(vault: Vault, lessons: list[Note]) -> None:
    names = _listed(note.source for note in lessons)
    vault.problems.append(
        Problem(
            lessons[0].source,
            0,
            "info",
            "notes-unused",
            f"{len(lessons)} notes hold no outline and no outline links them: {names}. Link them from one to use them.",
        )
    )


def _report_planned(vault: Vault, drawn: list[Drawn]) -> None:
    for root, source, _ in drawn:
        missing: dict[str, str] = {}
        for item in root.walk():
            if item.kind == "topic" and item.link and vocabulary.fold(item.link) in vault.planned:
                missing.setdefault(vocabulary.fold(item.link), item.link)
        if missing:
            names = _listed(missing.values())
            what = "1 topic has no note yet" if len(missing) == 1 else f"{len(missing)} topics have no note yet"
            vault.problems.append(Problem(source, 0, "info", "topics-planned", f"{what}: {names}."))


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    more = len(shown) - MANY
    return ", ".join(shown[:MANY]) + (f" and {more} more" if more > 0 else "")


# Names


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


def _path_key(path: str) -> str:
    """A path for comparing: without ending, folded part by part."""
    pure = PurePosixPath(path)
    name = pure.stem if pure.suffix.lower() in {".md", ".markdown", ".mdown", ".txt"} else pure.name
    return "/".join(vocabulary.fold(part) or part for part in (*pure.parts[:-1], name) if part not in {".", "/"})
