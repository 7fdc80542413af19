"""What holds for every text: reading never raises, loses no list item, points at the right line, and stays linear."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import roadmap.notes
from roadmap.notes import vocabulary
from roadmap.notes.blocks import Block, parse
from roadmap.notes.outline import read_outline
from roadmap.notes.reading import read
from tests.pace import cpu_within

WORDS = st.sampled_from(
    [
        "alpha",
        "beta",
        "Gamma",
        "δέλτα",
        "数学",
        "ألف",
        "тест",
        "naïve",
        "optional",
        "prerequisites",
        "Resources",
        "choose",
        "one",
    ]
)
INLINE = [
    "**",
    "*",
    "`",
    "[[",
    "]]",
    "|",
    "(",
    ")",
    "[x](y)",
    "::",
    ":",
    "→",
    "^id",
    "#tag",
    "~~",
    "<b>",
    "<!--id:a-->",
    "—",
    "$x$",
    "...",
]
STARTS = [
    "- ",
    "- [ ] ",
    "1. ",
    "# ",
    "## ",
    "> ",
    "\n",
    "\n\n",
    "  ",
    "\t",
    "| a | b |\n|---|---|\n",
    "```\n",
    "---\n",
]
MARKS = st.sampled_from([*INLINE, *STARTS])
MARKDOWNISH = st.lists(st.one_of(WORDS, MARKS, st.text(max_size=3)), max_size=60).map("".join)
FAST = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def outline_of(text: str) -> None:
    read_outline(parse(text), {}).root.freeze("note.md")


class TestTotal:
    @FAST
    @given(MARKDOWNISH)
    def test_any_markdown(self, text: str) -> None:
        outline_of(text)

    @FAST
    @given(st.text(max_size=300))
    def test_any_text(self, text: str) -> None:
        outline_of(text)

    @settings(FAST, max_examples=80)
    @given(st.lists(MARKDOWNISH, min_size=1, max_size=4), st.booleans())
    def test_any_folder(self, tmp_path_factory: pytest.TempPathFactory, texts: list[str], tagged: bool) -> None:
        root = tmp_path_factory.mktemp("vault")
        head = "---\ntags: [map]\n---\n" if tagged else ""
        for at, text in enumerate(texts):
            (root / f"{at}.md").write_text(
                f"{head}# Note {at}\n\n- [[{(at + 1) % len(texts)}]]\n\n{text}", encoding="utf-8", errors="replace"
            )
        reading = read(root)
        assert reading.as_json()["version"] == 1

    @settings(FAST, max_examples=60)
    @given(data=st.binary(max_size=400))
    def test_any_bytes(self, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "note.md").write_bytes(data)
        reading = read(tmp_path / "note.md")
        assert reading.paths or reading.problems or not data.strip()


TITLE = st.text(st.sampled_from("abcdefghij klmno"), min_size=3, max_size=20).map(lambda t: " ".join(("t" + t).split()))
PLAIN_DOC = st.lists(
    st.tuples(TITLE, st.lists(st.tuples(TITLE, st.integers(0, 2)), min_size=1, max_size=6)), min_size=1, max_size=5
)


@settings(FAST, max_examples=100)
@given(PLAIN_DOC)
def test_every_topic_is_there_once_and_on_its_line(sections: list[tuple[str, list[tuple[str, int]]]]) -> None:
    """Generated outlines: each item of a list directly under a heading is one topic, on a line that says its words."""
    lines = ["# Document", ""]
    expected = []
    for at, (heading, bullets) in enumerate(sections):
        lines += [f"## M{at} {heading}", ""]
        for number, (title, blanks) in enumerate(bullets):
            lines += [f"- {title} n{at}x{number}"] + [""] * blanks
            expected.append(f"{title} n{at}x{number}")
        lines.append("")
    outline = read_outline(parse("\n".join(lines)), {})
    topics = [item for item in outline.root.walk() if item.kind == "topic"]
    assert [item.title for item in topics] == expected
    for item in topics:
        assert item.title.split()[0] in lines[item.line - 1]
        assert item.title.split()[-1] in lines[item.line - 1]


@settings(FAST, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 70), st.booleans()), min_size=1, max_size=90))
def test_no_list_item_is_lost_by_the_parser(items: list[tuple[int, bool]]) -> None:
    """However deep and ragged: every item's word is in the tree, and depth beyond the limit is said."""
    text = "".join(f"{'  ' * depth}- {'[ ] ' * box}w{at}\n" for at, (depth, box) in enumerate(items))
    document = parse(text)

    def words(block: Block) -> Iterator[str]:
        yield from re.findall(r"w\d+", block.text + " ".join(s.text for s in block.spans))
        for child in block.children:
            yield from words(child)

    found = [word for block in document.blocks for word in words(block)]
    assert sorted(found) == sorted(f"w{at}" for at in range(len(items)))


@settings(FAST, max_examples=60)
@given(st.integers(1, 40), st.integers(0, 3))
def test_every_box_of_a_checklist_is_an_item(count: int, nested: int) -> None:
    text = "# P\n\n## M\n\n" + "".join(
        f"- [ ] box {at}\n" + "".join(f"  - [x] inner {at}.{n}\n" for n in range(nested)) for at in range(count)
    )
    items = [item for item in read_outline(parse(text), {}).root.walk() if item.done is not None]
    assert len(items) == count * (1 + nested)


@settings(FAST, max_examples=200)
@given(st.text(max_size=60))
def test_fold_is_idempotent(text: str) -> None:
    assert vocabulary.fold(vocabulary.fold(text)) == vocabulary.fold(text)


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# P\n\n## M\n\n- A (x)\n  - requires:: B\n- B\n", encoding="utf-8")
    assert read(tmp_path / "a.md") == read(tmp_path / "a.md")


class TestBounded:
    SIZE = 20_000
    OWN = (
        "blocks",
        "markup",
        "links",
        "vocabulary",
        "note",
        "meta",
        "drawing",
        "lessons",
        "requirements",
        "house",
        "vault",
        "outline",
    )

    @staticmethod
    def modules() -> Iterator[ModuleType]:
        for info in pkgutil.walk_packages(roadmap.notes.__path__, "roadmap.notes."):
            if info.name.split(".")[2] in TestBounded.OWN:
                yield importlib.import_module(info.name)

    @pytest.mark.slow
    def test_every_regex_is_linear(self) -> None:
        """A quadratic pattern takes seconds here; the limit is far above what a busy machine makes of linear ones."""
        pieces = [*'a\t-#([<,1\n→`"* ', "- ", "[[", "a=", "::", "a:: ", "1.", "a ", "--", "a b"]
        texts = [piece * (self.SIZE // len(piece)) for piece in pieces]
        texts += ["a" + " " * self.SIZE + "b", "[" + "a" * self.SIZE, "<a " + "b " * (self.SIZE // 2)]
        patterns = {
            (module.__name__, name): value
            for module in self.modules()
            for name, value in vars(module).items()
            if isinstance(value, re.Pattern)
        }
        assert len(patterns) > 20
        for (module, name), pattern in patterns.items():
            for text in texts:
                try:
                    with cpu_within(1):
                        for _ in pattern.finditer(text):
                            pass
                except AssertionError as error:
                    error.add_note(f"{module}.{name} on {text[:20]!r}…")
                    raise

    PIECES = ("- [ ] a\n", "- a (b, c) — d\n", "## a\n\n- b\n\n", "| a | b |\n", "> a\n", "- [a](b)\n  - c\n")
    INLINE_PIECES = ("[[a]] ", "**a** ", "a → ", "![", "<div>\n", "(", "a, ", "a: ", "a::b ", "<a href=b>")

    @pytest.mark.slow
    @pytest.mark.parametrize("piece", [*PIECES, *INLINE_PIECES])
    def test_an_outline_takes_as_long_as_it_is(self, piece: str) -> None:
        """Four times as much takes four times as long, not sixteen; how long that is says more of the machine."""

        def seconds(size: int) -> float:
            head = "# P\n\n" + ("| a | b |\n|---|---|\n" if piece[0] == "|" else "")
            started = time.process_time()
            outline_of(head + piece * (size // len(piece)))
            return time.process_time() - started

        # Once is enough: a machine that is busy for a moment is slow once, sixteen times as long is it every time.
        assert any(seconds(120_000) < 10 * seconds(30_000) + 0.5 for _ in range(4))
