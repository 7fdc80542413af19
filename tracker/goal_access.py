"""The door to ways and goals, as `tracker.access`: not yours to see is 404."""

from __future__ import annotations

from django.http import Http404

from roadmap.models import Roadmap, Topic
from roadmap.tree import Facts
from tracker import access
from tracker.models import Goal, User
from tracker.permissions import Person
from tracker.queries import Standing


def topic_of_way(person: Person, here: Standing, slug: str) -> Facts | None:
    """A topic that this roadmap shows, by its slug. None for a topic that left it while it is this person's goal.

    No query for a topic of the roadmap, else three at most. Raise Http404, or MovedError for a former slug.
    """
    found = here.tree.by_slug.get(slug)
    if found is not None:
        return found
    if isinstance(person, User) and here.goal is not None and Topic.objects.filter(pk=here.goal, slug=slug).exists():
        return None
    now = access.topic_for_reading(person, slug)  # MovedError, where it has another slug
    raise Http404(f"No such topic on this roadmap: {now.slug}.")


def goal_that_left(person: User, roadmap: Roadmap) -> Topic:
    """The topic of their goal there, also a retired one, with what it became. One query. Raise Http404."""
    found = Goal.objects.filter(learner=person, roadmap=roadmap).select_related("topic__replaced_by").first()
    if found is None:
        raise Http404("No goal on this roadmap.")
    return found.topic
