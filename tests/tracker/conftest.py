"""The learner's cast, and a small curriculum to walk."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from roadmap.models import Roadmap, Step, Topic
from tests.factories import make_roadmap, make_section, make_step, make_topic, require
from tracker.models import User

PASSWORD = "a long and winding road"
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Path:
    """Sowing needs Soil; Soil has a step; everything sits in one module of one level."""

    roadmap: Roadmap
    soil: Topic
    sowing: Topic
    pond: Topic
    """Optional."""
    step: Step


def make_path(slug: str = "garden", **fields: object) -> Path:
    roadmap = make_roadmap("Garden", slug=slug, summary="From bare ground to harvest.", **fields)
    level = make_section(roadmap, "Beginner", kind="level", slug="beginner")
    module = make_section(roadmap, "Ground", parent=level, number=1, slug="ground")
    soil = make_topic("Soil", module, slug=f"{slug}-soil", hours=3, details=["clay", "sand"], summary="What it is.")
    sowing = make_topic("Sowing", module, slug=f"{slug}-sowing")
    pond = make_topic("Pond", module, slug=f"{slug}-pond", optional=True)
    require(sowing, soil, reason="nothing grows on stone")
    return Path(roadmap, soil, sowing, pond, make_step(soil, "Dig a hole"))


@pytest.fixture
def path(db: None) -> Path:
    return make_path()


@pytest.fixture
def learner(db: None) -> User:
    return User.objects.create_user("ada@example.org", name="Ada")


@pytest.fixture
def other(db: None) -> User:
    """Another learner: sees the same curriculum, and nothing of Ada's."""
    return User.objects.create_user("bob@example.org", name="Bob")


@pytest.fixture
def editor(db: None) -> User:
    return User.objects.create_user("eve@example.org", name="Eve", role=User.Role.EDITOR)


@pytest.fixture
def ada(learner: User) -> Client:
    """Ada's browser."""
    return browser_of(learner)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
