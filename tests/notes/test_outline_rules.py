"""Rules 1 to 10 of the notes format on whole documents, each with what it must not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from roadmap.notes.items import Requirement
from roadmap.notes.reading import read
from tests.notes.reading import item, outline, shape, titles


class TestLevels:
    def test_named_levels_over_modules(self, tmp_path: Path) -> None:
        text = "# P\n\n## Beginner\n\n### A\n\n- a\n\n## Advanced\n\n### B\n\n- b\n\n## Odds and ends\n\n- c\n"
        assert shape(outline(tmp_path, text)) == [
            "level Beginner", "  module A", "    topic a", "level Advanced", "  module B", "    topic b",
            "module Odds and ends", "  topic c",
        ]  # fmt: skip

    def test_levels_without_modules(self, tmp_path: Path) -> None:
        assert titles(outline(tmp_path, "# P\n\n## Beginner\n\n- a\n\n## Advanced\n\n- b\n"), "level") == [
            "Beginner",
            "Advanced",
        ]

    @pytest.mark.parametrize(
        "names",
        [
            ("Etapa 1: Iniciante", "Etapa 2: Avançado"),
            ("Nivel básico", "Nivel avanzado"),
            ("Niveau débutant", "Niveau avancé"),
            ("Grundlagen", "Fortgeschrittene"),
            ("Начинающий уровень", "Продвинутый уровень"),
            ("入门", "进阶"),
            ("初級編", "上級編"),
            ("المستوى الأول", "المستوى الثاني"),
            ("सतह: शुरुआती", "उन्नत स्तर"),
            ("رמה: מתחילים".replace("ر", ""), "רמה: מתקדמים"),
            ("سطح مقدماتی", "سطح پیشرفته"),
            ("Part 1", "Part 2"),
        ],
    )
    def test_in_many_languages(self, tmp_path: Path, names: tuple[str, str]) -> None:
        text = f"# P\n\n## {names[0]}\n\n### A\n\n- a\n\n## {names[1]}\n\n### B\n\n- b\n"
        assert titles(outline(tmp_path, text), "level") == list(names)

    def test_a_document_without_levels_has_modules_only(self, tmp_path: Path) -> None:
        path = outline(tmp_path, "# P\n\n## Basics of sailing\n\n- a\n\n## Advanced knots\n\n- b\n")
        assert titles(path, "level") == []

    def test_numbered_modules_make_levels_of_what_holds_them(self, tmp_path: Path) -> None:
        text = "# P\n\n## Hull\n\n### 1. A\n\n- a\n\n### 2. B\n\n- b\n\n## Rig\n\n### 1. C\n\n- c\n\n### 2. D\n\n- d\n"
        assert titles(outline(tmp_path, text), "level") == ["Hull", "Rig"]


class TestNested:
    def test_details_steps_resources(self, tmp_path: Path) -> None:
        path = outline(
            tmp_path,
            """
            # P

            ## M

            - A
              - one
              - two
            - B
              - [x] first
              - [ ] second
            - C
              - Resources:
                - [Book](https://www.amazon.com/x)
                - A talk
              - hours:: 4
              - Prerequisite: A
            - D
              - [Only a link](https://youtu.be/x)
            """,
        )
        a, b, c, d = path.items[0].items
        assert a.details == ("one", "two")
        assert [(s.kind, s.title, s.done) for s in b.items] == [("step", "first", True), ("step", "second", False)]
        assert [(r.title, r.kind) for r in c.resources] == [("Book", "book"), ("A talk", "link")]
        assert (c.hours, c.requires) == (4, (Requirement("A"),))
        assert [(r.title, r.kind) for r in d.resources] == [("Only a link", "video")]

    def test_a_topic_may_be_called_tools(self, tmp_path: Path) -> None:
        path = outline(
            tmp_path, "# P\n\n## M\n\n- **Tools**: Everything that helps you to work.\n- **Books**: Read many.\n"
        )
        assert titles(path) == ["Tools", "Books"]

    def test_a_list_does_duty_for_headings(self, tmp_path: Path) -> None:
        text = "- A\n  - a1\n  - a2\n- B\n  - b1\n  - b2\n- C\n"
        assert shape(outline(tmp_path, text)) == [
            "module A", "  topic a1", "  topic a2", "module B", "  topic b1", "  topic b2", "topic C",
        ]  # fmt: skip


class TestChecklists:
    def test_boxes_are_topics_and_plain_items_remarks(self, tmp_path: Path) -> None:
        text = "# P\n\n## M\n\n- Read this first.\n- [ ] A\n  - [x] a1\n- [x] B\n- Videos\n  - [ ] C\n"
        path = outline(tmp_path, text)
        assert shape(path) == ["module M", "  topic A", "    step a1", "  topic B", "  topic C"]
        assert [i.done for i in path.items[0].items] == [False, True, False]

    def test_headings_in_list_items(self, tmp_path: Path) -> None:
        text = "# P\n\n## M\n\n- ### A\n    - [ ] a1\n    - [ ] a2\n- ### B\n    - [ ] b1\n"
        assert shape(outline(tmp_path, text)) == [
            "module M", "  module A", "    topic a1", "    topic a2", "  module B", "    topic b1",
        ]  # fmt: skip

    def test_sections_without_boxes_are_not_part_of_it(self, tmp_path: Path) -> None:
        text = "# P\n\n## Before you start\n\n- Drink water\n\n## M\n\n- [ ] A\n- [ ] B\n- [ ] C\n"
        assert shape(outline(tmp_path, text)) == ["module M", "  topic A", "  topic B", "  topic C"]

    def test_steps_do_not_make_a_checklist(self, tmp_path: Path) -> None:
        text = "# P\n\n## M\n\n- **A** — x\n  - [ ] 1\n  - [ ] 2\n  - [ ] 3\n- **B**\n  - [ ] 4\n"
        assert titles(outline(tmp_path, text)) == ["A", "B"]


class TestTables:
    def test_columns_by_what_they_hold(self, tmp_path: Path) -> None:
        path = outline(
            tmp_path,
            """
            # P

            | ✓ | Nr | Thema | Dauer | Voraussetzungen | Chat |
            |---|---|---|---|---|---|
            | [x] | 1 | [Segel](https://example.org/s) ([alt](https://example.org/t)) | 3 Std | keine | [chat](c) |
            | [ ] | 2 | [Knoten](https://example.org/k) | 90 min | Segel | - |
            """,
        )
        sails, knots = path.items
        assert (sails.title, sails.number, sails.done, sails.hours) == ("Segel", 1, True, 3)
        assert [r.url for r in sails.resources] == ["https://example.org/s", "https://example.org/t"]
        assert (knots.done, knots.hours, knots.requires) == (False, 1.5, (Requirement("Segel"),))

    def test_first_text_column_where_links_have_no_names(self, tmp_path: Path) -> None:
        text = (
            "# P\n\n| Topic | What | Link |\n|---|---|---|\n"
            "| A | about A | [here](a.html) |\n| B | about B | [here](b.html) |\n"
        )
        path = outline(tmp_path, text)
        assert [(i.title, i.summary, i.resources[0].title) for i in path.items] == [
            ("A", "about A", "A"),
            ("B", "about B", "B"),
        ]

    def test_details_and_what_for(self, tmp_path: Path) -> None:
        text = (
            "# P\n\n| Field | Ideas |\n|---|---|\n"
            "| **A** | one, two words, three — why it matters. |\n| B | A sentence, with a comma. |\n"
        )
        a, b = outline(tmp_path, text).items
        assert (a.details, a.summary) == (("one", "two words", "three"), "why it matters.")
        assert (b.details, b.summary) == ((), "A sentence, with a comma.")

    def test_rows_that_name_a_group(self, tmp_path: Path) -> None:
        text = "| T | A | B |\n|---|---|---|\n| **One** | | |\n| x | 1 | 2 |\n| **Two** | | |\n| y | 1 | 2 |\n"
        assert shape(outline(tmp_path, text)) == ["module One", "  topic x", "module Two", "  topic y"]

    def test_html_tables(self, tmp_path: Path) -> None:
        text = (
            "# P\n\n<table>\n<tr><th>Topic</th><th>Prerequisites</th></tr>\n"
            "<tr><td>A</td><td></td></tr>\n<tr><td><b>B</b></td><td>A</td></tr>\n</table>\n"
        )
        a, b = outline(tmp_path, text).items
        assert (a.title, b.title, b.requires, b.line) == ("A", "B", (Requirement("A"),), 6)

    def test_lists_beside_tables_are_not_topics(self, tmp_path: Path) -> None:
        text = (
            "# P\n\n## M\n\n| Topic |\n|---|\n| a |\n| b |\n| c |\n| d |\n\n## What is next?\n\n- Find a job\n- Sleep\n"
        )
        assert titles(outline(tmp_path, text)) == ["a", "b", "c", "d"]


class TestChainsAndChoices:
    def test_a_chain(self, tmp_path: Path) -> None:
        path = outline(tmp_path, "# P\n\n## M\n\nA → B -> C\n\n## N\n\n- d\n- e\n")
        assert path.items[0].ordered
        assert [[r.title for r in i.requires] for i in path.items[0].items] == [[], ["A"], ["B"]]
        assert {r.source for i in path.items[0].items for r in i.requires} == {"chain"}

    def test_arrows_in_a_description_are_none(self, tmp_path: Path) -> None:
        assert titles(outline(tmp_path, "# P\n\n## M\n\nFirst A → B → C.\n\n- d\n- e\n")) == ["d", "e"]

    def test_a_diagram(self, tmp_path: Path) -> None:
        path = outline(
            tmp_path,
            """
            # P

            ```mermaid
            flowchart LR
              a[Alpha] -->|then| b(Beta)
              a & b --> c{"Gamma, delta"}
              %% a remark
              style a fill:#fff
            ```
            """,
        )
        assert [(i.title, i.line, [r.title for r in i.requires]) for i in path.items] == [
            ("Alpha", 5, []),
            ("Beta", 5, ["Alpha"]),
            ("Gamma, delta", 6, ["Alpha", "Beta"]),
        ]

    def test_a_diagram_over_an_outline_adds_its_edges(self, tmp_path: Path) -> None:
        path = outline(tmp_path, "# P\n\n## M\n\n- A\n- B\n\n```mermaid\ngraph TD\nA --> B\n```\n")
        assert titles(path) == ["A", "B"]
        assert item(path, "B").requires == (Requirement("A", source="diagram"),)

    @pytest.mark.parametrize(
        ("sentence", "count"),
        [
            ("Pick one:", 1),
            ("Choose **two** of the following:", 2),
            ("Choose any 3 of these:", 3),
            ("Escolha uma das seguintes:", 1),
            ("Elige dos:", 2),
            ("Wähle eine:", 1),
            ("Выберите один:", 1),
            ("任选两个：", 2),
            ("اختر واحد مما يلي:", 1),
        ],
    )
    def test_a_choice(self, tmp_path: Path, sentence: str, count: int) -> None:
        path = outline(tmp_path, f"# P\n\n## M\n\n{sentence}\n\n- A\n- B\n- C\n\n## N\n\n- D\n")
        assert (path.items[0].choose, path.items[1].choose) == (count, None)

    def test_a_choice_beside_other_topics_is_a_module(self, tmp_path: Path) -> None:
        path = outline(tmp_path, "# P\n\n## M\n\n- A\n\nChoose one:\n\n- B\n- C\n\n## N\n\n- D\n")
        assert shape(path)[:5] == ["module M", "  topic A", "  module Choose one", "    topic B", "    topic C"]
        assert (path.items[0].choose, path.items[0].items[1].choose, path.items[0].items[1].line) == (None, 1, 7)


class TestOptional:
    def test_sections(self, tmp_path: Path) -> None:
        text = (
            "# P\n\n## M\n\n- A\n\n## Extras\n\n- B\n\n"
            "## Optional (but nice) add-ons\n\n- C\n\n## Required reading\n\n- D\n"
        )
        assert [i.optional for i in outline(tmp_path, text).items[:3]] == [False, True, True]

    def test_a_folded_part_that_says_so(self, tmp_path: Path) -> None:
        text = "# P\n\n## M\n\n<details>\n<summary>Show (optional)</summary>\n\n- A\n\n</details>\n\n## N\n\n- B\n"
        assert [i.optional for i in outline(tmp_path, text).items] == [True, False]


class TestNeverTopics:
    @pytest.mark.parametrize(
        "heading",
        [
            "License",
            "Contributing",
            "Table of Contents",
            "FAQ",
            "Community",
            "Licença",
            "Agradecimentos",
            "Lizenz",
            "Mitwirken",
            "Contribuir",
            "Sommaire",
            "目录",
            "许可证",
            "目次",
            "المساهمة",
            "Лицензия",
            "תוכן עניינים",
            "فهرست",
            "लाइसेंस",
        ],
    )
    def test_by_name(self, tmp_path: Path, heading: str) -> None:
        path = outline(tmp_path, f"# P\n\n## {heading}\n\n- x\n- y\n\n## M\n\n- A\n- B\n")
        assert shape(path) == ["module M", "  topic A", "  topic B"]

    def test_contents_by_their_links_in_any_language(self, tmp_path: Path) -> None:
        text = "# P\n\n## Qqq\n\n- [M](#m)\n  - [x](#x)\n- [N](#n)\n\n## M\n\n- A\n\n## N\n\n- B\n"
        assert shape(outline(tmp_path, text)) == ["module M", "  topic A", "module N", "  topic B"]

    def test_empty_sections_and_left_overs(self, tmp_path: Path) -> None:
        text = (
            "# P\n\n## M\n\n- A\n- …\n\nWould you like me to write `B.md` next?\n\n"
            "## Ending\n\nThat was all.\n\n# References\n"
        )
        path = outline(tmp_path, text)
        assert (path.title, shape(path)) == ("P", ["module M", "  topic A"])

    def test_badges_and_pictures(self, tmp_path: Path) -> None:
        text = "[![x](a.svg)](https://ci.example.org)\n\n# P\n\n## M\n\n- [![logo](b.png)](https://example.org)\n- A\n"
        assert titles(outline(tmp_path, text)) == ["A"]

    def test_a_list_under_the_title_describes(self, tmp_path: Path) -> None:
        text = "# P\n\nYou need to:\n\n- be patient\n- sleep\n\n## M\n\n- A\n"
        assert titles(outline(tmp_path, text)) == ["A"]

    def test_code_is_code(self, tmp_path: Path) -> None:
        text = "# P\n\n## M\n\n```\n# not a heading\n- not a topic\n```\n\n- A\n"
        assert shape(outline(tmp_path, text)) == ["module M", "  topic A"]


class TestResources:
    def test_a_label_over_a_list(self, tmp_path: Path) -> None:
        text = "# P\n\n## M\n\n- A\n\n📚 **References**:\n- [B](https://arxiv.org/abs/1)\n- C\n\n## N\n\n- D\n"
        path = outline(tmp_path, text)
        assert titles(path) == ["A", "D"]
        assert [(r.title, r.kind) for r in path.items[0].resources] == [("B", "paper"), ("C", "link")]

    def test_a_closing_section_stands_alone(self, tmp_path: Path) -> None:
        text = (
            "# P\n\n## M\n\n- A\n\n## Resources\n\n"
            "- Courses: [X](https://example.org), Y\n- Books: *One, two, and three*, Four\n"
        )
        path = outline(tmp_path, text)
        assert shape(path) == ["module M", "  topic A", "module Resources"]
        assert [(r.title, r.kind) for r in path.items[1].resources] == [
            ("X", "course"), ("Y", "course"), ("One, two, and three", "book"), ("Four", "book"),
        ]  # fmt: skip

    def test_a_section_of_a_module_is_the_modules(self, tmp_path: Path) -> None:
        path = outline(tmp_path, "# P\n\n## M\n\n- A\n\n### Recursos\n\n- [X](https://vimeo.com/1)\n\n## N\n\n- B\n")
        assert [r.kind for r in path.items[0].resources] == ["video"]


class TestProse:
    def test_headings_are_topics(self, tmp_path: Path) -> None:
        text = "# P\n\nIntro.\n\n## A\n\nText of A.\n\n```py\nx\n```\n\n## B\n\nText of B.\n"
        path = outline(tmp_path, text)
        assert [(i.kind, i.title, i.summary, i.body) for i in path.items] == [
            ("topic", "A", "Text of A.", "Text of A.\n\n```py\nx\n```"),
            ("topic", "B", "Text of B.", "Text of B."),
        ]

    def test_headings_over_headings_are_modules(self, tmp_path: Path) -> None:
        text = "# P\n\n## M\n\n### A\n\nText.\n\n### B\n\nText.\n\n## N\n\n### C\n\nText.\n"
        assert shape(outline(tmp_path, text)) == ["module M", "  topic A", "  topic B", "module N", "  topic C"]


class TestLimits:
    def test_a_long_title_is_cut_with_a_warning(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(f"# P\n\n## M\n\n- {'long ' * 60}\n- B\n", encoding="utf-8")
        reading = read(tmp_path / "a.md")
        assert len(reading.paths[0].items[0].items[0].title) <= 200
        assert [(p.code, p.line) for p in reading.problems] == [("title-cut", 5)]

    def test_two_topics_with_one_id(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text("# P\n\n## M\n\n- A ^same\n- B ^same\n", encoding="utf-8")
        assert [(p.code, p.line, p.severity) for p in read(tmp_path / "a.md").problems] == [
            ("id-duplicate", 6, "error")
        ]


class TestTitles:
    def test_the_one_first_level_heading(self, tmp_path: Path) -> None:
        assert outline(tmp_path, "# P\n\n## M\n\n- A\n").title == "P"

    def test_front_matter(self, tmp_path: Path) -> None:
        assert outline(tmp_path, "---\ntitle: The Path\n---\n\n## M\n\n- A\n").title == "The Path"

    def test_the_heading_is_nicer_than_a_slug(self, tmp_path: Path) -> None:
        assert (
            outline(tmp_path, "---\ntitle: the_good_path\n---\n\n# The Good Path!\n\n## M\n\n- A\n").title
            == "The Good Path!"
        )

    def test_html_heading(self, tmp_path: Path) -> None:
        assert outline(tmp_path, '<h1 align="center">P</h1>\n\n## M\n\n- A\n\n## N\n\n- B\n').title == "P"

    def test_a_small_html_heading_over_several_first_level_ones(self, tmp_path: Path) -> None:
        text = "<div><h3>P</h3></div>\n\n# Contents\n\n- [M](#m)\n\n# M\n\n- A\n\n# N\n\n- B\n"
        assert outline(tmp_path, text).title == "P"

    def test_a_readme_without_a_title_is_called_after_its_folder(self, tmp_path: Path) -> None:
        (tmp_path / "sea").mkdir()
        assert outline(tmp_path / "sea", "## M\n\n- A\n\n## N\n\n- B\n", "README.md").title == "sea"

    def test_the_file(self, tmp_path: Path) -> None:
        assert outline(tmp_path, "## M\n\n- A\n\n## N\n\n- B\n", "03-sea_going boats.md").title == "sea_going boats"

    def test_one_section_called_curriculum_is_not_a_level(self, tmp_path: Path) -> None:
        text = "# Contents\n\n- [x](#x)\n\n# Curriculum\n\n## M\n\n- A\n\n## N\n\n- B\n\n# Team\n\n- Ann\n"
        assert shape(outline(tmp_path, text)) == ["module M", "  topic A", "module N", "  topic B"]
