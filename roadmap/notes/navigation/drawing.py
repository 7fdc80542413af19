"""Entries of a navigation file, or the folders themselves, -> an outline. The pages' own text is put in later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from roadmap.notes import links, vocabulary
from roadmap.notes.items import Resource
from roadmap.notes.meta import set_meta
from roadmap.notes.navigation.entries import Entry, Navigation
from roadmap.notes.navigation.folders import Folder, Guides, about_the_folder, number_of, tree_of
from roadmap.notes.note import Note, name_of
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.numbers import take_number
from roadmap.notes.vault import Vault, path_key

PAGES: Final = frozenset(
    ["", "md", "markdown", "mdown", "txt", "mdx", "ipynb", "rst", "adoc", "html", "htm", "qmd", "rmd"]
)
"""Endings of pages, read or not; an entry for anything else is a resource."""
HOME: Final = frozenset(["home", "homepage", "index", "readme", "welcome", "startseite", "start", "inicio", "accueil"])
"""What the first page of a site is called when it is about the site."""


class Pages:
    """The notes by the paths that navigation files write."""

    def __init__(self, notes: Iterable[Note]) -> None:
        notes = list(notes)
        self.notes = [note for note in notes if not about_the_folder(note)] or notes
        self.folders = tree_of(self.notes)
        self._exact: dict[str, Note] = {}
        self._loose: dict[str, Note] = {}
        for note in notes:
            self._exact[note.source] = note
            self._loose.setdefault(path_key(note.source), note)

    def note(self, path: str) -> Note | None:
        found = self._exact.get(path) or self._loose.get(path_key(path))
        if found is None and (folder := self.folders.get(path)) is not None:
            found = folder.index
        return found

    def folder(self, entry: Entry) -> Folder | None:
        """The folder an entry stands for: the one it says, or the one its path is, where that has no page."""
        path = entry.folder
        if path is None and entry.target and self.note(entry.target) is None:
            path = entry.target
        return self.folders.get(path) if path is not None else None

    def reached(self, entries: Iterable[Entry]) -> Iterator[Note]:
        """The notes that entries name themselves, in order."""
        for entry in entries:
            for inner in entry.walk():
                if inner.target and (note := self.note(inner.target)) is not None:
                    yield note
                elif (folder := self.folder(inner)) is not None:
                    yield from folder.notes


class Drawer:
    """One roadmap in the making. `notes` says which note a topic of it is; `used` which notes it holds.

    `spoken` are its modules that a note speaks of, `entries` the topics that entries of the file name, with its line.
    """

    def __init__(self, vault: Vault, pages: Pages, guides: Guides) -> None:
        self.vault, self.pages, self.guides = vault, pages, guides
        self.notes: dict[int, Note] = {}
        self.used: set[str] = set()
        self.spoken: list[tuple[Draft, Note]] = []
        self.entries: list[tuple[str, int, Draft]] = []
        self.source = ""
        self.at = ""
        """The file in which the entries that are drawn stand: the navigation, or a `.pages`."""

    def of_navigation(self, navigation: Navigation) -> Draft:
        self.source = self.at = navigation.source
        folder = self.pages.folders.get(navigation.folder)
        root = Draft("module", navigation.title, 0, source=navigation.source)
        index = folder.index if folder is not None else None
        if index is not None:
            root.summary = index.summary
            self.spoken.append((root, index))
            self._home(navigation.entries, index)
            if index.source not in {note.source for note in self.pages.reached(navigation.entries)}:
                self.used.add(index.source)
        self._fill(root, navigation.entries)
        _drop_empty(root)
        if not root.title:
            root.title = self._title_of(navigation.folder, index)
        return root

    def of_folders(self, folder_name: str) -> Draft:
        """All notes, by folder. A README describes its folder; alone in it, it is the lesson."""
        top = self.pages.folders[""]
        root = Draft("module", self.guides.title(top) or name_of(folder_name) or "Notes", 0)
        self._describe(root, top)
        self.at = self.guides.source(top)
        self._fill(root, self.guides.entries(top))
        _drop_empty(root)
        return root

    def _title_of(self, folder: str, index: Note | None) -> str:
        title = index.title if index is not None else ""
        if title and vocabulary.fold(title) not in HOME and not vocabulary.is_("generic", title):
            first = next((item for item in self.notes.items() if item[1] is index), None)
            if first is None or vocabulary.fold(title) not in {"introduction", "intro", "preface", "about"}:
                return title
        parts = [part for part in folder.split("/") if part and part.casefold() not in {"docs", "src", "doc"}]
        return name_of(parts[-1] if parts else self.vault.folder_name) or "Notes"

    def _home(self, entries: list[Entry], index: Note) -> None:
        """The first page is about the whole where it says no more than that."""
        for entry in entries:
            if entry.target and not entry.items and self.pages.note(entry.target) is index:
                if vocabulary.fold(entry.title or index.title or index.stem) in HOME:
                    self.used.add(index.source)
                return

    def _fill(self, parent: Draft, entries: list[Entry]) -> None:
        for entry in entries:
            if (folder := self.pages.folder(entry)) is not None:
                parent.items += self._folder(entry, folder, parent)
            elif entry.items:
                self._section(parent, entry)
            elif entry.url or (entry.target and _ending(entry.target) not in PAGES):
                url = entry.url or entry.target
                if parent.kind == "module" and entry.line:
                    parent.resources.append(Resource(entry.title or url, url, links.resource_kind(url)))
            else:
                self._page(parent, entry, alone=len(entries) == 1)

    def _section(self, parent: Draft, entry: Entry) -> None:
        module = Draft("module", entry.title, entry.line, source=self.at or self.source, rule="navigation-section")
        note = self.pages.note(entry.target) if entry.target else None
        if note is not None and note.source not in self.used:
            self._speaks(note, module)
            module.title = module.title or name_of(note.stem)
        module.title = take_number(module.title, module)
        self._fill(module, entry.items)
        if module.items:
            parent.items.append(module)
        elif note is not None:
            parent.items.append(self._topic(note, entry))
        parent.resources += module.resources if not module.items else []

    def _page(self, parent: Draft, entry: Entry, *, alone: bool) -> None:
        note = self.pages.note(entry.target) if entry.target else None
        if note is None:
            parent.items.append(self._planned(entry))
        elif note.source in self.used or about_the_folder(note):
            self.used.add(note.source)
        elif note.is_index and not entry.title and not alone and parent.title:
            self._speaks(note, parent)  # a section's own page
        else:
            parent.items.append(self._topic(note, entry))

    def _topic(self, note: Note, entry: Entry, name: str = "") -> Draft:
        self.used.add(note.source)
        name = name or (note.folder.rpartition("/")[2] if note.is_index and note.folder else note.stem)
        shown = entry.title or note.title or name_of(entry.name or name)
        topic = Draft("topic", shown, note.body_line, source=note.source, link=self.vault.link_of(note))
        topic.title = take_number(shown, topic) if entry.title else shown
        if topic.number is None:
            topic.number = entry.number if entry.number is not None else number_of(name)
        topic.rule = "navigation-page" if self.at and entry.line else "lesson-file"
        self.notes[id(topic)] = note
        if topic.rule == "navigation-page":
            self.entries.append((self.at, entry.line, topic))
        return topic

    def _planned(self, entry: Entry) -> Draft:
        """A page that does not exist yet."""
        path = entry.target.rpartition(".")[0] if _ending(entry.target) else entry.target
        topic = Draft(
            "topic", entry.title or name_of(path.rpartition("/")[2]), entry.line, source=self.at or self.source
        )
        topic.title, topic.planned = take_number(topic.title, topic), True
        topic.rule = "navigation-planned"
        topic.link = path or None
        return topic

    def _folder(self, entry: Entry, folder: Folder, parent: Draft) -> list[Draft]:
        """A folder's module; its contents alone where an entry without a title says "what lies in this folder"."""
        name = entry.name or folder.name
        if folder.count == 1 and folder.index is not None and folder.path:
            fresh = folder.index.source not in self.used
            return [self._topic(folder.index, entry, name)] if fresh else []
        first = folder.first
        module = Draft("module", "", entry.line, source=self.at or self.source or (first.source if first else ""))
        module.rule = "lesson-folder"
        if entry.line == 0 and first is not None:
            module.source = first.source
        self._describe(module, folder)
        module.number = entry.number if entry.number is not None else number_of(name)
        module.title = entry.title or self.guides.title(folder) or module.title or name_of(name)
        if entry.title:
            module.title = take_number(module.title, module)
        at, self.at = self.at, self.guides.source(folder)
        self._fill(module, self.guides.entries(folder))
        self.at = at
        spread = bool(entry.line) and not entry.title and not folder.path  # of the whole site: no module around it
        return module.items if spread else [module]

    def _describe(self, module: Draft, folder: Folder) -> None:
        module.summary = self.guides.summary(folder)
        if folder.index is not None and folder.index.source not in self.used:
            module.title = folder.index.title or module.title
            self._speaks(folder.index, module)

    def _speaks(self, note: Note, module: Draft) -> None:
        self.used.add(note.source)
        self.spoken.append((module, note))
        _speaks(note, module)


def _speaks(note: Note, module: Draft) -> None:
    """Give a module what its own page says of it."""
    own = Draft("module", "", 0)
    note.opened = True
    set_meta(own, note.meta)
    module.title = module.title or note.title
    module.summary = module.summary or note.summary
    module.id = module.id or own.id
    module.optional = own.optional if module.optional is None else module.optional
    module.requires += own.requires
    module.resources += own.resources


def _ending(path: str) -> str:
    name = path.rpartition("/")[2]
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    return ending if ending.isalnum() and len(ending) <= 8 else ""


def _drop_empty(item: Draft) -> None:
    for child in item.items:
        _drop_empty(child)
    item.items = [child for child in item.items if not child.holds or child.items]
