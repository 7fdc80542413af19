"""The verbs of cohorts: make one, say what it walks, who mentors it, who is in it, and when it is over.

Each is one transaction that holds the cohort's row, so that of two mentors who act at once the second sees what the
first did. Each sets a state: sent twice, it changes nothing the second time. In an archived cohort nothing changes any
more, except that people may still leave it.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from roadmap.models import Roadmap
from tracker import audit, summaries
from tracker.models import Cohort, CohortRoadmap, Invitation, Membership, User

LEARNER, MENTOR = Membership.Role.LEARNER, Membership.Role.MENTOR
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without letters and digits that are taken for one another."""


class CohortError(Exception):
    """An act on a cohort that was refused; nothing was changed. `str()` is a sentence for whoever did it, `status` the
    answer's."""

    status = 409


class Archived(CohortError):
    """The cohort is over."""

    def __init__(self) -> None:
        super().__init__(_("This cohort is archived: it can be read, not changed. Reopen it in its settings first."))


class LastMentor(CohortError):
    """Without this mentor nobody would see to the cohort."""


class NotMember(CohortError):
    """Whoever it is about is not in the cohort, or no longer."""


class DatesTurned(CohortError):
    """The target lies before the start."""

    status = 422


class AlreadySent(CohortError):
    """The form was sent before, by somebody else."""


def create(*, by: User, title: str, summary: str = "", uid: UUID) -> Cohort:
    """A cohort with `by` as its mentor. `uid` names the intent: the same again answers the cohort that is there.
    Raise AlreadySent when that is somebody else's.

    Its address ends in letters by chance, so that it tells nobody whether another cohort bears the same title.
    """
    with transaction.atomic():
        cohort, new = Cohort.objects.get_or_create(
            uid=uid, defaults={"created_by": by, "title": title, "summary": summary, "slug": _slug(title)}
        )
        if new:
            Membership.objects.create(cohort=cohort, user=by, role=MENTOR)
            _trail("create", cohort, by)
    if cohort.created_by_id != by.pk:
        raise AlreadySent(_("This form was sent before. Reload the page to begin anew. Nothing was changed."))
    return cohort


def _slug(title: str) -> str:
    words = slugify(title)[:80].strip("-")
    return f"{words or 'cohort'}-{''.join(secrets.choice(ALPHABET) for _ in range(6))}"


def edit(*, cohort: Cohort, title: str, summary: str, by: User | None = None) -> None:
    """Raise Archived. Three queries and the transaction's."""
    with transaction.atomic():
        was = held(cohort)
        if (was.title, was.summary) != (title, summary):
            Cohort.objects.filter(pk=cohort.pk).update(title=title, summary=summary)
            _trail("edit", cohort, by, {"title": [was.title, title]} if was.title != title else {"summary": summary})


def assign(
    *,
    cohort: Cohort,
    roadmap: Roadmap,
    starts_on: date | None = None,
    target_on: date | None = None,
    by: User | None = None,
) -> CohortRoadmap:
    """The cohort walks this roadmap between these days (none: whenever). A new one comes last.

    Its learners get what is counted of them there; nobody is enrolled by it. Raise Archived or DatesTurned.
    """
    if starts_on and target_on and target_on < starts_on:
        raise DatesTurned(_("The target date lies before the start. Nothing was changed."))
    with transaction.atomic():
        held(cohort)
        last = cohort.assigned.aggregate(last=Max("position"))["last"]
        found, new = CohortRoadmap.objects.update_or_create(
            cohort=cohort,
            roadmap=roadmap,
            defaults={"starts_on": starts_on, "target_on": target_on},
            create_defaults={
                "starts_on": starts_on,
                "target_on": target_on,
                "position": 0 if last is None else last + 1,
            },
        )
        days = {name: str(day) for name, day in (("from", starts_on), ("until", target_on)) if day}
        _trail("assign", cohort, by, {"roadmap": roadmap.title} | days)
        if new:
            learners = current(cohort).filter(role=LEARNER).values_list("user", flat=True)
            summaries.ensure(learners=list(learners), roadmaps=[roadmap.pk])
    return found


def unassign(*, cohort: Cohort, roadmap: Roadmap, by: User | None = None) -> None:
    """The cohort no longer walks it; what its learners did there is kept. Safe to repeat. Raise Archived."""
    with transaction.atomic():
        held(cohort)
        gone, _ = cohort.assigned.filter(roadmap=roadmap).delete()
        if gone:
            _trail("unassign", cohort, by, {"roadmap": roadmap.title})


def put_at(*, cohort: Cohort, roadmap: Roadmap, place: int) -> None:
    """Put an assigned roadmap at this place among them, from 0; beyond the end is the end. Raise Archived.

    One update for each that moves.
    """
    with transaction.atomic():
        held(cohort)
        rows = list(cohort.assigned.select_for_update())
        mine = [row for row in rows if row.roadmap_id == roadmap.pk]
        others = [row for row in rows if row.roadmap_id != roadmap.pk]
        for position, row in enumerate([*others[:place], *mine, *others[place:]]):
            if row.position != position:
                CohortRoadmap.objects.filter(pk=row.pk).update(position=position)


def archive(*, cohort: Cohort, by: User | None = None) -> None:
    """From now on it is only read, and its codes and invitations let nobody in. Safe to repeat."""
    with transaction.atomic():
        if Cohort.objects.filter(pk=cohort.pk, archived_at=None).update(archived_at=timezone.now()):
            _trail("archive", cohort, by)


def reopen(*, cohort: Cohort, by: User | None = None) -> None:
    """As before it was archived; codes that are still good work again. Safe to repeat."""
    with transaction.atomic():
        if Cohort.objects.filter(pk=cohort.pk, archived_at__isnull=False).update(archived_at=None):
            _trail("reopen", cohort, by)


def join(*, cohort: Cohort, user: User, role: str, through: Invitation | None = None) -> bool:
    """Take somebody in, inside a transaction that holds the cohort; whether that changed anything.

    A mentor stays one, whatever they are invited as; a learner who is invited to mentor becomes one. What a learner
    does on the cohort's roadmaps is counted from now on.
    """
    here = current(cohort).filter(user=user).first()
    if here is not None and here.role in {role, MENTOR}:
        return False
    if here is not None:
        _end(here)
    Membership.objects.create(cohort=cohort, user=user, role=role, through=through)
    _trail("join", cohort, user, {"as": role})
    if role == LEARNER:
        roadmaps = list(cohort.assigned.values_list("roadmap", flat=True))
        summaries.ensure(learners=[user.pk], roadmaps=roadmaps)
    return True


def make_mentor(*, cohort: Cohort, user: int, by: User | None = None) -> None:
    """A member mentors from now on, and no longer learns here: the mentors do not see their progress any more.

    There is no way back but to leave and to join: nobody is shown to mentors whom they did not let look.
    Raise Archived or NotMember.
    """
    with transaction.atomic():
        held(cohort)
        here = _member(cohort, user)
        if here.role != MENTOR:
            _end(here)
            Membership.objects.create(cohort=cohort, user_id=user, role=MENTOR, through_id=here.through_id)
            _trail("make_mentor", cohort, by, {"person": here.user.shown_name})


def remove(*, cohort: Cohort, user: int, by: User | None = None) -> None:
    """A member is out; all their progress is theirs, and the mentors no longer see it.

    Raise Archived, NotMember, or LastMentor for the only one.
    """
    with transaction.atomic():
        held(cohort)
        here = _member(cohort, user)
        if here.role == MENTOR and current(cohort).filter(role=MENTOR).count() == 1:
            raise LastMentor(
                _("This is the only mentor of the cohort. Make somebody else a mentor first, or archive the cohort.")
            )
        _end(here)
        _trail("remove", cohort, by, {"person": here.user.shown_name})


def leave(*, cohort: Cohort, user: User) -> None:
    """As `remove`, by oneself; from an archived cohort too, since its mentors still see who is in it.

    Raise NotMember, or LastMentor for the only one of a cohort that is not archived.
    """
    with transaction.atomic():
        now = held(cohort, archived=True)
        here = _member(cohort, user.pk)
        alone = here.role == MENTOR and current(cohort).filter(role=MENTOR).count() == 1
        if alone and now.archived_at is None:
            raise LastMentor(
                _("You are the only mentor of this cohort. Make somebody else a mentor first, or archive the cohort.")
            )
        _end(here)
        _trail("leave", cohort, user)


def current(cohort: Cohort) -> QuerySet[Membership]:
    """Who is in it now."""
    return cohort.memberships.filter(left_at=None)


def held(cohort: Cohort, *, archived: bool = False) -> Cohort:
    """The cohort's row as it is now, held until the transaction ends. Raise Archived, unless that is fine."""
    now = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if now.archived_at is not None and not archived:
        raise Archived
    return now


def _member(cohort: Cohort, user: int) -> Membership:
    here = current(cohort).filter(user=user).select_related("user").first()
    if here is None:
        raise NotMember(_("This person is not in the cohort, or no longer. Nothing was changed."))
    return here


def _end(membership: Membership) -> None:
    membership.left_at = timezone.now()
    membership.save(update_fields=["left_at"])


def _trail(verb: str, cohort: Cohort, by: User | None, detail: dict[str, Any] | None = None) -> None:
    audit.record(by=by, verb=verb, of=cohort, kind="cohort", title=cohort.title, detail=detail)
