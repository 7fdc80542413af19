"""The examples of docs/notes-format.md, run: what the page promises is what the reader does."""

from __future__ import annotations

from pathlib import Path

import pytest

from roadmap.notes.blocks import parse
from roadmap.notes.reading import read
from roadmap.notes.telling.printed import tree

PAGE = Path(__file__).resolve().parents[2] / "docs" / "notes-format.md"


def examples() -> list[tuple[int, dict[str, str], str]]:
    """(line, files by path, the expected tree) of each example: blocks of `markdown` (of `yaml` and `json` with a path
    too), then one of `text`."""
    found: list[tuple[int, dict[str, str], str]] = []
    files: dict[str, str] = {}
    for block in parse(PAGE.read_text(encoding="utf-8")).blocks:
        language, _, path = block.info.partition(" ")
        if block.kind == "code" and (language == "markdown" or (language in {"yaml", "json"} and path)):
            files[path or "example.md"] = block.text
        elif block.kind == "code" and language == "text":
            found.append((block.line, files, block.text))
            files = {}
    return found


@pytest.mark.parametrize(("files", "expected"), [pytest.param(f, e, id=f"line-{n}") for n, f, e in examples()])
def test_example(files: dict[str, str], expected: str, tmp_path: Path) -> None:
    folder = tmp_path / "example"
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    reading = read(folder if len(files) > 1 else folder / next(iter(files)))
    lines = [line for path in reading.paths for line in [path.title, *(t for i in path.items for t in tree(i, "  "))]]
    assert "\n".join(lines) == expected.rstrip("\n")
    assert [p for p in reading.problems if p.severity != "info"] == []


def test_there_are_examples() -> None:
    assert len(examples()) >= 13
