"""What a topic said and what it says now, for whoever did it: paragraph by paragraph, then word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from roadmap.plan.wording import Run, differences

PARAGRAPHS = 400
"""On either side, without what both begin and end with; longer texts are shown as one replaced by the other."""
SHOWN = 60
"""Changed paragraphs that are shown."""
AHEAD = 8
"""So many further on, the twin of a rewritten paragraph is looked for."""
ALIKE = 0.35
"""Paragraphs that share so much are one paragraph that was rewritten."""
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")


@dataclass(frozen=True, slots=True)
class Text:
    """What a learner reads of a topic."""

    title: str
    summary: str = ""
    details: tuple[str, ...] = ()
    body: str = ""
    steps: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph or an entry of a list."""

    what: Literal["same", "changed", "gone", "new"]
    was: str = ""
    now: str = ""
    under: str = ""
    """The heading that it stands under."""

    @property
    def runs(self) -> tuple[Run, ...]:
        if self.what == "changed":
            return differences(self.was, self.now)
        return (Run("gone" if self.what == "gone" else "new" if self.what == "new" else "same", self.was or self.now),)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a topic that differs."""

    name: Literal["title", "summary", "details", "text", "steps", "resources"]
    pieces: tuple[Piece, ...]
    more: int = 0
    """Changed pieces that are not shown."""


def compare(was: Text, now: Text) -> tuple[Part, ...]:
    """The parts that differ, in the order of the page; nothing where both read the same."""
    found: list[Part] = []
    for name, before, after in (("title", was.title, now.title), ("summary", was.summary, now.summary)):
        if before.strip() != after.strip():
            found.append(_part(name, [_piece(before.strip(), after.strip())]))
    found += _listed("details", was.details, now.details)
    if was.body.strip() != now.body.strip():
        found.append(_part("text", list(aligned(paragraphs(was.body), paragraphs(now.body)))))
    found += _listed("steps", was.steps, now.steps)
    found += _listed("resources", was.resources, now.resources)
    return tuple(part for part in found if part.pieces)


def paragraphs(text: str) -> list[str]:
    """Runs of lines between empty ones; a fenced block is one, whatever is in it."""
    found: list[list[str]] = [[]]
    fence = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark:
            fence = mark[1]
        if line.strip() or fence:
            found[-1].append(line.rstrip())
        elif found[-1]:
            found.append([])
    return ["\n".join(lines) for lines in found if lines]


def aligned(was: Sequence[str], now: Sequence[str]) -> Iterator[Piece]:
    """Every paragraph of both, in order: read without those that went, it is `now`; without those that came, `was`."""
    start = 0
    while start < min(len(was), len(now)) and was[start] == now[start]:
        start += 1
    end = 0
    while end < min(len(was), len(now)) - start and was[-1 - end] == now[-1 - end]:
        end += 1
    under = ""
    for piece in (
        *(Piece("same", text, text) for text in was[:start]),
        *_middle(was[start : len(was) - end], now[start : len(now) - end]),
        *(Piece("same", text, text) for text in was[len(was) - end :]),
    ):
        yield Piece(piece.what, piece.was, piece.now, under)
        heading = _HEADING.match(piece.now or piece.was)
        if heading:
            under = heading[1]


def _middle(was: Sequence[str], now: Sequence[str]) -> Iterator[Piece]:
    if max(len(was), len(now)) > PARAGRAPHS:
        yield from _replaced(was, now, pair=False)
        return
    for tag, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Piece("same", text, text) for text in was[i:j])
        else:
            yield from _replaced(was[i:j], now[k:m], pair=True)


def _replaced(was: Sequence[str], now: Sequence[str], *, pair: bool) -> Iterator[Piece]:
    """In order, each with the first of the others that is like it."""
    at = 0
    for text in was:
        near = range(at, min(at + AHEAD, len(now)))
        twin = next((i for i in near if _alike(text, now[i])), None) if pair else None
        if twin is None:
            yield Piece("gone", was=text)
            continue
        yield from (Piece("new", now=new) for new in now[at:twin])
        yield _piece(text, now[twin])
        at = twin + 1
    yield from (Piece("new", now=new) for new in now[at:])


def _alike(one: str, other: str) -> bool:
    if bool(_HEADING.match(one)) != bool(_HEADING.match(other)):
        return False
    words, others = one.split()[:400], other.split()[:400]
    meeting = SequenceMatcher(None, words, others, autojunk=False)
    return meeting.quick_ratio() >= ALIKE and meeting.ratio() >= ALIKE


def _piece(was: str, now: str) -> Piece:
    if was and now:
        return Piece("changed" if was != now else "same", was, now)
    return Piece("gone", was=was) if was else Piece("new", now=now)


def _listed(name: Literal["details", "steps", "resources"], was: Sequence[str], now: Sequence[str]) -> list[Part]:
    return [] if tuple(was) == tuple(now) else [_part(name, list(aligned(was, now)))]


def _part(name: str, pieces: list[Piece]) -> Part:
    changed = [piece for piece in pieces if piece.what != "same"]
    return Part(name, tuple(changed[:SHOWN]), max(0, len(changed) - SHOWN))  # type: ignore[arg-type]
