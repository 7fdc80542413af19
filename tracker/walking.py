"""The verbs of who walks a roadmap and how much they mean to do: before the first check-off, and whenever they like."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from roadmap.models import Roadmap
from tracker import summaries
from tracker.models import Enrolment, User

MOST_HOURS = 100
"""A week."""


class HoursError(Exception):
    """Not a number of hours one can mean to spend in a week; nothing was changed. `str()` is a sentence."""


def enrol(*, learner: User, roadmap: Roadmap) -> bool:
    """The learner walks the roadmap from now on; whether they did not before. Safe to repeat: one transaction."""
    with transaction.atomic():
        summaries.lock([learner.pk])
        new = Enrolment.objects.get_or_create(learner=learner, roadmap=roadmap)[1]
        if new:
            summaries.ensure(learners=[learner.pk], roadmaps=[roadmap.pk])
            summaries.recount(learner.pk)  # what is known of it already may be all of it
    return new


def set_week_hours(*, user: User, hours: int | None) -> None:
    """How many hours a week they mean to spend; None takes it back. Raise HoursError."""
    if hours is not None and not 1 <= hours <= MOST_HOURS:
        raise HoursError(_("Hours a week are a whole number from 1 to 100, or nothing. Nothing was changed."))
    User.objects.filter(pk=user.pk).update(week_hours=hours)
    user.week_hours = hours
