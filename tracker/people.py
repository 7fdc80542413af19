"""The verbs of accounts: invite somebody, say what they may do, switch them off and on. For owners.

Each is one transaction, sets a state, and leaves an entry in the trail when it changed something. Whatever takes an
owner away holds the rows of all owners, so that of two who act at once one stays.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap.models import Roadmap
from tracker import audit, mail
from tracker.models import Mail, RoadmapEditor, SignInLink, User
from tracker.sign_in import create_link

LIFETIME = timedelta(days=14)
"""Of the link in an invitation."""
AS = {
    User.Role.LEARNER.value: _lazy("to learn"),
    User.Role.MENTOR.value: _lazy("to mentor"),
    User.Role.EDITOR.value: _lazy("to edit roadmaps"),
    User.Role.OWNER.value: _lazy("to run it"),
}


class PeopleError(Exception):
    """An act on an account that was refused; nothing was changed. `str()` is a sentence, `status` the answer's."""

    status = 409


class LastOwner(PeopleError):
    """Without this one nobody could run the installation."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This is the only owner. Make somebody else an owner first: without one nobody could let people in, or "
                "let you back in. Nothing was changed."
            )
        )


class HasAccount(PeopleError):
    """The address has an account."""


class CameIn(PeopleError):
    """Whoever was invited has signed in since."""


class Deactivated(PeopleError):
    """The account is switched off."""


def invite(*, by: User, email: str, role: str, operation: UUID, name: str = "") -> User:
    """An account with this role, and a message with a link that signs in once. The same operation again does nothing.

    Raise HasAccount. The account has no password until its owner sets one.
    """
    email = email.strip().lower()
    with transaction.atomic():
        user, new = User.objects.get_or_create(
            email=email, defaults={"role": role, "name": name.strip(), "password": make_password(None)}
        )
        if not new:
            if Mail.objects.filter(key=_key(operation)).exists():
                return user
            raise HasAccount(
                (
                    _("%(email)s has an account already: change its role there. Nothing was changed.")
                    if user.is_active
                    else _("%(email)s has an account, which is switched off: activate it instead. Nothing was changed.")
                )
                % {"email": email}
            )
        # Whoever follows the link in the message has shown that the address is theirs.
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        _send(user, by, operation)
        audit.record(by=by, verb="invite", of=user, kind="person", title=email, detail={"role": role})
    return user


def resend(*, by: User, user: User, operation: UUID) -> None:
    """Another link to somebody who never signed in; the ones before stop working. Raise CameIn or Deactivated."""
    with transaction.atomic():
        now = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if Mail.objects.filter(key=_key(operation)).exists():
            return
        if not now.is_active:
            raise Deactivated(_("This account is switched off. Activate it first. Nothing was sent."))
        if now.last_login is not None:
            raise CameIn(_("They signed in meanwhile, and need no invitation any more. Nothing was sent."))
        _spend_links(now)
        _send(now, by, operation)
        audit.record(by=by, verb="resend", of=now, kind="person", title=now.email)


def set_role(*, by: User, user: User, role: str) -> None:
    """What they may do from their next click on. Safe to repeat. Raise LastOwner."""
    with transaction.atomic():
        now = held(user)
        if now.role == role:
            return
        if now.role == User.Role.OWNER:
            refuse_last_owner(now)
            now.is_staff = now.is_superuser = False
        was, now.role = now.role, role
        now.save(update_fields=["role", "is_staff", "is_superuser"])
        audit.record(by=by, verb="set_role", of=now, kind="person", title=now.email, detail={"role": [was, role]})


def deactivate(*, by: User, user: User) -> None:
    """They are signed out everywhere and cannot sign in; what they did is kept. Safe to repeat. Raise LastOwner."""
    with transaction.atomic():
        now = held(user)
        if not now.is_active:
            return
        if now.role == User.Role.OWNER:
            refuse_last_owner(now)
        now.is_active = False
        now.save(update_fields=["is_active"])
        now.sessions.all().delete()
        _spend_links(now)
        audit.record(by=by, verb="deactivate", of=now, kind="person", title=now.email)


def activate(*, by: User, user: User) -> None:
    """They may sign in again, as before. Safe to repeat."""
    with transaction.atomic():
        now = held(user)
        if not now.is_active:
            now.is_active = True
            now.save(update_fields=["is_active"])
            audit.record(by=by, verb="activate", of=now, kind="person", title=now.email)


def allow_editing(*, by: User, user: User, roadmap: Roadmap) -> None:
    """They edit this roadmap from now on, whatever their role. Safe to repeat."""
    with transaction.atomic():
        _, new = RoadmapEditor.objects.get_or_create(user=user, roadmap=roadmap, defaults={"by": by})
        if new:
            detail = {"roadmap": roadmap.title}
            audit.record(by=by, verb="allow_editing", of=user, kind="person", title=user.email, detail=detail)


def forbid_editing(*, by: User, user: User, roadmap: Roadmap) -> None:
    """They edit it no longer, unless their role says so. What they did stays. Safe to repeat."""
    with transaction.atomic():
        gone, _ = RoadmapEditor.objects.filter(user=user, roadmap=roadmap).delete()
        if gone:
            detail = {"roadmap": roadmap.title}
            audit.record(by=by, verb="forbid_editing", of=user, kind="person", title=user.email, detail=detail)


def held(user: User) -> User:
    """As the account is now, held with all owners until the transaction ends, always in the same order."""
    rows = User.objects.select_for_update(no_key=True).filter(Q(pk=user.pk) | Q(role=User.Role.OWNER))
    return {row.pk: row for row in rows.order_by("pk")}[user.pk]


def refuse_last_owner(owner: User) -> None:
    """Raise LastOwner where no other one is left. Who leaves within a week does not count as one."""
    others = User.objects.filter(role=User.Role.OWNER, is_active=True, erase_after=None).exclude(pk=owner.pk)
    if owner.is_active and not others.exists():
        raise LastOwner


def _spend_links(user: User) -> None:
    """Links that were not used sign in nobody any more."""
    SignInLink.objects.filter(user=user, used_at=None).update(used_at=timezone.now())


def _send(user: User, by: User, operation: UUID) -> None:
    link = f"{settings.PUBLIC_URL}{reverse('sign_in_link', args=[create_link(user=user, lifetime=LIFETIME)])}"
    # In the server's time: the zone of who invites is not that of who is invited.
    until = date_format(timezone.localtime(timezone.now() + LIFETIME, timezone.get_default_timezone()), "DATE_FORMAT")
    named = {"who": by.shown_name, "until": until, "role": AS[user.role]}
    once = _(
        "It is yours alone and works once, until %(until)s. Then set a password on your account page, in the menu "
        "under your name."
    )
    ends = _("If you did not expect this message, do nothing; the link ends by itself.")
    parts = (
        mail.greeting(user.name),
        _("%(who)s made an account for you on Pathnotes, %(role)s.") % named,
        f"{_('Come in by this link:')}\n{link}",
        f"{once % named}\n{ends}\n",
    )
    mail.queue(
        key=_key(operation),
        kind=Mail.Kind.INVITATION,
        to=user,
        subject=_("%(who)s invites you to Pathnotes") % named,
        text="\n\n".join(parts),
    )


def _key(operation: UUID) -> str:
    return f"account:{operation}"
