"""The page on which a learner says what they know already: the modules and topics of a roadmap, as boxes to tick."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from roadmap.models import Roadmap
from roadmap.tree import Tree
from tracker.models import User
from tracker.packed import DONE, NONE, WAIVED, Mark
from tracker.queries import standing


@dataclass(frozen=True, slots=True)
class Box:
    """A topic."""

    id: int
    title: str
    known: bool
    """Done or waived."""


@dataclass(frozen=True, slots=True)
class Part:
    """A level or a module."""

    id: int
    title: str
    depth: int
    topics: int
    """Below it, in all."""
    known: int
    """Of those, done or waived."""
    boxes: tuple[Box, ...]
    parts: tuple[Part, ...]

    @property
    def all_known(self) -> bool:
        return self.known == self.topics


@dataclass(frozen=True, slots=True)
class KnownPage:
    parts: tuple[Part, ...]
    topics: int
    known: int


def known_page(learner: User, roadmap: Roadmap) -> KnownPage:
    """One query, two where nothing fresh is counted, and four where the tree is not kept in the process."""
    here = standing(learner, roadmap)
    parts = parts_of(here.tree, here.marks)
    return KnownPage(parts, sum(part.topics for part in parts), sum(part.known for part in parts))


def parts_of(tree: Tree, marks: Mapping[int, Mark]) -> tuple[Part, ...]:
    """The sections that hold topics, nested as the roadmap nests them. Pure."""
    made: dict[int, Part] = {}
    for index in range(len(tree.branches) - 1, -1, -1):  # children stand after their parents
        branch = tree.branches[index]
        parts = tuple(made[child] for child in branch.children if made[child].topics)
        boxes = tuple(
            Box(seat.topic, tree.topics[seat.topic].title, marks.get(seat.topic, NONE).state in {DONE, WAIVED})
            for seat in branch.seats
        )
        made[index] = Part(
            branch.id,
            branch.title,
            branch.depth,
            len(boxes) + sum(part.topics for part in parts),
            sum(box.known for box in boxes) + sum(part.known for part in parts),
            boxes,
            parts,
        )
    return tuple(made[i] for i, branch in enumerate(tree.branches) if branch.parent is None and made[i].topics)


def topics_meant(tree: Tree, sections: Iterable[int], topics: Iterable[int]) -> list[int]:
    """The topics that were ticked, and all in the sections that were, in reading order; what the roadmap does not show
    is left out. Pure."""
    wanted, held = set(topics), set(sections)
    return [
        seat.topic
        for index, seat in tree.seats()
        if seat.topic in wanted or any(tree.branches[above].id in held for above in tree.above(index))
    ]
