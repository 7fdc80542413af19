"""Reads with a name. Each says its query count."""

from __future__ import annotations

from tracker.models import User


def shown_name(user: User) -> str:
    return user.shown_name
