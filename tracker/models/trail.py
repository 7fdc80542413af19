"""Who runs what, and the trail of who did what to which object."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _lazy

from roadmap.models import Roadmap
from tracker.models.people import User


class RoadmapEditor(models.Model):
    """Somebody who edits one roadmap, whatever their role. The role editor edits all of them and needs no row."""

    user = models.ForeignKey(User, models.CASCADE, related_name="roadmaps_edited")
    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="editors")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "roadmap"], name="roadmap_editor_once")]

    def __str__(self) -> str:
        return f"{self.user_id} edits {self.roadmap_id}"


class AuditEntry(models.Model):
    """One act. Append-only: a trigger refuses every change and every deletion.

    Whom and what it is about is kept as text and number, not as a foreign key: the trail outlives both.
    """

    at = models.DateTimeField(db_default=Now())
    by = models.BigIntegerField(null=True, blank=True)
    """Key of the account; None for the command line and for Pathnotes itself."""
    by_name = models.CharField(max_length=150)
    verb = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    """Of the object: person, cohort, roadmap, topic, source ..."""
    object = models.BigIntegerField(null=True, blank=True)
    title = models.CharField(max_length=300, blank=True)
    """What the object was called at that time."""
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(verb="") & ~Q(kind=""), name="audit_entry_says_what"),
            models.CheckConstraint(condition=~Q(by_name=""), name="audit_entry_says_who"),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_entry_latest"),
            models.Index(fields=["kind", "object"], name="audit_entry_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.verb} {self.kind} {self.object}"


class LinkCheck(models.Model):
    """What an address of the curriculum answered when somebody asked last."""

    class Outcome(models.TextChoices):
        FINE = "fine", _lazy("answers")
        BROKEN = "broken", _lazy("is broken")
        UNSURE = "unsure", _lazy("cannot be told")
        REFUSED = "refused", _lazy("was not asked")

    digest = models.BinaryField(max_length=32, unique=True)
    """SHA-256 of the address: addresses are longer than an index takes."""
    url = models.CharField(max_length=2000)
    outcome = models.CharField(max_length=8, choices=Outcome)
    said = models.CharField(max_length=200)
    """A few words for people."""
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["fine", "broken", "unsure", "refused"]), name="link_check_outcome_listed"
            )
        ]

    def __str__(self) -> str:
        return f"{self.url}: {self.outcome}"
