"""The door to forks: fetched together with the right to them, as `tracker.access` does. Not yours to see is 404."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from roadmap.models import Fork, Roadmap, Topic
from tracker import access
from tracker.permissions import Person


def fork_in_studio(person: Person, slug: str) -> Fork:
    """A live roadmap that follows another one, for those who edit it; with both. Three queries. Raise Http404."""
    roadmap = access.roadmap_in_studio(person, slug)
    found = Fork.objects.select_related("roadmap__source", "upstream").filter(roadmap=roadmap).first()
    if found is None:
        raise Http404("This roadmap follows none.")
    return found


def roadmap_to_fork(person: Person, slug: str) -> Roadmap:
    """A roadmap that may be read, for those who make roadmaps. One query. Raise Http404."""
    access.require_imports(person)
    return access.roadmap_for_reading(person, slug)


def topic_on(roadmap: Roadmap, uid: UUID) -> Topic:
    """A topic that this roadmap seats, which somebody edits. One query. Raise Http404."""
    found = Topic.objects.filter(uid=uid, placements__roadmap=roadmap).first()
    if found is None:
        raise Http404("No such topic on this roadmap.")
    return found


def topic_to_link(person: Person, uid: UUID) -> Topic:
    """A topic that an editor may put on a roadmap of theirs. One query. Raise Http404."""
    found = access.topics_to_link(person).filter(uid=uid).first()
    if found is None:
        raise Http404("No such topic.")
    return found
