"""A source's whole curriculum as plain frozen data: what the database holds, what a plan aims at. Pure.

The form is canonical, so that equal curricula compare equal and have one fingerprint: topics in order of their uid,
sections in reading order (parents before children), seats, steps, resources and needs in their order on the page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from roadmap.notes.items import Resource

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the notes have something: the n-th of its title under these headings of that document."""

    document: str
    path: tuple[str, ...]
    """Keys of the titles of the sections around it, outermost first."""
    key: str
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """What identifies something across re-readings. Empty for what was made in the browser."""

    id: str = ""
    link: str = ""
    """Key of the note a wiki link names."""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """The topic this stands in requires `topic`; needs of one non-empty `group` are alternatives."""

    topic: UUID
    reason: str = ""
    group: str = ""
    source: str = "notes"
    """notes, chain, diagram, guess, or editor: an import replaces all but the editor's."""


@dataclass(frozen=True, slots=True)
class Step:
    uid: UUID
    title: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the source, retired ones included.

    `overrides` maps a field edited in the browser to what the notes say: the field itself keeps the edit.
    `overrides["needs"]` maps the uid of a prerequisite an editor took away to what the notes say of it.
    """

    uid: UUID
    slug: str
    title: str
    summary: str = ""
    body: str = ""
    hours: float | None = None
    details: tuple[str, ...] = ()
    planned: bool = False
    unmet: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    meta: Json = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    resources: tuple[Resource, ...] = ()
    needs: tuple[Need, ...] = ()
    retired: bool = False
    replaced_by: UUID | None = None
    overrides: Json = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin)


class Seat(NamedTuple):
    topic: UUID
    """May be a topic of another source, seated here by an editor."""
    position: int
    """Among the seats and the subsections of its section."""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    uid: UUID
    parent: UUID | None
    position: int
    kind: str
    title: str
    slug: str
    number: int | None = None
    summary: str = ""
    optional: bool = False
    choose: int | None = None
    ordered: bool = False
    resources: tuple[Resource, ...] = ()
    seats: tuple[Seat, ...] = ()
    overrides: Json = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, slots=True)
class Roadmap:
    uid: UUID
    slug: str
    title: str
    summary: str = ""
    locking: str = "advisory"
    position: int = 0
    meta: Json = field(default_factory=dict)
    retired: bool = False
    sections: tuple[Section, ...] = ()
    overrides: Json = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, slots=True)
class Curriculum:
    """Everything of one source."""

    roadmaps: tuple[Roadmap, ...] = ()
    topics: tuple[Topic, ...] = ()

    def topic_by_uid(self) -> dict[UUID, Topic]:
        return {topic.uid: topic for topic in self.topics}

    def seats(self) -> Iterator[tuple[Roadmap, Section, Seat]]:
        """Every seat of the roadmaps that are not retired, in reading order."""
        for roadmap in self.roadmaps:
            if not roadmap.retired:
                for section in roadmap.sections:
                    for seat in section.seats:
                        yield roadmap, section, seat

    def live(self) -> int:
        """How many topics are not retired."""
        return sum(not topic.retired for topic in self.topics)

    def fingerprint(self, topics: Mapping[UUID, str] | None = None) -> str:
        """The same for equal curricula, in any process on any machine. `topics`: what `texts` said, for whoever has it
        at hand."""
        known = self.texts() if topics is None else topics
        roadmaps = _encode([roadmap_json(roadmap) for roadmap in self.roadmaps])
        text = f'{{"roadmaps":{roadmaps},"topics":[{",".join(known[t.uid] for t in self.topics)}],"version":1}}'
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def texts(self) -> dict[UUID, str]:
        """`topic_text` of each topic."""
        return {topic.uid: topic_text(topic) for topic in self.topics}

    def as_json(self) -> Json:
        return {
            "version": 1,
            "roadmaps": [roadmap_json(roadmap) for roadmap in self.roadmaps],
            "topics": [topic_json(topic) for topic in self.topics],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Curriculum:
        return cls(
            roadmaps=tuple(map(roadmap_of, data["roadmaps"])),
            topics=tuple(map(topic_of, data["topics"])),
        )


def canonical(roadmaps: list[Roadmap], topics: list[Topic]) -> Curriculum:
    """A curriculum in its one form."""
    return Curriculum(
        roadmaps=tuple(sorted(roadmaps, key=lambda roadmap: (roadmap.position, roadmap.uid))),
        topics=tuple(sorted(topics, key=lambda topic: topic.uid)),
    )


def in_reading_order(sections: list[Section]) -> tuple[Section, ...]:
    """Parents before children, children by position. Sections whose parent is missing would be lost: there are none."""
    children: dict[UUID | None, list[Section]] = {}
    for section in sections:
        children.setdefault(section.parent, []).append(section)
    for group in children.values():
        group.sort(key=lambda section: (section.position, section.uid))
    ordered: list[Section] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        section = waiting.pop()
        ordered.append(section)
        waiting.extend(reversed(children.get(section.uid, [])))
    return tuple(ordered)


# The JSON form, field by field: what an import keeps for its undo.


def origin_json(origin: Origin) -> Json:
    data: Json = {}
    if origin.id:
        data["id"] = origin.id
    if origin.link:
        data["link"] = origin.link
    if origin.places:
        data["places"] = [[p.document, list(p.path), p.key, p.occurrence] for p in origin.places]
    return data


def origin_of(data: Mapping[str, Any]) -> Origin:
    return Origin(
        id=data.get("id", ""),
        link=data.get("link", ""),
        places=tuple(Place(d, tuple(path), key, n) for d, path, key, n in data.get("places", ())),
    )


def resource_of(data: Mapping[str, Any]) -> Resource:
    return Resource(title=data["title"], url=data["url"], kind=data["kind"])


def need_json(need: Need) -> Json:
    return {"topic": str(need.topic), "reason": need.reason, "group": need.group, "source": need.source}


def topic_json(topic: Topic) -> Json:
    return {
        "uid": str(topic.uid),
        "slug": topic.slug,
        "title": topic.title,
        "summary": topic.summary,
        "body": topic.body,
        "hours": topic.hours,
        "details": list(topic.details),
        "planned": topic.planned,
        "unmet": list(topic.unmet),
        "related": list(topic.related),
        "meta": topic.meta,
        "aliases": list(topic.aliases),
        "steps": [{"uid": str(s.uid), "title": s.title, "retired": s.retired} for s in topic.steps],
        "resources": [r.as_json() for r in topic.resources],
        "needs": [need_json(n) for n in topic.needs],
        "retired": topic.retired,
        "replaced_by": str(topic.replaced_by) if topic.replaced_by else None,
        "overrides": topic.overrides,
        "origin": origin_json(topic.origin),
    }


def topic_text(topic: Topic) -> str:
    """As JSON, spelled the same way everywhere."""
    return _encode(topic_json(topic))


def topic_of(data: Mapping[str, Any]) -> Topic:
    return Topic(
        uid=UUID(data["uid"]),
        slug=data["slug"],
        title=data["title"],
        summary=data["summary"],
        body=data["body"],
        hours=data["hours"],
        details=tuple(data["details"]),
        planned=data["planned"],
        unmet=tuple(data["unmet"]),
        related=tuple(data["related"]),
        meta=data["meta"],
        aliases=tuple(data["aliases"]),
        steps=tuple(Step(UUID(s["uid"]), s["title"], s["retired"]) for s in data["steps"]),
        resources=tuple(map(resource_of, data["resources"])),
        needs=tuple(Need(UUID(n["topic"]), n["reason"], n["group"], n["source"]) for n in data["needs"]),
        retired=data["retired"],
        replaced_by=UUID(data["replaced_by"]) if data["replaced_by"] else None,
        overrides=data["overrides"],
        origin=origin_of(data["origin"]),
    )


def section_json(section: Section) -> Json:
    return {
        "uid": str(section.uid),
        "parent": str(section.parent) if section.parent else None,
        "position": section.position,
        "kind": section.kind,
        "title": section.title,
        "slug": section.slug,
        "number": section.number,
        "summary": section.summary,
        "optional": section.optional,
        "choose": section.choose,
        "ordered": section.ordered,
        "resources": [r.as_json() for r in section.resources],
        "seats": [[str(s.topic), s.position, s.optional] for s in section.seats],
        "overrides": section.overrides,
        "origin": origin_json(section.origin),
    }


def section_of(data: Mapping[str, Any]) -> Section:
    return Section(
        uid=UUID(data["uid"]),
        parent=UUID(data["parent"]) if data["parent"] else None,
        position=data["position"],
        kind=data["kind"],
        title=data["title"],
        slug=data["slug"],
        number=data["number"],
        summary=data["summary"],
        optional=data["optional"],
        choose=data["choose"],
        ordered=data["ordered"],
        resources=tuple(map(resource_of, data["resources"])),
        seats=tuple(Seat(UUID(topic), position, optional) for topic, position, optional in data["seats"]),
        overrides=data["overrides"],
        origin=origin_of(data["origin"]),
    )


def roadmap_json(roadmap: Roadmap) -> Json:
    return {
        "uid": str(roadmap.uid),
        "slug": roadmap.slug,
        "title": roadmap.title,
        "summary": roadmap.summary,
        "locking": roadmap.locking,
        "position": roadmap.position,
        "meta": roadmap.meta,
        "retired": roadmap.retired,
        "sections": [section_json(section) for section in roadmap.sections],
        "overrides": roadmap.overrides,
        "origin": origin_json(roadmap.origin),
    }


def roadmap_of(data: Mapping[str, Any]) -> Roadmap:
    return Roadmap(
        uid=UUID(data["uid"]),
        slug=data["slug"],
        title=data["title"],
        summary=data["summary"],
        locking=data["locking"],
        position=data["position"],
        meta=data["meta"],
        retired=data["retired"],
        sections=tuple(map(section_of, data["sections"])),
        overrides=data["overrides"],
        origin=origin_of(data["origin"]),
    )
