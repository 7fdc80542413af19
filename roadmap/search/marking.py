"""The line of a text that answers a search, with the words that were found. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

LONGEST = 180
"""Characters of a line that is shown."""
BEFORE = 60
"""Characters shown before the first word that was found."""

_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_MARKUP = re.compile(r"!?\[\[([^\[\]|]+\|)?([^\[\]]+)\]\]|!?\[([^\[\]]*)\]\([^()\s]*\)|[*_`~#>|]+")
_MARKS = re.compile(r"[!\[*_`~#>|]")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
Part = tuple[str, bool]
"""A piece of text, and whether it is a word that was found."""


def fold(word: str) -> str:
    """As `roadmap_fold` of the database folds a single word."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word).lower().replace("ß", "ss")
    return "".join(c for c in plain if unicodedata.combining(c) == 0 or "\u0900" <= c <= "\u0dff")


def plain(text: str) -> str:
    """Markdown as one line of words."""
    if not _MARKS.search(text):  # most lines
        return " ".join(text.split())
    return " ".join(_MARKUP.sub(lambda m: m[2] or m[3] or "", text).split())


def marked(text: str, words: Sequence[str]) -> list[Part]:
    """`text` in pieces; those that begin with one of the folded words (are one, in scripts without blanks) marked."""
    parts: list[Part] = []
    at = 0
    for start, end in _found(text, words):
        if start < at:
            continue
        if start > at:
            parts.append((text[at:start], False))
        parts.append((text[start:end], True))
        at = end
    if at < len(text):
        parts.append((text[at:], False))
    return parts


def line(texts: Iterable[str], words: Sequence[str]) -> list[Part]:
    """The first of `texts` (Markdown) in which one of the words stands, cut around it; none: the first text's start."""
    start = ""
    for text in map(plain, texts):
        first = next(_found(text, words), None)
        if first is not None:
            return marked(_cut(text, max(0, first[0] - BEFORE)), words)
        start = start or text
    return [(_cut(start, 0), False)] if start else []


def _cut(text: str, start: int) -> str:
    if start:
        start = text.rfind(" ", 0, start) + 1 or start
    end = start + LONGEST
    if end < len(text):
        end = text.rfind(" ", start + LONGEST // 2, end) if " " in text[start + LONGEST // 2 : end] else end
    return ("… " if start else "") + text[start:end].rstrip() + (" …" if end < len(text) else "")


@lru_cache(64)
def _begun(words: tuple[str, ...]) -> re.Pattern[str]:
    """What `_found` finds of a text in ASCII, ten times as fast: most of the time that a page of results takes outside
    the database was spent there."""
    known = [word for word in words if word.isascii()]
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(known)})[a-z0-9]*" if known else "(?!)", re.IGNORECASE | re.ASCII)


def _found(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    if text.isascii() and all(map(str.isalnum, words)):
        yield from (match.span() for match in _begun(tuple(words)).finditer(text))
        return
    for match in _WORD.finditer(text):
        folded = fold(match[0])
        if _UNSPACED.search(folded):
            yield from ((match.start() + i, match.start() + i + 1) for i, c in enumerate(match[0]) if fold(c) in words)
        elif any(folded.startswith(word) for word in words):
            yield match.span()
