"""What a learner's mentors and cohorts told them lately, and which target dates are near."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from tracker.models import User

LATELY = timedelta(days=14)
SHOWN = 5
NEAR = 21
"""Days before a target date from which on it is near; after it, it stays as long."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of a mentor's."""

    kind: str
    """answer, comment, nudge, sign-off or waived."""
    at: datetime
    who: str
    """Empty where that is not known any more."""
    about: str
    """Title of the topic or module; of a nudge, of the cohort."""
    slug: str
    """Of the topic, where it is one."""
    text: str


_TOLD = """
SELECT told.kind, told.at, coalesce(nullif(by.name, ''), split_part(by.email, '@', 1), ''), told.about, told.slug,
       told.text
FROM (
    SELECT 'answer' AS kind, act.answered_at AS at, act.answered_by_id AS by_id, topic.title AS about, topic.slug,
           act.answer AS text
    FROM tracker_helprequest act JOIN roadmap_topic topic ON topic.id = act.topic_id
    WHERE act.learner_id = %(learner)s AND act.answered_at >= %(since)s AND act.withdrawn_at IS NULL
    UNION ALL
    SELECT 'comment', act.at, act.by_id, topic.title, topic.slug, act.text
    FROM tracker_comment act JOIN roadmap_topic topic ON topic.id = act.topic_id
    WHERE act.learner_id = %(learner)s AND act.at >= %(since)s AND act.withdrawn_at IS NULL
      AND act.by_id IS DISTINCT FROM act.learner_id
    UNION ALL
    SELECT 'nudge', act.at, act.by_id, cohort.title, '', act.text
    FROM tracker_nudge act JOIN tracker_cohort cohort ON cohort.id = act.cohort_id
    WHERE act.learner_id = %(learner)s AND act.at >= %(since)s AND act.withdrawn_at IS NULL
    UNION ALL
    SELECT 'sign-off', act.at, act.by_id, coalesce(topic.title, section.title, ''), coalesce(topic.slug, ''), act.note
    FROM tracker_signoff act LEFT JOIN roadmap_topic topic ON topic.id = act.topic_id
         LEFT JOIN roadmap_section section ON section.uid = act.section AND section.roadmap_id = act.roadmap_id
    WHERE act.learner_id = %(learner)s AND act.at >= %(since)s AND act.withdrawn_at IS NULL
    UNION ALL
    SELECT 'waived', progress.changed_at, NULL, topic.title, topic.slug, ''
    FROM tracker_topicprogress progress JOIN roadmap_topic topic ON topic.id = progress.topic_id
    WHERE progress.learner_id = %(learner)s AND progress.state = 'waived' AND progress.changed_at >= %(since)s
) told LEFT JOIN tracker_user by ON by.id = told.by_id
ORDER BY told.at DESC, told.kind, told.slug LIMIT %(limit)s
"""


def told_lately(learner: User, now: datetime) -> tuple[Told, ...]:
    """The last first. One query."""
    values: dict[str, Any] = {"learner": learner.pk, "since": now - LATELY, "limit": SHOWN}
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, values)
        return tuple(Told(*row) for row in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Assigned:
    """A roadmap that a cohort of the learner walks."""

    roadmap: int
    """Id."""
    cohort: str
    target_on: date | None
    """The learner's own date, else the cohort's."""


_ASSIGNED = """
SELECT assigned.roadmap_id, cohort.title, CASE WHEN own.id IS NULL THEN assigned.target_on ELSE own.target_on END
FROM tracker_membership membership
JOIN tracker_cohort cohort ON cohort.id = membership.cohort_id AND cohort.archived_at IS NULL
JOIN tracker_cohortroadmap assigned ON assigned.cohort_id = cohort.id
LEFT JOIN LATERAL (
    SELECT target.id, target.target_on FROM tracker_learnertarget target
    WHERE target.assigned_id = assigned.id AND target.learner_id = membership.user_id AND target.withdrawn_at IS NULL
    ORDER BY target.id DESC LIMIT 1
) own ON true
WHERE membership.user_id = %s AND membership.role = 'learner' AND membership.left_at IS NULL
ORDER BY cohort.title, cohort.id, assigned.position, assigned.id
"""


def assigned_to(learner: User) -> tuple[Assigned, ...]:
    """What the cohorts in which they learn walk, each with the date that counts for them. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGNED, [learner.pk])
        return tuple(Assigned(*row) for row in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Target:
    roadmap: int
    cohort: str
    on: date
    days: int
    """Until then; negative when it is over."""

    @property
    def ago(self) -> int:
        return -self.days


def near_targets(assigned: Iterable[Assigned], today: date, finished: Sequence[int]) -> tuple[Target, ...]:
    """The dates that are near, soonest first, of what is not finished. Pure."""
    found = [
        Target(one.roadmap, one.cohort, one.target_on, (one.target_on - today).days)
        for one in assigned
        if one.target_on and one.roadmap not in finished and abs((one.target_on - today).days) <= NEAR
    ]
    return tuple(sorted(found, key=lambda target: (target.on, target.cohort, target.roadmap)))
