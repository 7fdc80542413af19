"""What a topic said against what it says: examples, then properties. No database but for the last class."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from roadmap.models import Step, Topic
from roadmap.past.comparing import PARAGRAPHS, Part, Text, aligned, compare, paragraphs
from roadmap.past.then import difference, text_at, text_of
from tests.factories import make_step, make_topic

texts = st.lists(st.sampled_from(["one", "two words", "# Head", "a b c d e", "a b c d f", "x"]), max_size=12)


def only(was: Text, now: Text) -> Part:
    (part,) = compare(was, now)
    return part


class TestCompare:
    def test_the_same_says_nothing(self) -> None:
        text = Text("T", "s", ("d",), "body", ("step",), ("r",))
        assert compare(text, text) == ()

    def test_a_word_inside_a_paragraph(self) -> None:
        was = "First.\n\nWater it every second day in summer.\n\nLast."
        part = only(Text("T", body=was), Text("T", body=was.replace("second", "third")))
        (piece,) = part.pieces
        assert (part.name, piece.what) == ("text", "changed")
        assert [(run.what, run.text) for run in piece.runs if run.what in {"gone", "new"}] == [
            ("gone", "second"),
            ("new", "third"),
        ]

    def test_it_says_under_which_heading(self) -> None:
        part = only(
            Text("T", body="# Care\n\nA.\n\n## Water\n\nB b b."), Text("T", body="# Care\n\nA.\n\n## Water\n\nB b c.")
        )
        assert [piece.under for piece in part.pieces] == ["Water"]

    def test_a_paragraph_that_came_and_one_that_went(self) -> None:
        part = only(Text("T", body="One.\n\nTwo two."), Text("T", body="Zero nil.\n\nOne."))
        assert [(piece.what, piece.was or piece.now) for piece in part.pieces] == [
            ("new", "Zero nil."),
            ("gone", "Two two."),
        ]

    def test_steps_and_resources(self) -> None:
        was = Text("T", steps=("Dig a hole", "Fill it"), resources=("Book (book)",))
        now = Text("T", steps=("Dig a deep hole", "Fill it"), resources=())
        parts = {part.name: [piece.what for piece in part.pieces] for part in compare(was, now)}
        assert parts == {"steps": ["changed"], "resources": ["gone"]}

    def test_a_title_and_a_summary_that_was_empty(self) -> None:
        parts = compare(Text("Old name"), Text("New name", "Said now."))
        assert [(part.name, part.pieces[0].what) for part in parts] == [("title", "changed"), ("summary", "new")]

    def test_a_fence_is_one_paragraph(self) -> None:
        assert paragraphs("a\n\n```\nx\n\n\ny\n```\n\nb") == ["a", "```\nx\n\n\ny\n```", "b"]

    def test_an_endless_text_is_no_endless_work(self) -> None:
        was = "\n\n".join(f"old {n}" for n in range(PARAGRAPHS * 4))
        now = "\n\n".join(f"new {n}" for n in range(PARAGRAPHS * 4))
        part = only(Text("T", body=was), Text("T", body=now))
        assert part.more > PARAGRAPHS

    @given(texts, texts)
    def test_both_texts_can_be_read_off(self, was: list[str], now: list[str]) -> None:
        pieces = list(aligned(was, now))
        assert [piece.was for piece in pieces if piece.what != "new"] == was
        assert [piece.now for piece in pieces if piece.what != "gone"] == now
        assert all((piece.what == "same") == (piece.was == piece.now) for piece in pieces)

    @given(st.text(alphabet="ab# `~\n", max_size=60))
    def test_paragraphs_keep_every_word(self, text: str) -> None:
        assert "".join("".join(paragraphs(text)).split()) == "".join(text.split())
        assert all(paragraph.strip() for paragraph in paragraphs(text))


@pytest.mark.django_db(transaction=True)
class TestThen:
    def test_the_text_of_an_earlier_revision(self) -> None:
        topic = make_topic("Soil", body="Old text.", summary="s", details=["clay"])
        dig, fill = make_step(topic, "Dig"), make_step(topic, "Fill")
        _change(topic, body="Middle text.", revision=2)
        with transaction.atomic():  # an import changes what hangs on a topic together with its revision
            _change(dig, title="Dig deep")
            fill.delete()
            make_step(topic, "Water")
            topic.resources.create(title="Book", kind="book")
            _change(topic, body="New text.", revision=3)
        first, second = text_at(topic.pk, 1), text_at(topic.pk, 2)
        assert first is not None
        assert second is not None
        assert first[0] == Text("Soil", "s", ("clay",), "Old text.", ("Dig", "Fill"))
        assert second[0] == Text("Soil", "s", ("clay",), "Middle text.", ("Dig", "Fill"))
        assert text_of(topic) == Text("Soil", "s", ("clay",), "New text.", ("Dig deep", "Water"), ("Book (book)",))
        assert [part.name for part in difference(topic, 1).parts] == ["text", "steps", "resources"]
        assert text_at(topic.pk, 9) is None
        assert not difference(topic, 9).known


def _change(row: Topic | Step, **fields: object) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
