"""The trail: who did what to which object. Written by the verbs in their own transaction, read by owners.

What editors and imports do is recorded where they do it (`roadmap.models.Edit`, `Import`) and read from there: nothing
is kept twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from roadmap.edit_verbs import EditVerb
from roadmap.in_words import in_words
from roadmap.studio.saying import said_again
from tracker.exports.cells import BOM, line, text
from tracker.models import AuditEntry, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAGE = 50
BATCH = 1_000
"""Rows of an export that are read at a time."""
ITSELF = "Pathnotes"
"""Who did what nobody asked for."""

VERBS: dict[str, StrOrPromise] = {
    **dict(EditVerb.choices),
    "create": pgettext_lazy("what somebody did, before its object", "made"),
    "edit": pgettext_lazy("what somebody did, before its object", "changed"),
    "assign": pgettext_lazy("what somebody did, before its object", "assigned a roadmap to"),
    "unassign": pgettext_lazy("what somebody did, before its object", "took a roadmap from"),
    "archive": pgettext_lazy("what somebody did, before its object", "archived"),
    "reopen": pgettext_lazy("what somebody did, before its object", "reopened"),
    "make_mentor": pgettext_lazy("what somebody did, before its object", "made a mentor in"),
    "remove": pgettext_lazy("what somebody did, before its object", "removed somebody from"),
    "leave": pgettext_lazy("what somebody did, before its object", "left"),
    "join": pgettext_lazy("what somebody did, before its object", "joined"),
    "make_code": pgettext_lazy("what somebody did, before its object", "made a code for"),
    "revoke_code": pgettext_lazy("what somebody did, before its object", "took back a code of"),
    "invite": pgettext_lazy("what somebody did, before its object", "invited"),
    "resend": pgettext_lazy("what somebody did, before its object", "sent an invitation again to"),
    "revoke_invitation": pgettext_lazy("what somebody did, before its object", "took back an invitation to"),
    "set_role": pgettext_lazy("what somebody did, before its object", "changed the role of"),
    "deactivate": pgettext_lazy("what somebody did, before its object", "deactivated"),
    "activate": pgettext_lazy("what somebody did, before its object", "activated"),
    "allow_editing": pgettext_lazy("what somebody did, before its object", "gave a roadmap to edit to"),
    "forbid_editing": pgettext_lazy("what somebody did, before its object", "took a roadmap to edit from"),
    "check_links": pgettext_lazy("what somebody did, before its object", "checked links of"),
    "load": pgettext_lazy("what somebody did, before its object", "applied an import of"),
    "undo_load": pgettext_lazy("what somebody did, before its object", "took back an import of"),
    "add_prerequisite": pgettext_lazy("what somebody did, before its object", "added a prerequisite of"),
    "remove_prerequisite": pgettext_lazy("what somebody did, before its object", "removed a prerequisite of"),
    "retire_topic": pgettext_lazy("what somebody did, before its object", "retired"),
    "restore_topic": pgettext_lazy("what somebody did, before its object", "restored"),
    "undo": pgettext_lazy("what somebody did, before its object", "took back an edit of"),
    "allow_writing": pgettext_lazy("what somebody did, before its object", "allowed writing to the files of"),
    "forbid_writing": pgettext_lazy("what somebody did, before its object", "forbade writing to the files of"),
    "begin_draft": pgettext_lazy("what somebody did, before its object", "began a draft of"),
    "publish_draft": pgettext_lazy("what somebody did, before its object", "published the draft of"),
    "discard_draft": pgettext_lazy("what somebody did, before its object", "threw away the draft of"),
    "take_up_draft": pgettext_lazy("what somebody did, before its object", "took up again the draft of"),
    "set_state": pgettext_lazy("what somebody did, before its object", "changed who sees"),
    "add_factor": pgettext_lazy("what somebody did, before its object", "added a second step to the account of"),
    "remove_factor": pgettext_lazy("what somebody did, before its object", "took a second step from the account of"),
    "reset_factor": pgettext_lazy("what somebody did, before its object", "made new recovery codes for"),
    "end_sessions": pgettext_lazy("what somebody did, before its object", "signed out other devices of"),
    "end_feed": pgettext_lazy("what somebody did, before its object", "ended a calendar address of"),
    "ask_erasure": pgettext_lazy("what somebody did, before its object", "asked to delete the account of"),
    "keep_account": pgettext_lazy("what somebody did, before its object", "kept the account of"),
    "erase": pgettext_lazy("what somebody did, before its object", "deleted the account of"),
}
"""Words of each verb, between who did it and what it was done to. An unknown one is shown as it is."""
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
KINDS = ("person", "cohort", "roadmap", "topic", "notes")


def record(
    *,
    by: User | None,
    verb: str,
    of: models.Model | None,
    kind: str,
    title: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one entry. Call it inside the transaction of the act, so that neither is there without the other.

    `by` is None for the command line and for what Pathnotes does itself. `title` is what the object is called, its
    `str()` when left out; `of` is None for an act on many. One query.
    """
    AuditEntry.objects.create(
        by=by.pk if by else None,
        by_name=(by.shown_name if by else ITSELF)[:150],
        verb=verb,
        kind=kind,
        object=of.pk if of else None,
        title=(title or str(of))[:300],
        detail=dict(detail or {}),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the trail is asked for. Empty: everything."""

    who: str = ""
    """Part of a name."""
    kind: str = ""
    verb: str = ""
    what: str = ""
    """Part of the object's title."""
    since: date | None = None
    until: date | None = None
    """The last day, whole, in UTC."""
    before: str = ""
    """Goes on after this entry: `Entry.place`."""


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    by: str
    verb: str
    kind: str
    title: str
    detail: Mapping[str, Any]
    table: int
    key: int

    @property
    def said(self) -> str:
        return str(VERBS.get(self.verb) or self.verb.replace("_", " "))

    @property
    def place(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}-{self.table}-{self.key}"

    @property
    def more(self) -> str:
        """The detail in one line: `role: learner → mentor`."""
        return _("; ").join(
            in_words(said_again({"said": value})) if name == "said" else f"{name.replace('_', ' ')}: {_shown(value)}"
            for name, value in self.detail.items()
        )


@dataclass(frozen=True, slots=True)
class Trail:
    entries: tuple[Entry, ...]
    older: str
    """Where the next page begins; empty at the end."""


_EDITED = """
SELECT edit.{when} AS at, {by} AS by_name, {verb} AS verb,
       CASE WHEN edit.topic_id IS NULL THEN 'roadmap' ELSE 'topic' END AS kind,
       coalesce(topic.title, roadmap.title) AS title,
       jsonb_strip_nulls(jsonb_build_object('said', edit.data -> 'said')) AS detail, {source} AS source, edit.id
FROM roadmap_edit edit LEFT JOIN roadmap_topic topic ON topic.id = edit.topic_id
LEFT JOIN roadmap_roadmap roadmap ON roadmap.id = edit.roadmap_id WHERE edit.{when} IS NOT NULL
"""
_LOADED = """
SELECT load.{when} AS at, load.{by} AS by_name, '{verb}' AS verb, 'notes' AS kind, notes.title AS title,
       {detail} AS detail, {source} AS source, load.id
FROM roadmap_import load JOIN roadmap_notesource notes ON notes.id = load.source_id WHERE load.{when} IS NOT NULL
"""
_SOURCES = (
    "SELECT at, by_name, verb, kind, title, detail, 0 AS source, id FROM tracker_auditentry",
    _EDITED.format(when="at", by="edit.by", verb="edit.verb", source=1),
    _LOADED.format(when="applied_at", by="by", verb="load", detail="load.counts", source=2),
    _LOADED.format(when="undone_at", by="undone_by", verb="undo_load", detail="'{}'::jsonb", source=3),
    _EDITED.format(when="undone_at", by="coalesce(edit.data ->> 'undone_by', edit.by)", verb="'undo'", source=4),
)
"""Where acts are recorded; each has a number by which those of one moment are ordered."""
_PART = """(
SELECT at, by_name, verb, kind, title, detail, source, id FROM (SOURCE) entry
WHERE (%(who)s = '' OR by_name ILIKE %(who)s) AND (%(what)s = '' OR title ILIKE %(what)s)
  AND (%(kind)s = '' OR kind = %(kind)s) AND (%(verb)s = '' OR verb = %(verb)s)
  AND at >= %(since)s AND at < %(until)s AND at <= %(at)s AND (at, source, id) < (%(at)s, %(source)s, %(id)s)
ORDER BY at DESC, id DESC LIMIT %(most)s
)"""
# The limit stands in each part too, so that an index on the time is enough however long the trail grows.
_FOUND = f"""
SELECT at, by_name, verb, kind, title, detail::text, source, id
FROM ({" UNION ALL ".join(_PART.replace("SOURCE", source) for source in _SOURCES)}) entry
ORDER BY at DESC, source DESC, id DESC LIMIT %(most)s
"""  # noqa: S608 (of ours)


def trail(asked: Asked, *, most: int = PAGE) -> Trail:
    """What was done, the latest first. One query."""
    found = _found(asked, most + 1)
    entries = tuple(found[:most])
    return Trail(entries, entries[-1].place if len(found) > most else "")


def csv(asked: Asked) -> Iterator[bytes]:
    """All of it, the latest first, as UTF-8 with a mark at the beginning. One query for each `BATCH` rows."""
    head = (_("When (UTC)"), _("Who"), _("Act"), _("Kind"), _("What"), _("Detail"))
    return _csv(asked, BOM + line(map(text, head)))


def _csv(asked: Asked, head: str) -> Iterator[bytes]:
    yield head.encode()
    while True:
        part = trail(asked, most=BATCH)
        rows = (
            line([f"{e.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", *map(text, (e.by, e.verb, e.kind, e.title, e.more))])
            for e in part.entries
        )
        if part.entries:
            yield "".join(rows).encode()
        if not part.older:
            return
        asked = replace(asked, before=part.older)


def _found(asked: Asked, most: int) -> list[Entry]:
    at, source, key = _place(asked.before)
    values: dict[str, Any] = {
        "who": _like(asked.who),
        "what": _like(asked.what),
        "kind": asked.kind,
        "verb": asked.verb,
        "since": _midnight(asked.since) if asked.since else datetime.min.replace(tzinfo=UTC),
        "until": _midnight(asked.until) + timedelta(days=1) if asked.until else datetime.max.replace(tzinfo=UTC),
        "at": at,
        "source": source,
        "id": key,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, values)
        return [
            Entry(when, by, verb, kind, title, json.loads(detail), table, pk)
            for when, by, verb, kind, title, detail, table, pk in cursor.fetchall()
        ]


def _place(text: str) -> tuple[datetime, int, int]:
    """Where a page begins; the very beginning when that cannot be read."""
    try:
        at, source, key = (int(part) for part in text[:60].split("-"))
        return EPOCH + at * MICROSECOND, min(source, 9), min(key, 2**62)
    except (ValueError, OverflowError):
        return datetime.max.replace(tzinfo=UTC), 9, 0


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _like(part: str) -> str:
    """A pattern that finds this text anywhere; empty for none."""
    escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if part else ""


def _shown(value: Any) -> str:
    if isinstance(value, list) and len(value) == 2:
        return f"{value[0]} → {value[1]}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(inner)}" for name, inner in value.items())
    return str(value)
