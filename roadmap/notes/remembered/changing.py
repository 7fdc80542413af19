"""Which notes changed since a folder was read, and what becomes of the reading by it.

`changes` is made of strangers' notes and so runs where they are read (see `roadmap.notes.apart`): what it takes and
gives is plain JSON.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from roadmap.notes import bounds, headway, packing
from roadmap.notes.drawing import is_list, is_map
from roadmap.notes.files import NoteFile, Scan, stamp_of
from roadmap.notes.items import Problem
from roadmap.notes.limits import Limits
from roadmap.notes.note import Note
from roadmap.notes.packing import Row
from roadmap.notes.reading import digest_of, note_of
from roadmap.notes.remembered.snapshot import Snapshot, draft_of, plain_below, seen_of, shell_of

MOST: Final = 200
"""So many changed notes are read into what is known; more are reason to read everything anew, and keep that."""
_LISTING: Final = frozenset({"templates-skipped", "link-skipped"})
"""Problems of looking through a folder that stay as they are while its names do."""
_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def look(root: Path, snapshot: Snapshot) -> set[str] | None:
    """Paths of the notes that may have changed since, told without opening any; None where that cannot be told, since
    names came or went."""
    head = snapshot.head
    if any(problem[3] not in _LISTING for problem in head["scan"]):
        return None
    try:
        for path, stamp in head["folders"]:
            if not stamp or list(stamp_of((root / path).stat(follow_symlinks=not path))) != stamp:
                return None
        handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    try:
        return {row[0] for row in head["notes"] if not _same(handle, row[0], row[4])}
    finally:
        os.close(handle)


def _same(root: int, path: str, stamp: Row) -> bool:
    if not stamp:
        return False
    try:
        status = os.stat(path, dir_fd=root, follow_symlinks=False)
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(status.st_mode) and list(stamp_of(status)) == stamp


def compared(found: Scan, snapshot: Snapshot) -> dict[str, NoteFile] | None:
    """The notes of a new look through the folder that changed; None where others are there than before."""
    head = snapshot.head
    if [file.path for file in found.files] != [row[0] for row in head["notes"]]:
        return None
    if list(map(packing.row_of, found.problems)) != head["scan"]:
        return None
    digests = {row[0]: row[1] for row in head["notes"]}
    if len(digests) != len(found.files):
        return None
    changed = {file.path: file for file in found.files if digest_of(file.data) != digests[file.path]}
    return changed if len(changed) <= MOST else None


def files_at(root: Path, paths: Iterable[str], limits: Limits) -> dict[str, NoteFile] | None:
    """These notes as they lie there now; None where one is not a file to be read any more."""
    found = {}
    for path in paths:
        file = _file_at(root, path, limits)
        if file is None:
            return None
        found[path] = file
    return found


def _file_at(root: Path, path: str, limits: Limits) -> NoteFile | None:
    """Opened as the walk through the folder does: folder by folder, following no link, waiting for nothing."""
    handles: list[int] = []
    try:
        handles.append(os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
        *folders, name = path.split("/")
        handles.extend(os.open(folder, _FLAGS | os.O_DIRECTORY, dir_fd=handles[-1]) for folder in folders)
        handles.append(os.open(name, _FLAGS, dir_fd=handles[-1]))
        status = os.fstat(handles[-1])
        if not stat.S_ISREG(status.st_mode) or status.st_size > limits.note_bytes:
            return None
        with os.fdopen(os.dup(handles[-1]), "rb") as file:
            data = file.read(limits.note_bytes + 1)
        return NoteFile(path, data, stamp_of(status)) if len(data) <= limits.note_bytes else None
    except (OSError, ValueError):
        return None
    finally:
        for handle in handles:
            os.close(handle)


def asked(snapshot: Snapshot, paths: set[str]) -> dict[str, Any] | None:
    """What `changes` needs to know of these notes; None where one of them cannot be read again alone."""
    head = snapshot.head
    if not head["plain"]:
        return None if paths else {"notes": {}}
    known = snapshot.known(paths)
    rows = {row[0]: [row[1], row[2], known[row[0]]] for row in head["notes"] if row[0] in paths}
    return {"notes": rows, "lists": head["lists"], "by_files": head["by_files"]}


def changes(files: dict[str, NoteFile], asked: dict[str, Any], limits: Limits) -> dict[str, Any] | None:
    """What the changed notes make of the reading: path -> digest, bytes more, problems and new items. None where a
    change may concern more than the note's own topics."""
    found = {}
    headway.of(len(files))
    for path, file in files.items():
        headway.at(path)
        digest, size, known = asked["notes"][path]
        now = digest_of(file.data)
        if now == digest:
            continue
        if known is None:
            return None
        change = _change(file, known, asked, limits)
        if change is None:
            return None
        found[path] = {"digest": now, "more": len(file.data) - size} | change
    return found


def _change(file: NoteFile, known: Row, asked: dict[str, Any], limits: Limits) -> dict[str, Any] | None:
    shell, told = known
    problems: list[Problem] = []
    note = note_of(file, limits, problems)
    if note is None or shell_of(note, by_files=asked["by_files"]) != shell or _draws(note, asked["lists"], shell):
        return None
    items = []
    for place, *known_of_topic in told:
        row = _item(note, known_of_topic, limits)
        if row is None:
            return None
        items.append([place, row])
    return {"problems": list(map(packing.row_of, problems)), "items": items}


def _draws(note: Note, lists: str, shell: Row) -> bool:
    """Whether the note may now be looked at as an outline of its own."""
    if note.is_index or note.lists_notes or is_map(note):
        return True
    # What is mostly lists is an outline, unless there are so many of them that none is taken for one.
    return bool(shell[3]) and lists != "many" and (lists == "some" or is_list(note))


def _item(note: Note, known: Row, limits: Limits) -> Row | None:
    """The topic with what the note says of it now; `known` is what `snapshot` keeps of it."""
    before, requires, seen, source = known
    topic = draft_of(before)
    note.describe(topic)
    if [packing.row_of(each) for each in topic.requires] != requires:
        return None
    cut: list[Problem] = []
    item = bounds.fit_item(topic.freeze(source), limits, cut)
    if cut or seen_of(item) != seen or not plain_below(item) or any(step.requires for step in topic.items):
        return None
    return packing.row_of(item)
