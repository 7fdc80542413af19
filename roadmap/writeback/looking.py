"""What writing edits back would do: the lines that would change, before any file is touched.

The notes are read in a child that can be killed, once, and once more for each field that is written to them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _

from roadmap.apply import NotAppliedError
from roadmap.in_words import in_words
from roadmap.models import NoteSource
from roadmap.notes import files as folder_files
from roadmap.notes import reading as reader
from roadmap.notes.items import Reading
from roadmap.notes.writing import Notes, NotWritableError, apart
from roadmap.notes.writing.hunks import Hunk, hunks
from roadmap.opening import is_zip_at
from roadmap.plan import plan
from roadmap.plan.changes import ChangeKind
from roadmap.plan.curriculum import Curriculum
from roadmap.sentences import Wording, sentence, wording
from roadmap.source_files import files_of
from roadmap.stored import curriculum_of
from roadmap.writeback import pending
from roadmap.writeback.folder import digest

NAMED = 5
"""Files, and changes, that a sentence names."""
CHANGED: Mapping[ChangeKind, Wording] = {
    "added": wording("“%(title)s” added"),
    "renamed": wording("“%(title)s” renamed"),
    "moved": wording("“%(title)s” moved"),
    "changed": wording("“%(title)s” changed"),
    "retired": wording("“%(title)s” retired"),
    "revived": wording("“%(title)s” revived"),
}


class WritingOffError(NotAppliedError):
    """Nobody allowed writing to these notes, or they lie where nothing is written."""


class NotesChangedError(NotAppliedError):
    """The files are not those that the curriculum was read from. `files` are their paths, `changes` what they say now
    that the curriculum does not know, in words."""

    def __init__(self, files: Sequence[str], changes: Sequence[str]) -> None:
        self.files, self.changes = tuple(files), tuple(changes)
        named = _(", ").join(files[:NAMED])
        if len(files) > NAMED:
            named = _("%(what)s and %(n)s more") % {"what": named, "n": len(files) - NAMED}
        told = "; ".join(changes[:NAMED]) or _("nothing that is read from them")
        super().__init__(
            _(
                "%(notes)s changed since the notes were read. What is different: %(told)s. Nothing was written; "
                "read the notes again."
            )
            % {"notes": named or _("The notes"), "told": told}
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One field, and what writing it would do."""

    field: str
    path: str = ""
    hunks: tuple[Hunk, ...] = ()
    refused: str = ""
    """Why it cannot be written, a sentence (`in_words` says it); then it stays an edit."""
    code: str = ""
    already: bool = False
    """The notes say it already: only the edit over them goes."""


@dataclass(slots=True)
class Looked:
    """Edits of one topic written to notes in memory, one after the other."""

    notes: Notes
    now: Curriculum
    """As stored, with what the notes as they would be make of it."""
    changes: list[Change] = field(default_factory=list)
    before: dict[str, bytes] = field(default_factory=dict)
    """Path -> bytes, of the files that would change."""

    @property
    def fields(self) -> list[str]:
        return [change.field for change in self.changes if not change.refused]

    @property
    def after(self) -> dict[str, bytes]:
        return {file.path: file.data for file in self.notes.files if file.path in self.before}

    @property
    def token(self) -> str:
        """Of all that is shown of it: another one when anything of it would be otherwise."""
        told = [(c.field, c.path, c.hunks, c.refused, c.already) for c in self.changes]
        return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()


@dataclass(slots=True)
class Source:
    """A source whose notes may be written to, read from its files and from the database at one moment."""

    row: NoteSource
    notes: Notes
    now: Curriculum

    def look(self, uid: UUID, names: Iterable[str]) -> Looked:
        """Write these fields of a topic in memory. What cannot be written is told, and left as it is."""
        looked = Looked(self.notes, self.now)
        for name in names:
            looked.changes.append(_written(looked, uid, name))
        return looked


def may_write(source: NoteSource) -> str:
    """Why nothing can be written to these notes whoever allows it, a sentence; empty where it can. No query."""
    if not Path(source.location).is_absolute():
        return _("These notes came through the browser or with Pathnotes: there is no folder to write to.")
    if not Path(source.location).exists():
        return _("These notes are not where they were read, so nothing can be written to them.")
    if is_zip_at(Path(source.location)):
        return _("These notes lie in a zip, and nothing is written into one.")
    return ""


def opened_source(row: NoteSource) -> Source:
    """Read the source for writing. Nine queries.

    Raise WritingOffError, or NotesChangedError where its files are not those that it was read from.
    """
    if not row.writable:
        raise WritingOffError(
            _("Writing to these notes is not allowed. Whoever answers for them can allow it with the source.")
        )
    if why := may_write(row):
        raise WritingOffError(_("%(why)s Nothing was written.") % {"why": why})
    path = Path(row.location)
    found = folder_files.scan(path)
    try:
        notes = apart.read(found.files, reader.folder_of(path), row.roots)
    except NotWritableError as stopped:
        raise WritingOffError(_("%(why)s Nothing was written.") % {"why": in_words(stopped)}) from None
    now = curriculum_of(row)
    known = files_of(row.pk)
    here = {file.path: digest(file.data) for file in found.files}
    other = sorted(path for path in {*here, *known} if here.get(path) != known.get(path))
    planned = plan(now, notes.reading)
    if other or not planned.empty:
        changes = [in_words(CHANGED[change.kind](title=change.title)) for change in planned.changes[: NAMED + 1]]
        changes += [_("“%(question)s” unclear") % {"question": question.title} for question in planned.unclear[:NAMED]]
        raise NotesChangedError(other, changes)
    return Source(row, notes, now)


def _written(looked: Looked, uid: UUID, name: str) -> Change:
    topic = looked.now.topic_by_uid()[uid]
    if pending.said_already(topic, name):
        return _settled(looked, uid, name)
    try:
        asked = pending.Standing(looked.now, looked.notes.reading).asked(topic, name)
        done = apart.write(looked.notes, asked)
        target = _read_again(looked.now, done.notes.reading, uid, name)
    except NotWritableError as refused:
        if refused.code == "said-already":
            return _settled(looked, uid, name)
        return Change(name, refused=refused.message, code=refused.code)
    looked.before.setdefault(done.path, done.before)
    looked.notes, looked.now = done.notes, target
    return Change(name, done.path, hunks(done.before, done.after))


def _settled(looked: Looked, uid: UUID, name: str) -> Change:
    """The notes say it: nothing is written, and the edit over them goes."""
    try:
        looked.now = _read_again(looked.now, looked.notes.reading, uid, name)
    except NotWritableError as refused:
        return Change(name, refused=refused.message, code=refused.code)
    return Change(name, already=True)


def _read_again(now: Curriculum, reading: Reading, uid: UUID, name: str) -> Curriculum:
    """What the curriculum is once these notes were read, the edit of the field being none any more.

    Raise NotWritableError where the notes would change anything more of it, or say it otherwise once more.
    """
    planned = plan(pending.without_edits(now, uid, [name]), reading)
    more = sentence("it is unclear which topic that is") if planned.unclear else None
    more = more or pending.more_changed(now, planned.target, uid, [name])
    if not more and name in pending.fields_of(planned.target, planned.target.topic_by_uid()[uid]):
        more = sentence("it would still be an edit")
    if not more and not plan(planned.target, reading).empty:
        more = sentence("they would change something every time")
    if more:
        raise NotWritableError("plans-more", sentence("Once the notes were read again, %(more)s.", more=more))
    return planned.target
