"""Bodies whose HTML waits: storing thousands of notes renders few of them, the others are rendered when first shown.

`Topic.body_html` is None for as long. What shows a body asks here for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection, transaction

from roadmap.bodies import addresses, render_body
from roadmap.locks import CURRICULUM
from roadmap.models import Topic as TopicRow
from roadmap.plan.curriculum import Topic, canonical, origin_of
from roadmap.studio.rendered import named

_MAY_KEEP = "SELECT pg_try_advisory_xact_lock_shared(%s)"
_FIND = """
SELECT id, uid, slug, title, source_id, body, body_html, origin::text FROM roadmap_topic WHERE id = ANY(%s) ORDER BY id
"""
_KEEP = "UPDATE roadmap_topic SET body_html = %s WHERE id = %s AND body_html IS NULL"


def body_of(topic: TopicRow) -> str:
    """The HTML of its body, which `topic.body_html` is from now on. No query, unless it waited: five then, once.

    What is rendered is kept where nobody changes the curriculum meanwhile: its links lead where they lead now.
    """
    if topic.body_html is None:
        topic.body_html = render_waiting([topic.pk])[topic.pk]
    return topic.body_html


def render_waiting(topics: Iterable[int]) -> dict[int, str]:
    """Id -> HTML of the bodies of these topics, those that wait rendered and kept. Two queries for each of these."""
    found: dict[int, str] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        # Whoever changes the curriculum holds the same lock alone: then this is shown, and rendered again.
        cursor.execute(_MAY_KEEP, [CURRICULUM])
        (may_keep,) = cursor.fetchone()
        cursor.execute(_FIND, [list(topics)])
        for pk, uid, slug, title, source, body, html, origin in cursor.fetchall():
            if html is not None:
                found[pk] = html
                continue
            found[pk] = _rendered(Topic(uid, slug, title, body=body, origin=origin_of(json.loads(origin))), source)
            if may_keep:
                cursor.execute(_KEEP, [found[pk], pk])
    return found


def _rendered(topic: Topic, source: int | None) -> str:
    """One query where the body links to something by name, else none."""
    asked: set[str] = set()

    class Asking(dict[str, str]):
        def __contains__(self, name: object) -> bool:
            asked.add(str(name))
            return False

    html, _ = render_body(topic, Asking())
    if not asked:
        return html
    return render_body(topic, addresses(canonical([], list(named(source, asked)))))[0]
