"""A plan without some of its changes: what an editor does not want now waits for the next reading. Pure.

Only what can stand alone is left out: a change of one topic. Sections, order and roadmaps hold all others in place.
What was left out is planned again whenever the notes are read again, since where the notes have it is remembered.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from roadmap.plan.changes import Change, compare
from roadmap.plan.curriculum import Json, Roadmap, Seat, Topic, canonical, in_reading_order
from roadmap.plan.planning import Plan
from roadmap.sentences import sentence

WHOLE = sentence("It is part of how the tree stands; the rest of the plan rests on it.")
HOMELESS = sentence("The section it stood in is gone, so it has no place to stay.")
HEIR = sentence("Another topic of this plan takes its place.")


def key_of(change: Change) -> str:
    """What a change is called between two plans of the same notes."""
    if change.kind == "added":
        told = repr((change.what, change.source, change.line, change.title))
        return f"added-{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:16]}"
    return f"{change.kind}-{change.uid.hex}"


class Parting:
    """What of a plan can be left out, and the plan without it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.old = plan.now.topic_by_uid()
        self.new = plan.target.topic_by_uid()
        self.sections = {
            section.uid for roadmap in plan.target.roadmaps if not roadmap.retired for section in roadmap.sections
        }
        self.seats: dict[UUID, list[tuple[UUID, Seat]]] = defaultdict(list)
        """Topic -> (section, seat) as it stands now."""
        for _, section, seat in plan.now.seats():
            self.seats[seat.topic].append((section.uid, seat))
        self.heirs = {topic.replaced_by for topic in plan.target.topics if topic.replaced_by}

    def why_not(self, change: Change) -> str:
        """Why it cannot be left out; empty when it can."""
        if change.what != "topic" or change.kind == "moved":
            return WHOLE
        if change.kind == "added" and change.uid in self.heirs:
            return HEIR
        if change.kind == "retired" and not any(section in self.sections for section, _ in self.seats[change.uid]):
            return HOMELESS
        return ""

    def without(self, keys: Collection[str]) -> Plan:
        """The plan less the changes of these keys; those it does not have, or cannot be without, change nothing."""
        left: dict[UUID, set[str]] = defaultdict(set)
        for change in self.plan.changes if keys else ():
            if key_of(change) in keys and not self.why_not(change):
                left[change.uid].add(change.kind)
        if not left:
            return self.plan
        gone = {uid for uid, kinds in left.items() if "added" in kinds}
        topics = [
            self._needing(self._topic(topic, left[topic.uid]), gone)
            for topic in self.plan.target.topics
            if topic.uid not in gone
        ]
        kept = _Kept(
            gone=gone | {uid for uid, kinds in left.items() if "revived" in kinds},
            back={uid for uid, kinds in left.items() if "retired" in kinds},
            as_it_was={uid for uid, kinds in left.items() if "changed" in kinds},
        )
        were = {roadmap.uid: roadmap for roadmap in self.plan.now.roadmaps}
        roadmaps = [_roadmap(roadmap, were.get(roadmap.uid), kept) for roadmap in self.plan.target.roadmaps]
        target = canonical(roadmaps, topics)
        lines = {change.uid: (change.source, change.line) for change in self.plan.changes}
        parts = {part: whole for part, whole in self.plan.parts.items() if part not in gone}
        return replace(
            self.plan,
            target=self.plan.now if target == self.plan.now else target,
            changes=compare(self.plan.now, target, lines, parts),
            parts=parts,
            reading="",
        )

    def _topic(self, topic: Topic, kinds: Collection[str]) -> Topic:
        old = self.old.get(topic.uid)
        if old is None or not kinds:
            return topic
        if "retired" in kinds or "revived" in kinds:
            return replace(old, origin=topic.origin)
        if "renamed" in kinds:
            topic = replace(topic, title=old.title, overrides=_overrides(topic, old, "title" in old.overrides))
        if "changed" in kinds:
            overrides = _overrides(old, topic, "title" in topic.overrides)
            topic = replace(old, title=topic.title, origin=topic.origin, overrides=overrides, retired=topic.retired)
        return topic

    @staticmethod
    def _needing(topic: Topic, gone: Collection[UUID]) -> Topic:
        needs = tuple(need for need in topic.needs if need.topic not in gone)
        return topic if len(needs) == len(topic.needs) else replace(topic, needs=needs)


def _overrides(topic: Topic, titled: Topic, edited: bool) -> Json:
    """The overrides of `topic`, with that of the title as `titled` has it."""
    kept = {name: value for name, value in topic.overrides.items() if name != "title"}
    return kept | {"title": titled.overrides["title"]} if edited else kept


@dataclass(frozen=True, slots=True)
class _Kept:
    """Topics whose seats are not what the plan makes of them."""

    gone: Collection[UUID]
    """Without a seat."""
    back: Collection[UUID]
    """On the seat they have now."""
    as_it_was: Collection[UUID]
    """Optional or not, as they are now."""


def _roadmap(roadmap: Roadmap, old: Roadmap | None, kept: _Kept) -> Roadmap:
    if roadmap.retired:
        return roadmap
    were = {section.uid: section for section in old.sections} if old else {}
    optional = {seat.topic: seat.optional for section in were.values() for seat in section.seats}
    moved: dict[UUID, int] = {}
    sections = []
    for section in roadmap.sections:
        seats = [
            seat._replace(optional=optional.get(seat.topic, seat.optional)) if seat.topic in kept.as_it_was else seat
            for seat in section.seats
            if seat.topic not in kept.gone
        ]
        before = were[section.uid].seats if section.uid in were else ()
        back = [seat for seat in before if seat.topic in kept.back]
        if back:
            inner = [(child.position, child.uid) for child in roadmap.sections if child.parent == section.uid]
            seats = _put_back(seats, inner, before, back, moved)
        sections.append(replace(section, seats=tuple(seats)))
    sections = [replace(s, position=moved[s.uid]) if s.uid in moved else s for s in sections]
    return replace(roadmap, sections=in_reading_order(sections))


def _put_back(
    seats: list[Seat],
    inner: list[tuple[int, UUID]],
    before: Sequence[Seat],
    back: list[Seat],
    moved: dict[UUID, int],
) -> list[Seat]:
    """`seats` with those of `back`, each after the one that stood before it; all places among them are given anew.
    Subsections (`inner`) get theirs in `moved`."""
    placed: list[tuple[int, Seat | UUID]] = [*((seat.position, seat) for seat in seats), *inner]
    children = [child for _, child in sorted(placed, key=lambda pair: pair[0])]
    here = {seat.topic for seat in seats}
    for seat in back:
        earlier = [other.topic for other in before[: before.index(seat)] if other.topic in here]
        after = earlier[-1] if earlier else None
        at = next((i + 1 for i, c in enumerate(children) if isinstance(c, Seat) and c.topic == after), 0)
        children.insert(at, seat)
        here.add(seat.topic)
    moved |= {child: place for place, child in enumerate(children) if isinstance(child, UUID)}
    return [child._replace(position=place) for place, child in enumerate(children) if isinstance(child, Seat)]


__all__ = ["Parting", "key_of"]
