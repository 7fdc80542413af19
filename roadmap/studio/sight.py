"""What an editor saw of a thing when they acted on it, in a few characters. Pure."""

from __future__ import annotations

import hashlib
from uuid import UUID

from roadmap.plan.curriculum import Curriculum, Roadmap, Section


def sign(*shown: object) -> str:
    """The same for the same values, in any process."""
    return hashlib.sha256(repr(shown).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def sign_of_section(title: str, parent: UUID | None, *, optional: bool, choose: int | None, ordered: bool) -> str:
    return sign("section", title, str(parent), optional, choose, ordered)


def sign_of_topic(title: str, section: UUID | None, *, optional: bool, retired: bool) -> str:
    """`section` is the one it is seated in on the roadmap that is edited."""
    return sign("topic", title, str(section), optional, retired)


def sign_of_roadmap(title: str) -> str:
    return sign("roadmap", title)


def seen(curriculum: Curriculum, roadmap: Roadmap, uid: UUID) -> str:
    """The sign of a section of the roadmap, a topic, or the roadmap itself; empty for what is not there."""
    if uid == roadmap.uid:
        return sign_of_roadmap(roadmap.title)
    section = section_of(roadmap, uid)
    if section is not None:
        s = section
        return sign_of_section(s.title, s.parent, optional=s.optional, choose=s.choose, ordered=s.ordered)
    topic = curriculum.topic_by_uid().get(uid)
    if topic is None:
        return ""
    seats = ((section.uid, seat) for section in roadmap.sections for seat in section.seats)
    home, seat = next((found for found in seats if found[1].topic == uid), (None, None))
    return sign_of_topic(topic.title, home, optional=seat is not None and seat.optional, retired=topic.retired)


def section_of(roadmap: Roadmap, uid: UUID) -> Section | None:
    return next((section for section in roadmap.sections if section.uid == uid), None)
