"""What a topic said when it was at an earlier revision, from what the triggers kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from roadmap.models import Topic
from roadmap.past.comparing import Part, Text, compare

_TOPIC = """
SELECT title, summary, details, body, pgh_created_at FROM roadmap_topicevent
WHERE pgh_obj_id = %(topic)s AND revision = %(revision)s ORDER BY pgh_id DESC LIMIT 1
"""
"""The row as it was when the next revision took its place."""
_BESIDE = """
WITH after AS (
    SELECT DISTINCT ON (pgh_obj_id) pgh_obj_id, pgh_label, {columns}, position FROM roadmap_{table}event
    WHERE topic_id = %(topic)s AND pgh_created_at >= %(at)s ORDER BY pgh_obj_id, pgh_id
)
SELECT {columns} FROM (
    SELECT {columns}, position, pgh_obj_id AS id FROM after WHERE pgh_label <> 'insert'
    UNION ALL
    SELECT {columns}, position, id FROM roadmap_{table} live
    WHERE topic_id = %(topic)s AND NOT EXISTS (SELECT FROM after WHERE pgh_obj_id = live.id)
) at_that_time WHERE {live} ORDER BY position, id
"""
_STEPS = _BESIDE.format(table="step", columns="title, retired_at", live="retired_at IS NULL")
_RESOURCES = _BESIDE.format(table="resource", columns="title, url, kind", live="true")


@dataclass(frozen=True, slots=True)
class Difference:
    """Between what a topic said at a revision and what it says now."""

    known: bool
    """False: what it said is not known, it was before there was a history."""
    parts: tuple[Part, ...] = ()
    """Nothing, though it is known: what changed was taken back since."""
    since: datetime | None = None
    """When the text of that revision was first changed."""


def text_of(topic: Topic) -> Text:
    """What it says now. Two queries."""
    steps = topic.steps.filter(retired_at=None).values_list("title", flat=True)
    resources = topic.resources.values_list("title", "url", "kind")
    return Text(
        topic.title, topic.summary, tuple(topic.details), topic.body, tuple(steps), tuple(map(_resource, resources))
    )


def text_at(topic: int, revision: int) -> tuple[Text, datetime] | None:
    """What it said at an earlier revision, and until when; None where that is not known. Three queries at most."""
    values: dict[str, Any] = {"topic": topic, "revision": revision}
    with connection.cursor() as cursor:
        cursor.execute(_TOPIC, values)
        row = cursor.fetchone()
        if row is None:
            return None
        title, summary, details, body, at = row
        values["at"] = at
        cursor.execute(_STEPS, values)
        steps = tuple(step[0] for step in cursor.fetchall())
        cursor.execute(_RESOURCES, values)
        resources = tuple(map(_resource, cursor.fetchall()))
    return Text(title, summary, tuple(details), body, steps, resources), at


def difference(topic: Topic, revision: int) -> Difference:
    """Five queries at most."""
    then = text_at(topic.pk, revision)
    if then is None:
        return Difference(known=False)
    was, until = then
    return Difference(True, compare(was, text_of(topic)), until)


def _resource(row: tuple[str, str, str]) -> str:
    title, url, kind = row
    return f"{title} ({kind}){' ' + url if url else ''}"
