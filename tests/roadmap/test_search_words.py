"""What was typed and what was meant, and the line that shows it: the pure half of the search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.search.marking import LONGEST, fold, line, marked, plain
from roadmap.search.spelling import Spelling, distance
from tests.pace import cpu_within

WORDS = {"gradient": 9, "gradients": 2, "graph": 7, "attention": 3, "tension": 1, "sets": 5, "réseau": 1}


class TestSpelling:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("grdient", "gradient"),
            ("gradinet", "gradient"),
            ("gradieent", "gradient"),
            ("atention", "attention"),
            ("garph", "graph"),
            ("grap", ""),  # begins a known word
            ("gradient", ""),
            ("zebra", ""),
            ("set", ""),  # too short to be mistyped
            ("", ""),
        ],
    )
    def test_nearest(self, typed: str, meant: str) -> None:
        assert Spelling(WORDS).nearest(typed) == meant

    def test_of_two_as_near_the_commoner_one(self) -> None:
        assert Spelling({"carts": 1, "cards": 5}).nearest("carxs") == "cards"

    @given(st.text("abc", max_size=7), st.text("abc", max_size=7))
    def test_distance_is_symmetric_and_zero_only_for_the_same(self, one: str, other: str) -> None:
        assert distance(one, other, 9) == distance(other, one, 9)
        assert (distance(one, other, 9) == 0) == (one == other)
        assert distance(one, other, 9) <= max(len(one), len(other))

    def test_twenty_thousand_words(self) -> None:
        words = {f"word{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676 % 26)}": 1 for n in range(17_576)}
        spelling = Spelling(words)
        with cpu_within(2):
            for _ in range(20):
                spelling.nearest("wordabcz")


class TestMarking:
    def test_words_that_begin_so_are_marked(self) -> None:
        assert marked("Policy gradients", ["gradient"]) == [("Policy ", False), ("gradients", True)]

    @given(st.text("abA1_ -+*.é", max_size=30), st.lists(st.text("ab1é+", min_size=1, max_size=2), max_size=3))
    def test_a_letter_elsewhere_changes_nothing(self, text: str, words: list[str]) -> None:
        """What is in ASCII alone is looked through in a quicker way."""
        found, alone = marked(f"{text} ж", words), marked(text, words)
        assert [piece for piece, hit in found if hit] == [piece for piece, hit in alone if hit]
        assert "".join(piece for piece, _ in alone) == text

    def test_accents_and_case_do_not_matter(self) -> None:
        assert marked("Les Réseaux", ["reseau"]) == [("Les ", False), ("Réseaux", True)]
        assert fold("Straße") == "strasse"

    def test_chinese_is_marked_character_by_character(self) -> None:
        assert ("学", True) in marked("机器学习", ["学", "习"])

    @given(st.text(max_size=60), st.lists(st.text("abcé学", min_size=1, max_size=3), max_size=3))
    def test_nothing_of_the_text_is_lost(self, text: str, words: list[str]) -> None:
        assert "".join(piece for piece, _ in marked(text, words)) == text

    def test_the_first_text_that_has_a_word_is_cut_around_it(self) -> None:
        found = line(["Nothing here", "word " * 60 + "the [[Sets|gradient]] of it " + "word " * 60], ["gradient"])
        text = "".join(piece for piece, _ in found)
        assert ("gradient", True) in found
        assert text.startswith("… word")
        assert text.endswith(" …")
        assert len(text) <= LONGEST + 4

    def test_without_the_word_the_beginning_is_shown(self) -> None:
        assert line(["", "Nothing here", "more"], ["gradient"]) == [("Nothing here", False)]
        assert line(["", " "], ["gradient"]) == []

    @pytest.mark.parametrize(
        ("markdown", "text"),
        [
            ("- **Bold** and `code` [a link](https://example.org/x)", "- Bold and code a link"),
            ("[[Sets]] and [[Sets|groups]]", "Sets and groups"),
        ],
    )
    def test_markdown_is_shown_as_words(self, markdown: str, text: str) -> None:
        assert plain(markdown) == text

    @pytest.mark.parametrize("piece", ["[[", "[a](", "*", "![", "a ", "学", "[[a|"])
    def test_hostile_text_takes_no_time(self, piece: str) -> None:
        with cpu_within(2):
            line([piece * (50_000 // len(piece))], ["zzz"])
