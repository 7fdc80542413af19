"""What a fork and what it follows both changed: asked, and decided. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from roadmap.plan.arranging import Asked, Lists, Place, lists_of, noted_lists, places_of
from roadmap.plan.curriculum import Roadmap
from roadmap.plan.upstream import Said, Upstream
from roadmap.sentences import sentence


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed the same. `theirs` and `mine` are what each says, in words."""

    key: str
    what: str
    """roadmap, section or topic."""
    title: str
    name: str
    """The field; or `place`, `gone`, `out`, `order`."""
    was: str
    mine: str
    theirs: str
    taken: bool
    """Theirs was chosen."""


@dataclass(slots=True)
class Contest:
    """The conflicts of one plan, as they are found."""

    fork: Roadmap
    chosen: frozenset[str]
    """Keys of those in which the other side is right."""
    titles: Mapping[UUID, str]
    conflicts: list[Conflict] = field(default_factory=list)

    def asked(self, name: str, what: str, uid: UUID, sides: tuple[Any, Any, Any]) -> bool:
        """Note a conflict, whose `sides` are what was, mine and theirs; whether the other side is right."""
        key = f"{name}-{uid.hex}"
        title = self.fork.title if what == "roadmap" else self.titles.get(uid, "")
        was, mine, theirs = map(_words, sides)
        self.conflicts.append(Conflict(key, what, title, name, was, mine, theirs, key in self.chosen))
        return key in self.chosen

    def at(self, place: Place | None) -> str:
        """Where that is, in words."""
        if place is None:
            return ""
        return self.fork.title if place.parent is None else self.titles.get(place.parent, "")


class Places:
    """Where both sides put something."""

    def __init__(self, contest: Contest, said: Said, upstream: Upstream, own: Collection[UUID]) -> None:
        """`own`: the fork's own topics."""
        self.contest, self.said, self.upstream, self.own = contest, said, upstream, own
        fork = contest.fork
        self.mine = {section.uid: section for section in fork.sections}
        self.lists = noted_lists(fork), lists_of(fork.sections), said.lists
        self.base, self.ours, self.theirs = map(places_of, self.lists)

    def decided(self) -> tuple[Asked, set[UUID]]:
        """(what was decided, the topics that stay though the other side has them no more)."""
        follow: set[UUID] = set()
        stays: set[UUID] = set()
        for uid, place in self.ours.items():
            was, there = self.base.get(uid), self.theirs.get(uid)
            if there is None and (self._touched(uid, place, was) if was else self._retired(uid)):
                (follow if self._asked("gone", uid) else stays).add(uid)
            elif there is None and was is None and uid in self.mine:
                stays.add(uid)
            elif there is not None and there.parent != place.parent and _both(place, was, there):
                follow |= {uid} if self._asked("place", uid) else set()
        for uid, there in self.theirs.items():
            was = self.base.get(uid)
            if uid not in self.ours and was is not None and was.parent != there.parent:
                follow |= {uid} if self._asked("out", uid) else set()
        unmoved = self._nested(follow)
        asked = Asked(follow, stays & self.mine.keys(), unmoved, self._ordered(*self.lists), exact=True)
        return asked, stays - self.mine.keys()

    def _asked(self, name: str, uid: UUID) -> bool:
        what = "section" if uid in self.mine else "topic"
        was, mine, theirs = (self.contest.at(places.get(uid)) for places in (self.base, self.ours, self.theirs))
        return self.contest.asked(name, what, uid, (was, mine, theirs))

    def _nested(self, follow: set[UUID]) -> set[UUID]:
        """Sections that the other side put into what the fork put into them, and that do not move. Where the other
        side is right, the fork's own moves are added to `follow`."""
        unmoved: set[UUID] = set()
        while loop := self._loop(follow, unmoved):
            moved = [
                uid for uid in loop if not self._mine(uid) and self._parent(uid, follow, unmoved) != self._had(uid)
            ]
            if not moved:
                break
            uid = min(moved)
            if self._asked("nested", uid):
                follow |= {other for other in loop if self._mine(other)}
                unmoved.discard(uid)
            else:
                unmoved.add(uid)
        return unmoved

    def _loop(self, follow: Collection[UUID], unmoved: Collection[UUID]) -> list[UUID]:
        """Sections that would stand inside one another; empty where there are none."""
        sections = {*self.mine, *self.said.sections}
        for uid in sorted(sections):
            way: list[UUID] = []
            above: UUID | None = uid
            while above is not None and above in sections and above not in way:
                way.append(above)
                above = self._parent(above, follow, unmoved)
            if above is not None and above in way:
                return way[way.index(above) :]
        return []

    def _parent(self, uid: UUID, follow: Collection[UUID], unmoved: Collection[UUID]) -> UUID | None:
        ours, theirs = self.ours.get(uid), self.theirs.get(uid)
        if theirs is None or (ours is not None and uid not in follow and (uid in unmoved or self._mine(uid))):
            return ours.parent if ours else None
        return theirs.parent

    def _had(self, uid: UUID) -> UUID | None:
        return self.ours[uid].parent if uid in self.ours else self.theirs[uid].parent

    def _mine(self, uid: UUID) -> bool:
        """Whether an editor of the fork moved it."""
        was, ours = self.base.get(uid), self.ours.get(uid)
        return ours is not None and (was is None or was.parent != ours.parent)

    def _touched(self, uid: UUID, place: Place, was: Place) -> bool:
        """Whether an editor of the fork did something to it."""
        return place != was or uid in self.own or (uid in self.mine and bool(self.mine[uid].overrides))

    def _retired(self, uid: UUID) -> bool:
        """Whether it is a topic of others that is retired everywhere."""
        return uid in self.upstream.topics and self.upstream.topics[uid].retired

    def _ordered(self, base: Lists, ours: Lists, theirs: Lists) -> set[UUID | None]:
        """Lists that both put in another order, where theirs was chosen."""
        fork, titles = self.contest.fork, self.contest.titles
        found: set[UUID | None] = set()
        for parent, group in ours.items():
            was, there = ([uid for uid, _ in lists.get(parent, ())] for lists in (base, theirs))
            common = {uid for uid, _ in group} & set(was) & set(there)
            one, two, three = ([uid for uid in each if uid in common] for each in (was, [u for u, _ in group], there))
            if one not in (two, three) and two != three:
                named = [", ".join(titles.get(each, "") for each in order) for order in (one, two, three)]
                what = "section" if parent else "roadmap"
                if self.contest.asked("order", what, parent or fork.uid, (named[0], named[1], named[2])):
                    found.add(parent)
        return found


def _both(place: Place, was: Place | None, there: Place) -> bool:
    """Whether both sides put it somewhere."""
    return was is None or was.parent not in {place.parent, there.parent}


def _words(value: Any) -> str:
    """One side of a conflict, for people."""
    match value:
        case bool():
            return sentence("yes") if value else sentence("no")
        case float():
            said = f"{value:g}"
        case tuple() | list():
            said = ", ".join(map(_words, value))
        case dict():
            said = str(value.get("title") or "; ".join(f"{name}: {_words(inner)}" for name, inner in value.items()))
        case _:
            said = "" if value is None else str(getattr(value, "title", value))
    return said if not isinstance(value, str) else value
