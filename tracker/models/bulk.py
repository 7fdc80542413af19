"""One act of a learner on many topics, so that all of it can be taken back at once."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from roadmap.models import Roadmap
from tracker.models.people import User


class BulkAct(models.Model):
    """What one act set on many topics. Each topic has an event of its own, whose operation is made of `operation` and
    the topic (`tracker.bulk`); the states before stand in those events."""

    class Kind(models.TextChoices):
        SECTION = "section", "a module marked"
        RESET = "reset", "a roadmap begun anew"
        KNOWN = "known", "known before"

    learner = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="bulk_acts")
    operation = models.UUIDField()
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8)
    """What was set."""
    roadmap = models.ForeignKey(Roadmap, models.CASCADE, null=True, blank=True, related_name="+")
    """Where it was done."""
    about = models.CharField(max_length=200, blank=True)
    """Title of the section, or of the roadmap."""
    topics = ArrayField(models.BigIntegerField(), default=list)
    """Ids of the topics that it changed."""
    fresh = ArrayField(models.BigIntegerField(), default=list)
    """Those of them that had never been started before."""
    steps = ArrayField(models.BigIntegerField(), default=list)
    """Ids of the steps that it unticked."""
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    left = models.PositiveIntegerField(default=0)
    """Topics and steps that the undo left alone, since they were changed in between."""

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "operation"], name="bulk_act_once_per_operation"),
            models.CheckConstraint(condition=Q(kind__in=["section", "reset", "known"]), name="bulk_act_kind_listed"),
            models.CheckConstraint(
                condition=Q(state__in=["todo", "learning", "done", "skipped"]), name="bulk_act_state_listed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id}: {len(self.topics)} topics {self.state}"
