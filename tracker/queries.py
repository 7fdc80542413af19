"""What a person's pages read. Each says its query count; trees kept in the process cost none (`roadmap.queries`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection

from roadmap.models import Resource, Roadmap, Topic
from roadmap.past.then import Difference
from roadmap.queries import listed_roadmaps, readable_roadmaps, tree_of, trees_of
from roadmap.tree import Facts, Tree
from roadmap.waiting_bodies import body_of
from tracker.known import known_one
from tracker.models import Enrolment, ProgressEvent, User
from tracker.overlay import Next, Overlay, met_states, unmet, way_to
from tracker.packed import DONE, NONE, WAIVED, Counted, Mark, layout, pack, unpack
from tracker.permissions import Person, Right, may
from tracker.share import Share
from tracker.since import since_done
from tracker.summaries import Summary
from tracker.summaries import of as summaries_of
from tracker.talk import Talk, own_talk
from tracker.way import pairs, towards


def shown_name(user: User) -> str:
    return user.shown_name


class Standing:
    """A learner on a roadmap: the tree, their states, and what follows from both. Worked out as it is asked for."""

    def __init__(
        self,
        tree: Tree,
        states: bytes,
        *,
        enrolled: bool = False,
        finished_at: float | None = None,
        news: bool = False,
        goal: int | None = None,
        instead: Sequence[int] | None = None,
    ) -> None:
        self.tree = tree
        self.states = states
        """As `tracker.packed` packs them."""
        self.enrolled = enrolled
        self.finished_at = finished_at
        """When they first finished it, Unix time."""
        self.news = news
        """Something changed here that they have not been told of yet."""
        self.goal = goal
        """Id of the topic they are heading for here; it may have left the roadmap."""
        self.instead = pairs(instead or ())
        """What they chose on the way to it."""
        self.overlay = Overlay(tree, states, finished_at=finished_at)

    @cached_property
    def marks(self) -> dict[int, Mark]:
        """Topic id -> mark, where there is one."""
        return unpack(self.tree, self.states)

    def say_known(self, known: Mapping[int, str]) -> None:
        """Let the rows say which topics are known from another roadmap (`tracker.known`)."""
        if known:
            self.overlay = Overlay(self.tree, self.states, finished_at=self.finished_at, known=known)

    def way_to(self, topic: int) -> tuple[Facts, ...]:
        """The shortest way to the topic: what to do before it, in a valid order."""
        return tuple(self.tree.topics[t] for t in way_to(self.tree, self.marks, topic))

    @cached_property
    def next(self) -> Next | None:
        """What to go on with: on the way to the goal, where there is one that is not reached; else as the overlay."""
        found = None if self.goal is None else towards(self.overlay, self.marks, self.goal, self.instead)
        return found or self.overlay.next


_MARKS = """
SELECT mark.topics, mark.states, mark.revisions, mark.started, enrolment.id IS NOT NULL,
       extract(epoch FROM enrolment.finished_at)::float8, goal.topic_id, goal.instead
FROM (SELECT array_agg(topic_id) AS topics, array_agg(state) AS states, array_agg(revision) AS revisions,
             array_agg(started_at IS NOT NULL) AS started
      FROM tracker_topicprogress WHERE learner_id = %(learner)s AND topic_id = ANY(%(topics)s::bigint[])) mark
LEFT JOIN tracker_enrolment enrolment
     ON enrolment.learner_id = %(learner)s AND enrolment.roadmap_id = %(roadmap)s
LEFT JOIN tracker_goal goal ON goal.learner_id = %(learner)s AND goal.roadmap_id = %(roadmap)s
"""
"""One row: a column as an array is read four times as fast as as many rows."""


def standing(person: Person, roadmap: Roadmap, summaries: Iterable[Summary] | None = None) -> Standing:
    """Where this person is on the roadmap: from what is counted of them, if it is of this revision, else from the
    state rows. `summaries` where the caller has read them.

    One query, two where nothing fresh is counted; one less with `summaries`; none for a visitor without an account.
    """
    tree = tree_of(roadmap)
    if not isinstance(person, User):
        return Standing(tree, bytes(len(layout(tree).order)))
    news = False
    for row in summaries_of(person.pk) if summaries is None else summaries:
        if row.roadmap == roadmap.pk:
            news = row.news
            if row.revision == tree.revision and len(row.states) == len(layout(tree).order):
                return standing_of(row, tree, row.states)
    marks, enrolled, finished_at, goal, instead = marks_on(person, tree)
    states = pack(tree, marks)
    return Standing(tree, states, enrolled=enrolled, finished_at=finished_at, news=news, goal=goal, instead=instead)


class Marks(NamedTuple):
    """Of a learner on a roadmap, from the state rows."""

    by_topic: dict[int, Mark]
    enrolled: bool
    finished_at: float | None
    """Unix time."""
    goal: int | None
    instead: Any
    """As `Goal` has them."""


def marks_on(learner: User, tree: Tree) -> Marks:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, {"learner": learner.pk, "roadmap": tree.id, "topics": _topics(tree)})
        topics, *columns, enrolled, finished_at, goal, instead = cursor.fetchone()
    marks = dict(zip(topics, map(Mark, *columns), strict=True)) if topics else {}
    return Marks(marks, enrolled, finished_at, goal, instead)


def standing_of(row: Summary, tree: Tree, states: bytes) -> Standing:
    """Where the learner is whose row this is, with these states. No query."""
    return Standing(
        tree, states, enrolled=row.walked, finished_at=row.finished_at, news=row.news, goal=row.goal,
        instead=row.instead,
    )  # fmt: skip


def _topics(tree: Tree) -> str:
    """The ids of all topics of the tree as PostgreSQL writes an array; made once per tree."""
    found = tree.kept.get(__name__)
    if not isinstance(found, str):
        found = tree.kept[__name__] = "{" + ",".join(map(str, tree.topics)) + "}"
    return found


def marks_of(learner: User, topics: Sequence[int]) -> dict[int, Mark]:
    """Topic id -> mark, where there is one. One query."""
    rows = learner.progress.filter(topic__in=topics).values_list("topic", "state", "revision", "started_at")
    return {topic: Mark(state, revision, started is not None) for topic, state, revision, started in rows}


@dataclass(frozen=True, slots=True)
class RoadmapCard:
    """A roadmap in the list of roadmaps."""

    roadmap: Roadmap
    share: Share
    topics: int
    modules: int
    hours: float
    enrolled: bool


def roadmaps_for(person: Person) -> list[RoadmapCard]:
    """The roadmaps this person finds listed, those they walk first. Three queries with an account, else one."""
    roadmaps = list(listed_roadmaps(drafts=may(person, Right.READ_DRAFTS)))
    enrolled: set[int] = set()
    marks: dict[int, Mark] = {}
    trees = trees_of(roadmaps)
    if isinstance(person, User):
        enrolled = set(person.enrolments.values_list("roadmap_id", flat=True))
        hidden = readable_roadmaps().filter(pk__in=enrolled - {roadmap.pk for roadmap in roadmaps})
        found = list(hidden) if enrolled - {roadmap.pk for roadmap in roadmaps} else []
        roadmaps, trees = roadmaps + found, trees + trees_of(found)
        marks = marks_of(person, list({topic for tree in trees for topic in tree.order}))
    cards = [
        RoadmapCard(
            roadmap,
            Counted(tree, pack(tree, marks)).total(),
            len(tree.order),
            sum(1 for branch in tree.branches if branch.seats),
            sum(tree.topics[topic].hours or 0 for topic in tree.order),
            roadmap.pk in enrolled,
        )
        for roadmap, tree in zip(roadmaps, trees, strict=True)
    ]
    return sorted(cards, key=lambda card: not card.enrolled)


@dataclass(frozen=True, slots=True)
class Link:
    """A topic at the other end of a prerequisite."""

    topic: Facts
    state: str
    reason: str
    met: bool


@dataclass(frozen=True, slots=True)
class StepRow:
    uid: str
    title: str
    done: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """A roadmap that seats the topic, and the titles of the sections it sits in, outermost first."""

    roadmap: Roadmap
    trail: tuple[str, ...]
    anchor: str
    walked: bool = False
    """By the person who looks."""


@dataclass(frozen=True, slots=True)
class TopicPage:
    """Everything the page of one topic shows one person."""

    topic: Topic
    mark: Mark
    standing: Standing | None
    """On the roadmap it is shown in; None when no roadmap seats it any more."""
    holders: tuple[Holder, ...]
    """Roadmaps that seat it, the one it is shown in first."""
    needs: tuple[tuple[Link, ...], ...] = ()
    """Groups; one of each is needed. What nobody can meet is left out."""
    opens: tuple[Link, ...] = ()
    steps: tuple[StepRow, ...] = ()
    resources: dict[str, list[Resource]] = field(default_factory=dict)
    """By kind, in the order of the notes."""
    events: tuple[ProgressEvent, ...] = ()
    """The learner's own, newest first, at most 50; those that changed nothing left out."""
    previous: Facts | None = None
    next: Facts | None = None
    unmet: tuple[tuple[int, ...], ...] = ()
    locked: bool = False
    """Something it needs is unmet and it was never begun."""
    talk: Talk | None = None
    """The learner's note, and what they and their mentors said to each other."""
    known: str = ""
    """Title of the roadmap that it is known from."""
    difference: Difference | None = None
    """What changed since the learner did it."""

    @property
    def changed(self) -> bool:
        """Its text changed since the learner did it."""
        return self.mark.state == "done" and self.mark.revision < self.topic.revision


_HOLDERS = """
WITH RECURSIVE up(seat, depth, id, parent_id, title, slug) AS (
    SELECT placement.id, 0, section.id, section.parent_id, section.title, section.slug
    FROM roadmap_placement placement JOIN roadmap_section section ON section.id = placement.section_id
    WHERE placement.topic_id = %s
    UNION ALL
    SELECT up.seat, up.depth + 1, section.id, section.parent_id, section.title, section.slug
    FROM up JOIN roadmap_section section ON section.id = up.parent_id
)
SELECT placement.roadmap_id, array_agg(up.title ORDER BY up.depth DESC), (array_agg(up.slug ORDER BY up.depth))[1]
FROM up JOIN roadmap_placement placement ON placement.id = up.seat GROUP BY placement.roadmap_id
"""
_STEPS = """
SELECT step.uid::text, step.title, coalesce(progress.done, false)
FROM roadmap_step step LEFT JOIN tracker_stepprogress progress
     ON progress.step_id = step.id AND progress.learner_id = %s
WHERE step.topic_id = %s AND step.retired_at IS NULL ORDER BY step.position, step.id
"""


def topic_page(person: Person, topic: Topic, *, roadmap: str = "") -> TopicPage:
    """`roadmap` (a slug) is the one it is shown in, if that seats it; else one the person walks, else the first.

    Eight queries with an account, three to six more for those whom somebody mentors on it; four without. Of what is
    done: one more where they walk another roadmap with it, six where its text changed since. And where its text waited
    to be rendered: see `body_of`.
    """
    body_of(topic)
    learner = person if isinstance(person, User) else None
    holders = _holders(person, topic, roadmap)
    here = standing(person, holders[0].roadmap) if holders else None
    mark = here.marks.get(topic.pk, NONE) if here else NONE
    if here is None and learner is not None:
        mark = marks_of(learner, [topic.pk]).get(topic.pk, NONE)
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, [learner.pk if learner else 0, topic.pk])
        steps = tuple(StepRow(*row) for row in cursor.fetchall())
    resources: defaultdict[str, list[Resource]] = defaultdict(list)
    for resource in topic.resources.all():
        resources[resource.kind].append(resource)
    events: tuple[ProgressEvent, ...] = ()
    if learner is not None:
        own = ProgressEvent.objects.filter(learner=learner, topic=topic).select_related("step", "by")
        events = tuple(event for event in own[:50] if event.was != event.now)
    page: dict[str, Any] = {}
    if here is not None:
        tree, place = here.tree, here.tree.place.get(topic.pk, 0)
        lacking = unmet(tree, here.marks, topic.pk)
        page = {
            "needs": _needs(here, topic.pk),
            "opens": tuple(_link(here, opened, topic.pk) for opened in tree.opens.get(topic.pk, ())),
            "previous": tree.topics[tree.order[place - 1]] if place else None,
            "next": tree.topics[tree.order[place + 1]] if place + 1 < len(tree.order) else None,
            "unmet": lacking,
            "locked": bool(lacking) and mark.state == "todo" and not mark.started,
        }
    if learner is not None:
        page["talk"] = own_talk(learner, topic, here.tree if here else None)
        if here is not None and mark.state in (DONE, WAIVED) and any(other.walked for other in holders[1:]):
            page["known"] = known_one(learner, here.tree.id, topic.pk)
        if mark.state == DONE and mark.revision < topic.revision:
            page["difference"] = since_done(learner, topic)
    return TopicPage(topic, mark, here, holders, steps=steps, resources=dict(resources), events=events, **page)


def _holders(person: Person, topic: Topic, wanted: str) -> tuple[Holder, ...]:
    """Two queries."""
    roadmaps = readable_roadmaps(drafts=may(person, Right.READ_DRAFTS)).filter(placements__topic=topic)
    walked = (
        set(
            Enrolment.objects.filter(learner=person.pk, roadmap__placements__topic=topic).values_list(
                "roadmap", flat=True
            )
        )
        if person.pk
        else set()
    )
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [topic.pk])
        places = {roadmap: (tuple(trail), anchor) for roadmap, trail, anchor in cursor.fetchall()}
    found = [Holder(each, *places[each.pk], walked=each.pk in walked) for each in roadmaps if each.pk in places]
    return tuple(sorted(found, key=lambda h: (h.roadmap.slug != wanted, not h.walked)))


def _needs(here: Standing, topic: int) -> tuple[tuple[Link, ...], ...]:
    return tuple(tuple(_link(here, need, topic) for need in group) for group in here.tree.asked.get(topic, ()))


def _link(here: Standing, other: int, topic: int) -> Link:
    """The prerequisite between the two, whichever way round, seen from `topic`."""
    tree = here.tree
    stated = [need for need in tree.needs.get(topic, ()) if need.topic == other]
    stated += [need for need in tree.needs.get(other, ()) if need.topic == topic]
    state = here.marks.get(other, NONE).state
    return Link(tree.topics[other], state, stated[0].reason if stated else "", state in met_states(tree))
