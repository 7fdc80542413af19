"""Writing edits back, and taking that back: files and database together, so that nothing is ever lost between them.

The files are written first, inside the transaction that drops the edit. Killed between the two, the notes say what the
edit says, and the edit still stands: the next import finds both the same, and so does the next writing.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from roadmap.apply import NotAppliedError, changed_needs, refuse_loops
from roadmap.because import Because, Through
from roadmap.bodies import render_changed
from roadmap.in_words import in_words
from roadmap.locks import curriculum_lock
from roadmap.models import Edit, NoteSource, Roadmap
from roadmap.models import Topic as TopicRow
from roadmap.notes.writing import Notes, NotWritableError, apart
from roadmap.plan import plan
from roadmap.plan.curriculum import Curriculum, Json
from roadmap.rows import write as write_rows
from roadmap.source_files import files_of, remember_files
from roadmap.studio.doing import Asked, told
from roadmap.studio.saying import kept
from roadmap.writeback import pending
from roadmap.writeback.folder import FileRefusedError, digest, opened
from roadmap.writeback.looking import Looked, may_write, opened_source

CALLED = {"requires": "prerequisites", "aliases": "other names", "body": "text", "details": "key points"}


class SeenOtherwiseError(NotAppliedError):
    """What would be written is not what was shown. `looked` is what it is now."""

    def __init__(self, looked: Looked) -> None:
        self.looked = looked
        super().__init__(_("What would be written is not what you saw. Nothing was written; look at it once more."))


class FieldRefusedError(NotAppliedError):
    """A field cannot be written faithfully. `looked` says why."""

    def __init__(self, looked: Looked) -> None:
        self.looked = looked
        why = next(change.refused for change in looked.changes if change.refused)
        super().__init__(_("%(why)s Nothing was written; it stays an edit over the notes.") % {"why": in_words(why)})


class FileNotWrittenError(NotAppliedError):
    """The file system refused; nothing was changed."""


class WrittenOverError(NotAppliedError):
    """What was written to a file is not what it holds by now."""


def allow_writing(*, source: NoteSource, allowed: bool) -> bool:
    """Say whether edits may be written back to these notes; whether that was not so before. Raise FileNotWrittenError
    for notes that nothing can be written to."""
    if allowed and (why := may_write(source)):
        raise FileNotWrittenError(_("%(why)s Nothing was changed.") % {"why": why})
    source.writable = allowed
    return bool(NoteSource.objects.filter(pk=source.pk).exclude(writable=allowed).update(writable=allowed))


def write_back(
    *, source: NoteSource, topic: TopicRow, names: Sequence[str], roadmap: Roadmap | None, asked: Asked, seen: str = ""
) -> Edit:
    """Write these fields of a topic to the notes it was read from; the record of it. Once, however often it is asked.

    `seen`: `Looked.token` of what the editor saw, empty where nobody looks. Raise WritingOffError, NotesChangedError,
    SeenOtherwiseError, FieldRefusedError, FileNotWrittenError or BusyError, having changed nothing.
    """
    with curriculum_lock(asked.because()):
        known = Edit.objects.filter(operation=asked.operation).first()
        if known is not None:
            return known
        source.refresh_from_db()
        whole = opened_source(source)
        looked = whole.look(topic.uid, names)
        if seen and looked.token != seen:
            raise SeenOtherwiseError(looked)
        if not looked.changes or any(change.refused for change in looked.changes):
            raise FieldRefusedError(looked) if looked.changes else SeenOtherwiseError(looked)
        after = looked.after
        with Files(source, {path: (before, after[path]) for path, before in looked.before.items()}):
            store_target(source, whole.now, looked.now)
            remember(source, after)
            return Edit.objects.create(
                verb=Edit.Verb.WRITE_BACK,
                topic=topic,
                roadmap=roadmap,
                by=asked.by[:150],
                actor=asked.actor,
                operation=asked.operation,
                data={
                    **_said(topic, looked),
                    "things": [str(topic.uid)],
                    "written": {
                        "source": str(source.uid),
                        "fields": list(names),
                        "files": [_change(path, before, after[path]) for path, before in looked.before.items()],
                        "edits": pending.remember(whole.now, topic.uid, names),
                    },
                },
            )


def take_back(*, edit: Edit, by: str) -> Edit:
    """Have the notes say again what they said before `edit` was written, and the edit over them; once, however often.

    Raise WrittenOverError where a file is not as it was written, and as `write_back`, having changed nothing.
    """
    with curriculum_lock(Because(by, Through.UNDO, edit.operation or uuid4())):
        edit.refresh_from_db()
        if edit.undone_at is not None:
            return edit
        told = edit.data["written"]
        source = NoteSource.objects.get(uid=told["source"])
        uid = UUID(edit.data["things"][0])
        whole = opened_source(source)
        changes = {change["path"]: _turned(whole.notes.files, change) for change in told["files"]}
        notes = whole.notes
        for path, (_, before) in changes.items():
            notes = _read_with(notes, path, before)
        edited = pending.with_edits(whole.now, uid, told["edits"])
        planned = plan(edited, notes.reading)
        if planned.unclear or _others(whole.now, planned.target, uid) or not plan(planned.target, notes.reading).empty:
            raise WrittenOverError(
                _("The curriculum was changed since in a way that rests on what was written. Nothing was changed.")
            )
        with Files(source, changes):
            store_target(source, whole.now, planned.target)
            remember(source, {path: before for path, (_, before) in changes.items()})
            edit.undone_at, edit.data = timezone.now(), edit.data | {"undone_by": by[:150]}
            edit.save(update_fields=["undone_at", "data"])
    return edit


def _read_with(notes: Notes, path: str, data: bytes) -> Notes:
    """The notes with a file as it was before. Raise WrittenOverError where they cannot be read so."""
    try:
        return apart.with_file(notes, path, data)
    except NotWritableError as stopped:
        raise WrittenOverError(_("%(why)s Nothing was changed.") % {"why": in_words(stopped)}) from None


class Files:
    """The files changed for as long as the block is not left by an error; then they are as they were.

    An error while the transaction commits leaves them changed: nobody can tell then whether it did, and notes that say
    what an edit says lose nothing.
    """

    def __init__(self, source: NoteSource, changes: Mapping[str, tuple[bytes, bytes]]) -> None:
        self.location, self.changes = source.location, changes
        self.done: list[str] = []

    def __enter__(self) -> None:
        try:
            for path, (before, after) in self.changes.items():
                with opened(self.location, path) as place:
                    place.replace(before, after)
                self.done.append(path)
        except BaseException as error:
            self._put_back()
            if isinstance(error, FileRefusedError):
                raise FileNotWrittenError(in_words(error)) from error
            raise

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._put_back()
        else:
            transaction.on_commit(self._settle)

    def _put_back(self) -> None:
        for path in self.done:
            with opened(self.location, path) as place:
                place.put_back(self.changes[path][1])

    def _settle(self) -> None:
        for path in self.done:
            try:
                with opened(self.location, path) as place:
                    place.settle()
            except FileRefusedError:
                continue  # a backup too many; the next writing takes it away


def store_target(source: NoteSource, before: Curriculum, after: Curriculum) -> None:
    html, _ = render_changed(before, after)
    write_rows(source.pk, before, after, html)
    refuse_loops(changed_needs(before, after))


def remember(source: NoteSource, files: Mapping[str, bytes]) -> None:
    if files:
        remember_files(
            source=source.pk, digests=files_of(source.pk) | {path: digest(data) for path, data in files.items()}
        )


def _said(topic: TopicRow, looked: Looked) -> Json:
    """`Wrote title and summary of “Soil” to README.md`."""
    names = tuple(CALLED.get(name, name) for name in looked.fields)
    if not looked.before:
        return kept("noted-already", fields=names, title=told(topic.title))
    return kept("wrote", fields=names, title=told(topic.title), files=", ".join(looked.before))


def _change(path: str, before: bytes, after: bytes) -> dict[str, Any]:
    """What is needed to have `before` again: the bytes that went, and where."""
    start = end = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return {
        "path": path,
        "before": digest(before),
        "after": digest(after),
        "start": start,
        "came": len(after) - end - start,
        "went": base64.b64encode(before[start : len(before) - end]).decode(),
    }


def _without(change: Mapping[str, Any], data: bytes) -> bytes:
    start = change["start"]
    return data[:start] + base64.b64decode(change["went"]) + data[start + change["came"] :]


def _turned(files: Iterable[Any], change: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """(the file as it is, as it was). Raise WrittenOverError."""
    data = next((file.data for file in files if file.path == change["path"]), None)
    if data is None or digest(data) != change["after"]:
        raise WrittenOverError(
            _("%(path)s was changed since this was written to it, so it cannot be taken back. Nothing was changed.")
            % {"path": change["path"]}
        )
    before = _without(change, data)
    if digest(before) != change["before"]:
        raise WrittenOverError(
            _("What %(path)s was before is not known any more. Nothing was changed.") % {"path": change["path"]}
        )
    return data, before


def _others(before: Curriculum, after: Curriculum, uid: UUID) -> bool:
    """Whether a topic other than this one would change."""
    old = before.topic_by_uid()
    return old.keys() != after.topic_by_uid().keys() or any(
        old[topic.uid] != topic for topic in after.topics if topic.uid != uid
    )
