"""Hubs: the notes of a folder that draw an outline of others, or of what they list, where the rest are lessons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Final

from roadmap.notes import roots
from roadmap.notes.note import LISTED, PARTLY_LISTED, Note
from roadmap.notes.outline.draft import Draft
from roadmap.notes.vault import Vault

MANY_LISTS: Final = 12
"""Beside maps, so many notes that are mere lists are still taken for roadmaps; more are a collection of notes."""


class Hubs:
    """Of `notes`, those that are hubs, and what they link. `alone`: nothing else lays out a roadmap."""

    def __init__(self, vault: Vault, notes: Sequence[Note], *, alone: bool) -> None:
        self.vault, self.notes, self.alone = vault, notes, alone
        self._expands: dict[int, bool] = {}

    @cached_property
    def roots(self) -> list[Note]:
        """The notes that draw a roadmap of their own, in the order of the files."""
        if self.alone and len(self.vault.notes) == 1:
            return list(self.notes)
        return roots.choose(self.found, self.inside, self.expands)

    @cached_property
    def found(self) -> list[Note]:
        if self.alone and len(self.vault.notes) == 1:
            return list(self.notes)
        strong = [note for note in self.notes if self._is_strong(note)]
        taken = set(map(id, strong))
        weak = [note for note in self.notes if id(note) not in taken and note.listed_share >= PARTLY_LISTED]
        if strong and len(weak) > MANY_LISTS * 4:
            weak = []
        weak = [note for note in weak if note.is_list]
        if strong and len(weak) > MANY_LISTS:
            weak = []
        taken.update(map(id, weak))
        return [note for note in self.notes if id(note) in taken]

    @cached_property
    def inside(self) -> dict[str, dict[str, None]]:
        """Source of a hub -> sources of the notes that its topics are."""
        return {
            note.source: dict.fromkeys(n.source for n in self._linked(note) if n is not note) for note in self.found
        }

    def expands(self, note: Note) -> bool:
        """Whether the note, linked as a topic, is a module: a map, or mostly a list of links to notes."""
        known = self._expands.get(id(note))
        if known is None:
            known = note.draws_map or (note.lists_notes and self._is_list_of_notes(note))
            self._expands[id(note)] = known
        return known

    def is_list_of_others(self, note: Note, used: Collection[str]) -> bool:
        """Whether a page of a navigation file is a hub of notes that the navigation itself leaves out."""
        return (
            self.expands(note)
            and note.outline.root.topics() > 1
            and not any(linked.source in used for linked in self._linked(note) if linked is not note)
        )

    def _linked(self, note: Note) -> list[Note]:
        found = (self.vault.note_of(topic, note) for topic in _topics(note))
        return [linked for linked in found if linked is not None]

    def _is_list_of_notes(self, note: Note) -> bool:
        topics = _topics(note)
        linked = sum(1 for topic in topics if self.vault.note_of(topic, note) is not None)
        return linked > 2 and (
            linked == len(topics) or (note.listed_share >= LISTED and linked * 10 >= len(topics) * 6)
        )

    def _is_strong(self, note: Note) -> bool:
        """A map, a README that is an outline or a table of the notes around it, or a list of them."""
        if note.is_index:
            outline = note.outline
            topics = _topics(note)
            linked = sum(1 for topic in topics if self.vault.note_of(topic, note) is not None)
            carried = outline.is_map or outline.shape.carrier in {"rows", "boxes"} or linked * 2 >= len(topics)
            return bool(topics) and (carried or note.is_list)
        if note.lists_notes and not note.outline.is_map:
            return self._is_list_of_notes(note)
        return note.draws_map and note.outline.root.topics() > 1


def _topics(note: Note) -> list[Draft]:
    return [item for item in note.outline.root.walk() if item.kind == "topic"]
