"""An export that comes back: nothing where nobody changed it, edits over the notes where somebody did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from roadmap.exporting.notes import files_of
from roadmap.exporting.returning import plan_return
from roadmap.exporting.told import told
from roadmap.notes.items import Reading, Requirement
from roadmap.notes.reading import read
from roadmap.plan import Curriculum, Plan, plan
from roadmap.plan.arranging import INSIDE
from roadmap.plan.curriculum import Origin, Roadmap, Topic
from roadmap.plan.keeping import remembered
from tests.exporting.test_round_trip import WILD
from tests.exporting.trips import anew, as_json, read_again, round_trip, shape
from tests.roadmap.outlines import module, one, stored, titled, topic
from tests.roadmap.test_plan_properties import READINGS, settle


def live(curriculum: Curriculum) -> list[Roadmap]:
    return [found for found in curriculum.roadmaps if not found.retired and any(s.seats for s in found.sections)]


def come_back(now: Curriculum, roadmap: UUID, change: Any = None) -> Plan:
    files = files_of(told(now, roadmap))
    if change is not None:
        readme = files["README.md"].decode()
        assert change[0] in readme, readme
        files["README.md"] = readme.replace(*change).encode()
    return plan_return(now, now, roadmap, read_again(files))


def edited(now: Curriculum, chance: Random) -> Curriculum:
    """What a browser may have made of it: fields edited, topics retired, seats exchanged, links of its own."""
    topics: list[Topic] = []
    for t in now.topics:
        fields: dict[str, Any] = {}
        if chance.random() < 0.5:
            fields["title"] = f"{t.title} – edited ({chance.randrange(9)})"
        if chance.random() < 0.3:
            fields |= {"summary": "1. Line\nand line | two", "hours": 3.5, "body": "Text *of* the browser"}
        overrides = {name: remembered(getattr(t, name)) for name in fields}
        if chance.random() < 0.15:
            fields["retired"], overrides["retired"] = True, False
        topics.append(replace(t, overrides=t.overrides | overrides, **fields))
    roadmaps = []
    for roadmap in now.roadmaps:
        sections = []
        for s in roadmap.sections:
            if len(s.seats) > 1 and chance.random() < 0.5:
                places = [seat.position for seat in s.seats]
                mixed = sorted(s.seats, key=lambda _: chance.random())
                seats = tuple(seat._replace(position=at) for seat, at in zip(mixed, places, strict=True))
                said = [[str(seat.topic), seat.optional] for seat in s.seats]
                sections.append(replace(s, seats=seats, overrides={INSIDE: said}))
            else:
                sections.append(s)
        roadmaps.append(replace(roadmap, sections=tuple(sections)))
    return Curriculum(tuple(roadmaps), tuple(topics))


@settings(max_examples=60, phases=[Phase.generate])
@given(st.one_of(WILD, READINGS), st.integers())
def test_an_export_that_nobody_changed_plans_nothing(notes: Reading, seed: int) -> None:
    chance = Random(seed)
    now = settle(Curriculum(), notes)
    for curriculum in (now, edited(now, chance)):
        by_uid = curriculum.topic_by_uid()
        for roadmap in live(curriculum):
            if all(by_uid[seat.topic].retired for s in roadmap.sections for seat in s.seats):
                continue
            planned = come_back(curriculum, roadmap.uid)
            assert planned.empty, planned.changes
            assert not planned.changes
            export, again = round_trip(curriculum, roadmap.uid)
            assert shape(anew(again)) == shape(export.curriculum)
            data = read_again(as_json(export, curriculum))
            assert plan_return(curriculum, curriculum, roadmap.uid, data).empty


def test_a_title_like_the_mark_of_another_topic() -> None:
    marked, other = topic("^graphs", id="graphs"), topic("^graphs")
    now = stored(one(module("One", marked), module("Two", other), module("Three", topic("Far", needs=("^graphs",)))))
    (need,) = titled(now, "Far").needs
    assert next(found for found in now.topics if found.uid == need.topic).origin.id == "graphs"
    assert come_back(now, now.roadmaps[0].uid).empty


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["seeds", "open"])
def test_every_corpus(folder: str, shared_notes: Path) -> None:
    trips = 0
    for corpus in sorted((shared_notes / folder).iterdir()):
        now = plan(Curriculum(), read(corpus)).target
        for roadmap in live(now):
            export, again = round_trip(now, roadmap.uid)
            assert shape(anew(again)) == shape(export.curriculum), (corpus.name, roadmap.title)
            assert plan_return(now, now, roadmap.uid, again).empty, (corpus.name, roadmap.title)
            trips += 1
    assert trips >= 5


def test_the_curriculum_that_ships() -> None:
    now = plan(Curriculum(), read(Path(__file__).parents[2] / "curricula" / "ai-engineer")).target
    for roadmap in live(now):
        assert come_back(now, roadmap.uid).empty
        assert plan_return(now, now, roadmap.uid, read_again(as_json(told(now, roadmap.uid), now))).empty


NOTES = one(
    module("Clay", topic("Kinds", summary="Many."), topic("Wedging", needs=("Kinds",)), topic("Centring")),
    module("Kiln", topic("Drying"), topic("Firing")),
)


class TestChangedInTheFiles:
    """`come_back` with a text of the README replaced: what is planned, and that the notes cannot take it away."""

    def changed(self, was: str, now: str) -> tuple[Curriculum, Plan]:
        before = stored(NOTES)
        planned = come_back(before, before.roadmaps[0].uid, (was, now))
        assert not planned.errors
        assert not planned.unclear
        again = plan(planned.target, NOTES)
        assert again.target == planned.target or not again.changes, again.changes
        return before, planned

    def test_a_title(self) -> None:
        before, planned = self.changed("**Wedging**", "**Kneading**")
        kneading = titled(planned.target, "Kneading")
        assert kneading.uid == titled(before, "Wedging").uid
        assert kneading.overrides == {"title": "Wedging"}
        assert [change.kind for change in planned.changes] == ["renamed"]

    def test_a_summary_and_a_need(self) -> None:
        _, planned = self.changed(
            "**Centring** ^centring", "**Centring** — In the middle. ^centring\n  - requires:: [[Wedging]] — lumps"
        )
        centring = titled(planned.target, "Centring")
        assert (centring.summary, centring.overrides) == ("In the middle.", {"summary": ""})
        (need,) = centring.needs
        assert (need.topic, need.reason, need.source) == (titled(planned.target, "Wedging").uid, "lumps", "editor")

    def test_a_need_taken_away(self) -> None:
        before, planned = self.changed("\n  - requires:: [[#^kinds|Kinds]]", "")
        wedging = titled(planned.target, "Wedging")
        assert wedging.needs == ()
        assert list(wedging.overrides["needs"]) == [str(titled(before, "Kinds").uid)]

    def test_a_topic_added(self) -> None:
        _, planned = self.changed("**Firing** ^firing", "**Firing** ^firing\n- [Glazing](https://example.org): colour")
        glazing = titled(planned.target, "Glazing")
        assert (glazing.summary, glazing.origin, glazing.overrides) == ("colour", Origin(), {"retired": True})
        assert [seat.topic for s in planned.target.roadmaps[0].sections for seat in s.seats][-1] == glazing.uid

    def test_a_topic_taken_out(self) -> None:
        _, planned = self.changed("- **Drying** ^drying\n", "")
        drying = titled(planned.target, "Drying")
        assert drying.retired
        assert drying.overrides == {"retired": False}

    def test_topics_in_another_order(self) -> None:
        _, planned = self.changed(
            "- **Drying** ^drying\n- **Firing** ^firing", "- **Firing** ^firing\n- **Drying** ^drying"
        )
        assert [change.kind for change in planned.changes] == ["changed"]
        kiln = planned.target.roadmaps[0].sections[1]
        assert kiln.seats[0].topic == titled(planned.target, "Firing").uid

    def test_a_section_renamed_and_one_made(self) -> None:
        before, planned = self.changed("## Kiln ^kiln", "## The kiln ^kiln\n\n- **Stacking**\n\n## Glazes\n\n- **Ash**")
        titles = [section.title for section in planned.target.roadmaps[0].sections]
        assert titles == ["Clay", "The kiln", "Glazes"]
        assert planned.target.roadmaps[0].sections[1].uid == before.roadmaps[0].sections[1].uid

    def test_the_title_of_the_roadmap(self) -> None:
        _, planned = self.changed("title: Course", "title: Pottery")
        assert planned.target.roadmaps[0].title == "Pottery"
        assert planned.target.roadmaps[0].overrides == {"title": "Course"}


def test_other_roadmaps_of_the_notes_and_topics_of_other_notes_stay_as_they_are() -> None:
    from tests.roadmap.outlines import path, reading

    now = stored(reading(path("One", module("M", topic("A"), topic("B"))), path("Two", module("N", topic("C")))))
    first, second = now.roadmaps
    foreign = titled(stored(one(module("X", topic("Foreign")))), "Foreign")
    home = first.sections[0]
    seats = (*home.seats, home.seats[0]._replace(topic=foreign.uid, position=2))
    now = replace(now, roadmaps=(replace(first, sections=(replace(home, seats=seats),)), second))
    shown = replace(now, topics=(*now.topics, foreign))
    files = files_of(told(shown, first.uid))
    assert plan_return(now, shown, first.uid, read_again(files)).empty
    files["README.md"] = files["README.md"].replace(b"**Foreign**", b"**Other**").replace(b"- **B** ^b\n", b"")
    planned = plan_return(now, shown, first.uid, read_again(files))
    assert [problem.code for problem in planned.problems] == ["topic-elsewhere"]
    assert planned.target.roadmaps[1] == second
    assert {t.title: t.retired for t in planned.target.topics} == {"A": False, "B": True, "C": False}
    assert foreign.uid in {seat.topic for seat in planned.target.roadmaps[0].sections[0].seats}


def test_alternatives_and_reasons_survive() -> None:
    needs = (Requirement("A", "why | not", "g"), Requirement("B", "", "g"), Requirement("C", "plain"))
    now = stored(one(module("M", topic("A"), topic("B"), topic("C"), topic("D", needs=needs))))
    _, again = round_trip(now, now.roadmaps[0].uid)
    assert [(n.reason, n.group) for n in titled(anew(again), "D").needs] == [
        ("why | not", "any-1"),
        ("", "any-1"),
        ("plain", ""),
    ]
