"""The door for notes that a person names or uploads, a folder, a file or a zip: read in a child that can be killed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from roadmap.git import checkout_of
from roadmap.notes import guarded
from roadmap.notes.apart.parent import Tell
from roadmap.notes.files import NoteFile, scan
from roadmap.notes.guarded import Outcome
from roadmap.notes.items import Reading
from roadmap.notes.telling.printed import said
from roadmap.opening import is_zip_at, opened

_OPENER = f"{opened.__module__}:{opened.__name__}"
_SAYER = f"{said.__module__}:{said.__name__}"


def read(path: Path, roots: Sequence[str] = (), *, tell: Tell | None = None) -> Reading:
    """As `notes.reading.read`, of a zip too: it never raises for what it finds. `tell` hears ten times a second how far
    it is."""
    return look(path, roots, tell=tell).reading


def read_from(path: Path, roots: Sequence[str] = (), *, tell: Tell | None = None) -> Reading:
    """As `read`, with the commit that the notes came from, where they lie in a git checkout."""
    return look(path, roots, tell=tell, checkout=True).reading


def look(
    path: Path,
    roots: Sequence[str] = (),
    *,
    tell: Tell | None = None,
    checkout: bool = False,
    explain: str | None = None,
    keep: bool = True,
) -> Outcome:
    """As `read`, with the text that problems point at; with `checkout` as `read_from`. With `explain` (FILE:LINE, or
    "" for the report on all of it) also with what the terminal says (`notes.telling.printed`). `keep`: whether what was
    read may be kept for the next time (see `notes.cache`)."""
    kept = settings.READINGS_DIR if keep else None
    say, asked = ("", {}) if explain is None else (_SAYER, {"explain": explain})
    outcome = guarded.read(path, roots=roots, tell=tell, opener=_OPENER, say=say, asked=asked, cached=kept)
    if not checkout or not outcome.reading.digests or is_zip_at(path):
        return outcome
    commit = checkout_of(path, _as_read(path, outcome.reading.digests))
    return replace(outcome, reading=replace(outcome.reading, checkout=commit))


def _as_read(path: Path, digests: Mapping[str, str]) -> Iterator[NoteFile]:
    """The notes that were read, looked at again where git knows of them: the bytes stay in the child. What changed
    meanwhile is not what git has."""
    now = {file.path: file.data for file in scan(path).files}
    for name, digest in digests.items():
        data = now.get(name, b"")
        yield NoteFile(name, data if hashlib.sha256(data).hexdigest() == digest else b"\0changed since it was read")
