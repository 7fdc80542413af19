"""Folders of notes in the order a reader would take them: stated positions, numbers in names, then the names.

Positions are stated in front matter (`order`, `weight`, `nav_order`, `sidebar_position`), in Docusaurus'
`_category_.json`, or as a list of names in `.pages` of awesome-pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, Final

from roadmap.notes import vocabulary
from roadmap.notes.files import natural_key
from roadmap.notes.jsontext import Object, text_in
from roadmap.notes.navigation.entries import Entry, Told, page
from roadmap.notes.note import Note
from roadmap.notes.yamltree import Map, Text
from roadmap.sentences import sentence

PAGES: Final = frozenset({".pages", ".nav.yml"})
CATEGORY: Final = frozenset({"_category_.json", "_category_.yml", "_category_.yaml"})
POSITIONS: Final = ("nav_order", "sidebar_position", "weight", "order", "position")
"""Front matter fields that say where among its neighbours a note stands."""
HOUSEKEEPING: Final = frozenset(
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
_DATED: Final = re.compile(r"\d{4}-\d\d-\d\d[-_. ]+(?=\S)")
_NUMBERED: Final = re.compile(r"(\d{1,4}(?:\.\d{1,4})*)[-_.) ]+(?=\S)")
_ROMAN: Final = re.compile(r"([IVXLC]{1,7}|[ivxlc]{1,7})[-_.) ]+(?=\S)")
_ROMAN_VALUES: Final = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ROMAN_WORDS: Final = (
    *((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_POSITION: Final = re.compile(r"[-+]?\d{1,9}(?:[.,]\d{1,6})?")
_REST: Final = re.compile(r"\.\.\.(?:\s*\|\s*(?:(?:flat|regex|glob)\s*[|=]?\s*)*(.*))?")


@dataclass(slots=True)
class Folder:
    path: str
    """Empty for the top."""
    notes: list[Note] = field(default_factory=list)
    folders: dict[str, Folder] = field(default_factory=dict)
    """By path."""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def index(self) -> Note | None:
        """The note that speaks for the folder."""
        return next((note for note in self.notes if note.is_index), None)

    @property
    def count(self) -> int:
        return len(self.notes) + sum(folder.count for folder in self.folders.values())

    @property
    def first(self) -> Note | None:
        """The first note in it, or below it."""
        return next(iter(self.notes), None) or next((f.first for f in self.folders.values() if f.first), None)


def tree_of(notes: Iterable[Note]) -> dict[str, Folder]:
    """The folders that hold notes, and those around them, by path."""
    found = {"": Folder("")}
    for note in notes:
        _folder(note.folder, found).notes.append(note)
    return found


def _folder(path: str, found: dict[str, Folder]) -> Folder:
    if path not in found:
        folder = found[path] = Folder(path)
        _folder(path.rpartition("/")[0], found).folders[path] = folder
    return found[path]


def about_the_folder(note: Note) -> bool:
    """A file that every public folder has, by the name it always has: no lesson."""
    return vocabulary.fold(note.stem) in HOUSEKEEPING


def number_of(name: str) -> int | None:
    """The number that a file's or folder's name starts with."""
    found = None if _DATED.match(name) else _NUMBERED.match(name)
    return int(found[1].rpartition(".")[2]) if found else None


class Guides:
    """What `.pages` and `_category_.json` say of their folders; `given` is path -> parsed."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.told: list[Told] = []
        self._pages: dict[str, tuple[Map, str]] = {}
        self._category: dict[str, Map | Object] = {}
        for path, value in given.items():
            folder, _, name = path.rpartition("/")
            if name in PAGES and isinstance(value, Map):
                self._pages.setdefault(folder, (value, path))
            elif name in CATEGORY and isinstance(value, Map | Object):
                self._category.setdefault(folder, value)

    def title(self, folder: Folder) -> str:
        pages, _ = self._pages.get(folder.path, (None, ""))
        category = self._category.get(folder.path)
        return (text_of(pages, "title") if pages else "") or (text_of(category, "label") if category else "")

    def source(self, folder: Folder) -> str:
        """The `.pages` of a folder, if it has one."""
        return self._pages.get(folder.path, (None, ""))[1]

    def summary(self, folder: Folder) -> str:
        """`link: {description: …}` of a category whose page is generated."""
        category = self._category.get(folder.path)
        link = category.get("link") if category else None
        return text_of(link, "description") if isinstance(link, Map | Object) else ""

    def is_hidden(self, folder: Folder) -> bool:
        pages, _ = self._pages.get(folder.path, (None, ""))
        return pages is not None and text_of(pages, "hide").casefold() in {"true", "yes"}

    def entries(self, folder: Folder) -> list[Entry]:
        """What stands directly in a folder, in order; its index aside."""
        children = [Entry("", 0, target=note.source) for note in folder.notes if not note.is_index]
        children += [Entry("", 0, folder=f.path) for f in folder.folders.values() if not self.is_hidden(f)]
        ordered = self._in_order(folder, children)
        pages, source = self._pages.get(folder.path, (None, ""))
        if pages is None:
            return ordered
        if text_of(pages, "order") == "desc":
            ordered.reverse()
        listed = next((pages[key] for key in ("nav", "arrange") if isinstance(pages.get(key), list)), None)
        if listed is None:
            return ordered
        told = Told(source)
        self.told.append(told)
        return _Listing(folder, ordered, told).of(listed)

    def _in_order(self, folder: Folder, children: list[Entry]) -> list[Entry]:
        notes = {note.source: note for note in folder.notes}
        names = {id(child): _name(child) for child in children}
        roman = _roman_numbers(list(names.values()))
        for child in children:
            child.number, child.name = roman.get(names[id(child)]), _without_roman(names[id(child)], roman)

        def key(child: Entry) -> tuple[Any, ...]:
            stated: float | None
            if child.folder is not None:
                inner = folder.folders[child.folder]
                stated = _stated(self._category.get(child.folder)) or _stated(
                    inner.index.fields if inner.index is not None else None
                )
            else:
                stated = _stated(notes[child.target].fields)
            name = names[id(child)]
            place = child.folder if child.folder is not None else child.target
            numbers: tuple[float, ...] = ()
            if stated is not None:
                numbers = (stated,)
            elif roman:
                numbers = (float(roman[name]),) if name in roman else ()
            elif (found := _NUMBERED.match(name)) and not _DATED.match(name):
                numbers = tuple(float(part) for part in found[1].split("."))
            return (0 if numbers else 1, numbers, natural_key(place))

        return sorted(children, key=key)


class _Listing:
    """The list of names in one `.pages`: `...` stands for what it does not name."""

    def __init__(self, folder: Folder, children: list[Entry], told: Told) -> None:
        self.folder, self.children, self.told = folder, children, told
        self.taken: set[int] = set()

    def of(self, listed: list[Any]) -> list[Entry]:
        entries = self._entries(listed)
        return [inner for entry in entries for inner in self._filled(entry)]

    def _filled(self, entry: Entry) -> Iterator[Entry]:
        """`...` gives way to what nothing else named."""
        if entry.url == "...":
            for child in self.children:
                if id(child) not in self.taken and fnmatchcase(_last(child), entry.target or "*"):
                    self.taken.add(id(child))
                    yield child
            return
        entry.items = [inner for item in entry.items for inner in self._filled(item)]
        yield entry

    def _entries(self, listed: list[Any]) -> list[Entry]:
        found: list[Entry] = []
        for value in listed:
            if isinstance(value, Text) and (rest := _REST.fullmatch(value.strip())):
                found.append(Entry("", value.line, target=rest[1] or "", url="..."))
            elif isinstance(value, Text):
                found += self._page("", value, value.line)
            elif isinstance(value, Map):
                for title, inner in value.items():
                    at = value.lines[title]
                    if isinstance(inner, list):
                        found.append(Entry(text_in(title), at, items=self._entries(inner)))
                    elif isinstance(inner, Text):
                        found += self._page(text_in(title), inner, at)
        return found

    def _page(self, title: str, name: str, line: int) -> list[Entry]:
        wanted = name.strip("/")
        child = next(
            (c for c in self.children if wanted in {_last(c), _place(c)[len(self.folder.path) :].strip("/")}), None
        )
        if child is not None:
            self.taken.add(id(child))
            return [replace(child, title=title, line=line)]
        entry = page(title, name, line, self.folder.path)
        if entry is None:
            self.told.warn(
                line, sentence("%(name)s leads out of the folder; the entry is left out.", name=repr(name[:80]))
            )
        return [entry] if entry is not None else []


def _place(child: Entry) -> str:
    return child.folder if child.folder is not None else child.target


def _last(child: Entry) -> str:
    return _place(child).rpartition("/")[2]


def _name(child: Entry) -> str:
    """The name without its ending."""
    last = _last(child)
    return last if child.folder is not None else last.rpartition(".")[0] or last


def text_of(value: Mapping[str, Any], key: str) -> str:
    return text_in(str(given)) if isinstance(given := value.get(key), str | int | float) else ""


def _stated(meta: Mapping[str, Any] | None) -> float | None:
    for key in POSITIONS if meta else ():
        text = text_of(meta or {}, key).strip()
        if _POSITION.fullmatch(text):
            return float(text.replace(",", "."))
    return None


def _roman_numbers(names: list[str]) -> dict[str, int]:
    """Name -> number, where all names that start like one count from I on without a gap; else nothing."""
    found = {name: value for name in names if (m := _ROMAN.match(name)) and (value := _roman(m[1].lower()))}
    complete = len(found) > 1 and sorted(found.values()) == list(range(1, len(found) + 1))
    return found if complete else {}


def _without_roman(name: str, roman: Mapping[str, int]) -> str:
    found = _ROMAN.match(name) if name in roman else None
    return name[found.end() :] if found else name


def _roman(text: str) -> int:
    """The value of a Roman numeral; 0 for what is none."""
    total = 0
    for at, char in enumerate(text):
        value, following = _ROMAN_VALUES[char], _ROMAN_VALUES.get(text[at + 1 : at + 2], 0)
        total += -value if value < following else value
    return total if total > 0 and _in_roman(total) == text else 0


def _in_roman(number: int) -> str:
    words = ""
    for value, word in _ROMAN_WORDS:
        words += word * (number // value)
        number %= value
    return words
