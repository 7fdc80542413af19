"""What the page of the map shows: the picture or the list, and the links that change them."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from roadmap.models import Roadmap
from roadmap.tree import Facts, Tree
from tracker.maps.asked import FARTHEST, Asked, Shown, shown
from tracker.maps.drawn import Drawn, drawn
from tracker.maps.listed import listed
from tracker.maps.looks import Look, legend, look, mark
from tracker.models import Goal, User
from tracker.permissions import Person
from tracker.queries import Standing

TOGETHER = 400
"""Topics up to which the list stands below the picture; more have a page of their own."""
SUGGESTED = 300
"""Titles offered while one types where to go; more weigh more than they help."""


@dataclass(frozen=True, slots=True)
class Choice:
    slug: str
    title: str
    depth: int
    here: bool


@dataclass(frozen=True, slots=True)
class MapPage:
    asked: Asked
    shown: Shown
    drawing: Drawn | None
    """None where there is nothing to draw, or the list alone was asked for."""
    body: str
    """What is inside the SVG."""
    outline: str
    """The list; empty where it has a page of its own."""
    choices: tuple[Choice, ...]
    """Sections to look at, indented by depth."""
    hops: range
    legend: tuple[tuple[str, str, str], ...]
    """(kind, word, mark)."""
    goal: Facts | None
    """What the person heads for on this roadmap, and does not look at already."""
    way: tuple[Facts, ...]
    titles: tuple[str, ...]
    total: int
    at: int | None
    """Id of the topic to begin at: what the person would go on with, if it is shown."""
    hrefs: dict[str, str]

    @property
    def partly(self) -> bool:
        """Not the whole roadmap."""
        return self.shown.module is not None or self.shown.goal is not None


def map_page(here: Standing, asked: Asked, goal: Facts | None) -> MapPage:
    """No query: `goal` is read by `goal_on`, the standing by `queries.standing`."""
    tree = here.tree
    seen = shown(here, asked)
    looks = looks_of(here)
    drawing = None if asked.listed or not seen.topics else drawn(tree, seen.topics, everything=asked.everything)
    together = asked.listed or len(seen.topics) <= TOGETHER
    target = seen.goal.id if seen.goal else None
    suggested = here.overlay.next
    at = target or (suggested.topic if suggested else None)
    return MapPage(
        asked=asked,
        shown=seen,
        drawing=drawing,
        body=drawing.on_page(looks, way=(*seen.way, *([target] if target else []))) if drawing else "",
        outline=listed(tree, seen.topics, looks) if together else "",
        choices=_choices(tree, seen),
        hops=range(FARTHEST + 1),
        legend=tuple((kind, word, mark(kind)) for kind, word in legend(strict=tree.locking == "strict")),
        goal=goal if goal and goal != seen.goal else None,
        way=tuple(tree.topics[topic] for topic in seen.way),
        titles=tuple(tree.topics[t].title for t in tree.order) if len(tree.order) <= SUGGESTED else (),
        total=len(tree.order),
        at=at if at in seen.topics else None,
        hrefs=_hrefs(tree, asked, seen, goal),
    )


def looks_of(here: Standing) -> dict[int, Look]:
    """Of every topic of the tree, those of other roadmaps that it names included."""
    tree, strict = here.tree, here.tree.locking == "strict"
    rows = here.overlay.rows
    beside = here.overlay.rows_of(topic for topic in tree.topics if topic not in rows)
    seen: dict[object, Look] = {}
    looks: dict[int, Look] = {}
    for topic, row in (*rows.items(), *beside.items()):
        key = (row.state, row.ready, row.locked, len(row.unmet), row.spare, row.changed)
        found = seen.get(key)
        if found is None:
            found = seen[key] = look(row, strict=strict)
        looks[topic] = found
    return looks


def goal_on(person: Person, roadmap: Roadmap, tree: Tree) -> Facts | None:
    """The topic that the person heads for on the roadmap, if it still seats it. One query with an account."""
    if not isinstance(person, User):
        return None
    goal = Goal.objects.filter(learner=person, roadmap=roadmap).values_list("topic_id", flat=True).first()
    return tree.topics[goal] if goal in tree.seated else None


def _choices(tree: Tree, seen: Shown) -> tuple[Choice, ...]:
    return tuple(
        Choice(branch.slug, "\u2003" * branch.depth + branch.title, branch.depth, branch is seen.module)
        for branch in tree.branches
    )


def _hrefs(tree: Tree, asked: Asked, seen: Shown, goal: Facts | None) -> dict[str, str]:
    here = reverse("roadmap_map", args=[tree.slug])
    plain = Asked(left=asked.left, everything=asked.everything, listed=asked.listed)
    return {
        "whole": here + plain.query(whole=True),
        "part": here + plain.query(),
        "left": here + asked.query(left=not asked.left),
        "all": here + asked.query(everything=not asked.everything),
        "list": here + asked.query(listed=True),
        "picture": here + asked.query(listed=False),
        "svg": reverse("roadmap_map_svg", args=[tree.slug]) + asked.query(listed=False),
        "here": here,
        "roadmap": reverse("roadmap", args=[tree.slug]) + (f"#s-{seen.module.slug}" if seen.module else ""),
        "goal": here + plain.query(goal=goal.slug if goal else ""),
    }


def caption(roadmap: Roadmap, seen: Shown) -> str:
    """What the picture shows, for its name and its heading."""
    if seen.goal:
        return _("%(roadmap)s: path to %(topic)s") % {"roadmap": roadmap.title, "topic": seen.goal.title}
    if seen.module:
        return _("%(roadmap)s: %(module)s") % {"roadmap": roadmap.title, "module": seen.module.title}
    return roadmap.title
