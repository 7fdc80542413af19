"""How much a learner moved, day by day."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from tracker.models import User

_MOVES = """
FROM tracker_progressevent event
WHERE event.learner_id = %(learner)s AND event.was <> event.now AND (event.by_id IS NULL OR event.by_id = %(learner)s)
  AND event.through <> 'known'
"""
"""What counts as a move: a change by the learner's own act that is not said to have been known before."""
_DAYS = f"""
SELECT (event.at AT TIME ZONE %(zone)s)::date AS day, count(*)
{_MOVES}
  AND event.at >= %(first)s::timestamp AT TIME ZONE %(zone)s
  AND event.at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s
GROUP BY day
"""
_FIRST = f"SELECT (min(event.at) AT TIME ZONE %(zone)s)::date {_MOVES}"


def moves_by_day(learner: User, first: date, last: date, zone: ZoneInfo) -> dict[date, int]:
    """Changes of a topic's or a step's state by the learner's own act, per day of their time zone, both days
    included; a day without one is left out, and so is what they said to have known before. One query."""
    values: dict[str, Any] = {"learner": learner.pk, "zone": zone.key, "first": first, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, values)
        return dict(cursor.fetchall())


def first_move(learner: User, zone: ZoneInfo) -> date | None:
    """The day of the first of them, if there is any. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, {"learner": learner.pk, "zone": zone.key})
        day: date | None = cursor.fetchone()[0]
    return day
