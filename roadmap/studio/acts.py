"""What an editor does to the shape of one roadmap: a curriculum in, another one out. Pure.

Each act raises ImpossibleError, with a sentence, where it cannot be done. Places count from 0 and are clamped: a place
past the end is the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from roadmap.plan.chains import chained, relaid
from roadmap.plan.curriculum import Curriculum, Origin, Roadmap, Section, Topic, canonical
from roadmap.plan.incoming import TITLE, clean
from roadmap.plan.keys import Slugs
from roadmap.sentences import sentence
from roadmap.studio.shape import (
    Child,
    ImpossibleError,
    below,
    home_of,
    inside_of,
    overriding,
    rearranged,
    roadmap_in,
    section_in,
    topic_in,
    with_roadmap,
    with_section,
    with_topics,
)

MOST_CHOSEN = 2**15 - 1


@dataclass(frozen=True, slots=True)
class Fresh:
    """Where new things get their ids and addresses from."""

    uid: Callable[[], UUID]
    slugs: Slugs
    """Of topics; those of sections are worked out from the roadmap."""
    from_notes: bool = False
    """The roadmap was read from notes: a topic made here is one that the notes do not have."""


def titled(title: str) -> str:
    """A title as it is stored. Raise ImpossibleError for none."""
    said = " ".join(clean(title).split())
    if not said:
        raise ImpossibleError(sentence("A title needs at least one character. Nothing was changed."))
    return clean(said, TITLE)


def settled(before: Curriculum, after: Curriculum) -> Curriculum:
    """`after` with the chains laid anew where an act changed an ordered section."""
    were = [link for roadmap in before.roadmaps for link in chained(roadmap)]
    are = [link for roadmap in after.roadmaps for link in chained(roadmap)]
    if were == are:
        return after
    return canonical(list(after.roadmaps), relaid(after.topics, were, are))


def create_section(
    curriculum: Curriculum, *, roadmap: UUID, parent: UUID | None, index: int, kind: str, title: str, fresh: Fresh
) -> Curriculum:
    """A level or module at a place of `parent`, None for the top. Its uid is the next of `fresh`."""
    found = roadmap_in(curriculum, roadmap)
    if parent is not None:
        section_in(found, parent)
    if kind not in {"level", "module"}:
        raise ImpossibleError(sentence("A section is a level or a module. Nothing was changed."))
    slug = Slugs(section.slug for section in found.sections).take(title := titled(title), "section")
    new = Section(fresh.uid(), parent, len(found.sections), kind, title, slug)
    inside = inside_of(found, parent)
    grown = replace(found, sections=(*found.sections, new))
    group = _with(inside, Child(new.uid, section=True), index)
    return _settled(curriculum, rearranged(grown, {parent: group}, before=found))


def create_topic(
    curriculum: Curriculum, *, roadmap: UUID, section: UUID, index: int, title: str, fresh: Fresh
) -> Curriculum:
    """A topic at a place of a section. Its uid is the next of `fresh`."""
    found = roadmap_in(curriculum, roadmap)
    section_in(found, section)
    topic = new_topic(title, fresh)
    seated = rearranged(found, {section: _with(inside_of(found, section), Child(topic.uid), index)})
    return _settled(with_topics(curriculum, topic), seated)


def new_topic(title: str, fresh: Fresh) -> Topic:
    """A topic of an editor's own. The notes, where there are any, say that it is not there."""
    uid, title = fresh.uid(), titled(title)
    overrides = {"retired": True} if fresh.from_notes else {}
    return Topic(uid, fresh.slugs.take(title, f"topic-{uid.hex[:8]}"), title, overrides=overrides)


def rename(curriculum: Curriculum, *, roadmap: UUID, uid: UUID, title: str) -> Curriculum:
    """Another title for the roadmap itself, a section of it, or a topic. Addresses stay as they are."""
    found = roadmap_in(curriculum, roadmap)
    title = titled(title)
    if uid == roadmap:
        return with_roadmap(curriculum, overriding(found, title=title))
    if (section := _section(found, uid)) is not None:
        return with_roadmap(curriculum, with_section(found, overriding(section, title=title)))
    return with_topics(curriculum, overriding(topic_in(curriculum, uid), title=title))


def move(curriculum: Curriculum, *, roadmap: UUID, uid: UUID, parent: UUID | None, index: int) -> Curriculum:
    """A section or a topic's seat to a place of `parent`; `index` counts without the thing itself."""
    found = roadmap_in(curriculum, roadmap)
    child, home = home_of(found, uid)
    if parent is None and not child.section:
        raise ImpossibleError(sentence("A topic stands in a level or a module, not at the top. Nothing was changed."))
    if parent is not None:
        section_in(found, parent)
        if child.section and parent in below(found, uid):
            raise ImpossibleError(sentence("A section cannot stand inside itself. Nothing was changed."))
    inside = {place: inside_of(found, place) for place in (home, parent)}
    changed = inside | {home: [other for other in inside[home] if other.uid != uid]}
    changed[parent] = _with(changed[parent], child, index)
    if changed == inside:
        return curriculum
    return _settled(curriculum, rearranged(found, changed))


def set_optional(curriculum: Curriculum, *, roadmap: UUID, uid: UUID, optional: bool) -> Curriculum:
    """Whether a section, or a topic where it stands on this roadmap, counts."""
    found = roadmap_in(curriculum, roadmap)
    if (section := _section(found, uid)) is not None:
        return with_roadmap(curriculum, with_section(found, overriding(section, optional=optional)))
    child, home = home_of(found, uid)
    if child.optional == optional:
        return curriculum
    group = [c._replace(optional=optional) if c.uid == uid else c for c in inside_of(found, home)]
    return with_roadmap(curriculum, rearranged(found, {home: group}))


def set_choice(curriculum: Curriculum, *, roadmap: UUID, uid: UUID, choose: int | None) -> Curriculum:
    """So many of the section's topics are enough; None: all of them are asked for."""
    if choose is not None and not 0 < choose <= MOST_CHOSEN:
        raise ImpossibleError(sentence("Say how many are enough: one or more. Nothing was changed."))
    found = roadmap_in(curriculum, roadmap)
    return with_roadmap(curriculum, with_section(found, overriding(section_in(found, uid), choose=choose)))


def set_ordered(curriculum: Curriculum, *, roadmap: UUID, uid: UUID, ordered: bool) -> Curriculum:
    """Whether the section is a chain: each of its topics requires the one before."""
    found = roadmap_in(curriculum, roadmap)
    return _settled(curriculum, with_section(found, overriding(section_in(found, uid), ordered=ordered)))


def remove_section(curriculum: Curriculum, *, roadmap: UUID, uid: UUID) -> Curriculum:
    """Take an empty section away that an editor made. What the notes have would return with the next import."""
    found = roadmap_in(curriculum, roadmap)
    section = section_in(found, uid)
    if inside_of(found, uid):
        raise ImpossibleError(
            sentence(
                "“%(title)s” is not empty. Move what stands in it, or retire it. Nothing was changed.",
                title=section.title,
            )
        )
    if section.origin != Origin():
        raise ImpossibleError(
            sentence(
                "“%(title)s” is a heading of the notes and would return with the next import. Take it out there. "
                "Nothing was changed.",
                title=section.title,
            )
        )
    shrunk = replace(found, sections=tuple(other for other in found.sections if other.uid != uid))
    kept = [child for child in inside_of(found, section.parent) if child.uid != uid]
    return with_roadmap(curriculum, rearranged(shrunk, {section.parent: kept}, before=found))


def seated_below(roadmap: Roadmap, uid: UUID) -> list[UUID]:
    """Topics seated in this section or below it, in reading order; the topic itself if `uid` is none."""
    if _section(roadmap, uid) is None:
        return [uid]
    inside = set(below(roadmap, uid))
    return [seat.topic for section in roadmap.sections if section.uid in inside for seat in section.seats]


def _settled(curriculum: Curriculum, roadmap: Roadmap) -> Curriculum:
    return settled(curriculum, with_roadmap(curriculum, roadmap))


def _with(inside: Iterable[Child], child: Child, index: int) -> list[Child]:
    group = list(inside)
    group.insert(max(0, min(index, len(group))), child)
    return group


def _section(roadmap: Roadmap, uid: UUID) -> Section | None:
    return next((section for section in roadmap.sections if section.uid == uid), None)
