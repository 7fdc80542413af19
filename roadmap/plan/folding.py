"""A folder whose topics became one note: each of them goes on as a part of it. Pure.

A section is gone with the topics that stood in it, and a topic is there that is called as the section was, or that
names them. Where its headings or list items name all of them and their texts are in it, that is certain; else it is
asked. Whoever had done all of them has done it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from roadmap.plan.curriculum import Curriculum, Section, Topic
from roadmap.plan.incoming import Incoming, InRoadmap, InTopic
from roadmap.plan.keys import loose
from roadmap.plan.matches import Matches
from roadmap.plan.similarity import Evidence, key_words
from roadmap.sentences import Sentence, sentence

FEW = 4
"""Words from which on a text is worth looking for in another one."""
FOUND = 0.8
"""Share of the pairs of words of a text that are there where the text is."""
HALF = 0.5
CROWDED = 10_000
"""Sections that are gone, times new topics, beyond which only topics called as the section was are looked at."""
_LISTED = re.compile(
    r"^[ \t>]*(?:#{1,6}[ \t]+|(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[.\][ \t]+)?|\*\*)([^\n]{1,300})", re.MULTILINE
)
_TARGET = re.compile(r"\[\[([^\[\]|]{1,200})(?:\|([^\[\]]{1,200}))?\]\]|\[([^\[\]]{1,200})\]\([^()\s]{1,400}\)")
_LEAD = re.compile(r"\*\*(.+?)\*\*|(.+?)(?: ?[:：]| [—–-] )")


@dataclass(frozen=True, slots=True)
class Fold:
    """A section of the curriculum that one topic of the notes may be by now."""

    section: Section
    parts: tuple[UUID, ...]
    """The topics that stood in it and below it, and stand nowhere any more."""
    certain: bool
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Gone:
    section: Section
    stood: frozenset[UUID]
    """The topics that stood in it and below it."""
    parts: tuple[UUID, ...]
    """Those of them that stand nowhere any more."""

    @property
    def title(self) -> str:
        return str(self.section.overrides.get("title", self.section.title))


@dataclass(slots=True, eq=False)
class _Text:
    """What a topic of the notes says, worked out once."""

    topic: InTopic
    _pairs: frozenset[str] | None = None
    _names: frozenset[str] | None = None

    @property
    def called(self) -> set[str]:
        """Its names, and that of its note."""
        stem = self.topic.item.source.rpartition("/")[2].rpartition(".")[0]
        return {
            loose(name) for name in (self.topic.title, *self.topic.aliases, self.topic.link.rpartition("/")[2], stem)
        }

    @property
    def pairs(self) -> frozenset[str]:
        if self._pairs is None:
            self._pairs = _pairs(f"{self.topic.summary} {self.topic.body}")
        return self._pairs

    @property
    def names(self) -> frozenset[str]:
        """Loose keys of its headings, list items and steps."""
        if self._names is None:
            listed = [*_LISTED.findall(self.topic.body), *self.topic.steps(), *self.topic.all("details")]
            self._names = frozenset(loose(name) for line in listed for name in _said(line)) - {""}
        return self._names


class Folding:
    def __init__(
        self,
        now: Curriculum,
        incoming: Incoming,
        found: Matches,
        left: Mapping[UUID, Topic],
        open_: Collection[InTopic],
    ) -> None:
        """`left`: stored topics that nothing was found to be; `open_`: topics of the notes that were not found."""
        self.now, self.found, self.left, self.open = now, found, left, open_
        self.topics: dict[InRoadmap, list[InTopic]] = defaultdict(list)
        for topic in incoming.topics:
            for section in topic.sections:
                self.topics[section.roadmap].append(topic)

    def folds(self) -> dict[InTopic, Fold]:
        """Topic of the notes -> the section that it is, or may be."""
        found: dict[InTopic, list[Fold]] = defaultdict(list)
        roadmaps = {uid: roadmap for roadmap, uid in self.found.roadmaps.items()}
        for roadmap in self.now.roadmaps:
            gone = list(self.gone(roadmap.sections)) if roadmap.uid in roadmaps else []
            if gone:
                for topic, fold in self.of_roadmap(gone, self.topics[roadmaps[roadmap.uid]]):
                    found[topic].append(fold)
        return {topic: folds[0] for topic, folds in found.items() if len(folds) == 1}

    def gone(self, sections: Sequence[Section]) -> Iterator[_Gone]:
        """The sections that are not there any more, with two topics or more that are not there either. One that is gone
        with the section around it is a part of that."""
        known = set(self.found.sections.values())
        inner: dict[UUID | None, list[Section]] = defaultdict(list)
        for section in sections:
            inner[section.parent].append(section)
        for section in sections:
            if section.uid not in known and (section.parent is None or section.parent in known):
                stood = frozenset(_inside(section, inner))
                parts = tuple(uid for uid in dict.fromkeys(_inside(section, inner)) if uid in self.left)
                parts = tuple(uid for uid in parts if not self.left[uid].retired)
                if len(parts) > 1:
                    yield _Gone(section, stood, parts)

    def of_roadmap(self, gone: Sequence[_Gone], topics: Sequence[InTopic]) -> Iterator[tuple[InTopic, Fold]]:
        """For each section that is gone, the one topic for which most speaks."""
        texts = [_Text(topic) for topic in topics if topic in self.open]
        called: dict[str, list[_Text]] = defaultdict(list)
        for text in texts:
            for name in text.called:
                called[name].append(text)
        were = {self.found.topics[topic]: _Text(topic) for topic in topics if topic in self.found.topics and topic.body}
        more = [text for text in texts if text.topic.body] if len(gone) * len(texts) <= CROWDED else []
        for each in gone:
            near = [*called[loose(each.title)], *(were[uid] for uid in each.stood if uid in were), *more]
            folds = [(text.topic, fold) for text in dict.fromkeys(near) if (fold := self.fold(text, each))]
            most = max((fold.score for _, fold in folds), default=0.0)
            best = [(topic, fold) for topic, fold in folds if fold.score == most]
            if len(best) == 1:
                yield best[0]

    def fold(self, text: _Text, gone: _Gone) -> Fold | None:
        """What speaks for it; None where too little does to ask."""
        own = self.found.topics.get(text.topic)
        parts = [self.left[uid] for uid in gone.parts]
        called = loose(gone.title) in text.called
        named = sum(not text.names.isdisjoint(_names(part)) for part in parts) / len(parts)
        if not called and named < FOUND:
            return None
        told = self.told(text, parts)
        if not (called and own is None) and max(named, told or 0.0) < HALF:
            return None
        if not called and (told or 0.0) < HALF:
            return None
        whole = gone.stood - {own} == set(gone.parts)
        weighed = [(0.3, float(called)), (0.4, named), (0.3, told)]
        known = [(weight, value) for weight, value in weighed if value is not None]
        score = sum(weight * value for weight, value in known) / sum(weight for weight, _ in known)
        evidence = [Evidence("title", 1.0, sentence("called as the section was"))] if called else []
        evidence += [Evidence("place", 0.5, sentence("same roadmap")), Evidence("text", named, _named(named))]
        if told is not None:
            said = sentence("has %(share)s %% of their texts", share=round(100 * told))
            evidence.append(Evidence("body", told, said))
        certain = called and whole and named == 1.0 and (told is None or told >= FOUND)
        return Fold(gone.section, gone.parts, certain, round(score, 2), tuple(evidence))

    @staticmethod
    def told(text: _Text, parts: Sequence[Topic]) -> float | None:
        """The share of what the parts said that is said here; None where they said nothing."""
        texts = [pairs for part in parts if len(pairs := _pairs(f"{part.summary} {part.body}")) >= FEW]
        return sum(len(pairs & text.pairs) / len(pairs) for pairs in texts) / len(texts) if texts else None


def _named(share: float) -> Sentence:
    if share == 1.0:
        return sentence("names all of them")
    return sentence("names %(share)s %% of them", share=round(100 * share)) if share else sentence("names none of them")


def _inside(section: Section, inner: Mapping[UUID | None, Sequence[Section]]) -> Iterator[UUID]:
    """The topics in a section and below it. Without recursion: sections may be deep."""
    waiting = [section]
    while waiting:
        each = waiting.pop()
        yield from (seat.topic for seat in each.seats)
        waiting += reversed(inner.get(each.uid, ()))


def _names(topic: Topic) -> set[str]:
    return {loose(name) for name in (str(topic.overrides.get("title", topic.title)), *topic.aliases)} - {""}


def _said(line: str) -> Iterable[str]:
    """What a heading or a list item may be called: the whole of it, what it links, what stands before a colon."""
    line = " ".join(line.split())
    yield line.strip("#*_` ")
    for link in _TARGET.finditer(line):
        yield from (name.rpartition("/")[2] for name in link.groups() if name)
    if lead := _LEAD.match(line):
        yield (lead[1] or lead[2]).strip(" *_`")


def _pairs(text: str) -> frozenset[str]:
    """Each two words that stand beside each other."""
    words = key_words(text)
    return frozenset(f"{one} {other}" for one, other in pairwise(words))
