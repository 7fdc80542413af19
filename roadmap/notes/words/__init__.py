"""The words that carry meaning in notes: one module per language, all of one shape, merged here.

To add a language, copy the module of a language you know, translate it, and name it in LANGUAGES;
tests/notes/test_words.py says what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from roadmap.notes.words.arabic import ARABIC
from roadmap.notes.words.chinese import CHINESE
from roadmap.notes.words.english import ENGLISH
from roadmap.notes.words.french import FRENCH
from roadmap.notes.words.german import GERMAN
from roadmap.notes.words.hebrew import HEBREW
from roadmap.notes.words.hindi import HINDI
from roadmap.notes.words.italian import ITALIAN
from roadmap.notes.words.japanese import JAPANESE
from roadmap.notes.words.korean import KOREAN
from roadmap.notes.words.persian import PERSIAN
from roadmap.notes.words.portuguese import PORTUGUESE
from roadmap.notes.words.russian import RUSSIAN
from roadmap.notes.words.shape import FIELDS, KINDS, MEANINGS, Language
from roadmap.notes.words.spanish import SPANISH

LANGUAGES: Final = (
    ENGLISH,
    PORTUGUESE,
    SPANISH,
    FRENCH,
    GERMAN,
    ITALIAN,
    RUSSIAN,
    CHINESE,
    JAPANESE,
    KOREAN,
    ARABIC,
    PERSIAN,
    HEBREW,
    HINDI,
)
"""Where two languages share a word for different kinds of resources, the kind that KINDS names first is meant."""


def _merged(names: Mapping[str, str] | tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(p for language in LANGUAGES for p in language.phrases(name)) for name in names}


PHRASES: Final = _merged(MEANINGS)
"""Meaning -> phrases of all languages, as written."""
KIND_PHRASES: Final = _merged(KINDS)
FIELD_KEYS: Final = {name: tuple(key for language in LANGUAGES for key in language.keys(name)) for name in FIELDS}
"""Field -> its keys in all languages, as written."""
NUMBERS: Final = {word: n for language in LANGUAGES for word, n in language.counted().items()}
"""Small numbers as words."""

__all__ = ["FIELD_KEYS", "KIND_PHRASES", "LANGUAGES", "MEANINGS", "NUMBERS", "PHRASES", "Language"]
