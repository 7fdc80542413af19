"""What people did goes with the topics that editors merge and split: it never gets less."""

from __future__ import annotations

from uuid import uuid4

import pytest

from roadmap.editing import RefusedEditError
from roadmap.models import Roadmap, Topic
from roadmap.studio.doing import Asked, undo
from tests.factories import make_roadmap, make_section, make_topic, make_user
from tracker import merging, progress
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
