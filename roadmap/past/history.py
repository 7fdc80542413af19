"""The history of a topic and of a roadmap as their pages show it: acts, the latest first, each with what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap.in_words import in_words
from roadmap.models import Edit, Import, Roadmap, Section, Topic
from roadmap.past import rows
from roadmap.past.rows import Act, Event, Row
from roadmap.past.words import KINDS, Change, Titles, changed_fields, changes, referred
from roadmap.publishing.models import DraftRevision
from roadmap.studio.saying import said_again

PAGE = 20
_OF_IMPORT = ("uid", "state", "source__title")
WITHOUT_EDIT = {"publish": _lazy("Published a draft"), "state": _lazy("Changed who sees it")}
"""What is said of an act that leaves neither an edit nor an import, by what it came through."""
COMMANDS = {"load_notes": _lazy("on the command line"), "serve": _lazy("when Pathnotes started")}


@dataclass(frozen=True, slots=True)
class Entry:
    """One act."""

    at: datetime
    by: str
    said: str
    through: str
    """How it came about, where the sentence does not say it."""
    undone: bool
    """It was taken back since."""
    changes: tuple[Change, ...]
    more: int
    """Changed rows that are not shown."""
    waits: bool = False
    """In a draft revision that is open: nothing is changed by it yet."""


@dataclass(frozen=True, slots=True)
class History:
    entries: tuple[Entry, ...]
    older: str
    """Where the next page begins; empty at the end."""


def of_topic(topic: Topic, before: str = "") -> History:
    """Its fields, places, steps, resources, prerequisites and names. Thirteen queries at most."""
    found = rows.acts(rows.OF_TOPIC, topic.pk, edits="topic_id", before=before, most=PAGE + 1)
    shown = found[:PAGE]
    events = [event for table in rows.OF_TOPIC for event in rows.events(table, topic.pk, shown)] if shown else []
    return _history(found, shown, events, of_topic=True)


def of_roadmap(roadmap: Roadmap, before: str = "") -> History:
    """What changed of itself, its sections and seats, and which topics on it changed; before that, what waits in its
    draft. Twelve queries at most."""
    found = rows.acts(rows.OF_ROADMAP, roadmap.pk, edits="roadmap_id", before=before, most=PAGE + 1)
    shown = found[:PAGE]
    events = [event for table in rows.OF_ROADMAP for event in rows.events(table, roadmap.pk, shown)] if shown else []
    topics = rows.topics_changed(roadmap.pk, shown) if shown else []
    past = _history(found, shown, events, topics, of_topic=False)
    return past if before else History((*_waiting(roadmap), *past.entries), past.older)


def _waiting(roadmap: Roadmap) -> list[Entry]:
    """The latest acts in the draft revision that is open. One query."""
    state = DraftRevision.State.OPEN
    edits = Edit.objects.filter(draft_act__draft__roadmap=roadmap, draft_act__draft__state=state)[:PAGE]
    return [Entry(edit.at, edit.by, said_of(edit), "", edit.undone_at is not None, (), 0, waits=True) for edit in edits]


def said_of(edit: Edit) -> str:
    """What an act was, in the reader's language."""
    return in_words(said_again(edit.data)) or str(edit.get_verb_display()).capitalize()


def _history(
    found: Sequence[Act],
    shown: Sequence[Act],
    events: Sequence[Event],
    topics: Sequence[tuple[tuple[datetime, UUID], str, str, Row, Row]] = (),
    *,
    of_topic: bool,
) -> History:
    told = rows.contexts(shown) if shown else {}
    recorded = _recorded(shown, told)
    titles = _titles(events)
    entries = []
    for act in shown:
        mine = [event for event in events if event.act == (act.at, act.context)]
        listed = changes(mine, titles, of_topic=of_topic)
        if not of_topic:
            listed = [each for each in listed if each.table != "topic"]
            listed += _topics((t for t in topics if t[0] == (act.at, act.context)), titles)
        read = {event.table: sum(each.table == event.table for each in mine) for event in mine}
        more = sum({event.table: event.count for event in mine}.values()) - sum(read.values())
        entries.append(recorded.entry(act, told.get(act.context, {}), tuple(listed), more))
    return History(tuple(entries), shown[-1].place if len(found) > len(shown) else "")


def _topics(topics: Iterable[tuple[tuple[datetime, UUID], str, str, Row, Row]], titles: Titles) -> list[Change]:
    return [
        Change(_("changed"), str(KINDS["topic"]), title, fields, slug, table="topic")
        for _of, title, slug, was, became in topics
        if (fields := changed_fields("topic", was, became, titles))
    ]


@dataclass(frozen=True, slots=True)
class _Recorded:
    """The edits, by key and by operation, and the imports behind acts."""

    edits: dict[UUID | int, Edit]
    imports: dict[UUID, Import]

    def entry(self, act: Act, told: Row, listed: tuple[Change, ...], more: int) -> Entry:
        of = UUID(told["of"]) if told.get("of") else None
        edit = self.edits.get(act.edit or of or 0)
        load = self.imports.get(of) if of else None
        said, undone = "", False
        if edit is not None:
            said, undone = said_of(edit), edit.undone_at is not None
        elif load is not None:
            said, undone = _("Imported “%(source)s”") % {"source": load.source.title}, load.state == Import.State.UNDONE
        through = told.get("through", "")
        if through in {"undo", "undo_import", "redo"}:
            again = _("Did again: %(said)s") if through == "redo" else _("Took back: %(said)s")
            said, undone = again % {"said": said}, False
        if not said:
            said = (
                str(WITHOUT_EDIT.get(through, _("Changed"))) if told else _("Changed in the database, past Pathnotes")
            )
        by = told.get("by") or (edit.by if edit is not None else "")
        return Entry(act.at, by, said, str(COMMANDS.get(told.get("command", ""), "")), undone, listed, more)


def _recorded(shown: Sequence[Act], told: dict[UUID, Row]) -> _Recorded:
    """Two queries."""
    of = [each["of"] for each in told.values() if "of" in each]
    before = [act.edit for act in shown if act.edit]
    edits: dict[UUID | int, Edit] = {}
    for edit in Edit.objects.filter(Q(operation__in=of) | Q(pk__in=before)):
        edits[edit.pk] = edit
        if edit.operation:
            edits[edit.operation] = edit
    imports = Import.objects.filter(uid__in=of).select_related("source").only(*_OF_IMPORT)
    return _Recorded(edits, {load.uid: load for load in imports})


def _titles(events: Sequence[Event]) -> Titles:
    """Of what is referred to, those that are gone too as far as the history has them. Three queries."""
    keys = referred(events)
    found: dict[tuple[str, int], str] = {}
    for event in events:
        if event.table == "section":
            row = event.was or event.became or {}
            found["section", row["pgh_obj_id"] if "pgh_obj_id" in row else row["id"]] = row["title"]
    for kind, model in (("topic", Topic), ("section", Section), ("roadmap", Roadmap)):
        found |= {(kind, pk): title for pk, title in model.objects.filter(pk__in=keys[kind]).values_list("pk", "title")}
    return found
