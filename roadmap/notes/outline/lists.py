"""What the items of a list look like: headings in disguise, bold leads."""

from __future__ import annotations

from typing import Final

from roadmap.notes import links
from roadmap.notes.blocks import STRONG, Block, Span
from roadmap.notes.outline.sections import item_rest, item_spans, leads_to_a_note

MAX_LABEL_WORDS: Final = 8


def groups_topics(block: Block) -> bool:
    """Whether the items of a list do duty for headings: most have a list below them, of two plain items or of boxes."""
    groups = 0
    for item in block.children:
        below = [child for inner in item_rest(item) if inner.kind == "list" for child in inner.children]
        plain = [child for child in below if child.checked is None and not links.field_of(item_spans(child))]
        short = sum(len(links.plain(item_spans(child)).split()) <= MAX_LABEL_WORDS for child in plain)
        lead = lead_span(item_spans(item))
        titled = (
            lead is not None
            and (lead.kind == "text" or (lead.kind == "link" and leads_to_a_note(lead)))
            and len(links.plain(item_spans(item)).split()) <= MAX_LABEL_WORDS
        )
        boxed = item.checked is None and bool(below) and all(child.checked is not None for child in below)
        groups += titled and (boxed or (len(plain) > 1 and short * 3 >= len(plain) * 2))
    return len(block.children) > 1 and (groups * 10 >= len(block.children) * 6 or navigates(block))


def navigates(block: Block) -> bool:
    """Whether a list is the way through a set of notes: every item leads to a note or groups items that do."""
    nested = False
    for item in block.children:
        below = [inner for inner in item_rest(item) if inner.kind == "list"]
        lead = lead_span(item_spans(item))
        if not below and (lead is None or not leads_to_a_note(lead)):
            return False
        if not all(navigates(inner) or _all_lead(inner) for inner in below):
            return False
        nested = nested or bool(below)
    return nested


def _all_lead(block: Block) -> bool:
    leads = [lead_span(item_spans(item)) for item in block.children]
    return all(lead is not None and leads_to_a_note(lead) for lead in leads)


def lead_span(spans: list[Span]) -> Span | None:
    return next((s for s in spans if any(c.isalnum() for c in s.text)), None)


def is_bold(spans: list[Span]) -> bool:
    """Whether an item has a bold lead with a description behind it."""
    lead = lead_span(spans)
    return lead is not None and bool(lead.style & STRONG) and lead.kind == "text"
