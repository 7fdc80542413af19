"""What is new on a roadmap, for those who walk it: the published revisions in their words, and that they read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.utils import timezone

from roadmap.models import Roadmap
from roadmap.publishing.models import RoadmapRevision
from roadmap.publishing.telling import Told, grouped
from tracker.models import Enrolment, User
from tracker.permissions import Person

PER_PAGE = 10
SHOWN = 20
"""Of one group of one revision; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Group:
    heading: str
    told: list[Told]
    more: int


@dataclass(frozen=True, slots=True)
class News:
    at: datetime
    note: str
    groups: list[Group]
    unread: bool


def news_page(person: Person, roadmap: Roadmap, page: str) -> tuple[Page[RoadmapRevision], list[News]]:
    """The last first. Three queries with an account, else two."""
    found = RoadmapRevision.objects.filter(roadmap=roadmap, news=True, number__gt=1).defer("tree")
    shown = Paginator(found, PER_PAGE).get_page(page)
    since = _read_until(person, roadmap)
    entries = [
        News(
            revision.at,
            revision.note,
            [Group(heading, told[:SHOWN], max(0, len(told) - SHOWN)) for heading, told in grouped(revision.changes)],
            unread=since is not None and revision.at > since,
        )
        for revision in shown.object_list
    ]
    return shown, entries


def _read_until(person: Person, roadmap: Roadmap) -> datetime | None:
    """None for who does not walk it. At most one query."""
    if not isinstance(person, User):
        return None
    walk = Enrolment.objects.filter(learner=person, roadmap=roadmap).first()
    return None if walk is None else max(filter(None, (walk.enrolled_at, walk.news_seen_at)))


def mark_read(*, learner: User, roadmap: Roadmap) -> None:
    """The learner has read all that is new here. Said again, nothing changes but the time; for who does not walk the
    roadmap nothing happens. One query."""
    Enrolment.objects.filter(learner=learner, roadmap=roadmap).update(news_seen_at=timezone.now())
