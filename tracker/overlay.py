"""A learner's marks laid over a roadmap's tree: shares, rows, locks, what is next and why. Pure.

The product's one percentage is `Share.value`; pages, the matrix, the API and exports call `overlay` or `shares`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from roadmap.graph import missing
from roadmap.tree import Tree

TODO, LEARNING, DONE, SKIPPED, WAIVED = "todo", "learning", "done", "skipped", "waived"
STATES = (TODO, LEARNING, DONE, SKIPPED, WAIVED)


class Mark(NamedTuple):
    """What is stored of one learner and topic."""

    state: str
    revision: int = 1
    """The topic's revision when it was set, or when the learner last said "still fine"."""
    started: bool = False
    """It was learning, done or waived once: it never locks again."""


NONE = Mark(TODO)
_MET: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """How far a learner is on a branch or a roadmap, counted over seats. Optional topics stand beside, not in it."""

    required: int = 0
    done: int = 0
    waived: int = 0
    learning: int = 0
    skipped: int = 0
    optional: int = 0
    optional_done: int = 0
    hours_left: float = 0.0
    """Stated hours of what is required and neither done, waived nor skipped; a choice takes its shortest."""

    @property
    def value(self) -> float | None:
        """(done + waived) / required, from 0 to 1; None where nothing is required, shown as a dash."""
        return (self.done + self.waived) / self.required if self.required else None

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 means all; at least 1 once anything is done."""
        if not self.required:
            return None
        met = self.done + self.waived
        return max(1, met * 100 // self.required) if met else 0

    @property
    def left(self) -> int:
        return self.required - self.done - self.waived - self.learning - self.skipped

    @property
    def finished(self) -> bool:
        """Nothing required is left but what the learner skipped ("finished, n skipped")."""
        return self.required > 0 and self.done + self.waived + self.skipped == self.required


class Row(NamedTuple):
    """One topic as its row shows it."""

    state: str
    ready: bool
    """To do, and all it needs is met."""
    locked: bool
    """Never started, and something it needs is unmet: advice, or under strict locking a refusal. Leaving a topic out
    does not start it: skipping would open every lock."""
    unmet: tuple[tuple[int, ...], ...]
    """Groups of alternatives of which none is met yet."""
    opens: int
    """Topics not yet finished that ask for this one."""
    new: bool
    """Seated after the learner finished the roadmap, and still to do."""
    changed: bool
    """Its text changed since it was done."""
    spare: bool = False
    """Not finished, and not needed either: the choice it belongs to has enough."""


class Next(NamedTuple):
    """A suggestion and its because."""

    topic: int
    because: str
    """`learning` (under way), `opens` (see the row's number) or `order` (the next in reading order)."""


@dataclass(frozen=True, slots=True)
class Overlay:
    rows: dict[int, Row]
    """Of every topic seated in the tree, in reading order."""
    shares: tuple[Share, ...]
    """Of each branch, by its index in `Tree.branches`."""
    total: Share
    next: tuple[Next, ...]
    """What to go on with, best first: topics under way, then ready ones; required before optional."""


def met_states(tree: Tree) -> frozenset[str]:
    """States that satisfy a need. Skipping says "I do not need it", which advice takes at its word; a strict roadmap
    does not: there, skipping would be a way round the lock. Nothing dead-ends, a skipped topic can be taken up again.
    """
    return frozenset((DONE, WAIVED) if tree.locking == "strict" else (DONE, WAIVED, SKIPPED))


def unmet(tree: Tree, marks: Mapping[int, Mark], topic: int) -> tuple[tuple[int, ...], ...]:
    """Groups of alternatives that `topic` asks for and of which none is met."""
    met = met_states(tree)
    groups = tree.groups.get(topic, ())
    return tuple(asked for asked, by in groups if not any(marks.get(n, NONE).state in met for n in by))


def way_to(tree: Tree, marks: Mapping[int, Mark], topic: int) -> tuple[int, ...]:
    """What stands between the learner and `topic`: the shortest way, in a valid order."""
    met = {t for t, mark in marks.items() if mark.state in met_states(tree)}
    open_groups = {t: [asked for asked, by in gs if met.isdisjoint(by)] for t, gs in tree.groups.items()}
    return tuple(missing(topic, open_groups, met, tree.place))


def overlay(tree: Tree, marks: Mapping[int, Mark], *, finished_at: float | None = None) -> Overlay:
    """`marks` by topic id, those of other roadmaps' topics included; a topic without one is to do.

    `finished_at` (Unix time) is when the learner finished this roadmap, if ever: later seats are new.
    Linear in topics plus prerequisites; rows that no mark touches are those of the tree without marks.
    """
    branch_shares, total = shares(tree, marks)
    ground = _ground(tree)
    rows = ground.rows.copy()
    touched = _touched(tree, marks, branch_shares, finished_at)
    rows.update(_rows(tree, marks, touched, branch_shares, finished_at))
    return Overlay(rows, branch_shares, total, _next(rows, ground))


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the overlays of one tree have in common."""

    rows: dict[int, Row]
    """Of every seated topic, for a learner without marks, in reading order."""
    rank: dict[int, int]
    """Seated topic -> its weight among suggestions: optional, then top-level branch, then place."""


_LAST = 1 << 60
"""Added to the rank of what does not count."""


def _ground(tree: Tree) -> _Ground:
    found = tree.kept.get(__name__)
    if not isinstance(found, _Ground):  # threads may do this twice, to the same end
        rows = _rows(tree, {}, tree.order, shares(tree, {})[0], None)
        top = {index: tree.above(index)[-1] for index in set(tree.seated.values())}
        places = tree.place.items()
        rank = {t: (_LAST if t in tree.optional else 0) + (top[tree.seated[t]] << 40) + (p + 16) for t, p in places}
        found = tree.kept[__name__] = _Ground(rows, rank)
    return found


def _touched(
    tree: Tree, marks: Mapping[int, Mark], branch_shares: Sequence[Share], finished_at: float | None
) -> Iterable[int]:
    """Seated topics whose rows may differ from those of a learner without marks; all, where that is cheaper."""
    seated, asked, opens = tree.seated, tree.asked, tree.opens
    if 2 * len(marks) > len(seated):
        return seated
    touched = set(marks)
    for topic, mark in marks.items():
        if mark.state in (DONE, WAIVED, SKIPPED):
            touched.update(opens.get(topic, ()))
            for group in asked.get(topic, ()):
                touched.update(group)
    enough = {i for i, branch in enumerate(tree.branches) if branch.choose is not None and branch_shares[i].value == 1}
    if enough:
        touched.update(topic for topic, above in tree.choices.items() if not enough.isdisjoint(above))
    if finished_at is not None:
        touched.update(topic for topic, at in tree.placed_at.items() if at > finished_at)
    # An alternative that is not asked for any more opens nothing in the tree, and still meets its group.
    touched.update(topic for topic, need in tree.met_beside if need in marks)
    touched.intersection_update(seated)
    return touched


def row_of_each(
    tree: Tree, marks: Mapping[int, Mark], topics: Iterable[int], *, finished_at: float | None = None
) -> dict[int, Row]:
    """The rows of some topics: what a check-off answers with. Equal to those of `overlay`."""
    return _rows(tree, marks, topics, shares(tree, marks)[0] if tree.choices else (), finished_at)


def _rows(
    tree: Tree,
    marks: Mapping[int, Mark],
    topics: Iterable[int],
    branch_shares: Sequence[Share],
    finished_at: float | None,
) -> dict[int, Row]:
    met, groups, opens, facts, choices = met_states(tree), tree.groups, tree.opens, tree.topics, tree.choices
    ok = {topic for topic, mark in marks.items() if mark.state in met}
    finished = {topic for topic, mark in marks.items() if mark.state in (DONE, WAIVED)}
    placed_at = tree.placed_at if finished_at is not None else {}
    rows: dict[int, Row] = {}
    for topic in topics:
        mark = marks.get(topic, NONE)
        state = mark.state
        todo, spare, lacking = state == TODO, False, _MET
        if todo or state in (LEARNING, SKIPPED):
            if topic in groups:
                lacking = tuple([asked for asked, by in groups[topic] if ok.isdisjoint(by)])
            spare = topic in choices and any(branch_shares[index].value == 1 for index in choices[topic])
        waiting = opens.get(topic)
        rows[topic] = Row(
            state,
            todo and not lacking,
            state in (TODO, SKIPPED) and bool(lacking) and not mark.started,
            lacking,
            len(waiting) - sum(map(finished.__contains__, waiting)) if waiting else 0,
            todo and finished_at is not None and placed_at.get(topic, 0.0) > finished_at,
            state == DONE and mark.revision < facts[topic].revision,
            spare,
        )
    return rows


def shares(tree: Tree, marks: Mapping[int, Mark]) -> tuple[tuple[Share, ...], Share]:
    """The share of each branch, and of the roadmap. A branch is the sum of what is below it; a choice its best k."""
    states = {topic: mark.state for topic, mark in marks.items()}
    sums: list[list[float]] = [[0] * 8 for _ in tree.branches]
    left: list[list[float]] = [[] for _ in tree.branches]
    total: list[float] = [0] * 8
    column = {DONE: 1, WAIVED: 2, LEARNING: 3, SKIPPED: 4}
    for index in range(len(tree.branches) - 1, -1, -1):
        branch, own = tree.branches[index], sums[index]
        for seat in branch.seats:
            state = states.get(seat.topic, TODO)
            if seat.optional:
                own[5] += 1
                own[6] += state in (DONE, WAIVED)
                continue
            own[0] += 1
            if state in column:
                own[column[state]] += 1
            if state in (TODO, LEARNING):
                left[index].append(tree.topics[seat.topic].hours or 0.0)
        if branch.choose is not None and own[0] > branch.choose:
            _choose(own, left[index], branch.choose)
        own[7] = sum(left[index])
        above = total if branch.parent is None else sums[branch.parent]
        for i in range(8 if branch.parent is None else 7):
            above[i] += own[i]
        if branch.parent is not None:
            left[branch.parent] += left[index]
    made = tuple(_share(own) for own in sums)
    return made, _share(total)


def _choose(own: list[float], left: list[float], k: int) -> None:
    """Cut a branch to its best k: done, then waived, under way, untouched; skipped only where too few are left."""
    n = int(own[0])
    own[0] = k
    own[1] = min(own[1], k)
    own[2] = min(own[2], k - own[1])
    own[3] = min(own[3], k - own[1] - own[2])
    own[4] = max(0, k - (n - own[4]))
    left.sort()
    del left[int(k - own[1] - own[2] - own[4]) :]


def _share(own: list[float]) -> Share:
    required, done, waived, learning, skipped, optional, optional_done = map(int, own[:7])
    return Share(required, done, waived, learning, skipped, optional, optional_done, round(own[7], 2))


def _next(rows: Mapping[int, Row], ground: _Ground) -> tuple[Next, ...]:
    """Under way first; then ready topics in reading order, moved up two places for each topic they open (to five).

    Top-level branches keep their order; what does not count (optional, or spare in a choice) comes last.
    """
    rank = ground.rank
    found = [Next(topic, "learning") for topic, row in rows.items() if row.state == LEARNING]
    ready = [
        (rank[topic] - 2 * min(row.opens, 5) + (_LAST if row.spare else 0), topic, row.opens)
        for topic, row in rows.items()
        if row.ready
    ]
    ready.sort(key=itemgetter(0))
    found += [Next(topic, "opens" if opens else "order") for _, topic, opens in ready]
    return tuple(found)


class Affected(NamedTuple):
    """What a change of one topic's state may change on the page."""

    topics: tuple[int, ...]
    """Seated topics whose row may look different, the topic itself first."""
    branches: tuple[int, ...]
    """Indexes of the branches whose share may differ."""


def affected(tree: Tree, topic: int) -> Affected:
    """The topic, what it opens (ready or locked), what it asks for (their "opens n"), the rest of a choice (spare), and
    the branches above it."""
    seated, choices = tree.seated, set(tree.choices.get(topic, ()))
    near = [topic, *tree.opens.get(topic, ()), *(need for group in tree.asked.get(topic, ()) for need in group)]
    if choices:
        near += [other for other, above in tree.choices.items() if not choices.isdisjoint(above)]
    topics = tuple(dict.fromkeys(t for t in near if t in seated))
    branches = tree.above(seated[topic]) if topic in seated else ()
    return Affected(topics, branches)
