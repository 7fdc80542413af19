"""What a learner knew before: many topics done in one act, which one undo takes back whole (`tracker.bulk`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from roadmap.models import Roadmap
from roadmap.queries import tree_of
from roadmap.tree import Tree
from tracker import bulk
from tracker.models import BulkAct, ProgressEvent, User
from tracker.overlay import met_states
from tracker.packed import DONE, NONE, WAIVED, Mark
from tracker.queries import marks_on
from tracker.walking import enrol


@dataclass(frozen=True, slots=True)
class Known:
    """What the act did."""

    topics: int
    """Done by it."""
    locked: tuple[int, ...] = ()
    """Topics that a strict roadmap did not take: something they need is neither done nor said to be known."""
    replayed: bool = False


def know(*, learner: User, roadmap: Roadmap, topics: Iterable[int], operation: UUID) -> Known:
    """The learner knows these topics (ids) of the roadmap, and walks it. What is done or waived stays as it is; what
    the roadmap does not show is left out. Safe to repeat. One transaction, a number of queries that does not grow with
    the topics. Raise Conflict."""
    with transaction.atomic():
        enrol(learner=learner, roadmap=roadmap)
        before = bulk.act_of(learner, operation)
        tree = tree_of(roadmap)
        taken, locked = takes(tree, marks_on(learner, tree).by_topic, topics)
        if before is None and not taken:
            return Known(0, locked)
        done = bulk.set_many(
            learner=learner,
            topics=taken,
            state=DONE,
            operation=operation,
            kind=BulkAct.Kind.KNOWN,
            roadmap=roadmap,
            about=roadmap.title,
            through=ProgressEvent.Through.KNOWN,
        )
    return Known(len(done.act.topics), () if done.replayed else locked, done.replayed)


def takes(tree: Tree, marks: Mapping[int, Mark], wanted: Iterable[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Of `wanted`, the topics that can be said to be known, and those that a strict roadmap locks; in reading order.

    A strict roadmap takes what needs something that is known by the same act. What was done stays done, whatever it
    needs. Pure.
    """
    asked = set(wanted)
    left = [t for t in tree.order if t in asked and marks.get(t, NONE).state not in {DONE, WAIVED}]
    if tree.locking != "strict":
        return tuple(left), ()
    met = {topic for topic, mark in marks.items() if mark.state in met_states(tree)}
    open_ones = {topic for topic in left if marks.get(topic, NONE).started}
    met |= open_ones
    waiting, taken = [topic for topic in left if topic not in open_ones], set(open_ones)
    while True:
        found = [t for t in waiting if all(not met.isdisjoint(by) for _, by in tree.groups.get(t, ()))]
        if not found:
            break
        taken.update(found)
        met.update(found)
        waiting = [topic for topic in waiting if topic not in taken]
    return tuple(t for t in left if t in taken), tuple(waiting)
