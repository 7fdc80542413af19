"""A roadmap as one JSON file, described in docs/export.md: everything an export says, by uid. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from roadmap.exporting.notes import Ticks
from roadmap.exporting.told import Told
from roadmap.plan.arranging import lists_of
from roadmap.plan.curriculum import Json, Need, Section, Topic
from roadmap.plan.incoming import clean

VERSION = 1


def roadmap_data(export: Told, titles: Mapping[UUID, str], ticks: Ticks | None = None) -> Json:
    """`titles` are those of topics in other roadmaps that topics here need."""
    roadmap = export.roadmap
    topics = export.curriculum.topic_by_uid()
    sections = {section.uid: section for section in roadmap.sections}
    lists = lists_of(roadmap.sections)

    def section(found: Section) -> Json:
        items = [
            {"section": str(uid)} if uid in sections else {"topic": str(uid), "optional": optional}
            for uid, optional in lists[found.uid]
        ]
        return {
            "uid": str(found.uid),
            "id": found.origin.id,
            "kind": found.kind,
            "title": found.title,
            "number": found.number,
            "summary": found.summary,
            "optional": found.optional,
            "choose": found.choose,
            "ordered": found.ordered,
            "resources": [resource.as_json() for resource in found.resources],
            "items": items,
        }

    return {
        "format": "pathnotes-roadmap",
        "version": VERSION,
        "roadmap": {
            "uid": str(roadmap.uid),
            "slug": roadmap.slug,
            "id": roadmap.origin.id,
            "title": roadmap.title,
            "summary": roadmap.summary,
            "locking": roadmap.locking,
            "meta": {name: value for name, value in roadmap.meta.items() if name != "locking"},
            "items": [{"section": str(uid)} for uid, _ in lists[None]],
        },
        "sections": [section(found) for found in roadmap.sections],
        "topics": [_topic(topic, export.elsewhere.get(topic.uid, ()), titles, ticks) for topic in topics.values()],
    }


def _topic(topic: Topic, away: tuple[Need, ...], titles: Mapping[UUID, str], ticks: Ticks | None) -> Json:
    outside = {clean(titles.get(need.topic, "")) for need in away}
    told: Json = {
        "uid": str(topic.uid),
        "slug": topic.slug,
        "id": topic.origin.id,
        "title": topic.title,
        "summary": topic.summary,
        "body": topic.body,
        "hours": topic.hours,
        "details": list(topic.details),
        "aliases": list(topic.aliases),
        "related": list(topic.related),
        "planned": topic.planned,
        "meta": topic.meta,
        "resources": [resource.as_json() for resource in topic.resources],
        "steps": [{"uid": str(step.uid), "title": step.title} for step in topic.steps],
        "requires": [_need(need, None) for need in topic.needs] + [_need(n, titles.get(n.topic, "")) for n in away],
        "requires_text": [title for title in topic.unmet if title not in outside],
    }
    if ticks is not None:
        told["done"] = topic.uid in ticks.topics
        for step, found in zip(topic.steps, told["steps"], strict=True):
            found["done"] = step.uid in ticks.steps
    return told


def _need(need: Need, title: str | None) -> Json:
    """`title` is given for a topic that the file does not hold."""
    told: dict[str, Any] = {"topic": str(need.topic), "reason": need.reason, "any_of": need.group, "by": need.source}
    return told if title is None else told | {"title": title}
