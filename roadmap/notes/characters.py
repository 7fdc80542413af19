"""Characters and lines in valid text that a note's author should know of: invisible, misleading or left by a tool."""

from __future__ import annotations

import re
from collections.abc import Callable

from roadmap.notes.items import Problem
from roadmap.sentences import sentence

_LATIN = "A-Za-z\u00c0-\u024f"
_LOOKALIKES = "АВЕЅІЈКМНОРСТУХаесѕіјорухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"
"""Cyrillic and Greek letters that look like Latin ones. Others in a Latin word (μm, LLMом) give themselves away."""

_OVERRIDE = re.compile("[\u202d\u202e]")
_ISOLATES = re.compile("[\u202a\u202b\u2066-\u2068]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile("[\u2060\u2061-\u2064\ufeff]|[A-Za-z0-9][\u200b-\u200d]|[\u200b-\u200d][A-Za-z0-9]")
_INVISIBLE_HINT = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff]")
_TAGS = re.compile("(?<![\U000e0020-\U000e007f\U0001f3f4])[\U000e0020-\U000e007f]")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2}")
_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_NOT_CHARACTERS = re.compile(
    "[\ufdd0-\ufdef" + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)) + "]"
)
_REPLACED = re.compile("\ufffd")
_MIXED_WORD = re.compile(
    f"(?<!\\w)(?:[{_LATIN}]{{1,40}}[{_LOOKALIKES}]|[{_LOOKALIKES}]{{1,40}}[{_LATIN}])[{_LATIN}{_LOOKALIKES}]{{0,40}}(?!\\w)"
)
_ANY = re.compile(
    "[\x0b\x0c\x85\u200b-\u200d\u2028-\u202e\u2060-\u2069\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\ufffd-\uffff"
    "\U0001fffe\U0001ffff\U0002fffe-\U0010ffff]"
)
"""Every character that one of the patterns below can begin or end with, for one quick look."""
_LOOKALIKE = re.compile(f"[{_LOOKALIKES}]")

_KINDS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (_OVERRIDE, "direction-override", "A character here turns the direction of text around it. Remove it."),
    (_TAGS, "hidden-text", "Invisible tag characters stand here; they can hide text. Remove them."),
    (_SELECTORS, "variation-selectors", "Several invisible variation selectors stand in a row. Remove them."),
    (_BREAKS, "odd-line-break", "A line break that Markdown does not know stands here. Replace it by a line break."),
    (_NOT_CHARACTERS, "noncharacter", "A code that is no character stands here. Remove it."),
    (_REPLACED, "lost-character", "A character was lost before this file was saved (U+FFFD). Write it again."),
)


def inspect(text: str, beyond: str, source: str) -> list[Problem]:
    """Warnings about the text of one note, one per kind, on its first line.

    `beyond` holds the text's characters outside ASCII, in order: what is not in it need not be looked for in the text.
    """
    problems: list[Problem] = []

    def warn(offset: int, code: str, message: str) -> None:
        problems.append(Problem(source, text.count("\n", 0, offset) + 1, "warning", code, message))

    if not text or text.isspace():
        problems.append(Problem(source, 0, "warning", "empty-note", sentence("%(source)s is empty.", source=source)))
    conflict = _line_start(text, "<<<<<<< ", 0)
    if conflict >= 0 and _line_start(text, ">>>>>>> ", conflict) >= 0:
        warn(conflict, "merge-conflict", sentence("A conflict of git was left unresolved here. Resolve it."))
    if text.startswith("version https://git-lfs.github.com/spec/"):
        warn(
            0,
            "lfs-pointer",
            sentence("This is a pointer of Git LFS, not the note itself. Fetch it with `git lfs pull`."),
        )
    if "\x0b" in text or "\x0c" in text:
        beyond += "\x0b"
    if _ANY.search(beyond):
        _report_characters(text, beyond, warn)
    if _LOOKALIKE.search(beyond) and (found := _MIXED_WORD.search(text)):
        warn(
            found.start(),
            "mixed-scripts",
            sentence("%(found)s mixes letters that look alike from two alphabets.", found=repr(found[0])),
        )
    return problems


def _report_characters(text: str, beyond: str, warn: Callable[[int, str, str], None]) -> None:
    for pattern, code, message in _KINDS:
        if pattern.search(beyond) and (found := pattern.search(text)):
            warn(found.start(), code, message)
    if _ISOLATES.search(beyond) and (offset := _unclosed(text)) is not None:
        warn(
            offset, "direction-unclosed", sentence("A change of text direction is opened in this line and not closed.")
        )
    if _INVISIBLE_HINT.search(beyond) and (found := _INVISIBLE.search(text)):
        warn(
            found.start(),
            "invisible-character",
            sentence("An invisible character stands here, inside or beside a word."),
        )


def _line_start(text: str, marker: str, start: int) -> int:
    """Offset of the first line from `start` that begins with the marker, -1 without."""
    if text.startswith(marker, start):
        return start
    found = text.find("\n" + marker, start)
    return found + 1 if found >= 0 else -1


def _unclosed(text: str) -> int | None:
    """Offset of the first line that opens more embeddings or isolates than it closes."""
    start = 0
    for line in text.split("\n"):
        depth = 0
        for match in _DIRECTION.finditer(line):
            depth += 1 if match[0] not in "\u202c\u2069" else -1
        if depth > 0:
            return start
        start += len(line) + 1
    return None
