"""Notes as many hands write them: what each manner of writing must give."""

from __future__ import annotations

from pathlib import Path

from tests.notes.reading import folder, item, outline, shape, titles


def needs(path: object, title: str) -> list[str]:
    return [r.title for r in item(path, title).requires]  # type: ignore[arg-type]


class TestPseudoHeadings:
    def test_bold_lines_with_colons_side_by_side_are_modules(self, tmp_path: Path) -> None:
        text = "# Chess\n\n**1. Rules**\n- Castling\n\n**2. Plans:**\n- Outposts\n\n**3. Ends**\nIn order:\n- Pawns\n"
        assert shape(outline(tmp_path, text)) == [
            "module Rules", "  topic Castling", "module Plans", "  topic Outposts", "module Ends", "  topic Pawns",
        ]  # fmt: skip

    def test_labels_that_come_back_are_no_modules(self, tmp_path: Path) -> None:
        part = "\n\n**Focus:**\n\n- a{0}\n\n**Drill:**\n\n- b{0}\n"
        text = "# P\n\n## A" + part.format(1) + "\n## B" + part.format(2)
        assert shape(outline(tmp_path, text)) == [
            "module A", "  topic a1", "  topic b1", "module B", "  topic a2", "  topic b2",
        ]  # fmt: skip

    def test_folded_parts_are_modules(self, tmp_path: Path) -> None:
        part = "<details>\n<summary><b>{}</b></summary>\n\n- {}\n- {}\n\n</details>\n\n"
        text = "# Games\n\n" + part.format("Easy", "Pong", "Snake") + part.format("Hard", "Chess", "Go")
        text += "## Other\n\n- Cards\n"
        assert shape(outline(tmp_path, text)) == [
            "module Easy", "  topic Pong", "  topic Snake", "module Hard", "  topic Chess", "  topic Go",
            "module Other", "  topic Cards",
        ]  # fmt: skip


class TestChainsAndDiagrams:
    def test_each_named_chain_is_a_module(self, tmp_path: Path) -> None:
        text = "# Piano\n\n**First year:** Posture → Notes → Scales\n\n**Second year:** Pedal -> Voicing -> Sonatas\n"
        path = outline(tmp_path, text)
        assert titles(path) == ["Posture", "Notes", "Scales", "Pedal", "Voicing", "Sonatas"]
        assert [i.title for i in path.items] == ["First year", "Second year"]
        assert needs(path, "Pedal") == []
        assert needs(path, "Sonatas") == ["Voicing"]

    def test_chains_in_a_list_share_their_topics(self, tmp_path: Path) -> None:
        path = outline(tmp_path, "# Order\n\n- Sums → Algebra → Calculus\n- Sums → Logic\n- Logic → Calculus\n")
        assert titles(path) == ["Sums", "Algebra", "Calculus", "Logic"]
        assert needs(path, "Calculus") == ["Algebra", "Logic"]

    def test_an_arrow_in_one_of_many_items_is_a_title(self, tmp_path: Path) -> None:
        assert titles(outline(tmp_path, "# P\n\n## A\n\n- Celsius → Fahrenheit\n- Kelvin\n")) == [
            "Celsius → Fahrenheit",
            "Kelvin",
        ]

    def test_a_flow_chart_beside_prose(self, tmp_path: Path) -> None:
        text = """
            # Order

            ```mermaid
            flowchart TD
              A([Markup]) --> B{Styles}
              A --> C[(Storage)]
              B -. later .-> D(Widgets)
            ```

            ## Remarks
            Take your time.
        """
        path = outline(tmp_path, text)
        assert titles(path) == ["Markup", "Styles", "Storage", "Widgets"]
        assert needs(path, "Storage") == ["Markup"]
        assert needs(path, "Widgets") == ["Styles"]


class TestPrerequisites:
    def test_of_a_note_in_its_text(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {
                "README.md": "# S\n\n- [Night](night.md)\n- [Lenses](lenses.md)\n- [Sun](sun.md)\n- [Dust](dust.md)\n",
                "night.md": "# Night\n\nLook up.\n",
                "lenses.md": "# Lenses\n\n**Prerequisites:** [Night](night.md)\n\nGlass.\n",
                "sun.md": "# Sun\n\nHot.\n\n## Requirements\n\n- Lenses\n- [Night](night.md), to know the dark\n",
                "dust.md": "# Dust\n\nrequires:: [[Sun]]\n\nAfter that, dust is plain to see.\n",
            },
        )
        path = reading.paths[0]
        assert {t: needs(path, t) for t in titles(path)} == {
            "Night": [],
            "Lenses": ["Night"],
            "Sun": ["Lenses", "Night"],
            "Dust": ["Sun"],
        }

    def test_counted_titles_go_by_their_names(self, tmp_path: Path) -> None:
        text = "# P\n\n## Lesson 1: Hello\n\n- a\n\n## Lesson 2 – Numbers\n\nRequires: Hello\n\n- b\n"
        path = outline(tmp_path, text)
        assert [i.title for i in path.items] == ["Lesson 1: Hello", "Lesson 2 – Numbers"]
        assert needs(path, "Lesson 2 – Numbers") == ["Lesson 1: Hello"]

    def test_course_codes_name_courses(self, tmp_path: Path) -> None:
        text = """
            # Study

            | Code | Course name | Pre-reqs | Hrs/week | Credits |
            |---|---|---|---|---|
            | MA101 | Limits | — | 4 | 5 |
            | MA201 | Series | MA101 | 6 | 6 |
            | MA202 | Spaces | MA101, MA201 | 2 | 7 |
        """
        path = outline(tmp_path, text)
        assert needs(path, "Spaces") == ["Limits", "Series"]
        assert [i.number for i in path.items] == [None, None, None]

    def test_names_that_only_look_like_codes_stay_titles(self, tmp_path: Path) -> None:
        text = "# Chords\n\n| Chord | Fingering |\n|---|---|\n| C7 | low |\n| G7 | high |\n"
        assert titles(outline(tmp_path, text)) == ["C7", "G7"]


class TestChoices:
    def test_wherever_they_stand(self, tmp_path: Path) -> None:
        text = """
            # Minor

            ## Electives (choose two)

            - Databases
            - Graphics
            - Robots

            ## Capstone
            Complete one of the following projects:

            - Compiler
            - Browser

            ## Languages

            - Reading code
            - Pick one language:
              - Ada
              - Forth
            - A web framework (pick one)
              - Rails
              - Django
        """
        path = outline(tmp_path, text)
        assert {i.title: i.choose for i in [*path.items, *path.items[2].items]} == {
            "Electives": 2, "Capstone": 1, "Languages": None,
            "Reading code": None, "Pick one language": 1, "A web framework": 1,
        }  # fmt: skip
        assert titles(path)[-5:] == ["Reading code", "Ada", "Forth", "Rails", "Django"]

    def test_all_of_them_is_no_choice(self, tmp_path: Path) -> None:
        text = "# P\n\n## A\nDo every one of the following:\n\n- a\n- b\n\n## B\n\n- c\n- d\n"
        assert [i.choose for i in outline(tmp_path, text).items] == [None, None]

    def test_optional_before_or_behind_the_name(self, tmp_path: Path) -> None:
        text = "# P\n\n## Week 1: Rows\n\n- a\n\n## Week 2 (optional): Knots\n\n- b\n\n## Week 3 – Bonus: lace\n\n- c\n"
        assert [(i.title, i.optional) for i in outline(tmp_path, text).items] == [
            ("Week 1: Rows", False), ("Week 2: Knots", True), ("Week 3 – Bonus: lace", True),
        ]  # fmt: skip


class TestFolders:
    LESSON = "# {}\n\nSome lines of prose, so that this is a lesson and no list.\n"

    def test_files_about_the_folder_are_no_lessons(self, tmp_path: Path) -> None:
        names = ["01-hello.md", "02-numbers.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "LICENSE.md"]
        reading = folder(tmp_path, {name: self.LESSON.format(name[:-3]) for name in names})
        assert [i.source for i in reading.paths[0].items] == ["01-hello.md", "02-numbers.md"]

    def test_a_list_of_the_notes_is_the_outline(self, tmp_path: Path) -> None:
        notes = {f"{name}.md": self.LESSON.format(name) for name in ("zebra", "ant", "cow")}
        summary = "# Summary\n\n- [The zebra](zebra.md)\n- [The ant](ant.md)\n- [The cow](cow.md)\n"
        reading = folder(tmp_path, {"SUMMARY.md": summary, **notes})
        assert [(p.title, titles(p)) for p in reading.paths] == [("vault", ["The zebra", "The ant", "The cow"])]

    def test_an_index_of_wiki_links_by_path(self, tmp_path: Path) -> None:
        notes = {f"part/{name}.md": self.LESSON.format(name) for name in ("Zebra", "Ant")}
        index = "# Index\n\n- [[part/Zebra]]\n- [[part/Ant]]\n- [[TCP/IP]]\n"
        reading = folder(tmp_path, {"00 Index.md": index, **notes})
        assert [(p.title, titles(p)) for p in reading.paths] == [("vault", ["Zebra", "Ant", "TCP/IP"])]

    def test_exported_pages(self, tmp_path: Path) -> None:
        mark = "0123456789abcdef0123456789abcdef"
        lines = [f"[{name}](Cooking%20{mark}/{name}%20{mark}.md)" for name in ("Knives", "Stocks", "Baking")]
        pages = {f"Cooking {mark}/{name} {mark}.md": self.LESSON.format(name) for name in ("Knives", "Stocks")}
        pages[f"Cooking {mark}/Baking {mark}.md"] = "Requirements: Stocks\n\nSome lines of prose to make it a lesson.\n"
        reading = folder(tmp_path, {f"Cooking {mark}.md": "# Cooking\n\n" + "\n\n".join(lines) + "\n", **pages})
        assert [(p.title, titles(p)) for p in reading.paths] == [("Cooking", ["Knives", "Stocks", "Baking"])]
        assert needs(reading.paths[0], "Baking") == ["Stocks"]


class TestSmall:
    def test_counted_lines_below_an_item_are_its_topics(self, tmp_path: Path) -> None:
        text = "# P\n\n1. Vectors\n   1.1. Sums\n   1.2. Products\n2. Matrices\n   2.1 Sums of them\n   2.2 Inverses\n"
        path = outline(tmp_path, text)
        assert shape(path) == [
            "module Vectors", "  topic Sums", "  topic Products",
            "module Matrices", "  topic Sums of them", "  topic Inverses",
        ]  # fmt: skip
        assert [(i.line, i.number) for i in path.items[1].items] == [(7, 1), (8, 2)]

    def test_a_version_number_in_wrapped_text_is_text(self, tmp_path: Path) -> None:
        path = outline(
            tmp_path, "# P\n\n- Everything that came with the long awaited release of version\n  2.0 and later\n- b\n"
        )
        assert [i.title.split()[-1] for i in path.items] == ["later", "b"]

    def test_advice_and_tags_are_nothing_to_learn(self, tmp_path: Path) -> None:
        path = outline(tmp_path, "# P\n\n#learning #plan\n\n## A\n\n- a\n- b\n\n## Final tips\n\n- Rest.\n")
        assert (path.summary, titles(path)) == ("", ["a", "b"])

    def test_a_title_among_the_fields(self, tmp_path: Path) -> None:
        assert outline(tmp_path, "title:: Docker\ntags:: plan\n\n- Images\n- Containers\n").title == "Docker"
