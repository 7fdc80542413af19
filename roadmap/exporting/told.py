"""What an export says of a roadmap: the values as they are shown, each in the one form that the notes can say. Pure.

Reading the export gives exactly this; so what a reading of it says otherwise is what somebody changed in the files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from uuid import UUID

from roadmap.notes.house.reading import OURS
from roadmap.plan.arranging import lists_of
from roadmap.plan.curriculum import (
    Curriculum,
    Need,
    Origin,
    Roadmap,
    Seat,
    Section,
    Topic,
    canonical,
    in_reading_order,
)
from roadmap.plan.incoming import STEP, clean, hours_of, meta_of
from roadmap.plan.keys import key

DEEPEST = 22
"""Sections within sections that an export shows."""
_ID = re.compile(r"[^\s^]{1,120}")


@dataclass(frozen=True, slots=True)
class Told:
    """A roadmap as its export says it."""

    curriculum: Curriculum
    """One roadmap and the topics it shows, without overrides; the origin of each thing is the id it is written with."""
    elsewhere: Mapping[UUID, tuple[Need, ...]]
    """Topic -> what it needs that stands in other roadmaps: the export has only their titles."""

    @property
    def roadmap(self) -> Roadmap:
        return self.curriculum.roadmaps[0]


def told(curriculum: Curriculum, roadmap: UUID) -> Told:
    """`curriculum` holds the roadmap, every topic seated there, and what these need, as far as it has a title."""
    given = next(found for found in curriculum.roadmaps if found.uid == roadmap)
    by_uid = curriculum.topic_by_uid()
    live = {uid for uid, topic in by_uid.items() if not topic.retired}
    sections = _sections(given, live)
    seated = list(dict.fromkeys(seat.topic for section in sections for seat in section.seats))
    ids = _ids({uid: by_uid[uid].origin.id or by_uid[uid].slug for uid in seated})
    section_ids = _ids({s.uid: s.origin.id or s.slug for s in sections}, taken=ids.values())
    chains = {
        section.uid: [(later.topic, earlier.topic) for earlier, later in pairwise(section.seats)]
        for section in sections
    }
    laid = {(topic, need.topic) for topic in seated for need in by_uid[topic].needs}
    whole = {section.uid for section in sections if section.ordered and all(c in laid for c in chains[section.uid])}
    implied = {pair for uid in whole for pair in chains[uid]}
    topics, elsewhere = [], {}
    for uid in seated:
        topic = by_uid[uid]
        away = tuple(need for need in topic.needs if need.topic not in ids)
        if away:
            elsewhere[uid] = away
        titles = [by_uid[need.topic].title for need in away if need.topic in by_uid]
        topics.append(_topic(topic, ids, implied, titles))
    made = [
        replace(
            section,
            ordered=section.uid in whole,
            overrides={},
            origin=Origin(id=key(section_ids[section.uid])),
            resources=tuple(dict.fromkeys(section.resources)),
        )
        for section in sections
    ]
    meta = meta_of((name, value) for name, value in given.meta.items() if name not in OURS)
    as_told = replace(
        given,
        meta=meta | {"locking": given.locking},
        sections=in_reading_order(made),
        overrides={},
        origin=Origin(id=key(given.origin.id or given.slug)),
        retired=False,
        position=0,
    )
    return Told(canonical([as_told], topics), elsewhere)


def _sections(roadmap: Roadmap, live: set[UUID]) -> list[Section]:
    """The sections with the seats of live topics, positions counted anew, none too deep to be shown."""
    depth: dict[UUID | None, int] = {None: 0}
    parents: dict[UUID, UUID | None] = {}
    for section in in_reading_order(list(roadmap.sections)):
        parent = section.parent
        while depth[parent] >= DEEPEST and parent is not None:
            parent = parents[parent]
        parents[section.uid], depth[section.uid] = parent, depth[parent] + 1
    position: dict[UUID, int] = {}
    for members in lists_of(roadmap.sections).values():
        shown = [uid for uid, _ in members if uid in parents or uid in live]
        position.update({uid: index for index, uid in enumerate(shown)})
    return [
        replace(
            section,
            parent=parents[section.uid],
            position=position[section.uid],
            seats=tuple(Seat(s.topic, position[s.topic], s.optional) for s in section.seats if s.topic in live),
        )
        for section in roadmap.sections
    ]


def _ids(wanted: Mapping[UUID, str], taken: Iterable[str] = ()) -> dict[UUID, str]:
    """An id for each, no two alike: the one it has where that can stand in a line, else from its uid."""
    counted = Counter([*map(key, wanted.values()), *map(key, taken)])
    return {
        uid: name if counted[key(name)] == 1 and _ID.fullmatch(name) else f"u{uid.hex}" for uid, name in wanted.items()
    }


def _topic(topic: Topic, ids: Mapping[UUID, str], implied: set[tuple[UUID, UUID]], titles: list[str]) -> Topic:
    return replace(
        topic,
        hours=hours_of(topic.hours),
        body=topic.body.replace("\r\n", "\n").replace("\r", "\n"),
        details=tuple(dict.fromkeys(topic.details)),
        related=tuple(dict.fromkeys(topic.related)),
        aliases=tuple(sorted({alias for alias in topic.aliases if alias.strip()} - {topic.title})),
        resources=tuple(dict.fromkeys(topic.resources)),
        unmet=_unmet(topic.unmet, [clean(title) for title in titles]),
        meta=meta_of(topic.meta.items()),
        steps=tuple(replace(s, title=clean(s.title, STEP).strip() or "?") for s in topic.steps if not s.retired),
        needs=tuple(_needs(topic, ids, implied)),
        overrides={},
        replaced_by=None,
        origin=Origin(id=key(ids[topic.uid])),
    )


def _unmet(text: Iterable[str], titles: list[str]) -> tuple[str, ...]:
    """What is no topic, then the topics that stand elsewhere."""
    return tuple(dict.fromkeys((*(said for said in text if said not in titles), *titles)))


def _needs(topic: Topic, ids: Mapping[UUID, str], implied: set[tuple[UUID, UUID]]) -> Iterator[Need]:
    """Those stated, in their order, groups called by their number; then those that the order of a section lays."""
    here = [need for need in topic.needs if need.topic in ids]
    sizes = Counter(need.group for need in here)
    groups: dict[str, str] = {}
    behind = []
    for need in _together(here):
        if need.source == "chain" and not need.reason and not need.group and (topic.uid, need.topic) in implied:
            behind.append(need)
            continue
        group = ""
        if need.group and sizes[need.group] > 1:
            group = groups.setdefault(need.group, f"any-{len(groups) + 1}")
        yield replace(need, group=group, source="guess" if need.source == "guess" else "notes")
    yield from behind


def _together(needs: list[Need]) -> Iterator[Need]:
    """The needs with the alternatives of a group side by side, and of one source."""
    done: set[str] = set()
    for need in needs:
        if not need.group:
            yield need
        elif need.group not in done:
            done.add(need.group)
            group = [other for other in needs if other.group == need.group]
            source = "guess" if all(other.source == "guess" for other in group) else "notes"
            yield from (replace(other, source=source) for other in group)


__all__ = ["Told", "told"]
