"""What an editor should look at: from plain facts to a list, each finding with its place. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from roadmap.graph import without_cycles
from roadmap.plan.keys import loose
from roadmap.sentences import nsentence, sentence


class Weight(StrEnum):
    ERROR = "error"
    """Something learners meet does not work; scripts stop at it."""
    WARNING = "warning"
    HINT = "hint"


class Kind(StrEnum):
    LOOP = "loop"
    DANGLING = "dangling"
    RETIRED = "retired"
    BROKEN = "broken"
    HIDDEN = "hidden"
    LEVELS = "levels"
    GUESSED = "guessed"
    UNSEATED = "unseated"
    DUPLICATE = "duplicate"
    EMPTY = "empty"
    CHOICE = "choice"
    NO_SUMMARY = "no-summary"
    NO_HOURS = "no-hours"


ABOUT: Mapping[Kind, tuple[Weight, str, str]] = {
    Kind.LOOP: (
        Weight.ERROR,
        sentence("Loops of prerequisites"),
        sentence(
            "Each of these waits for the next one, round and round. Locks leave the loop out until one link is gone."
        ),
    ),
    Kind.DANGLING: (
        Weight.ERROR,
        sentence("Prerequisites that no topic answers"),
        sentence("The notes name something here that is no topic. Learners do not see it as a prerequisite."),
    ),
    Kind.RETIRED: (
        Weight.ERROR,
        sentence("Prerequisites that are retired"),
        sentence("Nobody can do them any more, so locks leave them out."),
    ),
    Kind.BROKEN: (
        Weight.ERROR,
        sentence("Links that answer with errors"),
        sentence("As they answered when they were checked last."),
    ),
    Kind.HIDDEN: (
        Weight.WARNING,
        sentence("Prerequisites that learners cannot open"),
        sentence("They stand on drafts alone, or on no roadmap."),
    ),
    Kind.LEVELS: (
        Weight.WARNING,
        sentence("Levels out of order"),
        sentence("A topic of an earlier level needs one of a later level."),
    ),
    Kind.GUESSED: (
        Weight.WARNING,
        sentence("Guessed prerequisites"),
        sentence("Worked out from the notes, not stated there. Say yes or no; until then they are shown as guesses."),
    ),
    Kind.UNSEATED: (
        Weight.WARNING,
        sentence("Topics that stand nowhere"),
        sentence(
            "No roadmap seats them: nobody comes by. Give them a place, or retire them; what learners did on them is "
            "kept."
        ),
    ),
    Kind.DUPLICATE: (
        Weight.WARNING,
        sentence("Topics that are called alike"),
        sentence(
            "Perhaps one and the same: done in one place, it would be done in all. A merge can be parted again later."
        ),
    ),
    Kind.EMPTY: (Weight.WARNING, sentence("Empty sections"), sentence("Nothing stands in them, nor below them.")),
    Kind.CHOICE: (
        Weight.WARNING,
        sentence("Choices that ask for more than they offer"),
        sentence("More topics are asked for than there are; all of them are counted instead."),
    ),
    Kind.NO_SUMMARY: (
        Weight.HINT,
        sentence("Topics without a summary"),
        sentence("A sentence tells learners what it is about."),
    ),
    Kind.NO_HOURS: (
        Weight.HINT,
        sentence("Topics without hours"),
        sentence("They count as nothing in what is left and in forecasts."),
    ),
}
"""In the order of the page: weight, heading, what it means."""


@dataclass(frozen=True, slots=True)
class Topic:
    id: int
    uid: UUID
    slug: str
    title: str
    retired: bool = False
    summary: bool = True
    """Whether it has one."""
    hours: bool = True
    unmet: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Others that it has."""


@dataclass(frozen=True, slots=True)
class Section:
    id: int
    roadmap: int
    parent: int | None
    kind: str
    title: str
    slug: str
    choose: int | None = None


@dataclass(frozen=True, slots=True)
class Roadmap:
    id: int
    slug: str
    title: str
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    topic: int
    requires: int
    group: str = ""
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Of all sources together. Only live roadmaps; sections in reading order within each."""

    roadmaps: tuple[Roadmap, ...] = ()
    sections: tuple[Section, ...] = ()
    seats: tuple[tuple[int, int], ...] = ()
    """(section, topic)."""
    topics: tuple[Topic, ...] = ()
    needs: tuple[Need, ...] = ()
    section_links: tuple[tuple[int, str], ...] = ()
    """(section, address)."""
    broken: Mapping[str, str] = field(default_factory=dict)
    """Address -> what it answered, for those that are known to be broken."""


@dataclass(frozen=True, slots=True)
class Finding:
    kind: Kind
    said: str
    """What is wrong here, without the titles."""
    topics: tuple[Topic, ...] = ()
    """What it is about, the one to mend first."""
    section: Section | None = None
    roadmaps: tuple[Roadmap, ...] = ()
    """On which it shows; none for what stands nowhere."""
    links: tuple[tuple[Topic, Topic], ...] = ()
    """(topic, what it requires): taking one of them away would mend it."""
    url: str = ""

    @property
    def weight(self) -> Weight:
        return ABOUT[self.kind][0]


def examine(facts: Facts) -> list[Finding]:
    """Everything found, in the order of `ABOUT`, within a kind in the order of the facts."""
    look = _Look(facts)
    found = [
        *look.loops(),
        *look.dangling(),
        *look.needs(),
        *look.broken(),
        *look.levels(),
        *look.unseated(),
        *look.alike(),
        *look.sections(),
        *look.missing(),
    ]
    order = list(ABOUT)
    return sorted(found, key=lambda finding: order.index(finding.kind))


class _Look:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.topics = {topic.id: topic for topic in facts.topics}
        self.live = [topic for topic in facts.topics if not topic.retired]
        self.section_by_id = {section.id: section for section in facts.sections}
        self.roadmap_by_id = {roadmap.id: roadmap for roadmap in facts.roadmaps}
        self.homes: defaultdict[int, list[Section]] = defaultdict(list)
        for section, topic in facts.seats:
            if section in self.section_by_id:
                self.homes[topic].append(self.section_by_id[section])
        self.wants: defaultdict[int, list[Need]] = defaultdict(list)
        for need in facts.needs:
            if need.topic in self.topics and not self.topics[need.topic].retired and need.requires in self.topics:
                self.wants[need.topic].append(need)

    def where(self, *topics: Topic) -> tuple[Roadmap, ...]:
        ids = dict.fromkeys(home.roadmap for topic in topics for home in self.homes[topic.id])
        return tuple(self.roadmap_by_id[key] for key in ids)

    def loops(self) -> Iterator[Finding]:
        requires = {
            topic.id: [need.requires for need in self.wants[topic.id] if not self.topics[need.requires].retired]
            for topic in self.live
        }
        for loop in without_cycles(requires)[1]:
            topics = [self.topics[key] for key in loop]
            pairs = tuple(pairwise(topics))
            yield Finding(
                Kind.LOOP, sentence("needs, and so on, itself"), tuple(topics), None, self.where(*topics), pairs
            )

    def dangling(self) -> Iterator[Finding]:
        for topic in self.live:
            for name in topic.unmet:
                yield Finding(Kind.DANGLING, sentence("needs “%(name)s”", name=name), (topic,), None, self.where(topic))

    def needs(self) -> Iterator[Finding]:
        for topic in self.live:
            for need in self.wants[topic.id]:
                other = self.topics[need.requires]
                fields = ((topic, other), None, self.where(topic), ((topic, other),))
                if other.retired:
                    yield Finding(Kind.RETIRED, sentence("needs what is retired"), *fields)
                elif self._open(topic) and not self._open(other):
                    yield Finding(Kind.HIDDEN, sentence("needs what learners cannot open"), *fields)
                if need.guessed and not other.retired:
                    yield Finding(Kind.GUESSED, sentence("perhaps needs"), *fields)

    def _open(self, topic: Topic) -> bool:
        """Whether a roadmap that is no draft shows it."""
        return any(not self.roadmap_by_id[home.roadmap].draft for home in self.homes[topic.id])

    def broken(self) -> Iterator[Finding]:
        for topic in self.live:
            for url in dict.fromkeys(topic.links):
                if url in self.facts.broken:
                    said = self.facts.broken[url]
                    yield Finding(Kind.BROKEN, said, (topic,), None, self.where(topic), url=url)
        for key, url in dict.fromkeys(self.facts.section_links):
            section = self.section_by_id.get(key)
            if section is not None and url in self.facts.broken:
                roadmaps = (self.roadmap_by_id[section.roadmap],)
                yield Finding(Kind.BROKEN, self.facts.broken[url], (), section, roadmaps, url=url)

    def levels(self) -> Iterator[Finding]:
        """An alternative of the same level or an earlier one makes a group fine."""
        ranks = self._ranks()
        for topic in self.live:
            groups: defaultdict[tuple[str, int], list[Topic]] = defaultdict(list)
            for need in self.wants[topic.id]:
                other = self.topics[need.requires]
                if not other.retired:
                    groups[need.group, 0 if need.group else other.id].append(other)
            for roadmap, rank in ranks[topic.id].items():
                for others in groups.values():
                    late = [other for other in others if ranks[other.id].get(roadmap, rank) > rank]
                    if len(late) == len(others):
                        where = (self.roadmap_by_id[roadmap],)
                        pairs = tuple((topic, other) for other in late)
                        yield Finding(
                            Kind.LEVELS, sentence("needs, of a later level,"), (topic, *late), None, where, pairs
                        )

    def _ranks(self) -> defaultdict[int, dict[int, int]]:
        """Topic -> roadmap -> the place of its outermost level there."""
        outermost: dict[int, int | None] = {}
        places: defaultdict[int, int] = defaultdict(int)
        rank: dict[int, int] = {}
        for section in self.facts.sections:  # parents come before their children
            above = outermost.get(section.parent) if section.parent is not None else None
            outermost[section.id] = above if above is not None else (section.id if section.kind == "level" else None)
            if outermost[section.id] == section.id:
                rank[section.id] = places[section.roadmap]
                places[section.roadmap] += 1
        found: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for topic, homes in self.homes.items():
            for home in homes:
                level = outermost[home.id]
                if level is not None:
                    found[topic][home.roadmap] = rank[level]
        return found

    def unseated(self) -> Iterator[Finding]:
        for topic in self.live:
            if not self.homes.get(topic.id):
                yield Finding(Kind.UNSEATED, sentence("stands on no roadmap"), (topic,))

    def alike(self) -> Iterator[Finding]:
        groups: defaultdict[str, dict[int, Topic]] = defaultdict(dict)
        for topic in self.live:
            for name in (topic.title, *topic.names):
                groups[loose(name)][topic.id] = topic
        told: set[frozenset[int]] = set()
        for by_id in groups.values():
            group, ids = list(by_id.values()), frozenset(by_id)
            if len(group) > 1 and ids not in told:
                told.add(ids)
                said = nsentence("%(n)s topic is called so", "%(n)s topics are called so", len(group))
                yield Finding(Kind.DUPLICATE, said, tuple(group), None, self.where(*group))

    def sections(self) -> Iterator[Finding]:
        live = {topic.id for topic in self.live}
        holds: defaultdict[int, int] = defaultdict(int)
        for key, topic in self.facts.seats:
            holds[key] += topic in live
        for section in reversed(self.facts.sections):  # children first
            if section.parent is not None:
                holds[section.parent] += holds[section.id]
        for section in self.facts.sections:
            roadmaps = (self.roadmap_by_id[section.roadmap],)
            above = section.parent
            if not holds[section.id] and (above is None or holds[above]):
                yield Finding(Kind.EMPTY, sentence("holds no topic"), (), section, roadmaps)
            elif section.choose and holds[section.id] < section.choose:
                said = sentence("asks for %(asked)s of %(there)s", asked=section.choose, there=holds[section.id])
                yield Finding(Kind.CHOICE, said, (), section, roadmaps)

    def missing(self) -> Iterator[Finding]:
        for topic in self.live:
            if self.homes.get(topic.id):
                if not topic.summary:
                    yield Finding(Kind.NO_SUMMARY, sentence("has no summary"), (topic,), None, self.where(topic))
                if not topic.hours:
                    yield Finding(Kind.NO_HOURS, sentence("has no hours"), (topic,), None, self.where(topic))


def on(findings: Iterable[Finding], roadmap: int) -> list[Finding]:
    """Those that show on one roadmap."""
    return [finding for finding in findings if any(each.id == roadmap for each in finding.roadmaps)]
