"""What the overlays of one tree have in common, worked out once per tree: who needs and opens whom, as places in the
string of states. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from roadmap.tree import Tree
from tracker.packed import layout


@dataclass(frozen=True, slots=True)
class Place:
    """What the rows of one topic have in common, with places in the string of states for ids of topics."""

    own: int
    groups: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    """For each group the ids that it asks for, and the places of all that meet it."""
    opens: tuple[int, ...]
    """Places of the topics that ask for it."""
    choices: tuple[int, ...]
    placed_at: float


_Bytes = Callable[[bytes], tuple[int, ...]]
"""The bytes at some places."""
_Linked = tuple[int, int, _Bytes, tuple[_Bytes, ...], int, _Bytes]
"""A topic's place; how many groups it needs; the bytes of what it needs alone, and of what meets each group of several;
how many topics ask for it, and their bytes."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the overlays of one tree have in common."""

    places: dict[int, Place]
    """Of every topic of the tree."""
    rank: dict[int, int]
    """Seated topic -> its weight among suggestions: top-level branch, then place."""
    linked: tuple[_Linked, ...]
    """Of each seated topic that needs or opens something."""


def ground_of(tree: Tree) -> Ground:
    found = tree.kept.get(__name__)
    if not isinstance(found, Ground):  # threads may do this twice, to the same end
        position = layout(tree).position
        places = {topic: _place(tree, topic, position) for topic in tree.topics}
        top = {index: tree.above(index)[-1] for index in set(tree.seated.values())}
        rank = {t: (top[tree.seated[t]] << 40) + p for t, p in tree.place.items()}
        linked = [
            _linked(places[topic], len(position)) for topic in tree.order if places[topic].groups or places[topic].opens
        ]
        found = tree.kept[__name__] = Ground(places, rank, tuple(linked))
    return found


def _linked(place: Place, end: int) -> _Linked:
    meeting = [by for _, by in place.groups]
    alone = [by[0] for by in meeting if len(by) == 1]
    groups = tuple(_bytes_at(by, end) for by in meeting if len(by) != 1)
    return place.own, len(meeting), _bytes_at(alone, end), groups, len(place.opens), _bytes_at(place.opens, end)


def _bytes_at(places: Sequence[int], end: int) -> _Bytes:
    """With the byte at `end`, a zero, twice behind them: `itemgetter` gives a tuple only for more than one."""
    return itemgetter(*places, end, end)


def _place(tree: Tree, topic: int, position: Mapping[int, int]) -> Place:
    return Place(
        own=position[topic],
        groups=tuple((asked, tuple(position[n] for n in by if n in position)) for asked, by in tree.groups[topic])
        if topic in tree.groups
        else (),
        opens=tuple(position[t] for t in tree.opens.get(topic, ()) if t in position),
        choices=tree.choices.get(topic, ()),
        placed_at=tree.placed_at.get(topic, 0.0),
    )
