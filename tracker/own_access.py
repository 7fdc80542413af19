"""The door to what belongs to one's own account, as `tracker.access` does."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404

from tracker import access
from tracker.models import Cohort, User


def cohort_of_feed(person: User, slug: str) -> Cohort:
    """A cohort whose calendar this person has an address of, or had. One query. Raise Http404."""
    theirs = Q(pk__in=access.mentored_cohorts(person).values("pk")) | Q(feed_links__user=person)
    found = Cohort.objects.filter(theirs, slug=slug).distinct().first()
    if found is None:
        raise Http404("No such calendar.")
    return found
