"""Exported and read again: everything is there, word for word, whatever characters it is made of."""

from __future__ import annotations

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from roadmap.notes.house.text import escaped, label, meant
from roadmap.notes.items import Item, Reading, Requirement, Resource
from roadmap.plan import Curriculum
from tests.exporting.trips import anew, as_json, read_again, round_trip, shape
from tests.roadmap.outlines import level, module, one, path, reading, step, topic
from tests.roadmap.test_plan_properties import READINGS, settle

TEXT = st.text(
    st.one_of(
        st.sampled_from("ab 1.()[]{}|*_`~^#-+:=<>\\\"'&$!%,;—\n\t"),
        st.sampled_from("é中文ع🎉👩‍🚀â€\u200f\u2028\x85\u200b"),
    ),
    max_size=14,
)
NAME = TEXT.filter(lambda text: text.strip() != "")
SAID = st.one_of(
    NAME,
    st.sampled_from(
        (
            "Optional", "Bonus", "FAQ", "Resources", "Table of contents", "1. Intro", "2) Next", "Graphs (optional)",
            "Trees (depends on Graphs)", "A | B", "[[Link]]", "[x] Done", "requires:: X", "- dash", "> quote", "# head",
            "**bold**", "Ends ^id", "none", "yes", "License", "Pick one", "Beginner", "Part 1", "A → B", "[a](b)",
            '`"x"`', "Café", "مقدمة", "C:\\x", "#^ ", "#^graphs", "^graphs",
        )
    ),
)  # fmt: skip
RESOURCES = st.builds(
    Resource,
    NAME.map(str.strip),
    st.sampled_from(("", "https://example.org/a_b(c)", "https://example.org/<x> y", "notes/a.md", "`")),
    st.sampled_from(("link", "book", "video", "course")),
)
META = st.dictionaries(
    NAME,
    st.one_of(TEXT, st.lists(TEXT, max_size=2), st.dictionaries(NAME, st.lists(TEXT, max_size=2), max_size=2)),
    max_size=2,
).map(lambda fields: tuple(fields.items()))


@st.composite
def topics(draw: st.DrawFn) -> Item:
    return topic(
        draw(SAID).strip(),
        *(step(title) for title in draw(st.lists(SAID, max_size=2))),
        summary=draw(st.one_of(st.just(""), TEXT)),
        body=draw(st.one_of(st.just(""), st.just(""), TEXT, st.just("# Head\n\n- [x] box\n\n---\nx: y\n---"))),
        details=tuple(draw(st.lists(SAID, max_size=3))),
        optional=draw(st.booleans()),
        planned=draw(st.booleans()),
        hours=draw(st.sampled_from((None, 1.0, 2.25, 1234.56))),
        needs=tuple(
            draw(
                st.lists(
                    st.builds(Requirement, SAID, st.one_of(st.just(""), TEXT), st.sampled_from(("", "g", "h"))),
                    max_size=4,
                )
            )
        ),
        aliases=tuple(draw(st.lists(NAME, max_size=2))),
        related=tuple(draw(st.lists(NAME, max_size=2))),
        resources=tuple(draw(st.lists(RESOURCES, max_size=2))),
        meta=draw(META),
    )


def sections(depth: int = 3) -> st.SearchStrategy[Item]:
    inner = topics() if depth == 0 else st.one_of(topics(), sections(depth - 1))
    return st.builds(
        lambda make, title, items, **fields: make(title.strip(), *items, **fields),
        st.sampled_from((level, module)),
        SAID,
        st.lists(inner, max_size=3),
        ordered=st.booleans(),
        optional=st.booleans(),
        choose=st.sampled_from((None, 1, 2)),
        number=st.sampled_from((None, 0, 7)),
        summary=st.one_of(st.just(""), TEXT),
        resources=st.lists(RESOURCES, max_size=1).map(tuple),
    )


WILD = st.builds(
    lambda title, items, summary, meta: reading(
        path(title.strip(), *items, topic("Graphs"), summary=summary, meta=meta)
    ),
    SAID,
    st.lists(st.one_of(topics(), sections()), max_size=3),
    st.one_of(st.just(""), TEXT),
    META,
)


def all_is_there(curriculum: Curriculum) -> None:
    by_uid = curriculum.topic_by_uid()
    for roadmap in curriculum.roadmaps:
        if any(not by_uid[s.topic].retired for section in roadmap.sections for s in section.seats):
            export, again = round_trip(curriculum, roadmap.uid)
            assert shape(anew(again)) == shape(export.curriculum)
            assert shape(anew(read_again(as_json(export, curriculum)))) == shape(export.curriculum)


@settings(max_examples=80, phases=[Phase.generate])
@given(WILD)
def test_any_characters_survive(notes: Reading) -> None:
    all_is_there(settle(Curriculum(), notes))


@settings(max_examples=60)
@given(st.lists(READINGS, min_size=1, max_size=2))
def test_any_curriculum_survives(readings: list[Reading]) -> None:
    now = Curriculum()
    for notes in readings:
        now = settle(now, notes)
    all_is_there(now)


@given(st.one_of(SAID, TEXT))
def test_a_line_says_any_text(text: str) -> None:
    for told in (escaped(text), label(text)):
        assert meant(told) == text
        assert "\n" not in told
    assert not escaped(text).startswith(("- ", "> ", "# "))
    assert "]]" not in label(text).replace("\\]", "")


def test_a_title_like_our_own_json_survives_as_a_link() -> None:
    for title in ('`"x"`', "`", '`"', "a]]b", "A | B", "\\"):
        all_is_there(settle(Curriculum(), one(module("M", topic(title, body="Text."), topic("B", needs=(title,))))))
