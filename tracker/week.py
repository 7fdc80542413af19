"""A week of a learner's activity, day by day in their own time zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from tracker.activity import moves_by_day
from tracker.models import User
from tracker.time_zones import zone_of

DAYS = 7


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    moves: int
    """Topics and steps moved."""
    top: int
    """Where its bar ends, in percent from above; 100 where nothing moved, 0 on the busiest day."""
    today: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days, today the last."""

    days: tuple[Day, ...]
    moves: int
    done: int
    """Topics done in these days that still are."""
    hours: float
    """Stated hours of those."""
    meant: int | None
    """Hours a week that the learner means to spend."""

    @property
    def percent(self) -> int:
        """Of the hours that were meant; at most 100."""
        return min(100, round(100 * self.hours / self.meant)) if self.meant else 0


_DONE = """
SELECT count(*), coalesce(sum(topic.hours), 0)::float8 FROM roadmap_topic topic
WHERE topic.retired_at IS NULL AND topic.id IN (
    SELECT event.topic_id FROM tracker_progressevent event
    JOIN tracker_topicprogress progress
         ON progress.learner_id = event.learner_id AND progress.topic_id = event.topic_id AND progress.state = 'done'
    WHERE event.learner_id = %(learner)s AND event.by_id = event.learner_id AND event.step_id IS NULL
      AND event.was <> event.now AND event.now = 'done' AND event.through <> 'known'
      AND event.at >= %(first)s::timestamp AT TIME ZONE %(zone)s
)
"""


def week_of(learner: User, now: datetime) -> Week:
    """Two queries. What they said to have known before is no activity."""
    zone = zone_of(learner)
    last = now.astimezone(zone).date()
    first = last - timedelta(days=DAYS - 1)
    moves = moves_by_day(learner, first, last, zone)
    values: dict[str, Any] = {"learner": learner.pk, "first": first, "zone": zone.key}
    with connection.cursor() as cursor:
        cursor.execute(_DONE, values)
        done, hours = cursor.fetchone()
    return Week(days_of(moves, last), sum(moves.values()), done, hours, learner.week_hours)


def days_of(moves: Mapping[date, int], last: date) -> tuple[Day, ...]:
    """The seven days up to `last`. Pure."""
    most = max(moves.values(), default=0)
    days = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    counts = [moves.get(on, 0) for on in days]
    tops = [100 - max(8, round(100 * n / most)) if n else 100 for n in counts]
    return tuple(Day(on, n, top, on == last) for on, n, top in zip(days, counts, tops, strict=True))
