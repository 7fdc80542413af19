"""What an act changed, field by field, so that it can be taken back and done again. Pure.

`{"topics": {uid: fields}, "sections": {uid: fields}, "roadmaps": {uid: fields}}`, where `fields` maps the name of each
field that changed to `[as it was, as it is]`, in JSON. Of something new or gone it is `{"new": whole}` or
`{"gone": whole}`; a section carries the uid of its roadmap as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from roadmap.plan.curriculum import (
    Curriculum,
    Json,
    Roadmap,
    Section,
    Step,
    Topic,
    canonical,
    in_reading_order,
    roadmap_json,
    roadmap_of,
    section_json,
    section_of,
    topic_json,
    topic_of,
)


class OverlaidError(Exception):
    """Something the act changed was changed again since; `title` says what."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.title = title


def difference(before: Curriculum, after: Curriculum) -> Json:
    """What `after` has otherwise than `before`."""
    found: Json = {"topics": {}, "sections": {}, "roadmaps": {}}
    topics = before.topic_by_uid()
    for topic in after.topics:
        old = topics.get(topic.uid)
        if old is None:
            found["topics"][str(topic.uid)] = {"new": topic_json(topic)}
        elif old != topic:
            found["topics"][str(topic.uid)] = _fields(topic_json(old), topic_json(topic))
    roadmaps = {roadmap.uid: roadmap for roadmap in before.roadmaps}
    for roadmap in after.roadmaps:
        was = roadmaps[roadmap.uid]
        if fields := _fields(_bare(was), _bare(roadmap)):
            found["roadmaps"][str(roadmap.uid)] = fields
        were = {section.uid: section for section in was.sections}
        for section in roadmap.sections:
            known = were.pop(section.uid, None)
            told = {"new": section_json(section)} if known is None else _of_section(known, section)
            if told:
                found["sections"][str(section.uid)] = told | {"roadmap": str(roadmap.uid)}
        for uid, section in were.items():
            found["sections"][str(uid)] = {"gone": section_json(section), "roadmap": str(roadmap.uid)}
    return {kind: things for kind, things in found.items() if things}


def named_in(changes: Json) -> tuple[list[UUID], list[UUID]]:
    """(topics, roadmaps) that the act changed something of."""
    roadmaps = [*changes.get("roadmaps", {}), *(told["roadmap"] for told in changes.get("sections", {}).values())]
    return [UUID(uid) for uid in changes.get("topics", {})], [UUID(uid) for uid in dict.fromkeys(roadmaps)]


def taken_back(now: Curriculum, changes: Json) -> Curriculum:
    """`now` with each changed field as it was. What was new is retired, or, a section, gone. Raise OverlaidError."""
    return _laid(now, changes, back=True)


def done_again(now: Curriculum, changes: Json) -> Curriculum:
    """`now` with the changes made again, after they were taken back. Raise OverlaidError."""
    return _laid(now, changes, back=False)


def _laid(now: Curriculum, changes: Json, *, back: bool) -> Curriculum:
    topics = now.topic_by_uid()
    for uid, fields in changes.get("topics", {}).items():
        topics[UUID(uid)] = _topic(topics.get(UUID(uid)), fields, back=back)
    roadmaps = {roadmap.uid: roadmap for roadmap in now.roadmaps}
    for uid, fields in changes.get("roadmaps", {}).items():
        found = roadmaps[UUID(uid)]
        bare = _set(_bare(found), fields, found.title, back=back)
        roadmaps[UUID(uid)] = replace(roadmap_of(bare | {"sections": []}), sections=found.sections)
    by_roadmap: dict[UUID, dict[UUID, Json]] = {}
    for uid, told in changes.get("sections", {}).items():
        by_roadmap.setdefault(UUID(told["roadmap"]), {})[UUID(uid)] = told
    for uid, sections in by_roadmap.items():
        roadmaps[uid] = _sections(roadmaps[uid], sections, back=back)
    return canonical(list(roadmaps.values()), list(topics.values()))


def _topic(found: Topic | None, fields: Json, *, back: bool) -> Topic:
    if found is None:
        raise OverlaidError("a topic")
    if "new" in fields:
        if found.retired == back:
            raise OverlaidError(found.title)
        return replace(found, retired=back)
    now = topic_json(found)
    was = _set(now, {name: pair for name, pair in fields.items() if name != "steps"}, found.title, back=back)
    topic = topic_of(was)
    return _with_steps(topic, found, fields["steps"], back=back) if "steps" in fields else topic


def _with_steps(topic: Topic, found: Topic, pair: list[Any], *, back: bool) -> Topic:
    """Steps are never deleted: those of the act are retired, somebody may have ticked them."""
    have, wanted = (pair[1], pair[0]) if back else (pair[0], pair[1])
    live = [(str(step.uid), step.title) for step in found.steps if not step.retired]
    if live != [(step["uid"], step["title"]) for step in have if not step["retired"]]:
        raise OverlaidError(found.title)
    steps = [Step(UUID(step["uid"]), step["title"], step["retired"]) for step in wanted]
    known = {step.uid for step in steps}
    return replace(topic, steps=(*steps, *(replace(s, retired=True) for s in found.steps if s.uid not in known)))


def _sections(roadmap: Roadmap, told: dict[UUID, Json], *, back: bool) -> Roadmap:
    sections = {section.uid: section for section in roadmap.sections}
    for uid, fields in told.items():
        made, unmade = ("gone", "new") if back else ("new", "gone")
        if made in fields:
            if uid in sections:
                raise OverlaidError(sections[uid].title)
            sections[uid] = section_of(fields[made])
        elif unmade in fields:
            found = sections.pop(uid, None)
            if found is None or section_json(found) != fields[unmade]:
                raise OverlaidError(found.title if found else fields[unmade]["title"])
        elif uid not in sections:
            raise OverlaidError("a section")
        else:
            pairs = {name: pair for name, pair in fields.items() if name != "roadmap"}
            sections[uid] = section_of(_set(section_json(sections[uid]), pairs, sections[uid].title, back=back))
    _whole(sections.values())
    return replace(roadmap, sections=in_reading_order(list(sections.values())))


def _whole(sections: Iterable[Section]) -> None:
    """Raise OverlaidError when a section would stand nowhere, or a topic twice: a later act put it there."""
    known, seated = {section.uid: section for section in sections}, set()
    for section in known.values():
        above, seen = section.parent, {section.uid}
        while above is not None:
            if above not in known or above in seen:
                raise OverlaidError(section.title)
            seen.add(above)
            above = known[above].parent
        for seat in section.seats:
            if seat.topic in seated:
                raise OverlaidError(section.title)
            seated.add(seat.topic)


def _set(now: Json, fields: Json, title: str, *, back: bool) -> Json:
    changed = dict(now)
    for name, (was, is_) in fields.items():
        if now[name] != (is_ if back else was):
            raise OverlaidError(title)
        changed[name] = was if back else is_
    return changed


def _fields(was: Json, now: Json) -> Json:
    return {name: [was[name], now[name]] for name in now if was[name] != now[name]}


def _of_section(was: Section, now: Section) -> Json:
    return {} if was == now else _fields(section_json(was), section_json(now))


def _bare(roadmap: Roadmap) -> Json:
    """A roadmap without its sections."""
    data = roadmap_json(replace(roadmap, sections=()))
    del data["sections"]
    return data
