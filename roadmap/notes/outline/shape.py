"""The document's shape: what its main structure is, so that only that yields topics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from roadmap.notes import links
from roadmap.notes.blocks import Block
from roadmap.notes.outline import chains
from roadmap.notes.outline.diagrams import diagram_of
from roadmap.notes.outline.labels import LABELS, Label, label_of
from roadmap.notes.outline.sections import Section, item_rest, item_spans, lines_of
from roadmap.notes.outline.values import properties_in

Carrier = Literal["map", "boxes", "rows", "bullets", "headings"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What carries the topics of a document."""

    carrier: Carrier
    tagged: bool = False
    """The note says itself that it is a map: only its wiki links are topics."""


@dataclass(slots=True)
class _Counts:
    """What stands in the content sections."""

    bullets: int = 0
    """List items directly under a heading; of them `boxes` have a box, `wikis` are led by a wiki link."""
    boxes: int = 0
    wikis: int = 0
    rows: int = 0
    headings: int = 0
    """Headings over nothing but text."""
    every_item: int = 0
    """List items at any depth; `every_box` those with a box."""
    every_box: int = 0

    def add_section(self, section: Section) -> None:
        lists = list(_topic_lists(section))
        tables = [block for block in section.blocks if block.kind == "table"]
        self.rows += sum(max(0, len(table.children) - 1) for table in tables)
        for block in lists:
            for item in block.children:
                self.add_item(item)
        self.bullets += sum(_drawn(block) for block in section.blocks)
        if section.heading is not None and not section.sections and not lists and not tables:
            self.headings += any(
                block.kind in {"paragraph", "code", "quote"} or properties_in(block) for block in section.blocks
            )

    def add_item(self, item: Block) -> None:
        self.bullets += 1
        self.boxes += item.checked is not None
        items, boxed, wikis = _below(item)
        self.every_item += 1 + items
        self.every_box += (item.checked is not None) + boxed
        self.wikis += 1 if led_by_wiki(item) else wikis

    def is_checklist(self) -> bool:
        """A quarter of the outermost items have boxes, and three tenths of all."""
        return (
            self.every_box > self.rows and self.boxes * 4 >= self.bullets and self.every_box * 10 >= self.every_item * 3
        )


def _topic_lists(section: Section) -> Iterator[Block]:
    """The lists of a section that may hold topics: not those under a label for something else, nor instructions."""
    label: Label | None = None
    for block in section.blocks:
        if block.kind in {"paragraph", "quote", "summary"}:
            last = next((line for line in reversed(lines_of(block))), [])
            label = label_of(last) or label
        elif block.kind == "list":
            if (label is None or label.meaning not in LABELS) and not (_instructs(block) or properties_in(block)):
                yield block
            label = None


def _drawn(block: Block) -> int:
    """The topics that a flow chart or the chains of a paragraph draw: they carry a document as list items do."""
    if block.kind == "code":
        return diagram_of(block).topics
    if block.kind != "paragraph":
        return 0
    found = (chains.chain_of(line, block.line) for line in lines_of(block))
    return sum(len(chain.topics) for chain in found if chain is not None)


def _instructs(block: Block) -> bool:
    """Whether a list is numbered sentences: steps the reader is told to take."""
    texts = [links.plain(item_spans(item)) for item in block.children]
    return block.level > 0 and all(text.endswith((".", "!", "。")) for text in texts)


def shape_of(root: Section, *, tagged_map: bool) -> Shape:
    """The document's main structure, by counting what its content sections hold."""
    counts = _Counts()
    for section in root.content():
        counts.add_section(section)
    carrier: Carrier = "bullets"
    if tagged_map and counts.wikis:
        carrier = "map"
    elif counts.is_checklist():
        carrier = "boxes"
    elif counts.wikis > 1 and counts.wikis * 2 > max(counts.bullets, counts.rows):
        carrier = "map"
    elif counts.rows and counts.rows * 20 >= (counts.rows + counts.bullets) * 11:
        carrier = "rows"
    elif counts.headings > counts.bullets + counts.rows:
        carrier = "headings"
    return Shape(carrier, tagged=tagged_map and carrier == "map")


def _below(item: Block) -> tuple[int, int, int]:
    """(list items below an item at any depth, of them with a box, of its direct ones led by a wiki link)."""
    items = boxed = wikis = 0
    for block in item_rest(item):
        for child in block.children if block.kind == "list" else ():
            inner, inner_boxed, _ = _below(child)
            items += 1 + inner
            boxed += (child.checked is not None) + inner_boxed
            wikis += led_by_wiki(child)
    return items, boxed, wikis


def led_by_wiki(item: Block) -> bool:
    """Whether a wiki link stands first in a list item."""
    lead = next((s for s in item_spans(item) if any(c.isalnum() for c in s.text)), None)
    return lead is not None and lead.kind == "wiki"
