"""`read`: a file or a folder of notes -> the roadmaps in it and the problems met. The one door to the reader."""

from __future__ import annotations

import gc
import hashlib
import pathlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from roadmap.notes import blocks, bounds, curricula, drawing, files, headway, navigation
from roadmap.notes.curricula import Curriculum
from roadmap.notes.encoding import decode
from roadmap.notes.frontmatter import split
from roadmap.notes.house import is_data, is_export, read_data, read_export
from roadmap.notes.items import Problem, Reading
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.notes.note import Note
from roadmap.notes.vault import Vault
from roadmap.sentences import sentence, wording

_SEVERITIES = ("error", "warning", "info")
_ENDS_SO = re.compile(r"#[ \t]{0,80}$", re.MULTILINE)
_UNNAMED = re.compile(r"^[ ]{0,3}#{1,6}(?:[ \t]{1,80}#{0,80})?[ \t]{0,80}$", re.MULTILINE)
"""What may be a heading without a title (in code it is none), and what is found much sooner and every such line has."""


_ITEMS = wording("%(count)s list items; a note may have %(most)s. Split it into several notes.")
_CELLS = wording("%(count)s table cells; a note may have %(most)s. Split it into several notes.")
_HEADINGS = wording("%(count)s headings; a note may have %(most)s. Split it into several notes.")


def read(path: pathlib.Path, *, roots: Sequence[str] = (), limits: Limits = DEFAULT) -> Reading:
    """Read a file or a folder. Never raises for what it finds there; time and memory grow linearly with it.

    `roots`: notes (by path, file name or title) that draw the roadmaps, where the hubs of the folder shall not; a name
    that nothing has is an error. What was wrong is in `problems`, worst first; where nothing could be read, `paths` is
    empty and there is an error.
    """
    with uncollected():
        return _of(files.scan(path, limits), folder_of(path), roots, limits)


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


@dataclass(frozen=True, slots=True)
class Examined:
    """A reading with what it was made from, for who asks why it is as it is."""

    reading: Reading
    vault: Vault


def examine(path: pathlib.Path, *, roots: Sequence[str] = (), limits: Limits = DEFAULT) -> Examined:
    """As `read`, keeping the notes: as much memory again as they have."""
    return examine_files(files.scan(path, limits), folder_of(path), roots=roots, limits=limits)


def examine_files(
    found: files.Scan, folder: str, *, roots: Sequence[str] = (), limits: Limits = DEFAULT, follow: bool = False
) -> Examined:
    """As `examine`, of notes that are in memory. With `follow` the notes keep what they told of topics."""
    with uncollected():
        return Examined(*_whole(found, folder, roots, limits, follow=follow))


def folder_of(path: pathlib.Path) -> str:
    """The name by which a roadmap without a title of its own is called: the folder's that is read, or that holds it."""
    try:
        return (path if path.is_dir() else path.resolve().parent).resolve().name
    except (OSError, ValueError):  # no path at all, as reading it will say
        return ""


def read_files(found: files.Scan, folder: str, *, roots: Sequence[str] = (), limits: Limits = DEFAULT) -> Reading:
    """As `read`, of notes that are in memory. `folder`: see `folder_of`."""
    with uncollected():
        return _of(found, folder, roots, limits)


def notes_of(found: Iterable[files.NoteFile], limits: Limits = DEFAULT) -> Iterator[Note]:
    """The files that are notes, as the reader takes them."""
    return (note for file in found if is_note(file) and (note := note_in(file, limits, [])) is not None)


def _of(found: files.Scan, folder: str, roots: Sequence[str], limits: Limits) -> Reading:
    return _of_export(found, limits) if _is_export(found) else _of_notes(found, folder, roots, limits)[0]


def _whole(
    found: files.Scan, folder: str, roots: Sequence[str], limits: Limits, *, follow: bool = False
) -> tuple[Reading, Vault]:
    """The reading and the notes it was made from."""
    if not _is_export(found):
        return _of_notes(found, folder, roots, limits, follow=follow)
    whole = Vault(list(notes_of(found.files, limits)), folder)
    whole.traces.exact |= {note.source for note in whole.notes}
    return _of_export(found, limits), whole


def _of_notes(
    found: files.Scan, folder: str, roots: Sequence[str], limits: Limits, *, follow: bool = False
) -> tuple[Reading, Vault]:
    problems = list(found.problems)
    headway.of(2 * len(found.files))
    notes = []
    said: dict[str, list[Problem]] = {}
    for file in filter(is_note, found.files):
        headway.at(file.path)
        before = len(problems)
        if (note := note_in(file, limits, problems)) is not None:
            note.told = [] if follow else None
            notes.append(note)
        if len(problems) > before:
            said[file.path] = problems[before:]
    given = navigation.parse((file for file in found.files if _is_navigation(file)), problems, limits)
    graphs = _curricula(found, limits, problems, alone=not notes)
    whole = Vault(notes, folder)
    paths, shortened = bounds.fit(drawing.paths_of(whole, given, graphs, roots) if notes or graphs else [], limits)
    problems += whole.problems
    whole.traces.said, whole.traces.cut = said, shortened
    problems += shortened
    problems += _duplicate_ids(notes)
    if found.files and not paths and all(map(_is_navigation, found.files)):
        message = sentence(
            "%(folder)s holds settings of a documentation tool, but no note that they could put in order.",
            folder=folder,
        )
        problems.append(Problem(folder, 0, "error", "no-notes", message))
    problems.sort(key=lambda p: _SEVERITIES.index(p.severity))
    counts = {
        "files": len(notes) + len(graphs),
        "bytes": sum(len(f.data) for f in found.files),
        "planned": len(whole.planned),
    }
    digests = {file.path: hashlib.sha256(file.data).hexdigest() for file in found.files}
    return Reading(tuple(paths), tuple(problems), counts, digests), whole


def is_note(file: files.NoteFile) -> bool:
    """Whether it is read as text, not as settings or JSON."""
    return not _is_navigation(file) and not _is_json(file)


def _is_navigation(file: files.NoteFile) -> bool:
    return files.is_navigation(file.path.rpartition("/")[2])


def _is_json(file: files.NoteFile) -> bool:
    return files.is_json(file.path.rpartition("/")[2])


def _curricula(found: files.Scan, limits: Limits, problems: list[Problem], *, alone: bool) -> list[Curriculum]:
    """The curricula among the JSON files. Other JSON is no note, and told of only where there is nothing else."""
    graphs: list[Curriculum] = []
    refused: list[Problem] = []
    for file in found.files:
        if not _is_json(file):
            continue
        if is_data(file):
            message = "This is an export of a roadmap, and read alone: name the file itself. Here it is passed over."
            problems.append(Problem(file.path, 1, "warning", "json-export", message))
            continue
        read = curricula.read(file, limits)
        if isinstance(read, Curriculum):
            graphs.append(read)
        else:
            refused += read
    problems += [problem for problem in refused if problem.code != "json-unknown" or (alone and not graphs)]
    return graphs


def _is_export(found: files.Scan) -> bool:
    return is_export(found.files) or (len(found.files) == 1 and is_data(found.files[0]))


def _of_export(found: files.Scan, limits: Limits) -> Reading:
    first = found.files[0]
    path, told = read_export(found.files, limits) if is_export(found.files) else read_data(first, limits)
    paths, shortened = bounds.fit([path] if path is not None else [], limits)
    problems = sorted([*found.problems, *told, *shortened], key=lambda p: _SEVERITIES.index(p.severity))
    counts = {"files": len(found.files), "bytes": sum(len(f.data) for f in found.files), "planned": 0}
    digests = {file.path: hashlib.sha256(file.data).hexdigest() for file in found.files}
    return Reading(tuple(paths), tuple(problems), counts, digests)


def note_in(file: files.NoteFile, limits: Limits, problems: list[Problem]) -> Note | None:
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
            message = sentence("A heading without a title stands here. Give it one, or take it out.")
            problems.append(Problem(note.source, line, "warning", "empty-heading", message))
    return note


def _within(note: Note, limits: Limits, problems: list[Problem]) -> bool:
    """Whether a long or deep note keeps the limits; if not, the problems say so."""
    document = note.document
    for count, most, what in (
        (document.items, limits.items, _ITEMS),
        (document.cells, limits.table_cells, _CELLS),
        (document.headings, limits.headings, _HEADINGS),
    ):
        if count > most:
            message = what(count=count, most=most)
            problems.append(Problem(note.source, 0, "error", "note-too-long", message))
            return False
    if document.depth > limits.nesting_refused:
        message = sentence(
            "Blocks %(depth)s deep in each other; %(nesting)s are read. Flatten the note.",
            depth=document.depth,
            nesting=limits.nesting,
        )
        problems.append(Problem(note.source, document.too_deep, "error", "nested-too-deep", message))
        return False
    if document.too_deep:
        message = sentence(
            "Nested more than %(deep)s deep; what lies deeper is read as if it stood there.",
            deep=blocks.MAX_DEPTH,
        )
        problems.append(Problem(note.source, document.too_deep, "warning", "nested-too-deep", message))
    length, line = document.longest
    if length > limits.inline_block * 4 or (length > limits.inline_block and note.body.isascii()):
        message = sentence(
            "A paragraph of more than %(inline_block)s characters is shown as plain text. Break it up.",
            inline_block=limits.inline_block,
        )
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
                    sentence(
                        "The id %(id)s is also that of %(source)s. Give one of them another id.",
                        id=repr(note.id),
                        source=other.source,
                    ),
                )
            )
    return found
