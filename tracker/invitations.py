"""How people come into a cohort: by a code that mentors hand out, or by a link in a message to one address.

Codes are kept readable, since mentors look them up again; of a link only the SHA-256 of its token is stored. Both are
made from the id of the intent and the installation's secret, so that a form sent twice makes one. Whoever comes in is
counted while the cohort's row is held: the last seat is given once.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker import audit, cohorts, mail
from tracker.models import Cohort, Invitation, Invited, Mail, User
from tracker.roster import Person

CODE_LENGTH = 10
"""Of 31 signs: 49 bits, which nobody guesses at the rate that views allow."""
LIFETIME = timedelta(days=14)
"""Of a link in a message."""


class UnknownCode(cohorts.CohortError):
    """No cohort has it."""

    status = 404


class Over(cohorts.CohortError):
    """It was good once: taken back, expired, used up, or its cohort is archived."""

    status = 410


class HasJoined(cohorts.CohortError):
    """Who was invited is in already."""


def make_code(
    *,
    cohort: Cohort,
    by: User,
    role: str,
    operation: UUID,
    expires_at: datetime | None = None,
    seats: int | None = None,
) -> Invitation:
    """A code for as many people and as long as said; the same for the same operation. Raise Archived."""
    with transaction.atomic():
        cohorts.held(cohort)
        found, new = Invitation.objects.get_or_create(
            code=_code(cohort, operation),
            defaults={"cohort": cohort, "role": role, "created_by": by, "expires_at": expires_at, "max_uses": seats},
        )
        if new:
            _trail("make_code", cohort, by, {"for": role})
    return found


def revoke_code(*, cohort: Cohort, code: int, by: User | None = None) -> None:
    """It lets nobody in any more; who came in through it stays. Safe to repeat. Raise Archived or UnknownCode."""
    with transaction.atomic():
        cohorts.held(cohort)
        if not cohort.invitations.filter(pk=code).exists():
            raise UnknownCode(_("This cohort has no such code."))
        if cohort.invitations.filter(pk=code, revoked_at=None).update(revoked_at=timezone.now()):
            _trail("revoke_code", cohort, by)


def written(code: str) -> str:
    """As it is shown: `abcde-fghjk`."""
    return f"{code[:5]}-{code[5:]}"


def typed(text: str) -> str:
    """The code in what somebody typed or pasted, a whole link perhaps: small letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", text.strip().rstrip("/").rpartition("/")[2].lower())[:32]


def find_code(text: str) -> Invitation:
    """With its cohort, whatever its state. One query. Raise UnknownCode."""
    found = Invitation.objects.select_related("cohort").filter(code=typed(text)).first()
    if found is None:
        raise UnknownCode(_("No cohort has this code. Look at it again: it has ten letters and digits."))
    return found


def find_link(token: str) -> Invited:
    """With its cohort, whatever its state. One query. Raise UnknownCode."""
    found = Invited.objects.select_related("cohort").filter(digest=_digest(token)).first()
    if found is None:
        raise UnknownCode(_("No invitation has this link. Perhaps it was sent again: the latest message has the link."))
    return found


def why_over(way: Invitation | Invited, cohort: Cohort) -> str:
    """Why it lets nobody in any more, as a sentence; empty when it does. No query."""
    by_code = isinstance(way, Invitation)
    if cohort.archived_at is not None:
        return _("This cohort is over and takes nobody in any more.")
    if way.revoked_at is not None:
        code = _("This code was taken back. Ask a mentor of the cohort for another one.")
        return code if by_code else _("This invitation was taken back. Ask a mentor of the cohort for another one.")
    if isinstance(way, Invited) and way.joined_at is not None:
        return _("This invitation was used. It works for one person, once.")
    if isinstance(way, Invitation) and way.max_uses is not None and way.uses >= way.max_uses:
        return _("This code has let in as many people as it was made for. Ask a mentor of the cohort for another one.")
    if way.expires_at is not None and way.expires_at <= timezone.now():
        code = _("This code expired on %(day)s. Ask a mentor of the cohort for another one.")
        sent = _("This invitation expired on %(day)s. Ask a mentor of the cohort for another one.")
        return (code if by_code else sent) % {"day": _day(way.expires_at)}
    return ""


def join(*, user: User, way: Invitation | Invited) -> Cohort:
    """Come in by a code or a link. Who is in already stays as they are, and takes no seat. Raise Over."""
    with transaction.atomic():
        cohort = cohorts.held(way.cohort, archived=True)
        now = type(way).objects.select_for_update().get(pk=way.pk)
        here = cohorts.current(cohort).filter(user=user).filter(Q(role=now.role) | Q(role=cohorts.MENTOR))
        if here.exists():
            _note_joined(now, user)
            return cohort
        said = why_over(now, cohort)
        if said:
            raise Over(said)
        cohorts.join(cohort=cohort, user=user, role=now.role, through=now if isinstance(now, Invitation) else None)
        _note_joined(now, user)
        if isinstance(now, Invitation):
            Invitation.objects.filter(pk=now.pk).update(uses=F("uses") + 1)
        elif now.name and not user.name:
            user.name = now.name
            user.save(update_fields=["name"])
    return cohort


def invite(*, cohort: Cohort, by: User, people: Iterable[Person], operation: UUID) -> int:
    """Send each of them a link; who is in already or has a link that is good is left out. How many were sent.

    All or none; a handful of queries for every 500 people. The same operation again sends nothing and answers the same
    number. Raise Archived.
    """
    now, replayed = timezone.now(), 0
    with transaction.atomic():
        cohorts.held(cohort)
        members = member_addresses(cohort)
        waiting = {each.email.lower(): each for each in cohort.invited.filter(revoked_at=None)}
        used = {bytes(digest) for digest in cohort.invited.values_list("digest", flat=True)}
        tokens: dict[str, str] = {}
        made: list[Invited] = []
        for email, name, role, _ in people:
            token, earlier = _token(cohort, operation, email), waiting.get(email)
            if _digest(token) in used:
                replayed += 1
            elif email not in members and email not in tokens and not (earlier and _is_good(earlier, now)):
                tokens[email] = token
                fields = {"digest": _digest(token), "invited_by": by, "expires_at": now + LIFETIME}
                made.append(Invited(cohort=cohort, email=email, name=name, role=role, **fields))
        ended = [waiting[email].pk for email in tokens if email in waiting]
        cohort.invited.filter(pk__in=ended).update(revoked_at=now)
        made = Invited.objects.bulk_create(made, batch_size=500)
        if made:
            _trail("invite", cohort, by, {"people": len(made)})
        mail.queue_all(kind=Mail.Kind.INVITATION, letters=(_letter(each, tokens[each.email], by) for each in made))
    return replayed + len(made)


def resend(*, cohort: Cohort, invited: int, by: User, operation: UUID) -> Invited:
    """A new link to the same address; the one before stops working. Raise Archived, UnknownCode, HasJoined or Over."""
    with transaction.atomic():
        cohorts.held(cohort)
        found = _invited(cohort, invited)
        if found.revoked_at is not None:
            raise Over(_("This invitation was taken back. Invite the address anew."))
        token = _token(cohort, operation, found.email)
        if bytes(found.digest) != _digest(token):
            mail.drop(key=_mail_key(found))
            found.digest, found.invited_by = _digest(token), by
            found.invited_at = timezone.now()
            found.expires_at = found.invited_at + LIFETIME
            found.save(update_fields=["digest", "invited_by", "invited_at", "expires_at"])
            mail.queue_all(kind=Mail.Kind.INVITATION, letters=[_letter(found, token, by)])
            _trail("resend", cohort, by, {"address": found.email})
    return found


def revoke_link(*, cohort: Cohort, invited: int, by: User | None = None) -> Invited:
    """The link works no more, and its message does not go out if it still waits. Safe to repeat.

    Raise Archived, UnknownCode or HasJoined.
    """
    with transaction.atomic():
        cohorts.held(cohort)
        found = _invited(cohort, invited)
        if cohort.invited.filter(pk=found.pk, revoked_at=None).update(revoked_at=timezone.now()):
            _trail("revoke_invitation", cohort, by, {"address": found.email})
        mail.drop(key=_mail_key(found))
    return found


def member_addresses(cohort: Cohort) -> set[str]:
    """Of who is in it now, in lower case. One query."""
    return {email.lower() for email in cohorts.current(cohort).values_list("user__email", flat=True)}


def waiting_addresses(cohort: Cohort) -> set[str]:
    """Of who has a link that is good. One query."""
    now = timezone.now()
    return {each.email.lower() for each in cohort.invited.filter(revoked_at=None) if _is_good(each, now)}


def _trail(verb: str, cohort: Cohort, by: User | None, detail: dict[str, Any] | None = None) -> None:
    audit.record(by=by, verb=verb, of=cohort, kind="cohort", title=cohort.title, detail=detail)


def _is_good(invited: Invited, now: datetime) -> bool:
    return invited.joined_at is None and invited.expires_at > now


def _invited(cohort: Cohort, invited: int) -> Invited:
    found = cohort.invited.filter(pk=invited).first()
    if found is None:
        raise UnknownCode(_("This cohort has no such invitation."))
    if found.joined_at is not None:
        raise HasJoined(_("Somebody came in with this invitation meanwhile. Nothing was changed."))
    return found


def _note_joined(way: Invitation | Invited, user: User) -> None:
    if isinstance(way, Invited):
        unused = Invited.objects.filter(pk=way.pk, joined_at=None, revoked_at=None)
        unused.update(joined=user, joined_at=timezone.now())


def _letter(invited: Invited, token: str, by: User) -> mail.Letter:
    who, cohort = by.shown_name, invited.cohort
    until = _day(invited.expires_at, timezone.get_default_timezone())
    named = {"who": who, "cohort": cohort.title, "until": until}
    if invited.role == cohorts.MENTOR:
        asked = _("%(who)s invites you to mentor “%(cohort)s” on Pathnotes.") % named
    else:
        asked = _("%(who)s invites you to learn in “%(cohort)s” on Pathnotes.") % named
    careful = _(
        "The page says what the mentors will see before you join. The link is yours alone: it works once, until "
        "%(until)s."
    )
    ends = _("If you did not expect this message, do nothing; the link ends by itself.")
    parts = (
        mail.greeting(invited.name),
        asked,
        f"{_('Look at it, and join if you like:')}\n{settings.PUBLIC_URL}{reverse('invited', args=[token])}",
        f"{careful % named}\n{ends}\n",
    )
    subject = _("%(who)s invites you to %(cohort)s") % named
    return mail.Letter(_mail_key(invited), invited.email, subject, "\n\n".join(parts))


def _mail_key(invited: Invited) -> str:
    return f"invite:{invited.pk}:{bytes(invited.digest).hex()[:32]}"


def _code(cohort: Cohort, operation: UUID) -> str:
    number = int.from_bytes(salted_hmac("tracker.invitations.code", f"{cohort.pk}:{operation}").digest(), "big")
    signs = []
    for _place in range(CODE_LENGTH):
        number, sign = divmod(number, len(cohorts.ALPHABET))
        signs.append(cohorts.ALPHABET[sign])
    return "".join(signs)


def _token(cohort: Cohort, operation: UUID, email: str) -> str:
    """256 bits as URL-safe text."""
    intent = f"{cohort.pk}:{operation}:{email.lower()}"
    value = salted_hmac("tracker.invitations.link", intent, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _day(moment: datetime, zone: tzinfo | None = None) -> str:
    """In the reader's zone, or in that of the server for what is sent to somebody else."""
    return date_format(timezone.localtime(moment, zone), "DATE_FORMAT")
