"""Roadmaps of the database, as an export takes them."""

from __future__ import annotations

import contextlib
import difflib
from uuid import UUID

from django.db.models import Q

from roadmap.exporting.case import Known
from roadmap.exporting.told import Told, told
from roadmap.models import Fork, Placement, Prerequisite, Roadmap, Topic
from roadmap.plan.curriculum import Curriculum
from roadmap.stored import part_of

NEAR = 5


class NoRoadmapError(Exception):
    """There is no such roadmap; the message is a sentence that lists those of a name like it."""


def roadmap_called(name: str) -> Roadmap:
    """The roadmap of this slug, else of this title. Raise NoRoadmapError. Two queries."""
    live = Roadmap.objects.filter(retired_at=None)
    found = live.filter(Q(slug=name) | Q(title__iexact=name)).order_by("slug")
    for roadmap in found:
        if roadmap.slug == name or len(found) == 1:
            return roadmap
    known = list(live.order_by("slug").values_list("slug", flat=True))
    near = difflib.get_close_matches(name, known, NEAR, 0.4) or known[:NEAR]
    hint = f" There is {', '.join(near)}." if near else " There is none at all yet: load notes first."
    raise NoRoadmapError(f"There is no roadmap “{name}”.{hint} Nothing was written.")


def shown_of(roadmap: Roadmap) -> Curriculum:
    """The roadmap with every topic that it seats, of any source, and those that these need. Eleven queries."""
    seated = list(Placement.objects.filter(roadmap=roadmap).values_list("topic__uid", flat=True))
    needed = Prerequisite.objects.filter(topic__uid__in=seated).values_list("requires__uid", flat=True)
    heirs = Placement.objects.filter(roadmap=roadmap, topic__replaced_by__isnull=False)
    heir_uids = heirs.values_list("topic__replaced_by__uid", flat=True)
    return part_of(roadmaps=[roadmap.pk], topics={*seated, *needed, *heir_uids})


def export_of(roadmap: Roadmap) -> tuple[Told, Curriculum]:
    """What an export says of a roadmap, and the curriculum it was taken from."""
    shown = shown_of(roadmap)
    return told(shown, roadmap.uid), shown


def known_of(roadmap: Roadmap, shown: Curriculum) -> Known:
    """What a CASE package says besides. Five queries."""
    titles = {topic.uid: topic.title for topic in shown.topics}
    times = dict(Topic.objects.filter(uid__in=titles).values_list("uid", "updated_at"))
    seats = Placement.objects.filter(topic__uid__in=titles, roadmap__retired_at=None)
    homes: dict[UUID, UUID] = {}
    # At home in the first roadmap of its own notes, else in the first one.
    for topic, home, its, own in seats.order_by("roadmap_id").values_list(
        "topic__uid", "roadmap__uid", "topic__source_id", "roadmap__source_id"
    ):
        if its == own and its is not None:
            homes.setdefault(topic, home)
    for topic, home in seats.order_by("roadmap_id").values_list("topic__uid", "roadmap__uid"):
        homes.setdefault(topic, home)
    seated = {seat.topic for found in shown.roadmaps for section in found.sections for seat in section.seats}
    copied = _copied(roadmap, shown, seated)
    models = Topic.objects.filter(uid__in=copied.values()).values_list("uid", "title")
    return Known(
        changed=max([roadmap.updated_at, *(times[uid] for uid in seated & times.keys())]),
        times=times,
        homes=homes,
        titles=titles | dict(models),
        retired=tuple(t for t in shown.topics if t.retired and t.replaced_by and t.uid in seated),
        copied=copied,
    )


def _copied(roadmap: Roadmap, shown: Curriculum, seated: set[UUID]) -> dict[UUID, UUID]:
    """Topic of a fork -> what it was copied from: a fork's own topics have that for an id."""
    if not Fork.objects.filter(roadmap=roadmap).exists():
        return {}
    found = {}
    for topic in shown.topics:
        with contextlib.suppress(ValueError):
            if topic.uid in seated and topic.origin.id:
                found[topic.uid] = UUID(topic.origin.id)
    return found
