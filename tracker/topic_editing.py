"""What the pages of one topic in the studio read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap.models import Placement, Prerequisite, Roadmap
from roadmap.models import Topic as TopicRow
from roadmap.plan.curriculum import Need, Origin, Topic, need_json
from roadmap.publishing.desk import Drafted, desk_of, open_draft
from roadmap.publishing.models import DraftPart, DraftRevision
from roadmap.stored import part_of
from roadmap.studio.fields import FIELDS, noted, resources_text
from roadmap.studio.rendered import preview
from roadmap.waiting_bodies import body_of
from tracker import access
from tracker.permissions import Person
from tracker.topic_forms import LABELS
from tracker.touched import learners_on

FOUND = 12
"""Topics that a search offers."""

_WAITING = """
WITH waiting AS (
    SELECT DISTINCT summary.learner_id FROM tracker_roadmapsummary summary
    JOIN roadmap_placement seat ON seat.roadmap_id = summary.roadmap_id AND seat.topic_id = %(topic)s
    WHERE NOT EXISTS (SELECT FROM tracker_topicprogress own
                      WHERE own.learner_id = summary.learner_id AND own.topic_id = %(topic)s
                        AND (own.state <> 'todo' OR own.started_at IS NOT NULL))
)
SELECT asked.id, (SELECT count(*) FROM waiting WHERE NOT EXISTS (
                      SELECT FROM tracker_topicprogress met
                      WHERE met.learner_id = waiting.learner_id AND met.topic_id = asked.id
                        AND met.state IN ('done', 'waived')))
FROM unnest(%(others)s::bigint[]) AS asked(id)
"""


@dataclass(frozen=True, slots=True)
class Override:
    """A field that an editor changed, with what the notes say of it."""

    name: str
    label: str
    noted: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A prerequisite as the page shows it."""

    uid: UUID
    slug: str
    title: str
    retired: bool
    reason: str
    source: str
    """In words."""
    guess: bool
    noted: str
    """What the notes say of it, where an editor says otherwise; else empty."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic that could be required."""

    slug: str
    title: str
    where: str
    loop: tuple[str, ...]
    """Titles of the loop that it would close, the first again at the end; else empty."""
    locks: int
    """Learners who have not begun the topic and have not finished this one."""


@dataclass(frozen=True, slots=True)
class TopicPage:
    plain: Topic
    seats: Sequence[Any]
    """(title, slug, state) of the live roadmaps that seat it."""
    copy: bool
    """A fork's own copy: what notes provide elsewhere comes from its model."""
    provided: bool
    """Notes have it."""
    overrides: Mapping[str, Override]
    learners: int
    last: Any
    """The last recorded act on it."""
    draft: DraftRevision | None
    """That its acts wait in."""


def plain_topic(topic: TopicRow, roadmap: Roadmap | None = None) -> Topic:
    """As the tables have it, or as the draft of `roadmap` does, where one is open. Nine queries, ten in a draft."""
    desk = desk_of(roadmap) if roadmap is not None else None
    if not isinstance(desk, Drafted):
        return part_of(roadmaps=(), topics=[topic.uid]).topics[0]
    return desk.part(roadmaps=(), topics=[topic.uid]).topics[0]


def roadmap_of(topic: TopicRow, slug: str = "") -> Roadmap | None:
    """The live roadmap that acts on the topic are recorded on: the one asked for if it seats it, or its draft has it
    otherwise; else the first that does, else the first of its source. Two queries at most."""
    live = Roadmap.objects.filter(retired_at=None).order_by("position", "pk")
    drafted = DraftPart.objects.filter(uid=topic.uid, draft__state=DraftRevision.State.OPEN).values("draft__roadmap")
    seating = list(live.filter(Q(placements__topic=topic) | Q(pk__in=drafted)).distinct())
    for roadmap in seating:
        if roadmap.slug == slug:
            return roadmap
    return seating[0] if seating else live.filter(source=topic.source_id).first()


def shown_as(topic: TopicRow, plain: Topic, draft: DraftRevision | None) -> TopicRow:
    """The row as its pages show it: with what the draft has of it, where one is open. Not to be saved. At most one
    query, unless its text waited to be rendered."""
    if draft is not None:
        topic.title, topic.planned = plain.title, plain.planned
        topic.retired_at = (topic.retired_at or draft.opened_at) if plain.retired else None
        if plain.body != topic.body:
            topic.body_html = preview(topic.source_id or draft.roadmap.source_id, plain)[0]
    body_of(topic)
    return topic


def topic_page(topic: TopicRow, roadmap: Roadmap | None = None) -> TopicPage:
    """Thirteen queries. `roadmap`: the one that acts are recorded on."""
    plain = plain_topic(topic, roadmap)
    seats = Placement.objects.filter(topic=topic, roadmap__retired_at=None).select_related("roadmap", "section")
    return TopicPage(
        plain=plain,
        seats=list(seats.order_by("roadmap__position", "roadmap__pk")),
        copy=bool(plain.origin.id and not plain.origin.places),
        provided=plain.origin != Origin(),
        overrides=overrides_of(plain),
        learners=learners_on([topic.uid]).get(topic.uid, 0),
        last=topic.edits.first(),
        draft=open_draft(roadmap) if roadmap is not None else None,
    )


def overrides_of(topic: Topic) -> dict[str, Override]:
    """Field -> what the notes say of it. Prerequisites are told one by one: see `needs_of`."""
    if topic.origin == Origin():
        return {}
    names = [name for name in (*FIELDS, "related", "meta", "retired") if name in topic.overrides]
    return {name: Override(name, str(LABELS[name]), _in_words(name, topic.overrides[name])) for name in names}


def _in_words(name: str, value: Any) -> str:
    if name == "resources":
        return resources_text(noted(name, value))
    if name == "retired":
        return _("It is not in the notes: retired.") if value else _("It is in the notes: not retired.")
    if name == "meta":
        return "\n".join(f"{key}: {inner}" for key, inner in value.items())
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


_SOURCES = {
    "notes": _lazy("stated in the notes"),
    "chain": _lazy("the order of its module"),
    "diagram": _lazy("an arrow of a diagram in the notes"),
    "guess": _lazy("guessed, waits for your yes"),
    "editor": _lazy("set by an editor"),
}


def needs_of(topic: Topic) -> tuple[list[list[Linked]], list[Linked]]:
    """(what it requires: groups of alternatives, each alone in its group if it has none; what the notes ask for and an
    editor took away). One query."""
    said = topic.overrides.get("needs", {})
    uids = {need.topic for need in topic.needs} | set(map(UUID, said))
    rows = {row.uid: row for row in TopicRow.objects.filter(uid__in=uids)}

    def linked(need: Need) -> Linked:
        row = rows[need.topic]
        told = said.get(str(need.topic))
        words = "" if told is None or told == need_json(need) else _need_in_words(told)
        where = str(_SOURCES[need.source])
        return Linked(
            need.topic,
            row.slug,
            row.title,
            row.retired_at is not None,
            need.reason,
            where,
            need.source == "guess",
            words,
        )

    groups: dict[str, list[Linked]] = {}
    for index, need in enumerate(topic.needs):
        groups.setdefault(need.group or f" {index}", []).append(linked(need))
    have = {str(need.topic) for need in topic.needs}
    gone = [
        linked(Need(UUID(uid), told["reason"], told["group"], told["source"]))
        for uid, told in said.items()
        if uid not in have and UUID(uid) in rows
    ]
    return list(groups.values()), gone


def _need_in_words(told: Mapping[str, str]) -> str:
    words = str(_SOURCES.get(told["source"], told["source"]))
    reason = _("because “%(reason)s”") % {"reason": told["reason"]} if told["reason"] else _("without a reason")
    parts = [words, reason, *([_("as one of several alternatives")] if told["group"] else [])]
    return _(", ").join(parts)


def candidates(
    person: Person, topic: TopicRow, words: str, plain: Topic, draft: DraftRevision | None
) -> list[Candidate]:
    """Live topics, and those that the draft made, whose titles or other names have `words`, and that `topic` does not
    require yet. Six queries, none for no words."""
    needed = TopicRow.objects.filter(uid__in=[need.topic for need in plain.needs]).values_list("pk", flat=True)
    made = draft.parts.filter(made=True, now__retired=False).values_list("uid", flat=True) if draft else ()
    found = find(person, words, without=[topic.pk, *needed], made=list(made))[:FOUND] if words.strip() else []
    if not found:
        return []
    loops = loops_of(topic, found)
    locks = would_lock(topic, [row.pk for row in found])
    return [
        Candidate(row.slug, row.title, _place(row), tuple(loops.get(row.pk, ())), locks.get(row.pk, 0)) for row in found
    ]


def _place(row: TopicRow) -> str:
    seats = list(row.placements.all())
    return f"{seats[0].roadmap.title} › {seats[0].section.title}" if seats else ""


def find(
    person: Person,
    words: str,
    *,
    without: Iterable[int] = (),
    source: int | bool | None = True,
    made: Sequence[UUID] = (),
) -> list[TopicRow]:
    """Live topics that this person may know of, by words of their titles or other names, those that begin so first.
    Four queries, none for no words.

    `source`: key of the source they are of, None for those of none, True for any. `made`: uids of topics that wait in a
    draft, to be found as well.
    """
    words = " ".join(words.split())[:100]
    if not words:
        return []
    named = TopicRow.objects.filter(title__icontains=words) | TopicRow.objects.filter(
        aliases__kind="name", aliases__text__icontains=words
    )
    known = Q(retired_at=None, pk__in=access.topics_to_link(person)) | Q(uid__in=made)
    found = named.filter(known).exclude(pk__in=list(without)).distinct()
    if source is not True:
        found = found.filter(source=source)
    # Enough to put those that begin with the words first.
    rows = list(found.prefetch_related("placements__roadmap", "placements__section").order_by("title", "pk")[:200])
    return sorted(rows, key=lambda row: not row.title.casefold().startswith(words.casefold()))


def loops_of(topic: TopicRow, others: Sequence[TopicRow]) -> dict[int, list[str]]:
    """Key of each of `others` that `topic` cannot require -> the titles around the loop, `topic` first and last.

    Two queries.
    """
    opens: dict[int, list[int]] = {}
    links = Prerequisite.objects.filter(topic__retired_at=None, requires__retired_at=None)
    for needing, required in links.values_list("topic_id", "requires_id"):
        opens.setdefault(required, []).append(needing)
    toward: dict[int, int] = {topic.pk: 0}
    waiting = [topic.pk]
    for place in waiting:
        for needing in opens.get(place, ()):
            if needing not in toward:
                toward[needing] = place
                waiting.append(needing)
    paths: dict[int, list[int]] = {}
    for other in others:
        if other.pk in toward and other.pk != topic.pk:
            path, at = [topic.pk], other.pk
            while at:
                path.append(at)
                at = toward[at]
            paths[other.pk] = path
    titles = dict(
        TopicRow.objects.filter(pk__in={pk for path in paths.values() for pk in path}).values_list("pk", "title")
    )
    return {key: [titles[pk] for pk in path] for key, path in paths.items()}


def would_lock(topic: TopicRow, others: Sequence[int]) -> dict[int, int]:
    """Key of another topic -> how many learners have not begun `topic`, walk a roadmap that seats it, and would have to
    finish the other one first. What was started never locks. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"topic": topic.pk, "others": list(others)})
        return dict(cursor.fetchall())
