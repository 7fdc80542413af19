"""The invariants of progress that stand in the database: each is violated once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from roadmap.models import Topic
from tests.factories import make_cohort, make_roadmap, make_step, make_topic
from tracker.models import (
    BulkAct,
    CalendarFeed,
    Enrolment,
    FeedLink,
    Goal,
    OwnResource,
    ProgressEvent,
    PublicProfile,
    PublicRoadmap,
    ReviewCard,
    ReviewLog,
    ReviewPlan,
    RoadmapSummary,
    StepProgress,
    TopicProgress,
    User,
)

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

    @pytest.mark.parametrize("state", ["known", "done\n", "undone", ""])
    def test_states_from_the_list(self, learner: User, state: str) -> None:
        refused("progress_event_states_known", lambda: event(learner, make_topic(), now=state))
        refused("progress_event_states_known", lambda: event(learner, make_topic(), was=state))


class TestStates:
    def test_one_state_per_learner_and_topic(self, learner: User) -> None:
        topic = make_topic()
        mark(learner, topic)
        refused("topic_progress_once", lambda: mark(learner, topic, "todo"))

    @pytest.mark.parametrize("state", ["known", "done\n", "undone", ""])
    def test_states_from_the_list(self, learner: User, state: str) -> None:
        refused("topic_progress_state_known", lambda: mark(learner, make_topic(), state))

    def test_every_state_of_the_list(self, learner: User) -> None:
        assert {mark(learner, make_topic(), state).state for state in TopicProgress.State.values} == set(
            TopicProgress.State.values
        )

    @pytest.mark.parametrize("count", ["revision", "required", "done", "waived", "learning", "skipped"])
    def test_a_summary_counts_from_zero(self, learner: User, count: str) -> None:
        counts = dict.fromkeys(["revision", "required", "done", "waived", "learning", "skipped"], 0)
        row = {"learner": learner, "roadmap": make_roadmap(), "states": b"", "met": []}
        refused("roadmap_summary_counts_from_zero", lambda: RoadmapSummary.objects.create(**row | counts | {count: -1}))

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


def plan(learner: User, **fields: Any) -> ReviewPlan:
    return ReviewPlan.objects.create(**{"learner": learner, "roadmap": make_roadmap()} | fields)


def card(learner: User, **fields: Any) -> ReviewCard:
    defaults = {"stability": 2.3, "difficulty": 5, "reviewed_on": date(2026, 5, 1), "due_on": date(2026, 5, 3)}
    return ReviewCard.objects.create(**{"learner": learner, "topic": make_topic()} | defaults | fields)


def answer(learner: User, **fields: Any) -> ReviewLog:
    defaults = {"at": timezone.now(), "day": date(2026, 5, 3), "before": {}, "after": {}, "version": 1}
    return ReviewLog.objects.create(**{"learner": learner, "topic": make_topic()} | defaults | fields)


class TestReviews:
    def test_one_plan_per_learner_and_roadmap(self, learner: User) -> None:
        one = plan(learner)
        refused("review_plan_once", lambda: plan(learner, roadmap=one.roadmap))

    @pytest.mark.parametrize("cap", [0, 201])
    def test_a_cap_that_a_day_can_have(self, learner: User, cap: int) -> None:
        refused("review_plan_cap_sensible", lambda: plan(learner, daily_cap=cap))

    @pytest.mark.parametrize("retention", [0.5, 0.99])
    def test_a_retention_that_makes_sense(self, learner: User, retention: float) -> None:
        refused("review_plan_retention_sensible", lambda: plan(learner, retention=retention))

    def test_one_card_per_learner_and_topic(self, learner: User) -> None:
        one = card(learner)
        refused("review_card_once", lambda: card(learner, topic=one.topic))

    @pytest.mark.parametrize(
        ("name", "fields"),
        [
            ("review_card_stable", {"stability": 0}),
            ("review_card_difficulty_in_range", {"difficulty": 11}),
            ("review_card_rating_listed", {"rating": 5}),
            ("review_card_due_after_review", {"due_on": date(2026, 5, 1)}),
        ],
    )
    def test_a_card_that_can_be(self, learner: User, name: str, fields: dict[str, Any]) -> None:
        refused(name, lambda: card(learner, **fields))

    def test_one_line_per_operation_and_topic(self, learner: User) -> None:
        one = answer(learner, rating=3)
        refused(
            "review_log_once_per_operation",
            lambda: answer(learner, topic=one.topic, operation=one.operation, rating=3),
        )

    def test_a_line_is_an_answer_a_credit_or_an_undo(self, learner: User) -> None:
        one = answer(learner, rating=3)
        for fields in ({}, {"rating": 5}, {"rating": 3, "undoes": one}, {"rating": 3, "credited_from": make_topic()}):
            refused("review_log_of_one_kind", lambda fields=fields: answer(learner, **fields))  # type: ignore[misc]

    def test_an_answer_is_taken_back_once(self, learner: User) -> None:
        one = answer(learner, rating=3)
        answer(learner, undoes=one)
        refused("undoes_id", lambda: answer(learner, undoes=one))

    def test_the_log_is_append_only(self, learner: User) -> None:
        one = answer(learner, rating=3)
        refused("append-only", lambda: ReviewLog.objects.filter(pk=one.pk).update(rating=4))
        refused("append-only", lambda: ReviewLog.objects.filter(pk=one.pk)._raw_delete("default"))


class TestFeedLinks:
    def test_one_per_person_and_cohort(self, learner: User) -> None:
        cohort = make_cohort()
        FeedLink.objects.create(user=learner, cohort=cohort)
        refused("feed_link_once", lambda: FeedLink.objects.create(user=learner, cohort=cohort))

    @pytest.mark.parametrize("fields", [{"used_at": 1}, {"first_used_at": 1}, {"used_at": 1, "first_used_at": 2}])
    def test_the_first_time_comes_before_the_last(self, learner: User, fields: dict[str, int]) -> None:
        now = timezone.now()
        times = {name: now + timedelta(hours=hours) for name, hours in fields.items()}
        refused(
            "feed_link_first_before_last",
            lambda: FeedLink.objects.create(user=learner, cohort=make_cohort(), **times),
        )


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


class TestOwnThings:
    def link(self, learner: User, topic: Topic, **fields: Any) -> OwnResource:
        defaults = {"learner": learner, "topic": topic, "title": "A book", "url": "https://example.org/"}
        return OwnResource.objects.create(**defaults | fields)

    def test_a_link_once_to_the_web_and_of_a_known_kind(self, learner: User) -> None:
        topic = make_topic()
        self.link(learner, topic, url=f"HTTPS://example.org/{'ü' * 1900}")
        self.link(learner, topic)
        refused("own_resource_once", lambda: self.link(learner, topic))
        for url in ("javascript:alert(1)", "", "ftp://example.org"):
            refused("own_resource_leads_to_the_web", partial(self.link, learner, topic, url=url))
        refused("own_resource_kind_listed", lambda: self.link(learner, make_topic(), kind="song"))

    def test_one_profile_and_one_calendar_each_and_plain_handles(self, learner: User) -> None:
        profile = PublicProfile.objects.create(user=learner, handle="ada-l", name="Ada")
        other = User.objects.create(email="other@example.org")
        for handle in ("Ada", "a", "a--b", "-ab", "ab-", "a/b", "abc\n"):
            make = partial(PublicProfile.objects.create, user=other, handle=handle, name="x")
            refused("public_profile_handle_plain", make)
        refused("handle", lambda: PublicProfile.objects.create(user=other, handle="ada-l", name="x"))
        roadmap = make_roadmap()
        PublicRoadmap.objects.create(profile=profile, roadmap=roadmap)
        refused("public_roadmap_once", lambda: PublicRoadmap.objects.create(profile=profile, roadmap=roadmap))
        CalendarFeed.objects.create(user=learner, token="t")
        refused("user_id", lambda: CalendarFeed.objects.create(user=learner, token="u"))
        refused("token", lambda: CalendarFeed.objects.create(user=other, token="t"))

    def test_who_was_erased_is_nobody(self, learner: User) -> None:
        everybody = User.objects.filter(pk=learner.pk)
        refused("user_erased_is_nobody", lambda: everybody.update(erased_at=timezone.now()))
        refused(
            "user_erased_is_nobody",
            lambda: everybody.update(erased_at=timezone.now(), is_active=False, role="owner"),
        )
