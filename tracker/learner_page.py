"""A mentor's page of one learner, and the queues of a cohort: what they show. Each read says its query count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from roadmap.models import Placement, Roadmap, Section, Topic
from roadmap.queries import trees_of
from roadmap.tree import Tree
from tracker import access
from tracker.acts.turns import colleagues
from tracker.models import Cohort, CohortRoadmap, HelpRequest, LearnerTarget, TopicNote, User
from tracker.overlay import Overlay, overlay
from tracker.packed import Mark
from tracker.queries import marks_of
from tracker.share import Share
from tracker.talk import Talk, Waiting, Wanted, about, in_reading_order, mentors_talk, named, open_requests, wanted_on
from tracker.talk import waiting_for_sign_off as _waiting_for_sign_off
from tracker.timeline import Scope, Timeline, timeline

WAITING = 50
"""Entries of a page of a queue."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A learner on a roadmap that is assigned to the cohort."""

    assigned: CohortRoadmap
    tree: Tree
    share: Share
    own: LearnerTarget | None
    """The date of this learner alone, before the cohort's."""
    own_by: str = ""

    @property
    def roadmap(self) -> Roadmap:
        return self.assigned.roadmap

    @property
    def target_on(self) -> date | None:
        return self.own.target_on if self.own else self.assigned.target_on


@dataclass(frozen=True, slots=True)
class OpenTopic:
    """The topic that is open beside the roadmap."""

    topic: Topic
    mark: Mark
    talk: Talk
    timeline: Timeline


@dataclass(frozen=True, slots=True)
class LearnerPage:
    cohort: Cohort
    learner: User
    scope: Scope
    walks: tuple[Walk, ...]
    walk: Walk | None
    """The one that is shown."""
    overlay: Overlay | None
    wanted: tuple[Wanted, ...] = ()
    """What the shown roadmap wants signed off, in reading order."""
    open: OpenTopic | None = None
    requests: tuple[HelpRequest, ...] = ()
    notes: tuple[TopicNote, ...] = ()
    """Those the learner shared."""
    timeline: Timeline = field(default_factory=lambda: Timeline((), ""))


def scope_of(person: User, cohort: Cohort, trees: Iterable[Tree]) -> Scope:
    """What this mentor sees of a learner of the cohort. One query."""
    topics = {topic for tree in trees for topic in tree.order}
    return Scope(person.pk, cohort.pk, tuple(topics), colleagues(cohort))


def learner_page(
    person: User, cohort: Cohort, learner: User, *, roadmap: str = "", topic: str = "", before: str = ""
) -> LearnerPage:
    """`roadmap` and `topic` are slugs: the roadmap shown (the first without one), and what is open beside it.

    Eight queries, with a topic open ten; up to three more where something wants a sign-off. A topic that the cohort
    does not walk is not open.
    """
    assigned = access.roadmaps_of_cohort(person, cohort)
    trees = trees_of([each.roadmap for each in assigned])
    marks = marks_of(learner, list({topic for tree in trees for topic in tree.topics}))
    targets = _targets(learner, cohort)
    scope = scope_of(person, cohort, trees)
    walks, overlays = [], []
    for each, tree in zip(assigned, trees, strict=True):
        laid = overlay(tree, marks)
        own = targets.get(each.pk)
        walks.append(Walk(each, tree, laid.total, own, named(own.by, learner, scope) if own else ""))
        overlays.append(laid)
    shown = next((i for i, walk in enumerate(walks) if walk.roadmap.slug == roadmap), 0)
    if not walks:
        return LearnerPage(cohort, learner, scope, (), None, None, timeline=timeline(learner, scope, before=before))
    walk = walks[shown]
    wanted = in_reading_order(wanted_on(learner, [walk.roadmap], scope), walk.tree)
    facts = walk.tree.by_slug.get(topic) if topic else None
    page = LearnerPage(cohort, learner, scope, tuple(walks), walk, overlays[shown], wanted)
    if facts is not None:
        found = Topic.objects.get(pk=facts.id)
        talk = mentors_talk(learner, found, scope, about(found.pk, wanted, walk.tree))
        here = timeline(learner, scope, topic=found.pk, before=before)
        return replace(page, open=OpenTopic(found, marks.get(found.pk, Mark("todo")), talk, here))
    return replace(
        page,
        requests=tuple(open_requests(User.objects.filter(pk=learner.pk), [each.roadmap for each in assigned])),
        notes=tuple(shared_notes(learner, scope)),
        timeline=timeline(learner, scope, before=before),
    )


def _targets(learner: User, cohort: Cohort) -> dict[int, LearnerTarget]:
    """Id of the assignment -> the learner's own date that counts. One query."""
    standing = LearnerTarget.objects.filter(learner=learner, assigned__cohort=cohort, withdrawn_at=None)
    return {each.assigned_id: each for each in standing.select_related("by").order_by("pk")}


def shared_notes(learner: User, scope: Scope) -> list[TopicNote]:
    """What the learner wrote for themselves and shared, on topics the cohort walks, newest first. One query."""
    notes = TopicNote.objects.filter(learner=learner, shared=True, topic__in=scope.topics or ())
    return list(notes.select_related("topic").order_by("-updated_at", "-pk"))


@dataclass(frozen=True, slots=True)
class Queue:
    waiting: tuple[Waiting, ...]
    total: int
    page: int
    pages: int


def help_queue(person: User, cohort: Cohort, *, page: int = 1) -> Queue:
    """Open requests for help, oldest first. Three queries."""
    roadmaps = [each.roadmap for each in access.roadmaps_of_cohort(person, cohort)]
    rows = open_requests(access.learners_of_cohort(person, cohort), roadmaps)
    total, page, pages = _pages(rows.count(), page)
    found = [
        Waiting(each.learner, each.at, each.topic, each.roadmap, each.topic.title, each.text, each.operation, each.pk)
        for each in rows[(page - 1) * WAITING : page * WAITING]
    ]
    return Queue(tuple(found), total, page, pages)


def sign_off_queue(person: User, cohort: Cohort, *, page: int = 1) -> Queue:
    """What was handed in and waits for a sign-off, oldest first. Three queries, four where modules are among it."""
    roadmaps = [each.roadmap for each in access.roadmaps_of_cohort(person, cohort)]
    rows = _waiting_for_sign_off(access.learners_of_cohort(person, cohort), roadmaps)
    total, page, pages = _pages(rows.count(), page)
    some = list(rows[(page - 1) * WAITING : page * WAITING])
    uids = {each.section for each in some if each.section}
    titles: dict[UUID, str] = dict(Section.objects.filter(uid__in=uids).values_list("uid", "title")) if uids else {}
    gone = _("a module that is gone")
    found = [
        Waiting(
            each.learner,
            each.at,
            each.topic,
            each.roadmap,
            each.topic.title if each.topic else titles.get(each.section, gone),  # type: ignore[arg-type]
            each.text,
            each.operation,
            each.pk,
            each.url,
            each.section,
        )
        for each in some
    ]
    return Queue(tuple(found), total, page, pages)


def _pages(total: int, page: int) -> tuple[int, int, int]:
    """(total, the page that is shown, how many there are)."""
    pages = max(1, -(-total // WAITING))
    return total, min(max(1, page), pages), pages


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A module or a topic of a roadmap, for those who say what wants a sign-off."""

    key: str
    title: str
    depth: int
    is_topic: bool
    wanted: bool


def wanted_lines(roadmap: Roadmap, tree: Tree) -> list[WantedLine]:
    """Every module and topic in reading order. Two queries."""
    marked: set[tuple[int | None, UUID | None]] = set(roadmap.sign_offs_wanted.values_list("topic", "section"))
    uids = dict(Section.objects.filter(roadmap=roadmap).values_list("pk", "uid"))
    lines: list[WantedLine] = []
    shown: set[int] = set()
    for index, seat in tree.seats():
        for above in reversed(tree.above(index)):
            branch = tree.branches[above]
            uid = uids.get(branch.id)
            if above in shown or uid is None:
                continue
            shown.add(above)
            lines.append(WantedLine(f"section:{uid}", branch.title, branch.depth, False, (None, uid) in marked))
        depth = tree.branches[index].depth + 1
        key = f"topic:{seat.topic}"
        lines.append(WantedLine(key, tree.topics[seat.topic].title, depth, True, (seat.topic, None) in marked))
    return lines


def target_of(roadmap: Roadmap, key: str) -> tuple[Topic | None, Section | None]:
    """The topic or the module that `key` names, if this roadmap has it; else (None, None). One query."""
    kind, _, name = key.partition(":")
    if kind == "topic" and name.isascii() and name.isdecimal() and len(name) < 19:
        seats = Placement.objects.filter(roadmap=roadmap).values("topic")
        return Topic.objects.filter(Q(pk=int(name)) & Q(retired_at=None, pk__in=seats)).first(), None
    if kind == "section":
        try:
            uid = UUID(name)
        except ValueError:
            return None, None
        return None, Section.objects.filter(uid=uid, roadmap=roadmap).first()
    return None, None
