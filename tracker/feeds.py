"""Addresses of calendars: which are in use, and ending one. What they open is `tracker.targets`."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from tracker import access, audit
from tracker.models import Cohort, FeedLink, User

ROUGHLY = timedelta(hours=1)
"""Fetched again within this time, nothing is written: calendar programs ask often."""


def number_of(user: User, cohort: Cohort) -> int:
    """How often the address was replaced. One query."""
    return FeedLink.objects.filter(user=user, cohort=cohort).values_list("number", flat=True).first() or 0


def say_fetched(*, user: User, cohort: Cohort) -> None:
    """A calendar program fetched it. One query, three once an hour."""
    now = timezone.now()
    mine = FeedLink.objects.filter(user=user, cohort=cohort)
    if not mine.filter(used_at__gte=now - ROUGHLY).exists():
        FeedLink.objects.get_or_create(user=user, cohort=cohort)
        mine.update(used_at=now, first_used_at=Coalesce("first_used_at", Value(now)))


def end(*, user: User, cohort: Cohort, number: int) -> bool:
    """The address of this number opens nothing any more. False, and nothing changed, when it was ended before."""
    with transaction.atomic():
        FeedLink.objects.get_or_create(user=user, cohort=cohort)
        link = FeedLink.objects.select_for_update(no_key=True).get(user=user, cohort=cohort)
        if link.number != number:
            return False
        link.number, link.first_used_at, link.used_at = number + 1, None, None
        link.save(update_fields=["number", "first_used_at", "used_at"])
        audit.record(
            by=user, verb="end_feed", of=user, kind="person", title=user.email, detail={"cohort": cohort.title}
        )
    return True


def in_use(user: User) -> QuerySet[FeedLink]:
    """Those that were fetched and still open something, with their cohorts, the latest first. One query."""
    mine = FeedLink.objects.filter(Q(user=user, cohort__in=access.mentored_cohorts(user)), used_at__isnull=False)
    return mine.select_related("cohort").order_by("-used_at", "pk")
