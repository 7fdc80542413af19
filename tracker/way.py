"""The way to a topic: what is left before it in a good order, why each step, and what else one could take. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from roadmap.graph import together
from roadmap.tree import Tree
from tracker.overlay import Next, Overlay, met_states, open_groups, way_to
from tracker.packed import DONE, LEARNING, NONE, SKIPPED, TODO, WAIVED, Mark
from tracker.share import Share

Instead = Mapping[int, frozenset[int]]
"""Topic -> the alternatives that are wanted for it."""

MOST_COMPARED, LONG = 40, 4_000
"""Alternatives whose consequences are worked out for one page: so many, and fewer on a way of hundreds of steps (LONG
steps in all, but two alternatives at least)."""


class Hours(NamedTuple):
    """Hours that are stated, and how many topics state none."""

    known: float
    unknown: int


class Reason(NamedTuple):
    """Why a step is on the way: the topic that needs it, and what the notes say of that."""

    topic: int
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    topic: int
    state: str
    needed_by: tuple[Reason, ...] = ()
    """Steps after it. Empty for the topic that the way leads to."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of several that are enough, and what the whole way comes to with it."""

    topic: int
    steps: int | None
    """To do in all; None where it was not worked out."""
    hours: Hours | None


@dataclass(frozen=True, slots=True)
class Fork:
    """A group of alternatives that the way goes through."""

    by: int
    """The topic that needs one of them."""
    chosen: int
    alternatives: tuple[Alternative, ...]
    """In the order of the notes, the chosen one included."""
    own: bool
    """The learner chose, not the way."""


@dataclass(frozen=True, slots=True)
class Way:
    """`left` in a valid order, the topic itself last; `met` what of the way is behind one, in a valid order."""

    target: int
    left: tuple[Step, ...] = ()
    met: tuple[Step, ...] = ()
    share: Share = field(default_factory=Share)
    hours: Hours = field(default_factory=lambda: Hours(0, 0))
    forks: tuple[Fork, ...] = ()

    @property
    def reached(self) -> bool:
        return not self.left

    @property
    def met_count(self) -> int:
        """The numerator of the share."""
        return self.share.done + self.share.waived


def pairs(flat: Sequence[int]) -> dict[int, frozenset[int]]:
    """`Goal.instead` as `Instead`; an odd one out says nothing."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for asking, wanted in zip(flat[::2], flat[1::2], strict=False):
        found[asking].add(wanted)
    return {asking: frozenset(wanted) for asking, wanted in found.items()}


def way(tree: Tree, marks: Mapping[int, Mark], target: int, instead: Instead | None = None) -> Way:
    """The way to `target`, a topic of the tree. Linear in the tree for each alternative that is compared, but for
    `roadmap.graph.missing`, which looks for the shortest."""
    wanted = instead or {}
    met = {t for t, mark in marks.items() if mark.state in met_states(tree)}
    ids = left_on_way(tree, marks, target, wanted)
    groups = open_groups(tree, met, wanted)
    reasons = _reasons(tree, groups, ids)
    left = tuple(Step(t, _state(marks, t), tuple(reasons.get(t, ()))) for t in ids)
    behind = _behind(tree, marks, met, ids or (target,))
    share = _share([step.state for step in left] + [step.state for step in behind])
    return Way(target, left, behind, share, _hours(tree, ids), tuple(_forks(tree, marks, met, ids, wanted)))


def left_on_way(tree: Tree, marks: Mapping[int, Mark], target: int, instead: Instead | None = None) -> tuple[int, ...]:
    """What is left to do up to `target`, itself included and last: topics of a module side by side where that is valid.
    Nothing once it is done or waived."""
    if _state(marks, target) in {DONE, WAIVED}:
        return ()
    ids = way_to(tree, marks, target, instead)
    needs = {t: [n for group in tree.asked.get(t, ()) for n in group] for t in ids}
    return (*together(ids, needs, tree.place, tree.seated), target)


def towards(overlay: Overlay, marks: Mapping[int, Mark], goal: int, instead: Instead | None = None) -> Next | None:
    """What to go on with for who is heading for `goal`: what is under way on the way there, else the first step that
    nothing is missing for. None when it is reached or gone, or the next step stands on another roadmap."""
    tree = overlay.tree
    if goal not in tree.topics or tree.topics[goal].retired:
        return None
    ids = [t for t in left_on_way(tree, marks, goal, instead) if t in tree.place]
    under_way = [t for t in ids if _state(marks, t) == LEARNING]
    ready = [t for t in ids if _state(marks, t) == TODO and overlay.row(t).ready]
    found = under_way[:1] or ready[:1]
    return Next(found[0], "goal") if found else None


def _state(marks: Mapping[int, Mark], topic: int) -> str:
    return marks.get(topic, NONE).state


def _reasons(tree: Tree, groups: Mapping[int, Sequence[Sequence[int]]], ids: Sequence[int]) -> dict[int, list[Reason]]:
    """Topic -> the later steps that need it."""
    on_way = set(ids)
    found: defaultdict[int, list[Reason]] = defaultdict(list)
    for after in ids:
        for need in dict.fromkeys(n for group in groups.get(after, ()) for n in group if n in on_way):
            texts = [stated.reason for stated in tree.needs.get(after, ()) if stated.topic == need and stated.reason]
            found[need].append(Reason(after, texts[0] if texts else ""))
    return found


def _behind(tree: Tree, marks: Mapping[int, Mark], met: set[int], ids: Sequence[int]) -> tuple[Step, ...]:
    """What meets a need of these, or of what meets one: the part of the way that was walked."""
    found: dict[int, None] = {}
    looking = list(ids)
    while looking:
        for _, by in tree.groups.get(looking.pop(), ()):
            for need in by:
                if need in met and need not in found and need in tree.topics:
                    found[need] = None
                    looking.append(need)
    behind = [t for t in found if t not in ids]
    needs = {t: [n for group in tree.asked.get(t, ()) for n in group] for t in behind}
    return tuple(Step(t, _state(marks, t)) for t in together(behind, needs, tree.place, tree.seated))


def _share(states: Sequence[str]) -> Share:
    return Share(len(states), *(states.count(state) for state in (DONE, WAIVED, LEARNING, SKIPPED)))


def _hours(tree: Tree, ids: Sequence[int]) -> Hours:
    known = [tree.topics[t].hours or 0.0 for t in ids]
    return Hours(round(sum(known), 2), known.count(0.0))


def _forks(tree: Tree, marks: Mapping[int, Mark], met: set[int], ids: Sequence[int], wanted: Instead) -> Iterator[Fork]:
    on_way, budget = set(ids), min(MOST_COMPARED, max(2, LONG // max(1, len(ids))))
    for by in ids:
        for asked, meeting in tree.groups.get(by, ()):
            if len(asked) < 2 or not met.isdisjoint(meeting):
                continue
            picked = wanted.get(by, frozenset())
            chosen = next((n for n in asked if n in picked), None) or next(n for n in asked if n in on_way)
            alternatives = []
            for n in asked:
                if budget > 0 or n == chosen:
                    steps = ids if n == chosen else left_on_way(tree, marks, ids[-1], choose(tree, wanted, by, n))
                    alternatives.append(Alternative(n, len(steps), _hours(tree, steps)))
                    budget -= 1
                else:
                    alternatives.append(Alternative(n, None, None))
            yield Fork(by, chosen, tuple(alternatives), own=not picked.isdisjoint(asked))


def choose(tree: Tree, instead: Instead, by: int, alternative: int) -> dict[int, frozenset[int]]:
    """`instead`, with this alternative in its group of `by`."""
    same = {n for group in tree.asked.get(by, ()) if alternative in group for n in group}
    return {**instead, by: (instead.get(by, frozenset()) - same) | {alternative}}


def understood(tree: Tree, instead: Instead) -> dict[int, frozenset[int]]:
    """What of it the tree offers: alternatives of groups that have more than one."""
    found = {}
    for by, wanted in instead.items():
        offered = {n for group in tree.asked.get(by, ()) if len(group) > 1 for n in group}
        if wanted & offered:
            found[by] = wanted & offered
    return found
