"""Loops among links. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def find_cycle(edges: Iterable[tuple[Node, Node]]) -> list[Node] | None:
    """One loop as [a, b, c, a], each having an edge to the next; None when there is none. Linear, no recursion."""
    follows: dict[Node, list[Node]] = {}
    for start, end in edges:
        follows.setdefault(start, []).append(end)
    done: set[Node] = set()
    for root in follows:
        if root in done:
            continue
        trail: dict[Node, None] = {root: None}
        stack = [iter(follows[root])]
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                done.add(trail.popitem()[0])
            elif node in trail:
                loop = list(trail)
                return [*loop[loop.index(node) :], node]
            elif node not in done and node in follows:
                trail[node] = None
                stack.append(iter(follows[node]))
    return None
