"""Deleting an account: asked for, taken back within a week, carried out by the housekeeping.

What is personal goes. What the counts of the past stand on stays and names nobody: the events, and the account's row
that they point at, emptied. Each erasure is one transaction, so that one that is killed is begun anew.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from pghistory.models import Context

from roadmap.models import Edit
from tracker import audit, mail, people, reviews
from tracker.models import AuditEntry, Invited, Mail, ProgressEvent, ReviewLog, User

GRACE = timedelta(days=7)
"""How long one may change one's mind."""
FAREWELL = "erased:"
"""Begins the key of the last message, the one row that still knows the address until it has gone out."""
FAREWELL_KEPT = timedelta(days=7)
"""After which it goes, whether it could be sent or not."""
NOBODY = "somebody who left"
"""Stands where a name stood."""
NAMED = frozenset({"by", "undone_by", "opened_by", "closed_by"})
"""Columns of the curriculum that hold who did it, as text."""

logger = logging.getLogger("pathnotes.erasing")


def ask(*, user: User) -> User:
    """To be erased when `GRACE` is over. Asked again, the first day holds. Raise people.LastOwner."""
    with transaction.atomic():
        now = people.held(user)
        if now.erase_after is not None or now.erased_at is not None:
            return now
        if now.role == User.Role.OWNER:
            people.refuse_last_owner(now)
        now.erase_after = timezone.now() + GRACE
        now.save(update_fields=["erase_after"])
        day = date_format(timezone.localtime(now.erase_after), "DATE_FORMAT")
        mail.queue(
            key=f"erase:{now.pk}:{now.erase_after:%Y%m%d%H%M%S}",
            kind=Mail.Kind.ACCOUNT,
            to=now,
            subject=_("Your Pathnotes account will be deleted on %(day)s") % {"day": day},
            text=_(
                "You asked for your account to be deleted. That is done on %(day)s: your notes, your links, your "
                "progress and your address go.\n\nUntil then nothing is lost. To keep your account, sign in and say "
                "so:\n%(keep)s\n\nTo take your data with you:\n%(export)s\n\nIf it was not you who asked, sign in, "
                "keep the account and set a new password."
            )
            % {
                "day": day,
                "keep": settings.PUBLIC_URL + reverse("erase_account"),
                "export": settings.PUBLIC_URL + reverse("own_export"),
            },
        )
        audit.record(by=now, verb="ask_erasure", of=now, kind="person", title=now.email)
    return now


def keep(*, user: User) -> None:
    """Changed their mind. Safe to repeat; too late once it is done."""
    with transaction.atomic():
        now = people.held(user)
        if now.erase_after is None or now.erased_at is not None:
            return
        mail.drop(key=f"erase:{now.pk}:{now.erase_after:%Y%m%d%H%M%S}")
        now.erase_after = None
        now.save(update_fields=["erase_after"])
        audit.record(by=now, verb="keep_account", of=now, kind="person", title=now.email)


def erase_due(*, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Erase the accounts whose week is over; how many. What is killed half-way is done by the next run, and several may
    run at once."""
    forget_farewells(now=now)
    erased = 0
    for pk in User.objects.filter(erase_after__lte=now, erased_at=None).order_by("pk").values_list("pk", flat=True):
        if stop():
            break
        try:
            erased += erase(pk=pk, now=now)
        except people.LastOwner:
            logger.warning("account %d waits to be erased: it is the only owner", pk)
    return erased


def erase(*, pk: int, now: datetime) -> bool:
    """Erase one account, if its week is over and it was not done yet. Raise people.LastOwner."""
    with transaction.atomic():
        user = people.held(User(pk=pk))
        if user.erased_at is not None or user.erase_after is None or user.erase_after > now:
            return False
        if user.role == User.Role.OWNER:
            people.refuse_last_owner(user)
        reviews.erase(learner=user)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL pathnotes.erasing = 'yes'")
        address, names = user.email, _names(user)
        _forget_rows(user)
        _forget_names(user, names)
        _empty(user, now)
        audit.record(by=None, verb="erase", of=user, kind="person", title=NOBODY)
        mail.queue(
            key=f"{FAREWELL}{pk}",
            kind=Mail.Kind.ACCOUNT,
            address=address,
            subject=_("Your Pathnotes account is deleted"),
            text=_(
                "Your account is deleted, as you asked: your notes, your links, your progress and your address are "
                "gone. This message is the last one; the address it went to is forgotten with it."
            ),
        )
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL pathnotes.erasing = ''")
    return True


def forget_farewells(*, now: datetime) -> None:
    """The last messages that went out, or never will, and with them the addresses. One query."""
    over = Q(sent_at__isnull=False) | Q(dropped_at__isnull=False) | Q(due_at__lt=now - FAREWELL_KEPT)
    Mail.objects.filter(over, key__startswith=FAREWELL).delete()


def relations() -> Iterable[tuple[type[models.Model], str, Any]]:
    """(model, name of the field, what Django does) of every foreign key to an account, hidden ones too."""
    for each in User._meta.get_fields(include_hidden=True):  # noqa: SLF001 (Django's documented Options API)
        if not isinstance(each, models.ForeignObjectRel) or isinstance(each, models.ManyToManyRel):
            continue
        meta = each.related_model._meta  # noqa: SLF001 (Django's documented Options API)
        if meta.managed and not meta.proxy:  # else it shows what others hold
            yield each.related_model, each.field.name, each.on_delete


def _names(user: User) -> dict[str, bool]:
    """What this person is called -> whether nobody else is called so. Addresses are nobody else's."""
    addresses = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    names = dict.fromkeys(addresses, True)
    for name in {user.name, user.shown_name} - {""}:
        others = User.objects.exclude(pk=user.pk).filter(Q(name=name) | Q(name="", email__startswith=f"{name}@"))
        names.setdefault(name, not others.exists())
    return names


def _forget_rows(user: User) -> None:
    """What belongs to them goes; where they only did something for somebody else, that stays without them. What a
    mentor noted with an event of theirs goes, the event stays."""
    for model, name, on_delete in relations():
        rows = model._base_manager.filter(**{name: user})  # noqa: SLF001 (Django's documented API)
        if on_delete is models.CASCADE:
            rows.delete()
        elif on_delete is models.SET_NULL:
            rows.update(**{name: None})
        elif model not in {ProgressEvent, ReviewLog}:
            raise NotImplementedError(f"Nobody said what becomes of {model.__name__}.{name} when an account is erased.")
    ProgressEvent.objects.filter(learner=user).exclude(note="").update(note="")
    Invited.objects.filter(email__iexact=user.email).delete()
    Mail.objects.filter(address__iexact=user.email).delete()


def _forget_names(user: User, names: dict[str, bool]) -> None:
    """Texts that name them: the trail, the history of the curriculum, messages to others."""
    own = [name for name, alone in names.items() if alone]
    if own:
        words = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(own, key=len, reverse=True)))
        _forget_in_the_trail(user, own, words)
        _forget_in_messages(own, words)
    _forget_in_the_curriculum(user, names)


def _forget_in_the_trail(user: User, own: list[str], words: re.Pattern[str]) -> None:
    theirs = Q(by=user.pk) | Q(kind="person", object=user.pk)
    for name in own:
        theirs |= Q(title__contains=name) | Q(detail__icontains=name)
    for entry in AuditEntry.objects.filter(theirs).order_by("pk").iterator(500):
        by_name = NOBODY if entry.by == user.pk else entry.by_name
        about = entry.kind == "person" and entry.object == user.pk
        title = NOBODY if about else words.sub(NOBODY, entry.title)[:300]
        AuditEntry.objects.filter(pk=entry.pk).update(
            by_name=by_name, title=title, detail=_without(entry.detail, words)
        )


def _without(value: Any, words: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return words.sub(NOBODY, value)
    if isinstance(value, list):
        return [_without(each, words) for each in value]
    if isinstance(value, dict):
        return {name: _without(each, words) for name, each in value.items()}
    return value


def _forget_in_messages(own: list[str], words: re.Pattern[str]) -> None:
    named = Q()
    for name in own:
        named |= Q(subject__contains=name) | Q(text__contains=name)
    for message in Mail.objects.filter(named).iterator(500):
        subject = words.sub(NOBODY, message.subject)[:200]
        Mail.objects.filter(pk=message.pk).update(subject=subject, text=words.sub(NOBODY, message.text))


def _forget_in_the_curriculum(user: User, names: dict[str, bool]) -> None:
    """Whole values only: a topic may be called as they are. Where two have the same name, the key tells."""
    alone = [name for name, only in names.items() if only]
    Edit.objects.filter(actor=str(user.pk)).update(by=NOBODY)
    for model in apps.get_app_config("roadmap").get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001 (Django's documented Options API)
            if field.name in NAMED and isinstance(field, models.CharField | models.TextField):
                _forget_in(model, field.name, alone)
    for name in alone:
        Edit.objects.filter(data__undone_by=name).update(
            data=models.Func(
                models.F("data"), template="jsonb_set(%(expressions)s, '{undone_by}', to_jsonb('" + NOBODY + "'::text))"
            )
        )
    told = Context.objects.filter(Q(metadata__actor=str(user.pk)) | Q(metadata__by__in=alone))
    for context in told.iterator(500):
        Context.objects.filter(pk=context.pk).update(metadata=context.metadata | {"by": NOBODY})


def _forget_in(model: type[models.Model], field: str, names: list[str]) -> None:
    """Alone in the column, or one of several in it ("Eve, Edda")."""
    rows = model._base_manager  # noqa: SLF001 (Django's documented API)
    rows.filter(**{f"{field}__in": names}).update(**{field: NOBODY})
    for name in names:
        for pk, value in rows.filter(**{f"{field}__contains": name}).values_list("pk", field):
            parts = value.split(", ")
            if name in parts:
                kept = ", ".join(NOBODY if part == name else part for part in parts)
                rows.filter(pk=pk).update(**{field: kept[:150]})


def _empty(user: User, now: datetime) -> None:
    """The row stays for the events: everything in it goes back to what a new account has, and nobody can sign in."""
    set_to: dict[str, Any] = {
        "email": f"erased-{user.pk}@erased.invalid",
        "name": NOBODY,
        "password": make_password(None),
        "role": User.Role.LEARNER,
        "is_active": False,
        "date_joined": now,
        "erased_at": now,
    }
    for field in User._meta.concrete_fields:  # noqa: SLF001 (Django's documented Options API)
        if not field.primary_key:
            setattr(user, field.attname, set_to.get(field.name, field.get_default()))
    user.save()
