"""What an editor does to what stands on a roadmap together with others: a curriculum in, another one out. Pure.

A topic exists once. Taking it out of one roadmap leaves it on all others, with everybody's progress. A copy of one's
own is another topic, which goes on to take what changes in its model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _

from roadmap.plan.curriculum import Curriculum, in_reading_order
from roadmap.plan.following import copied
from roadmap.plan.upstream import copies_in
from roadmap.studio.acts import Fresh, seated_below, settled
from roadmap.studio.shape import (
    Child,
    ImpossibleError,
    children,
    home_of,
    inside_of,
    parents,
    rearranged,
    roadmap_in,
    section_in,
    topic_in,
    with_roadmap,
    with_topics,
)


def take_out(curriculum: Curriculum, *, roadmap: UUID, uid: UUID) -> Curriculum:
    """A topic, or every topic below a section, has no seat on this roadmap any more; others keep theirs."""
    found = roadmap_in(curriculum, roadmap)
    gone = set(seated_below(found, uid))
    inside = children(found)
    home = parents(inside)
    if not gone & home.keys():
        raise ImpossibleError(_("This does not stand on the roadmap any more. Nothing was changed."))
    lists = dict.fromkeys(home[topic] for topic in gone if topic in home)
    changed = {parent: [child for child in inside[parent] if child.uid not in gone] for parent in lists}
    return settled(curriculum, with_roadmap(curriculum, rearranged(found, changed)))


def put_in(curriculum: Curriculum, *, roadmap: UUID, section: UUID, topic: UUID) -> Curriculum:
    """A topic that there is gets a seat at the end of a section."""
    found = roadmap_in(curriculum, roadmap)
    section_in(found, section)
    known = topic_in(curriculum, topic)
    if known.retired:
        raise ImpossibleError(
            _("“%(known)s” is retired. Restore it first. Nothing was changed.") % {"known": known.title}
        )
    if any(seat.topic == topic for place in found.sections for seat in place.seats):
        raise ImpossibleError(
            _("“%(known)s” stands on this roadmap already. Nothing was changed.") % {"known": known.title}
        )
    changed: dict[UUID | None, list[Child]] = {section: [*inside_of(found, section), Child(topic)]}
    return settled(curriculum, with_roadmap(curriculum, rearranged(found, changed)))


def own_copy(curriculum: Curriculum, *, roadmap: UUID, uid: UUID, own: Sequence[UUID], fresh: Fresh) -> Curriculum:
    """A copy of a shared topic stands in its place, with its text, steps, resources and prerequisites, as the roadmap's
    own. `own`: topics that are it already; those of them that are in the curriculum may be copies themselves.

    The model stays as it is wherever else it stands. Progress is for the caller, who knows people.
    """
    found = roadmap_in(curriculum, roadmap)
    model = topic_in(curriculum, uid)
    if uid in own:
        raise ImpossibleError(
            _("“%(model)s” is this roadmap's own already. Nothing was changed.") % {"model": model.title}
        )
    if model.retired:
        raise ImpossibleError(
            _("“%(model)s” is retired. Restore it first. Nothing was changed.") % {"model": model.title}
        )
    home_of(found, uid)
    copies = copies_in(found, [topic for topic in curriculum.topics if topic.uid in own])
    new = fresh.uid()
    slug = fresh.slugs.take(model.title, f"topic-{new.hex[:8]}")
    copy = copied(model, uid=new, slug=slug, copies=copies, new_uid=fresh.uid)
    sections = [
        replace(s, seats=tuple(seat._replace(topic=new) if seat.topic == uid else seat for seat in s.seats))
        for s in found.sections
    ]
    # The lists that the roadmap remembers go on to name the model: `upstream.in_own_terms` reads the copy for it.
    swapped = replace(found, sections=in_reading_order(sections))
    return with_roadmap(with_topics(curriculum, copy), swapped)
