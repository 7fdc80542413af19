"""Small explicit makers of rows: each fills in only what the database demands."""

from __future__ import annotations

from itertools import count
from typing import Any

from roadmap.models import NoteSource, Placement, Prerequisite, Roadmap, Section, Step, Topic
from tracker.models import Cohort, CohortRoadmap, Membership, User

_number = count(1)


def make_source(location: str = "", **fields: Any) -> NoteSource:
    number = next(_number)
    return NoteSource.objects.create(
        **{"location": location or f"/notes/{number}", "title": f"Notes {number}"} | fields
    )


def make_roadmap(title: str = "Roadmap", **fields: Any) -> Roadmap:
    return Roadmap.objects.create(**{"title": title, "slug": f"roadmap-{next(_number)}"} | fields)


def make_section(roadmap: Roadmap, title: str = "Module", **fields: Any) -> Section:
    defaults = {"kind": Section.Kind.MODULE, "slug": f"section-{next(_number)}", "position": next(_number)}
    return Section.objects.create(**{"roadmap": roadmap, "title": title} | defaults | fields)


def make_topic(title: str = "Topic", section: Section | None = None, *, optional: bool = False, **fields: Any) -> Topic:
    """A topic, seated at the end of `section` when one is given."""
    topic = Topic.objects.create(**{"title": title, "slug": f"topic-{next(_number)}"} | fields)
    if section is not None:
        place(topic, section, optional=optional)
    return topic


def place(topic: Topic, section: Section, **fields: Any) -> Placement:
    return Placement.objects.create(
        **{"topic": topic, "section": section, "roadmap": section.roadmap, "position": next(_number)} | fields
    )


def make_step(topic: Topic, title: str = "Step", **fields: Any) -> Step:
    return Step.objects.create(**{"topic": topic, "title": title, "position": next(_number)} | fields)


def require(topic: Topic, requires: Topic, **fields: Any) -> Prerequisite:
    return Prerequisite.objects.create(**{"topic": topic, "requires": requires, "position": next(_number)} | fields)


def make_user(name: str = "Somebody", **fields: Any) -> User:
    """Without a password: hashing one costs more than most tests. Sign in by `client.force_login`."""
    return User.objects.create_user(f"person-{next(_number)}@example.org", **{"name": name} | fields)


def make_cohort(title: str = "Cohort", **fields: Any) -> Cohort:
    return Cohort.objects.create(**{"title": title, "slug": f"cohort-{next(_number)}"} | fields)


def join(user: User, cohort: Cohort, role: str = "learner", **fields: Any) -> User:
    """Put somebody into a cohort; the same user comes back."""
    Membership.objects.create(user=user, cohort=cohort, role=role, **fields)
    return user


def assign(roadmap: Roadmap, cohort: Cohort, **fields: Any) -> CohortRoadmap:
    return CohortRoadmap.objects.create(cohort=cohort, roadmap=roadmap, **fields)
