"""A roadmap as a package of 1EdTech CASE 1.1 (Competencies and Academic Standards Exchange). Pure.

Sections, topics and steps are items; `isChildOf` is the tree, `precedes` leads from a prerequisite to what requires it,
`replacedBy` from a retired topic to its heir, `exactMatchOf` to the same topic where it is at home or was copied from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from roadmap.exporting.told import Told
from roadmap.plan.arranging import lists_of
from roadmap.plan.curriculum import Json, Section, Topic

TYPES = {
    "level": "A stage of a roadmap that holds modules.",
    "module": "A group of topics that belong together.",
    "topic": "The smallest named thing that a learner checks off.",
    "step": "A part of a topic that is ticked by itself.",
}
_OURS = UUID("6f0d5c5e-6a0e-4c58-9d2e-0f6d1b1c7a52")
"""Namespace of the identifiers that are the same in every package."""
_LABEL = 1000


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows of a roadmap's topics besides what they say."""

    changed: datetime
    """When the roadmap changed last."""
    times: Mapping[UUID, datetime]
    """Topic -> when it changed last."""
    homes: Mapping[UUID, UUID]
    """Topic -> the roadmap that it is an item of; in others it is an item of its own that matches exactly."""
    titles: Mapping[UUID, str]
    """Titles of topics that are named and not shown here."""
    retired: tuple[Topic, ...] = ()
    """Topics that had a seat here and were replaced."""
    copied: Mapping[UUID, UUID] | None = None
    """Topic of a fork -> the one it was copied from."""


def case_package(export: Told, known: Known, *, creator: str = "Pathnotes") -> Json:
    """The CFPackage, as JSON holds it."""
    return _Package(export, known).package(creator)


class _Package:
    def __init__(self, export: Told, known: Known) -> None:
        self.export, self.known, self.roadmap = export, known, export.roadmap
        self.topics = export.curriculum.topic_by_uid()
        self.sections = {section.uid: section for section in self.roadmap.sections}
        self.lists = lists_of(self.roadmap.sections)
        self.associations: list[Json] = []
        self.optional = {seat.topic for section in self.roadmap.sections for seat in section.seats if seat.optional}

    def package(self, creator: str) -> Json:
        roadmap = self.roadmap
        document: Json = {
            **_identity(roadmap.uid),
            "caseVersion": "1.1",
            "creator": _line(creator),
            "title": _line(roadmap.title),
            "lastChangeDateTime": _time(self.known.changed),
        }
        if roadmap.summary:
            document["description"] = roadmap.summary
        items = [*self.in_order(), *self.gone()]
        for topic in self.topics.values():
            self.needs(topic)
            self.matches(topic)
        return {
            "CFDocument": document,
            "CFItems": items,
            "CFAssociations": self.associations,
            "CFDefinitions": {"CFItemTypes": [self.item_type(name, told) for name, told in TYPES.items()]},
        }

    # Items

    def in_order(self) -> Iterator[Json]:
        """Every item after the one it is a child of."""
        waiting: list[tuple[UUID | None, int, UUID]] = []

        def wait(parent: UUID | None) -> None:
            members = [uid for uid, _ in self.lists[parent]]
            waiting.extend((parent, index, uid) for index, uid in reversed(list(enumerate(members, 1))))

        wait(None)
        while waiting:
            parent, index, uid = waiting.pop()
            above = self.node(self.roadmap.uid if parent is None else parent)
            if (section := self.sections.get(uid)) is not None:
                yield self.section(section, index)
                self.relate("isChildOf", self.node(uid), above, sequence=index)
                wait(uid)
            else:
                topic = self.topics[uid]
                yield self.topic(topic, index)
                self.relate("isChildOf", self.node(uid), above, sequence=index)
                yield from self.steps(topic)

    def section(self, section: Section, index: int) -> Json:
        notes = [section.summary]
        notes += ["Optional."] if section.optional else []
        notes += [f"{section.choose} of these are enough."] if section.choose is not None else []
        number = str(section.number if section.number is not None else index)
        return self.item(section.uid, section.title, section.kind, self.known.changed, notes=notes, number=number)

    def topic(self, topic: Topic, index: int) -> Json:
        notes = [topic.summary]
        notes += ["Optional."] if topic.uid in self.optional else []
        notes += [f"About {topic.hours:g} h."] if topic.hours is not None else []
        at = self.known.times.get(topic.uid, self.known.changed)
        item = self.item(self.own(topic.uid), topic.title, "topic", at, notes=notes, number=str(index))
        item["humanCodingScheme"] = _line(topic.slug)
        if keywords := [line for detail in topic.details if (line := _line(detail))]:
            item["conceptKeywords"] = keywords
        if topic.aliases:
            item["alternativeLabel"] = _line(topic.aliases[0]) or _line(topic.title)
        return item

    def steps(self, topic: Topic) -> Iterator[Json]:
        at = self.known.times.get(topic.uid, self.known.changed)
        for index, step in enumerate(topic.steps, 1):
            uid = step.uid if self.own(topic.uid) == topic.uid else uuid5(self.roadmap.uid, str(step.uid))
            yield self.item(uid, step.title, "step", at, notes=[], number=str(index))
            self.relate("isChildOf", _node(uid, step.title), self.node(topic.uid), sequence=index)

    def gone(self) -> Iterator[Json]:
        """Retired topics that have an heir, and the way to it."""
        for topic in self.known.retired:
            heir = topic.replaced_by
            title = self.topics[heir].title if heir in self.topics else self.known.titles.get(heir) if heir else None
            if heir is None or title is None or topic.uid in self.topics:
                continue
            at = self.known.times.get(topic.uid, self.known.changed)
            uid = self.own(topic.uid)
            item = self.item(uid, topic.title, "topic", at, notes=[topic.summary], number="")
            item["statusEndDate"] = at.astimezone(UTC).date().isoformat()
            yield item
            there = self.node(heir) if heir in self.topics else _node(heir, title)
            self.relate("replacedBy", _node(uid, topic.title), there)

    def item(self, uid: UUID, title: str, kind: str, at: datetime, *, notes: list[str], number: str) -> Json:
        item: Json = {
            **_identity(uid),
            "fullStatement": title.strip() or "?",
            "CFItemType": kind.capitalize(),
            "CFItemTypeURI": {"title": kind.capitalize(), **_identity(uuid5(_OURS, kind))},
            "lastChangeDateTime": _time(at),
        }
        if said := _line(" ".join(filter(None, notes))):
            item["notes"] = said
        if number:
            item["listEnumeration"] = number
        return item

    def item_type(self, kind: str, told: str) -> Json:
        return {
            **_identity(uuid5(_OURS, kind)),
            "title": kind.capitalize(),
            "description": told,
            "hierarchyCode": str(list(TYPES).index(kind) + 1),
            "lastChangeDateTime": _time(self.known.changed),
        }

    # Associations

    def needs(self, topic: Topic) -> None:
        """One for each prerequisite, from it to the topic."""
        for need in (*topic.needs, *self.export.elsewhere.get(topic.uid, ())):
            title = self.known.titles.get(need.topic, "")
            there = self.node(need.topic) if need.topic in self.topics else _node(need.topic, title)
            notes = [need.reason] + (["One of several that are enough."] if need.group else [])
            self.relate("precedes", there, self.node(topic.uid), notes=_line(" ".join(filter(None, notes))))

    def matches(self, topic: Topic) -> None:
        own = self.own(topic.uid)
        if own != topic.uid:
            self.relate("exactMatchOf", _node(own, topic.title), _node(topic.uid, topic.title))
        model = (self.known.copied or {}).get(topic.uid)
        if model is not None and model != topic.uid:
            self.relate("exactMatchOf", self.node(topic.uid), _node(model, self.known.titles.get(model, topic.title)))

    def relate(self, kind: str, origin: Json, destination: Json, *, sequence: int = 0, notes: str = "") -> None:
        uid = uuid5(self.roadmap.uid, f"{kind} {origin['identifier']} {destination['identifier']}")
        told: Json = {
            **_identity(uid),
            "associationType": kind,
            "originNodeURI": origin,
            "destinationNodeURI": destination,
            "lastChangeDateTime": _time(self.known.changed),
        }
        self.associations.append(
            told | ({"sequenceNumber": sequence} if sequence else {}) | ({"notes": notes} if notes else {})
        )

    def own(self, topic: UUID) -> UUID:
        """The identifier of a topic in this package."""
        home = self.known.homes.get(topic, self.roadmap.uid)
        return topic if home == self.roadmap.uid else uuid5(self.roadmap.uid, str(topic))

    def node(self, uid: UUID) -> Json:
        if uid == self.roadmap.uid:
            return _node(uid, self.roadmap.title)
        if uid in self.sections:
            return _node(uid, self.sections[uid].title)
        return _node(self.own(uid), self.topics[uid].title)


def _identity(uid: UUID) -> dict[str, Any]:
    return {"identifier": str(uid), "uri": f"urn:uuid:{uid}"}


def _node(uid: UUID, title: str) -> Json:
    return {"title": _line(title) or "?", **_identity(uid), "targetType": "CASE"}


def _line(text: str) -> str:
    """The text as a normalized string: one line, single blanks."""
    return " ".join(text.split())[:_LABEL]


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
