"""Forks: made, planned after what they follow, applied, taken back. Nothing here knows of people.

To a fork's source, its `NoteSource`, belong the fork's tree and the topics that are its own; what it shares belongs to
others. A plan is stored by the same code as an import, and taken back by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.core.cache import caches
from django.db import connection
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from roadmap.apply import NotAppliedError, apply_plan, undo_last
from roadmap.because import Because, Through
from roadmap.locks import curriculum_lock
from roadmap.models import Edit, Fork, Import, NoteSource, Roadmap
from roadmap.plan import curriculum as plain
from roadmap.plan.curriculum import Curriculum, Json
from roadmap.plan.following import Followed, Upstream, follow, forked, taken_out
from roadmap.plan.keys import RESERVED, Slugs, slugify
from roadmap.rows import write
from roadmap.stored import curriculum_of, part_of, slugs_elsewhere
from roadmap.studio.acts import titled
from roadmap.studio.doing import Asked, told
from roadmap.studio.saying import kept
from roadmap.waiting_bodies import render_waiting

PREFIX = "fork:"
SLUG = 120
LEAST, MANY = 3, 0.2
"""So many seats, and this share of all, that one plan takes away need a yes of their own."""
_NAMED = """
SELECT topic.uid, topic.slug, topic.title, topic.retired_at IS NOT NULL, heir.uid
FROM roadmap_topic topic LEFT JOIN roadmap_topic heir ON heir.id = topic.replaced_by_id
WHERE topic.id IN (SELECT topic_id FROM roadmap_placement WHERE roadmap_id = ANY(%(roadmaps)s))
   OR topic.uid = ANY(%(models)s)
"""
_LOST = """
SELECT DISTINCT change->>'uid' FROM roadmap_import load, jsonb_array_elements(load.changes) change
WHERE load.source_id = %s AND load.state = 'applied' AND change->>'kind' = 'retired' AND change->>'what' = 'topic'
"""


_SAME_TEXT = """
UPDATE roadmap_topic copy SET body_html = model.body_html FROM roadmap_topic model
WHERE copy.source_id = %s AND copy.origin ? 'id' AND model.uid = (copy.origin->>'id')::uuid
  AND copy.body = model.body AND copy.body_html IS DISTINCT FROM model.body_html
"""
"""A copy's text links within the topics of its model, as long as it is the same."""
_WAITING_MODELS = """
SELECT model.id FROM roadmap_topic copy JOIN roadmap_topic model ON model.uid = (copy.origin->>'id')::uuid
WHERE copy.source_id = %s AND copy.origin ? 'id' AND copy.body = model.body AND model.body_html IS NULL
"""


class NotFollowingError(NotAppliedError):
    """Nothing can arrive: the message says why."""


class AddressTakenError(NotAppliedError):
    def __init__(self, slug: str) -> None:
        super().__init__(_("The address “%(slug)s” is taken. Choose another one. Nothing was made.") % {"slug": slug})


@dataclass(frozen=True, slots=True)
class Looked:
    """A plan and what it was made of."""

    followed: Followed
    upstream: Upstream
    revision: int
    """Of the followed roadmap."""
    token: str
    """Of the two roadmaps and of what was chosen: another one when anything of it changed."""

    @property
    def loses_many(self) -> bool:
        lost = self.followed.lost
        return lost >= LEAST and lost > MANY * self.followed.seats


# Reading.


def published_tree(roadmap: Roadmap) -> plain.Roadmap:
    """What a fork of this roadmap takes: its tree as everybody may read it now. Eight queries."""
    return part_of(roadmaps=[roadmap.pk], topics=()).roadmaps[0]


def note_sources() -> QuerySet[NoteSource]:
    """The sources that notes are read from: not those of forks."""
    return NoteSource.objects.exclude(location__startswith=PREFIX)


def why_nothing_arrives(fork: Fork) -> str:
    """Why nothing comes from what it follows, empty where something may. No query with `upstream` at hand."""
    if fork.stopped_at is not None:
        return _("This roadmap does not follow any more.")
    if fork.upstream.retired_at is not None:
        return _("The roadmap that it follows is retired. What stands here stays as it is.")
    if fork.upstream.state == Roadmap.State.DRAFT:
        return _("The roadmap that it follows is not published. What stands here stays as it is until it is again.")
    return ""


def look(fork: Fork, *, theirs: Collection[str] = (), held: Collection[str] = ()) -> Looked:
    """Plan what the followed roadmap changed; see `follow`. About thirty queries, whatever the size of the two.

    Raise NotFollowingError.
    """
    fork.upstream.refresh_from_db(fields=["revision", "state", "retired_at"])
    if why := why_nothing_arrives(fork):
        raise NotFollowingError(why)
    revision = fork.upstream.revision
    source = fork.roadmap.source
    now = curriculum_of(source)
    upstream = _upstream(fork, now)
    with connection.cursor() as cursor:
        cursor.execute(_LOST, [fork.roadmap.source_id])
        gone = {UUID(row[0]) for row in cursor.fetchall()}
    followed = follow(
        now,
        upstream,
        theirs=theirs,
        held=held,
        taken=slugs_elsewhere(source),
        gone=gone,
        digest=f"{fork.upstream.uid.hex}@{revision}",
    )
    said = f"{now.fingerprint()}{followed.plan.target.fingerprint()}{sorted(theirs)}{sorted(held)}{followed.conflicts}"
    return Looked(followed, upstream, revision, hashlib.sha256(said.encode("utf-8", "replace")).hexdigest())


def _upstream(fork: Fork, now: Curriculum) -> Upstream:
    models = [UUID(topic.origin.id) for topic in now.topics if topic.origin.id]
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"roadmaps": [fork.upstream_id, fork.roadmap_id], "models": models})
        named = {
            uid: plain.Topic(uid, slug, title, retired=retired, replaced_by=heir)
            for uid, slug, title, retired, heir in cursor.fetchall()
        }
    here = {seat.topic for _, _, seat in now.seats()}
    whole = {*models, *(uid for uid, topic in named.items() if topic.retired and uid in here)}
    read = part_of(roadmaps=(), topics=whole).topics if whole else ()
    return Upstream(published_tree(fork.upstream), named | {topic.uid: topic for topic in read})


def ahead(fork: Fork) -> int:
    """How many changes of the followed roadmap wait. No query where it did not change since, nor where they were
    counted since either of the two changed; else as `look`."""
    if fork.revision == fork.upstream.revision or why_nothing_arrives(fork):
        return 0
    key = f"ahead-{fork.pk}-{fork.revision}-{fork.roadmap.revision}-{fork.upstream.revision}"
    waiting: int | None = caches["process"].get(key)
    if waiting is None:
        waiting = len(look(fork).followed.plan.changes)
        caches["process"].set(key, waiting)
    return waiting


def out_of(looked: Looked) -> list[tuple[UUID, UUID, str, str]]:
    """(topic, section, title of each) of what editors of the fork took out, and where it would return to. No query."""
    now = looked.followed.plan.now
    sections = {section.uid: section.title for section in now.roadmaps[0].sections}
    topics = looked.upstream.topics
    found = taken_out(now, looked.upstream)
    return [(uid, home, topics[uid].title, sections[home]) for uid, home in found if uid in topics]


# Writing.


def fork_roadmap(*, upstream: Roadmap, title: str, slug: str, asked: Asked) -> Roadmap:
    """A draft that follows `upstream`: the same topics in the same places. The same operation again answers the same.

    Raise NotFollowingError for what is not published, AddressTakenError, ImpossibleError for a title that is none, or
    BusyError.
    """
    title, slug = titled(title), slugify(slug)[:SLUG]
    with curriculum_lock(asked.because()):
        known = Edit.objects.filter(operation=asked.operation).select_related("roadmap").first()
        if known is not None and known.roadmap is not None:
            return known.roadmap
        upstream.refresh_from_db(fields=["revision", "state", "retired_at", "title"])
        if upstream.retired_at is not None or upstream.state == Roadmap.State.DRAFT:
            raise NotFollowingError(_("Only a published roadmap can be forked. Nothing was made."))
        taken = slugs_elsewhere(None)
        if slug in taken or slug in RESERVED:
            raise AddressTakenError(slug)
        uid = uuid4()
        slug = slug or Slugs(taken, RESERVED).take(title, f"roadmap-{uid.hex[:8]}")
        source = NoteSource.objects.create(location=f"{PREFIX}{uid.hex}", title=title)
        last = Roadmap.objects.aggregate(last=Max("position"))["last"] or 0
        theirs = Upstream(published_tree(upstream), _topics_of(upstream))
        made = forked(theirs, uid=uid, slug=slug, title=title, position=min(last + 1, 2**31 - 1))
        write(source.pk, Curriculum(), Curriculum(roadmaps=(made,)), {})
        row = Roadmap.objects.get(uid=uid)
        row.state = Roadmap.State.DRAFT
        row.save(update_fields=["state", "updated_at"])
        Fork.objects.create(roadmap=row, upstream=upstream, revision=upstream.revision, taken_at=timezone.now())
        _record(Edit.Verb.FORK, row, asked, kept("forked", was=told(upstream.title), now=told(title)))
        return row


def _topics_of(roadmap: Roadmap) -> dict[UUID, plain.Topic]:
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"roadmaps": [roadmap.pk], "models": []})
        return {uid: plain.Topic(uid, slug, title, retired=gone) for uid, slug, title, gone, _ in cursor.fetchall()}


def apply_upstream(*, fork: Fork, looked: Looked, by: str) -> Import | None:
    """Store the plan; the record of it, None where nothing was to be stored. From now on the fork knows what the other
    one says. Raise as `apply_plan`, having changed nothing."""
    with curriculum_lock(Because(by, Through.IMPORT)):
        source = _source(fork)
        made = apply_plan(plan=looked.followed.plan, source=source, by=by, retire_many=True)
        with connection.cursor() as cursor:
            cursor.execute(_WAITING_MODELS, [source.pk])
            if waiting := [row[0] for row in cursor.fetchall()]:
                render_waiting(waiting)
            cursor.execute(_SAME_TEXT, [source.pk])
        if made is not None:
            made.before |= {"revision": fork.revision, "taken_at": fork.taken_at.isoformat()}
            made.save(update_fields=["before"])
        fork.revision, fork.taken_at = looked.revision, timezone.now()
        fork.save(update_fields=["revision", "taken_at"])
        return made


def undo_upstream(*, fork: Fork, asked: UUID, by: str) -> Import:
    """Take the last plan back: the fork is as it was, and what it had taken waits again. Raise as `undo_last`."""
    with curriculum_lock(Because(by, Through.UNDO_IMPORT)):
        done = Import.objects.filter(source=fork.roadmap.source, uid=asked, state=Import.State.UNDONE).exists()
        last = undo_last(source=_source(fork), by=by, asked=asked)
        if not done:
            fork.revision = last.before["revision"]
            fork.taken_at = datetime.fromisoformat(last.before["taken_at"])
            fork.save(update_fields=["revision", "taken_at"])
        return last


def set_following(*, fork: Fork, on: bool, asked: Asked) -> None:
    """Follow again, or stop; nothing happens where it is so. What stands here stays as it is. Raise BusyError."""
    with curriculum_lock(asked.because()):
        fork.refresh_from_db(fields=["stopped_at"])
        if on == (fork.stopped_at is None) or Edit.objects.filter(operation=asked.operation).exists():
            return
        fork.stopped_at = None if on else timezone.now()
        fork.save(update_fields=["stopped_at"])
        title = told(fork.upstream.title)
        said = kept("follows" if on else "stopped-following", title=title)
        _record(Edit.Verb.FOLLOW, fork.roadmap, asked, said)


def _record(verb: str, roadmap: Roadmap, asked: Asked, said: Json) -> None:
    Edit.objects.create(
        verb=verb, roadmap=roadmap, by=asked.by[:150], actor=asked.actor, operation=asked.operation,
        data={**said, "things": [str(roadmap.uid)]},
    )  # fmt: skip


def _source(fork: Fork) -> NoteSource:
    source = fork.roadmap.source
    assert source is not None  # noqa: S101  (for the type checker: a fork is made with its source)
    return source
