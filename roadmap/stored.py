"""The curriculum of a source as the database holds it, in the plain form that plans are made of. Eight queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django.db import connection

from roadmap.models import Alias, NoteSource, Roadmap, Topic
from roadmap.notes.items import Resource
from roadmap.plan import curriculum as plain

_TOPICS = """
SELECT uid, slug, title, summary, body, hours::float8, details, planned, unmet, related, meta::text, overrides::text,
       origin::text, retired_at IS NOT NULL,
       (SELECT heir.uid FROM roadmap_topic heir WHERE heir.id = topic.replaced_by_id)
FROM roadmap_topic topic WHERE TOPICS
"""
_STEPS = """
SELECT topic.uid, step.uid, step.title, step.retired_at IS NOT NULL
FROM roadmap_step step JOIN roadmap_topic topic ON topic.id = step.topic_id
WHERE TOPICS ORDER BY step.position, step.id
"""
_NEEDS = """
SELECT topic.uid, other.uid, need.reason, need."group", need.source
FROM roadmap_prerequisite need
JOIN roadmap_topic topic ON topic.id = need.topic_id JOIN roadmap_topic other ON other.id = need.requires_id
WHERE TOPICS ORDER BY need.position, need.id
"""
_ALIASES = """
SELECT topic.uid, alias.text FROM roadmap_alias alias JOIN roadmap_topic topic ON topic.id = alias.topic_id
WHERE TOPICS AND alias.kind = 'name'
"""
_RESOURCES = """
SELECT coalesce(topic.uid, section.uid), resource.title, resource.url, resource.kind
FROM roadmap_resource resource
LEFT JOIN roadmap_topic topic ON topic.id = resource.topic_id
LEFT JOIN roadmap_section section ON section.id = resource.section_id
LEFT JOIN roadmap_roadmap roadmap ON roadmap.id = section.roadmap_id
WHERE TOPICS OR ROADMAPS ORDER BY resource.position, resource.id
"""
_ROADMAPS = """
SELECT uid, slug, title, summary, locking, position, meta::text, retired_at IS NOT NULL, overrides::text, origin::text
FROM roadmap_roadmap roadmap WHERE ROADMAPS
"""
_SECTIONS = """
SELECT roadmap.uid, section.uid, parent.uid, section.position, section.kind, section.title, section.slug,
       section.number, section.summary, section.optional, section.choose, section.ordered, section.overrides::text,
       section.origin::text
FROM roadmap_section section JOIN roadmap_roadmap roadmap ON roadmap.id = section.roadmap_id
LEFT JOIN roadmap_section parent ON parent.id = section.parent_id
WHERE ROADMAPS
"""
_SEATS = """
SELECT section.uid, topic.uid, placement.position, placement.optional
FROM roadmap_placement placement
JOIN roadmap_section section ON section.id = placement.section_id
JOIN roadmap_roadmap roadmap ON roadmap.id = placement.roadmap_id
JOIN roadmap_topic topic ON topic.id = placement.topic_id
WHERE ROADMAPS ORDER BY placement.position, placement.id
"""


def curriculum_of(source: NoteSource | None) -> plain.Curriculum:
    """Everything stored of `source`, its retired topics and roadmaps included; empty for one never stored."""
    if source is None or source.pk is None:
        return plain.Curriculum()
    return _read("topic.source_id = %(source)s", "roadmap.source_id = %(source)s", {"source": source.pk})


def part_of(*, roadmaps: Iterable[int], topics: Iterable[UUID]) -> plain.Curriculum:
    """These roadmaps (ids) with all their sections and seats, and these topics with all that is theirs.

    What an editor's act changes fits in such a part: `rows.write` takes it for the stored curriculum, as long as its
    target is the same part.
    """
    named = {"roadmaps": list(roadmaps), "topics": list(topics)}
    return _read("topic.uid = ANY(%(topics)s)", "roadmap.id = ANY(%(roadmaps)s)", named)


def _read(topics_in: str, roadmaps_in: str, values: dict[str, Any]) -> plain.Curriculum:
    """`topics_in` and `roadmaps_in` are conditions in SQL, of ours."""

    def rows(sql: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql.replace("TOPICS", topics_in).replace("ROADMAPS", roadmaps_in), values)
            return cast("list[tuple[Any, ...]]", cursor.fetchall())

    def grouped(sql: str, make: Any) -> dict[UUID, list[Any]]:
        """Rows by their first column, the rest made into what `make` makes."""
        groups: defaultdict[UUID, list[Any]] = defaultdict(list)
        for row in rows(sql):
            groups[row[0]].append(make(*row[1:]))
        return groups

    steps, needs = grouped(_STEPS, plain.Step), grouped(_NEEDS, plain.Need)
    aliases, resources = grouped(_ALIASES, str), grouped(_RESOURCES, Resource)
    topics = [
        plain.Topic(
            uid=uid,
            slug=slug,
            title=title,
            summary=summary,
            body=body,
            hours=hours,
            details=tuple(details),
            planned=planned,
            unmet=tuple(unmet),
            related=tuple(related),
            meta=_json(meta),
            aliases=tuple(sorted(aliases.get(uid, ()))),
            steps=tuple(steps.get(uid, ())),
            resources=tuple(resources.get(uid, ())),
            needs=tuple(needs.get(uid, ())),
            retired=retired,
            replaced_by=replaced_by,
            overrides=_json(overrides),
            origin=plain.origin_of(_json(origin)),
        )
        for (
            uid, slug, title, summary, body, hours, details, planned, unmet, related, meta, overrides, origin, retired,
            replaced_by,
        ) in rows(_TOPICS)
    ]  # fmt: skip
    seats = grouped(_SEATS, plain.Seat)
    sections: dict[UUID, list[plain.Section]] = defaultdict(list)
    for roadmap, uid, parent, position, kind, title, slug, number, *rest in rows(_SECTIONS):
        summary, optional, choose, ordered, overrides, origin = rest
        sections[roadmap].append(
            plain.Section(
                uid=uid,
                parent=parent,
                position=position,
                kind=kind,
                title=title,
                slug=slug,
                number=number,
                summary=summary,
                optional=optional,
                choose=choose,
                ordered=ordered,
                resources=tuple(resources.get(uid, ())),
                seats=tuple(seats.get(uid, ())),
                overrides=_json(overrides),
                origin=plain.origin_of(_json(origin)),
            )
        )
    roadmaps = [
        plain.Roadmap(
            uid=uid,
            slug=slug,
            title=title,
            summary=summary,
            locking=locking,
            position=position,
            meta=_json(meta),
            retired=retired,
            sections=plain.in_reading_order(sections.get(uid, [])),
            overrides=_json(overrides),
            origin=plain.origin_of(_json(origin)),
        )
        for uid, slug, title, summary, locking, position, meta, retired, overrides, origin in rows(_ROADMAPS)
    ]
    return plain.canonical(roadmaps, topics)


def slugs_elsewhere(source: NoteSource | None) -> frozenset[str]:
    """Slugs a new topic or roadmap of `source` cannot have: other sources', and former slugs. Three queries."""
    pk = source.pk if source else None
    topics, roadmaps = Topic.objects.all(), Roadmap.objects.all()
    if pk is not None:
        topics, roadmaps = topics.exclude(source=pk), roadmaps.exclude(source=pk)
    former = Alias.objects.filter(kind=Alias.Kind.SLUG)
    return frozenset(topics.values_list("slug", flat=True)).union(
        roadmaps.values_list("slug", flat=True), former.values_list("text", flat=True)
    )


def _json(text: str) -> dict[str, Any]:
    return {} if text == "{}" else cast("dict[str, Any]", json.loads(text))
