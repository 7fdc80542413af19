"""What this process remembers of who checks off: a session, its person, and what is counted of them.

Whoever checked something off is likely to do it again, and reading all of it anew takes longer than the act. It is
believed, never trusted: the statement of the act looks first whether every row that it was read from is still the same
one (by the transactions that wrote them), and does nothing where one is not. `sessions.with_remembered_walks` then
reads anew and asks again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any, NamedTuple

from tracker.summaries import Summary

MOST = 1000
"""Sessions remembered at once, the last used ones."""

PERSON_STAMP = "session.xmin || ' ' || session.ctid || ' ' || person.xmin || ' ' || person.ctid"
WALK_STAMP = """current.xmin || ' ' || current.ctid || ' ' || coalesce(enrolment.xmin || ' ' || enrolment.ctid, '')
       || ' ' || coalesce(recorded.xmin || ' ' || recorded.ctid, '')
       || ' ' || coalesce(goal.xmin || ' ' || goal.ctid, '')"""
"""SQL: which versions of the rows were read: who wrote them, and where they lie. The summaries are not among them: they
carry a version of their own."""


class Believed(NamedTuple):
    """What the statement of an act has to confirm before it does anything."""

    session: str
    """Its key."""
    stamp: str


class Remembered(NamedTuple):
    """As it was read last, or as an act of this process left it."""

    person: Sequence[Any]
    """The user's columns."""
    walks: tuple[tuple[Any, ...], ...]
    """`summaries.COLUMNS`, then `summaries.ROADMAP_COLUMNS`."""
    believed: Believed


def stamp(person: str, walks: Sequence[str]) -> str:
    """As the function `tracker_set_topic_state` puts them together."""
    return f"{person}; {', '.join(walks)}"


_kept: OrderedDict[str, Remembered] = OrderedDict()
_lock = Lock()


def recall(session: str) -> Remembered | None:
    with _lock:
        found = _kept.get(session)
        if found is not None:
            _kept.move_to_end(session)
    return found


def keep(found: Remembered) -> None:
    with _lock:
        _kept[found.believed.session] = found
        _kept.move_to_end(found.believed.session)
        while len(_kept) > MOST:
            _kept.popitem(last=False)


def forget(session: str) -> None:
    with _lock:
        _kept.pop(session, None)


def keep_after(session: str, rows: Sequence[Summary]) -> None:
    """An act of this session left `rows` of what is counted; nothing else of what was read can have changed by it."""
    with _lock:
        found = _kept.get(session)
        if found is None:
            return
        if [row.roadmap for row in rows] != [walk[0] for walk in found.walks]:
            del _kept[session]
            return
        walks = tuple((*row, *walk[len(row) :]) for row, walk in zip(rows, found.walks, strict=True))
        _kept[session] = found._replace(walks=walks)
