"""The exports as CSV: UTF-8 with a mark at the beginning, commas, CRLF; streamed in pieces of some 64 kB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from roadmap.models import Roadmap
from roadmap.tree import Tree
from tracker.exports import events as rows_of_events
from tracker.exports.cells import BOM, line, text
from tracker.exports.matrix import heads, lines, state_words
from tracker.models import Cohort
from tracker.permissions import Person

PIECE = 65_536
"""Characters that are sent together."""


def matrix_csv(person: Person, cohort: Cohort, tree: Tree) -> Iterator[bytes]:
    """Learners × (totals, share of each section, state of each topic)."""
    return pieces(_matrix(person, cohort, tree, heads(tree), state_words()))


def events_csv(person: Person, cohort: Cohort, roadmap: Roadmap | None = None) -> Iterator[bytes]:
    """Every event of the cohort's learners on this roadmap or all of its own, learner by learner, oldest first."""
    rows = (line([*map(str, row[:2]), *map(text, row[2:])]) for row in rows_of_events.events(person, cohort, roadmap))
    return pieces(_headed(line(map(text, rows_of_events.heads())), rows))


def _matrix(person: Person, cohort: Cohort, tree: Tree, head: tuple[str, ...], words: tuple[str, ...]) -> Iterator[str]:
    yield BOM + line(map(text, head))
    word = tuple(map(text, words)).__getitem__
    for row in lines(person, cohort, tree):
        totals = (row.done, row.waived, row.required, row.learning, row.skipped)
        yield line(
            [
                str(row.learner),
                text(row.name),
                _percent(row.percent),
                *map(str, totals),
                f"{row.last_move:%Y-%m-%d %H:%M}" if row.last_move else "",
                *map(_percent, row.shares),
                *map(word, row.states),
            ]
        )


def _percent(value: int | None) -> str:
    return "" if value is None else str(value)


def _headed(head: str, rows: Iterable[str]) -> Iterator[str]:
    yield BOM + head
    yield from rows


def pieces(rows: Iterable[str]) -> Iterator[bytes]:
    """The text in pieces of some `PIECE` characters, encoded."""
    kept: list[str] = []
    size = 0
    for row in rows:
        kept.append(row)
        size += len(row)
        if size >= PIECE:
            yield "".join(kept).encode()
            kept, size = [], 0
    yield "".join(kept).encode()
