"""The text of the lines that problems point at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from roadmap.notes.files import NoteFile
from roadmap.notes.items import Problem

QUOTED: Final = 200
"""Problems that come with the text of their line."""
LINE: Final = 200
"""Characters of such a line."""

Lines = list[tuple[str, int, str]]


def lines_of(files: Iterable[NoteFile], problems: Sequence[Problem]) -> Lines:
    """(file, line, text), in the order of the files, of the first problems."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for problem in problems[:QUOTED]:
        if problem.line:
            wanted[problem.source].add(problem.line)
    lines = []
    for file in files:
        if numbers := wanted.get(file.path):
            text = file.data.decode("utf-8", "replace").replace("\0", "")
            for number, line in enumerate(text.splitlines(), start=1):
                if number in numbers:
                    lines.append((file.path, number, line.strip()[:LINE]))
    return lines
