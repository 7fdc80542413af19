"""What a learner knew before: many topics done in one act, which one undo takes back whole.

Every topic gets an event of its own. Its operation is made of the operation of the act and the topic, so that a replay
changes nothing, and undo finds by the act alone what it did (as merging does with what it gave).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from roadmap.models import Roadmap
from roadmap.queries import tree_of
from roadmap.tree import Tree
from tracker import summaries
from tracker.models import ProgressEvent, User
from tracker.overlay import met_states
from tracker.packed import DONE, NONE, WAIVED, Mark
from tracker.progress import Superseded
from tracker.queries import marks_on
from tracker.walking import enrol

_KNOW = """
WITH known AS (
    SELECT topic.id, topic.revision, coalesce(progress.state, 'todo') AS was
    FROM roadmap_topic topic LEFT JOIN tracker_topicprogress progress
         ON progress.learner_id = %(learner)s AND progress.topic_id = topic.id
    WHERE topic.id = ANY(%(topics)s::bigint[]) AND topic.retired_at IS NULL
      AND coalesce(progress.state, 'todo') NOT IN ('done', 'waived')
), set_state AS (
    INSERT INTO tracker_topicprogress AS progress (learner_id, topic_id, state, revision, started_at, changed_at)
    SELECT %(learner)s, known.id, 'done', known.revision, clock_timestamp(), clock_timestamp() FROM known
    ON CONFLICT (learner_id, topic_id) DO UPDATE
    SET state = excluded.state, revision = excluded.revision, changed_at = excluded.changed_at,
        started_at = coalesce(progress.started_at, excluded.started_at)
)
INSERT INTO tracker_progressevent (learner_id, topic_id, by_id, was, now, through, revision, operation, note, at)
SELECT %(learner)s, known.id, %(learner)s, known.was, 'done', %(through)s, known.revision,
       md5(concat_ws(':', %(operation)s::text, known.id))::uuid, '', clock_timestamp()
FROM known RETURNING topic_id
"""
_DID = """
SELECT event.topic_id FROM tracker_topicprogress mine
JOIN tracker_progressevent event ON event.learner_id = mine.learner_id AND event.topic_id = mine.topic_id
     AND event.operation = md5(concat_ws(':', %(operation)s::text, mine.topic_id))::uuid
WHERE mine.learner_id = %(learner)s
"""
"""The topics of an act: those that it set, and that it would set again."""
_AGAIN = f"""
UPDATE tracker_topicprogress progress SET state = progress.state
WHERE progress.learner_id = %(learner)s AND progress.topic_id IN ({_DID})
RETURNING progress.topic_id
"""  # noqa: S608  (constants)
"""A replay writes what it found, so that its commit waits for a standby as the first one did."""
_TAKE_BACK = """
WITH given AS (
    SELECT event.id, event.topic_id, event.was, event.now, event.revision, event.through
    FROM tracker_topicprogress mine
    JOIN tracker_progressevent event ON event.learner_id = mine.learner_id AND event.topic_id = mine.topic_id
         AND event.operation = md5(concat_ws(':', %(operation)s::text, mine.topic_id))::uuid
    WHERE mine.learner_id = %(learner)s AND mine.state = event.now
      AND NOT EXISTS (
          SELECT FROM tracker_progressevent since
          WHERE since.learner_id = %(learner)s AND since.topic_id = mine.topic_id AND since.step_id IS NULL
            AND since.id > event.id AND since.was <> since.now
      )
), before AS (
    SELECT given.topic_id, earlier.revision, earlier.at,
           (SELECT min(at) FROM tracker_progressevent began
            WHERE began.learner_id = %(learner)s AND began.topic_id = given.topic_id AND began.step_id IS NULL
              AND began.id < given.id AND began.now IN ('learning', 'done', 'waived')) AS began
    FROM given LEFT JOIN LATERAL (
        SELECT * FROM tracker_progressevent event
        WHERE event.learner_id = %(learner)s AND event.topic_id = given.topic_id AND event.step_id IS NULL
          AND event.id < given.id
        ORDER BY event.id DESC LIMIT 1
    ) earlier ON true
), set_state AS (
    UPDATE tracker_topicprogress progress
    SET state = given.was, revision = coalesce(before.revision, given.revision),
        changed_at = coalesce(before.at, clock_timestamp()), started_at = before.began
    FROM given JOIN before ON before.topic_id = given.topic_id
    WHERE progress.learner_id = %(learner)s AND progress.topic_id = given.topic_id
)
INSERT INTO tracker_progressevent (learner_id, topic_id, by_id, was, now, through, revision, operation, note, at)
SELECT %(learner)s, given.topic_id, %(learner)s, given.now, given.was,
       CASE WHEN given.through = %(known)s THEN %(known)s ELSE %(undo)s END,
       coalesce(before.revision, given.revision),
       md5(concat_ws(':', %(new_operation)s::text, given.topic_id))::uuid, '', clock_timestamp()
FROM given JOIN before ON before.topic_id = given.topic_id
RETURNING topic_id
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What the act did."""

    topics: int
    """Done by it."""
    locked: tuple[int, ...] = ()
    """Topics that a strict roadmap did not take: something they need is neither done nor said to be known."""
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class TakenBack:
    topics: int
    """Stand again as they stood before the act."""
    kept: int = 0
    """Were changed since, and stay as they are."""


def know(*, learner: User, roadmap: Roadmap, topics: Iterable[int], operation: UUID) -> Known:
    """The learner knows these topics (ids) of the roadmap, and walks it. What is done or waived stays as it is; what
    the roadmap does not show is left out. Safe to repeat. One transaction, a number of queries that does not grow with
    the topics."""
    tree, wanted = tree_of(roadmap), set(topics)
    values: dict[str, Any] = {
        "learner": learner.pk,
        "operation": str(operation),
        "through": ProgressEvent.Through.KNOWN.value,
    }
    with transaction.atomic():
        summaries.lock([learner.pk])
        replayed = _run(_AGAIN, values)
        if replayed:
            return Known(replayed, replayed=True)
        enrol(learner=learner, roadmap=roadmap)
        taken, locked = takes(tree, marks_on(learner, tree).by_topic, wanted)
        done = _run(_KNOW, values | {"topics": list(taken)}) if taken else 0
        if done:
            summaries.recount(learner.pk)
    return Known(done, locked)


def takes(tree: Tree, marks: Mapping[int, Mark], wanted: Iterable[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Of `wanted`, the topics that can be said to be known, and those that a strict roadmap locks; in reading order.

    A strict roadmap takes what needs something that is known by the same act. What was done stays done, whatever it
    needs. Pure.
    """
    asked = set(wanted)
    left = [t for t in tree.order if t in asked and marks.get(t, NONE).state not in {DONE, WAIVED}]
    if tree.locking != "strict":
        return tuple(left), ()
    met = {topic for topic, mark in marks.items() if mark.state in met_states(tree)}
    open_ones = {topic for topic in left if marks.get(topic, NONE).started}
    met |= open_ones
    waiting, taken = [topic for topic in left if topic not in open_ones], set(open_ones)
    while True:
        found = [t for t in waiting if all(not met.isdisjoint(by) for _, by in tree.groups.get(t, ()))]
        if not found:
            break
        taken.update(found)
        met.update(found)
        waiting = [topic for topic in waiting if topic not in taken]
    return tuple(t for t in left if t in taken), tuple(waiting)


def undo(*, learner: User, operation: UUID, new_operation: UUID) -> TakenBack:
    """Take an act of many topics back whole: each stands as it stood before, what was changed since stays. Safe to
    repeat. Raise Superseded where there is no such act, or nothing of it stands."""
    values: dict[str, Any] = {
        "learner": learner.pk,
        "operation": str(operation),
        "new_operation": str(new_operation),
        "known": ProgressEvent.Through.KNOWN.value,
        "undo": ProgressEvent.Through.UNDO.value,
    }
    with transaction.atomic():
        summaries.lock([learner.pk])
        did = _run(_DID, values)
        if not did:
            raise Superseded(_("There is nothing to undo. Nothing was changed."))
        back = _run(_AGAIN, values | {"operation": values["new_operation"]})
        if back:
            return TakenBack(back, did - back)
        back = _run(_TAKE_BACK, values)
        if not back:
            raise Superseded(_("All of this was changed since, so there is nothing to undo. Nothing was changed now."))
        summaries.recount(learner.pk)
    return TakenBack(back, did - back)


def _run(statement: str, values: Mapping[str, Any]) -> int:
    """How many rows it returned."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return len(cursor.fetchall())
