"""Accounts, their sessions, and links that sign them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

if TYPE_CHECKING:
    from tracker.summaries import Walk


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
    """An account. What it may do follows from `role` (tracker/permissions.py) and from the cohorts it is in."""

    class Role(models.TextChoices):
        LEARNER = "learner", _lazy("learner")
        MENTOR = "mentor", _lazy("mentor")
        EDITOR = "editor", _lazy("editor")
        OWNER = "owner", _lazy("owner")

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=8, choices=Role, default=Role.LEARNER)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    language = models.CharField(max_length=10, blank=True)
    """Code of `settings.LANGUAGES`; empty: as the browser asks."""
    time_zone = models.CharField(max_length=64, blank=True)
    """IANA name; empty: the server's."""
    theme = models.CharField(max_length=6, blank=True)
    """`light` or `dark`; empty: as the system."""
    week_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    """Hours a week they mean to spend, 1 to 100; None: not said."""
    pace_hidden = models.BooleanField(default=False)
    """They do not want to see how fast they go, nor when they would be done."""
    erase_after = models.DateTimeField(null=True, blank=True)
    """They asked for their account to be erased, and may change their mind until then."""
    erased_at = models.DateTimeField(null=True, blank=True)
    """Nobody's account any more: what events point at (tracker/erasing.py)."""

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    walks: tuple[Walk, ...] | None = None
    """Roadmaps they walk or are assigned, with what is counted of them, where the session read it
    (`tracker.sessions.with_walks`); the state at the start of the request."""

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case"),
            models.CheckConstraint(
                condition=Q(role__in=["learner", "mentor", "editor", "owner"]), name="user_role_listed"
            ),
            models.CheckConstraint(condition=Q(theme__in=["", "light", "dark"]), name="user_theme_listed"),
            models.CheckConstraint(
                condition=Q(week_hours__isnull=True) | Q(week_hours__range=(1, 100)), name="user_week_hours_sensible"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(is_active=False, role="learner"),
                name="user_erased_is_nobody",
            ),
        ]
        indexes = [
            models.Index(fields=["erase_after"], condition=Q(erase_after__isnull=False), name="user_to_be_erased")
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """What pages call this person: the name, else the part of the address before the @."""
        if self.erased_at is not None:
            return _("somebody who left")
        return self.name or self.email.partition("@")[0]

    @property
    def initial(self) -> str:
        """One letter for the face in the bar."""
        return self.shown_name[:1].upper()


class Session(AbstractBaseSession):
    """Django's session with its user as a column: session and user are read in one query, a user's sessions listed."""

    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="sessions")
    seen_at = models.DateTimeField(null=True, blank=True)
    """When it was last used, give or take `tracker.sessions.SEEN`."""
    device = models.CharField(max_length=40, blank=True, db_default="")
    """As `tracker.devices` tells it."""

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
