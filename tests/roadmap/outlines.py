"""Readings written by hand, for tests that need no files."""

from __future__ import annotations

from typing import Any

from roadmap.notes.items import Item, Path, Reading, Requirement, Resource
from roadmap.plan import Curriculum, Plan, Topic, plan

DOCUMENT = "README.md"


def step(title: str, **fields: Any) -> Item:
    return Item(kind="step", title=title, source=fields.pop("source", DOCUMENT), line=fields.pop("line", 9), **fields)


def topic(title: str, *items: Item, needs: tuple[str | Requirement, ...] = (), **fields: Any) -> Item:
    requires = tuple(Requirement(need) if isinstance(need, str) else need for need in needs)
    given: dict[str, Any] = {"source": DOCUMENT, "line": 3, "items": items, "requires": requires} | fields
    return Item(kind="topic", title=title, **given)


def module(title: str, *items: Item, **fields: Any) -> Item:
    given: dict[str, Any] = {"source": DOCUMENT, "line": 2} | fields
    return Item(kind="module", title=title, items=items, **given)


def level(title: str, *items: Item, **fields: Any) -> Item:
    given: dict[str, Any] = {"source": DOCUMENT, "line": 1} | fields
    return Item(kind="level", title=title, items=items, **given)


def path(title: str, *items: Item, **fields: Any) -> Path:
    given: dict[str, Any] = {"slug": title.lower(), "source": DOCUMENT} | fields
    return Path(title=title, items=items, **given)


def reading(*paths: Path) -> Reading:
    return Reading(paths=paths)


def one(*items: Item, title: str = "Course") -> Reading:
    """A reading of one roadmap."""
    return reading(path(title, *items))


def link(url: str, title: str = "Somewhere") -> Resource:
    return Resource(title, url)


def stored(first: Reading) -> Curriculum:
    """What is stored after a first import of it."""
    return plan(Curriculum(), first).target


def titled(curriculum: Curriculum, title: str) -> Topic:
    """The one topic of this title."""
    found = [topic for topic in curriculum.topics if topic.title == title]
    assert len(found) == 1, f"{len(found)} topics are called {title!r}: {[t.title for t in curriculum.topics]}"
    return found[0]


def kinds(planned: Plan, what: str = "topic") -> dict[str, list[str]]:
    """Kind of change -> the titles it concerns."""
    found: dict[str, list[str]] = {}
    for change in planned.changes:
        if change.what == what:
            found.setdefault(change.kind, []).append(change.title)
    return found
