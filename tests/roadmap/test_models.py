"""The invariants that stand in the database: each is violated once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from roadmap.models import (
    Alias,
    Edit,
    Fork,
    Import,
    NoteSource,
    Placement,
    Prerequisite,
    Resource,
    Roadmap,
    Section,
    Step,
    Topic,
)
from roadmap.source_files import SourceReading
from tests.factories import make_roadmap, make_section, make_source, make_step, make_topic, place, require

pytestmark = pytest.mark.django_db


def _at_once(act: Callable[[], Any]) -> None:
    act()
    connection.check_constraints()


def refused(constraint: str, act: Callable[[], Any]) -> None:
    """The database refuses `act` by this constraint, deferred ones included."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        _at_once(act)


def test_every_constraint_of_the_models_is_violated_below() -> None:
    """A new constraint needs a test here: this one lists them from the models."""
    source = Path(__file__).read_text(encoding="utf-8")
    every = (Alias, Edit, Fork, Import, NoteSource, Placement, Prerequisite, Resource, Roadmap, Section, Step, Topic)
    missing = [c.name for model in every for c in model._meta.constraints if f'"{c.name}"' not in source]
    assert missing == []


class TestRoadmap:
    def test_it_works(self) -> None:
        assert make_roadmap("AI").revision == 1

    @pytest.mark.parametrize(
        ("constraint", "fields"),
        [
            ("roadmap_titled", {"title": ""}),
            ("roadmap_state_listed", {"state": "hidden"}),
            ("roadmap_locking_listed", {"locking": "iron"}),
        ],
    )
    def test_refused(self, constraint: str, fields: dict[str, Any]) -> None:
        refused(constraint, lambda: make_roadmap(**fields))

    def test_equal_titles_keep_their_order(self) -> None:
        made = [make_roadmap("Same") for _ in range(4)]
        made[0].save()  # its row moves to the end of the table
        assert list(Roadmap.objects.all()) == made

    def test_one_slug_one_roadmap(self) -> None:
        make_roadmap(slug="ai")
        refused("slug", lambda: make_roadmap(slug="ai"))


class TestSection:
    @pytest.mark.parametrize(
        ("constraint", "fields"),
        [
            ("section_titled", {"title": ""}),
            ("section_kind_listed", {"kind": "part"}),
            ("section_choose_positive", {"choose": 0}),
        ],
    )
    def test_refused(self, constraint: str, fields: dict[str, Any]) -> None:
        roadmap = make_roadmap()
        refused(constraint, lambda: make_section(roadmap, **fields))

    def test_one_anchor_per_roadmap(self) -> None:
        section = make_section(make_roadmap(), slug="maths")
        make_section(make_roadmap(), slug="maths")
        refused("section_slug_unique_in_roadmap", lambda: make_section(section.roadmap, slug="maths"))

    def test_not_its_own_parent(self) -> None:
        section = make_section(make_roadmap())
        refused("section_not_its_own_parent", lambda: Section.objects.filter(pk=section.pk).update(parent=section))

    def test_a_subsection_stays_in_its_roadmap(self) -> None:
        parent = make_section(make_roadmap())
        make_section(parent.roadmap, parent=parent)
        connection.check_constraints()
        refused("section_parent_of_roadmap", lambda: make_section(make_roadmap(), parent=parent))

    def test_the_pair_that_seats_refer_to_is_unique(self) -> None:
        """It is what the composite foreign keys lean on; two rows can only clash on it by clashing on the key."""
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, "roadmap_section")["section_with_its_roadmap"]
        assert found["unique"]
        assert found["columns"] == ["id", "roadmap_id"]


class TestTopic:
    @pytest.mark.parametrize(
        ("constraint", "fields"),
        [
            ("topic_titled", {"title": ""}),
            ("topic_hours_positive", {"hours": 0}),
            ("topic_hours_positive", {"hours": -1}),
        ],
    )
    def test_refused(self, constraint: str, fields: dict[str, Any]) -> None:
        refused(constraint, lambda: make_topic(**fields))

    def test_what_is_replaced_is_retired(self) -> None:
        heir = make_topic()
        refused("topic_replaced_is_retired", lambda: make_topic(replaced_by=heir))

    def test_not_replaced_by_itself(self) -> None:
        topic = make_topic(retired_at="2026-01-01T00:00Z")
        refused("topic_not_replaced_by_itself", lambda: Topic.objects.filter(pk=topic.pk).update(replaced_by=topic))

    def test_one_slug_one_topic(self) -> None:
        make_topic(slug="git")
        refused("slug", lambda: make_topic(slug="git"))

    def test_one_uid_one_topic(self) -> None:
        topic = make_topic()
        refused("uid", lambda: make_topic(uid=topic.uid))


class TestPlacement:
    def test_once_per_roadmap(self) -> None:
        section = make_section(make_roadmap())
        topic = make_topic(section=section)
        place(topic, make_section(make_roadmap()))
        other = make_section(section.roadmap)
        refused("placement_once_per_roadmap", lambda: place(topic, other))

    def test_a_seat_stands_in_a_section_of_its_roadmap(self) -> None:
        section, elsewhere = make_section(make_roadmap()), make_roadmap()
        topic = make_topic()
        refused("placement_section_of_roadmap", lambda: place(topic, section, roadmap=elsewhere))

    def test_a_seated_topic_is_not_deleted(self) -> None:
        topic = make_topic(section=make_section(make_roadmap()))
        with pytest.raises(ProtectedError):
            topic.delete()
        refused("topic_id", lambda: Topic.objects.filter(pk=topic.pk)._raw_delete("default"))


class TestParts:
    def test_steps_have_a_title(self) -> None:
        topic = make_topic()
        refused("step_titled", lambda: make_step(topic, title=""))

    @pytest.mark.parametrize(
        ("constraint", "fields"),
        [
            ("resource_titled", {"title": ""}),
            ("resource_kind_listed", {"kind": "podcast"}),
            ("resource_of_one_thing", {"topic": None}),
        ],
    )
    def test_resource_refused(self, constraint: str, fields: dict[str, Any]) -> None:
        defaults = {"topic": make_topic(), "title": "A course"}
        refused(constraint, lambda: Resource.objects.create(**defaults | fields))

    def test_a_resource_of_two_things(self) -> None:
        topic, section = make_topic(), make_section(make_roadmap())
        refused("resource_of_one_thing", lambda: Resource.objects.create(title="R", topic=topic, section=section))

    def test_alias_kinds(self) -> None:
        topic = make_topic()
        refused("alias_kind_listed", lambda: Alias.objects.create(topic=topic, text="x", kind="nick"))

    def test_an_alias_once_per_topic(self) -> None:
        topic = make_topic()
        Alias.objects.create(topic=topic, text="x")
        refused("alias_once_per_topic", lambda: Alias.objects.create(topic=topic, text="x"))

    def test_a_former_slug_leads_to_one_topic_a_name_may_lead_to_two(self) -> None:
        one, other = make_topic(), make_topic()
        for topic in (one, other):
            Alias.objects.create(topic=topic, text="x", kind=Alias.Kind.NAME)
        Alias.objects.create(topic=one, text="x", kind=Alias.Kind.SLUG)
        refused("alias_slug_leads_to_one_topic", lambda: Alias.objects.create(topic=other, text="x", kind="slug"))


class TestPrerequisite:
    def test_not_itself(self) -> None:
        topic = make_topic()
        refused("prerequisite_not_itself", lambda: require(topic, topic))

    def test_once(self) -> None:
        one, other = make_topic(), make_topic()
        require(one, other)
        refused("prerequisite_once", lambda: require(one, other))

    def test_sources_from_the_list(self) -> None:
        one, other = make_topic(), make_topic()
        refused("prerequisite_source_listed", lambda: require(one, other, source="rumour"))


class TestRecords:
    def test_a_source_lies_somewhere_and_once(self) -> None:
        refused("note_source_located", lambda: NoteSource.objects.create(location="", title="x"))
        source = make_source()
        refused("location", lambda: make_source(source.location))

    def test_a_source_is_read_by_somebody(self) -> None:
        source, now = make_source(), timezone.now()
        refused("source_reading_by_somebody", lambda: SourceReading.objects.create(source=source, at=now, by=""))
        SourceReading.objects.create(source=source, at=now, by="x")
        refused("source_id", lambda: SourceReading.objects.create(source=source, at=now, by="y"))

    def test_import_states(self) -> None:
        source = make_source()
        refused("import_state_listed", lambda: Import.objects.create(source=source, by="x", state="lost"))
        refused("import_undone_at_when_undone", lambda: Import.objects.create(source=source, by="x", state="undone"))

    def test_edit_verbs(self) -> None:
        topic = make_topic()
        refused("edit_verb_listed", lambda: Edit.objects.create(topic=topic, by="x", verb="paint"))
        refused("edit_of_something", lambda: Edit.objects.create(by="x", verb="rename"))


class TestFork:
    def test_it_works_once_for_a_roadmap(self) -> None:
        upstream, fork = make_roadmap(), make_roadmap()
        made = {"roadmap": fork, "upstream": upstream, "revision": 1, "taken_at": timezone.now()}
        Fork.objects.create(**made)
        refused("roadmap_fork_roadmap_id_key", lambda: Fork.objects.create(**made))

    def test_no_circle(self) -> None:
        older, younger = make_roadmap(), make_roadmap()
        for upstream in (older, younger):
            made = {"roadmap": older, "upstream": upstream, "revision": 1, "taken_at": timezone.now()}
            refused("fork_younger_than_upstream", lambda made=made: Fork.objects.create(**made))  # type: ignore[misc]


def test_choices_equal_what_the_database_lists() -> None:
    """A choice added to a model without its check constraint would be refused only in production."""
    for model, field, name in (
        (Roadmap, "state", "roadmap_state_listed"),
        (Roadmap, "locking", "roadmap_locking_listed"),
        (Section, "kind", "section_kind_listed"),
        (Resource, "kind", "resource_kind_listed"),
        (Prerequisite, "source", "prerequisite_source_listed"),
        (Alias, "kind", "alias_kind_listed"),
        (Import, "state", "import_state_listed"),
        (Edit, "verb", "edit_verb_listed"),
    ):
        check = next(c for c in model._meta.constraints if c.name == name)
        assert isinstance(check, models.CheckConstraint)
        condition = check.condition
        assert isinstance(condition, models.Q)
        [(_, listed)] = condition.children  # type: ignore[misc]
        assert set(listed) == {value for value, _ in model._meta.get_field(field).choices}  # type: ignore[union-attr]
