"""What is counted of a learner on a roadmap, kept beside the events: who has such a row, and how it stays true.

A check-off counts with the tree in this process, from the rows it read, and writes what it counted with the versions of
those rows (`progress.set_state`); under the learner's lock the database refuses versions that are not the latest. Rows
that are missing, or counted at an earlier revision of the curriculum, are counted again from the state rows: by the
learner's next check-off, after a change of the curriculum (`catching_up`), and until then by whoever reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from roadmap.models import Roadmap
from roadmap.queries import kept_tree, tree_of
from roadmap.tree import Tree
from tracker.models import RoadmapSummary
from tracker.packed import Counted, Mark, layout, pack
from tracker.share import Share

TOTALS = ("required", "done", "waived", "learning", "skipped")
BATCH = 500
"""Learners counted in one transaction; their locks are held until its end."""
LOCK = 1885434728
"""First key of a learner's advisory lock, the second is the learner's; see migration 0008."""


class Summary(NamedTuple):
    """A row as a check-off reads it."""

    roadmap: int
    version: int
    revision: int
    """Of the roadmap, that it was counted at."""
    states: bytes
    met: list[int]
    walked: bool
    finished_at: float | None
    """Unix time."""
    current: int
    """Revision of the roadmap now."""
    news: bool = False
    """Something changed there that the learner has not been told of yet."""
    goal: int | None = None
    """Id of the topic that the learner is heading for there."""
    instead: Sequence[int] | None = None
    """What they chose on the way, as `Goal.instead`."""


COLUMNS = """summary.roadmap_id, summary.version, summary.revision, summary.states, summary.met,
       enrolment.id IS NOT NULL, extract(epoch FROM enrolment.finished_at)::float8, current.revision,
       coalesce(recorded.news_at > greatest(enrolment.enrolled_at, enrolment.news_seen_at), false),
       goal.topic_id, goal.instead"""
TABLES = """tracker_roadmapsummary summary JOIN roadmap_roadmap current ON current.id = summary.roadmap_id
     LEFT JOIN tracker_enrolment enrolment
          ON enrolment.learner_id = summary.learner_id AND enrolment.roadmap_id = summary.roadmap_id
     LEFT JOIN roadmap_recorded recorded ON recorded.roadmap_id = summary.roadmap_id
     LEFT JOIN tracker_goal goal ON goal.learner_id = summary.learner_id AND goal.roadmap_id = summary.roadmap_id"""
ROADMAP_FIELDS = ("id", "uid", "slug", "title", "summary", "state", "locking", "retired_at", "revision")
"""What pages show of a roadmap, in the order of the model, as `from_db` takes them; the others are deferred."""
ROADMAP_COLUMNS = ", ".join(f"current.{name}" for name in ROADMAP_FIELDS)
_READ = f"SELECT {COLUMNS} FROM {TABLES} WHERE summary.learner_id = %s ORDER BY summary.roadmap_id"  # noqa: S608 (ours)


class Walk:
    """A roadmap that somebody walks or is assigned, with what is counted of them there."""

    __slots__ = ("_row", "summary")

    def __init__(self, row: Sequence[Any]) -> None:
        """`row` is COLUMNS, then ROADMAP_COLUMNS."""
        self._row = row[_WIDTH:]
        self.summary = Summary._make(row[:_WIDTH])

    @property
    def slug(self) -> str:
        slug: str = self._row[_SLUG]
        return slug

    def roadmap(self) -> Roadmap:
        """Made when it is asked for: most requests are about one of several."""
        return Roadmap.from_db(DEFAULT_DB_ALIAS, ROADMAP_FIELDS, self._row)


_WIDTH, _SLUG = len(Summary._fields), ROADMAP_FIELDS.index("slug")


def of(learner: int) -> tuple[Summary, ...]:
    """Every row of a learner, by id of the roadmap. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [learner])
        return tuple(map(Summary._make, cursor.fetchall()))


def walks_of(learner: int) -> tuple[Walk, ...]:
    """Every row of a learner with its roadmap, by id of the roadmap: what `sessions.with_walks` reads. One query."""
    query = (
        f"SELECT {COLUMNS}, {ROADMAP_COLUMNS} FROM {TABLES} WHERE summary.learner_id = %s ORDER BY summary.roadmap_id"  # noqa: S608 (ours)
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [learner])
        return tuple(map(Walk, cursor.fetchall()))


def tree_counted(row: Summary) -> Tree | None:
    """The tree that the row was counted on; None when it is stored no more."""
    found = kept_tree(row.roadmap, row.revision)
    if found is None:
        roadmap = Roadmap.objects.filter(pk=row.roadmap, revision=row.revision).first()
        found = tree_of(roadmap) if roadmap is not None else None
    return found if found is not None and len(layout(found).order) == len(row.states) else None


def array(items: Iterable[int | str]) -> str:
    """As PostgreSQL writes an array; an order of magnitude less work than psycopg's adapter for lists."""
    return "{" + ",".join(map(str, items)) + "}"


def lock(learners: Iterable[int]) -> None:
    """Be the only writer of these learners until the end of the transaction. Sorted, so that nobody waits in a ring."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, key) "
            "FROM (SELECT DISTINCT (id & 2147483647)::integer AS key FROM unnest(%s::bigint[]) AS id ORDER BY 1) keys",
            [LOCK, list(learners)],
        )


def count_again(learner: int, *, walks: int | None = None) -> tuple[Summary, ...]:
    """Every row of the learner, counted from the state rows where it was stale. `walks` is the id of a roadmap that the
    act under way enrols them in: it gets a row if it has none. To be called under the learner's lock."""
    rows = of(learner)
    stale = [row.roadmap for row in rows if row.revision != row.current or tree_counted(row) is None]
    if walks is not None and all(row.roadmap != walks for row in rows):
        stale.append(walks)
    for roadmap in Roadmap.objects.filter(pk__in=stale):
        _count(tree_of(roadmap), [learner])
    if stale:
        rows = of(learner)
    return tuple(row._replace(walked=row.walked or row.roadmap == walks) for row in rows)


def recount(learner: int) -> None:
    """Count all rows of one learner again from the state rows: after a rare act that changes more than one state.
    To be called under the learner's lock."""
    for roadmap in Roadmap.objects.filter(summaries__learner=learner):
        _count(tree_of(roadmap), [learner])


def recount_topic(topic: int, learners: Iterable[int]) -> None:
    """Count the rows of these learners again on every roadmap that shows the topic: after an act that set its state for
    many. To be called under their locks."""
    wanted = set(learners)
    for roadmap in Roadmap.objects.filter(placements__topic=topic).distinct() if wanted else ():
        have = roadmap.summaries.filter(learner__in=wanted).order_by("learner").values_list("learner", flat=True)
        waiting = iter(have)
        while batch := list(islice(waiting, BATCH)):
            _count(tree_of(roadmap), batch)


def ensure(*, learners: Iterable[int], roadmaps: Iterable[int]) -> None:
    """Give each of these learners a row on each of these roadmaps; those that have one keep it. Safe to repeat."""
    wanted = sorted(set(learners))
    for roadmap in Roadmap.objects.filter(pk__in=set(roadmaps)):
        have = set(roadmap.summaries.filter(learner__in=wanted).values_list("learner", flat=True))
        _rebuild(roadmap, [learner for learner in wanted if learner not in have])


def rebuild(*, roadmaps: Iterable[int] | None = None, stale_only: bool = False) -> int:
    """Count the rows of these roadmaps (None: of all) again from the state rows; how many were. Safe to repeat, and to
    run while people check off: `BATCH` learners at a time, each batch a transaction that holds their locks.

    Rows are made for everyone who walks a roadmap or is assigned it through a cohort and has none.
    """
    done = 0
    found = Roadmap.objects.all() if roadmaps is None else Roadmap.objects.filter(pk__in=set(roadmaps))
    for roadmap in found.order_by("pk"):
        with connection.cursor() as cursor:
            cursor.execute(_WHO, {"roadmap": roadmap.pk, "revision": roadmap.revision if stale_only else None})
            learners = [row[0] for row in cursor.fetchall()]
        done += _rebuild(roadmap, learners)
    return done


def disagreements() -> Iterator[tuple[int, int, str]]:
    """(learner, roadmap, column) where a row is not what the state rows make of it, stale ones included, or is missing
    ("no row"). For maintenance: counts everything again, `BATCH` learners at a time."""
    for roadmap in Roadmap.objects.order_by("pk"):
        tree = tree_of(roadmap)
        with connection.cursor() as cursor:
            cursor.execute(_WHO, {"roadmap": roadmap.pk, "revision": None})
            learners = iter([row[0] for row in cursor.fetchall()])
        while batch := list(islice(learners, BATCH)):
            stored = {row.learner_id: row for row in RoadmapSummary.objects.filter(roadmap=roadmap, learner__in=batch)}
            for row in counted_from_states(tree, batch):
                found = stored.get(row.learner)
                if found is None:
                    yield row.learner, roadmap.pk, "no row"
                    continue
                wanted = {
                    "revision": tree.revision,
                    "states": row.states,
                    "met": [share.done + share.waived for share in row.shares],
                    "last_move": row.last_move,
                    "learning_since": row.learning_since,
                } | {name: getattr(row.total, name) for name in TOTALS}
                for name, value in wanted.items():
                    have = getattr(found, name)
                    if (bytes(have) if name == "states" else have) != value:
                        yield row.learner, roadmap.pk, name


_WHO = """
SELECT learner_id FROM (
    SELECT learner_id FROM tracker_enrolment WHERE roadmap_id = %(roadmap)s
    UNION SELECT learner_id FROM tracker_roadmapsummary WHERE roadmap_id = %(roadmap)s
    UNION SELECT membership.user_id FROM tracker_membership membership
          JOIN tracker_cohortroadmap assigned ON assigned.cohort_id = membership.cohort_id
          WHERE assigned.roadmap_id = %(roadmap)s AND membership.role = 'learner' AND membership.left_at IS NULL
) learners
WHERE %(revision)s::bigint IS NULL OR NOT EXISTS (
    SELECT FROM tracker_roadmapsummary summary
    WHERE summary.learner_id = learners.learner_id AND summary.roadmap_id = %(roadmap)s
      AND summary.revision = %(revision)s
)
ORDER BY learner_id
"""


def _rebuild(roadmap: Roadmap, learners: Iterable[int]) -> int:
    done = 0
    waiting = iter(learners)
    while batch := list(islice(waiting, BATCH)):
        with transaction.atomic():
            lock(batch)
            fresh = Roadmap.objects.get(pk=roadmap.pk)  # it may have changed since the last batch
            _count(tree_of(fresh), batch)
        done += len(batch)
    return done


_MARKS = """
SELECT learner_id, array_agg(topic_id), array_agg(state), array_agg(revision), array_agg(started_at IS NOT NULL),
       min(changed_at) FILTER (WHERE state = 'learning' AND topic_id = ANY(%(seated)s::bigint[]))
FROM tracker_topicprogress WHERE learner_id = ANY(%(learners)s) AND topic_id = ANY(%(topics)s::bigint[])
GROUP BY learner_id
"""
_MOVES = """
SELECT event.learner_id, max(event.at) FROM tracker_progressevent event
WHERE event.learner_id = ANY(%(learners)s) AND event.by_id = event.learner_id AND event.step_id IS NULL
  AND event.was <> event.now AND event.topic_id = ANY(%(seated)s::bigint[])
GROUP BY event.learner_id
"""
_WRITE = """
INSERT INTO tracker_roadmapsummary AS summary
       (learner_id, roadmap_id, revision, version, states, met, required, done, waived, learning, skipped, last_move,
        learning_since)
SELECT learner, %(roadmap)s, %(revision)s, 1, states, met::smallint[], required, done, waived, learning, skipped, move,
       since
FROM unnest(%(learners)s::bigint[], %(states)s::bytea[], %(met)s::text[], %(required)s::int[], %(done)s::int[],
            %(waived)s::int[], %(learning)s::int[], %(skipped)s::int[], %(moves)s::timestamptz[],
            %(since)s::timestamptz[])
     AS new(learner, states, met, required, done, waived, learning, skipped, move, since)
ON CONFLICT (learner_id, roadmap_id) DO UPDATE
SET revision = excluded.revision, version = summary.version + 1, states = excluded.states, met = excluded.met,
    required = excluded.required, done = excluded.done, waived = excluded.waived, learning = excluded.learning,
    skipped = excluded.skipped, last_move = excluded.last_move, learning_since = excluded.learning_since
"""
_FINISH = """
UPDATE tracker_enrolment SET finished_at = clock_timestamp()
WHERE roadmap_id = %s AND learner_id = ANY(%s) AND finished_at IS NULL
"""


def _count(tree: Tree, learners: Sequence[int]) -> None:
    """Write the rows of these learners on this tree anew. Three queries, four when somebody is finished."""
    rows = list(counted_from_states(tree, learners))
    columns: dict[str, Any] = {
        "roadmap": tree.id,
        "revision": tree.revision,
        "learners": [row.learner for row in rows],
        "states": [row.states for row in rows],
        "met": [array(share.done + share.waived for share in row.shares) for row in rows],
        "moves": [row.last_move for row in rows],
        "since": [row.learning_since for row in rows],
    }
    for name in TOTALS:
        columns[name] = [getattr(row.total, name) for row in rows]
    finished = [row.learner for row in rows if row.total.finished]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, columns)
        if finished:
            cursor.execute(_FINISH, [tree.id, finished])


@dataclass(frozen=True, slots=True)
class CountedRow:
    """What a row should say, counted from the state rows."""

    learner: int
    states: bytes
    shares: tuple[Share, ...]
    total: Share
    last_move: Any
    learning_since: Any


def counted_from_states(tree: Tree, learners: Sequence[int]) -> Iterator[CountedRow]:
    """In the order of `learners`. Two queries, whatever their number."""
    plan = layout(tree)
    values: dict[str, Any] = {
        "learners": list(learners),
        "topics": array(plan.order),
        "seated": array(plan.order[: plan.seated]),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, values)
        marks = {learner: columns for learner, *columns in cursor.fetchall()}
        cursor.execute(_MOVES, values)
        moves = dict(cursor.fetchall())
    nothing = bytes(len(plan.order))
    for learner in learners:
        states, since = nothing, None
        if learner in marks:
            topics, *columns, since = marks[learner]
            states = pack(tree, dict(zip(topics, map(Mark, *columns), strict=True)))
        shares, total = Counted(tree, states).all()
        yield CountedRow(learner, states, shares, total, moves.get(learner), since)
