"""What the pages of cohorts read. Each says its query count; none grows with people or cohorts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Case, Count, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Lower
from django.utils import timezone

from roadmap.models import Roadmap
from roadmap.queries import readable_roadmaps
from tracker import access
from tracker.invitations import why_over, written
from tracker.models import Cohort, CohortRoadmap, Invitation, Invited, Membership, User
from tracker.permissions import Person, Right, may

PAGE = 50
"""People, or cohorts, to a page."""


@dataclass(frozen=True, slots=True)
class CohortCard:
    """A cohort in the list of one's cohorts."""

    cohort: Cohort
    mentors: tuple[str, ...]
    roadmaps: tuple[CohortRoadmap, ...]
    learners: int


@dataclass(frozen=True, slots=True)
class MyCohorts:
    mentoring: tuple[CohortCard, ...]
    learning: tuple[CohortCard, ...]
    over: tuple[CohortCard, ...]
    """Archived, that one mentors or runs."""
    learned: tuple[CohortCard, ...]
    """Archived, that one learns in."""
    others: Page[Cohort] | None
    """Those of other mentors, for whoever runs the installation."""
    may_create: bool


def my_cohorts(person: User, page: str = "") -> MyCohorts:
    """The cohorts this person is in. Five queries; for whoever runs the installation seven."""
    mine = list(Membership.objects.filter(user=person, left_at=None).select_related("cohort").order_by("cohort__title"))
    cards = _cards(person, [membership.cohort for membership in mine])
    groups: defaultdict[tuple[str, bool], list[CohortCard]] = defaultdict(list)
    for membership in mine:
        groups[membership.role, membership.cohort.archived_at is None].append(cards[membership.cohort_id])
    others = None
    if may(person, Right.SEE_ALL_COHORTS):
        found = (
            access.mentored_cohorts(person)
            .exclude(pk__in=cards)
            .order_by(F("archived_at").desc(nulls_first=True), "title", "pk")
        )
        others = Paginator(found, PAGE).get_page(page)
    return MyCohorts(
        tuple(groups["mentor", True]),
        tuple(groups["learner", True]),
        tuple(groups["mentor", False]),
        tuple(groups["learner", False]),
        others,
        access.may_create_cohorts(person),
    )


def _cards(person: Person, cohorts: Sequence[Cohort]) -> Mapping[int, CohortCard]:
    """Three queries."""
    keys = [cohort.pk for cohort in cohorts]
    mentors = mentors_of(keys)
    roadmaps: defaultdict[int, list[CohortRoadmap]] = defaultdict(list)
    assigned = CohortRoadmap.objects.filter(cohort__in=keys, roadmap__in=assignable(person))
    for each in assigned.select_related("roadmap"):
        roadmaps[each.cohort_id].append(each)
    learners = dict(
        Membership.objects.filter(cohort__in=keys, role="learner", left_at=None)
        .order_by()
        .values_list("cohort")
        .annotate(Count("pk"))
    )
    return {
        cohort.pk: CohortCard(
            cohort,
            tuple(mentor.shown_name for mentor in mentors[cohort.pk]),
            tuple(roadmaps[cohort.pk]),
            learners.get(cohort.pk, 0),
        )
        for cohort in cohorts
    }


def mentors_of(cohorts: Iterable[int]) -> Mapping[int, list[User]]:
    """Cohort -> its mentors now, by when they came. One query."""
    found: defaultdict[int, list[User]] = defaultdict(list)
    rows = Membership.objects.filter(cohort__in=list(cohorts), role="mentor", left_at=None)
    for membership in rows.select_related("user").order_by("joined_at", "pk"):
        found[membership.cohort_id].append(membership.user)
    return found


@dataclass(frozen=True, slots=True)
class Code:
    invitation: Invitation
    written: str
    over: str
    """Why it lets nobody in any more; empty when it does."""

    @property
    def left(self) -> int | None:
        most = self.invitation.max_uses
        return None if most is None else most - self.invitation.uses


@dataclass(frozen=True, slots=True)
class People:
    mentors: tuple[Membership, ...]
    learners: Page[Any]
    """Of `Membership`."""
    codes: tuple[Code, ...]
    """Good ones first."""
    invited: Page[Any]
    """Of `Invited`: who has a link and has not come in by it."""


def people(cohort: Cohort, *, search: str = "", page: str = "", invited_page: str = "") -> People:
    """Members, codes and invitations of a cohort, for its mentors. At most six queries."""
    members = cohort.memberships.filter(left_at=None).select_related("user", "through").annotate(shown=_SHOWN)
    learners = members.filter(role="learner").order_by(Lower("shown"), "pk")
    if search:
        learners = learners.filter(shown__icontains=search)
    codes = [
        Code(each, written(each.code), why_over(each, cohort)) for each in cohort.invitations.order_by("-pk")[:200]
    ]
    expired = Case(When(expires_at__lte=timezone.now(), then=True), default=False, output_field=BooleanField())
    pending = cohort.invited.filter(revoked_at=None, joined_at=None).annotate(is_over=expired).order_by("email", "pk")
    return People(
        tuple(members.filter(role="mentor").order_by("joined_at", "pk")),
        Paginator(learners, PAGE).get_page(page),
        tuple(sorted(codes, key=lambda code: bool(code.over))),
        Paginator(pending, PAGE).get_page(invited_page),
    )


_SHOWN = Case(
    When(user__name="", then=Func("user__email", Value("@"), Value(1), function="split_part")),
    default="user__name",
    output_field=TextField(),
)
"""As `User.shown_name`: the search finds what pages show, and nothing of an address."""


@dataclass(frozen=True, slots=True)
class Settings:
    assigned: tuple[CohortRoadmap, ...]
    assignable: tuple[Roadmap, ...]
    mentors: tuple[User, ...]


def settings_of(person: Person, cohort: Cohort) -> Settings:
    """Three queries."""
    assigned = tuple(cohort.assigned.select_related("roadmap"))
    taken = [each.roadmap_id for each in assigned]
    return Settings(
        assigned, tuple(assignable(person).exclude(pk__in=taken)), tuple(mentors_of([cohort.pk])[cohort.pk])
    )


def assignable(person: Person) -> QuerySet[Roadmap]:
    """The roadmaps this mentor may assign: those they may read."""
    return readable_roadmaps(drafts=may(person, Right.READ_DRAFTS)).order_by("title", "pk")


@dataclass(frozen=True, slots=True)
class Door:
    """What somebody sees who is about to come in."""

    cohort: Cohort
    role: str
    mentors: tuple[str, ...]
    roadmaps: tuple[CohortRoadmap, ...]
    over: str
    member: bool
    """They are in already, as what they are invited as or more."""


def door(person: Person, way: Invitation | Invited) -> Door:
    """Three queries; two without an account."""
    cohort, user = way.cohort, person if isinstance(person, User) else None
    member = False
    if user is not None:
        here = Membership.objects.filter(cohort=cohort, user=user, left_at=None)
        member = here.filter(Q(role=way.role) | Q(role="mentor")).exists()
    mentors = mentors_of([cohort.pk])[cohort.pk]
    roadmaps = tuple(access.roadmaps_of_cohort(person, cohort))
    return Door(
        cohort, way.role, tuple(mentor.shown_name for mentor in mentors), roadmaps, why_over(way, cohort), member
    )
