"""Curricula in JSON: graphs and tracks, what they state, and files that are none or mean harm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from roadmap.notes.items import Reading, Requirement
from roadmap.notes.jsontext import read_json
from roadmap.notes.limits import DEFAULT
from roadmap.notes.reading import read
from roadmap.notes.writing import Asked, Notes, NotWritableError, write
from roadmap.plan import Curriculum, plan
from tests.notes.reading import folder, item, shape, titles
from tests.pace import cpu_within


def alone(tmp_path: Path, value: Any, name: str = "graph.json") -> Reading:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read(tmp_path / name)


def refusal(reading: Reading) -> tuple[str, int, str]:
    assert reading.paths == ()
    (error,) = (p for p in reading.problems if p.severity == "error")
    assert error.message.endswith(".")
    assert len(error.message) < 600
    return error.code, error.line, error.message


GRAPH = {
    "title": "Sailing",
    "description": "From shore to sea.",
    "topics": [
        {"id": "knots", "title": "Knots", "hours": 3, "difficulty": "low", "resources": ["https://youtu.be/x"]},
        {"id": 7, "name": "Sails", "requires": ["knots"], "optional": True},
        {
            "id": "sea",
            "title": "At sea",
            "prerequisites": ["Sails", {"id": "knots", "reason": "to moor"}, ["wind", 7]],
            "aliases": ["Passage"],
        },
    ],
}


class TestGraphs:
    def test_everything_arrives(self, tmp_path: Path) -> None:
        (path,) = (reading := alone(tmp_path, GRAPH)).paths
        assert (path.title, path.summary, path.source) == ("Sailing", "From shore to sea.", "graph.json")
        assert [(i.id, i.title, i.kind) for i in path.items] == [
            ("knots", "Knots", "topic"),
            ("7", "Sails", "topic"),
            ("sea", "At sea", "topic"),
        ]
        knots, sails, sea = path.items
        assert (knots.hours, knots.resources[0].kind, sails.optional, sea.aliases) == (3, "video", True, ("Passage",))
        assert sails.requires == (Requirement("Knots"),)
        assert sea.requires == (
            Requirement("Sails"),
            Requirement("Knots", "to moor"),
            Requirement("wind", "", "any-1"),
            Requirement("Sails", "", "any-1"),
        )
        assert [i.line for i in path.items] == [5, 14, 22]
        assert [(p.code, p.line, p.severity) for p in reading.problems] == [("requirement-unknown", 22, "info")]
        assert reading.counts["files"] == 1

    @pytest.mark.parametrize("key", ["topics", "nodes", "concepts"])
    @pytest.mark.parametrize("requires", ["requires", "prerequisites", "depends_on"])
    def test_the_names_of_the_keys(self, tmp_path: Path, key: str, requires: str) -> None:
        reading = alone(tmp_path, {"name": "G", key: [{"id": "a", "name": "A"}, {"title": "B", requires: "a"}]})
        assert [(i.title, i.requires) for i in reading.paths[0].items] == [("A", ()), ("B", (Requirement("A"),))]

    def test_a_list_and_an_object_by_id(self, tmp_path: Path) -> None:
        listed = alone(tmp_path, [{"id": "a", "title": "A"}, {"id": "b", "title": "B", "requires": ["a"]}])
        named = alone(tmp_path, {"topics": {"a": {"title": "A"}, "b": {"title": "B", "requires": ["a"]}}})
        assert [[(i.id, i.title, i.requires) for i in r.paths[0].items] for r in (listed, named)] == [
            [("a", "A", ()), ("b", "B", (Requirement("A"),))]
        ] * 2

    def test_sections(self, tmp_path: Path) -> None:
        value = {
            "title": "G",
            "levels": [{"title": "Beginner", "modules": [{"title": "One", "topics": [{"title": "A"}]}]}],
            "modules": [
                {"title": "Two", "requires": ["A"], "topics": [{"title": "B"}]},
                {"title": "Empty", "topics": []},
            ],
        }
        (path,) = alone(tmp_path, value).paths
        assert shape(path) == ["level Beginner", "  module One", "    topic A", "module Two", "  topic B"]
        assert item(path, "Two").requires == (Requirement("A"),)

    def test_topics_of_one_name_are_told_apart_by_id(self, tmp_path: Path) -> None:
        value = {
            "topics": [
                {"id": "a1", "title": "Practice"},
                {"id": "a2", "title": "Practice"},
                {"id": "b", "title": "B", "requires": ["a2"]},
            ]
        }
        reading = alone(tmp_path, value)
        planned = plan(Curriculum(), reading)
        (b,) = (topic for topic in planned.target.topics if topic.title == "B")
        by_uid = planned.target.topic_by_uid()
        assert [by_uid[need.topic].origin.id for need in b.needs] == ["a2"]
        assert [need.source for need in b.needs] == ["notes"]

    def test_ids_are_identities(self, tmp_path: Path) -> None:
        first = plan(Curriculum(), alone(tmp_path, GRAPH))
        renamed = json.loads(json.dumps(GRAPH).replace("Knots", "Bends and hitches"))
        again = plan(first.target, alone(tmp_path, renamed))
        assert not again.unclear
        assert (again.retired, [change.kind for change in again.changes if change.what == "topic"]) == (0, ["renamed"])

    def test_loops_are_reported_by_the_plan(self, tmp_path: Path) -> None:
        value = {"topics": [{"id": "a", "title": "A", "requires": ["b"]}, {"id": "b", "title": "B", "requires": ["a"]}]}
        (error,) = plan(Curriculum(), alone(tmp_path, value)).errors
        assert (error.code, error.source) == ("prerequisite-loop", "graph.json")
        assert error.line > 0

    def test_a_topic_that_requires_itself(self, tmp_path: Path) -> None:
        reading = alone(tmp_path, {"topics": [{"id": "a", "title": "A", "requires": ["a"]}, {"title": "B"}]})
        assert reading.paths[0].items[0].requires == ()
        assert [p.code for p in reading.problems] == ["requirement-self"]

    def test_two_names_for_one_id(self, tmp_path: Path) -> None:
        reading = alone(tmp_path, {"topics": [{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]})
        assert [(p.code, p.severity) for p in reading.problems] == [("id-duplicate", "error")]


TRACK = {
    "language": "Latin",
    "slug": "latin",
    "blurb": "The language of Rome.",
    "concepts": [
        {"uuid": "c-1", "slug": "nouns", "name": "Nouns"},
        {"uuid": "c-2", "slug": "verbs", "name": "Verbs"},
        {"uuid": "c-3", "slug": "cases", "name": "Cases"},
    ],
    "exercises": {
        "concept": [
            {"slug": "forum", "name": "At the forum", "uuid": "e-1", "concepts": ["nouns"], "prerequisites": []},
            {
                "slug": "villa",
                "name": "Villa",
                "uuid": "e-2",
                "concepts": ["cases"],
                "prerequisites": ["nouns", "verbs"],
            },
        ],
        "practice": [
            {
                "slug": "letters",
                "name": "Letters",
                "uuid": "p-1",
                "practices": ["cases"],
                "prerequisites": ["cases", "ablative"],
                "difficulty": 4,
            },
            {"slug": "old", "name": "Old", "uuid": "p-2", "status": "deprecated", "prerequisites": []},
        ],
        "foregone": ["lasagna"],
    },
    "tags": ["dead"],
}


class TestTracks:
    def test_concepts_and_exercises(self, tmp_path: Path) -> None:
        (path,) = (reading := alone(tmp_path, TRACK, "config.json")).paths
        assert (path.title, path.summary) == ("Latin", "The language of Rome.")
        assert shape(path) == [
            "module Concepts",
            "  topic Nouns",
            "  topic Verbs",
            "  topic Cases",
            "module Concept exercises",
            "  topic At the forum",
            "  topic Villa",
            "module Practice exercises",
            "  topic Letters",
        ]
        villa, letters = item(path, "Villa"), item(path, "Letters")
        assert (villa.id, [r.title for r in villa.requires], villa.related) == ("e-2", ["Nouns", "Verbs"], ("cases",))
        assert (letters.details, [r.title for r in letters.requires]) == (("difficulty 4",), ["Cases", "ablative"])
        # to learn a concept takes what the exercise that teaches it takes
        assert [r.title for r in item(path, "Cases").requires] == ["Nouns", "Verbs"]
        assert [p.code for p in reading.problems] == ["requirement-unknown"]

    def test_the_exercise_of_a_concept_may_be_called_like_it(self, tmp_path: Path) -> None:
        text = json.dumps(TRACK).replace("At the forum", "Nouns")
        planned = plan(Curriculum(), alone(tmp_path, text))
        assert not [p for p in planned.problems if p.code == "requirement-ambiguous"]
        (villa,) = (topic for topic in planned.target.topics if topic.title == "Villa")
        by_uid = planned.target.topic_by_uid()
        assert [by_uid[need.topic].origin.id for need in villa.needs] == ["c-1", "c-2"]


class TestBesideNotes:
    def test_a_curriculum_is_one_more_roadmap_and_notes_describe_its_topics(self, tmp_path: Path) -> None:
        reading = folder(
            tmp_path,
            {
                "graph.json": json.dumps(GRAPH),
                "notes/knots.md": "# All knots\n\nThe bowline first.\n",
                "stray.md": "Prose, and nothing but prose.\n",
            },
        )
        (path,) = reading.paths
        assert (path.title, item(path, "Knots").body, item(path, "Knots").id) == (
            "Sailing",
            "The bowline first.",
            "knots",
        )
        assert [
            p.message.split(":")[1].split(".")[0].strip() for p in reading.problems if p.code == "notes-unused"
        ] == ["stray"]
        assert reading.digests.keys() == {"graph.json", "notes/knots.md", "stray.md"}

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("package.json", '{"name": "x", "dependencies": {"a": "1"}, "scripts": {}}'),
            ("data/graph.json", '{"nodes": [{"id": 1}, {"id": 2}], "links": [{"source": 1, "target": 2}]}'),
            (".obsidian/graph.json", json.dumps(GRAPH)),
            ("node_modules/x/graph.json", json.dumps(GRAPH)),
            ("broken.json", '{"a": '),
            ("other.json", '{"topics": "x", "exercises": {"concept": "y"}, "requires": []}'),
            ("list.json", "[1, 2, 3]"),
        ],
    )
    def test_other_json_is_no_note(self, tmp_path: Path, name: str, text: str) -> None:
        reading = folder(tmp_path, {"a.md": "# A\n\n## M\n- x\n- y\n- z\n", name: text})
        assert ([p.title for p in reading.paths], reading.problems) == (["A"], ())

    def test_a_curriculum_that_breaks_is_not_passed_over(self, tmp_path: Path) -> None:
        """Else its topics would be retired without a word."""
        reading = folder(
            tmp_path, {"a.md": "# A\n\n- x\n- y\n- z\n", "g.json": json.dumps(GRAPH, indent=1)[:-2] + ",\n}"}
        )
        (problem,) = reading.problems
        assert (problem.source, problem.severity, problem.code) == ("g.json", "error", "json-invalid")
        assert problem.line > 20

    def test_what_stands_in_json_is_not_written(self, tmp_path: Path) -> None:
        reading = alone(tmp_path, GRAPH)
        knots = reading.paths[0].items[0]
        notes = Notes.of(_files(tmp_path / "graph.json"), "x")
        with pytest.raises(NotWritableError):
            write(notes, Asked("graph.json", knots.line, "Knots", "title", "Knots", "Bends"))


def _files(path: Path) -> Any:
    from roadmap.notes.files import scan

    return scan(path).files


class TestRefused:
    @pytest.mark.parametrize(
        "value",
        [{}, [], 1, None, "x", {"topics": []}, {"topics": [1, "a"]}, {"name": "x", "version": "1"}, [{"title": "A"}]],
    )
    def test_unknown_json_says_what_was_expected(self, tmp_path: Path, value: Any) -> None:
        code, line, message = refusal(alone(tmp_path, json.dumps(value)))
        assert (code, line) == ("json-unknown", 0)
        assert '"requires": [ids]' in message
        assert '"concepts" and "exercises"' in message

    @pytest.mark.parametrize(
        ("text", "line", "says"),
        [
            ('{"topics": [\n{"title": "A"},\n]}', 3, "not valid JSON"),
            ('{"topics": [{"title": "A",\n "hours": NaN}]}', 2, "NaN is no JSON"),
            ('{"topics": [{"title": "NaN",\n\n "hours": -Infinity}]}', 3, "-Infinity is no JSON"),
            ("[" * 100_000, 1, "nests deeper than 40"),
            ('{"a":' * 60 + "1" + "}" * 60, 1, "nests deeper than 40"),
            ("{'topics': []}", 1, "not valid JSON"),
            ('{"topics": ["a\nb"]}', 1, "not valid JSON"),
        ],
    )
    def test_broken_json_says_where(self, tmp_path: Path, text: str, line: int, says: str) -> None:
        code, at, message = refusal(alone(tmp_path, text))
        assert (code, at) == ("json-invalid", line)
        assert says in message

    def test_a_folder_of_unknown_json(self, tmp_path: Path) -> None:
        code, _, message = refusal(folder(tmp_path, {"a.json": '{"a": 1}', "b.json": "[]"}))
        assert code == "no-notes"
        assert "none of the .json files is a curriculum" in message

    def test_too_large(self, tmp_path: Path) -> None:
        assert refusal(alone(tmp_path, '{"topics": [' + " " * DEFAULT.note_bytes + "]}"))[0] == "note-too-large"

    def test_too_many(self, tmp_path: Path) -> None:
        value = {"topics": [{"id": n, "title": f"T{n}"} for n in range(DEFAULT.items + 1)]}
        assert refusal(alone(tmp_path, json.dumps(value)))[0] == "note-too-long"


class TestHostile:
    def test_duplicate_keys(self, tmp_path: Path) -> None:
        reading = alone(tmp_path, '{"title": "G",\n "topics": [{"title": "A",\n "title": "B"}], "title": "H"}')
        assert (reading.paths[0].title, titles(reading.paths[0])) == ("G", ["A"])
        assert sorted((p.code, p.line) for p in reading.problems) == [
            ("json-duplicate-key", 1),
            ("json-duplicate-key", 2),
        ]

    def test_numbers_without_end(self, tmp_path: Path) -> None:
        digits = "9" * 500_000
        reading = alone(tmp_path, f'{{"topics": [{{"id": {digits}, "title": "A", "hours": 1e999, "x": {digits}}}]}}')
        (a,) = reading.paths[0].items
        assert (a.title, a.hours) == ("A", None)

    def test_text_that_cannot_be_shown(self, tmp_path: Path) -> None:
        reading = alone(
            tmp_path, '{"title": "\\ud800G\\u0000", "topics": [{"title": "A\\u001b[31m\\n\\tB", "x": "\\udfff"}]}'
        )
        assert (reading.paths[0].title, titles(reading.paths[0])) == ("G", ["A[31m B"])
        json.dumps(reading.as_json(), ensure_ascii=False).encode()
        assert reading.paths[0].items[0].meta == (("x", ""),)

    @pytest.mark.parametrize(
        "text",
        [
            "[" + "{}," * 340_000 + "{}]",
            '"' + '\\"' * 500_000,
            '{"topics": [' + '{"title": "A", "requires": ["A"]},' * 4_900 + '{"title": "B"}]}',
            '{"topics": [' + ",".join(f'{{"id":{n},"requires":[{n - 1},"x"]}}' for n in range(4_900)) + "]}",
            '{"topics"' + " " * 900_000 + ": 1}",
        ],
    )
    def test_it_is_quick(self, tmp_path: Path, text: str) -> None:
        with cpu_within(10):
            alone(tmp_path, text)

    def test_lines_of_objects(self) -> None:
        text = '[{"a": "}{[\\"\\\\"},\n {"b": [{},\n {"c": {}}]}]'
        value = read_json(text.encode(), "x.json").value
        assert [o.line for o in (*value, *value[1]["b"], value[1]["b"][1]["c"])] == [1, 2, 2, 3, 3]
