"""From rows before and after to what a person reads: which things changed, field by field."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap.past.rows import Event, Row
from roadmap.plan.wording import Run, differences

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FIELDS: Mapping[str, Mapping[str, StrOrPromise]] = {
    "topic": {
        "title": _lazy("title"),
        "slug": _lazy("address"),
        "summary": _lazy("summary"),
        "body": _lazy("text"),
        "hours": _lazy("hours"),
        "details": _lazy("in short"),
        "unmet": _lazy("prerequisites that no topic answers"),
        "related": _lazy("related"),
        "meta": _lazy("front matter"),
        "planned": _lazy("planned"),
        "retired_at": _lazy("retired"),
        "replaced_by_id": _lazy("replaced by"),
    },
    "roadmap": {
        "title": _lazy("title"),
        "slug": _lazy("address"),
        "summary": _lazy("summary"),
        "state": _lazy("state"),
        "locking": _lazy("locking"),
        "meta": _lazy("front matter"),
        "retired_at": _lazy("retired"),
    },
    "section": {
        "title": _lazy("title"),
        "kind": _lazy("kind"),
        "number": _lazy("number"),
        "summary": _lazy("summary"),
        "optional": _lazy("optional"),
        "choose": _lazy("how many are enough"),
        "ordered": _lazy("a chain"),
        "parent_id": _lazy("stands in"),
    },
    "placement": {"section_id": _lazy("stands in"), "optional": _lazy("optional")},
    "step": {"title": _lazy("title"), "retired_at": _lazy("retired")},
    "resource": {"title": _lazy("title"), "url": _lazy("address"), "kind": _lazy("kind")},
    "prerequisite": {"reason": _lazy("reason"), "group": _lazy("alternatives"), "source": _lazy("said by")},
    "alias": {"text": _lazy("text")},
}
"""Table -> column -> what it is called. What stands nowhere here is bookkeeping (revisions, what the notes said)."""

KINDS = {
    "topic": _lazy("Topic"),
    "roadmap": _lazy("Roadmap"),
    "section": _lazy("Section"),
    "placement": _lazy("Place"),
    "step": _lazy("Step"),
    "resource": _lazy("Resource"),
    "prerequisite": _lazy("Prerequisite"),
    "alias": _lazy("Other name"),
}
SAME_THING = {"resource": ("title", "url"), "prerequisite": ("requires_id",), "alias": ("text", "kind")}
"""Tables whose rows an import takes away and makes anew, and the columns by which such a row is the same one."""
REFERENCES = {"replaced_by_id": "topic", "section_id": "section", "parent_id": "section"}

Titles = Mapping[tuple[str, int], str]
"""(topic, section or roadmap; key) -> title."""


@dataclass(frozen=True, slots=True)
class Field:
    called: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an act changed."""

    what: str
    """added, taken away, changed or in another order."""
    kind: str
    title: str
    fields: tuple[Field, ...] = ()
    slug: str = ""
    """Of a topic whose own history says more."""
    table: str = ""
    """The table it was changed in."""


def changes(events: Iterable[Event], titles: Titles, *, of_topic: bool) -> list[Change]:
    """What one act did, for people. `of_topic`: a place is told by its roadmap, else by the topic that stands there."""
    found: list[Change] = []
    reordered: dict[str, str] = {}
    for table, group in _by_table(events).items():
        for label, was, became in _paired(table, group):
            title = _title(table, became or was or {}, titles, of_topic=of_topic)
            if was is not None and became is not None:
                fields = changed_fields(table, was, became, titles)
                if fields:
                    found.append(Change(_("changed"), str(KINDS[table]), title, fields, table=table))
                elif was.get("position") != became.get("position"):
                    reordered[_around(table, became, titles)] = str(KINDS[table])
            elif (label == "insert" and became) or (label == "delete" and was):
                where = (became or was or {}).get("section_id") if table == "placement" else None
                place = (Field(_("in"), differences("", titles.get(("section", where), ""))),) if where else ()
                what = _("added") if label == "insert" else _("taken away")
                found.append(Change(what, str(KINDS[table]), title, place, table=table))
    return [*found, *(Change(_("in another order"), kind, around) for around, kind in reordered.items())]


def changed_fields(table: str, was: Row, became: Row, titles: Titles) -> tuple[Field, ...]:
    return tuple(
        Field(str(called), differences(_text(name, was.get(name), titles), _text(name, became.get(name), titles)))
        for name, called in FIELDS[table].items()
        if name in was and _text(name, was.get(name), titles) != _text(name, became.get(name), titles)
    )


def referred(events: Iterable[Event]) -> dict[str, set[int]]:
    """Keys of the topics, sections and roadmaps that have to be named."""
    keys: dict[str, set[int]] = {"topic": set(), "section": set(), "roadmap": set()}
    columns = {**REFERENCES, "topic_id": "topic", "requires_id": "topic", "roadmap_id": "roadmap"}
    for event in events:
        for row in (event.was, event.became):
            for column, kind in columns.items():
                if row and row.get(column):
                    keys[kind].add(row[column])
    return keys


def _by_table(events: Iterable[Event]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        found[event.table].append(event)
    return found


def _paired(table: str, events: Sequence[Event]) -> list[tuple[str, Row | None, Row | None]]:
    """(label, before, after). Rows taken away and made anew are one change of one row; unchanged ones are none."""
    if table not in SAME_THING:
        return _merged(events)
    gone: list[Row] = [event.was for event in events if event.label == "delete" and event.was]
    new: list[Row] = [event.became for event in events if event.label == "insert" and event.became]
    pairs = [(event.label, event.was, event.became) for event in events if event.label == "update"]
    for columns in (SAME_THING[table], *((column,) for column in SAME_THING[table])):
        for row in list(new):
            twin = next((old for old in gone if all(old[column] == row[column] for column in columns)), None)
            if twin is not None:
                gone.remove(twin)
                new.remove(row)
                pairs.append(("update", twin, row))
    return [*pairs, *(("delete", row, None) for row in gone), *(("insert", None, row) for row in new)]


def _merged(events: Sequence[Event]) -> list[tuple[str, Row | None, Row | None]]:
    """Several changes of one row in one act are one."""
    found: dict[Any, tuple[str, Row | None, Row | None]] = {}
    for event in events:
        key = (event.was or event.became or {}).get("pgh_obj_id")
        if key not in found:
            found[key] = (event.label, event.was, event.became)
            continue
        first, was, _ = found[key]
        label = "insert" if first == "insert" else event.label
        found[key] = (label, was, event.became)
    return list(found.values())


def _title(table: str, row: Row, titles: Titles, *, of_topic: bool) -> str:
    if table == "placement":
        return titles.get(("roadmap", row["roadmap_id"]) if of_topic else ("topic", row["topic_id"]), "")
    if table == "prerequisite":
        return titles.get(("topic", row["requires_id"]), "")
    return str(row.get("title") or row.get("text") or "")


def _around(table: str, row: Row, titles: Titles) -> str:
    """Where the order of something changed."""
    around = row.get("section_id") or row.get("parent_id")
    return titles.get(("section", around), "") if around and table in {"placement", "section"} else ""


def _text(column: str, value: Any, titles: Titles) -> str:
    if column in REFERENCES:
        return titles.get((REFERENCES[column], value), "") if value else ""
    if column == "retired_at":
        return _("yes") if value else _("no")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) if value else ""
    return "" if value is None else str(value)
