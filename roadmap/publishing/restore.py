"""A published revision brought back: an act of an editor, recorded and undoable as the others."""

from __future__ import annotations

from uuid import UUID

from roadmap.locks import curriculum_lock
from roadmap.models import Edit, Placement, Roadmap
from roadmap.plan import curriculum as plain
from roadmap.plan.curriculum import Curriculum
from roadmap.publishing.content import content_at
from roadmap.publishing.models import RoadmapRevision
from roadmap.publishing.recording import record_pending
from roadmap.publishing.restoring import as_then, seated
from roadmap.studio.acts import Fresh
from roadmap.studio.doing import Act, Asked, do
from roadmap.studio.saying import kept


def restore_revision(*, roadmap: Roadmap, revision: RoadmapRevision, asked: Asked) -> Edit | None:
    """Make the roadmap what it was as this revision, in the draft if one is open; None where it is so already.

    What it is now stays a revision. Raise as `doing.do`.
    """
    with curriculum_lock(asked.because()):
        record_pending([roadmap])
        edit = do(roadmap=roadmap, act=act_of(roadmap, revision), asked=asked)
        record_pending([roadmap])
        return edit


def act_of(roadmap: Roadmap, revision: RoadmapRevision) -> Act:
    """Two queries."""
    then, elsewhere = content_at(revision), topics_elsewhere(roadmap)
    uids = {topic.uid for topic in then.topics}

    def change(now: Curriculum, _: Fresh) -> Curriculum:
        return as_then(now, roadmap=roadmap.uid, then=then, elsewhere=elsewhere)

    def topics(tree: plain.Roadmap) -> set[UUID]:
        return uids | set(seated(tree))

    said = kept("brought-back", number=str(revision.number))
    return Act(Edit.Verb.RESTORE, roadmap.uid, change, lambda was, now: said, topics=topics)


def topics_elsewhere(roadmap: Roadmap) -> set[UUID]:
    """Topics that other live roadmaps seat. One query."""
    others = Placement.objects.filter(roadmap__retired_at=None).exclude(roadmap=roadmap)
    return set(others.filter(topic__placements__roadmap=roadmap).values_list("topic__uid", flat=True))
