"""Text within a line: titles and summaries changed, put in and taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from roadmap.notes.writing.escaping import inline, one_line
from roadmap.notes.writing.glyphs import Run
from roadmap.notes.writing.page import Edit
from roadmap.notes.writing.places import Place

Edits = tuple[Edit, ...]
PLACES: Final = 3
"""Of one text in one line that are tried."""
_BEFORE: Final = re.compile(r"[\s:：—–|·•-]*$")
_BEHIND: Final = re.compile(r"(?:\s?[(（][^()（）]*[)）])*")


def changed(run: Run, old: str, new: str) -> Iterator[Edits]:
    """`old`, which stands in the run, becomes `new`; the least of the line is changed that reads so."""
    if not one_line(new):
        return
    for first, last in list(run.find(old))[:PLACES]:
        start = end = 0
        while start < min(len(old), len(new)) and old[start] == new[start]:
            start += 1
        while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
            end += 1
        middle = run.span(first + start, last - end)
        for text in inline(new[start : len(new) - end], cell=run.cell) if new[start : len(new) - end] else [""]:
            yield (Edit(*middle, text),)
        full = run.span(first, last)
        for stretch in dict.fromkeys([full, run.whole(*full)]):
            for text in inline(new, cell=run.cell):
                yield (Edit(*stretch, text),)
        yield from _relabelled(run, full, new)


def _relabelled(run: Run, full: tuple[int, int], new: str) -> Iterator[Edits]:
    """`[[note]]` shows the name of the note: another title becomes its label."""
    for around in run.around:
        if around.kind == "Wiki" and (around.start + 2, around.end - 2) == full:
            bar = "\\|" if run.cell else "|"
            yield (Edit(around.end - 2, around.end - 2, f"{bar}{new}"),)


def put_behind(run: Run, title: str, marks: tuple[str, ...]) -> Iterator[Edits]:
    """Something put behind the title, each of `marks` in turn: `: summary`, ` (optional)`."""
    for first, last in list(run.find(title))[:1]:
        near = run.outside(run.span(first, last)[1])
        further = last + _BEHIND.match(run.text[last:]).end()  # type: ignore[union-attr]  # matches nothing, too
        far = run.outside(run.span(first, further)[1])
        for mark in marks:
            for place in dict.fromkeys([far, near]):
                yield (Edit(place, place, mark),)


def put_at_end(run: Run, mark: str) -> Iterator[Edits]:
    """Something put at the end of the line's text, before a block id and comments."""
    text = run.page.text[run.start : run.end]
    line = text.split("\n", 1)[0].rstrip()
    line = re.sub(r"(?:\s*<!--.*-->|\s+\^[\w-]+|\s+#+)+$", "", line)
    if line.strip():
        yield (Edit(run.start + len(line), run.start + len(line), mark),)


def summary_put_in(run: Run, title: str, new: str) -> Iterator[Edits]:
    if one_line(new):
        for text in inline(new, cell=run.cell):
            yield from put_behind(run, title, (f": {text}", f" — {text}"))


def taken_out(run: Run, old: str) -> Iterator[Edits]:
    """`old` out of the run, with what parts it from the text before it."""
    for first, last in list(run.find(old))[-PLACES:]:
        start, end = run.span(first, last)
        parted = first - len(_BEFORE.search(run.text[:first])[0])  # type: ignore[index]  # matches nothing, too
        if parted < first:
            yield (Edit(run.outside(run.span(0, parted)[1]), end, ""),)
        yield (Edit(start, end, ""),)
        for stretch in {run.whole(start, end)} - {(start, end)}:
            yield (Edit(*stretch, ""),)


def cells_filled(place: Place, new: str) -> Iterator[Edits]:
    """An empty cell of the row is given the text."""
    for run in place.lines if place.is_row and one_line(new) else ():
        if not run.text.strip():
            padded = " " if run.end > run.start else ""
            for text in inline(new, cell=True):
                yield (Edit(run.start, run.end, f" {text} " if padded else text),)
