"""`read`: a file or a folder of notes -> the roadmaps in it and the problems met. The one door to the reader."""

from __future__ import annotations

import gc
import hashlib
import pathlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

from roadmap.notes import blocks, bounds, drawing, files, headway
from roadmap.notes.encoding import decode
from roadmap.notes.frontmatter import split
from roadmap.notes.items import Problem, Reading
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.notes.note import Note
from roadmap.notes.vault import Vault

_SEVERITIES = ("error", "warning", "info")
_ENDS_SO = re.compile(r"#[ \t]{0,80}$", re.MULTILINE)
_UNNAMED = re.compile(r"^[ ]{0,3}#{1,6}(?:[ \t]{1,80}#{0,80})?[ \t]{0,80}$", re.MULTILINE)
"""What may be a heading without a title (in code it is none), and what is found much sooner and every such line has."""


def read(path: pathlib.Path, *, limits: Limits = DEFAULT) -> Reading:
    """Read a file or a folder. Never raises for what it finds there; time and memory grow linearly with it.

    What was wrong is in `problems`, worst first; where nothing could be read, `paths` is empty and there is an error.
    """
    with uncollected():
        return _read(path, limits)


@contextmanager
def uncollected() -> Iterator[None]:
    """Pause the cyclic collector: reading builds millions of objects and no cycle, and each pass would look at all."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _read(path: pathlib.Path, limits: Limits) -> Reading:
    return _of(files.scan(path, limits), folder_of(path), limits)


def folder_of(path: pathlib.Path) -> str:
    """The name by which a roadmap without a title of its own is called: the folder's that is read, or that holds it."""
    try:
        return (path if path.is_dir() else path.resolve().parent).resolve().name
    except (OSError, ValueError):  # no path at all, as reading it will say
        return ""


def read_files(found: files.Scan, folder: str, *, limits: Limits = DEFAULT) -> Reading:
    """As `read`, of notes that are in memory. `folder`: see `folder_of`."""
    with uncollected():
        return _of(found, folder, limits)


def notes_of(found: Iterable[files.NoteFile], limits: Limits = DEFAULT) -> Iterator[Note]:
    """The files that are notes, as the reader takes them."""
    return (note for file in found if (note := note_of(file, limits, [])) is not None)


def _of(found: files.Scan, folder: str, limits: Limits) -> Reading:
    return traced(found, folder, limits).reading


@dataclass(frozen=True, slots=True)
class Traced:
    """A reading with what it came of, so that a few changed notes can be read into it."""

    reading: Reading
    vault: Vault
    of_notes: dict[str, list[Problem]]
    """Source of a note -> the problems of it alone."""
    of_all: tuple[list[Problem], list[Problem], list[Problem]]
    """The problems that lie between notes: of links and outlines, titles that were cut, ids that are there twice."""


def traced(found: files.Scan, folder: str, limits: Limits = DEFAULT) -> Traced:
    """As `read_files`, with the way to it."""
    notes: list[Note] = []
    of_notes: dict[str, list[Problem]] = {}
    headway.of(2 * len(found.files))
    for file in found.files:
        headway.at(file.path)
        own: list[Problem] = []
        note = note_of(file, limits, own)
        if own:
            of_notes.setdefault(file.path, []).extend(own)
        if note is not None:
            notes.append(note)
    whole = Vault(notes, folder)
    paths, shortened = bounds.fit(drawing.paths_of(whole) if notes else [], limits)
    of_all = (whole.problems, shortened, _duplicate_ids(notes))
    problems = by_severity(chain(found.problems, *of_notes.values(), *of_all))
    counts = {"files": len(notes), "bytes": sum(len(f.data) for f in found.files), "planned": len(whole.planned)}
    digests = {file.path: digest_of(file.data) for file in found.files}
    return Traced(Reading(tuple(paths), problems, counts, digests), whole, of_notes, of_all)


def by_severity(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Errors first; those of one severity stay in their order."""
    return tuple(sorted(problems, key=lambda problem: _SEVERITIES.index(problem.severity)))


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def note_of(file: files.NoteFile, limits: Limits, problems: list[Problem]) -> Note | None:
    """One file as a note, unless it must be refused; why is added to the problems."""
    decoded = decode(file.data, file.path, limits)
    problems += decoded.problems
    if not decoded.text.strip():
        return None
    parts = split(decoded.text, file.path, limits)
    problems += parts.problems
    note = Note(file.path, parts.meta, parts.body, parts.body_line, parts.lines)
    if note.needs_counting and not _within(note, limits, problems):
        return None
    if _ENDS_SO.search(note.body) and _UNNAMED.search(note.body):
        unnamed = (block.line for block in note.document.blocks if block.kind == "heading" and not block.spans)
        if line := next(unnamed, 0):
            message = "A heading without a title stands here. Give it one, or take it out."
            problems.append(Problem(note.source, line, "warning", "empty-heading", message))
    return note


def _within(note: Note, limits: Limits, problems: list[Problem]) -> bool:
    """Whether a long or deep note keeps the limits; if not, the problems say so."""
    document = note.document
    for count, most, what in (
        (document.items, limits.items, "list items"),
        (document.cells, limits.table_cells, "table cells"),
        (document.headings, limits.headings, "headings"),
    ):
        if count > most:
            message = f"{count:,} {what}; a note may have {most:,}. Split it into several notes."
            problems.append(Problem(note.source, 0, "error", "note-too-long", message))
            return False
    if document.depth > limits.nesting_refused:
        message = f"Blocks {document.depth:,} deep in each other; {limits.nesting} are read. Flatten the note."
        problems.append(Problem(note.source, document.too_deep, "error", "nested-too-deep", message))
        return False
    if document.too_deep:
        message = f"Nested more than {blocks.MAX_DEPTH} deep; what lies deeper is read as if it stood there."
        problems.append(Problem(note.source, document.too_deep, "warning", "nested-too-deep", message))
    length, line = document.longest
    if length > limits.inline_block * 4 or (length > limits.inline_block and note.body.isascii()):
        message = f"A paragraph of more than {limits.inline_block:,} characters is shown as plain text. Break it up."
        problems.append(Problem(note.source, line, "warning", "paragraph-too-long", message))
    return True


def _duplicate_ids(notes: Iterable[Note]) -> list[Problem]:
    """Two notes with one id: identity would go to one of them by chance."""
    seen: dict[str, Note] = {}
    found = []
    for note in notes:
        if not note.id:
            continue
        other = seen.setdefault(note.id, note)
        if other is not note:
            found.append(
                Problem(
                    note.source,
                    note.lines.get("id", 1),
                    "error",
                    "id-duplicate",
                    f"The id {note.id!r} is also that of {other.source}. Give one of them another id.",
                )
            )
    return found
