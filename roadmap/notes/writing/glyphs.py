"""What of a line a reader sees, each character with the place in the text that it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from roadmap.notes.blocks import Block
from roadmap.notes.markdown import PARSER
from roadmap.notes.writing.page import Page

_CONTAINERS: Final = {"Strong", "Emphasis", "Strikethrough", "Link", "Image"}
_BLANKS: Final = re.compile(r"\s+")


class Glyph(NamedTuple):
    char: str
    start: int
    """In the page's text; a whole entity or escape is one glyph."""
    end: int


class Around(NamedTuple):
    """Marks around some characters: bold, a link, a wiki link."""

    kind: str
    start: int
    end: int
    target: str = ""


@dataclass
class Run:
    """The visible text of a stretch of the page, blanks collapsed as the reader does."""

    page: Page
    glyphs: list[Glyph] = field(default_factory=list)
    around: list[Around] = field(default_factory=list)
    start: int = 0
    end: int = 0
    """The stretch in the page's text."""
    cell: bool = False

    @property
    def text(self) -> str:
        return "".join(glyph.char for glyph in self.glyphs)

    def find(self, needle: str) -> Iterator[tuple[int, int]]:
        """Places of a text in the run, as indexes of glyphs."""
        text, at = self.text, 0
        while needle and (at := text.find(needle, at)) != -1:
            yield at, at + len(needle)
            at += 1

    def span(self, first: int, last: int) -> tuple[int, int]:
        """(start, end) in the page of the glyphs from `first` to before `last`."""
        if first < last:
            return self.glyphs[first].start, self.glyphs[last - 1].end
        place = self.glyphs[first - 1].end if first else self.start
        return place, place

    def outside(self, offset: int) -> int:
        """`offset`, or where the marks end that close behind it without a further character."""
        for _ in self.around:
            closing = [a.end for a in self.around if a.start < offset < a.end and not self._between(offset, a.end)]
            if not closing:
                break
            offset = min(closing)
        return offset

    def _between(self, start: int, end: int) -> bool:
        return any(start <= glyph.start and glyph.end <= end for glyph in self.glyphs)

    def whole(self, start: int, end: int) -> tuple[int, int]:
        """The stretch made so large that it cuts through no marks."""
        for _ in self.around:
            cut = [a for a in self.around if (a.start < start < a.end < end) or (start < a.start < end < a.end)]
            cut += [a for a in self.around if a.start < start and a.end == end and a.start >= self.start]
            if not cut:
                break
            start, end = min(start, *(a.start for a in cut)), max(end, *(a.end for a in cut))
        return start, end


def runs(page: Page, start: int, end: int, *, cell: bool = False) -> Run:
    """The run of the body's bytes from `start` to `end`."""
    run = Run(page, start=page.at(start), end=page.at(end), cell=cell)
    data = page.document.data
    seen = start
    for event, where in _events(page):
        first, last = where["start"], where["end"]
        if first < start or last > end:
            continue
        if isinstance(event, str):
            if event in {"SoftBreak", "HardBreak"}:
                run.glyphs.append(Glyph(" ", page.at(first), page.at(last)))
                seen = last
            continue
        name, value = next(iter(event.items()))
        if name == "Text":
            escaped = first > seen and data[first - 1 : first] == b"\\" and first - 1 >= start
            _add(run, value, first - escaped, first, last)
            seen = last
        elif name in {"Code", "InlineMath", "DisplayMath"}:
            inner = data[first:last].find(value.encode())
            if inner < 0 or not value:
                run.glyphs += [Glyph(char, page.at(first), page.at(last)) for char in value]
            else:
                _add(run, value, first + inner, first + inner, first + inner + len(value.encode()))
                run.around.append(Around("Code", page.at(first), page.at(last)))
            seen = last
        elif name == "Start":
            kind = value if isinstance(value, str) else next(iter(value))
            if kind in _CONTAINERS:
                told: Any = {} if isinstance(value, str) else value[kind]
                wiki = isinstance(told, dict) and isinstance(told.get("link_type"), dict)
                target = told.get("dest_url", "") if isinstance(told, dict) else ""
                run.around.append(Around("Wiki" if wiki else kind, page.at(first), page.at(last), target))
    run.glyphs = _collapsed(run.glyphs)
    return run


def of_block(page: Page, block: Block) -> Run:
    """The text of a block itself, without the lists under it."""
    below = [child.start for child in block.children if child.kind in {"list", "quote", "code", "table"}]
    return runs(
        page, block.start, min([block.end, *(at for at in below if at > block.start)]), cell=block.kind == "cell"
    )


def _events(page: Page) -> list[Any]:
    found = page.__dict__.get("events")
    if found is None:
        text = page.body if page.body.isascii() else page.document.data.decode("utf-8")
        found = page.__dict__["events"] = list(PARSER.events_with_range(text))
    return found


def _add(run: Run, value: str, start: int, exact: int, end: int) -> None:
    """The characters of a text event that comes from `exact` to `end`, its escape from `start`."""
    page = run.page
    if len(value.encode()) != end - exact:
        run.glyphs += [Glyph(char, page.at(start), page.at(end)) for char in value]
        return
    first = page.at(exact)
    for at, char in enumerate(value):
        run.glyphs.append(Glyph(char, page.at(start) if at == 0 else first + at, first + at + 1))


def _collapsed(glyphs: list[Glyph]) -> list[Glyph]:
    """Blanks in a row become one, as in the reader's `plain`."""
    found: list[Glyph] = []
    for glyph in glyphs:
        if not glyph.char.isspace():
            found.append(glyph)
        elif found and found[-1].char == " ":
            found[-1] = Glyph(" ", found[-1].start, glyph.end)
        else:
            found.append(Glyph(" ", glyph.start, glyph.end))
    return found
