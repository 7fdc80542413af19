"""Titles and addresses that are too long are cut with a warning; everything else stays the same object."""

from __future__ import annotations

from roadmap.notes.bounds import fit, shorten
from roadmap.notes.items import Item, Path, Resource


def topic(title: str, **rest: object) -> Item:
    return Item("topic", title, "a.md", 7, **rest)  # type: ignore[arg-type]


def test_what_fits_is_untouched() -> None:
    path = Path("T" * 200, "t", "a.md", items=(topic("t" * 200, items=(Item("step", "s" * 500, "a.md", 8),)),))
    (fitted,), problems = fit([path])
    assert fitted is path
    assert problems == []


def test_titles_are_cut_by_characters_at_every_depth() -> None:
    path = Path("T" * 201, "t", "a.md", items=(Item("module", "M", "a.md", 3, items=(topic("😀" * 201),)),))
    (fitted,), problems = fit([path])
    assert fitted.title == "T" * 199 + "…"
    assert fitted.items[0].items[0].title == "😀" * 199 + "…"
    assert [(p.line, p.severity, p.code) for p in problems] == [
        (7, "warning", "title-cut"),
        (1, "warning", "title-cut"),
    ]


def test_steps_resources_and_aliases() -> None:
    item = topic(
        "t",
        aliases=("a" * 300, "b"),
        resources=(Resource("r" * 301, "https://e.org/" + "x" * 2000), Resource("ok", "https://e.org")),
        items=(Item("step", "s" * 501, "a.md", 9),),
    )
    (fitted,), problems = fit([Path("T", "t", "a.md", items=(item,))])
    (seen,) = fitted.items
    assert [len(alias) for alias in seen.aliases] == [200, 1]
    assert seen.resources == (Resource("r" * 299 + "…"), Resource("ok", "https://e.org"))
    assert len(seen.items[0].title) == 500
    assert sorted(p.code for p in problems) == ["address-too-long", "title-cut"]


def test_a_cut_leaves_no_blank_before_the_ellipsis() -> None:
    assert shorten("one two", 5) == "one…"
    assert shorten("one", 3) == "one"
