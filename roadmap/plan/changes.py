"""What a plan would change, said for people. Pure: two curricula in, changes out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from roadmap.notes.items import Resource
from roadmap.plan.curriculum import Curriculum, Need, Roadmap, Step, Topic
from roadmap.sentences import sentence

ChangeKind = Literal["added", "renamed", "moved", "changed", "retired", "revived"]
KINDS: tuple[ChangeKind, ...] = ("added", "renamed", "moved", "changed", "retired", "revived")
What = Literal["roadmap", "section", "topic"]
OPTIONAL, REQUIRED = sentence("optional"), sentence("required")
SHOWN = 200
"""Characters of a value that an import keeps for people."""

READ_BY_LEARNERS = ("title", "summary", "body", "details", "steps")
"""Fields of a topic whose change a learner who is done should hear of."""
TOPIC_FIELDS = (
    "summary", "body", "hours", "details", "planned", "unmet", "related", "meta", "aliases", "steps", "resources",
    "needs", "replaced_by",
)  # fmt: skip
SECTION_FIELDS = ("kind", "number", "summary", "optional", "choose", "ordered", "resources")
ROADMAP_FIELDS = ("summary", "locking", "meta", "position")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its values as text; `kept` when a browser's edit stands before the notes' new value."""

    name: str
    was: str
    now: str
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one thing. `uid` is the topic's own, so that learners can be counted."""

    kind: ChangeKind
    what: What
    uid: UUID
    title: str
    was: str = ""
    """The former title of what is renamed, the former place of what is moved; of what is added, the title of the topic
    that it was a part of, if any."""
    now: str = ""
    fields: tuple[FieldChange, ...] = ()
    source: str = ""
    line: int = 0
    """Where the notes have it; empty and 0 for what they no longer have."""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "what": self.what,
            "uid": str(self.uid),
            "title": self.title,
            "was": self.was,
            "now": self.now,
            "fields": [
                {"name": f.name, "was": f.was[:SHOWN], "now": f.now[:SHOWN], "kept": f.kept} for f in self.fields
            ],
            "source": self.source,
            "line": self.line,
        }


Lines = Mapping[UUID, tuple[str, int]]
"""uid -> (file, line) of the notes."""


def compare(
    now: Curriculum, target: Curriculum, lines: Lines, parts: Mapping[UUID, UUID] | None = None
) -> tuple[Change, ...]:
    """Every change from `now` to `target`: roadmaps, sections, then topics, each in the order of the target. `parts`:
    new topic -> the one it was a part of."""
    return tuple(_Comparison(now, target, lines, parts or {}).run())


def counts(changes: Iterable[Change]) -> dict[str, int]:
    """How many topics (and, under `sections` and `roadmaps`, other things) change in which way."""
    counted = Counter(change.kind if change.what == "topic" else f"{change.what}s" for change in changes)
    return {name: counted[name] for name in (*KINDS, "sections", "roadmaps") if counted[name]}


class _Comparison:
    def __init__(self, now: Curriculum, target: Curriculum, lines: Lines, parts: Mapping[UUID, UUID]) -> None:
        self.now, self.target, self.lines, self.parts = now, target, lines, parts
        self.old, self.new = now.topic_by_uid(), target.topic_by_uid()
        self.places_were, self.places_are = _seats(now), _seats(target)
        self.titles = {uid: topic.title for uid, topic in (self.old | self.new).items()}

    def run(self) -> Iterator[Change]:
        were = {roadmap.uid: roadmap for roadmap in self.now.roadmaps}
        for roadmap in self.target.roadmaps:
            yield from self.of_roadmap(were.get(roadmap.uid), roadmap)
        seated = dict.fromkeys(seat.topic for _, _, seat in self.target.seats())
        for uid in [*(uid for uid in seated if uid in self.new), *(uid for uid in self.new if uid not in seated)]:
            yield from self.of_topic(self.old.get(uid), self.new[uid])

    def change(self, kind: ChangeKind, what: What, uid: UUID, title: str, **more: Any) -> Change:
        source, line = self.lines.get(uid, ("", 0))
        return Change(kind, what, uid, title, source=source, line=line, **more)

    def of_topic(self, old: Topic | None, new: Topic) -> Iterator[Change]:
        here = self.places_are.get(new.uid, {})
        now = _where(here)
        if old is None:
            whole = self.old.get(self.parts[new.uid]) if new.uid in self.parts else None
            yield self.change("added", "topic", new.uid, new.title, was=whole.title if whole else "", now=now)
            return
        before = self.places_were.get(new.uid, {})
        if old is new and before == here:
            return
        if old.title != new.title:
            yield self.change("renamed", "topic", new.uid, new.title, was=old.title, now=new.title)
        if old.retired != new.retired:
            kind: ChangeKind = "retired" if new.retired else "revived"
            replaced = self.titles.get(new.replaced_by, "") if new.replaced_by else ""
            yield self.change(
                kind, "topic", new.uid, new.title, was=_where(before), now=replaced if new.retired else now
            )
        elif {seat[1] for seat in before.values()} != {seat[1] for seat in here.values()}:
            yield self.change("moved", "topic", new.uid, new.title, was=_where(before), now=now)
        fields = list(self.fields(TOPIC_FIELDS, old, new))
        if old.origin.id != new.origin.id:
            fields.append(FieldChange("id", old.origin.id, new.origin.id))
        if any(before[uid][2] != here[uid][2] for uid in before.keys() & here.keys()):
            was, is_ = (OPTIONAL if any(seat[2] for seat in p.values()) else REQUIRED for p in (before, here))
            fields.append(FieldChange("optional", was, is_))
        if fields and old.retired == new.retired:
            yield self.change("changed", "topic", new.uid, new.title, fields=tuple(fields))

    def of_roadmap(self, old: Roadmap | None, new: Roadmap) -> Iterator[Change]:
        if old is None:
            yield self.change("added", "roadmap", new.uid, new.title)
        elif old != new:
            if old.title != new.title:
                yield self.change("renamed", "roadmap", new.uid, new.title, was=old.title, now=new.title)
            if old.retired != new.retired:
                yield self.change("retired" if new.retired else "revived", "roadmap", new.uid, new.title)
            elif fields := tuple(self.fields(ROADMAP_FIELDS, old, new)):
                yield self.change("changed", "roadmap", new.uid, new.title, fields=fields)
        if not new.retired:
            yield from self.of_sections(old, new)

    def of_sections(self, old: Roadmap | None, new: Roadmap) -> Iterator[Change]:
        were = {section.uid: section for section in old.sections} if old else {}
        are = {section.uid: section for section in new.sections}
        for section in new.sections:
            known = were.get(section.uid)
            if known is None:
                if old is not None:
                    yield self.change("added", "section", section.uid, section.title)
                continue
            if known is section:
                continue
            if known.title != section.title:
                yield self.change("renamed", "section", section.uid, section.title, was=known.title, now=section.title)
            if known.parent != section.parent:
                titles = [were[known.parent].title if known.parent else new.title]
                titles.append(are[section.parent].title if section.parent else new.title)
                yield self.change("moved", "section", section.uid, section.title, was=titles[0], now=titles[1])
            if fields := tuple(self.fields(SECTION_FIELDS, known, section)):
                yield self.change("changed", "section", section.uid, section.title, fields=fields)
        if old is not None:
            for known in old.sections:
                if known.uid not in are:
                    yield self.change("retired", "section", known.uid, known.title)
            yield from self.of_order(old, new)

    def of_order(self, old: Roadmap, new: Roadmap) -> Iterator[Change]:
        """Sections whose remaining children stand in another order."""
        were, are = _children(old), _children(new)
        titles = {section.uid: section.title for section in new.sections}
        for uid, children in are.items():
            before = were.get(uid, [])
            stayed = set(before) & set(children)
            if [child for child in before if child in stayed] != [child for child in children if child in stayed]:
                where: What = "section" if uid else "roadmap"
                order = FieldChange("order", "", "")
                yield self.change("changed", where, uid or new.uid, titles[uid] if uid else new.title, fields=(order,))

    def fields(self, names: Sequence[str], old: Any, new: Any) -> Iterator[FieldChange]:
        for name in names:
            was, now = getattr(old, name), getattr(new, name)
            if was != now:
                yield FieldChange(name, self.said(was), self.said(now))
        for name, value in new.overrides.items():
            if name in old.overrides and old.overrides[name] != value and name not in {"needs", "inside"}:
                yield FieldChange(name, self.said(old.overrides[name]), self.said(value), kept=True)

    def said(self, value: Any) -> str:
        """A field's value in words."""
        match value:
            case None:
                text = ""
            case bool():
                text = sentence("yes") if value else sentence("no")
            case float():
                text = f"{value:g}"
            case UUID():
                text = self.titles.get(value, str(value))
            case dict():
                text = "; ".join(f"{name}: {self.said(inner)}" for name, inner in value.items())
            case tuple() | list():
                text = ", ".join(map(self.said, value))
            case Need():
                text = self.said(value.topic)
            case Resource():
                text = value.title
            case Step():
                text = f"{value.title} (retired)" if value.retired else value.title
            case _:
                text = str(value)
        return text


_Seated = tuple[str, UUID, bool]
"""(the path of titles, the section's uid, optional)"""


def _seats(curriculum: Curriculum) -> dict[UUID, dict[UUID, _Seated]]:
    """Topic -> roadmap -> seat, in the roadmaps that are not retired."""
    seats: dict[UUID, dict[UUID, _Seated]] = defaultdict(dict)
    for roadmap in curriculum.roadmaps:
        if roadmap.retired:
            continue
        paths: dict[UUID | None, str] = {None: roadmap.title}
        for section in roadmap.sections:
            paths[section.uid] = path = f"{paths[section.parent]} / {section.title}"
            for seat in section.seats:
                seats[seat.topic][roadmap.uid] = (path, section.uid, seat.optional)
    return seats


def _where(seats: Mapping[UUID, _Seated]) -> str:
    return "; ".join(path for path, _, _ in seats.values())


def _children(roadmap: Roadmap) -> dict[UUID | None, list[UUID]]:
    """Section (None: the roadmap) -> uids of its seats and subsections in order."""
    children: dict[UUID | None, list[tuple[int, UUID]]] = defaultdict(list)
    for section in roadmap.sections:
        children[section.parent].append((section.position, section.uid))
        children[section.uid].extend((seat.position, seat.topic) for seat in section.seats)
    return {uid: [child for _, child in sorted(group)] for uid, group in children.items()}


__all__ = ["KINDS", "READ_BY_LEARNERS", "Change", "ChangeKind", "FieldChange", "compare", "counts"]
