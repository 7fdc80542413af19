"""What the pages of accounts read, for owners. Each says its query count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.db.models.functions import Lower

from roadmap.models import Roadmap
from tracker.models import Membership, User

PAGE = 50
"""Accounts to a page."""


def accounts(*, search: str = "", role: str = "", state: str = "", page: str = "") -> Page[Any]:
    """Accounts by name, then address, each with `edits`, the number of roadmaps they edit one by one. Two queries.

    `state` is on, off or new (never signed in); empty for all.
    """
    found = (
        User.objects.filter(erased_at=None).annotate(edits=Count("roadmaps_edited")).order_by(Lower("name"), "email")
    )
    if search:
        found = found.filter(Q(name__icontains=search) | Q(email__icontains=search))
    if role:
        found = found.filter(role=role)
    if state:
        found = found.filter(
            {
                "on": Q(is_active=True),
                "off": Q(is_active=False),
                "new": Q(last_login=None, is_active=True),
            }[state]
        )
    return Paginator(found, PAGE).get_page(page)


def owners() -> int:
    """How many there are who can sign in. One query."""
    return User.objects.filter(role=User.Role.OWNER, is_active=True).count()


@dataclass(frozen=True, slots=True)
class Account:
    edits: tuple[Roadmap, ...]
    others: tuple[Roadmap, ...]
    """Live roadmaps that they do not edit, by title."""
    cohorts: tuple[Membership, ...]
    last_owner: bool


def account(user: User) -> Account:
    """One account, with what it edits and where it is a member. Four queries."""
    edits = tuple(Roadmap.objects.filter(editors__user=user).order_by("title"))
    mine = {roadmap.pk for roadmap in edits}
    live = Roadmap.objects.filter(retired_at=None).order_by("title").only("slug", "title")
    members = Membership.objects.filter(user=user, left_at=None).select_related("cohort").order_by("cohort__title")
    return Account(
        edits,
        tuple(roadmap for roadmap in live if roadmap.pk not in mine),
        tuple(members),
        user.role == User.Role.OWNER and user.is_active and owners() == 1,
    )
