"""The map in words: modules, their topics, what each needs and opens. What the picture shows, and the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast
from urllib.parse import quote

from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap.tree import Tree
from tracker.maps.looks import Look
from tracker.rows import anchor
from tracker.slotted import Slotted, hole


@dataclass(frozen=True, slots=True)
class Other:
    """A topic at the other end of an edge."""

    id: int
    title: str
    href: str
    reason: str = ""

    @property
    def slot(self) -> str:
        return hole(f"s{self.id}")


class _Marks:
    """What the slots of a row are filled with: the mark and the word of the topic that each names."""

    def __init__(self, looks: dict[int, Look]) -> None:
        self._looks = looks

    def __getitem__(self, name: str) -> str:
        look = self._looks[int(name[1:])]
        if name[0] == "w":
            return f"{look.kind} changed" if look.changed else look.kind
        word = escape(look.said)
        mark = "todo" if look.kind == "later" else f"{look.kind} todo" if look.kind == "ready" else look.kind
        return f'<span class="mark {mark}" aria-hidden="true"></span><span class="said">{word}</span>'


def listed(tree: Tree, topics: Sequence[int], looks: dict[int, Look]) -> str:
    """Modules in reading order as sections with their topics. `looks` holds every topic of the tree that is named."""
    rows = _rows(tree)
    marks = cast("dict[str, str]", _Marks(looks))
    out: list[str] = []
    for index, group in groupby(topics, key=lambda topic: tree.seated.get(topic, -1)):
        inside = "".join(rows(topic).fill(marks) for topic in group)
        out.append(f"<section>{_heading(tree, index)}<ol>{inside}</ol></section>")
    return "".join(out)


def _heading(tree: Tree, index: int) -> str:
    if index < 0:
        return f"<h3>{escape(_('From other roadmaps'))}</h3>"
    above = [tree.branches[i] for i in tree.above(index)]
    href = f"{reverse('roadmap', args=[tree.slug])}#{anchor(above[0])}"
    around = "".join(f"<small><bdi>{escape(branch.title)}</bdi></small>" for branch in reversed(above[1:]))
    return f'<h3>{around}<a href="{escape(href)}"><bdi>{escape(above[0].title)}</bdi></a></h3>'


class _Rows:
    """Rendered when first asked for; kept with the tree, a set for each language."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._kept: dict[int, Slotted] = {}

    def __call__(self, topic: int) -> Slotted:
        found = self._kept.get(topic)
        if found is None:
            found = self._kept[topic] = self._row(topic)
        return found

    def _row(self, topic: int) -> Slotted:
        tree = self._tree
        reasons = {need.topic: need.reason for need in tree.needs.get(topic, ())}
        groups = [[self._other(n, reasons.get(n, "")) for n in group] for group in tree.asked.get(topic, ())]
        context = {
            "topic": tree.topics[topic],
            "own": self._other(topic),
            "look": hole(f"w{topic}"),
            "optional": topic in tree.optional,
            "alone": [group[0] for group in groups if len(group) == 1],
            "some": [group for group in groups if len(group) > 1],
            "opens": [self._other(t) for t in tree.opens.get(topic, ()) if t in tree.seated],
            "goal": f"?goal={quote(tree.topics[topic].slug)}" if topic in tree.seated else "",
        }
        return Slotted("tracker/_map_topic.html", context)

    def _other(self, topic: int, reason: str = "") -> Other:
        facts = self._tree.topics[topic]
        seated = f"?roadmap={quote(self._tree.slug)}" if topic in self._tree.seated else ""
        return Other(topic, facts.title, f"{reverse('topic', args=[facts.slug])}{seated}", reason)


def _rows(tree: Tree) -> _Rows:
    key = f"{__name__} {get_language()}"
    found = tree.kept.get(key)
    if not isinstance(found, _Rows):  # threads may do this twice, to the same end
        found = tree.kept[key] = _Rows(tree)
    return found
