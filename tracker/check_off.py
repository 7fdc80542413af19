"""The check-off as a person means it: the lock of the roadmap it is done on, then the state."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from roadmap.models import Roadmap, Topic
from roadmap.queries import readable_roadmaps, tree_of
from tracker import progress, queries
from tracker.models import User
from tracker.permissions import Right, may
from tracker.remembered import Believed
from tracker.summaries import Summary

OPENS_NOTHING = frozenset({"todo", "skipped"})
"""States that a lock does not refuse: putting back and leaving out need no prerequisite."""


def seats(roadmap: Roadmap, topic: Topic) -> bool:
    return topic.pk in tree_of(roadmap).place


def check_off(
    *,
    learner: User,
    topic: Topic,
    state: str,
    operation: UUID,
    roadmap: Roadmap | None,
    counted: Sequence[Summary] | None = None,
    believed: Believed | None = None,
    age: int = 0,
    saw: str | None = None,
) -> progress.Outcome:
    """Set `state`, done on the page of `roadmap` (None: on the topic's own), where the learner is enrolled by it.

    Under strict locking a topic whose prerequisites are unmet is refused, with the shortest way there. Done on no
    roadmap, it is refused when every roadmap that seats it would refuse.

    `counted` is `summaries.of` the learner, where the caller has read it already; `believed` where it was remembered;
    `age` and `saw` as the verb has them.

    Raise `progress.UnknownState`, `Conflict`, `Retired`, `Waived`, `Newer`, `Locked` or, with `believed`, `Forgotten`.
    No query besides the verb's where the roadmap is given and its locks are advice.
    """
    if roadmap is not None and not seats(roadmap, topic):
        roadmap = None
    if state not in OPENS_NOTHING and state in progress.LEARNERS_STATES:
        _require_unlocked(learner, topic, roadmap)
    return progress.set_state(
        learner=learner,
        topic=topic.pk,
        state=state,
        operation=operation,
        roadmap=roadmap.pk if roadmap else None,
        counted=counted,
        believed=believed,
        age=age,
        saw=saw,
    )


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
        if not here.overlay.row(topic.pk).locked:
            return
        refusals.append(here)
    way = min((here.way_to(topic.pk) for here in refusals), key=len)
    raise progress.Locked(
        _("“%(topic)s” is locked until what it needs is done. Nothing was changed.") % {"topic": topic.title}, way
    )
