"""Comments, "I'm stuck" and its answer."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from roadmap.models import Roadmap, Topic
from tracker import languages, mail
from tracker.acts.errors import AlreadyThere, Incomplete, NobodyThere
from tracker.acts.turns import colleagues, is_named, name_of, once, take_turn, when
from tracker.models import Cohort, Comment, HelpRequest, Mail, Membership, User

GRACE = timedelta(minutes=1)
"""How long a message waits before it goes out, so that it can be taken back."""


def mentored_on(learner: User, topic: Topic) -> bool:
    """Somebody mentors this learner in a cohort that walks a roadmap with this topic. One query."""
    seats = Cohort.objects.filter(archived_at=None, assigned__roadmap__placements__topic=topic)
    mine = Membership.objects.filter(user=learner, role=Membership.Role.LEARNER, left_at=None)
    mentors = Membership.objects.filter(role=Membership.Role.MENTOR, left_at=None)
    return seats.filter(pk__in=mine.values("cohort")).filter(pk__in=mentors.values("cohort")).exists()


def require_mentors(learner: User, topic: Topic) -> None:
    if not mentored_on(learner, topic):
        raise NobodyThere(
            _("Nobody mentors you on “%(topic)s” now, so nobody would read it. Nothing was sent; keep it as a note.")
            % {"topic": topic.title}
        )


def comment(
    *, learner: User, topic: Topic, by: User, text: str, operation: UUID, cohort: Cohort | None = None
) -> Comment:
    """A line in the thread of this learner and topic, by the learner, or in `cohort` by one of its mentors.

    Raise Incomplete, NobodyThere (the learner), Left or Archived (a mentor), or Conflict.
    """
    if not text.strip():
        raise Incomplete(_("An empty comment says nothing. Nothing was sent."))
    with transaction.atomic():
        if cohort is not None:
            take_turn(cohort=cohort, learner=learner)
        else:
            require_mentors(learner, topic)
        same = {"learner_id": learner.pk, "by_id": by.pk, "topic_id": topic.pk}
        return once(Comment, operation, same, {"text": text.strip()})[0]


def ask_for_help(
    *, learner: User, topic: Topic, text: str, operation: UUID, roadmap: Roadmap | None = None
) -> HelpRequest:
    """ "I'm stuck": open until a mentor answers or the learner takes it back. `text` may be empty.

    Raise NobodyThere, AlreadyThere (one request is open) or Conflict.
    """
    require_mentors(learner, topic)
    same = {"learner_id": learner.pk, "by_id": learner.pk, "topic_id": topic.pk}
    try:
        return once(HelpRequest, operation, same, {"text": text.strip(), "roadmap": roadmap})[0]
    except IntegrityError as error:
        if "help_request_open_once" not in str(error):
            raise
        raise AlreadyThere(
            _(
                "You asked for help with “%(topic)s” already, and it is still open. Take it back to ask anew, or "
                "add a comment. Nothing was sent."
            )
            % {"topic": topic.title}
        ) from None


def answer_help(*, cohort: Cohort, request: HelpRequest, by: User, text: str) -> HelpRequest:
    """Answer an open request, once. The learner gets an e-mail a minute later, unless they muted those.

    The same answer of the same person again is a replay. Raise Incomplete, AlreadyThere (answered, or taken back, with
    who and when), Left or Archived.
    """
    if not text.strip():
        raise Incomplete(_("An empty answer helps nobody. Nothing was sent."))
    learner, topic = request.learner, request.topic
    with transaction.atomic():
        take_turn(cohort=cohort, learner=learner)
        found = HelpRequest.objects.select_for_update(of=("self",)).select_related("answered_by").get(pk=request.pk)
        if found.answered_by_id == by.pk and found.answer == text.strip():
            return found
        if found.withdrawn_at is not None:
            raise AlreadyThere(
                _("%(learner)s took the request back on %(when)s. Nothing was sent.")
                % {"learner": learner.shown_name, "when": when(found.withdrawn_at)}
            )
        if found.answered_at is not None:
            who = name_of(found.answered_by, learner, colleagues(cohort))
            said = {"who": who, "when": when(found.answered_at), "answer": found.answer}
            if is_named(found.answered_by, learner, colleagues(cohort)):
                raise AlreadyThere(_("%(who)s answered this on %(when)s: “%(answer)s”. Yours was not sent.") % said)
            raise AlreadyThere(_("%(who)s answered this on %(when)s. Yours was not sent.") % said)
        found.answer, found.answered_by, found.answered_at = text.strip(), by, timezone.now()
        found.save(update_fields=["answer", "answered_by", "answered_at"])
        _send_answer(found, topic, learner, by)
    return found


def _send_answer(found: HelpRequest, topic: Topic, learner: User, by: User) -> None:
    """In the learner's language."""
    assert found.answered_at is not None  # noqa: S101  (for the type checker)
    with languages.writing_to(learner):
        parts = (
            _("You asked about “%(topic)s”:") % {"topic": topic.title},
            found.text or _("I am stuck."),
            _("%(mentor)s answered:") % {"mentor": by.shown_name},
            found.answer,
            f"{settings.PUBLIC_URL}{reverse('topic', args=[topic.slug])}\n",
        )
        subject = _("%(mentor)s answered you about %(topic)s") % {"mentor": by.shown_name, "topic": topic.title}
        mail.queue(
            key=answer_key(found),
            kind=Mail.Kind.ANSWER,
            to=learner,
            subject=subject[:200],
            text="\n\n".join(parts),
            due_at=found.answered_at + GRACE,
        )


def answer_key(request: HelpRequest) -> str:
    """Of its message. A request whose answer was taken back may be answered anew, by another message."""
    assert request.answered_at is not None  # noqa: S101  (for the type checker)
    return f"answer:{request.pk}:{request.answered_at:%Y%m%d%H%M%S%f}"
