"""The verbs of progress: what they write, what they refuse, and what holds when many call them at once."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadmap.models import Roadmap, Topic
from tests.factories import make_roadmap, make_section, make_step, make_topic
from tracker import progress, summaries
from tracker.models import Enrolment, ProgressEvent, StepProgress, TopicProgress, User
from tracker.recount import disagreements

T = TypeVar("T")


def op() -> uuid.UUID:
    return uuid.uuid4()


def state_of(learner: User, topic: Topic) -> str | None:
    return TopicProgress.objects.filter(learner=learner, topic=topic).values_list("state", flat=True).first()


def revise(topic: Topic) -> None:
    """The text of the topic changes."""
    topic.revision += 1
    topic.save(update_fields=["revision"])


def at_once(acts: list[Callable[[], T]]) -> list[T | Exception]:
    """Run all at the same time, each on a connection of its own; what was raised stands in place of the answer."""

    def run(act: Callable[[], T]) -> T | Exception:
        try:
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def topic(db: None) -> Topic:
    return make_topic("Linear algebra", make_section(make_roadmap()))


@pytest.fixture
def roadmap(topic: Topic) -> Roadmap:
    return topic.placements.get().roadmap


class TestSetState:
    def test_it_works(self, learner: User, topic: Topic, roadmap: Roadmap) -> None:
        operation = op()
        outcome = progress.set_state(
            learner=learner, topic=topic.pk, state="done", operation=operation, roadmap=roadmap.pk
        )
        assert outcome == progress.Outcome("todo", "done")
        row = TopicProgress.objects.get(learner=learner, topic=topic)
        assert (row.state, row.revision, row.started_at is not None) == ("done", 1, True)
        event = ProgressEvent.objects.get()
        assert (event.learner, event.topic, event.by, event.step) == (learner, topic, learner, None)
        assert (event.was, event.now, event.through, event.operation) == ("todo", "done", "page", operation)
        assert Enrolment.objects.filter(learner=learner, roadmap=roadmap).exists()

    def test_one_statement_for_who_walks_the_roadmap(self, learner: User, topic: Topic, roadmap: Roadmap) -> None:
        progress.set_state(learner=learner, topic=topic.pk, state="learning", operation=op(), roadmap=roadmap.pk)
        counted = summaries.of(learner.pk)
        with CaptureQueriesContext(connection) as queries:
            progress.set_state(
                learner=learner, topic=topic.pk, state="done", operation=op(), roadmap=roadmap.pk, counted=counted
            )
        assert len(queries) == 1

    @pytest.mark.parametrize("state", ["waived", "", "DONE", "locked", "x" * 500, "todo\0"])
    def test_a_state_that_is_not_the_learners_to_set(self, learner: User, topic: Topic, state: str) -> None:
        with pytest.raises(progress.UnknownState):
            progress.set_state(learner=learner, topic=topic.pk, state=state, operation=op())
        assert not ProgressEvent.objects.exists()

    def test_a_retired_topic_is_refused_and_what_was_done_on_it_kept(self, learner: User, topic: Topic) -> None:
        operation = op()
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
        Topic.objects.update(retired_at="2026-01-01T00:00Z")
        with pytest.raises(progress.Retired):
            progress.set_state(learner=learner, topic=topic.pk, state="todo", operation=op())
        assert state_of(learner, topic) == "done"
        again = progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
        assert again.replayed, "an act from before is answered as it was then"

    def test_a_refusal_leaves_no_row_behind(self, learner: User, topic: Topic) -> None:
        Topic.objects.update(retired_at="2026-01-01T00:00Z")
        for number in (topic.pk, 0, 2**62):
            with pytest.raises(progress.Retired):
                progress.set_state(learner=learner, topic=number, state="done", operation=op())
        assert not TopicProgress.objects.exists()
        assert not Enrolment.objects.exists()

    def test_putting_back_to_do_enrols_nobody(self, learner: User, topic: Topic, roadmap: Roadmap) -> None:
        progress.set_state(learner=learner, topic=topic.pk, state="todo", operation=op(), roadmap=roadmap.pk)
        assert not Enrolment.objects.exists()

    def test_skipping_does_not_start_a_topic(self, learner: User, topic: Topic) -> None:
        for state, started in (("skipped", False), ("todo", False), ("learning", True), ("todo", True)):
            progress.set_state(learner=learner, topic=topic.pk, state=state, operation=op())
            row = TopicProgress.objects.get(learner=learner, topic=topic)
            assert (row.started_at is not None) is started, state

    def test_a_late_retry_of_a_click_that_changed_nothing_is_known(self, learner: User, topic: Topic) -> None:
        """Done in one tab, done again in another, put back: the second tab's retry must not do it a third time."""
        second = op()
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=op())
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=second)
        progress.set_state(learner=learner, topic=topic.pk, state="todo", operation=op())
        assert progress.set_state(learner=learner, topic=topic.pk, state="done", operation=second).replayed
        assert state_of(learner, topic) == "todo"

    def test_doing_what_is_done_does_not_hide_that_its_text_changed(self, learner: User, topic: Topic) -> None:
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=op())
        revise(topic)
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=op())
        assert TopicProgress.objects.get().revision == 1
        for state in ("todo", "done"):
            progress.set_state(learner=learner, topic=topic.pk, state=state, operation=op())
        assert TopicProgress.objects.get().revision == 2

    def test_other_learners_are_untouched(self, learner: User, other_learner: User, topic: Topic) -> None:
        operation = op()
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
        assert state_of(other_learner, topic) is None
        outcome = progress.set_state(learner=other_learner, topic=topic.pk, state="learning", operation=operation)
        assert not outcome.replayed, "operation ids are each learner's own"


class TestReplay:
    def test_the_same_answer_and_nothing_changed(self, learner: User, topic: Topic) -> None:
        operation = op()
        first = progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
        progress.set_state(learner=learner, topic=topic.pk, state="learning", operation=op())
        second = progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
        assert (second.was, second.now, second.replayed) == (first.was, first.now, True)
        assert state_of(learner, topic) == "learning"
        assert ProgressEvent.objects.count() == 2

    @pytest.mark.parametrize("elsewhere", [False, True])
    def test_the_same_operation_for_something_else(self, learner: User, topic: Topic, *, elsewhere: bool) -> None:
        operation = op()
        other = make_topic("Calculus")
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
        with pytest.raises(progress.Conflict):
            progress.set_state(
                learner=learner,
                topic=(other if elsewhere else topic).pk,
                state="done" if elsewhere else "todo",
                operation=operation,
            )
        assert state_of(learner, topic) == "done"
        assert state_of(learner, other) is None
        assert ProgressEvent.objects.count() == 1

    def test_the_operation_of_a_step_is_no_operation_of_its_topic(self, learner: User, topic: Topic) -> None:
        step, operation = make_step(topic), op()
        progress.set_step(learner=learner, step=step, done=True, operation=operation)
        with pytest.raises(progress.Conflict):
            progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
        assert state_of(learner, topic) is None

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("act", ["state", "step", "fine"])
    def test_a_replay_writes(self, learner: User, topic: Topic, act: str) -> None:
        """Behind synchronous replication only a commit that wrote WAL waits for the standby."""
        step, operation = make_step(topic), op()

        def again() -> None:
            if act == "state":
                progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
            elif act == "step":
                progress.set_step(learner=learner, step=step, done=True, operation=operation)
            else:
                progress.still_fine(learner=learner, topic=topic.pk)

        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=op())
        again()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()")
            before = cursor.fetchone()[0]
            again()
            cursor.execute(
                "SELECT pg_current_wal_insert_lsn() > %s::pg_lsn, pg_current_wal_flush_lsn() > %s::pg_lsn",
                [before, before],
            )
            assert cursor.fetchone() == (True, True)


class TestWaived:
    @pytest.fixture
    def waived(self, learner: User, editor: User, topic: Topic) -> Topic:
        progress.set_state(
            learner=learner,
            topic=topic.pk,
            state="waived",
            operation=op(),
            by=editor,
            through="mentor",
            note="Knows it.",
        )
        return topic

    @pytest.mark.parametrize("state", ["todo", "learning", "skipped"])
    def test_the_learner_does_not_take_it_back(self, learner: User, waived: Topic, state: str) -> None:
        with pytest.raises(progress.Waived, match="mentor"):
            progress.set_state(learner=learner, topic=waived.pk, state=state, operation=op())
        assert state_of(learner, waived) == "waived"

    def test_the_learner_may_do_it_after_all_and_undo_that(self, learner: User, waived: Topic) -> None:
        operation = op()
        progress.set_state(learner=learner, topic=waived.pk, state="done", operation=operation)
        progress.undo(learner=learner, operation=operation, new_operation=op())
        assert state_of(learner, waived) == "waived"

    def test_who_waived_it_may_take_it_back(self, learner: User, editor: User, waived: Topic) -> None:
        progress.set_state(learner=learner, topic=waived.pk, state="todo", operation=op(), by=editor, through="mentor")
        assert state_of(learner, waived) == "todo"

    def test_the_learner_cannot_undo_a_mentors_act(self, learner: User, waived: Topic) -> None:
        with pytest.raises(progress.Superseded):
            progress.undo(learner=learner, operation=ProgressEvent.objects.get().operation, new_operation=op())
        assert state_of(learner, waived) == "waived"


class TestUndo:
    def test_it_restores_what_was(self, learner: User, topic: Topic) -> None:
        operation = op()
        progress.set_state(learner=learner, topic=topic.pk, state="learning", operation=op())
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
        event, outcome = progress.undo(learner=learner, operation=operation, new_operation=op())
        assert event.operation == operation
        assert (outcome.was, outcome.now) == ("done", "learning")
        assert state_of(learner, topic) == "learning"
        assert ProgressEvent.objects.first().through == "undo"  # type: ignore[union-attr]

    def test_the_revision_it_was_done_at_comes_back(self, learner: User, topic: Topic) -> None:
        """Putting a topic back by mistake and undoing that must not hide that its text changed since it was done."""
        mistake = op()
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=op())
        revise(topic)
        progress.set_state(learner=learner, topic=topic.pk, state="todo", operation=mistake)
        progress.undo(learner=learner, operation=mistake, new_operation=op())
        row = TopicProgress.objects.get()
        assert (row.state, row.revision) == ("done", 1)

    def test_a_replay_answers_the_same(self, learner: User, topic: Topic) -> None:
        operation, taken_back = op(), op()
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
        _, first = progress.undo(learner=learner, operation=operation, new_operation=taken_back)
        progress.set_state(learner=learner, topic=topic.pk, state="skipped", operation=op())
        _, second = progress.undo(learner=learner, operation=operation, new_operation=taken_back)
        assert (second.was, second.now, second.replayed) == (first.was, first.now, True)
        assert state_of(learner, topic) == "skipped"

    @pytest.mark.parametrize("later", [("todo",), ("learning",), ("todo", "done")])
    def test_not_when_something_came_after_it(self, learner: User, topic: Topic, later: tuple[str, ...]) -> None:
        operation = op()
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
        for state in later:
            progress.set_state(learner=learner, topic=topic.pk, state=state, operation=op())
        with pytest.raises(progress.Superseded, match="changed since"):
            progress.undo(learner=learner, operation=operation, new_operation=op())
        assert state_of(learner, topic) == later[-1]

    def test_an_act_that_changed_nothing_is_not_in_the_way(self, learner: User, topic: Topic) -> None:
        operation = op()
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=op())
        progress.undo(learner=learner, operation=operation, new_operation=op())
        assert state_of(learner, topic) == "todo"

    def test_not_anothers_act(self, learner: User, other_learner: User, topic: Topic) -> None:
        operation = op()
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
        with pytest.raises(progress.Superseded, match="nothing to undo"):
            progress.undo(learner=other_learner, operation=operation, new_operation=op())
        assert state_of(learner, topic) == "done"

    def test_twice_with_new_ids_undoes_once(self, learner: User, topic: Topic) -> None:
        operation = op()
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
        progress.undo(learner=learner, operation=operation, new_operation=op())
        with pytest.raises(progress.Superseded):
            progress.undo(learner=learner, operation=operation, new_operation=op())

    def test_of_a_step(self, learner: User, topic: Topic) -> None:
        step, ticked = make_step(topic), op()
        progress.set_step(learner=learner, step=step, done=True, operation=ticked)
        progress.undo(learner=learner, operation=ticked, new_operation=op())
        assert not StepProgress.objects.get().done
        again, later = op(), op()
        progress.set_step(learner=learner, step=step, done=True, operation=again)
        progress.set_step(learner=learner, step=step, done=False, operation=later)
        with pytest.raises(progress.Superseded):
            progress.undo(learner=learner, operation=again, new_operation=op())
        progress.set_step(learner=learner, step=step, done=True, operation=op())
        with pytest.raises(progress.Superseded):
            progress.undo(learner=learner, operation=again, new_operation=op())
        assert StepProgress.objects.get().done


class TestSetStep:
    def test_it_works(self, learner: User, topic: Topic) -> None:
        step = make_step(topic)
        assert progress.set_step(learner=learner, step=step, done=True, operation=op()) == progress.Outcome(
            "todo", "done"
        )
        assert StepProgress.objects.get(learner=learner, step=step).done
        event = ProgressEvent.objects.get()
        assert (event.topic, event.step, event.was, event.now) == (topic, step, "todo", "done")
        assert state_of(learner, topic) is None, "ticking a step says nothing of the topic"

    def test_a_retired_step_is_refused_but_a_replay_answered(self, learner: User, topic: Topic) -> None:
        step, operation = make_step(topic), op()
        progress.set_step(learner=learner, step=step, done=True, operation=operation)
        step.retired_at = ProgressEvent.objects.get().at
        step.save()
        with pytest.raises(progress.Retired):
            progress.set_step(learner=learner, step=step, done=False, operation=op())
        assert progress.set_step(learner=learner, step=step, done=True, operation=operation).replayed
        assert StepProgress.objects.get().done

    def test_the_same_operation_for_another_step(self, learner: User, topic: Topic) -> None:
        operation = op()
        progress.set_step(learner=learner, step=make_step(topic), done=True, operation=operation)
        with pytest.raises(progress.Conflict):
            progress.set_step(learner=learner, step=make_step(topic), done=True, operation=operation)
        assert StepProgress.objects.count() == 1


class TestStillFine:
    def test_it_accepts_the_text_as_it_is_now_once(self, learner: User, topic: Topic) -> None:
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=op())
        revise(topic)
        for _ in range(2):
            progress.still_fine(learner=learner, topic=topic.pk)
        row = TopicProgress.objects.get()
        assert (row.state, row.revision) == ("done", 2)
        assert ProgressEvent.objects.filter(was="done", now="done", revision=2).count() == 1

    def test_nothing_without_progress(self, learner: User, topic: Topic) -> None:
        progress.still_fine(learner=learner, topic=topic.pk)
        assert not TopicProgress.objects.exists()
        assert not ProgressEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_one_operation_fifty_times(self, learner: User, topic: Topic) -> None:
        operation = op()
        answers = at_once(
            [lambda: progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)] * 50
        )
        outcomes = [answer for answer in answers if isinstance(answer, progress.Outcome)]
        assert len(outcomes) == 50, answers
        assert {(outcome.was, outcome.now) for outcome in outcomes} == {("todo", "done")}
        assert sum(not outcome.replayed for outcome in outcomes) == 1
        assert ProgressEvent.objects.count() == TopicProgress.objects.count() == 1

    def test_one_operation_for_many_topics(self, learner: User, topic: Topic) -> None:
        operation = op()
        topics = [make_topic() for _ in range(12)]
        answers = at_once(
            [
                lambda pk=t.pk: progress.set_state(learner=learner, topic=pk, state="done", operation=operation)  # type: ignore[misc]
                for t in topics
            ]
        )
        assert sum(isinstance(answer, progress.Outcome) for answer in answers) == 1
        assert sum(isinstance(answer, progress.Conflict) for answer in answers) == 11
        assert ProgressEvent.objects.count() == 1
        assert TopicProgress.objects.filter(state="done").count() == 1

    def test_a_hundred_check_offs_of_one_learner(self, learner: User, topic: Topic) -> None:
        topics = [make_topic() for _ in range(100)]
        answers = at_once(
            [
                lambda pk=t.pk: progress.set_state(learner=learner, topic=pk, state="done", operation=op())  # type: ignore[misc]
                for t in topics
            ]
        )
        assert answers == [progress.Outcome("todo", "done")] * 100
        assert TopicProgress.objects.filter(learner=learner, state="done").count() == 100
        assert ProgressEvent.objects.count() == 100

    def test_opposite_states_from_two_tabs(self, learner: User, topic: Topic, roadmap: Roadmap) -> None:
        """No event is lost, each says truly what it found, and the last one is the state."""
        states = ["done", "todo"] * 30
        answers = at_once(
            [
                lambda s=s: progress.set_state(  # type: ignore[misc]
                    learner=learner, topic=topic.pk, state=s, operation=op(), roadmap=roadmap.pk
                )
                for s in states
            ]
        )
        assert not [answer for answer in answers if isinstance(answer, Exception)]
        events = list(ProgressEvent.objects.order_by("pk"))
        assert len(events) == 60
        found = "todo"
        for event in events:
            assert event.was == found, "`was` is what the act before left"
            found = event.now
        assert state_of(learner, topic) == found
        assert Enrolment.objects.count() == 1

    def test_undo_against_a_new_act(self, learner: User, topic: Topic) -> None:
        """Whichever comes first wins; an undo never takes back what came after the act it names."""
        for _ in range(10):
            operation = op()
            progress.set_state(learner=learner, topic=topic.pk, state="done", operation=operation)
            undone, _ = at_once(
                [
                    lambda o=operation: progress.undo(learner=learner, operation=o, new_operation=op())[1],  # type: ignore[misc]
                    lambda: progress.set_state(learner=learner, topic=topic.pk, state="learning", operation=op()),
                ]
            )
            assert isinstance(undone, progress.Outcome | progress.Superseded)
            assert state_of(learner, topic) == "learning"
            progress.set_state(learner=learner, topic=topic.pk, state="todo", operation=op())

    def test_one_operation_of_a_step_and_of_topics(self, learner: User, topic: Topic) -> None:
        operation = op()
        steps = [make_step(topic) for _ in range(6)]
        answers = at_once(
            [
                lambda s=s: progress.set_step(learner=learner, step=s, done=True, operation=operation)  # type: ignore[misc]
                for s in steps
            ]
        )
        assert sum(isinstance(answer, progress.Outcome) for answer in answers) == 1
        assert sum(isinstance(answer, progress.Conflict) for answer in answers) == 5
        assert StepProgress.objects.count() == 1


acts = st.lists(
    st.tuples(st.sampled_from(["set", "undo", "fine", "revise"]), st.integers(0, 1), st.integers(0, 7)), max_size=25
)


class TestEventsAreTheRecord:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
    @given(acts)
    def test_states_are_a_function_of_the_events(
        self, learner: User, topic: Topic, acts: list[tuple[str, int, int]]
    ) -> None:
        """Whatever is done in whatever order, the stored rows are what their events add up to."""
        topics = [make_topic(), make_topic()]
        operations: defaultdict[int, list[uuid.UUID]] = defaultdict(list)
        expected = {0: "todo", 1: "todo"}
        for verb, which, number in acts:
            target = topics[which]
            if verb == "set":
                state = progress.LEARNERS_STATES[number % 4]
                repeat = number > 5 and operations[which]
                operation = operations[which][-1] if repeat else op()
                try:
                    outcome = progress.set_state(learner=learner, topic=target.pk, state=state, operation=operation)
                except progress.Conflict:
                    assert repeat
                    continue
                operations[which].append(operation)
                if not outcome.replayed:
                    assert outcome.was == expected[which]
                    expected[which] = state
            elif verb == "undo" and operations[which]:
                try:
                    _, outcome = progress.undo(
                        learner=learner,
                        operation=operations[which][number % len(operations[which])],
                        new_operation=op(),
                    )
                except progress.Superseded:
                    continue
                expected[which] = outcome.now
            elif verb == "fine":
                progress.still_fine(learner=learner, topic=target.pk)
            elif verb == "revise":
                revise(target)
        assert [state_of(learner, t) or "todo" for t in topics] == [expected[0], expected[1]]
        assert disagreements() == []

    def test_a_row_that_disagrees_is_found(self, learner: User, topic: Topic) -> None:
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=op())
        progress.set_step(learner=learner, step=make_step(topic), done=True, operation=op())
        assert disagreements() == []
        TopicProgress.objects.update(state="learning")
        StepProgress.objects.update(done=False)
        assert [(d.learner, d.topic, d.stored, d.recorded) for d in disagreements()] == [
            (learner.pk, topic.pk, "learning", "done"),
            (learner.pk, topic.pk, "todo", "done"),
        ]
        TopicProgress.objects.all().delete()
        assert disagreements()[0].stored == "todo"
