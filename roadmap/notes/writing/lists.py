"""Lists under a topic: steps, key points, resources and prerequisites, a line each; lines that stay are not touched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice, pairwise
from typing import Any, Final

from roadmap.notes.blocks import Block
from roadmap.notes.writing.escaping import inline, one_line
from roadmap.notes.writing.glyphs import of_block
from roadmap.notes.writing.page import Edit, Page
from roadmap.notes.writing.places import Place
from roadmap.notes.writing.words import changed

Edits = tuple[Edit, ...]
_MARKER: Final = re.compile(r"([ \t>]*)([-*+]|\d{1,9}[.)])([ \t]+)")
TAB: Final = "\t"
WAYS: Final = 3
"""Ways of writing new lines that are tried: plain, escaped, escaped at the beginning too."""


def steps(place: Place, old: Sequence[str], new: Sequence[str]) -> Iterator[Edits]:
    boxed = [block for block in place.items if block.checked is not None]
    if not all(map(one_line, new)):
        return
    here = [(block, _named(place.page, block, old)) for block in boxed]
    known = [(block, title) for block, title in here if title is not None]
    if [title for _, title in known] == list(old) and old:
        yield from _sequence(place.page, [b for b, _ in known], old, new, _step_line, _renamed)
    elif not old:
        for way in range(WAYS):
            lines = [f"- [ ] {_way(title, way)}" for title in new]
            if place.own:
                yield from _section(place, "Steps", lines)
            else:
                yield from _under(place, lines)


def points(place: Place, old: Sequence[str], new: Sequence[str]) -> Iterator[Edits]:
    """Key points as bullets under the topic."""
    if not all(map(one_line, new)) or place.own:
        return
    here = [(block, _named(place.page, block, old)) for block in place.items if block.checked is None]
    known = [(block, title) for block, title in here if title is not None]
    if [title for _, title in known] == list(old) and old:
        yield from _sequence(place.page, [b for b, _ in known], old, new, _point_line, _renamed)
    elif not old and not place.is_row:
        for way in range(WAYS):
            yield from _under(place, [f"- {_way(text, way)}" for text in new])


def bullets(  # noqa: PLR0917 - what is there, what is wanted, and how its lines are written
    place: Place, said: Callable[[Place, Block], Any], old: Sequence[Any], new: Sequence[Any],
    line: Callable[[Any, int], str], renamed: Callable[[Page, Block, Any, Any], Iterator[Edits]],
) -> Iterator[Edits]:  # fmt: skip
    """List items that say `old`, told from others by `said`, become those that say `new`."""
    known = [(block, told) for block in place.items if (told := said(place, block)) is not None and told in old]
    if [told for _, told in known] == list(old) and old:
        yield from _sequence(
            place.page, [b for b, _ in known], old, new, lambda told, way, box: line(told, way), renamed
        )
    elif old and set(old) - set(new) and len(known) >= 1:
        gone = [block for block, told in known if told not in new]
        if len(gone) == len(set(old) - set(new)) and not set(new) - set(old):
            yield tuple(_line_out(place.page, block) for block in gone)


def put_under(place: Place, lines: Sequence[str]) -> Iterator[Edits]:
    """New list items, `- text`, below what stands under the topic; those behind a tab stand under the one before."""
    yield from _under(place, lines)


def _sequence(  # noqa: PLR0917 - as `bullets`
    page: Page, blocks: Sequence[Block], old: Sequence[Any], new: Sequence[Any],
    line: Callable[[Any, int, bool], str], renamed: Callable[[Page, Block, Any, Any], Iterator[Edits]],
) -> Iterator[Edits]:  # fmt: skip
    """Item by item: those that stay are not touched, in another order they change places."""
    spans = [_own_lines(page, block) for block in blocks]
    if any(a[1] > b[0] for a, b in pairwise(spans)):
        yield from _only_renames(page, blocks, old, new, renamed)
        return
    if sorted(map(repr, old)) == sorted(map(repr, new)):
        texts: dict[str, list[str]] = {}
        for told, (start, end) in zip(old, spans, strict=True):
            texts.setdefault(repr(told), []).append(page.text[start:end])
        yield tuple(Edit(*span, texts[repr(told)].pop(0)) for span, told in zip(spans, new, strict=True))
        return
    for way in range(WAYS):
        edits: list[Edit] = []
        for how, a, b, c, d in SequenceMatcher(
            None, list(map(repr, old)), list(map(repr, new)), autojunk=False
        ).get_opcodes():
            if how == "equal":
                continue
            both = min(b - a, d - c)
            for n in range(both):
                ways = list(islice(renamed(page, blocks[a + n], old[a + n], new[c + n]), 12))
                edits += ways[min(way * 2, len(ways) - 1)] if ways else ()
            edits += [_line_out(page, blocks[n]) for n in range(a + both, b)]
            added = [line(told, way, True) for told in new[c + both : d]]
            if added:
                edits.append(_beside(page, blocks, a + both, added))
        yield tuple(edits)


def _only_renames(
    page: Page, blocks: Sequence[Block], old: Sequence[Any], new: Sequence[Any],
    renamed: Callable[[Page, Block, Any, Any], Iterator[Edits]],
) -> Iterator[Edits]:  # fmt: skip
    if len(old) == len(new):
        other = [(b, o, n) for b, o, n in zip(blocks, old, new, strict=True) if o != n]
        for block, was, is_ in other if len(other) == 1 else ():
            yield from renamed(page, block, was, is_)


def _renamed(page: Page, block: Block, old: str, new: str) -> Iterator[Edits]:
    yield from changed(of_block(page, block), old, new)


def _named(page: Page, block: Block, old: Sequence[str]) -> str | None:
    """Which of the old titles an item has: the longest that its text begins with, marks aside."""
    text = of_block(page, block).text.strip()
    bare = text.lstrip("*_ ").rstrip(":： ")
    if bare in old:
        return bare
    found = [title for title in old if title and text.find(title) in range(9)]
    return max(found, key=len, default=None)


def _step_line(told: str, way: int, _: bool) -> str:
    return f"[ ] {_way(told, way)}"


def _point_line(told: str, way: int, _: bool) -> str:
    return _way(told, way)


def _way(text: str, way: int) -> str:
    ways = list(inline(text))
    return ways[min(way, len(ways) - 1)]


def _own_lines(page: Page, block: Block) -> tuple[int, int]:
    """The lines of an item with what stands under it, without the blank ones at its end."""
    start = page.line_start(page.at(block.start))
    text = page.text[start : page.at(block.end)].rstrip()
    return start, start + len(text)


def _line_out(page: Page, block: Block) -> Edit:
    """An item's lines, with one line break: the one behind them, at the end of a file the one before."""
    start, end = _own_lines(page, block)
    if end < len(page.text):
        return Edit(start, page.line_end(end) + 1, "")
    return Edit(max(start - 1, 0), end, "")


def _beside(page: Page, blocks: Sequence[Block], at: int, added: Sequence[str]) -> Edit:
    """New items before the item at `at`, in the manner of their neighbours."""
    near = blocks[min(at, len(blocks) - 1)]
    lead = _MARKER.match(page.text, _own_lines(page, near)[0])
    indent, marker, blank = (lead[1], lead[2], lead[3]) if lead else ("", "-", " ")
    if at < len(blocks):
        start = _own_lines(page, blocks[at])[0]
        return Edit(start, start, "".join(f"{indent}{marker}{blank}{text}\n" for text in added))
    end = _own_lines(page, near)[1]
    if marker[:-1].isdigit():
        first = int(marker[:-1])
        markers = [f"{first + 1 + n}{marker[-1]}" for n in range(len(added))]
    else:
        markers = [marker] * len(added)
    return Edit(end, end, "".join(f"\n{indent}{m}{blank}{text}" for m, text in zip(markers, added, strict=True)))


def _under(place: Place, lines: Sequence[str]) -> Iterator[Edits]:
    """List items nested under the topic's own, as deep as its text, behind what stands there already."""
    page, block = place.page, place.block
    if block is None or block.kind != "item":
        return
    start = page.at(block.start)
    lead = _MARKER.match(page.text, page.line_start(start))
    if lead is None:
        return
    first = next((b for b in place.items), None)
    inner = _MARKER.match(page.text, page.line_start(page.at(first.start))) if first is not None else None
    indent = inner[1] if inner else lead[1] + " " * len(lead[2] + lead[3].expandtabs(4))
    marker = inner[2] if inner and not inner[2][:-1].isdigit() else "-"
    deeper = indent + " " * len(f"{marker} ")
    told = "".join(f"\n{deeper if line[:1] == TAB else indent}{marker}{line.lstrip(TAB)[1:]}" for line in lines)
    yield (Edit(place.end, place.end, told),)


def _section(place: Place, title: str, lines: Sequence[str]) -> Iterator[Edits]:
    """A section at the end of the topic's own note."""
    text = "\n".join(lines)
    levels = [block.level for block in place.page.document.blocks if block.kind == "heading"]
    mark = "#" * min(max([2, *(level for level in levels[1:2])]), 6)
    whole = f"{mark} {title}\n\n{text}"
    yield (Edit(place.end, place.end, f"\n\n{whole}" if place.end > place.page.body_start else f"{whole}\n"),)
