"""Which roadmaps a change of topics shows on, and telling whoever keeps something made from them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.dispatch import Signal

curriculum_changed = Signal()
"""Sent inside the transaction that changes them, with `roadmaps`: the ids of those whose revision went up."""

_SHOWING = """
WITH RECURSIVE asking(id) AS (
    SELECT topic.id FROM roadmap_topic topic WHERE topic.uid = ANY(%(topics)s)
    UNION SELECT need.topic_id FROM roadmap_prerequisite need JOIN asking ON asking.id = need.requires_id
)
SELECT placement.roadmap_id FROM roadmap_placement placement JOIN asking ON asking.id = placement.topic_id
UNION
SELECT placement.roadmap_id FROM roadmap_topic topic
JOIN roadmap_prerequisite need ON need.topic_id = topic.id
JOIN roadmap_placement placement ON placement.topic_id = need.requires_id
WHERE topic.uid = ANY(%(topics)s)
UNION
SELECT placement.roadmap_id FROM roadmap_topic topic
JOIN roadmap_placement placement ON placement.topic_id = topic.id
WHERE topic.uid = ANY(%(required)s)
"""
_BUMP = """
UPDATE roadmap_roadmap SET revision = revision + 1, updated_at = now() WHERE uid = ANY(%s) OR id = ANY(%s) RETURNING id
"""


def showing(topics: Iterable[UUID], *, required: Iterable[UUID] = ()) -> set[int]:
    """Ids of the roadmaps whose trees name one of these topics: they seat it, or something they seat needs it, however
    far down, or is needed by it. And of those that seat one of `required`. One query, none for no topics."""
    values = {"topics": list(topics), "required": list(required)}
    if not any(values.values()):
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_SHOWING, values)
        return {row[0] for row in cursor.fetchall()}


def redraw(roadmaps: Iterable[int], *, also: Iterable[UUID] = ()) -> None:
    """Raise the revision of these roadmaps (ids), and of those with the uids of `also`. One query.

    What was needed before a change and is not any more is no longer found after it: ask `showing` before and after.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BUMP, [list(also), list(roadmaps)])
        changed = [row[0] for row in cursor.fetchall()]
    if changed:
        curriculum_changed.send(sender=None, roadmaps=changed)
