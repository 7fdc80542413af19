"""Acts of editors that move what people did: the studio's verb and the progress, in one transaction.

Nobody's progress goes down. The state of a topic only ever becomes a better one, through an event of its own; the
topic that it comes from keeps its states, its notes and its history. Undoing the act in the studio leaves that
standing: what somebody was given stays theirs. Parting the two again, or taking back the import that made them one,
gives back what was given, unless its learner did something there since; what they did before is theirs on both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from roadmap.locks import curriculum_lock
from roadmap.models import Edit, Import, Roadmap, Topic
from roadmap.plan import Plan
from roadmap.publishing.models import DraftAct
from roadmap.sentences import Wording
from roadmap.studio import unmerging, verbs
from roadmap.studio.doing import Asked
from tracker import following, summaries
from tracker.given_notes import GATHERED, OTHER, PART, SAME, UNDONE
from tracker.models import ProgressEvent, TopicProgress, User

ORDER = ("todo", "skipped", "learning", "waived", "done")
"""States, the better later."""

_OF_ONE = """
    SELECT learner_id, state::text, started_at, changed_at
    FROM tracker_topicprogress WHERE topic_id = %(of)s AND state = ANY(%(states)s)
"""
_OF_ALL = """
    SELECT learner_id, min(started_at) AS started_at, max(changed_at) AS changed_at,
           CASE WHEN count(*) FILTER (WHERE state = ANY(%(settled)s)) < cardinality(%(all)s) THEN 'learning'
                ELSE (%(order)s::text[])[max(array_position(%(order)s, state::text))] END AS state
    FROM tracker_topicprogress WHERE topic_id = ANY(%(all)s) AND state <> 'todo' GROUP BY learner_id
    HAVING bool_or(state <> 'skipped') OR count(*) = cardinality(%(all)s)
"""
"""Settled is what is settled in all of its parts, as well as in the best of them; whoever began one is learning it."""

_BETTER = """
), better AS (
    SELECT one.learner_id, coalesce(other.state, 'todo') AS was, one.state AS now, one.started_at, one.changed_at
    FROM one
    LEFT JOIN tracker_topicprogress other ON other.learner_id = one.learner_id AND other.topic_id = %(to)s
    WHERE array_position(%(order)s, one.state::text) > array_position(%(order)s, coalesce(other.state, 'todo')::text)
), set_state AS (
    INSERT INTO tracker_topicprogress AS progress (learner_id, topic_id, state, revision, started_at, changed_at)
    SELECT better.learner_id, topic.id, better.now, topic.revision, better.started_at, better.changed_at
    FROM better, roadmap_topic topic WHERE topic.id = %(to)s
    ON CONFLICT (learner_id, topic_id) DO UPDATE
    SET state = excluded.state, revision = excluded.revision, changed_at = excluded.changed_at,
        started_at = least(progress.started_at, excluded.started_at)
)
INSERT INTO tracker_progressevent (learner_id, topic_id, by_id, was, now, through, revision, operation, note, at)
SELECT better.learner_id, topic.id, %(by)s, better.was, better.now, %(through)s, topic.revision,
       md5(concat_ws(':', %(seed)s::text, %(of)s, %(to)s, better.learner_id))::uuid, %(note)s, clock_timestamp()
FROM better, roadmap_topic topic WHERE topic.id = %(to)s
RETURNING learner_id
"""
_JOIN = f"WITH one AS ({_OF_ONE}{_BETTER}"
_GATHER = f"WITH one AS ({_OF_ALL}{_BETTER}"
"""The operation of each event tells by what act which topic gave its state to which: `_GIVE_BACK` finds it by that."""

_GIVE_BACK = """
WITH given AS (
    SELECT event.id, event.learner_id, event.was, event.now, event.revision
    FROM tracker_topicprogress mine
    JOIN tracker_progressevent event ON event.learner_id = mine.learner_id
         AND event.operation = md5(concat_ws(':', %(seed)s::text, %(of)s, %(to)s, mine.learner_id))::uuid
    WHERE mine.topic_id = %(to)s AND mine.state = event.now
      AND NOT EXISTS (
          SELECT FROM tracker_progressevent since
          WHERE since.learner_id = mine.learner_id AND since.topic_id = %(to)s AND since.step_id IS NULL
            AND since.id > event.id AND since.through <> 'merge'
      )
), before AS (
    SELECT given.learner_id, earlier.revision, earlier.at,
           (SELECT min(at) FROM tracker_progressevent began
            WHERE began.learner_id = given.learner_id AND began.topic_id = %(to)s AND began.step_id IS NULL
              AND began.id < given.id AND began.now IN ('learning', 'done', 'waived')) AS began
    FROM given LEFT JOIN LATERAL (
        SELECT * FROM tracker_progressevent event
        WHERE event.learner_id = given.learner_id AND event.topic_id = %(to)s AND event.step_id IS NULL
          AND event.id < given.id
        ORDER BY event.id DESC LIMIT 1
    ) earlier ON true
), set_state AS (
    UPDATE tracker_topicprogress progress
    SET state = given.was, revision = coalesce(before.revision, given.revision),
        changed_at = coalesce(before.at, clock_timestamp()), started_at = before.began
    FROM given JOIN before ON before.learner_id = given.learner_id
    WHERE progress.learner_id = given.learner_id AND progress.topic_id = %(to)s
)
INSERT INTO tracker_progressevent (learner_id, topic_id, by_id, was, now, through, revision, operation, note, at)
SELECT given.learner_id, %(to)s, %(by)s, given.now, given.was, %(through)s, coalesce(before.revision, given.revision),
       gen_random_uuid(), %(note)s, clock_timestamp()
FROM given JOIN before ON before.learner_id = given.learner_id
RETURNING learner_id
"""


def merge(*, roadmap: Roadmap, keep: Topic, gone: Topic, by: User | None, asked: Asked) -> Edit | None:
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


NAMED = 5
"""Topics that a note of the history names."""
SETTLED = ("done", "waived", "skipped")
"""States that go over to the parts of what was split."""
MERGED = ProgressEvent.Through.MERGE

CARRYING = (Edit.Verb.MERGE, Edit.Verb.SPLIT_TOPICS)
"""Acts that move what people did."""


def unmerge(*, merged: Edit, by: User | None, asked: Asked) -> Edit:
    """Part two topics that the act `merged` made one: both stand where they stood. Who was given a state on the one
    that was kept, and did nothing there since, has there again what they had before; what they did since stays on it.
    What everybody had done on the other one was kept all along.

    Raise as `roadmap.studio.unmerging.unmerge`, having changed nothing.
    """
    with curriculum_lock(asked.because()):
        known = Edit.objects.filter(operation=asked.operation).first()
        if known is not None:
            return known
        edit = unmerging.unmerge(merged=merged, asked=asked)
        gone, keep = (Topic.objects.get(uid=uid) for uid in edit.data["things"][:2])
        give_back(seed=str(merged.operation), of=gone, to=keep, by=by, note=OTHER(title=gone.title))
        return edit


def carry_over(*, edit: Edit, by: User | None) -> None:
    """Move the progress that an act of `CARRYING` moves. In a draft that is done when it is published, so that nobody's
    progress speaks of topics that learners do not see. Call it in the transaction that writes what the act did.
    """
    if "changes" not in edit.data:
        return  # parted again before it was published
    topics = edit.data["changes"]["topics"]
    of = Topic.objects.get(uid=edit.data["things"][0])
    if edit.verb == Edit.Verb.MERGE:
        keep = Topic.objects.get(uid=topics[str(of.uid)]["replaced_by"][1])
        note = SAME(title=of.title)
        join(of=of.pk, to=[keep.pk], by=by, through=MERGED, note=note, seed=str(edit.operation))
        return
    new = [UUID(uid) for uid, told in topics.items() if "new" in told]
    parts = list(Topic.objects.filter(uid__in=new).values_list("pk", flat=True))
    # The first part may have another title by now: what was split is told by the title it had.
    title = topics.get(str(of.uid), {}).get("title", [of.title])[0]
    join(of=of.pk, to=parts, by=by, through=ProgressEvent.Through.SYSTEM, note=PART(title=title), states=SETTLED)


def carry_import(*, plan: Plan, made: Import | None, by: User | None) -> None:
    """What the notes made one, or split, goes on with what people did: whoever had done it has done what became of it.
    Call it in the transaction that stores the plan."""
    if made is None:
        return
    pieces = {uid for uids in plan.folded.values() for uid in uids}
    for of, to, states, said in _of_import([pair for pair in plan.carried if pair[0] not in pieces], plan.parts):
        join(of=of.pk, to=[to.pk], by=by, through=MERGED, note=said(title=of.title), states=states, seed=made.uid.hex)
    carried = dict(plan.carried)
    for whole, uids in plan.folded.items():
        gone = [uid for uid in uids if carried.get(uid) == whole]
        gather(of=gone, to=whole, known=whole in plan.now.topic_by_uid(), by=by, seed=made.uid.hex)
    if plan.carried or plan.parts:
        made.after |= {
            "carried": [[str(a), str(b)] for a, b in (*plan.carried, *((w, p) for p, w in plan.parts.items()))]
        }
        made.save(update_fields=["after"])


def give_back_import(*, undone: Import, by: User | None) -> None:
    """What `carry_import` gave by it, to those who did nothing there since. Call it in the transaction of the undo."""
    for of, to, _, _ in _of_import(undone.after.get("carried", ())[::-1], {}):
        give_back(seed=undone.uid.hex, of=of, to=to, by=by, note=UNDONE())


def _of_import(
    merged: Iterable[Sequence[UUID | str]], parts: Mapping[UUID, UUID]
) -> Iterator[tuple[Topic, Topic, Sequence[str], Wording]]:
    pairs: list[tuple[UUID, UUID, Sequence[str], Wording]] = [
        (UUID(str(of)), UUID(str(to)), ORDER, SAME) for of, to in merged
    ]
    pairs += [(of, to, SETTLED, PART) for to, of in parts.items()]
    known = {t.uid: t for t in Topic.objects.filter(uid__in={uid for pair in pairs for uid in pair[:2]})}
    for of, to, states, said in pairs:
        if of in known and to in known:
            yield known[of], known[to], states, said


def join(
    *, of: int, to: Sequence[int], by: User | None, through: str, note: str, states: Sequence[str] = ORDER,
    seed: str = "",
) -> None:  # fmt: skip
    """Give each of these topics the better of its state and that of `of`, for every learner. `seed`: of the act, by
    which `give_back` finds again what was given. Call it under the curriculum's lock."""
    learners = TopicProgress.objects.filter(topic=of).exclude(state="todo").values_list("learner", flat=True)
    summaries.lock(learners)
    values: dict[str, Any] = {
        "of": of,
        "by": by.pk if by else None,
        "through": through,
        "note": note,
        "states": list(states),
        "order": list(ORDER),
        "seed": seed or uuid4().hex,
    }
    for topic in to:
        _told(_JOIN, values | {"to": topic})
    if through == MERGED and tuple(states) == ORDER:
        following.follow(of=of, to=to[0])


def gather(*, of: Sequence[UUID], to: UUID, known: bool, by: User | None, seed: str) -> None:
    """`to` is made of the topics `of`, and of what it was itself if it was `known` before: whoever is through with all
    of them is through with it, whoever began one of them is learning it. `seed` as for `join`, for the first of them.
    Call it under the curriculum's lock."""
    rows = {topic.uid: topic for topic in Topic.objects.filter(uid__in=[*of, to])}
    pieces = [rows[uid] for uid in of if uid in rows]
    if not pieces or to not in rows:
        return
    whole = rows[to]
    every = [topic.pk for topic in pieces] + [whole.pk] * known
    summaries.lock(
        TopicProgress.objects.filter(topic__in=every).exclude(state="todo").values_list("learner", flat=True)
    )
    values = {
        "all": every,
        "of": pieces[0].pk,
        "to": whole.pk,
        "by": by.pk if by else None,
        "through": MERGED,
        "note": GATHERED(titles=", ".join(f"“{topic.title}”" for topic in pieces[:NAMED])),
        "order": list(ORDER),
        "settled": list(SETTLED),
        "seed": seed,
    }
    _told(_GATHER, values)
    for topic in pieces:
        following.follow(of=topic.pk, to=whole.pk)


def give_back(*, seed: str, of: Topic, to: Topic, by: User | None, note: str) -> None:
    """Take back what `join` with this seed gave to those who did nothing there since; what it came from keeps all."""
    summaries.lock(TopicProgress.objects.filter(topic=to).values_list("learner", flat=True))
    following.go_back(of=of.pk, to=to.pk)
    told = {"of": of.pk, "to": to.pk, "by": by.pk if by else None, "through": MERGED, "note": note, "seed": seed}
    _told(_GIVE_BACK, told)


def _told(statement: str, values: Mapping[str, Any]) -> None:
    """Run it, and count those again whom it changed: a roadmap may show the topic without having changed itself."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        learners = [row[0] for row in cursor.fetchall()]
    summaries.recount_topic(values["to"], learners)
