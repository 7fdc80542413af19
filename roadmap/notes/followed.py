"""What a note tells of a topic, followed, so that the topic can be told of again when only its note changed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from roadmap.notes.items import Item
from roadmap.notes.outline.draft import Draft

_FIELDS: Final = [each.name for each in fields(Item) if each.name not in {"items", "optional"}]
_LISTS: Final = frozenset({"details", "resources", "requires", "aliases", "related", "meta"})


class Before(NamedTuple):
    """A topic before its note told of it."""

    item: Item
    unsaid: bool
    """Whether nothing said yet if it is optional: an item has no word for that."""


@dataclass(frozen=True, slots=True)
class Told:
    """A topic that a note told of."""

    topic: Draft
    before: Before
    seen: str
    """See `seen`."""


def before(topic: Draft) -> Before:
    """The topic as it is now, for `again`."""
    return Before(topic.freeze(""), topic.optional is None)


def again(was: Before) -> Draft:
    """The topic as it was then."""
    return _thawed(was.item, None if was.unsaid else was.item.optional)


def _thawed(item: Item, optional: bool | None) -> Draft:
    values: dict[str, Any] = {name: getattr(item, name) for name in _FIELDS}
    values |= {name: list(values[name]) for name in _LISTS}
    return Draft(**values, optional=optional, items=[_thawed(each, each.optional) for each in item.items])


def seen(topic: Draft) -> str:
    """A digest of what the rest of the reading sees of a topic that was told of: its names, its ids and what it
    requires. Two that are seen alike leave all else as it is. Empty where its steps are seen too, which is rare."""
    below = list(topic.walk())[1:]
    if any(each.requires or each.planned for each in below):
        return ""
    named = [
        (each.kind, each.id, each.title, each.link, each.aliases, each.source, each.line)
        for each in below
        if each.id or each.kind != "step"
    ]
    told = (topic.kind, topic.title.strip() or "?", topic.link, topic.planned, topic.id, topic.aliases, topic.requires)
    return blake2b(repr((told, named)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
