"""The links of ordered sections, laid again where an editor ordered or rearranged one. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

from roadmap.plan.curriculum import Need, Roadmap, Topic

Link = tuple[UUID, UUID]
"""(topic, the one before it)."""


def chained(roadmap: Roadmap) -> dict[Link, None]:
    """The links that the ordered sections of a roadmap ask for, in reading order."""
    return dict.fromkeys(
        (later.topic, earlier.topic)
        for section in roadmap.sections
        if section.ordered and not roadmap.retired
        for earlier, later in pairwise(section.seats)
    )


def relaid(topics: Iterable[Topic], were: Iterable[Link], are: Iterable[Link]) -> list[Topic]:
    """`topics` without the chain links that are in `were` alone, and with those in `are` alone.

    A link that is stated in another way stays as it is, and one that an editor took away stays away. Chain links stand
    before those of an editor, as an import lays them.
    """
    were, are = dict.fromkeys(were), dict.fromkeys(are)
    gone, come = defaultdict(set), defaultdict(list)
    for topic, before in were.keys() - are.keys():
        gone[topic].add(before)
    for topic, before in are:
        if (topic, before) not in were:
            come[topic].append(before)
    return [_relaid(topic, gone[topic.uid], come[topic.uid]) for topic in topics]


def _relaid(topic: Topic, gone: set[UUID], come: list[UUID]) -> Topic:
    if not gone and not come:
        return topic
    kept = [need for need in topic.needs if need.source != "chain" or need.topic not in gone]
    stated = {need.topic for need in kept}
    removed = topic.overrides.get("needs", {})
    new = [Need(uid, source="chain") for uid in come if uid not in stated and str(uid) not in removed]
    edited = [need for need in kept if need.source == "editor"]
    needs = (*(need for need in kept if need.source != "editor"), *new, *edited)
    return topic if needs == topic.needs else replace(topic, needs=needs)
