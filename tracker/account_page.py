"""What a person's own account page reads. Each says its query count; none grows with what is listed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import HASH_SESSION_KEY
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from tracker import feeds
from tracker.cohort_pages import mentors_of
from tracker.devices import parts_of
from tracker.models import CalendarFeed, Cohort, FeedLink, Membership, PublicProfile, SignInLink, User
from tracker.profiles import profile_of
from tracker.second_factor import Standing
from tracker.sessions import SessionStore

MOST = 50
"""Sessions that are listed; signing out all others ends the rest, too."""


def name_of(key: str) -> str:
    """What a page calls a session: its key signs in, and never leaves the cookie."""
    return hashlib.sha256(f"session:{key}".encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Device:
    """Where somebody is signed in."""

    name: str
    browser: str
    system: str
    seen_at: datetime | None
    here: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """A cohort one learns in, and who mentors it."""

    cohort: Cohort
    mentors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    addresses: tuple[EmailAddress, ...]
    standing: Standing
    devices: tuple[Device, ...]
    watched: tuple[Watched, ...]
    feeds: tuple[FeedLink, ...]
    links: tuple[SignInLink, ...]
    calendar: CalendarFeed | None
    """The address of their own dates."""
    profile: PublicProfile | None
    """What everybody can read of them; None while it is off."""

    @property
    def unconfirmed(self) -> bool:
        """An address waits to be confirmed: until then no second step can be added."""
        return any(not each.verified for each in self.addresses)

    @property
    def elsewhere(self) -> int:
        return sum(not device.here for device in self.devices)


def account_of(person: User, *, here: str) -> Account:
    """`here` is the key of the session that asks. Nine queries."""
    addresses = EmailAddress.objects.filter(user=person).order_by("-primary", "email")
    now = timezone.now()
    links = SignInLink.objects.filter(user=person, used_at=None, expires_at__gt=now).order_by("-created_at")
    profile = profile_of(person)
    return Account(
        tuple(addresses),
        Standing(person),
        devices_of(person, here=here),
        watched_by(person),
        tuple(feeds.in_use(person)),
        tuple(links),
        CalendarFeed.objects.filter(user=person).first(),
        profile if profile and profile.public else None,
    )


def devices_of(person: User, *, here: str) -> tuple[Device, ...]:
    """Sessions that are good now, this one first, then the latest. One query.

    One that began before the password was changed is in the table, and lets nobody in: it is left out.
    """
    rows = person.sessions.filter(expire_date__gt=timezone.now()).order_by("-seen_at", "pk")[:MOST]
    found = [
        Device(name_of(row.session_key), *parts_of(row.device), row.seen_at, row.session_key == here)
        for row in rows
        if row.session_key == here or _is_good(person, SessionStore().decode(row.session_data))
    ]
    return tuple(sorted(found, key=lambda device: not device.here))


def _is_good(person: User, data: dict[str, Any]) -> bool:
    return constant_time_compare(data.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())


def watched_by(person: User) -> tuple[Watched, ...]:
    """The cohorts in which mentors see this person learn. Two queries."""
    mine = Membership.objects.filter(user=person, role=Membership.Role.LEARNER, left_at=None)
    cohorts = [each.cohort for each in mine.select_related("cohort").order_by("cohort__title", "pk")]
    mentors = mentors_of([cohort.pk for cohort in cohorts])
    return tuple(Watched(cohort, tuple(each.shown_name for each in mentors[cohort.pk])) for cohort in cohorts)
