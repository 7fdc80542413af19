"""Where everything of a reading stands in its notes: items by line, notes by topic, what was left out by note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from roadmap.notes.items import Item, Path, Problem, Reading
from roadmap.notes.navigation import about_the_folder
from roadmap.notes.note import Note
from roadmap.notes.outline.left import left_out
from roadmap.notes.reading import Examined
from roadmap.notes.rules import Left
from roadmap.notes.traces import Key
from roadmap.notes.vault import Vault

_FILES: Final = frozenset({"lesson-file", "lesson-folder", "navigation-page", "step"})
"""Rules that say nothing of the lines of a note."""


class Seat(NamedTuple):
    """An item and where it is in the tree."""

    item: Item
    above: tuple[Item, ...]
    """The items around it, the outermost first."""
    path: Path


@dataclass(eq=False)
class Standing:
    """Looked up in what was examined; each table is made when it is first asked for."""

    examined: Examined

    @property
    def reading(self) -> Reading:
        return self.examined.reading

    @property
    def vault(self) -> Vault:
        return self.examined.vault

    @cached_property
    def seats(self) -> list[Seat]:
        """Every item, in reading order."""
        return [seat for path in self.reading.paths for seat in _seats(path, path.items, ())]

    @cached_property
    def at(self) -> dict[str, dict[int, list[Seat]]]:
        """Source -> line -> what was made of it."""
        found: dict[str, dict[int, list[Seat]]] = {}
        for seat in self.seats:
            if seat.item.line or seat.item.rule != "lesson-folder":
                found.setdefault(seat.item.source, {}).setdefault(seat.item.line, []).append(seat)
        return found

    @cached_property
    def named(self) -> dict[str, dict[int, list[Seat]]]:
        """Navigation file -> line -> the topics that an entry there names."""
        seats: dict[Key, list[Seat]] = {}
        for seat in self.seats:
            seats.setdefault(_key(seat.item), []).append(seat)
        return {
            source: {
                line: [seat for key in dict.fromkeys(keys) for seat in seats.get(key, ())]
                for line, keys in lines.items()
            }
            for source, lines in self.vault.traces.named.items()
        }

    @cached_property
    def notes(self) -> dict[str, Note]:
        return {note.source: note for note in self.vault.notes}

    @cached_property
    def own(self) -> dict[str, list[Seat]]:
        """Source of a note -> the topics, or linked maps, that it is the note of."""
        found: dict[str, list[Seat]] = {}
        for seat in self.seats:
            note = self.note_of(seat.item)
            if note is not None:
                found.setdefault(note.source, []).append(seat)
        return found

    def root_of(self, note: Note) -> Path | None:
        """The roadmap that a note draws, or whose first page it is."""
        own = self.vault.traces.own
        return next(
            (p for p in self.reading.paths if p.source == note.source or own.get(Key(p.source, 0, p.title)) is note),
            None,
        )

    def note_of(self, item: Item) -> Note | None:
        """The note that is about this item alone."""
        if item.kind == "step":
            return None
        bound = self.vault.traces.own.get(_key(item))
        holder = self.notes.get(item.source)
        if bound is not None or holder is None:
            return bound
        if item.kind != "topic" and item.rule != "linked-map":
            return None
        found = self.vault.note_of(item, holder)
        return found if found is not holder else None

    def left(self, note: Note) -> list[Left]:
        """What of a note became no topic. Empty for a note that is no outline: its text belongs to its topic."""
        if note.source in self.vault.traces.exact:
            return []
        here = self.at.get(note.source, {})
        drawn = any(seat.item.rule not in _FILES for seats in here.values() for seat in seats)
        if drawn or any(path.source == note.source for path in self.reading.paths):
            return left_out(note.outline, note.document, set(here))
        if note.source not in self.vault.traces.used:
            return [Left("housekeeping-file" if about_the_folder(note) else "unused-note", 0, 0, note.title)]
        return []

    def every_left(self) -> Iterator[tuple[str, Left]]:
        """(source, what was left out) of all notes, in their order."""
        for note in self.vault.notes:
            for left in self.left(note):
                yield note.source, left

    def problems_at(self, source: str, line: int) -> list[Problem]:
        return [p for p in self.reading.problems if p.source == source and p.line == line]


def _key(item: Item) -> Key:
    return Key(item.source, item.line, item.title)


def _seats(path: Path, items: Sequence[Item], above: tuple[Item, ...]) -> Iterator[Seat]:
    for item in items:
        yield Seat(item, above, path)
        if item.items:
            yield from _seats(path, item.items, (*above, item))


def place(source: str, line: int, last: int = 0) -> str:
    """`README.md:7`, `README.md:7-9`; the file alone for what concerns it as a whole."""
    if not line:
        return source
    return f"{source}:{line}-{last}" if last > line else f"{source}:{line}"


def number(n: int, word: str) -> str:
    return f"{n:,} {word}{'' if n == 1 else 's'}"
