"""Addresses that open a calendar without signing in: which are in use, and how often each was replaced."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tracker.models.cohorts import Cohort
from tracker.models.people import User


class FeedLink(models.Model):
    """The address of one cohort's calendar, of one mentor. There is a row once it was fetched or replaced.

    The address itself is signed and stands nowhere; `number` is part of it, so counting up ends the one before.
    """

    user = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="feed_links")
    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="feed_links")
    number = models.PositiveIntegerField(default=0)
    first_used_at = models.DateTimeField(null=True, blank=True)
    """When the address of this number was first fetched; None: never."""
    used_at = models.DateTimeField(null=True, blank=True)
    """When it was last fetched, give or take an hour."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "cohort"], name="feed_link_once"),
            models.CheckConstraint(
                condition=Q(used_at=None, first_used_at=None)
                | Q(used_at__isnull=False, first_used_at__isnull=False, used_at__gte=F("first_used_at")),
                name="feed_link_first_before_last",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.cohort_id}, number {self.number}"
