"""The events of a cohort, row by row: what its learners did on its roadmaps, and what mentors did for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from roadmap.models import Roadmap
from tracker import languages
from tracker.acts.turns import colleagues
from tracker.exports.people import learners
from tracker.models import Cohort, User
from tracker.permissions import Person
from tracker.row_words import words_of

BATCH = 50
"""Learners whose events are read at a time."""
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


def heads() -> tuple[str, ...]:
    return (
        _("Event"), _("Learner number"), _("When (UTC)"), _("Learner"), _("Topic"), _("Step"),
        pgettext("column: the state before", "From"), pgettext("column: the state after", "To"),
        _("Through"), pgettext("column: who did it", "By"), _("Note"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Words:
    """In the language of who asked. Rows are written when the answer goes out, and others may speak by then."""

    states: dict[str, str]
    steps: dict[str, str]
    elsewhere: str
    """Somebody who mentors the learner in another cohort: who it is, is not said here."""

    def of(self, state: str, step: str) -> str:
        return self.steps[state] if step else self.states[state]


def events(person: Person, cohort: Cohort, roadmap: Roadmap | None = None) -> Iterator[Row]:
    """On one roadmap of the cohort, or on all. Learner by learner in the order of their names, oldest first.

    Two queries, those of `learners`, and one for each `BATCH` of them.

    A mentor who has nothing to do with this cohort is not named, and what they noted is left out.
    """
    steps = {"done": pgettext("state of a step", "ticked"), "todo": pgettext("state of a step", "open")}
    words = _Words(words_of(languages.current()).states, steps, _("Another mentor"))
    return _rows(person, cohort, None if roadmap is None else roadmap.pk, words)


def _rows(person: Person, cohort: Cohort, only: int | None, words: _Words) -> Iterator[Row]:
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
                words.of(was, step),
                words.of(now, step),
                through,
                _by(by, learner, names[learner], mentors, words.elsewhere),
                note if known else "",
            )


def _few_at_a_time(batches: Iterable[list[tuple[int, str]]]) -> Iterator[dict[int, str]]:
    for batch in batches:
        for start in range(0, len(batch), BATCH):
            yield dict(batch[start : start + BATCH])


def stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _by(by: int | None, learner: int, name: str, mentors: dict[int, str], elsewhere: str) -> str:
    if by is None:
        return ""
    return name if by == learner else mentors.get(by, elsewhere)
