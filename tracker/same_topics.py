"""Topics of one name in several places: perhaps one and the same. Suggested, never merged unasked.

Names are compared as identity compares titles: case, punctuation and format characters fold; other names count too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from roadmap.because import commanded
from roadmap.editing import RefusedEditError
from roadmap.models import Edit, Roadmap, Topic
from roadmap.plan.keys import loose
from roadmap.publishing.desk import open_draft
from roadmap.publishing.models import DraftAct
from roadmap.studio.doing import Asked, told
from roadmap.studio.unmerging import merge_of
from tracker import merging
from tracker.models import User

COMMAND = "same_topics"

_TOPICS = """
SELECT topic.uid, topic.slug, topic.title, coalesce(source.title, ''), coalesce(topic.source_id, 0),
       ARRAY(SELECT roadmap.title FROM roadmap_placement placement
             JOIN roadmap_roadmap roadmap ON roadmap.id = placement.roadmap_id
             WHERE placement.topic_id = topic.id AND roadmap.retired_at IS NULL ORDER BY roadmap.position, roadmap.id),
       ARRAY(SELECT alias.text FROM roadmap_alias alias
             WHERE alias.topic_id = topic.id AND alias.kind = 'name' ORDER BY alias.id),
       ARRAY(SELECT placement.roadmap_id FROM roadmap_placement placement
             WHERE placement.topic_id = topic.id ORDER BY placement.roadmap_id)
FROM roadmap_topic topic LEFT JOIN roadmap_notesource source ON source.id = topic.source_id
WHERE topic.retired_at IS NULL ORDER BY topic.title, topic.id
"""
_LEARNERS = """
SELECT topic.uid, count(*), count(*) FILTER (WHERE progress.state = 'done')
FROM tracker_topicprogress progress JOIN roadmap_topic topic ON topic.id = progress.topic_id
WHERE topic.uid = ANY(%s) AND progress.state <> 'todo' GROUP BY topic.uid
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A live topic as the list shows it."""

    uid: UUID
    slug: str
    title: str
    source: str
    """Title of the notes it was read from; empty for what an editor made."""
    roadmaps: tuple[str, ...]
    learners: int = 0
    """Who began, finished, skipped or was waived it."""
    done: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "uid": str(self.uid), "slug": self.slug, "title": self.title, "source": self.source,
            "roadmaps": list(self.roadmaps), "learners": self.learners, "done": self.done,
        }  # fmt: skip


def groups() -> list[tuple[str, tuple[Named, ...]]]:
    """(name, the topics that have it): those that stand on different roadmaps or come from different notes, each group
    once. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_TOPICS)
        rows = cursor.fetchall()
    by_name: dict[str, dict[UUID, tuple[Any, ...]]] = defaultdict(dict)
    for row in rows:
        for name in (row[2], *row[6]):
            by_name[loose(name)].setdefault(row[0], row)
    found: dict[frozenset[UUID], list[tuple[Any, ...]]] = {}
    for topics in by_name.values():
        places = {(row[4], tuple(row[7])) for row in topics.values()}
        if len(topics) > 1 and len(places) > 1:
            found.setdefault(frozenset(topics), list(topics.values()))
    counted: dict[UUID, tuple[int, int]] = {}
    if found:
        with connection.cursor() as cursor:
            cursor.execute(_LEARNERS, [list(set().union(*found))])
            counted = {uid: (learners, done) for uid, learners, done in cursor.fetchall()}
    return [
        (
            topics[0][2],
            tuple(
                Named(uid, slug, title, source, tuple(roadmaps), *counted.get(uid, (0, 0)))
                for uid, slug, title, source, _, roadmaps, *_ in topics
            ),
        )
        for topics in found.values()
    ]


def merged() -> list[tuple[Topic, Edit]]:
    """Topics that stand merged into others, each with the act that did it, the last first. One query."""
    found = Edit.objects.filter(verb=Edit.Verb.MERGE, undone_at=None, data__has_key="changes")
    found = found.filter(topic__retired_at__isnull=False, topic__replaced_by__isnull=False)
    acts: dict[int, tuple[Topic, Edit]] = {}
    for edit in found.select_related("topic__replaced_by", "roadmap"):
        if edit.topic is not None:
            acts.setdefault(edit.topic.pk, (edit.topic, edit))
    return list(acts.values())


def find(name: str) -> Topic:
    """By slug or uid. Raise RefusedEditError for none."""
    topics = Topic.objects.select_related("replaced_by")
    found = topics.filter(slug=name).first()
    if found is None:
        try:
            found = topics.filter(uid=UUID(name)).first()
        except ValueError:
            found = None
    if found is None:
        raise RefusedEditError(f"There is no topic “{name}”: give its slug or its uid. Nothing was changed.")
    return found


def merge(*, keep: Topic, gone: Topic, by: User | None, asked: Asked) -> tuple[Edit, bool]:
    """Make them one, as the studio does; (the record, whether it waits in a draft revision). Raise as
    `tracker.merging.merge`."""
    roadmap = _where(keep) or _where(gone)
    if roadmap is None:
        raise RefusedEditError(
            f"Neither “{told(keep.title)}” nor “{told(gone.title)}” stands on a roadmap. Nothing was changed."
        )
    with commanded(COMMAND):
        edit = merging.merge(roadmap=roadmap, keep=keep, gone=gone, by=by, asked=asked)
    if edit is None:
        raise RefusedEditError("There was nothing to change.")
    return edit, DraftAct.objects.filter(edit=edit).exists()


def unmerge(*, gone: Topic, by: User | None, asked: Asked) -> Edit:
    """Part it from the topic that it was merged into. Raise as `tracker.merging.unmerge`."""
    edit = merge_of(gone)
    if edit is None:
        said = "is not merged into another topic" if gone.retired_at is None else "was retired, not merged by an editor"
        raise RefusedEditError(f"“{told(gone.title)}” {said}. Nothing was changed.")
    with commanded(COMMAND):
        return merging.unmerge(merged=edit, by=by, asked=asked)


def _where(topic: Topic) -> Roadmap | None:
    """The roadmap that the act is recorded on: the first that shows the topic, if possible one without a draft."""
    found = list(Roadmap.objects.filter(placements__topic=topic, retired_at=None).order_by("position", "pk"))
    return next((each for each in found if open_draft(each) is None), found[0] if found else None)
