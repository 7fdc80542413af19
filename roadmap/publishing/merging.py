"""A draft laid over what is live now, three ways: as it was when the draft began, is live, and is in the draft. Pure.

What one side alone changed is taken from that side. What both changed otherwise is a clash: the draft's stands, unless
somebody said that what is live is to stay. Lists of children are merged by who stands where, prerequisites one by one,
what the notes say of a field by field; none of these is lost to the other side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from roadmap.plan.arranging import INSIDE
from roadmap.plan.curriculum import (
    Json,
    Origin,
    Roadmap,
    Seat,
    Section,
    Topic,
    in_reading_order,
    roadmap_json,
    roadmap_of,
    section_json,
    section_of,
    topic_json,
    topic_of,
)
from roadmap.plan.keys import Slugs
from roadmap.studio.shape import Child, Inside, Thing, children, noted, parents

What = Literal["roadmap", "section", "topic"]
PLACE = "place"
"""The field of a clash about where something stands."""
_MISSING: Any = object()
_SHAPE = ("parent", "position", "seats")
"""Of a section: worked out from the lists of children."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that was changed live and in the draft. Values as JSON; of a place the uid of the section, or None."""

    what: What
    uid: UUID
    title: str
    field: str
    was: Any
    live: Any
    draft: Any

    @property
    def key(self) -> str:
        return f"{self.what}-{self.uid}-{self.field}"


class Merge:
    """One merging of several things; `clashes` fills as it goes."""

    def __init__(self, theirs: Collection[str] = ()) -> None:
        self.theirs = theirs
        """Keys of the clashes in which what is live stays."""
        self.clashes: list[Clash] = []

    def topic(self, base: Json, live: Topic, draft: Json) -> Topic:
        now = topic_json(live)
        if now == base:
            return topic_of(draft)
        if draft == base:
            return live
        whole = self._fields("topic", now["uid"], base, now, draft, ("needs", "origin"))
        needs = _keyed(*({n["topic"]: n for n in side["needs"]} for side in (base, now, draft)))
        known = {step["uid"] for step in whole["steps"]}
        later = [step | {"retired": True} for step in now["steps"] if step["uid"] not in known]
        return topic_of(whole | {"needs": list(needs.values()), "steps": [*whole["steps"], *later]})

    def roadmap(self, base: Json, live: Roadmap, draft: Json) -> Roadmap:
        now = roadmap_json(live)
        if now == base:
            return roadmap_of(draft)
        if draft == base:
            return live
        was, is_ = roadmap_of(base), roadmap_of(draft)
        bare = self._fields("roadmap", now["uid"], base, now, draft, ("sections", "origin"))
        homes = self._homes(was, live, is_)
        sections = _Sections(was, live, is_)
        _whole(homes, sections)
        made = [self._section(uid, sections) for uid in homes if uid in sections.known]
        sides = [children(side) for side in (was, live, is_)]
        arranged = _arranged(made, homes, sides)
        whole = replace(roadmap_of(bare | {"sections": []}), sections=arranged)
        notes = {uid: noted(inside) for uid, inside in sides[1].items()}
        told = tuple(_noting(s, sections.live.get(s.uid), notes.get(s.uid)) for s in arranged)
        return replace(_noting(whole, live, notes[None]), sections=told)

    def _section(self, uid: UUID, sections: _Sections) -> Section:
        was, live, draft = (side.get(uid) for side in (sections.was, sections.live, sections.draft))
        if live is None or draft is None:
            one = live or draft or sections.was[uid]
            return one if was is None or live is not None else replace(one, origin=Origin(), overrides={})
        base = section_json(was or live)
        return section_of(
            self._fields("section", str(uid), base, section_json(live), section_json(draft), ("origin", *_SHAPE))
        )

    def _homes(self, was: Roadmap, live: Roadmap, draft: Roadmap) -> dict[UUID, UUID | None]:
        """uid of all that stands anywhere -> the section it stands in, None at the top."""
        before, now, then = (parents(children(side)) for side in (was, live, draft))
        titles = {section.uid: section.title for side in (draft, live) for section in side.sections}
        homes: dict[UUID, UUID | None] = {}
        for uid in dict.fromkeys((*now, *then)):
            b, mine, drafted = (side.get(uid, _MISSING) for side in (before, now, then))
            home = drafted if mine in (b, drafted) else mine
            if _MISSING not in (mine, drafted) and b not in (mine, drafted) and mine != drafted:
                title = titles.get(uid, "")
                what: What = "section" if uid in titles else "topic"
                values = [None if side in (_MISSING, None) else str(side) for side in (b, mine, drafted)]
                clash = Clash(what, uid, title, PLACE, *values)
                self.clashes.append(clash)
                home = mine if clash.key in self.theirs else drafted
            if home is not _MISSING:
                homes[uid] = home
        return homes

    def _fields(  # noqa: PLR0917 (what it is, and its three sides)
        self, what: What, uid: str, base: Json, live: Json, draft: Json, without: Collection[str]
    ) -> Json:
        whole = dict(live)
        overrides = _keyed(base["overrides"], live["overrides"], draft["overrides"])
        for name in live:
            was, now, drafted = base[name], live[name], draft[name]
            if name in without or name == "overrides" or drafted in (was, now):
                continue
            taken = drafted
            if now != was:
                clash = Clash(what, UUID(uid), live["title"], name, was, now, drafted)
                self.clashes.append(clash)
                taken = now if clash.key in self.theirs else drafted
                _override(overrides, name, live, draft, drafted=taken is drafted)
            whole[name] = taken
        return whole | {"overrides": overrides}


def _override(overrides: Json, name: str, live: Json, draft: Json, *, drafted: bool) -> None:
    """What the notes say of a field that both changed: what is live knows it better."""
    if name in live["overrides"]:
        overrides[name] = live["overrides"][name]
    elif not drafted:
        overrides.pop(name, None)
    elif name in draft["overrides"]:
        said = live[name]
        overrides[name] = [step["title"] for step in said if not step["retired"]] if name == "steps" else said


def _keyed(base: Mapping[str, Any], live: Mapping[str, Any], draft: Mapping[str, Any]) -> Json:
    """Key by key; where both changed the same, what is live."""
    found: Json = {}
    for name in (*live, *(name for name in draft if name not in live)):
        was, now, drafted = (side.get(name, _MISSING) for side in (base, live, draft))
        taken = drafted if now == was else now
        if taken is not _MISSING:
            found[name] = taken
    return found


class _Sections:
    def __init__(self, was: Roadmap, live: Roadmap, draft: Roadmap) -> None:
        self.was, self.live, self.draft = ({s.uid: s for s in side.sections} for side in (was, live, draft))
        self.known = self.was.keys() | self.live.keys() | self.draft.keys()


def _whole(homes: dict[UUID, UUID | None], sections: _Sections) -> None:
    """Bring back sections that one side took away and the other put something in; and let none stand in itself."""
    waiting = list(homes.values())
    while waiting:
        home = waiting.pop()
        if home is not None and home not in homes:
            model = sections.live.get(home) or sections.draft.get(home) or sections.was[home]
            homes[home] = model.parent
            waiting.append(model.parent)
    for uid in list(homes):
        above, seen = homes[uid], {uid}
        while above is not None and above not in seen:
            seen.add(above)
            above = homes[above]
        if above is not None:
            for inner, section in (sections.live | sections.draft).items():
                homes[inner] = section.parent
            _whole(homes, sections)
            return


def _arranged(made: list[Section], homes: Mapping[UUID, UUID | None], sides: list[Inside]) -> tuple[Section, ...]:
    """The sections with their places and seats, from who stands where on each of the three sides."""
    was, live, draft = sides
    seats = [{c.uid: c for group in side.values() for c in group} for side in sides]
    found = {section.uid: section for section in made}
    inside: dict[UUID | None, list[UUID]] = {parent: [] for parent in (None, *found)}
    for uid, home in homes.items():
        inside[home].append(uid)
    for parent, members in inside.items():
        orders = [[child.uid for child in side.get(parent, ())] for side in (was, live, draft)]
        order = _ordered(set(members), *orders)
        placed: list[Seat] = []
        for index, uid in enumerate(order):
            if uid in found:
                found[uid] = replace(found[uid], parent=parent, position=index)
            else:
                placed.append(Seat(uid, index, _optional(*(side.get(uid) for side in seats))))
        if parent is not None:
            found[parent] = replace(found[parent], seats=tuple(placed))
    return in_reading_order(_addressed(found.values(), live))


def _addressed(sections: Iterable[Section], live: Inside) -> list[Section]:
    """Those that stand in the tables keep their addresses; a new one of the draft may have to take another."""
    stored = {child.uid for group in live.values() for child in group}
    taken: set[str] = set()
    slugged: list[Section] = []
    for section in sorted(sections, key=lambda section: section.uid not in stored):
        slug = Slugs(taken).take(section.slug, "section") if section.slug in taken else section.slug
        taken.add(slug)
        slugged.append(replace(section, slug=slug))
    return slugged


def _noting(thing: Thing, live: Section | Roadmap | None, inside: list[list[Any]] | None) -> Thing:
    """With the notes' list of what stands inside: where no editor arranged it yet, that is what is live."""
    if INSIDE not in thing.overrides or live is None or INSIDE in live.overrides:
        return thing
    return replace(thing, overrides=thing.overrides | {INSIDE: inside or []})


def _ordered(members: set[UUID], was: Iterable[UUID], live: Iterable[UUID], draft: Iterable[UUID]) -> list[UUID]:
    """The draft's order, if it arranged anything here, else the live one; what it lacks stands behind what it stands
    behind on the other side."""
    lead, other = (list(live), list(draft)) if list(draft) == list(was) else (list(draft), list(live))
    order = [uid for uid in lead if uid in members]
    known = set(order)
    before: UUID | None = None
    for uid in other:
        if uid in members and uid not in known:
            order.insert(order.index(before) + 1 if before is not None else 0, uid)
            known.add(uid)
        before = uid if uid in known else before
    return [*order, *sorted(members - known)]


def _optional(was: Child | None, live: Child | None, draft: Child | None) -> bool:
    if live is None or draft is None:
        return (live or draft or Child(UUID(int=0))).optional
    return draft.optional if was is None or live.optional == was.optional else live.optional
