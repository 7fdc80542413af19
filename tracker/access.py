"""The one door to every object: fetched together with the right to it. Not yours to see is 404, whatever it is."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from roadmap.models import Alias, Roadmap, Step, Topic
from roadmap.queries import readable_roadmaps
from tracker.models import User
from tracker.permissions import Person, Right, may


class MovedError(Exception):
    """The slug is a former one; `slug` is the topic's slug now."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


def roadmap_for_reading(person: Person, slug: str) -> Roadmap:
    """A live roadmap; a draft only for those who edit. One query. Raise Http404."""
    roadmap = readable_roadmaps(drafts=may(person, Right.READ_DRAFTS)).filter(slug=slug).first()
    if roadmap is None:
        raise Http404("No such roadmap.")
    return roadmap


def topic_for_reading(person: Person, slug: str) -> Topic:
    """A topic seated in a roadmap the person may read; a retired one for those who have progress on it, and editors.

    One query, two for a topic that is not found so. Raise Http404, or MovedError for a former slug.
    """
    topic = Topic.objects.filter(slug=slug).first()
    if topic is None:
        alias = Alias.objects.filter(kind=Alias.Kind.SLUG, text=slug).select_related("topic").first()
        if alias is None or not _readable(person, alias.topic):
            raise Http404("No such topic.")
        raise MovedError(alias.topic.slug)
    if not _readable(person, topic):
        raise Http404("No such topic.")
    return topic


def _readable(person: Person, topic: Topic) -> bool:
    """One query, for editors none."""
    if may(person, Right.READ_DRAFTS):
        return True
    if topic.retired_at is None and readable_roadmaps().filter(placements__topic=topic).exists():
        return True
    return isinstance(person, User) and person.progress.filter(topic=topic).exists()


def topic_for_progress(learner: User, slug: str) -> Topic:
    """A topic this learner may set a state on. Raise Http404, MovedError, or PermissionDenied without the right."""
    topic = topic_for_reading(learner, slug)
    if not may(learner, Right.KEEP_PROGRESS):
        raise PermissionDenied
    return topic


def step_for_progress(learner: User, slug: str, uid: UUID) -> Step:
    """A step of that topic. Raise Http404: a step of another topic does not exist here."""
    topic = topic_for_progress(learner, slug)
    step = topic.steps.filter(uid=uid).select_related("topic").first()
    if step is None:
        raise Http404("No such step.")
    return step
