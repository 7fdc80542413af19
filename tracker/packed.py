"""A learner's states on one tree as a string of bytes, and the shares counted from it. Pure.

One byte per topic, in the order of `layout`: what a page of 2,000 topics reads of a learner is one value of 2,000
bytes, and a branch, being a run of that string, is counted at the speed of `bytes.count`. What PostgreSQL stores of it
is `RoadmapSummary.states`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import NamedTuple

from roadmap.tree import Tree
from tracker.share import Share

TODO, LEARNING, DONE, SKIPPED, WAIVED = "todo", "learning", "done", "skipped", "waived"
STATES = (TODO, LEARNING, DONE, SKIPPED, WAIVED)
"""In the order of their codes: a byte's lowest three bits."""
CODES = {state: code for code, state in enumerate(STATES)}
STATE, STARTED, CHANGED = 7, 8, 16
"""Bits of a byte: which state; learning, done or waived once; done, and its text changed since."""
_APART = 5
"""Code of a seat that does not count, while shares are counted."""


class Mark(NamedTuple):
    """What is stored of one learner and topic."""

    state: str
    revision: int = 1
    """The topic's revision when it was set, or when the learner last said "still fine"."""
    started: bool = False
    """It was learning, done or waived once: it never locks again."""


NONE = Mark(TODO)
PLAIN = bytes(code & STATE for code in range(256))
"""For `bytes.translate`: the state alone."""


class Span(NamedTuple):
    """A branch as a run of the string, those below it included."""

    start: int
    end: int
    seats: int
    """That count, before choices are cut."""
    optional: int
    choose: int | None
    choices: tuple[int, ...]
    """Choices inside it (indexes of branches), outermost only."""


@dataclass(frozen=True)
class Layout:
    """Where the topics of a tree stand in a string of states."""

    order: tuple[int, ...]
    """Ids of topics: the seated ones in reading order, then those of other roadmaps that these need or open."""
    position: dict[int, int]
    seated: int
    """So many of them are seated here."""
    spans: tuple[Span, ...]
    """Of each branch, by its index in `Tree.branches`."""
    whole: Span
    """Of the roadmap."""
    hours: tuple[float, ...]
    """Of each seated topic; 0 where unstated. Empty where none is."""
    optional: int
    """Bit mask of whole bytes over the seated part, big-endian: seats that do not count."""
    apart: int
    """The same with `_APART` for each byte."""


def layout(tree: Tree) -> Layout:
    """Worked out once per tree, and kept with it."""
    found = tree.kept.get(__name__)
    if not isinstance(found, Layout):  # threads may do this twice, to the same end
        found = tree.kept[__name__] = _layout(tree)
    return found


def _layout(tree: Tree) -> Layout:
    seated = tree.order
    order = (*seated, *sorted(tree.topics.keys() - set(seated)))
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    required = [0] * len(tree.branches)
    optional = [0] * len(tree.branches)
    for place, (index, seat) in enumerate(tree.seats()):
        for above in tree.above(index):
            starts.setdefault(above, place)
            ends[above] = place + 1
            (optional if seat.optional else required)[above] += 1
    inside: list[list[int]] = [[] for _ in tree.branches]
    outermost: list[int] = []
    for index, branch in enumerate(tree.branches):
        if branch.choose is not None:
            chain = tree.above(index)[1:]
            for above in chain:
                inside[above].append(index)
                if tree.branches[above].choose is not None:
                    break
            else:
                outermost.append(index)
    spans = tuple(
        Span(starts.get(i, 0), ends.get(i, 0), required[i], optional[i], branch.choose, tuple(inside[i]))
        for i, branch in enumerate(tree.branches)
    )
    apart = [seat.optional for _, seat in tree.seats()]
    hours = tuple(tree.topics[topic].hours or 0.0 for topic in seated)
    return Layout(
        order=order,
        position={topic: place for place, topic in enumerate(order)},
        seated=len(seated),
        spans=spans,
        whole=Span(0, len(seated), len(seated) - sum(apart), sum(apart), None, tuple(outermost)),
        hours=hours if any(hours) else (),
        optional=int.from_bytes(bytes(0xFF * one for one in apart), "big"),
        apart=int.from_bytes(bytes(_APART * one for one in apart), "big"),
    )


def pack(tree: Tree, marks: Mapping[int, Mark]) -> bytes:
    """`marks` by topic id; those of topics that the tree does not know are left out."""
    plan = layout(tree)
    packed = bytearray(len(plan.order))
    topics, position = tree.topics, plan.position
    for topic, mark in marks.items():
        place = position.get(topic)
        if place is not None:
            packed[place] = code_of(mark, topics[topic].revision)
    return bytes(packed)


def code_of(mark: Mark, revision: int) -> int:
    """The byte of a mark on a topic that is at `revision` now."""
    changed = mark.state == DONE and mark.revision < revision
    return CODES[mark.state] | (STARTED if mark.started else 0) | (CHANGED if changed else 0)


def unpack(tree: Tree, states: bytes) -> dict[int, Mark]:
    """Topic id -> mark, of the topics that were ever touched. Which revision a mark was set at is not packed: it is the
    topic's own, or 0 where the text changed since."""
    topics = tree.topics
    return {
        topic: Mark(STATES[code & STATE], 0 if code & CHANGED else topics[topic].revision, bool(code & STARTED))
        for topic, code in zip(layout(tree).order, states, strict=True)
        if code
    }


_DONE = bytes(code & STATE in {CODES[DONE], CODES[WAIVED]} for code in range(256))


def done_of(tree: Tree, states: bytes) -> list[int]:
    """Ids of the seated topics that are done or waived, in reading order."""
    plan = layout(tree)
    return list(compress(plan.order, states[: plan.seated].translate(_DONE)))


def with_code(states: bytes, place: int, code: int) -> bytes:
    return states[:place] + bytes((code,)) + states[place + 1 :]


class Counted:
    """The shares of one learner on one tree: any of them alone, or all."""

    def __init__(self, tree: Tree, states: bytes) -> None:
        plan = self._layout = layout(tree)
        plain = states[: plan.seated].translate(PLAIN)
        self._required = self._optional = plain
        if plan.optional:
            bits = int.from_bytes(plain, "big")
            self._required = (bits & ~plan.optional | plan.apart).to_bytes(plan.seated, "big")
            self._optional = (bits & plan.optional).to_bytes(plan.seated, "big")

    def total(self) -> Share:
        whole = self._layout.whole
        hours = 0.0
        if self._layout.hours:
            # Where nothing is a choice, all that is open is left.
            left = self._left(whole) if whole.choices else compress(self._layout.hours, self._opened)
            hours = round(sum(left), 2)
        return self._share(whole)._replace(hours_left=hours)

    def hours_left(self, index: int) -> float:
        """As `Share.hours_left`, of a branch."""
        return round(sum(self._left(self._layout.spans[index])), 2)

    def branch(self, index: int) -> Share:
        """`index` in `Tree.branches`. A branch is the sum of what is below it; a choice its best k."""
        return self._share(self._layout.spans[index])

    def met(self, index: int) -> int:
        """Done and waived of a branch, the numerator of its share."""
        span = self._layout.spans[index]
        if span.choose is None and not span.choices:  # nothing is cut: what `_numbers` comes to, at a third of its cost
            states = self._required
            return states.count(2, span.start, span.end) + states.count(4, span.start, span.end)
        _, done, waived, _, _ = self._numbers(span)
        return done + waived

    def all(self) -> tuple[tuple[Share, ...], Share]:
        return tuple(self._share(span) for span in self._layout.spans), self.total()

    def _share(self, span: Span) -> Share:
        done_beside = 0
        if span.optional:
            beside, start, end = self._optional, span.start, span.end
            done_beside = beside.count(2, start, end) + beside.count(4, start, end)
        return Share(*self._numbers(span), span.optional, done_beside)

    def _numbers(self, span: Span) -> tuple[int, int, int, int, int]:
        """required, done, waived, learning, skipped."""
        states, start, end = self._required, span.start, span.end
        required, done, waived = span.seats, states.count(2, start, end), states.count(4, start, end)
        learning, skipped = states.count(1, start, end), states.count(3, start, end)
        for index in span.choices:
            inner = self._layout.spans[index]
            cut = self._numbers(inner)
            start, end = inner.start, inner.end
            required += cut[0] - inner.seats
            done += cut[1] - states.count(2, start, end)
            waived += cut[2] - states.count(4, start, end)
            learning += cut[3] - states.count(1, start, end)
            skipped += cut[4] - states.count(3, start, end)
        k = span.choose
        if k is not None and required > k:
            # Its best k: done, then waived, under way, untouched; skipped only where too few are left.
            skipped = max(0, k - (required - skipped))
            required, done = k, min(done, k)
            waived = min(waived, k - done)
            learning = min(learning, k - done - waived)
        return required, done, waived, learning, skipped

    @cached_property
    def _opened(self) -> bytes:
        return self._required.translate(_OPEN)

    def _left(self, span: Span) -> list[float]:
        """Hours of what is required and open; of a choice the shortest that are still needed."""
        found: list[float] = []
        start = span.start
        for index in span.choices:
            inner = self._layout.spans[index]
            found += self._open_hours(start, inner.start) + self._left(inner)
            start = max(start, inner.end)
        found += self._open_hours(start, span.end)
        if span.choose is not None:
            required, done, waived, _, skipped = self._numbers(span)
            if required == span.choose:
                found.sort()
                del found[required - done - waived - skipped :]
        return found

    def _open_hours(self, start: int, end: int) -> list[float]:
        return list(compress(self._layout.hours[start:end], self._opened[start:end]))


_OPEN = bytes(int(code in {CODES[TODO], CODES[LEARNING]}) for code in range(256))


def shares_of(tree: Tree, states: bytes) -> tuple[tuple[Share, ...], Share]:
    """The share of each branch, by its index in `Tree.branches`, and of the roadmap."""
    return Counted(tree, states).all()
