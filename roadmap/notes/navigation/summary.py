"""`SUMMARY.md` of mdBook and GitBook, `_sidebar.md` of docsify: nested lists of links, parted by headings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import Block, Span
from roadmap.notes.navigation.entries import Entry, Navigation, page
from roadmap.notes.note import Note
from roadmap.notes.outline.sections import item_rest, item_spans, lines_of

NAMES: Final = frozenset({"SUMMARY.md", "_sidebar.md"})
"""By these very names: a note called `summary.md` is a note."""


def read(note: Note) -> Navigation:
    """What the file lays out. A heading is a part, an item a page, an item over items a chapter with its own page."""
    title = ""
    entries: list[Entry] = []
    part: Entry | None = None
    for at, block in enumerate(note.document.blocks):
        holder = part.items if part is not None else entries
        if block.kind == "heading":
            text = links.plain(block.spans)
            if at == 0 and block.level == 1:
                title = "" if _says_contents(text) else text
            elif text:
                part = Entry(text, block.line)
                entries.append(part)
        elif block.kind == "paragraph":  # mdBook's first and last pages stand outside of the list
            for line in lines_of(block):
                found = [_linked(span, note.folder, block.line) for span in line if span.kind in links.LINKS]
                if any(found) and part is not None and part.items:
                    part, holder = None, entries
                holder += [entry for entry in found if entry is not None]
        elif block.kind == "list":
            holder += _items(block, note.folder)
        elif block.kind == "rule":
            part = None
    return Navigation(note.source, title, note.folder, [e for e in entries if e.items or e.target or e.title])


def _says_contents(text: str) -> bool:
    return vocabulary.fold(text) == "summary" or vocabulary.is_apart(text)


def _items(block: Block, folder: str) -> list[Entry]:
    found = []
    for item in block.children:
        entry = _entry(item_spans(item), folder, item.line)
        below = [inner for rest in item_rest(item) if rest.kind == "list" for inner in _items(rest, folder)]
        if entry is None:
            found += below
        else:
            entry.items = below
            found.append(entry)
    return found


def _entry(spans: Iterable[Span], folder: str, line: int) -> Entry | None:
    spans = list(spans)
    linked = next(
        (entry for span in spans if span.kind in links.LINKS and (entry := _linked(span, folder, line))), None
    )
    if linked is not None:
        return linked
    text = links.plain(spans)
    return Entry(text, line) if any(char.isalnum() for char in text) else None


def _linked(span: Span, folder: str, line: int) -> Entry | None:
    """A link's page. One with an empty address is a draft: a title without a page yet."""
    title = " ".join(span.text.split())
    if span.kind == "wiki":
        target, title = links.wiki_name(span)
        return page(title, target, line, folder) if target else None
    if not span.target:
        return Entry(title, line) if title else None
    return page(title, span.target, line, folder)
