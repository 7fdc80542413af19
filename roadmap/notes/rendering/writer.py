"""What is written while a note is rendered, with the bounds on it and the events it is written from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple

from roadmap.notes.items import Problem, Severity
from roadmap.notes.limits import Limits
from roadmap.sentences import sentence

Resolve = Callable[[str], "str | None"]
"""Answers the target of a wiki link or of a link to a file with the address of its page, or None."""

NOT_SHOWN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(0x7F, 0xA0)))
"""Control characters: entities such as &#27; bring them back into decoded text."""
_SPECIAL = re.compile(f"[&<>{re.escape(''.join(map(chr, NOT_SHOWN)))}]")
"""What text must not hold as it is; most holds none of it."""
CODE_END = "</code></pre>\n"


class RefusedError(Exception):
    """A bound is passed at this byte of the Markdown."""

    def __init__(self, offset: int, code: str, message: str) -> None:
        super().__init__(message)
        self.offset, self.code, self.message = offset, code, message


class Event(NamedTuple):
    """One event of the parser; a tuple, as there may be a million."""

    kind: str
    """`Start`, `End`, or the name of a leaf such as `Text`."""
    tag: str
    """For `Start` and `End`: what begins or ends."""
    data: Any
    start: int
    end: int


_new = tuple.__new__
"""Makes an `Event` without the call that a named tuple's constructor adds."""


def event_of(raw: Any, span: Any) -> Event:
    """One event of pyromark, which are strings, and maps of one key, in each other."""
    kind, tag, data = raw, "", None
    if not isinstance(raw, str):
        ((kind, data),) = raw.items()
        if kind in {"Start", "End"}:
            if isinstance(data, str):
                tag, data = data, None
            else:
                ((tag, data),) = data.items()
    return _new(Event, (kind, tag, data, span["start"], span["end"]))


def as_text(text: str) -> str:
    """Text between tags."""
    return escape(text.translate(NOT_SHOWN), quote=False) if _SPECIAL.search(text) else text


@dataclass(slots=True)
class Footnote:
    number: int
    references: int = 0
    html: str = ""


@dataclass(slots=True)
class Writer:
    """What has been written of one note."""

    source_bytes: bytes
    resolve: Resolve
    limits: Limits
    source: str
    first_line: int
    heading: int
    prefix: str
    problems: list[Problem] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    out: list[str] = field(default_factory=list)
    length: int = 0
    depth: int = 0
    items: int = 0
    cells: int = 0
    headings: list[int] = field(default_factory=list)
    """Levels of the headings that the present place stands under, as the note counts them."""
    heading_count: int = 0
    closers: list[str] = field(default_factory=list)
    """What ends each open element, blocks and spans alike."""
    links: int = 0
    link_depth: int = 0
    in_head: bool = False
    columns: tuple[str, ...] = ()
    column: int = 0
    callout_title: bool = False
    footnotes: dict[str, Footnote] = field(default_factory=dict)
    outer: list[tuple[str, list[str]]] = field(default_factory=list)
    """Labels of the footnotes being written, with the output they interrupted."""
    reported: set[str] = field(default_factory=set)

    def line_at(self, offset: int) -> int:
        return self.source_bytes.count(b"\n", 0, offset) + self.first_line

    def warn(self, offset: int, code: str, message: str) -> None:
        self.report(offset, "warning", code, message)

    def report(self, offset: int, severity: Severity, code: str, message: str) -> None:
        """One problem of a kind for a note, at its first place."""
        if code not in self.reported:
            self.reported.add(code)
            self.problems.append(Problem(self.source, self.line_at(offset), severity, code, message))

    def put(self, html: str, offset: int) -> None:
        self.out.append(html)
        self.length += len(html)
        if self.length > self.limits.rendered:
            limit = self.limits.rendered >> 20
            message = sentence("This note becomes more than %(limit)s MiB of HTML. Split it.", limit=limit)
            raise RefusedError(offset, "rendered-too-large", message)

    def open_element(self, html: str, closer: str, offset: int) -> None:
        self.put(html, offset)
        self.closers.append(closer)
