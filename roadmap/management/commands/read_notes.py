"""`read_notes PATH`: what Pathnotes sees in notes, for people or as JSON. Touches no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roadmap import guarding
from roadmap.notes.bounds import shorten
from roadmap.notes.items import Item, Problem, Reading
from roadmap.notes.telling.explain import NotThereError
from roadmap.notes.telling.explain import explain as explained
from roadmap.notes.telling.report import problems, told
from roadmap.notes.telling.standing import Standing, number
from roadmap.opening import examine
from roadmap.terminal import Bar

SHOWN_PROBLEMS = 40
MARKS = {"level": "##", "module": "#", "topic": "-", "step": "-"}


class Command(BaseCommand):
    help = "Print the outline found in a note, a folder of notes or a zip. Changes nothing and needs no database."
    requires_system_checks: list[str] = []  # the checks import every view and form; reading needs none of them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a note, a folder of notes, or a zip of them")
        parser.add_argument(
            "--root",
            action="append",
            default=[],
            metavar="NOTE",
            help="draw the roadmap of this note (path, file name or title); repeatable",
        )
        parser.add_argument("--format", choices=["text", "json"], default="text", help="text for people, or json")
        parser.add_argument("--explain", metavar="FILE:LINE", help="say what became of one line, and by which rule")

    def handle(
        self,
        *,
        path: Path,
        root: list[str],
        format: str,  # noqa: A002  # the option's public name
        explain: str | None,
        **options: Any,
    ) -> None:
        with Bar() as bar:
            reading = guarding.read(path, root, tell=bar.tell)
        if not explain:
            self.refuse_nothing(reading)
        if format == "json" and not explain:
            self.stdout.write(json.dumps(reading.as_json(), ensure_ascii=False, indent=1))
            return
        if any(problem.code == "reading-stopped" for problem in reading.problems):
            raise CommandError(refusal(reading))
        standing = Standing(examine(path, roots=root))  # in this process: it was read to the end in another one
        if not explain:
            self.stdout.write("\n".join(report(standing)))
            return
        try:
            self.stdout.write("\n".join(explained(standing, explain, path)))
        except NotThereError as error:
            raise CommandError(str(error)) from error

    def refuse_nothing(self, reading: Reading) -> None:
        if not reading.paths:
            raise CommandError(refusal(reading))


def refusal(reading: Reading) -> str:
    """One sentence that says why nothing could be read, with file and line."""
    error = next((p for p in reading.problems if p.severity == "error"), None)
    return place(error) + error.message if error is not None else "There is nothing to learn in these notes."


def place(problem: Problem) -> str:
    if problem.line:
        return f"{problem.source}:{problem.line}: "
    return f"{problem.source}: " if problem.source else ""


def report(standing: Standing) -> Iterator[str]:
    """The outlines for people, what became of the notes and what did not, then counts and problems."""
    reading = standing.reading
    for path in reading.paths:
        yield f"{path.title}  ({path.source or 'the whole folder'})"
        if path.summary:
            yield f"  {shorten(path.summary)}"
        for item in path.items:
            yield from tree(item, "  ")
        yield f"  {counted(path.items)}"
        yield ""
    yield from told(standing)
    files, planned = reading.counts.get("files", 0), reading.counts.get("planned", 0)
    yield f"{number(files, 'file')}, {number(len(reading.paths), 'roadmap')}, {number(planned, 'planned topic')}."
    left, alike = problems(standing)
    for problem in left[:SHOWN_PROBLEMS]:
        yield f"{problem.severity}: {place(problem)}{problem.message}"
    if len(left) > SHOWN_PROBLEMS:
        yield f"{len(left) - SHOWN_PROBLEMS} more problems; --format json lists them all."
    for code, more in alike.items():
        yield f"{more:,} more of the kind {code}; --format json lists them all."
    yield "Why is a line what it is? --explain FILE:LINE"


def tree(item: Item, indent: str = "") -> Iterator[str]:
    """An item and what is below it, a line each: `- 3. Title (details) — summary [what else is known]`."""
    box = {None: "", True: " [x]", False: " [ ]"}[item.done]
    numbered = f" {item.number}." if item.number is not None else ""
    words = f"{indent}{MARKS[item.kind]}{box}{numbered} {item.title}"
    if item.details:
        words += f" ({shorten(', '.join(item.details), 60)})"
    if item.summary:
        words += f" — {shorten(item.summary, 60)}"
    known = "; ".join(remarks(item))
    yield f"{words} [{known}]" if known else words
    for child in item.items:
        yield from tree(child, indent + "  ")


def remarks(item: Item) -> Iterator[str]:
    if item.optional:
        yield "optional"
    if item.choose:
        yield f"choose {item.choose}"
    if item.ordered:
        yield "in this order"
    if item.hours:
        yield f"{item.hours:g} h"
    if item.requires:
        yield "needs " + needs(item)
    if item.resources:
        yield number(len(item.resources), "resource")


def needs(item: Item) -> str:
    """What an item requires: "A, B or C": alternatives are joined by "or"."""
    groups: dict[str, list[str]] = {}
    for at, requirement in enumerate(item.requires):
        groups.setdefault(requirement.group or str(at), []).append(requirement.title)
    return ", ".join(" or ".join(titles) for titles in groups.values())


def counted(items: tuple[Item, ...]) -> str:
    counts = dict.fromkeys(MARKS, 0)
    todo = list(items)
    while todo:
        item = todo.pop()
        counts[item.kind] += 1
        todo += item.items
    return ", ".join(number(n, kind) for kind, n in counts.items() if n) or "nothing"
