"""A plan without some of its changes, and texts compared word by word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.notes.items import Reading
from roadmap.plan import Curriculum, Plan, plan
from roadmap.plan.curriculum import canonical
from roadmap.plan.partial import HEIR, HOMELESS, WHOLE, Parting, key_of
from roadmap.plan.wording import differences
from tests.roadmap.outlines import kinds, level, module, one, stored, titled, topic


def garden(*titles: str, **fields: Any) -> Reading:
    return one(level("Beginner", module("Ground", *(topic(title, **fields) for title in titles))))


NOW = stored(garden("Soil", "Sowing", "Watering"))


def planned(reading: Reading, now: Curriculum = NOW) -> Plan:
    found = plan(now, reading)
    return plan(now, reading, answers=dict.fromkeys((q.number for q in found.unclear), 0)) if found.unclear else found


def without(whole: Plan, kind: str) -> Plan:
    return Parting(whole).without({key_of(change) for change in whole.changes if change.kind == kind})


def seated(curriculum: Curriculum) -> list[str]:
    titles = {found.uid: found.title for found in curriculum.topics}
    return [titles[seat.topic] for _, _, seat in curriculum.seats()]


class TestLeavingOut:
    def test_nothing_left_out_is_the_plan(self) -> None:
        whole = planned(garden("Soil", "Pond"))
        assert Parting(whole).without(()) is whole
        assert Parting(whole).without({"added-0", "nonsense"}) is whole

    def test_a_new_topic(self) -> None:
        whole = planned(garden("Soil", "Astronomy", "Sowing", "Watering"))
        part = without(whole, "added")
        assert seated(part.target) == ["Soil", "Sowing", "Watering"]
        assert kinds(part) == {}

    def test_a_prerequisite_on_it_goes_with_it(self) -> None:
        reading = one(
            level(
                "Beginner", module("Ground", topic("Soil", needs=("Astronomy",)), topic("Astronomy"), topic("Sowing"))
            )
        )
        part = without(planned(reading, stored(garden("Soil", "Sowing"))), "added")
        assert titled(part.target, "Soil").needs == ()

    def test_a_retired_topic_stays_where_it_was(self) -> None:
        whole = planned(garden("Soil", "Watering"))
        assert kinds(whole) == {"retired": ["Sowing"]}
        part = without(whole, "retired")
        assert seated(part.target) == ["Soil", "Sowing", "Watering"]
        assert not titled(part.target, "Sowing").retired

    def test_a_renamed_topic_keeps_its_title_and_is_found_again(self) -> None:
        reading = garden("Soil", "Sowing seeds", "Watering")
        whole = planned(reading)
        assert kinds(whole) == {"renamed": ["Sowing seeds"]}
        part = without(whole, "renamed")
        assert seated(part.target) == ["Soil", "Sowing", "Watering"]
        assert kinds(plan(part.target, reading)) == {"renamed": ["Sowing seeds"]}

    def test_a_changed_topic_keeps_its_text(self) -> None:
        reading = garden("Soil", "Sowing", "Watering", summary="New words.")
        whole = planned(reading)
        assert len(kinds(whole)["changed"]) == 3
        part = Parting(whole).without({key_of(whole.changes[0])})
        assert len(kinds(part)["changed"]) == 2
        assert titled(part.target, whole.changes[0].title).summary == ""
        assert len(kinds(plan(part.target, reading))["changed"]) == 1

    def test_optional_is_part_of_what_changed(self) -> None:
        now = stored(garden("Soil", "Sowing"))
        reading = one(level("Beginner", module("Ground", topic("Soil", optional=True), topic("Sowing"))))
        part = without(planned(reading, now), "changed")
        assert not any(seat.optional for _, _, seat in part.target.seats())

    def test_a_revived_topic_stays_away(self) -> None:
        less = planned(garden("Soil", "Watering")).target
        whole = planned(garden("Soil", "Sowing", "Watering"), less)
        assert kinds(whole) == {"revived": ["Sowing"]}
        part = without(whole, "revived")
        assert titled(part.target, "Sowing").retired
        assert seated(part.target) == ["Soil", "Watering"]

    def test_everything_left_out_changes_nothing_for_learners(self) -> None:
        whole = planned(garden("Soil", "Watering", "Astronomy", summary="Other."))
        keys = {key_of(change) for change in whole.changes}
        assert Parting(whole).without(keys).changes == ()

    def test_the_next_reading_of_the_same_notes_plans_it_again(self) -> None:
        part = without(planned(garden("Soil", "Sowing", "Watering", "Astronomy")), "added")
        assert part.reading == ""


class TestWhatCannotBeLeftOut:
    def test_moves_and_sections(self) -> None:
        ground = module("Ground", topic("Soil"), topic("Sowing"))
        reading = one(level("Beginner", ground, module("Water", topic("Watering"))))
        whole = planned(reading)
        parting = Parting(whole)
        assert {parting.why_not(change) for change in whole.changes} == {WHOLE}
        assert parting.without({key_of(change) for change in whole.changes}) is whole

    def test_what_has_no_place_to_stay(self) -> None:
        now = stored(one(level("A", topic("Soil")), level("B", topic("Pond"))))
        whole = planned(one(level("A", topic("Soil"))), now)
        (retired,) = [change for change in whole.changes if change.kind == "retired" and change.what == "topic"]
        assert Parting(whole).why_not(retired) == HOMELESS

    def test_the_heir_of_another(self) -> None:
        whole = planned(garden("Soil", "Sowing", "Watering", "Astronomy"))
        new = titled(whole.target, "Astronomy").uid
        topics = [replace(t, retired=True, replaced_by=new) if t.title == "Soil" else t for t in whole.target.topics]
        whole = replace(whole, target=canonical(list(whole.target.roadmaps), topics))
        (added,) = [change for change in whole.changes if change.kind == "added"]
        assert Parting(whole).why_not(added) == HEIR


TITLES = st.lists(
    st.sampled_from(["Soil", "Sowing", "Watering", "Pond", "Bees", "Frost", "Tools", "Roses"]), unique=True, max_size=8
)


@given(st.data(), TITLES, TITLES, TITLES, TITLES)
def test_any_part_of_any_plan_is_sound(
    data: st.DataObject, one_side: list[str], other: list[str], later: list[str], last: list[str]
) -> None:
    """Canonical, nothing lost, no topic seated twice, none retired and seated; what is left out does not happen."""

    def notes(first: list[str], second: list[str], summary: str) -> Reading:
        rest = [title for title in second if title not in first]
        return one(
            level("A", module("One", topic("Always"), *(topic(t, summary=summary) for t in first))),
            level("B", module("Two", topic("Ever"), *(topic(t) for t in rest))),
        )

    now = stored(notes(one_side, other, "was"))
    whole = planned(notes(later, last, "is"), now)
    parting = Parting(whole)
    keys = {key_of(change) for change in whole.changes if data.draw(st.booleans())}
    part = parting.without(keys)
    target = part.target
    assert canonical(list(target.roadmaps), list(target.topics)) == target
    known = {found.uid: found for found in target.topics}
    assert known.keys() >= {found.uid for found in now.topics}
    seats = [seat.topic for _, _, seat in target.seats()]
    assert len(seats) == len(set(seats))
    assert {uid for uid, found in known.items() if not found.retired} == set(seats)
    for roadmap in target.roadmaps:
        for section in roadmap.sections:
            places = [seat.position for seat in section.seats]
            assert places == sorted(set(places))
    left = {key_of(change) for change in whole.changes if key_of(change) in keys and not parting.why_not(change)}
    assert not left & {key_of(change) for change in part.changes}
    assert {key_of(change) for change in part.changes} >= {
        key_of(change) for change in whole.changes if change.kind in {"added", "retired"} and key_of(change) not in left
    }


class TestWords:
    @pytest.mark.parametrize(
        ("was", "now", "runs"),
        [
            ("brown earth", "black earth", [("gone", "brown"), ("new", "black"), ("same", " earth")]),
            ("earth", "earth", [("same", "earth")]),
            ("", "new", [("new", "new")]),
            ("gone", "", [("gone", "gone")]),
            ("", "", []),
            ("数据", "数据 科学", [("same", "数据"), ("new", " 科学")]),
        ],
    )
    def test_it_works(self, was: str, now: str, runs: list[tuple[str, str]]) -> None:
        assert [(run.what, run.text) for run in differences(was, now)] == runs

    def test_what_is_far_away_is_left_out(self) -> None:
        words = " ".join(f"w{n}" for n in range(200))
        runs = differences(f"{words} brown {words}", f"{words} black {words}")
        assert [run.what for run in runs] == ["gap", "same", "gone", "new", "same", "gap"]
        assert sum(len(run.text) for run in runs) < 200

    def test_long_texts_are_quick(self) -> None:
        was, now = " ".join(f"a{n}" for n in range(200_000)), " ".join(f"b{n}" for n in range(200_000))
        runs = differences(was, now)
        assert [run.what for run in runs] == ["gone", "new"]
        assert all(len(run.text) < 5_000 for run in runs)

    @given(st.text(alphabet="ab \n.", max_size=60), st.text(alphabet="ab \n.", max_size=60))
    def test_it_leads_from_one_to_the_other(self, was: str, now: str) -> None:
        runs = differences(was, now)
        if not any(run.what == "gap" for run in runs):
            assert "".join(run.text for run in runs if run.what != "new") == was
            assert "".join(run.text for run in runs if run.what != "gone") == now
