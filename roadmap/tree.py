"""The tree of one roadmap as plain data: branches in reading order, the topics seated on them, what needs what. Pure.

A `Tree` says nothing of people. `roadmap.queries.tree_of` loads it; `tracker.overlay` lays a learner's marks over it.
What many overlays need (positions, effective needs) is computed once per tree and kept on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal
from uuid import UUID

from roadmap.graph import without_cycles

Locking = Literal["advisory", "strict"]


@dataclass(frozen=True, slots=True)
class Facts:
    """A topic as any roadmap shows it."""

    id: int
    uid: UUID
    slug: str
    title: str
    summary: str = ""
    details: Sequence[str] = ()
    hours: float | None = None
    planned: bool = False
    """Named by a wiki link whose note does not exist yet."""
    revision: int = 1
    retired: bool = False
    reachable: bool = True
    """Seated in some roadmap that people may read; a prerequisite that is not cannot be asked for."""


@dataclass(frozen=True, slots=True)
class Resource:
    title: str
    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A topic's place on a branch."""

    topic: int
    """Id of the topic, key of `Tree.topics`."""
    optional: bool = False
    """Marked so itself or by a branch above."""
    position: int = 0
    """Among the seats and the subsections of its branch."""
    placed_at: float = 0.0
    """When it was seated, Unix time; 0 where unknown."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A level or a module."""

    id: int
    parent: int | None
    """Index in `Tree.branches`; parents stand before their children."""
    depth: int
    """0 for those directly under the roadmap."""
    kind: str
    title: str
    slug: str
    number: int | None = None
    summary: str = ""
    optional: bool = False
    """Marked so itself or by a branch above."""
    choose: int | None = None
    """So many of the topics below are enough."""
    ordered: bool = False
    position: int = 0
    seats: tuple[Seat, ...] = ()
    children: tuple[int, ...] = ()
    """Indexes in `Tree.branches`, in reading order."""
    resources: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """One prerequisite of a topic. Needs of one topic with the same non-empty group are alternatives."""

    topic: int
    reason: str = ""
    group: str = ""
    source: str = "notes"


@dataclass(frozen=True)
class Tree:
    """One roadmap at one revision."""

    id: int
    slug: str
    title: str
    summary: str = ""
    locking: Locking = "advisory"
    revision: int = 1
    branches: tuple[Branch, ...] = ()
    """In reading order, parents before children."""
    topics: dict[int, Facts] = field(default_factory=dict)
    """Every topic seated here, and those of other roadmaps that its topics need or open."""
    needs: dict[int, tuple[Need, ...]] = field(default_factory=dict)
    """Of every topic in `topics`, as stated, guesses included."""
    kept: dict[str, object] = field(default_factory=dict, compare=False, repr=False)
    """What others worked out from this tree alone and keep with it, under the name of their module."""

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Ids of the seated topics in reading order."""
        return tuple(seat.topic for _, seat in self.seats())

    def seats(self) -> Iterator[tuple[int, Seat]]:
        """(index of the branch, seat) in reading order: seats and subsections of a branch interleave by position."""
        roots = [i for i, branch in enumerate(self.branches) if branch.parent is None]
        stack: list[tuple[int, Seat | None]] = [(i, None) for i in reversed(roots)]
        while stack:
            index, seat = stack.pop()
            if seat is not None:
                yield index, seat
                continue
            branch = self.branches[index]
            inside: list[tuple[int, int, tuple[int, Seat | None]]] = [
                (s.position, 0, (index, s)) for s in branch.seats
            ] + [(self.branches[c].position, 1, (c, None)) for c in branch.children]
            inside.sort(key=lambda entry: entry[:2])
            stack.extend(entry for _, _, entry in reversed(inside))

    @cached_property
    def by_slug(self) -> dict[str, Facts]:
        """The seated topics by slug."""
        return {self.topics[topic].slug: self.topics[topic] for topic in self.order}

    @cached_property
    def seated(self) -> dict[int, int]:
        """Topic id -> index of the branch it sits on."""
        return {seat.topic: index for index, seat in self.seats()}

    @cached_property
    def optional(self) -> frozenset[int]:
        """Ids of the seated topics that do not count."""
        return frozenset(seat.topic for _, seat in self.seats() if seat.optional)

    @cached_property
    def place(self) -> dict[int, int]:
        """Topic id -> its place in reading order, from 0."""
        return {topic: place for place, topic in enumerate(self.order)}

    @cached_property
    def placed_at(self) -> dict[int, float]:
        """Topic id -> when it was seated here, Unix time."""
        return {seat.topic: seat.placed_at for _, seat in self.seats()}

    @cached_property
    def asked(self) -> dict[int, tuple[tuple[int, ...], ...]]:
        """Topic id -> groups of alternatives that can really be asked for; one topic of each group is needed.

        Left out: guesses, topics retired or seated nowhere, and edges that close a loop (`unsatisfiable` lists them).
        A group that lost all its alternatives asks for nothing.
        """
        return self._effective[0]

    @cached_property
    def met_by(self) -> dict[int, tuple[tuple[int, ...], ...]]:
        """Like `asked`, group by group, with all that meets it: also alternatives nobody can be asked for any more.

        Whoever did such an alternative before it was retired has met the group and stays so.
        """
        return self._effective[1]

    @cached_property
    def groups(self) -> dict[int, tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]]:
        """Topic id -> for each of its groups the pair of `asked` and `met_by`."""
        return {topic: tuple(zip(some, self.met_by[topic], strict=True)) for topic, some in self.asked.items()}

    @cached_property
    def met_beside(self) -> tuple[tuple[int, int], ...]:
        """(topic, alternative) where the alternative meets a group that no longer asks for it."""
        return tuple(
            (topic, need)
            for topic, groups in self.groups.items()
            for asked, by in groups
            for need in by
            if need not in asked
        )

    @cached_property
    def unsatisfiable(self) -> tuple[tuple[int, int, str], ...]:
        """(topic, prerequisite, why) of the prerequisites nobody can meet, for editors."""
        return self._effective[2]

    @cached_property
    def _effective(
        self,
    ) -> tuple[
        dict[int, tuple[tuple[int, ...], ...]],
        dict[int, tuple[tuple[int, ...], ...]],
        tuple[tuple[int, int, str], ...],
    ]:
        ignored: list[tuple[int, int, str]] = []
        plain: dict[int, list[int]] = {}
        for topic in self.topics:
            plain[topic] = []
            for need in self.needs.get(topic, ()):
                facts = self.topics.get(need.topic)
                if need.source == "guess":
                    continue
                if facts is None or facts.retired:
                    ignored.append((topic, need.topic, "retired"))
                elif not facts.reachable and need.topic not in self.seated:
                    ignored.append((topic, need.topic, "in no roadmap that people may read"))
                else:
                    plain[topic].append(need.topic)
        kept, _ = without_cycles(plain)
        asked: dict[int, tuple[tuple[int, ...], ...]] = {}
        met_by: dict[int, tuple[tuple[int, ...], ...]] = {}
        for topic, wanted in plain.items():
            still = set(kept[topic])
            ignored += [(topic, need, "in a loop") for need in wanted if need not in still]
            groups: dict[str, list[int]] = {}
            for number, need in enumerate(self.needs.get(topic, ())):
                groups.setdefault(need.group or f"\0{number}", []).append(need.topic)
            pairs = [(tuple(n for n in group if n in still), tuple(group)) for group in groups.values()]
            pairs = [(some, everything) for some, everything in pairs if some]
            if pairs:
                asked[topic] = tuple(some for some, _ in pairs)
                met_by[topic] = tuple(everything for _, everything in pairs)
        return asked, met_by, tuple(ignored)

    @cached_property
    def opens(self) -> dict[int, tuple[int, ...]]:
        """Topic id -> topics that ask for it, those seated here first, in reading order."""
        found: dict[int, list[int]] = {}
        for topic, groups in self.asked.items():
            for group in groups:
                for need in group:
                    found.setdefault(need, []).append(topic)
        last = len(self.order)
        return {n: tuple(sorted(set(ts), key=lambda t: (self.place.get(t, last), t))) for n, ts in found.items()}

    @cached_property
    def choices(self) -> dict[int, tuple[int, ...]]:
        """Topic id -> the choices it is one of, indexes of branches, nearest first. Optional topics are in none."""
        found = {}
        if any(branch.choose is not None for branch in self.branches):
            for index, seat in self.seats():
                above = tuple(i for i in self.above(index) if self.branches[i].choose is not None)
                if above and not seat.optional:
                    found[seat.topic] = above
        return found

    def above(self, index: int) -> tuple[int, ...]:
        """The branch and those above it, nearest first."""
        chain = []
        current: int | None = index
        while current is not None:
            chain.append(current)
            current = self.branches[current].parent
        return tuple(chain)
