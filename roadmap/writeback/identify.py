"""Stable ids put into the notes of a source, and into the curriculum that was read from them, at one moment.

The files are written inside the transaction that remembers the ids. Killed between the two, the notes have ids that the
next reading takes over, as it would those that an author wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from roadmap.apply import NotAppliedError, revisions_of
from roadmap.because import Because, Through
from roadmap.in_words import in_words
from roadmap.locks import curriculum_lock
from roadmap.models import Import, NoteSource
from roadmap.notes import files as folder_files
from roadmap.notes import reading as reader
from roadmap.notes.writing import Notes, NotWritableError, apart
from roadmap.notes.writing.hunks import Hunk, hunks
from roadmap.notes.writing.ids import Identified, Put, Skipped, put_ids
from roadmap.plan import Curriculum, digest_of, plan
from roadmap.plan.naming import nameless, read_with_ids
from roadmap.stored import curriculum_of
from roadmap.writeback.folder import FileRefusedError, opened
from roadmap.writeback.looking import may_write
from roadmap.writeback.verbs import FileNotWrittenError, Files, remember, store_target


class NotIdentifiedError(NotAppliedError):
    """No ids can be written; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file, and what its lines would be."""

    path: str
    hunks: tuple[Hunk, ...]


@dataclass(slots=True)
class Ids:
    """What writing ids would do, or did."""

    put: list[Put] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """Path -> why it was not written, a sentence."""


def look_for_ids(*, location: Path, now: Curriculum, roots: Sequence[str] = ()) -> Ids:
    """What would be written to the notes at `location`, from which `now` was, or is to be, read. Writes nothing.

    `roots`: the notes that draw the roadmaps, where somebody chose them.

    Raise NotIdentifiedError.
    """
    looked = _identified(location, now, roots)
    refused = {path: why for path in looked.before if (why := _refusal(str(location.resolve()), path))}
    return _told(looked, refused)


def write_ids(*, source: NoteSource, by: str) -> Ids:
    """Give every topic of the source's notes that has none an id, in its file and in the curriculum; what was done.

    A file that cannot be written is left as it is, with the reason in `refused`; the others are written whole. Asked
    again there is nothing left to do. Raise NotIdentifiedError, FileNotWrittenError or BusyError, having changed
    nothing.
    """
    last = _last(source)
    with curriculum_lock(Because(by, Through.IMPORT, last.uid) if last else Because(by, Through.IMPORT)):
        if why := may_write(source):
            raise NotIdentifiedError(_("%(why)s Nothing was written.") % {"why": why})
        now = curriculum_of(source)
        looked = _identified(Path(source.location), now, source.roots)
        if not looked.before:
            return _told(looked, {})
        after, refused = looked.after, dict[str, str]()
        with ExitStack() as written:
            for path, before in looked.before.items():
                try:
                    written.enter_context(Files(source, {path: (before, after[path])}))
                except FileNotWrittenError as error:
                    refused[path] = str(error)
            target = _target(looked, now, refused)
            if len(refused) < len(looked.before):
                store_target(source, now, target)
                remember(source, {path: after[path] for path in after if path not in refused})
                _keep_undo(source, now, target, looked.notes if not refused else None)
        return _told(looked, refused)


def _identified(location: Path, now: Curriculum, roots: Sequence[str]) -> Identified:
    found = folder_files.scan(location)
    folder = reader.folder_of(location)
    try:
        notes = apart.read(found.files, folder, roots)
    except NotWritableError as error:
        raise NotIdentifiedError(_("%(why)s Nothing was written.") % {"why": in_words(error)}) from error
    if not notes.reading.paths:
        raise NotIdentifiedError(_("There is nothing to learn in these notes, so nothing was written."))
    if not plan(now, notes.reading).empty:
        raise NotIdentifiedError(
            _("The notes say something that the curriculum does not know yet. Nothing was written; load them first.")
        )
    try:
        looked = put_ids(notes, nameless(now, notes.reading))
    except NotWritableError as error:
        raise NotIdentifiedError(_("%(why)s Nothing was written.") % {"why": in_words(error)}) from error
    _target(looked, now, {})
    return looked


def _target(looked: Identified, now: Curriculum, refused: dict[str, str]) -> Curriculum:
    """The curriculum once the files were read that could be written. Raise NotIdentifiedError where more changes."""
    if len(refused) == len(looked.before):
        return now
    notes = looked.notes
    for path in refused:
        notes = notes.with_file(path, looked.before[path])
    target = read_with_ids(now, notes.reading)
    if target is None:
        raise NotIdentifiedError(
            _("Read again with their ids, the notes would change more than that. Nothing was written.")
        )
    return target


def _refusal(location: str, path: str) -> str:
    """Why this file could not be written, as far as that shows without writing."""
    try:
        with opened(location, path) as place:
            place.refuse_unwritable(place.read()[1])
    except FileRefusedError as error:
        return in_words(error)
    return ""


def _told(looked: Identified, refused: dict[str, str]) -> Ids:
    after = looked.after
    return Ids(
        [put for put in looked.put if put.path not in refused],
        looked.skipped,
        [Change(path, hunks(was, after[path])) for path, was in looked.before.items() if path not in refused],
        refused,
    )


def _last(source: NoteSource) -> Import | None:
    return Import.objects.filter(source=source, state=Import.State.APPLIED).first()


def _keep_undo(source: NoteSource, now: Curriculum, target: Curriculum, notes: Notes | None) -> None:
    """An import that could be taken back still can: ids alone are no change that anyone would lose."""
    last = _last(source)
    if last is not None and last.after.get("fingerprint") == now.fingerprint():
        last.after |= {"fingerprint": target.fingerprint(), "revisions": revisions_of(source)}
        if notes is not None:
            last.after |= {"reading": digest_of(notes.reading)}
        last.save(update_fields=["after"])
