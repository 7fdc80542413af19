"""One state for many topics, as one act that can be taken back whole.

Each topic gets an event, as if it had been set alone; its operation is made of the act's operation and the topic, so
that the undo finds it again. The statements are as many for two topics as for two thousand; what is counted of the
learner is counted again once, from the state rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from roadmap.models import Roadmap
from roadmap.queries import tree_of
from tracker import queries, summaries
from tracker.marking import Plan, planned
from tracker.models import BulkAct, ProgressEvent, User
from tracker.progress import CONFLICT, LEARNERS_STATES, Conflict, Superseded, UnknownState

_SET = """
WITH wanted AS (
    SELECT topic.id, topic.revision, asked.place, coalesce(held.state, 'todo') AS was, held.started_at IS NULL AS fresh
    FROM unnest(%(topics)s::bigint[]) WITH ORDINALITY AS asked(id, place)
    JOIN roadmap_topic topic ON topic.id = asked.id
    LEFT JOIN tracker_topicprogress held ON held.learner_id = %(learner)s AND held.topic_id = topic.id
    WHERE topic.retired_at IS NULL AND coalesce(held.state, 'todo') NOT IN ('waived', %(state)s)
), told AS (
    INSERT INTO tracker_progressevent (learner_id, topic_id, by_id, was, now, through, revision, operation, note, at)
    SELECT %(learner)s, id, %(learner)s, was, %(state)s, %(through)s, revision,
           md5(concat_ws(':', %(seed)s::text, id))::uuid, %(note)s, %(at)s
    FROM wanted ORDER BY place
), written AS (
    INSERT INTO tracker_topicprogress AS progress (learner_id, topic_id, state, revision, changed_at, started_at)
    SELECT %(learner)s, id, %(state)s, revision, %(at)s,
           CASE WHEN %(state)s IN ('learning', 'done') THEN %(at)s::timestamptz END
    FROM wanted ORDER BY id
    ON CONFLICT (learner_id, topic_id) DO UPDATE
    SET state = excluded.state, revision = excluded.revision, changed_at = excluded.changed_at,
        started_at = coalesce(progress.started_at, excluded.started_at)
)
SELECT coalesce(array_agg(id ORDER BY place), '{}'),
       coalesce(array_agg(id ORDER BY place) FILTER (WHERE fresh AND %(state)s IN ('learning', 'done')), '{}')
FROM wanted
"""
_UNTICK = """
WITH wanted AS (
    SELECT step.id, step.topic_id, topic.revision
    FROM tracker_stepprogress held JOIN roadmap_step step ON step.id = held.step_id
    JOIN roadmap_topic topic ON topic.id = step.topic_id
    WHERE held.learner_id = %(learner)s AND held.done AND step.topic_id = ANY(%(topics)s::bigint[])
), told AS (
    INSERT INTO tracker_progressevent
        (learner_id, topic_id, step_id, by_id, was, now, through, revision, operation, note, at)
    SELECT %(learner)s, topic_id, id, %(learner)s, 'done', 'todo', %(through)s, revision,
           md5(concat_ws(':', %(seed)s::text, 'step', id))::uuid, %(note)s, %(at)s
    FROM wanted ORDER BY id
), written AS (
    UPDATE tracker_stepprogress held SET done = false, changed_at = %(at)s
    FROM wanted WHERE held.learner_id = %(learner)s AND held.step_id = wanted.id
)
SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM wanted
"""
_GIVE_BACK = """
WITH acted AS (
    SELECT event.id, event.topic_id, event.was, event.through
    FROM unnest(%(topics)s::bigint[]) AS asked(id)
    JOIN tracker_progressevent event ON event.learner_id = %(learner)s
         AND event.operation = md5(concat_ws(':', %(seed)s::text, asked.id))::uuid
    JOIN tracker_topicprogress held ON held.learner_id = %(learner)s AND held.topic_id = event.topic_id
         AND held.state = event.now
    WHERE NOT EXISTS (
        SELECT FROM tracker_progressevent since
        WHERE since.learner_id = %(learner)s AND since.topic_id = event.topic_id AND since.step_id IS NULL
          AND since.id > event.id AND since.was <> since.now)
), before AS (
    SELECT acted.topic_id, acted.was, acted.through, coalesce(last.revision, topic.revision) AS revision, moved.at
    FROM acted JOIN roadmap_topic topic ON topic.id = acted.topic_id
    LEFT JOIN LATERAL (
        SELECT event.revision FROM tracker_progressevent event
        WHERE event.learner_id = %(learner)s AND event.topic_id = acted.topic_id AND event.step_id IS NULL
          AND event.id < acted.id ORDER BY event.id DESC LIMIT 1) last ON true
    LEFT JOIN LATERAL (
        SELECT event.at FROM tracker_progressevent event
        WHERE event.learner_id = %(learner)s AND event.topic_id = acted.topic_id AND event.step_id IS NULL
          AND event.id < acted.id AND event.was <> event.now ORDER BY event.id DESC LIMIT 1) moved ON true
), told AS (
    INSERT INTO tracker_progressevent (learner_id, topic_id, by_id, was, now, through, revision, operation, note, at)
    SELECT %(learner)s, topic_id, %(learner)s, %(state)s, was,
           CASE WHEN through = 'known' THEN 'known' ELSE 'undo' END,  -- neither of the two is a move
           revision, md5(concat_ws(':', %(seed)s::text, 'undo', topic_id))::uuid, '', %(at)s
    FROM before ORDER BY topic_id
), written AS (
    UPDATE tracker_topicprogress held
    SET state = before.was, revision = before.revision, changed_at = coalesce(before.at, held.changed_at),
        started_at = CASE WHEN held.topic_id = ANY(%(fresh)s::bigint[]) THEN NULL ELSE held.started_at END
    FROM before WHERE held.learner_id = %(learner)s AND held.topic_id = before.topic_id
)
SELECT coalesce(array_agg(topic_id ORDER BY topic_id), '{}') FROM before
"""
_TICK_AGAIN = """
WITH before AS (
    SELECT event.step_id, event.topic_id, event.revision
    FROM unnest(%(steps)s::bigint[]) AS asked(id)
    JOIN tracker_progressevent event ON event.learner_id = %(learner)s
         AND event.operation = md5(concat_ws(':', %(seed)s::text, 'step', asked.id))::uuid
    JOIN tracker_stepprogress held ON held.learner_id = %(learner)s AND held.step_id = event.step_id AND NOT held.done
    WHERE NOT EXISTS (
        SELECT FROM tracker_progressevent since
        WHERE since.learner_id = %(learner)s AND since.topic_id = event.topic_id AND since.step_id = event.step_id
          AND since.id > event.id AND since.was <> since.now)
), told AS (
    INSERT INTO tracker_progressevent
        (learner_id, topic_id, step_id, by_id, was, now, through, revision, operation, note, at)
    SELECT %(learner)s, topic_id, step_id, %(learner)s, 'todo', 'done', 'undo', revision,
           md5(concat_ws(':', %(seed)s::text, 'undo step', step_id))::uuid, '', %(at)s
    FROM before ORDER BY step_id
), written AS (
    UPDATE tracker_stepprogress held SET done = true, changed_at = %(at)s
    FROM before WHERE held.learner_id = %(learner)s AND held.step_id = before.step_id
)
SELECT count(*) FROM before
"""
_ENROL = """
INSERT INTO tracker_enrolment (learner_id, roadmap_id, enrolled_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What an act, or its undo, did."""

    act: BulkAct
    plan: Plan | None = None
    """None for a replay, and for an undo."""
    back: tuple[int, ...] = ()
    """Topics that an undo gave back."""
    replayed: bool = False


def mark_section(
    *, learner: User, roadmap: Roadmap, topics: Sequence[int], state: str, operation: UUID, about: str
) -> Done:
    """Set `state` for these topics of the roadmap. Waived ones stay; what a strict roadmap locks stays, too, and the
    plan names it. A replay changes nothing. Raise UnknownState or Conflict. About a dozen statements."""
    kind = BulkAct.Kind.SECTION
    with transaction.atomic():
        known = _begin(learner, operation, kind, state, roadmap)
        if known is not None:
            return known
        tree = tree_of(roadmap)
        marks = queries.marks_on(learner, tree).by_topic
        plan = planned(tree, marks, [topic for topic in topics if topic in tree.place], state)
        note = _("all of “%(title)s”") % {"title": about}
        act = _set(learner, operation, kind, state, plan.change, roadmap=roadmap, about=about, note=note)
    return Done(act, plan)


def reset_roadmap(*, learner: User, roadmap: Roadmap, operation: UUID) -> Done:
    """Put every topic of the roadmap back to "to do" and untick its steps; what a mentor waived stays. The history is
    kept: this adds to it. A replay changes nothing. Raise Conflict. About a dozen statements."""
    kind, state = BulkAct.Kind.RESET, "todo"
    with transaction.atomic():
        known = _begin(learner, operation, kind, state, roadmap)
        if known is not None:
            return known
        tree = tree_of(roadmap)
        marks = queries.marks_on(learner, tree).by_topic
        plan = planned(tree, marks, tree.order, state)
        note = _("“%(title)s” begun anew") % {"title": roadmap.title}
        act = _set(learner, operation, kind, state, plan.change, roadmap=roadmap, about=roadmap.title, note=note)
        values = _values(act, note=note, topics=[*plan.change, *plan.same])
        act.steps = _fetch(_UNTICK, values)[0]
        act.save(update_fields=["steps"])
    return Done(act, plan)


def set_many(
    *,
    learner: User,
    topics: Sequence[int],
    state: str,
    operation: UUID,
    kind: str = BulkAct.Kind.KNOWN,
    roadmap: Roadmap | None = None,
    about: str = "",
    note: str = "",
    through: str = ProgressEvent.Through.PAGE,
) -> Done:
    """Set `state` for these topics (ids), whatever locks say; waived and retired ones stay. `roadmap` is where it was
    done: the learner is enrolled there. A replay changes nothing. Raise UnknownState or Conflict."""
    with transaction.atomic():
        known = _begin(learner, operation, kind, state, roadmap)
        if known is not None:
            return known
        act = _set(learner, operation, kind, state, topics, roadmap=roadmap, about=about, note=note, through=through)
    return Done(act, Plan(tuple(act.topics)))


def undo(*, learner: User, operation: UUID) -> Done:
    """Give every topic and step back what it was before the act: state, revision and times. What was changed since is
    left, and counted. A replay answers the same. Raise Superseded where the learner did no such act."""
    with transaction.atomic():
        summaries.lock([learner.pk])
        act = act_of(learner, operation)
        if act is None:
            raise Superseded(_("There is nothing to undo. Nothing was changed."))
        if act.undone_at is not None:
            return Done(act, replayed=True)
        act.undone_at = timezone.now()
        values = _values(act, topics=act.topics, fresh=act.fresh, steps=act.steps) | {"at": act.undone_at}
        back = _fetch(_GIVE_BACK, values)[0]
        ticked: int = _fetch(_TICK_AGAIN, values)[0] if act.steps else 0
        act.left = len(act.topics) - len(back) + len(act.steps) - ticked
        act.save(update_fields=["undone_at", "left"])
        _count(learner, None)
    return Done(act, back=tuple(back))


def act_of(learner: User, operation: UUID) -> BulkAct | None:
    """One query."""
    return BulkAct.objects.filter(learner=learner, operation=operation).select_related("roadmap").first()


def last_on(learner: User, roadmap: Roadmap) -> BulkAct | None:
    """The latest act on the roadmap, while it can be taken back. One query."""
    act = BulkAct.objects.filter(learner=learner, roadmap=roadmap).first()
    return act if act is not None and act.undone_at is None and (act.topics or act.steps) else None


def _begin(learner: User, operation: UUID, kind: str, state: str, roadmap: Roadmap | None) -> Done | None:
    """Become the learner's only writer; the act, where this is a replay of it."""
    if state not in LEARNERS_STATES:
        raise UnknownState(_("A topic is to do, learning, done or skipped. Nothing was changed."))
    summaries.lock([learner.pk])
    act = act_of(learner, operation)
    if act is None:
        return None
    if (act.kind, act.state, act.roadmap_id) != (kind, state, roadmap.pk if roadmap else None):
        raise Conflict(CONFLICT)
    act.save(update_fields=["state"])  # WAL, that the commit of a replay waits for as the first one did
    return Done(act, replayed=True)


def _set(
    learner: User,
    operation: UUID,
    kind: str,
    state: str,
    topics: Iterable[int],
    *,
    roadmap: Roadmap | None,
    about: str,
    note: str,
    through: str = ProgressEvent.Through.PAGE,
) -> BulkAct:
    act = BulkAct(
        learner=learner, operation=operation, kind=kind, state=state, roadmap=roadmap, about=about[:200],
        at=timezone.now(),
    )  # fmt: skip
    values = _values(act, topics=list(topics), note=note, through=through)
    act.topics, act.fresh = _fetch(_SET, values)
    act.save()
    walks = roadmap if roadmap is not None and state != "todo" and act.topics else None
    if walks is not None:  # at the moment of the act, as a single check-off does
        with connection.cursor() as cursor:
            cursor.execute(_ENROL, [learner.pk, walks.pk, act.at])
    _count(learner, walks)
    return act


def _count(learner: User, walks: Roadmap | None) -> None:
    summaries.recount(learner.pk)
    if walks is not None:
        summaries.ensure(learners=[learner.pk], roadmaps=[walks.pk])


def _values(act: BulkAct, **more: Any) -> dict[str, Any]:
    through = ProgressEvent.Through.PAGE
    seed = str(act.operation)
    return {"learner": act.learner_id, "state": act.state, "seed": seed, "at": act.at, "through": through} | more


def _fetch(statement: str, values: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[Any, ...] = cursor.fetchone()
    return row
