"""When topics come back: FSRS by days, credit for prerequisites, caps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import recall
from tracker.recall import AGAIN, EASY, GOOD, Due, Memory

DAY = date(2026, 5, 1)
retentions = st.sampled_from([0.7, 0.8, 0.85, 0.9, 0.95, 0.97])
ratings = st.integers(AGAIN, EASY)


@st.composite
def walked(draw: st.DrawFn) -> tuple[Memory, date, float]:
    """A memory after some reviews, a day on or after the last of them, and the retention that is wanted."""
    retention, today = draw(retentions), DAY
    memory = recall.begin(today, retention)
    for rating, late in draw(st.lists(st.tuples(ratings, st.integers(-3, 400)), max_size=8)):
        today = max(memory.reviewed_on, memory.due_on + timedelta(late))
        memory = recall.review(memory, rating, today, retention)
    return memory, today + timedelta(draw(st.integers(0, 800))), retention


class TestScheduling:
    def test_a_topic_comes_back_two_days_after_it_was_done_and_then_ever_later(self) -> None:
        memory = recall.begin(DAY, 0.9)
        gaps = [(memory.due_on - DAY).days]
        for _ in range(5):
            today = memory.due_on
            memory = recall.review(memory, GOOD, today, 0.9)
            gaps.append((memory.due_on - today).days)
        assert gaps[0] == 2
        assert gaps == sorted(gaps)
        assert gaps[-1] > 100

    def test_what_was_forgotten_comes_back_within_days(self) -> None:
        memory = recall.begin(DAY, 0.9)
        for _ in range(4):
            memory = recall.review(memory, GOOD, memory.due_on, 0.9)
        lapsed = recall.review(memory, AGAIN, memory.due_on, 0.9)
        assert (lapsed.due_on - memory.due_on).days < 10
        assert lapsed.rating == AGAIN

    @given(walked(), ratings)
    def test_it_comes_back_after_today_and_within_the_longest(
        self, case: tuple[Memory, date, float], rating: int
    ) -> None:
        memory, today, retention = case
        after = recall.review(memory, rating, today, retention)
        assert timedelta(1) <= after.due_on - today <= timedelta(recall.LONGEST)
        assert after.reviewed_on == today
        assert after.stability > 0
        assert 1 <= after.difficulty <= 10
        assert after == recall.review(memory, rating, today, retention), "no chance is involved"
        assert Memory.read(after.told()) == after

    @given(walked())
    def test_a_better_answer_never_comes_back_earlier(self, case: tuple[Memory, date, float]) -> None:
        found = recall.intervals(*case)
        assert list(found) == sorted(found)

    @given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), retentions)
    def test_the_database_reckons_the_first_interval_alike(self, day: date, retention: float) -> None:
        a, b = recall.first_interval()
        assert (recall.begin(day, retention).due_on - day).days == max(1, round(a * (retention**b - 1)))

    @given(walked())
    def test_the_chance_to_remember_falls_with_the_days(self, case: tuple[Memory, date, float]) -> None:
        memory, today, _ = case
        chances = [recall.chance(memory, today + timedelta(n)) for n in (0, 1, 30, 365)]
        assert chances == sorted(chances, reverse=True)
        assert all(0 < chance <= 1 for chance in chances)


class TestCredit:
    @given(walked(), st.floats(0, 1))
    def test_it_lies_between_nothing_and_a_review(self, case: tuple[Memory, date, float], fraction: float) -> None:
        memory, today, retention = case
        credited = recall.credit(memory, today, retention, fraction)
        full = recall.review(memory, GOOD, today, retention)
        assert memory.due_on <= credited.due_on <= max(memory.due_on, full.due_on), "never earlier"
        assert memory.stability <= credited.stability <= max(memory.stability, full.stability) + 1e-9
        assert memory.reviewed_on <= credited.reviewed_on <= max(memory.reviewed_on, today)
        assert credited.due_on > credited.reviewed_on
        assert (credited.rating, credited.difficulty) == (memory.rating, memory.difficulty)

    @given(walked())
    def test_once_a_day_and_not_beside_a_review_of_its_own(self, case: tuple[Memory, date, float]) -> None:
        memory, today, retention = case
        credited = recall.credit(memory, today, retention)
        assert recall.credit(credited, today, retention) == credited
        reviewed = recall.review(memory, GOOD, today, retention)
        assert recall.credit(reviewed, today, retention) == reviewed

    @given(walked())
    def test_a_bigger_fraction_never_counts_less(self, case: tuple[Memory, date, float]) -> None:
        found = [recall.credit(*case, fraction) for fraction in (0, 0.1, 0.3, 0.7, 1)]
        assert [each.due_on for each in found] == sorted(each.due_on for each in found)
        assert [each.stability for each in found] == sorted(each.stability for each in found)

    @given(walked(), st.lists(st.integers(1, 60), min_size=1, max_size=6))
    def test_credits_stay_below_reviews_on_the_same_days(
        self, case: tuple[Memory, date, float], gaps: list[int]
    ) -> None:
        memory, today, retention = case
        credited = reviewed = memory
        for gap in gaps:
            today += timedelta(gap)
            credited = recall.credit(credited, today, retention)
            reviewed = recall.review(reviewed, GOOD, today, retention)
        assert credited.due_on <= max(memory.due_on, reviewed.due_on)
        assert credited.credits <= recall.MOST_CREDITS
        assert recall.review(credited, GOOD, today, retention).credits == 0


class TestSpread:
    @given(st.lists(st.integers(0, 900)), st.integers(1, 40))
    def test_no_day_gets_more_than_its_part_and_the_oldest_come_first(self, ages: list[int], cap: int) -> None:
        dates = [DAY - timedelta(age) for age in ages]
        found = recall.spread(dates, DAY, 0.9, cap)
        pairs = sorted(zip(dates, found, strict=True), key=lambda pair: pair[0])
        at_once = [m.due_on for day, m in pairs if recall.begin(day, 0.9).due_on <= DAY]
        a_day = -(-cap // 2)
        assert all(at_once.count(day) <= a_day for day in at_once)
        assert all(memory.due_on > memory.reviewed_on and memory.due_on >= DAY for memory in found)
        assert at_once == sorted(at_once)


@st.composite
def queues(draw: st.DrawFn) -> tuple[list[Due], dict[int, int], list[tuple[int, ...]]]:
    caps = draw(st.dictionaries(st.integers(1, 4), st.integers(1, 6), min_size=1))
    roadmaps = st.lists(st.sampled_from(sorted(caps)), min_size=1, unique=True).map(tuple)
    due = draw(st.lists(st.tuples(st.integers(-50, 20), roadmaps), max_size=30))
    found = [Due(n, DAY + timedelta(day), seats) for n, (day, seats) in enumerate(due)]
    return sorted(found, key=lambda one: (one.due_on, one.topic)), caps, draw(st.lists(roadmaps, max_size=8))


class TestCaps:
    @given(queues())
    def test_they_hold_over_all_and_for_each(
        self, case: tuple[list[Due], dict[int, int], list[tuple[int, ...]]]
    ) -> None:
        due, caps, reviewed = case
        taken = recall.under_caps(due, caps, reviewed)
        assert len(taken) + len(reviewed) <= max(*caps.values(), len(reviewed))
        for roadmap, cap in caps.items():
            alone = [one for one in taken if one.roadmaps == (roadmap,)]
            assert len(alone) <= cap
        assert taken == [one for one in due if one in taken], "in the order given"

    @given(queues(), st.integers(1, 90))
    def test_day_by_day_everything_comes_once(
        self, case: tuple[list[Due], dict[int, int], list[tuple[int, ...]]], days: int
    ) -> None:
        due, caps, reviewed = case
        found = recall.by_day(due, caps, DAY, days, reviewed)
        assert all(0 < count <= max(caps.values()) for count in found.values())
        assert all(DAY <= day < DAY + timedelta(days) for day in found)
        assert sum(found.values()) <= len(due)
        if days > 20 + len(due) + 1:
            assert sum(found.values()) == len(due)

    @pytest.mark.parametrize("ask", [lambda: recall.under_caps([], {}), lambda: list(recall.by_day([], {}, DAY, 5))])
    def test_nothing_is_nothing(self, ask: Callable[[], list[object]]) -> None:
        assert ask() == []
