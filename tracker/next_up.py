"""What a learner goes on with, over all the roadmaps they walk, and why that. Pure.

Each roadmap is ranked as its own page ranks it (`Overlay.best_ready`), with what lies on the way to the learner's goal
there first; several roadmaps take turns, the one that was moved on last beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat, zip_longest

from roadmap.tree import Tree
from tracker.overlay import Overlay, Row, way_to
from tracker.packed import DONE, LEARNING, SKIPPED, WAIVED, layout, unpack

MOST = 5
"""Suggestions on one page."""


class Walked:
    """A roadmap that the learner walks or is assigned."""

    def __init__(self, overlay: Overlay, *, goal: int | None = None) -> None:
        self.overlay = overlay
        self.tree: Tree = overlay.tree
        self._goal = goal

    @cached_property
    def goal(self) -> int | None:
        """The topic they head for; None where it is reached, left out, or no longer part of the roadmap."""
        topic = self._goal
        if topic is None or topic not in self.tree.seated:
            return None
        return None if self.overlay.row(topic).state in {DONE, WAIVED, SKIPPED} else topic

    @cached_property
    def way(self) -> tuple[int, ...]:
        """What is left to do until the goal is reached, in a valid order, the goal last; empty without one."""
        if self.goal is None:
            return ()
        return (*way_to(self.tree, unpack(self.tree, self.overlay.states), self.goal), self.goal)

    def row(self, topic: int) -> Row | None:
        """None where the roadmap knows nothing of the topic."""
        return self.overlay.row(topic) if topic in layout(self.tree).position else None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A topic to go on with, and its because."""

    walk: int
    """Index of the roadmap among those walked."""
    topic: int
    because: str
    """`learning` (under way), `goal` (on the way to it, or the goal itself), `opens` or `order` (the next in reading
    order)."""
    state: str
    goal: int | None = None
    """The topic that it leads to."""
    way: int = 0
    """How many topics are left until that one is reached, both ends included."""
    opens: tuple[int, ...] = ()
    """Topics that ask for it and are not finished."""
    needs: tuple[int, ...] = ()
    """What it needs: met, or for a topic that was begun before it was, not."""
    unmet: tuple[int, ...] = ()
    """Of what it needs, alternatives included, what is in no group that is met."""
    spare: bool = False
    """It is optional, or the choice it belongs to has enough."""


@dataclass(frozen=True, slots=True)
class NextUp:
    hand: Suggestion | None = None
    """The topic in hand, else the best next one."""
    ready: tuple[Suggestion, ...] = ()
    """What is ready besides."""


def next_up(walks: Sequence[Walked], under_way: Sequence[int] = (), *, limit: int = MOST) -> NextUp:
    """`walks` with the one that was moved on last first, `under_way` the topics being learned, the latest first.

    A topic that several roadmaps show is suggested once, on the first of them. Nothing is suggested that is done,
    waived, skipped, retired, or locked on any of these roadmaps.
    """
    hand = next(filter(None, (_in_hand(walks, topic) for topic in under_way)), None)
    seen = {hand.topic} if hand else set()
    found: list[Suggestion] = []
    for index, topic in _in_turn(walks):
        if len(found) == limit + (hand is None):
            break
        if topic not in seen and not _refused(walks, topic):
            seen.add(topic)
            found.append(_suggestion(walks, index, topic))
    return NextUp(hand, tuple(found)) if hand or not found else NextUp(found[0], tuple(found[1:]))


def _in_turn(walks: Sequence[Walked]) -> Iterator[tuple[int, int]]:
    """(index of the walk, topic): first what leads to goals, then what else is ready, each roadmap in its turn."""
    for ready in (_toward, _ready):
        turns = [zip(repeat(index), ready(walk)) for index, walk in enumerate(walks)]
        yield from filter(None, chain.from_iterable(zip_longest(*turns)))


def _toward(walk: Walked) -> Iterator[int]:
    """What leads to the goal and can be done now."""
    return (topic for topic in walk.way if walk.overlay.row(topic).ready)


def _ready(walk: Walked) -> Iterator[int]:
    """All that is ready, the best first: worked out as far as it is asked for."""
    given, asked = 0, 2 * MOST
    while True:
        found = walk.overlay.best_ready(asked)
        yield from found[given:]
        if len(found) < asked:
            return
        given, asked = len(found), 4 * asked


def _refused(walks: Sequence[Walked], topic: int) -> bool:
    """A strict roadmap that shows the topic does not let it be begun."""
    for walk in walks:
        row = walk.row(topic)
        if row is not None and row.locked and walk.tree.locking == "strict" and topic in walk.tree.seated:
            return True
    return False


def _in_hand(walks: Sequence[Walked], topic: int) -> Suggestion | None:
    for index, walk in enumerate(walks):
        if topic in walk.tree.seated and walk.overlay.row(topic).state == LEARNING:
            return _suggestion(walks, index, topic)
    return None


def _suggestion(walks: Sequence[Walked], index: int, topic: int) -> Suggestion:
    walk = walks[index]
    tree, row = walk.tree, walk.overlay.row(topic)
    leads = topic in walk.way
    opens = tuple(t for t in tree.opens.get(topic, ()) if walk.overlay.row(t).state not in {DONE, WAIVED})
    because = "learning" if row.state == LEARNING else "goal" if leads else "opens" if opens else "order"
    return Suggestion(
        walk=index,
        topic=topic,
        because=because,
        state=row.state,
        goal=walk.goal if leads else None,
        way=len(walk.way) if leads else 0,
        opens=opens,
        needs=tuple(dict.fromkeys(need for group in tree.asked.get(topic, ()) for need in _met_of(walk, group))),
        unmet=tuple(dict.fromkeys(need for group in row.unmet for need in group)),
        spare=row.spare or topic in tree.optional,
    )


def _met_of(walk: Walked, group: Sequence[int]) -> Mapping[int, None]:
    """Of alternatives those that the learner finished, all where that is none."""
    done = dict.fromkeys(need for need in group if walk.overlay.row(need).state in {DONE, WAIVED})
    return done or dict.fromkeys(group)
