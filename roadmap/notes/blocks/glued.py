"""Text that CommonMark glues to a list although it stands at the margin."""

from __future__ import annotations

from typing import Final

from roadmap.notes.blocks.tree import Block, Span

WRAPPED: Final = 60
"""A line this long may have been broken only for its length."""


def unglued(block: Block) -> list[Block]:
    """A list, and the text that CommonMark glues to its items although it stands at the margin, as blocks of their own.

    A wrapped line stays with its item: one that goes on in lower case, or after a line too long to have ended there.
    """
    parts: list[Block] = []
    items: list[Block] = []
    for item in block.children:
        items.append(item)
        text = _cut_glued(item)
        if text is not None:
            parts += [_part_of(block, items), text]
            items = []
    return [*parts, _part_of(block, items)] if items else parts


def _part_of(block: Block, items: list[Block]) -> Block:
    part = Block("list", items[0].line, level=block.level, start=items[0].start, end=items[-1].end)
    part.children = items
    return part


def _cut_glued(item: Block) -> Block | None:
    """Take the glued lines off the item they hang on, the last one inside; None if there are none."""
    holder = item
    while holder.children and holder.children[-1].kind in {"list", "item"}:
        holder = holder.children[-1]
    spans = holder.children[-1].spans if holder.children else []
    start = 0
    for at, span in enumerate(spans):
        if span.kind != "break":
            continue
        if span.target == "lazy" and not _goes_on(spans[start:at], spans[at + 1 :]):
            text = Block("paragraph", span.line, start=item.end, end=item.end)
            text.spans = spans[at + 1 :]
            del spans[at:]
            return text
        start = at + 1
    return None


def _goes_on(line: list[Span], following: list[Span]) -> bool:
    """Whether a line at the margin continues the sentence of the line above it."""
    first = next((s.text.lstrip() for s in following if s.text.strip()), "")
    above = "".join(s.text for s in line).rstrip()
    return first[:1].islower() or (len(above) >= WRAPPED and above[-1] not in ".:!?。：！？…")
