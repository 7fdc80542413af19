"""A reading laid flat: the roadmaps, sections and topics it asks for, before anyone knows which of them exist. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from roadmap.notes.items import Item, Path, Problem, Reading, Requirement, Resource
from roadmap.plan.curriculum import Json, Origin, Place
from roadmap.plan.keys import key, link_key
from roadmap.sentences import sentence

TITLE = 200
STEP = 500
RESOURCE = 300
ADDRESS = 2000
HOURS = 10_000
"""Hours a topic may take: one less than this fits the column."""


@dataclass(slots=True, eq=False)
class InSection:
    """A section of a path. Its place says where it stands; `parent` is None at the top."""

    roadmap: InRoadmap
    parent: InSection | None
    item: Item
    place: Place
    position: int
    taken: int = 0
    """Positions given out to its children."""
    seats: list[InSeat] = field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        return (*self.place.path, self.place.key)


@dataclass(slots=True, eq=False)
class InSeat:
    topic: InTopic
    position: int
    optional: bool


@dataclass(slots=True, eq=False)
class InTopic:
    """All mentions of one topic, the first one first."""

    mentions: list[Item]
    places: list[Place]
    sections: list[InSection]
    """The sections of its seats, at most one per roadmap."""
    id: str = ""
    link: str = ""

    @property
    def item(self) -> Item:
        return self.mentions[0]

    @property
    def title(self) -> str:
        return self.item.title

    @property
    def origin(self) -> Origin:
        return Origin(id=self.id, link=self.link, places=tuple(self.places))

    def first(self, name: str) -> Any:
        """The first mention's value of a field that says anything."""
        return next((value for item in self.mentions if (value := getattr(item, name))), getattr(self.item, name))

    def all(self, name: str) -> tuple[Any, ...]:
        """The values of a field over all mentions, each once."""
        if len(self.mentions) == 1:
            return tuple(dict.fromkeys(getattr(self.item, name)))
        return tuple(dict.fromkeys(value for item in self.mentions for value in getattr(item, name)))

    @property
    def summary(self) -> str:
        return str(self.first("summary"))

    @property
    def body(self) -> str:
        return str(self.first("body"))

    @property
    def resources(self) -> tuple[Resource, ...]:
        return self.all("resources")

    @property
    def aliases(self) -> tuple[str, ...]:
        return self.all("aliases")

    def steps(self) -> list[str]:
        """Titles of the boxes under it, nested ones after the one they stand under."""
        titles = [item.title for mention in self.mentions[:1] for item in _steps(mention.items)]
        return titles or [item.title for mention in self.mentions[1:] for item in _steps(mention.items)]


@dataclass(slots=True, eq=False)
class InRoadmap:
    path: Path
    position: int
    sections: list[InSection] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Incoming:
    roadmaps: list[InRoadmap]
    topics: list[InTopic]
    problems: list[Problem]


def lay_flat(reading: Reading) -> Incoming:
    """What `reading` asks for. Mentions that share an explicit id or a wiki-linked note become one topic."""
    flattening = _Flattening()
    for position, path in enumerate(reading.paths):
        flattening.add(InRoadmap(path=path, position=position))
    return Incoming(flattening.roadmaps, flattening.topics, flattening.problems)


def clean(text: str, limit: int | None = None) -> str:
    """`text` without what PostgreSQL cannot store, cut to `limit` characters."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    if "\0" in text:
        text = text.replace("\0", "")
    if limit and len(text) > limit:
        text = text[: limit - 1].rstrip() + "…"
    return text


def jsonable(value: Any) -> Any:
    """`value` of front matter as JSON can hold it: tuples become lists, everything unknown its text."""
    if isinstance(value, dict):
        return {clean(str(name)): jsonable(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(inner) for inner in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    return clean(str(value))


def meta_of(pairs: Iterable[tuple[str, Any]]) -> Json:
    return {clean(name): jsonable(value) for name, value in pairs}


def hours_of(value: float | None) -> float | None:
    """Hours in hundredths; None for what is no number of hours."""
    return hours if value is not None and 0 < (hours := round(float(value), 2)) < HOURS else None


class _Flattening:
    def __init__(self) -> None:
        self.roadmaps: list[InRoadmap] = []
        self.topics: list[InTopic] = []
        self.problems: list[Problem] = []
        self._by_id: dict[str, InTopic] = {}
        self._by_link: dict[str, InTopic] = {}
        self._seen: dict[Place, int] = {}
        self._clashes: set[str] = set()

    def add(self, roadmap: InRoadmap) -> None:
        self.roadmaps.append(roadmap)
        path = roadmap.path
        top = _Top(roadmap)
        for item in path.items:
            if item.kind in {"level", "module"}:
                self._section(top, roadmap, None, item)
            elif item.kind == "topic":
                # Topics that stand under no heading get a module of the roadmap's name.
                if top.implicit is None:
                    around = Item("module", path.title, path.source, item.line)
                    top.implicit = self._new_section(top, roadmap, None, around)
                self._topic(top.implicit, item)

    def _new_section(self, top: _Top, roadmap: InRoadmap, parent: InSection | None, item: Item) -> InSection:
        holder: _Top | InSection = parent or top
        place = self._place(item, parent.path if parent else ())
        section = InSection(roadmap, parent, item, place, position=holder.taken)
        holder.taken += 1
        roadmap.sections.append(section)
        return section

    def _section(self, top: _Top, roadmap: InRoadmap, parent: InSection | None, item: Item) -> None:
        section = self._new_section(top, roadmap, parent, item)
        top.implicit = None
        for inner in item.items:
            if inner.kind in {"level", "module"}:
                self._section(top, roadmap, section, inner)
            elif inner.kind == "topic":
                self._topic(section, inner)

    def _topic(self, section: InSection, item: Item) -> None:
        topic = self._known(item)
        place = self._place(item, section.path)
        if topic is None:
            topic = InTopic([], [], [])
            self.topics.append(topic)
        topic.mentions.append(item)
        topic.places.append(place)
        if item.id and not topic.id:
            topic.id = key(item.id)
            self._by_id[topic.id] = topic
        if item.link and not topic.link:
            topic.link = link_key(item.link)
            self._by_link.setdefault(topic.link, topic)
        if any(seated.roadmap is section.roadmap for seated in topic.sections):
            self.problems.append(
                Problem(
                    item.source,
                    item.line,
                    "info",
                    "seated-twice",
                    sentence(
                        "“%(title)s” already has a place in “%(roadmap)s”; the first one counts.",
                        title=item.title,
                        roadmap=section.roadmap.path.title,
                    ),
                )
            )
        else:
            topic.sections.append(section)
            section.seats.append(InSeat(topic, section.taken, item.optional))
            section.taken += 1
        for inner in item.items:
            if inner.kind == "topic":
                self._topic(section, inner)

    def _known(self, item: Item) -> InTopic | None:
        """The topic this is another mention of."""
        link = link_key(item.link) if item.link else ""
        by_link = self._by_link.get(link) if link else None
        if not item.id:
            return by_link
        by_id = self._by_id.get(key(item.id))
        if by_id is None:
            return by_link if by_link and not by_link.id else None
        if key(by_id.title) == key(item.title) or (link and link == by_id.link):
            return by_id
        if item.id not in self._clashes:
            self._clashes.add(item.id)
            first = by_id.item
            self.problems.append(
                Problem(
                    item.source,
                    item.line,
                    "error",
                    "id-twice",
                    sentence(
                        "The id “%(id)s” of “%(title)s” already belongs to “%(other)s” (%(source)s:%(line)s); give "
                        "one of them another id.",
                        id=item.id,
                        title=item.title,
                        other=first.title,
                        source=first.source,
                        line=str(first.line),
                    ),
                )
            )
        return by_id

    def _place(self, item: Item, path: tuple[str, ...]) -> Place:
        start = Place(clean(item.source), path, clean(key(item.title)))
        count = self._seen.get(start, 0)
        self._seen[start] = count + 1
        return start if not count else Place(start.document, start.path, start.key, count)


@dataclass(slots=True)
class _Top:
    """The top of a roadmap while it is laid flat."""

    roadmap: InRoadmap
    taken: int = 0
    implicit: InSection | None = None


def _steps(items: Iterable[Item]) -> Iterator[Item]:
    for item in items:
        if item.kind == "step":
            yield item
            yield from _steps(item.items)


def requirements(topic: InTopic) -> tuple[Requirement, ...]:
    """What the topic's mentions state, then what the modules around its seats state for all of their topics."""
    around = (requirement for section in topic.sections for requirement in section.item.requires)
    return tuple(dict.fromkeys((*topic.all("requires"), *around)))
