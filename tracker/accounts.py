"""Accounts that Pathnotes makes by itself."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from tracker import audit
from tracker.models import User

DEFAULT_OWNER = "owner@localhost"


def ensure_owner(*, email: str = "") -> User:
    """The owner of this installation: the account of `email`, else the first owner there is, else a new one.

    A new account has no password: its owner signs in by a one-time link and may then set one. Naming an existing
    account makes it an owner, since whoever sets the environment owns the machine anyway. Never reactivates an account.
    """
    email = email.strip().lower()
    if not email:
        first = User.objects.filter(role=User.Role.OWNER, is_active=True).order_by("pk").first()
        if first is not None:
            return first
    owner, _ = User.objects.get_or_create(
        email=email or DEFAULT_OWNER, defaults={"role": User.Role.OWNER, "password": make_password(None)}
    )
    if owner.role != User.Role.OWNER:
        was, owner.role = owner.role, User.Role.OWNER
        with transaction.atomic():
            owner.save(update_fields=["role"])
            detail = {"role": [was, owner.role]}
            audit.record(by=None, verb="set_role", of=owner, kind="person", title=owner.email, detail=detail)
    # allauth would add the address the first time its page is looked at; a GET writes nothing here.
    EmailAddress.objects.get_or_create(user=owner, email=owner.email, defaults={"verified": True, "primary": True})
    return owner
