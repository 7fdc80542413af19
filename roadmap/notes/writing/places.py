"""Where a topic stands in the notes: its line in an outline or a table, and the note of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from roadmap.notes import vocabulary
from roadmap.notes.blocks import Block
from roadmap.notes.items import Item
from roadmap.notes.vault import Vault
from roadmap.notes.writing.glyphs import Run, of_block, runs
from roadmap.notes.writing.page import Page


@dataclass(eq=False)
class Place:
    """One spot that says something of the topic."""

    page: Page
    block: Block | None
    """The list item, heading or table row; None: the whole note is the topic's."""
    title: str

    @property
    def own(self) -> bool:
        return self.block is None

    @property
    def is_row(self) -> bool:
        return self.block is not None and self.block.kind == "row"

    @cached_property
    def lines(self) -> list[Run]:
        """The text that stands there itself: of a row each cell, of a note its headings."""
        page, block = self.page, self.block
        if block is None:
            return [of_block(page, b) for b in page.document.blocks if b.kind == "heading"]
        if block.kind == "row":
            return [runs(page, cell.start, cell.end, cell=True) for cell in block.children]
        below = [
            runs(page, b.start, b.end)
            for b in block.children
            if b.kind in {"paragraph", "quote"} and b.start > block.start
        ]
        return [of_block(page, block), *[run for run in below if run.start > block.start]][:6]

    @cached_property
    def items(self) -> list[Block]:
        """The list items under it, in order: those of the whole note where it is the topic's."""
        return list(_items(self.page.document.blocks if self.block is None else self.block.children))

    @property
    def start(self) -> int:
        return self.page.body_start if self.block is None else self.page.at(self.block.start)

    @property
    def end(self) -> int:
        """Where it ends in the page's text, without blank lines."""
        end = len(self.page.text) if self.block is None else self.page.at(self.block.end)
        return self.start + len(self.page.text[self.start : end].rstrip())

    @cached_property
    def first_line(self) -> Run | None:
        """The text with the title in it."""
        named = [run for run in self.lines if any(True for _ in run.find(self.title))]
        return next(iter(named or self.lines), None)


def places(pages: dict[str, Page], vault: Vault, items: Sequence[Item]) -> list[Place]:
    """The spots of a topic's mentions, the first mention's first; then its own note."""
    found: list[Place] = []
    for item in items:
        page = pages.get(item.source)
        if page is None:
            continue
        found += [Place(page, block, item.title) for block in blocks_at(page, item)]
        for note in _notes_of(item, vault):
            own = pages.get(note)
            if own is not None and all(p.page is not own or not p.own for p in found):
                found.append(Place(own, None, item.title))
    return found


def _notes_of(item: Item, vault: Vault) -> Iterator[str]:
    holder = next((note for note in vault.notes if note.source == item.source), None)
    if holder is None:
        return
    if item.link and vocabulary.fold(item.link) == vocabulary.fold(holder.stem):
        yield holder.source
        return
    note = vault.note_of(item, holder)
    if note is not None:
        yield note.source


def blocks_at(page: Page, item: Item) -> list[Block]:
    """The blocks that begin on the item's line and name it, the smallest first."""
    found: dict[int, list[Block]] | None = page.__dict__.get("blocks_by_line")
    if found is None:
        found = page.__dict__["blocks_by_line"] = {}
        for block in _walk(page.document.blocks):
            if block.kind in {"item", "heading", "row"}:
                found.setdefault(block.line, []).append(block)
    return sorted(found.get(item.line, ()), key=lambda block: block.end - block.start)[:3]


def _walk(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _walk(block.children)


def _items(blocks: Sequence[Block]) -> Iterator[Block]:
    return (block for block in _walk(blocks) if block.kind == "item")
