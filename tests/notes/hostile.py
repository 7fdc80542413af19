"""What the manifest of the hostile notes expects of them (the fixture `corpus` has them made).

`hostile_notes.py` writes the notes, archives, a folder with traps, and a manifest of verdicts: import (taken in), warn
(taken in, and the report says why not to trust it), reject (the report has an error), refuse (an archive, as a whole).
Where our verdict differs on purpose, it stands in `OURS` with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from roadmap.notes.items import Problem

CPU_SECONDS = 5
BLOCKS = "over 20 000 characters in one block: shown as plain text"
OURS = {
    "bytes/005-utf16-bom": ("import", "UTF-16 with a byte order mark is read, and the report says so"),
    "yaml/067-json-front": ("warn", "20 012 characters in one paragraph: shown as plain text"),
    "markdown/003-list-depth-12": ("import", "nothing is lost at this depth"),
    "markdown/040-refs-amplify": (
        "warn",
        "the parser stops expanding and the target is too long to link to: nothing grows",
    ),
    "xss/070-frontmatter-fields": ("warn", "the id in it is no id"),
    "structure/001-same-id-a": ("import", "the error stands at the second note and names this one"),
    "structure/002-same-id-b": ("reject", "an error: identity must not be decided by chance"),
    "structure/003-id-case": ("import", "ids are compared as they are written"),
    **dict.fromkeys(
        ("unicode/002-nfd", "unicode/017-sharp-s", "structure/018-same-headings"),
        ("import", "equal titles in different places are different topics; the plan suggests, it never merges"),
    ),
    **dict.fromkeys(
        ("structure/009-prereq-self", "structure/010-prereq-cycle-a", "structure/011-prereq-cycle-b"),
        ("import", "no outline names these notes, so they are no topics yet; the plan refuses loops between topics"),
    ),
    "zip/024-dot-git": ("warn", "what is hidden is left out, and counted where the plan is shown"),
    "zip/025-dot-files": ("warn", "as above"),
    "zip/026-not-notes": ("warn", "as above"),
    "zip/027-pickle": ("warn", "as above"),
    "zip/031-bomb-ratio-in-limit": ("warn", "a paragraph of 360,000 characters: shown as plain text"),
    "zip/032-bomb-nested": ("refuse", "inner zips stay closed, so there are no notes in it"),
    "structure/012-prereq-missing": ("import", "as above; what no topic answers is kept as text"),
    **dict.fromkeys(
        ("structure/013-parent-self", "structure/014-parent-cycle-a", "structure/015-parent-cycle-b"),
        ("import", "`parent` is kept verbatim and builds no tree"),
    ),
}


class Row(NamedTuple):
    path: Path
    name: str
    expect: str
    why: str


def rows_of(corpus: Path, kind: str) -> list[Row]:
    manifest: list[dict[str, Any]] = json.loads((corpus / "manifest.json").read_text("utf-8"))
    found = []
    for entry in manifest:
        if entry["cls"] == kind:
            path = corpus / entry["path"]
            found.append(Row(path, f"{kind}/{path.stem}", entry["expect"], entry["why"]))
    return found


def verdict(problems: list[Problem]) -> str:
    severities = {problem.severity for problem in problems}
    return "reject" if "error" in severities else "warn" if "warning" in severities else "import"


def allowed(row: Row) -> set[str]:
    """The verdicts that are right for a note or an archive."""
    expected = {OURS[row.name][0]} if row.name in OURS else {row.expect}
    if BLOCKS in row.why:
        # The manifest counts whatever stands between two blank lines; we count paragraphs, so that code and lists stay.
        expected.add("import")
    return expected


def unfit(problems: Iterable[Problem]) -> list[str]:
    """Messages that are no single line for a person."""
    return [problem.message for problem in problems if not problem.message.isprintable() or len(problem.message) > 600]
