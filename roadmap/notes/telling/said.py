"""A note line by line: what each says, what stands around it, and what of it an item took over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import Block, Span
from roadmap.notes.items import Item, Requirement, Resource
from roadmap.notes.outline.sections import PSEUDO, lines_of


class Said(NamedTuple):
    """A line, or the lines of a block that has no parts."""

    line: int
    last: int
    text: str
    targets: tuple[str, ...]
    """What its links lead to."""
    above: tuple[int, ...]
    """Lines of the headings, list items and rows around it, itself included if it is one; the nearest last."""
    kind: str


def said_in(blocks: Sequence[Block], bold: set[int]) -> list[Said]:
    """Everything a note says. `bold`: lines of paragraphs and folded parts that serve as headings."""
    found: list[Said] = []
    headings: list[tuple[int, int]] = []
    for block in blocks:
        level = block.level if block.kind == "heading" else PSEUDO if block.line in bold else 0
        if level:
            while headings and headings[-1][0] >= level:
                headings.pop()
            headings.append((level, block.line))
        found += _said(block, tuple(line for _, line in headings))
    return found


def _said(block: Block, above: tuple[int, ...]) -> Iterator[Said]:
    if block.kind in {"item", "row"}:
        above = (*above, block.line)
    if block.kind == "code":
        yield Said(block.line, block.line + block.text.count("\n") + 1, block.text, (), above, "code")
    elif block.kind in {"row", "cell", "rule"}:
        cells = [span for cell in block.children for span in cell.spans] or block.spans
        yield Said(block.line, block.line, links.plain(_apart(block)), _targets(cells), above, block.kind)
    elif block.children:
        for child in block.children:
            yield from _said(child, above)
    else:
        for offset, line in enumerate(lines_of(block)):
            at = block.line + offset
            yield Said(at, at, links.plain(line), _targets(line), above, block.kind)


def _apart(row: Block) -> list[Span]:
    """The cells of a row, parted."""
    spans: list[Span] = []
    for cell in row.children:
        spans += [*([Span(" · ")] if spans else []), *cell.spans]
    return spans


def _targets(spans: Sequence[Span]) -> tuple[str, ...]:
    return tuple(span.target for span in spans if span.target and span.kind in links.LINKS)


def given(said: Said, item: Item) -> Iterator[tuple[str, str]]:
    """(field, what it has of it) of what an item took over from a line, by comparing what both say."""
    told = vocabulary.fold(said.text)
    if not told and not said.targets:
        return
    if summary := _summary(said.text, told, item.summary):
        yield "summary", summary
    for field, names in (
        ("key points", item.details),
        ("other names", item.aliases),
        ("related notes", item.related),
        ("hours", () if item.hours is None else (f"{item.hours:g}",)),
        ("prerequisites", [r.title for r in item.requires if _names(r, told, item)]),
        ("resources", [r.title for r in item.resources if _leads(r, said, told)]),
    ):
        wholly = field in {"prerequisites", "resources"}
        yield from ((field, name) for name in names if wholly or _in(vocabulary.fold(name), told))
    yield from (("further fields", f"{name}: {value}") for name, value in item.meta if _in(vocabulary.fold(name), told))
    key, mark, value = said.text.partition("::")
    if mark and vocabulary.fold(key) in {"optional", "choose", "ordered", "id", "done"}:
        yield f"“{key.strip()}”", value.strip()


def _summary(text: str, told: str, summary: str) -> str:
    """What of a summary a line says: all of it, or the line itself."""
    words = vocabulary.fold(summary)
    if words and set(words.split()) <= set(told.split()):
        return summary
    return text if len(told.split()) > 1 and _in(told, words) else ""


def _leads(resource: Resource, said: Said, told: str) -> bool:
    if resource.url:
        return resource.url in said.targets or resource.url in said.text
    return _in(vocabulary.fold(resource.title), told)


def _in(needle: str, hay: str) -> bool:
    return bool(needle) and f" {needle} " in f" {hay} "


def _names(requirement: Requirement, told: str, item: Item) -> bool:
    """Whether a line names a prerequisite: wholly, or where that was guessed by some words of its title."""
    title = vocabulary.fold(requirement.title)
    if title == vocabulary.fold(item.title) or requirement.source not in {"notes", "guess"}:
        return False
    return _in(title, told) or (requirement.source == "guess" and len(set(title.split()) & set(told.split())) > 1)
