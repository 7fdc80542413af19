"""Blocks -> a tree of sections, each with its role: content, resources, prerequisites, related notes, or never topics.

What is never a topic (rule 10) is recognised here, by structure where structure shows it: a list of links into the same
page is a table of contents in every language, and a heading over nothing is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import STRONG, Block, Span

Role = Literal["content", "never", "resources", "prerequisites", "related"]
_BESIDE: Final = re.compile(r"\s?[|·•∙‧/]\s?")
_NUMBER: Final = re.compile(r"^\d{1,3}(?:\.\d{1,3}){0,3}[.)]?\s+")
_NOUNS_FIRST: Final = frozenset(
    {"resources", "recursos", "ressources", "ressourcen", "risorse", "referencias", "bibliografia", "bibliographie"}
)
"""Resources by whatever follows: "Recursos adicionales"."""
MAX_ANNOUNCED: Final = 4
"""Words of a sentence that only announces; a longer one says something too."""
PSEUDO: Final = 7
"""Level of a line in bold that serves as a heading."""


@dataclass(slots=True)
class Section:
    title: str
    level: int
    line: int
    heading: Block | None = None
    blocks: list[Block] = field(default_factory=list)
    """What stands directly under the heading."""
    sections: list[Section] = field(default_factory=list)
    role: Role = "content"
    contents: list[Block] = field(default_factory=list)
    """Tables of contents, which are no part of it."""

    def walk(self) -> Iterator[Section]:
        yield self
        for section in self.sections:
            yield from section.walk()

    def content(self) -> Iterator[Section]:
        """This section and those below it that are about the subject."""
        if self.role == "content":
            yield self
            for section in self.sections:
                yield from section.content()


def divide(blocks: list[Block], related: Collection[str] = ()) -> Section:
    """The tree of sections under a root of level 0. `related`: folded names of notes the front matter calls related."""
    root = Section("", 0, blocks[0].line if blocks else 1)
    stack = [root]
    for at, block in enumerate(blocks):
        if block.kind == "heading":
            _enter(stack, block, block.level)
        elif block.kind == "paragraph" and _stands_as_heading(block, blocks[at + 1 : at + 2], stack[-1]):
            _enter(stack, block, PSEUDO)
        elif block.kind == "list" and any(_heading_of(item) for item in block.children):
            _enter_items(stack, block)
        else:
            stack[-1].blocks.append(block)
    for section in root.walk():
        section.contents = [b for b in section.blocks if is_contents(b)]
        section.blocks = (
            [b for b in section.blocks if b not in section.contents] if section.contents else section.blocks
        )
        if section.heading is not None:
            section.role = _role(section, related)
    only = root.sections[0] if len(root.sections) == 1 and not root.blocks else None
    if only is not None and only.role == "never" and _leads_to_notes(only):
        only.role = "content"
    _open_contents(root)
    return root


def _open_contents(root: Section) -> None:
    """A part called "Contents" is the outline itself if it does not repeat the headings and nothing else is one."""
    called = [s for s in root.walk() if s.role == "never" and vocabulary.is_("contents", s.title)]
    if not called:
        return
    outlined = any(_has_lists(s) for s in root.content())
    titles = {vocabulary.fold(s.title) for s in root.walk()}
    for section in called:
        listed = [links.plain(item_spans(i)) for s in section.walk() for b in s.blocks for i in _items(b)]
        repeated = sum(vocabulary.fold(_NUMBER.sub("", text)) in titles for text in listed)
        if repeated * 2 < len(listed) and (_leads_to_notes(section) or not outlined):
            section.role = "content"


def _has_lists(section: Section) -> bool:
    return any(block.kind in {"list", "table"} for block in section.blocks)


def _items(block: Block) -> list[Block]:
    """The items of a list, or the rows of a table without its head."""
    return block.children if block.kind == "list" else block.children[1:] if block.kind == "table" else []


def _leads_to_notes(section: Section) -> bool:
    """Whether a section called "Index" or "Summary" lists other notes, and so is an outline under that name."""
    items = [item for below in section.walk() for b in below.blocks if b.kind == "list" for item in b.children]
    leads = [next((s for s in item_spans(item) if any(c.isalnum() for c in s.text)), None) for item in items]
    led = sum(1 for lead in leads if lead is not None and leads_to_a_note(lead))
    return len(items) > 1 and led * 10 >= len(items) * 6


def leads_to_a_note(span: Span) -> bool:
    """Whether a span is a wiki link, or a link to a Markdown file beside the note."""
    path = span.target.partition("#")[0].lower()
    return span.kind == "wiki" or (
        span.kind == "link" and not links.is_external(path) and path.endswith((".md", ".markdown"))
    )


def _enter(stack: list[Section], heading: Block, level: int) -> Section:
    while stack[-1].level >= level:
        stack.pop()
    section = Section(links.plain(heading.spans), level, heading.line, heading)
    stack[-1].sections.append(section)
    stack.append(section)
    return section


def _enter_items(stack: list[Section], block: Block) -> None:
    """`- ### Heading` with its list below it is a section; other items of such a list stay a list."""
    above = next((s for s in reversed(stack) if (s.level < PSEUDO and s.heading is None) or s.level <= 6), stack[0])
    plain = Block("list", block.line, level=block.level, start=block.start, end=block.end)
    for item in block.children:
        heading = _heading_of(item)
        if heading is None:
            plain.children.append(item)
            continue
        while stack[-1] is not above and stack[-1].level >= heading.level:
            stack.pop()
        section = Section(links.plain(heading.spans), max(heading.level, above.level + 1), heading.line, heading)
        stack[-1].sections.append(section)
        depth = len(stack)
        stack.append(section)
        for child in item.children:
            if child.kind == "list" and any(_heading_of(inner) for inner in child.children):
                _enter_items(stack, child)
            elif child is not heading:
                section.blocks.append(child)
        del stack[depth:]
    if plain.children:
        stack[-1].blocks.append(plain)


def _heading_of(item: Block) -> Block | None:
    first = item.children[0] if item.children else None
    return first if first is not None and first.kind == "heading" else None


def _stands_as_heading(block: Block, following: list[Block], section: Section) -> bool:
    """A line all in bold, without a colon, over a list or table."""
    worded = [s for s in block.spans if s.text.strip()]
    text = links.plain(worded)
    return (
        bool(following)
        and following[0].kind in {"list", "table"}
        and bool(worded)
        and section.level > 0
        and all(s.style & STRONG and s.kind == "text" for s in worded)
        and len(text.split()) <= 8
        and text[-1] not in ".:!?…："
        and not vocabulary.has("choose", text)
        and not vocabulary.is_("resources", text)
        and not vocabulary.kind_of(text)
    )


def is_contents(block: Block) -> bool:
    """Whether a list is a table of contents: most of its items lead into the same page."""
    if block.kind != "list":
        return False
    anchored = sum(1 for item in block.children if _is_anchored(item))
    return anchored * 10 >= len(block.children) * 6 > 0


def _is_anchored(item: Block) -> bool:
    spans = item_spans(item)
    lead = next((s for s in spans if s.text.strip() and any(c.isalnum() for c in s.text)), None)
    if lead is not None and lead.kind == "link" and links.is_anchor(lead.target):
        return len(lead.text) * 2 >= len(links.plain(spans))
    return False


def leads_elsewhere(line: list[Span]) -> bool:
    """Whether a line only offers other pages, side by side: the languages of a document, badges, "Home | Docs"."""
    pieces = [p for p in _BESIDE.split(links.plain(line)) if any(c.isalnum() for c in p)]
    linked = sum(1 for s in line if s.kind in links.LINKS)
    return len(pieces) > 1 and linked * 2 >= len(pieces) and all(len(p.split()) <= 3 for p in pieces)


def without_announcement(text: str) -> str:
    """A text without the sentence at its end that only announces what follows: "Read in this order:"."""
    if text[-1:] not in {":", "："}:
        return text
    start = max(text.rfind(mark) for mark in (". ", "! ", "? ", "。", "！", "؟ ")) + 1
    return text if len(text[start:].split()) > MAX_ANNOUNCED else text[:start]


def item_spans(item: Block) -> list[Span]:
    """The text of a list item itself."""
    first = item.children[0] if item.children else None
    return first.spans if first is not None and first.kind in {"paragraph", "heading", "summary"} else []


def item_rest(item: Block) -> list[Block]:
    """What stands in a list item below its own text."""
    return item.children[1:] if item_spans(item) else item.children


def lines_of(block: Block) -> list[list[Span]]:
    """The lines of a paragraph or quote, lists in a quote included."""
    if block.kind == "list":
        return [line for item in block.children for child in item.children for line in lines_of(child)]
    if block.children:
        return [line for child in block.children for line in lines_of(child)]
    lines: list[list[Span]] = [[]]
    for span in block.spans:
        if span.kind == "break":
            lines.append([])
        else:
            lines[-1].append(span)
    return [line for line in lines if line]


def _role(section: Section, related: Collection[str]) -> Role:
    title = section.title
    if vocabulary.is_apart(title) or vocabulary.has("excluded", title):
        return "never"
    if vocabulary.is_("prerequisites", title):
        return "prerequisites"
    targets = [links.wiki_name(s)[0] for s in _lead_wikis(section)]
    if targets and (
        all(vocabulary.fold(t) in related for t in targets)
        or (vocabulary.has("related", title) and len(title.split()) <= 5)
    ):
        return "related"
    if vocabulary.is_("related", title):
        return "related"
    if names_resources(title):
        return "resources"
    return "content"


def _lead_wikis(section: Section) -> list[Span]:
    found = []
    for block in section.blocks:
        for item in block.children if block.kind == "list" else ():
            lead = next((s for s in item_spans(item) if s.text.strip()), None)
            if lead is not None and lead.kind == "wiki":
                found.append(lead)
    return found


def leading_link(spans: list[Span]) -> list[Span]:
    """Of a line that starts with a link only the link: what follows explains it."""
    lead = next((s for s in spans if any(c.isalnum() for c in s.text)), None)
    return [Span(lead.text)] if lead is not None and lead.kind == "link" else spans


def names_resources(title: str) -> bool:
    """Whether a heading or label stands over things to read, watch or do."""
    if vocabulary.is_("resources", title):
        return True
    words = title.split()
    if len(words) > 6:
        return False
    phrase = vocabulary.starts("resources", title)
    return vocabulary.ends("resources", title) or (bool(phrase) and phrase in _NOUNS_FIRST)
