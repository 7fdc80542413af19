"""A reading as the terminal shows it: the outlines, what became of the notes and what did not, the problems.

`said` is what a child is asked for (`guarded.read(say=…)`): the words are made where the notes were read.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

from roadmap.notes.bounds import shorten
from roadmap.notes.items import Item, Problem
from roadmap.notes.reading import Examined
from roadmap.notes.telling.explain import NotThereError, explain
from roadmap.notes.telling.report import problems, told
from roadmap.notes.telling.standing import Standing, number

SHOWN_PROBLEMS = 40
MARKS = {"level": "##", "module": "#", "topic": "-", "step": "-"}


def said(examined: Examined, asked: Mapping[str, Any]) -> dict[str, list[str]]:
    """`asked`: {"root": the path that was read, "explain": "FILE:LINE" or ""}. The lines, as {"lines": …}, or why there
    are none, {"refused": [a sentence]}."""
    standing = Standing(examined)
    if not asked["explain"]:
        return {"lines": list(report(standing))}
    try:
        return {"lines": list(explain(standing, asked["explain"], pathlib.Path(asked["root"])))}
    except NotThereError as error:
        return {"refused": [str(error)]}


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
