"""The invariants of progress that stand in the database: each is violated once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from roadmap.models import Topic
from tests.factories import make_roadmap, make_step, make_topic
from tracker.models import BulkAct, Enrolment, Goal, ProgressEvent, StepProgress, TopicProgress, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner() -> User:
    return User.objects.create(email="learner@example.org")


def event(learner: User, topic: Topic, **fields: Any) -> ProgressEvent:
    defaults = {"learner": learner, "topic": topic, "was": "todo", "now": "done", "revision": 1, "at": timezone.now()}
    return ProgressEvent.objects.create(**defaults | fields)


def mark(learner: User, topic: Topic, state: str = "done") -> TopicProgress:
    return TopicProgress.objects.create(learner=learner, topic=topic, state=state, changed_at=timezone.now())


def _at_once(act: Callable[[], Any]) -> None:
    act()
    connection.check_constraints()


def refused(constraint: str, act: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        _at_once(act)


class TestEvents:
    """Nobody changes or deletes an event, by whatever road."""

    def test_it_works(self, learner: User) -> None:
        assert event(learner, make_topic()).pk

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE tracker_progressevent SET now = 'todo'",
            "UPDATE tracker_progressevent SET id = id",
            "DELETE FROM tracker_progressevent",
        ],
    )
    def test_the_database_refuses(self, learner: User, sql: str) -> None:
        written = event(learner, make_topic())
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
        written.refresh_from_db()
        assert written.now == "done"

    def test_the_models_are_refused_too(self, learner: User) -> None:
        written = event(learner, make_topic())
        written.note = "improved"
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            written.save()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            written.delete()

    def test_one_event_per_operation(self, learner: User) -> None:
        operation = uuid4()
        event(learner, make_topic(), operation=operation)
        refused("progress_event_once_per_operation", lambda: event(learner, make_topic(), operation=operation))

    def test_states_from_the_list(self, learner: User) -> None:
        refused("progress_event_states_listed", lambda: event(learner, make_topic(), now="known"))


class TestStates:
    def test_one_state_per_learner_and_topic(self, learner: User) -> None:
        topic = make_topic()
        mark(learner, topic)
        refused("topic_progress_once", lambda: mark(learner, topic, "todo"))

    def test_states_from_the_list(self, learner: User) -> None:
        refused("topic_progress_state_listed", lambda: mark(learner, make_topic(), "known"))

    def test_one_tick_per_learner_and_step(self, learner: User) -> None:
        step = make_step(make_topic())
        tick = {"learner": learner, "step": step, "done": True, "changed_at": timezone.now()}
        StepProgress.objects.create(**tick)
        refused("step_progress_once", lambda: StepProgress.objects.create(**tick))

    def test_one_enrolment_per_learner_and_roadmap(self, learner: User) -> None:
        roadmap = make_roadmap()
        Enrolment.objects.create(learner=learner, roadmap=roadmap)
        refused("enrolment_once", lambda: Enrolment.objects.create(learner=learner, roadmap=roadmap))

    def test_progress_protects_its_topic(self, learner: User) -> None:
        topic = make_topic()
        mark(learner, topic)
        with pytest.raises(ProtectedError):
            topic.delete()
        refused("topic_id", lambda: Topic.objects.filter(pk=topic.pk)._raw_delete("default"))

    def test_a_tick_protects_its_step(self, learner: User) -> None:
        step = make_step(make_topic())
        StepProgress.objects.create(learner=learner, step=step, done=True, changed_at=timezone.now())
        with pytest.raises(ProtectedError):
            step.delete()


class TestUsers:
    def test_one_account_per_address_in_any_case(self, learner: User) -> None:
        refused("user_email_unique_in_any_case", lambda: User.objects.create(email="LEARNER@example.org"))

    def test_roles_from_the_list(self) -> None:
        refused("user_role_listed", lambda: User.objects.create(email="x@example.org", role="king"))

    def test_a_theme_from_the_list(self) -> None:
        refused("user_theme_listed", lambda: User.objects.create(email="x@example.org", theme="sepia"))

    @pytest.mark.parametrize("hours", [0, 101])
    def test_hours_that_a_week_can_have(self, hours: int) -> None:
        refused("user_week_hours_sensible", lambda: User.objects.create(email="x@example.org", week_hours=hours))


class TestGoals:
    def test_one_per_learner_and_roadmap(self, learner: User) -> None:
        roadmap = make_roadmap()
        Goal.objects.create(learner=learner, roadmap=roadmap, topic=make_topic())
        refused("goal_once", lambda: Goal.objects.create(learner=learner, roadmap=roadmap, topic=make_topic()))


class TestBulkActs:
    @staticmethod
    def made(learner: User, **fields: Any) -> BulkAct:
        defaults = {"operation": uuid4(), "kind": "section", "state": "done", "at": timezone.now()}
        return BulkAct.objects.create(learner=learner, **defaults | fields)

    def test_one_per_operation_of_a_learner(self, learner: User, other_learner: User) -> None:
        operation = self.made(learner).operation
        self.made(other_learner, operation=operation)
        refused("bulk_act_once_per_operation", lambda: self.made(learner, operation=operation))

    def test_kinds_and_states_are_listed(self, learner: User) -> None:
        refused("bulk_act_kind_listed", lambda: self.made(learner, kind="whim"))
        refused("bulk_act_state_listed", lambda: self.made(learner, state="waived"))
