"""How high each item of each column lies: near what it is linked with, groups together and in the order of their lanes.

A column is solved at a time, its neighbours held: items are ordered by where they would like to be, then placed as near
to that as their sizes allow (isotonic regression, weighted least squares).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

FREE = -1
"""The group of what belongs to none: points of lines between groups."""
L, R, B = "left", "right", "both"
"""Which neighbours say where the items of a column want to be."""
WAYS: tuple[tuple[str, ...], ...] = (
    (L, R, L, B),
    (L, B, B, B),
    (L, R, L, R, L, B),
    (L,),
    (L, R, L, R, L, R, B, B),
)
"""Sweeps in which groups find their order. Small drawings try several and keep the best of them."""
LANED, SETTLED = (B,) * 6, (B,) * 3
"""Sweeps in which groups keep their order, and those at the end that only move."""
FEW, MANY = 9_000, 4_000
"""Items that all tries together may have; items from which a drawing is swept less often."""
HURRIED = (L, R, L), (B, B), (B,)
HUDDLE = 0.6
"""How far items of a group move at the end from where their lines would have them towards the middle of all of them."""
ROOM = 20.0
"""Above and below the items of a group, when it is asked on which side of them a line passes."""


@dataclass(slots=True)
class Items:
    """Boxes, headings, bridges and points, by index."""

    group: list[int] = field(default_factory=list)
    half: list[float] = field(default_factory=list)
    """Half of the height."""
    first: list[bool] = field(default_factory=list)
    """Whether it stands above the rest of its group."""
    left: list[list[tuple[int, float]]] = field(default_factory=list)
    """Neighbours in the column before, and how strongly they pull."""
    right: list[list[tuple[int, float]]] = field(default_factory=list)
    columns: list[list[int]] = field(default_factory=list)

    def add(self, column: int, group: int, height: float, *, first: bool = False) -> int:
        index = len(self.group)
        self.group.append(group)
        self.half.append(height / 2)
        self.first.append(first)
        self.left.append([])
        self.right.append([])
        self.columns[column].append(index)
        return index

    def link(self, one: int, other: int, pull: float) -> None:
        """`other` stands in the column after that of `one`."""
        self.right[one].append((other, pull))
        self.left[other].append((one, pull))


Apart = Callable[[int, int], float]
"""Room between an item of one group and one of the group below it in the same column."""
Order = Callable[[Sequence[float]], list[int]]
"""From the heights of all items the rank of each group from the top."""


def heights(items: Items, apart: Apart, order: Order) -> list[float]:
    """For each item the height of its middle.

    First each column has the groups in the order that suits it; `order` makes of the heights found so far one order for
    all columns.
    """
    number = len(items.group)
    if number > MANY:
        return _one_way(items, apart, order, HURRIED)
    ways = WAYS[: max(1, FEW // (number or 1))]
    tries = [_one_way(items, apart, order, (way, LANED, SETTLED)) for way in ways]
    return min(tries, key=lambda y: _steepness(items, y))


def _one_way(items: Items, apart: Apart, order: Order, sweeps: tuple[Sequence[str], ...]) -> list[float]:
    loose, laned, settled = sweeps
    solver = _Solver(items, apart)
    solver.sweep(loose, loose=True)
    solver.keep(order(solver.y))
    solver.sweep(laned)
    solver.sweep(settled, reorder=False)
    return solver.y


def _steepness(items: Items, y: Sequence[float]) -> float:
    """How far all lines together go up and down; drawings with less of it have fewer crossings, too."""
    return sum(abs(y[other] - y[item]) for item, links in enumerate(items.right) for other, _ in links)


class _Solver:
    def __init__(self, items: Items, apart: Apart) -> None:
        self.items, self.apart = items, apart
        self.room: dict[tuple[int, int], float] = {}
        self.y = [0.0] * len(items.group)
        self.blocks: list[list[list[int]]] = []
        """For each column its groups from the top, the items of each in order."""
        self.sizes: list[list[float]] = []
        """How high they are, with the room around them."""
        self.free: list[list[int]] = []
        self.sequence: list[list[int]] = []
        for column in items.columns:
            groups: dict[int, list[int]] = {}
            for item in column:
                groups.setdefault(items.group[item], []).append(item)
            self.free.append(groups.pop(FREE, []))
            self.blocks.append([groups[group] for group in sorted(groups)])
            self.sizes.append([self._offsets(block)[-1] + 2 * ROOM for block in self.blocks[-1]])
            sequence = [item for block in self.blocks[-1] for item in block]
            self.sequence.append(sequence)
            if sequence:
                offsets = self._offsets(sequence)
                for item, offset in zip(sequence, offsets, strict=True):
                    self.y[item] = offset - offsets[-1] / 2

    def _between(self, one: int, other: int) -> float:
        key = (one, other)
        found = self.room.get(key)
        if found is None:
            found = self.room[key] = self.apart(one, other)
        return found

    def _offsets(self, sequence: Sequence[int]) -> list[float]:
        """How far each item lies below the first when they lie as near as they may."""
        group, half, between = self.items.group, self.items.half, self._between
        offsets, at, before = [0.0], 0.0, sequence[0]
        for item in sequence[1:]:
            at += half[before] + half[item] + between(group[before], group[item])
            offsets.append(at)
            before = item
        return offsets

    def keep(self, rank: Sequence[int]) -> None:
        """From now on the groups stand in this order in every column."""
        group = self.items.group
        for blocks, sizes in zip(self.blocks, self.sizes, strict=True):
            order = sorted(range(len(blocks)), key=lambda i: rank[group[blocks[i][0]]])
            blocks[:] = [blocks[i] for i in order]
            sizes[:] = [sizes[i] for i in order]

    def sweep(self, sides: Sequence[str], *, loose: bool = False, reorder: bool = True) -> None:
        for number, side in enumerate(sides):
            columns = range(len(self.items.columns))
            for column in reversed(columns) if number % 2 else columns:
                if self.items.columns[column]:
                    self._solve(column, side, loose=loose, reorder=reorder)

    def _solve(self, column: int, side: str, *, loose: bool, reorder: bool) -> None:
        wanted, weight = self._wanted(column, side)
        if reorder:
            self.sequence[column] = self._ordered(column, wanted, loose=loose)
        for block in () if reorder else self.blocks[column]:
            if len(block) > 1:
                middle = sum([wanted[item] for item in block]) / len(block)
                for item in block:
                    wanted[item] += (middle - wanted[item]) * HUDDLE
        sequence = self.sequence[column]
        offsets = self._offsets(sequence)
        placed = isotonic(
            [wanted[item] - offset for item, offset in zip(sequence, offsets, strict=True)],
            [weight[item] for item in sequence],
        )
        y = self.y
        for item, at, offset in zip(sequence, placed, offsets, strict=True):
            y[item] = at + offset

    def _wanted(self, column: int, side: str) -> tuple[dict[int, float], dict[int, float]]:
        y, left, right = self.y, self.items.left, self.items.right
        wanted: dict[int, float] = {}
        weight: dict[int, float] = {}
        for item in self.items.columns[column]:
            links = left[item] if side == "left" else right[item] if side == "right" else left[item] + right[item]
            if links:
                total = pull = 0.0
                for other, strength in links:
                    total += strength * y[other]
                    pull += strength
                wanted[item], weight[item] = total / pull, pull
            else:
                wanted[item], weight[item] = y[item], 0.1
        return wanted, weight

    def _ordered(self, column: int, wanted: dict[int, float], *, loose: bool) -> list[int]:
        first, y, blocks, sizes = self.items.first, self.y, self.blocks[column], self.sizes[column]
        middles = [sum([wanted[item] for item in block]) / len(block) for block in blocks]
        if loose:
            order = sorted(range(len(blocks)), key=middles.__getitem__)
            blocks[:] = [blocks[i] for i in order]
            sizes[:] = [sizes[i] for i in order]
            middles = [middles[i] for i in order]
        offsets, at = [], 0.0
        for size in sizes:
            offsets.append(at + size / 2)
            at += size
        placed = isotonic([m - o for m, o in zip(middles, offsets, strict=True)], [1.0] * len(offsets))
        centres = [p + o for p, o in zip(placed, offsets, strict=True)]
        for block in blocks:
            if len(block) > 1:
                block.sort(key=lambda item: (not first[item], wanted[item], y[item]))
        gaps: list[list[tuple[float, float, int]]] = [[] for _ in range(len(centres) + 1)]
        for item in self.free[column]:
            gaps[bisect_left(centres, wanted[item])].append((wanted[item], y[item], item))
        sequence: list[int] = []
        for gap, block in zip(gaps, [*self.blocks[column], []], strict=True):
            gap.sort()
            sequence.extend(map(itemgetter(2), gap))
            sequence.extend(block)
        return sequence


def isotonic(wanted: Sequence[float], weight: Sequence[float]) -> list[float]:
    """Numbers that never fall and lie as near to `wanted` as that allows (pool adjacent violators, linear)."""
    totals: list[float] = []
    weights: list[float] = []
    counts: list[int] = []
    means: list[float] = []
    for value, heavy in zip(wanted, weight, strict=True):
        total, number, mean = value * heavy, 1, value
        while means and means[-1] > mean:
            means.pop()
            total += totals.pop()
            heavy += weights.pop()  # noqa: PLW2901
            number += counts.pop()
            mean = total / heavy
        totals.append(total)
        weights.append(heavy)
        counts.append(number)
        means.append(mean)
    out: list[float] = []
    for mean, number in zip(means, counts, strict=True):
        out += [mean] * number
    return out
