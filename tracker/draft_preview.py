"""The roadmap as learners will find it once its draft is published: the draft's tree with somebody's states on it.

The tree is made of the one that learners see and of what the draft has otherwise, and drawn by the same code. Nothing
on it can be used: it has no form, and its links lead back into the preview.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from roadmap.models import Topic
from roadmap.plan import curriculum as plain
from roadmap.plan.changes import READ_BY_LEARNERS
from roadmap.publishing.desk import Drafted
from roadmap.publishing.drafted import Drafts, compared, draft_content
from roadmap.publishing.models import DraftRevision
from roadmap.queries import branches_of, tree_of
from roadmap.studio.rendered import preview
from roadmap.tree import Facts, Need, Seat, Tree
from roadmap.waiting_bodies import body_of
from tracker import languages
from tracker.models import Enrolment, User
from tracker.overlay import Overlay
from tracker.packed import layout, pack
from tracker.queries import marks_of
from tracker.rows import Compiled, CompiledRow, hours
from tracker.slotted import Slotted

KEPT = 4
"""Previews kept in the process."""


class PreviewRows(Compiled):
    """As learners' rows, but for where they lead."""

    @staticmethod
    def _links(tree: Tree) -> dict[str, str]:
        """What is not published has no percentage that anybody could be told of."""
        return {}

    @staticmethod
    def _row(tree: Tree, seat: Seat) -> CompiledRow:
        topic = tree.topics[seat.topic]
        href = f"?{urlencode({'topic': topic.slug})}#topic"
        context: dict[str, Any] = {
            "topic": topic,
            "url": href,
            "state_url": "",
            "details": ", ".join(topic.details),
            "hours": hours(topic.hours),
            "optional": seat.optional and not tree.branches[tree.seated[topic.id]].optional,
        }
        slotted = Slotted("tracker/_topic_row.html", context)
        return CompiledRow(slotted, href, optional=seat.optional, strict=tree.locking == "strict")


@dataclass(frozen=True, slots=True)
class Preview:
    tree: Tree
    rows: PreviewRows
    laid: dict[UUID, plain.Topic]
    """What the draft has otherwise."""


_kept: OrderedDict[tuple[int, int, int, str], Preview] = OrderedDict()
_lock = Lock()


def preview_of(draft: DraftRevision) -> Preview:
    """No query while neither the draft nor the roadmap changed and it is kept in the process; else at most twenty."""
    key = (draft.pk, draft.acts, draft.roadmap.revision, languages.current())
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    retired = Topic.objects.filter(retired_at__isnull=False, placements__roadmap=draft.roadmap_id)
    found = draft_content(draft, also=set(retired.values_list("uid", flat=True)))
    tree = _tree(draft, found)
    made = Preview(tree, PreviewRows(tree), {topic.uid: topic for topic in found.laid.topics})
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _tree(draft: DraftRevision, found: Drafts) -> Tree:
    live = tree_of(draft.roadmap)
    (roadmap,) = (tree for tree in found.laid.roadmaps if tree.uid == draft.roadmap.uid)
    _, after = compared(found)
    known = {facts.uid: facts for facts in live.topics.values()}
    topics = {topic.uid: topic for topic in found.laid.topics}
    named = set(topics) | {need.topic for topic in after.topics for need in topic.needs}
    named |= {seat.topic for section in roadmap.sections for seat in section.seats}
    rows = {row.uid: row for row in Topic.objects.filter(uid__in=named - known.keys() | set(topics))}
    ids = {uid: facts.id for uid, facts in known.items()} | {uid: row.pk for uid, row in rows.items()}
    old = found.live.topic_by_uid()
    facts = dict(live.topics)
    for uid in named:
        if uid in topics:
            facts[ids[uid]] = _facts(topics[uid], rows[uid], old[uid])
        elif uid not in known and uid in rows:
            row = rows[uid]
            facts[row.pk] = Facts(row.pk, uid, row.slug, row.title, retired=row.retired_at is not None)
    needs = dict(live.needs)
    for topic in after.topics:
        needs[ids[topic.uid]] = tuple(Need(ids[n.topic], n.reason, n.group, n.source) for n in topic.needs)
    return replace(
        live,
        id=-draft.pk,
        title=roadmap.title,
        summary=roadmap.summary,
        branches=branches_of(*_rows(roadmap, ids, {uid for uid, t in topics.items() if t.retired}, live)),
        topics=facts,
        needs=needs,
        kept={},
    )


def _facts(topic: plain.Topic, row: Topic, old: plain.Topic) -> Facts:
    """The address is the one that the row has: the draft's leads nowhere yet."""
    noticed = any(getattr(topic, name) != getattr(old, name) for name in READ_BY_LEARNERS)
    return Facts(
        row.pk, topic.uid, row.slug, topic.title, topic.summary, topic.details, topic.hours, topic.planned,
        row.revision + noticed, topic.retired,
    )  # fmt: skip


def _rows(
    roadmap: plain.Roadmap, ids: dict[UUID, int], retired: Iterable[UUID], live: Tree
) -> tuple[list[Any], list[Any]]:
    """Sections and seats as `branches_of` takes them. What is seated by the draft alone is seated now."""
    number = {section.uid: place for place, section in enumerate(roadmap.sections, start=1)}
    sections = [
        (
            number[s.uid], number[s.parent] if s.parent else None, s.kind, s.title, s.slug, s.number, s.summary,
            s.optional, s.choose, s.ordered, s.position, [(r.title, r.url, r.kind) for r in s.resources],
        )
        for s in roadmap.sections
    ]  # fmt: skip
    sections.sort(key=lambda row: row[10])
    gone = set(retired)
    seats = [
        (number[s.uid], ids[seat.topic], seat.optional, seat.position, live.placed_at.get(ids[seat.topic], time.time()))
        for s in roadmap.sections
        for seat in s.seats
        if seat.topic not in gone
    ]
    return sections, seats


def overlay_of(found: Preview, draft: DraftRevision, learner: User | None) -> Overlay:
    """With the states of this learner, or of somebody who begins. Two queries, none without a learner."""
    if learner is None:
        return Overlay(found.tree, bytes(len(layout(found.tree).order)))
    marks = marks_of(learner, list(found.tree.topics))
    walk = Enrolment.objects.filter(learner=learner, roadmap=draft.roadmap_id).first()
    finished = walk.finished_at.timestamp() if walk is not None and walk.finished_at is not None else None
    return Overlay(found.tree, pack(found.tree, marks), finished_at=finished)


@dataclass(frozen=True, slots=True)
class PreviewTopic:
    """One topic as its page will be."""

    title: str
    summary: str
    details: tuple[str, ...]
    body_html: str
    steps: tuple[str, ...]
    resources: tuple[Any, ...]
    needs: tuple[tuple[str, ...], ...]
    """Titles; one of each is needed."""
    opens: tuple[str, ...]


def topic_of(found: Preview, draft: DraftRevision, slug: str) -> PreviewTopic | None:
    """None for a topic that will not be there. Ten queries at most."""
    facts = found.tree.by_slug.get(slug)
    if facts is None:
        return None
    (topic,) = Drafted(draft.roadmap, draft).part(roadmaps=(), topics=[facts.uid]).topics
    row = Topic.objects.get(uid=facts.uid)
    same = topic.body == row.body
    html = body_of(row) if same else preview(row.source_id or draft.roadmap.source_id, topic)[0]
    title = {key: each.title for key, each in found.tree.topics.items()}
    return PreviewTopic(
        topic.title,
        topic.summary,
        topic.details,
        html,
        tuple(step.title for step in topic.steps if not step.retired),
        topic.resources,
        tuple(tuple(title[n] for n in group) for group in found.tree.asked.get(facts.id, ())),
        tuple(title[n] for n in found.tree.opens.get(facts.id, ())),
    )


def learners_to_choose(learners: Any, draft: DraftRevision, words: str) -> list[User]:
    """Of those whom the editor sees: who walks the roadmap first, by name. One query."""
    named = learners.filter(name__icontains=words) if words else learners
    walking = named.filter(enrolments__roadmap=draft.roadmap_id)
    return list(walking.order_by("name", "pk")[:50])
