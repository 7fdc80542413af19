"""Finished topics come back: the queue, answers and their undo, the switch, the page."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap.models import Prerequisite, Roadmap, Topic
from roadmap.studio.doing import Asked
from tests.factories import make_roadmap, make_section, make_topic, place, require
from tests.tracker.conftest import Path, browser_of
from tracker import due_reviews, merging, progress, recall, reviews
from tracker.due_reviews import queue
from tracker.exports.own import own_json
from tracker.models import ReviewCard, ReviewLog, ReviewPlan, TopicProgress, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]
NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
TODAY = NOON.date()


def done(learner: User, topic: Topic, days_ago: float = 30, now: datetime = NOON) -> None:
    """Done so many days ago."""
    progress.set_state(learner=learner, topic=topic.pk, state="done", operation=uuid4())
    TopicProgress.objects.filter(learner=learner, topic=topic).update(changed_at=now - timedelta(days_ago))


def turn(learner: User, roadmap: Roadmap, *, active: bool = True, cap: int = 10, now: datetime = NOON) -> ReviewPlan:
    return reviews.set_review(learner=learner, roadmap=roadmap, active=active, daily_cap=cap, retention=0.9, now=now)


def rate(
    learner: User, topic: Topic, rating: int = 3, *, seen: int = 0, operation: UUID | None = None, now: datetime = NOON
) -> reviews.Rated:
    return reviews.rate(learner=learner, topic=topic, rating=rating, operation=operation or uuid4(), seen=seen, now=now)


def coming(learner: User, now: datetime = NOON) -> list[str]:
    return [entry.title for entry in queue(learner, now).to_review]


def card(learner: User, topic: Topic) -> ReviewCard:
    return ReviewCard.objects.get(learner=learner, topic=topic)


def memory(learner: User, topic: Topic) -> recall.Memory:
    [entry] = queue(learner, NOON, days=None, topics=[topic.pk]).entries
    return entry.memory


class TestTheQueue:
    def test_what_is_done_comes_back_two_days_later(self, learner: User, path: Path) -> None:
        turn(learner, path.roadmap)
        done(learner, path.soil, 1)
        assert coming(learner) == []
        assert queue(learner, NOON).next_on == TODAY + timedelta(1)
        assert coming(learner, NOON + timedelta(1)) == ["Soil"]

    @pytest.mark.parametrize("state", ["learning", "skipped", "todo"])
    def test_what_is_not_done_does_not(self, learner: User, path: Path, state: str) -> None:
        turn(learner, path.roadmap)
        progress.set_state(learner=learner, topic=path.soil.pk, state=state, operation=uuid4())
        TopicProgress.objects.update(changed_at=NOON - timedelta(40))
        assert coming(learner) == []

    def test_waived_does_not(self, learner: User, other: User, path: Path) -> None:
        turn(learner, path.roadmap)
        progress.set_state(learner=learner, topic=path.soil.pk, state="waived", operation=uuid4(), by=other)
        assert coming(learner, NOON + timedelta(900)) == []

    def test_nothing_without_turning_it_on_and_nothing_of_others(self, learner: User, other: User, path: Path) -> None:
        done(learner, path.soil)
        assert coming(learner) == []
        turn(other, path.roadmap)
        assert coming(learner) == coming(other) == []
        turn(learner, path.roadmap)
        assert coming(learner) == ["Soil"]

    def test_set_back_it_leaves_and_done_again_it_returns_with_what_was_known(self, learner: User, path: Path) -> None:
        turn(learner, path.roadmap)
        done(learner, path.soil)
        rate(learner, path.soil)
        stood = card(learner, path.soil)
        progress.set_state(learner=learner, topic=path.soil.pk, state="todo", operation=uuid4())
        later = stood.due_on - TODAY + timedelta(3)
        assert coming(learner, NOON + later) == []
        done(learner, path.soil, 0, NOON + later)
        assert coming(learner, NOON + later) == [], "not on the day it was done again"
        assert coming(learner, NOON + later + timedelta(1)) == ["Soil"]
        assert card(learner, path.soil).stability == stood.stability

    def test_retired_it_rests(self, learner: User, path: Path) -> None:
        done(learner, path.soil)
        turn(learner, path.roadmap)
        Topic.objects.filter(pk=path.soil.pk).update(retired_at=NOON)
        assert coming(learner) == []
        Topic.objects.filter(pk=path.soil.pk).update(retired_at=None)
        assert coming(learner) == ["Soil"]

    def test_a_roadmap_that_retired_or_went_back_to_draft_rests(self, learner: User, path: Path) -> None:
        done(learner, path.soil)
        turn(learner, path.roadmap)
        for hidden in ({"state": "draft"}, {"retired_at": NOON}):
            Roadmap.objects.filter(pk=path.roadmap.pk).update(**hidden)
            assert coming(learner) == []

    def test_today_is_the_learners(self, learner: User, path: Path) -> None:
        turn(learner, path.roadmap)
        at = datetime(2026, 5, 20, 20, tzinfo=UTC)  # 2026-05-21 in Auckland, and 2026-05-20 in Honolulu
        done(learner, path.soil, 0, at)
        for zone, first in (("Pacific/Auckland", date(2026, 5, 23)), ("Pacific/Honolulu", date(2026, 5, 22))):
            User.objects.filter(pk=learner.pk).update(time_zone=zone)
            learner.refresh_from_db()
            assert queue(learner, at).next_on == first
        learner.time_zone = "Middle/Earth"
        assert queue(learner, at).next_on == date(2026, 5, 22)

    def test_a_topic_of_two_roadmaps_comes_once(self, learner: User, path: Path) -> None:
        second = make_roadmap()
        place(path.soil, make_section(second))
        done(learner, path.soil)
        turn(learner, path.roadmap)
        turn(learner, second)
        assert coming(learner) == ["Soil"]
        [entry] = queue(learner, NOON).entries
        assert set(entry.roadmaps) == {path.roadmap.pk, second.pk}

    def test_one_query_however_much_there_is(self, learner: User) -> None:
        section = make_section(roadmap := make_roadmap())
        for number in (3, 60):
            for _ in range(number):
                done(learner, make_topic(section=section))
            turn(learner, roadmap, active=False)
            turn(learner, roadmap)
            with CaptureQueriesContext(connection) as asked:
                count, few = due_reviews.due_reviews(learner, NOON)
                due_reviews.review_days(learner, NOON)
            assert len(asked) == 2
            assert (count, len(few)) == (3 if number == 3 else 8, 3), "half of the cap is for what is new"


class TestCaps:
    def test_what_was_done_long_ago_is_spread_and_the_cap_holds(self, learner: User) -> None:
        section = make_section(roadmap := make_roadmap())
        topics = [make_topic(f"T{n:02}", section) for n in range(20)]
        for age, topic in enumerate(topics):
            done(learner, topic, 100 + age)
        turn(learner, roadmap, cap=4)
        assert coming(learner) == ["T19", "T18"], "who was done first comes first, half of the cap a day"
        assert coming(learner, NOON + timedelta(5)) == ["T19", "T18", "T17", "T16"]
        days = due_reviews.review_days(learner, NOON, 30)
        assert (sum(days.values()), max(days.values())) == (20, 2)

    def test_what_was_reviewed_today_counts_and_an_undo_gives_it_back(self, learner: User) -> None:
        section = make_section(roadmap := make_roadmap())
        turn(learner, roadmap, cap=2)
        topics = [make_topic(f"T{n}", section) for n in range(4)]
        for n, topic in enumerate(topics):
            done(learner, topic, 40 - n)
        assert coming(learner) == ["T0", "T1"]
        operation = uuid4()
        rate(learner, topics[0], operation=operation)
        assert coming(learner) == ["T1"]
        reviews.undo_rating(learner=learner, operation=operation, now=NOON)
        assert coming(learner) == ["T0", "T1"]
        rate(learner, topics[0], seen=2)
        rate(learner, topics[1])
        assert coming(learner) == []
        assert len(queue(learner, NOON).waiting) == 2
        assert coming(learner, NOON + timedelta(1)) == ["T2", "T3"]


class TestAnswers:
    def test_an_answer_moves_the_card_and_is_recorded(self, learner: User, path: Path) -> None:
        turn(learner, path.roadmap)
        done(learner, path.soil)
        rated = rate(learner, path.soil, 3)
        now = card(learner, path.soil)
        assert rated.due_on == now.due_on > TODAY
        assert (now.reviewed_on, now.rating, now.version) == (TODAY, 3, 1)
        [line] = ReviewLog.objects.all()
        assert (line.rating, line.day, line.elapsed, line.version) == (3, TODAY, 30, 1)

    def test_again_leaves_progress_alone(self, learner: User, path: Path) -> None:
        turn(learner, path.roadmap)
        done(learner, path.soil)
        events = learner.progress_events.count()
        rate(learner, path.soil, 1)
        assert TopicProgress.objects.get(learner=learner, topic=path.soil).state == "done"
        assert learner.progress_events.count() == events
        assert card(learner, path.soil).due_on <= TODAY + timedelta(3)

    def test_a_replay_changes_nothing_and_another_answer_by_it_is_refused(self, learner: User, path: Path) -> None:
        turn(learner, path.roadmap)
        done(learner, path.soil)
        operation = uuid4()
        first = rate(learner, path.soil, 3, operation=operation)
        again = rate(learner, path.soil, 3, operation=operation)
        assert again.replayed
        assert (again.due_on, again.log.pk) == (first.due_on, first.log.pk)
        with pytest.raises(reviews.Conflict):
            rate(learner, path.soil, 4, operation=operation)
        assert ReviewLog.objects.count() == 1

    def test_the_second_of_two_windows_is_told(self, learner: User, path: Path) -> None:
        turn(learner, path.roadmap)
        done(learner, path.soil)
        rate(learner, path.soil)
        with pytest.raises(reviews.Changed):
            rate(learner, path.soil)
        assert card(learner, path.soil).version == 1

    def test_what_is_not_in_review_is_refused(self, learner: User, path: Path) -> None:
        with pytest.raises(reviews.NotInReview):
            rate(learner, path.soil)
        done(learner, path.soil)
        with pytest.raises(reviews.NotInReview):
            rate(learner, path.soil)
        assert not ReviewCard.objects.exists()

    def test_undo_restores_the_card_and_is_safe_to_repeat(self, learner: User, path: Path) -> None:
        turn(learner, path.roadmap)
        done(learner, path.soil)
        before, operation = memory(learner, path.soil), uuid4()
        rate(learner, path.soil, 1, operation=operation)
        for _ in range(2):
            reviews.undo_rating(learner=learner, operation=operation, now=NOON)
        assert memory(learner, path.soil) == before
        assert ReviewLog.objects.count() == 2
        assert rate(learner, path.soil, 1, operation=operation).replayed, "a late retry brings nothing back"
        assert memory(learner, path.soil) == before

    def test_nothing_to_take_back(self, learner: User, other: User, path: Path) -> None:
        turn(learner, path.roadmap)
        done(learner, path.soil)
        operation = uuid4()
        rate(learner, path.soil, operation=operation)
        for who, which in ((other, operation), (learner, uuid4())):
            with pytest.raises(reviews.Changed):
                reviews.undo_rating(learner=who, operation=which, now=NOON)
        rate(learner, path.soil, seen=1, now=NOON + timedelta(40))
        with pytest.raises(reviews.Changed):
            reviews.undo_rating(learner=learner, operation=operation, now=NOON)


class TestCredit:
    @pytest.fixture
    def walked(self, learner: User, path: Path) -> Path:
        turn(learner, path.roadmap)
        done(learner, path.soil)
        done(learner, path.sowing)
        return path

    @pytest.mark.parametrize("rating", [3, 4])
    def test_good_and_easy_count_for_what_is_needed_directly(self, learner: User, walked: Path, rating: int) -> None:
        before = memory(learner, walked.soil)
        operation = uuid4()
        rate(learner, walked.sowing, rating, operation=operation)
        assert memory(learner, walked.soil) == recall.credit(before, TODAY, 0.9) != before
        line = ReviewLog.objects.get(credited_from=walked.sowing)
        assert (line.topic, line.rating) == (walked.soil, None)
        reviews.undo_rating(learner=learner, operation=operation, now=NOON)
        assert memory(learner, walked.soil) == before

    @pytest.mark.parametrize("rating", [1, 2])
    def test_again_and_hard_do_not(self, learner: User, walked: Path, rating: int) -> None:
        rate(learner, walked.sowing, rating)
        assert not ReviewCard.objects.filter(topic=walked.soil).exists()

    def test_a_guess_counts_for_nothing_and_neither_does_what_is_not_done(self, learner: User, walked: Path) -> None:
        Prerequisite.objects.update(source=Prerequisite.Source.GUESS)
        require(walked.sowing, walked.pond)
        rate(learner, walked.sowing)
        assert ReviewLog.objects.count() == 1

    def test_it_does_not_use_up_the_day(self, learner: User, walked: Path) -> None:
        turn(learner, walked.roadmap, cap=2)
        rate(learner, walked.sowing)
        assert len(queue(learner, NOON).reviewed) == 1


class TestTheSwitch:
    def test_off_forgets_nothing_and_on_goes_on(self, learner: User, path: Path) -> None:
        turn(learner, path.roadmap)
        done(learner, path.soil)
        rate(learner, path.soil)
        stood = ReviewCard.objects.values().get()
        turn(learner, path.roadmap, active=False)
        assert not queue(learner, NOON + timedelta(400)).on
        turn(learner, path.roadmap, now=NOON + timedelta(400))
        assert ReviewCard.objects.values().get() == stood
        assert coming(learner, NOON + timedelta(400)) == ["Soil"]

    def test_what_is_not_said_stays(self, learner: User, path: Path) -> None:
        turn(learner, path.roadmap, cap=7)
        plan = reviews.set_review(learner=learner, roadmap=path.roadmap, active=False, now=NOON)
        assert (plan.daily_cap, plan.retention, plan.active) == (7, 0.9, False)

    def test_erased_with_the_account(self, learner: User, path: Path) -> None:
        turn(learner, path.roadmap)
        done(learner, path.soil)
        operation = uuid4()
        rate(learner, path.soil, operation=operation)
        reviews.undo_rating(learner=learner, operation=operation, now=NOON)
        exported = json.loads(b"".join(own_json(learner, now=NOON)))
        assert [len(exported[f"review_{part}"]) for part in ("plans", "cards", "answers")] == [1, 1, 2]
        assert exported["review_answers"][0]["topic"]["title"] == "Soil"
        reviews.erase(learner=learner)
        assert not any(model.objects.exists() for model in (ReviewPlan, ReviewCard, ReviewLog))


class TestMergedTopics:
    def test_what_is_known_goes_along_and_back(self, learner: User, editor: User) -> None:
        garden, park = make_roadmap("Garden"), make_roadmap("Park")
        soil, earth = make_topic("Soil", make_section(garden)), make_topic("Earth", make_section(park))
        done(learner, earth)
        turn(learner, park)
        rate(learner, earth)
        asked = Asked("Eve", str(editor.pk), operation=uuid4())
        edit = merging.merge(roadmap=garden, keep=soil, gone=earth, by=editor, asked=asked)
        assert edit is not None
        assert card(learner, soil).stability == card(learner, earth).stability
        assert [e.title for e in queue(learner, NOON, days=None).entries] == ["Soil"]
        merging.unmerge(merged=edit, by=editor, asked=Asked("Eve", str(editor.pk), operation=uuid4()))
        assert not ReviewCard.objects.filter(topic=soil).exists()
        assert card(learner, earth).rating == 3


def html_of(client: Client, address: str = "/review/", status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content[:300]
    return response.content.decode()


def sent(html: str, **fields: Any) -> dict[str, Any]:
    """The hidden fields of the form that answers, with `fields`."""
    form = html[html.index('class="rates"') :]
    found = {
        name: form.split(f'name="{name}" value="', 1)[1].split('"', 1)[0] for name in ("operation", "seen", "roadmap")
    }
    return found | fields


class TestReview:
    def test_says_what_it_is_before_it_is_turned_on(self, ada: Client, learner: User, path: Path) -> None:
        html = html_of(ada)
        assert "You walk no roadmap yet." in html
        progress.set_state(
            learner=learner, topic=path.soil.pk, state="done", operation=uuid4(), roadmap=path.roadmap.pk
        )
        html = html_of(ada)
        assert "Turn on" in html
        answer = ada.post(
            "/review/roadmaps/garden/", {"active": "yes", "daily_cap": "5", "retention": "0.85"}, follow=True
        )
        assert "come back from now on, at most 5 a day" in answer.content.decode()
        assert "The next topic comes back on" in answer.content.decode()
        assert 'id="plans" open>' in answer.content.decode(), "the next roadmap is set without unfolding them again"
        assert 'id="plans">' in html_of(ada)

    def test_a_session(self, ada: Client, learner: User, path: Path) -> None:
        now = timezone.now()
        learner.topic_notes.create(topic=path.soil, text="smells of rain")
        turn(learner, path.roadmap)
        done(learner, path.soil, 40, now)
        done(learner, path.sowing, 30, now)
        html = html_of(ada)
        assert "1 of 2 today" in html
        assert '<h1 dir="auto">Soil</h1>' in html
        for shown in ("Dig a hole", "clay", "smells of rain", "have not reviewed it since", "is about", "tomorrow"):
            assert shown in html, shown
        rating = ada.post(f"/review/topics/{path.soil.slug}/", sent(html, rating="1"), follow=True)
        html = rating.content.decode()
        assert "<bdi>Soil</bdi>: Again." in html
        assert "Set it to learning" in html
        assert "2 of 2 today" in html
        ada.post(f"/review/topics/{path.sowing.slug}/", sent(html, rating="3"))
        html = html_of(ada)
        assert "That was all for today" in html
        assert "You reviewed 2 topics." in html
        operation = html.split('action="/review/undo/"', 1)[1].split('name="operation" value="', 1)[1].split('"', 1)[0]
        answer = ada.post("/review/undo/", {"operation": operation}, follow=True)
        assert "Taken back: <bdi>Sowing</bdi>" in answer.content.decode()
        assert '<h1 dir="auto">Sowing</h1>' in answer.content.decode()
        html = html_of(ada)
        ada.post(f"/review/topics/{path.sowing.slug}/", sent(html, rating="4"))
        card(learner, path.sowing)
        ReviewCard.objects.update(due_on=now.date(), reviewed_on=now.date() - timedelta(9))
        ReviewLog.objects.all()  # the lines stay those of today
        assert "You last said “Again”" in html_of(ada)

    def test_it_waits_without_a_number_when_the_cap_is_reached(self, ada: Client, learner: User, path: Path) -> None:
        now = timezone.now()
        turn(learner, path.roadmap, cap=1)
        done(learner, path.soil, 40, now)
        done(learner, path.pond, 30, now)
        html = html_of(ada)
        ada.post(f"/review/topics/{path.soil.slug}/", sent(html, rating="3"))
        html = html_of(ada)
        assert "What else is ready waits for you" in html
        assert "The next comes on" in html

    def test_of_one_roadmap(self, ada: Client, learner: User, path: Path) -> None:
        now = timezone.now()
        elsewhere = make_topic("Elsewhere", make_section(second := make_roadmap("Second", slug="second")))
        for roadmap, topic, age in ((path.roadmap, path.soil, 40), (second, elsewhere, 50)):
            turn(learner, roadmap)
            done(learner, topic, age, now)
        assert "Elsewhere</h1>" in html_of(ada)
        assert "Soil</h1>" in html_of(ada, "/review/?roadmap=garden")
        html_of(ada, "/review/?roadmap=none", 404)

    def test_is_ones_own(self, client: Client, ada: Client, learner: User, other: User, path: Path) -> None:
        turn(learner, path.roadmap)
        done(learner, path.soil, 40, timezone.now())
        assert client.get("/review/").status_code == 302
        assert "Soil</h1>" not in html_of(browser_of(other))
        fields = sent(html_of(ada), rating="3")
        assert browser_of(other).post(f"/review/topics/{path.soil.slug}/", fields).status_code == 409
        assert client.post(f"/review/topics/{path.soil.slug}/", fields).status_code == 302
        assert not ReviewLog.objects.exists()

    def test_the_same_number_of_queries_for_more(self, ada: Client, learner: User) -> None:
        section = make_section(roadmap := make_roadmap())
        turn(learner, roadmap)
        counts = []
        for number in (3, 40):
            for _ in range(number):
                done(learner, make_topic(section=section), 40, timezone.now())
            with CaptureQueriesContext(connection) as asked:
                html_of(ada)
            counts.append(len(asked))
        assert counts[0] == counts[1] <= 11


class TestBadInput:
    @pytest.mark.parametrize(
        "fields",
        [
            {"rating": "5"}, {"rating": ""}, {"rating": "good"}, {"seen": "-1"}, {"seen": "9" * 30}, {"seen": "x"},
            {"operation": "x"}, {"roadmap": "x" * 201},
        ],
    )  # fmt: skip
    def test_an_answer_that_is_none(self, ada: Client, learner: User, path: Path, fields: dict[str, str]) -> None:
        turn(learner, path.roadmap)
        done(learner, path.soil)
        good = {"rating": "3", "seen": "0", "operation": str(uuid4())}
        answer = ada.post(f"/review/topics/{path.soil.slug}/", good | fields)
        assert answer.status_code == 422
        assert "Nothing was changed." in answer.content.decode()
        assert not ReviewLog.objects.exists()

    @pytest.mark.parametrize(
        "fields",
        [{"active": "perhaps"}, {"daily_cap": "0"}, {"daily_cap": "999"}, {"daily_cap": "x"}, {"retention": "0.5"}],
    )
    def test_a_switch_that_is_none(self, ada: Client, path: Path, fields: dict[str, str]) -> None:
        answer = ada.post("/review/roadmaps/garden/", {"active": "yes", "daily_cap": "5"} | fields)
        assert answer.status_code == 422
        assert not ReviewPlan.objects.exists()

    def test_a_topic_or_a_roadmap_that_is_none(self, ada: Client, path: Path) -> None:
        good = {"rating": "3", "seen": "0", "operation": str(uuid4())}
        assert ada.post("/review/topics/none/", good).status_code == 404
        assert ada.post("/review/roadmaps/none/", {"active": "yes"}).status_code == 404
        assert ada.post(f"/review/topics/{path.soil.slug}/", good).status_code == 409
        assert ada.post("/review/undo/", {"operation": str(uuid4())}).status_code == 409
        assert ada.post("/review/undo/", {}).status_code == 422
