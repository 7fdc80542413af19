"""The written-out query of `access.roadmap_for_reading` against the queryset it stands for."""

from __future__ import annotations

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import Http404
from django.utils import timezone

from roadmap.models import Roadmap, Topic
from roadmap.queries import readable_roadmaps
from tracker import access, summaries
from tracker.models import User
from tracker.permissions import Right, may
from tracker.sessions import SessionStore
from tracker.summaries import ROADMAP_FIELDS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", Roadmap.State.values)
@pytest.mark.parametrize("retired", [False, True])
@pytest.mark.parametrize("who", ["visitor", "learner", "editor"])
def test_it_finds_what_the_queryset_finds(who: str, retired: bool, state: str, request: pytest.FixtureRequest) -> None:
    person: User | AnonymousUser = AnonymousUser() if who == "visitor" else request.getfixturevalue(who)
    Roadmap.objects.create(slug="x", title="X", state=state, retired_at=timezone.now() if retired else None)
    stored = readable_roadmaps(drafts=may(person, Right.READ_DRAFTS)).filter(slug="x").first()
    if stored is None:
        with pytest.raises(Http404):
            access.roadmap_for_reading(person, "x")
        return
    found = access.roadmap_for_reading(person, "x")
    if isinstance(person, User):
        summaries.ensure(learners=[person.pk], roadmaps=[found.pk])
        assert door_of(person) == (found, summaries.of(person.pk)), "the session's own query finds the same"
    fields = [field.attname for field in Roadmap._meta.concrete_fields]
    assert {name: getattr(found, name) for name in fields} == {name: getattr(stored, name) for name in fields}


@pytest.mark.parametrize(("model", "fields"), [(Roadmap, ROADMAP_FIELDS), (Topic, access._TOPIC_FIELDS)])
def test_columns_stand_in_the_order_of_the_model(model: type[Model], fields: tuple[str, ...]) -> None:
    assert [field.attname for field in model._meta.concrete_fields if field.attname in fields] == list(fields)


def door_of(person: User) -> tuple[Roadmap, object]:
    """Through a session that was read together with the roadmaps its person walks."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session.create()
    again = SessionStore(session.session_key)
    again.reads_walks = True
    assert again.get(SESSION_KEY) == str(person.pk)
    assert again.user is not None
    return access.roadmap_with_summaries(again.user, "x")


@pytest.mark.parametrize("state", [Roadmap.State.DRAFT, "retired"])
def test_what_is_counted_opens_no_door(learner: User, state: str) -> None:
    """Who walked a roadmap before it was withdrawn finds it no more."""
    roadmap = Roadmap.objects.create(slug="x", title="X")
    summaries.ensure(learners=[learner.pk], roadmaps=[roadmap.pk])
    retired = timezone.now() if state == "retired" else None
    Roadmap.objects.update(retired_at=retired, state="listed" if retired else state)
    with pytest.raises(Http404):
        door_of(learner)
