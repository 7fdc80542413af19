"""Topics that stand together, and small readings of what stands directly under a heading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from roadmap.notes import links
from roadmap.notes.blocks import Block, Span
from roadmap.notes.outline import chains
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.labels import Label
from roadmap.notes.outline.sections import Section, lines_of
from roadmap.notes.outline.values import properties_of, set_field


@dataclass(slots=True)
class Group:
    """Topics that stand together under one label."""

    label: Label | None
    line: int
    topics: list[Draft] = field(default_factory=list)
    chained: bool = False
    """Arrows draw them."""


def add_group(groups: list[Group], label: Label | None, line: int, topics: list[Draft]) -> None:
    if topics:
        groups.append(Group(label, line, topics))


def drawn_groups(item: Draft, chain: list[chains.Chain], drawn: list[Draft]) -> list[Group]:
    """The topics that arrows or diagrams draw under a heading that lists none."""
    if chain:
        drawn = chains.joined(chain)
        item.ordered = len(chain) == 1
        item.summary = "" if chains.has_arrow(item.summary) else item.summary
    return [Group(None, drawn[0].line, drawn, chained=bool(chain))] if drawn else []


def take_properties(item: Draft, block: Block) -> bool:
    """Take the lines `Key: value` that some programs put under a page's title."""
    properties = properties_of(block)
    for key, value in properties:
        set_field(item, key, value)
    return bool(properties)


def wiki_topic(span: Span, line: int) -> Draft | None:
    target, shown = links.wiki_name(span)
    return Draft("topic", shown, span.line or line, link=target, rule="wiki-link") if target and shown else None


def all_lines(section: Section) -> Iterator[list[Span]]:
    for below in section.walk():
        for block in below.blocks:
            yield from lines_of(block)
