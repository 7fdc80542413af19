"""The text of a topic: Markdown as it was meant, put in the place of what changed of it."""

from __future__ import annotations

from collections.abc import Iterator

from roadmap.notes.writing.page import Edit
from roadmap.notes.writing.places import Place

Edits = tuple[Edit, ...]


def body(place: Place, old: str, new: str) -> Iterator[Edits]:
    """The lines that differ, where they stand; lines around them tell that place from others."""
    page = place.page
    start = page.body_start if place.own else page.line_end(place.start)
    if not old:
        yield from _first_text(place, new)
        return
    text = page.text
    at = text.find(old, start)
    if at >= 0 and text.find(old, at + 1) < 0:
        if new:
            yield (Edit(at, at + len(old), new),)
        else:
            yield (Edit(at, at + len(old), ""),)
            yield (Edit(max(len(text[:at].rstrip()), start), at + len(old), ""),)
    lines, others = old.split("\n"), new.split("\n")
    first = last = 0
    while first < min(len(lines), len(others)) and lines[first] == others[first]:
        first += 1
    while last < min(len(lines), len(others)) - first and lines[-1 - last] == others[-1 - last]:
        last += 1
    for around in (0, 1, 3):
        begin, end = max(first - around, 0), max(last - around, 0)
        was = "\n".join(lines[begin : len(lines) - end])
        is_ = "\n".join(others[begin : len(others) - end])
        at = text.find(was, start) if was.strip() else -1
        if at >= 0 and text.find(was, at + 1) < 0:
            yield (Edit(at, at + len(was), is_),)


def _first_text(place: Place, new: str) -> Iterator[Edits]:
    """A text where there was none: below the title of the topic's own note."""
    page = place.page
    if not place.own:
        return
    headings = [block for block in page.document.blocks if block.kind == "heading"]
    if headings and headings[0] is page.document.blocks[0]:
        end = page.at(headings[0].start) + len(
            page.text[page.at(headings[0].start) : page.at(headings[0].end)].rstrip()
        )
        yield (Edit(end, end, f"\n\n{new}"),)
    yield (Edit(place.end, place.end, f"\n\n{new}" if place.end > page.body_start else f"{new}\n"),)
    yield (Edit(page.body_start, page.body_start, f"{new}\n\n"),)
