"""The verbs of progress. Each sets a state, never toggles it, and is safe to repeat.

An operation id names an intent of the learner. The first call with it writes the event and the state row in one
transaction; a later call with the same id, topic and state is a replay: it changes nothing, answers the same, and still
writes WAL, so that behind synchronous replication its answer waits for the standby as the first one did. Setting the
state a topic has already is recorded too, as an event that changed nothing: a late retry must find its operation.

A check-off is one statement, a function in the database (migration 0018): it takes the learner's lock before it reads,
so `was` is true under contention, where a CTE over the old row drifts; and one round trip is a third of the time of
four. What is counted of the learner (tracker/summaries.py) is written by the same statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap.models import Step, Topic
from roadmap.tree import Facts
from tracker import summaries
from tracker.models import ProgressEvent, StepProgress, TopicProgress, User
from tracker.prepared import Prepared, prepare
from tracker.remembered import Believed
from tracker.summaries import Summary

LEARNERS_STATES = ("todo", "learning", "done", "skipped")
"""What a learner may set; `waived` is a mentor's act."""


class ProgressError(Exception):
    """An act on progress that was refused; nothing was changed. `str()` is a sentence for the learner."""


class UnknownState(ProgressError):
    """The state is none a learner can set."""


class Conflict(ProgressError):
    """The operation id was used before, for another topic or another state."""


class Retired(ProgressError):
    """The topic is no longer part of the curriculum; what was done on it is kept."""


class Locked(ProgressError):
    """A strict roadmap refuses the topic until what it needs is met. `way` is the shortest way there, in order."""

    def __init__(self, message: str, way: tuple[Facts, ...] = ()) -> None:
        super().__init__(message)
        self.way = way


class Waived(ProgressError):
    """A mentor waived the topic. Its learner may do it after all, but only a mentor takes a waiver back."""


class Forgotten(ProgressError):
    """What was believed of the session and its learner is so no longer; nothing was done."""


class Superseded(ProgressError):
    """What was to be undone has been changed since."""


class Newer(ProgressError):
    """An act that was kept on a device came too late: the topic was set meanwhile, to `now`, at `since`."""

    def __init__(self, message: str, now: str, since: datetime | None) -> None:
        super().__init__(message)
        self.now = now
        self.since = since


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verb did."""

    was: str
    now: str
    replayed: bool = False
    """The same operation had been carried out before; nothing was changed now."""
    before: tuple[Summary, ...] = field(default=(), compare=False)
    """What was counted of the learner when this was done; empty for a replay and for a step."""
    code: int = field(default=0, compare=False)
    """The byte of the topic now, as `tracker.packed` has it."""
    finished: tuple[int, ...] = field(default=(), compare=False)
    """Ids of the roadmaps that this act finished."""
    after: tuple[Summary, ...] | None = field(default=None, compare=False)
    """What is counted of the learner now, where no other row that a session is read with changed."""
    since: datetime | None = field(default=None, compare=False)
    """When `was` had been set; None where nothing had been, and for a replay."""


CONFLICT = _lazy("This click was already saved as something else. Reload the page to see how it stands.")
_SET = """
SELECT outcome, was, code, since FROM tracker_set_topic_state(
    %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::text[], %s::int[],
    %s::bigint[], %s, %s, %s, %s)
"""


def set_state(
    *,
    learner: User,
    topic: int,
    state: str,
    operation: UUID,
    by: User | None = None,
    through: str = ProgressEvent.Through.PAGE,
    roadmap: int | None = None,
    note: str = "",
    undoes: UUID | None = None,
    counted: Sequence[Summary] | None = None,
    believed: Believed | None = None,
    age: int = 0,
    saw: str | None = None,
) -> Outcome:
    """Set the state of `topic` (its id) for `learner`; `by` is who did it, the learner unless said otherwise.

    `roadmap` (an id) is where it was done: the learner is enrolled there. `undoes` names the operation taken back
    (`undo` says when that is possible). `counted` is `summaries.of` the learner, where the caller has read it already.
    Strict locks are checked by `check_off`: they need the tree.

    `age` is how many milliseconds ago it was done, on a device that kept it: the event and the state have that time,
    though never one before the change they follow, and the revision of the text of that time. With `saw`, the state
    that was on the page then, it is refused when something else was set meanwhile.

    One statement; a transaction of its own when something that is counted was missing, stale, or changed meanwhile.
    With `believed` the statement confirms that first (`tracker.remembered`).

    Raise UnknownState, Conflict, Retired, Waived or, with `undoes`, Superseded, with `saw`, Newer, with `believed`,
    Forgotten.
    """
    allowed = LEARNERS_STATES if by is None or by == learner else TopicProgress.State.values
    if through != ProgressEvent.Through.UNDO and state not in allowed:
        raise UnknownState(_("A topic is to do, learning, done or skipped. Nothing was changed."))
    walks = roadmap if state != "todo" else None
    rows = counted if counted is not None else summaries.of(learner.pk)
    act = (learner.pk, topic, state, operation, (by or learner).pk, through, note)
    late = (age, saw)
    if walks is None or any(row.roadmap == walks and row.walked for row in rows):
        prepared = prepare(rows, topic, state)
        if prepared is not None:
            done = _call((*act, None, undoes), prepared, late, believed)
            if done[0] not in {"again", "forgotten"}:
                return _outcome(state, prepared, done)
    if believed:
        raise Forgotten(_("Something changed in this moment. Nothing was saved; try again."))
    with transaction.atomic():
        summaries.lock([learner.pk])
        rows = summaries.count_again(learner.pk, walks=walks)
        prepared = prepare(rows, topic, state)
        if prepared is None:  # the curriculum changed under it, and will not twice
            raise Conflict(_("The curriculum is being changed in this moment. Nothing was saved; try again."))
        done = _call((*act, walks, undoes), prepared, late)
    return replace(_outcome(state, prepared, done), after=None)


def _call(
    act: tuple[Any, ...], prepared: Prepared, late: tuple[int, str | None], believed: Believed | None = None
) -> tuple[str, str, int, datetime | None]:
    counted = (prepared.known, prepared.versions, prepared.counted, prepared.places, prepared.met, prepared.numbers)
    with connection.cursor() as cursor:
        values = (*act, *counted, summaries.array(prepared.finished), *late)
        cursor.execute(_SET, (*values, *(believed or (None, None))))
        row: tuple[str, str, int, datetime | None] = cursor.fetchone()
    return row


def _outcome(state: str, prepared: Prepared, done: tuple[str, str, int, datetime | None]) -> Outcome:
    outcome, was, code, since = done
    if outcome == "set":
        after = None if prepared.finished else prepared.done(code)
        return Outcome(
            was, state, before=prepared.rows, code=code, finished=prepared.finished, since=since, after=after
        )
    if outcome == "replayed":
        return Outcome(was, state, replayed=True)
    if outcome == "conflict":
        raise Conflict(CONFLICT)
    if outcome in ("retired", "gone"):
        raise Retired(_("This topic is no longer part of the curriculum. What you did on it is kept."))
    if outcome == "waived":
        raise Waived(_("A mentor waived this topic for you: it counts as done. Only a mentor can take that back."))
    if outcome == "newer":
        raise Newer(_("The topic was set to something else meanwhile. Nothing was changed."), was, since)
    raise Superseded(_("This topic was changed since, so there is nothing to undo. Nothing was changed now."))


def undo(
    *, learner: User, operation: UUID, new_operation: UUID, by: User | None = None
) -> tuple[ProgressEvent, Outcome]:
    """Take the act `operation` back: the event it wrote, and what was done now. A replay answers the same.

    The state before comes back, with the revision of the text it was set at. Everybody takes back their own acts: the
    learner those on their own path, a mentor (`by`) what they did for this learner.

    Raise Superseded when whoever asks did no such act, or the topic (the step) was changed after it.
    """
    event = ProgressEvent.objects.filter(learner=learner, operation=operation).select_related("topic", "step").first()
    owners = (None, learner.pk) if by is None or by == learner else (by.pk,)
    if event is None or event.by_id not in owners:
        raise Superseded(_("There is nothing to undo. Nothing was changed."))
    if event.step is not None:
        outcome = set_step(
            learner=learner,
            step=event.step,
            done=event.was == "done",
            operation=new_operation,
            through=ProgressEvent.Through.UNDO,
            undoes=event,
        )
        return event, outcome
    outcome = set_state(
        learner=learner,
        topic=event.topic_id,
        state=event.was,
        operation=new_operation,
        by=by,
        through=ProgressEvent.Through.UNDO,
        undoes=operation,
    )
    return event, outcome


def set_step(
    *,
    learner: User,
    step: Step,
    done: bool,
    operation: UUID,
    through: str = ProgressEvent.Through.PAGE,
    undoes: ProgressEvent | None = None,
    age: int = 0,
    saw: str | None = None,
) -> Outcome:
    """Tick or untick a step; `age` and `saw` (`done` or `todo`) as `set_state` has them. Raise Conflict, Retired or,
    with `undoes`, Superseded, with `saw`, Newer. One transaction."""
    try:
        with transaction.atomic():
            return _set_step(
                learner, step, operation, through, undoes, now="done" if done else "todo", age=age, saw=saw
            )
    except IntegrityError as error:  # the same operation came for something else at the same time
        if "progress_event_once_per_operation" not in str(error):
            raise
        raise Conflict(CONFLICT) from None


def _set_step(
    learner: User,
    step: Step,
    operation: UUID,
    through: str,
    undoes: ProgressEvent | None,
    *,
    now: str,
    age: int,
    saw: str | None,
) -> Outcome:
    at = timezone.now() - timedelta(milliseconds=max(age, 0))
    with connection.cursor() as cursor:  # makes the row or locks it, as tracker_set_topic_state does
        cursor.execute(
            "INSERT INTO tracker_stepprogress AS progress (learner_id, step_id, done, changed_at) "
            "VALUES (%s, %s, false, %s) "
            "ON CONFLICT (learner_id, step_id) DO UPDATE SET done = progress.done RETURNING done, changed_at",
            [learner.pk, step.pk, at],
        )
        ticked, since = cursor.fetchone()
    was = "done" if ticked else "todo"
    earlier = ProgressEvent.objects.filter(learner=learner, operation=operation).first()
    if earlier is not None:
        if earlier.step_id != step.pk or earlier.now != now:
            raise Conflict(CONFLICT)
        return Outcome(earlier.was, now, replayed=True)
    if step.retired_at is not None:
        raise Retired(_("This step is no longer part of the topic. What you ticked is kept."))
    if saw is not None and was != now and (was != saw or since > at):
        raise Newer(_("The step was set to something else meanwhile. Nothing was changed."), was, since)
    at = max(at, since)  # the acts on a step come one after the other
    if undoes is not None:
        later = ProgressEvent.objects.filter(learner=learner, step=step, pk__gt=undoes.pk).exclude(was=F("now"))
        if was != undoes.now or later.exists():
            raise Superseded(_("This step was changed since, so there is nothing to undo. Nothing was changed now."))
    if was != now:
        StepProgress.objects.filter(learner=learner, step=step).update(done=now == "done", changed_at=at)
    ProgressEvent.objects.create(
        learner=learner,
        topic_id=step.topic_id,
        step=step,
        by=learner,
        was=was,
        now=now,
        through=through,
        revision=_revision_at(step.topic, at) if age > 0 else step.topic.revision,
        operation=operation,
        at=at,
    )
    return Outcome(was, now)


_REVISION_AT = """
SELECT past.revision FROM roadmap_topicevent past
WHERE past.pgh_obj_id = %s AND past.pgh_label = 'update' AND past.pgh_created_at > %s
ORDER BY past.pgh_created_at, past.pgh_id LIMIT 1
"""


def _revision_at(topic: Topic, at: datetime) -> int:
    """Of the text as it was then: the history keeps each row as it was until a change. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_REVISION_AT, [topic.pk, at])
        row = cursor.fetchone()
    return row[0] if row else topic.revision


_STILL_FINE = """
WITH before AS (
    SELECT revision FROM tracker_topicprogress WHERE learner_id = %(learner)s AND topic_id = %(topic)s
), fine AS (
    UPDATE tracker_topicprogress progress SET revision = topic.revision FROM roadmap_topic topic
    WHERE topic.id = progress.topic_id AND progress.learner_id = %(learner)s AND progress.topic_id = %(topic)s
    RETURNING progress.state, topic.revision
)
INSERT INTO tracker_progressevent (learner_id, topic_id, by_id, was, now, through, revision, operation, note, at)
SELECT %(learner)s, %(topic)s, %(learner)s, fine.state, fine.state, 'page', fine.revision, gen_random_uuid(),
       'still fine', clock_timestamp()
FROM fine, before WHERE before.revision < fine.revision
"""


def still_fine(*, learner: User, topic: int) -> None:
    """The learner has seen that the text of a topic changed since they did it, and stands by it. Safe to repeat.

    It is recorded as an event that changed nothing but the revision.
    """
    with transaction.atomic():
        summaries.lock([learner.pk])
        with connection.cursor() as cursor:
            cursor.execute(_STILL_FINE, {"learner": learner.pk, "topic": topic})
        summaries.recount(learner.pk)
