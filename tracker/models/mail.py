"""Messages on their way, and who wants which. A message is claimed before it is sent, so that none goes out twice."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _lazy

from tracker.models.people import User


class Mail(models.Model):
    """One message. `key` says what it is, e.g. `nudge:17` or `digest:2026-W47:9`: the same key is never sent again."""

    class Kind(models.TextChoices):
        INVITATION = "invite", _lazy("invitation")
        NUDGE = "nudge", _lazy("nudge")
        DIGEST = "digest", _lazy("weekly digest")
        ANSWER = "answer", _lazy("answer to a help request")
        ACCOUNT = "account", _lazy("about the account itself")

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    to = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="mails")
    address = models.EmailField(blank=True)
    """Where it goes. Empty: to the account's address at the time of sending."""
    subject = models.CharField(max_length=200)
    text = models.TextField()
    due_at = models.DateTimeField(db_default=Now())
    claimed_at = models.DateTimeField(null=True, blank=True)
    """Set before it is handed over: a process that dies in between leaves it claimed, and it is not sent again."""
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    """Taken back, or not wanted any more, before it went out."""
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to__isnull=False) | ~Q(address=""), name="mail_goes_somewhere"),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(claimed_at__isnull=False), name="mail_claimed_before_it_is_sent"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(claimed_at=None, dropped_at=None), name="mail_waiting")]

    def __str__(self) -> str:
        return self.key


class MailChoice(models.Model):
    """What a person said about one kind of message. Without a row: nudges and answers yes, the digest no."""

    user = models.ForeignKey(User, models.CASCADE, related_name="mail_choices")
    kind = models.CharField(max_length=8, choices=Mail.Kind)
    wanted = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="mail_choice_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind} {'yes' if self.wanted else 'no'}"
