"""Folders of notes: links, maps, topic notes, lessons, prerequisites across notes, and what goes wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from roadmap.notes.items import Reading, Requirement
from roadmap.notes.reading import read
from tests.notes.reading import folder, item, shape, titles

MAP = "---\ntags: [map]\n---\n"


def codes(reading: Reading, *severities: str) -> list[str]:
    return [p.code for p in reading.problems if not severities or p.severity in severities]


class TestLinks:
    @pytest.mark.parametrize(
        "link",
        [
            "Knots",
            "knots",
            "KNOTS.md",
            "tying-knots",
            "Tying_Knots",
            "Knots#Bowline",
            "Knots^b",
            "Knots|tie it",
            "rope/Knots",
        ],
    )
    def test_forgiving(self, tmp_path: Path, link: str) -> None:
        reading = folder(
            tmp_path,
            {
                "map.md": f"{MAP}# Sea\n\n- [[{link}]]\n- [[Sails]]\n",
                "rope/Knots.md": "---\naliases: [tying knots]\nhours: 2\n---\n# Knots\n\nText.\n",
            },
        )
        assert [i.hours for i in reading.paths[0].items] == [2, None]
        assert [i.planned for i in reading.paths[0].items] == [False, True]

    def test_dendron_writes_the_label_first(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {
                "map.md": f"{MAP}# Sea\n\n- [[Tie a knot|sea.rope.knots]]\n- [[A]]\n",
                "sea.rope.knots.md": "---\nhours: 2\n---\nText.\n",
            },
        )
        knots = reading.paths[0].items[0]
        assert (knots.title, knots.link, knots.hours) == ("Tie a knot", "sea.rope.knots", 2)

    def test_planned_topics_are_counted_and_named(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path, {"map.md": f"{MAP}# Sea\n\n- [[A]]\n- [[B]]\n", "other.md": "Prose about the sea.\n"}
        )
        assert reading.counts["planned"] == 2
        assert "2 topics have no note yet: A, B." in [p.message for p in reading.problems]

    def test_ambiguous_names_list_the_candidates(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {"map.md": f"{MAP}# Sea\n\n- [[Knots]]\n- [[A]]\n", "x/Knots.md": "one", "y/Knots.md": "two", "A.md": "a"},
        )
        problem = next(p for p in reading.problems if p.code == "link-ambiguous")
        assert (problem.source, problem.line, problem.severity) == ("map.md", 6, "warning")
        assert "x/Knots.md, y/Knots.md" in problem.message

    def test_a_name_in_the_same_folder_is_not_ambiguous(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path, {"x/map.md": f"{MAP}# Sea\n\n- [[Knots]]\n- [[A]]\n", "x/Knots.md": "one", "y/Knots.md": "two"}
        )
        assert "link-ambiguous" not in codes(reading)
        assert item(reading.paths[0], "Knots").body == "one"

    def test_relative_links_lead_to_notes(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {
                "README.md": (
                    "# Sea\n\n| Topic |\n|---|\n| [Knots](rope/knots.md#top) |\n"
                    "| [Sails](sails/) |\n| [Out](../x.md) |\n"
                ),
                "rope/knots.md": "# Knots\n\nTie them.\n",
                "sails/README.md": "# Sails\n\nSet them.\n",
            },
        )
        assert [(i.title, i.body) for i in reading.paths[0].items] == [
            ("Knots", "Tie them."),
            ("Sails", "Set them."),
            ("Out", ""),
        ]


class TestRoots:
    def test_hubs_that_nobody_links_are_roots(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {
                "Sea.md": f"{MAP}# Sea\n\n- [[Rope]]\n- [[Tides]]\n",
                "Rope.md": f"{MAP}# Rope\n\n- [[Knots]]\n- [[Fibres]]\n",
                "Land.md": "# Land\n\n- [Paths](paths.md)\n- [Inns](inns.md)\n- [Knots](Knots.md)\n",
                **{name: f"Prose about {name}, and a [[Sea|link back]] in it.\n" for name in ("paths.md", "inns.md")},
                "Knots.md": "# Knots\n\nTie them.\n",
            },
        )
        assert [(p.title, p.source) for p in reading.paths] == [("Land", "Land.md"), ("Sea", "Sea.md")]
        assert shape(reading.paths[1]) == ["module Rope", "  topic Knots", "  topic Fibres", "topic Tides"]
        assert [item(p, "Knots").body for p in reading.paths] == ["Tie them."] * 2

    @pytest.mark.parametrize("home", ["Home.md", "README.md", "index.md"])
    def test_in_a_circle_the_index_is_the_root(self, tmp_path: Path, home: str) -> None:
        name = home[:-3]
        notes = {home: f"{MAP}# All\n\n- [[Algebra]]\n- [[Geometry]]\n- [[Zeta]]\n"}
        notes |= {f"{m}.md": f"{MAP}# {m}\n\n- [[{name}]]\n- [[{m} 1]]\n- [[{m} 2]]\n" for m in ("Algebra", "Geometry")}
        reading = folder(tmp_path, notes)
        assert [p.source for p in reading.paths] == [home]
        assert shape(reading.paths[0])[:4] == [
            "module Algebra",
            "  topic Algebra 1",
            "  topic Algebra 2",
            "module Geometry",
        ]
        assert [(p.source, p.line) for p in reading.problems if p.code == "map-cycle"] == [
            ("Algebra.md", 6),
            ("Geometry.md", 6),
        ]

    def test_in_a_circle_what_links_most_of_it_is_the_root(self, tmp_path: Path) -> None:
        notes = {f"{m}.md": f"{MAP}# {m}\n\n- [[Trunk]]\n- [[{m} 1]]\n" for m in ("a", "b", "c")}
        reading = folder(tmp_path, {**notes, "Trunk.md": f"{MAP}# Trunk\n\n- [[a]]\n- [[b]]\n- [[c]]\n"})
        assert [p.source for p in reading.paths] == ["Trunk.md"]

    def test_maps_that_only_link_back_are_topics(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {"a.md": f"{MAP}# A\n\n- [[b]]\n- [[x]]\n", "b.md": f"{MAP}# B\n\nText of it.\n\n- [[a]]\n- [[a]]\n"},
        )
        assert shape(reading.paths[0]) == ["topic b", "topic x"]
        assert item(reading.paths[0], "b").body.startswith("Text of it.")

    def test_a_map_is_drawn_once_where_it_stands_highest(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {
                "Top.md": f"{MAP}# Top\n\n- [[Left]]\n- [[Right]]\n- [[Shared]]\n",
                "Left.md": f"{MAP}# Left\n\n- [[Shared]]\n- [[l]]\n",
                "Right.md": f"{MAP}# Right\n\n- [[r]]\n- [[Shared]]\n",
                "Shared.md": f"{MAP}# Shared\n\n- [[s]]\n- [[t]]\n",
            },
        )
        assert shape(reading.paths[0]) == [
            "module Left",
            "  topic l",
            "module Right",
            "  topic r",
            "module Shared",
            "  topic s",
            "  topic t",
        ]
        assert [(p.source, p.line, p.severity) for p in reading.problems if p.code == "map-twice"] == [
            ("Left.md", 6, "info"),
            ("Right.md", 7, "info"),
        ]

    def test_neighbours_that_link_each_other_are_a_circle(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {
                "top.md": f"{MAP}# Top\n\n- [[b]]\n- [[c]]\n",
                "b.md": f"{MAP}# B\n\n- [[c]]\n- [[x]]\n",
                "c.md": f"{MAP}# C\n\n- [[b]]\n- [[y]]\n",
            },
        )
        assert shape(reading.paths[0]) == ["module b", "  topic x", "module c", "  topic y"]
        assert [p.message.split(": ")[1] for p in reading.problems if p.code == "map-cycle"] == [
            "C → B → C. It is cut here",
            "B → C → B. It is cut here",
        ]

    def test_many_links_back_are_told_of_in_one_message(self, tmp_path: Path) -> None:
        names = [f"m{at:02}" for at in range(12)]
        notes = {f"{m}.md": f"{MAP}# {m}\n\n" + "".join(f"- [[{n}]]\n" for n in (*names, f"{m} own")) for m in names}
        reading = folder(tmp_path, notes)
        assert titles(reading.paths[0], "module") == names[1:]
        assert len(titles(reading.paths[0])) == 12 * 2  # each with its link to itself, which is no circle of maps
        assert "71 more links lead back" in next(p.message for p in reading.problems if p.code == "map-twice")

    def test_a_readme_that_lists_its_lessons_is_a_module(self, tmp_path: Path) -> None:
        lesson = "Prose that says a good deal about the matter, in a whole sentence.\n"
        reading = folder(
            tmp_path,
            {
                "README.md": "# Course\n\n- [One](one/README.md)\n- [Two](two/README.md)\n- [End](end.md)\n",
                "one/README.md": "# One\n\n- [A](a.md)\n- [B](b.md)\n- [C](c.md)\n",
                "two/README.md": f"# Two\n\n{lesson}",
                **dict.fromkeys(("one/a.md", "one/b.md", "one/c.md", "end.md"), lesson),
            },
        )
        assert shape(reading.paths[0]) == [
            "module One",
            "  topic A",
            "  topic B",
            "  topic C",
            "topic Two",
            "topic End",
        ]
        assert [p.code for p in reading.problems] == []

    def test_orphans_are_named_housekeeping_is_not(self, tmp_path: Path) -> None:
        notes = {f"stray {at}.md": "Prose.\n" for at in range(60)}
        reading = folder(tmp_path, {"a.md": f"{MAP}# A\n\n- [[b]]\n- [[c]]\n", "CONTRIBUTING.md": "Do.\n", **notes})
        (problem,) = (p for p in reading.problems if p.code == "notes-unused")
        assert problem.message.startswith("60 notes are in no roadmap: stray 0.md, stray 1.md, ")
        assert "CONTRIBUTING" not in problem.message
        assert " more. Link them" in problem.message
        assert len(problem.message) < 600

    def test_large_circles_take_no_recursion(self, tmp_path: Path) -> None:
        notes = {f"m{at:04}.md": f"{MAP}# m{at}\n\n- [[m{(at + 1) % 3000:04}]]\n- [[x{at}]]\n" for at in range(3000)}
        reading = folder(tmp_path, notes)
        assert reading.paths[0].source == "m0000.md"


class TestChosenRoots:
    NOTES = {
        "Sea.md": f"{MAP}# The sea\n\n- [[Rope]]\n- [[Tides]]\n",
        "deck/Rope.md": f"{MAP}# Rope\n\n- [[Knots]]\n- [[Fibres]]\n",
        "deck/Knots.md": "---\naliases: [Hitches]\n---\n# All knots\n\n## One\n\nText.\n\n## Two\n\nText.\n",
        "x/Notes.md": "one",
        "y/Notes.md": "two",
        "book/SUMMARY.md": "# The book\n\n- [N](n.md)\n",
        "book/n.md": "# N\n\nText.\n",
        "graph.json": '{"title": "A graph", "topics": [{"id": "a", "title": "A", "requires": []}]}',
    }

    def chosen(self, tmp_path: Path, *names: str) -> Reading:
        folder(tmp_path, self.NOTES)
        return read(tmp_path / "vault", roots=names)

    @pytest.mark.parametrize(
        ("name", "source"),
        [
            ("deck/Rope.md", "deck/Rope.md"),
            ("./deck/rope", "deck/Rope.md"),
            ("ROPE", "deck/Rope.md"),
            ("rope.md", "deck/Rope.md"),
            ("the  Sea", "Sea.md"),
            ("hitches", "deck/Knots.md"),
            ("All-Knots", "deck/Knots.md"),
            ("y/Notes", "y/Notes.md"),
            ("book/SUMMARY.md", "book/SUMMARY.md"),
            ("summary", "book/SUMMARY.md"),
            ("The book", "book/SUMMARY.md"),
            ("graph.json", "graph.json"),
            ("a graph", "graph.json"),
        ],
    )
    def test_by_path_file_or_title(self, tmp_path: Path, name: str, source: str) -> None:
        assert [p.source for p in self.chosen(tmp_path, name).paths] == [source]

    def test_several_in_the_order_given(self, tmp_path: Path) -> None:
        reading = self.chosen(tmp_path, "Rope", "Sea", "rope.md")
        assert [shape(p) for p in reading.paths] == [
            ["topic Knots", "topic Fibres"],
            ["module Rope", "  topic Knots", "  topic Fibres", "topic Tides"],
        ]

    def test_what_they_do_not_hold_is_named(self, tmp_path: Path) -> None:
        reading = self.chosen(tmp_path, "Rope")
        assert "book/n.md, Sea.md, x/Notes.md, y/Notes.md" in next(
            p.message for p in reading.problems if p.code == "notes-unused"
        )

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("Ropes", "Near it: Rope"),
            ("deck/Knotz.md", "Knots"),
            ("qqqqqq", "There are n, SUMMARY, The book, Knots,"),
            ("x" * 5000, "“xxxx"),
            ("", "is called “”"),
            ("../Sea.md/..", "No note here"),
        ],
    )
    def test_an_unknown_name_is_refused_with_those_near_it(self, tmp_path: Path, name: str, says: str) -> None:
        reading = self.chosen(tmp_path, "Sea", name)
        assert reading.paths == ()
        error = next(p for p in reading.problems if p.severity == "error")
        assert error.code == "root-unknown"
        assert says in error.message
        assert error.message.isprintable()
        assert len(error.message) < 600

    def test_a_name_of_several_notes_is_refused(self, tmp_path: Path) -> None:
        reading = self.chosen(tmp_path, "Notes")
        assert [(p.code, p.message) for p in reading.problems if p.severity == "error"] == [
            ("root-ambiguous", "“Notes” may mean x/Notes.md, y/Notes.md. Say which one with its path.")
        ]


class TestMaps:
    def test_a_linked_map_is_a_module(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {
                "a.md": f"{MAP}# Sea\n\n- [[Rope]] — what holds\n- [[Sails]]\n",
                "Rope.md": f"{MAP}# Rope\n\n> All of it.\n\n- [[Knots]]\n- [[Fibres]]\n",
            },
        )
        assert [p.title for p in reading.paths] == ["Sea"]
        assert shape(reading.paths[0]) == ["module Rope", "  topic Knots", "  topic Fibres", "topic Sails"]
        rope, knots = reading.paths[0].items[0], reading.paths[0].items[0].items[0]
        assert (rope.source, rope.summary, knots.source, knots.line) == ("a.md", "what holds", "Rope.md", 8)

    def test_circles_are_cut_and_reported(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {
                "a.md": f"{MAP}# A\n\n- [[B]]\n- [[x]]\n",
                "b.md": f"{MAP}# B\n\n- [[C]]\n- [[y]]\n",
                "c.md": f"{MAP}# C\n\n- [[A]]\n- [[z]]\n",
            },
        )
        assert [p.title for p in reading.paths] == ["A"]
        assert shape(reading.paths[0]) == [
            "module B",
            "  module C",
            "    topic z",
            "  topic y",
            "topic x",
        ]
        problem = next(p for p in reading.problems if p.code == "map-cycle")
        assert (problem.source, problem.line, problem.message.split(":")[1].split(".")[0].strip()) == (
            "c.md",
            6,
            "A → B → C → A",
        )

    def test_a_map_that_links_itself(self, tmp_path: Path) -> None:
        reading = folder(tmp_path, {"a.md": f"{MAP}# A\n\n- [[A]]\n- [[x]]\n", "n.md": "x"})
        assert titles(reading.paths[0]) == ["A", "x"]

    def test_maps_that_multiply_are_bounded(self, tmp_path: Path) -> None:
        notes = {f"m{i}.md": f"{MAP}# m{i}\n\n" + f"- [[m{i + 1}]]\n" * 10 + "- [[x]]\n" for i in range(12)}
        reading = folder(tmp_path, notes)
        assert titles(reading.paths[0], "module") == [f"m{i}" for i in range(1, 12)]
        assert len(list(titles(reading.paths[0]))) == 22

    def test_a_chain_of_maps_is_bounded(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path, {f"m{i:04}.md": f"{MAP}# m{i:04}\n\n- [[m{i + 1:04}]]\n- [[x{i}]]\n" for i in range(1500)}
        )
        assert len(reading.paths) == 1

    def test_header_and_body_are_one_topic(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {
                "a.md": """
                **Created:** 2026-01-01

                **Type:**
                #map

                **Links:**
                - Group:
                    - [[A]] — alpha (optional)
                    - [[Z]] — only here
                ---
                # M

                About this map:
                - not a topic
                - nor this

                ## One
                - [[A]]
                - [[B]]
                  beta
                - not a topic either
                """
            },
        )
        path = reading.paths[0]
        assert shape(path) == ["module One", "  topic A", "  topic B"]
        assert (item(path, "A").optional, item(path, "A").summary, item(path, "B").summary) == (True, "alpha", "beta")

    def test_related_notes_are_not_topics(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path, {"a.md": f"{MAP}# M\n\n## One\n- [[A]]\n- [[B]]\n\n## Related notes\n- [[C]]\n- [[D]]\n"}
        )
        assert titles(reading.paths[0]) == ["A", "B"]

    def test_sections_of_what_the_front_matter_calls_related(self, tmp_path: Path) -> None:
        text = (
            "---\nlinked_notes: [c-note, D]\n---\n# M\n\n## One\n"
            "- **A**: x\n- **B**: y\n\n## Glyphs\n- [[C Note]]\n- [[d]]\n"
        )
        assert titles(folder(tmp_path, {"a.md": text}).paths[0]) == ["A", "B"]


class TestTopicNotes:
    NOTES = {
        "README.md": """
            ---
            id: sea
            title: Sea
            locking: strict
            ---
            # Sea

            ## One ^one

            - [[Knots]] (bowline) — Ties. ^knots
              - requires:: [[Rope]] | [[Wire]] — to tie with
              - related:: [[Hooks]]
            - **Rope** ^rope
            - **Wire**
            """,
        "topics/knots.md": """
            ---
            id: knots
            title: Knots
            hours: 6
            mood: calm
            aliases: Hitches, Bends
            requires:
              - "[[Rope]]: it is made of it"
              - {topic: Wire, reason: sometimes}
              - [Patience, "[[Time]]"]
            resources:
              - {title: ABOK, kind: book}
              - "[Site](https://youtu.be/x)"
            ---
            # Knots

            Text with `code`.

            ## Steps

            - [ ] Tie one
            - [x] Tie two
            """,
    }

    def test_everything_arrives(self, tmp_path: Path) -> None:
        reading = folder(tmp_path, self.NOTES)
        path, knots = reading.paths[0], item(reading.paths[0], "Knots")
        assert (path.id, path.title, path.source, dict(path.meta)["locking"]) == ("sea", "Sea", "README.md", "strict")
        assert (knots.id, knots.hours, knots.summary, knots.details) == ("knots", 6, "Ties.", ("bowline",))
        assert (knots.aliases, knots.related, knots.meta) == (("Hitches", "Bends"), ("Hooks",), (("mood", "calm"),))
        assert knots.body == "Text with `code`."
        assert [(s.title, s.done) for s in knots.items] == [("Tie one", False), ("Tie two", True)]
        assert [(r.title, r.kind) for r in knots.resources] == [("ABOK", "book"), ("Site", "video")]
        assert knots.requires == (
            Requirement("Rope", "to tie with", "any-1"),
            Requirement("Wire", "to tie with", "any-1"),
            Requirement("Rope", "it is made of it"),
            Requirement("Wire", "sometimes"),
            Requirement("Patience", "", "any-2"),
            Requirement("Time", "", "any-2"),
        )

    def test_only_what_is_unknown_is_reported(self, tmp_path: Path) -> None:
        assert codes(folder(tmp_path, self.NOTES), "warning", "error") == []

    def test_two_notes_with_one_id(self, tmp_path: Path) -> None:
        reading = folder(tmp_path, {**self.NOTES, "topics/other.md": "---\ntitle: x\nid: knots\n---\ny\n"})
        problem = next(p for p in reading.problems if p.code == "id-duplicate")
        assert (problem.source, problem.line, problem.severity) == ("topics/other.md", 3, "error")

    def test_broken_front_matter_keeps_the_body(self, tmp_path: Path) -> None:
        reading = folder(tmp_path, {**self.NOTES, "topics/knots.md": "---\nid: [\n---\n# Knots\n\nText.\n"})
        assert item(reading.paths[0], "Knots").body == "Text."
        assert any(p.source == "topics/knots.md" and p.line for p in reading.problems)


class TestLessons:
    def test_files_and_folders(self, tmp_path: Path) -> None:
        lesson = "A paragraph that says a good deal about the matter, and then some more.\n\n- a point\n- another\n"
        reading = folder(
            tmp_path,
            {
                "10-last/01-end.md": f"# The end\n\n{lesson}",
                "02-first/README.md": "# First things\n\nWhat comes first.\n",
                "02-first/02-b.md": lesson,
                "02-first/01-a.md": lesson,
                "03-alone/README.md": f"# Alone\n\n{lesson}",
            },
        )
        path = reading.paths[0]
        assert shape(path) == [
            "module First things",
            "  topic a",
            "  topic b",
            "topic Alone",
            "module last",
            "  topic The end",
        ]
        assert [i.number for i in path.items] == [2, 3, 10]
        assert item(path, "a").body == lesson.rstrip()
        assert item(path, "a").source == "02-first/01-a.md"

    def test_lists_in_a_folder_are_roadmaps(self, tmp_path: Path) -> None:
        reading = folder(tmp_path, {"1-a.md": "# A\n\n## M\n- x\n- y\n- z\n", "2-b.md": "# B\n\n## M\n- x\n- y\n- z\n"})
        assert [p.slug for p in reading.paths] == ["a", "b"]

    def test_slugs_do_not_collide(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {
                "a.md": "# A!\n\n## M\n- x\n- y\n- z\n",
                "b.md": "# a\n\n## M\n- x\n- y\n- z\n",
                "c.md": "# 数学\n\n## M\n- x\n- y\n- z\n",
            },
        )
        assert [p.slug for p in reading.paths] == ["a", "a-2", "数学"]

    def test_notes_in_no_roadmap_are_named(self, tmp_path: Path) -> None:
        reading = folder(tmp_path, {"map.md": f"{MAP}# M\n\n- [[A]]\n- [[B]]\n", "A.md": "a", "stray.md": "Prose.\n"})
        assert next(p for p in reading.problems if p.code == "notes-unused").message.startswith(
            "1 note is in no roadmap: stray.md"
        )


class TestPrerequisites:
    TABLE = "# P\n\n## Core maths\n\n| Course | Prerequisites |\n|---|---|\n"

    @pytest.mark.parametrize(
        ("stated", "requires", "said"),
        [
            ("Calculus 1A: Limits", ["Calculus 1A: Limits"], []),
            ("calculus 1a: limits", ["Calculus 1A: Limits"], []),
            ("Object Oriented Design", ["Object-Oriented Design"], []),
            ("Calculus 1A", ["Calculus 1A: Limits"], ["requirement-guessed"]),
            ("Algorithms Part 1", ["Algorithms: Design, Part 1"], ["requirement-guessed"]),
            ("Algorithms: Design, Part 1", ["Algorithms: Design, Part 1"], []),
            (
                "Object-Oriented Design, school maths",
                ["Object-Oriented Design", "school maths"],
                ["requirement-unknown"],
            ),
            ("Object-Oriented Design and Calculus 1A: Limits", ["Object-Oriented Design", "Calculus 1A: Limits"], []),
            ("core maths", ["Core maths"], []),
            ("C++ programming", ["C++ programming"], ["requirement-unknown"]),
            ("design", ["design"], ["requirement-unknown"]),
            ("none", [], []),
            ("tbd", [], []),
            ("-", [], []),
            ("无", [], []),
            ("Last", [], ["requirement-self"]),
        ],
    )
    def test_matching(self, tmp_path: Path, stated: str, requires: list[str], said: list[str]) -> None:
        rows = "".join(
            f"| {t} | |\n" for t in ("Calculus 1A: Limits", "Object-Oriented Design", "Algorithms: Design, Part 1")
        )
        rows += "| Bugs in C/C++ Programming | |\n"
        reading = folder(tmp_path, {"a.md": f"{self.TABLE}{rows}| Last | {stated} |\n"})
        last = item(reading.paths[0], "Last")
        assert [r.title for r in last.requires] == requires
        assert codes(reading) == said
        assert {r.source for r in last.requires if "requirement-guessed" in said} <= {"guess"}

    def test_across_roadmaps_of_a_folder(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {"a.md": "# A\n\n## M\n- Rope\n- y\n- z\n", "b.md": "# B\n\n## N\n- Knots (requires rope)\n- v\n- w\n"},
        )
        assert item(reading.paths[1], "Knots").requires == (Requirement("Rope"),)
