"""The verbs of one's own account: what one is called and how pages are shown, signing out elsewhere, links one ends.

Each sets a state and is safe to repeat. Passwords, addresses, passkeys and codes are allauth's.
"""

from __future__ import annotations

from typing import Literal, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from tracker import audit
from tracker.account_page import name_of
from tracker.models import Session, SignInLink, User


class Settings(TypedDict, total=False):
    name: str
    language: str
    time_zone: str
    theme: Literal["", "light", "dark"]
    week_hours: int | None


class ThisDevice(Exception):
    """The session is the one that asks; nothing was changed. `str()` is a sentence."""

    status = 409


def change(*, user: User, **settings: Unpack[Settings]) -> None:
    """Set what is given of the person's own settings. One query."""
    for name, value in settings.items():
        setattr(user, name, value)
    user.save(update_fields=list(settings))


def sign_out_device(*, user: User, name: str, here: str) -> None:
    """End the session of that name (`account_page.name_of`); one that is over or nobody's is over. Raise ThisDevice.

    `here` is the key of the session that asks.
    """
    if name == name_of(here):
        raise ThisDevice
    _end(user, [key for key in user.sessions.values_list("session_key", flat=True) if name_of(key) == name])


def sign_out_others(*, user: User, here: str) -> int:
    """End all sessions but the one that asks. How many that were."""
    return _end(user, list(user.sessions.exclude(pk=here).values_list("session_key", flat=True)))


def _end(user: User, keys: list[str]) -> int:
    with transaction.atomic():
        ended, _ = Session.objects.filter(user=user, pk__in=keys).delete()
        if ended:
            detail = {"devices": ended}
            audit.record(by=user, verb="end_sessions", of=user, kind="person", title=user.email, detail=detail)
    return ended


def end_sign_in_links(*, user: User) -> int:
    """Links that would sign this person in do so no more. How many that were."""
    now = timezone.now()
    return SignInLink.objects.filter(user=user, used_at=None, expires_at__gt=now).update(used_at=now)
