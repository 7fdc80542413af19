"""What people did goes with the topics that editors merge and split: it never gets less."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from roadmap.editing import RefusedEditError
from roadmap.models import Edit, Placement, Prerequisite, Roadmap, Topic
from roadmap.plan.curriculum import Json
from roadmap.publishing import drafts
from roadmap.stored import part_of
from roadmap.studio import verbs
from roadmap.studio.doing import Asked, NothingToTakeBackError, redo, undo
from tests.factories import make_roadmap, make_section, make_topic, make_user, place, require
from tracker import merging, progress, summaries
from tracker.models import ProgressEvent, RoadmapSummary, TopicProgress, User

pytestmark = pytest.mark.django_db

STATES = ("todo", "skipped", "learning", "waived", "done")


@pytest.fixture
def two() -> tuple[Roadmap, Topic, Topic]:
    garden, park = make_roadmap("Garden"), make_roadmap("Park")
    soil = make_topic("Soil", ground := make_section(garden))
    make_topic("Seeds", ground)
    return garden, soil, make_topic("Earth", make_section(park))


def edda(user: User) -> Asked:
    return Asked("Edda", str(user.pk), operation=uuid4())


def put(learner: User, topic: Topic, state: str, roadmap: Roadmap | None = None) -> None:
    mentor = make_user() if state == "waived" else None
    on = roadmap.pk if roadmap else None
    progress.set_state(learner=learner, topic=topic.pk, state=state, operation=uuid4(), by=mentor, roadmap=on)


def state_of(learner: User, topic: Topic) -> str:
    found = TopicProgress.objects.filter(learner=learner, topic=topic).first()
    return found.state if found else "todo"


class TestMerge:
    @pytest.mark.parametrize("kept", STATES)
    @pytest.mark.parametrize("lost", STATES)
    def test_the_better_state_wins(
        self, two: tuple[Roadmap, Topic, Topic], editor: User, learner: User, kept: str, lost: str
    ) -> None:
        garden, soil, earth = two
        put(learner, soil, kept)
        put(learner, earth, lost)
        events = ProgressEvent.objects.count()
        merging.merge(roadmap=garden, keep=soil, gone=earth, by=editor, asked=edda(editor))
        assert state_of(learner, soil) == max(kept, lost, key=STATES.index)
        assert state_of(learner, earth) == lost
        better = STATES.index(lost) > STATES.index(kept)
        assert ProgressEvent.objects.count() == events + better
        if better:
            event = ProgressEvent.objects.first()
            assert event is not None
            assert (event.was, event.now, event.through, event.by) == (kept, lost, "merge", editor)

    def test_it_is_counted(
        self, two: tuple[Roadmap, Topic, Topic], editor: User, learner: User, django_capture_on_commit_callbacks: object
    ) -> None:
        garden, soil, earth = two
        put(learner, Topic.objects.get(title="Seeds"), "learning", garden)
        put(learner, earth, "done")
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            merging.merge(roadmap=garden, keep=soil, gone=earth, by=editor, asked=edda(editor))
        row = RoadmapSummary.objects.get(learner=learner, roadmap=garden)
        garden.refresh_from_db()
        assert (row.revision, row.done, row.required) == (garden.revision, 1, 2)

    def test_twice_is_once(self, two: tuple[Roadmap, Topic, Topic], editor: User, learner: User) -> None:
        garden, soil, earth = two
        put(learner, earth, "done")
        asked = edda(editor)
        done = [merging.merge(roadmap=garden, keep=soil, gone=earth, by=editor, asked=asked) for _ in range(2)]
        assert done[0] == done[1]
        assert ProgressEvent.objects.filter(through="merge").count() == 1

    def test_taken_back_nobody_loses_what_they_were_given(
        self, two: tuple[Roadmap, Topic, Topic], editor: User, learner: User
    ) -> None:
        garden, soil, earth = two
        put(learner, earth, "done")
        merging.merge(roadmap=garden, keep=soil, gone=earth, by=editor, asked=edda(editor))
        undo(roadmap=garden, asked=edda(editor))
        earth.refresh_from_db()
        assert earth.retired_at is None
        assert (state_of(learner, soil), state_of(learner, earth)) == ("done", "done")

    def test_a_retired_topic_is_not_merged(self, two: tuple[Roadmap, Topic, Topic], editor: User) -> None:
        garden, soil, earth = two
        merging.merge(roadmap=garden, keep=soil, gone=earth, by=editor, asked=edda(editor))
        with pytest.raises(RefusedEditError, match="“Earth” is retired"):
            merging.merge(roadmap=garden, keep=soil, gone=earth, by=editor, asked=edda(editor))


class TestSplit:
    @pytest.mark.parametrize(
        ("state", "parts"), [("done", "done"), ("waived", "waived"), ("skipped", "skipped"), ("learning", "todo")]
    )
    def test_who_had_done_it_has_done_the_parts(
        self, two: tuple[Roadmap, Topic, Topic], editor: User, learner: User, state: str, parts: str
    ) -> None:
        garden, soil, _ = two
        put(learner, soil, state)
        merging.split(roadmap=garden, topic=soil, titles=["Clay", "Sand", "Silt"], by=editor, asked=edda(editor))
        soil.refresh_from_db()
        assert (soil.title, state_of(learner, soil)) == ("Clay", state)
        assert {state_of(learner, Topic.objects.get(title=title)) for title in ("Sand", "Silt")} == {parts}


def merged(two: tuple[Roadmap, Topic, Topic], editor: User) -> Edit:
    garden, soil, earth = two
    edit = merging.merge(roadmap=garden, keep=soil, gone=earth, by=editor, asked=edda(editor))
    assert edit is not None
    return edit


def standing() -> Json:
    """The whole curriculum, with what everybody did on it."""
    rows = TopicProgress.objects.exclude(state="todo").order_by("learner", "topic")
    done = list(rows.values_list("learner", "topic", "state", "revision", "started_at", "changed_at"))
    everything = part_of(
        roadmaps=list(Roadmap.objects.values_list("pk", flat=True)),
        topics=list(Topic.objects.values_list("uid", flat=True)),
    )
    return {"tree": everything.as_json(), "done": done}


class TestUnmerge:
    @pytest.mark.parametrize("kept", STATES)
    @pytest.mark.parametrize("lost", STATES)
    def test_all_is_as_it_was(
        self, two: tuple[Roadmap, Topic, Topic], editor: User, learner: User, kept: str, lost: str
    ) -> None:
        _, soil, earth = two
        put(learner, soil, kept)
        put(learner, earth, lost)
        before, events = standing(), ProgressEvent.objects.count()
        merging.unmerge(merged=merged(two, editor), by=editor, asked=edda(editor))
        assert standing() == before
        assert ProgressEvent.objects.count() in {events, events + 2}, "history only grows"

    def test_what_was_done_since_stays_on_the_one_that_was_kept(
        self, two: tuple[Roadmap, Topic, Topic], editor: User, learner: User
    ) -> None:
        _, soil, earth = two
        other = make_user()
        for each in (learner, other):
            put(each, earth, "done")
        edit = merged(two, editor)
        put(learner, soil, "learning")
        put(learner, soil, "done")
        merging.unmerge(merged=edit, by=editor, asked=edda(editor))
        assert (state_of(learner, soil), state_of(learner, earth)) == ("done", "done")
        assert (state_of(other, soil), state_of(other, earth)) == ("todo", "done")

    def test_shares_are_counted_where_nothing_else_changed(
        self,
        editor: User,
        learner: User,
        django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
    ) -> None:
        """Both are called the same, so that the third roadmap, which shows only the kept one, is as it was."""
        garden, park, yard = (make_roadmap(title) for title in ("Garden", "Park", "Yard"))
        soil, twin = make_topic("Soil", make_section(garden)), make_topic("Soil", make_section(park))
        place(soil, make_section(yard))
        for roadmap, topic in ((garden, soil), (yard, soil), (park, twin)):
            put(learner, topic, "learning", roadmap)
        put(learner, soil, "todo")
        put(learner, twin, "done")
        with django_capture_on_commit_callbacks(execute=True):
            edit = merging.merge(roadmap=garden, keep=soil, gone=twin, by=editor, asked=edda(editor))
        assert edit is not None
        assert list(summaries.disagreements()) == []
        assert RoadmapSummary.objects.get(learner=learner, roadmap=yard).done == 1
        with django_capture_on_commit_callbacks(execute=True):
            merging.unmerge(merged=edit, by=editor, asked=edda(editor))
        assert list(summaries.disagreements()) == []
        assert RoadmapSummary.objects.get(learner=learner, roadmap=yard).done == 0
        assert RoadmapSummary.objects.get(learner=learner, roadmap=park).done == 1

    def test_after_other_acts(self, two: tuple[Roadmap, Topic, Topic], editor: User, learner: User) -> None:
        """The kept one was renamed, its new seat moved, what required the other one changed."""
        garden, soil, earth = two
        park = Roadmap.objects.get(title="Park")
        require(Topic.objects.get(title="Seeds"), earth)
        put(learner, earth, "done")
        edit = merged(two, editor)
        pond = make_section(park, "Pond")
        verbs.rename(roadmap=garden, uid=soil.uid, title="Ground", asked=edda(editor))
        verbs.move(roadmap=park, uid=soil.uid, parent=pond.uid, after=None, asked=edda(editor))
        merging.unmerge(merged=edit, by=editor, asked=edda(editor))
        soil.refresh_from_db()
        earth.refresh_from_db()
        assert (soil.title, soil.retired_at, earth.retired_at, earth.replaced_by) == ("Ground", None, None, None)
        assert [p.section.title for p in earth.placements.all()] == ["Pond"], "where its seat was moved to"
        assert [p.roadmap for p in soil.placements.all()] == [garden]
        assert not soil.aliases.filter(text="Earth").exists()
        assert [n.requires for n in Prerequisite.objects.filter(topic__title="Seeds")] == [earth]
        assert (state_of(learner, soil), state_of(learner, earth)) == ("todo", "done")

    def test_on_one_roadmap(self, editor: User) -> None:
        garden = make_roadmap("Garden")
        section = make_section(garden)
        soil, _, earth = (make_topic(title, section) for title in ("Soil", "Seeds", "Earth"))
        Placement.objects.filter(topic=soil).update(optional=True)
        edit = merging.merge(roadmap=garden, keep=soil, gone=earth, by=editor, asked=edda(editor))
        assert edit is not None
        verbs.rename(roadmap=garden, uid=soil.uid, title="Ground", asked=edda(editor))
        make_topic("Worms", section)
        merging.unmerge(merged=edit, by=editor, asked=edda(editor))
        order = Placement.objects.filter(section=section).order_by("position")
        assert [(p.topic.title, p.optional) for p in order][:3] == [
            ("Ground", True), ("Seeds", False), ("Earth", False),
        ]  # fmt: skip

    def test_refused_with_a_sentence(self, two: tuple[Roadmap, Topic, Topic], editor: User) -> None:
        garden, soil, earth = two
        edit = merged(two, editor)
        seeds = Topic.objects.get(title="Seeds")
        later = merging.merge(roadmap=garden, keep=seeds, gone=soil, by=editor, asked=edda(editor))
        assert later is not None
        with pytest.raises(RefusedEditError, match=r"“Soil” was made one with “Seeds” since. Part these two first"):
            merging.unmerge(merged=edit, by=editor, asked=edda(editor))
        merging.unmerge(merged=later, by=editor, asked=edda(editor))
        merging.unmerge(merged=edit, by=editor, asked=edda(editor))
        with pytest.raises(RefusedEditError, match="two topics already"):
            merging.unmerge(merged=edit, by=editor, asked=edda(editor))
        earth.refresh_from_db()
        assert earth.retired_at is None

    def test_not_over_an_open_draft(self, two: tuple[Roadmap, Topic, Topic], editor: User) -> None:
        edit = merged(two, editor)
        drafts.begin(roadmap=two[0], by="Edda")
        with pytest.raises(RefusedEditError, match="A draft revision of “Garden” is open"):
            merging.unmerge(merged=edit, by=editor, asked=edda(editor))

    def test_it_is_neither_undone_nor_done_again_by_the_way(
        self, two: tuple[Roadmap, Topic, Topic], editor: User
    ) -> None:
        garden, *_ = two
        merging.unmerge(merged=merged(two, editor), by=editor, asked=edda(editor))
        for turn in (undo, redo):
            with pytest.raises(NothingToTakeBackError):
                turn(roadmap=garden, asked=edda(editor))

    def test_twice_is_once(self, two: tuple[Roadmap, Topic, Topic], editor: User, learner: User) -> None:
        put(learner, two[2], "done")
        edit, asked = merged(two, editor), edda(editor)
        done = [merging.unmerge(merged=edit, by=editor, asked=asked) for _ in range(2)]
        assert done[0] == done[1]
        assert ProgressEvent.objects.filter(through="merge").count() == 2

    def test_merged_anew_everybody_has_the_better_state_again(
        self, two: tuple[Roadmap, Topic, Topic], editor: User, learner: User
    ) -> None:
        put(learner, two[2], "done")
        merging.unmerge(merged=merged(two, editor), by=editor, asked=edda(editor))
        merged(two, editor)
        assert state_of(learner, two[1]) == "done"


@pytest.mark.usefixtures("static_root")
class TestTheButton:
    def test_it_parts_them(self, two: tuple[Roadmap, Topic, Topic], client: Client, editor: User) -> None:
        _, soil, earth = two
        client.force_login(editor)
        page = reverse("studio_topic", args=[earth.slug])
        assert b"Part them again" not in client.get(page).content
        merged(two, editor)
        assert b"Part them again" in client.get(page).content
        assert b"Part them again" not in client.get(reverse("studio_topic", args=[soil.slug])).content
        answer = client.post(reverse("part_topics", args=[earth.slug]), {"operation": str(uuid4())}, follow=True)
        assert "Parted “Earth” from “Soil” again." in answer.content.decode()
        earth.refresh_from_db()
        assert earth.retired_at is None
        again = client.post(reverse("part_topics", args=[earth.slug]))
        assert again.status_code == 409
        assert "“Earth” is not merged into another topic" in again.content.decode()
