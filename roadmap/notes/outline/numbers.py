"""The number of a title: "1. Dough", "Week 3 – Roads", "第3章"; it is kept apart and never a key."""

from __future__ import annotations

import re
from typing import Final

from roadmap.notes import vocabulary
from roadmap.notes.outline.draft import Draft

SEPARATOR: Final = re.compile(r"\s{0,9}(?:[:：]|[—–―]{1,2}|--|\s-\s|-\s|\|\s|·\s|•\s)\s{0,9}")
_NUMBER: Final = re.compile(
    r"\(?(\d{1,3}(?:\.\d{1,2}){0,3})[.):、．](?:\s{1,9}(?=[^\d\s])|(?=[^\x00-\x7f]|[A-Z*\"]))"
    r"|(\d{1,3}(?:\.\d{1,2}){1,3})\s{1,9}(?=\S)"
    r"|([0-9])\ufe0f?\u20e3\s{0,9}"
)
_COUNTED: Final = re.compile(
    r"((?:[^\W\d_]|[\u0900-\u097f]){2,12})\.?(?:\s{1,3}|(?<=[\u3040-\u30ff\u4e00-\u9fff]))(\d{1,3})\b"
    r"|第\s?([0-9一二三四五六七八九十]{1,3})\s?"
    r"(?:[章部课課节節周週回讲講月天日步篇單单元]|阶段|階段|学期|學期|单元|單元|段階|ステップ)"
    r"|([一二三四五六七八九十])、"
)
_HAN: Final = {char: n for n, char in enumerate("一二三四五六七八九十", 1)}


def take_number(text: str, draft: Draft) -> str:
    """The title without its number, which goes to the item."""
    start = next((i for i, c in enumerate(text) if c.isalnum() or c in "(（"), 0)
    found = _NUMBER.match(text, start)
    if found is not None:
        digits = found[1] or found[2] or found[3]
        draft.number = int(digits.rpartition(".")[2])
        return (text[:start] + text[found.end() :]).strip()
    counted = _COUNTED.match(text, start)
    if counted is not None and (counted[3] or counted[4] or _counts(counted[1])):
        digits = counted[2] or counted[3] or counted[4]
        draft.number = int(digits) if digits.isdigit() else _HAN.get(digits[-1])
    return text


def number_of(text: str) -> int | None:
    """The number of a cell that says nothing else: "3", "3.", "Week 3", "第3回"; None for any other text."""
    text = text.strip(" .)#")
    if text.isdigit():
        return int(text[:6])
    counted = _COUNTED.fullmatch(text)
    draft = Draft("topic", "", 0)
    if counted is not None:
        take_number(text, draft)
    return draft.number


def without_count(title: str) -> str:
    """The name in "Lesson 2: Names" or "Week 3 – Roads"; empty for any other title."""
    counted = _COUNTED.match(title, next((i for i, c in enumerate(title) if c.isalnum()), 0))
    if counted is None or not (counted[3] or counted[4] or _counts(counted[1])):
        return ""
    rest = title[counted.end() :]
    separator = SEPARATOR.match(rest)
    return rest[separator.end() :].strip() if separator else ""


def counted_head(title: str) -> str:
    """ "Chapter 1" of "Chapter 1. Sets"; empty for a title that does not begin so, or is nothing else."""
    start = next((i for i, c in enumerate(title) if c.isalnum()), 0)
    counted = _COUNTED.match(title, start)
    named = counted is not None and counted.end() < len(title) and (counted[3] or _counts(counted[1] or ""))
    return counted[0] if counted is not None and named else ""


def _counts(word: str) -> bool:
    return any(vocabulary.is_(meaning, word) for meaning in ("level", "number", "name"))
