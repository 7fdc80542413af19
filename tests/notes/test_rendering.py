"""A topic's Markdown as HTML: what it looks like, that it is safe, that it is bounded."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.notes.limits import DEFAULT
from roadmap.notes.rendering import Rendered, render
from roadmap.notes.sanitising import clean, external_url, internal_url
from tests.notes.html_rules import depth_of, text_of, violations
from tests.pace import cpu_within

PAGES = {"Sets": "/topics/sets/", "sets.md": "/topics/sets/", "Sets#Union": "/topics/sets/#union"}


def page(markdown: str, **options: object) -> Rendered:
    return render(markdown, resolve_link=PAGES.get, **options)  # type: ignore[arg-type]


def html(markdown: str) -> str:
    result = page(markdown)
    assert violations(result.html) == []
    return result.html.replace(' dir="auto"', "").strip()


def codes(result: Rendered) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.severity, problem.code) for problem in result.problems]


SPLICES = [
    "<script>", "</b>", "<b>", "<!--", "-->", "<a href=javascript:x>", "[a](", "javascript:x", ")", "**", "~~", "`",
    "``` \n", "> ", "- [ ] ", "\n", "\n\n", "|", "[[x", "]]", "![[", "[^1]", "[^1]: ", "[!note]", "# ", "$", "$$",
    "<sub>", "</sub>", "&#60;", "\\", "'", '"', "<svg onload=x>", "1. ", "  ", "text", "[", "]", "(", "|a|\n|-|\n|b|\n",
]  # fmt: skip


class TestBlocks:
    @pytest.mark.parametrize(
        ("markdown", "expected"),
        [
            (
                "A *b* **c** ~~d~~ `e<f`",
                '<p>A <em>b</em> <strong>c</strong> <del>d</del> <code dir="ltr">e&lt;f</code></p>',
            ),
            ("a  \nb\\\nc\nd", "<p>a<br>\nb<br>\nc\nd</p>"),
            ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
            ("---", "<hr>"),
            ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
            ("- a\n  - b", "<ul>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>"),
            (
                "```python title=x\na < b\n```",
                '<pre dir="ltr" tabindex="0"><code class="language-python">a &lt; b\n</code></pre>',
            ),
            ("```c++\n```", '<pre dir="ltr" tabindex="0"><code class="language-c++"></code></pre>'),
            ("    code ^id", '<pre dir="ltr" tabindex="0"><code>code ^id</code></pre>'),
            ("$a<b$ and $5 or $6", '<p><code class="math" dir="ltr">a&lt;b</code> and $5 or $6</p>'),
            ("$$\n\\frac{1}{2}\n$$", '<p><code class="math block" dir="ltr">\\frac{1}{2}</code></p>'),
            ("A claim. ^claim-1", "<p>A claim.</p>"),
            ("2^10 and x ^2 are", "<p>2^10 and x ^2 are</p>"),
        ],
    )
    def test_each(self, markdown: str, expected: str) -> None:
        assert html(markdown) == expected

    def test_headings_start_below_the_page_and_skip_no_level(self) -> None:
        assert html("# A\n\n### B\n\n## C\n\n###### D\n\n# E") == (
            "<h3>A</h3>\n<h4>B</h4>\n<h4>C</h4>\n<h5>D</h5>\n<h3>E</h3>"
        )
        assert page("## A\n\n### B", heading=2).html == '<h2 dir="auto">A</h2>\n<h3 dir="auto">B</h3>\n'
        assert "<h6" in page("# A\n## A\n### A\n#### A\n##### A\n###### A").html

    def test_a_heading_without_a_title_is_no_element(self) -> None:
        result = page("text\n\n##\n")
        assert "<h" not in result.html
        assert codes(result) == [(3, "warning", "empty-heading")]

    def test_tables(self) -> None:
        assert html("| a | |\n|:--|--:|\n| [[Sets\\|S]] | 1 |\n| x |") == (
            '<div class="table" role="group" aria-label="Table" tabindex="0"><table>\n'
            '<thead><tr><th scope="col" class="left">a</th><td class="right"></td></tr></thead><tbody>\n'
            '<tr><td class="left"><a class="wiki" href="/topics/sets/">S</a></td><td class="right">1</td></tr>\n'
            '<tr><td class="left">x</td><td class="right"></td></tr>\n'
            "</tbody></table></div>"
        )

    def test_task_boxes_say_their_state(self) -> None:
        assert html("- [ ] a\n- [x] b") == (
            '<ul>\n<li class="task"><span class="box" role="img" aria-label="not done">☐</span> a</li>\n'
            '<li class="task"><span class="box" role="img" aria-label="done">☑</span> b</li>\n</ul>'
        )

    @pytest.mark.parametrize(
        ("markdown", "style", "title"),
        [
            ("> [!NOTE]\n> b", "note", "<strong>Note</strong> "),
            ("> [!warning]- Mind *this*\n> b", "warning", "<strong>Warning</strong> Mind <em>this</em>"),
            ("> [!FAQ]+ Why\n> b", "question", "<strong>Faq</strong> Why"),
            ("> [!made-up]\n> b", "note", "<strong>Made up</strong> "),
        ],
    )
    def test_callouts_carry_their_kind_as_a_word(self, markdown: str, style: str, title: str) -> None:
        assert html(markdown) == (
            f'<aside class="callout callout-{style}" role="note">\n<p class="callout-title">{title}</p>\n'
            "<p>b</p>\n</aside>"
        )

    def test_footnotes_stand_at_the_end_with_a_way_back(self) -> None:
        assert html("a[^x] b[^x] c[^none]\n\n[^x]: See *this*.\n\nend") == (
            '<p>a<sup class="footnote"><a href="#note-footnote-1" id="note-ref-1" role="doc-noteref">1</a></sup> '
            'b<sup class="footnote"><a href="#note-footnote-1" role="doc-noteref">1</a></sup> c[^none]</p>\n'
            '<p>end</p>\n<section class="footnotes" aria-label="Footnotes"><ol>\n'
            '<li id="note-footnote-1"><p>See <em>this</em>.</p>\n'
            '<a href="#note-ref-1" class="back" aria-label="Back to the text">↩</a></li>\n</ol></section>'
        )

    def test_every_block_isolates_the_direction_of_its_text(self) -> None:
        shown = page("# שלום\n\nمرحبا\n\n- a\n\n> b\n\n|a|\n|-|\n|b|").html
        for tag in ("h3", "p", "li", "blockquote", "th", "td"):
            assert f"<{tag} " in shown
            assert shown.count(f"<{tag} ") == shown.count(f'<{tag} dir="auto"') + shown.count(
                f'<{tag} scope="col" dir="auto"'
            )


class TestLinks:
    @pytest.mark.parametrize(
        ("markdown", "expected"),
        [
            ("[[Sets]]", '<a class="wiki" href="/topics/sets/">Sets</a>'),
            ("[[Sets|a *set*]]", '<a class="wiki" href="/topics/sets/">a <em>set</em></a>'),
            ("[[Sets#Union]]", '<a class="wiki" href="/topics/sets/#union">Sets › Union</a>'),
            ("[[the sets|Sets]]", '<a class="wiki" href="/topics/sets/">the sets</a>'),
            ("[[Groups]]", '<span class="wiki planned">Groups</span>'),
            ("[[Groups|g]]", '<span class="wiki planned">g</span>'),
            ("![[Sets]]", '<a class="wiki embed" href="/topics/sets/">Sets</a>'),
            ("![[x.png]]", '<span class="wiki embed planned">x.png</span>'),
            ("[s](sets.md)", '<a href="/topics/sets/">s</a>'),
            ("[s](other.md)", "s"),
            ("[s](/admin/delete/1)", "s"),
            ("[s](#top)", "s"),
            (
                "[s](https://e.org/a?b=1&c=2 \"T 'q'\")",
                '<a href="https://e.org/a?b=1&amp;c=2" title="T \'q\'" rel="nofollow noopener noreferrer">s</a>',
            ),
            ("<https://e.org>", '<a href="https://e.org" rel="nofollow noopener noreferrer">https://e.org</a>'),
            ("<a@e.org>", '<a href="mailto:a@e.org" rel="nofollow noopener noreferrer">a@e.org</a>'),
            (
                "![A cat](http://e.org/c.gif)",
                '<a class="image" href="http://e.org/c.gif" rel="nofollow noopener noreferrer">A cat</a>',
            ),
            ("![](x.png)", '<span class="image">Picture</span>'),
            (
                "[![A cat](http://e.org/c.gif)](http://e.org)",
                '<a href="http://e.org" rel="nofollow noopener noreferrer"><span class="image">A cat</span></a>',
            ),
            ("`[[Sets]]` \\[[x]]", '<code dir="ltr">[[Sets]]</code> [[x]]'),
        ],
    )
    def test_each(self, markdown: str, expected: str) -> None:
        assert html(markdown) == f"<p>{expected}</p>"

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:x", "JaVaScRiPt:x", "java&#10;script:x", "&#106;avascript:x", "vbscript:x", "data:text/html,x",
            "file:///etc/passwd", "obsidian://open?vault=x", "ssh://-oProxyCommand=x/", "tel:1", "//evil.example",
            "/\\evil.example", "\\\\evil.example", "http://user@evil.example", "http:evil", "https://", "http:///x",
            "http://a\u202eb", "mailto:", "mailto:a", "https://e.org/" + "x" * 2000,
        ],
    )  # fmt: skip
    def test_addresses_that_are_not_linked_to(self, url: str) -> None:
        assert external_url(url.replace("&#10;", "\n").replace("&#106;", "j"), DEFAULT) == ""
        assert "<a" not in html(f"[s](<{url}>) [t]\n\n[t]: <{url}>")

    @pytest.mark.parametrize("answer", ["//evil.example", "javascript:x", "/\\evil", "http://e.org", "", "x\ny"])
    def test_a_resolver_cannot_lead_off_the_site(self, answer: str) -> None:
        assert internal_url(answer) == ""
        assert "<a" not in render("[[x]] [y](y.md)", resolve_link=lambda _: answer).html

    def test_beyond_the_bound_links_are_text(self) -> None:
        result = page(
            "[[Sets]] [a](http://e.org) ![b](http://e.org)\n\n[c](http://e.org)", limits=replace(DEFAULT, links=2)
        )
        assert result.html.count("<a") == 2
        assert codes(result) == [(1, "warning", "too-many-links")]


class TestRawHtml:
    @pytest.mark.parametrize(
        ("markdown", "expected"),
        [
            ("a<br>b<br/>c", "<p>a<br>b<br>c</p>"),
            ("H<sub>2</sub>O, <kbd>x</kbd>", "<p>H<sub>2</sub>O, <kbd>x</kbd></p>"),
            ("<b>never closed", "<p><b>never closed</b></p>"),
            ("**a <sub>b** c</sub>", "<p><strong>a <sub>b</sub></strong> c</p>"),
            ("</b>x", "<p>x</p>"),
            ("a <!-- id: x --> b", "<p>a  b</p>"),
            ("<!--\nhidden\n-->\n\nb", "<p>b</p>"),
            ("<div align=center hx-get=/x>\nx\n</div>", '<p class="plain">x</p>'),
            ("<b onclick=x>y</b>", "<p>&lt;b onclick=x&gt;y</p>"),
            ("<script>\nalert(1)\n</script>", '<p class="plain">&lt;script&gt;\nalert(1)\n&lt;/script&gt;</p>'),
            ("<!-- open", '<p class="plain">&lt;!-- open</p>'),
            ("a&#27;[31m&#0;b &#x202E;", "<p>a[31m\ufffdb \u202e</p>"),
        ],
    )
    def test_is_text_but_for_a_few_bare_tags(self, markdown: str, expected: str) -> None:
        assert html(markdown) == expected

    def test_the_second_line_would_hold_alone(self) -> None:
        raw = (
            "<script>x</script><p onclick=x style=y hx-get=/z data-hx-post=/z>a<img src=/x><svg onload=x></svg>"
            "<a href=javascript:x id=note-ref-1>b</a><iframe></iframe><form><input></form><!-- c -->"
        )
        assert clean(raw) == '<p>a<a id="note-ref-1">b</a></p>'

    @given(st.text(st.sampled_from(list("<>&\"'=/ab!-[]()`*_|~^#\n {}:;.x")), max_size=80))
    def test_any_text_gives_safe_well_formed_html(self, markdown: str) -> None:
        assert violations(page(markdown).html) == []

    @given(
        st.lists(
            st.sampled_from(SPLICES),
            max_size=40,
        ).map("".join)
    )
    def test_any_splice_gives_safe_well_formed_html(self, markdown: str) -> None:
        result = page(markdown)
        assert violations(result.html) == []
        assert not any(problem.severity == "error" for problem in result.problems)


class TestBounds:
    @pytest.mark.parametrize(
        ("markdown", "line", "code"),
        [
            ("x\n\n" + "- a\n" * 5_001, 5_003, "too-many-items"),
            ("# a\n" * 5_001, 5_001, "too-many-headings"),
            ("|a" * 400 + "|\n" + "|-" * 400 + "|\n" + ("|a" * 400 + "|\n") * 400, 127, "too-many-cells"),
            ("|a" * 5_000 + "|\n" + "|-" * 5_000 + "|\n" + "|a|\n" * 500, 12, "too-many-cells"),
            ("> " * 1_000 + "x", 1, "too-deep"),
            ("- " * 50_000 + "x", 1, "too-deep"),
            ("a\n" * 300_000, 200_000, "too-much-markup"),
            ("&" * 15_000 + "\n\n" + ("&" * 15_000 + "\n\n") * 60, 111, "rendered-too-large"),
        ],
    )
    def test_beyond_them_a_note_is_refused_on_a_line(self, markdown: str, line: int, code: str) -> None:
        with cpu_within(5):
            result = page(markdown)
        assert result.html == ""
        assert codes(result) == [(line, "error", code)]

    def test_lines_count_from_where_the_body_begins(self) -> None:
        assert codes(page("a\n\n#\n", line=11)) == [(13, "warning", "empty-heading")]

    def test_a_long_paragraph_is_plain_text(self) -> None:
        result = page("ok *a*\n\n" + "*b* " * 6_000 + "\n\nok *c*")
        assert codes(result) == [(3, "warning", "long-paragraph")]
        assert "<em>a</em>" in result.html
        assert "<em>b</em>" not in result.html
        assert "<em>c</em>" in result.html
        assert text_of(result.html).count("*b*") == 6_000

    def test_long_code_stays_code(self) -> None:
        result = page("```\n" + "x = 1  # [[y]]\n" * 3_000 + "```")
        assert result.problems == ()
        assert text_of(result.html).count("x = 1  # [[y]]\n") == 3_000

    @pytest.mark.parametrize("depth", [12, 60, 61, 100])
    def test_deep_lists_lose_nothing(self, depth: int) -> None:
        result = page("".join("  " * level + f"- [ ] item{level};\n" for level in range(depth)))
        assert violations(result.html) == []
        assert [text_of(result.html).count(f"item{level};") for level in range(depth)] == [1] * depth
        assert depth_of(result.html) <= 60 * 2 + 2
        assert codes(result) == ([(61, "warning", "nesting")] if depth > 60 else [])

    @pytest.mark.parametrize("size", [50_000, 1_900])
    def test_a_link_definition_cannot_be_amplified(self, size: int) -> None:
        result = page("[a]: http://e.org/" + "x" * size + "\n\n" + ("[a] " * 4_500 + "\n\n") * 4)
        assert len(result.html) < 1_000_000
        assert text_of(result.html).count("a") == 18_000

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "chars",
        [
            "[", "![", "[a](", "*", "*a_ ", "`a", "<!--", "<![CDATA[", "a<?", "<", "&", "&#x41;", "\\", "[x]: ", "^[",
            "[[a ", "[[a]] ", "a|", "> [!note", "http://", "a@", "<div>", "<div ", "~", "$", "\\(", " ^a", "- ", "|",
            "> ", "[^1] ", "[^1]: ", "<b>", "<b></b>", "\t", "\n", "a\n", "```\n", "<!-- -->", "[[|", "\n\n<!--",
        ],
    )  # fmt: skip
    def test_a_quarter_of_a_megabyte_of_the_worst_characters(self, chars: str) -> None:
        for unit in (chars, chars * (15_000 // len(chars)) + "\n\n"):
            markdown = unit * ((1 << 18) // len(unit))
            with cpu_within(2):  # what grows with the square of it takes ten
                result = page(markdown)
            assert len(result.html) <= 2 * DEFAULT.rendered

    def test_an_ordinary_note_is_rendered_in_a_moment(self) -> None:
        note = "# A\n\nText with *emphasis*, `code` and [[Sets]].\n\n- a\n- b\n\n|a|b|\n|-|-|\n|1|2|\n\n" * 40
        with cpu_within(3):  # measured: 0.06 s
            for _ in range(10):
                page(note)
