"""What a followed roadmap says, in the terms of the roadmap that follows it, a fork. Pure.

A fork seats the same topics, so a topic is itself on both sides, but where the fork has a copy of its own: then the
copy stands for its model. Sections are the fork's own rows; each knows the one it came from by `origin.id`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from roadmap.notes.items import Resource
from roadmap.plan.arranging import INSIDE, lists_of, noted_lists, places_of
from roadmap.plan.curriculum import (
    Json,
    Need,
    Origin,
    Roadmap,
    Seat,
    Section,
    Step,
    Topic,
    in_reading_order,
    resource_of,
)

Lists = dict[UUID | None, list[tuple[UUID, bool]]]
ROADMAP = ("summary", "locking")
"""A fork has a title of its own."""
SECTION = ("title", "summary", "optional", "choose", "ordered", "resources")
TOPIC = ("title", "summary", "body", "hours", "details", "aliases", "related", "meta", "resources")
"""Fields of each that an edit overrides."""
PLACED = frozenset({"added", "moved", "retired", "revived"})
"""Kinds of changes of where something stands."""


@dataclass(frozen=True, slots=True)
class Upstream:
    roadmap: Roadmap
    topics: Mapping[UUID, Topic]
    """Those that it or the fork seats; their text only where the fork needs it."""


@dataclass(frozen=True, slots=True)
class Said:
    """The followed roadmap in the fork's terms."""

    fields: Json
    sections: Mapping[UUID, Section]
    """Without seats."""
    lists: Lists
    models: Mapping[UUID, Topic]
    """Copy of the fork's own -> the topic it was made of, as that is now."""

    def built(self) -> list[Section]:
        """The sections with their seats, places counted from 0."""
        return seated(self.sections, self.lists)


def copies_in(fork: Roadmap, topics: Iterable[Topic]) -> dict[UUID, UUID]:
    """Topic -> the copy of it that the fork seats in its stead."""
    here = {seat.topic for section in fork.sections for seat in section.seats}
    return {
        UUID(topic.origin.id): topic.uid
        for topic in topics
        if topic.origin.id and topic.uid in here and not topic.retired
    }


def origin_in(uid: UUID) -> Origin:
    """Of what came from a thing of the followed roadmap."""
    return Origin(id=uid.hex)


def said_by(upstream: Upstream, fork: Roadmap, topics: Collection[Topic]) -> Said:
    """`topics` are the fork's own. Seats of retired topics are none."""
    copies = copies_in(fork, topics)
    known = {section.origin.id: section.uid for section in fork.sections if section.origin.id}
    uids: dict[UUID | None, UUID | None] = {None: None}
    for section in upstream.roadmap.sections:
        uids[section.uid] = known.get(section.uid.hex) or uuid5(fork.uid, section.uid.hex)
    sections: dict[UUID, Section] = {}
    for section in upstream.roadmap.sections:
        uid = uids[section.uid]
        if uid is not None:
            told = replace(section, uid=uid, parent=uids[section.parent], seats=(), overrides={})
            sections[uid] = replace(told, origin=origin_in(section.uid))
    lists: Lists = {}
    for parent, group in lists_of(upstream.roadmap.sections).items():
        live = [(uid, opt) for uid, opt in group if uid in uids or not _retired(upstream, uid)]
        lists[uids[parent]] = [(uids.get(uid) or copies.get(uid, uid), optional) for uid, optional in live]
    fields: Json = {name: getattr(upstream.roadmap, name) for name in ROADMAP}
    theirs = {uid for group in lists.values() for uid, _ in group}
    models = {copy: upstream.topics[uid] for uid, copy in copies.items() if copy in theirs and uid in upstream.topics}
    return Said(fields, sections, lists, models)


def _retired(upstream: Upstream, uid: UUID) -> bool:
    return uid in upstream.topics and upstream.topics[uid].retired


def in_own_terms(fork: Roadmap, topics: Iterable[Topic]) -> Roadmap:
    """The fork with what it remembers of the followed roadmap's lists told of its copies, not of their models."""
    copies = {str(uid): str(copy) for uid, copy in copies_in(fork, topics).items()}
    if not copies:
        return fork

    def told(overrides: Json) -> Json:
        if INSIDE not in overrides:
            return overrides
        return overrides | {INSIDE: [[copies.get(uid, uid), optional] for uid, optional in overrides[INSIDE]]}

    sections = tuple(replace(section, overrides=told(section.overrides)) for section in fork.sections)
    return replace(fork, sections=sections, overrides=told(fork.overrides))


def seated(sections: Mapping[UUID, Section], lists: Mapping[UUID | None, list[tuple[UUID, bool]]]) -> list[Section]:
    """Sections with their places and seats as the lists have them."""
    made = dict(sections)
    for parent, group in lists.items():
        for place, (uid, _) in enumerate(group):
            if uid in made:
                made[uid] = replace(made[uid], parent=parent, position=place)
    for parent, group in lists.items():
        if parent is not None and parent in made:
            seats = tuple(Seat(uid, place, opt) for place, (uid, opt) in enumerate(group) if uid not in sections)
            made[parent] = replace(made[parent], seats=seats)
    return list(made.values())


# What the fork remembers of the followed roadmap.


def remembered(thing: Roadmap | Section | Topic, name: str) -> Any:
    """What the followed roadmap said of a field when the fork last took from it."""
    if name not in thing.overrides:
        return getattr(thing, name)
    value = thing.overrides[name]
    if name == "resources":
        return tuple(map(resource_of, value))
    return tuple(value) if isinstance(value, list) else value


def as_kept(value: Any) -> Any:
    """A field's value as an override keeps it."""
    if isinstance(value, tuple):
        return [inner.as_json() if isinstance(inner, Resource) else inner for inner in value]
    return value


# Changes that are left for later.


def without(said: Said, fork: Roadmap, topics: Collection[Topic], held: Collection[str]) -> Said:
    """`said` as if the followed roadmap had not made these changes (keys of them, see `following.key_of`).

    What is left out is planned again next time, since it is not remembered as taken. Where a thing has no place to
    stay, its change is not left out.
    """
    kinds: dict[UUID, set[str]] = {}
    for key in held:
        kind, _, uid = key.partition("-")
        if len(uid) == 32 and all(c in "0123456789abcdef" for c in uid):
            kinds.setdefault(UUID(uid), set()).add(kind)
    if not kinds:
        return said
    fields = _fields_without(said, fork, kinds)
    models = _models_without(said, topics, kinds)
    placed = {uid for uid, which in kinds.items() if which & PLACED}
    sections, lists = _lists_without(said, fork, placed, {uid for uid, which in kinds.items() if "changed" in which})
    return Said(fields, _sections_without(sections, fork, kinds), lists, models)


def _fields_without(said: Said, fork: Roadmap, kinds: Mapping[UUID, set[str]]) -> Json:
    names = _names(ROADMAP, kinds.get(fork.uid, set()))
    return said.fields | {name: remembered(fork, name) for name in names}


def _names(names: Iterable[str], kinds: set[str]) -> list[str]:
    return [name for name in names if ("renamed" if name == "title" else "changed") in kinds]


def _sections_without(
    sections: Mapping[UUID, Section], fork: Roadmap, kinds: Mapping[UUID, set[str]]
) -> dict[UUID, Section]:
    known = {section.uid: section for section in fork.sections}
    made = dict(sections)
    for uid in kinds.keys() & sections.keys() & known.keys():
        old: Json = {name: remembered(known[uid], name) for name in _names(SECTION, kinds[uid])}
        if "changed" in kinds[uid]:
            old |= {"kind": known[uid].kind, "number": known[uid].number}
        made[uid] = replace(sections[uid], **old)
    return made


def _models_without(said: Said, topics: Collection[Topic], kinds: Mapping[UUID, set[str]]) -> dict[UUID, Topic]:
    made = dict(said.models)
    for copy in topics:
        if copy.uid in kinds and copy.uid in made:
            which = kinds[copy.uid]
            model = replace(made[copy.uid], **{name: remembered(copy, name) for name in _names(TOPIC, which)})
            if "changed" in which:
                model = replace(model, steps=_steps(copy), needs=_needs(copy), planned=copy.planned, unmet=copy.unmet)
            made[copy.uid] = model
    return made


def _steps(copy: Topic) -> tuple[Step, ...]:
    """The steps of the model when the copy last took from it; of whom they are does not matter here."""
    if "steps" not in copy.overrides:
        return copy.steps
    return tuple(Step(UUID(int=number), title) for number, title in enumerate(copy.overrides["steps"]))


def _needs(copy: Topic) -> tuple[Need, ...]:
    said = copy.overrides.get("needs", {})
    taken = tuple(Need(UUID(uid), n["reason"], n["group"], n["source"]) for uid, n in said.items())
    return (*(need for need in copy.needs if need.source != "editor"), *taken)


def _lists_without(
    said: Said, fork: Roadmap, placed: set[UUID], changed: set[UUID]
) -> tuple[dict[UUID, Section], Lists]:
    base = noted_lists(fork)
    was = places_of(base)
    sections, held = _sections_held(said, fork, placed, was)
    lists: Lists = {None: [], **{uid: [] for uid in sections}}
    for parent in lists:
        lists[parent] = [pair for pair in said.lists.get(parent, ()) if pair[0] not in held]
    for parent, pairs in base.items():
        for index, (uid, optional) in enumerate(pairs):
            if uid in held and parent in lists:
                before = {other for other, _ in pairs[:index]}
                at = max((i + 1 for i, (other, _) in enumerate(lists[parent]) if other in before), default=0)
                lists[parent].insert(at, (uid, optional))
    _homeless(said, held, was, lists)
    for parent in lists:
        lists[parent] = [(uid, was[uid].optional if uid in changed and uid in was else o) for uid, o in lists[parent]]
        if (parent or fork.uid) in changed:
            lists[parent] = _in_order(lists[parent], [uid for uid, _ in base.get(parent, ())])
    looped = len(in_reading_order(seated(sections, lists))) != len(sections)
    return (dict(said.sections), said.lists) if looped else (sections, lists)


def _sections_held(
    said: Said, fork: Roadmap, placed: Collection[UUID], was: Collection[UUID]
) -> tuple[dict[UUID, Section], set[UUID]]:
    """(the sections there are when these changes are left out, everything whose place is not the new one)."""
    old = {section.uid: section for section in fork.sections}
    sections, held = dict(said.sections), set(placed)
    for uid in placed:
        if uid in old and uid in was and uid not in sections:
            sections[uid] = _bare(old[uid])
        elif uid in sections and uid not in was:
            del sections[uid]
    while True:
        lost = [group for parent, group in said.lists.items() if parent is not None and parent not in sections]
        more = {uid for group in lost for uid, _ in group} - held
        if not more:
            return sections, held
        held |= more
        for uid in (more & sections.keys()).difference(was):
            del sections[uid]


def _homeless(said: Said, held: Collection[UUID], was: Collection[UUID], lists: Lists) -> None:
    """What cannot stay where it was, since that section is gone, stands where the followed roadmap has it."""
    stands = {uid for group in lists.values() for uid, _ in group}
    for parent, group in said.lists.items():
        for uid, optional in group:
            if uid in held and uid in was and uid not in stands and parent in lists:
                lists[parent].append((uid, optional))


def _in_order(group: list[tuple[UUID, bool]], order: list[UUID]) -> list[tuple[UUID, bool]]:
    """`group` with those of `order` in that order, in the places that they have among the others."""
    ranks = {uid: rank for rank, uid in enumerate(order)}
    common = iter(sorted((pair for pair in group if pair[0] in ranks), key=lambda pair: ranks[pair[0]]))
    return [next(common) if pair[0] in ranks else pair for pair in group]


def _bare(section: Section) -> Section:
    fields: dict[str, Any] = {name: remembered(section, name) for name in SECTION}
    return replace(section, seats=(), overrides={}, **fields)
