"""The learner's page for today: what to go on with and why, what changed, how the week went, what cohorts said.

Everything comes from what is counted already and from trees kept in the process: the number of queries does not grow
with roadmaps, and not with their topics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.urls import reverse

from roadmap.models import Roadmap
from roadmap.queries import listed_roadmaps, trees_of
from roadmap.tree import Facts, Tree
from tracker import access
from tracker.cohort_news import Assigned, Target, Told, assigned_to, near_targets, told_lately
from tracker.models import User
from tracker.next_up import Suggestion, Walked, next_up
from tracker.overlay import Overlay
from tracker.packed import layout, pack
from tracker.permissions import Right, may
from tracker.queries import marks_of
from tracker.share import Share
from tracker.summaries import Summary, walks_of
from tracker.time_zones import today_of
from tracker.week import Week, week_of

NAMED = 3
"""Topics that a because names; the others are counted."""
SHOWN = 5
"""Of what changed, and of what is new."""
WALKS = 8
"""Roadmaps shown; the list of roadmaps has the others."""
UNDER_WAY = 4
"""Shown beside the one in hand."""


@dataclass(frozen=True, slots=True)
class Named:
    """Some topics by their titles."""

    topics: tuple[Facts, ...] = ()
    more: int = 0

    @property
    def number(self) -> int:
        return len(self.topics) + self.more


@dataclass(frozen=True, slots=True)
class Item:
    """A topic on the page, as a roadmap shows it."""

    topic: Facts
    href: str
    roadmap: Roadmap
    trail: tuple[str, ...] = ()
    """Titles of the sections it sits in, outermost first; empty where another roadmap seats it."""


@dataclass(frozen=True, slots=True)
class Next:
    """A suggestion with what its because names."""

    item: Item
    because: str
    """As `next_up.Suggestion`."""
    state: str
    goal: Facts | None
    way: int
    opens: Named
    needs: Named
    unmet: Named
    spare: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """A roadmap that the learner walks or is assigned."""

    roadmap: Roadmap
    share: Share
    walked: bool
    news: bool
    """Something changed there that they were not told of yet."""
    cohorts: tuple[str, ...]
    goal: Facts | None

    @property
    def met(self) -> int:
        return self.share.done + self.share.waived


@dataclass(frozen=True, slots=True)
class Listed:
    """Topics of which the first are shown."""

    items: tuple[Item, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Today:
    on: date
    """The day, where the learner is."""
    hand: Next | None
    ready: tuple[Next, ...]
    under_way: tuple[tuple[str, str], ...]
    """(title, slug) of what else is being learned, the latest first."""
    more_under_way: int
    changed: Listed
    """Done, and their text changed since."""
    new: Listed
    """To do, and seated after the roadmap was finished."""
    walks: tuple[Walk, ...]
    more_walks: int
    week: Week
    told: tuple[Told, ...]
    targets: tuple[tuple[Target, Walk], ...]
    finished: bool
    """All they walk is, but what they skipped."""
    begun: bool
    """Something of it was touched before."""
    any_roadmap: bool
    """There is a roadmap to choose."""


@dataclass(frozen=True, slots=True)
class _Path:
    """A roadmap that the learner is on, with what follows from their states there."""

    roadmap: Roadmap
    summary: Summary
    overlay: Overlay
    walked: Walked

    @property
    def tree(self) -> Tree:
        return self.overlay.tree


def today_page(learner: User, now: datetime) -> Today:
    """For whom the session read `walks`. Seven queries, one more where something counted is stale, one where there is a
    draft among the roadmaps or none at all, and four where a tree is not kept in the process."""
    assigned = assigned_to(learner)
    paths = _paths(learner, assigned)
    under_way = _under_way(learner, [path.roadmap.pk for path in paths])
    found = next_up([path.walked for path in paths], [topic for topic, _, _ in under_way])
    hand = found.hand.topic if found.hand else None
    beside = [(title, slug) for topic, title, slug in under_way if topic != hand]
    walks = {path.roadmap.pk: _walk(path, assigned) for path in paths}
    finished = [pk for pk, walk in walks.items() if walk.share.finished]
    today = today_of(learner, now)
    near = near_targets(assigned, today, finished)
    return Today(
        on=today,
        hand=_next(paths, found.hand) if found.hand else None,
        ready=tuple(_next(paths, one) for one in found.ready),
        under_way=tuple(beside[:UNDER_WAY]),
        more_under_way=max(0, len(beside) - UNDER_WAY),
        changed=_listed(paths, Overlay.changed),
        new=_listed(paths, Overlay.new),
        walks=tuple(walks.values())[:WALKS],
        more_walks=max(0, len(walks) - WALKS),
        week=week_of(learner, now),
        told=told_lately(learner, now),
        targets=tuple((target, walks[target.roadmap]) for target in near if target.roadmap in walks),
        finished=len(finished) == len(walks) > 0,
        begun=any(path.overlay.states.strip(b"\0") for path in paths),
        any_roadmap=bool(paths) or listed_roadmaps(drafts=may(learner, Right.READ_DRAFTS)).exists(),
    )


# ---------------------------------------------------------------- where the learner is


_MOVED = """
SELECT summary.roadmap_id, greatest(summary.last_move, enrolment.enrolled_at), goal.topic_id
FROM tracker_roadmapsummary summary
LEFT JOIN tracker_enrolment enrolment
     ON enrolment.learner_id = summary.learner_id AND enrolment.roadmap_id = summary.roadmap_id
LEFT JOIN tracker_goal goal ON goal.learner_id = summary.learner_id AND goal.roadmap_id = summary.roadmap_id
WHERE summary.learner_id = %s
"""


def _paths(learner: User, assigned: Iterable[Assigned]) -> list[_Path]:
    """What they walk or are assigned and may read, the one that they moved on last first, what they did not begin last.
    One query, one more where a count is stale, and one where there is a draft."""
    given = {one.roadmap for one in assigned}
    every = learner.walks if learner.walks is not None else walks_of(learner.pk)
    walks = [walk for walk in every if walk.summary.walked or walk.summary.roadmap in given]
    roadmaps = {walk.summary.roadmap: walk.roadmap() for walk in walks}
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, [learner.pk])
        moved = {roadmap: (at.timestamp() if at else 0.0, goal) for roadmap, at, goal in cursor.fetchall()}
    readable = _readable(learner, roadmaps.values())
    counted = [walk.summary for walk in walks if walk.summary.roadmap in readable]
    trees = trees_of([roadmaps[summary.roadmap] for summary in counted])
    paths: list[_Path] = []
    for summary, states in zip(counted, _states(learner, counted, trees), strict=True):
        tree = trees[len(paths)]
        overlay = Overlay(tree, states, finished_at=summary.finished_at)
        goal = moved.get(summary.roadmap, (0.0, None))[1]
        paths.append(_Path(roadmaps[summary.roadmap], summary, overlay, Walked(overlay, goal=goal)))
    return sorted(paths, key=lambda path: (-moved.get(path.roadmap.pk, (0.0, None))[0], path.roadmap.title))


def _readable(learner: User, roadmaps: Iterable[Roadmap]) -> set[int]:
    """Ids of those that have an address for this person, as `access.roadmap_for_reading` has it."""
    live = [roadmap for roadmap in roadmaps if roadmap.retired_at is None]
    found = {r.pk for r in live if r.state != Roadmap.State.DRAFT or may(learner, Right.READ_DRAFTS)}
    drafts = [roadmap.pk for roadmap in live if roadmap.pk not in found]
    if drafts:
        found.update(access.edited_roadmaps(learner).filter(pk__in=drafts).values_list("pk", flat=True))
    return found


def _states(learner: User, counted: Sequence[Summary], trees: Sequence[Tree]) -> Iterable[bytes]:
    """The learner's states on each tree: as counted, or from the state rows where that is stale."""
    pairs = list(zip(counted, trees, strict=True))
    stale = [tree for summary, tree in pairs if not _is_fresh(summary, tree)]
    marks = marks_of(learner, list({topic for tree in stale for topic in tree.topics})) if stale else {}
    return [summary.states if _is_fresh(summary, tree) else pack(tree, marks) for summary, tree in pairs]


def _is_fresh(summary: Summary, tree: Tree) -> bool:
    return summary.revision == tree.revision and len(summary.states) == len(layout(tree).order)


_UNDER_WAY = """
SELECT topic.id, topic.title, topic.slug
FROM tracker_topicprogress progress JOIN roadmap_topic topic ON topic.id = progress.topic_id
WHERE progress.learner_id = %(learner)s AND progress.state = 'learning' AND topic.retired_at IS NULL AND EXISTS (
    SELECT FROM roadmap_placement placement JOIN roadmap_roadmap roadmap ON roadmap.id = placement.roadmap_id
    WHERE placement.topic_id = topic.id AND roadmap.retired_at IS NULL
      AND (roadmap.state <> 'draft' OR %(drafts)s OR roadmap.id = ANY(%(own)s::bigint[])))
ORDER BY progress.changed_at DESC, topic.id
"""


def _under_way(learner: User, roadmaps: Sequence[int]) -> list[tuple[int, str, str]]:
    """(id, title, slug) of the topics that the learner is learning, the latest first. One query."""
    values: dict[str, Any] = {"learner": learner.pk, "drafts": may(learner, Right.READ_DRAFTS), "own": list(roadmaps)}
    with connection.cursor() as cursor:
        cursor.execute(_UNDER_WAY, values)
        return list(cursor.fetchall())


# ---------------------------------------------------------------- as the page shows it


def _walk(path: _Path, assigned: Iterable[Assigned]) -> Walk:
    cohorts = dict.fromkeys(one.cohort for one in assigned if one.roadmap == path.roadmap.pk)
    goal = path.walked.goal
    return Walk(
        path.roadmap,
        path.overlay.total,
        path.summary.walked,
        path.summary.news,
        tuple(cohorts),
        path.tree.topics[goal] if goal is not None else None,
    )


def _item(path: _Path, topic: int) -> Item:
    tree = path.tree
    facts, seat = tree.topics[topic], tree.seated.get(topic)
    href = reverse("topic", args=[facts.slug])
    if seat is None:
        return Item(facts, href, path.roadmap)
    trail = tuple(tree.branches[index].title for index in reversed(tree.above(seat)))
    return Item(facts, f"{href}?roadmap={quote(tree.slug)}", path.roadmap, trail)


def _next(paths: Sequence[_Path], found: Suggestion) -> Next:
    path = paths[found.walk]
    topics = path.tree.topics
    return Next(
        item=_item(path, found.topic),
        because=found.because,
        state=found.state,
        goal=topics[found.goal] if found.goal is not None else None,
        way=found.way,
        opens=_named(topics, found.opens),
        needs=_named(topics, found.needs),
        unmet=_named(topics, found.unmet),
        spare=found.spare,
    )


def _named(topics: dict[int, Facts], some: Sequence[int]) -> Named:
    return Named(tuple(topics[topic] for topic in some[:NAMED]), max(0, len(some) - NAMED))


def _listed(paths: Iterable[_Path], which: Callable[[Overlay], list[int]]) -> Listed:
    """What `which` finds, each topic once."""
    found: dict[int, _Path] = {}
    for path in paths:
        for topic in which(path.overlay):
            found.setdefault(topic, path)
    shown = [_item(path, topic) for topic, path in list(found.items())[:SHOWN]]
    return Listed(tuple(shown), max(0, len(found) - SHOWN))
