"""Where things stand after an import over a tree that an editor arranged: a merge of three. Pure.

The notes as they were (`inside`, which an edit remembers), the tree as it is, the notes as they are now. What an editor
moved stays where they put it; what they did not touch follows the notes; what is new in the notes stands where the
notes have it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from roadmap.plan.curriculum import Origin, Roadmap, Seat, Section, in_reading_order

INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Place:
    """Of one thing: in which section (None: the top), and the seat's own word."""

    parent: UUID | None
    optional: bool = False


Lists = Mapping[UUID | None, Sequence[tuple[UUID, bool]]]
"""Section (None: the top) -> (uid, optional) of what stands in it, in order."""


def was_arranged(roadmap: Roadmap) -> bool:
    """Whether an editor's hand is on what stands where."""
    return INSIDE in roadmap.overrides or any(
        INSIDE in section.overrides or section.origin == Origin() for section in roadmap.sections
    )


def arrange(
    sections: Sequence[Section], old: Roadmap, stays: Collection[UUID]
) -> tuple[tuple[Section, ...], list[Any] | None]:
    """(the sections with everything in its place, what the notes say of the top where that is otherwise).

    `sections` are those of the notes, `stays` the topics that keep a seat here which the notes do not give them.
    """
    theirs = _lists(sections)
    ours = _lists(old.sections)
    base = dict(ours)
    for section in old.sections:
        if section.origin == Origin():
            base[section.uid] = []
        elif INSIDE in section.overrides:
            base[section.uid] = _said(section.overrides[INSIDE])
    if INSIDE in old.overrides:
        base[None] = _said(old.overrides[INSIDE])
    return _Merge(sections, old, stays, base, ours, theirs).done()


def _said(inside: Iterable[tuple[str, bool]]) -> list[tuple[UUID, bool]]:
    return [(UUID(uid), optional) for uid, optional in inside]


def _lists(sections: Iterable[Section]) -> dict[UUID | None, list[tuple[UUID, bool]]]:
    found: dict[UUID | None, list[tuple[int, int, UUID, bool]]] = {None: []}
    for section in sections:
        found.setdefault(section.uid, []).extend((s.position, 0, s.topic, s.optional) for s in section.seats)
        found.setdefault(section.parent, []).append((section.position, 1, section.uid, False))
    return {
        uid: [(child, optional) for _, _, child, optional in sorted(group, key=lambda c: c[:2])]
        for uid, group in found.items()
    }


def _positions(sections: Sequence[Section]) -> dict[UUID, int]:
    found = {section.uid: section.position for section in sections}
    return found | {seat.topic: seat.position for section in sections for seat in section.seats}


def _places(lists: Lists) -> dict[UUID, Place]:
    return {uid: Place(parent, optional) for parent, group in lists.items() for uid, optional in group}


@dataclass(slots=True)
class _Merge:
    sections: Sequence[Section]
    old: Roadmap
    stays: Collection[UUID]
    base: Lists
    ours: Lists
    theirs: Lists
    places: dict[UUID, Place] = field(default_factory=dict)

    def done(self) -> tuple[tuple[Section, ...], list[Any] | None]:
        known = {section.uid: section for section in self.sections}
        before = {section.uid: section for section in self.old.sections}
        for section in self.old.sections:
            if section.uid not in known and section.origin == Origin():
                known[section.uid] = section
        base, ours, theirs = _places(self.base), _places(self.ours), _places(self.theirs)
        for uid, place in theirs.items():
            if uid in ours or uid not in base:
                self.places[uid] = self.place(place, base.get(uid), ours.get(uid), known)
        for uid, place in ours.items():
            if uid not in theirs and (uid in known or uid in self.stays or uid not in base):
                home = self.home(place.parent, known, before)
                if home is None and uid not in known and self.sections:
                    home = self.sections[-1].uid
                if uid in known or (home is not None and uid not in before):
                    self.places[uid] = replace(place, parent=home)
        self.break_loops(known, theirs)
        members: dict[UUID | None, list[UUID]] = {None: [], **{uid: [] for uid in known}}
        for uid, place in self.places.items():
            members[place.parent].append(uid)
        lists = {parent: self.order(parent, group) for parent, group in members.items()}
        return self.built(known, lists)

    @staticmethod
    def place(theirs: Place, base: Place | None, ours: Place | None, known: Mapping[UUID, Section]) -> Place:
        """Where something that the notes have stands: where an editor put it, else where the notes have it."""
        if ours is None:
            return theirs
        edited = base is None or base.parent != ours.parent
        parent = ours.parent if edited or (base and base.parent == theirs.parent) else theirs.parent
        if parent is not None and parent not in known:
            parent = theirs.parent
        marked = base is None or base.optional != ours.optional
        return Place(parent, ours.optional if marked else theirs.optional)

    @staticmethod
    def home(parent: UUID | None, known: Mapping[UUID, Section], before: Mapping[UUID, Section]) -> UUID | None:
        """The section itself, or the nearest one around it that is left."""
        while parent is not None and parent not in known:
            parent = before[parent].parent if parent in before else None
        return parent

    def break_loops(self, known: Mapping[UUID, Section], theirs: Mapping[UUID, Place]) -> None:
        """Sections that an editor and the notes put into one another stand where the notes have them."""
        for uid in known:
            seen = {uid}
            above = self.places[uid].parent
            while above is not None and above not in seen:
                seen.add(above)
                above = self.places[above].parent
            if above is not None:
                for looped in seen & known.keys():
                    self.places[looped] = Place(theirs[looped].parent if looped in theirs else None)

    def order(self, parent: UUID | None, members: list[UUID]) -> list[UUID]:
        have = set(members)
        base, ours, theirs = (
            [uid for uid, _ in lists.get(parent, ()) if uid in have] for lists in (self.base, self.ours, self.theirs)
        )
        first, second = ours, theirs
        if _common(theirs, base) != _common(base, theirs) and _common(ours, base) == _common(base, ours):
            first, second = theirs, ours
        found, placed = list(first), set(first)
        for index, uid in enumerate(second):
            if uid not in placed:
                found.insert(found.index(second[index - 1]) + 1 if index else 0, uid)
                placed.add(uid)
        return [*found, *(uid for uid in members if uid not in placed)]

    def built(
        self, known: Mapping[UUID, Section], lists: Mapping[UUID | None, list[UUID]]
    ) -> tuple[tuple[Section, ...], list[Any] | None]:
        before = {section.uid: section for section in self.old.sections}
        placed: dict[UUID, int] = {}
        were, noted = _positions(self.old.sections), _positions(self.sections)
        for parent, group in lists.items():
            if group == [uid for uid, _ in self.theirs.get(parent, ())]:
                placed.update({uid: noted[uid] for uid in group})
            elif group == [uid for uid, _ in self.ours.get(parent, ())]:
                placed.update({uid: were[uid] for uid in group})
            else:
                placed.update({uid: index for index, uid in enumerate(group)})
        made = []
        for uid, section in known.items():
            seats = tuple(Seat(c, placed[c], self.places[c].optional) for c in lists[uid] if c not in known)
            built = replace(section, parent=self.places[uid].parent, position=placed[uid], seats=seats)
            told = self.told(uid, lists[uid]) if section.origin != Origin() else None
            if told is not None:
                built = replace(built, overrides=built.overrides | {INSIDE: told})
            made.append(before[uid] if before.get(uid) == built else built)
        return in_reading_order(made), self.told(None, lists[None])

    def told(self, parent: UUID | None, group: list[UUID]) -> list[Any] | None:
        """What the notes say stands here, where something else does by an editor's hand."""
        have = set(group)
        as_noted = all(u in have and self.places[u].optional == marked for u, marked in self.theirs.get(parent, ()))
        if as_noted and self.base.get(parent) == self.ours.get(parent):
            return None
        said = [[str(uid), optional] for uid, optional in self.theirs.get(parent, ())]
        return said if said != [[str(uid), self.places[uid].optional] for uid in group] else None


def _common(one: list[UUID], other: list[UUID]) -> list[UUID]:
    known = set(other)
    return [uid for uid in one if uid in known]
