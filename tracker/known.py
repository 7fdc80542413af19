"""What a learner knows already, from other roadmaps: progress belongs to the topic, not to its seat."""

from __future__ import annotations

from dataclasses import dataclass

from roadmap.queries import readable_roadmaps
from tracker.models import User
from tracker.packed import DONE, WAIVED
from tracker.permissions import Person, Right, may
from tracker.queries import Standing


@dataclass(frozen=True, slots=True)
class Known:
    topics: int
    """Done or waived here before the first check-off here."""
    roadmaps: tuple[str, ...]
    """Titles of the roadmaps the learner walks that seat them too."""


def known_from(person: Person, here: Standing) -> Known | None:
    """For someone who does not walk this roadmap yet; None when nothing of it is known. At most one query."""
    if here.enrolled or not isinstance(person, User):
        return None
    met = [topic for topic, mark in here.marks.items() if mark.state in (DONE, WAIVED) and topic in here.tree.place]
    if not met:
        return None
    walked = readable_roadmaps(drafts=may(person, Right.READ_DRAFTS)).filter(
        enrolments__learner=person, placements__topic__in=met
    )
    titles = walked.exclude(pk=here.tree.id).order_by("position", "title").distinct().values_list("title", flat=True)
    return Known(len(met), tuple(titles[:3]))
