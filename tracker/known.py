"""What a learner knows already, from other roadmaps: progress belongs to the topic, not to its seat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from tracker.models import User
from tracker.packed import done_of
from tracker.permissions import Person, Right, may
from tracker.summaries import Summary, array

if TYPE_CHECKING:
    from tracker.queries import Standing

_FROM = """
SELECT held.topic_id, (array_agg(other.title ORDER BY other.position, other.title))[1]
FROM tracker_topicprogress held
JOIN roadmap_placement seat ON seat.topic_id = held.topic_id AND seat.roadmap_id <> %(roadmap)s
JOIN roadmap_roadmap other ON other.id = seat.roadmap_id AND other.retired_at IS NULL
     AND (other.state <> 'draft' OR %(drafts)s)
JOIN tracker_enrolment walked ON walked.roadmap_id = other.id AND walked.learner_id = held.learner_id
LEFT JOIN tracker_enrolment own ON own.roadmap_id = %(roadmap)s AND own.learner_id = held.learner_id
WHERE held.learner_id = %(learner)s AND held.state IN ('done', 'waived') AND held.topic_id = ANY(%(topics)s::bigint[])
  AND (own.id IS NULL OR held.changed_at < own.enrolled_at)
GROUP BY held.topic_id
"""


@dataclass(frozen=True, slots=True)
class Known:
    topics: int
    """Done or waived here before the first check-off here."""
    roadmaps: tuple[str, ...]
    """Titles of the roadmaps the learner walks that seat them too."""


def known_topics(person: Person, here: Standing, walked: Sequence[Summary] | None = None) -> dict[int, str]:
    """Topics that were done before the person began this roadmap -> the title of another one they walk that seats it.

    No query where nothing is done here, or `walked` (all that is counted of them) has no other roadmap; else one.
    """
    if not isinstance(person, User):
        return {}
    if here.enrolled and walked is not None and not any(row.walked and row.roadmap != here.tree.id for row in walked):
        return {}
    met = done_of(here.tree, here.states)
    return _known_from(person, here.tree.id, met) if met else {}


def known_from(here: Standing, known: dict[int, str]) -> Known | None:
    """For someone who does not walk this roadmap yet; None when nothing of it is known. No query."""
    met = [] if here.enrolled else done_of(here.tree, here.states)
    titles = tuple(dict.fromkeys(known[topic] for topic in met if topic in known))
    return Known(len(met), titles[:3]) if met else None


def known_one(learner: User, roadmap: int, topic: int) -> str:
    """Title of the roadmap that one topic is known from on this one; empty where it is not. One query."""
    return _known_from(learner, roadmap, [topic]).get(topic, "")


def _known_from(learner: User, roadmap: int, topics: Iterable[int]) -> dict[int, str]:
    values: dict[str, Any] = {
        "learner": learner.pk,
        "roadmap": roadmap,
        "topics": array(topics),
        "drafts": may(learner, Right.READ_DRAFTS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FROM, values)
        return dict(cursor.fetchall())
