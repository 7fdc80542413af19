"""A person's own calendar: target dates, and whatever else of theirs has a day. As a file, and as a feed.

The feed's address is a secret of its own: its owner ends it or replaces it without touching their password.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.models import Roadmap
from roadmap.queries import readable_roadmaps
from tracker import due_reviews
from tracker.calendars import Day, calendar
from tracker.models import CalendarFeed, Cohort, CohortRoadmap, LearnerTarget, Membership, User
from tracker.permissions import Right, may


class Due(NamedTuple):
    """A target date that holds for somebody."""

    cohort: Cohort
    roadmap: Roadmap
    on: date
    own: bool
    """Theirs alone, not the cohort's."""


def dues(person: User) -> list[Due]:
    """Target dates of the roadmaps that their cohorts walk now, soonest first. Two queries."""
    mine = Membership.objects.filter(user=person, role=Membership.Role.LEARNER, left_at=None)
    readable = readable_roadmaps(drafts=may(person, Right.READ_DRAFTS))
    assigned = list(
        CohortRoadmap.objects.filter(
            cohort__in=mine.values("cohort"), cohort__archived_at=None, roadmap__in=readable
        ).select_related("cohort", "roadmap")
    )
    standing = LearnerTarget.objects.filter(learner=person, assigned__in=assigned, withdrawn_at=None).order_by("pk")
    own = {each.assigned_id: each for each in standing}
    found = []
    for each in assigned:
        theirs = own.get(each.pk)
        on = theirs.target_on if theirs else each.target_on
        if on is not None:
            found.append(Due(each.cohort, each.roadmap, on, theirs is not None))
    return sorted(found, key=lambda due: (due.on, due.roadmap.title))


def target_days(person: User) -> Iterator[Day]:
    for due in dues(person):
        yield Day(
            uid=f"target.{due.cohort.uid}.{due.roadmap.uid}.{person.pk}@pathnotes",
            on=due.on,
            title=_("%(roadmap)s: target date") % {"roadmap": due.roadmap.title},
            text=due.cohort.title,
            url=f"{settings.PUBLIC_URL}{due.roadmap.get_absolute_url()}",
        )


def review_days(person: User) -> Iterator[Day]:
    """One entry for each of the next days on which topics come back."""
    for on, topics in due_reviews.review_days(person, timezone.now()).items():
        yield Day(
            uid=f"review.{on:%Y%m%d}.{person.pk}@pathnotes",
            on=on,
            title=ngettext("%(n)s topic to review", "%(n)s topics to review", topics) % {"n": topics},
            text="",
            url=settings.PUBLIC_URL + reverse("review"),
        )


SOURCES: list[Callable[[User], Iterable[Day]]] = [target_days, review_days]
"""What stands in the calendar: each gives the days of one person."""


def own_calendar(person: User, *, now: datetime) -> str:
    """Two queries, and those of further sources."""
    days = (day for source in SOURCES for day in source(person))
    return calendar(_("My learning"), days, now=now)


def make_feed(*, user: User) -> CalendarFeed:
    """A new address; the one before ends."""
    with transaction.atomic():
        feed, _new = CalendarFeed.objects.update_or_create(user=user, defaults={"token": secrets.token_urlsafe(32)})
    return feed


def end_feed(*, user: User) -> None:
    """Its address opens nothing any more. Safe to repeat."""
    CalendarFeed.objects.filter(user=user).delete()


def feed_of(user: User) -> str:
    """The whole address; empty while there is none. One query."""
    token = CalendarFeed.objects.filter(user=user).values_list("token", flat=True).first()
    return settings.PUBLIC_URL + reverse("own_feed", args=[token]) if token else ""


def of_feed(token: str) -> User | None:
    """Whose calendar this is; None when it opens nothing. One query."""
    feed = CalendarFeed.objects.filter(token=token, user__is_active=True).select_related("user").first()
    return feed.user if feed else None
