"""The vocabulary: every language has every meaning, and no word is there for nothing."""

from __future__ import annotations

import pytest

from roadmap.notes import vocabulary
from roadmap.notes.links import hours_in
from roadmap.notes.outline.labels import choice_in, meaning_of
from roadmap.notes.words import KIND_PHRASES, LANGUAGES, PHRASES
from roadmap.notes.words.shape import COUNTED, KINDS, MEANINGS, Language, split

EACH = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
TEN = {"en", "pt", "es", "fr", "de", "zh", "ja", "ar", "ru", "hi"}


def test_the_ten_languages_are_there() -> None:
    assert {language.code for language in LANGUAGES} >= TEN
    assert len({language.code for language in LANGUAGES}) == len(LANGUAGES)


@EACH
def test_every_meaning_and_kind_has_words(language: Language) -> None:
    assert [m for m in MEANINGS if not language.phrases(m)] == []
    assert [k for k in KINDS if not language.phrases(k)] == []
    assert set(language.meanings) == set(MEANINGS)
    assert set(language.kinds) == set(KINDS)


@EACH
def test_it_counts_to_five(language: Language) -> None:
    groups = language.numbers.split("/")
    assert len(groups) == COUNTED
    assert all(split(group) for group in groups)
    assert [vocabulary.number_in(split(group)[0]) for group in groups] == [1, 2, 3, 4, 5]


@EACH
def test_no_phrase_is_empty_or_said_twice(language: Language) -> None:
    for meaning in (*MEANINGS, *KINDS):
        phrases = language.phrases(meaning)
        folded = [(vocabulary.fold(p) or p, p[-1:], p[:1] == "=") for p in phrases]
        assert len(set(folded)) == len(folded), meaning
        assert all(folded), meaning


@EACH
def test_a_phrase_means_what_it_stands_under(language: Language) -> None:
    """Each meaning is found again by the way the shape says it is compared."""
    for meaning in ("contents", "never", "generic", "name", "number", "done", "here", "empty", "yes", "prerequisites"):
        for phrase in language.phrases(meaning):
            assert vocabulary.is_(meaning, phrase) or not vocabulary.fold(phrase), (meaning, phrase)
    for meaning in ("level", "optional", "needs", "attribute", "excluded"):
        assert all(vocabulary.has(meaning, phrase) for phrase in language.phrases(meaning)), meaning
    assert all(vocabulary.kind_of(phrase) for kind in KINDS for phrase in language.phrases(kind))
    assert choice_in(language.phrases("choose")[0] + " " + split(language.numbers.split("/")[1])[0]) == 2
    assert meaning_of(language.phrases("prerequisites")[0]) == "prerequisites"
    assert meaning_of(language.phrases("resources")[0]) == "resources"
    assert hours_in(f"3 {language.phrases('hour')[0]}") == 3
    assert hours_in(f"30 {language.phrases('minute')[0]}") == 0.5


def test_the_index_merges_all() -> None:
    for name, phrases in {**PHRASES, **KIND_PHRASES}.items():
        assert list(phrases) == [p for language in LANGUAGES for p in language.phrases(name)]


def test_a_phrase_for_whole_titles_is_no_part_of_others() -> None:
    assert vocabulary.has("level", "Bases")
    assert not vocabulary.has("level", "Bases de données")
    assert vocabulary.has("level", "Notions de base")


def test_one_sign_is_no_part_of_a_word() -> None:
    assert vocabulary.has("attribute", "周")
    assert not vocabulary.has("attribute", "每周主题")
