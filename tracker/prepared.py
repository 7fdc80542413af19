"""What a check-off makes of the rows that count it, worked out before it is written (tracker/summaries.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roadmap.tree import Tree
from tracker.packed import CODES, STATE, Counted, layout, with_code
from tracker.summaries import Summary, array, tree_counted


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a change of one topic makes of the rows of its learner: parameters of `tracker_set_topic_state`."""

    rows: tuple[Summary, ...]
    """All of the learner's, with the versions that are counted on."""
    known: str
    versions: str
    counted: str
    places: str
    met: str
    numbers: str
    finished: tuple[int, ...]
    """Ids of the roadmaps that this finishes."""
    after: tuple[tuple[Summary, int | None], ...]
    """The rows when it is done, but for the byte of the topic, which the database makes; and where that stands."""

    def done(self, code: int) -> tuple[Summary, ...]:
        """The rows when it is done; `code` is the topic's byte then."""
        return tuple(
            row if place is None else row._replace(states=with_code(row.states, place, code))
            for row, place in self.after
        )


NOTHING_KNOWN = Prepared((), "{}", "{}", "{}", "{}", "{}", "{}", (), ())


def prepare(rows: Sequence[Summary], topic: int, state: str) -> Prepared | None:
    """Count what `state` for `topic` makes of `rows`; None when one of them is stale. No query in the usual case: the
    trees are kept in the process."""
    if not rows:
        return NOTHING_KNOWN
    counted: list[int] = []
    places: list[int] = []
    met: list[str] = []
    numbers: list[int] = []
    finished: list[int] = []
    after: list[tuple[Summary, int | None]] = []
    for row in rows:
        if row.revision != row.current:
            return None
        tree = tree_counted(row)
        if tree is None:
            return None
        place = layout(tree).position.get(topic)
        if place is None:
            after.append((row, None))
            continue
        now = Counted(tree, with_code(row.states, place, row.states[place] & ~STATE | CODES[state]))
        total = now.total()
        seated = tree.seated.get(topic)
        counted.append(row.roadmap)
        places.append(place + 1 if seated is not None else -place - 1)
        above = _met_above(tree, row.met, now, seated)
        met.append(f'"{array(above)}"')
        after.append((row._replace(version=row.version + 1, met=above), place))
        numbers += (total.done, total.waived, total.learning, total.skipped)
        if row.walked and row.finished_at is None and total.finished:
            finished.append(row.roadmap)
    return Prepared(
        tuple(rows),
        array([row.roadmap for row in rows]),
        array([row.version for row in rows]),
        array(counted),
        array(places),
        array(met),
        array(numbers),
        tuple(finished),
        tuple(after),
    )


def _met_above(tree: Tree, met: list[int], now: Counted, seated: int | None) -> list[int]:
    if seated is None:
        return met
    changed = list(met)
    for index in tree.above(seated):
        changed[index] = now.met(index)
    return changed
