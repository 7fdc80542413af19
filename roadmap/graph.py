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


def missing(target: N, asked: Groups[N], met: Set[N], order: Mapping[N, int]) -> list[N]:
    """What stands between a learner and `target`: unmet nodes to do before it, in a valid order, the target left out.

    Of alternatives the one with the fewest unmet nodes below it is taken (counted per group, ties by `order`, the
    places in reading order); for alternatives that share their ways this is a good choice, not always the least.
    """
    chosen: dict[N, list[N]] = {}
    ways: dict[N, frozenset[N]] = {}
    far = len(order)
    stack = [(target, False)]
    while stack:
        node, seen = stack.pop()
        if node in ways:
            continue
        groups = [g for g in asked.get(node, ()) if not any(n in met for n in g)]
        if not seen:
            stack.append((node, True))
            stack += [(n, False) for g in groups for n in g if n not in ways]
            continue
        chosen[node] = [min(g, key=lambda n: (len(ways[n]), order.get(n, far))) for g in groups]
        ways[node] = frozenset([node]).union(*(ways[n] for n in chosen[node]))
    return topological(sorted(ways[target] - {target}, key=lambda n: order.get(n, far)), chosen)
