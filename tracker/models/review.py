"""Spaced review of finished topics: where it is on, what is remembered of each topic, and every answer given.

Days are days of the learner's own time zone, since "today" is theirs. What is due is worked out where it is read
(`tracker.due_reviews`): a topic that was done and never reviewed has no card yet and comes back all the same.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from roadmap.models import Roadmap, Topic
from tracker.models.people import User


class ReviewPlan(models.Model):
    """A learner has finished topics of a roadmap come back. Off, it keeps what it knows."""

    learner = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="review_plans")
    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="review_plans")
    active = models.BooleanField(default=True)
    daily_cap = models.PositiveSmallIntegerField(default=10, validators=[MinValueValidator(1), MaxValueValidator(200)])
    """Topics of this roadmap that come back on one day at most."""
    retention = models.FloatField(default=0.9)
    """The chance to remember a topic at which it comes back."""
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "roadmap"], name="review_plan_once"),
            models.CheckConstraint(condition=Q(daily_cap__range=(1, 200)), name="review_plan_cap_sensible"),
            models.CheckConstraint(condition=Q(retention__range=(0.7, 0.97)), name="review_plan_retention_sensible"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} on {self.roadmap_id}: {'on' if self.active else 'off'}"


class ReviewCard(models.Model):
    """What is remembered of one topic, as FSRS has it. Kept when the topic is set back, retires, or review is off."""

    learner = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="review_cards")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="review_cards")
    stability = models.FloatField()
    """Days until the chance to remember it falls to 90 %."""
    difficulty = models.FloatField()
    """From 1 to 10."""
    due_on = models.DateField()
    reviewed_on = models.DateField()
    """When it was last reviewed, or done; moved on by the fraction that a credit counts for."""
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    """What was last said, 1 (again) to 4 (easy); None: nothing since it was done."""
    credited_on = models.DateField(null=True, blank=True)
    """When a review of what builds on it last counted for it."""
    credits = models.PositiveSmallIntegerField(default=0)
    """How often one did since it was reviewed itself."""
    version = models.PositiveIntegerField(default=0)
    """Goes up with every change: a page that shows an older one is late."""
    merged_from = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """Id of the topic whose card this is a copy of, since the two were made one."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "topic"], name="review_card_once"),
            models.CheckConstraint(condition=Q(stability__gt=0), name="review_card_stable"),
            models.CheckConstraint(condition=Q(difficulty__range=(1, 10)), name="review_card_difficulty_in_range"),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 4)), name="review_card_rating_listed"
            ),
            models.CheckConstraint(condition=Q(due_on__gt=F("reviewed_on")), name="review_card_due_after_review"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.topic_id} due {self.due_on}"


class ReviewLog(models.Model):
    """Append-only: an answer, what it counted for a prerequisite, or that one of these was taken back.

    A trigger refuses changes, and deletions but for those of `tracker.reviews.erase`.
    """

    learner = models.ForeignKey(User, models.PROTECT, db_index=False, related_name="review_log")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="review_log")
    operation = models.UUIDField(default=uuid.uuid4)
    at = models.DateTimeField()
    day = models.DateField()
    """`at` in the learner's time zone."""
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    """1 (again) to 4 (easy)."""
    credited_from = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="+")
    """The topic whose review counted for this one."""
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by")
    elapsed = models.PositiveIntegerField(default=0)
    """Days since the review before."""
    before = models.JSONField()
    after = models.JSONField()
    """The card, as `tracker.recall.Memory` tells it."""
    version = models.PositiveIntegerField()
    """Of the card, afterwards."""

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["learner", "day"], name="review_log_of_day")]
        constraints = [
            models.UniqueConstraint(fields=["learner", "operation", "topic"], name="review_log_once_per_operation"),
            models.CheckConstraint(
                condition=Q(rating__isnull=False, rating__range=(1, 4), credited_from__isnull=True, undoes__isnull=True)
                | Q(rating__isnull=True, credited_from__isnull=False, undoes__isnull=True)
                | Q(rating__isnull=True, credited_from__isnull=True, undoes__isnull=False),
                name="review_log_of_one_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.topic_id} on {self.day}"
