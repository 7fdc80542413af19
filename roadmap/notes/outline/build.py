"""Sections -> items: rules 1 to 3 and 5 to 10, with the document's shape deciding which blocks carry topics."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import STRONG, Block
from roadmap.notes.items import Requirement
from roadmap.notes.outline import chains, tables
from roadmap.notes.outline.diagrams import diagram_of
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.groups import (
    Group,
    add_group,
    all_lines,
    drawn_groups,
    take_properties,
    wiki_topic,
)
from roadmap.notes.outline.labels import LABELS, Label, announces, choice_in, label_of, meaning_of
from roadmap.notes.outline.lists import MAX_LABEL_WORDS, groups_topics, is_bold, lead_span
from roadmap.notes.outline.sections import (
    Section,
    item_rest,
    item_spans,
    leading_link,
    leads_elsewhere,
    lines_of,
    without_announcement,
)
from roadmap.notes.outline.shape import Shape
from roadmap.notes.outline.titles import describe
from roadmap.notes.outline.values import (
    absorb_below,
    apply_label,
    attribute_of,
    named_resources,
    next_group,
    one_resource,
    properties_in,
    required,
    set_field,
    take_fields,
)

SUMMARY_LENGTH: Final = 2_000


class Builder:
    """One document's outline in the making."""

    def __init__(self, shape: Shape, data: bytes) -> None:
        self.shape = shape
        self.data = data
        self.edges: list[tuple[str, str]] = []

    def text(self, start: int, end: int) -> str:
        """The Markdown between two byte offsets."""
        return self.data[start:end].decode("utf-8", "ignore").strip("\n").rstrip()

    # Sections

    def section(self, section: Section, parent: Draft) -> Draft | None:
        """The item a section becomes under `parent`; None if it adds nothing or adds to the parent instead."""
        if section.role == "never" or section.heading is None:
            return None
        if section.role != "content":
            return self._apart(section, parent)
        item = describe(section.heading.spans, "module", section.line)
        if item is None:
            return None
        take_fields(item)
        item.level_name = vocabulary.has("level", section.title)
        if (count := choice_in(section.title)) is not None:
            item.choose = count
        groups = self.blocks(item, section.blocks, top=vocabulary.is_("generic", section.title))
        children = [child for below in section.sections if (child := self.section(below, item)) is not None]
        self.place(item, groups, children)
        if self.shape.carrier == "headings" and not item.items and any(b.kind != "rule" for b in section.blocks):
            item.kind, item.choose = "topic", None
            item.body = self.text(section.heading.end, section.blocks[-1].end)
            return item
        if not item.items and not (item.resources and self._only_resources(section)):
            return None
        return item

    def _only_resources(self, section: Section) -> bool:
        """Whether a section without topics is kept for its links: where the document is made of such sections."""
        return self.shape.carrier in {"bullets", "map"} and not section.sections

    def _apart(self, section: Section, parent: Draft) -> Draft | None:
        """Resources, prerequisites and related notes describe what they stand under; at the top, links stand alone."""
        if section.role == "prerequisites":
            if parent.title:
                for spans in all_lines(section):
                    parent.requires += required(leading_link(spans), group=next_group(parent))
            return None
        if section.role == "related":
            parent.related += [links.wiki_name(s)[0] for spans in all_lines(section) for s in spans if s.kind == "wiki"]
            return None
        holder = (
            parent
            if parent.title
            else describe(section.heading.spans if section.heading else [], "module", section.line)
        )
        if holder is None:
            return None
        for below in section.walk():
            for block in below.blocks:
                self._resources(holder, block, Label("resources", below.title))
        return holder if holder is not parent and holder.resources else None

    # What stands directly under a heading

    def blocks(self, item: Draft, blocks: list[Block], *, top: bool) -> list[Group]:
        """Fill in what the blocks under a heading say of it; return the groups of topics they hold."""
        groups: list[Group] = []
        label = Label("covers", item.title) if meaning_of(item.title) == "covers" else None
        chain: list[chains.Chain] = []
        drawn: list[Draft] = []
        opening = True
        for block in blocks:
            if top and opening and not groups and take_properties(item, block):
                continue
            if block.kind in {"paragraph", "quote", "summary"}:
                found, opening = self._prose(item, block, opening=opening and not groups)
                label = replace(found, line=block.line) if found is not None else label
                for line in lines_of(block):
                    chain += filter(None, [chains.chain_of(line, line[0].line or block.line)])
                if self.shape.tagged and not top:
                    self._wikis_in_prose(groups, block)
            elif block.kind == "list":
                chain += (listed := chains.chains_of(block))
                if not listed:
                    self._list(item, block, label, groups, top=top)
                label = None
            elif block.kind == "table":
                if label is not None and label.meaning == "resources":
                    item.resources += tables.resources_of(block)
                else:
                    add_group(groups, label, block.line, tables.topics_of(block))
                label = None
            elif block.kind == "code":
                diagram = diagram_of(block)
                self.edges += diagram.edges
                drawn += diagram.items
        return groups or drawn_groups(item, chain, drawn)

    def _prose(self, item: Draft, block: Block, *, opening: bool) -> tuple[Label | None, bool]:
        """Summary, fields, labels and choices in text. Returns the standing label, and if the summary is open."""
        if block.kind == "summary":
            if vocabulary.has("optional", links.plain(block.spans)) and len(block.spans) == 1:
                item.optional = True if item.optional is None else item.optional
            return label_of(block.spans), opening
        label: Label | None = None
        said: list[str] = []
        for line in lines_of(block):
            if found := links.field_of(line):
                set_field(item, *found)
                continue
            label = label_of(line)
            if label is not None and label.value:
                if label.meaning in {"prerequisites", "resources", "related"}:
                    apply_label(item, label)
                    label = None
                    continue
                label = None
            if label is None and (attribute := attribute_of(line)) is not None:
                set_field(item, *attribute)
                continue
            if label is not None and label.meaning == "choose":
                item.choose = item.choose if item.items else label.choose
            if label is not None and label.meaning in {"resources", "prerequisites", "related", "choose"}:
                continue
            said.append("" if leads_elsewhere(line) else links.plain(line))
        text = without_announcement(" ".join(filter(None, said)))
        if opening and text and any(c.isalnum() for c in text) and not vocabulary.starts("leftover", text):
            if not text.startswith("[!") and not all(word.startswith("#") for word in text.split()):
                item.summary = " ".join(filter(None, [item.summary, text]))[:SUMMARY_LENGTH]
            return label, False
        return label, opening and not text

    def _wikis_in_prose(self, groups: list[Group], block: Block) -> None:
        for line in lines_of(block):
            found = [wiki_topic(s, block.line) for s in line if s.kind == "wiki"]
            add_group(groups, None, block.line, [t for t in found if t is not None])

    # Lists

    def _list(self, item: Draft, block: Block, label: Label | None, groups: list[Group], *, top: bool) -> None:
        if label is not None and label.meaning in LABELS:
            self._labelled(item, block, label)
            return
        if all(links.field_of(item_spans(child)) for child in block.children):
            absorb_below(item, [block])
            return
        if item.title and (properties := properties_in(block)):
            for key, value in properties:
                set_field(item, key, value)
            return
        topics: list[Draft] = []
        if top and self.shape.carrier == "bullets" and groups_topics(block):
            add_group(groups, label, block.line, [item for child in block.children for item in self._grouped(child)])
            return
        for child in block.children:
            topics += self._item(item, child, top=top)
        add_group(groups, label, block.line, topics)

    def _labelled(self, item: Draft, block: Block, label: Label) -> None:
        if label.meaning == "resources":
            self._resources(item, block, label)
        elif label.meaning == "covers":
            item.details += [links.plain(item_spans(child)) for child in block.children]
        elif label.meaning == "prerequisites":
            for child in block.children:
                item.requires += required(item_spans(child), group=next_group(item))
        elif label.meaning == "related":
            item.related += [
                links.wiki_name(s)[0] for child in block.children for s in item_spans(child) if s.kind == "wiki"
            ]

    def _resources(self, item: Draft, block: Block, label: Label) -> None:
        if block.kind == "table":
            item.resources += tables.resources_of(block)
            return
        if block.kind != "list":
            item.resources += [r for line in lines_of(block) for r in links.resources_in(line, label.text)]
            return
        for child in block.children:
            spans = item_spans(child)
            inner = label_of(spans)
            if inner is not None and inner.meaning == "resources":
                item.resources += named_resources(inner.value, inner.text)
            elif linked := links.resources_in(spans, label.text):
                item.resources += linked
            elif inner is None or not inner.text:
                item.resources += one_resource(spans, label.text)
            for below in item_rest(child):
                if below.kind == "list":
                    self._resources(item, below, inner if inner is not None and inner.meaning == "resources" else label)

    def _item(self, holder: Draft, child: Block, *, top: bool) -> list[Draft]:
        """The topics that one list item of a section gives, by the document's shape."""
        spans = item_spans(child)
        if found := links.field_of(spans):
            set_field(holder, *found)
            return []
        if self.shape.carrier == "boxes":
            return self._boxed(holder, child)
        if self.shape.carrier == "map":
            return self._mapped(child, top=top)
        label = label_of(spans)
        if (
            label is not None
            and label.meaning in LABELS
            and child.checked is None
            and announces(label, item_rest(child))
        ):
            apply_label(holder, label)
            for below in item_rest(child):
                if below.kind == "list":
                    self._labelled(holder, below, label)
            return []
        if self.shape.carrier == "headings" or (self.shape.carrier == "rows" and not is_bold(spans)):
            holder.details += [links.plain(spans)] if len(holder.details) < 50 and not top else []
            return []
        return self._choice(child, label) or self._topic(child)

    def _choice(self, child: Block, label: Label | None) -> list[Draft]:
        """Rule 8: an item that tells to choose, or says so in its parenthesis, is a module of what stands below it."""
        below = [item for block in item_rest(child) if block.kind == "list" for item in block.children]
        module = describe(item_spans(child), "module", child.line) if len(below) > 1 else None
        if module is None or any(item.checked is not None for item in below):
            return []
        if label is not None and label.meaning == "choose":
            module.choose, module.title = label.choose, label.text
        if module.choose is None:
            return []
        module.items = [topic for item in below for topic in self._topic(item)]
        take_fields(module)
        return [module] if module.items else []

    def _grouped(self, child: Block) -> list[Draft]:
        """An item of a list that does duty for headings: a module if it has a list below it."""
        below = [block for block in item_rest(child) if block.kind == "list"]
        module = describe(item_spans(child), "module", child.line) if below else None
        if module is None:
            return self._topic(child)
        for block in below:
            deeper = groups_topics(block)
            for item in block.children:
                if found := links.field_of(item_spans(item)):
                    set_field(module, *found)
                else:
                    module.items += self._grouped(item) if deeper else self._item(module, item, top=False)
        take_fields(module)
        return [module] if module.items else self._topic(child)

    def _topic(self, child: Block) -> list[Draft]:
        topic = describe(item_spans(child), "topic", child.line)
        if topic is None:
            return []
        topic.done = child.checked
        absorb_below(topic, item_rest(child))
        take_fields(topic)
        return [topic]

    def _boxed(self, holder: Draft, child: Block) -> list[Draft]:
        """Rule 3: every box is a topic; an item without one stands only for the boxes below it."""
        if child.checked is not None:
            return self._topic(child)
        found: list[Draft] = []
        boxed = False
        for below in item_rest(child):
            if below.kind == "list":
                for grandchild in below.children:
                    inner = self._boxed(holder, grandchild)
                    boxed = boxed or bool(inner)
                    found += inner
        if not boxed:
            holder.resources += links.resources_in(item_spans(child))
        return found

    def _mapped(self, child: Block, *, top: bool) -> list[Draft]:
        """Rule 5: wiki links are topics, a plain item over wiki links a module, other plain items description."""
        spans = item_spans(child)
        lead = lead_span(spans)
        lists = [block for block in item_rest(child) if block.kind == "list"]
        led = lead is not None and lead.kind == "wiki"
        if led or (child.checked is not None and not self.shape.tagged):
            return self._wiki_led(child) if led else self._topic(child)
        below = [t for block in lists for grandchild in block.children for t in self._mapped(grandchild, top=top)]
        if below:
            short = lead is not None and len(links.plain(spans).split()) <= MAX_LABEL_WORDS
            module = describe(spans, "module", child.line) if short else None
            if module is None:
                return below
            module.items = below
            return [module]
        if not self.shape.tagged and lead is not None and lead.style & STRONG and not top:
            return self._topic(child)
        if self.shape.tagged or all(s.kind == "wiki" or not any(c.isalpha() for c in s.text) for s in spans):
            return [t for s in spans if s.kind == "wiki" and (t := wiki_topic(s, child.line)) is not None]
        return []

    def _wiki_led(self, child: Block) -> list[Draft]:
        """The topic of an item led by a wiki link, and the topics of such items below it."""
        topic = describe(item_spans(child), "topic", child.line)
        if topic is None:
            return []
        topic.done = child.checked
        below: list[Draft] = []
        own: list[Block] = []
        for block in item_rest(child):
            found = [t for item in block.children for t in self._wikis(item)] if block.kind == "list" else []
            below += found
            if not found:
                own.append(block)
        absorb_below(topic, own)
        take_fields(topic)
        return [topic, *below]

    def _wikis(self, child: Block) -> list[Draft]:
        """Topics of an item below a topic: only where a wiki link leads it."""
        lead = lead_span(item_spans(child))
        return self._mapped(child, top=False) if lead is not None and lead.kind == "wiki" else []

    # Putting together

    def place(self, item: Draft, groups: list[Group], children: list[Draft]) -> None:
        """Topics first, then sections. A choice beside other topics is a module of its own."""
        filled = [group for group in groups if group.topics]
        for group in filled:
            label = group.label
            alone = len(filled) == 1 and not children
            if label is not None and label.meaning == "choose":
                if alone:
                    item.choose = label.choose
                    item.items += group.topics
                else:
                    item.choose = None
                    module = Draft("module", label.text, label.line, choose=label.choose, items=group.topics)
                    item.items.append(module)
            else:
                item.items += group.topics
        item.items += children
        if item.ordered:
            chains.chained([t for t in item.items if t.kind == "topic"])


__all__ = ["Builder", "Requirement"]
