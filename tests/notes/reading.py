"""Helpers to read notes that stand in a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

from roadmap.notes.items import Item, Reading
from roadmap.notes.items import Path as Roadmap
from roadmap.notes.reading import read
from roadmap.notes.telling.printed import tree


def outline(tmp_path: Path, text: str, name: str = "note.md") -> Roadmap:
    """The roadmap in one note."""
    (tmp_path / name).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    reading = read(tmp_path / name)
    assert [p for p in reading.problems if p.severity == "error"] == []
    return reading.paths[0]


def folder(tmp_path: Path, notes: dict[str, str]) -> Reading:
    """The reading of a folder of notes, by path."""
    root = tmp_path / "vault"
    for path, text in notes.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return read(root)


def walk(path: Roadmap) -> Iterator[Item]:
    todo = list(reversed(path.items))
    while todo:
        item = todo.pop()
        yield item
        todo += reversed(item.items)


def shape(path: Roadmap) -> list[str]:
    """Kind and title of every item, indented by depth."""

    def lines(items: tuple[Item, ...], depth: int) -> Iterator[str]:
        for item in items:
            yield f"{'  ' * depth}{item.kind} {item.title}"
            yield from lines(item.items, depth + 1)

    return list(lines(path.items, 0))


def drawn(reading: Reading) -> str:
    """Every roadmap as `read_notes` draws it for people."""
    return "\n".join(line for p in reading.paths for line in [p.title, *(t for i in p.items for t in tree(i, "  "))])


def titles(path: Roadmap, kind: str = "topic") -> list[str]:
    return [item.title for item in walk(path) if item.kind == kind]


def item(path: Roadmap, title: str) -> Item:
    found = [item for item in walk(path) if item.title == title]
    assert len(found) == 1, f"{title!r} stands {len(found)} times among {[i.title for i in walk(path)]}"
    return found[0]
