"""A year of moves as a map of days, weeks side by side. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

CELL, GAP = 11, 3
LEVELS = 4
NAMED = 2
"""So many weeks have room for the name of a month; the last days of the map may be fewer."""
TOP, SIDE = 16, 30
"""Room for the names of months and of weekdays."""


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    moves: int
    level: int
    """0 for none, then 1 to `LEVELS`."""
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A name beside the map."""

    on: date
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Heat:
    days: tuple[Day, ...]
    """Every day of it, in order."""
    months: tuple[Mark, ...]
    weekdays: tuple[Mark, ...]
    """Every other row; the date is one of that weekday."""
    width: int
    height: int
    moves: int
    steps: tuple[int, ...]
    """From so many moves on a day has that level, 1 first."""

    @property
    def active(self) -> tuple[Day, ...]:
        """Days with moves, the latest first."""
        return tuple(day for day in reversed(self.days) if day.moves)


def heat(moves: Mapping[date, int], first: date, last: date, *, week_start: int) -> Heat:
    """The days from `first` to `last`, both included. `week_start` as Django's FIRST_DAY_OF_WEEK: 0 is Sunday."""

    def row(day: date) -> int:
        return (day.isoweekday() - week_start) % 7

    steps = levels([count for day, count in moves.items() if first <= day <= last])
    corner = first - timedelta(days=row(first))
    days, months = [], []
    day = first
    while day <= last:
        column = (day - corner).days // 7
        x, y = SIDE + column * (CELL + GAP), TOP + row(day) * (CELL + GAP)
        count = moves.get(day, 0)
        days.append(Day(day, count, sum(count >= step for step in steps), x, y))
        if day.day == 1 or (day == first and day.day < 21):
            months.append(Mark(day, x if row(day) == 0 or day == first else x + CELL + GAP, TOP - 5))
        day += timedelta(days=1)
    columns = (last - corner).days // 7 + 1
    months = [month for month in months if month.x <= SIDE + (columns - NAMED) * (CELL + GAP)]
    named = tuple(Mark(corner + timedelta(days=at), 0, TOP + at * (CELL + GAP) + CELL - 2) for at in range(1, 7, 2))
    return Heat(
        tuple(days), tuple(months), named, SIDE + columns * (CELL + GAP), TOP + 7 * (CELL + GAP),
        sum(day.moves for day in days), steps,
    )  # fmt: skip


def levels(counts: list[int]) -> tuple[int, ...]:
    """From how many moves on a day has the levels 1 to `LEVELS`: quarters of the days with moves, so that one great
    day does not make all the others pale. Rising; 1 is always the first."""
    found = sorted(count for count in counts if count > 0)
    steps = [1]
    for part in range(1, LEVELS):
        at = found[min(len(found) - 1, part * len(found) // LEVELS)] if found else 0
        steps.append(max(at, steps[-1] + 1))
    return tuple(steps)
