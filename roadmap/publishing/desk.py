"""Where an editor's acts are done: in the tables that learners read, or in the draft revision that is open.

A desk hands out a part of the curriculum as it stands there, and takes the same part back changed. All of it under the
curriculum's lock.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Protocol
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet

from roadmap.apply import PrerequisiteLoopError, changed_needs, refuse_loops
from roadmap.graph import find_cycle
from roadmap.models import Edit, Placement, Prerequisite, Roadmap, Topic
from roadmap.plan import curriculum as plain
from roadmap.plan.curriculum import Curriculum, canonical, roadmap_json, topic_json
from roadmap.publishing.merging import Merge
from roadmap.publishing.models import DraftAct, DraftPart, DraftRevision
from roadmap.rows import create_waiting, write
from roadmap.stored import part_of
from roadmap.studio import rendered
from roadmap.waiting_bodies import body_of

Kind = DraftPart.Kind

_SLUGS = "SELECT slug FROM roadmap_topic UNION ALL SELECT text FROM roadmap_alias WHERE kind = 'slug'"
_LINKS = """
SELECT topic.uid, other.uid FROM roadmap_prerequisite need
JOIN roadmap_topic topic ON topic.id = need.topic_id JOIN roadmap_topic other ON other.id = need.requires_id
ORDER BY need.id
"""
_DRAFTED = """
SELECT uid, (now -> 'needs')::text, now ->> 'title', (now ->> 'retired')::boolean FROM roadmap_draftpart
WHERE draft_id = %s AND kind = 'topic'
"""


class Desk(Protocol):
    roadmap: Roadmap
    """That the acts are recorded on."""

    def part(self, *, roadmaps: Iterable[int], topics: Iterable[UUID]) -> Curriculum:
        """As `stored.part_of`, as things stand here."""

    def around(self, topics: Collection[UUID]) -> tuple[set[int], set[UUID]]:
        """(roadmaps that seat one of these topics, topics that require one of them)."""

    def own(self, topics: Collection[UUID]) -> list[UUID]:
        """Those that belong to the roadmap's own notes, or to none as it does."""

    def slugs(self) -> list[str]:
        """Addresses that a new topic cannot have. One query."""

    def store(self, before: Curriculum, after: Curriculum) -> None:
        """Make `after` of `before`, a part that was read here. Raise PrerequisiteLoopError."""

    def edits(self) -> QuerySet[Edit]:
        """What was done here on this roadmap, the last first."""

    def record(self, edit: Edit) -> None:
        """An act was done here."""


def desk_of(roadmap: Roadmap) -> Desk:
    """One query."""
    draft = open_draft(roadmap)
    return Tables(roadmap) if draft is None else Drafted(roadmap, draft)


def open_draft(roadmap: Roadmap) -> DraftRevision | None:
    """One query."""
    return DraftRevision.objects.filter(roadmap=roadmap, state=DraftRevision.State.OPEN).first()


class Tables:
    """What learners read."""

    def __init__(self, roadmap: Roadmap) -> None:
        self.roadmap = roadmap

    def part(self, *, roadmaps: Iterable[int], topics: Iterable[UUID]) -> Curriculum:
        return part_of(roadmaps=roadmaps, topics=topics)

    def around(self, topics: Collection[UUID]) -> tuple[set[int], set[UUID]]:
        seats = Placement.objects.filter(topic__uid__in=topics).values_list("roadmap", flat=True)
        needing = Prerequisite.objects.filter(requires__uid__in=topics).values_list("topic__uid", flat=True)
        return set(seats), set(needing)

    def own(self, topics: Collection[UUID]) -> list[UUID]:
        return list(Topic.objects.filter(uid__in=topics, source=self.roadmap.source_id).values_list("uid", flat=True))

    def slugs(self) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(_SLUGS)
            return [row[0] for row in cursor.fetchall()]

    def store(self, before: Curriculum, after: Curriculum) -> None:
        write(self.roadmap.source_id, before, after, html_of(before, after))
        refuse_loops(changed_needs(before, after))

    def edits(self) -> QuerySet[Edit]:
        return Edit.objects.filter(roadmap=self.roadmap, draft_act=None)

    def record(self, edit: Edit) -> None:
        pass


def html_of(before: Curriculum, after: Curriculum) -> Mapping[UUID, str]:
    """The HTML of the bodies that changed; that of new topics is the HTML of what they were copied from."""
    old = before.topic_by_uid()
    copied = {topic.uid: topic.body for topic in after.topics if topic.uid not in old and topic.body}
    html = rendered.edited(before, after)
    if copied:
        known = {row.body: body_of(row) for row in Topic.objects.filter(body__in=copied.values())}
        html |= {uid: known.get(body, "") for uid, body in copied.items()}
    return html


class Drafted:
    """What waits to be published, laid over what learners read."""

    def __init__(self, roadmap: Roadmap, draft: DraftRevision) -> None:
        self.roadmap, self.draft = roadmap, draft
        self.merge = Merge()
        self._tables = Tables(roadmap)
        self._parts: dict[UUID, DraftPart] = {}
        self._live: dict[UUID, plain.Topic | plain.Roadmap] = {}
        self._revisions: dict[UUID, int] = {}
        self._clashed: set[UUID] = set()

    def part(self, *, roadmaps: Iterable[int], topics: Iterable[UUID]) -> Curriculum:
        """At most eleven queries; the tables of a roadmap are not read while nothing changed in them."""
        wanted, roadmaps = set(topics), set(roadmaps)
        asked = Q(kind=Kind.TOPIC, uid__in=wanted)
        rows = {}
        if roadmaps:
            found = Roadmap.objects.filter(pk__in=roadmaps).values_list("uid", "pk", "revision")
            rows = {uid: (pk, revision) for uid, pk, revision in found}
            asked |= Q(kind=Kind.ROADMAP, uid__in=rows)
        parts = {part.uid: part for part in DraftPart.objects.filter(asked, draft=self.draft)}
        same = {uid for uid, part in parts.items() if uid in rows and part.revision == rows[uid][1]}
        stored = part_of(roadmaps=[pk for uid, (pk, _) in rows.items() if uid not in same], topics=wanted)
        # A tree that is the base still needs no merging, and nobody need make it of its JSON.
        drafted = [plain.roadmap_of(parts[uid].now) for uid in same]
        self._parts |= parts
        self._revisions |= {uid: revision for uid, (_, revision) in rows.items()}
        self._live |= {tree.uid: tree for tree in stored.roadmaps} | {topic.uid: topic for topic in stored.topics}
        laid = [self._roadmap(each) for each in stored.roadmaps]
        return canonical([*drafted, *laid], [self._topic(each) for each in stored.topics])

    def _roadmap(self, live: plain.Roadmap) -> plain.Roadmap:
        part = self._parts.get(live.uid)
        known = len(self.merge.clashes)
        laid = live if part is None else self.merge.roadmap(part.base, live, part.now)
        if len(self.merge.clashes) > known:
            self._clashed.add(live.uid)
        return laid

    def _topic(self, live: plain.Topic) -> plain.Topic:
        part = self._parts.get(live.uid)
        known = len(self.merge.clashes)
        laid = live if part is None else self.merge.topic(part.base, live, part.now)
        if len(self.merge.clashes) > known:
            self._clashed.add(live.uid)
        return laid

    def live_of(self, laid: Curriculum) -> Curriculum:
        """What stands in the tables of a part that was read here."""
        uids = [*(tree.uid for tree in laid.roadmaps), *(topic.uid for topic in laid.topics)]
        live = [self._live.get(uid) or plain.roadmap_of(self._parts[uid].base) for uid in uids]
        return canonical(
            [thing for thing in live if isinstance(thing, plain.Roadmap)],
            [thing for thing in live if isinstance(thing, plain.Topic)],
        )

    def around(self, topics: Collection[UUID]) -> tuple[set[int], set[UUID]]:
        seats, needing = self._tables.around(topics)
        parts = self.draft.parts.all()
        trees = parts.filter(kind=Kind.ROADMAP).values_list("uid", flat=True)
        seats |= set(Roadmap.objects.filter(uid__in=list(trees)).values_list("pk", flat=True))
        asking = Q()
        for topic in topics:
            asking |= Q(now__needs__contains=[{"topic": str(topic)}])
        return seats, needing | set(parts.filter(asking, kind=Kind.TOPIC).values_list("uid", flat=True))

    def own(self, topics: Collection[UUID]) -> list[UUID]:
        made = self.draft.parts.filter(kind=Kind.TOPIC, uid__in=topics, made=True)
        return list(dict.fromkeys((*self._tables.own(topics), *made.values_list("uid", flat=True))))

    def slugs(self) -> list[str]:
        return self._tables.slugs()

    def store(self, before: Curriculum, after: Curriculum) -> None:
        """Three statements, one more for each tree, and two to look for loops where prerequisites changed."""
        old = before.topic_by_uid()
        made = [topic for topic in after.topics if topic.uid not in old]
        waiting = {
            topic.uid: plain.Topic(topic.uid, topic.slug, topic.title, retired=True, overrides=topic.overrides)
            for topic in made
        }
        if waiting:
            create_waiting(waiting.values())
            self._live |= waiting
        changed = [topic for topic in after.topics if old.get(topic.uid) != topic]
        rows = [(t.uid, topic_json(self._stored(t.uid)), topic_json(t)) for t in changed]
        self._keep([self._row(Kind.TOPIC, *row, made=row[0] in waiting) for row in rows])
        trees = {roadmap.uid: roadmap for roadmap in before.roadmaps}
        for roadmap in after.roadmaps:
            if trees.get(roadmap.uid) != roadmap:
                self._keep_tree(roadmap)
        DraftRevision.objects.filter(pk=self.draft.pk).update(acts=F("acts") + 1)
        if touched := changed_needs(before, after):
            self._refuse_loops(touched)

    def _stored(self, uid: UUID) -> plain.Topic:
        live = self._live[uid]
        assert isinstance(live, plain.Topic)  # noqa: S101  (for the type checker: uids are unique)
        return live

    def _row(self, kind: str, uid: UUID, live: plain.Json, now: plain.Json, *, made: bool) -> DraftPart:
        part = self._parts.get(uid)
        base = part.base if part is not None and uid in self._clashed else live
        made = made or bool(part and part.made)
        return DraftPart(
            draft=self.draft, kind=kind, uid=uid, base=base, now=now, made=made, revision=self._revisions.get(uid, 0)
        )

    def _keep(self, rows: list[DraftPart]) -> None:
        gone = [row.uid for row in rows if row.base == row.now and not row.made]
        kept = [row for row in rows if row.base != row.now or row.made]
        if gone:
            self.draft.parts.filter(uid__in=gone).delete()
        if kept:
            DraftPart.objects.bulk_create(
                kept,
                update_conflicts=True,
                unique_fields=["draft", "kind", "uid"],
                update_fields=["base", "now", "revision"],
            )
        self._parts |= {row.uid: row for row in kept}

    def _keep_tree(self, roadmap: plain.Roadmap) -> None:
        """What it was like at first is written once; then only what it is now."""
        part, now = self._parts.get(roadmap.uid), roadmap_json(roadmap)
        unchanged = part is not None and (part.revision == self._revisions[roadmap.uid] or roadmap.uid in self._clashed)
        if part is not None and unchanged:
            self.draft.parts.filter(kind=Kind.ROADMAP, uid=roadmap.uid).update(now=now)
            part.now = now
            return
        live = self._live[roadmap.uid]
        assert isinstance(live, plain.Roadmap)  # noqa: S101  (as above)
        self._keep([self._row(Kind.ROADMAP, roadmap.uid, roadmap_json(live), now, made=False)])

    def _refuse_loops(self, touched: Collection[UUID]) -> None:
        """As `apply.refuse_loops`, over the tables with the draft laid over them. Three queries."""
        with connection.cursor() as cursor:
            cursor.execute(_LINKS)
            requires: dict[UUID, list[UUID]] = {}
            for topic, other in cursor.fetchall():
                requires.setdefault(topic, []).append(other)
            cursor.execute("SELECT uid FROM roadmap_topic WHERE retired_at IS NOT NULL")
            retired = {row[0] for row in cursor.fetchall()}
            cursor.execute(_DRAFTED, [self.draft.pk])
            drafted = [(uid, json.loads(needs), title, gone) for uid, needs, title, gone in cursor.fetchall()]
        for uid, needs, _, gone in drafted:
            requires[uid] = [UUID(need["topic"]) for need in needs]
            (retired.add if gone else retired.discard)(uid)
        live = {t: [o for o in others if o not in retired] for t, others in requires.items() if t not in retired}
        loop = find_cycle(live)
        if loop is not None:
            titles = dict(Topic.objects.filter(uid__in=loop).values_list("uid", "title"))
            titles |= {uid: title for uid, _, title, _ in drafted}
            raise PrerequisiteLoopError([titles[uid] for uid in loop])

    def edits(self) -> QuerySet[Edit]:
        return Edit.objects.filter(roadmap=self.roadmap, draft_act__draft=self.draft)

    def record(self, edit: Edit) -> None:
        DraftAct.objects.create(draft=self.draft, edit=edit)
