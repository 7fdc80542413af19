"""What a note's author learns from a reading: which rule made what, why a line was left out, what to write instead."""

from __future__ import annotations

import shutil
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
    "diagram-group diagram-node": "# A\n\n```mermaid\ngraph LR\n  subgraph One\n  x --> y\n  end\n  z\n```\n",
    "mind-map diagram-group": "# A\n\n```mermaid\nmindmap\n  Root\n    One\n      x\n      y\n    z\n```\n",
    "time-line diagram-group": "# A\n\n```mermaid\ntimeline\n  section One\n    2024 : x : y\n    2025 : z\n```\n",
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


NAV = """site_name: Sea
nav:
  - Home: index.md
  - Ropes:
    - Knots: knots.md
    - splices.md
    - Sails: sails.md
  - Weather: weather/
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "weather").mkdir(parents=True)
    (tmp_path / "mkdocs.yml").write_text(NAV, encoding="utf-8")
    for name, text in {
        "index": "# Home\n\nWhat sailors know.\n",
        "knots": "# All knots\n\nA knot holds, or it does not.\n",
        "splices": "# Splices\n\nTwo ropes made one.\n",
        "weather/wind": "# Wind\n\nIt blows where it wants.\n",
        "weather/rain": "# Rain\n\nIt falls.\n",
        "stray": "# Stray\n\nNobody names this page.\n",
    }.items():
        (tmp_path / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
    return tmp_path


class TestNavigation:
    def test_its_rules(self, site: Path) -> None:
        found = {item.title: item.rule for path in read(site).paths for item in walk(path.items)}
        assert found == {
            "Ropes": "navigation-section",
            "Knots": "navigation-page",
            "Splices": "navigation-page",
            "Sails": "navigation-planned",
            "Weather": "lesson-folder",
            "Rain": "lesson-file",
            "Wind": "lesson-file",
        }

    @pytest.mark.parametrize(
        ("text", "said", "rule"),
        [
            ("Ropes:", "is the module “Ropes” of the roadmap “Sea”", "navigation-section"),
            ("knots.md", "names the topic “Knots” in “Ropes” of the roadmap “Sea”: its text is docs/knots.md.",
             "navigation-page"),
            ("splices.md", "names the topic “Splices” in “Ropes”", "navigation-page"),
            ("sails.md", "is the topic “Sails” in “Ropes”", "navigation-planned"),
            ("weather/", "is the module “Weather”", "lesson-folder"),
        ],
    )  # fmt: skip
    def test_a_line_of_it(self, site: Path, text: str, said: str, rule: str) -> None:
        explained = why(site, f"mkdocs.yml:{at(text, NAV)}")
        assert explained.startswith(f"mkdocs.yml:{at(text, NAV)} {said}")
        assert f"Why: {MADE[rule][1]}" in explained

    def test_a_line_that_made_nothing(self, site: Path) -> None:
        assert why(site, "mkdocs.yml:2").startswith("No item starts on mkdocs.yml:2. The nearest is the")

    def test_the_pages(self, site: Path) -> None:
        assert "is part of the text of an item" in why(site, "knots:3")
        assert "belongs to the topic “Knots”" in why(site, "knots:3")
        assert "is the summary of the roadmap “Sea”" in why(site, "index.md:3")

    def test_only_the_stray_page_is_left_out(self, site: Path) -> None:
        standing = Standing(examine(site))
        assert [(source, left.rule) for source, left in standing.every_left()] == [("docs/stray.md", "unused-note")]

    def test_a_summary_in_markdown(self, tmp_path: Path) -> None:
        (tmp_path / "src").mkdir()
        text = "# Summary\n\n- [Ropes](ropes.md)\n  - [Knots](knots.md)\n  - [Sails]()\n"
        (tmp_path / "src" / "SUMMARY.md").write_text(text, encoding="utf-8")
        for name in ("ropes", "knots"):
            (tmp_path / "src" / f"{name}.md").write_text(f"# {name}\n\nSaid of {name}.\n", encoding="utf-8")
        assert "SUMMARY.md:3 is the module “Ropes”" in why(tmp_path, "SUMMARY.md:3")
        assert "SUMMARY.md:4 names the topic “Knots” in “Ropes”" in why(tmp_path, "SUMMARY.md:4")
        assert "the topic “Sails” in “Ropes”" in why(tmp_path, "SUMMARY.md:5")
        said = why(tmp_path, "ropes.md:3")
        assert "is part of the own note of the module “Ropes”" in said
        assert "it gives its summary." in said
        assert list(Standing(examine(tmp_path)).every_left()) == []

    def test_the_list_of_one_folder(self, tmp_path: Path) -> None:
        (tmp_path / "sea").mkdir()
        (tmp_path / "sea" / ".pages").write_text("nav:\n  - Waves: b.md\n  - Tides: a.md\n", encoding="utf-8")
        for name in ("sea/a", "sea/b", "sky"):
            (tmp_path / f"{name}.md").write_text(f"# {name[-1]}\n\nA lesson in words.\n", encoding="utf-8")
        assert "sea/.pages:2 names the topic “Waves” in “sea”" in why(tmp_path, "sea/.pages:2")


class TestCurriculaInJson:
    TEXT = """{"title": "Sea", "modules": [
 {"title": "Ropes", "topics": [
  {"id": "knots", "title": "Knots"},
  {"id": "splices", "title": "Splices", "requires": ["knots"]}]}]}
"""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "sea.json").write_text(self.TEXT, encoding="utf-8")
        (tmp_path / "knots.md").write_text("# Knots\n\nA knot holds.\n", encoding="utf-8")
        return tmp_path

    def test_its_lines(self, folder: Path) -> None:
        assert f"is the module “Ropes” of the roadmap “Sea”.\nWhy: {MADE['json-section'][1]}" in why(
            folder, "sea.json:2"
        )
        said = why(folder, "sea.json:3")
        assert f"is the topic “Knots” in “Ropes” of the roadmap “Sea”.\nWhy: {MADE['json-entry'][1]}" in said
        assert "Its own note is knots.md" in said

    def test_a_note_that_it_names_is_in_use(self, folder: Path) -> None:
        assert list(Standing(examine(folder)).every_left()) == []
        assert "own note of the topic “Knots”" in why(folder, "knots.md:3")


def test_a_row_without_a_lesson(tmp_path: Path) -> None:
    text = "# A\n\n## Plan\n\n| Week | Topic |\n|---|---|\n| 1 | Knots |\n| 2 | Holiday |\n| 3 | Sails |\n"
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    assert f"a.md:8 was left out: {LEFT['pause'][0]}." in why(tmp_path, "a.md:8")


def test_an_export_is_explained_too(tmp_path: Path) -> None:
    text = "---\npathnotes:\n  export: 1\n---\n# Sea\n\n## Ropes ^ropes\n\n"
    text += "- **Knots** (bowline) ^knots\n- **Sails** ^sails\n"
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    said = why(tmp_path, "README.md:9")
    assert "README.md:9 is the topic “Knots” in “Ropes”" in said
    assert f"Why: {MADE['export'][1]}" in said
    assert list(Standing(examine(tmp_path)).every_left()) == []


def test_a_zip(garden: Path) -> None:
    packed = shutil.make_archive(str(garden.parent.parent / "packed"), "zip", garden.parent)
    out = StringIO()
    call_command("read_notes", packed, "--explain", "garden:15", stdout=out)
    assert out.getvalue().startswith("garden.md:15 is the topic “Soil” in “Ground”")


def test_of_a_chosen_root(tmp_path: Path) -> None:
    for name in ("Sea", "Sky"):
        text = f"# {name}\n\n## All of {name}\n\n- One {name}\n- Two {name}\n- Three {name}\n"
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    out = StringIO()
    call_command("read_notes", str(tmp_path), "--root", "Sky", "--explain", "sky:5", stdout=out)
    assert "Sky.md:5 is the topic “One Sky”" in out.getvalue()
    out = StringIO()
    call_command("read_notes", str(tmp_path), "--root", "Sky", "--explain", "sea:5", stdout=out)
    assert LEFT["unused-note"][1] in out.getvalue()
    out = StringIO()
    call_command("read_notes", str(tmp_path), "--root", "Sky", stdout=out)
    assert "One Sky" in out.getvalue()
    assert "One Sea" not in out.getvalue()


def test_no_rule_is_without_an_example() -> None:
    shown = {rule for rules in EVERY for rule in rules.split()} | {"lesson-file", "lesson-folder", "linked-map"}
    elsewhere = {"navigation-page", "navigation-section", "navigation-planned", "json-entry", "json-section", "export"}
    assert shown | elsewhere == MADE.keys()
