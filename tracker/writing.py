"""Edits written back to notes, by people: who may allow it, what the pages of it show, and the record of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap.apply import NotAppliedError
from roadmap.models import Edit, NoteSource, Topic
from roadmap.writeback import pending, verbs
from roadmap.writeback.looking import Change, Looked, NotesChangedError, Source, may_write, opened_source
from tracker import audit
from tracker.models import User
from tracker.permissions import Person, Right, may
from tracker.topic_forms import LABELS

SHOWN = 12
"""Earlier writings of a topic that its page shows."""
NAMES = LABELS | {"requires": _lazy("Prerequisites"), "optional": _lazy("Optional")}


@dataclass(frozen=True, slots=True)
class Row:
    """One edited field, and what writing it would do."""

    field: str
    label: str
    change: Change
    token: str

    @property
    def can(self) -> bool:
        return not self.change.refused


@dataclass(slots=True)
class WritingPage:
    source: NoteSource | None
    refused: str = ""
    """Why nothing can be written now; then there are no rows."""
    changed: bool = False
    """The files are not those that were read: reading them again helps."""
    rows: list[Row] = field(default_factory=list)
    together: Looked | None = None
    """All that can be written at once, where that is more than one field."""
    done: Sequence[Edit] = ()
    """What was written for this topic before, the last first."""


def allow_writing(*, source: NoteSource, allowed: bool, by: User | None) -> None:
    """Say whether edits may be written to the files of these notes. Raise FileNotWrittenError."""
    with transaction.atomic():
        if verbs.allow_writing(source=source, allowed=allowed):
            verb = "allow_writing" if allowed else "forbid_writing"
            audit.record(by=by, verb=verb, of=source, kind="notes", title=source.title)


def offered(person: Person, topic: Topic) -> bool:
    """Whether this person can write edits of this topic to its notes. One query at most."""
    if topic.source_id is None or not may(person, Right.EDIT_CURRICULUM):
        return False
    return NoteSource.objects.filter(pk=topic.source_id, writable=True).exists()


def cannot_write(source: NoteSource) -> str:
    """Why nothing can ever be written to these notes, a sentence; empty where it can."""
    return may_write(source)


def writing_page(topic: Topic) -> WritingPage:
    """What waits to be written of one topic. Twelve queries; the notes of the source are read once for each field."""
    source = topic.source
    page = WritingPage(source, done=list(topic.edits.filter(verb=Edit.Verb.WRITE_BACK)[:SHOWN]))
    if source is None:
        page.refused = _("This topic comes from no notes, so there is nothing to write it to.")
        return page
    try:
        whole = opened_source(source)
    except NotAppliedError as error:
        page.refused, page.changed = str(error), isinstance(error, NotesChangedError)
        return page
    names = pending.fields_of(whole.now, whole.now.topic_by_uid()[topic.uid])
    for name in names:
        looked = whole.look(topic.uid, [name])
        page.rows.append(Row(name, str(NAMES[name]), looked.changes[0], looked.token))
    if len(can := [row.field for row in page.rows if row.can]) > 1:
        together = whole.look(topic.uid, can)
        page.together = together if len(together.fields) == len(can) else None
    return page


def written(topic: Topic, operation: UUID) -> Edit | None:
    """What was written for this topic by one act. One query."""
    return topic.edits.filter(verb=Edit.Verb.WRITE_BACK, operation=operation).first()


def waiting(whole: Source) -> list[tuple[Topic, list[str]]]:
    """The topics of a source with edits over its notes, and which fields. One query."""
    now = whole.now
    uids = {topic.uid: names for topic in now.topics if (names := pending.fields_of(now, topic)) and not topic.retired}
    rows = Topic.objects.filter(uid__in=uids).order_by("title", "pk")
    return [(row, uids[row.uid]) for row in rows]
