"""The facts that health is judged by, read from the database. Six queries, whatever the size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db import connection

from roadmap.health.findings import Facts, Need, Roadmap, Section, Topic

_ROADMAPS = (
    "SELECT id, slug, title, state = 'draft' FROM roadmap_roadmap WHERE retired_at IS NULL ORDER BY position, id"
)
_SECTIONS = """
SELECT section.id, section.roadmap_id, section.parent_id, section.kind, section.title, section.slug, section.choose
FROM roadmap_section section JOIN roadmap_roadmap roadmap ON roadmap.id = section.roadmap_id
WHERE roadmap.retired_at IS NULL ORDER BY section.position, section.id
"""
_SEATS = """
SELECT placement.section_id, placement.topic_id
FROM roadmap_placement placement JOIN roadmap_roadmap roadmap ON roadmap.id = placement.roadmap_id
WHERE roadmap.retired_at IS NULL ORDER BY placement.position, placement.id
"""
_TOPICS = """
SELECT id, uid, slug, title, retired_at IS NOT NULL, summary <> '', hours IS NOT NULL, unmet,
       ARRAY(SELECT alias.text FROM roadmap_alias alias WHERE alias.topic_id = topic.id AND alias.kind = 'name'
             ORDER BY alias.id)
FROM roadmap_topic topic ORDER BY title, id
"""
_NEEDS = """
SELECT topic_id, requires_id, "group", source = 'guess' FROM roadmap_prerequisite ORDER BY topic_id, position, id
"""
_LINKS = """
SELECT topic_id, section_id, url FROM roadmap_resource WHERE url ~* '^https?://' ORDER BY position, id
"""


def facts(broken: Mapping[str, str] | None = None) -> Facts:
    """Everything of the live roadmaps and all topics. `broken`: address -> what it answered."""
    links: defaultdict[int, list[str]] = defaultdict(list)
    of_sections = []
    for topic, section, url in _rows(_LINKS):
        if topic is not None:
            links[topic].append(url)
        else:
            of_sections.append((section, url))
    return Facts(
        roadmaps=tuple(Roadmap(*row) for row in _rows(_ROADMAPS)),
        sections=_in_reading_order([Section(*row) for row in _rows(_SECTIONS)]),
        seats=tuple((section, topic) for section, topic in _rows(_SEATS)),
        topics=tuple(
            Topic(pk, uid, slug, title, retired, summary, hours, tuple(unmet), tuple(links[pk]), tuple(names))
            for pk, uid, slug, title, retired, summary, hours, unmet, names in _rows(_TOPICS)
        ),
        needs=tuple(Need(*row) for row in _rows(_NEEDS)),
        section_links=tuple(of_sections),
        broken=broken or {},
    )


def _in_reading_order(sections: list[Section]) -> tuple[Section, ...]:
    """Parents before children, children in the order given."""
    below: defaultdict[int | None, list[Section]] = defaultdict(list)
    for section in sections:
        below[section.parent].append(section)
    ordered: list[Section] = []
    waiting = list(reversed(below[None]))
    while waiting:
        ordered.append(waiting.pop())
        waiting += reversed(below[ordered[-1].id])
    return tuple(ordered)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
