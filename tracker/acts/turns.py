"""What the verbs have in common: one act at a time for each learner of a cohort, one act for each operation id."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tracker.acts.errors import Archived, Conflict, Left
from tracker.models import Cohort, Comment, Evidence, HelpRequest, LearnerTarget, Membership, Nudge, SignOff, User

AnyAct = Comment | HelpRequest | Evidence | SignOff | Nudge | LearnerTarget
SomeAct = TypeVar("SomeAct", Comment, HelpRequest, Evidence, SignOff, Nudge, LearnerTarget)

CONFLICT = _lazy("This was already sent as something else. Reload the page to see how it stands.")


def take_turn(*, cohort: Cohort, learner: User) -> None:
    """Wait until no other act of a mentor of this cohort for this learner is under way. In a transaction. One query.

    Raise Left or Archived.
    """
    row = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("cohort")
        .filter(cohort=cohort, user=learner, role=Membership.Role.LEARNER, left_at=None)
        .first()
    )
    if row is None:
        raise Left(
            _("%(learner)s is no longer in “%(cohort)s”. Nothing was changed.")
            % {"learner": learner.shown_name, "cohort": cohort.title}
        )
    if row.cohort.archived_at is not None:
        raise Archived(
            _("“%(cohort)s” is archived: it can be read, but nothing in it changes any more.")
            % {"cohort": row.cohort.title}
        )


def once(model: type[SomeAct], operation: UUID, same: dict[str, Any], fields: dict[str, Any]) -> tuple[SomeAct, bool]:
    """The act of this operation, and whether it was made now. `same` is what a replay must agree with.

    Raise Conflict for an operation that was something else, IntegrityError for other constraints. One query or two.
    """
    manager = model.objects
    found = manager.filter(operation=operation).first()
    if found is None:
        try:
            with transaction.atomic():
                return manager.create(operation=operation, at=timezone.now(), **same, **fields), True
        except IntegrityError as error:
            found = manager.filter(operation=operation).first()
            if found is None:
                raise error from None
    if any(getattr(found, name) != value for name, value in same.items()):
        raise Conflict(CONFLICT)
    return found, False


def colleagues(cohort: Cohort) -> frozenset[int]:
    """Ids of those whose names its mentors know: who mentors or mentored it, and who runs the installation. One query.

    A learner may be in other cohorts, too: whoever mentors them there has no name here.
    """
    mentors = Q(memberships__cohort=cohort, memberships__role=Membership.Role.MENTOR)
    return frozenset(User.objects.filter(mentors | Q(role=User.Role.OWNER)).values_list("pk", flat=True))


def name_of(person: User | None, learner: User, known: frozenset[int]) -> str:
    """What a mentor who knows `known` calls whoever acted for this learner."""
    if person is None:
        return _("Somebody")
    return person.shown_name if is_named(person, learner, known) else _("Another mentor")


def is_named(person: User | None, learner: User, known: frozenset[int]) -> bool:
    """Whether a mentor who knows `known` is told who acted, and what they wrote."""
    return person is None or person.pk == learner.pk or person.pk in known


def when(at: datetime) -> str:
    """`21 Nov, 10:31`."""
    local = timezone.localtime(at)
    return f"{formats.date_format(local, 'MONTH_DAY_FORMAT')}, {formats.time_format(local, 'TIME_FORMAT')}"
