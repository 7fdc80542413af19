"""What a note's author learns from a reading: which rule made what, why a line was left out, what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from roadmap.notes.items import Item
from roadmap.notes.reading import examine, read
from roadmap.notes.rules import LEFT, MADE
from roadmap.notes.telling.explain import NotThereError, explain
from roadmap.notes.telling.report import became, left_out, told, unresolved
from roadmap.notes.telling.standing import Standing

GARDEN = """---
title: Garden
---
# Garden

How to grow things.

- [Ground](#ground)
- [Water](#water)

## Ground

What everything stands on.

- **Soil** (clay, sand): what it is
  - humus
  - [ ] Dig
  - Books:
    - [The Earth](https://example.org/earth)
- Seeds
  - requires:: [[Soil]]
- ~~Concrete~~

```python
print("no topic")
```

## Water

| Way | Hours |
|---|---|
| Rain | 2 |
| Hose | 1 |

## License

- MIT
- Apache
"""


@pytest.fixture
def garden(tmp_path: Path) -> Path:
    path = tmp_path / "garden.md"
    path.write_text(GARDEN, encoding="utf-8")
    return path


def why(path: Path, asked: str) -> str:
    return "\n".join(explain(Standing(examine(path)), asked, path))


def at(text: str, source: str = GARDEN) -> int:
    """The line on which a text stands."""
    return next(number for number, line in enumerate(source.split("\n"), 1) if text in line)


def walk(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from walk(item.items)


class TestExplain:
    def explained(self, garden: Path, text: str) -> str:
        return why(garden, f"garden.md:{at(text)}")

    def test_a_topic(self, garden: Path) -> None:
        said = self.explained(garden, "**Soil**")
        assert said.startswith("garden.md:15 is the topic “Soil” in “Ground” of the roadmap “Garden”.\n")
        assert f"Why: {MADE['bold-lead'][1]}" in said
        assert "Its summary: from line 15." in said
        assert "Its key points: from lines 15, 16." in said
        assert "Its resources: from line 19." in said

    def test_a_module_and_its_summary(self, garden: Path) -> None:
        assert f"Why: {MADE['heading'][1]}" in self.explained(garden, "## Ground")
        assert "its summary (“What everything stands on.”)" in self.explained(garden, "What everything")

    def test_a_table_row(self, garden: Path) -> None:
        said = self.explained(garden, "| Rain")
        assert "is the topic “Rain” in “Water”" in said
        assert MADE["table-row"][1] in said
        assert "Its hours: from line" in said

    @pytest.mark.parametrize(
        ("text", "part"),
        [
            ("humus", "its key points (“humus”)"),
            ("The Earth", "its resources (“The Earth”)"),
            ("requires::", "its prerequisites (“Soil”)"),
        ],
    )
    def test_a_part_of_an_item(self, garden: Path, text: str, part: str) -> None:
        said = self.explained(garden, text)
        assert f"garden.md:{at(text)} became part of an item: {part}" in said
        owner = "Seeds" if text == "requires::" else "Soil"
        assert f"belongs to the topic “{owner}” in “Ground” of the roadmap “Garden”, which starts on line" in said

    def test_a_step(self, garden: Path) -> None:
        assert "is the step “Dig” in “Soil” in “Ground”" in self.explained(garden, "[ ] Dig")

    @pytest.mark.parametrize(
        ("text", "rule"),
        [
            ("[Water](#water)", "contents"),
            ("Concrete", "struck-out"),
            ("print", "code"),
            ("Apache", "housekeeping"),
        ],
    )
    def test_what_was_left_out(self, garden: Path, text: str, rule: str) -> None:
        what, because, mend = LEFT[rule]
        said = self.explained(garden, text)
        assert f"was left out: {what}." in said
        assert f"Why: {because}" in said
        assert (mend in said) != mend.startswith("Nothing")

    def test_front_matter_title_and_text(self, garden: Path) -> None:
        assert "the field “title”" in why(garden, "garden.md:2")
        assert "is the title of the roadmap “Garden”" in self.explained(garden, "# Garden")
        assert "is the summary of the roadmap “Garden”" in self.explained(garden, "How to grow")
        assert "is blank" in why(garden, "garden.md:5")

    def test_every_line_has_an_answer(self, garden: Path) -> None:
        for line in range(1, len(GARDEN.splitlines()) + 1):
            assert why(garden, f"garden.md:{line}").startswith(f"garden.md:{line} ")

    def test_an_own_note(self, tmp_path: Path) -> None:
        (tmp_path / "Map.md").write_text("---\ntags: [map]\n---\n# Map\n\n- [[Wind]]\n- [[Rain]]\n", encoding="utf-8")
        (tmp_path / "Wind.md").write_text("---\nhours: 2\n---\n# Wind\n\nIt blows.\n", encoding="utf-8")
        said = why(tmp_path, "map:6")
        assert "Its hours: from its own note, Wind.md." in said
        assert "the field “hours”" in why(tmp_path, "Wind.md:2")
        assert "the topic “Wind”" in why(tmp_path, "Wind.md:2")
        assert "own note of the topic “Wind”" in why(tmp_path, "Wind.md:6")
        assert "is planned. Write Rain.md" in why(tmp_path, "Map.md:7")

    def test_a_note_in_no_roadmap(self, tmp_path: Path) -> None:
        (tmp_path / "Map.md").write_text("---\ntags: [map]\n---\n# Map\n\n- [[Wind]]\n- [[Rain]]\n", encoding="utf-8")
        (tmp_path / "Stray.md").write_text("# Stray\n\nNobody links here, whatever it says.\n", encoding="utf-8")
        assert LEFT["unused-note"][1] in why(tmp_path, "Stray.md:3")

    def test_a_lesson(self, tmp_path: Path) -> None:
        (tmp_path / "1-sea.md").write_text("# Sea\n\nWide and wet, as everybody knows.\n", encoding="utf-8")
        (tmp_path / "2-sky.md").write_text("# Sky\n\nHigh and blue, as everybody knows.\n", encoding="utf-8")
        said = why(tmp_path, "1-sea:3")
        assert said.startswith("1-sea.md:3 is part of the text of an item.\nIt belongs to the topic “Sea”")


class TestNotThere:
    def test_files_are_found_forgivingly(self, garden: Path) -> None:
        (garden.parent / "sub").mkdir()
        (garden.parent / "sub" / "Other.md").write_text("# Other\n\n## Things\n\n- One\n- Two\n", encoding="utf-8")
        for name in ("sub/Other.md", "./sub/Other.md", "Other.md", "other", str(garden.parent / "sub" / "Other.md")):
            assert why(garden.parent, f"{name}:5").startswith("sub/Other.md:5 ")

    def test_two_files_of_one_name(self, garden: Path) -> None:
        for folder in ("a", "b"):
            (garden.parent / folder).mkdir()
            (garden.parent / folder / "x.md").write_text("# X\n\n- One\n- Two\n", encoding="utf-8")
        with pytest.raises(NotThereError, match=r"may be a/x\.md, b/x\.md\. Name it with its folder"):
            why(garden.parent, "x.md:1")

    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            ("garden.md:900", "has no line 900: it ends with line 38"),
            ("garden.md:0", "has no line 0"),
            ("nowhere.md:1", "There is no note “nowhere.md”"),
            ("garden.md", "Name a file and a line"),
            ("garden.md:x", "Name a file and a line"),
        ],
    )
    def test_refused(self, garden: Path, asked: str, message: str) -> None:
        with pytest.raises(CommandError, match=message) as caught:
            call_command("read_notes", str(garden), "--explain", asked, stdout=StringIO())
        assert "\n" not in str(caught.value)
        assert caught.value.returncode == 1

    def test_a_file_that_was_refused(self, garden: Path) -> None:
        (garden.parent / "bad.md").write_bytes(b"# Bad\n\xff\xfe\n")
        with pytest.raises(NotThereError, match=r"bad\.md was not read.*UTF-8"):
            why(garden.parent, "bad.md:1")


class TestReport:
    def test_what_became_topics(self, garden: Path) -> None:
        lines = list(became(Standing(examine(garden))))
        assert lines[0] == "What became topics"
        assert f"  2 × table row, first garden.md:32 “Rain”. {MADE['table-row'][1]}" in lines
        assert f"  1 × box below a topic, first garden.md:17 “Dig”. {MADE['step'][1]}" in lines

    def test_what_was_left_out(self, garden: Path) -> None:
        lines = list(left_out(Standing(examine(garden))))
        assert "  Struck out: garden.md:22 “Concrete”." in lines
        assert "  About the document: garden.md:35-38 “License”." in lines
        assert "  Table of contents: garden.md:8-9 “Ground”." in lines

    def test_what_could_not_be_resolved(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(
            "# Sea\n\n## Rope\n\n- Bowlines\n- Sails (requires Bowlinse)\n- Masts (requires Woodwork)\n"
            "- [[Tide]]\n- [[Moonn]]\n",
            encoding="utf-8",
        )
        (tmp_path / "Moon.md").write_text("# Moon\n\nIt is round, and far away, and pulls.\n", encoding="utf-8")
        lines = "\n".join(unresolved(Standing(examine(tmp_path))))
        assert "a.md:6: “Sails” requires" in lines
        assert "Did you mean “Bowlines”?" in lines
        assert "a.md:7: “Masts” requires “Woodwork”, which is no topic of these notes. Add a topic" in lines
        assert "a.md:9: no note is called “Moonn”. Did you mean Moon.md?" in lines
        assert "1 topic has no note yet: a.md:8 [[Tide]]" in lines

    def test_it_is_bounded(self, tmp_path: Path) -> None:
        many = "".join(f"- Topic {n} (requires Nothing of the kind {n})\n- ~~Old {n}~~\n" for n in range(300))
        (tmp_path / "a.md").write_text(f"# Many\n\n## All\n\n{many}", encoding="utf-8")
        assert len(list(told(Standing(examine(tmp_path / "a.md"))))) < 40

    def test_nothing_to_tell_is_not_told(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text("# Sea\n\n## Rope\n\n- Knots\n- Sails\n", encoding="utf-8")
        standing = Standing(examine(tmp_path / "a.md"))
        assert list(left_out(standing)) == []
        assert list(unresolved(standing)) == []


EVERY = {
    "level-heading heading list-item": "# A\n\n## Beginner\n\n### One\n\n- x\n- y\n\n## Advanced\n\n### Two\n\n- z\n",
    "bold-lead link-lead": "# A\n\n## One\n\n- **x**: y\n- [z](https://example.org)\n",
    "checkbox": "# A\n\n## One\n\n- [ ] w\n",
    "bold-heading": "# A\n\n## One\n\n**Left**\n\n- x\n- y\n\n**Right**\n\n- z\n",
    "resource-heading": "# A\n\n## One\n\n- x\n- y\n\n## Resources\n\n- [z](https://example.org)\n",
    "prose-heading": "# A\n\n## One\nText.\n\n## Two\nMore text.\n",
    "table-row table-group": "# A\n\n| Module | Topic |\n|---|---|\n| One | x |\n| | y |\n| Two | z |\n",
    "wiki-link list-group": "---\ntags: [map]\n---\n# A\n\n## One\n\n- Near\n  - [[x]]\n  - [[y]]\n",
    "choice": "# A\n\n## One\n\n- x\n\nPick one:\n\n- y\n- z\n",
    "chain": "# A\n\n## One\n\nx → y → z\n",
    "named-chain": "# A\n\n## One\n\n- First: x → y → z\n- Second: u → v → w\n",
    "diagram-node": "# A\n\n```mermaid\ngraph LR\n  x[X] --> y[Y]\n```\n",
    "step": "# A\n\n## One\n\n- x\n  - [ ] y\n- z\n- w\n- v\n",
}


@pytest.mark.parametrize("rules", EVERY)
def test_every_rule_names_itself(rules: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(EVERY[rules], encoding="utf-8")
    found = {item.rule for path in read(tmp_path / "a.md").paths for item in walk(path.items)}
    assert set(rules.split()) <= found
    assert found <= MADE.keys()


def test_rules_of_folders(tmp_path: Path) -> None:
    (tmp_path / "lessons" / "one").mkdir(parents=True)
    for name in ("x", "y"):
        text = f"# {name}\n\nA lesson that is told in words.\n"
        (tmp_path / "lessons" / "one" / f"{name}.md").write_text(text, encoding="utf-8")
    (tmp_path / "maps").mkdir()
    for name, linked in (("Whole", "Part"), ("Part", "Leaf")):
        text = f"---\ntags: [map]\n---\n# {name}\n\n- [[{linked}]]\n- [[Other {name}]]\n"
        (tmp_path / "maps" / f"{name}.md").write_text(text, encoding="utf-8")
    found = {
        item.rule
        for folder in ("lessons", "maps")
        for path in read(tmp_path / folder).paths
        for item in walk(path.items)
    }
    assert found == {"lesson-file", "lesson-folder", "linked-map", "wiki-link"}


def test_no_rule_is_without_an_example() -> None:
    shown = {rule for rules in EVERY for rule in rules.split()} | {"lesson-file", "lesson-folder", "linked-map"}
    assert shown == MADE.keys()
