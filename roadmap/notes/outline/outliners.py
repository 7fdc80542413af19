"""Notes of outliners such as Logseq, Roam and Org: bullets that are pages, markers for tasks, properties below.

They are brought into the form of other notes before anything else looks at them: `TODO` and `DONE` become boxes, the
lines of properties become a paragraph of their own, what only steers the program is left out, and the one bullet that
holds all others becomes the title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from roadmap.notes import links
from roadmap.notes.blocks import STRUCK, Block, Span
from roadmap.notes.outline.sections import item_rest, item_spans

_MARKER: Final = re.compile(
    r"(TODO|DOING|DONE|LATER|NOW|WAITING|WAIT|NEXT|IN-PROGRESS|CANCELED|CANCELLED)(?=\s|$)\s{0,3}(?:\[#[A-C]\]\s{0,3})?"
)
_OPENS: Final = frozenset({"TODO", "DOING", "DONE"})
"""One of these shows that capitals are markers in a note; "NOW" alone may be a word."""
_REFERENCE: Final = re.compile(r"\(\([0-9a-f]{8}-[0-9a-f-]{20,40}\)\)|\{\{\{?[^{}]{0,400}\}\}\}?")
"""A reference to a block, an embedded block, a query."""
_STEERS: Final = re.compile(
    r"(?:collapsed|background-color|heading|icon|public|exclude-from-graph-view|logseq\.[\w.-]+|card-[\w-]+|ls-type"
    r"|created-at|updated-at|done-at|template|template-including-parent|query-[\w-]+)::"
)
_CLOCKED: Final = re.compile(r"(?:SCHEDULED|DEADLINE|CLOSED):\s*<|:[A-Z]{2,20}:$|CLOCK:\s*\[|:END:")


def with_outliners_forms(blocks: list[Block]) -> list[Block]:
    """The blocks in the form of other notes; changed in place where they are not."""
    lists = [block for block in blocks if block.kind == "list"]
    if not lists:
        return blocks
    items = [item for block in lists for item in _items(block)]
    marked = any(found[1] in _OPENS for item in items if (found := _marker(item)))
    for item in items:
        if marked:
            _mark(item)
        _part_properties(item)
        _without_references(item)
    for block in (*lists, *(below for item in items for below in item.children if below.kind == "list")):
        block.children = [item for item in block.children if item.children]
    return _titled([b for b in blocks if b.kind != "list" or b.children])


def _items(block: Block) -> Iterator[Block]:
    todo = list(reversed(block.children))
    while todo:
        item = todo.pop()
        yield item
        todo += [i for below in reversed(item.children) if below.kind == "list" for i in reversed(below.children)]


def _marker(item: Block) -> re.Match[str] | None:
    spans = item_spans(item)
    return _MARKER.match(spans[0].text) if spans and spans[0].kind == "text" and not spans[0].style else None


def _mark(item: Block) -> None:
    """`TODO Name` -> a box; what was cancelled is struck out."""
    found = _marker(item)
    spans = item_spans(item)
    if found is None or not (links.plain(spans)[found.end() :].strip() or len(spans) > 1):
        return
    spans[0] = spans[0]._replace(text=spans[0].text[found.end() :])
    if found[1].startswith("CANCEL"):
        spans[:] = [span._replace(style=span.style | STRUCK) for span in spans]
    elif item.checked is None:
        item.checked = found[1] == "DONE"


def _part_properties(item: Block) -> None:
    """Take `key:: value` and the clock's lines off the text of an item, into a paragraph of their own below it."""
    if "::" not in "".join(s.text for s in item_spans(item)) and not any(
        _CLOCKED.match(s.text) for s in item_spans(item) if s.kind == "text"
    ):
        return
    text = item.children[0]
    lines = _lines(text.spans)
    if len(lines) < 2:
        return
    said = [line for line in lines[1:] if not _is_property(line)]
    properties = [line for line in lines[1:] if _is_property(line)]
    if not properties:
        return
    text.spans = _joined([lines[0], *said])
    kept = [line for line in properties if not _steers(line)]
    if kept:
        below = Block("paragraph", text.line, start=text.start, end=text.end)
        below.spans = _joined(kept)
        item.children.insert(1, below)


def _is_property(line: list[Span]) -> bool:
    return _steers(line) or links.field_of(line) is not None


def _steers(line: list[Span]) -> bool:
    text = links.plain(line)
    return bool(_STEERS.match(text) or _CLOCKED.match(text))


def _lines(spans: list[Span]) -> list[list[Span]]:
    lines: list[list[Span]] = [[]]
    for span in spans:
        if span.kind == "break":
            lines.append([span])
        else:
            lines[-1].append(span)
    return lines


def _joined(lines: list[list[Span]]) -> list[Span]:
    spans = [span for line in lines for span in line]
    return spans[1:] if spans and spans[0].kind == "break" else spans


def _without_references(item: Block) -> None:
    """An item that is nothing but a reference says nothing of its own; within a text the reference is left out."""
    first = item.children[0] if item.children else None
    if first is None or first.kind != "paragraph" or not any("((" in s.text or "{{" in s.text for s in first.spans):
        return
    if links.field_of(first.spans) is not None:
        return
    first.spans = [s._replace(text=_REFERENCE.sub("", s.text)) if s.kind == "text" else s for s in first.spans]
    if not any(c.isalnum() for c in links.plain(first.spans)):
        item.children = item.children[1:]


def _titled(blocks: list[Block]) -> list[Block]:
    """A note that is one bullet over all others: the bullet is the title."""
    told = [b for b in blocks if b.kind not in {"rule", "html"} and not _only_fields(b)]
    if len(told) != 1 or told[0].kind != "list" or len(told[0].children) != 1:
        return blocks
    only = told[0].children[0]
    rest = item_rest(only)
    below = [item for block in rest if block.kind == "list" for item in block.children]
    title = item_spans(only)
    if not title or only.children[0].kind == "heading" or only.checked is not None or len(below) < 2:
        return blocks
    heading = Block("heading", only.line, level=1, start=only.start, end=only.end)
    heading.spans = title
    at = blocks.index(told[0])
    return [*blocks[:at], heading, *rest, *blocks[at + 1 :]]


def _only_fields(block: Block) -> bool:
    return block.kind == "paragraph" and all(links.field_of(line) is not None for line in _lines(block.spans) if line)
