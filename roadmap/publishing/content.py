"""What a roadmap is and was published as. Reads, each with its query count."""

from __future__ import annotations

import json

from django.db import connection

from roadmap.models import Placement, Roadmap
from roadmap.plan.curriculum import Curriculum, canonical, roadmap_of, topic_of
from roadmap.publishing.models import RoadmapRevision
from roadmap.stored import part_of

_TOPICS_AT = """
SELECT DISTINCT ON (topic.uid) topic.data::text
FROM roadmap_revisiontopic topic JOIN roadmap_roadmaprevision revision ON revision.id = topic.revision_id
WHERE revision.roadmap_id = %s AND revision.number <= %s AND topic.uid = ANY(%s)
ORDER BY topic.uid, revision.number DESC
"""


def published_content(roadmap: Roadmap) -> Curriculum:
    """The newest published content of a roadmap: its tree, and every topic seated there with all that is theirs, as
    learners have them now. Nothing of a draft revision is in it. Nine queries.

    A topic that it requires and does not seat is named by its uid alone.
    """
    seated = Placement.objects.filter(roadmap=roadmap).values_list("topic__uid", flat=True)
    return part_of(roadmaps=[roadmap.pk], topics=seated)


def newest_revision(roadmap: Roadmap) -> RoadmapRevision | None:
    """The last one that is recorded; edits since then may wait for theirs. One query."""
    return RoadmapRevision.objects.filter(roadmap=roadmap).first()


def content_at(revision: RoadmapRevision) -> Curriculum:
    """The roadmap and its topics as they were published then. One query."""
    tree = roadmap_of(revision.tree)
    seated = [seat.topic for section in tree.sections for seat in section.seats]
    with connection.cursor() as cursor:
        cursor.execute(_TOPICS_AT, [revision.roadmap_id, revision.number, seated])
        return canonical([tree], [topic_of(json.loads(data)) for (data,) in cursor.fetchall()])
