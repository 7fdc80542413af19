"""What editors do by hand: refused where it must be, recorded, kept by the next import."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from roadmap.apply import PrerequisiteLoopError
from roadmap.editing import RefusedEditError, add_prerequisite, remove_prerequisite, restore_topic, retire_topic
from roadmap.models import Edit, Prerequisite, Roadmap, Section, Topic
from tests.factories import make_roadmap, make_section, make_source, make_topic, require
from tests.roadmap.outlines import module, one, topic
from tests.roadmap.test_apply import bring

pytestmark = pytest.mark.django_db


@pytest.fixture
def section() -> Section:
    return make_section(make_roadmap())


def named(title: str) -> Topic:
    return Topic.objects.get(title=title)


class TestAddPrerequisite:
    def test_it_works(self, section: Section) -> None:
        a, b = make_topic("A", section), make_topic("B", section)
        link = add_prerequisite(topic=a, requires=b, by="Ed", reason="because")
        assert (link.source, link.reason) == ("editor", "because")
        assert Roadmap.objects.get().revision == 2
        assert list(Edit.objects.values_list("verb", "by", "topic")) == [("add_prerequisite", "Ed", a.pk)]

    def test_said_again_it_changes_nothing(self, section: Section) -> None:
        a, b = make_topic("A", section), make_topic("B", section)
        for _ in range(2):
            add_prerequisite(topic=a, requires=b, by="Ed", reason="because")
        assert Edit.objects.count() == 1
        assert Roadmap.objects.get().revision == 2

    def test_another_reason_is_set(self, section: Section) -> None:
        a, b = make_topic("A", section), make_topic("B", section)
        require(a, b, reason="old")
        assert add_prerequisite(topic=a, requires=b, by="Ed", reason="new").reason == "new"
        assert Prerequisite.objects.get().source == "editor"

    def test_not_itself(self) -> None:
        a = make_topic("A")
        with pytest.raises(RefusedEditError, match="“A” cannot require itself"):
            add_prerequisite(topic=a, requires=a, by="Ed")

    def test_a_loop_is_named(self, section: Section) -> None:
        a, b, c = (make_topic(title, section) for title in "ABC")
        require(a, b)
        require(b, c)
        with pytest.raises(PrerequisiteLoopError, match=r"“\w” → “\w” → “\w” → “\w”") as caught:
            add_prerequisite(topic=c, requires=a, by="Ed")
        assert set(caught.value.titles) == {"A", "B", "C"}
        assert Prerequisite.objects.count() == 2
        assert not Edit.objects.exists()
        assert Roadmap.objects.get().revision == 1

    def test_a_loop_through_a_retired_topic_is_none(self, section: Section) -> None:
        a, b = make_topic("A", section), make_topic("B", section)
        require(a, b)
        retire_topic(topic=b, by="Ed")
        add_prerequisite(topic=b, requires=a, by="Ed")
        with pytest.raises(PrerequisiteLoopError):
            restore_topic(topic=b, by="Ed")
        b.refresh_from_db()
        assert b.retired_at is not None

    @pytest.mark.django_db(transaction=True)
    def test_two_editors_cannot_close_a_loop_between_them(self, section: Section) -> None:
        a, b = make_topic("A", section), make_topic("B", section)
        start, outcomes = threading.Barrier(2), []

        def add(topic: Topic, requires: Topic) -> None:
            start.wait()
            try:
                add_prerequisite(topic=topic, requires=requires, by="Ed")
                outcomes.append("added")
            except PrerequisiteLoopError:
                outcomes.append("loop")
            finally:
                connections.close_all()

        threads = [threading.Thread(target=add, args=pair) for pair in ((a, b), (b, a))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(outcomes) == ["added", "loop"]


class TestKeptThroughImports:
    NOTES = one(module("M", topic("A"), topic("B", needs=("A",)), topic("C")))

    def changed(self) -> Any:
        return one(module("M", topic("A", summary="x"), topic("B", needs=("A",), summary="x"), topic("C", summary="x")))

    def test_an_added_link(self) -> None:
        source = make_source()
        bring(source, self.NOTES)
        add_prerequisite(topic=named("B"), requires=named("C"), by="Ed", reason="mine")
        assert bring(source, self.NOTES) is None
        bring(source, self.changed())
        assert {need.requires.title for need in named("B").needs.all()} == {"A", "C"}

    def test_a_removed_link_and_its_return(self) -> None:
        source = make_source()
        bring(source, self.NOTES)
        remove_prerequisite(topic=named("B"), requires=named("A"), by="Ed")
        assert bring(source, self.NOTES) is None
        bring(source, self.changed())
        assert not named("B").needs.exists()
        add_prerequisite(topic=named("B"), requires=named("A"), by="Ed")
        assert named("B").overrides == {}
        bring(source, self.NOTES)
        assert [need.requires.title for need in named("B").needs.all()] == ["A"]

    def test_removing_what_is_not_there(self) -> None:
        remove_prerequisite(topic=make_topic("A"), requires=make_topic("B"), by="Ed")
        assert not Edit.objects.exists()

    @pytest.mark.parametrize("again", [False, True])
    def test_a_retired_topic(self, again: bool) -> None:
        source = make_source()
        bring(source, self.NOTES)
        for _ in range(1 + again):
            retire_topic(topic=named("A"), by="Ed")
        assert Edit.objects.count() == 1
        assert bring(source, self.NOTES) is None
        bring(source, self.changed())
        assert named("A").retired_at is not None
        restore_topic(topic=named("A"), by="Ed")
        assert named("A").overrides == {}
        assert bring(source, self.changed()) is None
        assert named("A").retired_at is None

    def test_a_restored_topic_that_the_notes_dropped(self, section: Section) -> None:
        source = make_source()
        bring(source, self.NOTES)
        without = one(module("M", topic("A"), topic("B", needs=("A",))))
        bring(source, without)
        with pytest.raises(RefusedEditError, match="which section"):
            restore_topic(topic=named("C"), by="Ed")
        restore_topic(topic=named("C"), by="Ed", section=Section.objects.get(title="M", roadmap__source=source))
        assert bring(source, without) is None
        bring(source, one(module("Renamed", topic("A", summary="x"), topic("B", needs=("A",)))))
        assert named("C").retired_at is None
        assert named("C").placements.get().section.title == "Renamed"


class TestRetire:
    def test_replaced_by_another(self, section: Section) -> None:
        a, b = make_topic("A", section), make_topic("B", section)
        retire_topic(topic=a, by="Ed", replaced_by=b)
        a.refresh_from_db()
        assert a.replaced_by == b
        restore_topic(topic=a, by="Ed")
        a.refresh_from_db()
        assert not a.replaced_by_id
        assert a.retired_at is None

    @pytest.mark.parametrize("pick", [lambda a, b: a, lambda a, b: b])
    def test_not_by_itself_or_a_retired_one(self, section: Section, pick: Callable[[Topic, Topic], Topic]) -> None:
        a, b = make_topic("A", section), make_topic("B", section)
        retire_topic(topic=b, by="Ed")
        with pytest.raises(RefusedEditError, match="cannot replace"):
            retire_topic(topic=a, by="Ed", replaced_by=pick(a, b))

    def test_restoring_what_is_alive_changes_nothing(self, section: Section) -> None:
        restore_topic(topic=make_topic("A", section), by="Ed")
        assert not Edit.objects.exists()
