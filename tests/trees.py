"""Trees for tests of the pure core: a small language for examples, and a hypothesis strategy for properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from roadmap.tree import Branch, Facts, Need, Seat, Tree
from tracker.packed import STATES, Mark


@dataclass(frozen=True)
class Extra:
    """A topic marked optional where it sits."""

    topic: int


@dataclass(frozen=True)
class Planned:
    """A branch before it has an index."""

    title: str
    inside: tuple[int | Extra | Planned, ...]
    optional: bool = False
    choose: int | None = None


def extra(topic: int) -> Extra:
    return Extra(topic)


def branch(title: str, *inside: int | Extra | Planned, optional: bool = False, choose: int | None = None) -> Planned:
    return Planned(title, inside, optional, choose)


def tree(
    *branches: Planned,
    needs: Mapping[int, Sequence[int | Need]] | None = None,
    facts: Mapping[int, Mapping[str, Any]] | None = None,
    locking: Any = "advisory",
    placed_at: Mapping[int, float] | None = None,
) -> Tree:
    """Branches with topics named by number; `needs` by topic. Numbers that sit nowhere are topics of other roadmaps."""
    made: list[Branch] = []
    seated: set[int] = set()

    def grow(planned: Planned, parent: int | None, depth: int, position: int, *, optional: bool) -> int:
        index = len(made)
        optional = optional or planned.optional
        made.append(Branch(index + 100, parent, depth, "module", planned.title, f"branch-{index}"))
        seats, children = [], []
        for place, inside in enumerate(planned.inside):
            if isinstance(inside, Planned):
                children.append(grow(inside, index, depth + 1, place, optional=optional))
            else:
                topic = inside.topic if isinstance(inside, Extra) else inside
                at = (placed_at or {}).get(topic, 0.0)
                seats.append(Seat(topic, optional or isinstance(inside, Extra), place, at))
                seated.add(topic)
        made[index] = Branch(
            id=index + 100,
            parent=parent,
            depth=depth,
            kind="level" if children else "module",
            title=planned.title,
            slug=f"branch-{index}",
            optional=optional,
            choose=planned.choose,
            position=position,
            seats=tuple(seats),
            children=tuple(children),
        )
        return index

    for place, planned in enumerate(branches):
        grow(planned, None, 0, place, optional=False)
    stated = {
        topic: tuple(need if isinstance(need, Need) else Need(need) for need in wanted)
        for topic, wanted in (needs or {}).items()
    }
    numbers = seated | stated.keys() | {need.topic for wanted in stated.values() for need in wanted}
    topics = {
        n: Facts(**{"id": n, "uid": UUID(int=n), "slug": f"t{n}", "title": f"Topic {n}", **(facts or {}).get(n, {})})
        for n in sorted(numbers)
    }
    return Tree(1, "r", "Roadmap", locking=locking, branches=tuple(made), topics=topics, needs=stated)


def done(*topics: int) -> dict[int, Mark]:
    return {topic: Mark("done", started=True) for topic in topics}


@st.composite
def trees(draw: st.DrawFn, *, loops: bool = True, locking: str | None = None) -> Tree:
    """Nested branches, choices, optional parts, alternatives, guesses, topics elsewhere, retired ones, and loops."""
    count = draw(st.integers(0, 12))
    outside = draw(st.integers(0, 3))
    free = list(range(1, count + 1))

    def planned(depth: int) -> Planned:
        inside: list[int | Extra | Planned] = []
        for _ in range(draw(st.integers(0, 4))):
            if depth < 3 and draw(st.integers(0, 3)) == 0:
                inside.append(planned(depth + 1))
            elif free:
                topic = free.pop(0)
                inside.append(Extra(topic) if draw(st.integers(0, 4)) == 0 else topic)
        choose = draw(st.none() | st.integers(1, 4))
        return Planned(f"Branch {depth}", tuple(inside), draw(st.integers(0, 5)) == 0, choose)

    roots = [planned(0) for _ in range(draw(st.integers(1, 3)))]
    roots.append(Planned("Rest", tuple(free)))
    everything = list(range(1, count + outside + 1))
    needs: dict[int, list[Need]] = {}
    if everything:
        topic = st.sampled_from(everything)
        group, source = st.sampled_from(["", "", "", "a", "b"]), st.sampled_from(["notes", "notes", "chain", "guess"])
        for one, other, name, origin in draw(st.lists(st.tuples(topic, topic, group, source), max_size=20)):
            if one != other and other not in {need.topic for need in needs.get(one, [])} and (loops or other < one):
                needs.setdefault(one, []).append(Need(other, group=name, source=origin))
    facts = {
        topic: {
            "revision": draw(st.integers(1, 2)),
            "hours": draw(st.none() | st.integers(1, 9)),
            "retired": topic > count and draw(st.booleans()),
            "reachable": draw(st.booleans()),
        }
        for topic in everything
    }
    chosen = locking or draw(st.sampled_from(["advisory", "strict"]))
    return tree(*roots, needs=needs, facts=facts, locking=chosen)


def marks_on(grown: Tree) -> st.SearchStrategy[dict[int, Mark]]:
    """Marks that could be stored: what is learning, done or waived was started."""
    mark = st.builds(
        lambda state, revision, started: Mark(state, revision, started or state in {"learning", "done", "waived"}),
        st.sampled_from(STATES),
        st.integers(1, 2),
        st.booleans(),
    )
    return st.dictionaries(st.sampled_from(sorted(grown.topics)), mark) if grown.topics else st.just({})
