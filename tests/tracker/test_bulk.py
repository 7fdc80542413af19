"""One act on many topics, and its one undo; what it would do, before it is done (pure)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from roadmap.models import Roadmap, Topic
from roadmap.tree import Tree
from tests.factories import make_roadmap, make_section, make_step, make_topic, place
from tests.tracker.conftest import Path
from tests.trees import branch, done, marks_on, tree, trees
from tracker import bulk, progress, queries, summaries
from tracker.marking import STATES, planned
from tracker.models import BulkAct, Enrolment, ProgressEvent, StepProgress, TopicProgress, User
from tracker.packed import Mark


class TestPlanned:
    """Pure."""

    def test_each_topic_is_in_one_place(self) -> None:
        forest = tree(branch("A", 1, 2, 3))
        plan = planned(forest, {1: Mark("done"), 2: Mark("waived")}, (1, 2, 3), "done")
        assert (plan.change, plan.same, plan.waived, plan.locked) == ((3,), (1,), (2,), ())

    def test_what_is_done_first_opens_what_comes_after(self) -> None:
        strict = tree(branch("A", 3, 2, 1), needs={2: [1], 3: [2]}, locking="strict")
        assert planned(strict, {}, strict.order, "done").change == (3, 2, 1)

    def test_learning_opens_nothing(self) -> None:
        strict = tree(branch("A", 1, 2), needs={2: [1]}, locking="strict")
        plan = planned(strict, {}, strict.order, "learning")
        assert (plan.change, plan.locked) == ((1,), ((2, (1,)),))
        assert planned(strict, {2: Mark("todo", started=True)}, strict.order, "learning").locked == ()

    def test_a_lock_from_elsewhere_stays_and_is_named(self) -> None:
        strict = tree(branch("A", 1, 2), branch("B", 9), needs={1: [9], 2: [1]}, locking="strict")
        assert planned(strict, {}, (1, 2), "done").locked == ((1, (9,)), (2, (1,)))
        assert planned(strict, done(9), (1, 2), "done").locked == ()
        assert planned(strict, {}, (1, 2), "skipped").locked == ()

    @given(st.data(), trees(), st.sampled_from(STATES))
    def test_every_topic_once_and_the_order_does_not_matter(
        self, data: st.DataObject, forest: Tree, state: str
    ) -> None:
        held = data.draw(marks_on(forest))
        one = planned(forest, held, forest.order, state)
        other = planned(forest, held, forest.order[::-1], state)
        listed = [*one.change, *one.same, *one.waived, *(topic for topic, _ in one.locked)]
        assert sorted(listed) == sorted(forest.order)
        assert set(one.change) == set(other.change)
        assert {topic for topic, _ in one.locked} == {topic for topic, _ in other.locked}
        assert forest.locking == "strict" or not one.locked


def rows(learner: User) -> dict[int, tuple[Any, ...]]:
    """What is stored of each topic; one that was only put back is as good as none."""
    found = TopicProgress.objects.filter(learner=learner).exclude(state="todo", started_at=None)
    return {row.topic_id: (row.state, row.revision, row.started_at, row.changed_at) for row in found}


def mark(learner: User, path: Path, state: str = "done", operation: uuid.UUID | None = None) -> bulk.Done:
    topics = [path.soil.pk, path.sowing.pk, path.pond.pk]
    return bulk.mark_section(
        learner=learner, roadmap=path.roadmap, topics=topics, state=state, operation=operation or uuid.uuid4(),
        about="Ground",
    )  # fmt: skip


def act(learner: User, topic: Topic, state: str, roadmap: Roadmap | None = None) -> None:
    progress.set_state(
        learner=learner, topic=topic.pk, state=state, operation=uuid.uuid4(), roadmap=roadmap.pk if roadmap else None
    )


@pytest.mark.django_db
class TestMarkSection:
    def test_sets_all_of_them_with_an_event_each(self, learner: User, path: Path) -> None:
        act(learner, path.sowing, "learning")
        found = mark(learner, path)
        assert set(found.act.topics) == {path.soil.pk, path.sowing.pk, path.pond.pk}
        assert set(TopicProgress.objects.values_list("state", flat=True)) == {"done"}
        events = ProgressEvent.objects.filter(now="done")
        assert {(event.topic_id, event.was, event.by_id) for event in events} == {
            (path.soil.pk, "todo", learner.pk), (path.sowing.pk, "learning", learner.pk),
            (path.pond.pk, "todo", learner.pk),
        }  # fmt: skip
        assert Enrolment.objects.filter(learner=learner, roadmap=path.roadmap, finished_at__isnull=False).exists()
        assert queries.standing(learner, path.roadmap).overlay.total.percent == 100
        assert list(summaries.disagreements()) == []

    def test_a_replay_changes_nothing_and_another_act_of_that_name_is_refused(self, learner: User, path: Path) -> None:
        operation = uuid.uuid4()
        mark(learner, path, operation=operation)
        assert mark(learner, path, operation=operation).replayed
        assert ProgressEvent.objects.count() == 3
        with pytest.raises(progress.Conflict):
            mark(learner, path, "skipped", operation=operation)
        with pytest.raises(progress.UnknownState):
            mark(learner, path, "waived")

    def test_what_a_mentor_waived_stays(self, learner: User, path: Path, other: User) -> None:
        progress.set_state(learner=learner, topic=path.soil.pk, state="waived", operation=uuid.uuid4(), by=other)
        found = mark(learner, path, "todo")
        assert found.plan is not None
        assert (found.plan.waived, found.act.topics) == ((path.soil.pk,), [])
        assert rows(learner)[path.soil.pk][0] == "waived"

    def test_a_strict_roadmap_refuses_what_is_locked(self, learner: User, path: Path) -> None:
        path.roadmap.locking = "strict"
        path.roadmap.revision += 1
        path.roadmap.save()
        found = mark(learner, path, "learning")
        assert found.plan is not None
        assert [topic for topic, _ in found.plan.locked] == [path.sowing.pk]
        assert path.sowing.pk not in rows(learner)

    def test_topics_of_elsewhere_and_retired_ones_are_left(self, learner: User, path: Path) -> None:
        stray = make_topic("Stray", retired_at=timezone.now())
        found = bulk.set_many(learner=learner, topics=[stray.pk, path.soil.pk], state="done", operation=uuid.uuid4())
        assert (found.act.topics, found.act.kind) == ([path.soil.pk], "known")
        there = make_topic("There", make_section(make_roadmap()))
        args: dict[str, Any] = {"learner": learner, "roadmap": path.roadmap, "operation": uuid.uuid4(), "about": ""}
        assert bulk.mark_section(topics=[there.pk], state="done", **args).act.topics == []

    def test_the_statements_do_not_grow(self, learner: User) -> None:
        counts = []
        for size in (3, 300):
            section = make_section(roadmap := make_roadmap())
            topics = [make_topic(f"T{n}", section).pk for n in range(size)]
            queries.standing(learner, roadmap)
            act(learner, Topic.objects.get(pk=topics[0]), "learning", roadmap)
            args: dict[str, Any] = {"learner": learner, "roadmap": roadmap, "topics": topics, "about": "T"}
            operation = uuid.uuid4()
            with CaptureQueriesContext(connection) as forth:
                bulk.mark_section(state="done", operation=operation, **args)
            with CaptureQueriesContext(connection) as back:
                bulk.undo(learner=learner, operation=operation)
            counts.append((len(forth), len(back)))
            Enrolment.objects.all().delete()
            learner.summaries.all().delete()
        assert counts[0] == counts[1]
        assert max(counts[0]) < 25


@pytest.mark.django_db
class TestUndo:
    @pytest.mark.parametrize("state", STATES)
    def test_gives_back_exactly_what_was(self, learner: User, path: Path, state: str) -> None:
        act(learner, path.soil, "done", path.roadmap)
        Topic.objects.filter(pk=path.soil.pk).update(revision=4)
        act(learner, path.sowing, "learning")
        act(learner, path.sowing, "skipped")
        before, operation = rows(learner), uuid.uuid4()
        mark(learner, path, state, operation)
        assert rows(learner) != before
        found = bulk.undo(learner=learner, operation=operation)
        assert (rows(learner), found.act.left) == (before, 0)
        assert list(summaries.disagreements()) == []
        assert bulk.undo(learner=learner, operation=operation).replayed
        assert rows(learner) == before

    def test_what_was_changed_since_is_left_and_told(self, learner: User, path: Path) -> None:
        operation = uuid.uuid4()
        mark(learner, path, "done", operation)
        act(learner, path.soil, "learning")
        act(learner, path.pond, "todo")
        act(learner, path.pond, "done")
        found = bulk.undo(learner=learner, operation=operation)
        assert (found.back, found.act.left) == ((path.sowing.pk,), 2)
        assert {topic: row[0] for topic, row in rows(learner).items()} == {
            path.soil.pk: "learning", path.pond.pk: "done"
        }  # fmt: skip
        assert list(summaries.disagreements()) == []

    def test_only_ones_own_and_only_what_was_done(self, learner: User, other: User, path: Path) -> None:
        operation = uuid.uuid4()
        mark(learner, path, "done", operation)
        for who, what in ((other, operation), (learner, uuid.uuid4())):
            with pytest.raises(progress.Superseded):
                bulk.undo(learner=who, operation=what)
        last = bulk.last_on(learner, path.roadmap)
        assert last is not None
        assert last.operation == operation
        bulk.undo(learner=learner, operation=operation)
        assert bulk.last_on(learner, path.roadmap) is None

    def test_a_lock_that_was_never_opened_is_there_again(self, learner: User, path: Path) -> None:
        operation = uuid.uuid4()
        mark(learner, path, "learning", operation)
        bulk.undo(learner=learner, operation=operation)
        assert queries.standing(learner, path.roadmap).overlay.row(path.sowing.pk).locked


@pytest.mark.django_db
class TestResetRoadmap:
    def test_all_is_to_do_the_history_stays_and_it_can_be_undone(self, learner: User, path: Path, other: User) -> None:
        act(learner, path.soil, "done", path.roadmap)
        progress.set_state(learner=learner, topic=path.pond.pk, state="waived", operation=uuid.uuid4(), by=other)
        progress.set_step(learner=learner, step=path.step, done=True, operation=uuid.uuid4())
        extra = make_step(path.sowing, "Rake")
        progress.set_step(learner=learner, step=extra, done=True, operation=uuid.uuid4())
        elsewhere = make_roadmap("Elsewhere")
        place(path.soil, make_section(elsewhere))
        act(learner, path.soil, "done", elsewhere)
        before, events, operation = rows(learner), ProgressEvent.objects.count(), uuid.uuid4()
        found = bulk.reset_roadmap(learner=learner, roadmap=path.roadmap, operation=operation)
        assert found.act.topics == [path.soil.pk]
        assert set(found.act.steps) == {path.step.pk, extra.pk}
        assert {row[0] for row in rows(learner).values()} == {"todo", "waived"}
        assert not StepProgress.objects.filter(done=True).exists()
        assert ProgressEvent.objects.count() == events + 3
        assert queries.standing(learner, elsewhere).overlay.total.done == 0
        assert list(summaries.disagreements()) == []
        assert bulk.reset_roadmap(learner=learner, roadmap=path.roadmap, operation=operation).replayed
        progress.set_step(learner=learner, step=extra, done=True, operation=uuid.uuid4())
        progress.set_step(learner=learner, step=extra, done=False, operation=uuid.uuid4())
        assert bulk.undo(learner=learner, operation=operation).act.left == 1
        assert rows(learner) == before
        assert [row.step_id for row in StepProgress.objects.filter(done=True)] == [path.step.pk]
        assert list(summaries.disagreements()) == []

    def test_nobody_elses(self, learner: User, other: User, path: Path) -> None:
        act(other, path.soil, "done", path.roadmap)
        bulk.reset_roadmap(learner=learner, roadmap=path.roadmap, operation=uuid.uuid4())
        assert TopicProgress.objects.get(learner=other).state == "done"
        assert BulkAct.objects.get().topics == []
