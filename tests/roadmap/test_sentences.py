"""Sentences of the pure core: English for commands, and the same said in another language."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from django.utils import translation

from roadmap.in_words import in_words
from roadmap.notes.items import Problem, Reading
from roadmap.notes.packing import pack
from roadmap.sentences import Sentence, as_row, nsentence, of_row, recognised, sentence, wording
from roadmap.studio.saying import FIELDS, SAID, kept, said_again

ENOUGH = nsentence("%(n)s of its topics is enough", "%(n)s of its topics are enough", 1200)
NEEDS = sentence("needs “%(name)s”", name="50 % of it")


def spanish(said: object) -> str:
    with translation.override("es"):
        return in_words(said)


class TestSentences:
    def test_it_is_its_english_text(self) -> None:
        assert NEEDS == "needs “50 % of it”"
        assert ENOUGH == "1,200 of its topics are enough"
        assert sentence("YAML directives (%) are not read.") == "YAML directives (%) are not read."

    def test_it_is_said_in_the_readers_language(self) -> None:
        assert spanish(NEEDS) == "necesita «50 % of it»"
        assert spanish(ENOUGH) == "1\N{NO-BREAK SPACE}200 de sus temas bastan"
        assert spanish("somebody's own words") == "somebody's own words"

    def test_errors_and_copies_carry_it(self) -> None:
        assert spanish(ValueError(NEEDS)) == spanish(copy.deepcopy(NEEDS)) == spanish(NEEDS)

    def test_sentences_and_lists_inside(self) -> None:
        told = sentence("divided into %(titles)s", titles=("A", "B", "C"))
        assert told == "divided into A, B and C"
        assert spanish(told) == "repartido en A, B y C"
        outer = sentence("%(message)s The fields are not read, the text below is.", message=sentence("has no hours"))
        assert spanish(outer).startswith("no tiene horas Los campos")

    @pytest.mark.parametrize("said", [NEEDS, ENOUGH, sentence("divided into %(titles)s", titles=("A", "B"))])
    def test_json_and_back(self, said: Sentence) -> None:
        again = of_row(json.loads(json.dumps(as_row(said))))
        assert (again, spanish(again)) == (said, spanish(said))

    def test_a_reading_keeps_it_on_its_way_from_the_child(self) -> None:
        problems = (Problem("a.md", 1, "error", "x", NEEDS), Problem("a.md", 1, "error", "x", "plain"))
        (first, second) = pack(Reading(problems=problems)).reading().problems
        assert (spanish(first.message), second.message) == (spanish(NEEDS), "plain")

    def test_what_nothing_says_is_not_recognised(self) -> None:
        assert recognised("Moved the piano", SAID.values()) is None
        assert recognised("answers 404", (wording("answers %(status)s"),)) == "answers 404"


def values_of(code: str) -> dict[str, Any]:
    filled: dict[str, Any] = {
        "title": "“A” to B",
        "was": "A",
        "now": "B",
        "place": "P",
        "keep": "K",
        "gone": "G",
        "number": "3",
    }
    filled |= {"requires": "R", "files": "a.md, b.md", "fields": ("title", "body"), "n": 2}
    return {name: value for name, value in filled.items() if f"%({name})s" in SAID[code].message}


class TestHistory:
    @pytest.mark.parametrize("code", SAID)
    def test_a_row_of_before_says_what_a_new_one_says(self, code: str) -> None:
        """Rows that were stored without a code are known by their words."""
        row = json.loads(json.dumps(kept(code, **values_of(code))))
        assert row["code"] == code
        assert spanish(said_again({"said": row["said"]})) == spanish(said_again(row)) != row["said"]

    def test_words_that_nobody_knows_stay(self) -> None:
        assert spanish(said_again({"said": "Painted the shed"})) == "Painted the shed"
        assert said_again({}) == ""

    def test_a_code_of_a_later_version_reads_as_it_was_written(self) -> None:
        assert said_again({"said": "Painted the shed", "code": "painted", "values": {}}) == "Painted the shed"

    def test_fields_are_named(self) -> None:
        assert FIELDS["slug"] == "address"
        assert kept("changed", fields=("title", "slug"), title="A")["said"] == "Changed title and address of “A”"
