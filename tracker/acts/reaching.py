"""Nudges, and target dates of one learner."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from tracker import languages, mail
from tracker.acts.errors import Changed, Incomplete, TooSoon
from tracker.acts.talking import GRACE
from tracker.acts.turns import colleagues, name_of, once, take_turn, when
from tracker.models import Cohort, CohortRoadmap, LearnerTarget, Mail, Nudge, User

EVERY = timedelta(days=1)
"""One nudge for each learner and mentor in this time."""


def nudge_key(nudge: Nudge) -> str:
    """Of its message."""
    return f"nudge:{nudge.pk}"


def nudge(*, cohort: Cohort, learner: User, by: User, text: str, operation: UUID) -> Nudge:
    """A short message, by e-mail a minute later unless the learner muted those; their timeline shows it either way.

    Raise Incomplete, TooSoon, Conflict, Left or Archived.
    """
    if not text.strip():
        raise Incomplete(_("Write a line: an empty nudge says nothing. Nothing was sent."))
    with transaction.atomic():
        take_turn(cohort=cohort, learner=learner)
        same = {"learner_id": learner.pk, "by_id": by.pk, "cohort_id": cohort.pk}
        if not Nudge.objects.filter(operation=operation).exists():
            _require_time(learner, by)
        made, fresh = once(Nudge, operation, same, {"text": text.strip()})
        if fresh:
            _send(made, cohort, learner, by)
    return made


def _send(made: Nudge, cohort: Cohort, learner: User, by: User) -> None:
    """In the learner's language."""
    with languages.writing_to(learner):
        said = _("%(mentor)s mentors you in “%(cohort)s” and wrote:") % {
            "mentor": by.shown_name, "cohort": cohort.title
        }  # fmt: skip
        mail.queue(
            key=nudge_key(made),
            kind=Mail.Kind.NUDGE,
            to=learner,
            subject=(_("%(mentor)s wrote to you") % {"mentor": by.shown_name})[:200],
            text=f"{said}\n\n{made.text}\n\n{settings.PUBLIC_URL}{reverse('timeline')}\n",
            due_at=made.at + GRACE,
        )


def _require_time(learner: User, by: User) -> None:
    """What was taken back before it went out does not count."""
    recent = Nudge.objects.filter(learner=learner, by=by, at__gt=timezone.now() - EVERY)
    gone_out = Mail.objects.filter(
        key__in=[nudge_key(each) for each in recent.exclude(withdrawn_at=None)], claimed_at__isnull=False
    )
    sent = [int(key.partition(":")[2]) for key in gone_out.values_list("key", flat=True)]
    last = recent.filter(Q(withdrawn_at=None) | Q(pk__in=sent)).first()
    if last is not None:
        raise TooSoon(
            _(
                "You nudged %(learner)s on %(when)s; one a day is enough. Nothing was sent. A comment on a topic "
                "reaches them, too."
            )
            % {"learner": learner.shown_name, "when": when(last.at)}
        )


def latest_target(learner: User, assigned: CohortRoadmap) -> LearnerTarget | None:
    """The date of this learner alone that counts now, before the cohort's. One query."""
    standing = LearnerTarget.objects.filter(learner=learner, assigned=assigned, withdrawn_at=None)
    return standing.select_related("by").order_by("-pk").first()


def set_target(
    *,
    assigned: CohortRoadmap,
    learner: User,
    by: User,
    target_on: date | None,
    reason: str,
    expected: int | None,
    operation: UUID,
) -> LearnerTarget:
    """A date of this learner's own on the roadmap; None: no date for them. `expected` is the id of the row that the
    page showed, None where the cohort's date counted.

    Raise Changed (somebody set another date since), Conflict, Left or Archived.
    """
    cohort = assigned.cohort
    with transaction.atomic():
        take_turn(cohort=cohort, learner=learner)
        same = {"learner_id": learner.pk, "by_id": by.pk, "assigned_id": assigned.pk}
        latest = latest_target(learner, assigned)
        if (latest.pk if latest else None) != expected and not _is_replay(operation):
            raise Changed(_set_since(cohort, learner, latest))
        return once(LearnerTarget, operation, same, {"target_on": target_on, "reason": reason.strip()})[0]


def _is_replay(operation: UUID) -> bool:
    return LearnerTarget.objects.filter(operation=operation).exists()


def _set_since(cohort: Cohort, learner: User, latest: LearnerTarget | None) -> str:
    if latest is None:
        return _("The date that stood here was taken back: the cohort's counts again. Nothing was changed.")
    who = name_of(latest.by, learner, colleagues(cohort))
    day = formats.date_format(latest.target_on, "SHORT_DATE_FORMAT") if latest.target_on else _("no date")
    return _("%(who)s set %(day)s on %(when)s. Nothing was changed; set it again if yours is right.") % {
        "who": who,
        "day": day,
        "when": when(latest.at),
    }
