"""Rights to what a person keeps for themselves (as `tracker/access.py`, whose rule it follows)."""

from __future__ import annotations

from contextlib import suppress

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from roadmap.models import Placement, Topic
from roadmap.queries import readable_roadmaps
from tracker import access
from tracker.models import Cohort, OwnResource, TopicNote, User
from tracker.permissions import Right, may


def topic_for_noting(learner: User, slug: str) -> Topic:
    """A topic that this learner may write notes on: one they may check off, or one that has a note or a link of theirs,
    whatever became of it. Two queries more at most. Raise Http404, MovedError or PermissionDenied.
    """
    access.require_progress(learner)
    with suppress(Http404):
        return access.topic_for_reading(learner, slug)
    found = Topic.objects.filter(slug=slug).filter(_kept(learner)).first()
    if found is None:
        raise Http404("No such topic.")
    return found


def readable_topics(person: User) -> QuerySet[Topic]:
    """Live topics that this person may read now."""
    seats = Placement.objects.filter(roadmap__in=readable_roadmaps(drafts=may(person, Right.READ_DRAFTS)))
    return Topic.objects.filter(retired_at=None, pk__in=seats.values("topic"))


def _kept(learner: User) -> Q:
    notes = TopicNote.every.filter(learner=learner, topic=OuterRef("pk"))
    return Q(Exists(notes)) | Q(Exists(OwnResource.objects.filter(learner=learner, topic=OuterRef("pk"))))


def cohort_of_feed(person: User, slug: str) -> Cohort:
    """A cohort whose calendar this person has an address of, or had. One query. Raise Http404."""
    theirs = Q(pk__in=access.mentored_cohorts(person).values("pk")) | Q(feed_links__user=person)
    found = Cohort.objects.filter(theirs, slug=slug).distinct().first()
    if found is None:
        raise Http404("No such calendar.")
    return found
