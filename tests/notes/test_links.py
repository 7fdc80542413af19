"""Links, fields and kinds in text, and names made of them."""

from __future__ import annotations

import pytest

from roadmap.notes import links, vocabulary
from roadmap.notes.blocks import Block, Span, parse
from roadmap.notes.items import Resource


def spans(text: str) -> list[Span]:
    return parse(text).blocks[0].spans


class TestWikiLinks:
    @pytest.mark.parametrize(
        ("text", "target", "shown"),
        [
            ("[[Note]]", "Note", "Note"),
            ("[[Note|label]]", "Note", "label"),
            ("[[Note#Heading]]", "Note", "Note"),
            ("[[Note^block]]", "Note", "Note"),
            ("[[Note.md]]", "Note", "Note"),
            ("[[folder/Note]]", "folder/Note", "folder/Note"),
            ("[[A label|some.dotted.note]]", "some.dotted.note", "A label"),
            ("[[Numbers|3.14]]", "Numbers", "3.14"),
        ],
    )
    def test_names(self, text: str, target: str, shown: str) -> None:
        (span,) = spans(text)
        assert (span.kind, links.wiki_name(span)) == ("wiki", (target, shown))

    def test_in_a_table_the_pipe_is_escaped(self) -> None:
        cell = parse("| a |\n|---|\n| [[Note\\|label]] |\n").blocks[0].children[1].children[0]
        assert links.wiki_name(cell.spans[0]) == ("Note", "label")

    @pytest.mark.parametrize(
        "text", ["[[pdf]](https://example.org)", "`[[code]]`", "![[embed]]", "[a](b)", "[[a](b)](c)"]
    )
    def test_what_is_none(self, text: str) -> None:
        assert all(span.kind != "wiki" for span in spans(text))

    def test_a_bracketed_link_text_keeps_its_address(self) -> None:
        assert (
            links.resources_in(spans("see [[pdf]](https://example.org/a) and more"))[0].url == "https://example.org/a"
        )


class TestFields:
    @pytest.mark.parametrize(
        ("text", "key", "value"),
        [
            ("hours:: 4", "hours", "4"),
            ("**hours**:: 4", "hours", "4"),
            ("depends on:: [[A]] and [[B]]", "depends on", "A and B"),
            ("horas:: quatro", "horas", "quatro"),
            ("小时:: 四", "小时", "四"),
            ("empty::", "empty", ""),
        ],
    )
    def test_lines(self, text: str, key: str, value: str) -> None:
        found = links.field_of(spans(text))
        assert found is not None
        assert (found[0], links.plain(found[1])) == (key, value)

    @pytest.mark.parametrize(
        "text", ["std::vector is a class", "a sentence with std::vector in it", "1:: x", "https://a::b", "plain"]
    )
    def test_what_is_none(self, text: str) -> None:
        assert links.field_of(spans(text)) is None

    def test_in_brackets(self) -> None:
        assert links.bracketed_fields("Sails [hours:: 6] of (kind:: big) boats") == (
            "Sails of boats",
            [("hours", "6"), ("kind", "big")],
        )


class TestResources:
    @pytest.mark.parametrize(
        ("url", "label", "kind"),
        [
            ("https://www.youtube.com/watch?v=1", "", "video"),
            ("https://youtu.be/1", "Books", "book"),
            ("https://arxiv.org/abs/1", "", "paper"),
            ("https://example.org/x.PDF", "", "paper"),
            ("https://www.coursera.org/learn/x", "", "course"),
            ("https://en.wikipedia.org/wiki/X", "", "article"),
            ("https://github.com/x/y", "", "tool"),
            ("https://notyoutube.com/x", "", "link"),
            ("https://example.org", "Cursos", "course"),
            ("https://example.org", "書籍", "book"),
            ("relative/file.md", "", "link"),
            ("http://[broken", "", "link"),
        ],
    )
    def test_kinds(self, url: str, label: str, kind: str) -> None:
        assert links.resource_kind(url, label) == kind

    def test_no_anchors_no_pictures(self) -> None:
        assert links.resources_in(
            spans("[a](#a) ![b](b.png) [![c](c.png)](https://ci.example.org) [d](https://d.example.org)")
        ) == [Resource("d", "https://d.example.org", "link")]

    def test_html_links(self) -> None:
        assert [r.url for r in links.resources_in(spans('see <a href="https://example.org">it</a>'))] == [
            "https://example.org"
        ]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("6", 6),
        ("6 hours", 6),
        ("1.5h", 1.5),
        ("1,5 Stunden", 1.5),
        ("90 min", 1.5),
        ("~20 horas", 20),
        ("六", None),
        ("13 weeks", None),
        ("0", None),
        ("x" * 500, None),
    ],
)
def test_hours(text: str, hours: float | None) -> None:
    assert links.hours_in(text) == hours


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Object-Oriented", "object oriented"),
        ("Café", "cafe"),
        ("🧠 Straße", "strasse"),
        ("a_b-c", "A B C"),
        ("ﬁne", "fine"),
        ("数学！", "数学"),
    ],
)
def test_fold(one: str, other: str) -> None:
    assert vocabulary.fold(one) == vocabulary.fold(other)


def test_fold_keeps_words_of_every_script() -> None:
    assert vocabulary.fold("पूर्वापेक्षाएँ") == vocabulary.fold("पूर्वापेक्षाएँ ")
    assert vocabulary.fold("पूर्वापेक्षाएँ").count(" ") == 0
    assert vocabulary.fold("יסודות: פייתון") == "יסודות פייתון"


class TestBlocks:
    def test_lines_after_wide_characters(self) -> None:
        document = parse("é🧠数\n\n# Ü\n\n- a\n\n  b\n- [x] c\n", first_line=10)
        lines = [(b.kind, b.line) for b in document.blocks]
        assert lines == [("paragraph", 10), ("heading", 12), ("list", 14)]
        assert [(i.line, i.checked) for i in document.blocks[2].children] == [(14, None), (17, True)]

    def test_nothing_is_lost_below_the_deepest_level(self) -> None:
        document = parse("".join("  " * i + f"- word{i}\n" for i in range(150)))

        def texts(block: Block) -> list[str]:
            return [links.plain(block.spans)] * bool(block.spans) + [t for c in block.children for t in texts(c)]

        found = [t for b in document.blocks for t in texts(b)]
        assert sorted(found) == sorted(f"word{i}" for i in range(150))
        assert document.too_deep > 0

    def test_html_becomes_blocks(self) -> None:
        document = parse(
            "<div>\n<h2>A <b>b</b></h2>\n<ul>\n<li>one</li>\n"
            "<li><a href='u'>two</a>\n</ul>\n<script>x</script>\n</div>\n"
        )
        heading, listed = document.blocks
        assert (heading.kind, heading.level, heading.line, links.plain(heading.spans)) == ("heading", 2, 2, "A b")
        assert [(i.line, links.plain(i.children[0].spans)) for i in listed.children] == [(4, "one"), (5, "two")]

    def test_text_at_the_margin_is_no_part_of_a_bullet(self) -> None:
        kinds = [(b.kind, b.line) for b in parse("- a\n- b\nResources:\n- c\n").blocks]
        assert kinds == [("list", 1), ("paragraph", 3), ("list", 4)]

    def test_wrapped_text_is(self) -> None:
        wrapped = (
            "- a long line that an editor has broken where the window of its author ended\nBerlin, and so on\n- b\n"
        )
        assert [b.kind for b in parse(wrapped).blocks] == ["list"]
        assert [b.kind for b in parse("- short\ngoes on\n").blocks] == ["list"]
