"""The notes of a folder, found by what links call them: file, path, title or alias, forgivingly compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from roadmap.notes import links, vocabulary
from roadmap.notes.items import Item, Problem
from roadmap.notes.note import Note
from roadmap.notes.outline.draft import Draft
from roadmap.notes.traces import Traces
from roadmap.sentences import sentence

MANY: Final = 8
"""So many names a message lists before it says "and n more"."""
ROOM: Final = 400
"""Characters that the names in a message take."""
_ENDINGS: Final = (".md", ".markdown", ".mdown", ".txt")


@dataclass(slots=True)
class Vault:
    """The notes of one reading, and what was found out about their links."""

    notes: list[Note]
    folder_name: str
    problems: list[Problem] = field(default_factory=list)
    planned: set[str] = field(default_factory=set)
    """Folded names that wiki links use and no note has."""
    traces: Traces = field(default_factory=Traces)
    _by_name: dict[str, list[Note]] = field(default_factory=dict)
    _by_title: dict[str, list[Note]] = field(default_factory=dict)
    _by_path: dict[str, list[Note]] = field(default_factory=dict)
    """By every end of the path: `b/c` finds `a/b/c`."""
    _ambiguous: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for note in self.notes:
            parts = path_key(note.source).split("/")
            for at in range(len(parts) - 1 if len(parts) > 1 else 0, -1, -1):
                self._by_path.setdefault("/".join(parts[at:]), []).append(note)
            self._by_path.setdefault("/" + "/".join(parts), []).append(note)
            self._by_name.setdefault(vocabulary.fold(note.stem), []).append(note)
            for name in {vocabulary.fold(n) for n in (note.title, *note.aliases)} - {"", vocabulary.fold(note.stem)}:
                self._by_title.setdefault(name, []).append(note)

    def resolve(self, target: str, holder: Note, line: int) -> Note | None:
        """The note that a wiki link in `holder` names; None if there is none. An ambiguous name is reported once."""
        if "/" in target:
            key = path_key(target.strip("/"))
            near = path_key(f"{holder.folder}/{target}".strip("/"))
            found = self._by_path.get("/" + near) or self._by_path.get("/" + key) or self._by_path.get(key) or []
            target = target.rpartition("/")[2] if not found else target
        else:
            found = []
        name = vocabulary.fold(target)
        found = found or self._by_name.get(name) or self._by_title.get(name) or []
        if len(found) < 2:
            return found[0] if found else None
        near_by = [note for note in found if note.folder == holder.folder]
        if len(near_by) == 1:
            return near_by[0]
        if name not in self._ambiguous:
            self._ambiguous.add(name)
            message = sentence(
                "[[%(target)s]] may mean %(it)s; the first is taken.",
                target=target,
                it=listed(note.source for note in found),
            )
            self.problems.append(Problem(holder.source, line, "warning", "link-ambiguous", message))
        return found[0]

    def relative(self, url: str, holder: Note) -> Note | None:
        """The note that a relative Markdown link leads to."""
        if not url or links.is_external(url) or ":" in url.split("/", maxsplit=1)[0]:
            return None
        place = links.place_of(url, holder.folder)
        if place is None:
            return None
        key = "/" + path_key(place)
        found = self._by_path.get(key) or self._by_path.get(key.rstrip("/") + "/readme") or []
        return found[0] if found else None

    def link_of(self, note: Note) -> str:
        """What a link calls the note: its file's name, or its path where several files are called so."""
        same = self._by_name.get(vocabulary.fold(note.stem), ())
        return note.stem if len(same) < 2 else note.source.rpartition(".")[0] or note.source

    def named(self, name: str) -> list[Note]:
        """The notes that a path, a file's name, a title or an alias may mean, the most exact kind of name alone."""
        key = path_key(name.strip("/ ").removeprefix("./"))
        folded = vocabulary.fold(key.rpartition("/")[2]) if "/" not in key else ""
        whole = self._by_path.get("/" + key, [])
        exact = [note for note in whole if note.source == name] or whole
        return (
            exact
            or self._by_path.get(key)
            or self._by_name.get(folded)
            or self._by_title.get(vocabulary.fold(name))
            or []
        )

    def note_of(self, topic: Draft | Item, holder: Note) -> Note | None:
        """The note of a topic: what its wiki link or its relative link names."""
        if topic.link:
            return self.resolve(topic.link, holder, topic.line)
        for resource in topic.resources:
            if (note := self.relative(resource.url, holder)) is not None:
                return note
        return None


def path_key(path: str) -> str:
    """A path for comparing: without ending, folded part by part."""
    for ending in _ENDINGS:
        if path.lower().endswith(ending):
            path = path[: -len(ending)]
            break
    return "/".join(vocabulary.fold(part) or part for part in path.split("/"))


def listed(names: Iterable[str], most: int = MANY) -> str:
    """The first of many names, as many as a message has room for, and how many more there are."""
    every = list(names)
    shown: list[str] = []
    room = ROOM
    for name in every[:most]:
        room -= len(name) + 2
        if room < 0 and shown:
            break
        shown.append(name[:ROOM])
    more = len(every) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
