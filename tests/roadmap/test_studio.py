"""The studio's verbs on the database: done, recorded, refused, taken back, kept by the next import, and quick."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from roadmap.apply import PrerequisiteLoopError
from roadmap.editing import RefusedEditError
from roadmap.models import Edit, Placement, Prerequisite, Roadmap, Section, Topic
from roadmap.stored import curriculum_of, part_of
from roadmap.studio import sight, verbs
from roadmap.studio.doing import Asked, ChangedMeanwhileError, NothingToTakeBackError, redo, undo
from roadmap.studio.shape import children, roadmap_in
from tests.factories import make_roadmap, make_section, make_source, make_topic, require
from tests.roadmap.outlines import module, one, topic
from tests.roadmap.test_apply import bring

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden() -> Roadmap:
    roadmap = make_roadmap("Garden", slug="garden")
    ground, water = make_section(roadmap, "Ground"), make_section(roadmap, "Water")
    for title in ("Soil", "Seeds", "Stones"):
        make_topic(title, ground)
    make_topic("Pond", water)
    return roadmap


def edda(seen: str = "", operation: UUID | None = None) -> Asked:
    return Asked("Edda", "1", seen, operation or uuid4())


def eve(seen: str = "") -> Asked:
    return Asked("Eve", "2", seen)


def t(title: str) -> UUID:
    return Topic.objects.get(title=title).uid


def s(title: str) -> UUID:
    return Section.objects.get(title=title).uid


def inside(roadmap: Roadmap, title: str) -> list[str]:
    plain = roadmap_in(part_of(roadmaps=[roadmap.pk], topics=()), roadmap.uid)
    names = dict(Topic.objects.values_list("uid", "title")) | dict(Section.objects.values_list("uid", "title"))
    return [names[child.uid] for child in children(plain)[s(title) if title else None]]


def sign(roadmap: Roadmap, uid: UUID) -> str:
    part = part_of(roadmaps=[roadmap.pk], topics=[uid])
    return sight.seen(part, roadmap_in(part, roadmap.uid), uid)


class TestActs:
    def test_they_work(self, garden: Roadmap) -> None:
        verbs.create_section(roadmap=garden, parent=s("Ground"), title="Deep", kind="module", asked=edda())
        verbs.create_topic(roadmap=garden, section=s("Deep"), title="Roots", asked=edda(), index=0)
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        verbs.move(roadmap=garden, uid=t("Stones"), parent=s("Water"), after=t("Pond"), asked=edda())
        verbs.set_optional(roadmap=garden, uid=t("Pond"), optional=True, asked=edda())
        verbs.set_choice(roadmap=garden, uid=s("Ground"), choose=1, asked=edda())
        verbs.duplicate(roadmap=garden, uid=t("Seeds"), asked=edda())
        assert inside(garden, "Ground") == ["Earth", "Seeds", "Seeds (copy)", "Deep"]
        assert inside(garden, "Water") == ["Pond", "Stones"]
        assert inside(garden, "Deep") == ["Roots"]
        assert Placement.objects.get(topic__title="Pond").optional
        assert Section.objects.get(title="Ground").choose == 1
        said = [edit.data["said"] for edit in Edit.objects.order_by("pk")]
        assert said[2:4] == ["Renamed “Soil” to “Earth”", "Moved “Stones” to “Water”"]
        garden.refresh_from_db()
        assert garden.revision == 8

    def test_steps_up_down_in_and_out(self, garden: Roadmap) -> None:
        def go(uid: UUID, way: str) -> None:
            verbs.step(roadmap=garden, uid=uid, way=way, asked=edda())

        go(t("Seeds"), "up")
        assert inside(garden, "Ground") == ["Seeds", "Soil", "Stones"]
        go(t("Seeds"), "up")
        go(t("Stones"), "down")
        assert Edit.objects.count() == 1
        go(s("Water"), "in")
        assert inside(garden, "Ground") == ["Seeds", "Soil", "Stones", "Water"]
        go(t("Pond"), "out")
        assert inside(garden, "Ground") == ["Seeds", "Soil", "Stones", "Water", "Pond"]
        go(t("Pond"), "in")
        go(s("Water"), "out")
        assert inside(garden, "") == ["Ground", "Water"]
        go(t("Pond"), "out")
        assert inside(garden, "Water") == ["Pond"]

    def test_a_chain_asks_for_the_one_before(self, garden: Roadmap) -> None:
        verbs.set_ordered(roadmap=garden, uid=s("Ground"), ordered=True, asked=edda())
        links = set(Prerequisite.objects.values_list("topic__title", "requires__title", "source"))
        assert links == {("Seeds", "Soil", "chain"), ("Stones", "Seeds", "chain")}
        verbs.move(roadmap=garden, uid=t("Soil"), parent=s("Ground"), after=t("Seeds"), asked=edda())
        links = set(Prerequisite.objects.values_list("topic__title", "requires__title", "source"))
        assert links == {("Soil", "Seeds", "chain"), ("Stones", "Soil", "chain")}

    def test_a_chain_against_what_is_required_is_refused_with_the_loop(self, garden: Roadmap) -> None:
        require(Topic.objects.get(title="Soil"), Topic.objects.get(title="Seeds"))
        with pytest.raises(PrerequisiteLoopError, match="Soil"):
            verbs.set_ordered(roadmap=garden, uid=s("Ground"), ordered=True, asked=edda())
        assert not Edit.objects.exists()
        assert not Section.objects.filter(ordered=True).exists()

    def test_the_same_operation_is_done_once(self, garden: Roadmap) -> None:
        operation = uuid4()
        for _ in range(2):
            verbs.create_topic(roadmap=garden, section=s("Ground"), title="Roots", asked=edda(operation=operation))
        assert Topic.objects.filter(title="Roots").count() == 1

    def test_a_new_roadmap_is_a_draft(self) -> None:
        operation = uuid4()
        made = [verbs.create_roadmap(title="Bees", asked=edda(operation=operation)) for _ in range(2)]
        assert made[0] == made[1]
        assert (made[0].slug, made[0].state) == ("bees", "draft")

    def test_merging_takes_the_seat_elsewhere_too(self, garden: Roadmap) -> None:
        other = make_roadmap("Park")
        twin = make_topic("Ground matters", make_section(other, "Lawn"))
        lawn = make_topic("Grass", Section.objects.get(title="Lawn"))
        require(lawn, twin)
        verbs.merge(roadmap=garden, keep=Topic.objects.get(title="Soil"), gone=twin, asked=edda())
        twin.refresh_from_db()
        assert twin.replaced_by is not None
        assert twin.replaced_by.title == "Soil"
        assert inside(other, "Lawn") == ["Soil", "Grass"]
        assert list(lawn.needs.values_list("requires__title", flat=True)) == ["Soil"]
        assert undo(roadmap=garden, asked=edda()).data["said"] == "Merged “Ground matters” into “Soil”"
        assert inside(other, "Lawn") == ["Ground matters", "Grass"]
        assert list(lawn.needs.values_list("requires__title", flat=True)) == ["Ground matters"]


class TestTwoEditors:
    def test_what_was_changed_meanwhile_is_not_overwritten(self, garden: Roadmap) -> None:
        soil = t("Soil")
        seen = sign(garden, soil)
        verbs.rename(roadmap=garden, uid=soil, title="Earth", asked=eve(seen))
        with pytest.raises(ChangedMeanwhileError, match="“Earth” was changed") as caught:
            verbs.rename(roadmap=garden, uid=soil, title="Ground", asked=edda(seen))
        assert caught.value.last is not None
        assert caught.value.last.by == "Eve"
        verbs.rename(roadmap=garden, uid=soil, title="Ground", asked=edda(caught.value.sign))
        assert Topic.objects.filter(title="Ground").exists()

    def test_what_changed_beside_it_does_not_matter(self, garden: Roadmap) -> None:
        seen = sign(garden, t("Soil"))
        verbs.rename(roadmap=garden, uid=t("Seeds"), title="Grain", asked=eve())
        assert verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda(seen))

    def test_what_is_gone_is_said_to_be(self, garden: Roadmap) -> None:
        verbs.create_section(roadmap=garden, parent=None, title="Air", kind="module", asked=edda())
        air, seen = s("Air"), sign(garden, s("Air"))
        verbs.remove_section(roadmap=garden, uid=air, asked=eve())
        with pytest.raises(ChangedMeanwhileError, match="taken away"):
            verbs.rename(roadmap=garden, uid=air, title="Wind", asked=edda(seen))

    def test_each_takes_back_their_own(self, garden: Roadmap) -> None:
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        verbs.rename(roadmap=garden, uid=t("Seeds"), title="Grain", asked=eve())
        undo(roadmap=garden, asked=edda())
        assert set(Topic.objects.values_list("title", flat=True)) == {"Soil", "Grain", "Stones", "Pond"}

    def test_what_another_changed_since_is_not_taken_back(self, garden: Roadmap) -> None:
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        verbs.rename(roadmap=garden, uid=t("Earth"), title="World", asked=eve())
        with pytest.raises(RefusedEditError, match="“World” was changed since"):
            undo(roadmap=garden, asked=edda())
        assert Topic.objects.filter(title="World").exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_both_stand() -> None:
    roadmap = make_roadmap("Garden")
    ground = make_section(roadmap, "Ground")
    for title in ("Soil", "Seeds", "Stones"):
        make_topic(title, ground)

    def act(title: str) -> None:
        try:
            verbs.create_topic(roadmap=roadmap, section=ground.uid, title=title, asked=Asked(title, title))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=[f"New {n}"]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(inside(roadmap, "Ground")) == 7
    assert sorted(Placement.objects.values_list("position", flat=True)) == list(range(7))


class TestUndo:
    ACTS: tuple[Callable[[Roadmap], object], ...] = (
        lambda g: verbs.create_section(roadmap=g, parent=None, title="Air", kind="level", asked=edda()),
        lambda g: verbs.create_topic(roadmap=g, section=s("Ground"), title="Roots", asked=edda()),
        lambda g: verbs.rename(roadmap=g, uid=g.uid, title="Yard", asked=edda()),
        lambda g: verbs.move(roadmap=g, uid=s("Water"), parent=s("Ground"), after=None, asked=edda()),
        lambda g: verbs.set_optional(roadmap=g, uid=t("Soil"), optional=True, asked=edda()),
        lambda g: verbs.set_ordered(roadmap=g, uid=s("Ground"), ordered=True, asked=edda()),
        lambda g: verbs.duplicate(roadmap=g, uid=s("Ground"), asked=edda()),
        lambda g: verbs.retire(roadmap=g, uid=s("Ground"), asked=edda()),
        lambda g: verbs.split_into_steps(roadmap=g, uid=t("Soil"), titles=["Dig", "Sift"], asked=edda()),
        lambda g: verbs.split_into_topics(roadmap=g, uid=t("Soil"), titles=["Clay", "Sand"], asked=edda()),
    )

    @pytest.mark.parametrize("act", ACTS)
    def test_every_act_is_taken_back_and_done_again(self, garden: Roadmap, act: Callable[[Roadmap], object]) -> None:
        before = state(garden)
        act(garden)
        after = state(garden)
        assert after != before
        undo(roadmap=garden, asked=edda())
        assert state(garden) == before
        redo(roadmap=garden, asked=edda())
        assert state(garden) == after
        undo(roadmap=garden, asked=edda())
        assert state(garden) == before

    def test_a_new_act_ends_what_could_be_done_again(self, garden: Roadmap) -> None:
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        undo(roadmap=garden, asked=edda())
        verbs.rename(roadmap=garden, uid=t("Seeds"), title="Grain", asked=edda())
        with pytest.raises(NothingToTakeBackError):
            redo(roadmap=garden, asked=edda())

    def test_nothing_to_undo(self, garden: Roadmap) -> None:
        with pytest.raises(NothingToTakeBackError, match="nothing of yours"):
            undo(roadmap=garden, asked=edda())


def state(roadmap: Roadmap) -> object:
    """All that readers see of it."""
    roadmap.refresh_from_db()
    seats = Placement.objects.filter(topic__retired_at=None).order_by("section", "position")
    return (
        roadmap.title,
        list(Section.objects.order_by("uid").values("uid", "parent__uid", "title", "position", "ordered", "optional")),
        list(seats.values("section__title", "topic__uid", "topic__title", "optional")),
        sorted(Prerequisite.objects.filter(topic__retired_at=None).values_list("topic__uid", "requires__uid")),
        [
            list(t.steps.filter(retired_at=None).values_list("title", flat=True))
            for t in Topic.objects.filter(retired_at=None).order_by("uid")
        ],
    )


class TestImports:
    NOTES = one(module("Ground", topic("Soil"), topic("Seeds"), topic("Stones")), module("Water", topic("Pond")))

    def test_the_notes_read_again_change_nothing(self) -> None:
        source = make_source()
        bring(source, self.NOTES)
        roadmap = Roadmap.objects.get()
        verbs.move(roadmap=roadmap, uid=t("Soil"), parent=s("Water"), after=None, asked=edda())
        verbs.create_topic(roadmap=roadmap, section=s("Ground"), title="Roots", asked=edda())
        verbs.set_ordered(roadmap=roadmap, uid=s("Ground"), ordered=True, asked=edda())
        verbs.duplicate(roadmap=roadmap, uid=t("Pond"), asked=edda())
        verbs.retire(roadmap=roadmap, uid=t("Seeds"), asked=edda())
        verbs.split_into_topics(roadmap=roadmap, uid=t("Stones"), titles=["Pebbles", "Rocks"], asked=edda())
        kept = curriculum_of(source)
        assert bring(source, self.NOTES) is None
        assert curriculum_of(source) == kept

    def test_changed_notes_keep_what_was_moved(self) -> None:
        source = make_source()
        bring(source, self.NOTES)
        roadmap = Roadmap.objects.get()
        verbs.move(roadmap=roadmap, uid=t("Soil"), parent=s("Water"), after=t("Pond"), asked=edda())
        changed = one(
            module("Ground", topic("Soil"), topic("Worms"), topic("Seeds"), topic("Stones")),
            module("Water", topic("Rain"), topic("Pond")),
        )
        bring(source, changed)
        assert inside(roadmap, "Ground") == ["Worms", "Seeds", "Stones"]
        assert inside(roadmap, "Water") == ["Rain", "Pond", "Soil"]


@pytest.mark.parametrize("size", [3, 300])
def test_the_statements_of_an_act_do_not_grow(size: int) -> None:
    roadmap = make_roadmap("Big")
    one_, two = make_section(roadmap, "One"), make_section(roadmap, "Two")
    for number in range(size):
        make_topic(f"Topic {number}", one_)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        verbs.move(roadmap=roadmap, uid=t("Topic 1"), parent=two.uid, after=None, asked=edda())
    assert len(queries) <= 30
