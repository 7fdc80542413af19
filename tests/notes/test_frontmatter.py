"""Front matter: what is read, what is refused on which line, and that the body is never lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.notes.frontmatter import FrontMatter, split
from tests.pace import cpu_within


def read(fields: str) -> FrontMatter:
    return split(f"---\n{fields}\n---\n# T\n", "a.md")


def seen(note: FrontMatter) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.severity, problem.code) for problem in note.problems]


class TestSplitting:
    @pytest.mark.parametrize(
        ("text", "meta", "body", "line"),
        [
            ("---\nid: a\n---\n# T\n", {"id": "a"}, "# T\n", 4),
            ("---\nid: a\n---", {"id": "a"}, "", 3),
            ("---  \nid: a\n--- \n\n\n# T", {"id": "a"}, "\n\n# T", 4),
            ("---\nid: a\n...\nx", {"id": "a"}, "x", 4),
            ("\n\n---\nid: a\n---\nx", {"id": "a"}, "x", 6),
            ("---\n---\nx", {}, "x", 3),
            ("---\n# only a comment\nid: a # and one here\n---\nx", {"id": "a"}, "x", 5),
            ("# T\n", {}, "# T\n", 1),
            ("", {}, "", 1),
            (" ---\nid: a\n---\n", {}, " ---\nid: a\n---\n", 1),
            ("---- \nid: a\n---\n", {}, "---- \nid: a\n---\n", 1),
            ("+++\ntitle = 'x'\n+++\n", {}, "+++\ntitle = 'x'\n+++\n", 1),
        ],
    )
    def test_the_body_is_the_rest_exactly(self, text: str, meta: dict[str, Any], body: str, line: int) -> None:
        note = split(text, "a.md")
        assert (note.meta, note.body, note.body_line, note.problems) == (meta, body, line, ())

    def test_raw_and_lines(self) -> None:
        note = split("---\n# why\nid:   a\n\ntags: [x]\n---\n", "a.md")
        assert note.raw == "# why\nid:   a\n\ntags: [x]\n"
        assert note.lines == {"id": 3, "tags": 5}

    def test_a_rule_at_the_head_of_plain_text_opens_nothing(self) -> None:
        text = "---\n\nA paragraph, then a rule.\n\n---\n\nMore.\n"
        note = split(text, "a.md")
        assert (note.meta, note.body, note.body_line) == ({}, text, 1)
        assert seen(note) == [(2, "warning", "front-matter-not-a-map")]
        assert split("---\n\nText without another rule.\n", "a.md").problems == ()

    def test_never_closed(self) -> None:
        text = "---\ntitle: a\n# T\n"
        note = split(text, "a.md")
        assert (note.meta, note.body) == ({}, text)
        assert seen(note) == [(1, "warning", "front-matter-unclosed")]

    def test_a_second_block_is_text(self) -> None:
        note = split("---\ntitle: a\n---\ntitle: b\n...\n", "a.md")
        assert note.meta == {"title": "a"}
        assert seen(note) == [(4, "warning", "front-matter-second-block")]
        assert split("---\ntitle: a\n---\nNote: this is text.\n\n---\n", "a.md").problems == ()

    def test_directives_are_passed_over(self) -> None:
        note = split("---\n%YAML 1.1\n---\ntitle: a\n---\nx", "a.md")
        assert (note.meta, note.body, note.body_line) == ({"title": "a"}, "x", 6)
        assert seen(note) == [(2, "warning", "front-matter-directive")]


class TestValues:
    @pytest.mark.parametrize(
        ("fields", "meta"),
        [
            ("id: 012\nn: 1_000", {"id": "012", "n": "1_000"}),
            ("a: no\nb: ~\nc:\nd: null", {"a": "no", "b": "~", "c": "", "d": "null"}),
            ("t: 12:30:00\nd: 2024-05-01\nf: 1e3", {"t": "12:30:00", "d": "2024-05-01", "f": "1e3"}),
            (
                "content: x\nhandler: y\nself: z\nmetadata: w",
                {"content": "x", "handler": "y", "self": "z", "metadata": "w"},
            ),
            ("a: |\n  one\n  two", {"a": "one\ntwo\n"}),
            ("a: {b: [c, {d: e}]}", {"a": {"b": ["c", {"d": "e"}]}}),
            ("requires:\n  - [A, B]\n  - C", {"requires": [["A", "B"], "C"]}),
            ("up: [[Maths]]", {"up": "[[Maths]]"}),
            ("up:\n  - [[Maths|M]]\n  - [[Sets#a]]\n", {"up": ["[[Maths|M]]", "[[Sets#a]]"]}),
            ("up: [[[A]], [[B]]]", {"up": ["[[A]]", "[[B]]"]}),
            ("up: [[A]], [[B's]]", {"up": "[[A]], [[B's]]"}),
            ("up:\n  - [[A]] — needed\n  - [[B]]: why", {"up": ["[[A]] — needed", "[[B]]: why"]}),
            ("created: {{date}}\ntitle: x", {"created": "{{date}}", "title": "x"}),
            ("a: 'é\u2028x'", {"a": "é x"}),
            ('a: "tab\\there"', {"a": "tab\there"}),
        ],
    )
    def test_everything_stays_the_text_that_was_written(self, fields: str, meta: dict[str, Any]) -> None:
        note = read(fields)
        assert note.meta == meta
        assert note.problems == ()
        assert (note.body, note.body_line) == ("# T\n", fields.count("\n") + 4)

    @pytest.mark.parametrize("key", ["1", "~", "on", "no", "2024-05-01", ".nan", "1.5"])
    def test_keys_that_are_not_text_elsewhere_are_text_with_a_warning(self, key: str) -> None:
        note = read(f"title: x\n{key}: y")
        assert note.meta == {"title": "x", key: "y"}
        assert seen(note) == [(3, "warning", "front-matter-key")]
        assert read(f"'{key}': y").problems == ()

    def test_of_a_key_given_twice_the_first_counts(self) -> None:
        note = read("id: a\ntitle: x\nid: b")
        assert note.meta == {"id": "a", "title": "x"}
        assert note.lines == {"id": 2, "title": 3}
        assert seen(note) == [(4, "warning", "front-matter-duplicate-key")]


class TestRefusals:
    @pytest.mark.parametrize(
        ("fields", "line", "code"),
        [
            ("x: y\na: &a [1]", 3, "front-matter-refused"),
            ("a: &a [*a]", 2, "front-matter-refused"),
            ("a: *b", 2, "front-matter-refused"),
            ("x: y\nb:\n  <<: {a: b}", 4, "front-matter-refused"),
            ("a: !!python/object/apply:os.system [x]", 2, "front-matter-refused"),
            ("a: !x y", 2, "front-matter-refused"),
            ("a: !!binary aGk=", 2, "front-matter-refused"),
            ("? [a, b]\n: 1", 2, "front-matter-invalid"),
            ("x: y\na: [", 3, "front-matter-invalid"),
            ('x: y\na: "b\nc: d', 3, "front-matter-invalid"),
            ("x: y\na:\n\tb: 1", 4, "front-matter-invalid"),
            ("a: b: c", 2, "front-matter-invalid"),
            ("x: y\n\ntitle: Tokens: a start", 4, "front-matter-invalid"),
            ("a: \ufffe", 2, "front-matter-invalid"),
            ('a: "\\uD800"', 2, "front-matter-invalid"),
            ('x: y\na: "x\\0y"', 3, "front-matter-control-character"),
            ('a: "\\x1b[31m"', 2, "front-matter-control-character"),
            ("a: " + "[" * 9 + "]" * 9, 2, "front-matter-too-deep"),
            ("a: [" + "x," * 5000 + "]", 2, "front-matter-too-large"),
            ("a: x\nb: " + "y" * 70_000, 2, "front-matter-too-large"),
        ],
    )
    def test_an_error_on_its_true_line_and_the_body_is_still_read(self, fields: str, line: int, code: str) -> None:
        note = read(fields)
        assert note.meta == {}
        assert note.lines == {}
        assert seen(note) == [(line, "error", code)]
        assert (note.body, note.body_line) == ("# T\n", fields.count("\n") + 4)

    def test_the_line_counts_from_the_head_of_the_file(self) -> None:
        assert seen(split("\n\n---\nx: y\na: [\n---\n", "a.md")) == [(5, "error", "front-matter-invalid")]

    @pytest.mark.parametrize(
        "fields",
        [
            "a: " + "[" * 60_000,
            "a: " + "{a: " * 15_000,
            "- " * 30_000 + "x",
            "".join(" " * depth + f"k{depth}:\n" for depth in range(300)),
            "a0: &a0 {k: 1}\n" + "".join(f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 31)),
            "a: &a [" + "x, " * 10_000,
            "a: " + "[[" * 30_000,
            "a: [[x]] " * 5_000,
            "a: {{" * 5_000,
            "k: " * 20_000,
            '"' * 60_000 + ": x",
            "? " * 30_000,
            "a: '" + "\n" * 60_000,
            "\n".join(f"- [[{n}]] x" for n in range(3000)),
        ],
    )
    def test_attacks_end_at_once(self, fields: str) -> None:
        with cpu_within(2):
            note = read(fields)
        assert note.problems


class TestFields:
    @pytest.mark.parametrize(
        "fields",
        [
            "title: [a, b]",
            "id: {a: b}",
            "title: " + "t" * 201,
            "id: ''",
            "id: ../../etc/passwd",
            "id: a/b?c",
            "order: 1e400",
            "order: .nan",
            "weight: x",
            "created: 2024-13-45",
            "date: 0000-01-01",
            "note: " + "x" * 10_001,
        ],
    )
    def test_values_that_will_not_be_used_as_their_name_says(self, fields: str) -> None:
        note = read(fields)
        assert seen(note) == [(2, "warning", "front-matter-value")]
        assert len(note.meta) == 1

    @pytest.mark.parametrize(
        "fields",
        [
            "title: " + "t" * 200,
            "id: 1",
            "id: Über-uns_2.x",
            "order: -1",
            "order: 1,5",
            "created: 2024-02-29",
            "created: soon",
        ],
    )
    def test_ordinary_values(self, fields: str) -> None:
        assert read(fields).problems == ()

    def test_a_direction_override_written_as_an_escape(self) -> None:
        assert seen(read('x: y\ntitle: "a\\u202Eb"')) == [(3, "warning", "direction-override")]


class TestTotality:
    @given(st.text(st.sampled_from(list("---:[]{}&*!|>'\"#%\n\t abc0~,?<=\\\u2028é\x85")), max_size=120))
    def test_any_text_is_split_without_an_exception_or_a_loss(self, text: str) -> None:
        for whole in (text, f"---\n{text}\n---\nbody"):
            note = split(whole, "a.md")
            assert whole.endswith(note.body)
            head = whole[: len(whole) - len(note.body)]
            assert note.body_line == head.count("\n") + 1 or not note.body
            assert note.raw in whole
            assert set(note.lines) == set(note.meta)

    @given(
        st.dictionaries(
            st.text("abcdefgh", min_size=1, max_size=5),
            st.text("abc: #[]{}'\"é-&*!?|>", max_size=12),
            min_size=1,
            max_size=6,
        )
    )
    def test_quoted_text_comes_back(self, fields: dict[str, str]) -> None:
        note = read("\n".join(f"{key}: '{value.replace(chr(39), chr(39) * 2)}'" for key, value in fields.items()))
        assert note.meta == fields

    @pytest.mark.shared
    def test_the_documents_with_front_matter(self, shared_notes: Path) -> None:
        notes = [split(path.read_text("utf-8-sig"), path.name) for path in sorted((shared_notes / "seeds").iterdir())]
        assert any(note.meta for note in notes)
        assert all(not seen(note) for note in notes)

    def test_five_thousand_small_notes(self) -> None:
        text = '---\nid: a\ntitle: Hello\ntags: [a, b]\nhours: 3\nrequires:\n  - "[[X]]"\n---\nbody\n'
        with cpu_within(5):  # measured: 0.2 s
            for _ in range(5000):
                split(text, "a.md")
