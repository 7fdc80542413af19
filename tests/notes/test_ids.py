"""Ids put into notes: the right place for each, nothing else of the file, and the same topics through any rename."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.notes.files import NoteFile
from roadmap.notes.items import Item
from roadmap.notes.writing import Notes
from roadmap.notes.writing.ids import HTML, TOO_LARGE, Identified, put_ids
from roadmap.notes.writing.page import Edit
from roadmap.plan import Curriculum, plan
from roadmap.plan.naming import nameless, read_with_ids
from tests.notes.test_docs_examples import examples
from tests.pace import cpu_within

ID = re.compile(r" (?:\^|<!-- id: )(t[0-9a-f]{8,32})(?: -->)?")
FRONT = re.compile(r"^id: t[0-9a-f]{8,32}\r?\n", re.MULTILINE)


def notes_of(files: dict[str, str | bytes]) -> Notes:
    read = tuple(NoteFile(p, d if isinstance(d, bytes) else dedent(d).lstrip("\n").encode()) for p, d in files.items())
    return Notes.of(read, "folder")


def stored(notes: Notes) -> Curriculum:
    return plan(Curriculum(), notes.reading).target


def identified(files: dict[str, str | bytes]) -> Identified:
    notes = notes_of(files)
    now = stored(notes)
    done = put_ids(notes, nameless(now, notes.reading))
    target = read_with_ids(now, done.notes.reading)
    assert target is not None
    assert plan(target, done.notes.reading).empty
    return done


def text(done: Identified, path: str = "a.md") -> str:
    return ID.sub(" ^ID", FRONT.sub("id: ID\n", next(f.data for f in done.notes.files if f.path == path).decode()))


def walk(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from walk(item.items)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("- Soil", "- Soil ^ID"),
        ("- Soil (clay, sand)", "- Soil (clay, sand) ^ID"),
        ("- **Soil** — what it is.  ", "- **Soil** — what it is. ^ID  "),
        ("-\tSoil\t", "-\tSoil ^ID\t"),
        ("- [ ] Soil", "- [ ] Soil ^ID"),
        ("- [Soil](https://example.org/soil)", "- [Soil](https://example.org/soil) ^ID"),
        ("- [[Soil]]", "- [[Soil]] ^ID"),
        ("- Soil\n  - clay\n  - sand", "- Soil ^ID\n  - clay\n  - sand"),
        ("- **Soil**\n  what it is", "- **Soil**\n  what it is ^ID"),
        ("- Soil that goes on\n  in the next line", "- Soil that goes on\n  in the next line ^ID"),
        ("- Soil <!-- seen -->", "- Soil ^ID <!-- seen -->"),
        ("1. Soil\n", "1. Soil ^ID\n"),
        ("- `soil` code", "- `soil` code ^ID"),
    ],
)
def test_behind_a_list_item(line: str, wanted: str) -> None:
    start = "# Garden\n\n## Ground\n\n"
    done = identified({"a.md": f"{start}{line}\n\n## Air\n\n- Wind ^wind\n"})
    assert text(done) == f"{start}{wanted}\n\n## Air\n\n- Wind ^wind\n"
    assert done.skipped == []


def test_in_a_table() -> None:
    table = "# Ways\n\n| # | Way | Hours |\n|---|:---|---|\n| 1 | [Out](x.html) | 2 |\n| 2 | **Home**   | 3 |\n"
    done = identified({"a.md": table})
    assert text(done) == table.replace("(x.html) |", "(x.html) ^ID |").replace("**Home**   |", "**Home** ^ID   |")


def test_behind_a_heading_over_prose() -> None:
    prose = "# Chess\n\n## Openings ##\nThe first moves.\n\nEndgames\n--------\nFew pieces are left.\n"
    done = identified({"a.md": prose})
    assert text(done) == prose.replace("Openings ##", "Openings ^ID ##").replace("Endgames\n", "Endgames ^ID\n")


def test_in_the_front_matter_of_its_own_note() -> None:
    done = identified(
        {
            "Map.md": "---\ntags: [map]\n---\n# Map\n\n- [[Wind]]\n- [[Rain]]\n- [[Snow]]\n",
            "Wind.md": "# Wind\n\nIt blows.\n",
            "Rain.md": "---\nhours: 2 # about\n---\n\nIt pours.",
        }
    )
    assert text(done, "Map.md") == "---\ntags: [map]\n---\n# Map\n\n- [[Wind]]\n- [[Rain]]\n- [[Snow]] ^ID\n"
    assert text(done, "Wind.md") == "---\nid: ID\n---\n# Wind\n\nIt blows.\n"
    assert text(done, "Rain.md") == "---\nhours: 2 # about\nid: ID\n---\n\nIt pours."


def test_each_file_of_a_folder_of_lessons() -> None:
    done = identified({"01-sea.md": "# Sea\n\nIt is wide and wet.\n", "02-sky.md": "# Sky\n\nIt is high and blue.\n"})
    assert text(done, "01-sea.md") == "---\nid: ID\n---\n# Sea\n\nIt is wide and wet.\n"
    assert {put.path for put in done.put} == {"01-sea.md", "02-sky.md"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_nothing_else_of_the_file(encoding: str, ending: str) -> None:
    before = "# Größe\n\n## Eins\n\n- Äpfel  \n\t- süß\n- 🍐 Birnen\t\n\n\n## Zwei\n\n* Kirschen".replace("\n", ending)
    done = identified({"a.md": before.encode(encoding)})
    after = done.after["a.md"].decode(encoding)
    assert len(ID.findall(after)) == 3
    assert ID.sub("", after) == before
    assert done.after["a.md"].startswith(before.encode(encoding)[:2])


def test_damaged_characters_stay_damaged() -> None:
    before = "# Rock\n\n## Stones\n\n- Granite â€” hard, and itâ€™s old\n- Chalk\n"
    done = identified({"a.md": before})
    assert text(done) == before.replace("old\n", "old ^ID\n").replace("Chalk\n", "Chalk ^ID\n")


class TestSkipped:
    def why(self, done: Identified) -> dict[str, str]:
        return {skipped.item.title: skipped.why for skipped in done.skipped}

    def test_an_arrow_chain(self) -> None:
        done = identified({"a.md": "# Bread\n\n## Way\n\nSowing → Harvest → Milling\n\n## More\n\n- Butter\n"})
        assert set(self.why(done)) == {"Sowing", "Harvest", "Milling"}
        assert "arrow chain" in self.why(done)["Sowing"]
        assert text(done).endswith("Sowing → Harvest → Milling\n\n## More\n\n- Butter ^ID\n")

    def test_a_diagram(self) -> None:
        before = "# Web\n\n```mermaid\ngraph LR\n  a[HTML] --> b[CSS]\n```\n"
        done = identified({"a.md": before})
        assert "Mermaid" in self.why(done)["HTML"]
        assert text(done) == before

    def test_raw_html(self) -> None:
        before = "# A\n\n## One\n\n<ul>\n<li>Left</li>\n<li>Right</li>\n</ul>\n\n## Two\n\n- Plain\n"
        done = identified({"a.md": before})
        assert self.why(done) == {"Left": HTML, "Right": HTML}
        assert text(done) == before.replace("Plain", "Plain ^ID")

    def test_many_that_do_not_fit_cost_little(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where no id fits, the file is read a bounded number of times, not once for each topic and half."""
        monkeypatch.setattr("roadmap.notes.writing.ids.READ", 40_000)
        lines = "".join(f"- Topic {n}\n- Plain {n}\n" for n in range(400))
        monkeypatch.setattr("roadmap.notes.writing.ids._behind", lambda page, item, name: iter([(Edit(0, 0, "x"),)]))
        with cpu_within(6):
            done = identified({"a.md": f"# A\n\n## One\n\n{lines}"})
        assert done.before == {}
        assert set(self.why(done).values()) == {TOO_LARGE}

    def test_what_has_an_id(self) -> None:
        before = "# Sea\n\n## Rope\n\n- Knots ^knots\n- Sails <!-- id: sails -->\n- Masts\n  - id:: masts\n"
        assert identified({"a.md": before}).before == {}

    def test_an_id_is_never_given_twice(self) -> None:
        notes = notes_of({"a.md": "# Sea\n\n## Rope\n\n- Knots\n"})
        now = stored(notes)
        short = f"t{now.topics[0].uid.hex[:8]}"
        crowded = notes_of({"a.md": f"# Sea\n\n## Rope\n\n- Knots\n- Sails ^{short}\n"})
        now = plan(now, crowded.reading).target
        (wanted,) = nameless(now, crowded.reading)
        assert wanted.id.startswith(short)
        assert wanted.id != short


def test_a_map_that_stands_in_two_places_keeps_its_topics_apart() -> None:
    """The line of a topic that is two topics gets no id: with one it would be one, and a tick would be lost."""
    shared = "---\ntags: [map]\n---\n# Shared\n\n- Plain words [[Wind]]\n- [[Rain]]\n- [[Snow]]\n"
    one, two = (f"---\ntags: [map]\n---\n# {name}\n\n- [[Shared]]\n- [[Extra]]\n" for name in ("One", "Two"))
    files: dict[str, str | bytes] = {"One.md": one, "Two.md": two, "Shared.md": shared}
    before = {topic.uid for topic in stored(notes_of(files)).topics}
    done = identified(files)
    assert len({topic.uid for topic in stored(done.notes).topics}) == len(before)


# Whatever the notes look like

WORDS = (
    "Soil",
    "Größe",
    "数学",
    "C++",
    "Rope & knots",
    "naïve *set* theory",
    "x_y_z",
    "Über `code`",
    "Q&A 2",
    "Ünï (a, b)",
)
FORMS = (
    "{m} {t}",
    "{m} **{t}** — why it is so",
    "{m} [ ] {t}",
    "{m} [{t}](https://example.org/{n})",
    "{m} [[{t}]]",
    "{m} {t}\n  - a detail\n  - [ ] a step",
    "{m} **{t}**\n  on the next line",
    "{m} {t}: it is told\n  in two lines",
    "{m} {t}  ",
    "{m} {t} <!-- noted -->",
    "{m} {t}\n\n  A paragraph below.",
    "{m} ~~{t}~~",
)


@st.composite
def outlines(draw: st.DrawFn) -> tuple[str, list[str]]:
    """(a note, the titles in it that `renamed` may change)."""
    lines = [draw(st.sampled_from(("# Whole", "---\ntitle: Whole\n---", "# Whole\n\nSome words.")))]
    titles: list[str] = []
    for at in range(draw(st.integers(1, 4))):
        lines.append(f"\n{draw(st.sampled_from(('##', '###')))} Part {chr(65 + at)}\n")
        mark = draw(st.sampled_from(("-", "*", "1.")))
        forms = [f for f in FORMS if mark != "1." or "\n" not in f]
        if draw(st.integers(0, 3)) == 0:
            lines.append("| Name | Hours |\n|---|---|")
            forms = ["| {t} | 3 |", "| **{t}** | 1 |", "| [{t}](https://example.org/{n}) |  |"]
        for _ in range(draw(st.integers(1, 5))):
            title = f"{draw(st.sampled_from(WORDS))} nr{len(titles)}"
            titles.append(title)
            lines.append(draw(st.sampled_from(forms)).format(m=mark, t=title, n=len(titles)))
    return "\n".join(lines) + draw(st.sampled_from(("", "\n", "\n\n"))), titles


@given(outlines(), st.sampled_from(("\n", "\r\n")), st.sampled_from(("utf-8", "utf-8-sig", "utf-16")))
@settings(max_examples=60)
def test_read_back_equal_and_renamed_the_same(outline: tuple[str, list[str]], ending: str, encoding: str) -> None:
    written, _ = outline
    before = written.replace("\n", ending).encode(encoding)
    notes = notes_of({"a.md": before})
    now = stored(notes)
    if not now.topics:
        return
    done = put_ids(notes, nameless(now, notes.reading))
    target = read_with_ids(now, done.notes.reading)
    assert target is not None
    assert plan(target, done.notes.reading).empty
    after = next(file.data for file in done.notes.files)
    assert ID.sub("", after.decode(encoding)) == before.decode(encoding)
    assert [s.item.title for s in done.skipped] == []

    uids = {topic.origin.id: topic.uid for topic in target.topics}
    assert len(uids) == len(target.topics)
    renamed = re.sub(r"nr(\d+)", r"otherwise \1 called", after.decode(encoding)).replace("Part ", "Piece ")
    for word in ("Soil", "数学", "Größe"):
        renamed = renamed.replace(word, "Changed")
    planned = plan(target, notes_of({"a.md": renamed.encode(encoding)}).reading)
    assert planned.unclear == ()
    assert {topic.origin.id: topic.uid for topic in planned.target.topics} == uids
    assert not any(topic.retired for topic in planned.target.topics)


@pytest.mark.parametrize(("line", "files"), [pytest.param(n, f, id=f"line-{n}") for n, f, _ in examples()])
def test_the_examples_of_the_page(line: int, files: dict[str, str]) -> None:
    """Whatever the page about notes shows gets its ids, and is read as before."""
    done = identified(dict(files))
    shared = {skipped.item.rule for skipped in done.skipped if skipped.why != HTML}
    assert shared <= {"chain", "diagram-node", "mind-map", "time-line", "navigation-planned"}


def test_a_file_as_a_source(tmp_path: Path) -> None:
    done = identified({"note.txt": "# Sea\n\n## Rope\n\n- Knots\n"})
    assert text(done, "note.txt") == "# Sea\n\n## Rope\n\n- Knots ^ID\n"
