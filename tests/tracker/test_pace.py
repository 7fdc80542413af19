"""The pace and its forecast: examples, then properties. No database."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.heat import CELL, GAP, heat, levels
from tracker.pace import MOST_WEEKS, WEEKS, forecast, mean, needed, weekly

TODAY = date(2026, 3, 31)
amounts = st.floats(0, 1e6, allow_nan=False)
weeks = st.lists(amounts, min_size=1, max_size=WEEKS)


class TestWeekly:
    def test_seven_days_that_end_today(self) -> None:
        done = [(TODAY, 1.0), (TODAY - timedelta(days=6), 2.0), (TODAY - timedelta(days=7), 4.0)]
        assert weekly(done, TODAY, None) == (0.0, 0.0, 4.0, 3.0)

    def test_weeks_before_the_beginning_are_left_out(self) -> None:
        assert weekly([(TODAY, 3.0)], TODAY, TODAY) == (3.0,)
        assert weekly([], TODAY, TODAY - timedelta(days=8)) == (0.0, 0.0)
        assert len(weekly([], TODAY, TODAY - timedelta(days=500))) == WEEKS

    def test_what_is_older_or_ahead_counts_nowhere(self) -> None:
        assert weekly([(TODAY - timedelta(days=28), 1.0), (TODAY + timedelta(days=1), 1.0)], TODAY, None) == (0.0,) * 4

    @given(st.lists(st.tuples(st.integers(0, 27).map(lambda back: TODAY - timedelta(days=back)), st.integers(0, 9))))
    def test_nothing_is_lost(self, done: list[tuple[date, int]]) -> None:
        assert sum(weekly([(day, float(n)) for day, n in done], TODAY, None)) == sum(n for _, n in done)


class TestForecast:
    def test_even_weeks_say_a_week(self) -> None:
        found = forecast((2, 2, 2, 2), 8)
        assert found is not None
        assert (found.early, found.late) == (4, 5)
        assert found.dates(TODAY) == (TODAY + timedelta(weeks=4), TODAY + timedelta(weeks=5))

    def test_uneven_weeks_say_a_range(self) -> None:
        found = forecast((0, 4, 2, 6), 12)
        assert found is not None
        assert found.late is not None
        assert found.early < 4 < found.late

    def test_a_week_of_four_has_no_latest_date(self) -> None:
        found = forecast((0, 0, 0, 5), 10)
        assert found is not None
        assert found.late is None

    def test_without_a_pace_nothing_is_forecast(self) -> None:
        assert forecast((0, 0), 5) is None
        assert forecast((), 5) is None
        assert mean(()) == 0

    def test_nothing_left_is_now(self) -> None:
        found = forecast((0, 0), 0)
        assert found is not None
        assert found.dates(TODAY) == (TODAY, TODAY)

    @given(weeks, st.lists(amounts, min_size=WEEKS, max_size=WEEKS), amounts)
    def test_more_pace_is_never_later(self, some: list[float], more: list[float], left: float) -> None:
        slower, quicker = forecast(some, left), forecast([a + b for a, b in zip(some, more, strict=False)], left)
        if slower is None:
            return
        assert quicker is not None
        assert quicker.early <= slower.early
        assert slower.late is None or (quicker.late is not None and quicker.late <= slower.late)

    @given(weeks, amounts, amounts)
    def test_less_left_is_never_later(self, some: list[float], left: float, more: float) -> None:
        near, far = forecast(some, left), forecast(some, left + more)
        if near is None or far is None:
            return
        assert near.early <= far.early
        assert far.late is None or (near.late is not None and near.late <= far.late)

    @given(weeks, st.floats(0, 1e300, allow_nan=False))
    def test_it_is_a_range_within_bounds(self, some: list[float], left: float) -> None:
        found = forecast(some, left)
        if found is None:
            assert not any(some)
        else:
            assert 0 <= found.early <= MOST_WEEKS + 1
            assert found.late is None or found.early <= found.late <= MOST_WEEKS

    def test_the_smallest_pace_divides_by_nothing(self) -> None:
        found = forecast((5e-324,) * 4, 1e300)
        assert found is not None
        assert found.late is None


class TestNeeded:
    def test_what_a_week_has_to_bring(self) -> None:
        assert needed(10, TODAY, TODAY + timedelta(days=35)) == 2
        assert needed(10, TODAY, TODAY) is None
        assert needed(10, TODAY, TODAY - timedelta(days=3)) is None


class TestHeat:
    def test_weeks_stand_side_by_side(self) -> None:
        found = heat({date(2026, 1, 1): 2}, date(2026, 1, 1), date(2026, 1, 12), week_start=1)
        assert [day.on.day for day in found.days] == list(range(1, 13))
        thursday, sunday, monday = found.days[0], found.days[3], found.days[4]
        assert thursday.x == sunday.x < monday.x
        assert monday.y < thursday.y < sunday.y
        assert (found.moves, [day.on for day in found.active]) == (2, [date(2026, 1, 1)])

    @pytest.mark.parametrize("week_start", range(7))
    def test_the_week_begins_where_the_language_says(self, week_start: int) -> None:
        found = heat({}, date(2026, 1, 1), date(2026, 3, 31), week_start=week_start)
        first_row = {day.on.isoweekday() % 7 for day in found.days if day.y == min(d.y for d in found.days)}
        assert first_row == {week_start}

    @given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 400), st.integers(0, 6))
    def test_every_day_once_and_inside(self, first: date, days: int, week_start: int) -> None:
        last = first + timedelta(days=days)
        found = heat({first: 3, last + timedelta(days=1): 9}, first, last, week_start=week_start)
        assert [day.on for day in found.days] == [first + timedelta(days=n) for n in range(days + 1)]
        assert len({(day.x, day.y) for day in found.days}) == days + 1
        assert all(0 <= day.x < found.width and 0 <= day.y < found.height for day in found.days)
        assert found.moves == 3
        assert all(month.x + 2 * (CELL + GAP) <= found.width for month in found.months), "a name that is cut"

    @given(st.lists(st.integers(0, 10_000)))
    def test_levels_rise(self, counts: list[int]) -> None:
        steps = levels(counts)
        assert steps[0] == 1
        assert all(a < b for a, b in itertools.pairwise(steps))

    def test_one_great_day_does_not_pale_the_others(self) -> None:
        assert levels([1, 2, 3, 4, 5, 6, 7, 900]) == (1, 3, 5, 7)
