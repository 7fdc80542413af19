"""What stands beside a title: hours, a mark that it is optional, short details in parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from roadmap.notes import links, vocabulary
from roadmap.notes.writing.escaping import inline, one_line
from roadmap.notes.writing.front import set_text
from roadmap.notes.writing.page import Edit
from roadmap.notes.writing.places import Place
from roadmap.notes.writing.words import put_at_end, put_behind

Edits = tuple[Edit, ...]
_TIMES: Final = "hours|hour|duration|time|effort|estimate"
_BRACKETED: Final = re.compile(rf"[ \t]?[\[(](?:{_TIMES})::[ \t]*([^\[\]()\n]+)[\])]", re.IGNORECASE)
_FIELD: Final = re.compile(
    rf"^[ \t>]*(?:[-*+][ \t]+)?(?:\*\*)?(?:{_TIMES})(?:\*\*)?[ \t]?::[ \t]*([^\n]+)$", re.I | re.M
)
_PARENTHESIS: Final = re.compile(r"[ \t]?[(（]([^()（）\n]*)[)）]")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")
_MINUTES: Final = re.compile(rf"\d\s{{0,2}}(?:{vocabulary.alternatives('minute')})", re.IGNORECASE)
_OPTIONAL: Final = re.compile(r"[ \t]?[\[(]optional::[ \t]*([^\[\]()\n]+)[\])]", re.IGNORECASE)


def hours(place: Place, old: float | None, new: float | None) -> Iterator[Edits]:
    """Hours where they stand become others, in the same unit; new ones become `hours:` or `[hours:: n]`."""
    if place.own:
        yield from set_text(place.page, ("hours",), "" if new is None else f"{new:g}", make=old is None, meant=True)
    if old is not None:
        for start, end, value, first in _times(place, old):
            yield (Edit(start, end, "") if new is None else Edit(first, first + len(value), _like(value, new)),)
    elif new is not None and not place.own:
        for run in [place.first_line] if place.first_line else []:
            yield from put_at_end(run, f" [hours:: {new:g}]")
            yield from put_behind(run, place.title, (f" [hours:: {new:g}]", f" ({new:g} h)"))


def _times(place: Place, old: float) -> Iterator[tuple[int, int, str, int]]:
    """(start, end, the value, where it starts) of each time that says `old`; from start to end it can be taken out."""
    text = place.page.text[: place.end]
    for pattern in (_BRACKETED, _FIELD, _PARENTHESIS):
        for match in pattern.finditer(text, place.start):
            told = links.hours_in(match[1])
            if told is not None and round(told, 2) == round(old, 2):
                end = match.end() + 1 if pattern is _FIELD else match.end()
                yield match.start(), end, match[1], match.start(1)
    for run in place.lines if place.is_row else ():
        told = links.hours_in(run.text)
        if told is not None and round(told, 2) == round(old, 2):
            start, end = run.span(0, len(run.glyphs))
            value = place.page.text[start:end]
            lead = len(value) - len(value.lstrip())
            yield start + lead, start + lead + len(value.strip()), value.strip(), start + lead


def _like(value: str, new: float) -> str:
    """`new` hours written as `value` is: with its unit, in minutes where it has them."""
    number = f"{new * 60 if _MINUTES.search(value) else new:g}"
    return _NUMBER.sub(number, value, count=1) if _NUMBER.search(value) else number


def optional(place: Place, new: bool) -> Iterator[Edits]:
    if place.own and "optional" in (place.page.fields or {}):
        yield from set_text(place.page, ("optional",), "true" if new else "false", meant=True)
    if new:
        for run in [place.first_line] if place.first_line and not place.own else []:
            yield from put_behind(run, place.title, (" (optional)", " [optional:: yes]"))
        if place.own:
            yield from set_text(place.page, ("optional",), "true", meant=True)
        return
    text = place.page.text[: place.end]
    for pattern in (_OPTIONAL, _PARENTHESIS):
        for match in pattern.finditer(text, place.start):
            yield (Edit(match.start(), match.end(), ""),)


def details(place: Place, old: Sequence[str], new: Sequence[str]) -> Iterator[Edits]:
    """The list in the parenthesis behind the title, or between the commas of a cell."""
    if not all(map(one_line, new)) or place.own:
        return
    if not old:
        for run in [place.first_line] if place.first_line else []:
            for texts in zip(*(_three(text, cell=run.cell) for text in new), strict=True):
                yield from put_behind(run, place.title, (f" ({', '.join(texts)})",))
        return
    for run in place.lines:
        shown = run.text
        first, last = shown.find(old[0]), shown.rfind(old[-1])
        if first < 0 or last < first:
            continue
        end = last + len(old[-1])
        if not new:
            around = _PARENTHESIS.search(shown, max(first - 3, 0))
            if around is not None and around.start(1) <= first and end <= around.end(1):
                yield (
                    Edit(run.outside(run.span(0, around.start())[1]), run.span(around.start(), around.end())[1], ""),
                )
            continue
        parted = shown[first + len(old[0]) : shown.find(old[1], first + len(old[0]))] if len(old) > 1 else ", "
        for texts in zip(*(_three(text, cell=run.cell) for text in new), strict=True):
            for mark in dict.fromkeys([parted, ", ", "; "]):
                yield (Edit(*run.span(first, end), mark.join(texts)),)


def _three(text: str, *, cell: bool) -> list[str]:
    """Exactly three ways to say it, so that several can be tried side by side."""
    ways = list(inline(text, cell=cell))
    return (ways + ways[-1:] * 2)[:3]
