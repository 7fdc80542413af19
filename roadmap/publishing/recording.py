"""Revisions of published roadmaps: recorded when a draft is published, notes are read, or edits have come to rest.

A revision keeps the whole tree, and of the topics those that are otherwise than before. Recording reads the whole
roadmap, so no single act of an editor does it: their acts are gathered until nobody has changed the roadmap for a
while (`seal_quiet`), or until something else that is recorded comes after them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from roadmap.because import Because, Through
from roadmap.locks import curriculum_lock
from roadmap.models import Edit, Roadmap
from roadmap.plan.changes import Change, compare, counts
from roadmap.plan.curriculum import Curriculum, Json, Topic, canonical, roadmap_json, topic_text
from roadmap.publishing.content import content_at, newest_revision, published_content
from roadmap.publishing.models import DraftRevision, Recorded, RoadmapRevision
from roadmap.publishing.telling import heard

How = RoadmapRevision.How
QUIET = timedelta(minutes=15)
"""So long nobody changes a roadmap, and what was edited is a revision."""
AT_ONCE = 20
"""Roadmaps that one round looks at."""
MOST_CHANGES = 400
"""Changes that a revision keeps for people; all of them can be seen by comparing."""
_COPY_TOPICS = "COPY roadmap_revisiontopic (revision_id, uid, data) FROM STDIN"
_NOT_SEEN = frozenset({"id", "meta", "position", "planned", "unmet"})
"""Fields that nobody who reads the roadmap sees."""


def record(
    *,
    roadmap: Roadmap,
    how: str,
    by: str = "",
    note: str = "",
    draft: DraftRevision | None = None,
    now: Curriculum | None = None,
    texts: Mapping[UUID, str] | None = None,
) -> RoadmapRevision | None:
    """Keep what the roadmap is now as a revision; None where it is what the last one says, or is not published.

    `now` is that, for whoever has it at hand as `published_content` reads it, and `texts` its topics as JSON. Call it
    inside `curriculum_lock`, after writing. About twenty statements, whatever the size.
    """
    roadmap.refresh_from_db(fields=["revision", "state", "retired_at"])
    if roadmap.state == Roadmap.State.DRAFT or roadmap.retired_at is not None:
        return None
    last, now = newest_revision(roadmap), now or published_content(roadmap)
    then = content_at(last) if last is not None else Curriculum()
    changes = changes_between(then, now) if last is not None else ()
    made = None
    if last is None or changes or draft is not None or how == How.STATE:
        made = RoadmapRevision.objects.create(
            roadmap=roadmap,
            number=last.number + 1 if last else 1,
            how=how if last is not None or how != How.EDITS else How.FIRST,
            by=by[:150] or (_editors(roadmap, last) if last else ""),
            note=note,
            tree=roadmap_json(now.roadmaps[0]),
            changes=[change.as_json() for change in changes[:MOST_CHANGES]],
            counts=counts(changes),
            news=bool(note) or any(map(heard, changes)),
            draft=draft,
        )
        _keep_topics(made, then, now, texts or {})
    known: Json = {"revision": roadmap.revision}
    if made is not None and made.news and last is not None:
        known["news_at"] = made.at
    Recorded.objects.update_or_create(roadmap=roadmap, defaults=known)
    return made


def _keep_topics(revision: RoadmapRevision, then: Curriculum, now: Curriculum, texts: Mapping[UUID, str]) -> None:
    """By COPY: a first import keeps the whole text of thousands."""
    known = then.topic_by_uid()
    changed = [topic for topic in now.topics if topic != known.get(topic.uid)]
    if not changed:
        return
    with connection.cursor() as cursor, cursor.copy(_COPY_TOPICS) as copy:
        for topic in changed:
            copy.write_row((revision.pk, topic.uid, texts.get(topic.uid) or topic_text(topic)))


def _editors(roadmap: Roadmap, last: RoadmapRevision) -> str:
    """Who did something since that can have changed it. One query."""
    mine = Q(roadmap=roadmap) | Q(topic__placements__roadmap=roadmap)
    names = Edit.objects.filter(mine, at__gte=last.at, draft_act=None).exclude(by="").order_by("by")
    return ", ".join(dict.fromkeys(names.values_list("by", flat=True)))


def changes_between(then: Curriculum, now: Curriculum) -> tuple[Change, ...]:
    """What a reader of the roadmap finds otherwise. A topic that stands there no more counts as retired."""
    known = now.topic_by_uid()
    gone = [replace(topic, retired=True) for topic in then.topics if topic.uid not in known]
    found = compare(_without_old_steps(then), _without_old_steps(now, *gone), {})
    return tuple(filter(None, (_seen(change) for change in found)))


def _without_old_steps(found: Curriculum, *more: Topic) -> Curriculum:
    """Retired steps are kept for their ticks; nobody sees them."""
    topics = [replace(t, steps=tuple(s for s in t.steps if not s.retired)) for t in (*found.topics, *more)]
    return canonical([*found.roadmaps], topics)


def _seen(change: Change) -> Change | None:
    if change.kind != "changed":
        return change
    fields = tuple(field for field in change.fields if not field.kept and field.name not in _NOT_SEEN)
    return replace(change, fields=fields) if fields else None


def pending() -> Q:
    """Published roadmaps whose newest revision may not be what they are."""
    return (
        Q(retired_at=None) & ~Q(state=Roadmap.State.DRAFT) & (Q(recorded=None) | ~Q(recorded__revision=F("revision")))
    )


def record_pending(roadmaps: Iterable[Roadmap]) -> None:
    """Record what was edited, before something else comes over it. Call it inside `curriculum_lock`, before writing.

    One query where there is nothing to record.
    """
    keys = [roadmap.pk for roadmap in roadmaps]
    for roadmap in Roadmap.objects.filter(pending(), pk__in=keys):
        record(roadmap=roadmap, how=How.EDITS)


def record_imported(
    roadmaps: Iterable[Roadmap], *, by: str, written: Curriculum, texts: Mapping[UUID, str] | None = None
) -> None:
    """Record what reading notes made of these roadmaps, all of `written`; `texts` are its topics as JSON, for whoever
    has them at hand. Call it inside `curriculum_lock`, after writing."""
    keys = [roadmap.pk for roadmap in roadmaps]
    trees, topics = {tree.uid: tree for tree in written.roadmaps}, written.topic_by_uid()
    for roadmap in Roadmap.objects.filter(pending(), pk__in=keys):
        tree = trees[roadmap.uid]
        seated = {seat.topic for section in tree.sections for seat in section.seats}
        # Of a roadmap that shares topics with others not everything was written.
        whole = canonical([tree], [topics[uid] for uid in seated]) if seated <= topics.keys() else None
        record(roadmap=roadmap, how=How.IMPORT, by=by, now=whole, texts=texts if whole else None)


def record_now(*, roadmap: Roadmap) -> RoadmapRevision | None:
    """Record what was edited without waiting; None where there is nothing to record. Raise BusyError."""
    with curriculum_lock(Because("", Through.PUBLISH)):
        found = Roadmap.objects.filter(pending(), pk=roadmap.pk).first()
        return record(roadmap=found, how=How.EDITS) if found is not None else None


def seal_quiet(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Record published roadmaps that were edited and have come to rest; how many revisions that made. Safe to repeat,
    and to run in several processes at once. Raise BusyError."""
    made = 0
    resting = Roadmap.objects.filter(pending(), updated_at__lt=timezone.now() - QUIET).order_by("updated_at")
    keys: Sequence[int] = list(resting.values_list("pk", flat=True)[:AT_ONCE])
    for key in keys:
        if stop():
            break
        with curriculum_lock(Because("", Through.PUBLISH)):
            found = resting.filter(pk=key).first()
            if found is not None and record(roadmap=found, how=How.EDITS) is not None:
                made += 1
    return made


__all__ = ["QUIET", "changes_between", "record", "record_imported", "record_now", "record_pending", "seal_quiet"]
