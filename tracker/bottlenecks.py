"""Where a cohort stops: topics that hold many up, topics that many leave out, prerequisites that many ignore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from roadmap.tree import Facts, Tree
from tracker.matrix import Ground
from tracker.matrix_sql import seconds, summaries_of
from tracker.need import DAY
from tracker.overlay import met_states
from tracker.packed import CODES, PLAIN, layout
from tracker.summaries import counted_from_states

MOST = 10
"""Entries of each list."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A topic at which learners stay for longer than is usual in the cohort."""

    topic: Facts
    module: str
    learners: int
    """Who have been at it for longer than usual."""
    under_way: int
    days: float
    """Median of those who stopped."""
    longest: float
    asked: int
    """Open requests for help."""


@dataclass(frozen=True, slots=True)
class Skip:
    topic: Facts
    module: str
    learners: int
    settled: int
    """Who did it, had it waived or skipped it."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A prerequisite that stood open when the topic was begun, and still does."""

    topic: Facts
    needs: tuple[Facts, ...]
    """One of them is needed."""
    learners: int
    begun: int
    """Who are learning the topic or did it."""


@dataclass(frozen=True, slots=True)
class Bottlenecks:
    learners: int
    stops: tuple[Stop, ...]
    skips: tuple[Skip, ...]
    ignored: tuple[Ignored, ...]
    """None on a strict roadmap: there, nobody gets past."""


_FRESH = "states, revision = %(revision)s::bigint AND octet_length(states) = %(size)s::integer AS fresh"


def _states(*, dense: bool) -> str:
    return f"""
SELECT count(*), string_agg(summary.states, ''::bytea) FILTER (WHERE fresh),
       array_agg(member.user_id) FILTER (WHERE fresh IS NOT TRUE)
FROM tracker_membership member
LEFT JOIN ({summaries_of(_FRESH, dense=dense)}) summary ON summary.learner_id = member.user_id
WHERE member.cohort_id = %(cohort)s::bigint AND member.role = 'learner' AND member.left_at IS NULL
"""  # noqa: S608 (parts of this file)


_STOPS = f"""
WITH members AS (
    SELECT user_id FROM tracker_membership
    WHERE cohort_id = %(cohort)s::bigint AND role = 'learner' AND left_at IS NULL
), stops AS (
    SELECT topic_id, count(*) FILTER (WHERE changed_at < %(usual)s::timestamptz) AS stopped, count(*) AS under_way,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY {seconds("%(now)s::timestamptz", "changed_at")} / {DAY})
               FILTER (WHERE changed_at < %(usual)s::timestamptz) AS days,
           {seconds("%(now)s::timestamptz", "min(changed_at)")} / {DAY} AS longest
    FROM tracker_topicprogress JOIN members ON user_id = learner_id
    WHERE state = 'learning' AND topic_id = ANY(%(topics)s::bigint[]) GROUP BY topic_id
), asking AS (
    SELECT topic_id, count(*) AS asked FROM tracker_helprequest JOIN members ON user_id = learner_id
    WHERE answered_at IS NULL AND withdrawn_at IS NULL AND topic_id = ANY(%(topics)s::bigint[]) GROUP BY topic_id
)
SELECT topic_id, coalesce(stopped, 0), coalesce(under_way, 0), coalesce(days, 0), coalesce(longest, 0),
       coalesce(asked, 0)
FROM stops FULL JOIN asking USING (topic_id) WHERE stopped > 0 OR asked > 0
ORDER BY coalesce(stopped, 0) + coalesce(asked, 0) DESC, days DESC NULLS LAST, topic_id LIMIT %(most)s::integer
"""  # noqa: S608 (a constant of tracker/need.py)


def bottlenecks(ground: Ground) -> Bottlenecks:
    """Two queries, two more where summaries are missing or stale."""
    tree = ground.tree
    modules = {topic: tree.branches[index].title for topic, index in tree.seated.items()}
    learners, columns = columns_of(ground)
    return Bottlenecks(
        learners, _stops(ground, modules), _skips(tree, columns, modules), _ignored(tree, columns) if learners else ()
    )


def columns_of(ground: Ground) -> tuple[int, dict[int, bytes]]:
    """How many learners there are, and topic -> the codes of all of them, in one order for all topics."""
    tree = ground.tree
    order = layout(tree).order
    with connection.cursor() as cursor:
        cursor.execute(*asking(ground))
        learners, states, stale = cursor.fetchone()
    packed = bytes(states or b"")
    if stale and order:
        packed += b"".join(row.states for row in counted_from_states(tree, stale))
    packed = packed.translate(PLAIN)
    return learners, {topic: packed[place :: len(order)] for place, topic in enumerate(order)}


def asking(ground: Ground) -> tuple[str, dict[str, Any]]:
    """The statement that reads the packed rows of the whole cohort, and its values."""
    tree = ground.tree
    size = len(layout(tree).order)
    values = {"cohort": ground.cohort.pk, "roadmap": tree.id, "revision": tree.revision, "size": size}
    return _states(dense=ground.dense), values


def _stops(ground: Ground, modules: Mapping[int, str]) -> tuple[Stop, ...]:
    values: dict[str, Any] = {
        "cohort": ground.cohort.pk,
        "topics": list(ground.tree.order),
        "now": ground.now,
        "usual": ground.now - timedelta(ground.usual.topic_days),
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STOPS, values)
        rows = cursor.fetchall()
    return tuple(Stop(ground.tree.topics[topic], modules[topic], *numbers) for topic, *numbers in rows)


def _skips(tree: Tree, columns: Mapping[int, bytes], modules: Mapping[int, str]) -> tuple[Skip, ...]:
    found = []
    for topic in tree.order:
        column = columns[topic]
        skipped = column.count(CODES["skipped"])
        if skipped:
            settled = skipped + column.count(CODES["done"]) + column.count(CODES["waived"])
            found.append(Skip(tree.topics[topic], modules[topic], skipped, settled))
    found.sort(key=lambda skip: (-skip.learners, tree.place[skip.topic.id]))
    return tuple(found[:MOST])


def _ignored(tree: Tree, columns: Mapping[int, bytes]) -> tuple[Ignored, ...]:
    """Learners as the bytes of long integers: a group of alternatives is weighed for all of them at once."""
    if tree.locking == "strict":
        return ()
    begun = _table("learning", "done")
    met = _table(*met_states(tree))
    found = []
    for topic in tree.order:
        walking = _bits(columns[topic], begun)
        if not walking:
            continue
        for asked, by in tree.groups.get(topic, ()):
            anyhow = 0
            for need in by:
                anyhow |= _bits(columns.get(need, b""), met)
            learners = (walking & ~anyhow).bit_count()
            if learners:
                needs = tuple(tree.topics[need] for need in asked)
                found.append(Ignored(tree.topics[topic], needs, learners, walking.bit_count()))
    found.sort(key=lambda one: (-one.learners, tree.place[one.topic.id]))
    return tuple(found[:MOST])


def _table(*states: str) -> bytes:
    """1 for the codes of these states."""
    codes: Sequence[int] = [CODES[state] for state in states]
    return bytes(code in codes for code in range(256))


def _bits(column: bytes, table: bytes) -> int:
    return int.from_bytes(column.translate(table), "big")
