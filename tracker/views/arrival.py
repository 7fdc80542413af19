"""Where whoever signs in for the first time begins: with a roadmap to choose, unless they came for something else."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from roadmap.queries import listed_roadmaps
from tracker.models import User
from tracker.permissions import Right, may

_FIRST = "_pathnotes_first_sign_in"


def remember(request: HttpRequest, user: User) -> None:
    """Before somebody is signed in: whether that was ever done."""
    setattr(request, _FIRST, user.last_login is None)


def instead_of(to: str, request: HttpRequest, user: User, *, signed_up: bool = False) -> str | None:
    """The first steps in place of the page that everybody is sent to; None for who comes again, came for another page,
    or walks something already. Two queries at most."""
    if not (signed_up or getattr(request, _FIRST, False)) or to not in {"", reverse("today"), reverse("roadmaps")}:
        return None
    if not may(user, Right.KEEP_PROGRESS) or user.enrolments.exists() or not listed_roadmaps().exists():
        return None
    return reverse("welcome")
