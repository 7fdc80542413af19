"""The events of a cohort, row by row: what its learners did on its roadmaps, and what mentors did for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.db import connection

from roadmap.models import Roadmap
from tracker.acts.turns import colleagues
from tracker.exports.people import learners
from tracker.models import Cohort, User
from tracker.permissions import Person

PLAIN_WORDS = {"todo": "to do", "learning": "learning", "done": "done", "skipped": "skipped", "waived": "waived"}
"""English, whatever the reader's language: programs read these files, and files of two people are put together."""
HEADS = ("Event", "Learner number", "When (UTC)", "Learner", "Topic", "Step", "From", "To", "Through", "By", "Note")
BATCH = 50
"""Learners whose events are read at a time."""
ELSEWHERE = "Another mentor"
"""Somebody who mentors the learner in another cohort: who it is, is not said here."""

Row = tuple[int, int, str, str, str, str, str, str, str, str, str]

_EVENTS = """
SELECT event.id, event.learner_id, event.at, topic.title, coalesce(step.title, ''), event.was, event.now, event.through,
       event.by_id, event.note
FROM tracker_progressevent event JOIN roadmap_topic topic ON topic.id = event.topic_id
LEFT JOIN roadmap_step step ON step.id = event.step_id
WHERE event.learner_id = ANY(%(learners)s) AND event.topic_id IN (
    SELECT placement.topic_id FROM roadmap_placement placement
    JOIN tracker_cohortroadmap assigned ON assigned.roadmap_id = placement.roadmap_id
    WHERE assigned.cohort_id = %(cohort)s AND (%(roadmap)s::bigint IS NULL OR assigned.roadmap_id = %(roadmap)s::bigint)
)
ORDER BY array_position(%(learners)s::bigint[], event.learner_id), event.id
"""


def events(person: Person, cohort: Cohort, roadmap: Roadmap | None = None) -> Iterator[Row]:
    """On one roadmap of the cohort, or on all. Learner by learner in the order of their names, oldest first.

    Two queries, those of `learners`, and one for each `BATCH` of them.

    A mentor who has nothing to do with this cohort is not named, and what they noted is left out.
    """
    only = None if roadmap is None else roadmap.pk
    mentors = {mentor.pk: mentor.shown_name for mentor in User.objects.filter(pk__in=colleagues(cohort))}
    for names in _few_at_a_time(learners(person, cohort)):
        with connection.cursor() as cursor:
            cursor.execute(_EVENTS, {"learners": list(names), "cohort": cohort.pk, "roadmap": only})
            found = cursor.fetchall()
        for pk, learner, at, topic, step, was, now, through, by, note in found:
            known = by in {None, learner} or by in mentors
            yield (
                pk,
                learner,
                stamp(at),
                names[learner],
                topic,
                step,
                _word(was, step),
                _word(now, step),
                through,
                _by(by, learner, names[learner], mentors),
                note if known else "",
            )


def _few_at_a_time(batches: Iterable[list[tuple[int, str]]]) -> Iterator[dict[int, str]]:
    for batch in batches:
        for start in range(0, len(batch), BATCH):
            yield dict(batch[start : start + BATCH])


def stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _word(state: str, step: str) -> str:
    return {"done": "ticked", "todo": "open"}[state] if step else PLAIN_WORDS[state]


def _by(by: int | None, learner: int, name: str, mentors: dict[int, str]) -> str:
    if by is None:
        return ""
    return name if by == learner else mentors.get(by, ELSEWHERE)
