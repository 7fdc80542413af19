"""`read`: as `reading.read`, in a child process that can be killed.

This is the door for notes that are not our own. It never raises for what it finds: a child that dies or takes too much
is one problem, at the note that it was at.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from roadmap.notes import cache, files, packing
from roadmap.notes.apart import parent
from roadmap.notes.apart.child import Bounds, Room
from roadmap.notes.apart.parent import StoppedError, Tell
from roadmap.notes.items import Problem, Reading
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.notes.quoted import lines_of
from roadmap.notes.reading import examine_files, folder_of, read_files, uncollected
from roadmap.sentences import sentence


@dataclass(frozen=True, slots=True)
class Outcome:
    """A reading, and what it took."""

    reading: Reading
    lines: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """(file, line) of a problem -> the text of the line."""
    said: Mapping[str, list[str]] = field(default_factory=dict)
    """What `say` made of it; empty where nothing was asked or could be read."""
    cpu: float = 0.0
    """Seconds of the child's CPU."""
    peak: int = 0
    """Bytes of memory the child took; 0 where nobody can tell."""


def read(
    root: Path,
    *,
    roots: Sequence[str] = (),
    limits: Limits = DEFAULT,
    bounds: Bounds | None = None,
    tell: Tell | None = None,
    fork: bool | None = None,
    opener: str = f"{__name__}:opened",
    say: str = "",
    asked: Mapping[str, str] | None = None,
    cached: Path | None = None,
) -> Outcome:
    """Read a file or a folder. `opener` names the function, "module:name", that finds the notes at a path; it runs in
    the child. So does `say`, if named: (what was examined, `asked` with the path as "root") -> lines by name, for what
    has to be said with the notes at hand. `cached`: a folder for what is kept of readings (see `roadmap.notes.cache`),
    all that the child may write to; where something is said, all is read."""
    request = {"root": os.fsdecode(root), "roots": list(roots), "limits": asdict(limits), "opener": opener}
    request |= {
        "cache": os.fsdecode(cached) if cached is not None else "",
        "say": say,
        "asked": dict(asked or {}) | {"root": os.fsdecode(root)},
    }
    try:
        answer = parent.run(f"{__name__}:work", request, bounds=bounds, tell=tell, fork=fork)
    except StoppedError as error:
        return Outcome(stopped(error, root))
    with uncollected():
        (lines, said), packed = packing.parted(answer.data)
        reading = packing.unpack(packed)
    return Outcome(reading, {(source, line): text for source, line, text in lines}, said, answer.cpu, answer.peak)


def stopped(error: StoppedError, root: Path) -> Reading:
    """The reading that came to no end."""
    place = error.source or files.printable(root.name or str(root))
    message = sentence(
        "Reading %(why)s; nothing was changed. Name a smaller folder, or fewer files, then try again.", why=error.why
    )
    if error.source:
        message = sentence(
            "Reading %(why)s at %(path)s; nothing was changed. Leave that file out or split the notes up, then try "
            "again.",
            why=error.why,
            path=error.source,
        )
    return Reading(problems=(Problem(place, 0, "error", "reading-stopped", message),))


def opened(root: Path, limits: Limits) -> tuple[files.Scan, str]:
    """The notes at a path, and what a roadmap without a title is called by."""
    return files.scan(root, limits), folder_of(root)


def work(request: dict[str, Any], _: bytes, room: Room) -> list[bytes | memoryview]:
    """In the child."""
    limits, root, roots = Limits(**request["limits"]), Path(request["root"]), request["roots"]
    opener = _named(request["opener"])
    if request["cache"] and not request["say"]:
        kept = cache.read_packed(root, roots, limits, Path(request["cache"]), opener=opener, room=room)
        return [packing.with_length(packing.as_json([kept.lines, {}])), *kept.packed.pieces()]
    found, folder = opener(root, limits)
    room(sum(len(file.data) for file in found.files))
    said: dict[str, list[str]] = {}
    if request["say"]:
        examined = examine_files(found, folder, roots=roots, limits=limits)
        reading, said = examined.reading, _named(request["say"])(examined, request["asked"])
    else:
        reading = read_files(found, folder, roots=roots, limits=limits)
    told = [lines_of(found.files, reading.problems), said]
    return [packing.with_length(packing.as_json(told)), *packing.pack(reading).pieces()]


def _named(place: str) -> Callable[..., Any]:
    """The function at "module:name"."""
    module, _, function = place.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
