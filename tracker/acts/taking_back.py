"""Taking an act back. Its row stays, marked; what it had set in motion is stopped where that is still possible."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from roadmap.models import Topic
from tracker import mail, progress
from tracker.acts.errors import AlreadyThere, Changed, NotYours, Unknown
from tracker.acts.reaching import nudge_key
from tracker.acts.talking import answer_key
from tracker.acts.turns import AnyAct, colleagues, name_of, take_turn, when
from tracker.models import (
    Cohort,
    Comment,
    Evidence,
    HelpRequest,
    LearnerTarget,
    Mail,
    Nudge,
    SignOff,
    User,
)

MODELS: dict[str, type[AnyAct]] = {
    "comment": Comment,
    "help": HelpRequest,
    "evidence": Evidence,
    "sign-off": SignOff,
    "nudge": Nudge,
    "target": LearnerTarget,
}
KINDS = ("event", "answer", *MODELS)
LEARNERS_KINDS = ("comment", "help", "evidence")
SHARED_KINDS = ("sign-off", "target")
"""What any mentor of the cohort takes back, since it must not stand when its author is away."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken back."""

    kind: str
    topic: Topic | None = None
    """The topic whose state is another now."""
    too_late: bool = False
    """The e-mail had gone out."""


def take_back(*, kind: str, operation: UUID, learner: User, by: User, cohort: Cohort | None = None) -> Taken:
    """Take back the act of `operation`: one's own; in `cohort`, a sign-off or a date of any of its mentors.

    `kind` is one of `KINDS`; `event` is a waiver or a reopening, `answer` that of a help request. Safe to repeat.
    Raise Unknown, NotYours, Changed (a state that was changed since, evidence that is signed off), AlreadyThere (the
    learner asked again), Left, Archived or `progress.ProgressError`.
    """
    with transaction.atomic():
        if cohort is not None:
            take_turn(cohort=cohort, learner=learner)
        if kind == "event":
            event, _ = progress.undo(
                learner=learner, operation=operation, new_operation=uuid5(operation, "undo"), by=by
            )
            return Taken(kind, event.topic)
        if kind == "answer":
            return _answer(operation, learner, by)
        return _row(kind, operation, learner, by, cohort)


def _row(kind: str, operation: UUID, learner: User, by: User, cohort: Cohort | None) -> Taken:
    model = MODELS.get(kind)
    found = (
        model.objects.select_for_update(of=("self",)).filter(learner=learner, operation=operation).first()
        if model is not None
        else None
    )
    if found is None or not isinstance(found, AnyAct):
        raise Unknown(_("There is no such act here. Nothing was changed."))
    shared = kind in SHARED_KINDS and cohort is not None and found.by_id in colleagues(cohort)
    if found.by_id != by.pk and not shared:
        raise NotYours(_("Only whoever did this can take it back. Nothing was changed."))
    if found.withdrawn_at is None:
        _refuse_what_was_used(found, learner)
        found.withdrawn_at, found.withdrawn_by = timezone.now(), by
        found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return Taken(kind, too_late=isinstance(found, Nudge) and _too_late(nudge_key(found)))


def _refuse_what_was_used(act: AnyAct, learner: User) -> None:
    if isinstance(act, HelpRequest) and act.answered_at is not None:
        raise Changed(
            _("This was answered on %(when)s, so it stays. Nothing was changed.") % {"when": when(act.answered_at)}
        )
    if isinstance(act, Evidence):
        used = SignOff.objects.filter(evidence=act, withdrawn_at=None).select_related("by").first()
        if used is not None:
            who = used.by.shown_name if used.by else _("Somebody")
            raise Changed(
                _("%(who)s signed this off on %(when)s, so it stays. Nothing was changed.")
                % {"who": who, "when": when(used.at)}
            )


def _too_late(key: str) -> bool:
    """Stop the message, if it has not gone out."""
    mail.drop(key=key)
    return Mail.objects.filter(key=key, claimed_at__isnull=False).exists()


def _answer(operation: UUID, learner: User, by: User) -> Taken:
    """The request is open again. What had been said stays in the thread, as a comment that was taken back."""
    found = (
        HelpRequest.objects.select_for_update(of=("self",))
        .select_related("answered_by")
        .filter(learner=learner, operation=operation)
        .first()
    )
    if found is None:
        raise Unknown(_("There is no such act here. Nothing was changed."))
    if found.answered_at is None:
        return Taken("answer")
    if found.answered_by_id != by.pk:
        who = name_of(found.answered_by, learner, frozenset())
        raise NotYours(
            _("%(who)s gave this answer, and only they can take it back. Nothing was changed.") % {"who": who}
        )
    now = timezone.now()
    late = _too_late(answer_key(found))
    Comment.objects.create(
        learner=learner, topic=found.topic, by=by, text=found.answer, at=found.answered_at, withdrawn_at=now,
        withdrawn_by=by,
    )  # fmt: skip
    found.answer, found.answered_by, found.answered_at = "", None, None
    try:
        with transaction.atomic():
            found.save(update_fields=["answer", "answered_by", "answered_at"])
    except IntegrityError as error:
        if "help_request_open_once" not in str(error):
            raise
        raise AlreadyThere(
            _("%(learner)s asked again since: answer that one. Your answer stays; nothing was changed.")
            % {"learner": learner.shown_name}
        ) from None
    return Taken("answer", too_late=late)
