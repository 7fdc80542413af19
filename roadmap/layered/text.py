"""Titles broken into lines without asking a browser: widths are estimated, a little too wide rather than too narrow."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WIDTHS = (
    (frozenset("iljI|!.,:;'’`·()[]{}/\\"), 0.33),
    (frozenset('frt-"“”* '), 0.4),
    (frozenset("mwMWQ@%&—…OGCDHNU"), 0.88),
)
_PIECES = re.compile(r"(\s*)([^\s\-/–—]*[\-/–—]+|[^\s\-/–—]+)")
"""The space before a piece, and the piece: a line may end after a hyphen or a slash, too."""


@lru_cache(maxsize=4096)
def _em(character: str) -> float:
    for characters, em in _WIDTHS:
        if character in characters:
            return em
    if _joins(character):
        return 0.0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.05
    return 0.72 if character.isupper() else 0.58 if character.isascii() else 0.66


def _joins(character: str) -> bool:
    """Whether it is part of the character before it."""
    return bool(unicodedata.combining(character)) or unicodedata.category(character) in {"Cf", "Mn", "Me"}


def width(text: str, size: float) -> float:
    """Pixels that `text` takes at a font size, in the system's interface fonts."""
    return size * sum(map(_em, text))


@lru_cache(maxsize=16384)
def wrapped(text: str, room: float, size: float) -> tuple[str, ...]:
    """Lines that are no wider than `room`. Nothing is cut: a word too long for a line goes on in the next one, and
    scripts without spaces break between any two characters."""
    lines: list[str] = []
    line, used = "", 0.0
    space = width(" ", size)
    for gap, word in _PIECES.findall(text.strip()):
        wide, before, beside = width(word, size), space if gap else 0.0, " " if gap else ""
        if line and used + before + wide <= room:
            line, used = f"{line}{beside}{word}", used + before + wide
            continue
        if wide <= room:
            if line:
                lines.append(line)
            line, used = word, wide
            continue
        if line:
            line, used = f"{line}{beside}", used + before
        for piece in _breakable(word):
            wide = width(piece, size)
            if line.strip() and used + wide > room:
                lines.append(line.rstrip())
                line, used = "", 0.0
            line, used = line + piece, used + wide
    return (*lines, line) if line else tuple(lines)


def _breakable(word: str) -> list[str]:
    """Characters with the marks that belong to them."""
    pieces: list[str] = []
    for character in word:
        if (pieces and _joins(character)) or (pieces and pieces[-1].endswith("\u200d")):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def is_rtl(text: str) -> bool:
    """Whether its first letter with a direction is written from right to left."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"R", "AL"}:
            return True
        if kind == "L":
            return False
    return False
