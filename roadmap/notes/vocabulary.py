"""What the words of notes mean, in many languages; the words themselves stand in `words`, by language.

Structure decides first: a list of links into the same page is a table of contents whatever its heading says. Words only
settle what structure leaves open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from roadmap.notes.words import FIELD_KEYS, KIND_PHRASES, NUMBERS, PHRASES

_DROPPED: Final = frozenset({"Cf", "Mn", "Cc"})


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """What is left of a title for comparing: no case, accents, emoji or punctuation; single blanks."""
    text = text[:400]
    if text.isascii():
        return " ".join(_ASCII.sub(" ", text.lower()).split())
    out = []
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    for char in unicodedata.normalize("NFKD", decomposed.casefold()):  # "𝕬" is a letter A only when decomposed
        if char.isalnum():
            out.append(char)
        elif unicodedata.category(char) in _DROPPED:
            if "ऀ" <= char <= "ॿ":  # the vowel signs of Devanagari are marks, yet letters to its readers
                out.append(char)
        elif "ऀ" <= char <= "ॿ":
            out.append(char)
        else:
            out.append(" ")
    return " ".join("".join(out).split())


_ASCII: Final = re.compile(r"[^a-z0-9]+")


def unspaced(text: str) -> bool:
    """Whether a text is (partly) in a script that puts no blanks between words."""
    return not text.isascii() and _UNSPACED_SCRIPT.search(text) is not None


_UNSPACED_SCRIPT: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


class _Table:
    """The phrases of one meaning, folded, by how a title is compared with them."""

    def __init__(self, phrases: Iterable[str]) -> None:
        folded = [(fold(phrase), phrase) for phrase in phrases]
        self.whole: Final = frozenset(f for f, _ in folded if f)
        """The whole title."""
        self.parts: Final = frozenset(f for f, phrase in folded if f and not phrase.startswith("="))
        """Whole words of it."""
        self.first: Final = frozenset(part.split()[0] for part in self.parts)
        self.open: Final = tuple(f"{f} " for f, phrase in folded if phrase.endswith("*"))
        """The title may go on after them."""
        self.unspaced: Final = tuple(part for part in self.parts if len(part) > 1 and unspaced(part[:1]))
        """Of scripts that put no blanks between words: looked for anywhere. One sign alone means too much."""


_TABLES: Final = {meaning: _Table(phrases) for meaning, phrases in PHRASES.items()}
_FIELDS: Final = {key: name for name, keys in FIELD_KEYS.items() for key in _Table(keys).whole}
_KIND_TABLES: Final = {kind: _Table(phrases).whole for kind, phrases in KIND_PHRASES.items()}


def is_(meaning: str, title: str) -> bool:
    """Whether the whole title is a phrase of this meaning (or starts with one that allows it)."""
    table = _TABLES[meaning]
    folded = fold(title)
    return folded in table.whole or (bool(table.open) and folded.startswith(table.open))


def is_apart(title: str) -> bool:
    """Whether a title is that of a table of contents or of a part about the document, not its subject."""
    return is_("never", title) or is_("contents", title)


def starts(meaning: str, title: str) -> str:
    """The phrase of this meaning a title starts with, folded, or nothing."""
    table = _TABLES[meaning]
    folded = fold(title)
    words = folded.split(" ", 6)[:6]
    if words[0] in table.first:
        for n in range(len(words), 0, -1):
            if (phrase := " ".join(words[:n])) in table.parts:
                return phrase
    return max((p for p in table.unspaced if folded.startswith(p)), key=len, default="") if unspaced(folded[:1]) else ""


def has(meaning: str, title: str) -> bool:
    """Whether a phrase of this meaning stands somewhere in the title, as whole words."""
    table = _TABLES[meaning]
    folded = fold(title)
    if folded in table.whole:
        return True
    words = folded.split()[:24]
    for i, word in enumerate(words):
        if word in table.first:
            for n in range(1, min(5, len(words) - i) + 1):
                if " ".join(words[i : i + n]) in table.parts:
                    return True
    return unspaced(folded) and any(p in folded for p in table.unspaced)


def ends(meaning: str, title: str) -> bool:
    """Whether the title ends with a phrase of this meaning."""
    parts = _TABLES[meaning].parts
    words = fold(title).split()
    return any(" ".join(words[-n:]) in parts for n in range(1, min(4, len(words)) + 1)) if words else False


def alternatives(meaning: str) -> str:
    """The phrases of a meaning as they are written, as the alternatives of a pattern, the longest first."""
    return "|".join(re.escape(phrase) for phrase in sorted(set(PHRASES[meaning]), key=lambda p: (-len(p), p)))


def between(meaning: str) -> re.Pattern[str]:
    """A pattern of the words of a meaning that join two names, by how the script joins: alone or glued to a name."""
    found = []
    for phrase in sorted(set(PHRASES[meaning]), key=lambda p: (-len(p), p)):
        word = re.escape(phrase)
        if unspaced(phrase):
            found.append(word)
        elif len(phrase) == 1 and "\u0590" <= phrase <= "\u06ff":
            found.append(rf"\s{word}\s?(?=\w)")
        elif len(phrase) == 1 and "\uac00" <= phrase <= "\ud7a3":
            found.append(rf"(?<=\w){word}\s")
        else:
            found.append(rf"\s{word}\s")
    return re.compile("|".join(found), re.IGNORECASE)


@lru_cache(maxsize=4096)
def kind_of(label: str) -> str:
    """The kind of resource a label such as "Books" or "(video)" names, or nothing."""
    folded = fold(label)
    return next((kind for kind, words in _KIND_TABLES.items() if folded in words), "")


def field_of(key: str) -> str:
    """The field that a key of front matter or of a `key:: value` line names in any language, of `words.shape.FIELDS`;
    nothing for any other key."""
    return _FIELDS.get(fold(key), "")


def number_in(text: str) -> int | None:
    """The first small number, in digits or as a word; None if there is none."""
    for word in fold(text).split():
        if word.isascii() and word.isdigit() and len(word) <= 2:
            return int(word)
        if word in _FOLDED_NUMBERS:
            return _FOLDED_NUMBERS[word]
    return None


_FOLDED_NUMBERS: Final = {fold(word): number for word, number in NUMBERS.items()}
