"""The tree of a roadmap as lists of children, and how an editor's hand on them is remembered. Pure.

What the notes say of a thing that an editor changed is kept in its `overrides`, so that the next import keeps the edit.
What stands inside a section (or, for the roadmap, at the top) is such a field, called `inside`: a list of
`[uid, optional]` in the notes' order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from roadmap.plan.arranging import INSIDE
from roadmap.plan.curriculum import Curriculum, Json, Origin, Roadmap, Seat, Section, Topic, canonical, in_reading_order
from roadmap.plan.keeping import remembered
from roadmap.sentences import sentence

Thing = TypeVar("Thing", Topic, Section, Roadmap)


class ImpossibleError(ValueError):
    """An act that cannot be done; the message is a sentence for the editor. Nothing was changed."""


class Child(NamedTuple):
    """Something that stands in a section or at the top of a roadmap."""

    uid: UUID
    section: bool = False
    optional: bool = False
    """Of the seat; a section keeps its own."""


Inside = dict[UUID | None, list[Child]]
"""Section (None: the roadmap) -> what stands in it, in reading order."""


def children(roadmap: Roadmap) -> Inside:
    """What stands where. Seats stand before sections of the same position."""
    below: dict[UUID | None, list[Section]] = {}
    for section in roadmap.sections:
        below.setdefault(section.parent, []).append(section)
    seats: dict[UUID | None, tuple[Seat, ...]] = {None: (), **{s.uid: s.seats for s in roadmap.sections}}
    return {uid: _in_order(seated, below.get(uid, ())) for uid, seated in seats.items()}


def inside_of(roadmap: Roadmap, uid: UUID | None) -> list[Child]:
    """What stands in one section, None: at the top; nothing in one that is not there."""
    seats = next((section.seats for section in roadmap.sections if section.uid == uid), ())
    return _in_order(seats, [section for section in roadmap.sections if section.parent == uid])


def home_of(roadmap: Roadmap, uid: UUID) -> tuple[Child, UUID | None]:
    """What stands there, and where. Raise ImpossibleError for what does not stand on this roadmap."""
    for section in roadmap.sections:
        if section.uid == uid:
            return Child(uid, section=True), section.parent
        for seat in section.seats:
            if seat.topic == uid:
                return Child(uid, optional=seat.optional), section.uid
    raise ImpossibleError(sentence("This does not stand on the roadmap any more. Nothing was changed."))


def _in_order(seats: Iterable[Seat], sections: Iterable[Section]) -> list[Child]:
    placed = [(position, Child(topic, False, optional)) for topic, position, optional in seats]
    placed += [(section.position, Child(section.uid, True)) for section in sections]
    placed.sort(key=itemgetter(0))
    return [child for _, child in placed]


def noted(inside: Iterable[Child]) -> list[list[Any]]:
    """A list of children as an override keeps it."""
    return [[str(child.uid), child.optional] for child in inside]


def rearranged(
    roadmap: Roadmap, changed: Mapping[UUID | None, Sequence[Child]], before: Roadmap | None = None
) -> Roadmap:
    """`roadmap` with these lists in place of those it has; only their positions are given anew.

    A topic that stands in none of the lists any more has lost its seat; a section must stand in exactly one. `before`
    is the roadmap without the sections that are new in it.
    """
    model = before or roadmap
    sections = {section.uid: section for section in roadmap.sections}
    for parent, inside in changed.items():
        seats = tuple(Seat(c.uid, i, c.optional) for i, c in enumerate(inside) if not c.section)
        if parent is not None:
            sections[parent] = _remembering(replace(sections[parent], seats=seats), inside_of(model, parent), inside)
        for index, child in enumerate(inside):
            if child.section:
                sections[child.uid] = replace(sections[child.uid], parent=parent, position=index)
    told = _remembering(roadmap, inside_of(model, None), changed[None]) if None in changed else roadmap
    return replace(told, sections=in_reading_order(list(sections.values())))


def _remembering(thing: Thing, were: Sequence[Child], are: Sequence[Child]) -> Thing:
    if thing.origin == Origin():
        return thing
    overrides = dict(thing.overrides)
    said = overrides.pop(INSIDE) if INSIDE in overrides else noted(were)
    if said != noted(are):
        overrides[INSIDE] = said
    return replace(thing, overrides=overrides)


def overriding(thing: Thing, **fields: Any) -> Thing:
    """`thing` with these fields, and what the notes say of them remembered; not where the notes say the same."""
    overrides: Json = dict(thing.overrides)
    if thing.origin != Origin():
        for name, value in fields.items():
            said = overrides.pop(name, remembered(getattr(thing, name)))
            if said != remembered(value):
                overrides[name] = said
    changed: Thing = replace(thing, **fields, overrides=overrides)
    return changed


# Finding things, and putting them back.


def roadmap_in(curriculum: Curriculum, uid: UUID) -> Roadmap:
    found = next((roadmap for roadmap in curriculum.roadmaps if roadmap.uid == uid), None)
    if found is None:
        raise ImpossibleError(sentence("This roadmap is not there any more. Nothing was changed."))
    return found


def section_in(roadmap: Roadmap, uid: UUID) -> Section:
    found = next((section for section in roadmap.sections if section.uid == uid), None)
    if found is None:
        raise ImpossibleError(sentence("This section is not there any more. Nothing was changed."))
    return found


def topic_in(curriculum: Curriculum, uid: UUID) -> Topic:
    found = next((topic for topic in curriculum.topics if topic.uid == uid), None)
    if found is None:
        raise ImpossibleError(sentence("This topic is not there any more. Nothing was changed."))
    return found


def parents(inside: Inside) -> dict[UUID, UUID | None]:
    """uid -> the section it stands in, None at the top."""
    return {child.uid: parent for parent, group in inside.items() for child in group}


def below(roadmap: Roadmap, uid: UUID) -> list[UUID]:
    """The section and all sections inside it, in reading order."""
    found = {uid}
    for section in roadmap.sections:
        if section.parent in found:
            found.add(section.uid)
    return [section.uid for section in roadmap.sections if section.uid in found]


def with_roadmap(curriculum: Curriculum, roadmap: Roadmap) -> Curriculum:
    """`curriculum` with this roadmap in place of the one of its uid."""
    others = [other for other in curriculum.roadmaps if other.uid != roadmap.uid]
    return canonical([*others, roadmap], list(curriculum.topics))


def with_section(roadmap: Roadmap, section: Section) -> Roadmap:
    others = [section if other.uid == section.uid else other for other in roadmap.sections]
    return replace(roadmap, sections=in_reading_order(others))


def with_topics(curriculum: Curriculum, *topics: Topic) -> Curriculum:
    """`curriculum` with these topics, new or in place of those of their uids."""
    found = curriculum.topic_by_uid() | {topic.uid: topic for topic in topics}
    return canonical(list(curriculum.roadmaps), list(found.values()))
