"""What mentors do for learners, and what learners ask of them.

Waiving and reopening are states and so events of `ProgressEvent`, with `by`. Everything else is a row here: who, for
whom, about what, when. Taking an act back marks its row as withdrawn; nothing is deleted. `operation` is the client's
id of the intent: sent twice, it is one act.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from roadmap.models import Roadmap, Topic
from tracker.models.cohorts import Cohort, CohortRoadmap
from tracker.models.people import User

ONE_OF_BOTH = Q(topic=None, section__isnull=False) | Q(topic__isnull=False, section=None)
"""About a topic, or about a module by its `uid`: modules are deleted when the notes drop them, sign-offs are not."""


class Act(models.Model):
    """What all acts have in common."""

    learner = models.ForeignKey(User, models.CASCADE, related_name="%(class)ss")
    """Whose path it is about."""
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="%(class)ss_by")
    at = models.DateTimeField(db_default=Now())
    operation = models.UUIDField(default=uuid.uuid4, unique=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["-at", "-pk"]


class Comment(Act):
    """A line in the thread of one learner and topic, written by the learner or by one of their mentors."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="comments")
    text = models.TextField(max_length=4000)

    class Meta(Act.Meta):
        indexes = [models.Index(fields=["learner", "topic"], name="comment_of_topic")]

    def __str__(self) -> str:
        return f"{self.by_id} to {self.learner_id} on {self.topic_id}"


class HelpRequest(Act):
    """Stuck: open until a mentor answers it or the learner takes it back."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="help_requests")
    roadmap = models.ForeignKey(Roadmap, models.SET_NULL, null=True, related_name="help_requests")
    """On whose page it was asked."""
    text = models.CharField(max_length=1000, blank=True)
    answer = models.TextField(max_length=4000, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="answers")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta(Act.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "topic"],
                condition=Q(answered_at=None, withdrawn_at=None),
                name="help_request_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} on {self.topic_id}"


class Evidence(Act):
    """What a learner shows for a topic or a whole module, as a text or a link."""

    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="evidence")
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="evidence")
    section = models.UUIDField(null=True, blank=True)
    text = models.TextField(max_length=4000, blank=True)
    url = models.URLField(max_length=1000, blank=True)

    class Meta(Act.Meta):
        constraints = [
            models.CheckConstraint(
                condition=ONE_OF_BOTH,
                name="evidence_for_a_topic_or_a_module",
            ),
            models.CheckConstraint(condition=~Q(text="", url=""), name="evidence_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} for {self.topic_id or self.section}"


class SignOffWanted(models.Model):
    """A topic or a module of a roadmap that wants a mentor's sign-off; set by those who edit the curriculum."""

    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="sign_offs_wanted")
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True, related_name="sign_offs_wanted")
    section = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["roadmap", "topic", "section"], nulls_distinct=False, name="sign_off_wanted_once"
            ),
            models.CheckConstraint(
                condition=ONE_OF_BOTH,
                name="sign_off_wanted_for_a_topic_or_a_module",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roadmap_id}: {self.topic_id or self.section}"


class SignOff(Act):
    """A mentor vouches for a topic or a whole module of a learner."""

    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="sign_offs")
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="sign_offs")
    section = models.UUIDField(null=True, blank=True)
    evidence = models.ForeignKey(Evidence, models.SET_NULL, null=True, blank=True, related_name="sign_offs")
    note = models.CharField(max_length=1000, blank=True)

    class Meta(Act.Meta):
        constraints = [
            models.CheckConstraint(
                condition=ONE_OF_BOTH,
                name="sign_off_for_a_topic_or_a_module",
            ),
            models.UniqueConstraint(
                fields=["learner", "roadmap", "topic", "section"],
                condition=Q(withdrawn_at=None),
                nulls_distinct=False,
                name="sign_off_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} for {self.topic_id or self.section}"


class Nudge(Act):
    """A short message of a mentor, sent by e-mail unless the learner muted them."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="nudges")
    text = models.CharField(max_length=1000)

    def __str__(self) -> str:
        return f"{self.by_id} to {self.learner_id}"


class LearnerTarget(Act):
    """One learner's own target date on an assigned roadmap; the latest that stands counts, before the cohort's."""

    assigned = models.ForeignKey(CohortRoadmap, models.CASCADE, related_name="targets")
    target_on = models.DateField(null=True, blank=True)
    """None: no date for this learner."""
    reason = models.CharField(max_length=500, blank=True)

    class Meta(Act.Meta):
        indexes = [models.Index(fields=["assigned", "learner", "-id"], name="learner_target_latest")]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.target_on}"
