"""What of a note became no topic, and why: found out again from its sections, only where somebody asks.

It looks at the finished outline: what stands on a line that an item was made of was not left out, whatever else is true
of it. What merely describes an item (text, key points, resources under a label) was not left out either.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import STRUCK, Block, Document, Span
from roadmap.notes.outline.diagrams import diagram_of
from roadmap.notes.outline.document import Outline
from roadmap.notes.outline.labels import LABELS, Label, announces, label_of
from roadmap.notes.outline.sections import Section, item_rest, item_spans, lines_of
from roadmap.notes.rules import MOST, SHOWN, Left

_BESIDE: Final = {"rows": "beside-tables", "headings": "beside-prose", "boxes": "beside-boxes", "map": "beside-links"}
_APART: Final = {"related": "related", "prerequisites": "requires", "resources": "resources"}


def left_out(outline: Outline, document: Document, taken: set[int]) -> list[Left]:
    """What of the note became no topic, in order. `taken`: lines of it that items were made of."""
    if outline.sections is None:
        return []
    looking = _Looking(outline, document, taken)
    first, last = outline.header_lines
    if first:
        looking.add("note-header", first, last or _last(document, document.blocks), "")
    looking.section(outline.sections)
    found = sorted(looking.found, key=lambda left: (left.line, left.last))
    return list(_joined(found))[:MOST]


class _Looking:
    def __init__(self, outline: Outline, document: Document, taken: set[int]) -> None:
        self.outline, self.document, self.taken = outline, document, taken
        self.lines = sorted(taken)
        self.announcing = {topic.line for topic in outline.merged}
        self.beside = _BESIDE.get(outline.shape.carrier, "")
        self.found: list[Left] = []

    def add(self, rule: str, line: int, last: int, text: str) -> None:
        self.found.append(Left(rule, line, max(last, line), " ".join(text.split())[:SHOWN]))

    def block(self, rule: str, block: Block, text: str) -> None:
        self.add(rule, block.line, _last(self.document, [block]), text)

    # Sections

    def section(self, section: Section) -> None:
        if section.heading is not None:
            last = max(section.line, *(_last(self.document, b.blocks + b.contents) for b in section.walk()))
            if rule := self._rule(section, last):
                self.add(rule, section.line, last, section.title)
                return
        for block in section.contents:
            self.block("contents", block, _begins(block))
        if section.role in _APART:
            return
        self._blocks(section)
        for below in section.sections:
            self.section(below)

    def _rule(self, section: Section, last: int) -> str:
        """Why a section as a whole is no part of the outline; empty where it is."""
        if section.line in self.taken or section.heading is None:
            return ""
        if section.role == "never" and not section.contents:
            return "out-of-scope" if vocabulary.has("excluded", section.title) else "housekeeping"
        rule = "contents" if section.role == "never" else _APART.get(section.role, "") if last > section.line else ""
        return rule or ("struck-out" if struck(section.heading.spans) else self._rule_of_empty(section, last))

    def _rule_of_empty(self, section: Section, last: int) -> str:
        if (
            self._any(section.line, last)
            or section.line == self.outline.heading_line
            or section.title == self.outline.title
        ):
            return ""
        listed = any(block.kind == "list" for below in section.walk() for block in below.blocks)
        return self.beside if listed and self.beside else "empty-section"

    # What stands directly under a heading

    def _blocks(self, section: Section) -> None:
        label: Label | None = None
        for block in section.blocks:
            if block.kind in {"paragraph", "quote", "summary"}:
                lines = lines_of(block)
                label = label_of(lines[-1]) or label if lines else label
                if lines and vocabulary.starts("leftover", text := links.plain(lines[0])):
                    self.block("leftover", block, text)
            elif block.kind == "list":
                if label is None or label.meaning not in LABELS:
                    self._list(section, block)
                elif label.meaning == "never":
                    self.block("label", block, _begins(block))
                label = None
            elif block.kind == "table":
                for row in block.children[1:]:
                    pause = any(vocabulary.is_("pause", links.plain(cell.spans)) for cell in row.children)
                    spans = [span for cell in row.children for span in cell.spans]
                    self._unless_taken(row, spans, "pause" if pause else "")
                label = None
            elif block.kind == "other":
                self.block("footnote", block, _begins(block))
            elif block.kind == "code" and not diagram_of(block).items:
                self.block("code", block, block.text)

    def _list(self, section: Section, block: Block) -> None:
        for item in block.children:
            spans, below = item_spans(item), item_rest(item)
            if item.line in self.taken:
                self._below(section, below)
                continue
            label = label_of(spans)
            if links.field_of(spans) or (label is not None and label.meaning in LABELS and announces(label, below)):
                if label is not None and label.meaning == "never":
                    self.block("label", item, links.plain(spans))
                continue
            if self._holds_topics(item):
                self._below(section, below)
                continue
            opening = section.heading is None or section.line == self.outline.heading_line
            otherwise = self.beside or ("opening-list" if opening and self.outline.items else "")
            self._unless_taken(item, spans, "announces" if item.line in self.announcing else otherwise)

    def _below(self, section: Section, below: list[Block]) -> None:
        """Lists under an item that hold topics themselves; others only describe it."""
        for block in below:
            if block.kind == "list" and any(map(self._holds_topics, block.children)):
                self._list(section, block)

    def _holds_topics(self, item: Block) -> bool:
        return self._any(item.line, _last(self.document, [item]))

    def _any(self, first: int, last: int) -> bool:
        """Whether an item was made of one of these lines."""
        at = bisect_left(self.lines, first)
        return at < len(self.lines) and self.lines[at] <= last

    def _unless_taken(self, block: Block, spans: list[Span], otherwise: str) -> None:
        if block.line in self.taken:
            return
        rule = "struck-out" if struck(spans) else otherwise if worded(spans) else "no-words"
        if rule:
            self.block(rule, block, links.plain(spans))


def worded(spans: list[Span]) -> list[Span]:
    """The spans that say something."""
    return [s for s in spans if s.kind not in {"break", "comment", "image", "embed"} and any(map(str.isalnum, s.text))]


def struck(spans: list[Span]) -> bool:
    said = worded(spans)
    return bool(said) and all(span.style & STRUCK for span in said)


def _begins(block: Block) -> str:
    return next((text for line in lines_of(block) if (text := links.plain(line))), "")


def _last(document: Document, blocks: list[Block]) -> int:
    """The last line of what ends with these blocks; 0 for none."""
    return max((b.line + document.data[b.start : b.end].rstrip().count(b"\n") for b in blocks), default=0)


def _joined(found: list[Left]) -> Iterator[Left]:
    """Neighbours that were left out by one rule, as one."""
    before: Left | None = None
    for left in found:
        if before is not None and before.rule == left.rule and left.line <= before.last + 1:
            before = before._replace(last=max(before.last, left.last))
            continue
        if before is not None:
            yield before
        before = left
    if before is not None:
        yield before
