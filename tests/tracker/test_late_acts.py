"""Acts that a device kept while there was no connection: they have their time, and never overwrite a newer state."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from roadmap.models import Roadmap, Topic
from tests.factories import make_roadmap, make_section, make_topic
from tests.tracker.conftest import HTMX, PASSWORD, Path, browser_of
from tests.tracker.test_progress import at_once
from tracker import progress, summaries
from tracker.models import Enrolment, ProgressEvent, RoadmapSummary, StepProgress, TopicProgress, User
from tracker.views.kept import LATE, LONGEST

HOUR = 3_600_000
SLACK = timedelta(seconds=20)


def ago(milliseconds: int) -> datetime:
    return timezone.now() - timedelta(milliseconds=milliseconds)


def act(learner: User, topic: Topic, state: str, age: int = 0, saw: str | None = None, **more: Any) -> progress.Outcome:
    operation = more.pop("operation", None) or uuid.uuid4()
    return progress.set_state(
        learner=learner, topic=topic.pk, state=state, operation=operation, age=age, saw=saw, **more
    )


@pytest.fixture
def topic(db: None) -> Topic:
    return make_topic("Kept", make_section(make_roadmap("Garden", slug="garden")))


@pytest.fixture
def roadmap(topic: Topic) -> Roadmap:
    return topic.placements.get().roadmap


@pytest.mark.django_db
class TestTheVerb:
    def test_it_has_the_time_at_which_it_was_done(self, learner: User, topic: Topic, roadmap: Roadmap) -> None:
        act(learner, topic, "learning", 2 * HOUR, "todo", roadmap=roadmap.pk)
        event, row = ProgressEvent.objects.get(), TopicProgress.objects.get()
        summary, enrolment = RoadmapSummary.objects.get(), Enrolment.objects.get()
        assert abs(event.at - ago(2 * HOUR)) < SLACK
        moments = [row.changed_at, row.started_at, summary.last_move, summary.learning_since, enrolment.enrolled_at]
        assert moments == [event.at] * 5
        assert list(summaries.disagreements()) == []

    def test_an_older_act_on_another_topic_is_not_the_last_move(
        self, learner: User, topic: Topic, roadmap: Roadmap
    ) -> None:
        second = make_topic("Second", topic.placements.get().section)
        act(learner, second, "done", roadmap=roadmap.pk)
        last = RoadmapSummary.objects.get().last_move
        act(learner, topic, "done", HOUR, "todo", roadmap=roadmap.pk)
        assert RoadmapSummary.objects.get().last_move == last
        assert list(summaries.disagreements()) == []

    @pytest.mark.parametrize("saw", ["todo", "skipped"], ids=["the page was older", "it came back to what it showed"])
    def test_what_was_set_meanwhile_stays(self, learner: User, topic: Topic, saw: str) -> None:
        act(learner, topic, "skipped")
        with pytest.raises(progress.Newer) as refused:
            act(learner, topic, "done", HOUR, saw)
        row = TopicProgress.objects.get()
        assert (refused.value.now, refused.value.since) == ("skipped", row.changed_at)
        assert (row.state, ProgressEvent.objects.count()) == ("skipped", 1)

    def test_it_is_refused_too_when_it_is_the_later_one_but_saw_something_older(
        self, learner: User, topic: Topic
    ) -> None:
        act(learner, topic, "skipped", 2 * HOUR)
        with pytest.raises(progress.Newer):
            act(learner, topic, "done", HOUR, "todo")
        act(learner, topic, "done", HOUR, "skipped")
        assert TopicProgress.objects.get().state == "done"

    def test_both_wanted_the_same(self, learner: User, topic: Topic) -> None:
        act(learner, topic, "done")
        changed = TopicProgress.objects.get().changed_at
        assert act(learner, topic, "done", HOUR, "todo") == progress.Outcome("done", "done")
        assert TopicProgress.objects.get().changed_at == changed
        assert [event.at for event in ProgressEvent.objects.all()] == [changed, changed], "none before the other"

    def test_a_replay_is_one_whatever_came_after_it(self, learner: User, topic: Topic) -> None:
        operation = uuid.uuid4()
        act(learner, topic, "done", HOUR, "todo", operation=operation)
        act(learner, topic, "skipped")
        assert act(learner, topic, "done", 2 * HOUR, "todo", operation=operation).replayed
        assert TopicProgress.objects.get().state == "skipped"

    def test_acts_on_a_topic_come_one_after_the_other(self, learner: User, topic: Topic) -> None:
        """Two clicks of one page: the answer to the first was slow, so that its time is after that of the second."""
        act(learner, topic, "done")
        act(learner, topic, "skipped", 900)
        first, second = ProgressEvent.objects.order_by("pk")
        assert first.at == second.at
        assert TopicProgress.objects.get().changed_at == second.at

    def test_never_in_the_future(self, learner: User, topic: Topic) -> None:
        act(learner, topic, "done", -HOUR)
        assert ProgressEvent.objects.get().at <= timezone.now()

    def test_it_was_done_with_the_text_of_its_time(self, learner: User, topic: Topic) -> None:
        Topic.objects.filter(pk=topic.pk).update(revision=2)
        act(learner, topic, "done", HOUR, "todo")
        assert TopicProgress.objects.get().revision == 1, "so that the page says what changed since"
        act(learner, topic, "todo")
        act(learner, topic, "done")
        assert TopicProgress.objects.get().revision == 2

    def test_undo_takes_it_back(self, learner: User, topic: Topic) -> None:
        operation = uuid.uuid4()
        act(learner, topic, "done", HOUR, "todo", operation=operation)
        progress.undo(learner=learner, operation=operation, new_operation=uuid.uuid4())
        assert TopicProgress.objects.get().state == "todo"

    @pytest.mark.parametrize("seed", range(3))
    def test_late_and_prompt_acts_in_any_order_equal_the_state_rows(
        self, learner: User, topic: Topic, roadmap: Roadmap, seed: int
    ) -> None:
        chance = random.Random(seed)
        topics = [topic, *(make_topic(f"More {n}", topic.placements.get().section) for n in range(2))]
        for _ in range(25):
            age, saw = chance.choice([(0, None), (chance.randrange(HOUR), chance.choice(progress.LEARNERS_STATES))])
            try:
                act(
                    learner,
                    chance.choice(topics),
                    chance.choice(progress.LEARNERS_STATES),
                    age,
                    saw,
                    roadmap=roadmap.pk,
                )
            except progress.Newer:
                continue
        assert list(summaries.disagreements()) == []
        for each in topics:
            moves = [e for e in ProgressEvent.objects.filter(topic=each).order_by("pk") if e.was != e.now]
            assert [e.at for e in moves] == sorted(e.at for e in moves)
            assert [e.was for e in moves] == ["todo", *(e.now for e in moves)][: len(moves)]


@pytest.mark.django_db(transaction=True)
def test_kept_acts_of_two_devices_at_once(learner: User, topic: Topic, roadmap: Roadmap) -> None:
    """One of them is first; of those that come after it, whoever wanted the same agrees, and the rest is asked."""
    calls: list[Callable[[], progress.Outcome]] = [
        partial(act, learner, topic, state, HOUR, "todo", roadmap=roadmap.pk) for state in ["done", "skipped"] * 10
    ]
    answers = at_once(calls)
    (first,) = [a for a in answers if isinstance(a, progress.Outcome) and a.was == "todo"]
    assert sum(isinstance(a, progress.Newer) for a in answers) == 10
    assert sum(isinstance(a, progress.Outcome) for a in answers) == 10
    assert TopicProgress.objects.get().state == first.now
    assert list(summaries.disagreements()) == []


def tick(learner: User, path: Path, age: int = 0, saw: str | None = None, *, done: bool = True) -> progress.Outcome:
    return progress.set_step(
        learner=learner, step=path.step, done=done, operation=uuid.uuid4(), age=age, saw=saw
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("static_root")
class TestSteps:
    """As a topic's state: with its time, once, and never over something newer unsaid."""

    def post(self, client: Client, path: Path, **fields: str) -> HttpResponse:
        data = {"state": "done", "operation": str(uuid.uuid4()), "roadmap": "garden", "panel": path.soil.slug} | fields
        return client.post(f"/topics/{path.soil.slug}/steps/{path.step.uid}/", data, headers=HTMX)  # type: ignore[return-value]

    def test_it_has_its_time_and_the_text_of_that_time(self, learner: User, path: Path) -> None:
        Topic.objects.filter(pk=path.soil.pk).update(revision=2)
        path.step.topic.refresh_from_db()
        tick(learner, path, HOUR, "todo")
        event, row = ProgressEvent.objects.get(), StepProgress.objects.get()
        assert abs(event.at - ago(HOUR)) < SLACK
        assert (row.done, row.changed_at, event.revision) == (True, event.at, 1)
        tick(learner, path, done=False)
        assert ProgressEvent.objects.first().revision == 2  # type: ignore[union-attr]

    def test_what_was_touched_meanwhile_stays(self, learner: User, path: Path) -> None:
        tick(learner, path)
        tick(learner, path, done=False)
        with pytest.raises(progress.Newer) as refused:
            tick(learner, path, HOUR, "todo")
        row = StepProgress.objects.get()
        assert (refused.value.now, refused.value.since) == ("todo", row.changed_at)
        assert (row.done, ProgressEvent.objects.count()) == (False, 2)

    def test_both_wanted_the_same_and_acts_come_in_order(self, learner: User, path: Path) -> None:
        tick(learner, path)
        assert tick(learner, path, HOUR, "todo") == progress.Outcome("done", "done")
        tick(learner, path, 900, done=False)
        moments = list(ProgressEvent.objects.order_by("pk").values_list("at", flat=True))
        assert moments == sorted(moments)

    def test_over_http(self, ada: Client, learner: User, other: User, path: Path) -> None:
        assert self.post(ada, path, age=str(HOUR), saw="todo", person=str(learner.pk)).status_code == 200
        assert abs(ProgressEvent.objects.get().at - ago(HOUR)) < SLACK
        assert self.post(ada, path, state="todo", person=str(other.pk)).status_code == 403
        self.post(ada, path, state="todo")
        answer = self.post(ada, path, age=str(HOUR), saw="todo")
        html = answer.content.decode()
        assert answer.status_code == 409
        assert 'data-newer="todo" data-word="to do"><div class="error"><p>“Dig a hole” was set to to do on' in html
        assert "Steps · 0 of 1" in html
        assert self.post(ada, path, age=str(LATE - 1), saw="todo").status_code == 200
        assert "dated 30 days back" in self.post(ada, path, age=str(LONGEST), state="todo").content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("static_root")
class TestSetTopicStateLate:
    def post(self, client: Client, path: Path, **fields: Any) -> HttpResponse:
        data = {"state": "done", "operation": str(uuid.uuid4()), "roadmap": "garden"} | fields
        return client.post(f"/topics/{path.soil.slug}/state/", data, headers=HTMX)  # type: ignore[return-value]

    def test_it_works(self, ada: Client, learner: User, path: Path) -> None:
        answer = self.post(ada, path, age=str(HOUR), saw="todo", person=str(learner.pk))
        assert answer.status_code == 200
        assert abs(ProgressEvent.objects.get().at - ago(HOUR)) < SLACK

    @pytest.mark.parametrize("age", ["", "x", "-5", "1e9", "٣", "9" * 15, "9" * 5000, "1.5", "²"])
    def test_an_age_that_is_none(self, ada: Client, path: Path, age: str) -> None:
        assert self.post(ada, path, age=age).status_code == 200
        assert ago(LONGEST) - SLACK < ProgressEvent.objects.get().at <= timezone.now()

    def test_what_lies_too_far_back_is_said(self, ada: Client, path: Path) -> None:
        assert "dated 30 days back" in self.post(ada, path, age=str(LONGEST * 3), saw="todo").content.decode()
        assert abs(ProgressEvent.objects.get().at - ago(LONGEST)) < SLACK

    def test_409_says_both_and_shows_what_is_set(self, ada: Client, learner: User, path: Path) -> None:
        learner.time_zone = "Asia/Tokyo"
        learner.save()
        self.post(ada, path, state="skipped")
        answer = self.post(ada, path, age=str(HOUR), saw="todo")
        html = answer.content.decode()
        assert answer.status_code == 409
        said = re.search(r'data-newer="skipped" data-word="skipped"><div class="error"><p>(.*?)</p>', html)
        assert said
        assert re.fullmatch(
            r"“Soil” was set to skipped on [^,]+, \d\d:\d\d, on another page or device. "
            r"Here you set it to done on [^,]+, \d\d:\d\d.",
            said[1],
        )
        assert f'class="topic skipped" id="t{path.soil.pk}"' in html
        assert 'id="head"' in html
        assert ProgressEvent.objects.count() == 1

    def test_a_topic_of_no_roadmap_and_without_htmx(self, ada: Client, path: Path) -> None:
        self.post(ada, path, state="skipped")
        data = {"state": "done", "operation": str(uuid.uuid4()), "age": str(HOUR), "saw": "todo"}
        answer = ada.post(f"/topics/{path.soil.slug}/state/", data)
        assert answer.status_code == 409
        assert "was set to skipped" in answer.content.decode()

    def test_a_page_that_is_not_up_to_date_is_told_what_it_replaced(self, ada: Client, path: Path) -> None:
        self.post(ada, path, state="skipped")
        html = self.post(ada, path, saw="todo").content.decode()
        assert "It was set to skipped on" in html
        assert ProgressEvent.objects.first().now == "done"  # type: ignore[union-attr]
        assert "It was set to" not in self.post(ada, path, state="todo", saw="done").content.decode()

    def test_a_quick_second_click_is_not_asked(self, ada: Client, path: Path) -> None:
        self.post(ada, path, state="skipped")
        assert self.post(ada, path, age=str(LATE - 1), saw="todo").status_code == 200

    def test_the_page_of_somebody_else_changes_nothing(self, ada: Client, other: User, path: Path) -> None:
        answer = self.post(ada, path, person=str(other.pk))
        assert answer.status_code == 403
        assert "belongs to somebody else" in answer.content.decode()
        assert not ProgressEvent.objects.exists()

    def test_what_waits_for_one_person_is_not_done_for_another(
        self, client: Client, learner: User, other: User, path: Path
    ) -> None:
        for person in (learner, other):
            person.set_password(PASSWORD)
            person.save()
        for person, done in ((other, 0), (learner, 1)):
            assert self.post(client, path, person=str(learner.pk)).status_code == 204
            client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
            assert ProgressEvent.objects.count() == done
            client.post("/accounts/logout/")

    def test_who_is_somebody_else_has_their_own(self, learner: User, other: User, path: Path) -> None:
        for person in (learner, other):
            assert self.post(browser_of(person), path, person=str(person.pk)).status_code == 200
        assert ProgressEvent.objects.count() == 2
