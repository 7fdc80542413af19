"""Which topics of a roadmap its map shows, as the address asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from roadmap.graph import reduced
from roadmap.layered import Arc
from roadmap.tree import Branch, Facts, Tree
from tracker.overlay import way_to
from tracker.queries import Standing

MANY = 150
"""Topics from which a map begins with one module and what is near it."""
HOPS, FARTHEST = 2, 5
FINISHED = frozenset({"done", "waived", "skipped"})


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of the address; what is not understood is left out."""

    module: str = ""
    hops: int = HOPS
    whole: bool = False
    left: bool = False
    everything: bool = False
    """All edges, also those that others imply."""
    goal: str = ""
    listed: bool = False
    """The list alone."""

    @classmethod
    def of(cls, get: Mapping[str, str]) -> Asked:
        hops = get.get("hops", "")
        return cls(
            module=get.get("module", ""),
            hops=min(int(hops), FARTHEST) if hops.isascii() and hops.isdigit() and len(hops) < 3 else HOPS,
            whole=get.get("whole") == "1",
            left=get.get("left") == "1",
            everything=get.get("all") == "1",
            goal=get.get("goal", "").strip()[:300],
            listed=get.get("list") == "1",
        )

    def query(self, **changes: object) -> str:
        """The address with these changed: `?…`, never empty, since an empty one would keep what is there."""
        asked = replace(self, **changes)  # type: ignore[arg-type]
        pairs = [
            ("module", asked.module),
            ("hops", "" if asked.hops == HOPS else str(asked.hops)),
            ("whole", "1" if asked.whole else ""),
            ("left", "1" if asked.left else ""),
            ("all", "1" if asked.everything else ""),
            ("goal", asked.goal),
            ("list", "1" if asked.listed else ""),
        ]
        return "?" + urlencode([(name, value) for name, value in pairs if value])


@dataclass(frozen=True, slots=True)
class Shown:
    """What of the roadmap is on the map."""

    topics: tuple[int, ...]
    """In reading order; those of other roadmaps that they need come last."""
    module: Branch | None = None
    goal: Facts | None = None
    way: tuple[int, ...] = ()
    """What stands between the person and the goal, in a valid order."""
    unknown: str = ""
    """What was asked for and is not there."""


def shown(here: Standing, asked: Asked) -> Shown:
    tree = here.tree
    goal = found_topic(tree, asked.goal)
    if goal is not None:
        way = way_to(tree, here.marks, goal.id)
        seen = {*way, goal.id} if asked.left else {goal.id, *near(tree, [goal.id], back=len(tree.topics), on=0)}
        return Shown(_in_order(tree, seen), goal=goal, way=way)
    module = next((branch for branch in tree.branches if branch.slug == asked.module), None) if asked.module else None
    unknown = asked.goal or (asked.module if module is None else "")
    if module is None and not asked.whole and len(tree.order) > MANY:
        module = _module_at(here)
    if module is None:
        seen = set(tree.order)
    else:
        inside = [t for t, index in tree.seated.items() if module in (tree.branches[i] for i in tree.above(index))]
        seen = {*inside, *near(tree, inside, back=asked.hops, on=asked.hops)}
    if asked.left:
        seen = {topic for topic in seen if here.overlay.row(topic).state not in FINISHED}
    outside = {n for topic in seen for group in tree.asked.get(topic, ()) for n in group if n not in tree.seated}
    if asked.left:
        outside = {topic for topic in outside if here.overlay.row(topic).state not in FINISHED}
    return Shown(_in_order(tree, seen | outside), module=module, unknown=unknown)


def found_topic(tree: Tree, text: str) -> Facts | None:
    """The seated topic of that slug or title, else the first whose title begins with it, else holds it."""
    if not text:
        return None
    wanted = text.casefold()
    titles = [(tree.topics[topic].title.casefold(), tree.topics[topic]) for topic in tree.order]
    return (
        tree.by_slug.get(text)
        or next((facts for title, facts in titles if title == wanted), None)
        or next((facts for title, facts in titles if title.startswith(wanted)), None)
        or next((facts for title, facts in titles if wanted in title), None)
    )


def _module_at(here: Standing) -> Branch | None:
    """Where the person is: the section of what they would go on with; of a roadmap that is finished the first one."""
    tree, suggested = here.tree, here.overlay.next
    topic = suggested.topic if suggested else tree.order[0]
    return tree.branches[tree.seated[topic]]


def near(tree: Tree, topics: Iterable[int], *, back: int, on: int) -> set[int]:
    """What these topics need in so many steps, and what they open in so many."""
    needs = {t: [n for group in groups for n in group] for t, groups in tree.asked.items()}
    return _within(needs, topics, back) | _within(tree.opens, topics, on)


def _within(links: Mapping[int, Iterable[int]], topics: Iterable[int], steps: int) -> set[int]:
    seen, edge = set(topics), list(topics)
    for _ in range(steps):
        edge = [n for n in dict.fromkeys(n for t in edge for n in links.get(t, ())) if n not in seen]
        if not edge:
            break
        seen.update(edge)
    return seen


def _in_order(tree: Tree, topics: Iterable[int]) -> tuple[int, ...]:
    last = len(tree.order)
    return tuple(sorted(topics, key=lambda topic: (tree.place.get(topic, last), topic)))


@dataclass(frozen=True, slots=True)
class Edges:
    """Between the topics shown."""

    arcs: tuple[Arc, ...]
    alternatives: frozenset[Arc]
    """Of these one among several is enough."""
    implied: int
    """So many more follow from those shown and are left out."""


def edges(tree: Tree, topics: Sequence[int], *, everything: bool) -> Edges:
    """Alternatives are always shown: that one of them is enough follows from nothing else."""
    inside = set(topics)
    plain: dict[int, list[int]] = {topic: [] for topic in topics}
    some: dict[int, list[int]] = {topic: [] for topic in topics}
    for topic in plain:
        for group in tree.asked.get(topic, ()):
            for need in group:
                if need in inside:
                    (plain if len(group) == 1 else some)[topic].append(need)
    kept = plain if everything else reduced(plain)
    arcs: list[Arc] = []
    alternatives: set[Arc] = set()
    for topic in topics:
        arcs += [Arc(need, topic) for need in dict.fromkeys(kept[topic])]
        for need in dict.fromkeys(some[topic]):
            if need not in plain[topic]:
                arcs.append(Arc(need, topic))
                alternatives.add(arcs[-1])
    implied = sum(len(set(needs)) - len(set(kept[topic])) for topic, needs in plain.items())
    return Edges(tuple(arcs), frozenset(alternatives), implied)
