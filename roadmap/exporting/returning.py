"""An export that comes back, perhaps changed: the plan over the notes that its roadmap was read from. Pure.

What the files say as they were written is no change. What somebody changed in them is an edit, as if made in the
browser: it is kept when the roadmap's own notes are read again, and these are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from roadmap.exporting.told import Told, told
from roadmap.notes.house.reading import OURS
from roadmap.notes.items import Problem, Reading
from roadmap.plan import Answers, Curriculum, Plan, plan
from roadmap.plan.arranging import INSIDE, lists_of, noted_lists
from roadmap.plan.changes import compare
from roadmap.plan.curriculum import (
    Json,
    Need,
    Origin,
    Roadmap,
    Seat,
    Section,
    Topic,
    canonical,
    in_reading_order,
    need_json,
)
from roadmap.plan.keeping import remembered, steps_of
from roadmap.sentences import sentence

_TOPIC = ("title", "summary", "body", "hours", "details", "aliases", "related", "meta", "resources")
_SECTION = ("title", "summary", "optional", "choose", "ordered", "resources")
_ROADMAP = ("title", "summary", "locking")
Lists = Mapping[UUID | None, list[tuple[UUID, bool]]]


def plan_return(
    now: Curriculum,
    shown: Curriculum,
    roadmap: UUID,
    reading: Reading,
    *,
    answers: Answers | None = None,
    taken: Collection[str] = (),
    digest: str = "",
    new_uid: Callable[[], UUID] = uuid4,
) -> Plan:
    """Plan the import of `reading`, an export of `roadmap`, over `now`, all that is stored of the roadmap's source.

    `shown` is what the export shows: the roadmap with every topic that it seats, those of other sources too. Whatever
    else `now` holds stays as it is. Topics of other sources are not changed; a warning says so where the files do.
    """
    export = told(shown, roadmap)
    slugs = {*taken, *(topic.slug for topic in (*now.topics, *shown.topics))}
    asked = plan(export.curriculum, reading, answers=answers, taken=slugs, digest=digest, new_uid=new_uid)
    if not any(found.uid == roadmap for found in asked.target.roadmaps if not found.retired):
        return replace(asked, now=now, target=now, digests={})
    returning = _Returning(now, shown, export, asked, new_uid)
    target = returning.target(roadmap)
    lines = {change.uid: (change.source, change.line) for change in asked.changes}
    return replace(
        asked,
        now=now,
        target=now if target == now else target,
        changes=compare(now, target, lines),
        problems=(*asked.problems, *returning.problems),
        digests={},
    )


class _Returning:
    def __init__(
        self, now: Curriculum, shown: Curriculum, export: Told, asked: Plan, new_uid: Callable[[], UUID]
    ) -> None:
        self.now, self.export, self.new_uid = now, export, new_uid
        self.base, self.asked = export.curriculum.topic_by_uid(), asked.target.topic_by_uid()
        self.own, self.shown = now.topic_by_uid(), shown.topic_by_uid()
        self.result = asked.target
        self.problems: list[Problem] = []

    def target(self, roadmap: UUID) -> Curriculum:
        given = next(found for found in self.now.roadmaps if found.uid == roadmap)
        wanted = next(found for found in self.result.roadmaps if found.uid == roadmap)
        elsewhere = {
            seat.topic
            for found in self.now.roadmaps
            if found.uid != roadmap and not found.retired
            for section in found.sections
            for seat in section.seats
        }
        topics = dict(self.own)
        for uid, topic in self.asked.items():
            if uid not in self.base:
                needs = tuple(n if n.source == "chain" else replace(n, source="editor") for n in topic.needs)
                topics[uid] = replace(topic, origin=Origin(), overrides={"retired": True}, needs=needs)
            elif uid in self.own:
                topics[uid] = self.topic(self.own[uid], self.base[uid], topic, stays=uid in elsewhere)
            elif not topic.retired and self.changed(self.base[uid], topic):
                message = sentence(
                    "“%(title)s” belongs to other notes; what these files say otherwise of it is left out.",
                    title=topic.title,
                )
                self.problems.append(Problem("", 0, "warning", "topic-elsewhere", message))
        others = [found for found in self.now.roadmaps if found.uid != roadmap]
        return canonical([*others, self.roadmap(given, wanted)], list(topics.values()))

    @staticmethod
    def changed(base: Topic, topic: Topic) -> bool:
        names = (*_TOPIC, "needs", "unmet", "planned")
        return any(getattr(base, name) != getattr(topic, name) for name in names) or (
            [step.title for step in base.steps] != [step.title for step in topic.steps if not step.retired]
        )

    def topic(self, old: Topic, base: Topic, new: Topic, *, stays: bool) -> Topic:
        if new.retired:
            return old if stays else self.retired(old)
        changed = {name: getattr(new, name) for name in _TOPIC if getattr(new, name) != getattr(base, name)}
        overrides = _overridden(old, changed)
        titles = [step.title for step in new.steps if not step.retired]
        if titles != [step.title for step in base.steps]:
            changed["steps"] = steps_of(titles, old.steps, self.new_uid)
            noted = [step.title for step in old.steps if not step.retired]
            if old.origin != Origin():
                overrides = {"steps": noted} | overrides
        changed |= {
            name: getattr(new, name) for name in ("planned", "unmet") if getattr(new, name) != getattr(base, name)
        }
        if new.needs != base.needs:
            changed["needs"], removed = self.needs(old, base, new)
            overrides = {name: value for name, value in overrides.items() if name != "needs"}
            overrides |= {"needs": removed} if removed else {}
        return replace(old, overrides=overrides, **changed) if changed else old

    @staticmethod
    def retired(old: Topic) -> Topic:
        overrides = dict(old.overrides)
        noted = bool(overrides.pop("retired", old.retired))
        return replace(old, retired=True, overrides=overrides | ({} if noted else {"retired": False}))

    def needs(self, old: Topic, base: Topic, new: Topic) -> tuple[tuple[Need, ...], Json]:
        """(what it needs now, the links of the notes that are gone)."""
        before, known = {need.topic: need for need in base.needs}, {need.topic: need for need in old.needs}
        asked = {need.topic for need in new.needs}
        away = [need for need in old.needs if need.topic not in before]
        kept = []
        for need in new.needs:
            same = before.get(need.topic)
            if same is not None and same == need:
                kept.append(known[need.topic])
            else:
                kept.append(need if need.source == "chain" else replace(need, source="editor"))
        removed = {uid: said for uid, said in old.overrides.get("needs", {}).items() if UUID(uid) not in asked}
        for need in old.needs:
            if need.topic in before and need.topic not in asked and need.source != "editor":
                removed[str(need.topic)] = need_json(need)
        return (*kept, *away), removed

    # The tree

    def roadmap(self, old: Roadmap, new: Roadmap) -> Roadmap:
        base = self.export.roadmap
        changed: Json = {name: getattr(new, name) for name in _ROADMAP if getattr(new, name) != getattr(base, name)}
        overrides = _overridden(old, changed)
        if new.meta != base.meta and {**new.meta, "locking": ""} != {**base.meta, "locking": ""}:
            changed["meta"] = {name: value for name, value in old.meta.items() if name in OURS} | {
                name: value for name, value in new.meta.items() if name != "locking"
            }
        sections, told_anew = self.sections(old, new)
        if told_anew is not None:
            overrides = {name: value for name, value in overrides.items() if name != INSIDE} | told_anew
        built = replace(old, sections=sections, overrides=overrides, **changed)
        return old if built == old else built

    def sections(self, old: Roadmap, new: Roadmap) -> tuple[tuple[Section, ...], Json | None]:
        """(the sections as they will stand, what the roadmap remembers of the notes' own list where that changed)."""
        before = {section.uid: section for section in old.sections}
        base = {section.uid: section for section in self.export.roadmap.sections}
        ours, was, wanted = lists_of(old.sections), lists_of(self.export.roadmap.sections), lists_of(new.sections)
        noted = noted_lists(old)
        at: dict[UUID, tuple[int, bool]] = {}
        """Of what stands in a list that changed: its position, and whether it is optional."""
        seats: dict[UUID, list[Seat]] = {}
        for parent, members in wanted.items():
            if parent is not None and members == was.get(parent):
                seats[parent] = list(before[parent].seats)
            elif members != was.get(parent):
                hidden = [child for child in ours.get(parent, ()) if self.hidden(child[0], before)]
                at.update({uid: (index, optional) for index, (uid, optional) in enumerate((*members, *hidden))})
                if parent is not None:
                    inner = {section.uid for section in new.sections}
                    seats[parent] = [Seat(uid, *at[uid]) for uid, _ in (*members, *hidden) if uid not in inner]
        made = []
        for section in new.sections:
            known = before.get(section.uid)
            position = at[section.uid][0] if section.uid in at else (known or section).position
            if known is None:
                fresh = replace(section, origin=Origin(), overrides={}, position=position)
                made.append(replace(fresh, seats=tuple(seats[section.uid])))
                continue
            told_ = base[section.uid]
            changed: Json = {
                name: getattr(section, name) for name in _SECTION if getattr(section, name) != getattr(told_, name)
            }
            overrides = _overridden(known, changed)
            changed |= {n: getattr(section, n) for n in ("kind", "number") if getattr(section, n) != getattr(told_, n)}
            if wanted[section.uid] != was[section.uid] and known.origin != Origin():
                overrides = {name: value for name, value in overrides.items() if name != INSIDE}
                overrides |= _inside(noted.get(section.uid, []), wanted[section.uid])
            parent = known.parent if section.parent == told_.parent else section.parent
            built = replace(
                known, parent=parent, position=position, seats=tuple(seats[section.uid]), overrides=overrides, **changed
            )
            made.append(known if built == known else built)
        top = None if wanted[None] == was[None] else _inside(noted[None], wanted[None])
        return in_reading_order(made), top

    def hidden(self, uid: UUID, sections: Collection[UUID]) -> bool:
        """Whether an export does not show it: a retired topic, which keeps its seat."""
        return uid not in sections and uid not in self.base


def _inside(noted: list[tuple[UUID, bool]], members: list[tuple[UUID, bool]]) -> Json:
    return {} if noted == members else {INSIDE: [[str(uid), optional] for uid, optional in noted]}


def _overridden(old: Topic | Section | Roadmap, changed: Json) -> Json:
    """The overrides with what the notes say of every field that changes; nothing for what never stood in notes."""
    if old.origin == Origin() or not changed:
        return old.overrides
    overrides: dict[str, Any] = dict(old.overrides)
    for name, value in changed.items():
        noted = overrides.setdefault(name, remembered(getattr(old, name)))
        if noted == remembered(value):
            del overrides[name]
    return overrides
