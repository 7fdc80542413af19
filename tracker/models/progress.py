"""What a learner did: the state of each topic, the events behind it, the roadmaps they walk, and what is counted of it.

Progress belongs to the topic, not to its seat. The state row is what pages read; the event is the record behind it,
written in the same transaction and never changed (a trigger refuses, see migrations).
Every progress table carries `learner` first: it is the key the tables can be partitioned by. Its own index would be
the beginning of another one's, and written with every check-off.
Its CHECK constraints are few and short: PostgreSQL reads them from their stored form for each statement that writes.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Least
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _lazy

from roadmap.models import Roadmap, Step, Topic
from tracker.models.people import User

STATE = r"^(todo|learning|done|skipped|waived)$"
"""The states that the database takes. As a list its stored form, and the time to read it, is three times as long."""


class Enrolment(models.Model):
    """A learner walks a roadmap. Knowing a topic of it enrols nobody; checking one off on its page does."""

    learner = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="enrolments")
    roadmap = models.ForeignKey(Roadmap, models.PROTECT, related_name="enrolments")
    enrolled_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    """When every required topic was first done; topics placed later are "new since you finished"."""
    news_seen_at = models.DateTimeField(null=True, blank=True)
    """When the learner last said that they read what is new here."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "roadmap"], name="enrolment_once")]

    def __str__(self) -> str:
        return f"{self.learner_id} on {self.roadmap_id}"


class TopicProgress(models.Model):
    """One state per learner and topic; no row means `todo`."""

    class State(models.TextChoices):
        TODO = "todo", _lazy("to do")
        LEARNING = "learning", _lazy("learning")
        DONE = "done", _lazy("done")
        SKIPPED = "skipped", _lazy("skipped")
        WAIVED = "waived", _lazy("waived")

    learner = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="progress")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="progress")
    state = models.CharField(max_length=8, choices=State)
    revision = models.PositiveIntegerField(default=1)
    """The topic's revision when the state was set, or when the learner last said "still fine"."""
    started_at = models.DateTimeField(null=True, blank=True)
    """When it was first learning, done or waived: what was started never locks again. Skipping starts nothing."""
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "topic"], include=["state"], name="topic_progress_once"),
            models.CheckConstraint(condition=Q(state__regex=STATE), name="topic_progress_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["learner"],
                include=["topic", "changed_at"],
                condition=Q(state="learning"),
                name="topic_progress_under_way",
            )
        ]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.topic_id} {self.state}"


class StepProgress(models.Model):
    """A ticked step; unticked is `done = false` or no row."""

    learner = models.ForeignKey(User, models.CASCADE, related_name="step_progress")
    step = models.ForeignKey(Step, models.PROTECT, related_name="progress")
    done = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "step"], name="step_progress_once")]

    def __str__(self) -> str:
        return f"{self.learner_id}: step {self.step_id} {'done' if self.done else 'open'}"


class ProgressEvent(models.Model):
    """Append-only: who set what from what to what, through what, at which revision of the content.

    `operation` is the client's id of the intent: the same id again is a replay and answers as the first time did.
    """

    class Through(models.TextChoices):
        PAGE = "page", _lazy("a page")
        UNDO = "undo", _lazy("undo")
        NOTES = "notes", _lazy("ticks in the notes")
        MENTOR = "mentor", _lazy("a mentor's act")
        MERGE = "merge", _lazy("topics merged")
        SYSTEM = "system", _lazy("the system")
        KNOWN = "known", _lazy("known before")

    learner = models.ForeignKey(User, models.PROTECT, db_index=False, related_name="progress_events")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="progress_events")
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="progress_events")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="acts")
    was = models.CharField(max_length=8)
    now = models.CharField(max_length=8)
    """States of the topic, or `todo`/`done` for a step."""
    through = models.CharField(max_length=8, choices=Through, default=Through.PAGE)
    revision = models.PositiveIntegerField()
    operation = models.UUIDField(default=uuid.uuid4)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["learner", "topic", "-id"], name="progress_event_of_topic")]
        constraints = [
            models.UniqueConstraint(fields=["learner", "operation"], name="progress_event_once_per_operation"),
            models.CheckConstraint(condition=Q(was__regex=STATE, now__regex=STATE), name="progress_event_states_known"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.topic_id} {self.was} -> {self.now}"


class RoadmapSummary(models.Model):
    """What is counted of one learner on one roadmap, in one row: for those who walk it or are assigned it.

    Written in the transaction of every event that touches the roadmap's topics (tracker/summaries.py says how), and
    counted at one revision of the curriculum: under a later one it is stale, and readers count from the state rows.
    """

    learner = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="summaries")
    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="summaries")
    revision = models.IntegerField()
    """Of the roadmap, that the row was counted at."""
    version = models.BigIntegerField(default=1)
    """Goes up with every write of the row."""
    states = models.BinaryField()
    """One byte per topic of the tree, in the order of `tracker.packed.layout`."""
    met = ArrayField(models.SmallIntegerField())
    """Done and waived per branch, those below included, by index in `Tree.branches`: the numerator of its share."""
    required = models.IntegerField()
    done = models.IntegerField()
    waived = models.IntegerField()
    learning = models.IntegerField()
    skipped = models.IntegerField()
    """Of the whole roadmap, as `tracker.overlay.Share`."""
    last_move = models.DateTimeField(null=True, blank=True)
    """When the learner last changed the state of a topic seated here, by their own act."""
    learning_since = models.DateTimeField(null=True, blank=True)
    """When the topic that they have been learning longest here was begun; None when none is under way."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "roadmap"], name="roadmap_summary_once"),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(
                    Least("revision", "required", "done", "waived", "learning", "skipped"), models.Value(0)
                ),
                name="roadmap_summary_counts_from_zero",
            ),
        ]
        indexes = [models.Index(fields=["roadmap", "revision"], name="roadmap_summary_of_roadmap")]

    def __str__(self) -> str:
        return f"{self.learner_id} on {self.roadmap_id}: {self.done + self.waived} of {self.required}"


class StandingNotes(models.Manager["TopicNote"]):
    def get_queryset(self) -> models.QuerySet[TopicNote]:
        return super().get_queryset().filter(removed_at=None)


class TopicNote(models.Model):
    """What a learner wrote for themselves about a topic. Nobody else sees it unless it is shared with their mentors.

    `objects` has what stands; one that was removed is kept in `every` for a while, so that it can be brought back.
    """

    learner = models.ForeignKey(User, models.CASCADE, related_name="topic_notes")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="learner_notes")
    text = models.TextField()
    shared = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[StandingNotes] = StandingNotes()
    every: ClassVar[models.Manager[TopicNote]] = models.Manager()

    class Meta:
        base_manager_name = "every"
        constraints = [models.UniqueConstraint(fields=["learner", "topic"], name="topic_note_once")]

    def __str__(self) -> str:
        return f"{self.learner_id} on {self.topic_id}"
