"""Navigation files of documentation tools: order, titles, nesting, what they leave out, and what is wrong in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from roadmap.notes.items import Problem, Reading
from tests.notes.reading import folder, item, shape, titles
from tests.pace import cpu_within

LESSON = "# {}\n\nA paragraph that says a good deal about the matter, and then some more of it.\n"


def lessons(*paths: str, **notes: str) -> dict[str, str]:
    """Notes of prose, called after their files."""
    return {path: LESSON.format(path.rpartition("/")[2].rpartition(".")[0].capitalize()) for path in paths} | notes


def problems(reading: Reading, code: str) -> list[Problem]:
    return [problem for problem in reading.problems if problem.code == code]


def unused(reading: Reading) -> str:
    found = problems(reading, "notes-unused")
    assert len(found) <= 1
    return found[0].message.partition(": ")[2].partition(". Link")[0] if found else ""


class TestFolders:
    @pytest.mark.parametrize(
        ("files", "order"),
        [
            (("2-b.md", "10-c.md", "1-a.md"), ["1 A", "2 B", "10 C"]),
            (("02_b.md", "10_c.md", "01_a.md"), ["1 A", "2 B", "10 C"]),
            (("1.2 b.md", "1.10 c.md", "1.1 a.md"), ["1 A", "2 B", "10 C"]),
            (("II-b.md", "IX-i.md", "I-a.md"), ["None I a", "None Ii b", "None Ix i"]),  # gaps: no counting
            (("ii. b.md", "iii. c.md", "iv. d.md", "i. a.md"), ["1 A", "2 B", "3 C", "4 D"]),
            (("x.md", "1-a.md", "intro.md"), ["1 A", "None Intro", "None X"]),
            (("2024-02-01-b.md", "2024-01-15-a.md"), ["None A", "None B"]),
        ],
    )
    def test_numbers_in_names(self, tmp_path: Path, files: tuple[str, ...], order: list[str]) -> None:
        reading = folder(tmp_path, dict.fromkeys(files, "Prose about the matter, a whole sentence.\n"))
        assert [f"{i.number} {i.title.capitalize()}" for i in reading.paths[0].items] == order

    @pytest.mark.parametrize("key", ["order", "weight", "nav_order", "sidebar_position", "position"])
    def test_front_matter(self, tmp_path: Path, key: str) -> None:
        notes = {name: f"---\n{key}: {at}\n---\n# {name}\n\nProse.\n" for name, at in (("a", 3), ("b", 1.5), ("c", -2))}
        reading = folder(tmp_path, {f"{name}.md": text for name, text in notes.items()} | lessons("d.md", "0-e.md"))
        assert titles(reading.paths[0]) == ["c", "0-e", "b", "a", "D"]

    def test_a_position_that_is_none_is_none(self, tmp_path: Path) -> None:
        reading = folder(tmp_path, {"b.md": "---\norder: first\n---\n# B\n\nProse.\n"} | lessons("a.md"))
        assert titles(reading.paths[0]) == ["A", "B"]

    def test_the_readme_of_a_folder_says_where_it_stands(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            lessons("a/x.md", "a/y.md", "b/x2.md", "b/y2.md")
            | {"b/README.md": "---\nweight: 1\n---\n# Before\n\nWhat comes first.\n"},
        )
        assert shape(reading.paths[0]) == [
            "module Before",
            "  topic X2",
            "  topic Y2",
            "module a",
            "  topic X",
            "  topic Y",
        ]
        assert reading.paths[0].items[0].summary == "What comes first."

    def test_docusaurus_categories(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            lessons("a/x.md", "a/y.md", "b/z.md", "b/w.md")
            | {
                "a/_category_.json": '{"label": "Later on", "position": 2}',
                "b/_category_.yml": "label: At first\nposition: 1\nlink:\n  description: All of it.\n",
            },
        )
        assert titles(reading.paths[0], "module") == ["At first", "Later on"]
        assert reading.paths[0].items[0].summary == "All of it."

    def test_awesome_pages(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            lessons("a.md", "b.md", "c.md", "d.md", "more/x.md", "more/y.md", "secret/z.md", "secret/q.md")
            | {
                ".pages": "nav:\n  - c.md\n  - Named: a.md\n  - ...\n  - Group:\n      - d.md\n",
                "more/.pages": "title: Much more\norder: desc\n",
                "secret/.pages": "hide: true\n",
            },
        )
        assert shape(reading.paths[0]) == [
            "topic C",
            "topic Named",
            "topic B",
            "module Much more",
            "  topic Y",
            "  topic X",
            "module Group",
            "  topic D",
        ]

    def test_awesome_pages_without_the_rest(self, tmp_path: Path) -> None:
        notes = lessons("a.md", "b.md", "c.md") | {".pages": "nav:\n  - b.md\n  - ../../x.md\n  - later.md\n"}
        reading = folder(tmp_path, notes)
        assert [(i.title, i.planned) for i in reading.paths[0].items] == [("B", False), ("later", True)]
        assert [(p.source, p.line) for p in problems(reading, "navigation-entry")] == [(".pages", 3)]
        assert unused(reading) == "a.md, c.md"

    def test_lessons_of_one_name_are_two_topics(self, tmp_path: Path) -> None:
        reading = folder(tmp_path, lessons("a/intro.md", "a/x.md", "b/intro.md", "b/y.md"))
        assert [i.link for path in reading.paths for m in path.items for i in m.items] == [
            "a/intro",
            "x",
            "b/intro",
            "y",
        ]


MKDOCS = """site_name: Bread
theme:
  name: material
  logo: !ENV [LOGO, x]
markdown_extensions:
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
      evil: !!python/object/apply:os.system ["touch owned"]
nav:
  - Home: index.md
  - Doughs:
      - Overview: doughs/index.md
      - doughs/rye.md
      - Wheat and spelt: doughs/wheat.md
  - Baking:
      - By hand:
          - 1. Kneading: kneading.md
          - Proving: proving.md
      - Elsewhere: https://example.org/bread
"""


class TestMkDocs:
    NOTES = lessons(
        "docs/doughs/rye.md", "docs/doughs/wheat.md", "docs/kneading.md", "docs/left.md", "docs/z/CHANGELOG.md"
    )

    def test_order_titles_and_nesting(self, tmp_path: Path) -> None:
        notes = self.NOTES | {
            "mkdocs.yml": MKDOCS,
            "docs/index.md": "# Bread\n\nAll about it.\n",
            "docs/doughs/index.md": "# Doughs\n\nWhat everything is made of.\n",
        }
        reading = folder(tmp_path, notes)
        path = reading.paths[0]
        assert [(p.title, p.source, p.summary) for p in reading.paths] == [("Bread", "mkdocs.yml", "All about it.")]
        assert shape(path) == [
            "module Doughs",
            "  topic Overview",
            "  topic Rye",
            "  topic Wheat and spelt",
            "module Baking",
            "  module By hand",
            "    topic Kneading",
            "    topic Proving",
        ]
        kneading, proving = item(path, "Kneading"), item(path, "Proving")
        assert (kneading.number, kneading.source, kneading.body) == (1, "docs/kneading.md", item(path, "Rye").body)
        assert (proving.planned, proving.source, proving.line, proving.link) == (True, "mkdocs.yml", 18, "docs/proving")
        assert [r.url for r in path.items[1].resources] == ["https://example.org/bread"]
        assert item(path, "Wheat and spelt").aliases == ("Wheat",)
        assert unused(reading) == "docs/left.md"
        assert not (tmp_path / "owned").exists()
        assert not Path("owned").exists()

    def test_another_folder_of_docs(self, tmp_path: Path) -> None:
        notes = lessons("text/a.md", "text/b.md") | {"mkdocs.yml": "docs_dir: ./text\nnav: [b.md, a.md]\n"}
        assert titles(folder(tmp_path, notes).paths[0]) == ["B", "A"]

    def test_whole_folders(self, tmp_path: Path) -> None:
        notes = lessons("docs/x/2-a.md", "docs/x/10-b.md", "docs/y.md") | {
            "mkdocs.yml": "nav:\n  - y.md\n  - Both: x/\n  - x\n"
        }
        assert shape(folder(tmp_path, notes).paths[0]) == ["topic Y", "module Both", "  topic 2-a", "  topic 10-b"]

    def test_without_nav_the_folders_count(self, tmp_path: Path) -> None:
        notes = lessons("docs/2.md", "docs/10.md") | {"mkdocs.yml": "site_name: x\n"}
        assert titles(folder(tmp_path, notes).paths[0]) == ["2", "10"]

    @pytest.mark.parametrize(
        ("text", "line", "says"),
        [
            ("nav:\n  - a.md\n - b.md\n", 3, "Invalid YAML"),
            ("nav:\n  - [[" + "[" * 100 + "\n", 2, "nests deeper"),
            ("nav: [a.md" + ", x" * 70_000 + "]\n", 1, "more than 60,000 values"),
        ],
    )
    def test_broken_files_leave_the_folders(self, tmp_path: Path, text: str, line: int, says: str) -> None:
        reading = folder(tmp_path, lessons("docs/b.md", "docs/a.md") | {"mkdocs.yml": text})
        assert titles(reading.paths[0]) == ["A", "B"]
        (problem,) = problems(reading, "navigation-invalid")
        assert (problem.source, problem.line, problem.severity) == ("mkdocs.yml", line, "warning")
        assert says in problem.message

    def test_aliases_are_not_followed(self, tmp_path: Path) -> None:
        bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nnav:\n  - *c\n  - a.md\n  - {More: *b}\n"
        reading = folder(tmp_path, lessons("docs/a.md", "docs/b.md") | {"mkdocs.yml": bomb})
        assert titles(reading.paths[0]) == ["A"]
        assert [p.line for p in problems(reading, "navigation-entry")] == [5, 7]

    def test_pages_outside_of_what_is_read(self, tmp_path: Path) -> None:
        (tmp_path / "secret.md").write_text("# Secret\n\nsecret\n", encoding="utf-8")
        reading = folder(tmp_path, lessons("docs/a.md") | {"mkdocs.yml": "nav:\n  - a.md\n  - X: ../../secret.md\n"})
        assert titles(reading.paths[0]) == ["A"]
        assert [p.line for p in problems(reading, "navigation-entry")] == [3]


SUMMARY = """# Summary

[Preface](preface.md)

# First steps

- [Getting *started*](start/README.md)
  - [Tools](start/tools.md)
  - [Not written yet]()
- [Names](names.md)

---

# Going on

- [Loops](loops.md#top)
    - [While](missing/while.md)

[Afterword](after.md)
"""


class TestSummary:
    NOTES = lessons("preface.md", "start/tools.md", "names.md", "loops.md", "after.md", "extra.md") | {
        "start/README.md": "# Beginnings\n\nWhat is needed on the first day.\n"
    }

    def test_parts_chapters_and_drafts(self, tmp_path: Path) -> None:
        reading = folder(tmp_path, self.NOTES | {"SUMMARY.md": SUMMARY})
        (path,) = reading.paths
        assert (path.source, path.title) == ("SUMMARY.md", "vault")
        assert shape(path) == [
            "topic Preface",
            "module First steps",
            "  module Getting started",
            "    topic Tools",
            "    topic Not written yet",
            "  topic Names",
            "module Going on",
            "  module Loops",
            "    topic While",
            "topic Afterword",
        ]
        assert path.items[1].items[0].summary == "What is needed on the first day."
        assert [i.title for i in (item(path, "Not written yet"), item(path, "While")) if i.planned] == [
            "Not written yet",
            "While",
        ]
        assert (item(path, "While").source, item(path, "While").line) == ("SUMMARY.md", 17)
        assert unused(reading) == "extra.md"

    def test_only_under_its_very_name(self, tmp_path: Path) -> None:
        text = (
            "# Summary\n\n"
            + "A long sentence about the summary of everything that was said. " * 4
            + "\n\n- [x](loops.md)\n"
        )
        reading = folder(tmp_path, self.NOTES | {"summary.md": text})
        assert "Loops" in titles(reading.paths[0])
        assert [p.source for p in reading.paths] == [""]

    def test_one_that_leads_nowhere_is_a_note(self, tmp_path: Path) -> None:
        reading = folder(tmp_path, lessons("a.md", "b.md") | {"SUMMARY.md": "# What we did\n\n- [x](gone.md)\n"})
        assert titles(reading.paths[0]) == ["A", "B", "What we did"]

    def test_docsify(self, tmp_path: Path) -> None:
        sidebar = "* Start\n  * [Second](b.md)\n  * [First](/a)\n* [Guide](guide/)\n* [Site](https://example.org)\n"
        notes = lessons("a.md", "b.md", "guide/x.md") | {"_sidebar.md": sidebar, "guide/README.md": "# G\n\nText.\n"}
        reading = folder(tmp_path, notes)
        assert shape(reading.paths[0]) == ["module Start", "  topic Second", "  topic First", "topic Guide"]
        assert unused(reading) == "guide/x.md"

    def test_two_books_are_two_roadmaps(self, tmp_path: Path) -> None:
        notes = {f"{book}/{page}.md": f"# {page}\n\nProse.\n" for book in ("one", "two") for page in ("a", "b")}
        notes |= {f"{book}/SUMMARY.md": "- [B](b.md)\n- [A](a.md)\n" for book in ("one", "two")}
        reading = folder(tmp_path, notes)
        assert [(p.title, p.source, titles(p)) for p in reading.paths] == [
            ("one", "one/SUMMARY.md", ["B", "A"]),
            ("two", "two/SUMMARY.md", ["B", "A"]),
        ]

    def test_of_two_files_for_the_same_pages_one_counts(self, tmp_path: Path) -> None:
        notes = lessons("docs/a.md", "docs/b.md") | {
            "mkdocs.yml": "nav: [b.md, a.md]\n",
            "docs/SUMMARY.md": "- [A](a.md)\n- [B](b.md)\n",
        }
        reading = folder(tmp_path, notes)
        assert [(p.source, titles(p)) for p in reading.paths] == [("mkdocs.yml", ["B", "A"])]
        assert unused(reading) == ""

    def test_a_page_named_twice_is_one_topic(self, tmp_path: Path) -> None:
        notes = lessons("a.md", "b.md") | {"SUMMARY.md": "- [A](a.md)\n- [Again](a.md)\n- [B](b.md)\n"}
        assert titles(folder(tmp_path, notes).paths[0]) == ["A", "B"]

    def test_a_hub_that_it_names_is_a_module(self, tmp_path: Path) -> None:
        notes = lessons("a.md", "x.md", "y.md") | {
            "SUMMARY.md": "- [A](a.md)\n- [Deeper](hub.md)\n",
            "hub.md": "---\ntags: [map]\n---\n# Hub\n\n- [[X]]\n- [[Y]]\n- [[Later]]\n",
        }
        reading = folder(tmp_path, notes)
        assert shape(reading.paths[0]) == ["topic A", "module Deeper", "  topic X", "  topic Y", "  topic Later"]
        assert unused(reading) == ""


class TestDocusaurus:
    NOTES = lessons("docs/01-intro.md", "docs/basics/02-b.md", "docs/basics/01-a.md", "docs/other/c.md") | {
        "docs/other/d.md": "---\nid: dee\n---\n# D\n\nProse.\n"
    }

    def test_sidebars(self, tmp_path: Path) -> None:
        sidebars = """{
            "main": [
                "intro",
                {"type": "category", "label": "Basics", "items": [{"type": "autogenerated", "dirName": "basics"}]},
                {"Rest": ["other/dee", {"type": "doc", "id": "other/c", "label": "See"}, "other/gone"]},
                {"type": "link", "label": "Site", "href": "https://example.org"},
                {"type": "puzzle"}
            ]
        }"""
        reading = folder(tmp_path, self.NOTES | {"sidebars.json": sidebars})
        (path,) = reading.paths
        assert shape(path) == [
            "topic 01-intro",
            "module Basics",
            "  module basics",
            "    topic 01-a",
            "    topic 02-b",
            "module Rest",
            "  topic D",
            "  topic See",
            "  topic gone",
        ]
        assert item(path, "gone").planned
        assert [(p.source, p.line) for p in problems(reading, "navigation-entry")] == [("sidebars.json", 7)]

    def test_two_sidebars_are_two_roadmaps(self, tmp_path: Path) -> None:
        sidebars = '{"firstSteps": ["intro"], "api": {"All": ["basics/a", "basics/b"]}}'
        reading = folder(tmp_path, self.NOTES | {"sidebars.json": sidebars})
        assert [(p.title, titles(p)) for p in reading.paths] == [
            ("First Steps", ["01-intro"]),
            ("Api", ["01-a", "02-b"]),
        ]
        assert unused(reading) == "docs/other/c.md, docs/other/d.md"

    def test_broken_json_leaves_the_folders(self, tmp_path: Path) -> None:
        reading = folder(tmp_path, self.NOTES | {"sidebars.json": '{"main": [\n"intro",]}'})
        assert "01-a" in titles(reading.paths[0])
        assert [(p.line, p.severity) for p in problems(reading, "navigation-invalid")] == [(2, "warning")]


class TestJupyterBook:
    NOTES = lessons("intro.md", "a.md", "b.md", "c.md", "left.md")

    @pytest.mark.parametrize(
        "text",
        [
            """
            format: jb-book
            root: intro
            parts:
              - caption: First
                chapters:
                  - file: b
                    sections:
                      - file: a
              - caption: Second
                chapters:
                  - file: c
                    title: See
                  - file: nb/work.ipynb
            """,
            """
            - file: intro
            - part: First
            - file: b
              sections:
                - file: a
            - part: Second
            - file: c
              title: See
            - file: nb/work.ipynb
            """,
        ],
    )
    def test_parts_and_sections(self, tmp_path: Path, text: str) -> None:
        reading = folder(tmp_path, self.NOTES | {"_toc.yml": text})
        assert shape(reading.paths[0]) == [
            "topic Intro",
            "module First",
            "  module B",
            "    topic A",
            "module Second",
            "  topic See",
            "  topic work",
        ]
        assert item(reading.paths[0], "work").planned
        assert unused(reading) == "left.md"


def test_wide_and_deep_files_are_quick(tmp_path: Path) -> None:
    deep = "".join(f"{'  ' * at}- [{at}](p{at}.md)\n" for at in range(100))
    wide = "nav:\n" + "  - p1.md\n" * 25_000
    notes = lessons(*(f"p{at}.md" for at in range(100))) | {"SUMMARY.md": deep, "mkdocs.yml": "docs_dir: .\n" + wide}
    with cpu_within(10):
        reading = folder(tmp_path, notes)
    assert [p.source for p in reading.paths] == ["SUMMARY.md"]
    assert any("more than 20,000 entries" in p.message for p in problems(reading, "navigation-invalid"))
