"""Edits written back into notes: the least of a file changes, and what cannot be said there is refused."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import currently_in_test_context, given, note, settings
from hypothesis import strategies as st

from roadmap.in_words import in_words
from roadmap.notes import files
from roadmap.notes.files import NoteFile
from roadmap.notes.items import Item, Requirement, Resource
from roadmap.notes.reading import folder_of
from roadmap.notes.writing import FIELDS, Asked, Notes, NotWritableError, Written, proof, write

OUTLINE = """# Garden

## Beginner

### 1. Ground

* **Soil** (clay, sand): what it is
  * [ ] Dig
  * [x] Rake
* Seeds — small things
* Water
* [Sun](https://sun.example)
  * Books:
    * [Light](https://light.example)

### 2. Growing

1. Harvest (depends on Seeds)
2. Store [hours:: 3]
3. Sell ^sell
"""
NOTE = """---
title: Soil things
aliases: [Earth, 'Ground']
# how long
hours: 3
summary: "All of it"
requires:
  - "[[Water]] — wet"
  - Sun
resources:
  - title: Book
    url: https://book.example
colour: red
---

# Soil

Text of it.

More text.

## Steps

- [ ] one
- [x] two
"""
TABLE = """| No | Topic | What | Hours | Prerequisites |
|--|--|--|--|--|
| 1 | **Soil** | what \\| it | 3 h | - |
| 2 | [[seed]] |  | 2 h | Soil |
| 3 | Water | wet things all over. | | Soil, seed |
"""
MAP = """#map

- [[Soil]] — what is below
- [[seed|Seeds]]
  - requires:: [[Soil]] — they lie in it
- [[Water]]
"""
BESIDE = (NoteFile("water.md", b"# Water\n\nWet.\n"), NoteFile("sun.md", b"# Sun\n\nLight is\r\nfine.\r\n"))


def notes_of(text: str | bytes, path: str = "README.md", beside: tuple[NoteFile, ...] = ()) -> Notes:
    data = text.encode() if isinstance(text, str) else text
    return Notes.of((NoteFile(path, data), *beside), "garden")


def topic_of(notes: Notes, title: str) -> Item:
    return next(item for item in proof.topics(notes.reading) if item.kind == "topic" and item.title == title)


def said(notes: Notes, topic: Item, field: str) -> Any:
    """What the notes say of a field of a topic."""
    at = proof.mentions(notes.reading, topic.source, topic.line, topic.title)
    value = proof.value([proof.topics(notes.reading)[index] for index in at], field)
    return tuple(Requirement(*parts) for parts in value) if field == "requires" else value


def written(notes: Notes, title: str, field: str, new: Any) -> Written:
    topic = topic_of(notes, title)
    return write(notes, Asked(topic.source, topic.line, title, field, said(notes, topic, field), new))


def lines(done: Written) -> tuple[list[str], list[str]]:
    """(lines that went, lines that came)."""
    before, after = (data.decode().splitlines(keepends=True) for data in (done.before, done.after))
    while before and after and before[0] == after[0]:
        del before[0], after[0]
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1]
    return before, after


SOIL = "* **Soil** (clay, sand): what it is\n"
SAID: list[tuple[str, str, Any, list[str], list[str]]] = [
    ("Soil", "title", "Earth", [SOIL], ["* **Earth** (clay, sand): what it is\n"]),
    ("Soil", "title", "تربة", [SOIL], ["* **تربة** (clay, sand): what it is\n"]),
    ("Soil", "summary", "whole | new", [SOIL], ["* **Soil** (clay, sand): whole | new\n"]),
    ("Soil", "summary", "", [SOIL], ["* **Soil** (clay, sand)\n"]),
    ("Water", "summary", "`wet` <b>", ["* Water\n"], ["* Water — \\`wet\\` \\<b\\>\n"]),
    ("Seeds", "summary", "", ["* Seeds — small things\n"], ["* Seeds\n"]),
    ("Soil", "details", ("clay", "loam"), [SOIL], ["* **Soil** (clay, loam): what it is\n"]),
    ("Soil", "details", (), [SOIL], ["* **Soil**: what it is\n"]),
    ("Water", "details", ("hot", "ice cold"), ["* Water\n"], ["* Water (hot, ice cold)\n"]),
    ("Store", "hours", 2.5, ["2. Store [hours:: 3]\n"], ["2. Store [hours:: 2.5]\n"]),
    ("Store", "hours", None, ["2. Store [hours:: 3]\n"], ["2. Store\n"]),
    ("Sell", "hours", 2, ["3. Sell ^sell\n"], ["3. Sell [hours:: 2] ^sell\n"]),
    ("Water", "optional", True, ["* Water\n"], ["* Water (optional)\n"]),
    ("Soil", "steps", ("Dig", "Rake", "Sow"), [], ["  * [ ] Sow\n"]),
    ("Soil", "steps", ("Dig deep", "Rake"), ["  * [ ] Dig\n"], ["  * [ ] Dig deep\n"]),
    ("Soil", "steps", ("Rake",), ["  * [ ] Dig\n"], []),
    ("Soil", "steps", ("Rake", "Dig"), ["  * [ ] Dig\n", "  * [x] Rake\n"], ["  * [x] Rake\n", "  * [ ] Dig\n"]),
    ("Water", "resources", (Resource("W", "https://w.example"),), [], ["  - [W](https://w.example)\n"]),
    ("Water", "resources", (Resource("W", "https://w.example", "book"),), [],
     ["  - Books:\n", "    - [W](https://w.example)\n"]),
    ("Water", "requires", (Requirement("Soil"),), [], ["  - requires:: [[Soil]]\n"]),
    ("Harvest", "requires", (), ["1. Harvest (depends on Seeds)\n"], ["1. Harvest\n"]),
    ("Harvest", "requires", (Requirement("Soil"),), ["1. Harvest (depends on Seeds)\n"],
     ["1. Harvest (depends on Soil)\n"]),
    ("Water", "aliases", ("H2O",), ["* Water\n"], ["* Water [aliases:: H2O]\n"]),
]  # fmt: skip


class TestOutline:
    @pytest.mark.parametrize(("title", "field", "new", "went", "came"), SAID)
    def test_it_works(self, title: str, field: str, new: Any, went: list[str], came: list[str]) -> None:
        done = written(notes_of(OUTLINE), title, field, new)
        assert lines(done) == (went, came)
        assert said(done.notes, topic_of(done.notes, new if field == "title" else title), field) == new

    @pytest.mark.parametrize(
        ("title", "field", "new", "code", "sentence"),
        [
            ("Soil", "title", "3. Earth", "changes-more", "number"),
            ("Soil", "summary", "two\nlines", "no-place", "no one place"),
            ("Sun", "title", "Star", "changes-more", "resources of “Star”"),
            ("Water", "body", "A text.", "no-place", "no note is only about it"),
            ("Soil", "summary", "what it is", "said-already", "so already"),
            ("Soil", "colour", "red", "no-such-field", "colour"),
        ],
    )
    def test_what_it_cannot_say_is_refused(self, title: str, field: str, new: Any, code: str, sentence: str) -> None:
        notes = notes_of(OUTLINE)
        topic = topic_of(notes, title)
        old = said(notes, topic, field) if field in FIELDS else ""
        with pytest.raises(NotWritableError, match=sentence) as refused:
            write(notes, Asked(topic.source, topic.line, title, field, old, new))
        assert refused.value.code == code

    def test_everything_that_can_stand_in_the_way_has_a_name(self) -> None:
        said = {each.name for each in fields(Item)} - {"line", "items", "rule"}
        assert {*FIELDS, *said, "slug"} <= proof.CALLED.keys()

    @pytest.mark.parametrize(
        ("told", "english", "said"),
        [
            ("Earth", "“Earth”", "«Earth»"),
            (2.5, "“2.5”", "«2.5»"),
            ("", "nothing", "nada"),
            ((), "nothing", "nada"),
            (True, "optional", "opcional"),
            (("Dig", "Rake"), "“Dig”, “Rake”", "«Dig», «Rake»"),
            ((("Soil", "", ""),), "“Soil”, nothing, nothing", "«Soil», nada, nada"),
            ((Resource("W", "https://w.example", "book"),), "“W” (https://w.example, book)",
             "«W» (https://w.example, libro)"),
        ],
    )  # fmt: skip
    def test_what_it_would_be_read_as_is_told(self, told: Any, english: str, said: str) -> None:
        shown = proof._shown(told)
        with translation.override("es"):
            assert (shown, in_words(shown)) == (english, said)

    def test_what_requires_it_by_its_title_is_changed_with_it(self) -> None:
        done = written(notes_of(OUTLINE), "Seeds", "title", "Grain")
        text = OUTLINE.replace("* Seeds", "* Grain").replace("depends on Seeds", "depends on Grain")
        assert done.after.decode() == text
        linked = OUTLINE.replace("(depends on Seeds)", "\n   - requires:: [[Seeds]] — first Seeds")
        with pytest.raises(NotWritableError, match="what “Harvest” requires"):
            written(notes_of(linked), "Seeds", "title", "Grain")

    def test_not_in_other_files(self) -> None:
        lessons = (
            NoteFile("1-soil.md", b"# Soil\n\nBelow.\n"),
            NoteFile("2-sowing.md", b"---\nrequires: [Soil]\n---\n# Sowing\n\nAbove.\n"),
        )
        with pytest.raises(NotWritableError, match="what “Sowing” requires"):
            written(Notes.of(lessons, "garden"), "Soil", "title", "Earth")

    def test_a_topic_that_is_not_there(self) -> None:
        with pytest.raises(NotWritableError, match="does not stand at line 3"):
            write(notes_of(OUTLINE), Asked("README.md", 3, "Soil", "title", "Soil", "Earth"))

    def test_notes_that_say_something_else_by_now(self) -> None:
        notes = notes_of(OUTLINE)
        line = topic_of(notes, "Soil").line
        with pytest.raises(NotWritableError, match="when they were read"):
            write(notes, Asked("README.md", line, "Soil", "summary", "what it was", "new"))


class TestNoteOfItsOwn:
    @pytest.mark.parametrize(
        ("field", "new", "went", "came"),
        [
            ("title", "Earth: a", ["title: Soil things\n"], ['title: "Earth: a"\n']),
            ("summary", "# 'y'", ['summary: "All of it"\n'], ["summary: \"# 'y'\"\n"]),
            ("summary", "two\nlines", ['summary: "All of it"\n'], ['summary: "two\\nlines"\n']),
            ("summary", "", ['summary: "All of it"\n'], []),
            ("hours", 4.5, ["hours: 3\n"], ["hours: 4.5\n"]),
            ("hours", None, ["hours: 3\n"], []),
            ("aliases", ("Earth", "Mud"), ["aliases: [Earth, 'Ground']\n"], ["aliases: [Earth, Mud]\n"]),
            ("requires", (Requirement("Water", "wet"),), ["  - Sun\n"], []),
            ("resources", (Resource("Book", "https://book.example"), Resource("N", "https://n.example", "video")), [],
             ['  - {title: "N", url: "https://n.example", kind: video}\n']),
            ("body", "Text of that.\n\nMore text.", ["Text of it.\n"], ["Text of that.\n"]),
            ("steps", ("one",), ["- [x] two\n"], []),
            ("optional", True, [], ["optional: true\n"]),
        ],
    )  # fmt: skip
    def test_it_works(self, field: str, new: Any, went: list[str], came: list[str]) -> None:
        done = written(notes_of(NOTE, "soil.md", BESIDE), "Soil things", field, new)
        assert (done.path, lines(done)) == ("soil.md", (went, came))

    def test_a_note_without_fields_gets_them(self) -> None:
        done = written(notes_of(NOTE, "soil.md", BESIDE), "Sun", "hours", 1)
        assert (done.path, done.after) == ("sun.md", b"---\r\nhours: 1\r\n---\r\n# Sun\n\nLight is\r\nfine.\r\n") or (
            done.after == b"---\nhours: 1\n---\n# Sun\n\nLight is\r\nfine.\r\n"
        )

    def test_steps_make_a_section(self) -> None:
        done = written(notes_of(NOTE, "soil.md", BESIDE), "Sun", "steps", ("look", "away"))
        assert done.after == b"# Sun\n\nLight is\r\nfine.\r\n\r\n## Steps\r\n\r\n- [ ] look\r\n- [ ] away\r\n"

    def test_a_note_that_a_map_links(self) -> None:
        beside = (NoteFile("Soil.md", NOTE.replace("title: Soil things", "title: Soil").encode()),)
        done = written(notes_of(MAP, "map.md", beside), "Soil", "hours", 5)
        assert (done.path, lines(done)) == ("Soil.md", (["hours: 3\n"], ["hours: 5\n"]))
        label = written(notes_of(MAP, "map.md", beside), "Water", "title", "Wet")
        assert lines(label) == (["- [[Water]]\n"], ["- [[Water|Wet]]\n"])

    def test_a_field_that_is_no_plain_yaml_is_left_alone(self) -> None:
        odd = NOTE.replace("colour: red", "colour: [[A]], [[B]]")
        with pytest.raises(NotWritableError):
            written(notes_of(odd, "soil.md", BESIDE), "Soil things", "hours", 5)


class TestTable:
    @pytest.mark.parametrize(
        ("title", "field", "new", "cell", "now"),
        [
            ("Soil", "summary", "a|b", "| what \\| it |", "| a\\|b |"),
            ("Soil", "hours", 4, "| 3 h |", "| 4 h |"),
            ("seed", "title", "Seeds", "[[seed]]", "[[seed\\|Seeds]]"),
            ("seed", "summary", "small", "[[seed]] |  |", "[[seed]] | small |"),
            ("seed", "requires", (), "| Soil |\n", "|  |\n"),
            ("Water", "requires", (Requirement("Soil"),), "| Soil, seed |", "| Soil |"),
            ("Water", "summary", "", "| wet things all over. |", "|  |"),
        ],
    )
    def test_it_works(self, title: str, field: str, new: Any, cell: str, now: str) -> None:
        done = written(notes_of(TABLE), title, field, new)
        assert done.after.decode() == TABLE.replace(cell, now, 1)


class TestBytes:
    """Whatever a file is made of, only the changed span is another."""

    def test_a_mark_and_mixed_line_ends_and_no_last_one(self) -> None:
        data = codecs.BOM_UTF8 + b"# Garden\r\n\r\n- Soil\n- Water\r\n- Sun"
        done = written(notes_of(data), "Water", "title", "Sea")
        assert done.after == data.replace(b"Water", b"Sea")
        more = written(notes_of(data), "Sun", "steps", ("Look",))
        assert more.after == data + b"\r\n  - [ ] Look"

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_utf16(self, encoding: str) -> None:
        text = "\ufeff# Garten 🌱\r\n\r\n- Böden\r\n- Wasser 💧\r\n"
        done = written(notes_of(text.encode(encoding)), "Böden", "title", "Erde 🌍")
        assert done.after == text.replace("Böden", "Erde 🌍").encode(encoding)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_fields_come_behind_the_mark(self, encoding: str) -> None:
        text = "# Sun\r\n\r\nLight.\r\n"
        files_ = (NoteFile("sun.md", text.encode(encoding)), NoteFile("sea.md", b"# Sea\n\nWet.\n"))
        done = written(Notes.of(files_, "garden"), "Sun", "hours", 2)
        assert done.after == f"---\r\nhours: 2\r\n---\r\n{text}".encode(encoding)

    def test_damaged_characters_elsewhere_stay_damaged(self) -> None:
        text = "# Garden\n\n- Soil — itâ€™s below\n- Water itâ€™s wet\n- ðŸŒ± Sprout\n"
        done = written(notes_of(text), "Soil", "title", "Earth")
        assert done.after.decode() == text.replace("Soil", "Earth")
        sprout = written(notes_of(text), "🌱 Sprout", "title", "🌱 Shoot")
        assert sprout.after.decode() == text.replace("Sprout", "Shoot")

    def test_what_was_repaired_for_reading_is_not_written_over(self) -> None:
        text = "# Garden\n\n- Soil\n- Water itâ€™s wet\n"
        with pytest.raises(NotWritableError, match=r"Line 4 of README.md holds damaged") as refused:
            written(notes_of(text), "Water it’s wet", "title", "Sea")
        assert refused.value.code == "repaired"

    def test_escapes_and_entities_beside_it_stay(self) -> None:
        text = "# Garden\n\n- C\\_x &amp; **more** [[of|it]] words\n- b\n"
        title = topic_of(notes_of(text), "C_x & more it words").title
        done = written(notes_of(text), title, "title", title.replace("words", "texts"))
        assert done.after.decode() == text.replace("words", "texts")


# Random curricula and random edits.

AWKWARD = st.sampled_from(
    [
        "*", "_", "**bold**", "`code`", "[x]", "[[Link]]", "[a](b)", "|", "\\", "<b>", "&amp;", "$x$", "~~gone~~",
        "#tag",
        "1. one", "- dash", "+", "> quote", ": ", " — ", "::", "(note)", "(a, b)", "^id", "<!-- id: a -->", "---", "!",
        "hours:: 3", "C++", "C#", "ألف باء", "机器学习", "数学、统计", "🌱", "👩‍🔬", "naïve", "½", "a_b_c", "5 * 3 * 2",
        "'", '"',
        "word", "two words", "optional", "Part 2", "%", "{x}", "\u200f", "e\u0301", "…", "http://a.example/?b=c&d",
    ]
)  # fmt: skip
PHRASE = st.lists(AWKWARD | st.text("abc ÄßÇ.,;-", min_size=1, max_size=6), min_size=1, max_size=4).map(
    lambda parts: " ".join("".join(p + " " for p in parts).split())
).filter(lambda text: any(char.isalnum() for char in text))  # fmt: skip
TEXTS = st.lists(PHRASE, max_size=3, unique=True).map(tuple)
NAMES = [
    "Soil",
    "Water",
    "Seeds",
    "数学",
    "ألف",
    "Air (light)",
    "The *sun*",
    "C\\_x",
    "Naïve &amp; more",
    "Fire 🔥",
    "a_b",
]
NEW: dict[str, st.SearchStrategy[Any]] = {
    "title": PHRASE,
    "summary": PHRASE | st.just(""),
    "hours": st.none() | st.sampled_from([0.5, 1, 2.25, 40]),
    "details": TEXTS,
    "optional": st.booleans(),
    "steps": TEXTS,
    "resources": st.lists(
        st.builds(Resource, PHRASE, st.sampled_from(["https://a.example/x_(y)", "https://b.example", "c d.md"])),
        max_size=2, unique=True,
    ).map(tuple),
    "body": st.lists(PHRASE, max_size=3).map("\n\n".join),
    "requires": st.lists(st.builds(Requirement, st.sampled_from(NAMES[:5])), max_size=2, unique=True).map(tuple),
    "aliases": TEXTS,
}  # fmt: skip


@st.composite
def curricula(draw: st.DrawFn) -> Notes:
    """Notes in one of the dialects, in one of the encodings."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=3, max_size=6, unique=True))
    told = [draw(PHRASE) for _ in names]
    dialect = draw(st.sampled_from(["outline", "bold", "boxes", "table", "map", "files"]))
    if dialect == "files":
        made = []
        for number, (name, text) in enumerate(zip(names, told, strict=True)):
            front = draw(
                st.sampled_from(["", "---\nhours: 2\nsummary: said\n---\n", "---\ntags: [a]\nrequires:\n- Soil\n---\n"])
            )
            boxes = draw(st.sampled_from(["", "\n- [ ] first\n- [x] second\n"]))
            made.append((f"{number}-note.md", f"{front}# {name}\n\n{text}\n{boxes}"))
    else:
        made = [("README.md", "# Garden\n\n" + _outline(draw, dialect, names, told))]
        if draw(st.booleans()) and dialect == "map":
            made.append(("Soil.md", "---\nhours: 3\n---\n# Soil\n\nBelow.\n"))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    ends = draw(st.sampled_from(["\n", "\r\n"]))
    last = draw(st.booleans())
    texts = [(path, (text if last else text.rstrip("\n")).replace("\n", ends)) for path, text in made]
    return Notes.of([NoteFile(path, text.encode(encoding, "replace")) for path, text in texts], "garden")


def _outline(draw: st.DrawFn, dialect: str, names: list[str], told: list[str]) -> str:
    if dialect == "table":
        rows = "".join(
            f"| {n} | {name} | {text.replace('|', '/')} |\n"
            for n, (name, text) in enumerate(zip(names, told, strict=True), 1)
        )
        return f"| No | Topic | What |\n|--|:--|--|\n{rows}"
    lead = {"bold": "**{}**: {}", "boxes": "[ ] {} — {}", "map": "[[{}]] — {}", "outline": "{} — {}"}[dialect]
    mark = draw(st.sampled_from(["- ", "* ", "1. ", "-   "]))
    found = ["#map\n\n"] if dialect == "map" else ["## Beginner\n\n### 1. Ground\n\n"]
    for name, text in zip(names, told, strict=True):
        found.append(mark + lead.format(name, text) + "\n")
        below = draw(
            st.sampled_from(
                [
                    "",
                    "- [ ] do\n- [x] undo\n",
                    "- requires:: [[Soil]]\n",
                    "- [A](https://b.example)\n",
                    "- [hours:: 3]\n",
                ]
            )
        )
        found += [" " * len(mark) + line + "\n" for line in below.splitlines()]
    return "".join(found)


class TestProperties:
    @settings(max_examples=150)
    @given(notes=curricula(), data=st.data())
    def test_an_edit_is_read_back_or_refused(self, notes: Notes, data: st.DataObject) -> None:
        topics = [item for item in proof.topics(notes.reading) if item.kind == "topic"]
        if not topics:
            return
        topic = data.draw(st.sampled_from(topics))
        field = data.draw(st.sampled_from(FIELDS))
        check(notes, topic, field, data.draw(NEW[field]))


def check(notes: Notes, topic: Item, field: str, new: Any) -> bool:
    """Write it; whether it was. What was written says what was meant, and every byte beside the change is the same."""
    before = [(file.path, file.data) for file in notes.files]
    asked = Asked(topic.source, topic.line, topic.title, field, said(notes, topic, field), new)
    done, why = tried(notes, asked)
    if done is None:
        assert re.fullmatch(r"\S.* .*[.)”]", why, re.DOTALL), why
        assert [(file.path, file.data) for file in notes.files] == before
        return False
    if currently_in_test_context():
        note(f"{done.before!r} -> {done.after!r}")
    assert [(f.path, f.data) for f in done.notes.files if f.path != done.path] == [
        f for f in before if f[0] != done.path
    ]
    assert done.after != done.before
    again = Notes.of(done.notes.files, notes.folder)
    assert again.reading == done.notes.reading
    others = [item for item in proof.topics(notes.reading) if item.kind != "topic"]
    assert [i for i in proof.topics(again.reading) if i.kind != "topic"][: len(others)] != [] or not others
    index = proof.mentions(notes.reading, topic.source, topic.line, topic.title)
    told = proof.value([proof.topics(again.reading)[at] for at in index], field)
    title = new if field == "title" else topic.title
    assert proof.same(field, told, proof.wanted(field, new, title))
    assert unchanged(done) >= len(done.before) - 4 * sum(map(len, map(repr, (asked.old, asked.new)))) - 400
    return True


def tried(notes: Notes, asked: Asked) -> tuple[Written | None, str]:
    """(what was written, why it was refused)."""
    try:
        return write(notes, asked), ""
    except NotWritableError as refused:
        return None, refused.message


def unchanged(done: Written) -> int:
    """Bytes at both ends that stayed."""
    before, after = done.before, done.after
    start = end = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return start + end


EDITS: dict[str, list[Any]] = {
    "title": ["Quite another name", "数学 *and* [more] | _x_"],
    "summary": ["In other words, with *stars* | and `code`.", ""],
    "hours": [7.5],
    "optional": [True],
    "details": [("one thing", "another")],
    "steps": [("first step", "second [step]")],
    "aliases": [("Also called so",)],
    "requires": [()],
    "resources": [(Resource("A book", "https://book.example"),)],
    "body": ["Another text.\n\nIn two parts."],
}


def documents(notes: Path) -> Iterator[Path]:
    yield from sorted((notes / "seeds").iterdir())
    yield from sorted((notes / "open").iterdir())


@pytest.mark.shared
def test_shared_documents(shared_notes: Path) -> None:
    """A topic of each document, field by field: written faithfully or refused, and often enough written."""
    asked = done = 0
    for number, path in enumerate(documents(shared_notes)):
        found = files.scan(path)
        notes = Notes.of(found.files, folder_of(path))
        topics = [item for item in proof.topics(notes.reading) if item.kind == "topic"]
        small = notes.reading.counts["bytes"] < 100_000
        for topic in topics[len(topics) // 2 :][:1]:
            # Of a large document two fields, others than of the one before: each edit reads it whole.
            for field, values in (
                EDITS.items() if small else [*EDITS.items(), *EDITS.items()][number % len(EDITS) :][:2]
            ):
                for value in values[: 2 if small else 1]:
                    asked += 1
                    done += check(notes, topic, field, value)
    assert asked > 100
    assert done * 3 > asked, f"{done} of {asked} edits were written"
