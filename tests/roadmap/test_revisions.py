"""Published revisions: when they are recorded, that they stay as they are, and how they are brought back."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.apply import undo_last
from roadmap.models import Edit, Placement, Roadmap, Section, Topic
from roadmap.plan.changes import Change, FieldChange
from roadmap.publishing.content import content_at, newest_revision, published_content
from roadmap.publishing.drafts import begin
from roadmap.publishing.models import DraftAct, DraftPart, DraftRevision, Recorded, RevisionTopic, RoadmapRevision
from roadmap.publishing.publish import publish, set_state
from roadmap.publishing.recording import QUIET, changes_between, record_now, seal_quiet
from roadmap.publishing.restore import restore_revision
from roadmap.publishing.telling import grouped, heard
from roadmap.studio import one_topic, verbs
from roadmap.studio.doing import undo
from tests.factories import make_roadmap, make_section, make_source, make_step, make_topic, place, require
from tests.roadmap.outlines import module, one, topic
from tests.roadmap.test_apply import bring
from tests.roadmap.test_drafts import NOTES, random_acts, shown
from tests.roadmap.test_studio import edda, eve, s, t

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden() -> Roadmap:
    roadmap = make_roadmap("Garden", slug="garden")
    ground, water = make_section(roadmap, "Ground"), make_section(roadmap, "Water")
    soil, seeds = make_topic("Soil", ground, summary="Brown."), make_topic("Seeds", ground)
    make_topic("Pond", water)
    make_step(soil, "Dig")
    require(seeds, soil)
    return roadmap


def numbers(roadmap: Roadmap) -> list[tuple[int, str]]:
    return list(RoadmapRevision.objects.filter(roadmap=roadmap).order_by("number").values_list("number", "how"))


def rest() -> None:
    """Nobody has done anything for long enough."""
    Roadmap.objects.update(updated_at=timezone.now() - QUIET - timedelta(minutes=1))


class TestRecording:
    def test_an_import_is_one(self) -> None:
        source = make_source()
        bring(source, NOTES)
        roadmap = Roadmap.objects.get()
        assert numbers(roadmap) == [(1, "import")]
        bring(
            source, one(module("Ground", topic("Soil"), topic("Seeds")), module("Water", topic("Pond"), topic("Rain")))
        )
        revision = newest_revision(roadmap)
        assert revision is not None
        assert (revision.number, revision.how, revision.counts) == (2, "import", {"retired": 1})
        assert [change["title"] for change in revision.changes] == ["Stones"]
        undo_last(source=source, by="Ada")
        assert numbers(roadmap)[-1] == (3, "import")
        assert changes_between(content_at(RoadmapRevision.objects.get(number=1)), published_content(roadmap)) == ()

    def test_edits_are_gathered_until_they_rest(self, garden: Roadmap) -> None:
        assert seal_quiet() == 0
        rest()
        assert seal_quiet() == 1
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        verbs.rename(roadmap=garden, uid=t("Pond"), title="Pool", asked=eve())
        assert seal_quiet() == 0
        rest()
        assert (seal_quiet(), seal_quiet()) == (1, 0)
        revision = RoadmapRevision.objects.get(number=2)
        assert (revision.how, revision.by, revision.counts) == ("edits", "Edda, Eve", {"renamed": 2})

    def test_edits_before_an_import_are_their_own(self) -> None:
        source = make_source()
        bring(source, NOTES)
        roadmap = Roadmap.objects.get()
        verbs.rename(roadmap=roadmap, uid=t("Soil"), title="Earth", asked=edda())
        bring(source, one(module("Ground", topic("Soil")), module("Water", topic("Pond"), topic("Rain"))))
        assert numbers(roadmap) == [(1, "import"), (2, "edits"), (3, "import")]

    def test_only_what_changed_is_kept_anew(self, garden: Roadmap) -> None:
        record_now(roadmap=garden)
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        before = shown(garden)
        record_now(roadmap=garden)
        assert RevisionTopic.objects.filter(revision__number=2).count() == 1
        verbs.rename(roadmap=garden, uid=t("Earth"), title="Loam", asked=edda())
        record_now(roadmap=garden)
        found = content_at(RoadmapRevision.objects.get(number=2))
        assert {topic.title for topic in found.topics} == {"Earth", "Seeds", "Pond"}
        assert before != shown(garden)

    def test_nothing_of_a_draft_is_in_one(self, garden: Roadmap) -> None:
        record_now(roadmap=garden)
        begin(roadmap=garden, by="Edda")
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        verbs.create_topic(roadmap=garden, section=s("Ground"), title="Roots", asked=edda())
        rest()
        assert (record_now(roadmap=garden), seal_quiet()) == (None, 0)
        assert "Roots" not in {topic.title for topic in published_content(garden).topics}

    def test_what_nobody_sees_is_not_recorded(self, garden: Roadmap) -> None:
        Roadmap.objects.update(state="draft")
        rest()
        assert (record_now(roadmap=garden), seal_quiet()) == (None, 0)
        assert set_state(roadmap=garden, state="listed", by="Edda")
        assert numbers(garden) == [(1, "state")]
        assert not set_state(roadmap=garden, state="listed", by="Edda")

    def test_a_topic_that_left_for_another_roadmap_is_gone_from_here(self, garden: Roadmap) -> None:
        record_now(roadmap=garden)
        Placement.objects.filter(topic__title="Pond").delete()
        Roadmap.objects.update(revision=9)
        revision = record_now(roadmap=garden)
        assert revision is not None
        assert revision.counts == {"retired": 1}

    def test_by_the_command(self, garden: Roadmap) -> None:
        rest()
        said = StringIO()
        call_command("record_revisions", stdout=said)
        assert said.getvalue() == "1 revision recorded.\n"

    @pytest.mark.parametrize("size", [3, 200])
    def test_the_statements_do_not_grow(self, garden: Roadmap, size: int, django_assert_max_num_queries: Any) -> None:
        ground = Section.objects.get(title="Ground")
        for number in range(size):
            make_topic(f"T{number}", ground)
        with django_assert_max_num_queries(26):
            record_now(roadmap=garden)
        verbs.retire(roadmap=garden, uid=ground.uid, asked=edda())
        with django_assert_max_num_queries(26):
            record_now(roadmap=garden)


class TestBroughtBack:
    def bring_back(self, roadmap: Roadmap, number: int = 1) -> Edit | None:
        revision = RoadmapRevision.objects.get(roadmap=roadmap, number=number)
        return restore_revision(roadmap=roadmap, revision=revision, asked=edda())

    def test_it_works(self, garden: Roadmap) -> None:
        record_now(roadmap=garden)
        was = shown(garden)
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        verbs.retire(roadmap=garden, uid=t("Pond"), asked=edda())
        verbs.create_topic(roadmap=garden, section=s("Ground"), title="Roots", asked=edda())
        verbs.create_section(roadmap=garden, parent=None, title="Air", kind="level", asked=edda())
        verbs.move(roadmap=garden, uid=t("Seeds"), parent=s("Air"), after=None, asked=edda())
        soil = Topic.objects.get(title="Earth")
        one_topic.edit_topic(topic=soil, roadmap=garden, wanted={"body": "Deep."}, seen={}, drop="", asked=edda())
        then = shown(garden)
        edit = self.bring_back(garden)
        assert edit is not None
        assert edit.data["said"] == "Brought revision 1 back"
        assert shown(garden) == was
        assert Topic.objects.get(title="Roots").retired_at is not None
        assert numbers(garden) == [(1, "first"), (2, "edits"), (3, "edits")]
        undo(roadmap=garden, asked=edda())
        assert shown(garden) == then
        assert self.bring_back(garden, 2) is None

    def test_steps_that_came_since_are_retired(self, garden: Roadmap) -> None:
        record_now(roadmap=garden)
        verbs.split_into_steps(roadmap=garden, uid=t("Soil"), titles=["Dig", "Rake"], asked=edda())
        self.bring_back(garden)
        steps = Topic.objects.get(title="Soil").steps
        assert list(steps.filter(retired_at=None).values_list("title", flat=True)) == ["Dig"]
        assert steps.count() == 2

    def test_a_topic_that_another_roadmap_shows_loses_its_seat_alone(self, garden: Roadmap) -> None:
        record_now(roadmap=garden)
        grass = make_topic("Grass", make_section(make_roadmap("Park"), "Lawn"))
        place(grass, Section.objects.get(title="Ground"))
        Roadmap.objects.filter(pk=garden.pk).update(revision=9)
        self.bring_back(garden)
        grass.refresh_from_db()
        assert (grass.retired_at, grass.placements.count()) == (None, 1)

    def test_the_next_import_keeps_it(self) -> None:
        source = make_source()
        bring(source, NOTES)
        roadmap = Roadmap.objects.get()
        was = shown(roadmap)
        later = one(module("Ground", topic("Soil", summary="Deep."), topic("Seeds")), module("Water", topic("Rain")))
        bring(source, later)
        self.bring_back(roadmap)
        assert shown(roadmap) == was
        bring(source, later)
        assert shown(roadmap) == was

    def test_in_a_draft_it_waits(self, garden: Roadmap) -> None:
        record_now(roadmap=garden)
        was = shown(garden)
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        draft = begin(roadmap=garden, by="Edda")
        self.bring_back(garden)
        assert Topic.objects.filter(title="Earth").exists()
        publish(draft=draft, by="Edda")
        assert shown(garden) == was


@settings(max_examples=12)
@given(seed=st.integers(0, 10**6), number=st.integers(1, 10), from_notes=st.booleans())
def test_whatever_was_done_a_revision_is_brought_back_and_undone(seed: int, number: int, from_notes: bool) -> None:
    with transaction.atomic():
        bring(make_source(), NOTES)
        if not from_notes:
            Topic.objects.update(source=None, origin={})
            Section.objects.update(origin={})
            Roadmap.objects.update(source=None, origin={})
        roadmap = Roadmap.objects.get()
        first = newest_revision(roadmap)
        assert first is not None
        random_acts(roadmap, seed, number)
        before = shown(roadmap)
        edit = restore_revision(roadmap=roadmap, revision=first, asked=edda())
        assert changes_between(content_at(first), published_content(roadmap)) == ()
        if edit is not None:
            undo(roadmap=roadmap, asked=edda())
            assert shown(roadmap) == before
        transaction.set_rollback(True)


WAITING = "whether topics wait for what they need"


def field(name: str, now: str) -> dict[str, Any]:
    return {"fields": (FieldChange(name, "", now),)}


class TestTelling:
    def change(self, kind: Any, what: Any = "topic", **more: Any) -> Change:
        return Change(kind, what, uuid4(), "Soil", **more)

    @pytest.mark.parametrize(
        ("kind", "what", "more", "told"),
        [
            ("added", "topic", {"now": "Garden / Beginner / Ground"}, ("New", "in Ground")),
            ("retired", "topic", {"was": "Garden / Ground"}, ("No longer part of it", "")),
            ("retired", "topic", {"now": "Earth"}, ("No longer part of it", "now part of Earth")),
            ("revived", "topic", {"now": "Garden / Ground"}, ("Back again", "in Ground")),
            ("moved", "topic", {"now": "Garden / Water"}, ("In another place", "in Water")),
            ("renamed", "topic", {"was": "Mud", "now": "Soil"}, ("Under another name", "was Mud")),
            ("changed", "topic", field("body", "b"), ("Rewritten", "")),
            ("changed", "topic", field("needs", "x"), ("Also changed", "builds on other topics")),
            ("changed", "topic", field("optional", "optional"), ("What counts", "is optional now")),
            ("changed", "section", field("choose", "2"), ("What counts", "2 of its topics are enough")),
            ("changed", "section", field("ordered", "yes"), ("Also changed", "in order now")),
            ("added", "section", {}, ("New", "a part of its own")),
            ("changed", "roadmap", field("locking", "strict"), ("Also changed", WAITING)),
        ],
    )  # fmt: skip
    def test_in_words(self, kind: str, what: str, more: dict[str, Any], told: tuple[str, str]) -> None:
        change = self.change(kind, what, **more)
        ((heading, (one_,)),) = grouped([change.as_json()])
        assert (heading, one_.beside) == told
        assert heard(change)

    @pytest.mark.parametrize("field", ["aliases", "related", "meta", "id"])
    def test_what_learners_do_not_see_they_do_not_hear_of(self, field: str) -> None:
        assert not heard(self.change("changed", fields=(FieldChange(field, "a", "b"),)))


class TestConstraints:
    def refused(self, name: str, model: Any, **fields: Any) -> None:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            model.objects.create(**fields)

    def test_each_is_held_by_the_database(self, garden: Roadmap) -> None:
        draft = DraftRevision.objects.create(roadmap=garden, opened_by="Edda")
        self.refused("draft_revision_once_open", DraftRevision, roadmap=garden)
        self.refused("draft_revision_state_listed", DraftRevision, roadmap=garden, state="x", closed_at=timezone.now())
        self.refused("draft_revision_closed_at_when_closed", DraftRevision, roadmap=garden, state="discarded")
        part: dict[str, Any] = {"draft": draft, "kind": "topic", "uid": uuid4(), "base": {}, "now": {}}
        DraftPart.objects.create(**part)
        self.refused("draft_part_once", DraftPart, **part)
        self.refused("draft_part_kind_listed", DraftPart, **part | {"kind": "x"})
        self.refused("draft_part_only_topics_are_made", DraftPart, **part | {"kind": "roadmap", "made": True})
        edit = Edit.objects.create(verb="rename", roadmap=garden, by="Edda")
        DraftAct.objects.create(draft=draft, edit=edit)
        self.refused("edit_id", DraftAct, draft=draft, edit=edit)
        Recorded.objects.create(roadmap=garden, revision=1)
        self.refused("recorded_pkey", Recorded, roadmap=garden, revision=2)
        revision = RoadmapRevision.objects.create(roadmap=garden, number=1, how="first", tree={})
        self.refused("roadmap_revision_numbered_once", RoadmapRevision, roadmap=garden, number=1, how="first", tree={})
        self.refused("numbered_from_one", RoadmapRevision, roadmap=garden, number=0, how="first", tree={})
        self.refused("roadmap_revision_how_listed", RoadmapRevision, roadmap=garden, number=2, how="x", tree={})
        kept: dict[str, Any] = {"revision": revision, "uid": uuid4(), "data": {}}
        RevisionTopic.objects.create(**kept)
        self.refused("revision_topic_once", RevisionTopic, **kept)

    def test_a_revision_is_never_changed(self, garden: Roadmap) -> None:
        record_now(roadmap=garden)
        for model in (RoadmapRevision, RevisionTopic):
            row: Any = model.objects.first()
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                row.save()
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                model.objects.filter(pk=row.pk)._raw_delete("default")
