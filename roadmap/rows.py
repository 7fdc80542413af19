"""A curriculum's difference to what is stored, written in a fixed number of statements whatever its size.

No column of a unique index of an existing row is set by an import: such an update would make check-offs wait for it,
whose foreign keys need those rows. An editor's act sets one, a topic's address, and is over in a moment. Rows that
progress may point at (topics, steps, roadmaps) are never deleted.
Call inside `locks.curriculum_lock`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.utils import timezone

from roadmap.notes.items import Resource
from roadmap.plan.changes import READ_BY_LEARNERS
from roadmap.plan.curriculum import Curriculum, Roadmap, Section, Topic, origin_json
from roadmap.redraw import redraw, showing

CHUNK = 20_000
"""Rows that one statement writes: far above any ordinary import, so that statements do not grow with topics."""

T = TypeVar("T")
Row = dict[str, Any]

_TOPIC_COLUMNS = (
    "uid uuid, slug text, title text, summary text, body text, body_html text, hours numeric, details text[], "
    "planned boolean, unmet text[], related text[], meta jsonb, overrides jsonb, origin jsonb, retired boolean, "
    "noticed integer"
)
_COPY_TOPICS = """
COPY roadmap_topic (uid, slug, title, summary, body, body_html, hours, details, planned, unmet, related, meta,
                    overrides, origin, retired_at, source_id, revision, created_at, updated_at)
FROM STDIN
"""
_UPDATE_TOPICS = """
UPDATE roadmap_topic topic
SET title = new.title, summary = new.summary, body = new.body,
    body_html = coalesce(new.body_html, topic.body_html), hours = new.hours, details = new.details,
    planned = new.planned, unmet = new.unmet, related = new.related, meta = new.meta, overrides = new.overrides,
    origin = new.origin, retired_at = CASE WHEN new.retired THEN coalesce(topic.retired_at, now()) END,
    replaced_by_id = CASE WHEN new.retired THEN topic.replaced_by_id END,
    revision = topic.revision + new.noticed, updated_at = now()
FROM json_to_recordset(%s::json) AS new(COLUMNS)
WHERE topic.uid = new.uid
""".replace("COLUMNS", _TOPIC_COLUMNS)
_SET_HEIRS = """
UPDATE roadmap_topic topic SET replaced_by_id = heir.id
FROM json_to_recordset(%s::json) AS new(uid uuid, heir uuid) LEFT JOIN roadmap_topic heir ON heir.uid = new.heir
WHERE topic.uid = new.uid AND topic.replaced_by_id IS DISTINCT FROM heir.id
"""
_SET_HTML = """
UPDATE roadmap_topic topic SET body_html = new.body_html
FROM json_to_recordset(%s::json) AS new(uid uuid, body_html text)
WHERE topic.uid = new.uid AND topic.body_html <> new.body_html
"""
_SET_SLUGS = """
WITH new AS (SELECT * FROM json_to_recordset(%s::json) AS new(uid uuid, was text, slug text)),
     taken AS (DELETE FROM roadmap_alias alias USING new WHERE alias.kind = 'slug' AND alias.text = new.slug),
     kept AS (INSERT INTO roadmap_alias (topic_id, text, kind)
              SELECT topic.id, new.was, 'slug' FROM new JOIN roadmap_topic topic ON topic.uid = new.uid)
UPDATE roadmap_topic topic SET slug = new.slug FROM new WHERE topic.uid = new.uid
"""
"""The former address leads to the topic from now on. A topic that takes a former one of its own back has it no more."""
_ADOPT = "UPDATE roadmap_topic SET source_id = %s WHERE uid = ANY(%s) AND source_id IS NULL"
_ROADMAP_COLUMNS = (
    'uid uuid, slug text, title text, summary text, locking text, "position" integer, meta jsonb, overrides jsonb, '
    "origin jsonb, retired boolean"
)
_INSERT_ROADMAPS = """
INSERT INTO roadmap_roadmap (uid, slug, title, summary, state, locking, position, meta, overrides, origin, retired_at,
                             source_id, revision, created_at, updated_at)
SELECT uid, slug, title, summary, 'listed', locking, "position", meta, overrides, origin,
       CASE WHEN retired THEN now() END, %s, 1, now(), now()
FROM json_to_recordset(%s::json) AS new(COLUMNS)
""".replace("COLUMNS", _ROADMAP_COLUMNS)
_UPDATE_ROADMAPS = """
UPDATE roadmap_roadmap roadmap
SET title = new.title, summary = new.summary, locking = new.locking, position = new."position", meta = new.meta,
    overrides = new.overrides, origin = new.origin,
    retired_at = CASE WHEN new.retired THEN coalesce(roadmap.retired_at, now()) END
FROM json_to_recordset(%s::json) AS new(COLUMNS)
WHERE roadmap.uid = new.uid
""".replace("COLUMNS", _ROADMAP_COLUMNS)
_SECTION_COLUMNS = (
    'uid uuid, roadmap uuid, parent uuid, "position" integer, kind text, title text, slug text, number integer, '
    "summary text, optional boolean, choose integer, ordered boolean, overrides jsonb, origin jsonb"
)
_INSERT_SECTIONS = """
INSERT INTO roadmap_section (uid, roadmap_id, position, kind, title, slug, number, summary, optional, choose, ordered,
                             overrides, origin)
SELECT new.uid, roadmap.id, new."position", new.kind, new.title, new.slug, new.number, new.summary, new.optional,
       new.choose, new.ordered, new.overrides, new.origin
FROM json_to_recordset(%s::json) AS new(COLUMNS) JOIN roadmap_roadmap roadmap ON roadmap.uid = new.roadmap
""".replace("COLUMNS", _SECTION_COLUMNS)
_UPDATE_SECTIONS = """
UPDATE roadmap_section section
SET position = new."position", kind = new.kind, title = new.title, number = new.number, summary = new.summary,
    optional = new.optional, choose = new.choose, ordered = new.ordered, overrides = new.overrides,
    origin = new.origin, parent_id = parent.id
FROM json_to_recordset(%s::json) AS new(COLUMNS) LEFT JOIN roadmap_section parent ON parent.uid = new.parent
WHERE section.uid = new.uid
""".replace("COLUMNS", _SECTION_COLUMNS)
_WRITE_SEATS = """
INSERT INTO roadmap_placement (roadmap_id, section_id, topic_id, position, optional)
SELECT section.roadmap_id, section.id, topic.id, new."position", new.optional
FROM json_to_recordset(%s::json) AS new(section uuid, topic uuid, "position" integer, optional boolean)
JOIN roadmap_section section ON section.uid = new.section JOIN roadmap_topic topic ON topic.uid = new.topic
ON CONFLICT (roadmap_id, topic_id) DO UPDATE
SET section_id = excluded.section_id, position = excluded.position, optional = excluded.optional
"""
_DELETE_SEATS = """
DELETE FROM roadmap_placement placement
USING json_to_recordset(%s::json) AS gone(roadmap uuid, topic uuid), roadmap_roadmap roadmap, roadmap_topic topic
WHERE roadmap.uid = gone.roadmap AND topic.uid = gone.topic
  AND placement.roadmap_id = roadmap.id AND placement.topic_id = topic.id
"""
_DELETE_SECTIONS = "DELETE FROM roadmap_section WHERE uid = ANY(%s)"
_WRITE_STEPS = """
INSERT INTO roadmap_step (uid, topic_id, title, position, retired_at)
SELECT new.uid, topic.id, new.title, new."position", CASE WHEN new.retired THEN now() END
FROM json_to_recordset(%s::json) AS new(uid uuid, topic uuid, title text, "position" integer, retired boolean)
JOIN roadmap_topic topic ON topic.uid = new.topic
ON CONFLICT (uid) DO UPDATE SET title = excluded.title, position = excluded.position,
    retired_at = CASE WHEN excluded.retired_at IS NOT NULL THEN coalesce(roadmap_step.retired_at, now()) END
"""
_DELETE_RESOURCES = """
DELETE FROM roadmap_resource WHERE topic_id IN (SELECT id FROM roadmap_topic WHERE uid = ANY(%s))
                                OR section_id IN (SELECT id FROM roadmap_section WHERE uid = ANY(%s))
"""
_INSERT_RESOURCES = """
INSERT INTO roadmap_resource (topic_id, section_id, title, url, kind, position)
SELECT topic.id, section.id, new.title, new.url, new.kind, new."position"
FROM json_to_recordset(%s::json) AS new(topic uuid, section uuid, title text, url text, kind text, "position" integer)
LEFT JOIN roadmap_topic topic ON topic.uid = new.topic LEFT JOIN roadmap_section section ON section.uid = new.section
"""
_DELETE_ALIASES = """
DELETE FROM roadmap_alias WHERE kind = 'name' AND topic_id IN (SELECT id FROM roadmap_topic WHERE uid = ANY(%s))
"""
_INSERT_ALIASES = """
INSERT INTO roadmap_alias (topic_id, text, kind)
SELECT topic.id, new.text, 'name'
FROM json_to_recordset(%s::json) AS new(topic uuid, text text) JOIN roadmap_topic topic ON topic.uid = new.topic
"""
_DELETE_NEEDS = """
DELETE FROM roadmap_prerequisite WHERE topic_id IN (SELECT id FROM roadmap_topic WHERE uid = ANY(%s))
"""
_INSERT_NEEDS = """
INSERT INTO roadmap_prerequisite (topic_id, requires_id, reason, "group", source, position)
SELECT topic.id, other.id, new.reason, new."group", new.source, new."position"
FROM json_to_recordset(%s::json)
     AS new(topic uuid, requires uuid, reason text, "group" text, source text, "position" integer)
JOIN roadmap_topic topic ON topic.uid = new.topic JOIN roadmap_topic other ON other.uid = new.requires
"""


def write(source: int | None, stored: Curriculum, target: Curriculum, html: Mapping[UUID, str]) -> None:
    """Make what is stored of the source with this key equal to `target`. `html`: uid of a topic -> its rendered body.

    Topics and steps that `target` lacks stay as they are: it retires them, it never leaves them out.
    """
    old_topics = stored.topic_by_uid()
    changed = [topic for topic in target.topics if old_topics.get(topic.uid) != topic]
    touched = {topic.uid for topic in changed} | html.keys()
    shown = showing(touched) if touched else set()
    _write_topics(source, old_topics, changed, html)
    old_roadmaps = {roadmap.uid: roadmap for roadmap in stored.roadmaps}
    redrawn = [roadmap for roadmap in target.roadmaps if old_roadmaps.get(roadmap.uid) != roadmap]
    _write_roadmaps(source, old_roadmaps, redrawn)
    _write_parts(old_topics, changed)
    if redrawn or touched:
        redraw(shown | showing(touched), also=[roadmap.uid for roadmap in redrawn])


def create_waiting(topics: Iterable[Topic]) -> None:
    """Rows of topics that a draft revision made: of no notes, so that no import meets them before they are published.

    One statement.
    """
    _copy_topics(None, [_topic_row(topic, None, {}) for topic in topics])


def adopt(topics: Iterable[UUID], source: int | None) -> None:
    """Topics that waited belong to the notes of the roadmap they are published on, or to none as it does. One query."""
    _run(_ADOPT, source, known := list(topics), when=known)


def _write_topics(
    source: int | None, old: Mapping[UUID, Topic], changed: Sequence[Topic], html: Mapping[UUID, str]
) -> None:
    _copy_topics(source, [_topic_row(t, None, html) for t in changed if t.uid not in old])
    _send(_UPDATE_TOPICS, [_topic_row(t, old[t.uid], html) for t in changed if t.uid in old])
    heirs = [
        {"uid": str(t.uid), "heir": _text(t.replaced_by)}
        for t in changed
        if t.replaced_by != (old[t.uid].replaced_by if t.uid in old else None)
    ]
    _send(_SET_HEIRS, heirs)
    moved = [(old[t.uid], t) for t in changed if t.uid in old and old[t.uid].slug != t.slug]
    _send(_SET_SLUGS, [{"uid": str(t.uid), "was": was.slug, "slug": t.slug} for was, t in moved])
    written = {topic.uid for topic in changed}
    _send(_SET_HTML, [{"uid": str(uid), "body_html": text} for uid, text in html.items() if uid not in written])


def _copy_topics(source: int | None, rows: Sequence[Row]) -> None:
    """New topics come with all their text, by the road that is cheapest for text."""
    if not rows:
        return
    now = timezone.now()
    with connection.cursor() as cursor, cursor.copy(_COPY_TOPICS) as copy:
        for row in rows:
            lists = (list(row["details"]), row["planned"], list(row["unmet"]), list(row["related"]))
            objects = (json.dumps(row[name], ensure_ascii=False) for name in ("meta", "overrides", "origin"))
            copy.write_row(
                (
                    *(row[name] for name in ("uid", "slug", "title", "summary", "body")),
                    row["body_html"] or "",
                    row["hours"],
                    *lists,
                    *objects,
                    *(now if row["retired"] else None, source, 1, now, now),
                )
            )


def _topic_row(topic: Topic, old: Topic | None, html: Mapping[UUID, str]) -> Row:
    return {
        "uid": str(topic.uid),
        "slug": topic.slug,
        "title": topic.title,
        "summary": topic.summary,
        "body": topic.body,
        "body_html": html.get(topic.uid),
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
    _send(_INSERT_ROADMAPS, [_roadmap_row(r) for r in redrawn if r.uid not in old], source)
    _send(_UPDATE_ROADMAPS, [_roadmap_row(r) for r in redrawn if r.uid in old])
    before: dict[UUID, Section] = {}
    for known in redrawn:
        before.update({section.uid: section for section in old[known.uid].sections} if known.uid in old else {})
    after = {section.uid: (roadmap, section) for roadmap in redrawn for section in roadmap.sections}
    _send(_INSERT_SECTIONS, [_section_row(r, s) for uid, (r, s) in after.items() if uid not in before])
    # New sections are put under their parents here, once all of them have rows.
    differing = [
        _section_row(r, s)
        for uid, (r, s) in after.items()
        if (s.parent is not None if uid not in before else _bare(before[uid]) != _bare(s))
    ]
    _send(_UPDATE_SECTIONS, differing)
    _write_seats(old, redrawn)
    gone = [uid for uid in before if uid not in after]
    replaced = [uid for uid, (_, s) in after.items() if s.resources != (before[uid].resources if uid in before else ())]
    _run(_DELETE_RESOURCES, [], gone + replaced, when=gone or replaced)
    _send(
        _INSERT_RESOURCES, [row for uid in replaced for row in _resource_rows("section", uid, after[uid][1].resources)]
    )
    _run(_DELETE_SECTIONS, gone, when=gone)


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
    _send(_DELETE_SEATS, gone)
    _send(
        _WRITE_SEATS,
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
    _send(_WRITE_STEPS, steps)
    topics = differing(lambda topic: topic.resources)
    _run(_DELETE_RESOURCES, known := [t.uid for t in topics if t.uid in old], [], when=known)
    _send(_INSERT_RESOURCES, [row for t in topics for row in _resource_rows("topic", t.uid, t.resources)])
    topics = differing(lambda topic: topic.aliases)
    _run(_DELETE_ALIASES, known := [t.uid for t in topics if t.uid in old], when=known)
    _send(_INSERT_ALIASES, [{"topic": str(t.uid), "text": text} for t in topics for text in t.aliases])
    topics = differing(lambda topic: topic.needs)
    _run(_DELETE_NEEDS, known := [t.uid for t in topics if t.uid in old], when=known)
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
    _send(_INSERT_NEEDS, needs)


def _resource_rows(holder: str, uid: UUID, resources: Iterable[Resource]) -> list[Row]:
    return [{holder: str(uid), "position": position, **r.as_json()} for position, r in enumerate(resources)]


def _text(uid: UUID | None) -> str | None:
    return str(uid) if uid else None


def _send(sql: str, rows: Sequence[Row], *first: Any) -> None:
    for start in range(0, len(rows), CHUNK):
        _run(sql, *first, json.dumps(rows[start : start + CHUNK], ensure_ascii=False), when=True)


def _run(sql: str, *arguments: Any, when: object) -> None:
    if when:
        with connection.cursor() as cursor:
            cursor.execute(sql, arguments)
