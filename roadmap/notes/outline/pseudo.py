"""Lines that serve as headings although Markdown does not call them so, made headings before sections are told apart.

A line in bold over a list, with a colon or further text behind it, and the summary of a folded part are headings where
several of them stand side by side under names of their own; one alone, or one that comes back ("**Goals:**" in every
section), is a label. A line in bold without a colon needs no neighbour: `sections` takes it for a heading by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import STRONG, Block, Span
from roadmap.notes.outline.draft import Draft
from roadmap.notes.outline.labels import choice_in, meaning_of
from roadmap.notes.outline.numbers import number_of, take_number
from roadmap.notes.outline.sections import PSEUDO, leads_to_a_note, lines_of

MAX_WORDS: Final = 8
_COUNTED_LINE: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){1,3}[.)]?\s+\S")


_TYPED: Final = re.compile(r"\s?([☐☑☒✅✔✓⬜□■❌•‣◦▪●○])\ufe0f?\s{1,4}(?=\S)|\s?(\d{1,3})[.)]\s{1,4}(?=\S)")
_BULLETS: Final = frozenset("•‣◦▪●○")
_OPEN_BOXES: Final = frozenset("☐⬜□❌")


@dataclass(slots=True)
class _Candidate:
    at: int
    """Place of its block."""
    heading: Block
    rest: Block | None
    """Further lines of the same paragraph."""
    place: int
    """Which heading it stands under."""
    sure: bool
    """It is numbered."""


def with_pseudo_headings(blocks: list[Block]) -> list[Block]:
    """The blocks, with those that serve as headings in the place of the paragraphs and summaries they were."""
    found: list[_Candidate] = []
    place = 0
    for at, block in enumerate(blocks):
        place += block.kind == "heading"
        if (candidate := _candidate(blocks, at, place)) is not None:
            found.append(candidate)
    said = Counter(vocabulary.fold(links.plain(c.heading.spans)) for c in found)
    found = [c for c in found if said[vocabulary.fold(links.plain(c.heading.spans))] == 1]
    beside = Counter((c.place, blocks[c.at].kind) for c in found)
    taken = {c.at: c for c in found if c.sure or beside[c.place, blocks[c.at].kind] > 1}
    out: list[Block] = []
    for at, block in enumerate(blocks):
        candidate = taken.get(at)
        out += [block] if candidate is None else [candidate.heading, *filter(None, [candidate.rest])]
    return out


def with_lists_of_links(blocks: list[Block]) -> list[Block]:
    """Paragraphs in a row that are nothing but a link to a note each, as some programs export pages, as a list."""
    out: list[Block] = []
    for block in blocks:
        if block.kind != "paragraph" or not _only_link(block):
            out.append(block)
            continue
        if not (out and out[-1].kind == "list" and out[-1].info == "links"):
            out.append(Block("list", block.line, level=-1, info="links", start=block.start))
        item = Block("item", block.line, start=block.start, end=block.end)
        item.children = [block]
        out[-1].children.append(item)
        out[-1].end = block.end
    return [b.children[0].children[0] if b.info == "links" and len(b.children) == 1 else b for b in out]


def with_typed_lists(blocks: list[Block]) -> list[Block]:
    """Lines that start with a box or a bullet that Markdown does not know, "☐ A", "• B", as the list they show."""
    return [part for block in blocks for part in _typed_list(block)]


def _typed_list(block: Block) -> list[Block]:
    """The list that the lines of a paragraph show, behind the line above it if that shows none; else the paragraph."""
    lines = lines_of(block) if block.kind == "paragraph" else []
    marks = [_TYPED.match(line[0].text) if line[0].kind == "text" else None for line in lines]
    start = 0 if marks and marks[0] else 1
    typed = [(line, mark) for line, mark in zip(lines[start:], marks[start:], strict=True) if mark is not None]
    if len(typed) < 2 or len(typed) < len(lines) - start or (start == 0 and marks[0] and marks[0][2]):
        return [block]
    listed = Block("list", typed[0][0][0].line or block.line + start, level=-1, start=block.start, end=block.end)
    for at, (line, mark) in enumerate(typed, start):
        item = Block("item", line[0].line or block.line + at, start=block.start, end=block.end)
        line[0] = line[0]._replace(text=line[0].text[mark.end() :])
        item.children = [_block("paragraph", item, line, 0)]
        item.checked = None if mark[2] or mark[1] in _BULLETS else mark[1] not in _OPEN_BOXES
        listed.children.append(item)
    return [listed] if start == 0 else [_block("paragraph", block, lines[0], 0), listed]


def with_definitions(blocks: list[Block]) -> list[Block]:
    """`Term` over lines that start with a colon as a list: the term is the item, its definition stands below it."""
    out: list[Block] = []
    for block in blocks:
        lines = lines_of(block) if block.kind == "paragraph" else []
        defined = [at for at, line in enumerate(lines) if _defines(line)]
        if not defined or defined[0] == 0 or len(lines[defined[0] - 1]) == 0:
            out.append(block)
            continue
        if not (out and out[-1].kind == "list" and out[-1].info == "definitions"):
            out.append(Block("list", block.line, level=-1, info="definitions", start=block.start))
        out[-1].end = block.end
        for at, line in enumerate(lines):
            if _defines(line):
                line[0] = line[0]._replace(text=line[0].text[1:].lstrip())
                out[-1].children[-1].children.append(_block("paragraph", block, line, 0))
            else:
                item = Block("item", line[0].line or block.line + at, start=block.start, end=block.end)
                item.children = [_block("paragraph", item, line, 0)]
                out[-1].children.append(item)
    return out


def _defines(line: list[Span]) -> bool:
    return line[0].kind == "text" and line[0].text.startswith((": ", ":\t", ":   "))


def nest_counted_lines(blocks: list[Block]) -> None:
    """Lines "1.1 Name" under "1. Base", which CommonMark glues to the item, become the list they are meant as.

    One alone is a wrapped line that happens to start with a number.
    """
    for item in [item for block in blocks if block.kind == "list" for item in block.children]:
        text = item.children[0] if item.children else None
        lines = lines_of(text) if text is not None and text.kind == "paragraph" else []
        if len(lines) < 3 or not all(_COUNTED_LINE.match(links.plain(line)) for line in lines[1:]):
            continue
        below = Block("list", item.line, level=1, start=item.start, end=item.end)
        for offset, line in enumerate(lines[1:], 1):
            inner = Block("item", item.line + offset, start=item.start, end=item.end)
            inner.children = [_block("paragraph", item, line, 0)]
            inner.children[0].line = inner.line
            below.children.append(inner)
        item.children[:1] = [_block("paragraph", item, lines[0], 0), below]


def _only_link(block: Block) -> bool:
    worded = [s for s in block.spans if any(c.isalnum() for c in s.text)]
    return len(worded) == 1 and worded[0].kind == "link" and leads_to_a_note(worded[0])


def _candidate(blocks: list[Block], at: int, place: int) -> _Candidate | None:
    block = blocks[at]
    following = blocks[at + 1].kind if at + 1 < len(blocks) else ""
    if block.kind not in {"paragraph", "summary"} or following not in {"list", "table"}:
        return None
    inner = block.children[0] if block.children else block
    lines = lines_of(inner)
    if not lines or (block.kind == "summary" and len(lines) > 1):
        return None
    worded = [s for s in lines[0] if any(c.isalnum() for c in s.text)]
    text = links.plain(lines[0]).strip(" *_:：")
    bold = all(s.style & STRONG and s.kind == "text" for s in worded)
    counted = len(lines) == 1 and number_of(text) is not None and not text.isdigit()
    if not worded or not text or not (bold or counted or block.kind == "summary") or not _names_a_part(text):
        return None
    level = inner.level if inner.kind == "heading" else PSEUDO
    rest = _rest(block, lines[1:]) if len(lines) > 1 else None
    return _Candidate(
        at,
        _block("heading", block, lines[0], level),
        rest,
        place,
        counted or take_number(text, Draft("module", "", 0)) != text,
    )


def _names_a_part(text: str) -> bool:
    return (
        len(text.split()) <= MAX_WORDS
        and text[-1] not in ".!?…。"
        and meaning_of(text) == "none"
        and choice_in(text) is None
        and not vocabulary.is_("generic", text)
    )


def _rest(block: Block, lines: list[list[Span]]) -> Block:
    spans: list[Span] = []
    for line in lines:
        spans += [*([Span("\n", "break", "soft")] if spans else []), *line]
    return _block("paragraph", block, spans, 0)


def _block(kind: str, like: Block, spans: list[Span], level: int) -> Block:
    block = Block(kind, spans[0].line or like.line, level=level, start=like.start, end=like.end)
    block.spans = spans
    return block
