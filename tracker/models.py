"""People and their progress, laid over the curriculum of `roadmap`.

Progress belongs to the topic, not to its seat. The state row is what pages read; the event is the record behind it,
written in the same transaction and never changed (a trigger refuses, see migrations).
Every progress table carries `learner` first: it is the key the tables can be partitioned by.
"""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from roadmap.models import Roadmap, Step, Topic


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address; the address is stored in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """Raise ValueError without an address. Without a password the account cannot sign in by one."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> User:
        return self.create_user(
            email, password, **(fields | {"role": User.Role.OWNER, "is_staff": True, "is_superuser": True})
        )


class User(AbstractBaseUser, PermissionsMixin):
    """An account. What it may do follows from `role` (tracker/permissions.py) and, later, from cohorts."""

    class Role(models.TextChoices):
        LEARNER = "learner", "learner"
        EDITOR = "editor", "editor"
        OWNER = "owner", "owner"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=8, choices=Role, default=Role.LEARNER)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case"),
            models.CheckConstraint(condition=Q(role__in=["learner", "editor", "owner"]), name="user_role_listed"),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """What pages call this person: the name, else the part of the address before the @."""
        return self.name or self.email.partition("@")[0]


class Session(AbstractBaseSession):
    """Django's session with its user as a column: session and user are read in one query, a user's sessions listed."""

    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="sessions")

    objects: ClassVar[BaseSessionManager[Self]] = BaseSessionManager()

    class Meta(AbstractBaseSession.Meta):
        db_table = "tracker_session"

    @classmethod
    def get_session_store_class(cls) -> type:
        from tracker.sessions import SessionStore

        return SessionStore


class SignInLink(models.Model):
    """A one-time link that signs a user in. Only the SHA-256 of its token is stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_in_links")
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"for {self.user_id}, until {self.expires_at:%Y-%m-%d %H:%M}"


class Enrolment(models.Model):
    """A learner walks a roadmap. Knowing a topic of it enrols nobody; checking one off on its page does."""

    learner = models.ForeignKey(User, models.CASCADE, related_name="enrolments")
    roadmap = models.ForeignKey(Roadmap, models.PROTECT, related_name="enrolments")
    enrolled_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    """When every required topic was first done; topics placed later are "new since you finished"."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "roadmap"], name="enrolment_once")]

    def __str__(self) -> str:
        return f"{self.learner_id} on {self.roadmap_id}"


class TopicProgress(models.Model):
    """One state per learner and topic; no row means `todo`."""

    class State(models.TextChoices):
        TODO = "todo", "to do"
        LEARNING = "learning", "learning"
        DONE = "done", "done"
        SKIPPED = "skipped", "skipped"
        WAIVED = "waived", "waived"

    learner = models.ForeignKey(User, models.CASCADE, related_name="progress")
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
            models.CheckConstraint(
                condition=Q(state__in=["todo", "learning", "done", "skipped", "waived"]),
                name="topic_progress_state_listed",
            ),
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
        PAGE = "page", "a page"
        UNDO = "undo", "undo"
        NOTES = "notes", "ticks in the notes"
        MENTOR = "mentor", "a mentor's act"
        MERGE = "merge", "topics merged"
        SYSTEM = "system", "the system"

    learner = models.ForeignKey(User, models.PROTECT, related_name="progress_events")
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
            models.CheckConstraint(
                condition=Q(was__in=["todo", "learning", "done", "skipped", "waived"])
                & Q(now__in=["todo", "learning", "done", "skipped", "waived"]),
                name="progress_event_states_listed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.topic_id} {self.was} -> {self.now}"
