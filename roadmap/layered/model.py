"""What goes into a drawing and what comes out of it. Lengths are pixels at scale 1; y grows downwards."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    key: int
    group: int
    """Index among the groups."""
    height: float
    """Of its box; all boxes are equally wide."""


@dataclass(frozen=True, slots=True)
class Group:
    parent: int | None = None
    """Index of the group it lies in; parents stand before their children."""
    heading: float = 0
    """Height that its heading takes above its first node."""


@dataclass(frozen=True, slots=True)
class Arc:
    """From what is needed to what needs it."""

    source: int
    target: int


@dataclass(frozen=True, slots=True)
class Measures:
    width: float = 148
    """Of a box."""
    gap: float = 44
    """Between columns, at least."""
    apart: float = 8
    """Between boxes of a group."""
    pad: float = 9
    """From a box to the edge of its hull."""
    between: float = 10
    """Between hulls."""
    lane: float = 7
    """Between lines that run side by side."""


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    """Of its upper left corner."""
    width: float
    height: float
    column: int


@dataclass(frozen=True, slots=True)
class Line:
    """An arc as it is drawn: points in turn where it leaves a column and where it enters the next one."""

    arc: Arc
    points: tuple[tuple[float, float], ...]
    """Of even number. Between the first and the second of a pair it bows, between pairs it runs level."""


@dataclass(frozen=True, slots=True)
class Hull:
    group: int
    parts: tuple[tuple[float, float, float, float], ...]
    """(left, right, top, bottom) for each column it passes, from left to right."""
    heading: tuple[float, float] | None
    """Upper left corner of the room kept for the heading; None for groups without one."""


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    boxes: dict[int, Box]
    """By key, in the order given."""
    lines: tuple[Line, ...]
    """In the order of the arcs."""
    hulls: tuple[Hull, ...]
    """Outer ones first. A group that is far spread has several."""
    columns: int
