"""Public profiles: what their owners choose to show, and what strangers read of it.

Off until switched on. Whatever is not shown does not exist for a stranger: an unknown handle, one that is switched off,
and a roadmap that is not on it all answer 404, alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from roadmap.models import Roadmap
from roadmap.queries import readable_roadmaps
from tracker.activity import moves_by_day
from tracker.models import PublicProfile, PublicRoadmap, User
from tracker.queries import standing
from tracker.share import Share
from tracker.time_zones import zone_of

WEEKS = 53
RESERVED = frozenset({"admin", "pathnotes", "owner", "support", "help", "about", "api", "me", "new"})
"""Handles that would look like the installation's own."""


class HandleTaken(Exception):
    """Somebody else has it, or it would look like the installation's own. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("This address is taken. Choose another; nothing was changed."))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A profile as its owner wants it."""

    handle: str
    name: str
    about: str = ""
    public: bool = False
    activity: bool = False
    indexed: bool = False


def save_profile(*, user: User, chosen: Chosen, roadmaps: Iterable[int]) -> PublicProfile:
    """Make it so. `roadmaps` are ids; only those that they walk and may read are shown. Safe to repeat.

    Raise HandleTaken.
    """
    if chosen.handle in RESERVED:
        raise HandleTaken
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        fields = {name: getattr(chosen, name) for name in ("handle", "name", "about", "public", "activity", "indexed")}
        try:
            with transaction.atomic():
                profile, _new = PublicProfile.objects.update_or_create(user=user, defaults=fields)
        except IntegrityError as error:
            if "handle" not in str(error):
                raise
            raise HandleTaken from None
        wanted = set(to_show(user).filter(pk__in=list(roadmaps)).values_list("pk", flat=True))
        profile.shown.exclude(roadmap__in=wanted).delete()
        PublicRoadmap.objects.bulk_create(
            [PublicRoadmap(profile=profile, roadmap_id=pk) for pk in sorted(wanted)], ignore_conflicts=True
        )
    return profile


def to_show(user: User) -> QuerySet[Roadmap]:
    """Roadmaps that they can show: those they walk and everybody may read."""
    return readable_roadmaps().filter(enrolments__learner=user)


def profile_of(user: User) -> PublicProfile | None:
    """One's own, public or not. One query."""
    return PublicProfile.objects.filter(user=user).first()


@dataclass(frozen=True, slots=True)
class Shown:
    roadmap: Roadmap
    share: Share

    @property
    def met(self) -> int:
        return self.share.done + self.share.waived

    @property
    def word(self) -> str:
        """`62 %`, `finished`, `—`: what a badge says."""
        if self.share.percent is None:
            return "—"
        if self.share.finished and self.share.percent == 100:
            return _("finished")
        return f"{self.share.percent} %"


@dataclass(frozen=True, slots=True)
class Heat:
    """Days of the last year, in columns of weeks."""

    weeks: tuple[tuple[tuple[date, int, int], ...], ...]
    """(day, moves, level from 0 to 4), Mondays first."""
    moves: int
    days: int


def profile_for_everybody(handle: str) -> PublicProfile:
    """A public one of an account that is used. One query. Raise Http404, for all others alike."""
    found = PublicProfile.objects.filter(handle=handle, public=True, user__is_active=True).select_related("user")
    profile = found.first()
    if profile is None:
        raise Http404("No such profile.")
    return profile


def shown_on(profile: PublicProfile) -> list[Shown]:
    """What it shows, by title, each with its owner's share by the one function. One query, and
    those of `standing` for each."""
    roadmaps = readable_roadmaps().filter(public_profiles__profile=profile).order_by("title", "pk")
    return [Shown(roadmap, standing(profile.user, roadmap).overlay.total) for roadmap in roadmaps]


def one_shown(profile: PublicProfile, slug: str) -> Shown:
    """One of them. Raise Http404."""
    roadmap = readable_roadmaps().filter(public_profiles__profile=profile, slug=slug).first()
    if roadmap is None:
        raise Http404("No such badge.")
    return Shown(roadmap, standing(profile.user, roadmap).overlay.total)


def heat_of(profile: PublicProfile) -> Heat | None:
    """None unless its owner shows it. One query."""
    if not profile.activity:
        return None
    zone = zone_of(profile.user)
    last = timezone.localdate(timezone=zone)
    first = last - timedelta(days=last.weekday() + 7 * (WEEKS - 1))
    return heat(moves_by_day(profile.user, first, last, zone), first, last)


def heat(moves: dict[date, int], first: date, last: date) -> Heat:
    """`first` is a Monday. Levels: none, then quarters of the busiest day."""
    most = max(moves.values(), default=0)
    weeks = []
    for start in range(0, (last - first).days + 1, 7):
        days = [first + timedelta(days=start + i) for i in range(7)]
        weeks.append(tuple((day, n := moves.get(day, 0), -(-4 * n // most) if n else 0) for day in days if day <= last))
    return Heat(tuple(weeks), sum(moves.values()), sum(1 for n in moves.values() if n))
