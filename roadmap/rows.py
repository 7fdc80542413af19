"""A curriculum's difference to what is stored, written in a fixed number of statements whatever its size.

No column of a unique index of an existing row is set by an import: such an update would make check-offs wait for it,
whose foreign keys need those rows. An editor's act sets one, a topic's address, and is over in a moment. Rows that
progress may point at (topics, steps, roadmaps) are never deleted.
Call inside `locks.curriculum_lock`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.utils import timezone

from roadmap import row_statements as sql
from roadmap.notes.items import Resource
from roadmap.plan.changes import READ_BY_LEARNERS
from roadmap.plan.curriculum import Curriculum, Roadmap, Section, Topic, origin_json
from roadmap.redraw import redraw, showing

CHUNK = 20_000
"""Rows that one statement writes: far above any ordinary import, so that statements do not grow with topics."""

MANY = 500
"""So many new topics are counted at once: what is known of a table that was empty makes what follows take minutes."""

T = TypeVar("T")
Row = dict[str, Any]
_texts = itemgetter("uid", "slug", "title", "summary", "body")
_encode = json.JSONEncoder(ensure_ascii=False).encode


def write(source: int | None, stored: Curriculum, target: Curriculum, html: Mapping[UUID, str | None]) -> None:
    """Make what is stored of the source with this key equal to `target`. `html`: uid of a topic -> its rendered body,
    None for one that waits to be shown; what is not in it stays.

    Topics and steps that `target` lacks stay as they are: it retires them, it never leaves them out.
    """
    old_topics = stored.topic_by_uid()
    changed = [topic for topic in target.topics if old_topics.get(topic.uid) != topic]
    touched = {topic.uid for topic in changed} | html.keys()
    # What is new here is shown by nothing else yet; what it requires may be.
    known = touched & old_topics.keys()
    required = {need.topic for topic in changed if topic.uid not in old_topics for need in topic.needs} - touched
    shown = showing(known)
    _write_topics(source, old_topics, changed, html)
    many = sum(topic.uid not in old_topics for topic in changed) >= MANY
    _run(sql.COUNT_TOPICS, when=many)
    old_roadmaps = {roadmap.uid: roadmap for roadmap in stored.roadmaps}
    redrawn = [roadmap for roadmap in target.roadmaps if old_roadmaps.get(roadmap.uid) != roadmap]
    _write_roadmaps(source, old_roadmaps, redrawn)
    _write_parts(old_topics, changed)
    _run(sql.COUNT_PARTS, when=many)
    if redrawn or touched:
        redraw(shown | showing(known, required=required), also=[roadmap.uid for roadmap in redrawn])


def create_waiting(topics: Iterable[Topic]) -> None:
    """Rows of topics that a draft revision made: of no notes, so that no import meets them before they are published.

    One statement.
    """
    _copy_topics(None, [_topic_row(topic, None, {}) for topic in topics])


def adopt(topics: Iterable[UUID], source: int | None) -> None:
    """Topics that waited belong to the notes of the roadmap they are published on, or to none as it does. One query."""
    _run(sql.ADOPT, source, known := list(topics), when=known)


def _write_topics(
    source: int | None, old: Mapping[UUID, Topic], changed: Sequence[Topic], html: Mapping[UUID, str | None]
) -> None:
    _copy_topics(source, [_topic_row(t, None, html) for t in changed if t.uid not in old])
    _send(sql.UPDATE_TOPICS, [_topic_row(t, old[t.uid], html) for t in changed if t.uid in old])
    heirs = [
        {"uid": str(t.uid), "heir": _text(t.replaced_by)}
        for t in changed
        if t.replaced_by != (old[t.uid].replaced_by if t.uid in old else None)
    ]
    _send(sql.SET_HEIRS, heirs)
    moved = [(old[t.uid], t) for t in changed if t.uid in old and old[t.uid].slug != t.slug]
    _send(sql.SET_SLUGS, [{"uid": str(t.uid), "was": was.slug, "slug": t.slug} for was, t in moved])
    written = {topic.uid for topic in changed}
    _send(sql.SET_HTML, [{"uid": str(uid), "body_html": text} for uid, text in html.items() if uid not in written])


def _copy_topics(source: int | None, rows: Sequence[Row]) -> None:
    """New topics come with all their text, by the road that is cheapest for text."""
    if not rows:
        return
    now = timezone.now()
    with connection.cursor() as cursor, cursor.copy(sql.COPY_TOPICS) as copy:
        for row in rows:
            copy.write_row(
                (
                    *_texts(row),
                    row["body_html"] if row["drawn"] else "",
                    row["hours"],
                    list(row["details"]) or "{}",
                    row["planned"],
                    list(row["unmet"]) or "{}",
                    list(row["related"]) or "{}",
                    _encode(row["meta"]) if row["meta"] else "{}",
                    _encode(row["overrides"]) if row["overrides"] else "{}",
                    _encode(row["origin"]),
                    *(now if row["retired"] else None, source, 1, now, now),
                )
            )


def _topic_row(topic: Topic, old: Topic | None, html: Mapping[UUID, str | None]) -> Row:
    return {
        "uid": str(topic.uid),
        "slug": topic.slug,
        "title": topic.title,
        "summary": topic.summary,
        "body": topic.body,
        "body_html": html.get(topic.uid),
        "drawn": topic.uid in html,
        "hours": topic.hours,
        "details": topic.details,
        "planned": topic.planned,
        "unmet": topic.unmet,
        "related": topic.related,
        "meta": topic.meta,
        "overrides": topic.overrides,
        "origin": origin_json(topic.origin),
        "retired": topic.retired,
        "noticed": int(old is not None and any(getattr(old, f) != getattr(topic, f) for f in READ_BY_LEARNERS)),
    }


def _write_roadmaps(source: int | None, old: Mapping[UUID, Roadmap], redrawn: Sequence[Roadmap]) -> None:
    _send(sql.INSERT_ROADMAPS, [_roadmap_row(r) for r in redrawn if r.uid not in old], source)
    _send(sql.UPDATE_ROADMAPS, [_roadmap_row(r) for r in redrawn if r.uid in old])
    before: dict[UUID, Section] = {}
    for known in redrawn:
        before.update({section.uid: section for section in old[known.uid].sections} if known.uid in old else {})
    after = {section.uid: (roadmap, section) for roadmap in redrawn for section in roadmap.sections}
    _send(sql.INSERT_SECTIONS, [_section_row(r, s) for uid, (r, s) in after.items() if uid not in before])
    # New sections are put under their parents here, once all of them have rows.
    differing = [
        _section_row(r, s)
        for uid, (r, s) in after.items()
        if (s.parent is not None if uid not in before else _bare(before[uid]) != _bare(s))
    ]
    _send(sql.UPDATE_SECTIONS, differing)
    _write_seats(old, redrawn)
    gone = [uid for uid in before if uid not in after]
    replaced = [uid for uid, (_, s) in after.items() if s.resources != (before[uid].resources if uid in before else ())]
    _run(sql.DELETE_RESOURCES, [], gone + replaced, when=gone or replaced)
    _send(
        sql.INSERT_RESOURCES,
        [row for uid in replaced for row in _resource_rows("section", uid, after[uid][1].resources)],
    )
    _run(sql.DELETE_SECTIONS, gone, when=gone)


def _bare(section: Section) -> tuple[Any, ...]:
    """A section without what has tables of its own."""
    s = section
    return (
        s.parent, s.position, s.kind, s.title, s.number, s.summary, s.optional, s.choose, s.ordered, s.overrides,
        s.origin,
    )  # fmt: skip


def _write_seats(old: Mapping[UUID, Roadmap], redrawn: Sequence[Roadmap]) -> None:
    before, after = _seats(old[r.uid] for r in redrawn if r.uid in old), _seats(redrawn)
    gone = [{"roadmap": str(roadmap), "topic": str(topic)} for roadmap, topic in before.keys() - after.keys()]
    _send(sql.DELETE_SEATS, gone)
    _send(
        sql.WRITE_SEATS,
        [
            {"section": str(section), "topic": str(topic), "position": position, "optional": optional}
            for (roadmap, topic), (section, position, optional) in after.items()
            if before.get((roadmap, topic)) != (section, position, optional)
        ],
    )


def _seats(roadmaps: Iterable[Roadmap]) -> dict[tuple[UUID, UUID], tuple[UUID, int, bool]]:
    return {
        (roadmap.uid, seat.topic): (section.uid, seat.position, seat.optional)
        for roadmap in roadmaps
        for section in roadmap.sections
        for seat in section.seats
    }


def _roadmap_row(roadmap: Roadmap) -> Row:
    return {
        "uid": str(roadmap.uid),
        "slug": roadmap.slug,
        "title": roadmap.title,
        "summary": roadmap.summary,
        "locking": roadmap.locking,
        "position": roadmap.position,
        "meta": roadmap.meta,
        "overrides": roadmap.overrides,
        "origin": origin_json(roadmap.origin),
        "retired": roadmap.retired,
    }


def _section_row(roadmap: Roadmap, section: Section) -> Row:
    return {
        "uid": str(section.uid),
        "roadmap": str(roadmap.uid),
        "parent": _text(section.parent),
        "position": section.position,
        "kind": section.kind,
        "title": section.title,
        "slug": section.slug,
        "number": section.number,
        "summary": section.summary,
        "optional": section.optional,
        "choose": section.choose,
        "ordered": section.ordered,
        "overrides": section.overrides,
        "origin": origin_json(section.origin),
    }


def _write_parts(old: Mapping[UUID, Topic], changed: Sequence[Topic]) -> None:
    """Steps, resources, aliases and needs of the changed topics."""

    def differing(part: Callable[[Topic], tuple[Any, ...]]) -> list[Topic]:
        return [t for t in changed if part(t) != (part(old[t.uid]) if t.uid in old else ())]

    steps = [
        {"uid": str(s.uid), "topic": str(t.uid), "title": s.title, "position": position, "retired": s.retired}
        for t in differing(lambda topic: topic.steps)
        for position, s in enumerate(t.steps)
    ]
    _send(sql.WRITE_STEPS, steps)
    topics = differing(lambda topic: topic.resources)
    _run(sql.DELETE_RESOURCES, known := [t.uid for t in topics if t.uid in old], [], when=known)
    _send(sql.INSERT_RESOURCES, [row for t in topics for row in _resource_rows("topic", t.uid, t.resources)])
    topics = differing(lambda topic: topic.aliases)
    _run(sql.DELETE_ALIASES, known := [t.uid for t in topics if t.uid in old], when=known)
    _send(sql.INSERT_ALIASES, [{"topic": str(t.uid), "text": text} for t in topics for text in t.aliases])
    topics = differing(lambda topic: topic.needs)
    _run(sql.DELETE_NEEDS, known := [t.uid for t in topics if t.uid in old], when=known)
    needs = [
        {
            "topic": str(t.uid),
            "requires": str(need.topic),
            "reason": need.reason,
            "group": need.group,
            "source": need.source,
            "position": position,
        }
        for t in topics
        for position, need in enumerate(t.needs)
    ]
    _send(sql.INSERT_NEEDS, needs)


def _resource_rows(holder: str, uid: UUID, resources: Iterable[Resource]) -> list[Row]:
    return [{holder: str(uid), "position": position, **r.as_json()} for position, r in enumerate(resources)]


def _text(uid: UUID | None) -> str | None:
    return str(uid) if uid else None


def _send(statement: str, rows: Sequence[Row], *first: Any) -> None:
    for start in range(0, len(rows), CHUNK):
        _run(statement, *first, json.dumps(rows[start : start + CHUNK], ensure_ascii=False), when=True)


def _run(statement: str, *arguments: Any, when: object) -> None:
    if when:
        with connection.cursor() as cursor:
            cursor.execute(statement, arguments)
