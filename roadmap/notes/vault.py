"""The notes of a folder, found by what links call them: file, path, title or alias, forgivingly compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import unquote

from roadmap.notes import links, vocabulary
from roadmap.notes.items import Problem
from roadmap.notes.note import Note
from roadmap.notes.outline.draft import Draft

MANY: Final = 8
"""So many names a message lists before it says "and n more"."""
_ENDINGS: Final = (".md", ".markdown", ".mdown", ".txt")


@dataclass(slots=True)
class Vault:
    """The notes of one reading, and what was found out about their links."""

    notes: list[Note]
    folder_name: str
    problems: list[Problem] = field(default_factory=list)
    planned: set[str] = field(default_factory=set)
    """Folded names that wiki links use and no note has."""
    outlines: set[str] = field(default_factory=set)
    """Sources of the notes that were looked at as outlines, not as lessons or topics."""
    lists: Literal["", "some", "many"] = ""
    """Whether notes that are mere lists were left out of these: "some" were so many once looked at, "many" at once."""
    drawn: list[Draft] = field(default_factory=list)
    """The roots of the roadmaps that were drawn."""
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
            message = f"[[{target}]] may mean {listed(note.source for note in found)}; the first is taken."
            self.problems.append(Problem(holder.source, line, "warning", "link-ambiguous", message))
        return found[0]

    def relative(self, url: str, holder: Note) -> Note | None:
        """The note that a relative Markdown link leads to."""
        if not url or links.is_external(url) or ":" in url.split("/", maxsplit=1)[0]:
            return None
        parts = [] if url.startswith("/") or not holder.folder else holder.folder.split("/")
        for part in unquote(url.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0]).split("/"):
            if part == "..":
                if not parts:
                    return None
                parts.pop()
            elif part not in {"", "."}:
                parts.append(part)
        key = "/" + path_key("/".join(parts))
        found = self._by_path.get(key) or self._by_path.get(key.rstrip("/") + "/readme") or []
        return found[0] if found else None

    def note_of(self, topic: Draft, holder: Note) -> Note | None:
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


def listed(names: Iterable[str]) -> str:
    """The first of many names, and how many more there are."""
    shown = list(names)
    more = len(shown) - MANY
    return ", ".join(shown[:MANY]) + (f" and {more} more" if more > 0 else "")
