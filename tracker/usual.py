"""What is usual in a cohort: measured on some of its learners, once an hour."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from django.db import connection

from roadmap.tree import Tree
from tracker.matrix_sql import USUAL
from tracker.models import Cohort
from tracker.need import ASSUMED, Usual

MOST_LEARNERS = 200
"""Measured on so many: a median of a few thousand topics does not move with more."""
FEWEST = 5
"""Topics, or pauses, below which nothing is measured."""
KEPT = 256

_kept: OrderedDict[tuple[int, int, int], tuple[datetime, Measured]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Measured:
    usual: Usual
    dense: bool
    """The keys of the learners lie close together (`tracker.matrix_sql.facts`)."""


def measured(cohort: Cohort, tree: Tree, now: datetime) -> Measured:
    """No query when it was asked for in the same hour, else one. Rounded, so that it does not flicker."""
    key, hour = (cohort.pk, tree.id, tree.revision), now.replace(minute=0, second=0, microsecond=0)
    with _lock:
        found = _kept.get(key)
        if found is not None and found[0] == hour:
            _kept.move_to_end(key)
            return found[1]
    made = measure(cohort, tree, now)
    with _lock:
        _kept[key] = (hour, made)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def measure(cohort: Cohort, tree: Tree, now: datetime) -> Measured:
    """One query, over the state rows of at most `MOST_LEARNERS` learners."""
    values: dict[str, Any] = {"cohort": cohort.pk, "topics": list(tree.order), "now": now, "most": MOST_LEARNERS}
    with connection.cursor() as cursor:
        cursor.execute(USUAL, values)
        dense, topics, topic_days, gaps, gap_days = cursor.fetchone()
    enough, often = topics >= FEWEST, gaps >= FEWEST
    usual = Usual(
        max(1.0, round(topic_days * 2) / 2) if enough else ASSUMED.topic_days,
        float(min(14, max(3, round(3 * gap_days)))) if often else ASSUMED.quiet_days,
        topics if enough else 0,
        gaps if often else 0,
    )
    return Measured(usual, bool(dense))


def forget() -> None:
    """For tests: what was measured is measured anew."""
    with _lock:
        _kept.clear()
