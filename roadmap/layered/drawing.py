"""Columns, lanes and heights put together: boxes, lines through the columns, hulls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from roadmap.layered.columns import columns
from roadmap.layered.model import Arc, Box, Drawing, Group, Hull, Line, Measures, Node
from roadmap.layered.sweeps import FREE, Items, heights

BRIDGED = 2
"""Columns without a node of its own that a hull passes before it is drawn in two."""
BRIDGE = 10.0
"""Height of a hull where it passes such a column."""
PULL_BOX, PULL_MIXED, PULL_LINE = 1.0, 1.5, 6.0
"""How strongly neighbours pull: two boxes; a box and a point of a long line; two points, which makes lines straight."""
PULL_HULL = 0.4
MARGIN = 24.0
WIDEST = 2.6
"""How much wider than its least a gap becomes where lines are steep."""


@dataclass(slots=True)
class _Stretch:
    """A group from one column to another, with a node in at least every third of them."""

    group: int
    first: int
    last: int
    members: dict[int, list[int]] = field(default_factory=dict)
    """Column -> items that lie within the hull."""
    heading: int | None = None


def laid_out(
    nodes: Sequence[Node], groups: Sequence[Group], arcs: Sequence[Arc], measures: Measures | None = None
) -> Drawing:
    """The drawing. `arcs` are between `nodes`, each pair once, without a loop."""
    return _Layout(nodes, groups, arcs, measures or Measures()).drawing()


class _Layout:
    def __init__(self, nodes: Sequence[Node], groups: Sequence[Group], arcs: Sequence[Arc], measures: Measures) -> None:
        self.nodes, self.groups, self.arcs, self.m = nodes, groups, arcs, measures
        self.index = {node.key: i for i, node in enumerate(nodes)}
        self.needs: list[list[int]] = [[] for _ in nodes]
        self.opens: list[list[int]] = [[] for _ in nodes]
        for arc in arcs:
            source, target = self.index[arc.source], self.index[arc.target]
            self.needs[target].append(source)
            self.opens[source].append(target)
        self.group = [node.group for node in nodes]
        self.column = columns(self.needs, self.opens, self.group)
        self.count = max(self.column, default=-1) + 1
        self.above = [self._chain(g) for g in range(len(groups))]
        self.items = Items(columns=[[] for _ in range(self.count)])
        self.item = [self.items.add(self.column[i], node.group, node.height) for i, node in enumerate(nodes)]
        self.trunks = [self._trunk(i) for i in range(len(nodes))]
        self.stretches = [s for group in range(len(groups)) for s in self._stretches(group)]
        self.y = heights(self.items, self._apart, self._in_order) if nodes else []

    def _chain(self, group: int) -> tuple[int, ...]:
        """The group and those around it, innermost first."""
        chain = [group]
        while (parent := self.groups[chain[-1]].parent) is not None:
            chain.append(parent)
        return tuple(chain)

    def _in_order(self, y: Sequence[float]) -> list[int]:
        """Groups in the order of how high their nodes came to lie, those inside a group together: for each
        its rank from the top."""
        total, number = [0.0] * len(self.groups), [0] * len(self.groups)
        for i, group in enumerate(self.group):
            for around in self.above[group]:
                total[around] += y[self.item[i]]
                number[around] += 1
        children: dict[int | None, list[int]] = {}
        for group in sorted(range(len(self.groups)), key=lambda g: (total[g] / (number[g] or 1), g)):
            children.setdefault(self.groups[group].parent, []).append(group)
        stack, place = children.get(None, [])[::-1], 0
        rank = [0] * len(self.groups)
        while stack:
            group = stack.pop()
            rank[group], place = place, place + 1
            stack += children.get(group, [])[::-1]
        return rank

    def _apart(self, upper: int, lower: int) -> float:
        m = self.m
        if upper == lower:
            return m.lane if upper == FREE else m.apart
        if FREE in (upper, lower):
            return m.lane + m.pad * len(self.above[max(upper, lower)])
        one, other = self.above[upper], self.above[lower]
        common = len(set(one) & set(other))
        return m.between + m.pad * (len(one) + len(other) - 2 * common)

    # -- lines

    def _trunk(self, source: int) -> dict[int, int]:
        """Column -> point. Lines that leave one node share their points until they part."""
        opens, group = self.opens[source], self.group[source]
        last = max([self.column[target] for target in opens], default=0)
        points: dict[int, int] = {}
        before = self.item[source]
        for column in range(self.column[source] + 1, last):
            beyond = [t for t in opens if self.column[t] > column]
            inside = all(self.group[t] == group for t in beyond)
            point = self.items.add(column, group if inside else FREE, 2.0)
            self.items.link(before, point, PULL_LINE if points else PULL_MIXED)
            points[column] = before = point
        for target in opens:
            end = self.column[target]
            at = points.get(end - 1)
            self.items.link(
                self.item[source] if at is None else at, self.item[target], PULL_BOX if at is None else PULL_MIXED
            )
        return points

    def _line(self, arc: Arc, left: Sequence[float]) -> Line:
        source, target = self.index[arc.source], self.index[arc.target]
        y, wide = self.y, self.m.width
        start, end = self.column[source], self.column[target]
        points = [(left[start] + wide, y[self.item[source]])]
        for column in range(start + 1, end):
            at = y[self.trunks[source][column]]
            points += [(left[column], at), (left[column] + wide, at)]
        points.append((left[end], y[self.item[target]]))
        return Line(arc, tuple(points))

    # -- hulls

    def _stretches(self, group: int) -> list[_Stretch]:
        """Where hulls of a group lie, with items for their headings and for columns that they only pass."""
        inside = {g for g in range(len(self.groups)) if group in self.above[g]}
        held = sorted({self.column[i] for i, g in enumerate(self.group) if g in inside})
        found: list[_Stretch] = []
        for column in held:
            if found and column - found[-1].last <= BRIDGED + 1:
                found[-1].last = column
            else:
                found.append(_Stretch(group, column, column))
        items = self.items
        for stretch in found:
            before: int | None = None
            for column in range(stretch.first, stretch.last + 1):
                if column == stretch.first and self.groups[group].heading:
                    stretch.heading = items.add(column, group, self.groups[group].heading, first=True)
                members = [i for i in items.columns[column] if items.group[i] in inside]
                if not members:
                    members = [items.add(column, group, BRIDGE)]
                stretch.members[column] = members
                mark = stretch.heading if column == stretch.first and stretch.heading is not None else members[0]
                if before is not None:
                    items.link(before, mark, PULL_HULL)
                before = mark
        return found

    def _hull(self, stretch: _Stretch, left: Sequence[float]) -> Hull:
        """Around its items, and around the hulls that lie between them and it."""
        y, items, m = self.y, self.items, self.m
        depth = len(self.above[stretch.group])
        between = {i: len(self.above[items.group[i]]) - depth for found in stretch.members.values() for i in found}
        pad = min(m.pad * (1 + max(between.values())), m.gap * 0.4)
        parts = []
        for column, members in stretch.members.items():
            top = min(y[i] - items.half[i] - m.pad * (1 + between[i]) for i in members)
            bottom = max(y[i] + items.half[i] + m.pad * (1 + between[i]) for i in members)
            parts.append((left[column] - pad, left[column] + m.width + pad, top, bottom))
        heading = stretch.heading
        at = None if heading is None else (left[stretch.first], y[heading] - items.half[heading])
        return Hull(stretch.group, tuple(parts), at)

    # -- all of it

    def drawing(self) -> Drawing:
        m = self.m
        left = self._lefts()
        hulls = [self._hull(stretch, left) for stretch in self.stretches]
        top = min([p[2] for hull in hulls for p in hull.parts], default=0)
        bottom = max([p[3] for hull in hulls for p in hull.parts], default=0)
        shift = MARGIN - min(top, min(self.y, default=0))
        bottom = max(bottom, max(self.y, default=0))
        self.y = [round(at + shift, 1) for at in self.y]
        boxes = {
            node.key: Box(
                left[self.column[i]],
                round(self.y[self.item[i]] - node.height / 2, 1),
                m.width,
                node.height,
                self.column[i],
            )
            for i, node in enumerate(self.nodes)
        }
        ordered = sorted(self.stretches, key=lambda s: (len(self.above[s.group]), s.group, s.first))
        return Drawing(
            width=(left[-1] + m.width if left else 0) + MARGIN,
            height=round(bottom + shift + MARGIN, 1),
            boxes=boxes,
            lines=tuple(self._line(arc, left) for arc in self.arcs),
            hulls=tuple(self._hull(stretch, left) for stretch in ordered),
            columns=self.count,
        )

    def _lefts(self) -> list[float]:
        """Where columns begin: gaps grow with how steep the lines in them are."""
        steep = [[0.0] for _ in range(self.count)]
        for column, members in enumerate(self.items.columns):
            for item in members:
                steep[column] += [abs(self.y[other] - self.y[item]) for other, _ in self.items.right[item]]
        lefts, at = [], MARGIN
        for drops in steep:
            drops.sort()
            typical = drops[int(len(drops) * 0.8)] if drops else 0
            lefts.append(round(at, 1))
            at += self.m.width + round(min(self.m.gap * WIDEST, self.m.gap + typical * 0.12))
        return lefts
