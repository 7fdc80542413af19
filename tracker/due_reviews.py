"""What a learner is to review, and when. Each reader says its query count.

A topic is in the queue when it is done (not waived, not skipped), not retired, and seated on a roadmap where its
learner turned review on. One without a card was never reviewed: it comes back as `recall.begin` has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Any

from django.db import connection

from tracker import recall
from tracker.models import User
from tracker.permissions import Right, may
from tracker.recall import Due, Memory
from tracker.time_zones import today_of, zone_of

FIRST_FEW = 3
"""Topics that `due_reviews` names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A topic in the queue."""

    topic: int
    slug: str
    title: str
    roadmaps: tuple[int, ...]
    """Ids of those that seat it and where review is on."""
    retention: float
    done_on: date
    memory: Memory
    version: int
    """Of its card; 0 without one."""
    stored: bool
    """It has a card."""

    @property
    def due(self) -> Due:
        return Due(self.topic, self.memory.due_on, self.roadmaps)


@dataclass(frozen=True)
class Queue:
    """The queue of one learner on one day of theirs."""

    today: date
    caps: dict[int, int]
    """Id of each roadmap where review is on -> its daily cap."""
    reviewed: tuple[tuple[int, ...], ...]
    """The roadmaps of each topic that was reviewed today."""
    entries: tuple[Entry, ...]
    """What is due by the day that was asked for, the most overdue first."""
    next_on: date | None
    """The first day after it on which something is due."""

    @property
    def on(self) -> bool:
        return bool(self.caps)

    @cached_property
    def waiting(self) -> tuple[Entry, ...]:
        """Due today or before, whatever the caps."""
        return tuple(entry for entry in self.entries if entry.memory.due_on <= self.today)

    @cached_property
    def to_review(self) -> tuple[Entry, ...]:
        """What of it comes today, in order."""
        taken = {one.topic for one in recall.under_caps([e.due for e in self.waiting], self.caps, self.reviewed)}
        return tuple(entry for entry in self.waiting if entry.topic in taken)

    def only(self, roadmap: int) -> Queue:
        """Of one roadmap. The caps stay those over all, so that no other way of asking brings more."""
        mine = tuple(entry for entry in self.to_review if roadmap in entry.roadmaps)
        found = replace(self, entries=tuple(e for e in self.entries if roadmap in e.roadmaps))
        found.__dict__["to_review"] = mine
        return found


_QUEUE = """
WITH plan AS (
    SELECT plan.roadmap_id, plan.daily_cap, plan.retention
    FROM tracker_reviewplan plan JOIN roadmap_roadmap roadmap ON roadmap.id = plan.roadmap_id
    WHERE plan.learner_id = %(learner)s AND plan.active AND roadmap.retired_at IS NULL
      AND (roadmap.state <> 'draft' OR %(drafts)s)
), seat AS (
    SELECT placement.topic_id, array_agg(DISTINCT plan.roadmap_id) AS roadmaps, max(plan.retention) AS retention
    FROM plan JOIN roadmap_placement placement ON placement.roadmap_id = plan.roadmap_id
    GROUP BY placement.topic_id
), done AS (
    SELECT seat.*, topic.slug, topic.title, (progress.changed_at AT TIME ZONE %(zone)s)::date AS done_on
    FROM seat JOIN tracker_topicprogress progress
         ON progress.learner_id = %(learner)s AND progress.topic_id = seat.topic_id AND progress.state = 'done'
    JOIN roadmap_topic topic ON topic.id = seat.topic_id AND topic.retired_at IS NULL
    WHERE %(topics)s::bigint[] IS NULL OR seat.topic_id = ANY(%(topics)s::bigint[])
), queued AS (
    SELECT done.*, card.stability, card.difficulty, card.reviewed_on, card.rating, card.credited_on, card.credits,
           card.version,
           greatest(done.done_on + 1, coalesce(card.due_on, done.done_on + greatest(1, round(
               %(a)s * (power(done.retention, %(b)s) - 1)))::int)) AS due_on
    FROM done LEFT JOIN tracker_reviewcard card
         ON card.learner_id = %(learner)s AND card.topic_id = done.topic_id
), today AS (
    SELECT seat.roadmaps FROM tracker_reviewlog log JOIN seat ON seat.topic_id = log.topic_id
    WHERE log.learner_id = %(learner)s AND log.day = %(today)s AND log.rating IS NOT NULL
      AND NOT EXISTS (SELECT FROM tracker_reviewlog undo WHERE undo.undoes_id = log.id)
)
SELECT (SELECT json_agg(json_build_array(roadmap_id, daily_cap)) FROM plan),
       (SELECT json_agg(roadmaps) FROM today),
       (SELECT json_agg(to_json(queued) ORDER BY due_on, coalesce(reviewed_on, done_on), topic_id)
        FROM queued WHERE %(until)s::date IS NULL OR due_on <= %(until)s::date),
       (SELECT min(due_on) FROM queued WHERE due_on > %(until)s::date)
"""


def queue(learner: User, now: datetime, *, days: int | None = 0, topics: Sequence[int] | None = None) -> Queue:
    """What is due within so many days after today (None: ever), or of it these topics alone. One query."""
    today = today_of(learner, now)
    a, b = _first()
    values: dict[str, Any] = {
        "learner": learner.pk,
        "drafts": may(learner, Right.READ_DRAFTS),
        "zone": zone_of(learner).key,
        "today": today,
        "until": None if days is None else today + timedelta(days),
        "topics": None if topics is None else list(topics),
        "a": a,
        "b": b,
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, values)
        plans, reviewed, entries, next_on = cursor.fetchone()
    return Queue(
        today,
        dict(plans or ()),
        tuple(map(tuple, reviewed or ())),
        tuple(map(_entry, entries or ())),
        next_on,
    )


_first = cache(recall.first_interval)


def _entry(row: dict[str, Any]) -> Entry:
    due, done = date.fromisoformat(row["due_on"]), date.fromisoformat(row["done_on"])
    if row["stability"] is None:
        memory = replace(recall.begin(done, row["retention"]), due_on=due)
    else:
        memory = replace(Memory.read({name: row[name] for name in MEMORY}), due_on=due)
    return Entry(
        topic=row["topic_id"],
        slug=row["slug"],
        title=row["title"],
        roadmaps=tuple(row["roadmaps"]),
        retention=row["retention"],
        done_on=done,
        memory=memory,
        version=row["version"] or 0,
        stored=row["stability"] is not None,
    )


MEMORY = tuple(field.name for field in fields(Memory))


@dataclass(frozen=True, slots=True)
class DueReview:
    slug: str
    title: str
    due_on: date


def due_reviews(learner: User, now: datetime) -> tuple[int, list[DueReview]]:
    """For Today: how many topics come back today under the caps, and the first few of them. One query."""
    found = queue(learner, now).to_review
    return len(found), [DueReview(e.slug, e.title, e.memory.due_on) for e in found[:FIRST_FEW]]


def review_days(learner: User, now: datetime, days: int = 60) -> dict[date, int]:
    """For calendars: how many topics come back on each of the next days, today first, under the caps; days without any
    left out. One query."""
    found = queue(learner, now, days=days)
    return recall.by_day([e.due for e in found.entries], found.caps, found.today, days, found.reviewed)
