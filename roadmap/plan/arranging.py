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


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody decided where the notes and an editor both put something elsewhere."""

    follow: Collection[UUID] = ()
    """Things that stand where the notes have them, whatever the editor did."""
    kept: Collection[UUID] = ()
    """Sections that stay though the notes have them no more."""
    unmoved: Collection[UUID] = ()
    """Sections that stand where the editor has them, though the notes moved them."""
    ordered: Collection[UUID | None] = ()
    """Sections (None: the top) whose order is that of the notes."""
    exact: bool = False
    """Remember the notes' list wherever another one stands, so that nothing rests on which topics are whose."""


def arrange(
    sections: Sequence[Section], old: Roadmap, stays: Collection[UUID], asked: Asked | None = None
) -> tuple[tuple[Section, ...], list[Any] | None]:
    """(the sections with everything in its place, what the notes say of the top where that is otherwise).

    `sections` are those of the notes, `stays` the topics that keep a seat here which the notes do not give them.
    """
    ours, theirs = lists_of(old.sections), lists_of(sections)
    return _Merge(sections, old, stays, noted_lists(old), ours, theirs, asked or Asked()).done()


def noted_lists(roadmap: Roadmap) -> dict[UUID | None, list[tuple[UUID, bool]]]:
    """What the notes had in each list when they were last read."""
    base = lists_of(roadmap.sections)
    for section in roadmap.sections:
        if section.origin == Origin():
            base[section.uid] = []
        elif INSIDE in section.overrides:
            base[section.uid] = _said(section.overrides[INSIDE])
    if INSIDE in roadmap.overrides:
        base[None] = _said(roadmap.overrides[INSIDE])
    return base


def _said(inside: Iterable[tuple[str, bool]]) -> list[tuple[UUID, bool]]:
    return [(UUID(uid), optional) for uid, optional in inside]


def lists_of(sections: Iterable[Section]) -> dict[UUID | None, list[tuple[UUID, bool]]]:
    """What stands in each section, in order."""
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


def places_of(lists: Lists) -> dict[UUID, Place]:
    return {uid: Place(parent, optional) for parent, group in lists.items() for uid, optional in group}


@dataclass(slots=True)
class _Merge:
    sections: Sequence[Section]
    old: Roadmap
    stays: Collection[UUID]
    base: Lists
    ours: Lists
    theirs: Lists
    asked: Asked
    places: dict[UUID, Place] = field(default_factory=dict)

    def done(self) -> tuple[tuple[Section, ...], list[Any] | None]:
        known = {section.uid: section for section in self.sections}
        before = {section.uid: section for section in self.old.sections}
        for section in self.old.sections:
            if section.uid not in known and (section.origin == Origin() or section.uid in self.asked.kept):
                overrides = {name: said for name, said in section.overrides.items() if name != INSIDE}
                known[section.uid] = (
                    section if overrides == section.overrides else replace(section, overrides=overrides)
                )
        base, ours, theirs = places_of(self.base), places_of(self.ours), places_of(self.theirs)
        for uid, place in theirs.items():
            if uid in self.asked.follow or (uid in self.asked.unmoved and uid in ours):
                self.places[uid] = place if uid in self.asked.follow else ours[uid]
            elif uid in ours or uid not in base:
                self.places[uid] = self.place(place, base.get(uid), ours.get(uid), known)
        for uid, place in ours.items():
            if uid not in theirs and self.stays_here(uid, known, base):
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

    def stays_here(self, uid: UUID, known: Collection[UUID], base: Collection[UUID]) -> bool:
        """Whether something that the notes do not have keeps a place: it was never theirs, or it was decided."""
        return uid in known or uid in self.stays or (uid not in base and uid not in self.asked.follow)

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
        unmoved = _common(ours, base) == _common(base, ours)
        if parent in self.asked.ordered or (unmoved and _common(theirs, base) != _common(base, theirs)):
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
        theirs = self.theirs.get(parent, ())
        as_noted = all(uid in have and self.places[uid].optional == optional for uid, optional in theirs)
        if as_noted and self.base.get(parent) == self.ours.get(parent) and not self.asked.exact:
            return None
        said = [[str(uid), optional] for uid, optional in theirs]
        return said if said != [[str(uid), self.places[uid].optional] for uid in group] else None


def _common(one: list[UUID], other: list[UUID]) -> list[UUID]:
    known = set(other)
    return [uid for uid in one if uid in known]
