"""Rule 6: a folder of lessons: each file a topic, each folder a module."""

from __future__ import annotations

import re
from typing import Final

from roadmap.notes import vocabulary
from roadmap.notes.note import Note, name_of
from roadmap.notes.outline.draft import Draft

_HOUSEKEEPING: Final = frozenset(
    [
        "license",
        "licence",
        "contributing",
        "contributors",
        "changelog",
        "code of conduct",
        "security",
        "authors",
        "maintainers",
        "governance",
        "pull request template",
        "issue template",
        "bug report",
        "feature request",
    ]
)
_NUMBERED: Final = re.compile(r"(\d{1,4})\D")


def path_of_files(folder_name: str, notes: list[Note]) -> Draft:
    """One roadmap of all notes, by folder. A README describes its folder; alone in it, it is the lesson."""
    root = Draft("module", name_of(folder_name) or "Notes", 0)
    modules: dict[str, Draft] = {"": root}
    notes = [note for note in notes if not about_the_folder(note)] or notes
    beside = _beside(notes)
    for note in notes:
        alone = beside[note.folder] == 1 and bool(note.folder)
        if note.is_index and not alone:
            holder = _module(note.folder, modules, note.source)
            holder.title = note.title or holder.title
            holder.summary = holder.summary or note.summary
            continue
        name = note.folder.rpartition("/")[2] if note.is_index else note.stem
        folder = note.folder.rpartition("/")[0] if note.is_index else note.folder
        topic = Draft("topic", note.title or name_of(name), note.body_line, source=note.source, link=note.stem)
        topic.rule = "lesson-file"
        topic.number = _number(name)
        note.describe(topic)
        _module(folder, modules, note.source).items.append(topic)
    _drop_empty(root)
    return root


def about_the_folder(note: Note) -> bool:
    """A file that every public folder has, by the name it always has: no lesson."""
    return vocabulary.fold(note.stem) in _HOUSEKEEPING


def _beside(notes: list[Note]) -> dict[str, int]:
    """By folder: how many notes it holds, in the folders below it too."""
    counts: dict[str, int] = {}
    for note in notes:
        folder = note.folder
        counts[folder] = counts.get(folder, 0) + 1
        while folder:
            folder = folder.rpartition("/")[0]
            counts[folder] = counts.get(folder, 0) + 1
    return counts


def _module(folder: str, modules: dict[str, Draft], source: str) -> Draft:
    if folder not in modules:
        parent, _, name = folder.rpartition("/")
        module = Draft("module", name_of(name), 0, source=source, number=_number(name), rule="lesson-folder")
        modules[folder] = module
        _module(parent, modules, source).items.append(module)
    return modules[folder]


def _number(name: str) -> int | None:
    found = _NUMBERED.match(name)
    return int(found[1]) if found else None


def _drop_empty(item: Draft) -> None:
    for child in item.items:
        _drop_empty(child)
    item.items = [child for child in item.items if not child.holds or child.items]
