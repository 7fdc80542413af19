"""The questions that matching leaves: is it renamed, split, made one with others, or divided into a folder? Pure.

The words of the titles tell a split ("A and B" is gone, "A" and "B" came) and a merge (the other way round). A topic
that is gone while a section of its title came was divided into what stands there. All of it is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from uuid import UUID

from roadmap.plan.curriculum import Curriculum, Topic
from roadmap.plan.folding import Fold
from roadmap.plan.incoming import Incoming, InSection, InTopic
from roadmap.plan.keys import key, loose
from roadmap.plan.matches import Candidate, How, Matches, Unclear
from roadmap.plan.similarity import Evidence, Likeness
from roadmap.sentences import nsentence, sentence

CANDIDATES = 5
"""Candidates a question offers at most."""
JOINING = 3
"""Letters of the longest word that may join two titles: "and", "und", "y", "of"."""
NAMED = 5
"""Titles of parts that a question names."""

Alike = Mapping[InTopic, Sequence[tuple[UUID, Likeness]]]
Taken = Callable[[Candidate], list[tuple[InTopic, UUID]]]
"""The candidate that was chosen -> what is known by it: which topic of the notes is which stored one."""


@dataclass(slots=True)
class Asked:
    """What is asked of the topics that were not found."""

    now: Curriculum
    incoming: Incoming
    found: Matches
    left: Mapping[UUID, Topic]
    """Stored topics that nothing was found to be."""
    open: Collection[InTopic]
    """Topics of the notes that were not found."""
    folds: dict[InTopic, Fold] = field(default_factory=dict)
    """Topics of the notes that may be made of those of a section, which is asked."""

    def folded(self, folds: Mapping[InTopic, Fold], alike: Alike) -> Alike:
        """Take what is certain of these; what is left that may be alike. A part that was found elsewhere makes the rest
        a question."""
        for topic, fold in folds.items():
            parts = tuple(uid for uid in fold.parts if uid in self.left)
            if fold.certain and parts == fold.parts:
                self.found.fold(topic, parts)
            elif len(parts) > 1:
                self.folds[topic] = replace(fold, parts=parts)
        gone = {uid for parts in self.found.folded.values() for uid in parts}
        return {
            topic: [option for option in options if option[0] not in gone]
            for topic, options in alike.items()
            if topic not in self.found.folded and topic not in self.folds
        }

    def questions(self, alike: Alike) -> Iterator[tuple[Unclear, Taken]]:
        """Each question with what an answer to it says, in the order in which they are numbered."""
        numbers = count(1)
        asked: list[tuple[Unclear, Taken]] = []
        split, merged = self.split(alike), self.merged(alike)
        for topic, options in alike.items():
            known = [option for option in options if option[0] in self.left][:CANDIDATES]
            candidates = [self.candidate(topic, uid, like, split, merged) for uid, like in known]
            if candidates:
                item = topic.item
                question = Unclear(next(numbers), item.title, item.source, item.line, tuple(candidates))
                asked.append((question, self.one(topic, merged.get(topic, ()))))
        for topic, fold in self.folds.items():
            title = str(fold.section.overrides.get("title", fold.section.title))
            named = _few([self.title(uid) for uid in fold.parts])
            candidate = Candidate(fold.parts[0], title, fold.score, fold.evidence, how="folded", beside=named)
            question = Unclear(next(numbers), topic.title, topic.item.source, topic.item.line, (candidate,))
            asked.append((question, self.made_of(topic, fold)))
        for section, whole in self.divided():
            parts = self.inside(section)
            named = _few([part.title for part in parts])
            evidence = (
                Evidence("title", 1.0, sentence("a section of this title came")),
                Evidence("place", 1.0, sentence("same roadmap")),
            )
            candidate = Candidate(whole.uid, whole.title, 1.0, evidence, how="divided", beside=named)
            item = section.item
            question = Unclear(next(numbers), item.title, item.source, item.line, (candidate,))
            asked.append((question, self.all_of(parts)))
        yield from asked

    def candidate(
        self,
        topic: InTopic,
        uid: UUID,
        like: Likeness,
        split: Mapping[UUID, Sequence[InTopic]],
        merged: Mapping[InTopic, Sequence[UUID]],
    ) -> Candidate:
        known = self.left[uid]
        how: How = "renamed"
        beside: tuple[str, ...] = ()
        if topic in split.get(uid, ()):
            how, beside = "split", tuple(part.title for part in split[uid] if part is not topic)
        elif uid in merged.get(topic, ()):
            how, beside = "merged", tuple(self.left[other].title for other in merged[topic] if other != uid)
        return Candidate(uid, known.title, like.score, like.evidence, known.retired, how, beside)

    def one(self, topic: InTopic, merged: Sequence[UUID]) -> Taken:
        """It is that one. A second part of the same is a part; what it was made one with goes on in it."""

        def taken(candidate: Candidate) -> list[tuple[InTopic, UUID]]:
            if topic not in self.open:
                return []
            if candidate.topic not in self.left:
                if candidate.how == "split" and candidate.topic in self.found.topics.values():
                    self.found.parts[topic] = candidate.topic
                return []
            if candidate.how == "merged":
                self.found.replaced.update(
                    (uid, topic) for uid in merged if uid in self.left and uid != candidate.topic
                )
            return [(topic, candidate.topic)]

        return taken

    def made_of(self, topic: InTopic, fold: Fold) -> Taken:
        """It is made of those that are not known to be something else."""

        def taken(_: Candidate) -> list[tuple[InTopic, UUID]]:
            self.found.fold(topic, tuple(uid for uid in fold.parts if uid in self.left))
            return []

        return taken

    def all_of(self, parts: Sequence[InTopic]) -> Taken:
        """They are parts of it, but for those that are known to be something else."""

        def taken(candidate: Candidate) -> list[tuple[InTopic, UUID]]:
            self.found.parts.update((part, candidate.topic) for part in parts if part in self.open)
            return []

        return taken

    def families(self, alike: Alike) -> set[tuple[InTopic, UUID]]:
        """(topic of the notes, stored one) where the one is a part of the other."""
        split = {(part, uid) for uid, parts in self.split(alike).items() for part in parts}
        return split | {(topic, uid) for topic, parts in self.merged(alike).items() for uid in parts}

    def split(self, alike: Alike) -> dict[UUID, list[InTopic]]:
        """Stored topics whose title is put together from those of several open topics that may be it."""
        offered: dict[UUID, list[InTopic]] = defaultdict(list)
        for topic, options in alike.items():
            for uid, _ in options:
                if uid in self.left and not self.left[uid].retired and _words(topic.title) < _words(self.title(uid)):
                    offered[uid].append(topic)
        return {
            uid: parts for uid, parts in offered.items() if _covered(self.title(uid), [part.title for part in parts])
        }

    def merged(self, alike: Alike) -> dict[InTopic, list[UUID]]:
        """Open topics whose title is put together from those of several stored ones that they may be."""
        found = {}
        for topic, options in alike.items():
            words = _words(topic.title)
            parts = [uid for uid, _ in options if uid in self.left and not self.left[uid].retired]
            parts = [uid for uid in parts if _words(self.title(uid)) < words]
            if _covered(topic.title, [self.title(uid) for uid in parts]):
                found[topic] = parts
        return found

    def title(self, uid: UUID) -> str:
        """As the notes had it."""
        return str(self.left[uid].overrides.get("title", self.left[uid].title))

    def divided(self) -> Iterator[tuple[InSection, Topic]]:
        """Sections that came under the title of a live topic that is gone from the same roadmap."""
        gone: dict[tuple[UUID, str], list[Topic]] = defaultdict(list)
        seated: dict[UUID, set[UUID]] = defaultdict(set)
        for stored, _, seat in self.now.seats():
            seated[seat.topic].add(stored.uid)
        for topic in self.left.values():
            for uid in seated[topic.uid] if not topic.retired else ():
                gone[uid, key(self.title(topic.uid))].append(topic)
        for roadmap in self.incoming.roadmaps:
            known = self.found.roadmaps.get(roadmap)
            for section in roadmap.sections:
                one_of = gone.get((known, section.place.key), []) if known else []
                if section not in self.found.sections and len(one_of) == 1 and self.inside(section):
                    yield section, one_of[0]

    def inside(self, section: InSection) -> list[InTopic]:
        """The open topics in it and below it."""
        path = section.path
        return [
            seat.topic for other in section.roadmap.sections if other.path[: len(path)] == path
            for seat in other.seats if seat.topic in self.open
        ]  # fmt: skip


def _few(titles: Sequence[str]) -> tuple[str, ...]:
    more = len(titles) - NAMED
    return (*titles[:NAMED], *([nsentence("%(n)s more", "%(n)s more", more)] if more > 0 else []))


def _words(title: str) -> frozenset[str]:
    return frozenset(loose(title).split())


def _covered(whole: str, parts: Sequence[str]) -> bool:
    """Whether several titles, each with a word of its own, make up this one, but for what joins them."""
    each = [_words(part) for part in parts]
    if len(each) < 2 or len(set(each)) < len(each):
        return False
    own = [words.difference(*(other for other in each if other is not words)) for words in each]
    return all(own) and all(len(word) <= JOINING for word in _words(whole) - frozenset().union(*each))
