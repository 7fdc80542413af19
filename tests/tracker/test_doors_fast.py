"""The written-out query of `access.roadmap_for_reading` against the queryset it stands for."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import Http404
from django.utils import timezone

from roadmap.models import Roadmap, Topic
from roadmap.queries import readable_roadmaps
from tracker import access
from tracker.models import User
from tracker.permissions import Right, may

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
    fields = [field.attname for field in Roadmap._meta.concrete_fields]
    assert {name: getattr(found, name) for name in fields} == {name: getattr(stored, name) for name in fields}


@pytest.mark.parametrize(("model", "fields"), [(Roadmap, access._ROADMAP_FIELDS), (Topic, access._TOPIC_FIELDS)])
def test_columns_stand_in_the_order_of_the_model(model: type[Model], fields: tuple[str, ...]) -> None:
    assert [field.attname for field in model._meta.concrete_fields if field.attname in fields] == list(fields)
