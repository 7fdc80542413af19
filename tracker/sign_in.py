"""One-time links that sign a person in: random, hashed at rest, expiring, used once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from tracker.models import SignInLink, User

LIFETIME = timedelta(hours=1)


def create_link(*, user: User, lifetime: timedelta = LIFETIME) -> str:
    """The token of a new link, 256 random bits as URL-safe text; it is stored nowhere."""
    token = secrets.token_urlsafe(32)
    SignInLink.objects.filter(expires_at__lt=timezone.now() - timedelta(days=7)).delete()
    SignInLink.objects.create(user=user, digest=_digest(token), expires_at=timezone.now() + lifetime)
    return token


def is_valid(token: str) -> bool:
    """Whether the link could be used now. Changes nothing."""
    links = SignInLink.objects.filter(digest=_digest(token), used_at=None, expires_at__gt=timezone.now())
    return links.filter(user__is_active=True).exists()


def redeem(*, token: str) -> User | None:
    """Use the link up and return whom it signs in, or None. Of two that try at once, one succeeds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tracker_signinlink SET used_at = %(now)s "
            "WHERE digest = %(digest)s AND used_at IS NULL AND expires_at > %(now)s RETURNING user_id",
            {"digest": _digest(token), "now": timezone.now()},
        )
        row = cursor.fetchone()
    return User.objects.filter(pk=row[0], is_active=True).first() if row else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
