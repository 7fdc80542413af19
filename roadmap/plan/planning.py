"""(the curriculum now, a reading of its notes) -> what would change, and the curriculum to aim at. Pure.

Notes own what they provide; what was edited in the browser is kept, and the notes' value remembered. Nothing is ever
deleted: what the notes no longer have is retired, and revived when it returns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

from roadmap.notes.items import Checkout, Item, Problem, Reading
from roadmap.plan.arranging import INSIDE, arrange, was_arranged
from roadmap.plan.chains import Link, chained, relaid
from roadmap.plan.changes import Change, compare, counts
from roadmap.plan.curriculum import (
    Curriculum,
    Json,
    Origin,
    Place,
    Roadmap,
    Seat,
    Section,
    Topic,
    canonical,
    in_reading_order,
)
from roadmap.plan.identity import match
from roadmap.plan.incoming import TITLE, Incoming, InRoadmap, InSection, InTopic, clean, hours_of, lay_flat, meta_of
from roadmap.plan.keeping import keep_overrides, keep_seats, resources_of, steps_of
from roadmap.plan.keys import RESERVED, Slugs, key
from roadmap.plan.matches import Answers, Matches, Unclear
from roadmap.plan.namesakes import namesakes
from roadmap.plan.needs import Links, merge_needs, without_loops
from roadmap.plan.renames import Renames, as_renamed
from roadmap.sentences import sentence

LOCKING = ("advisory", "strict")
MANY = 0.2
"""Share of the topics whose retirement in one import needs a yes of its own."""
FEW = 3
"""Fewer retirements never do: one topic of four is an ordinary edit."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. `target` is only meant to be stored when nothing is `unclear` and `errors` is empty."""

    now: Curriculum
    target: Curriculum
    changes: tuple[Change, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    problems: tuple[Problem, ...] = ()
    """The reading's and the plan's own."""
    reading: str = ""
    """Digest of the reading that was planned."""
    digests: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Path -> digest of each file that was read."""
    parts: Mapping[UUID, UUID] = field(default_factory=dict, compare=False)
    """New topic -> the known one that it was a part of: whoever has done that has done this."""
    folded: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict, compare=False)
    """Topic -> the known ones that it is now made of: whoever has done all of them has done it."""
    checkout: Checkout | None = field(default=None, compare=False)

    @property
    def empty(self) -> bool:
        """Nothing at all to store and nothing to ask."""
        return self.target == self.now and not self.unclear

    @property
    def counts(self) -> dict[str, int]:
        return counts(self.changes)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def retired(self) -> int:
        return sum(change.kind == "retired" and change.what == "topic" for change in self.changes)

    @property
    def carried(self) -> tuple[tuple[UUID, UUID], ...]:
        """(topic, another that goes on with it): made one with it by this plan. Whoever has done it has done that."""
        old = self.now.topic_by_uid()
        return tuple(
            (topic.uid, topic.replaced_by)
            for topic in self.target.topics
            if topic.replaced_by and topic.uid in old and not old[topic.uid].retired and topic.retired
        )

    @property
    def retires_many(self) -> bool:
        """More than a fifth of the topics would go: perhaps the wrong folder, or an empty mount."""
        return (gone := self.retired - sum(map(len, self.folded.values()))) >= FEW and gone > MANY * self.now.live()


def plan(
    now: Curriculum,
    reading: Reading,
    *,
    answers: Answers | None = None,
    taken: Collection[str] = (),
    digest: str = "",
    new_uid: Callable[[], UUID] = uuid4,
    renamed: Renames | None = None,
) -> Plan:
    """Plan the import of `reading` over `now`, the stored curriculum of the same source.

    `taken`: slugs that other sources' topics and roadmaps have. `answers` settle the questions of an earlier plan of
    the same two. `digest` is that of the reading, where it is known. `renamed`: files that somebody who knows says were
    renamed since: what stood in them is the same without a question. A reading without topics plans nothing: it
    retires no one's work.
    """
    incoming = lay_flat(reading)
    digest = digest or digest_of(reading)
    if not incoming.topics:
        problem = Problem(
            "",
            0,
            "error",
            "nothing-to-learn",
            sentence("There is nothing to learn in these notes: no topic was found."),
        )
        known = any(found.severity == "error" for found in reading.problems)
        told = reading.problems if known else (*reading.problems, problem)
        return Plan(now, now, (), (), told, digest, reading.digests, checkout=reading.checkout)
    matches = match(as_renamed(now, renamed or {}, reading.digests), incoming, answers or {})
    planning = _Planning(
        now,
        incoming,
        matches,
        Slugs(taken, (topic.slug for topic in now.topics)),
        Slugs(taken, RESERVED, (roadmap.slug for roadmap in now.roadmaps)),
        new_uid,
    )
    target = planning.target()
    parts = {planning.uids[topic]: uid for topic, uid in matches.parts.items()}
    return Plan(
        now=now,
        target=now if target == now else target,
        parts=parts,
        folded={planning.uids[topic]: uids for topic, uids in matches.folded.items()},
        changes=compare(now, target, planning.lines, parts),
        unclear=matches.unclear,
        problems=(*reading.problems, *incoming.problems, *namesakes(incoming)),
        reading=digest,
        digests=reading.digests,
        checkout=reading.checkout,
    )


def digest_of(reading: Reading) -> str:
    """The same for readings that plan the same; much cheaper than planning."""
    digest = hashlib.sha256()
    for path in reading.paths:
        digest.update(
            repr((path.title, path.slug, path.source, path.summary, path.id, path.meta)).encode("utf-8", "replace")
        )
        for item in path.items:
            _digest_item(item, digest.update)
    return digest.hexdigest()


def _digest_item(item: Item, update: Callable[[bytes], None]) -> None:
    told = (
        item.kind, item.title, item.source, item.number, item.summary, item.details, item.optional, item.choose,
        item.ordered, item.link, item.planned, item.id, item.aliases, item.hours, item.body, item.related, item.meta,
        len(item.items),
        [(r.title, r.url, r.kind) for r in item.resources],
        [(r.title, r.reason, r.group, r.source) for r in item.requires],
    )  # fmt: skip
    update(repr(told).encode("utf-8", "replace"))
    for inner in item.items:
        _digest_item(inner, update)


@dataclass(slots=True)
class _Planning:
    now: Curriculum
    incoming: Incoming
    matches: Matches
    topic_slugs: Slugs
    roadmap_slugs: Slugs
    new_uid: Callable[[], UUID]
    uids: dict[InTopic, UUID] = field(default_factory=dict)
    lines: dict[UUID, tuple[str, int]] = field(default_factory=dict)

    def target(self) -> Curriculum:
        for topic in self.incoming.topics:
            self.uids[topic] = uid = self.matches.topics.get(topic) or self.new_uid()
            self.lines[uid] = (topic.item.source, topic.item.line)
        topics = self.topics()
        alive = {topic.uid for topic in topics if not topic.retired}
        roadmaps = [self.roadmap(roadmap, alive) for roadmap in self.incoming.roadmaps]
        topics = self.chains_laid(topics, roadmaps)
        asked = {roadmap.uid for roadmap in roadmaps}
        gone = [old for old in self.now.roadmaps if old.uid not in asked]
        roadmaps.extend(old if old.retired else replace(old, retired=True) for old in gone)
        return canonical(roadmaps, topics)

    def chains_laid(self, topics: list[Topic], roadmaps: list[Roadmap]) -> list[Topic]:
        """The topics with the links of sections that an editor ordered or rearranged, not those that the notes lay."""
        were: dict[Link, None] = {}
        are: dict[Link, None] = {}
        for new, built in zip(self.incoming.roadmaps, roadmaps, strict=True):
            if any("ordered" in s.overrides for s in built.sections) or was_arranged(built):
                are.update(chained(built))
                were.update(dict.fromkeys(self.noted_links(new)))
        if were == are:
            return topics
        return without_loops(relaid(topics, were, are), self.lines, self.incoming.problems)

    def noted_links(self, new: InRoadmap) -> Iterator[Link]:
        for section in new.sections:
            for earlier, later in pairwise(section.seats if section.item.ordered else ()):
                yield self.uids[later.topic], self.uids[earlier.topic]

    # Topics.

    def topics(self) -> list[Topic]:
        old = self.now.topic_by_uid()
        links = Links(self.incoming, self.uids, self.incoming.problems)
        topics = [self.topic(topic, old.get(uid), links) for topic, uid in self.uids.items()]
        asked = set(self.uids.values())
        topics.extend(self.absent(topic) for topic in self.now.topics if topic.uid not in asked)
        return without_loops(topics, self.lines, self.incoming.problems)

    def topic(self, new: InTopic, old: Topic | None, links: Links) -> Topic:
        uid = self.uids[new]
        needs, unmet = links.of(new)
        needs, gone = merge_needs(needs, old)
        title = clean(new.title, TITLE)
        noted: Json = {
            "title": title,
            "summary": clean(new.summary),
            "body": clean(new.body),
            "hours": hours_of(new.first("hours")),
            "details": tuple(clean(detail) for detail in new.all("details")),
            "aliases": tuple(sorted({clean(alias, TITLE) for alias in new.aliases if alias.strip()} - {title})),
            "related": tuple(clean(name) for name in new.all("related")),
            "meta": meta_of(new.first("meta")),
            "resources": resources_of(new.resources),
            "retired": False,
        }
        overrides = keep_overrides(noted, old) | ({"needs": gone} if gone else {})
        steps = steps_of(new.steps(), old.steps if old else (), self.new_uid)
        if old is not None and "steps" in old.overrides:
            steps, overrides["steps"] = old.steps, [step.title for step in steps if not step.retired]
        topic = Topic(
            uid=uid,
            slug=old.slug if old else self.topic_slugs.take(title, f"topic-{uid.hex[:8]}"),
            planned=planned(new),
            unmet=unmet,
            steps=steps,
            needs=needs,
            overrides=overrides,
            origin=new.origin,
            replaced_by=old.replaced_by if old and noted["retired"] else None,
            **noted,
        )
        return old if old is not None and old == topic else topic

    def absent(self, topic: Topic) -> Topic:
        """A stored topic the notes do not have: retired, unless an editor said otherwise."""
        if topic.retired and topic.overrides.get("retired", True) is True:
            return topic
        if "retired" in topic.overrides:
            return replace(topic, overrides=topic.overrides | {"retired": True})
        heir = self.matches.replaced.get(topic.uid)
        return replace(topic, retired=True, replaced_by=self.uids[heir] if heir else topic.replaced_by)

    # Roadmaps and sections.

    def roadmap(self, new: InRoadmap, alive: set[UUID]) -> Roadmap:
        old = self.now_roadmap(self.matches.roadmaps.get(new))
        path = new.path
        uid = old.uid if old else self.new_uid()
        self.lines[uid] = (path.source, 1)
        meta = meta_of(path.meta)
        locking = str(meta.get("locking", LOCKING[0])).strip().casefold()
        if locking not in LOCKING:
            message = sentence(
                "`locking: %(locking)s` is neither advisory nor strict; the locks are advisory.", locking=locking
            )
            self.incoming.problems.append(Problem(path.source, 1, "warning", "locking-unknown", message))
            locking = LOCKING[0]
        noted: Json = {
            "title": clean(path.title, TITLE) or "Roadmap",
            "summary": clean(path.summary),
            "locking": locking,
        }
        overrides = keep_overrides(noted, old)
        sections, inside = self.sections(new, old, alive)
        if inside is not None:
            overrides[INSIDE] = inside
        return Roadmap(
            uid=uid,
            slug=old.slug if old else self.roadmap_slugs.take(path.slug or path.title, f"roadmap-{uid.hex[:8]}"),
            position=new.position,
            meta=meta,
            sections=sections,
            overrides=overrides,
            origin=Origin(id=key(path.id), places=(origin_place(path.source, path.title),)),
            **noted,
        )

    def now_roadmap(self, uid: UUID | None) -> Roadmap | None:
        return next((roadmap for roadmap in self.now.roadmaps if roadmap.uid == uid), None)

    def sections(
        self, new: InRoadmap, old: Roadmap | None, alive: set[UUID]
    ) -> tuple[tuple[Section, ...], list[Any] | None]:
        """(the sections, what the notes say of the top where an editor arranged it otherwise)."""
        known = {section.uid: section for section in old.sections} if old else {}
        uids = {section: self.matches.sections.get(section) or self.new_uid() for section in new.sections}
        slugs = Slugs(section.slug for section in known.values())
        sections = []
        for section in new.sections:
            uid = uids[section]
            self.lines[uid] = (section.item.source, section.item.line)
            parent = uids[section.parent] if section.parent else None
            sections.append(self.section(section, uid, parent, known.get(uid), slugs))
        if old is None:
            return in_reading_order(sections), None
        noted = set(self.uids.values())
        # What an editor made keeps its seat, retired too: the notes never had it, so they did not take it away.
        alive = alive | {topic.uid for topic in self.now.topics if topic.origin == Origin()}
        if was_arranged(old):
            own = {topic.uid for topic in self.now.topics}
            seated = {seat.topic for section in old.sections for seat in section.seats}
            return arrange(sections, old, {uid for uid in seated - noted if uid not in own or uid in alive})
        return in_reading_order(keep_seats(sections, old, alive, noted, self.now)), None

    def section(self, new: InSection, uid: UUID, parent: UUID | None, old: Section | None, slugs: Slugs) -> Section:
        item = new.item
        title = clean(item.title, TITLE)
        noted: Json = {
            "title": title,
            "summary": clean(item.summary),
            "optional": item.optional,
            "choose": item.choose if item.choose and 0 < item.choose < 2**15 else None,
            "ordered": item.ordered,
            "resources": resources_of(item.resources),
        }
        overrides = keep_overrides(noted, old)
        slug = old.slug if old else slugs.take(title, "section")
        section = Section(
            uid=uid,
            parent=parent,
            position=new.position,
            kind=item.kind,
            slug=slug,
            number=item.number if item.number is not None and 0 <= item.number < 2**31 else None,
            seats=tuple(Seat(self.uids[seat.topic], seat.position, seat.optional) for seat in new.seats),
            overrides=overrides,
            origin=Origin(id=key(item.id), places=(new.place,)),
            **noted,
        )
        return old if old is not None and old == section else section


def planned(topic: InTopic) -> bool:
    """Whether it is only named so far: by a wiki link to a note that does not exist."""
    return all(item.planned for item in topic.mentions)


def origin_place(document: str, title: str) -> Place:
    return Place(clean(document), (), clean(key(title)))
