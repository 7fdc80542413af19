"""What drawing the roadmaps of a folder knew and their items do not say: kept for who asks why they are as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from roadmap.notes.items import Problem
from roadmap.notes.note import Note
from roadmap.notes.outline.draft import Draft


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
    roots: list[tuple[Draft, str]] = field(default_factory=list)
    """The drafts that the roadmaps were frozen of, in their order, each with the source of its roadmap."""
    said: dict[str, list[Problem]] = field(default_factory=dict)
    """By source of a note: what was wrong with it alone."""
    cut: list[Problem] = field(default_factory=list)
    """What was said of titles and addresses that were too long."""
