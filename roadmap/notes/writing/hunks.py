"""What became other lines of a file, for people to look at before and after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from roadmap.notes.writing.page import Page
from roadmap.notes.writing.refusals import NotWritableError

LONGEST: Final = 4_000
"""Lines between the first and the last change that are compared one by one."""
_ENDS: Final = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that went and lines that came, at one place of a file."""

    line: int
    """1-based, of the first line that went, or that the new ones stand before."""
    before: tuple[str, ...]
    after: tuple[str, ...]


def hunks(before: bytes, after: bytes) -> tuple[Hunk, ...]:
    """The differences between two states of a file, line by line. The characters are those of the file, unrepaired."""
    old, new = _lines(before), _lines(after)
    start = end = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    was, is_ = old[start : len(old) - end], new[start : len(new) - end]
    if max(len(was), len(is_)) > LONGEST:
        return (Hunk(start + 1, tuple(was), tuple(is_)),)
    return tuple(
        Hunk(start + a + 1, tuple(was[a:b]), tuple(is_[c:d]))
        for how, a, b, c, d in SequenceMatcher(None, was, is_, autojunk=False).get_opcodes()
        if how != "equal"
    )


def _lines(data: bytes) -> list[str]:
    try:
        text = Page("", data).raw
    except NotWritableError:
        text = data.decode("utf-8", "replace")
    return _ENDS.split(text.removeprefix("\ufeff"))
