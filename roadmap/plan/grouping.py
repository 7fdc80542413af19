"""Which stored roadmap and section each of a reading is. They carry no progress, so a good guess will do. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from uuid import UUID

from roadmap.plan.curriculum import Curriculum, Origin, Roadmap, Section
from roadmap.plan.incoming import Incoming, InRoadmap, InSection, clean
from roadmap.plan.keys import key
from roadmap.plan.matches import Matches, unique_pairs


class Grouping:
    """Finds roadmaps and sections, with the help of the topics found so far."""

    def __init__(self, now: Curriculum, incoming: Incoming, found: Matches) -> None:
        self.incoming, self.found = incoming, found
        self.known = {roadmap.uid: roadmap for roadmap in sorted(now.roadmaps, key=lambda roadmap: roadmap.retired)}
        self.holders: dict[UUID, list[UUID]] = defaultdict(list)
        """Topic -> the roadmaps that seat it."""
        for roadmap in now.roadmaps:
            for section in roadmap.sections:
                for seat in section.seats:
                    self.holders[seat.topic].append(roadmap.uid)

    def match_roadmaps(self) -> None:
        """By id, document, title; else the one that held at least half of its topics."""
        left = dict(self.known)
        rounds: list[tuple[Callable[[Roadmap], Hashable], Callable[[InRoadmap], Hashable]]] = [
            (lambda r: r.origin.id, lambda r: key(r.path.id)),
            (lambda r: document_of(r.origin), lambda r: clean(r.path.source)),
            (noted_title, lambda r: key(r.path.title)),
        ]
        for stored, asked in rounds:
            for roadmap in self.incoming.roadmaps:
                if roadmap not in self.found.roadmaps and (wanted := asked(roadmap)):
                    uid = next((uid for uid, known in left.items() if stored(known) == wanted), None)
                    if uid is not None:
                        self.found.roadmaps[roadmap] = uid
                        del left[uid]
        votes = Counter(
            (roadmap, holder)
            for topic, uid in self.found.topics.items()
            for roadmap in dict.fromkeys(section.roadmap for section in topic.sections)
            for holder in self.holders[uid]
        )
        for (roadmap, uid), count in votes.most_common():
            size = sum(len(section.seats) for section in roadmap.sections)
            if roadmap not in self.found.roadmaps and uid in left and count * 2 >= size:
                self.found.roadmaps[roadmap] = uid
                del left[uid]

    def match_sections(self) -> None:
        """Sections of the roadmaps found: by id, place, what they held, title. Again, once more topics are known."""
        taken = set(self.found.sections.values())
        for roadmap, uid in self.found.roadmaps.items():
            sections = self.known[uid].sections
            left = {section.uid: section for section in sections if section.uid not in taken}
            _Sections(roadmap, sections, left, self.found).match()


class _Sections:
    def __init__(self, roadmap: InRoadmap, known: Sequence[Section], left: dict[UUID, Section], found: Matches) -> None:
        self.sections, self.left, self.matches = roadmap.sections, left, found
        self.parent_of = {section.uid: section.parent for section in known}
        self.held_by = {seat.topic: section.uid for section in known for seat in section.seats}
        self.inner: dict[InSection, list[InSection]] = defaultdict(list)
        for section in roadmap.sections:
            if section.parent is not None:
                self.inner[section.parent].append(section)

    def match(self) -> None:
        self.by(lambda s: [s.origin.id] if s.origin.id else [], lambda s: [key(s.item.id)] if s.item.id else [])
        self.by(lambda s: list(s.origin.places), lambda s: [s.place])
        self.by(lambda s: [(p.path, p.key) for p in s.origin.places], lambda s: [(s.place.path, s.place.key)])
        self.by_vote(self.topics_were)
        self.by_vote(self.subsections_were)
        self.by(lambda s: [noted_title(s)], lambda s: [s.place.key])

    def by(self, stored: Callable[[Section], list[Hashable]], asked: Callable[[InSection], list[Hashable]]) -> None:
        waiting = [section for section in self.sections if section not in self.matches.sections]
        for section, uid in unique_pairs(self.left.values(), stored, waiting, asked):
            if section not in self.matches.sections and uid in self.left:
                self.take(section, uid)

    def by_vote(self, were: Callable[[InSection], list[UUID | None]]) -> None:
        """The section that held at least half of what this one holds, from the innermost outwards."""
        for section in sorted(self.sections, key=lambda section: -len(section.path)):
            if section not in self.matches.sections:
                held = were(section)
                votes = Counter(uid for uid in held if uid is not None and uid in self.left)
                for uid, count in votes.most_common(1):
                    if count * 2 >= len(held):
                        self.take(section, uid)

    def topics_were(self, section: InSection) -> list[UUID | None]:
        """The sections in which its topics were."""
        uids = [self.matches.topics.get(seat.topic) for seat in section.seats]
        return [self.held_by.get(uid) if uid else None for uid in uids]

    def subsections_were(self, section: InSection) -> list[UUID | None]:
        found = self.matches.sections
        return [self.parent_of.get(found[inner]) for inner in self.inner[section] if inner in found]

    def take(self, section: InSection, uid: UUID) -> None:
        self.matches.sections[section] = uid
        del self.left[uid]


def document_of(origin: Origin) -> str:
    return origin.places[0].document if origin.places else ""


def noted_title(thing: Roadmap | Section) -> str:
    """The title as the notes had it, whatever a browser made of it."""
    return key(str(thing.overrides.get("title", thing.title)))
