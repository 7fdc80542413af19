"""Notes read for writing, and written in memory, in a child process that can be killed (see `roadmap.notes.apart`).

Who writes has the bytes of the notes already: they go to the child, and what they say, or how one file would be, comes
back. A child that dies or takes too much changed nothing; it is a `NotWritableError` with the code "stopped".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, astuple, replace
from typing import Any, Final

from roadmap.notes import packing
from roadmap.notes.apart import parent
from roadmap.notes.apart.child import Bounds, Room
from roadmap.notes.apart.parent import StoppedError
from roadmap.notes.files import NoteFile
from roadmap.notes.items import Reading, Requirement, Resource
from roadmap.notes.reading import uncollected
from roadmap.notes.writing import Asked, Notes, NotWritableError, Written
from roadmap.notes.writing import write as write_here
from roadmap.sentences import as_row, of_row, sentence

BOUNDS: Final = Bounds(wall=300.0)
STOPPED: Final = "stopped"
_KINDS: Final[dict[str, type[Requirement | Resource]]] = {"requires": Requirement, "resources": Resource}
"""Fields whose values are no plain ones."""


def read(
    files: Sequence[NoteFile],
    folder: str,
    roots: Sequence[str] = (),
    *,
    bounds: Bounds | None = None,
    fork: bool | None = None,
) -> Notes:
    """As `Notes.of`. Raise NotWritableError."""
    notes = Notes(tuple(files), folder, Reading(), tuple(roots))
    return replace(notes, reading=_unpacked(_run("work_read", notes, {}, b"", bounds=bounds, fork=fork)))


def with_file(notes: Notes, path: str, data: bytes) -> Notes:
    """As `Notes.with_file`. Raise NotWritableError."""
    return read(_changed(notes.files, path, data), notes.folder, notes.roots)


def write(notes: Notes, asked: Asked, *, bounds: Bounds | None = None, fork: bool | None = None) -> Written:
    """As `writing.write`. Raise NotWritableError, as that does."""
    told = asdict(asked) | {side: _said(getattr(asked, side), asked.field) for side in ("old", "new")}
    packed = b"".join(packing.pack(notes.reading).pieces())
    answer, rest = packing.parted(_run("work_write", notes, told, packed, bounds=bounds, fork=fork))
    if "refused" in answer:
        code, row = answer["refused"]
        raise NotWritableError(code, of_row(row))
    size, path = answer["size"], answer["path"]
    after, files = bytes(rest[:size]), {file.path: file.data for file in notes.files}
    read_again = replace(notes, files=_changed(notes.files, path, after), reading=_unpacked(rest[size:]))
    return Written(path, files[path], after, read_again)


def _run(
    work: str, notes: Notes, asked: dict[str, Any], more: bytes, *, bounds: Bounds | None, fork: bool | None
) -> bytes | memoryview:
    sizes = [[file.path, len(file.data)] for file in notes.files]
    request = {"folder": notes.folder, "roots": list(notes.roots), "files": sizes, "asked": asked}
    payload = b"".join([*(file.data for file in notes.files), more])
    try:
        return parent.run(f"{__name__}:{work}", request, payload, bounds=bounds or BOUNDS, fork=fork).data
    except StoppedError as error:
        message = sentence("Reading the notes %(why)s, so it was stopped.", why=error.why)
        if error.source:
            message = sentence(
                "Reading the notes %(why)s at %(path)s, so it was stopped.", why=error.why, path=error.source
            )
        raise NotWritableError(STOPPED, message) from None


def work_read(request: dict[str, Any], payload: bytes, room: Room) -> list[bytes | memoryview]:
    """In the child."""
    files, _ = _files(request, payload, room)
    return packing.pack(Notes.of(files, request["folder"], request["roots"]).reading).pieces()


def work_write(request: dict[str, Any], payload: bytes, room: Room) -> list[bytes | memoryview]:
    """In the child."""
    files, packed = _files(request, payload, room)
    notes = Notes(files, request["folder"], _unpacked(packed), tuple(request["roots"]))
    told = request["asked"]
    asked = Asked(**told | {side: _meant(told[side], told["field"]) for side in ("old", "new")})
    try:
        done = write_here(notes, asked)
    except NotWritableError as refused:
        return [packing.joined({"refused": [refused.code, as_row(refused.message)]}, ())]
    after = packing.joined({"path": done.path, "size": len(done.after)}, (done.after,))
    return [after, *packing.pack(done.notes.reading).pieces()]


def _files(request: dict[str, Any], payload: bytes, room: Room) -> tuple[tuple[NoteFile, ...], bytes]:
    """The notes, and what lies behind them in the payload."""
    room(len(payload))
    files, at = [], 0
    for path, size in request["files"]:
        files.append(NoteFile(path, payload[at : at + size]))
        at += size
    return tuple(files), payload[at:]


def _unpacked(packed: bytes | memoryview) -> Reading:
    with uncollected():
        return packing.unpack(packed)


def _changed(files: Iterable[NoteFile], path: str, data: bytes) -> tuple[NoteFile, ...]:
    return tuple(NoteFile(path, data) if file.path == path else file for file in files)


def _said(value: Any, field: str) -> Any:
    """A value of a field as JSON has it."""
    return [astuple(each) for each in value] if field in _KINDS else value


def _meant(told: Any, field: str) -> Any:
    def each() -> Iterator[Any]:
        for entry in told:
            yield _KINDS[field](*entry) if field in _KINDS else entry

    return tuple(each()) if isinstance(told, list) else told
