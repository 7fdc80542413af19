"""What an import keeps: the browser's edits, the ticks of steps, seats that notes know nothing of. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from roadmap.notes.items import Resource
from roadmap.plan.curriculum import Curriculum, Json, Origin, Roadmap, Section, Step, Topic
from roadmap.plan.incoming import ADDRESS, RESOURCE, STEP, clean
from roadmap.plan.keys import key, loose
from roadmap.plan.similarity import Traits, same_but_for_typing

SLIPS = 400
"""Pairs of steps that are compared for slips of typing."""


def keep_overrides(noted: Json, old: Topic | Section | Roadmap | None) -> Json:
    """Put the browser's edits back over the notes' values in `noted`, and return what to remember of the notes."""
    overrides: Json = {}
    for name in old.overrides if old else ():
        if name in noted:
            overrides[name] = remembered(noted[name])
            noted[name] = getattr(old, name)
    return overrides


def remembered(value: Any) -> Any:
    """A field's value as an override keeps it, in JSON."""
    if isinstance(value, tuple):
        return [inner.as_json() if isinstance(inner, Resource) else inner for inner in value]
    return value


def resources_of(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Each once, within what the columns hold; an address too long to keep is left out."""
    kept = []
    for resource in resources:
        url = clean(resource.url)
        title = clean(resource.title, RESOURCE).strip() or clean(url, RESOURCE)
        if title:
            kept.append(Resource(title=title, url=url if len(url) <= ADDRESS else "", kind=resource.kind))
    return tuple(dict.fromkeys(kept))


def steps_of(titles: list[str], old: tuple[Step, ...], new_uid: Callable[[], UUID]) -> tuple[Step, ...]:
    """The steps in the notes' order, each with the tick it had; then those the notes no longer have, retired."""
    wanted = [clean(title, STEP).strip() or "?" for title in titles]
    if wanted == [step.title for step in old if not step.retired]:
        return tuple(sorted(old, key=lambda step: step.retired))
    left = {step.uid: step for step in sorted(old, key=lambda step: step.retired)}
    found: dict[int, Step] = {}
    for name in (key, loose):
        named: dict[str, list[Step]] = defaultdict(list)
        for step in left.values():
            named[name(step.title)].append(step)
        for index, title in enumerate(wanted):
            if index not in found and (same := named[name(title)]):
                found[index] = same.pop(0)
                del left[found[index].uid]
    open_ = [index for index in range(len(wanted)) if index not in found]
    if len(open_) * len(left) <= SLIPS:
        for index in open_:
            slips = [step for step in left.values() if same_but_for_typing(_titled(wanted[index]), _titled(step.title))]
            if len(slips) == 1:
                found[index] = left.pop(slips[0].uid)
    steps = [Step(found[i].uid if i in found else new_uid(), title) for i, title in enumerate(wanted)]
    return (*steps, *(replace(step, retired=True) for step in old if step.uid in left))


def _titled(title: str) -> Traits:
    return Traits(title, "", "", frozenset())


def keep_seats(
    sections: list[Section], old: Roadmap, alive: set[UUID], noted: set[UUID], now: Curriculum
) -> list[Section]:
    """Keep what an editor made: sections that never stood in the notes, and seats of topics the notes do not have.

    Those are topics of other sources and topics an editor keeps alive. A seat whose section is gone moves to the
    section around it, else to the roadmap's last one.
    """
    own = {topic.uid for topic in now.topics}
    by_uid = {section.uid: section for section in sections}
    taken: dict[UUID | None, int] = defaultdict(int)
    for section in sections:
        taken[section.parent] = max(taken[section.parent], section.position + 1)
        taken[section.uid] = max([taken[section.uid], *(seat.position + 1 for seat in section.seats)])
    parents = {section.uid: section.parent for section in old.sections}
    for section in old.sections:
        if section.uid not in by_uid and section.origin == Origin():
            parent = section.parent if section.parent in by_uid else None
            by_uid[section.uid] = replace(section, parent=parent, position=taken[parent], seats=())
            taken[parent] += 1
    seated = {seat.topic for section in sections for seat in section.seats}
    for section in old.sections:
        for seat in section.seats:
            topic = seat.topic
            if topic in seated or topic in noted or (topic in own and topic not in alive):
                continue
            home: UUID | None = section.uid
            while home is not None and home not in by_uid:
                home = parents.get(home)
            if home is None and sections:
                home = sections[-1].uid
            if home is not None:
                holder = by_uid[home]
                by_uid[home] = replace(holder, seats=(*holder.seats, seat._replace(position=taken[home])))
                taken[home] += 1
                seated.add(topic)
    return list(by_uid.values())
