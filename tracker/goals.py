"""The verbs of goals: which topic of a roadmap a learner is heading for. Setting it enrols nobody and locks nothing."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from roadmap.models import Roadmap
from tracker import summaries
from tracker.models import Goal, User

_FOLLOW = """
UPDATE tracker_goal SET topic_id = %(to)s, merged_from = array_append(merged_from, topic_id::bigint)
WHERE topic_id = %(of)s
"""
_GO_BACK = """
UPDATE tracker_goal SET topic_id = %(of)s, merged_from = trim_array(merged_from, 1)
WHERE topic_id = %(to)s AND merged_from[array_upper(merged_from, 1)] = %(of)s
"""


def set_goal(*, learner: User, roadmap: Roadmap, topic: int | None, instead: Sequence[int] = ()) -> int | None:
    """Head for `topic` (an id; None: for nothing any more) on this roadmap, by the alternatives of `instead` (pairs, as
    `Goal.instead`). Returns the id of the topic that was the goal before, None if there was none. Safe to repeat.
    """
    with transaction.atomic():
        summaries.lock([learner.pk])
        before = Goal.objects.filter(learner=learner, roadmap=roadmap).first()
        if topic is None:
            Goal.objects.filter(learner=learner, roadmap=roadmap).delete()
        elif before is None:
            Goal.objects.create(learner=learner, roadmap=roadmap, topic_id=topic, instead=list(instead))
        elif before.topic_id != topic or before.instead != list(instead):
            merged_from = before.merged_from if before.topic_id == topic else []
            Goal(
                pk=before.pk, learner=learner, roadmap=roadmap, topic_id=topic, instead=list(instead),
                merged_from=merged_from,
            ).save()  # fmt: skip
    return before.topic_id if before else None


def follow(*, of: int, to: int) -> None:
    """Two topics became one: who was heading for `of` heads for `to`. Call it in the transaction of the merge."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, {"of": of, "to": to})


def go_back(*, of: int, to: int) -> None:
    """They are two again: whose goal went along with `follow`, and who set no other since, heads for `of` again."""
    with connection.cursor() as cursor:
        cursor.execute(_GO_BACK, {"of": of, "to": to})
