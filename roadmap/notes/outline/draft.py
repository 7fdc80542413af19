"""An item while it is being made: what the rules fill in, frozen into an Item at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from roadmap.notes.items import Item, Kind, Requirement, Resource


@dataclass(slots=True)
class Draft:
    kind: Kind
    title: str
    line: int
    source: str = ""
    number: int | None = None
    summary: str = ""
    details: list[str] = field(default_factory=list)
    optional: bool | None = None
    """None where the notes say nothing."""
    choose: int | None = None
    ordered: bool = False
    done: bool | None = None
    link: str | None = None
    resources: list[Resource] = field(default_factory=list)
    requires: list[Requirement] = field(default_factory=list)
    items: list[Draft] = field(default_factory=list)
    id: str = ""
    aliases: list[str] = field(default_factory=list)
    hours: float | None = None
    body: str = ""
    related: list[str] = field(default_factory=list)
    meta: list[tuple[str, Any]] = field(default_factory=list)
    planned: bool = False
    level_name: bool = False
    """The heading names a level."""
    described: bool = False
    """A note of its own was read into it."""

    @property
    def holds(self) -> bool:
        """Whether it groups other items."""
        return self.kind in {"level", "module"}

    def walk(self) -> Iterator[Draft]:
        yield self
        for item in self.items:
            yield from item.walk()

    def topics(self) -> int:
        return sum(1 for item in self.walk() if item.kind == "topic")

    def absorb(self, other: Draft) -> None:
        """Take over what another mention of the same thing adds."""
        self.summary = self.summary or other.summary
        self.optional = other.optional if self.optional is None else self.optional
        self.done = other.done if self.done is None else self.done
        self.link, self.id = self.link or other.link, self.id or other.id
        self.hours = other.hours if self.hours is None else self.hours
        self.body = self.body or other.body
        for name in ("details", "resources", "requires", "aliases", "related", "meta"):
            mine = getattr(self, name)
            if name != "details" or not mine:
                mine.extend(value for value in getattr(other, name) if value not in mine)
        if not self.items:
            self.items = other.items

    def freeze(self, source: str) -> Item:
        return Item(
            kind=self.kind,
            title=self.title.strip() or "?",
            source=self.source or source,
            line=self.line,
            number=self.number,
            summary=self.summary,
            details=tuple(self.details),
            optional=self.optional is True,
            choose=self.choose,
            ordered=self.ordered,
            done=self.done,
            link=self.link,
            resources=tuple(self.resources),
            requires=tuple(self.requires),
            items=tuple(item.freeze(self.source or source) for item in self.items),
            id=self.id,
            aliases=tuple(self.aliases),
            hours=self.hours,
            body=self.body,
            related=tuple(self.related),
            meta=tuple(self.meta),
            planned=self.planned,
        )


def copy_of(item: Draft, source: str = "") -> Draft:
    """A draft of its own, with all below it; `source` is where those stand that do not say so themselves."""
    return replace(
        item,
        source=item.source or source,
        items=[copy_of(child, source) for child in item.items],
        details=list(item.details),
        resources=list(item.resources),
        requires=list(item.requires),
        aliases=list(item.aliases),
        related=list(item.related),
        meta=list(item.meta),
    )
