"""A fork and what it follows, merged three ways: what that said when the fork last took from it, the fork as it is,
what that says now. Pure.

What the followed roadmap changed and the fork did not touch arrives. Where both changed the same, the fork's stays
unless somebody chose otherwise; what the other side says is remembered, so that it is asked once. A plan says all of
it, and applying it makes the next one empty.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import UUID, uuid5

from roadmap.plan.arranging import INSIDE, arrange, lists_of, noted_lists, places_of
from roadmap.plan.chains import chained, relaid
from roadmap.plan.changes import Change, compare
from roadmap.plan.contest import Conflict, Contest, Places
from roadmap.plan.curriculum import Curriculum, Json, Need, Roadmap, Section, Step, Topic, canonical, in_reading_order
from roadmap.plan.keeping import steps_of
from roadmap.plan.keys import Slugs
from roadmap.plan.needs import merge_needs
from roadmap.plan.planning import Plan
from roadmap.plan.upstream import (
    ROADMAP,
    SECTION,
    TOPIC,
    Said,
    Upstream,
    as_kept,
    copies_in,
    in_own_terms,
    origin_in,
    said_by,
    without,
)

Thing = TypeVar("Thing", Roadmap, Section, Topic)


@dataclass(frozen=True, slots=True)
class Followed:
    plan: Plan
    conflicts: tuple[Conflict, ...]
    seats: int
    """Seats the fork has now."""
    lost: int
    """Of these, those that the plan takes away."""


def key_of(change: Change) -> str:
    """What a change is called between two plans of the same two roadmaps."""
    return f"{change.kind}-{change.uid.hex}"


def forked(upstream: Upstream, *, uid: UUID, slug: str, title: str, position: int = 0) -> Roadmap:
    """A fork of `upstream` in which nothing was changed."""
    theirs = upstream.roadmap
    empty = Roadmap(uid, slug, title)
    said = said_by(upstream, empty, ())
    return replace(
        empty,
        summary=theirs.summary,
        locking=theirs.locking,
        position=position,
        meta=theirs.meta,
        sections=in_reading_order(said.built()),
        origin=origin_in(theirs.uid),
    )


def copied(model: Topic, *, uid: UUID, slug: str, copies: Mapping[UUID, UUID], new_uid: Callable[[], UUID]) -> Topic:
    """The fork's own copy of a topic, which goes on to take what changes in its model. Nobody has progress on it."""
    steps = tuple(Step(new_uid(), step.title) for step in model.steps if not step.retired)
    return replace(
        model, uid=uid, slug=slug, steps=steps, needs=_noted_needs(model, copies), retired=False, replaced_by=None,
        overrides={}, origin=origin_in(model.uid),
    )  # fmt: skip


def follow(
    now: Curriculum,
    upstream: Upstream,
    *,
    theirs: Collection[str] = (),
    held: Collection[str] = (),
    taken: Collection[str] = (),
    gone: Collection[UUID] = (),
    digest: str = "",
) -> Followed:
    """Plan what `upstream` changed for the fork, the one roadmap of `now`, whose topics are the fork's own.

    `theirs`: keys of the conflicts in which the other side is right; `held`: keys of changes that are left for later;
    `taken`: slugs that no new topic can have; `gone`: topics that the fork lost by an earlier plan.
    """
    fork = in_own_terms(now.roadmaps[0], now.topics)
    said = without(said_by(upstream, fork, now.topics), fork, now.topics, held)
    slugs = Slugs(taken, (topic.slug for topic in now.topics))
    contest = Contest(fork, frozenset(theirs), _titles(now, said, upstream))
    following = _Following(now, fork, said, upstream, contest, slugs)
    target = following.target()
    target = now if target == now else target
    changes = following.changes(target, gone)
    here = {seat.topic for _, _, seat in now.seats()}
    there = {seat.topic for _, _, seat in target.seats()}
    return Followed(
        Plan(now=now, target=target, changes=changes, reading=digest),
        tuple(contest.conflicts),
        seats=len(here),
        lost=len(here - there - following.replaced.keys()),
    )


def _titles(now: Curriculum, said: Said, upstream: Upstream) -> dict[UUID, str]:
    """What everything is called, the fork's own word first."""
    found = {uid: topic.title for uid, topic in upstream.topics.items()}
    found |= {topic.uid: topic.title for topic in now.topics}
    found |= {uid: section.title for uid, section in said.sections.items()}
    return found | {section.uid: section.title for section in now.roadmaps[0].sections}


def _noted_needs(model: Topic, copies: Mapping[UUID, UUID]) -> tuple[Need, ...]:
    """What a copy requires: as its model does, and copies where the fork has them. Nothing of it is an editor's word
    here; the links of a chain are laid by the section of the model."""
    stated = (need for need in model.needs if need.source != "guess")
    return tuple(replace(need, topic=copies.get(need.topic, need.topic), source="notes") for need in stated)


@dataclass(slots=True)
class _Following:
    now: Curriculum
    fork: Roadmap
    said: Said
    upstream: Upstream
    contest: Contest
    slugs: Slugs
    replaced: dict[UUID, UUID] = field(default_factory=dict)
    """Topic that is retired everywhere -> the copy of it that stays here."""

    def target(self) -> Curriculum:
        mine = {section.uid: section for section in self.fork.sections}
        fields, overrides = self.fields(self.fork, self.said.fields, ROADMAP, "roadmap")
        overrides |= {name: said for name, said in self.fork.overrides.items() if name == "title"}
        named = {uid: self.section(mine.get(uid), told) for uid, told in self.said.sections.items()}
        asked, stays = Places(self.contest, self.said, self.upstream, {t.uid for t in self.now.topics}).decided()
        sections = [*self._built(named)]
        arranged, inside = arrange(sections, self.fork, stays, asked)
        if inside is not None:
            overrides[INSIDE] = inside
        fork = replace(
            self.fork, sections=arranged, overrides=overrides, meta=self.upstream.roadmap.meta,
            origin=origin_in(self.upstream.roadmap.uid), **fields,
        )  # fmt: skip
        fork, kept = self.kept_here(fork, stays)
        topics = {
            topic.uid: self.copy(topic) for topic in self.now.topics
        }  # what they require may be a copy from now on
        topics |= {topic.uid: topic for topic in kept}
        seated = {seat.topic for section in fork.sections for seat in section.seats}
        had = {seat.topic for section in self.fork.sections for seat in section.seats}
        for uid in (had - seated) & topics.keys():
            topics[uid] = replace(topics[uid], retired=True)
        return canonical([fork], relaid(topics.values(), chained(self.fork), chained(fork)))

    def _built(self, sections: Mapping[UUID, Section]) -> list[Section]:
        return Said(self.said.fields, sections, self.said.lists, {}).built()

    # Fields.

    def fields(self, mine: Thing | None, said: Json, names: Collection[str], what: str) -> tuple[Json, Json]:
        """(the values, what is to be remembered of the other side)."""
        values, overrides = {}, {}
        for name in names:
            theirs = said[name]
            values[name] = theirs
            if mine is None or name not in mine.overrides:
                continue
            was, have = mine.overrides[name], getattr(mine, name)
            if as_kept(have) == as_kept(theirs):
                continue
            if was != as_kept(theirs) and self.contest.asked(name, what, mine.uid, (was, have, theirs)):
                continue
            values[name], overrides[name] = have, as_kept(theirs)
        return values, overrides

    def section(self, mine: Section | None, told: Section) -> Section:
        said: Json = {name: getattr(told, name) for name in SECTION}
        values, overrides = self.fields(mine, said, SECTION, "section")
        slug = mine.slug if mine else self._section_slug(told)
        return replace(told, slug=slug, overrides=overrides, **values)

    def _section_slug(self, told: Section) -> str:
        taken = {section.slug for section in self.fork.sections}
        return Slugs(taken).take(told.slug, "section")

    def copy(self, copy: Topic) -> Topic:
        """A copy of the fork's own with what changed in its model."""
        model = self.said.models.get(copy.uid)
        if model is None or model.retired:
            return copy
        said: Json = {name: getattr(model, name) for name in TOPIC}
        values, overrides = self.fields(copy, said, TOPIC, "topic")
        titles = [step.title for step in model.steps if not step.retired]
        steps = steps_of(titles, copy.steps, self._numbered(copy.uid, titles))
        if "steps" in copy.overrides:
            have = [step.title for step in copy.steps if not step.retired]
            changed = copy.overrides["steps"] != titles and have != titles
            sides = (copy.overrides["steps"], have, titles)
            if not (changed and self.contest.asked("steps", "topic", copy.uid, sides)):
                steps = copy.steps
                overrides |= {"steps": titles} if have != titles else {}
        noted, gone = merge_needs(_noted_needs(model, copies_in(self.fork, self.now.topics) | self.replaced), copy)
        stated = {need.topic for need in noted}
        laid = [need for need in copy.needs if need.source == "chain" and need.topic not in stated]
        needs = tuple(sorted((*noted, *laid), key=lambda need: need.source == "editor"))
        overrides |= {"needs": gone} if gone else {}
        overrides |= {"retired": copy.overrides["retired"]} if "retired" in copy.overrides else {}
        return replace(
            copy, steps=steps, needs=needs, planned=model.planned, unmet=model.unmet, overrides=overrides, **values
        )

    @staticmethod
    def _numbered(uid: UUID, titles: list[str]) -> Callable[[], UUID]:
        """New steps get the same uids each time the same plan is made."""
        numbers = iter(range(10_000))
        return lambda: uuid5(uid, f"{titles}{next(numbers)}")

    def kept_here(self, fork: Roadmap, stays: Collection[UUID]) -> tuple[Roadmap, list[Topic]]:
        """What is retired everywhere, and stays here since an editor of the fork put it somewhere, stays as a copy."""
        topics = self.upstream.topics
        known = {topic.uid: topic for topic in self.now.topics}
        kept: list[Topic] = []
        for section in fork.sections:
            for seat in section.seats:
                model = topics.get(seat.topic)
                if model is not None and model.retired and seat.topic in stays and seat.topic not in known:
                    uid = uuid5(fork.uid, f"copy of {model.uid.hex}")
                    self.replaced[model.uid] = uid
                    old = known.get(uid)
                    slug = old.slug if old else self.slugs.take(model.title, f"topic-{uid.hex[:8]}")
                    numbered = self._numbered(uid, [])
                    new = copied(model, uid=uid, slug=slug, copies={}, new_uid=numbered)
                    kept.append(replace(old, retired=False) if old else new)
        if not kept:
            return fork, kept
        sections = tuple(
            replace(s, seats=tuple(seat._replace(topic=self.replaced.get(seat.topic, seat.topic)) for seat in s.seats))
            for s in fork.sections
        )
        return replace(fork, sections=sections), kept

    # What it says to people.

    def changes(self, target: Curriculum, gone: Collection[UUID]) -> tuple[Change, ...]:
        """As `compare` says them, of the topics that others own as well: those that get a seat are new, or back again
        where they were here before, those that lose it are retired."""
        own = {topic.uid for topic in (*self.now.topics, *target.topics)}
        here, there = ({seat.topic for _, _, seat in each.seats()} for each in (self.now, target))
        shared = {uid: t for uid, t in self.upstream.topics.items() if uid in here | there and uid not in own}
        back = {uid for uid in gone if uid in there and uid not in here}
        before = [
            replace(shared[uid], retired=uid in back, overrides={}, replaced_by=None)
            for uid in shared.keys() & (here | back)
        ]
        after = [
            replace(t, retired=uid not in there, overrides={}, replaced_by=self._heir(t, there)) if uid in here
            else replace(t, retired=False, overrides={})
            for uid, t in shared.items()
        ]  # fmt: skip
        was = canonical(list(self.now.roadmaps), [*self.now.topics, *before])
        return compare(was, canonical(list(target.roadmaps), [*target.topics, *after]), {})

    def _heir(self, topic: Topic, there: Collection[UUID]) -> UUID | None:
        return None if topic.uid in there else self.replaced.get(topic.uid, topic.replaced_by)


def taken_out(now: Curriculum, upstream: Upstream) -> Iterator[tuple[UUID, UUID]]:
    """(topic, section where the followed roadmap has it) of what editors of the fork took out."""
    fork = in_own_terms(now.roadmaps[0], now.topics)
    said = said_by(upstream, fork, now.topics)
    here = {uid for group in lists_of(fork.sections).values() for uid, _ in group}
    base = places_of(noted_lists(fork))
    known = {section.uid for section in fork.sections}
    for uid, place in places_of(said.lists).items():
        if uid not in here and uid in base and place.parent is not None and place.parent in known:
            yield uid, place.parent


__all__ = ["Conflict", "Followed", "Upstream", "copied", "follow", "forked", "key_of", "taken_out"]
