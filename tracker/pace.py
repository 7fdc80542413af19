"""How fast a learner goes on a roadmap, and when they would be done. Pure.

The forecast draws the past weeks again at random, with replacement and as many as there are, and takes the paces that
eight of ten such draws lie between (a bootstrap; with at most four weeks every draw is counted, so there is no chance
in it). A pace of nothing forecasts nothing; whoever did more in any week is never told a later date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from math import ceil, floor

WEEKS = 4
OUTER = 0.1
"""Of the draws that lie beyond each end of the range."""
MOST_WEEKS = 520
"""What lies further ahead is said to have no end in sight."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Weeks from now, at the quicker and at the slower of the paces; None: no end in sight."""

    early: int
    late: int | None

    def dates(self, today: date) -> tuple[date, date | None]:
        return today + timedelta(weeks=self.early), None if self.late is None else today + timedelta(weeks=self.late)


def weekly(amounts: Sequence[tuple[date, float]], today: date, begun: date | None) -> tuple[float, ...]:
    """What was done in each of the last weeks of seven days that end today, the latest last; weeks before the learner
    began are left out, the one they began in is whole. At least one, at most `WEEKS`."""
    known = WEEKS if begun is None else min(WEEKS, max(1, (today - begun).days // 7 + 1))
    weeks = [0.0] * known
    for day, amount in amounts:
        back = (today - day).days // 7
        if 0 <= back < known:
            weeks[known - 1 - back] += amount
    return tuple(weeks)


def known_from(today: date, begun: date | None) -> date | None:
    """The seventh day of who began lately: until then what they did is no week's work, and nothing goes by it. None
    from that day on, and for who did not begin."""
    seventh = None if begun is None else begun + timedelta(days=6)
    return seventh if seventh is not None and seventh > today else None


def mean(weeks: Sequence[float]) -> float:
    return sum(weeks) / len(weeks) if weeks else 0.0


def forecast(weeks: Sequence[float], left: float) -> Forecast | None:
    """When `left` is done at the pace of these weeks (at most `WEEKS`). None without a pace; nothing left is now."""
    if left <= 0:
        return Forecast(0, 0)
    if not any(week > 0 for week in weeks):
        return None
    paces = sorted(sum(draw) / len(draw) for draw in product(weeks, repeat=len(weeks)))
    cut = floor(len(paces) * OUTER)
    early, late = floor(_weeks(left, paces[-1 - cut])), ceil(_weeks(left, paces[cut]))
    late = max(late, early + 1)  # nobody's weeks are so even that a day could be named
    return Forecast(early, late if late <= MOST_WEEKS else None)


def _weeks(left: float, pace: float) -> float:
    """At most one more than `MOST_WEEKS`, whatever the pace."""
    return left / pace if pace * (MOST_WEEKS + 1) > left else MOST_WEEKS + 1


def needed(left: float, today: date, until: date) -> float | None:
    """A week's pace that would be done by `until`; None when that is past."""
    days = (until - today).days
    return left * 7 / days if days > 0 else None
