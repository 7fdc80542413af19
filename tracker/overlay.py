"""A learner's marks laid over a roadmap's tree: shares, rows, locks, what is next and why. Pure.

The product's one percentage is `Share.value`; pages, the matrix, the API and exports call `overlay` or `shares`.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import NamedTuple
from zlib import crc32

from roadmap.graph import missing
from roadmap.tree import Tree
from tracker.ground import ground_of
from tracker.packed import (
    CHANGED,
    CODES,
    DONE,
    LEARNING,
    NONE,
    PLAIN,
    SKIPPED,
    STARTED,
    STATE,
    STATES,
    TODO,
    WAIVED,
    Counted,
    Mark,
    layout,
    pack,
)
from tracker.share import Share


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
    known: str = ""
    """Title of another roadmap that it was done on, before anything was done on this one."""


class Next(NamedTuple):
    """A suggestion and its because."""

    topic: int
    because: str
    """`goal` (the first step to it), `learning` (under way), `opens` (see the row's number) or `order` (the next in
    reading order)."""


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


def way_to(
    tree: Tree, marks: Mapping[int, Mark], topic: int, instead: Mapping[int, Collection[int]] | None = None
) -> tuple[int, ...]:
    """What stands between the learner and `topic`: the shortest way, in a valid order. `instead` as `open_groups`."""
    met = {t for t, mark in marks.items() if mark.state in met_states(tree)}
    return tuple(missing(topic, open_groups(tree, met, instead or {}), met, tree.place))


def open_groups(
    tree: Tree, met: AbstractSet[int], instead: Mapping[int, Collection[int]]
) -> dict[int, list[tuple[int, ...]]]:
    """Topic id -> its groups that nothing meets yet. Of a group that has alternatives which `instead` names for its
    topic, these alone are left."""
    found = {t: [asked for asked, by in gs if met.isdisjoint(by)] for t, gs in tree.groups.items()}
    for topic, wanted in instead.items():
        groups = found.get(topic, [])
        found[topic] = [tuple(n for n in group if n in wanted) or group for group in groups]
    return found


class Overlay:
    """One learner's states laid over a tree. What is asked is worked out, and no more: a check-off asks little.

    `states` as `tracker.packed` packs them; `finished_at` (Unix time) is when the learner finished this roadmap, if
    ever: later seats are new. `known`: topic -> title of the roadmap that it is known from.
    """

    def __init__(
        self, tree: Tree, states: bytes, *, finished_at: float | None = None, known: Mapping[int, str] | None = None
    ) -> None:
        self.tree, self.states, self.finished_at, self.known = tree, states, finished_at, known or {}
        self._counted = Counted(tree, states)
        self._met = states.translate(_MET_IF_STRICT if tree.locking == "strict" else _MET)
        self._finished = states.translate(_FINISHED)

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        """Of each branch, by its index in `Tree.branches`."""
        return tuple(map(self._counted.branch, range(len(self.tree.branches))))

    @cached_property
    def total(self) -> Share:
        return self._counted.total()

    def share(self, index: int) -> Share:
        """Of one branch."""
        return self._counted.branch(index)

    def hours_left(self, index: int) -> float:
        """Stated hours of what is left of one branch."""
        return self._counted.hours_left(index)

    @cached_property
    def rows(self) -> dict[int, Row]:
        """Of every topic seated in the tree, in reading order. Linear in topics plus prerequisites; rows that no state
        touches are those of the tree without states."""
        rows = _untouched(self.tree).copy()
        rows.update(self.rows_of(self._touched()))
        return rows

    def row(self, topic: int) -> Row:
        """Of one topic of the tree."""
        place = ground_of(self.tree).places[topic]
        code = self.states[place.own]
        state = STATES[code & STATE]
        lacking, spare = _NOTHING, False
        if state in _UNFINISHED:
            if place.groups:
                met = self._met
                lacking = tuple([asked for asked, by in place.groups if not any(map(met.__getitem__, by))])
            spare = bool(place.choices) and not self._enough.isdisjoint(place.choices)
        opens = len(place.opens)
        if opens:
            opens -= sum(map(self._finished.__getitem__, place.opens))
        todo = state == TODO
        return Row(
            state,
            todo and not lacking,
            bool(lacking) and (todo or state == SKIPPED) and not code & STARTED,
            lacking,
            opens,
            todo and self.finished_at is not None and place.placed_at > self.finished_at,
            bool(code & CHANGED),
            spare,
            self.known.get(topic, "") if state in _KNOWN else "",
        )

    def rows_of(self, topics: Iterable[int]) -> dict[int, Row]:
        """Of some topics of the tree."""
        return {topic: self.row(topic) for topic in topics}

    @cached_property
    def _enough(self) -> frozenset[int]:
        """Choices that have enough."""
        branches = enumerate(self.tree.branches)
        return frozenset(i for i, branch in branches if branch.choose is not None and self.share(i).value == 1)

    @cached_property
    def looks(self) -> list[int]:
        """Of every seated topic, in reading order, a number that is equal only where two rows look the same: the byte
        of the state, whether it is new or spare, what it is known from, and how much it lacks and opens if it is not
        finished."""
        ground = ground_of(self.tree)
        looks = list(self.states[: layout(self.tree).seated])
        met, finished = self._met + b"\0", self._finished + b"\0"
        for own, needed, alone, groups, waiting, asking in ground.linked:
            look = looks[own]
            if not _CODE_UNFINISHED[look & STATE]:
                continue
            if needed:
                lacking = needed - alone(met).count(1)
                if groups:
                    lacking -= sum(any(meeting(met)) for meeting in groups)
                look += lacking << 8
            if waiting:
                look += (waiting - asking(finished).count(1)) << 20
            looks[own] = look
        for topic in self._spare():
            looks[ground.places[topic].own] |= _LOOKS_SPARE
        for topic in self._new():
            looks[ground.places[topic].own] |= _LOOKS_NEW
        for topic, title in self.known.items():
            if (place := ground.places.get(topic)) and place.own < len(looks):
                looks[place.own] += (crc32(title.encode()) + 1) << 40
        return looks

    def _spare(self) -> list[int]:
        """Topics of choices that have enough."""
        if not self._enough:
            return []
        return [topic for topic, above in self.tree.choices.items() if not self._enough.isdisjoint(above)]

    def _new(self) -> list[int]:
        """Topics seated after the learner finished the roadmap."""
        if self.finished_at is None:
            return []
        return [topic for topic, at in self.tree.placed_at.items() if at > self.finished_at]

    def _touched(self) -> Iterable[int]:
        """Seated topics whose rows may differ from those of a learner without states; all, where that is cheaper."""
        tree, plan = self.tree, layout(self.tree)
        seated, asked, opens = tree.seated, tree.asked, tree.opens
        marked = [(topic, met) for topic, code, met in zip(plan.order, self.states, self._met, strict=True) if code]
        if 2 * len(marked) > len(seated):
            return seated
        touched = {topic for topic, _ in marked}
        for topic, met in marked:
            if met or self.states[plan.position[topic]] & STATE == CODES[SKIPPED]:
                touched.update(opens.get(topic, ()))
                for group in asked.get(topic, ()):
                    touched.update(group)
        touched.update(self._spare(), self._new())
        # An alternative that is not asked for any more opens nothing in the tree, and still meets its group.
        touched.update(topic for topic, need in tree.met_beside if need in plan.position)
        touched.intersection_update(seated)
        return touched

    @cached_property
    def next(self) -> Next | None:
        """What to go on with: a topic under way, else the first of `best_ready`."""
        plan = layout(self.tree)
        learning = self.states[: plan.seated].translate(PLAIN).find(CODES[LEARNING])
        if learning >= 0:
            return Next(plan.order[learning], "learning")
        best = self.best_ready(1)
        return Next(best[0], "opens" if self.row(best[0]).opens else "order") if best else None

    def best_ready(self, limit: int) -> list[int]:
        """The ready topics to go on with, the best first: in reading order, moved up two places for each topic that one
        opens (to five). Top-level branches keep their order; what does not count (optional, or spare in a choice) comes
        last."""
        plain = self.states[: layout(self.tree).seated].translate(PLAIN)
        best = self._best_ready(plain, limit, counting=True)
        return best if len(best) == limit else best + self._best_ready(plain, limit - len(best), counting=False)

    def _best_ready(self, plain: bytes, limit: int, *, counting: bool) -> list[int]:
        """The best ready topics among those that count, or among the others. Looks no further than where nothing better
        can come."""
        plan, rank_of, optional = layout(self.tree), ground_of(self.tree).rank, self.tree.optional
        best: list[tuple[int, int]] = []
        place = plain.find(0)
        while place >= 0:
            topic = plan.order[place]
            rank = rank_of[topic]
            if len(best) == limit and rank - _AHEAD >= best[-1][0]:
                break
            if (topic not in optional) or not counting:
                row = self.row(topic)
                if row.ready and (row.spare or topic in optional) is not counting:
                    insort(best, (rank - min(2 * row.opens, _AHEAD), place))
                    del best[limit:]
            place = plain.find(0, place + 1)
        return [plan.order[place] for _, place in best]

    def changed(self) -> list[int]:
        """Seated topics whose text changed since they were done, in reading order."""
        plan = layout(self.tree)
        return [topic for topic, code in zip(plan.order, self.states[: plan.seated], strict=False) if code & CHANGED]

    def new(self) -> list[int]:
        """Topics to do that were seated after the learner finished the roadmap, in reading order."""
        place = self.tree.place
        return sorted((topic for topic in self._new() if topic in place and self.row(topic).new), key=place.__getitem__)


_NOTHING: tuple[tuple[int, ...], ...] = ()
_LOOKS_SPARE, _LOOKS_NEW = 1 << 5, 1 << 6
_UNFINISHED = frozenset({TODO, LEARNING, SKIPPED})
_KNOWN = frozenset({DONE, WAIVED})
_CODE_UNFINISHED = tuple(state in _UNFINISHED for state in STATES) + (False,) * 3
_AHEAD = 10
"""Places that a ready topic can move up among suggestions."""


def _where(*states: str) -> bytes:
    """For `bytes.translate`: 1 for a byte in one of these states."""
    codes = {CODES[state] for state in states}
    return bytes(code & STATE in codes for code in range(256))


_FINISHED = _where(DONE, WAIVED)
_MET_IF_STRICT = _FINISHED
_MET = _where(DONE, WAIVED, SKIPPED)


def overlay(tree: Tree, marks: Mapping[int, Mark], *, finished_at: float | None = None) -> Overlay:
    """`marks` by topic id, those of other roadmaps' topics included; a topic without one is to do."""
    return Overlay(tree, pack(tree, marks), finished_at=finished_at)


def _untouched(tree: Tree) -> dict[int, Row]:
    """The rows of every seated topic for a learner without states, in reading order."""
    found = tree.kept.get(f"{__name__} rows")
    if not isinstance(found, dict):
        found = tree.kept[f"{__name__} rows"] = Overlay(tree, bytes(len(layout(tree).order))).rows_of(tree.order)
    return found


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
