"""`read_notes PATH`: what Pathnotes sees in notes, for people or as JSON. Touches no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roadmap.notes.items import Item, Problem, Reading
from roadmap.notes.reading import read

SHOWN_PROBLEMS = 40


class Command(BaseCommand):
    help = "Print the outline found in a Markdown file or a folder of notes. Changes nothing and needs no database."
    requires_system_checks: list[str] = []  # the checks import every view and form, which reading needs none of
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a note or a folder of notes")
        parser.add_argument(
            "--format", choices=["text", "json"], default="text", help="text for people (default), or json"
        )

    def handle(self, *, path: Path, format: str, **options: Any) -> None:  # noqa: A002  # the option's public name
        reading = read(path)
        if not reading.paths and (found := refusal(reading)):
            raise CommandError(found)
        if format == "json":
            self.stdout.write(json.dumps(reading.as_json(), ensure_ascii=False, indent=1))
            return
        for line in tree(reading):
            self.stdout.write(line)


def refusal(reading: Reading) -> str:
    """One sentence that says why nothing could be read, with file and line; empty if nothing went wrong."""
    error = next((p for p in reading.problems if p.severity == "error"), None)
    return place(error) + error.message if error is not None else "There is nothing to learn in these notes."


def place(problem: Problem) -> str:
    return f"{problem.source}:{problem.line}: " if problem.line else f"{problem.source}: " * bool(problem.source)


def tree(reading: Reading) -> Iterator[str]:
    """The outline for people: one line per item, then counts and problems."""
    for path in reading.paths:
        counts = count(path.items)
        yield f"{path.title}  ({path.source or 'folder'})"
        if path.summary:
            yield f"  {shorten(path.summary)}"
        for item in path.items:
            yield from branch(item, "  ")
        yield "  = " + ", ".join(f"{n} {kind}{'s' * (n != 1)}" for kind, n in counts.items() if n)
        yield ""
    planned = reading.counts.get("planned", 0)
    yield f"{reading.counts.get('files', 0)} files read, {len(reading.paths)} roadmaps, {planned} planned topics."
    for problem in reading.problems[:SHOWN_PROBLEMS]:
        yield f"{problem.severity}: {place(problem)}{problem.message}"
    if len(reading.problems) > SHOWN_PROBLEMS:
        yield f"and {len(reading.problems) - SHOWN_PROBLEMS} more; --format json lists all."


def branch(item: Item, indent: str) -> Iterator[str]:
    mark = (
        {None: "-", True: "[x]", False: "[ ]"}[item.done] if not item.items or item.kind in {"topic", "step"} else "#"
    )
    if item.kind in {"level", "module"}:
        mark = "##" if item.kind == "level" else "#"
    parts = [
        f"{indent}{mark} {item.number}. {item.title}" if item.number is not None else f"{indent}{mark} {item.title}"
    ]
    if item.details:
        parts.append(f"({shorten(', '.join(item.details), 60)})")
    notes = [
        *(["optional"] if item.optional else []),
        *([f"choose {item.choose}"] if item.choose else []),
        *(["in this order"] if item.ordered else []),
        *([f"needs {', '.join(r.title for r in item.requires)}"] if item.requires else []),
        *([f"{item.hours:g} h"] if item.hours else []),
        *([f"{len(item.resources)} resources"] if item.resources else []),
    ]
    yield " ".join(parts) + (f"  [{'; '.join(notes)}]" if notes else "")
    for child in item.items:
        yield from branch(child, indent + "  ")


def count(items: tuple[Item, ...]) -> dict[str, int]:
    counts = {"level": 0, "module": 0, "topic": 0, "step": 0}
    todo = list(items)
    while todo:
        item = todo.pop()
        counts[item.kind] += 1
        todo += item.items
    return counts


def shorten(text: str, length: int = 100) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
