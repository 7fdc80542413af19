"""What editors do with forks that touches people: copies that keep everybody's ticks, plans applied after a look.

A copy begins with the state that everybody has on its model, steps too. From then on the two are two topics.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from roadmap import forking
from roadmap.because import Because, Through
from roadmap.editing import RefusedEditError
from roadmap.forking import Looked
from roadmap.locks import curriculum_lock
from roadmap.models import Edit, Fork, Import, Roadmap, Topic
from roadmap.publishing.models import DraftAct
from roadmap.studio import verbs
from roadmap.studio.doing import Asked
from tracker import summaries
from tracker.given_notes import COPY
from tracker.imports.verbs import RefreshedError, UnconfirmedError
from tracker.merging import join
from tracker.models import ProgressEvent, StepProgress, User

_TICKS = """
WITH pairs AS (
    SELECT one.id AS model, other.id AS copy, other.topic_id, topic.revision,
           row_number() OVER (PARTITION BY one.id ORDER BY other.position, other.id) AS place,
           row_number() OVER (PARTITION BY other.id ORDER BY one.position, one.id) AS rank
    FROM roadmap_step one JOIN roadmap_step other ON other.title = one.title
    JOIN roadmap_topic topic ON topic.id = other.topic_id
    WHERE one.topic_id = %(of)s AND other.topic_id = %(to)s AND one.retired_at IS NULL AND other.retired_at IS NULL
), ticked AS (
    SELECT tick.learner_id, pairs.copy, pairs.topic_id, pairs.revision, tick.changed_at
    FROM pairs JOIN tracker_stepprogress tick ON tick.step_id = pairs.model
    WHERE pairs.place = pairs.rank AND tick.done
), given AS (
    INSERT INTO tracker_stepprogress AS progress (learner_id, step_id, done, changed_at)
    SELECT learner_id, copy, true, changed_at FROM ticked
    ON CONFLICT (learner_id, step_id) DO UPDATE SET done = true, changed_at = excluded.changed_at
    WHERE NOT progress.done
    RETURNING learner_id, step_id
)
INSERT INTO tracker_progressevent (learner_id, topic_id, step_id, by_id, was, now, through, revision, operation, note,
                                   at)
SELECT ticked.learner_id, ticked.topic_id, ticked.copy, %(by)s, 'todo', 'done', %(through)s, ticked.revision,
       gen_random_uuid(), %(note)s, clock_timestamp()
FROM ticked JOIN given ON given.learner_id = ticked.learner_id AND given.step_id = ticked.copy
"""
"""Steps of one title are paired in their order."""
THROUGH = ProgressEvent.Through.SYSTEM


def own_copy(*, roadmap: Roadmap, topic: Topic, by: User, asked: Asked) -> Edit | None:
    """A copy of a shared topic stands in its place on this fork, with what everybody did. The same operation again
    answers the same. Raise RefusedEditError where the roadmap follows none, or as `roadmap.studio.doing.do`."""
    require_fork(roadmap)
    with curriculum_lock(asked.because()):
        known = Edit.objects.filter(operation=asked.operation).first()
        if known is not None:
            return known
        edit = verbs.own_copy(roadmap=roadmap, topic=topic, asked=asked)
        if edit is not None and not DraftAct.objects.filter(edit=edit).exists():
            carry_copy(edit=edit, by=by)
        return edit


def carry_copy(*, edit: Edit, by: User) -> None:
    """Give everybody on the copy that this act made what they did on its model. In a draft revision that is done when
    it is published: the copy has no steps before. Call it in the transaction that writes what the act did."""
    model = UUID(edit.data["things"][0])
    new = [UUID(uid) for uid, told in edit.data["changes"]["topics"].items() if "new" in told]
    _carry(dict.fromkeys(new, model), by)


def require_fork(roadmap: Roadmap) -> None:
    """Raise RefusedEditError: on a roadmap that follows none, a topic is its own or retired. One query."""
    if not Fork.objects.filter(roadmap=roadmap).exists():
        raise RefusedEditError(_("Only a roadmap that follows another one can do that. Nothing was changed."))


def apply_upstream(*, fork: Fork, looked: Looked, token: str, by: User, yes: bool = False) -> Import | None:
    """Store the plan whose page had this token. What it keeps as copies keeps everybody's ticks.

    Raise RefreshedError where the plan is another one by now, UnconfirmedError where it takes much away without `yes`,
    or as `roadmap.forking.apply_upstream`, each having changed nothing.
    """
    if token != looked.token:
        raise RefreshedError
    if looked.loses_many and not yes:
        raise UnconfirmedError(
            _(
                "%(lost)s of %(seats)s topics would not stand on this roadmap any more. If that is meant, say so "
                "beside the button. Nothing was changed."
            )
            % {"lost": looked.followed.lost, "seats": looked.followed.seats}
        )
    plan = looked.followed.plan
    old = plan.now.topic_by_uid()
    back = [t for t in plan.target.topics if t.origin.id and not t.retired and (t.uid not in old or old[t.uid].retired)]
    with curriculum_lock(Because(by.shown_name, Through.IMPORT)):
        made = forking.apply_upstream(fork=fork, looked=looked, by=by.shown_name)
        _carry({topic.uid: UUID(topic.origin.id) for topic in back}, by)
        return made


def undo_upstream(*, fork: Fork, asked: UUID, by: User) -> Import:
    """Take the last plan back. Raise as `roadmap.forking.undo_upstream`."""
    return forking.undo_upstream(fork=fork, asked=asked, by=by.shown_name)


def _carry(copies: dict[UUID, UUID], by: User) -> None:
    """Give everybody on each copy (key) the better of their state there and that on its model; ticked steps too."""
    models = {topic.uid: topic for topic in Topic.objects.filter(uid__in=[*copies, *copies.values()])}
    for uid, model in copies.items():
        copy, of = models[uid], models[model]
        note = COPY(title=of.title)
        ticked = StepProgress.objects.filter(step__topic=of, done=True).values_list("learner", flat=True)
        summaries.lock(ticked)
        join(of=of.pk, to=[copy.pk], by=by, through=THROUGH, note=note)
        with connection.cursor() as cursor:
            cursor.execute(_TICKS, {"of": of.pk, "to": copy.pk, "by": by.pk, "through": THROUGH, "note": note})
