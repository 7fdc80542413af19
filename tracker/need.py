"""Who needs a mentor, and why: a score that explains itself. Pure.

Four signs, each from 0 to 1 and each with a stated weight; their sum, from 0 to 100 points, sorts the matrix. The same
formula stands in SQL (tracker/matrix_sql.py), built from the constants below; a test holds one against the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import NamedTuple

DAY = 86400.0
"""Seconds."""
WEIGHTS = {"asked": 35, "stuck": 25, "quiet": 20, "behind": 20}
"""Points of each sign at its fullest."""
NEEDS_YOU = 20.0
"""From so many points on, somebody needs their mentor: a request for help has them at once."""
ASKED_AT_ONCE = 0.6
"""Of the sign `asked`, the moment help was asked for."""
ASKED_FULL = 3.0
"""Days until it is full."""
FULL_AT = 3.0
"""`stuck` and `quiet` begin past what is usual, and are full at so many times that."""
BEHIND_FULL = 0.25
"""Part of the roadmap that somebody is behind when `behind` is full."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in a cohort on one roadmap."""

    topic_days: float
    """Median days from beginning a topic to having done it."""
    quiet_days: float
    """Days without a move that are nothing unusual."""
    topics: int = 0
    """Topics that the first was measured on; 0 where it is assumed."""
    gaps: int = 0
    """Pauses that the second was measured on; 0 where it is assumed."""


ASSUMED = Usual(7.0, 7.0)
"""For a cohort in which too little was done to measure."""


class Case(NamedTuple):
    """What the score looks at, of one learner on one roadmap. Times are in days."""

    required: int
    met: int
    """Done and waived, of what is required."""
    skipped: int
    still: float
    """Since they last moved; since they joined or the roadmap began, where they have not moved after that."""
    on_topic: float | None = None
    """Since they began the oldest topic that is under way, or asked for help, whichever is longer ago."""
    asked: float | None = None
    """Since the oldest request for help that is open."""
    expected: float | None = None
    """The share that the dates ask for today, 0 to 1; None without a target."""

    @property
    def finished(self) -> bool:
        """As `Share.finished`: nothing is left but what was skipped."""
        return self.required > 0 and self.met + self.skipped >= self.required

    @property
    def late(self) -> int:
        """Topics that the dates ask for and that are not met."""
        if self.expected is None or self.finished:
            return 0
        return max(0, floor(self.expected * self.required) - self.met)


class Sign(NamedTuple):
    """One reason, and how much it counts."""

    kind: str
    """A key of `WEIGHTS`."""
    value: float
    """More than 0, at most 1."""

    @property
    def points(self) -> float:
        return WEIGHTS[self.kind] * self.value


class Need(NamedTuple):
    signs: tuple[Sign, ...]
    """Those that count, weightiest first."""

    @property
    def score(self) -> float:
        """0 to 100 points."""
        return sum(sign.points for sign in self.signs)

    @property
    def needs_you(self) -> bool:
        return self.score >= NEEDS_YOU


def need(case: Case, usual: Usual) -> Need:
    """Whoever has finished is neither stuck nor quiet nor behind, but may still ask."""
    signs = [] if case.asked is None else [Sign("asked", asked(case.asked))]
    if not case.finished:
        stuck = 0.0 if case.on_topic is None else beyond(case.on_topic, usual.topic_days)
        if stuck > 0:
            signs.append(Sign("stuck", stuck))
        quiet = beyond(case.still, usual.quiet_days)
        if quiet > 0:
            signs.append(Sign("quiet", quiet))
        late = case.late
        if late:
            signs.append(Sign("behind", min(1.0, late / (BEHIND_FULL * case.required))))
    signs.sort(key=_points, reverse=True)  # those that weigh the same stay in this order
    return Need(tuple(signs))


def _points(sign: Sign) -> float:
    return sign.points


def asked(days: float) -> float:
    return ASKED_AT_ONCE + (1 - ASKED_AT_ONCE) * min(1.0, max(0.0, days) / ASKED_FULL)


def beyond(days: float, usual: float) -> float:
    """0 up to what is usual, 1 from `FULL_AT` times that on, a straight line between. `usual` is more than 0."""
    return min(1.0, max(0.0, (days / usual - 1) / (FULL_AT - 1)))


def expected_share(now: datetime, start: datetime, target: datetime | None) -> float | None:
    """How far one would be by now, walking evenly from start to target; 1 past the target, None without one."""
    if target is None:
        return None
    if now >= target:
        return 1.0
    if now <= start:
        return 0.0
    return (now - start).total_seconds() / (target - start).total_seconds()


def days_between(earlier: datetime, later: datetime) -> float:
    """0 where the clocks of two machines disagree about what came first."""
    return max(0.0, (later - earlier).total_seconds() / DAY)
