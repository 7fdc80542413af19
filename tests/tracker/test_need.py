"""The score of who needs a mentor: its bounds, what moves it which way, and that SQL says the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.need import (
    ASSUMED,
    FULL_AT,
    NEEDS_YOU,
    WEIGHTS,
    Case,
    Usual,
    asked,
    beyond,
    days_between,
    expected_share,
    need,
)

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
days = st.floats(0, 400, allow_nan=False)
usuals = st.builds(Usual, st.floats(0.5, 60), st.floats(0.5, 60))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    required = draw(st.integers(0, 200))
    met = draw(st.integers(0, required))
    return Case(
        required,
        met,
        draw(st.integers(0, required - met)),
        draw(days),
        draw(st.none() | days),
        draw(st.none() | days),
        draw(st.none() | st.floats(0, 1)),
    )


def kinds(case: Case, usual: Usual = ASSUMED) -> list[str]:
    return [sign.kind for sign in need(case, usual).signs]


class TestNeed:
    def test_nobody_is_looked_at_without_a_reason(self) -> None:
        assert need(Case(10, 3, 0, still=2, on_topic=5, expected=0.3), ASSUMED).signs == ()

    @pytest.mark.parametrize(
        ("case", "kind"),
        [
            (Case(10, 3, 0, still=2, asked=0), "asked"),
            (Case(10, 3, 0, still=2, on_topic=9), "stuck"),
            (Case(10, 3, 0, still=9), "quiet"),
            (Case(10, 3, 0, still=2, expected=0.4), "behind"),
        ],
    )
    def test_each_reason_alone(self, case: Case, kind: str) -> None:
        assert kinds(case) == [kind]

    def test_reasons_stand_in_the_order_of_their_points(self) -> None:
        everything = Case(10, 0, 0, still=100, on_topic=8, asked=100, expected=1)
        found = need(everything, ASSUMED).signs
        assert [sign.kind for sign in found] == ["asked", "quiet", "behind", "stuck"]
        assert found[0].points == WEIGHTS["asked"]

    def test_who_asks_needs_their_mentor_at_once(self) -> None:
        assert need(Case(10, 10, 0, still=0, asked=0), ASSUMED).needs_you

    @pytest.mark.parametrize("kind", ["stuck", "quiet", "behind"])
    def test_every_sign_alone_is_enough_when_it_is_full(self, kind: str) -> None:
        assert WEIGHTS[kind] >= NEEDS_YOU

    def test_who_has_finished_may_still_ask(self) -> None:
        assert kinds(Case(10, 8, 2, still=300, on_topic=300, asked=1, expected=1)) == ["asked"]

    def test_less_than_a_topic_is_not_behind(self) -> None:
        assert kinds(Case(10, 3, 0, still=0, expected=0.399)) == []

    def test_a_roadmap_that_requires_nothing(self) -> None:
        assert kinds(Case(0, 0, 0, still=0, expected=1)) == []

    @given(cases(), usuals)
    def test_between_nothing_and_a_hundred(self, case: Case, usual: Usual) -> None:
        found = need(case, usual)
        assert 0 <= found.score <= sum(WEIGHTS.values()) == 100
        assert all(0 < sign.value <= 1 for sign in found.signs)
        assert [s.points for s in found.signs] == sorted((s.points for s in found.signs), reverse=True)

    @given(cases(), usuals, st.floats(0, 50))
    def test_waiting_never_makes_it_less(self, case: Case, usual: Usual, more: float) -> None:
        later = Case(
            case.required,
            case.met,
            case.skipped,
            case.still + more,
            None if case.on_topic is None else case.on_topic + more,
            None if case.asked is None else case.asked + more,
            case.expected,
        )
        assert need(later, usual).score >= need(case, usual).score - 1e-9

    @given(cases(), usuals)
    def test_doing_a_topic_never_makes_it_more(self, case: Case, usual: Usual) -> None:
        if case.met + case.skipped < case.required:
            done = Case(case.required, case.met + 1, case.skipped, case.still, case.on_topic, case.asked, case.expected)
            assert need(done, usual).score <= need(case, usual).score + 1e-9


class TestParts:
    def test_asked_begins_high_and_fills_up(self) -> None:
        assert (asked(0), asked(3), asked(30)) == (0.6, 1, 1)

    @pytest.mark.parametrize(("number", "value"), [(0, 0), (4, 0), (8, 0.5), (4 * FULL_AT, 1), (400, 1)])
    def test_beyond_what_is_usual(self, number: float, value: float) -> None:
        assert beyond(number, 4) == value

    @pytest.mark.parametrize(
        ("start", "target", "share"),
        [
            (-10, 10, 0.5),
            (-30, 10, 0.75),
            (-10, 0, 1),
            (-10, -5, 1),
            (0, 5, 0),
            (5, 10, 0),
            (10, 5, 0),
            (-10, None, None),
        ],
    )
    def test_expected_share(self, start: int, target: int | None, share: float | None) -> None:
        end = None if target is None else NOW + timedelta(target)
        assert expected_share(NOW, NOW + timedelta(start), end) == share

    def test_days_between(self) -> None:
        assert days_between(NOW - timedelta(hours=36), NOW) == 1.5
        assert days_between(NOW + timedelta(seconds=1), NOW) == 0
