"""What the words of notes mean, in many languages; the words themselves stand in `words`.

Structure decides first: a list of links into the same page is a table of contents whatever its heading says. Words only
settle what structure leaves open.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from roadmap.notes.words import KINDS, NUMBERS, WORDS

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


def _phrases(table: dict[str, str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """(phrases compared whole, phrases that a title may go on after)."""
    whole, starts = set(), []
    for line in table.values():
        for phrase in line.split("|"):
            folded = fold(phrase)
            whole.add(folded)
            if phrase.endswith("*"):
                starts.append(folded + " ")
    return frozenset(whole - {""}), tuple(starts)


_TABLES: Final = {meaning: _phrases(table) for meaning, table in WORDS.items()}
_KIND_TABLES: Final = {kind: _phrases(table)[0] for kind, table in KINDS.items()}
_FIRST_WORDS: Final = {m: frozenset(p.split()[0] for p in whole if p) for m, (whole, _) in _TABLES.items()}
_UNSPACED: Final = {m: tuple(p for p in whole if unspaced(p[:1])) for m, (whole, _) in _TABLES.items()}
"""Phrases of scripts that put no blanks between words: looked for anywhere."""


def is_(meaning: str, title: str) -> bool:
    """Whether the whole title is a phrase of this meaning (or starts with one that allows it)."""
    whole, starts = _TABLES[meaning]
    folded = fold(title)
    return folded in whole or (bool(starts) and folded.startswith(starts))


def starts(meaning: str, title: str) -> str:
    """The phrase of this meaning a title starts with, folded, or nothing."""
    folded = fold(title)
    words = folded.split(" ", 6)[:6]
    if words[0] in _FIRST_WORDS[meaning]:
        whole, _ = _TABLES[meaning]
        for n in range(len(words), 0, -1):
            if (phrase := " ".join(words[:n])) in whole:
                return phrase
    return next((p for p in _UNSPACED[meaning] if folded.startswith(p)), "") if unspaced(folded[:1]) else ""


def has(meaning: str, title: str) -> bool:
    """Whether a phrase of this meaning stands somewhere in the title, as whole words."""
    whole, first_words = _TABLES[meaning][0], _FIRST_WORDS[meaning]
    folded = fold(title)
    words = folded.split()[:24]
    for i, word in enumerate(words):
        if word in first_words:
            for n in range(1, min(5, len(words) - i) + 1):
                if " ".join(words[i : i + n]) in whole:
                    return True
    return unspaced(folded) and any(p in folded for p in _UNSPACED[meaning])


def ends(meaning: str, title: str) -> bool:
    """Whether the title ends with a phrase of this meaning."""
    whole, _ = _TABLES[meaning]
    words = fold(title).split()
    return any(" ".join(words[-n:]) in whole for n in range(1, min(4, len(words)) + 1)) if words else False


@lru_cache(maxsize=4096)
def kind_of(label: str) -> str:
    """The kind of resource a label such as "Books" or "(video)" names, or nothing."""
    folded = fold(label)
    return next((kind for kind, words in _KIND_TABLES.items() if folded in words), "")


def number_in(text: str) -> int | None:
    """The first small number, in digits or as a word; None if there is none."""
    for word in fold(text).split():
        if word.isascii() and word.isdigit() and len(word) <= 2:
            return int(word)
        if word in _FOLDED_NUMBERS:
            return _FOLDED_NUMBERS[word]
    return None


_FOLDED_NUMBERS: Final = {fold(word): number for word, number in NUMBERS.items()}
