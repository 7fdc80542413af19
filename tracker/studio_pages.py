"""What the studio's pages show. Each read says its query count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from roadmap.models import Edit, Fork, Placement, Roadmap, Section, Topic
from roadmap.plan.arranging import INSIDE
from roadmap.publishing.desk import Drafted, desk_of
from roadmap.publishing.models import DraftRevision
from roadmap.studio import sight
from roadmap.studio.doing import turnable
from tracker import access
from tracker.permissions import Person, Right, may
from tracker.studio_rows import DraftRows, rows_of

PER_PAGE = 50
FOUND = 12
"""Topics that a search offers at most."""
AT_ONCE = 400
"""Seats that one page draws at most: sections beyond that stay closed until others are."""


@dataclass(slots=True)
class Node:
    """A row of the tree: a section or a topic's seat."""

    uid: UUID
    title: str
    sign: str
    section: bool
    pk: int = 0
    slug: str = ""
    kind: str = "topic"
    optional: bool = False
    choose: int | None = None
    ordered: bool = False
    retired: bool = False
    edited: bool = False
    """Something of it was changed here and stands before what the notes say."""
    own: bool = False
    """Made here: the notes do not have it."""
    open: bool = False
    topics: int = 0
    """Live topics in the section and below."""
    empty: bool = False
    href: str = ""
    """Of a section: opens or closes it; of a topic: its form."""
    edit: str = ""
    children: list[Node] = field(default_factory=list)
    at: bool = False
    """Its forms are shown."""
    shared: bool = False
    """On a fork: a topic that it shares with others."""


@dataclass(frozen=True, slots=True)
class View:
    """What of the tree is asked for, as the address says it."""

    roadmap: Roadmap
    open: tuple[int, ...] = ()
    """Keys of the open sections."""
    at: UUID | None = None
    """The thing whose forms are shown."""
    find: str = ""
    fork: bool = False
    """The roadmap follows another one."""
    all_topics: bool = True
    """Whoever looks edits topics that others share."""

    @property
    def here(self) -> str:
        return self.address(at=self.at)

    @property
    def closed(self) -> str:
        """Of the page without forms."""
        return self.address()

    def address(self, *, toggled: int | None = None, at: UUID | None = None) -> str:
        """Of the page with one section opened or closed, or with the forms of one thing."""
        keys = [key for key in self.open if key != toggled]
        if toggled is not None and toggled not in self.open:
            keys.append(toggled)
        query = [f"open={','.join(map(str, keys))}"] if keys else []  # numbers and uids need no quoting
        if at:
            query.append(f"at={at}")
        path = _path(self.roadmap.slug)
        return f"{path}?{'&'.join(query)}" if query else path


@lru_cache(maxsize=256)
def _path(slug: str) -> str:
    return reverse("studio_roadmap", args=[slug])


@dataclass(frozen=True, slots=True)
class Tree:
    view: View
    nodes: list[Node]
    at: Node | None
    homes: list[tuple[UUID, str, int]]
    """(uid, title, depth) of every section, to move things to; only where forms are shown."""
    undo: Edit | None
    redo: Edit | None
    sign: str
    """Of the roadmap itself."""
    closed: bool
    """Some open sections are not drawn: too much at once."""
    draft: DraftRevision | None = None
    """What is shown and acted on, where one is open; else what learners see."""
    found: Sequence[Topic] = ()
    """Topics that the one with the forms may be the same as."""
    steps: str = ""

    @property
    def parent(self) -> UUID | None:
        """Where the thing with the forms stands."""
        return _home(self.nodes, self.at.uid, None) if self.at else None


def tree_page(view: View, actor: str) -> Tree:
    """Eight queries, thirteen in a draft; two more where the forms of a topic are shown, and one where another is
    searched for it."""
    desk = desk_of(view.roadmap)
    rows = rows_of(desk)
    if isinstance(rows, DraftRows):
        view.roadmap.title = rows.tree.title
    sections, counts = rows.sections(), rows.counts()
    drawn = _drawn(view.open, counts)
    seats = rows.seats(drawn)
    nodes, known = _nodes(view, sections, seats, counts, drawn)
    at = known.get(view.at) if view.at else None
    if at is not None:
        at.at = True
    found: Sequence[Topic] = ()
    steps = ""
    if at is not None and not at.section:
        steps = "\n".join(rows.steps(at.uid))
        if view.find:
            found = same_as(Topic.objects.get(uid=at.uid), view.find)
    undo, redo = turnable(desk, actor)
    return Tree(
        view=view,
        nodes=nodes,
        at=at,
        homes=_homes(sections) if at else [],
        undo=undo,
        redo=redo,
        sign=sight.sign_of_roadmap(view.roadmap.title),
        closed=bool(set(view.open) & counts.keys() - drawn),
        draft=desk.draft if isinstance(desk, Drafted) else None,
        found=found,
        steps=steps,
    )


def _drawn(wanted: Iterable[int], counts: dict[int, tuple[int, int]]) -> set[int]:
    """Keys of the sections whose seats are drawn: the open ones, the latest opened first, until it is too much."""
    drawn: set[int] = set()
    room = AT_ONCE
    for key in reversed(list(wanted)):
        size = counts.get(key, (0, 0))[0]
        if size <= room or not drawn:
            drawn.add(key)
            room -= size
    return drawn


def _nodes(
    view: View,
    sections: Sequence[Section],
    seats: Sequence[Placement],
    counts: dict[int, tuple[int, int]],
    drawn: set[int],
) -> tuple[list[Node], dict[UUID, Node]]:
    uids = {section.pk: section.uid for section in sections}
    known: dict[UUID, Node] = {}
    inside: dict[int | None, list[tuple[int, int, Node]]] = defaultdict(list)
    for section in sections:
        parent = uids.get(section.parent_id) if section.parent_id else None
        node = known[section.uid] = Node(
            section.uid, section.title,
            sight.sign_of_section(
                section.title, parent, optional=section.optional, choose=section.choose, ordered=section.ordered
            ),
            section=True, pk=section.pk, kind=section.kind, optional=section.optional, choose=section.choose,
            ordered=section.ordered, edited=bool(section.overrides.keys() - {INSIDE}), own=not section.origin,
            open=section.pk in view.open and (section.pk in drawn), topics=counts.get(section.pk, (0, 0))[1],
            href=view.address(toggled=section.pk, at=view.at), edit=view.address(at=section.uid),
            empty=section.pk not in counts,
        )  # fmt: skip
        inside[section.parent_id].append((section.position, 1, node))
    for seat in seats:
        topic = seat.topic
        retired = topic.retired_at is not None
        home = uids[seat.section_id]
        node = known[topic.uid] = Node(
            topic.uid, topic.title, sight.sign_of_topic(topic.title, home, optional=seat.optional, retired=retired),
            section=False, pk=topic.pk, slug=topic.slug, optional=seat.optional, retired=retired,
            edited=bool(topic.overrides.keys() - {"retired"}), own=not topic.origin and topic.source_id is not None,
            href=f"{reverse('studio_topic', args=[topic.slug])}?roadmap={quote(view.roadmap.slug)}",
            edit=view.address(at=topic.uid), shared=view.fork and topic.source_id != view.roadmap.source_id,
        )  # fmt: skip
        inside[seat.section_id].append((seat.position, 0, node))
    for section in reversed(sections):
        node = known[section.uid]
        node.children = [child for _, _, child in sorted(inside[section.pk], key=lambda entry: entry[:2])]
        node.empty = node.empty and not node.children
    roots = [node for _, _, node in sorted(inside[None], key=lambda entry: entry[:2])]
    for root in roots:
        _count(root)
    return roots, known


def _count(node: Node) -> int:
    """Live topics below, added up; what stands in a closed section is not drawn."""
    node.topics += sum(_count(child) for child in node.children if child.section)
    if not node.open:
        node.children = []
    return node.topics


def _home(nodes: Iterable[Node], uid: UUID, parent: UUID | None) -> UUID | None:
    for node in nodes:
        if node.uid == uid:
            return parent
        found = _home(node.children, uid, node.uid)
        if found is not None:
            return found
    return None


def _homes(sections: Sequence[Section]) -> list[tuple[UUID, str, int]]:
    below: dict[int | None, list[Section]] = defaultdict(list)
    for section in sections:
        below[section.parent_id].append(section)
    homes: list[tuple[UUID, str, int]] = []
    waiting = [(section, 0) for section in reversed(below[None])]
    while waiting:
        section, depth = waiting.pop()
        homes.append((section.uid, section.title, depth))
        waiting += [(child, depth + 1) for child in reversed(below[section.pk])]
    return homes


def opened_to(roadmap: Roadmap, uid: UUID, *, itself: bool = False) -> list[int]:
    """Keys of the sections around a thing on this roadmap, for them to be open, and its own. Three queries, seven in a
    draft."""
    rows = rows_of(desk_of(roadmap))
    sections = {section.pk: section for section in rows.sections()}
    key = next((pk for pk, section in sections.items() if section.uid == uid), None)
    if key is None:
        key = rows.home(uid)
    elif not itself:
        key = sections[key].parent_id
    found: list[int] = []
    while key is not None and key not in found:
        found.append(key)
        key = sections[key].parent_id if key in sections else None
    return found


def same_as(topic: Topic, find: str) -> list[Topic]:
    """Live topics that an editor may mean, those of the same title first; each with `in_roadmaps`. Two queries."""
    named = Topic.objects.filter(retired_at=None).exclude(pk=topic.pk).filter(Q(title__icontains=find) | Q(slug=find))
    exact = Exists(Topic.objects.filter(pk=OuterRef("pk"), title__iexact=find))
    return list(named.order_by(exact.desc(), "title", "pk").prefetch_related("placements__roadmap")[:FOUND])


@dataclass(frozen=True, slots=True)
class Follows:
    """What a roadmap of the list follows."""

    title: str
    """Empty where this person may not read it."""
    changed: bool
    """Since the fork last took from it."""


@dataclass(frozen=True, slots=True)
class Studio:
    """The roadmaps that a person edits."""

    roadmaps: Page[Roadmap]
    may_create: bool
    rows: list[tuple[Any, Follows | None]]


def studio_page(person: Person, page: str) -> Studio:
    """Two queries, three for who edits single roadmaps."""
    topics = Count("placements", filter=Q(placements__topic__retired_at=None))
    mine: QuerySet[Any] = access.edited_roadmaps(person).annotate(topics=topics).order_by("position", "title", "pk")
    shown = Paginator(mine.select_related("fork__upstream"), PER_PAGE).get_page(page)
    all_drafts = may(person, Right.READ_DRAFTS)
    rows = [(each, _follows(getattr(each, "fork", None), all_drafts=all_drafts)) for each in shown.object_list]
    return Studio(shown, may(person, Right.EDIT_CURRICULUM), rows)


def _follows(fork: Fork | None, *, all_drafts: bool) -> Follows | None:
    if fork is None or fork.stopped_at is not None:
        return None
    upstream = fork.upstream
    public = upstream.retired_at is None and upstream.state != Roadmap.State.DRAFT
    return Follows(upstream.title if public or all_drafts else "", public and upstream.revision != fork.revision)
