"""One learner on paper: shares, modules, topics with their dates, and what happened since a day. For their mentors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from roadmap.queries import trees_of
from roadmap.tree import Tree
from tracker import access
from tracker.learner_page import Walk, scope_of
from tracker.models import Cohort, LearnerTarget, User
from tracker.overlay import overlay
from tracker.packed import Mark
from tracker.row_words import WORDS
from tracker.share import Share
from tracker.timeline import Entry, timeline

MOST_ENTRIES = 400
"""Of the timeline, newest first; some ten pages of paper."""


@dataclass(frozen=True, slots=True)
class TopicLine:
    title: str
    word: str
    at: datetime | None
    """When it came to stand so; None for what was never touched."""
    optional: bool
    changed: bool
    """Its text changed since."""


@dataclass(frozen=True, slots=True)
class ModuleLines:
    trail: tuple[str, ...]
    """Titles of the sections above it."""
    title: str
    share: Share
    topics: tuple[TopicLine, ...]


@dataclass(frozen=True, slots=True)
class Walked:
    walk: Walk
    modules: tuple[ModuleLines, ...]


@dataclass(frozen=True, slots=True)
class Report:
    cohort: Cohort
    learner: User
    since: date
    walked: tuple[Walked, ...]
    entries: tuple[Entry, ...]
    """What happened since, newest first, without the words that people wrote to each other."""
    more: bool
    """There was more than `MOST_ENTRIES`."""


def report(person: User, cohort: Cohort, learner: User, *, since: date, roadmap: str = "") -> Report:
    """Of one roadmap of the cohort (its slug) or of all. Five queries beside those of trees that are not kept."""
    assigned = [one for one in access.roadmaps_of_cohort(person, cohort) if roadmap in {"", one.roadmap.slug}]
    trees = trees_of([one.roadmap for one in assigned])
    rows = learner.progress.filter(topic__in={topic for tree in trees for topic in tree.topics})
    marks: dict[int, Mark] = {}
    changed_at: dict[int, datetime] = {}
    for topic, state, revision, started, at in rows.values_list(
        "topic", "state", "revision", "started_at", "changed_at"
    ):
        marks[topic], changed_at[topic] = Mark(state, revision, started is not None), at
    own = {target.assigned_id: target for target in _targets(learner, cohort)}
    walked = []
    for one, tree in zip(assigned, trees, strict=True):
        laid = overlay(tree, marks)
        walk = Walk(one, tree, laid.total, own.get(one.pk))
        walked.append(Walked(walk, _modules(tree, laid.shares, marks, changed_at)))
    found = timeline(learner, scope_of(person, cohort, trees), limit=MOST_ENTRIES)
    first = timezone.make_aware(datetime.combine(since, time()))
    entries = tuple(entry for entry in found.entries if entry.at >= first)
    more = bool(found.older) and len(entries) == len(found.entries)
    return Report(cohort, learner, since, tuple(walked), entries, more)


def _targets(learner: User, cohort: Cohort) -> list[LearnerTarget]:
    """Those that stand, the latest last. One query."""
    standing = LearnerTarget.objects.filter(learner=learner, assigned__cohort=cohort, withdrawn_at=None)
    return list(standing.order_by("pk"))


def _modules(
    tree: Tree, shares: tuple[Share, ...], marks: dict[int, Mark], changed_at: dict[int, datetime]
) -> tuple[ModuleLines, ...]:
    made = []
    for index, branch in enumerate(tree.branches):
        if not branch.seats:
            continue
        lines = []
        for seat in branch.seats:
            mark = marks.get(seat.topic, Mark("todo"))
            facts = tree.topics[seat.topic]
            changed = mark.state == "done" and mark.revision < facts.revision
            at = changed_at.get(seat.topic) if mark.state != "todo" else None
            lines.append(TopicLine(facts.title, str(WORDS[mark.state]), at, seat.optional, changed))
        trail = tuple(tree.branches[above].title for above in reversed(tree.above(index)[1:]))
        made.append(ModuleLines(trail, branch.title, shares[index], tuple(lines)))
    return tuple(made)
