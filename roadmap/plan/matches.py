"""What matching finds, and the questions it leaves. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar
from uuid import UUID

from roadmap.plan.incoming import InRoadmap, InSection, InTopic
from roadmap.plan.similarity import Evidence
from roadmap.sentences import nsentence, sentence


class Identified(Protocol):
    @property
    def uid(self) -> UUID: ...


Known = TypeVar("Known", bound=Identified)
New = TypeVar("New", InTopic, InSection)


How = Literal["renamed", "split", "merged", "divided", "folded"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored topic that a topic of the notes may be. `how`: under another title; as one of the parts it was split
    into; made one of several; for a section of the notes, the topic whose parts now stand in it; or, for a topic, the
    first of those of a section that it is now made of: the title is that section's."""

    topic: UUID
    title: str
    score: float
    evidence: tuple[Evidence, ...]
    retired: bool = False
    how: How = "renamed"
    beside: tuple[str, ...] = ()
    """Titles of the other parts in the notes, or of the other stored topics that were made one with it."""

    @property
    def why(self) -> str:
        return ", ".join(found.said for found in self.evidence)

    @property
    def said(self) -> str:
        """What became of it, after its title."""
        named = tuple(f"“{title}”" for title in self.beside)
        match self.how:
            case "split":
                return nsentence(
                    "split; %(titles)s is part of it too",
                    "split; %(titles)s are part of it too",
                    len(named),
                    titles=named,
                )
            case "merged":
                return sentence("made one with %(titles)s", titles=named)
            case "folded":
                return sentence("made of %(titles)s", titles=named)
            case "divided":
                return sentence("divided into %(titles)s", titles=named)
        return sentence("renamed")


@dataclass(frozen=True, slots=True)
class Unclear:
    """A question: is the topic of the notes one of these? Unanswered, nothing is applied."""

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
    """Stored topics that were made one with another topic of the notes."""
    parts: dict[InTopic, UUID] = field(default_factory=dict)
    """New topics that are parts of a stored one."""
    folded: dict[InTopic, tuple[UUID, ...]] = field(default_factory=dict)
    """Topics that are made of all the stored ones of a section."""
    unclear: tuple[Unclear, ...] = ()

    def fold(self, topic: InTopic, parts: tuple[UUID, ...]) -> None:
        """`topic` is now made of these stored topics."""
        self.folded[topic] = parts
        self.replaced.update((uid, topic) for uid in parts)


def unique_pairs(
    known: Iterable[Known],
    stored: Callable[[Known], Iterable[Hashable]],
    asked_for: Iterable[New],
    asked: Callable[[New], Iterable[Hashable]],
    prefer: Callable[[Known], bool] | None = None,
) -> Iterator[tuple[New, UUID]]:
    """Pairs that share a key which is unique on both sides; a preferred one counts as unique among the others."""
    one_side: dict[Hashable, list[Known]] = defaultdict(list)
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
            yield news[0], things[0].uid
