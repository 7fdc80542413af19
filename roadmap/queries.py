"""Reads of the curriculum. Each says its query count."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Lock
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from roadmap.models import Roadmap
from roadmap.tree import Branch, Facts, Need, Resource, Seat, Tree

KEPT_TREES = 64
"""Trees kept in the process; one of 2,000 topics takes about 3 MiB."""

_kept: OrderedDict[int, Tree] = OrderedDict()
_lock = Lock()
_loading = Lock()


def tree_of(roadmap: Roadmap) -> Tree:
    """The tree at the revision that `roadmap` was read with. No query when it is kept in the process, else four."""
    return kept_tree(roadmap.pk, roadmap.revision) or trees_of([roadmap])[0]


def kept_tree(roadmap: int, revision: int) -> Tree | None:
    """The tree of the roadmap with this id at this revision, if it is kept in the process. No query."""
    tree = _kept.get(roadmap)
    if tree is None or tree.revision != revision:
        return None
    with suppress(KeyError):  # another thread may have dropped it in this moment
        _kept.move_to_end(roadmap)
    return tree


def trees_of(roadmaps: Sequence[Roadmap]) -> list[Tree]:
    """The trees of several roadmaps, in their order: no query for those kept, four for all the others together.

    Threads that miss at once load one after the other, and find what the first one loaded. A tree loaded after a later
    change carries the later facts under the earlier revision; the next reader of the roadmap loads it anew.
    """
    found = _find(roadmaps)
    if len(found) < len(roadmaps):
        with _loading:
            found = _find(roadmaps)
            missing = [roadmap for roadmap in roadmaps if roadmap.pk not in found]
            for tree in load_trees(missing):
                found[tree.id] = tree
                _keep(tree)
    return [found[roadmap.pk] for roadmap in roadmaps]


def _find(roadmaps: Sequence[Roadmap]) -> dict[int, Tree]:
    return {r.pk: tree for r in roadmaps if (tree := kept_tree(r.pk, r.revision)) is not None}


def _keep(tree: Tree) -> None:
    with _lock:
        if tree.id not in _kept or _kept[tree.id].revision <= tree.revision:
            _kept[tree.id] = tree
            _kept.move_to_end(tree.id)
        while len(_kept) > KEPT_TREES:
            _kept.popitem(last=False)


_BRANCHES = """
SELECT section.roadmap_id, section.id, section.parent_id, section.kind, section.title, section.slug, section.number,
       section.summary, section.optional, section.choose, section.ordered, section.position,
       coalesce((SELECT array_agg(ARRAY[resource.title, resource.url, resource.kind]
                                  ORDER BY resource.position, resource.id)
                 FROM roadmap_resource resource WHERE resource.section_id = section.id), '{}')
FROM roadmap_section section WHERE section.roadmap_id = ANY(%s) ORDER BY section.position, section.id
"""
_SEATS = """
SELECT placement.roadmap_id, placement.section_id, placement.topic_id, placement.optional, placement.position,
       extract(epoch FROM placement.placed_at)::float8
FROM roadmap_placement placement JOIN roadmap_topic topic ON topic.id = placement.topic_id
WHERE placement.roadmap_id = ANY(%s) AND topic.retired_at IS NULL ORDER BY placement.position, placement.id
"""
_NEEDS = """
WITH RECURSIVE below(id) AS (
    SELECT topic_id FROM roadmap_placement WHERE roadmap_id = ANY(%s)
    UNION SELECT need.requires_id FROM roadmap_prerequisite need JOIN below ON below.id = need.topic_id
)
SELECT need.topic_id, need.requires_id, need.reason, need."group", need.source FROM roadmap_prerequisite need
WHERE need.topic_id IN (SELECT id FROM below)
   OR need.requires_id IN (SELECT topic_id FROM roadmap_placement WHERE roadmap_id = ANY(%s))
ORDER BY need.topic_id, need.position, need.id
"""
_FACTS = """
SELECT topic.id, topic.uid, topic.slug, topic.title, topic.summary, topic.details, topic.hours::float8, topic.planned,
       topic.revision, topic.retired_at IS NOT NULL,
       EXISTS (SELECT FROM roadmap_placement placement JOIN roadmap_roadmap roadmap ON roadmap.id = placement.roadmap_id
               WHERE placement.topic_id = topic.id AND roadmap.retired_at IS NULL AND roadmap.state <> 'draft')
FROM roadmap_topic topic WHERE topic.id = ANY(%s)
"""


def load_trees(roadmaps: Sequence[Roadmap]) -> list[Tree]:
    """The trees as stored now, past the cache. Four queries, none for no roadmaps.

    Prerequisites are followed into other roadmaps to the end, so that the way to a topic can be named whole.
    """
    if not roadmaps:
        return []
    ids = [roadmap.pk for roadmap in roadmaps]
    sections: defaultdict[int, list[Any]] = defaultdict(list)
    seats: defaultdict[int, list[Any]] = defaultdict(list)
    needs: defaultdict[int, list[Need]] = defaultdict(list)
    opens: defaultdict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_BRANCHES, [ids])
        for roadmap, *row in cursor.fetchall():
            sections[roadmap].append(row)
        cursor.execute(_SEATS, [ids])
        for roadmap, *row in cursor.fetchall():
            seats[roadmap].append(row)
        named = {row[1] for rows in seats.values() for row in rows}
        cursor.execute(_NEEDS, [ids, ids])
        for topic, requires, reason, group, source in cursor.fetchall():
            needs[topic].append(Need(requires, reason, group, source))
            opens[requires].append(topic)
            named |= {topic, requires}
        cursor.execute(_FACTS, [list(named)])
        facts = {row[0]: Facts(*row) for row in cursor.fetchall()}
    return [_tree(roadmap, sections[roadmap.pk], seats[roadmap.pk], needs, opens, facts) for roadmap in roadmaps]


def _tree(  # noqa: PLR0917 (what was loaded, passed on)
    roadmap: Roadmap,
    sections: list[Any],
    seats: list[Any],
    needs: Mapping[int, list[Need]],
    opens: Mapping[int, list[int]],
    facts: Mapping[int, Facts],
) -> Tree:
    """One tree out of what was loaded for several: its seats, all they need to the end, and what they open."""
    seated = [row[1] for row in seats]
    near = set(seated)
    queue = list(seated)
    while queue:
        for need in needs.get(queue.pop(), ()):
            if need.topic not in near:
                near.add(need.topic)
                queue.append(need.topic)
    near.update(*(opens.get(topic, ()) for topic in seated))
    return Tree(
        id=roadmap.pk,
        slug=roadmap.slug,
        title=roadmap.title,
        summary=roadmap.summary,
        locking="strict" if roadmap.locking == Roadmap.Locking.STRICT else "advisory",
        revision=roadmap.revision,
        branches=branches_of(sections, seats),
        topics={topic: facts[topic] for topic in near if topic in facts},
        needs={topic: tuple(needs[topic]) for topic in near if topic in needs},
    )


def branches_of(sections: list[Any], seats: list[Any]) -> tuple[Branch, ...]:
    """Sections in reading order with indexes for ids, what is inherited worked out, each with its seats."""
    below: defaultdict[int | None, list[Any]] = defaultdict(list)
    for row in sections:
        below[row[1]].append(row)
    on: defaultdict[int, list[Any]] = defaultdict(list)
    for row in seats:
        on[row[0]].append(row)
    made: list[dict[str, Any]] = []
    stack: list[tuple[Any, int | None]] = [(row, None) for row in reversed(below[None])]
    while stack:
        row, parent = stack.pop()
        pk, _, kind, title, slug, number, summary, optional, choose, ordered, position, resources = row
        above = made[parent] if parent is not None else None
        optional = optional or bool(above and above["optional"])
        index = len(made)
        if above is not None:
            above["children"].append(index)
        made.append(
            {
                "id": pk,
                "parent": parent,
                "depth": above["depth"] + 1 if above else 0,
                "kind": kind,
                "title": title,
                "slug": slug,
                "number": number,
                "summary": summary,
                "optional": optional,
                "choose": choose,
                "ordered": ordered,
                "position": position,
                "seats": tuple(Seat(topic, optional or own, place, at) for _, topic, own, place, at in on[pk]),
                "children": [],
                "resources": tuple(Resource(*resource) for resource in resources),
            }
        )
        stack += [(child, index) for child in reversed(below[pk])]
    return tuple(Branch(**branch | {"children": tuple(branch["children"])}) for branch in made)


def readable_roadmaps(*, drafts: bool = False) -> QuerySet[Roadmap]:
    """Roadmaps that have an address people may follow: listed and unlisted ones, drafts for those who edit them."""
    live = Roadmap.objects.filter(retired_at=None)
    return live if drafts else live.exclude(state=Roadmap.State.DRAFT)


def listed_roadmaps(*, drafts: bool = False) -> QuerySet[Roadmap]:
    """Roadmaps that the list of roadmaps shows."""
    live = Roadmap.objects.filter(retired_at=None).exclude(state=Roadmap.State.UNLISTED)
    return live if drafts else live.filter(state=Roadmap.State.LISTED)
