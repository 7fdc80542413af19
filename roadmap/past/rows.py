"""What the triggers wrote, as rows: which acts touched a thing, and what each row was before and became.

An act is a moment (all rows of a transaction have its time) and a context. See `roadmap/recorded.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
NOBODY = UUID(int=0)
"""Stands for no context: a change that came past Pathnotes, by SQL."""
MOST = 60
"""Rows of one table that are read of one act; what is more is counted."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that changed the curriculum, once."""

    at: datetime
    context: UUID
    edit: int = 0
    """Key of an edit from before there was a history: nothing else is known of it."""

    @property
    def place(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}-{self.context.hex}"


@dataclass(frozen=True, slots=True)
class Event:
    table: str
    act: tuple[datetime, UUID]
    label: str
    """insert, update or delete."""
    was: Row | None
    became: Row | None
    count: int
    """Rows of this table in this act, those that are not read too."""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    key: str
    """Column by which its history is read."""

    @property
    def acts(self) -> str:
        return _ACTS_OF.format(table=f"roadmap_{self.name}event", key=self.key, nobody=NOBODY)

    @property
    def rows(self) -> str:
        return _ROWS.format(table=f"roadmap_{self.name}", key=self.key)


_ACTS_OF = """
(SELECT DISTINCT pgh_created_at AS at, coalesce(pgh_context_id, '{nobody}') AS context, 0::bigint AS edit
 FROM {table} WHERE {key} = %(of)s AND pgh_created_at <= %(at)s ORDER BY at DESC, context DESC LIMIT %(most)s)
"""
_ROWS = """
WITH picked AS (
    SELECT pgh_id, count(*) OVER act AS amount, row_number() OVER (act ORDER BY pgh_id) AS number
    FROM {table}event WHERE {key} = %(of)s AND pgh_created_at = ANY(%(moments)s)
    WINDOW act AS (PARTITION BY pgh_created_at, pgh_context_id)
)
SELECT event.pgh_created_at, coalesce(event.pgh_context_id, %(nobody)s), event.pgh_label, picked.amount,
       CASE WHEN event.pgh_label <> 'insert' THEN to_jsonb(event)::text END,
       CASE event.pgh_label WHEN 'insert' THEN to_jsonb(event)::text
                            WHEN 'update' THEN coalesce(later.became, to_jsonb(now))::text END
FROM picked JOIN {table}event event USING (pgh_id)
LEFT JOIN LATERAL (
    SELECT to_jsonb(next) AS became FROM {table}event next
    WHERE next.{key} = event.{key} AND next.pgh_obj_id = event.pgh_obj_id AND next.pgh_id > event.pgh_id
      AND next.pgh_created_at >= event.pgh_created_at
    ORDER BY next.pgh_id LIMIT 1
) later ON event.pgh_label = 'update'
LEFT JOIN {table} now ON now.id = event.pgh_obj_id
WHERE picked.number <= %(rows)s
ORDER BY event.pgh_id
"""

OF_TOPIC = (
    Table("topic", "pgh_obj_id"),
    Table("placement", "topic_id"),
    Table("step", "topic_id"),
    Table("resource", "topic_id"),
    Table("prerequisite", "topic_id"),
    Table("alias", "topic_id"),
)
OF_ROADMAP = (Table("roadmap", "pgh_obj_id"), Table("section", "roadmap_id"), Table("placement", "roadmap_id"))

_BEFORE_HISTORY = """
(SELECT edit.at, '{nobody}'::uuid AS context, edit.id AS edit FROM roadmap_edit edit
 WHERE edit.{of} = %(of)s AND edit.at <= %(at)s AND edit.at < (
     SELECT min(applied) FROM django_migrations WHERE app = 'roadmap' AND name LIKE '0008%%')
 ORDER BY edit.at DESC LIMIT %(most)s)
"""
_ACTS = """
SELECT at, context, edit FROM ({parts}) acts GROUP BY at, context, edit
HAVING (at, context, edit) < (%(at)s, %(context)s, %(edit)s) ORDER BY at DESC, context DESC, edit DESC LIMIT %(most)s
"""
_TOPICS_CHANGED = """
SELECT event.pgh_created_at, coalesce(event.pgh_context_id, %(nobody)s), topic.title, topic.slug, event.pgh_label,
       to_jsonb(event)::text, coalesce(later.became, to_jsonb(topic))::text
FROM roadmap_topicevent event JOIN roadmap_topic topic ON topic.id = event.pgh_obj_id
LEFT JOIN LATERAL (
    SELECT to_jsonb(next) AS became FROM roadmap_topicevent next
    WHERE next.pgh_obj_id = event.pgh_obj_id AND next.pgh_id > event.pgh_id
      AND next.pgh_created_at >= event.pgh_created_at
    ORDER BY next.pgh_id LIMIT 1
) later ON true
WHERE event.pgh_context_id = ANY(%(contexts)s) AND event.pgh_created_at = ANY(%(moments)s)
  AND (EXISTS (SELECT FROM roadmap_placement seat WHERE seat.topic_id = topic.id AND seat.roadmap_id = %(of)s)
       OR EXISTS (SELECT FROM roadmap_placementevent seat
                  WHERE seat.topic_id = topic.id AND seat.roadmap_id = %(of)s))
ORDER BY event.pgh_id LIMIT %(rows)s
"""


def acts(tables: Sequence[Table], of: int, *, edits: str, before: str, most: int) -> list[Act]:
    """The acts that touched the thing with this key, the latest first. `edits`: topic_id or roadmap_id. One query."""
    parts = [*(table.acts for table in tables), _BEFORE_HISTORY.format(nobody=NOBODY, of=edits)]
    at, context = place_of(before)
    values: Row = {"of": of, "at": at, "context": context, "edit": 0, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_ACTS.format(parts=" UNION ALL ".join(parts)), values)
        return [Act(*row) for row in cursor.fetchall()]


def events(table: Table, of: int, found: Sequence[Act]) -> list[Event]:
    """What these acts changed in a table, in order. One query."""
    values: Row = {"of": of, "moments": [act.at for act in found], "nobody": NOBODY, "rows": MOST}
    with connection.cursor() as cursor:
        cursor.execute(table.rows, values)
        return [
            Event(table.name, (at, context), label, _row(was), _row(became), count)
            for at, context, label, count, was, became in cursor.fetchall()
        ]


def topics_changed(roadmap: int, found: Sequence[Act]) -> list[tuple[tuple[datetime, UUID], str, str, Row, Row]]:
    """(act, title, slug, row before, row after) of the topics of a roadmap that these acts changed. One query."""
    values: Row = {
        "of": roadmap,
        "moments": [act.at for act in found],
        "contexts": [act.context for act in found],
        "nobody": NOBODY,
        "rows": MOST * len(found),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOPICS_CHANGED, values)
        return [
            ((at, context), title, slug, json.loads(was), json.loads(became))
            for at, context, title, slug, _, was, became in cursor.fetchall()
        ]


def contexts(found: Sequence[Act]) -> dict[UUID, Row]:
    """What was told of these acts. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, metadata::text FROM pghistory_context WHERE id = ANY(%s)", [[act.context for act in found]]
        )
        return {key: json.loads(told) for key, told in cursor.fetchall()}


def place_of(text: str) -> tuple[datetime, UUID]:
    """Where a page begins; the very beginning when that cannot be read."""
    try:
        at, context = text[:80].split("-")
        return EPOCH + int(at) * MICROSECOND, UUID(hex=context)
    except (ValueError, OverflowError):
        return datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1)


def _row(text: str | None) -> Row | None:
    return json.loads(text) if text else None
