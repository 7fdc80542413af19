"""Ids for the topics of a reading that have none, made of their uids: they never change and never clash. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from uuid import UUID

from roadmap.notes.items import Item, Reading
from roadmap.notes.writing.ids import Wanted
from roadmap.plan.curriculum import Curriculum, Origin
from roadmap.plan.identity import match
from roadmap.plan.incoming import lay_flat
from roadmap.plan.keys import key
from roadmap.plan.planning import plan

SHORT: Final = 8
"""Hexadecimal digits of the uid in an id, more only where two would be the same."""
_BLOCK_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,99}")
"""What every program that knows block ids takes for one."""


def nameless(now: Curriculum, reading: Reading) -> list[Wanted]:
    """The topics of the notes that have no id, each with one. `now` is what was stored of this very reading."""
    incoming = lay_flat(reading)
    found = match(now, incoming, {}).topics
    known = now.topic_by_uid()
    taken = {key(item.id) for path in reading.paths for item in _walk(path.items) if item.id}
    taken |= {key(path.id) for path in reading.paths if path.id}
    taken |= {known.origin.id for known in now.topics if known.origin.id}
    wanted = []
    for topic in incoming.topics:
        uid = found.get(topic)
        if topic.id or uid is None:
            continue
        before = known[uid].origin.id
        name = before if _BLOCK_ID.fullmatch(before) else _short(uid, taken)
        taken.add(key(name))
        wanted.append(Wanted(tuple(topic.mentions), name))
    return wanted


def read_with_ids(now: Curriculum, reading: Reading) -> Curriculum | None:
    """The curriculum once notes that only have more ids were read; None where anything else would be another."""
    planned = plan(now, reading)
    if planned.unclear or not plan(planned.target, reading).empty:
        return None
    old = {topic.uid: replace(topic, origin=Origin()) for topic in now.topics}
    new = {topic.uid: replace(topic, origin=Origin()) for topic in planned.target.topics}
    return planned.target if old == new and now.roadmaps == planned.target.roadmaps else None


def _short(uid: UUID, taken: set[str]) -> str:
    for length in range(SHORT, 33):
        name = f"t{uid.hex[:length]}"
        if key(name) not in taken:
            return name
    return f"t{uid.hex}-{len(taken)}"


def _walk(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _walk(item.items)
