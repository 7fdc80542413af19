"""Rule 1 within a line: title, number, details, summary and marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from roadmap.notes.items import Item, Requirement, Resource
from tests.notes.reading import item, outline, titles


def one(tmp_path: Path, bullet: str) -> Item:
    """The topic that a bullet becomes."""
    return outline(tmp_path, f"# Path\n\n## Module\n\n- Before\n- {bullet}\n- Behind\n").items[0].items[1]


@pytest.mark.parametrize(
    ("bullet", "title", "summary"),
    [
        ("**Sails**: catch the wind.", "Sails", "catch the wind."),
        ("**Sails:** catch the wind.", "Sails", "catch the wind."),
        ("**Sails** — catch the wind.", "Sails", "catch the wind."),
        ("**Sails** Catch the wind and hold it.", "Sails", "Catch the wind and hold it."),
        ("**Sails** and rigging", "Sails and rigging", ""),
        ("[Sails](https://example.org): catch the wind.", "Sails", "catch the wind."),
        (
            "[Sails](https://example.org) by A. Wright: catch the wind, all of it.",
            "Sails",
            "by A. Wright: catch the wind, all of it.",
        ),
        ("Sails — catch the wind", "Sails", "catch the wind"),
        ("Sails – catch the wind", "Sails", "catch the wind"),
        ("Sails: theory and practice", "Sails: theory and practice", ""),
        ("*Sails* of all kinds", "Sails of all kinds", ""),
        ("Sails, masts, ropes", "Sails, masts, ropes", ""),
        ("⛵ **Sails**: catch the wind.", "⛵ Sails", "catch the wind."),
        ("帆 —— 捕捉风", "帆", "捕捉风"),
        ("**帆**：捕捉风", "帆", "捕捉风"),
        ("**שרעפים**: תופסים את הרוח", "שרעפים", "תופסים את הרוח"),
    ],
)
def test_lead_and_summary(tmp_path: Path, bullet: str, title: str, summary: str) -> None:
    topic = one(tmp_path, bullet)
    assert (topic.title, topic.summary) == (title, summary)


@pytest.mark.parametrize(
    ("bullet", "title", "details"),
    [
        ("Sails (main, jib, spinnaker)", "Sails", ("main", "jib", "spinnaker")),
        ("Sails (jib)", "Sails", ("jib",)),
        ("Sails（主帆、前帆）", "Sails", ("主帆", "前帆")),
        ("Sails: main, jib, spinnaker", "Sails", ("main", "jib", "spinnaker")),
        ("**Sails** (main, jib): catch the wind", "Sails", ("main", "jib")),
        ("Sails (main (big), jib (small))", "Sails", ("main (big)", "jib (small)")),
        ("hoist(sail)", "hoist(sail)", ()),
        ("hoist()", "hoist()", ()),
        ("[Sails (a primer)](https://example.org)", "Sails (a primer)", ()),
    ],
)
def test_details(tmp_path: Path, bullet: str, title: str, details: tuple[str, ...]) -> None:
    topic = one(tmp_path, bullet)
    assert (topic.title, topic.details) == (title, details)


def test_an_abbreviation_is_another_name(tmp_path: Path) -> None:
    assert one(tmp_path, "Global Positioning System (GPS)").aliases == ("GPS",)
    assert one(tmp_path, "GPS (Global Positioning System)").aliases == ("Global Positioning System",)
    assert one(tmp_path, "Graph Neural Networks (GNNs)").title == "Graph Neural Networks"


def test_states_in_brackets(tmp_path: Path) -> None:
    assert one(tmp_path, "Sails (optional)").optional is True
    assert one(tmp_path, "Velas (opcional)").optional is True
    assert one(tmp_path, "帆（可选）").optional is True
    assert one(tmp_path, "Sails (must-have)").optional is False
    assert one(tmp_path, "Sails (depends on Before)").requires == (Requirement("Before"),)
    assert one(tmp_path, "**Sails** — catch the wind (optional)").optional is True


def test_hours_in_brackets(tmp_path: Path) -> None:
    assert one(tmp_path, "Sails (6 hours)").hours == 6
    assert one(tmp_path, "Sails (90 min)").hours == 1.5


def test_the_kind_of_a_link(tmp_path: Path) -> None:
    topic = one(tmp_path, "[Sails (video)](https://example.org/a)")
    assert (topic.title, topic.resources) == ("Sails", (Resource("Sails (video)", "https://example.org/a", "video"),))
    topic = one(tmp_path, "[Sails](https://example.org/a) ([PDF](https://example.org/b.pdf))")
    assert [r.url for r in topic.resources] == ["https://example.org/a", "https://example.org/b.pdf"]
    assert (topic.title, topic.details, topic.summary) == ("Sails", (), "")


def test_links_only_are_resources(tmp_path: Path) -> None:
    topic = one(
        tmp_path, "[Sails](https://example.org/a) [other](https://example.org/b) [third](https://example.org/c)"
    )
    assert (topic.title, topic.summary, len(topic.resources)) == ("Sails", "", 3)


@pytest.mark.parametrize(
    ("heading", "title", "number"),
    [
        ("1. Sails", "Sails", 1),
        ("12) Sails", "Sails", 12),
        ("1.3 Sails", "Sails", 3),
        ("⛵ 4. Sails", "⛵ Sails", 4),
        ("5️⃣ Sails", "Sails", 5),
        ("Week 2: Sails", "Week 2: Sails", 2),
        ("第三章 帆", "第三章 帆", 3),
        ("**6. Sails**", "Sails", 6),
        ("3D printing", "3D printing", None),
        ("2.x Sails", "2.x Sails", None),
        ("1984: a novel", "1984: a novel", None),
        ("0 - Sails", "0 - Sails", None),
    ],
)
def test_numbers_of_headings(tmp_path: Path, heading: str, title: str, number: int | None) -> None:
    module = outline(tmp_path, f"# Path\n\n## {heading}\n\n- A\n- B\n\n## Other\n\n- C\n").items[0]
    assert (module.title, module.number) == (title, number)


def test_struck_out_is_nothing(tmp_path: Path) -> None:
    path = outline(tmp_path, "# P\n\n## M\n\n- A\n- ~~B~~\n- C ~~D~~\n\n## ~~N~~\n\n- E\n")
    assert titles(path) == ["A", "C D"]


def test_tags_are_not_titles(tmp_path: Path) -> None:
    assert titles(outline(tmp_path, "# P\n\n## M\n\n- Sails #boat\n- #only #tags\n- C#\n")) == ["Sails", "C#"]


def test_ids(tmp_path: Path) -> None:
    path = outline(tmp_path, "# P\n\n## M ^module\n\n- A ^a-1\n- **B** — why ^b2\n- C <!-- id: c.1 -->\n- x ^2\n")
    assert path.items[0].id == "module"
    assert [(i.title, i.id) for i in path.items[0].items] == [("A", "a-1"), ("B", "b2"), ("C", "c.1"), ("x ^2", "")]
    assert path.items[0].items[1].summary == "why"


def test_the_next_line_is_the_summary(tmp_path: Path) -> None:
    path = outline(
        tmp_path,
        """
        # P

        ## M

        - **A**
          what A is
        - B, which was broken
          by the width of the page
        - C
        A sentence at the margin is not C's.
        """,
    )
    assert [(i.title, i.summary) for i in path.items[0].items] == [
        ("A", "what A is"),
        ("B, which was broken by the width of the page", ""),
        ("C", ""),
    ]


def test_dots_and_remarks_glued_to_a_list(tmp_path: Path) -> None:
    path = outline(tmp_path, "# P\n\n## M\n\n- A (x, y)\n...\nIf you cannot say why, read again.\n\n## N\n\n- B\n")
    assert titles(path) == ["A", "B"]
    assert item(path, "A").details == ("x", "y")
    assert path.items[0].summary == ""
