"""The check-off as a person means it: the lock of the roadmap it is done on, the state, whether that was the last."""

from __future__ import annotations

from uuid import UUID

from roadmap.models import Roadmap, Topic
from roadmap.queries import readable_roadmaps, tree_of
from tracker import progress, queries
from tracker.models import User
from tracker.permissions import Right, may

OPENS_NOTHING = frozenset({"todo", "skipped"})
"""States that a lock does not refuse: putting back and leaving out need no prerequisite."""


def seats(roadmap: Roadmap, topic: Topic) -> bool:
    return topic.pk in tree_of(roadmap).place


def check_off(*, learner: User, topic: Topic, state: str, operation: UUID, roadmap: Roadmap | None) -> progress.Outcome:
    """Set `state`, done on the page of `roadmap` (None: on the topic's own), where the learner is enrolled by it.

    Under strict locking a topic whose prerequisites are unmet is refused, with the shortest way there. Done on no
    roadmap, it is refused when every roadmap that seats it would refuse.

    What it finishes elsewhere is remembered there; on `roadmap` itself that is `finish`, once its page was read again.

    Raise `progress.UnknownState`, `Conflict`, `Retired`, `Waived` or `Locked`. No query besides the verb's where the
    roadmap is given, its locks are advice, and no other roadmap may be finished by it.
    """
    if roadmap is not None and not seats(roadmap, topic):
        roadmap = None
    if state not in OPENS_NOTHING and state in progress.LEARNERS_STATES:
        _require_unlocked(learner, topic, roadmap)
    where = roadmap.pk if roadmap else None
    outcome = progress.set_state(learner=learner, topic=topic.pk, state=state, operation=operation, roadmap=where)
    elsewhere = set(outcome.unfinished) - {where}
    if elsewhere:
        for other in Roadmap.objects.filter(pk__in=elsewhere):
            finish(learner, queries.standing(learner, other))
    return outcome


def _require_unlocked(learner: User, topic: Topic, roadmap: Roadmap | None) -> None:
    if roadmap is not None:
        holders = [roadmap]
    else:
        drafts = may(learner, Right.READ_DRAFTS)
        holders = list(readable_roadmaps(drafts=drafts).filter(placements__topic=topic))
    if not holders or any(holder.locking != Roadmap.Locking.STRICT for holder in holders):
        return
    refusals = []
    for holder in holders:
        here = queries.standing(learner, holder)
        row = here.overlay.rows.get(topic.pk)
        if row is None or not row.locked:
            return
        refusals.append(here)
    way = min((here.way_to(topic.pk) for here in refusals), key=len)
    raise progress.Locked(f"“{topic.title}” is locked until what it needs is done. Nothing was changed.", way)


def finish(learner: User, here: queries.Standing) -> None:
    """Remember when the learner finished the roadmap, the first time nothing required is left."""
    if here.overlay.total.finished and here.finished_at is None and here.enrolled:
        progress.note_finished(learner=learner, roadmap=here.tree.id)
