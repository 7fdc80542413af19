"""CASE packages: they keep the rules of the published schema, and every association leads the right way."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import Phase, given, settings

from roadmap.exporting.case import Known, case_package
from roadmap.exporting.told import told
from roadmap.notes.items import Reading, Requirement
from roadmap.plan import Curriculum
from tests.exporting.case_rules import faults
from tests.exporting.test_round_trip import WILD
from tests.roadmap.outlines import level, module, one, step, stored, titled, topic
from tests.roadmap.test_plan_properties import settle

NOTES = one(
    level(
        "Beginner",
        module(
            "Clay",
            topic(
                "Kinds", step("Touch it"), summary="Many\nkinds.", details=("stoneware",), hours=2.5, aliases=("Sorts",)
            ),
            topic("Wedging", needs=(Requirement("Kinds", "each wants its own hand"),), optional=True),
        ),
    )
)


def known(curriculum: Curriculum, **more: Any) -> Known:
    fields: dict[str, Any] = {"changed": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "times": {}, "homes": {}} | more
    return Known(titles={t.uid: t.title for t in curriculum.topics}, **fields)


def package_of(curriculum: Curriculum, **more: Any) -> Any:
    return case_package(told(curriculum, curriculum.roadmaps[0].uid), known(curriculum, **more))


def related(package: Any, kind: str) -> list[tuple[str, str]]:
    """Titles of (origin, destination)."""
    return [
        (one["originNodeURI"]["title"], one["destinationNodeURI"]["title"])
        for one in package["CFAssociations"]
        if one["associationType"] == kind
    ]


def test_the_tree_and_what_comes_before_what() -> None:
    package = package_of(stored(NOTES))
    assert list(faults(package)) == []
    assert [(item["CFItemType"], item["fullStatement"]) for item in package["CFItems"]] == [
        ("Level", "Beginner"), ("Module", "Clay"), ("Topic", "Kinds"), ("Step", "Touch it"), ("Topic", "Wedging"),
    ]  # fmt: skip
    assert related(package, "isChildOf") == [
        ("Beginner", "Course"), ("Clay", "Beginner"), ("Kinds", "Clay"), ("Touch it", "Kinds"), ("Wedging", "Clay"),
    ]  # fmt: skip
    assert related(package, "precedes") == [("Kinds", "Wedging")]
    kinds = package["CFItems"][2]
    assert kinds["notes"] == "Many kinds. About 2.5 h."
    assert (kinds["conceptKeywords"], kinds["alternativeLabel"]) == (["stoneware"], "Sorts")
    assert kinds["uri"] == f"urn:uuid:{kinds['identifier']}"


def test_every_end_within_the_package_is_an_item_of_it() -> None:
    package = package_of(stored(NOTES))
    inside = {item["identifier"] for item in package["CFItems"]} | {package["CFDocument"]["identifier"]}
    for one_ in package["CFAssociations"]:
        assert {one_["originNodeURI"]["identifier"], one_["destinationNodeURI"]["identifier"]} <= inside


def test_a_retired_topic_leads_to_its_heir() -> None:
    now = stored(NOTES)
    heir, gone = titled(now, "Kinds"), replace(titled(now, "Wedging"), retired=True)
    gone = replace(gone, replaced_by=heir.uid)
    now = replace(now, topics=(heir, gone))
    package = package_of(now, retired=(gone,))
    assert list(faults(package)) == []
    assert related(package, "replacedBy") == [("Wedging", "Kinds")]
    assert package["CFItems"][-1]["statusEndDate"] == "2026-01-02"


def test_a_topic_at_home_elsewhere_is_an_item_of_its_own_that_matches_exactly() -> None:
    now = stored(NOTES)
    kinds, model = titled(now, "Kinds").uid, uuid4()
    package = package_of(now, homes={kinds: uuid4()}, copied={titled(now, "Wedging").uid: model})
    assert list(faults(package)) == []
    ends = [
        (one_["originNodeURI"]["identifier"], one_["destinationNodeURI"]["identifier"])
        for one_ in package["CFAssociations"]
        if one_["associationType"] == "exactMatchOf"
    ]
    own = next(item["identifier"] for item in package["CFItems"] if item["fullStatement"] == "Kinds")
    wedging = next(item["identifier"] for item in package["CFItems"] if item["fullStatement"] == "Wedging")
    assert own != str(kinds)
    assert sorted(ends) == sorted([(own, str(kinds)), (wedging, str(model))])


def test_the_same_roadmap_gives_the_same_package() -> None:
    now = stored(NOTES)
    assert package_of(now) == package_of(now)


@pytest.mark.parametrize(
    ("where", "field", "value"),
    [
        ("CFItems", "identifier", "x"), ("CFItems", "fullStatement", None), ("CFItems", "notes", 3),
        ("CFAssociations", "associationType", "follows"), ("CFAssociations", "originNodeURI", {"title": "t"}),
        ("CFAssociations", "lastChangeDateTime", "2026-01-02"), ("CFItems", "surprise", "x"),
    ],
)  # fmt: skip
def test_the_rules_see_what_breaks_them(where: str, field: str, value: Any) -> None:
    package = copy.deepcopy(package_of(stored(NOTES)))
    package[where][0][field] = value
    assert list(faults(package))


@settings(max_examples=30, phases=[Phase.generate])
@given(WILD)
def test_any_roadmap_keeps_the_rules(notes: Reading) -> None:
    assert list(faults(package_of(settle(Curriculum(), notes)))) == []
