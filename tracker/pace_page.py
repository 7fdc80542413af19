"""How fast a person goes on the roadmaps they walk: what their pages show. Each read says its query count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from roadmap.models import Roadmap
from roadmap.queries import readable_roadmaps
from roadmap.tree import Tree
from tracker.models import CohortRoadmap, LearnerTarget, Membership, User
from tracker.pace import WEEKS, Forecast, forecast, known_from, mean, needed, weekly
from tracker.permissions import Right, may
from tracker.queries import Standing, standing
from tracker.share import Share
from tracker.summaries import of as summaries_of
from tracker.time_zones import today_of, zone_of

_DONE = """
SELECT held.topic_id, (held.changed_at AT TIME ZONE %(zone)s)::date
FROM tracker_topicprogress held
WHERE held.learner_id = %(learner)s AND held.state = 'done' AND held.changed_at >= %(since)s
  AND NOT EXISTS (SELECT FROM tracker_bulkact act
                  WHERE act.learner_id = held.learner_id AND act.kind = 'known' AND act.at = held.changed_at)
"""
"""What was said to be known before is no pace."""


@dataclass(frozen=True, slots=True)
class Target:
    """A date that is set for the learner on a roadmap."""

    on: date
    own: bool
    """For them alone; else the cohort's."""
    cohort: str


@dataclass(frozen=True, slots=True)
class Pace:
    roadmap: Roadmap
    share: Share
    in_hours: bool
    """Every required topic states its hours; else topics are counted."""
    weeks: tuple[float, ...]
    """Of each week of seven days up to today, the latest last."""
    left: float
    forecast: Forecast | None
    today: date
    target: Target | None
    week_hours: int | None
    known_from: date | None = None
    """The day from which there is a pace, where that is ahead: until then nothing is forecast."""

    @property
    def mean(self) -> float:
        return mean(self.weeks)

    @property
    def whole(self) -> int:
        """Topics done so far, of who began lately and where topics are counted."""
        return round(self.mean)

    @property
    def early(self) -> date:
        return self.forecast.dates(self.today)[0] if self.forecast else self.today

    @property
    def late(self) -> date | None:
        return self.forecast.dates(self.today)[1] if self.forecast else None

    @property
    def needed(self) -> float | None:
        """A week, to be done by the target date; None without one, or when it is past."""
        return needed(self.left, self.today, self.target.on) if self.target else None

    @property
    def on_time(self) -> str:
        """How the range lies to the target date: before, around or after it; empty where one of them is missing."""
        if self.target is None or self.forecast is None:
            return ""
        if self.late is not None and self.late <= self.target.on:
            return "before"
        return "after" if self.early > self.target.on else "around"

    @property
    def by_own_hours(self) -> date | None:
        """When it would be done with the hours a week that the learner means to spend."""
        if not self.in_hours or not self.week_hours or self.left <= 0:
            return None
        return self.today + timedelta(days=min(36_500, round(7 * self.left / self.week_hours)))

    @property
    def bars(self) -> tuple[tuple[float, float, float], ...]:
        """(x, height, amount) of each week, for a drawing 40 high."""
        most = max((*self.weeks, 1.0))
        return tuple((12.0 * i, round(40 * week / most, 1), week) for i, week in enumerate(self.weeks))


def pace_on(person: User, roadmap: Roadmap) -> Pace:
    """On one roadmap, walked or not. Five queries."""
    here = standing(person, roadmap)
    begun = dict(person.enrolments.filter(roadmap=roadmap).values_list("roadmap", "enrolled_at"))
    return _paces(person, [(roadmap, here)], begun)[0]


def paces_of(person: User) -> list[Pace]:
    """On every roadmap that they walk and may read. Six queries, however many they are."""
    begun = dict(person.enrolments.values_list("roadmap", "enrolled_at"))
    readable = readable_roadmaps(drafts=may(person, Right.READ_DRAFTS))
    roadmaps = list(readable.filter(pk__in=begun).order_by("position", "title"))
    counted = summaries_of(person.pk)
    return _paces(person, [(each, standing(person, each, counted)) for each in roadmaps], begun)


def _paces(person: User, walks: Sequence[tuple[Roadmap, Standing]], begun: dict[int, datetime]) -> list[Pace]:
    """Three queries."""
    zone, today = zone_of(person), today_of(person)
    first = datetime.combine(today - timedelta(days=7 * WEEKS - 1), time.min, zone).astimezone(UTC)
    values: dict[str, Any] = {"learner": person.pk, "zone": zone.key, "since": first}
    with connection.cursor() as cursor:
        cursor.execute(_DONE, values)
        done: dict[int, date] = dict(cursor.fetchall())
    targets = targets_for(person, [roadmap for roadmap, _ in walks])
    found = []
    for roadmap, here in walks:
        share, since = here.overlay.total, begun.get(roadmap.pk)
        in_hours, amounts = _amounts(here.tree, done)
        start = since.astimezone(zone).date() if since else None
        first_day = min((start, *(day for day, _ in amounts))) if start else None
        weeks, later = weekly(amounts, today, first_day), known_from(today, first_day)
        left = share.hours_left if in_hours else float(share.left + share.learning)
        target = targets.get(roadmap.pk)
        ahead = None if later else forecast(weeks, left)
        found.append(Pace(roadmap, share, in_hours, weeks, left, ahead, today, target, person.week_hours, later))
    return found


def _amounts(tree: Tree, done: dict[int, date]) -> tuple[bool, list[tuple[date, float]]]:
    """(Whether hours are counted, how much was done on which day)."""
    counting = [topic for topic in tree.order if topic not in tree.optional]
    in_hours = _in_hours(tree, counting)
    return in_hours, [(done[t], (tree.topics[t].hours or 0.0) if in_hours else 1.0) for t in counting if t in done]


def _in_hours(tree: Tree, counting: Iterable[int]) -> bool:
    hours = [tree.topics[topic].hours for topic in counting]
    return bool(hours) and all(hours)


def targets_for(learner: User, roadmaps: Sequence[Roadmap]) -> dict[int, Target]:
    """Id of the roadmap -> the date that holds for them there; of several cohorts the earliest. Two queries."""
    assigned = CohortRoadmap.objects.filter(
        roadmap__in=roadmaps,
        cohort__archived_at=None,
        cohort__memberships__in=Membership.objects.filter(user=learner, role=Membership.Role.LEARNER, left_at=None),
    ).select_related("cohort")
    standing_dates = LearnerTarget.objects.filter(learner=learner, withdrawn_at=None, assigned__roadmap__in=roadmaps)
    own: dict[int, date | None] = dict(standing_dates.order_by("pk").values_list("assigned", "target_on"))
    found: dict[int, Target] = {}
    for each in assigned:
        day = own.get(each.pk, each.target_on)
        if day is not None and (each.roadmap_id not in found or day < found[each.roadmap_id].on):
            found[each.roadmap_id] = Target(day, each.pk in own, each.cohort.title)
    return found


def hide_pace(*, person: User, hidden: bool) -> None:
    """Remember whether they want to see it. Safe to repeat."""
    User.objects.filter(pk=person.pk).update(pace_hidden=hidden)
