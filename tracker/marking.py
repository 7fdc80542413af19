"""What setting one state for many topics would do, before it is done. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from roadmap.tree import Tree
from tracker.overlay import met_states
from tracker.packed import DONE, LEARNING, NONE, SKIPPED, TODO, WAIVED, Mark

STATES = (DONE, LEARNING, SKIPPED, TODO)
"""What a learner can set for many topics at once."""
STARTS = frozenset({LEARNING, DONE})
"""States that a strict lock refuses."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Each topic that was asked for is in one of these, in the order it was asked for."""

    change: tuple[int, ...]
    same: tuple[int, ...] = ()
    """They are in that state."""
    waived: tuple[int, ...] = ()
    """A mentor's act, which stays."""
    locked: tuple[tuple[int, tuple[int, ...]], ...] = ()
    """Refused by a strict roadmap, each with the topics that it still needs."""


def planned(tree: Tree, marks: Mapping[int, Mark], topics: Iterable[int], state: str) -> Plan:
    """As if the topics were set one by one in a valid order: what is done first opens what comes after."""
    change: list[int] = []
    same: list[int] = []
    waived: list[int] = []
    for topic in topics:
        held = marks.get(topic, NONE).state
        (waived if held == WAIVED else same if held == state else change).append(topic)
    locked = _locked(tree, marks, change, state) if tree.locking == "strict" and state in STARTS else {}
    return Plan(
        tuple(topic for topic in change if topic not in locked),
        tuple(same),
        tuple(waived),
        tuple((topic, locked[topic]) for topic in change if topic in locked),
    )


def _locked(tree: Tree, marks: Mapping[int, Mark], topics: Iterable[int], state: str) -> dict[int, tuple[int, ...]]:
    """Topic -> one alternative of each group that stays unmet. Linear in topics and their prerequisites."""
    enough = met_states(tree)
    met = {topic for topic, mark in marks.items() if mark.state in enough}
    lacking: dict[int, list[tuple[tuple[int, ...], tuple[int, ...]]]] = {}
    waiting: defaultdict[int, list[int]] = defaultdict(list)
    opened: deque[int] = deque()
    for topic in topics:
        mark = marks.get(topic, NONE)
        free = mark.started or mark.state not in {TODO, SKIPPED}
        groups = [] if free else [group for group in tree.groups.get(topic, ()) if met.isdisjoint(group[1])]
        if not groups:
            opened.append(topic)
            continue
        lacking[topic] = groups
        for _, by in groups:
            for need in by:
                waiting[need].append(topic)
    while opened and state in enough:
        done = opened.popleft()
        met.add(done)
        for topic in waiting.pop(done, ()):
            if topic not in lacking:
                continue
            lacking[topic] = [group for group in lacking[topic] if met.isdisjoint(group[1])]
            if not lacking[topic]:
                del lacking[topic]
                opened.append(topic)
    return {topic: tuple(asked[0] for asked, _ in groups) for topic, groups in lacking.items()}
