"""How titles are compared and turned into addresses. Pure; the identity rules of docs/notes-format.md."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

COMPARED = 400
"""Characters of a title that are compared: normalising text of any length is not linear in time."""
SLUG = 80
"""Characters of a slug made from a title; the column holds 120, the rest is room for a suffix."""

_NOT_WORD = re.compile(r"[^\w+#]+|_+")
_SPELLED = (("c++", "c-plus-plus"), ("c#", "c-sharp"), ("f#", "f-sharp"), ("&", " and "), ("+", " plus "), ("#", " "))


@lru_cache(maxsize=65536)
def key(text: str) -> str:
    """`text` as identity sees it: format characters removed, NFC, casefolded, blanks collapsed.

    "Café" equals "Café" written with a combining accent, "STRASSE" equals "Straße", "A\u200bI" equals "ai".
    """
    text = text[:COMPARED]
    if text.isascii():
        return " ".join(text.lower().split())
    text = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).split())


@lru_cache(maxsize=65536)
def loose(text: str) -> str:
    """The key with punctuation read as blanks: "Object-Oriented" equals "object oriented", yet "C", "C++", "C#" differ.

    A title of nothing but punctuation or emoji is its own loose key.
    """
    plain = key(text)
    return " ".join(_NOT_WORD.sub(" ", plain.replace("&", " and ")).split()) or plain


@lru_cache(maxsize=65536)
def link_key(link: str) -> str:
    """What two wiki links to one note have in common: no `.md`, no heading or block, each folder's name loose."""
    name = re.split(r"[#^|]", link, maxsplit=1)[0].strip() if link[:1] not in "#^" else link
    name = name.removesuffix(".md").removesuffix(".markdown")
    return "/".join(part for part in map(loose, name.split("/")) if part not in {"", ".", ".."})


def slugify(title: str) -> str:
    """An address from a title in any script; empty where nothing of it can stand in one ("🎉", "---")."""
    text = key(title)
    for symbol, spelled in _SPELLED:
        text = text.replace(symbol, spelled)
    kept = "".join(c if c in "-_" or unicodedata.category(c)[0] in "LN" else " " for c in text)
    return "-".join(kept.replace("-", " ").split())[:SLUG].strip("-_")


RESERVED = frozenset({"health", "imports", "new", "titles", "topics"})
"""Addresses of pages that stand where a roadmap's own would."""


class Slugs:
    """Slugs given out in one place where they must be unique."""

    def __init__(self, *taken: Iterable[str]) -> None:
        self._taken: set[str] = set().union(*taken)
        self._last: dict[str, int] = {}

    def take(self, title: str, fallback: str) -> str:
        """A slug for `title` that nothing else has: the plain one, else with -2, -3 ... behind it."""
        stem = slugify(title) or fallback
        number = self._last.get(stem, 0) + 1
        while (slug := stem if number == 1 else f"{stem}-{number}") in self._taken:
            number += 1
        self._last[stem] = number
        self._taken.add(slug)
        return slug
