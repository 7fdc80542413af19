"""An export that people changed by hand, or that somebody made to harm: it is read, or the problems say why not."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from roadmap.exporting.notes import files_of
from roadmap.exporting.told import told
from roadmap.notes.files import NoteFile, Scan
from roadmap.notes.items import Item, Reading
from roadmap.notes.reading import read_files
from roadmap.plan import Curriculum, digest_of, plan
from tests.exporting.test_round_trip import WILD
from tests.exporting.trips import read_again
from tests.roadmap.test_plan_properties import settle

HEAD = "---\npathnotes:\n  roadmap: x\ntitle: T\n---\n# T\n\n"


def items_of(readme: str, **notes: str) -> list[Item]:
    files = {"README.md": (HEAD + readme).encode(), **{f"topics/{n}.md": t.encode() for n, t in notes.items()}}
    reading = read_again(files)
    assert [p for p in reading.problems if p.severity == "error"] == []
    return list(reading.paths[0].items)


class TestWrittenByHand:
    def test_plain_items_are_read_as_ever(self) -> None:
        (module,) = items_of(
            "## Fruit\n\n- Apples — red ones\n- [Pears](https://example.org/p) (green, yellow)\n- Plums\n"
        )
        assert [(i.title, i.summary, i.details) for i in module.items] == [
            ("Apples", "red ones", ()), ("Pears", "", ("green", "yellow")), ("Plums", "", ()),
        ]  # fmt: skip
        assert module.items[1].resources[0].url == "https://example.org/p"

    def test_links_and_titles_as_prerequisites(self) -> None:
        (module,) = items_of(
            "## M\n\n- **A** ^a\n- **B**\n- **C**\n  - requires:: [[A]] | [[#^a|A]] — why\n  - requires:: B\n"
        )
        assert [(r.title, r.reason, r.group) for r in module.items[2].requires] == [
            ("A", "", "any-1"), ("A", "why", "any-1"), ("B", "", ""),
        ]  # fmt: skip

    def test_a_link_by_the_name_of_its_note_or_its_title(self) -> None:
        note = "---\nid: n\ntitle: The note\nmood: blue\n---\n# The note\n\nText.\n"
        for link in ("[[n]]", "[[topics/n]]", "[[The note]]", "[[N|Other]]"):
            (module,) = items_of(f"## M\n\n- {link}\n", n=note)
            (topic,) = module.items
            assert (topic.body, topic.id, topic.meta) == ("Text.", "n", (("mood", "blue"),))

    def test_prose_and_topics_above_the_first_heading(self) -> None:
        items = items_of("Some words.\n\n- **A**\n\nMore words.\n\n## M\n\nProse.\n\n- **B**\n")
        assert [(i.title, [t.title for t in i.items]) for i in items] == [("T", ["A"]), ("M", ["B"])]

    def test_windows_line_ends_and_a_mark_of_the_byte_order(self) -> None:
        data = b"\xef\xbb\xbf" + (HEAD + "## M ^m\n\n- **A** (b, c) ^a\n  - hours:: 2\n").replace("\n", "\r\n").encode()
        reading = read_files(Scan((NoteFile("README.md", data),)), "x")
        (module,) = reading.paths[0].items
        assert (module.id, module.items[0].details, module.items[0].hours) == ("m", ("b", "c"), 2.0)

    def test_without_topics_there_is_nothing(self) -> None:
        assert read_again({"README.md": (HEAD + "## M\n").encode()}).paths == ()

    @pytest.mark.parametrize("depth", [3, 30, 600])
    def test_sections_within_sections(self, depth: int) -> None:
        lines = ["###### S0 ^s0"] + [f"###### S{n} ^s{n}\nunder:: ^s{n - 1}" for n in range(1, depth)]
        items = items_of("\n\n".join(lines) + "\n\n- **A**\n")
        assert sum(1 for _ in walk(items)) == depth + 1


def walk(items: list[Item] | tuple[Item, ...]) -> list[Item]:
    return [found for item in items for found in (item, *walk(item.items))]


PIECES = (
    "- **", "**", " ^a", "\n", "  - ", "[[", "]]", "|", "requires:: ", "under:: ^", "after:: ^", "## ", "###### ", '`"',
    "`", "\\", "---\n", "hours:: ", "[x] ", "(", ")", "<", ">", " — ", "::", "\x00", "\u2028", "link:: ", "> ", "\t",
)  # fmt: skip


@settings(max_examples=60, phases=[Phase.generate])
@given(WILD, st.integers())
def test_whatever_is_changed_it_is_read(notes: Reading, seed: int) -> None:
    chance = Random(seed)
    now = settle(Curriculum(), notes)
    files = files_of(told(now, now.roadmaps[0].uid))
    text = files["README.md"].decode()
    for _ in range(chance.randrange(1, 12)):
        at, end = sorted((chance.randrange(15, len(text)), chance.randrange(15, len(text))))
        text = text[:at] + chance.choice(PIECES) + text[at if chance.random() < 0.7 else min(end, at + 9) :]
    files["README.md"] = text.encode("utf-8", "replace")
    reading = read_again(files)
    digest_of(reading)
    if not [p for p in reading.problems if p.severity == "error"]:
        plan(now, reading)
