"""The people and the small curriculum that the guards of the addresses are played with, and the addresses."""

from __future__ import annotations

import copy
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from http.cookies import SimpleCookie

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from roadmap.forking import fork_roadmap
from roadmap.models import Alias, NoteSource, Placement, Prerequisite, Resource, Roadmap, Section, Step, Topic
from roadmap.publishing.models import DraftRevision
from roadmap.publishing.recording import record_now
from roadmap.studio import verbs
from roadmap.studio.doing import Asked
from tracker.models import (
    CalendarFeed,
    Cohort,
    CohortRoadmap,
    Invitation,
    Invited,
    Membership,
    ProgressEvent,
    PublicProfile,
    PublicRoadmap,
    TopicProgress,
    User,
)
from tracker.sign_in import create_link

ROLES = ("anonymous", "learner", "other", "editor", "owner", "mentor", "stranger", "disabled")
"""`mentor` mentors the cohort in which `learner` learns; `stranger` mentors another one, in which `other` learns, who
has no progress; `disabled` signed in before the account was switched off."""
ONE_OF_EACH = ("anonymous", "learner", "owner")
"""A visitor, a person and who may do everything: what is no matter of rights is asked as these."""

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SOURCE = uuid.UUID(int=11)
"""Of a source of notes that nothing was read from yet."""
PASSWORD = "a long and winding road"
FEED, HANDLE = "c" * 43, "learner-l"
"""What opens the learner's calendar and profile."""


@dataclass
class Stage:
    people: dict[str, User]
    clients: dict[str, Client]
    roadmap: Roadmap
    draft: Roadmap
    topic: Topic
    second: Topic
    """Needs `topic`."""
    step: Step
    """Of `topic`."""
    retired: Topic
    hidden: Topic
    """Seated in the draft alone."""
    act: uuid.UUID
    """Operation by which the learner began `topic`."""
    token: str
    disabled_token: str
    """Of links that sign in the learner and the disabled account."""
    cohort: Cohort
    """Of `mentor` and `learner`; walks `roadmap`."""
    other_cohort: Cohort
    """Of `stranger` and `other`."""
    code: Invitation
    other_code: Invitation
    """They let learners into the two."""
    invited: Invited
    other_invited: Invited
    invited_token: str
    """Of the link that `invited` was sent."""
    fork: Roadmap
    """A draft that follows `roadmap`, which has a change that waits for it."""

    @property
    def revision_draft(self) -> DraftRevision:
        """The open draft revision of `roadmap`."""
        return DraftRevision.objects.get(roadmap=self.roadmap)

    def client(self, role: str) -> Client:
        return self.clients[role]

    def copy(self) -> Stage:
        """The same rows, in objects of their own; clients with the cookies they had."""
        clients = {role: again(client) for role, client in self.clients.items()}
        return replace(copy.deepcopy(replace(self, clients={})), clients=clients)


def build_stage() -> Stage:
    """A roadmap with two topics (the second needs the first), a draft, a retired topic, two cohorts, all people."""
    roadmap, topic, second = _curriculum("Gardening", "Soil", "Seeds")
    draft, hidden, _ = _curriculum("Secret plans", "Hidden", "Unseen", state=Roadmap.State.DRAFT)
    Prerequisite.objects.create(topic=second, requires=topic, reason="Nothing grows on stone.")
    step = Step.objects.create(topic=topic, title="Dig")
    Resource.objects.create(topic=topic, title="A book", url="https://example.org/book", kind="book")
    Alias.objects.create(topic=topic, text="old-soil", kind=Alias.Kind.SLUG)
    retired = Topic.objects.create(slug="stones", title="Stones", retired_at=timezone.now())
    fork = _fork(roadmap)
    DraftRevision.objects.create(roadmap=roadmap, opened_by="Editor")
    record_now(roadmap=roadmap)
    NoteSource.objects.create(uid=SOURCE, location=f"upload:{SOURCE.hex}", title="Uploaded notes")
    people = {role: _person(role) for role in ROLES[1:]}
    act = ProgressEvent.objects.create(
        learner=people["learner"], topic=topic, was="todo", now="learning", revision=1, at=timezone.now()
    ).operation
    TopicProgress.objects.create(learner=people["learner"], topic=topic, state="learning", changed_at=timezone.now())
    token, disabled_token = create_link(user=people["learner"]), create_link(user=people["disabled"])
    _shown(people["learner"], roadmap)
    cohort = _cohort("Gardeners", mentor=people["mentor"], learner=people["learner"])
    CohortRoadmap.objects.create(cohort=cohort, roadmap=roadmap)
    other_cohort = _cohort("Elsewhere", mentor=people["stranger"], learner=people["other"])
    code = Invitation.objects.create(cohort=cohort, code="abcde23456")
    other_code = Invitation.objects.create(cohort=other_cohort, code="fghjk23456")
    invited, other_invited = _invited(cohort, "i" * 43), _invited(other_cohort, "o" * 43)
    clients = {role: _client(people.get(role)) for role in ROLES}
    people["disabled"].is_active = False
    people["disabled"].save()
    return Stage(
        people, clients, roadmap, draft, topic, second, step, retired, hidden, act, token, disabled_token,
        cohort, other_cohort, code, other_code, invited, other_invited, "i" * 43, fork,
    )  # fmt: skip


def _curriculum(title: str, first: str, second: str, state: str = Roadmap.State.LISTED) -> tuple[Roadmap, Topic, Topic]:
    roadmap = Roadmap.objects.create(slug=title.lower().replace(" ", "-"), title=title, state=state)
    level = Section.objects.create(roadmap=roadmap, kind="level", title="Beginner", slug="beginner")
    module = Section.objects.create(roadmap=roadmap, parent=level, kind="module", title="Ground", slug="ground")
    topics = [Topic.objects.create(slug=name.lower(), title=name, summary=f"About {name}.") for name in (first, second)]
    for position, topic in enumerate(topics):
        Placement.objects.create(roadmap=roadmap, section=module, topic=topic, position=position)
    return roadmap, topics[0], topics[1]


def _shown(user: User, roadmap: Roadmap) -> None:
    """A calendar that can be subscribed to, and a public profile with this roadmap."""
    CalendarFeed.objects.create(user=user, token=FEED)
    profile = PublicProfile.objects.create(user=user, handle=HANDLE, name="L", public=True, activity=True)
    PublicRoadmap.objects.create(profile=profile, roadmap=roadmap)


def _fork(roadmap: Roadmap) -> Roadmap:
    asked = Asked("Editor", "1")
    fork = fork_roadmap(upstream=roadmap, title="Own garden", slug="own-garden", asked=asked)
    verbs.create_section(roadmap=roadmap, parent=None, title="Later", kind="module", asked=Asked("Editor", "1"))
    return fork


def _cohort(title: str, **people: User) -> Cohort:
    """`people` by their role in it."""
    cohort = Cohort.objects.create(slug=title.lower(), title=title)
    for role, user in people.items():
        Membership.objects.create(cohort=cohort, user=user, role=role)
    return cohort


def _invited(cohort: Cohort, token: str) -> Invited:
    return Invited.objects.create(
        cohort=cohort,
        email="invited@example.org",
        digest=hashlib.sha256(token.encode()).digest(),
        expires_at=timezone.now() + timedelta(days=1),
    )


def _person(role: str) -> User:
    kind = role if role in User.Role.values else User.Role.LEARNER
    user = User.objects.create(email=f"{role}@example.org", password=_hashed(), role=kind, name=role.title())
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@cache
def _hashed() -> str:
    """Hashing is slow on purpose; once will do."""
    return make_password(PASSWORD)


def again(client: Client) -> Client:
    """The same visitor; what an answer does to the cookies stays with this copy."""
    made = Client(raise_request_exception=False)
    made.cookies = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()})
    return made


def _client(user: User | None) -> Client:
    """As a browser: nothing raised through, every answer looked at."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend=BACKEND)
    return client


@dataclass(frozen=True)
class Address:
    name: str
    route: str
    login_required: bool


def addresses() -> list[Address]:
    """Every URL pattern there is, from the resolver."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver) and pattern.namespace == "admin":
            continue  # test_tables.py walks these
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield Address(pattern.name or route, route, getattr(pattern.callback, "login_required", True))
