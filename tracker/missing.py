"""A percentage explained: what it is made of, and what is missing of it. Pure; the numbers are those of `share.py`."""

from __future__ import annotations

from dataclasses import dataclass

from roadmap.tree import Tree
from tracker.overlay import Overlay, Row
from tracker.packed import DONE, SKIPPED, WAIVED
from tracker.share import Share


@dataclass(frozen=True, slots=True)
class Line:
    """A topic that is not done."""

    topic: int
    title: str
    slug: str
    row: Row
    hours: float | None
    needs: tuple[str, ...] = ()
    """Titles of what it waits for, one of each group of alternatives."""


@dataclass(frozen=True, slots=True)
class Part:
    """A section with topics of its own, and those of them that are not done."""

    title: str
    slug: str
    above: tuple[str, ...]
    """Titles of the sections that it stands in, outermost first, inside of what is explained."""
    share: Share
    choose: int | None
    missing: tuple[Line, ...] = ()
    """Required, and neither done, waived nor skipped. Of a choice: all there is to choose from."""
    skipped: tuple[Line, ...] = ()
    """Required, drawn in the bar and not counted."""
    beside: tuple[Line, ...] = ()
    """Optional, or more than a choice needs: they count nowhere."""

    @property
    def needed(self) -> int:
        """So many of `missing` are enough; fewer than there are where one can choose."""
        return min(len(self.missing), self.share.left + self.share.learning) if self.choose else len(self.missing)


@dataclass(frozen=True, slots=True)
class Explanation:
    title: str
    share: Share
    parts: tuple[Part, ...]
    """In reading order; sections of which nothing is missing are left out."""
    sections: tuple[tuple[str, str, Share], ...]
    """(title, slug, share) of the sections directly below, which add up to it unless it is a choice."""
    hours: float
    """Stated hours of what is missing; a choice takes its shortest."""
    unstated: int
    """Missing topics without stated hours, but for those that one chooses among."""
    new: int = 0
    """Missing topics that came after the learner had finished the roadmap."""
    choices: tuple[tuple[str, str, int, int], ...] = ()
    """(title, slug, how many are enough, how many there are) of the choices in it, outermost first."""

    @property
    def missing(self) -> int:
        """What the percentage lacks: required, to do or being learned; of a choice as many as it needs."""
        return self.share.left + self.share.learning

    @property
    def listed(self) -> int:
        """Topics listed as missing: of a choice, all there is to choose from."""
        return sum(len(part.missing) for part in self.parts)


def explain(overlay: Overlay, index: int | None = None) -> Explanation:
    """Of a branch (its index in `Tree.branches`), or of the whole roadmap."""
    tree = overlay.tree
    inside = set(range(len(tree.branches))) if index is None else _below(tree, index)
    parts, choices, unstated = [], [], 0
    for at, branch in enumerate(tree.branches):
        if at not in inside:
            continue
        if branch.choose is not None and not branch.optional:
            choices.append((branch.title, branch.slug, branch.choose, _seats(tree, at)))
        part = _part(overlay, at, index)
        if all(tree.branches[above].choose is None for above in tree.above(at) if above in inside):
            unstated += sum(not line.hours for line in part.missing)
        if part.missing or part.skipped or part.beside:
            parts.append(part)
    below = (
        [i for i, b in enumerate(tree.branches) if b.parent is None] if index is None else tree.branches[index].children
    )
    listed = {line.topic for part in parts for line in part.missing}
    return Explanation(
        tree.title if index is None else tree.branches[index].title,
        overlay.total if index is None else overlay.share(index),
        tuple(parts),
        tuple((tree.branches[i].title, tree.branches[i].slug, overlay.share(i)) for i in below),
        overlay.total.hours_left if index is None else overlay.hours_left(index),
        unstated,
        sum(topic in listed for topic in overlay.new()),
        tuple(choices),
    )


def _below(tree: Tree, index: int) -> set[int]:
    found, waiting = set(), [index]
    while waiting:
        at = waiting.pop()
        found.add(at)
        waiting += tree.branches[at].children
    return found


def _seats(tree: Tree, index: int) -> int:
    """Topics that a choice is made among."""
    return sum(not seat.optional for at in _below(tree, index) for seat in tree.branches[at].seats)


def _part(overlay: Overlay, at: int, root: int | None) -> Part:
    tree = overlay.tree
    branch = tree.branches[at]
    missing, skipped, beside = [], [], []
    for seat in branch.seats:
        row = overlay.row(seat.topic)
        if row.state in {DONE, WAIVED}:
            continue
        line = _line(tree, seat.topic, row)
        if seat.optional or row.spare:
            beside.append(line)
        elif row.state == SKIPPED:
            skipped.append(line)
        else:
            missing.append(line)
    chain = tree.above(at)[1:]
    if root is not None:
        chain = chain[: chain.index(root)] if root in chain else ()
    above = tuple(tree.branches[i].title for i in reversed(chain))
    share = overlay.share(at)
    return Part(branch.title, branch.slug, above, share, branch.choose, tuple(missing), tuple(skipped), tuple(beside))


def _line(tree: Tree, topic: int, row: Row) -> Line:
    facts = tree.topics[topic]
    needs = tuple(tree.topics[group[0]].title for group in row.unmet if group[0] in tree.topics)
    return Line(topic, facts.title, facts.slug, row, facts.hours, needs)
