"""Waive and reopen: states that a mentor sets, as events with their reason."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from roadmap.models import Topic
from tracker import progress
from tracker.acts.errors import Changed, Incomplete
from tracker.acts.turns import colleagues, name_of, take_turn, when
from tracker.models import Cohort, ProgressEvent, TopicProgress, User
from tracker.row_words import WORDS

WAIVABLE = ("todo", "learning", "skipped")
REOPENABLE = ("done", "waived")


class _Otherwise(Exception):
    """It was in another state: what was written is rolled back."""


def waive(
    *, cohort: Cohort, learner: User, topic: Topic, by: User, reason: str, expected: str, operation: UUID
) -> progress.Outcome:
    """The topic counts as done for this learner, for a reason. `expected` is the state that the page showed.

    Raise Incomplete, Changed, Left, Archived, or `progress.ProgressError`.
    """
    if not reason.strip():
        raise Incomplete(_("Say why you waive it: the learner reads it. Nothing was changed."))
    if expected not in WAIVABLE:
        raise Incomplete(
            _("What is %(state)s is not waived. Nothing was changed.")
            % {"state": WORDS.get(expected, _("in no state"))}
        )
    return _set("waived", cohort, learner, topic, by=by, reason=reason, expected=expected, operation=operation)


def reopen(
    *, cohort: Cohort, learner: User, topic: Topic, by: User, reason: str, expected: str, operation: UUID
) -> progress.Outcome:
    """What was done is under way again; what was waived is as it was before the waiver. `expected` as in `waive`.

    Raise Incomplete, Changed, Left, Archived, or `progress.ProgressError`.
    """
    if not reason.strip():
        raise Incomplete(_("Say why you reopen it: the learner reads it. Nothing was changed."))
    if expected not in REOPENABLE:
        raise Incomplete(_("Only what is done or waived can be reopened. Nothing was changed."))
    state = _before(learner, topic, expected, operation)
    return _set(state, cohort, learner, topic, by=by, reason=reason, expected=expected, operation=operation)


def _before(learner: User, topic: Topic, expected: str, operation: UUID) -> str:
    """The state that reopening leads to."""
    events = ProgressEvent.objects.filter(learner=learner, topic=topic, step=None)
    replayed = events.filter(operation=operation).first()
    if replayed is not None:
        return replayed.now
    if expected == "done":
        return "learning"
    waiver = events.filter(now="waived").exclude(was="waived").first()
    return waiver.was if waiver is not None and waiver.was in WAIVABLE else "todo"


def _set(
    state: str, cohort: Cohort, learner: User, topic: Topic, *, by: User, reason: str, expected: str, operation: UUID
) -> progress.Outcome:
    try:
        with transaction.atomic():
            take_turn(cohort=cohort, learner=learner)
            outcome = progress.set_state(
                learner=learner,
                topic=topic.pk,
                state=state,
                operation=operation,
                by=by,
                through=ProgressEvent.Through.MENTOR,
                note=reason.strip(),
            )
            _refuse_another(outcome, expected)
            return outcome
    except _Otherwise:
        raise Changed(how_it_stands(cohort, learner, topic)) from None


def _refuse_another(outcome: progress.Outcome, expected: str) -> None:
    if not outcome.replayed and outcome.was != expected:
        raise _Otherwise


def how_it_stands(cohort: Cohort, learner: User, topic: Topic) -> str:
    """Who last changed the topic's state, when, and what it is now. Three queries."""
    state = TopicProgress.objects.filter(learner=learner, topic=topic).values_list("state", flat=True).first() or "todo"
    last = (
        ProgressEvent.objects.filter(learner=learner, topic=topic, step=None)
        .exclude(was=F("now"))
        .select_related("by")
        .first()
    )
    if last is None:
        return _("“%(topic)s” is %(state)s now. Nothing was changed.") % {"topic": topic.title, "state": WORDS[state]}
    who = name_of(last.by or learner, learner, colleagues(cohort))
    why = f" (“{last.note}”)" if last.note else ""
    return _(
        "%(who)s set “%(topic)s” from %(was)s to %(now)s on %(when)s%(why)s. It is %(state)s now; nothing was changed "
        "by you."
    ) % {
        "who": who,
        "topic": topic.title,
        "was": WORDS[last.was],
        "now": WORDS[last.now],
        "when": when(last.at),
        "why": why,
        "state": WORDS[state],
    }
