"""Acts of editors that move what people did: the studio's verb and the progress, in one transaction.

Nobody's progress goes down. The state of a topic only ever becomes a better one, through an event of its own; the
topic that it comes from keeps its states, its notes and its history. Undoing the act in the studio leaves that
standing: what somebody was given stays theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from roadmap.locks import curriculum_lock
from roadmap.models import Edit, Roadmap, Topic
from roadmap.publishing.models import DraftAct
from roadmap.studio import verbs
from roadmap.studio.doing import Asked
from tracker import summaries
from tracker.models import ProgressEvent, TopicProgress, User

ORDER = ("todo", "skipped", "learning", "waived", "done")
"""States, the better later."""

_JOIN = """
WITH better AS (
    SELECT one.learner_id, coalesce(other.state, 'todo') AS was, one.state AS now, one.started_at, one.changed_at
    FROM tracker_topicprogress one
    LEFT JOIN tracker_topicprogress other ON other.learner_id = one.learner_id AND other.topic_id = %(to)s
    WHERE one.topic_id = %(of)s AND one.state = ANY(%(states)s)
      AND array_position(%(order)s, one.state::text) > array_position(%(order)s, coalesce(other.state, 'todo')::text)
), set_state AS (
    INSERT INTO tracker_topicprogress AS progress (learner_id, topic_id, state, revision, started_at, changed_at)
    SELECT better.learner_id, topic.id, better.now, topic.revision, better.started_at, better.changed_at
    FROM better, roadmap_topic topic WHERE topic.id = %(to)s
    ON CONFLICT (learner_id, topic_id) DO UPDATE
    SET state = excluded.state, revision = excluded.revision, changed_at = excluded.changed_at,
        started_at = least(progress.started_at, excluded.started_at)
)
INSERT INTO tracker_progressevent (learner_id, topic_id, by_id, was, now, through, revision, operation, note, at)
SELECT better.learner_id, topic.id, %(by)s, better.was, better.now, %(through)s, topic.revision, gen_random_uuid(),
       %(note)s, clock_timestamp()
FROM better, roadmap_topic topic WHERE topic.id = %(to)s
"""


def merge(*, roadmap: Roadmap, keep: Topic, gone: Topic, by: User, asked: Asked) -> Edit | None:
    """`gone` is the same topic as `keep`: its seats and its name go over, and of each learner the better state of the
    two. Both histories stay. The same operation again answers the same.

    Raise as `roadmap.studio.doing.do`, having changed nothing.
    """
    with curriculum_lock(asked.because()):
        known = Edit.objects.filter(operation=asked.operation).first()
        if known is not None:
            return known
        edit = verbs.merge(roadmap=roadmap, keep=keep, gone=gone, asked=asked)
        if edit is not None and not DraftAct.objects.filter(edit=edit).exists():
            carry_over(edit=edit, by=by)
        return edit


def split(*, roadmap: Roadmap, topic: Topic, titles: Sequence[str], by: User, asked: Asked) -> Edit | None:
    """Make several topics of one. Whoever had done it, or was waived it, has done the parts; whoever skipped it has
    skipped them. Who was learning it learns the first part: that is the topic itself.

    Raise as `roadmap.studio.doing.do`, having changed nothing.
    """
    with curriculum_lock(asked.because()):
        known = Edit.objects.filter(operation=asked.operation).first()
        if known is not None:
            return known
        edit = verbs.split_into_topics(roadmap=roadmap, uid=topic.uid, titles=titles, asked=asked)
        if edit is not None and not DraftAct.objects.filter(edit=edit).exists():
            carry_over(edit=edit, by=by)
        return edit


CARRYING = (Edit.Verb.MERGE, Edit.Verb.SPLIT_TOPICS)
"""Acts that move what people did."""


def carry_over(*, edit: Edit, by: User) -> None:
    """Move the progress that an act of `CARRYING` moves. In a draft that is done when it is published, so that nobody's
    progress speaks of topics that learners do not see. Call it in the transaction that writes what the act did.
    """
    topics = edit.data["changes"]["topics"]
    of = Topic.objects.get(uid=edit.data["things"][0])
    if edit.verb == Edit.Verb.MERGE:
        keep = Topic.objects.get(uid=topics[str(of.uid)]["replaced_by"][1])
        join(of=of.pk, to=[keep.pk], by=by, through=ProgressEvent.Through.MERGE, note=f"the same as “{of.title}”")
        return
    new = [UUID(uid) for uid, told in topics.items() if "new" in told]
    parts = list(Topic.objects.filter(uid__in=new).values_list("pk", flat=True))
    # The first part may have another title by now: what was split is told by the title it had.
    title = topics.get(str(of.uid), {}).get("title", [of.title])[0]
    settled = ("done", "waived", "skipped")
    join(of=of.pk, to=parts, by=by, through=ProgressEvent.Through.SYSTEM, note=f"part of “{title}”", states=settled)


def join(*, of: int, to: Sequence[int], by: User, through: str, note: str, states: Sequence[str] = ORDER) -> None:
    """Give each of these topics the better of its state and that of `of`, for every learner. What is counted of them
    is counted again once the transaction is over: every roadmap that shows one of these topics has changed with it."""
    learners = TopicProgress.objects.filter(topic=of).exclude(state="todo").values_list("learner", flat=True)
    summaries.lock(learners)
    values: dict[str, Any] = {
        "of": of,
        "by": by.pk,
        "through": through,
        "note": note,
        "states": list(states),
        "order": list(ORDER),
    }
    with connection.cursor() as cursor:
        for topic in to:
            cursor.execute(_JOIN, values | {"to": topic})
