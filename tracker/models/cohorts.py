"""Learners and mentors together: who is in a cohort, what it walks until when, and how people come in."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _lazy

from roadmap.models import Roadmap
from tracker.models.people import User


class Cohort(models.Model):
    """Archived ones stay readable; nothing in them changes any more."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="cohorts_created")
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cohort", args=[self.slug])


class CohortRoadmap(models.Model):
    """A roadmap assigned to a cohort."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="assigned")
    roadmap = models.ForeignKey(Roadmap, models.PROTECT, related_name="assigned")
    position = models.PositiveIntegerField(default=0)
    starts_on = models.DateField(null=True, blank=True)
    target_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "roadmap"], name="cohort_roadmap_once"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(target_on=None) | Q(target_on__gte=F("starts_on")),
                name="cohort_roadmap_starts_before_its_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}: {self.roadmap_id}"


class Membership(models.Model):
    """Somebody in a cohort, as a learner or as a mentor. Whoever left keeps their row, with the day."""

    class Role(models.TextChoices):
        LEARNER = "learner", _lazy("learner")
        MENTOR = "mentor", _lazy("mentor")

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role, default=Role.LEARNER)
    joined_at = models.DateTimeField(db_default=Now())
    left_at = models.DateTimeField(null=True, blank=True)
    through = models.ForeignKey("Invitation", models.SET_NULL, null=True, blank=True, related_name="memberships")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "user"], condition=Q(left_at=None), name="membership_once_at_a_time"
            ),
            models.CheckConstraint(condition=Q(role__in=["learner", "mentor"]), name="membership_role_listed"),
        ]
        indexes = [
            models.Index(fields=["user", "role"], condition=Q(left_at=None), name="membership_of_user"),
            models.Index(  # the matrix reads nothing else of a membership
                fields=["cohort", "user"],
                include=["joined_at"],
                condition=Q(role="learner", left_at=None),
                name="membership_learners",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.cohort_id} as {self.role}"


class Invitation(models.Model):
    """A code that lets people into a cohort, typed in or followed as a link. Counted, and over when it is revoked."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="invitations")
    code = models.CharField(max_length=32, unique=True)
    """Kept readable: mentors hand it out, write it on a board, and look it up again."""
    role = models.CharField(max_length=8, choices=Membership.Role, default=Membership.Role.LEARNER)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="invitations_made")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(max_uses=None) | Q(uses__lte=F("max_uses")), name="invitation_used_within_its_count"
            ),
            models.CheckConstraint(condition=Q(role__in=["learner", "mentor"]), name="invitation_role_listed"),
        ]

    def __str__(self) -> str:
        return f"{self.code} to {self.cohort_id}"


class Invited(models.Model):
    """An address that was invited by e-mail. `joined` once somebody came in through it."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="invited")
    email = models.EmailField()
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=8, choices=Membership.Role, default=Membership.Role.LEARNER)
    digest = models.BinaryField(max_length=32, unique=True)
    """SHA-256 of the token in the message."""
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="invited")
    invited_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    joined = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="invited_as")
    joined_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["email", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), "cohort", condition=Q(revoked_at=None), name="invited_once_at_a_time"
            ),
            models.CheckConstraint(condition=Q(role__in=["learner", "mentor"]), name="invited_role_listed"),
        ]

    def __str__(self) -> str:
        return f"to {self.cohort_id}"
