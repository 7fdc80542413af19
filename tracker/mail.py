"""Messages: put into the outbox with what they are about, sent from there once, and switched off by whoever gets them.

`queue` writes a row in the caller's transaction, so a message exists exactly when the act behind it does. `send_due`
claims one row, commits, and only then hands it over: a process that dies in between leaves a message claimed and not
known to be sent (`unknown` lists them), never one that goes out twice.
"""

from __future__ import annotations

import hashlib
import logging
import re
import smtplib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.errors import MessageError
from email.utils import parseaddr
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tracker import languages
from tracker.models import Mail, MailChoice, User

CHOICES = {
    Mail.Kind.NUDGE.value: True,
    Mail.Kind.ANSWER.value: True,
    Mail.Kind.DIGEST.value: False,
}
"""What a person can switch, and what holds until they do. An invitation goes out once, to whoever was invited."""

WHEN = {
    Mail.Kind.NUDGE.value: _lazy("when a mentor writes to you"),
    Mail.Kind.ANSWER.value: _lazy("when a mentor answers your request for help"),
    Mail.Kind.DIGEST.value: _lazy("once a week about each cohort you mentor"),
}
"""Goes on with "You get an e-mail"."""
STOP = {
    Mail.Kind.NUDGE.value: _lazy("You get an e-mail when a mentor writes to you."),
    Mail.Kind.ANSWER.value: _lazy("You get an e-mail when a mentor answers your request for help."),
    Mail.Kind.DIGEST.value: _lazy("You get an e-mail once a week about each cohort you mentor."),
}
"""Said at the end of each."""
SALT = "tracker.mail.off"
TRIES = 6
"""How often a message is offered that the server turns away for the moment."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720))
"""Between the tries."""
GIVEN_UP = timedelta(minutes=5)
"""After which a claimed message that is not known to be sent counts as lost sight of."""

logger = logging.getLogger("pathnotes.mail")


class UnknownKind(Exception):
    """No kind of message that one can switch on or off. Nothing was changed."""


def greeting(name: str) -> str:
    """The first line of a letter."""
    return _("Hello %(name)s,") % {"name": name} if name else _("Hello,")


def queue(
    *,
    key: str,
    kind: str,
    subject: str,
    text: str,
    to: User | None = None,
    address: str = "",
    due_at: datetime | None = None,
) -> None:
    """Put a message into the outbox, for an account (`to`) or for an `address` that has none; once per `key`. With
    both it is about the account and goes to that address, which may be a former one.

    `text` is plain text; how to switch such messages off is added to it. Without `due_at` it goes out within a minute
    or so. Whether the person wants it is asked when it is sent. One query. Raise ValueError when it goes nowhere.
    """
    if to is None and not address:
        raise ValueError("A message needs somebody to go to.")
    mail = Mail(key=key, kind=kind, to=to, address=address, subject=_line(subject), text=text.strip())
    mail.due_at = due_at or timezone.now()
    Mail.objects.bulk_create([mail], ignore_conflicts=True)


class Letter(NamedTuple):
    """A message to an address that has no account."""

    key: str
    address: str
    subject: str
    text: str


def queue_all(*, kind: str, letters: Iterable[Letter]) -> None:
    """As `queue`, for many at once: a query for every 500."""
    now = timezone.now()
    mails = [
        Mail(key=key, kind=kind, address=address, subject=_line(subject), text=text.strip(), due_at=now)
        for key, address, subject, text in letters
    ]
    Mail.objects.bulk_create(mails, batch_size=500, ignore_conflicts=True)


def drop(*, key: str) -> bool:
    """Take a message back; False when it is on its way already, was dropped before or never was. One query."""
    waiting = Mail.objects.filter(key=key, claimed_at=None, dropped_at=None)
    return bool(waiting.update(dropped_at=timezone.now()))


def wants(user: User, kind: str) -> bool:
    """Whether this person gets this kind of message. One query, none for what cannot be switched."""
    return choices_of(user)[kind] if kind in CHOICES else True


def choices_of(user: User) -> dict[str, bool]:
    """Kind -> whether this person wants it, for all that can be switched. One query."""
    said = dict(MailChoice.objects.filter(user=user, kind__in=CHOICES).values_list("kind", "wanted"))
    return CHOICES | said


def choose(*, user: User, kind: str, wanted: bool) -> None:
    """Switch a kind of message on or off. Safe to repeat. One query. Raise UnknownKind."""
    if kind not in CHOICES:
        raise UnknownKind(_("There is no such kind of message to switch. Nothing was changed."))
    MailChoice.objects.bulk_create(
        [MailChoice(user=user, kind=kind, wanted=wanted)],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["wanted"],
    )


def off_link(user: User, kind: str) -> str:
    """An address that switches this kind of message off for this person, without signing in, for as long as the key
    that signs holds. It can do nothing else."""
    return f"{settings.PUBLIC_URL}{reverse('mail_off', args=[off_token(user, kind)])}"


def off_token(user: User, kind: str) -> str:
    return signing.Signer(salt=SALT).sign_object([user.pk, kind])


def of_off_link(token: str) -> tuple[User, str] | None:
    """Whom and which kind the link is about; None when it is none of ours or the account is gone. One query."""
    try:
        pk, kind = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if not (isinstance(pk, int) and isinstance(kind, str) and kind in CHOICES):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return (user, kind) if user else None


@dataclass(slots=True)
class Run:
    """What one run of `send_due` did."""

    sent: int = 0
    not_wanted: int = 0
    later: int = 0
    """Turned away by the server for the moment; tried again."""
    refused: list[str] = field(default_factory=list)
    """Keys of messages that the server will not take."""
    unknown: list[str] = field(default_factory=list)
    """Keys of messages during which the connection broke. They are not sent again."""
    unreachable: str = ""
    """Why the server could not be reached; then nothing was claimed, and all waits for the next run."""


def send_due(*, most: int = 500, stop: Callable[[], bool] = lambda: False) -> Run:
    """Send what is due, at most so many messages; none is begun once `stop` says so. What goes wrong is recorded and
    logged without addresses, not raised.

    Several may run at once: a message is claimed by one of them. Three queries a message. Not inside a transaction.
    """
    run = Run()
    if not Mail.objects.filter(claimed_at=None, dropped_at=None, due_at__lte=timezone.now()).exists():
        return run
    server = get_connection()
    if not _opened(server, run):
        return run
    try:
        for _ in range(most):
            mail = None if stop() else _claim()
            if mail is None:
                break
            if not _send(mail, server, run) and not _opened(server, run):
                break
    finally:
        server.close()
    return run


def unknown() -> Iterable[Mail]:
    """Messages that were claimed and are not known to be sent, oldest first. One query."""
    lost = Mail.objects.filter(sent_at=None, dropped_at=None, claimed_at__lt=timezone.now() - GIVEN_UP)
    return lost.order_by("claimed_at").only("key", "claimed_at", "error")


_CLAIM = """
UPDATE tracker_mail SET claimed_at = clock_timestamp() WHERE id = (
    SELECT id FROM tracker_mail
    WHERE claimed_at IS NULL AND dropped_at IS NULL AND due_at <= clock_timestamp()
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""


def _claim() -> Mail | None:
    """The next message, ours alone from the commit on. One at a time: whoever dies leaves one in doubt, not many."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_CLAIM)
        row = cursor.fetchone()
    return Mail.objects.select_related("to").get(pk=row[0]) if row else None


def _send(mail: Mail, server: Any, run: Run) -> bool:
    """Hand one claimed message over; False when the connection to the server is of no more use."""
    if mail.to is not None and not (mail.to.is_active and wants(mail.to, mail.kind)):
        run.not_wanted += 1
        _settle(mail, dropped_at=timezone.now())
        return True
    try:
        message = _message(mail)
        message.message()  # what cannot even be written was certainly not sent
    except (ValueError, MessageError) as error:
        _refuse(mail, error, run)
        return True
    except Exception:
        _settle(mail, claimed_at=None)  # our own mistake: the message waits until it is put right
        raise
    try:
        server.send_messages([message])
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        code = _code(error)
        if 400 <= code < 500 and _tries(mail) < TRIES:
            run.later += 1
            tries = _tries(mail)
            pause = PAUSES[min(tries, len(PAUSES)) - 1]
            _settle(mail, claimed_at=None, due_at=timezone.now() + pause, error=f"try {tries}: {_told(error)}")
        else:
            _refuse(mail, error, run)
        return code != 421  # "closing the connection"
    except Exception as error:  # it may have arrived, or not: it is not sent again
        run.unknown.append(mail.key)
        logger.warning("Message %s is not known to be sent: %s", mail.key, _told(error))
        _settle(mail, error=_told(error))
        return False
    run.sent += 1
    _settle(mail, sent_at=timezone.now(), error="", text="")  # it may hold a link that lets somebody in
    return True


def _opened(server: Any, run: Run) -> bool:
    try:
        server.close()
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        run.unreachable = _told(error)
        logger.warning("The mail server cannot be used, messages wait: %s", run.unreachable)
        return False
    return True


def _refuse(mail: Mail, error: Exception, run: Run) -> None:
    run.refused.append(mail.key)
    logger.warning("Message %s was not taken: %s", mail.key, _told(error))
    _settle(mail, dropped_at=timezone.now(), error=_told(error))


def _settle(mail: Mail, **fields: Any) -> None:
    Mail.objects.filter(pk=mail.pk).update(**fields)


def _message(mail: Mail) -> EmailMessage:
    """Plain text. Its Message-ID follows from the key, so that whoever gets it twice after all can tell."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {
        "Message-ID": f"<{hashlib.sha256(mail.key.encode()).hexdigest()[:32]}@{domain}>",
        "Auto-Submitted": "auto-generated",
    }
    text = mail.text
    if mail.to is not None and mail.kind in CHOICES:
        link = off_link(mail.to, mail.kind)
        headers |= {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        with languages.writing_to(mail.to):
            text += f"\n\n-- \n{STOP[mail.kind]} {_('To stop that:')}\n{link}\n"
    to = mail.address or (mail.to.email if mail.to else "")
    return EmailMessage(mail.subject, text, settings.DEFAULT_FROM_EMAIL, [to], headers=headers)


def _tries(mail: Mail) -> int:
    """Which try this is, from 1; the one before is noted with its error."""
    found = re.match(r"try (\d+):", mail.error)
    return int(found[1]) + 1 if found else 1


def _code(error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> int:
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code
    return max((code for code, _ in error.recipients.values()), default=550)


def _told(error: Exception) -> str:
    """The error on one line, without the addresses that servers like to repeat."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(f"{code} {_decoded(text)}" for code, text in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        said = f"{error.smtp_code} {_decoded(error.smtp_error)}"
    else:
        said = f"{type(error).__name__}: {error}"
    return _line(re.sub(r"[^\s<>\"']+@[^\s<>\"']+", "(address)", said), 400)


def _decoded(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def _line(text: str, most: int = 200) -> str:
    """One line, at most so long: a subject cannot break out of its header."""
    return " ".join(text.split())[:most]
