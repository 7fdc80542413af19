"""Which stored thing each thing of a reading is: never by number or position alone, never guessed.

In this order: an explicit id; the note a wiki link names; the same place; an alias; the same title elsewhere; what is
alike beyond doubt. What is merely alike is asked. Everything else is new.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from uuid import UUID

from roadmap.plan.curriculum import Curriculum, Place, Section, Topic
from roadmap.plan.folding import Folding
from roadmap.plan.grouping import Grouping
from roadmap.plan.incoming import Incoming, InTopic, clean
from roadmap.plan.keys import key, link_key, loose
from roadmap.plan.matches import Answers, Matches, unique_pairs
from roadmap.plan.parting import Asked
from roadmap.plan.similarity import ASK, Likeness, Traits, likeness, overlap

CROWDED = 50
"""Topics that share a word or an address beyond which it tells nothing."""
REVIVED = 0.75
"""Score from which a retired topic is offered."""


def match(now: Curriculum, incoming: Incoming, answers: Answers) -> Matches:
    """Find every topic, section and roadmap of `incoming` in `now`."""
    return _Matching(now, incoming).run(answers)


class _Matching:
    def __init__(self, now: Curriculum, incoming: Incoming) -> None:
        self.now, self.incoming = now, incoming
        self.found = Matches()
        # What the notes had last comes first: what was gone from them is only found where nothing else answers.
        self.left = {topic.uid: topic for topic in sorted(now.topics, key=gone)}
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
        if {str(roadmap.uid) for roadmap in self.now.roadmaps} & {r.path.exported for r in self.incoming.roadmaps}:
            # An export in the place of its own notes: topics without an id were given their address for one.
            self.by(lambda topic: [key(topic.slug), f"u{topic.uid.hex}"], lambda topic: [topic.id] if topic.id else [])
        self.by(
            lambda topic: [topic.origin.link] if topic.origin.link else [],
            lambda topic: [topic.link] if topic.link else [],
        )
        self.by_place()
        self.by(
            lambda topic: [(p.path, p.key) for p in topic.origin.places],
            lambda topic: [(p.path, p.key) for p in topic.places],
        )
        # An editor's title that the notes took over: it stands where the one did that the notes had.
        self.by(
            lambda topic: [(p.path, key(topic.title)) for p in topic.origin.places if "title" in topic.overrides],
            lambda topic: [(p.path, p.key) for p in topic.places],
        )
        self.by_alias()
        grouping = Grouping(self.now, self.incoming, self.found)
        grouping.match_roadmaps()
        self.by_title()
        grouping.match_sections()
        self.by_likeness(answers)
        grouping.match_sections()  # what a section holds may only now be known
        self.find_merged()
        return self.found

    def take(self, topic: InTopic, uid: UUID) -> None:
        self.found.topics[topic] = uid
        del self.left[uid], self.open[topic]

    def by(self, stored: Callable[[Topic], Iterable[Hashable]], asked: Callable[[InTopic], Iterable[Hashable]]) -> None:
        """Match what shares a key that no other topic on its side has."""
        for topic, uid in unique_pairs(
            self.left.values(), stored, self.open, asked, prefer=lambda topic: not gone(topic)
        ):
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
                    stored[first].append((gone(known), place.occurrence, known))
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
        live = [topic for topic in known if not gone(topic)] or known
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

    # What is alike.

    def by_likeness(self, answers: Answers) -> None:
        alike = self.alike()
        asked = Asked(self.now, self.incoming, self.found, self.left, self.open)
        folds = Folding(self.now, self.incoming, self.found, self.left, self.open).folds()
        family = asked.families(alike)  # split, or made one: that is nobody's to guess, however alike a part is
        family |= {(topic, uid) for topic, fold in folds.items() for uid in fold.parts}
        sure = {
            topic: [uid for uid, like in options if like.certain and (topic, uid) not in family]
            for topic, options in alike.items()
        }
        claims = Counter(uid for certain in sure.values() for uid in certain)
        for topic, certain in sure.items():
            if len(certain) == 1 and claims[certain[0]] == 1 and certain[0] in self.left:
                self.take(topic, certain[0])
                del alike[topic]
        unanswered = []
        for question, answered in asked.questions(asked.folded(folds, alike)):
            if question.number not in answers:
                unanswered.append(question)
            elif (index := answers[question.number]) is not None and index < len(question.candidates):
                for topic, uid in answered(question.candidates[index]):
                    self.take(topic, uid)
        self.found.unclear = tuple(unanswered)

    def alike(self) -> dict[InTopic, list[tuple[UUID, Likeness]]]:
        """For each topic not found yet, the stored topics not found yet that it may be, the likest first."""
        if not self.open or not self.left:
            return {}
        traits = {uid: traits_of(topic) for uid, topic in self.left.items()}
        index: dict[Hashable, list[UUID]] = defaultdict(list)
        for uid, stored in traits.items():
            for sign in _signs(stored, (section.uid for section in self.section_of[uid])):
                index[sign].append(uid)
        around = self.neighbours_in()
        found: dict[InTopic, list[tuple[UUID, Likeness]]] = {}
        for topic in self.open:
            asked = traits_in(topic)
            sections = {self.found.sections[s] for s in topic.sections if s in self.found.sections}
            near: dict[UUID, None] = {}
            for sign in _signs(asked, sections):
                if len(index[sign]) <= CROWDED:
                    near.update(dict.fromkeys(index[sign]))
            options = []
            for uid in near:
                same_section = any(section.uid in sections for section in self.section_of[uid])
                like = likeness(
                    asked,
                    traits[uid],
                    same_section=same_section,
                    same_roadmap=self.same_roadmap(topic, uid),
                    same_neighbours=same_section and topic in around and around[topic] == self.neighbours.get(uid),
                )
                if like.certain or like.score >= (REVIVED if gone(self.left[uid]) else ASK):
                    options.append((uid, like))
            if options:
                found[topic] = sorted(options, key=lambda option: (not option[1].certain, -option[1].score, option[0]))
        return found

    def same_roadmap(self, topic: InTopic, uid: UUID) -> bool:
        """Whether a roadmap of the topic holds the stored one; what is retired stands in none and may return to any."""
        roadmaps = {self.found.roadmaps.get(section.roadmap) for section in topic.sections}
        return gone(self.left[uid]) or any(self.roadmap_of[s.uid] in roadmaps for s in self.section_of[uid])

    def neighbours_in(self) -> dict[InTopic, tuple[UUID | None, UUID | None]]:
        """The stored uids before and after each open topic of the notes, where both of these are found."""
        around: dict[InTopic, tuple[UUID | None, UUID | None]] = {}
        ids: dict[InTopic | None, UUID | None] = dict(self.found.topics.items())
        ids[None] = None
        for topic in self.open:
            section = topic.sections[0] if topic.sections else None
            if section is None or topic in around:
                continue
            seated = [seat.topic for seat in section.seats]
            for before, middle, after in zip([None, *seated], seated, [*seated[1:], None], strict=False):
                if middle in self.open and middle.sections[0] is section and before in ids and after in ids:
                    around[middle] = (ids[before], ids[after])
        return around

    def find_merged(self) -> None:
        """A stored topic whose very place now belongs to another one: the notes made them one."""
        holder = {place: topic for topic in self.found.topics for place in topic.places[1:]}
        for uid, known in self.left.items():
            for place in known.origin.places if not gone(known) else ():
                if place in holder:
                    self.found.replaced.setdefault(uid, holder[place])


def _first(place: Place) -> Place:
    return place if not place.occurrence else Place(place.document, place.path, place.key)


def _signs(traits: Traits, sections: Iterable[UUID]) -> Iterator[Hashable]:
    """What makes two topics worth comparing."""
    yield from (("word", word) for word in set(traits.words) if len(word) > 2)
    yield from (("address", address) for address in traits.addresses)
    yield from (("text", text) for text in traits.text_keys())
    yield from (("section", section) for section in sections)


def gone(topic: Topic) -> bool:
    """Whether the notes had it no more when they were last read, whatever an editor made of that."""
    return bool(topic.overrides.get("retired", topic.retired))


def notes_title(topic: Topic) -> str:
    """The title as the notes had it, whatever a browser made of it."""
    return str(topic.overrides.get("title", topic.title))


def traits_of(topic: Topic) -> Traits:
    overrides = topic.overrides
    return Traits(
        notes_title(topic),
        str(overrides.get("summary", topic.summary)),
        str(overrides.get("body", topic.body)),
        frozenset(r.url for r in topic.resources if r.url),
        topic.origin.id,
        _links(topic.origin.link, topic.related),
    )


def traits_in(topic: InTopic) -> Traits:
    addresses = frozenset(r.url for r in topic.resources if r.url)
    links = _links(topic.link, topic.all("related"))
    return Traits(topic.title, topic.summary, topic.body, addresses, topic.id, links)


def _links(own: str, related: Iterable[str]) -> frozenset[str]:
    return frozenset({own, *(link_key(clean(name)) for name in related)} - {""})
