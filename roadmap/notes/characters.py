"""Characters and lines in valid text that a note's author should know of: invisible, misleading or left by a tool."""

from __future__ import annotations

from roadmap.notes.items import Problem


def inspect(text: str, beyond: str, source: str) -> list[Problem]:
    """Warnings about the text of one note, one per kind. `beyond` holds its characters outside ASCII, in order."""
    problems: list[Problem] = []
    if not text or text.isspace():
        problems.append(Problem(source, 0, "warning", "empty-note", f"{source} is empty."))
    return problems
