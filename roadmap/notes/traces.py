"""What drawing the roadmaps of a folder knew and their items do not say: kept for who asks why they are as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from roadmap.notes.note import Note


class Key(NamedTuple):
    """An item, by where it stands."""

    source: str
    line: int
    title: str


@dataclass(slots=True)
class Traces:
    used: set[str] = field(default_factory=set)
    """Sources of the notes that roadmaps hold."""
    own: dict[Key, Note] = field(default_factory=dict)
    """The notes of items where no link says so: pages of a navigation file, of a folder, of a curriculum in JSON."""
    named: dict[str, dict[int, list[Key]]] = field(default_factory=dict)
    """Navigation file -> line -> the topics that an entry there names, which stand in notes of their own."""
    exact: set[str] = field(default_factory=set)
    """Sources of notes that are no outline: navigation files, and exports, read line by line in their own way."""
