"""What a visitor without an account sees first: a real roadmap of this installation, a little of it to try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from roadmap.loading import BUNDLED
from roadmap.models import Roadmap
from roadmap.queries import listed_roadmaps, tree_of
from roadmap.tree import Tree
from tracker.overlay import Overlay
from tracker.packed import Mark, pack
from tracker.rows import anchor, compiled

ROWS = 5
"""Topics that can be tried."""
MODULES = 8
"""Shown of one level; the others are counted."""
LEVELS = 8
NOTED = 2
"""Details of a topic in the example of notes."""


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    href: str
    topics: int
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A level with its modules; the modules that stand directly on the roadmap are one without a title."""

    part: Part | None
    modules: tuple[Part, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Landing:
    roadmap: Roadmap
    tree: Tree
    modules: int
    """All that seat something, of the whole roadmap."""
    topics: int
    hours: float
    levels: tuple[Level, ...]
    more_levels: int
    where: str
    """Title of the module of which `rows` are the first topics."""
    rows: str
    """Safe HTML."""
    notes: str
    """Notes that become what is tried, in Markdown."""
    others: int
    """Listed roadmaps besides."""


def landing(waiting: Mapping[str, str]) -> Landing | None:
    """Of the roadmap that ships with Pathnotes, else of the first that is listed; None where there is none. Three
    queries at most, and four where its tree is not kept in the process. `waiting`: slug of a topic -> the state that is
    set with signing in, which the topics to try show already."""
    listed = listed_roadmaps()
    roadmap = listed.filter(source__location=f"bundled:{BUNDLED}").first() or listed.first()
    if roadmap is None:
        return None
    tree = tree_of(roadmap)
    levels = levels_of(tree)
    first = next((index for index, branch in enumerate(tree.branches) if branch.seats), None)
    seats = [seat.topic for seat in tree.branches[first].seats[:ROWS]] if first is not None else []
    marks = {topic: Mark(waiting[slug]) for topic in seats if (slug := tree.topics[topic].slug) in waiting}
    shown = Overlay(tree, pack(tree, marks))
    pieces = compiled(tree)
    return Landing(
        roadmap,
        tree,
        sum(1 for branch in tree.branches if branch.seats),
        len(tree.order),
        sum(tree.topics[topic].hours or 0 for topic in tree.order),
        levels[:LEVELS],
        max(0, len(levels) - LEVELS),
        tree.branches[first].title if first is not None else "",
        "".join(pieces.row(topic, shown.row(topic)) for topic in seats),
        notes_of(tree, first, seats) if first is not None else "",
        listed.count() - 1,
    )


def notes_of(tree: Tree, index: int, topics: Sequence[int]) -> str:
    """A roadmap down to some topics of one branch, as one would write it. Pure."""
    trail = [tree.branches[above].title for above in reversed(tree.above(index))]
    headings = [f"{'#' * depth} {title}" for depth, title in enumerate([tree.title, *trail], 1)]
    items = []
    for topic in topics:
        facts = tree.topics[topic]
        items.append(f"- {facts.title}{': ' if facts.details else ''}{', '.join(facts.details[:NOTED])}")
    return "\n".join([*headings, *items])


def levels_of(tree: Tree) -> tuple[Level, ...]:
    """The levels in reading order, each with the modules directly on it; modules beside levels in runs of their own."""
    held, home = topics_below(tree), reverse("roadmap", args=[tree.slug])
    made: list[Level] = []
    loose: list[Part] = []

    def part(index: int) -> Part:
        branch = tree.branches[index]
        return Part(branch.title, f"{home}#{anchor(branch)}", held[index], branch.optional)

    def close() -> None:
        if loose:
            made.append(Level(None, tuple(loose[:MODULES]), max(0, len(loose) - MODULES)))
            loose.clear()

    for index, branch in enumerate(tree.branches):
        if branch.parent is not None:
            continue
        if branch.kind != "level":
            loose.append(part(index))
            continue
        close()
        modules = [part(child) for child in branch.children]
        made.append(Level(part(index), tuple(modules[:MODULES]), max(0, len(modules) - MODULES)))
    close()
    return tuple(made)


def topics_below(tree: Tree) -> list[int]:
    """How many topics each branch seats, those below it included."""
    held = [len(branch.seats) for branch in tree.branches]
    for index in range(len(held) - 1, -1, -1):
        parent = tree.branches[index].parent
        if parent is not None:
            held[parent] += held[index]
    return held
