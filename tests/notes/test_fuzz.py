"""Whatever a note holds: it is read without a crash, and what reaches a page is inert.

A few hundred examples here; `make fuzz` runs the same for as long as it is told to (FUZZ, examples of each test), with
a seed that it prints (SEED repeats one). A failure is printed with the smallest note that shows it.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from roadmap.notes import guarded, reading, sanitising
from roadmap.notes.apart.child import Bounds
from roadmap.notes.encoding import decode
from roadmap.notes.files import printable
from roadmap.notes.frontmatter import split
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.notes.rendering import render
from roadmap.notes.rendering.beforehand import nothing_to_report
from tests.notes.html_rules import text_of, violations

EXAMPLES = int(os.environ.get("FUZZ", "0"))
LONG = settings(
    max_examples=EXAMPLES or 120,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)

ADDRESSES = st.sampled_from(
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "&#106;avascript:alert(1)"),
        *("data:text/html,<script>1</script>", "vbscript:x", "//evil.example/x", "\\\\evil.example", "/\\evil.example"),
        *("http://evil.example/a.png", "https://u:p@evil.example/", "https:evil.example", "file:///etc/passwd"),
        *("../../admin", "/logout", "#x", "?next=//evil.example", "mailto:a@b.example", "blob:x", "  javascript:x"),
        *("https://evil.example/\u202egnp.exe", "\x01javascript:x", "http://[::1]/", "ftp://a.example/"),
    ]
)
TAGS = st.sampled_from(
    [
        *(
            "<script>",
            "</script>",
            "<img src=x onerror=alert(1)>",
            "<svg onload=alert(1)>",
            "<math><mi>",
            "<!--",
            "-->",
        ),
        *(
            "<iframe srcdoc='<script>1</script>'>",
            "<a href='javascript:1'>",
            "<style>@import 'x'</style>",
            "<base href=x>",
        ),
        *(
            "<form action=x><button>",
            "<details open ontoggle=1>",
            "<b onclick=1>",
            "<p style='x:url(http://e)'>",
            "<![CDATA[",
        ),
        *(
            "<input autofocus onfocus=1>",
            "<object data=x>",
            "<div hx-get=/x>",
            "<noscript><p title='</noscript><img>'>",
        ),
        *(
            "<table><tr><td>",
            "</td>",
            "&lt;script&gt;",
            "&#60;script&#62;",
            "<title>",
            "<textarea>",
            "<plaintext>",
            "<?x?>",
        ),
    ]
)
MARKS = st.sampled_from(
    [
        *(
            "# ",
            "## ",
            "- ",
            "- [ ] ",
            "- [x] ",
            "1. ",
            "> ",
            "> [!note] ",
            "|a|b|\n|-|-|\n|",
            "|",
            "```\n",
            "~~~js\n",
            "    ",
        ),
        *(
            "**",
            "*",
            "_",
            "~~",
            "`",
            "``",
            "$",
            "$$",
            "[[",
            "]]",
            "![[",
            "![",
            "[",
            "](",
            ")",
            "][",
            "]: ",
            "[^1]",
            "[^1]: ",
        ),
        *(
            "\n",
            "\n\n",
            "\t",
            "  ",
            "---\n",
            "***\n",
            "===\n",
            "\\",
            "<",
            ">",
            '"',
            "'",
            "&",
            "^id",
            "::",
            "|label",
            "#h",
        ),
        *(
            "{{",
            "}}",
            "{% x %}",
            "%%",
            "==",
            "title: ",
            "id: ",
            "&a ",
            "*a ",
            "!!python/object:os ",
            "<<: ",
            "{",
            "}",
            ": ",
        ),
    ]
)
ODD = st.sampled_from(
    [
        "\0",
        "\x1b[31m",
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\u2028",
        "\u0085",
        "\u0301" * 40,
        "\U000e0041",
        "а",
        "ﬁ",
        "İ",
        "\r",
    ]
)
PIECES = st.one_of(
    MARKS, TAGS, ADDRESSES, ODD, st.text(max_size=4), st.sampled_from(["a", "word", "Two words", "数学"])
)
LINKED = st.builds(
    lambda form, words, url: form.format(words, url),
    st.sampled_from(["[{}]({})", "![{}]({})", "<{1}>", "[{}]: {}", "[[{1}|{0}]]", "![[{1}]]", "{1}", "[{}]({} 'x')"]),
    st.text(max_size=6),
    ADDRESSES,
)
NOTES = st.lists(st.one_of(PIECES, LINKED, PIECES.map(lambda piece: piece * 12)), max_size=40).map("".join)
FRONT = st.one_of(st.just(""), st.lists(PIECES, max_size=12).map(lambda found: f"---\n{''.join(found)}\n---\n"))
WHOLE = st.builds(lambda front, body: front + body, FRONT, NOTES)


class _Live(HTMLParser):
    """What a browser would run, load or follow; written without a look at the sanitiser's lists."""

    LOADS = frozenset(
        {"script", "img", "iframe", "object", "embed", "link", "style", "svg", "math", "base", "form", "video", "audio"}
        | {"source", "track", "picture", "input", "button", "meta", "frame", "frameset", "applet", "template", "portal"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.LOADS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith(("on", "hx-", "data-hx-", "style", "src", "formaction", "xlink", "ping", "background")):
                self.found.append(f"{tag} {name}={value!r}")
            if name in {"href", "action"}:
                self._address(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def _address(self, url: str) -> None:
        seen = re.sub(r"[\0-\x20\x7f]", "", url)  # as browsers take it
        scheme = urlsplit(seen).scheme.lower() if ":" in seen else ""
        if scheme not in {"", "http", "https", "mailto"}:
            self.found.append(f"href={url!r}")
        if not scheme and re.match(r"[/\\]{2}", seen):
            self.found.append(f"href={url!r} leaves the site")
        if scheme in {"http", "https"} and "@" in urlsplit(seen).netloc:
            self.found.append(f"href={url!r} names somebody")


def live(html: str) -> list[str]:
    parser = _Live()
    parser.feed(html)
    parser.close()
    return parser.found


def own_page(target: str) -> str:
    """A resolver of wiki links that believes everything, as none of ours does."""
    return f"/topics/{target}"


TIGHT = replace(
    DEFAULT, inline_block=40, items=6, headings=6, table_cells=20, markup=600, nesting=4, rendered=9_000, links=4
)


class TestPage:
    @LONG
    @given(WHOLE)
    @example("[[  javascript:x|]]")
    @example("[[//evil.example|x]] [[../../logout]] [[javascript:alert(1)]] [[\\\\evil.example]]")
    @example("![](http://evil.example/a.png) ![[http://evil.example/a.png]]")
    def test_a_note_is_inert(self, text: str) -> None:
        body = split(text, "note.md").body
        for resolve in (lambda _: None, own_page, lambda target: target):
            html = render(body, resolve_link=resolve, source="note.md").html
            assert live(html) == []
            assert violations(html) == []

    @LONG
    @given(NOTES, st.sampled_from([DEFAULT, TIGHT]))
    @example("| a | b | c | d | e |\n|-|-|-|-|-|\n" + "|\n" * 9, TIGHT)
    @example("-\n" * 5, TIGHT)
    @example("\t\t- - - a", replace(TIGHT, nesting=2))
    def test_nothing_is_to_report_where_that_was_foretold(self, body: str, limits: Limits) -> None:
        foretold = nothing_to_report(body, limits)
        for resolve in (lambda _: None, lambda target: f"/topics/{'x' * 900}/"):
            assert not (foretold and render(body, resolve_link=resolve, limits=limits).problems)

    @LONG
    @given(st.lists(st.one_of(TAGS, PIECES, LINKED), max_size=30).map("".join))
    @example("</script>\ufeff")
    def test_the_sanitiser_alone_is_enough(self, html: str) -> None:
        """Markup that no note can produce, straight into the second line of defence."""
        cleaned = sanitising.clean(html)
        assert [what for what in live(cleaned) if "leaves the site" not in what and "names somebody" not in what] == []
        # What it lets through does not become something else when it is parsed again. A mark of byte order at the start
        # is no text to any parser of HTML.
        assert sanitising.clean(cleaned).lstrip("\ufeff") == cleaned.lstrip("\ufeff")

    @LONG
    @given(st.one_of(ADDRESSES, st.text(max_size=40), st.builds(lambda a, b: a + b, st.text(max_size=4), ADDRESSES)))
    def test_addresses(self, url: str) -> None:
        for made in (sanitising.external_url(url, DEFAULT), sanitising.internal_url(url)):
            if made:
                assert live(f'<a href="{made}">') == []
        if inside := sanitising.internal_url(url):
            assert urlsplit(inside).netloc == ""
            assert re.match(r"/(?![/\\])", inside)

    @LONG
    @given(st.lists(st.sampled_from(["word", "two", " ", "\n\n", "- ", "# ", "1. "]), max_size=30).map("".join))
    def test_plain_words_all_arrive(self, text: str) -> None:
        shown = text_of(render(text, resolve_link=lambda _: None, source="note.md").html)
        assert shown.count("word") == text.count("word")


class TestReader:
    @LONG
    @given(st.lists(WHOLE, min_size=1, max_size=3))
    def test_any_folder(self, tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
        root = tmp_path_factory.mktemp("vault")
        for at, text in enumerate(texts):
            (root / f"{at}.md").write_bytes(text.encode("utf-8", "surrogatepass"))
        found = reading.read(root)
        for problem in found.problems:
            assert problem.message.isprintable()
            assert len(problem.message) < 1_000
            assert problem.source == printable(problem.source)
        told = repr(found.as_json())
        assert "\\x00" not in told
        told.encode()

    @LONG
    @given(st.one_of(st.binary(max_size=300), WHOLE.map(lambda text: text.encode("utf-16", "surrogatepass"))))
    def test_any_bytes(self, data: bytes) -> None:
        decoded = decode(data, "note.md")
        assert "\0" not in decoded.text
        decoded.text.encode()
        if not decoded.refused:
            note = split(decoded.text, "note.md")
            assert live(render(note.body, resolve_link=own_page, source="note.md", line=note.body_line).html) == []

    @settings(LONG, max_examples=max(12, EXAMPLES // 10))
    @given(WHOLE, st.binary(max_size=40))
    def test_in_a_child_as_here(self, tmp_path_factory: pytest.TempPathFactory, text: str, end: bytes) -> None:
        note: Path = tmp_path_factory.mktemp("note") / "n.md"
        note.write_bytes(text.encode("utf-8", "surrogatepass") + end)
        assert guarded.read(note, bounds=Bounds(cpu=30, wall=60.0)).reading == reading.read(note)


@pytest.mark.parametrize(
    "html",
    [
        *(
            "<script>1</script>",
            "<img src=/a.png>",
            "<a href='java\tscript:1'>",
            "<a href='//evil.example'>",
            "<b onclick=1>",
        ),
        *(
            "<a href='/\\evil.example'>",
            "<a href='data:x'>",
            "<p style=x>",
            "<svg/onload=1>",
            "<a href='https://u:p@e.example'>",
        ),
    ],
)
def test_what_is_live_is_seen(html: str) -> None:
    assert live(html)
