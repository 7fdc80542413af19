"""Which stored thing each thing of a reading is: never by number or position alone, never guessed.

In this order: an explicit id; the note a wiki link names; the same place; an alias; the same title elsewhere; what is
alike beyond doubt. What is merely alike is asked. Everything else is new.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from roadmap.plan.curriculum import Curriculum, Origin, Place, Roadmap, Section, Topic
from roadmap.plan.incoming import Incoming, InRoadmap, InSection, InTopic, clean
from roadmap.plan.keys import key, loose
from roadmap.plan.similarity import ASK, Likeness, Traits, likeness, overlap

CANDIDATES = 5
"""Candidates a question offers at most."""
CROWDED = 50
"""Topics that share a word or an address beyond which it tells nothing."""
REVIVED = 0.75
"""Score from which a retired topic is offered."""

T = TypeVar("T")
New = TypeVar("New", InTopic, InSection)


@dataclass(frozen=True, slots=True)
class Candidate:
    topic: UUID
    title: str
    score: float
    why: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """A question: is the topic of the notes one of these, renamed? Unanswered, nothing is applied."""

    number: int
    """From 1, the same for the same curriculum and reading."""
    title: str
    source: str
    line: int
    candidates: tuple[Candidate, ...]


Answers = Mapping[int, int | None]
"""Number of the question -> index of the candidate it is, or None for "a new topic"."""


@dataclass(slots=True)
class Matches:
    """What was found: stored uids of the reading's roadmaps, sections and topics; the rest is new."""

    roadmaps: dict[InRoadmap, UUID] = field(default_factory=dict)
    sections: dict[InSection, UUID] = field(default_factory=dict)
    topics: dict[InTopic, UUID] = field(default_factory=dict)
    replaced: dict[UUID, InTopic] = field(default_factory=dict)
    """Stored topics whose place was merged into another topic of the notes."""
    unclear: tuple[Unclear, ...] = ()


def match(now: Curriculum, incoming: Incoming, answers: Answers) -> Matches:
    """Find every topic, section and roadmap of `incoming` in `now`."""
    return _Matching(now, incoming).run(answers)


class _Matching:
    def __init__(self, now: Curriculum, incoming: Incoming) -> None:
        self.now, self.incoming = now, incoming
        self.found = Matches()
        # Live topics first: a retired one is only found where no live one answers.
        self.left = {topic.uid: topic for topic in sorted(now.topics, key=lambda topic: topic.retired)}
        self.open = dict.fromkeys(incoming.topics)
        self.section_of: dict[UUID, list[Section]] = defaultdict(list)
        self.roadmap_of: dict[UUID, UUID] = {}
        self.neighbours: dict[UUID, tuple[UUID | None, UUID | None]] = {}
        for roadmap in now.roadmaps:
            for section in roadmap.sections:
                self.roadmap_of[section.uid] = roadmap.uid
                seated = [seat.topic for seat in section.seats]
                for before, topic, after in zip([None, *seated], seated, [*seated[1:], None], strict=False):
                    self.section_of[topic].append(section)
                    self.neighbours.setdefault(topic, (before, after))

    def run(self, answers: Answers) -> Matches:
        self.by(
            lambda topic: [topic.origin.id] if topic.origin.id else [], lambda topic: [topic.id] if topic.id else []
        )
        self.by(
            lambda topic: [topic.origin.link] if topic.origin.link else [],
            lambda topic: [topic.link] if topic.link else [],
        )
        self.by_place()
        self.by(
            lambda topic: [(p.path, p.key) for p in topic.origin.places],
            lambda topic: [(p.path, p.key) for p in topic.places],
        )
        self.by_alias()
        self.match_roadmaps()
        self.by_title()
        self.match_sections()
        self.by_likeness(answers)
        self.find_merged()
        return self.found

    def take(self, topic: InTopic, uid: UUID) -> None:
        self.found.topics[topic] = uid
        del self.left[uid], self.open[topic]

    def by(self, stored: Callable[[Topic], Iterable[Hashable]], asked: Callable[[InTopic], Iterable[Hashable]]) -> None:
        """Match what shares a key that no other topic on its side has."""
        for topic, uid in _pairs(self.left.values(), stored, self.open, asked, prefer=lambda topic: not topic.retired):
            if topic in self.open and uid in self.left:
                self.take(topic, uid)

    def by_place(self) -> None:
        """The same title under the same headings of the same document; among equals by text, then by occurrence."""
        asked: dict[Place, list[InTopic]] = defaultdict(list)
        for topic in self.open:
            for place in dict.fromkeys(_first(place) for place in topic.places):
                asked[place].append(topic)
        stored: dict[Place, list[tuple[bool, int, Topic]]] = defaultdict(list)
        for known in self.left.values():
            for place in known.origin.places:
                if (first := _first(place)) in asked:
                    stored[first].append((known.retired, place.occurrence, known))
        for place, topics in asked.items():
            waiting = [topic for topic in topics if topic in self.open]
            known_here = sorted(stored[place], key=lambda entry: entry[:2])
            live = [entry[2] for entry in known_here if entry[2].uid in self.left]
            for topic in waiting if len(live) > 1 or len(waiting) > 1 else ():
                told = (clean(topic.summary), clean(topic.body))
                same = next((k for k in live if any(told) and (k.summary, k.body) == told), None)
                if same is not None:
                    live.remove(same)
                    self.take(topic, same.uid)
            for topic, known in zip([topic for topic in waiting if topic in self.open], live, strict=False):
                self.take(topic, known.uid)

    def by_alias(self) -> None:
        """The author says so: the new title was an alias, or the old title became one."""
        self.by(
            lambda topic: [key(topic.title)],
            lambda topic: [key(alias) for alias in topic.aliases],
        )
        self.by(
            lambda topic: [key(alias) for alias in topic.aliases],
            lambda topic: [key(topic.title)],
        )

    def by_title(self) -> None:
        """The same title elsewhere is a move, unless it stands in another document with another text."""
        for name in (key, loose):
            asked: dict[str, list[InTopic]] = defaultdict(list)
            stored: dict[str, list[Topic]] = defaultdict(list)
            for topic in self.open:
                asked[name(topic.title)].append(topic)
            for known in self.left.values():
                if (told := name(notes_title(known))) in asked:
                    stored[told].append(known)
            for told, topics in asked.items():
                self.by_title_among(topics, stored[told])

    def by_title_among(self, topics: list[InTopic], known: list[Topic]) -> None:
        live = [topic for topic in known if not topic.retired] or known
        ranked = (
            sorted(
                (
                    (self.nearness(topic, stored), -i, -j, topic, stored)
                    for i, topic in enumerate(topics)
                    for j, stored in enumerate(live)
                ),
                key=lambda entry: entry[:3],
                reverse=True,
            )
            if len(topics) * len(live) <= CROWDED**2
            else []
        )
        for nearness, _, _, topic, stored in ranked:
            if topic not in self.open or stored.uid not in self.left or nearness < 0:
                continue
            rivals = sum(
                1
                for other, _, _, t, s in ranked
                if other == nearness and (t is topic) != (s is stored) and t in self.open and s.uid in self.left
            )
            if not rivals:
                self.take(topic, stored.uid)

    def nearness(self, topic: InTopic, known: Topic) -> float:
        """How near a place of the same title is; below 0 when it may be another thing of that name."""
        one, other = traits_in(topic), traits_of(known)
        near = 0.0
        for place in topic.places:
            for was in known.origin.places:
                shared = sum(a == b for a, b in zip(reversed(place.path), reversed(was.path), strict=False))
                near = max(near, shared + 0.5 * (place.document == was.document))
        text = overlap(one.shingles, other.shingles) if one.text and other.text else None
        if not near and text is not None and text < 0.3 and not one.addresses & other.addresses:
            return -1.0
        return near + (text or 0.0)

    # Roadmaps and sections.

    def match_roadmaps(self) -> None:
        left = {roadmap.uid: roadmap for roadmap in sorted(self.now.roadmaps, key=lambda roadmap: roadmap.retired)}
        rounds: list[tuple[Callable[[Roadmap], Hashable], Callable[[InRoadmap], Hashable]]] = [
            (lambda r: r.origin.id, lambda r: key(r.path.id)),
            (lambda r: document_of(r.origin), lambda r: clean(r.path.source)),
            (lambda r: key(str(r.overrides.get("title", r.title))), lambda r: key(r.path.title)),
        ]
        for stored, asked in rounds:
            for roadmap in self.incoming.roadmaps:
                if roadmap not in self.found.roadmaps and (wanted := asked(roadmap)):
                    uid = next((uid for uid, known in left.items() if stored(known) == wanted), None)
                    if uid is not None:
                        self.found.roadmaps[roadmap] = uid
                        del left[uid]
        votes = Counter(
            (roadmap, self.roadmap_of[section.uid])
            for topic, uid in self.found.topics.items()
            for roadmap in dict.fromkeys(section.roadmap for section in topic.sections)
            for section in self.section_of[uid]
        )
        for (roadmap, uid), count in votes.most_common():
            size = sum(len(section.seats) for section in roadmap.sections)
            if roadmap not in self.found.roadmaps and uid in left and count * 2 >= size:
                self.found.roadmaps[roadmap] = uid
                del left[uid]

    def match_sections(self) -> None:
        for roadmap, uid in self.found.roadmaps.items():
            known = next(stored for stored in self.now.roadmaps if stored.uid == uid)
            left = {section.uid: section for section in known.sections}
            self.match_sections_of(roadmap, left)

    def match_sections_of(self, roadmap: InRoadmap, left: dict[UUID, Section]) -> None:
        """By id, place, what they hold, title: sections carry no progress, so the best guess is good enough."""
        found = self.found.sections

        def by(stored: Callable[[Section], list[Hashable]], asked: Callable[[InSection], list[Hashable]]) -> None:
            waiting = [section for section in roadmap.sections if section not in found]
            for section, uid in _pairs(left.values(), stored, waiting, asked):
                if section not in found and uid in left:
                    found[section] = uid
                    del left[uid]

        by(lambda s: [s.origin.id] if s.origin.id else [], lambda s: [key(s.item.id)] if s.item.id else [])
        by(lambda s: list(s.origin.places), lambda s: [s.place])
        by(lambda s: [(p.path, p.key) for p in s.origin.places], lambda s: [(s.place.path, s.place.key)])
        held_by = {seat.topic: section.uid for section in left.values() for seat in section.seats}
        self.by_vote(roadmap, left, lambda s: [held_by.get(self.found.topics.get(seat.topic)) for seat in s.seats])  # type: ignore[arg-type]
        parent_of = {section.uid: section.parent for section in left.values()}
        for known in next(r for r in self.now.roadmaps if r.uid == self.found.roadmaps[roadmap]).sections:
            parent_of[known.uid] = known.parent
        inner: dict[InSection, list[InSection]] = defaultdict(list)
        for section in roadmap.sections:
            if section.parent is not None:
                inner[section.parent].append(section)
        self.by_vote(roadmap, left, lambda s: [parent_of.get(found[child]) for child in inner[s] if child in found])
        by(lambda s: [key(s.title)], lambda s: [s.place.key])

    def by_vote(
        self, roadmap: InRoadmap, left: dict[UUID, Section], held: Callable[[InSection], Sequence[UUID | None]]
    ) -> None:
        """The section that held at least half of what this one holds, from the innermost outwards."""
        for section in sorted(roadmap.sections, key=lambda section: -len(section.path)):
            if section in self.found.sections:
                continue
            votes = Counter(uid for uid in held(section) if uid in left)
            if votes:
                uid, count = votes.most_common(1)[0]
                if uid is not None and count * 2 >= len(held(section)):
                    self.found.sections[section] = uid
                    del left[uid]

    # What is alike.

    def by_likeness(self, answers: Answers) -> None:
        alike = self.alike()
        claims = Counter(uid for options in alike.values() for uid, like in options if like.certain)
        for topic, options in list(alike.items()):
            certain = [uid for uid, like in options if like.certain]
            if len(certain) == 1 and claims[certain[0]] == 1 and certain[0] in self.left:
                self.take(topic, certain[0])
                del alike[topic]
        questions: list[tuple[Unclear, InTopic]] = []
        stored = dict(self.left)
        for topic, options in alike.items():
            candidates = tuple(
                Candidate(uid, stored[uid].title, like.score, like.why, stored[uid].retired)
                for uid, like in options
                if uid in stored
            )[:CANDIDATES]
            if candidates:
                item = topic.item
                question = Unclear(len(questions) + 1, item.title, item.source, item.line, candidates)
                questions.append((question, topic))
        unanswered = []
        for question, topic in questions:
            if question.number not in answers:
                unanswered.append(question)
            elif (index := answers[question.number]) is not None and index < len(question.candidates):
                uid = question.candidates[index].topic
                if uid in self.left:
                    self.take(topic, uid)
        self.found.unclear = tuple(unanswered)

    def alike(self) -> dict[InTopic, list[tuple[UUID, Likeness]]]:
        """For each topic not found yet, the stored topics not found yet that it may be, the likest first."""
        if not self.open or not self.left:
            return {}
        index: dict[Hashable, list[UUID]] = defaultdict(list)
        stored = {uid: traits_of(topic) for uid, topic in self.left.items()}
        for uid, traits in stored.items():
            for sign in _signs(traits, (section.uid for section in self.section_of[uid])):
                index[sign].append(uid)
        found: dict[InTopic, list[tuple[UUID, Likeness]]] = {}
        for topic in self.open:
            traits = traits_in(topic)
            sections = {self.found.sections[s] for s in topic.sections if s in self.found.sections}
            near: dict[UUID, None] = {}
            for sign in _signs(traits, sections):
                if len(index[sign]) <= CROWDED:
                    near.update(dict.fromkeys(index[sign]))
            options = [(uid, self.compare(topic, traits, sections, uid, stored[uid])) for uid in near]
            options = [
                (uid, like)
                for uid, like in options
                if like.certain or like.score >= (REVIVED if self.left[uid].retired else ASK)
            ]
            if options:
                found[topic] = sorted(options, key=lambda option: (not option[1].certain, -option[1].score, option[0]))
        return found

    def compare(self, topic: InTopic, one: Traits, sections: set[UUID], uid: UUID, other: Traits) -> Likeness:
        were = {section.uid for section in self.section_of[uid]}
        roadmaps = {self.found.roadmaps.get(section.roadmap) for section in topic.sections}
        same_section = bool(sections & were)
        return likeness(
            one,
            other,
            same_section=same_section,
            same_roadmap=bool(roadmaps & {self.roadmap_of[section] for section in were}) or self.left[uid].retired,
            same_neighbours=same_section and self.neighbours.get(uid) == self.neighbours_in(topic),
        )

    def neighbours_in(self, topic: InTopic) -> tuple[UUID | None, UUID | None] | None:
        """The stored uids before and after a topic of the notes; None where one of them is itself not found."""
        seats = [seat.topic for seat in topic.sections[0].seats] if topic.sections else []
        at = next((i for i, seated in enumerate(seats) if seated is topic), None)
        if at is None:
            return None
        around = [seats[i] if 0 <= i < len(seats) else None for i in (at - 1, at + 1)]
        if any(other is not None and other not in self.found.topics for other in around):
            return None
        before, after = (self.found.topics[other] if other is not None else None for other in around)
        return before, after

    def find_merged(self) -> None:
        """A stored topic whose very place now belongs to another one: the notes made them one."""
        holder = {place: topic for topic in self.found.topics for place in topic.places[1:]}
        for uid, known in self.left.items():
            for place in known.origin.places if not known.retired else ():
                if place in holder:
                    self.found.replaced[uid] = holder[place]


def _first(place: Place) -> Place:
    return place if not place.occurrence else Place(place.document, place.path, place.key)


def _pairs(
    known: Iterable[T],
    stored: Callable[[T], Iterable[Hashable]],
    asked_for: Iterable[New],
    asked: Callable[[New], Iterable[Hashable]],
    prefer: Callable[[T], bool] | None = None,
) -> Iterator[tuple[New, UUID]]:
    """Pairs that share a key which is unique on both sides; a preferred one counts as unique among the others."""
    one_side: dict[Hashable, list[T]] = defaultdict(list)
    for thing in known:
        for sign in dict.fromkeys(stored(thing)):
            one_side[sign].append(thing)
    other_side: dict[Hashable, list[New]] = defaultdict(list)
    for new in asked_for:
        for sign in dict.fromkeys(asked(new)):
            if sign in one_side:
                other_side[sign].append(new)
    for sign, news in other_side.items():
        things = one_side[sign]
        if prefer and len(things) > 1:
            things = [thing for thing in things if prefer(thing)] or things
        if len(things) == 1 and len(news) == 1:
            yield news[0], things[0].uid  # type: ignore[attr-defined]


def _signs(traits: Traits, sections: Iterable[UUID]) -> Iterator[Hashable]:
    """What makes two topics worth comparing."""
    yield from (("word", word) for word in set(traits.words) if len(word) > 2)
    yield from (("address", address) for address in traits.addresses)
    yield from (("text", text) for text in traits.text_keys())
    yield from (("section", section) for section in sections)


def notes_title(topic: Topic) -> str:
    """The title as the notes had it, whatever a browser made of it."""
    return str(topic.overrides.get("title", topic.title))


def document_of(origin: Origin) -> str:
    return origin.places[0].document if origin.places else ""


def traits_of(topic: Topic) -> Traits:
    overrides = topic.overrides
    return Traits(
        notes_title(topic),
        str(overrides.get("summary", topic.summary)),
        str(overrides.get("body", topic.body)),
        frozenset(r.url for r in topic.resources if r.url),
    )


def traits_in(topic: InTopic) -> Traits:
    return Traits(topic.title, topic.summary, topic.body, frozenset(r.url for r in topic.resources if r.url))
