"""What is counted of a learner on a roadmap, held against the state rows after whatever can happen."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from roadmap import editing
from roadmap.models import Roadmap, Topic
from roadmap.queries import tree_of
from tests.factories import assign, join, make_cohort, make_roadmap, make_section, make_topic, make_user, place, require
from tracker import progress, queries, summaries
from tracker.models import Enrolment, RoadmapSummary, User
from tracker.packed import layout

pytestmark = pytest.mark.django_db


def act(learner: User, topic: Topic, state: str = "done", roadmap: Roadmap | None = None) -> progress.Outcome:
    where = roadmap.pk if roadmap else None
    return progress.set_state(learner=learner, topic=topic.pk, state=state, operation=uuid.uuid4(), roadmap=where)


def row_of(learner: User, roadmap: Roadmap) -> RoadmapSummary:
    return RoadmapSummary.objects.get(learner=learner, roadmap=roadmap)


@pytest.fixture
def walked() -> Roadmap:
    """Twelve topics in three modules, one of them a choice of two, one topic optional; needs within and without."""
    roadmap = make_roadmap("Walked")
    modules = [make_section(roadmap, f"Module {n}", choose=2 if n == 1 else None) for n in range(3)]
    topics = [make_topic(f"Topic {n}", modules[n % 3], optional=n == 11, hours=n + 1) for n in range(12)]
    require(topics[3], topics[0])
    require(topics[4], make_topic("Elsewhere", make_section(make_roadmap("Elsewhere"))))
    return roadmap


@pytest.fixture
def other(walked: Roadmap) -> Roadmap:
    """Shares four topics with the first."""
    roadmap = make_roadmap("Other")
    module = make_section(roadmap, "All")
    for topic in Topic.objects.filter(placements__roadmap=walked).order_by("pk")[:4]:
        place(topic, module)
    make_topic("Own", module)
    return roadmap


class TestKeptWithTheEvent:
    def test_the_first_check_off_makes_the_row(self, learner: User, walked: Roadmap) -> None:
        topic = Topic.objects.get(title="Topic 0")
        act(learner, topic, "done", walked)
        row = row_of(learner, walked)
        assert (row.required, row.done, row.waived, row.learning, row.skipped) == (9, 1, 0, 0, 0)
        assert row.met == [1, 0, 0]
        assert row.last_move is not None
        assert row.learning_since is None
        assert list(summaries.disagreements()) == []

    def test_a_topic_of_two_roadmaps_is_counted_in_both(self, learner: User, walked: Roadmap, other: Roadmap) -> None:
        act(learner, Topic.objects.get(title="Topic 5"), "learning", walked)
        act(learner, Topic.objects.get(title="Own"), "done", other)
        act(learner, Topic.objects.get(title="Topic 2"), "done", other)
        assert (row_of(learner, walked).done, row_of(learner, other).done) == (1, 2)
        assert row_of(learner, walked).learning_since is not None
        assert list(summaries.disagreements()) == []

    def test_what_is_needed_from_elsewhere_is_known_to_the_row(self, learner: User, walked: Roadmap) -> None:
        act(learner, Topic.objects.get(title="Topic 0"), "learning", walked)
        moved = row_of(learner, walked).last_move
        act(learner, Topic.objects.get(title="Elsewhere"))
        assert row_of(learner, walked).last_move == moved, "no move on this roadmap"
        here = queries.standing(learner, walked)
        assert here.overlay.row(Topic.objects.get(title="Topic 4").pk).ready
        assert list(summaries.disagreements()) == []

    def test_a_mentors_act_is_no_move_of_the_learner(self, learner: User, walked: Roadmap) -> None:
        topic = Topic.objects.get(title="Topic 0")
        summaries.ensure(learners=[learner.pk], roadmaps=[walked.pk])
        progress.set_state(
            learner=learner,
            topic=topic.pk,
            state="waived",
            operation=uuid.uuid4(),
            by=make_user("Mira"),
            through="mentor",
        )
        row = row_of(learner, walked)
        assert (row.waived, row.last_move) == (1, None)
        assert list(summaries.disagreements()) == []

    def test_still_fine_takes_the_mark_of_a_change_away(self, learner: User, walked: Roadmap) -> None:
        topic = Topic.objects.get(title="Topic 0")
        act(learner, topic, "done", walked)
        Topic.objects.filter(pk=topic.pk).update(revision=2)
        Roadmap.objects.update(revision=2)
        summaries.rebuild()
        walked.refresh_from_db()
        assert queries.standing(learner, walked).overlay.row(topic.pk).changed
        progress.still_fine(learner=learner, topic=topic.pk)
        assert not queries.standing(learner, walked).overlay.row(topic.pk).changed
        assert list(summaries.disagreements()) == []

    def test_undo_brings_an_older_text_back_into_the_row(self, learner: User, walked: Roadmap) -> None:
        topic = Topic.objects.get(title="Topic 0")
        act(learner, topic, "done", walked)
        Topic.objects.filter(pk=topic.pk).update(revision=2)
        Roadmap.objects.update(revision=2)
        put_back = uuid.uuid4()
        progress.set_state(learner=learner, topic=topic.pk, state="todo", operation=put_back, roadmap=walked.pk)
        progress.undo(learner=learner, operation=put_back, new_operation=uuid.uuid4())
        walked.refresh_from_db()
        assert queries.standing(learner, walked).overlay.row(topic.pk).changed
        assert list(summaries.disagreements()) == []

    @pytest.mark.parametrize("seed", range(12))
    def test_any_acts_in_any_order_equal_the_state_rows(
        self, learner: User, walked: Roadmap, other: Roadmap, seed: int
    ) -> None:
        chance = random.Random(seed)
        mentor, topics = make_user("Mira"), list(Topic.objects.order_by("pk"))
        acts: list[uuid.UUID] = []
        for _ in range(30):
            topic, where = chance.choice(topics), chance.choice([walked, other, None])
            seats = where is not None and topic.pk in tree_of(where).place
            by, states = (mentor, ["waived", "todo"]) if chance.random() < 0.1 else (None, progress.LEARNERS_STATES)
            if acts and chance.random() < 0.2:
                try:
                    progress.undo(learner=learner, operation=chance.choice(acts), new_operation=uuid.uuid4())
                except progress.ProgressError:
                    continue
            else:
                operation = chance.choice(acts) if acts and chance.random() < 0.1 else uuid.uuid4()
                try:
                    progress.set_state(
                        learner=learner, topic=topic.pk, state=chance.choice(states), operation=operation, by=by,
                        through="mentor" if by else "page", roadmap=where.pk if where and seats else None,
                    )  # fmt: skip
                except progress.ProgressError:
                    continue
                acts.append(operation)
            if chance.random() < 0.05:
                Roadmap.objects.filter(pk=walked.pk).update(revision=walked.revision + 1)
                walked.refresh_from_db()
                make_topic("Late", walked.sections.all()[0])
        summaries.rebuild(stale_only=True)
        assert list(summaries.disagreements()) == []


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_no_drift_under_contention(self, walked: Roadmap, other: Roadmap) -> None:
        """Eight tabs of one learner, on two roadmaps that share topics, some of them for the first time."""
        learner = make_user("Lena")
        topics = list(Topic.objects.filter(placements__roadmap=walked).order_by("pk"))
        failed: list[Exception] = []

        def tab(number: int) -> None:
            chance = random.Random(number)
            try:
                for _ in range(25):
                    topic = chance.choice(topics)
                    where = other if number % 2 and topic.pk in tree_of(other).place else walked
                    act(learner, topic, chance.choice(progress.LEARNERS_STATES), where)
            except Exception as error:
                failed.append(error)
            finally:
                connections.close_all()

        together([lambda n=n: tab(n) for n in range(8)])  # type: ignore[misc]
        assert failed == []
        assert list(summaries.disagreements()) == []
        assert row_of(learner, walked).version > 1

    def test_counting_again_while_people_check_off(self, walked: Roadmap) -> None:
        learners = [make_user(f"Learner {n}") for n in range(4)]
        topics = list(Topic.objects.filter(placements__roadmap=walked).order_by("pk"))
        failed: list[Exception] = []

        def walk(learner: User) -> None:
            try:
                for topic in topics * 3:
                    act(learner, topic, random.choice(progress.LEARNERS_STATES), walked)
            except Exception as error:
                failed.append(error)
            finally:
                connections.close_all()

        def count() -> None:
            try:
                for _ in range(10):
                    summaries.rebuild()
            finally:
                connections.close_all()

        together([count, *(lambda who=who: walk(who) for who in learners)])
        assert failed == []
        assert list(summaries.disagreements()) == []


def together(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class TestStale:
    def test_readers_count_themselves_until_it_is_counted_again(self, learner: User, walked: Roadmap) -> None:
        act(learner, Topic.objects.get(title="Topic 0"), "done", walked)
        make_topic("Late", walked.sections.order_by("pk")[0])
        Roadmap.objects.filter(pk=walked.pk).update(revision=2)
        walked.refresh_from_db()
        here = queries.standing(learner, walked)
        assert (here.overlay.total.done, here.overlay.total.required) == (1, 10)
        assert row_of(learner, walked).revision == 1
        act(learner, Topic.objects.get(title="Late"), "done", walked)
        row = row_of(learner, walked)
        assert (row.revision, row.done, row.required) == (2, 2, 10)

    def test_an_edit_of_the_curriculum_has_it_counted_after_its_commit(
        self, learner: User, walked: Roadmap, django_capture_on_commit_callbacks: Callable[..., object]
    ) -> None:
        gone = Topic.objects.get(title="Topic 3")
        act(learner, Topic.objects.get(title="Topic 0"), "done", walked)
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
            editing.retire_topic(topic=gone, by="Edda")
        walked.refresh_from_db()
        row = row_of(learner, walked)
        assert (row.revision, row.required) == (walked.revision, 8)
        assert list(summaries.disagreements()) == []

    def test_a_change_of_a_needed_topic_reaches_the_roadmap_that_needs_it(self, learner: User, walked: Roadmap) -> None:
        editing.retire_topic(topic=Topic.objects.get(title="Elsewhere"), by="Edda")
        assert Roadmap.objects.get(pk=walked.pk).revision == walked.revision + 1

    def test_what_was_needed_and_is_not_any_more_reaches_it_too(self, walked: Roadmap) -> None:
        far = Topic.objects.get(title="Elsewhere")
        editing.remove_prerequisite(topic=Topic.objects.get(title="Topic 4"), requires=far, by="Edda")
        there = Roadmap.objects.get(placements__topic=far)
        assert there.revision > 1, "its tree named what it opens"


class TestWhoHasARow:
    def test_ensure_makes_what_is_missing_and_keeps_the_rest(self, learner: User, walked: Roadmap) -> None:
        act(learner, Topic.objects.get(title="Topic 0"), "done", walked)
        version, other_one = row_of(learner, walked).version, make_user("Otto")
        for _ in range(2):
            summaries.ensure(learners=[learner.pk, other_one.pk], roadmaps=[walked.pk])
        assert row_of(learner, walked).version == version
        assert bytes(row_of(other_one, walked).states) == bytes(len(layout(tree_of(walked)).order))

    def test_ensure_counts_what_is_known_from_elsewhere(self, learner: User, walked: Roadmap, other: Roadmap) -> None:
        act(learner, Topic.objects.get(title="Topic 2"), "done", walked)
        summaries.ensure(learners=[learner.pk], roadmaps=[other.pk])
        assert row_of(learner, other).done == 1
        assert not Enrolment.objects.filter(roadmap=other).exists()
        assert not queries.standing(learner, other).enrolled

    def test_rebuild_makes_rows_for_who_walks_and_who_is_assigned(self, learner: User, walked: Roadmap) -> None:
        Enrolment.objects.create(learner=learner, roadmap=walked)
        cohort = make_cohort()
        assigned = join(make_user("Ada"), cohort)
        left = join(make_user("Ben"), cohort, left_at="2026-01-01T00:00Z")
        mentor = join(make_user("Mira"), cohort, "mentor")
        assign(walked, cohort)
        assert summaries.rebuild() == 2
        assert set(walked.summaries.values_list("learner", flat=True)) == {learner.pk, assigned.pk}
        assert {left.pk, mentor.pk}.isdisjoint(walked.summaries.values_list("learner", flat=True))

    @pytest.mark.parametrize("learners", [3, 30])
    def test_the_same_queries_for_any_number_of_learners(self, walked: Roadmap, learners: int) -> None:
        everyone = [make_user(f"Learner {n}").pk for n in range(learners)]
        tree_of(walked)
        with CaptureQueriesContext(connection) as captured:
            summaries.ensure(learners=everyone, roadmaps=[walked.pk])
        assert len(captured) == 9, [query["sql"][:80] for query in captured]


class TestCommands:
    def test_the_nightly_check_finds_a_wrong_row_and_rebuild_mends_it(self, learner: User, walked: Roadmap) -> None:
        act(learner, Topic.objects.get(title="Topic 0"), "done", walked)
        call_command("check_progress", stdout=StringIO())
        RoadmapSummary.objects.update(done=7)
        out = StringIO()
        with pytest.raises(CommandError, match="1 summary rows disagree"):
            call_command("check_progress", stdout=out)
        assert "the summary row is wrong: done" in out.getvalue()
        call_command("rebuild_summaries", stdout=out)
        assert "1 summary row counted." in out.getvalue()
        call_command("check_progress", stdout=StringIO())

    def test_rebuild_of_stale_rows_alone(self, learner: User, walked: Roadmap) -> None:
        act(learner, Topic.objects.get(title="Topic 0"), "done", walked)
        out = StringIO()
        call_command("rebuild_summaries", "--stale", stdout=out)
        assert "0 summary rows counted." in out.getvalue()
