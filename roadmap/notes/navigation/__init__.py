"""Navigation files of documentation tools: which of them a folder has, and what they lay out.

MkDocs (`mkdocs.yml`, with `.pages` of awesome-pages), GitBook and mdBook (`SUMMARY.md`), docsify (`_sidebar.md`),
Docusaurus (`sidebars.json`, `_category_.json`) and Jupyter Book (`_toc.yml`). Programs (`sidebars.js`) are never run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from roadmap.notes.encoding import decode
from roadmap.notes.files import NoteFile
from roadmap.notes.items import Problem
from roadmap.notes.jsontext import read_json
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.notes.navigation import settings, summary
from roadmap.notes.navigation.drawing import Drawer, Pages
from roadmap.notes.navigation.entries import MAX_ENTRIES, Navigation, Told
from roadmap.notes.navigation.folders import CATEGORY, PAGES, Guides, about_the_folder
from roadmap.notes.note import Note
from roadmap.notes.vault import Vault
from roadmap.notes.yamltree import YamlRefusedError, read_yaml
from roadmap.sentences import sentence

__all__ = ["Drawer", "Guides", "Navigation", "Pages", "Site", "about_the_folder", "parse"]

_RANKS: Final = (settings.MKDOCS, {"SUMMARY.md"}, {"_sidebar.md"}, settings.SIDEBARS, settings.TOC)
"""Where one folder has several, the first of these counts."""


def parse(files: Iterable[NoteFile], problems: list[Problem], limits: Limits = DEFAULT) -> dict[str, Any]:
    """Path -> what the settings file holds, for those that could be read."""
    found: dict[str, Any] = {}
    for file in files:
        told = Told(file.path)
        if file.path.endswith(".json"):
            parsed = read_json(file.data, file.path, limits)
            if parsed.refused:
                wrong = next(p for p in parsed.problems if p.severity == "error")
                told.refuse(wrong.line, wrong.message)
            else:
                found[file.path] = parsed.value
        else:
            text = decode(file.data, file.path, limits)
            try:
                if text.refused:
                    told.refuse(text.problems[-1].line, text.problems[-1].message)
                else:
                    found[file.path] = read_yaml(text.text)
            except YamlRefusedError as refused:
                told.refuse(refused.line, refused.message)
        problems += told.problems
    return found


class Site:
    """The navigation files of a folder of notes that lead to notes, the one that counts first."""

    def __init__(self, vault: Vault, given: Mapping[str, Any]) -> None:
        self.vault = vault
        self.guides = Guides({p: v for p, v in given.items() if p.rpartition("/")[2] in PAGES | CATEGORY})
        self.files = [note for note in vault.notes if note.source.rpartition("/")[2] in summary.NAMES]
        """Notes that are navigation, if they lead to notes."""
        self.pages = Pages(note for note in vault.notes if note not in self.files)
        self.idle: set[str] = set()
        """Of those, the ones that lead to no note."""
        self.found = self._found(given) if given or self.files else []
        if self.idle:  # they are notes like any other
            self.files = [note for note in self.files if note.source not in self.idle]
            self.pages = Pages(note for note in vault.notes if note not in self.files)

    def drawer(self) -> Drawer:
        return Drawer(self.vault, self.pages, self.guides)

    def covers(self, note: Note) -> bool:
        """Whether a navigation file decides about the note."""
        return note in self.files or any(
            not navigation.folder or note.source.startswith(f"{navigation.folder}/") for navigation in self.found
        )

    def _found(self, given: Mapping[str, Any]) -> list[Navigation]:
        candidates: list[Navigation] = []
        for path, value in given.items():
            candidates += self._read(path, value)
        candidates += [summary.read(note) for note in self.files]
        candidates.sort(key=lambda n: (_rank(n.source), n.source.count("/"), n.source))
        found: list[Navigation] = []
        taken: set[str] = set()
        for navigation in candidates:
            reached = [note.source for note in self.pages.reached(navigation.entries)]
            if not reached:
                self.idle.add(navigation.source)
            elif sum(1 for entry in navigation.entries for _ in entry.walk()) > MAX_ENTRIES:
                told = Told(navigation.source)
                told.refuse(0, sentence("It has more than %(max_entries)s entries.", max_entries=MAX_ENTRIES))
                self.vault.problems += told.problems
            elif 2 * sum(1 for source in reached if source in taken) < len(reached):
                found.append(navigation)
                taken.update(reached)
        return found

    def _read(self, path: str, value: Any) -> list[Navigation]:
        name, told = path.rpartition("/")[2], Told(path)
        found: list[Navigation] = []
        if name in settings.MKDOCS:
            found = settings.mkdocs(value, told)
        elif name in settings.TOC:
            found = settings.toc(value, told)
        elif name in settings.SIDEBARS:
            found = settings.sidebars(value, told, self.vault.notes)
        self.vault.problems += told.problems
        return found


def _rank(source: str) -> int:
    name = source.rpartition("/")[2]
    return next(rank for rank, names in enumerate(_RANKS) if name in names)
