"""The target dates of a cohort, for its mentors: as a list, as a calendar, and as a feed for calendar programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core import signing
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.models import Roadmap
from tracker import access
from tracker.calendars import Day, calendar
from tracker.models import Cohort, FeedLink, LearnerTarget, User
from tracker.permissions import Person

SALT = "tracker.targets.feed"
HASH = 16
"""Characters of the session hash in a feed's address: a new password ends it."""


@dataclass(frozen=True, slots=True)
class Target:
    roadmap: Roadmap
    on: date
    starts_on: date | None
    own: int
    """Learners of the cohort with a date of their own, or with none."""


def targets_of(person: Person, cohort: Cohort) -> list[Target]:
    """The cohort's dates, soonest first. Two queries."""
    assigned = [one for one in access.roadmaps_of_cohort(person, cohort) if one.target_on]
    standing = LearnerTarget.objects.filter(
        assigned__in=assigned, withdrawn_at=None, learner__in=access.learners_of_cohort(person, cohort)
    )
    own = dict(standing.values_list("assigned").annotate(Count("learner", distinct=True)))
    found = [Target(one.roadmap, one.target_on, one.starts_on, own.get(one.pk, 0)) for one in assigned if one.target_on]
    return sorted(found, key=lambda target: (target.on, target.roadmap.title))


def calendar_of(person: Person, cohort: Cohort, *, now: datetime) -> str:
    """Names nobody: a calendar is shared, and lies on other people's servers. Two queries."""
    url = f"{settings.PUBLIC_URL}{reverse('cohort', args=[cohort.slug])}"
    days = [
        Day(
            uid=f"{cohort.uid}.{target.roadmap.uid}@pathnotes",
            on=target.on,
            title=_("%(roadmap)s: target date (%(cohort)s)")
            % {"roadmap": target.roadmap.title, "cohort": cohort.title},
            text=_said(target),
            url=url,
        )
        for target in targets_of(person, cohort)
    ]
    return calendar(cohort.title, days, now=now)


def _said(target: Target) -> str:
    began = _("Began on %(day)s.") % {"day": target.starts_on.isoformat()} if target.starts_on else ""
    own = ngettext("%(n)s learner has another date.", "%(n)s learners have another date.", target.own)
    own = own % {"n": target.own} if target.own else ""
    return "\n".join(filter(None, (began, own)))


def feed_token(mentor: User, cohort: Cohort) -> str:
    """Opens this cohort's calendar without signing in, as long as the mentor mentors it, keeps their password and does
    not replace it (`tracker.feeds`). One query."""
    number = FeedLink.objects.filter(user=mentor, cohort=cohort).values_list("number", flat=True).first() or 0
    signed = [mentor.pk, cohort.pk, mentor.get_session_auth_hash()[:HASH]]
    return signing.Signer(salt=SALT).sign_object([*signed, number] if number else signed)


def of_feed(token: str) -> tuple[User, Cohort] | None:
    """Whose feed it is and of which cohort; None when it opens nothing any more. Three queries."""
    try:
        mentor, cohort, kept, *rest = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if not (isinstance(mentor, int) and isinstance(cohort, int)):
        return None
    user = User.objects.filter(pk=mentor, is_active=True).first()
    if user is None or user.get_session_auth_hash()[:HASH] != kept:
        return None
    found = access.mentored_cohorts(user).filter(pk=cohort).first()
    if found is None:
        return None
    number = FeedLink.objects.filter(user=user, cohort=found).values_list("number", flat=True).first() or 0
    return (user, found) if rest == ([number] if number else []) else None
