"""Which column each node stands in: every arc leads to a higher one, and groups stay together."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

PASSES = 4
TOGETHER = 2.5
"""What a column away from the middle of its group costs a node, in columns that one of its edges is longer."""
ROWS = 6
"""Nodes without edges that a group stacks in one column before it takes another."""

Links = Sequence[Sequence[int]]


def columns(needs: Links, opens: Links, group: Sequence[int], *, aspect: float = 0.45) -> list[int]:
    """For each node its column. `needs[i]` and `opens[i]` are indexes of nodes; there is no loop.

    `aspect` is how many columns a drawing of one row would like to have, where edges leave a choice.
    """
    order = _by_depth(needs, opens)
    column = [0] * len(needs)
    for node in order:
        column[node] = max([column[n] + 1 for n in needs[node]], default=0)
    linked = [node for node in order if needs[node] or opens[node]]
    last = max([column[node] for node in linked], default=0)
    for number in range(PASSES):
        middle = _middles(linked, column, group)
        for node in reversed(linked) if number % 2 == 0 else linked:
            low = max([column[n] + 1 for n in needs[node]], default=0)
            high = min([column[n] - 1 for n in opens[node]], default=last)
            if low < high:
                # Lines that leave a node run together for most of their way, so they count for one.
                pull = min(1, len(opens[node])) - len(needs[node])
                wanted = high if pull > TOGETHER else low if pull < -TOGETHER else middle[group[node]]
                column[node] = min(max(wanted, low), high)
            else:
                column[node] = low
    _place_free(column, linked, group, aspect)
    return _without_empty(column)


def _by_depth(needs: Links, opens: Links) -> list[int]:
    waits = [len(n) for n in needs]
    ready = [node for node, number in enumerate(waits) if not number]
    for node in ready:  # grows while it is walked
        for after in opens[node]:
            waits[after] -= 1
            if not waits[after]:
                ready.append(after)
    if len(ready) < len(needs):
        raise ValueError("the graph has a loop")
    return ready


def _middles(linked: Sequence[int], column: Sequence[int], group: Sequence[int]) -> dict[int, int]:
    """The median column of each group."""
    found: dict[int, list[int]] = {}
    for node in linked:
        found.setdefault(group[node], []).append(column[node])
    return {g: sorted(columns)[(len(columns) - 1) // 2] for g, columns in found.items()}


def _place_free(column: list[int], linked: Sequence[int], group: Sequence[int], aspect: float) -> None:
    """Nodes without edges: among the rest of their group, else where there is room."""
    free: dict[int, list[int]] = {}
    known = set(linked)
    for node in range(len(column)):
        if node not in known:
            free.setdefault(group[node], []).append(node)
    inside: dict[int, list[int]] = {}
    for node in linked:
        inside.setdefault(group[node], []).append(column[node])
    many = max([column[node] + 1 for node in linked], default=0)
    load = [0.0] * max(many, round(sqrt(len(column)) * aspect), 1)
    for node in linked:
        load[column[node]] += 1
    for name, nodes in free.items():
        there = inside.get(name, [])
        first, end = _span(there, ceil((len(nodes) + len(there)) / ROWS), load)
        own = [there.count(place) for place in range(first, end)]
        for node in nodes:
            place = min(range(len(own)), key=lambda p: (own[p], load[first + p], p))
            own[place] += 1
            load[first + place] += 1
            column[node] = first + place


def _span(there: Sequence[int], wide: int, load: list[float]) -> tuple[int, int]:
    """So many columns, around those in which the group has nodes already, or where the load is least."""
    wide = min(wide, len(load))
    if not there:
        first = min(range(len(load) - wide + 1), key=lambda start: (max(load[start : start + wide]), start))
        for place in range(first, first + wide):
            load[place] += 0.6  # a heading and the room around a hull
        return first, first + wide
    first, end = min(there), max(there) + 1
    while end - first < wide:
        first, end = (first, end + 1) if end < len(load) else (first - 1, end)
    return first, end


def _without_empty(column: list[int]) -> list[int]:
    used = {old: new for new, old in enumerate(sorted(set(column)))}
    return [used[c] for c in column]
