"""A zip unpacked where unpacking can be stopped: in a child, as notes are read (see `roadmap.notes.apart`)."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from roadmap.notes import packing
from roadmap.notes.apart import parent
from roadmap.notes.apart.child import Bounds, Room
from roadmap.notes.apart.parent import StoppedError
from roadmap.sentences import as_row, of_row, sentence
from roadmap.uploads.bundle import Bundle, UploadRefusedError, unzip

BOUNDS: Final = Bounds(memory=512 << 20, cpu=30, wall=120.0, stall=120.0)


def unzip_apart(data: bytes, left_out: Counter[str] | None = None, *, bounds: Bounds = BOUNDS) -> Bundle:
    """As `bundle.unzip`: raise UploadRefusedError."""
    request = {"left_out": dict(left_out or {})}
    try:
        answer = parent.run(f"{__name__}:work", request, data, bounds=bounds).data
    except StoppedError as error:
        raise UploadRefusedError(
            sentence(
                "Unpacking the zip %(why)s, so it was stopped. Nothing was changed; upload fewer notes, or the folder.",
                why=error.why,
            )
        ) from None
    told, blob = packing.parted(answer)
    if "refused" in told:
        raise UploadRefusedError(of_row(told["refused"]))
    files, at = {}, 0
    for path, size in told["files"]:
        files[path] = bytes(blob[at : at + size])
        at += size
    return Bundle(files, told["folder"], Counter(told["left_out"]))


def work(request: dict[str, Any], payload: bytes, _: Room) -> bytes:
    """In the child."""
    try:
        found = unzip(payload, Counter(request["left_out"]))
    except UploadRefusedError as error:
        return packing.joined({"refused": as_row(str(error))}, ())
    sizes = [[path, len(data)] for path, data in found.files.items()]
    told = {"files": sizes, "folder": found.folder, "left_out": dict(found.left_out)}
    return packing.joined(told, found.files.values())
