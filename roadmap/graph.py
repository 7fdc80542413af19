"""Prerequisites as a graph: cycles with their loop, a valid order, what is missing on the way to a topic. Pure.

A graph is a mapping from a node to the nodes it requires. Any hashable serves as a node; all functions are linear in
nodes plus edges unless they say otherwise, and none recurses.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from typing import TypeVar

N = TypeVar("N", bound=Hashable)

Needs = Mapping[N, Iterable[N]]
Groups = Mapping[N, Sequence[Sequence[N]]]
"""For each node its groups; one node of each group is needed. A plain prerequisite is a group of one. No loops."""


def find_cycle(requires: Needs[N]) -> list[N] | None:
    """One loop as [a, b, ..., a], each requiring the next, or None. The same graph gives the same loop."""
    white, grey, black = 0, 1, 2
    colour: dict[N, int] = {}
    for start in requires:
        if colour.get(start, white) != white:
            continue
        colour[start] = grey
        path, walks = [start], [iter(requires.get(start, ()))]
        while walks:
            step = next(walks[-1], None)
            if step is None:
                walks.pop()
                colour[path.pop()] = black
            elif colour.get(step, white) == grey:
                return [*path[path.index(step) :], step]
            elif colour.get(step, white) == white:
                colour[step] = grey
                path.append(step)
                walks.append(iter(requires.get(step, ())))
    return None


def without_cycles(requires: Mapping[N, Sequence[N]]) -> tuple[dict[N, list[N]], list[list[N]]]:
    """The graph with the edges that close a loop taken out, and the loops that were cut.

    Depth first in the order given: the edge that leads back to a node under way is the one left out.
    """
    kept: dict[N, list[N]] = {node: [] for node in requires}
    loops: list[list[N]] = []
    state: dict[N, bool] = {}  # True while under way, False when finished
    for start in requires:
        if start in state:
            continue
        state[start] = True
        path, walks = [start], [iter(requires[start])]
        while walks:
            step = next(walks[-1], None)
            if step is None:
                walks.pop()
                state[path.pop()] = False
            elif state.get(step):
                loops.append([*path[path.index(step) :], step])
            else:
                kept[path[-1]].append(step)
                if step not in state:
                    state[step] = True
                    path.append(step)
                    walks.append(iter(requires.get(step, ())))
    return kept, loops


def topological(nodes: Sequence[N], requires: Needs[N]) -> list[N]:
    """`nodes` so that what is required stands before what requires it; otherwise in the order given (stable).

    Edges to nodes outside `nodes` are ignored. Nodes of a loop come last, in the order given: nothing is dropped.
    """
    place = {node: i for i, node in enumerate(nodes)}
    waits = {node: sum(1 for need in set(requires.get(node, ())) if need in place and need != node) for node in nodes}
    opens: dict[N, list[N]] = {}
    for node in nodes:
        for need in set(requires.get(node, ())):
            if need in place and need != node:
                opens.setdefault(need, []).append(node)
    ready = [place[node] for node in nodes if not waits[node]]
    heapq.heapify(ready)
    order: list[N] = []
    while ready:
        node = nodes[heapq.heappop(ready)]
        order.append(node)
        for after in opens.get(node, ()):
            waits[after] -= 1
            if not waits[after]:
                heapq.heappush(ready, place[after])
    placed = set(order)
    return order + [node for node in nodes if node not in placed]


def together(nodes: Sequence[N], requires: Needs[N], place: Mapping[N, int], module: Mapping[N, Hashable]) -> list[N]:
    """As `topological` over nodes without a loop, with those of one module side by side where what is required allows.

    The walk stays in the module it is in while anything there is ready, the earliest first (`place`); else it goes to
    the earliest that is ready. What stands in no module comes in the order of `place`, unknown places last.
    """
    among, far = set(nodes), len(place)
    waits = {node: len({n for n in requires.get(node, ()) if n in among and n != node}) for node in nodes}
    opens: dict[N, list[N]] = {}
    for node in nodes:
        for need in {n for n in requires.get(node, ()) if n in among and n != node}:
            opens.setdefault(need, []).append(node)
    rank = {node: (place.get(node, far), i) for i, node in enumerate(nodes)}
    ready: dict[Hashable, list[tuple[tuple[int, int], int]]] = {}
    index = {node: i for i, node in enumerate(nodes)}

    def add(node: N) -> None:
        heapq.heappush(ready.setdefault(module.get(node), []), (rank[node], index[node]))

    for node in nodes:
        if not waits[node]:
            add(node)
    order: list[N] = []
    here: Hashable = None
    while ready:
        if here is None or here not in ready:
            here = min(ready, key=lambda m: ready[m][0])
        node = nodes[heapq.heappop(ready[here])[1]]
        if not ready[here]:
            del ready[here]
        order.append(node)
        for after in opens.get(node, ()):
            waits[after] -= 1
            if not waits[after]:
                add(after)
    return order


def reduced(requires: Mapping[N, Sequence[N]]) -> dict[N, list[N]]:
    """The fewest edges that reach as far: those are left out that a longer way says too. The graph has no loop.

    Linear in edges, each costing a union of bitsets as long as there are nodes: 2,000 nodes with 3,000 edges take a few
    milliseconds.
    """
    place = {node: i for i, node in enumerate(topological(list(requires), requires))}
    reach: dict[N, int] = {}
    kept: dict[N, list[N]] = {}
    for node in place:
        covered, kept_here = 0, set()
        for need in sorted({n for n in requires[node] if n in place}, key=place.__getitem__, reverse=True):
            if not covered >> place[need] & 1:
                kept_here.add(need)
                covered |= reach[need] | 1 << place[need]
        reach[node] = covered
        kept[node] = [need for need in dict.fromkeys(requires[node]) if need in kept_here]
    return {node: kept[node] for node in requires}


TRIES = 2_000
"""Choices of alternatives that `missing` compares at most; far more than curricula have."""


def missing(target: N, asked: Groups[N], met: Set[N], order: Mapping[N, int]) -> list[N]:
    """What stands between a learner and `target`: unmet nodes to do before it, in a valid order, the target left out.

    Of all ways through the alternatives the one with the fewest nodes, of equals the one found first in reading order
    (`order`, the places). The least is sought among TRIES choices, since the problem is NP-hard (it covers sets);
    beyond them the best found stands, and that is at least as short as taking the shortest way in every group.
    """
    far = len(order)
    only = _only_way(target, asked, met)
    best, lengths = (only, {}) if only is not None else _step_by_step(target, asked, met, order)
    # chosen so far, nodes to look at, groups to choose in
    stack: list[tuple[frozenset[N], list[N], list[Sequence[N]]]] = [(frozenset(), [target], [])] if lengths else []
    for _ in range(TRIES):
        if not stack:
            break
        chosen, looking, open_groups = stack.pop()
        while looking:
            for group in asked.get(looking.pop(), ()):
                if any(n in met or n in chosen for n in group):
                    continue
                if len(group) == 1:
                    chosen |= {group[0]}
                    looking.append(group[0])
                else:
                    open_groups.append(group)
        open_groups = [group for group in open_groups if chosen.isdisjoint(group)]
        if len(chosen) + bool(open_groups) >= len(best):
            continue
        if not open_groups:
            best = chosen
            continue
        first, rest = open_groups[0], open_groups[1:]
        nearest_last = sorted(first, key=lambda n: (lengths[n], order.get(n, far)), reverse=True)
        stack += [(chosen | {n}, [n], list(rest)) for n in nearest_last]
    between = {n: [m for g in asked.get(n, ()) if met.isdisjoint(g) for m in g if m in best] for n in best}
    return topological(sorted(best, key=lambda n: order.get(n, far)), between)


def _only_way(target: N, asked: Groups[N], met: Set[N]) -> frozenset[N] | None:
    """What stands before `target` where no group leaves a choice; None where one does. Linear, which matters for the
    long chains that `_step_by_step` takes quadratic time for."""
    found: set[N] = set()
    looking = [target]
    while looking:
        for group in asked.get(looking.pop(), ()):
            if not met.isdisjoint(group):
                continue
            if len(group) > 1:
                return None
            if group[0] not in found:
                found.add(group[0])
                looking.append(group[0])
    return frozenset(found)


def _step_by_step(
    target: N, asked: Groups[N], met: Set[N], order: Mapping[N, int]
) -> tuple[frozenset[N], dict[N, int]]:
    """A way that takes in every group the alternative with the fewest nodes below, and that number for each node seen.

    The numbers are empty where no group left a choice: then the way is the only one.
    """
    ways: dict[N, frozenset[N]] = {}
    far, choices = len(order), False
    stack = [(target, False)]
    while stack:
        node, seen = stack.pop()
        if node in ways:
            continue
        groups = [g for g in asked.get(node, ()) if met.isdisjoint(g)]
        if not seen:
            stack.append((node, True))
            stack += [(n, False) for g in groups for n in g if n not in ways]
            continue
        choices = choices or any(len(g) > 1 for g in groups)
        chosen = [min(g, key=lambda n: (len(ways[n]), order.get(n, far))) for g in groups]
        ways[node] = frozenset([node]).union(*(ways[n] for n in chosen))
    return ways[target] - {target}, {n: len(way) for n, way in ways.items()} if choices else {}
