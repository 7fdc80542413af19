"""A check-off of somebody who is remembered is one statement, and what is remembered is confirmed by it first."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap.models import Roadmap, Topic
from tests.factories import make_roadmap, make_section, make_topic, require
from tracker import remembered, summaries
from tracker.models import Enrolment, ProgressEvent, RoadmapSummary, Session, TopicProgress, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


class Walker:
    """A learner in a browser, who checked one topic off."""

    def __init__(self, learner: User) -> None:
        self.learner = learner
        self.roadmap = make_roadmap("Path")
        section = make_section(self.roadmap)
        self.topics = [make_topic(title, section) for title in ("First", "Second", "Third")]
        require(self.topics[2], self.topics[1])
        self.client = Client()
        self.client.force_login(learner)
        for topic in self.topics[:2]:
            assert self.check(topic).status_code == 200

    def check(self, topic: Topic, state: str = "done", operation: uuid.UUID | None = None) -> HttpResponse:
        fields = {"state": state, "operation": str(operation or uuid.uuid4()), "roadmap": self.roadmap.slug}
        answer = self.client.post(f"/topics/{topic.slug}/state/", fields, HTTP_HX_REQUEST="true")
        assert isinstance(answer, HttpResponse)
        return answer

    def states(self) -> list[str]:
        found = dict(TopicProgress.objects.filter(learner=self.learner).values_list("topic", "state"))
        return [found.get(topic.pk, "todo") for topic in self.topics]

    @property
    def key(self) -> str:
        key = self.client.session.session_key
        assert key
        return key


@pytest.fixture
def walker(learner: User) -> Iterator[Walker]:
    found = Walker(learner)
    yield found
    remembered.forget(found.key)


def test_it_is_one_statement(walker: Walker) -> None:
    for state in ("learning", "done", "skipped", "todo"):
        with CaptureQueriesContext(connection) as captured:
            answer = walker.check(walker.topics[1], state)
        assert answer.status_code == 200
        assert [query["sql"].split("(")[0].split()[-1] for query in captured] == ["tracker_set_topic_state"]
        assert walker.states() == ["done", state, "todo"]
    assert not list(summaries.disagreements())


def test_what_finishes_a_roadmap_is_read_anew_after(walker: Walker) -> None:
    walker.check(walker.topics[2])
    assert Enrolment.objects.get().finished_at
    assert remembered.recall(walker.key) is None
    answer = walker.check(walker.topics[2], "todo")
    assert answer.status_code == 200
    assert not list(summaries.disagreements())


class TestSomethingChangedElsewhere:
    """None of these goes through this browser, so nothing tells this process."""

    @pytest.mark.parametrize(
        "change",
        [
            lambda walker: Session.objects.all().delete(),
            lambda walker: Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1)),
            lambda walker: User.objects.filter(pk=walker.learner.pk).update(is_active=False),
            lambda walker: User.objects.filter(pk=walker.learner.pk).update(password="!"),
        ],
        ids=["signed out", "expired", "deactivated", "another password"],
    )
    def test_who_is_signed_out_checks_nothing_off(self, walker: Walker, change: Callable[[Walker], object]) -> None:
        assert remembered.recall(walker.key)
        change(walker)
        answer = walker.check(walker.topics[2])
        assert (answer.status_code, "HX-Redirect" in answer.headers) == (204, True)
        assert walker.states() == ["done", "done", "todo"]

    def test_a_roadmap_that_was_withdrawn_takes_no_click(self, walker: Walker) -> None:
        Roadmap.objects.update(state=Roadmap.State.DRAFT)
        assert walker.check(walker.topics[2]).status_code == 404
        assert walker.states() == ["done", "done", "todo"]

    def test_a_roadmap_that_became_strict_refuses(self, walker: Walker) -> None:
        walker.check(walker.topics[1], "todo")
        Roadmap.objects.update(locking=Roadmap.Locking.STRICT)
        answer = walker.check(walker.topics[2])
        assert (answer.status_code, walker.states()) == (409, ["done", "todo", "todo"])

    def test_a_topic_that_retired(self, walker: Walker) -> None:
        Topic.objects.filter(pk=walker.topics[2].pk).update(retired_at=timezone.now())
        assert walker.check(walker.topics[2]).status_code == 409
        assert walker.states() == ["done", "done", "todo"]

    def test_the_walk_was_ended(self, walker: Walker) -> None:
        """Whoever checks off on its page walks it again."""
        Enrolment.objects.all().delete()
        assert walker.check(walker.topics[2]).status_code == 200
        assert Enrolment.objects.get().learner == walker.learner

    def test_a_new_name_is_not_lost(self, walker: Walker) -> None:
        User.objects.filter(pk=walker.learner.pk).update(name="Another")
        assert walker.check(walker.topics[2]).status_code == 200
        kept = remembered.recall(walker.key)
        assert kept is None or "Another" in kept.person

    def test_another_device_checked_off(self, walker: Walker) -> None:
        other = Client()
        other.force_login(walker.learner)
        walker.client, mine = other, walker.client
        walker.check(walker.topics[2], "learning")
        walker.client = mine
        answer = walker.check(walker.topics[2])
        assert answer.status_code == 200
        assert walker.states() == ["done", "done", "done"]
        assert not list(summaries.disagreements())

    def test_it_was_counted_elsewhere(self, walker: Walker) -> None:
        RoadmapSummary.objects.all().delete()
        assert walker.check(walker.topics[2]).status_code == 200
        assert walker.states() == ["done", "done", "done"]
        assert not list(summaries.disagreements())


class TestTheSame:
    def test_a_replay_changes_nothing(self, walker: Walker) -> None:
        operation = uuid.uuid4()
        answers = [walker.check(walker.topics[2], "learning", operation) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert ProgressEvent.objects.filter(operation=operation).count() == 1

    def test_a_refusal_is_that_of_somebody_who_is_not_remembered(self, walker: Walker) -> None:
        operation = uuid.uuid4()
        walker.check(walker.topics[2], "learning", operation)
        refused = walker.check(walker.topics[0], "done", operation)
        assert refused.status_code == 409
        assert "already saved as something else" in refused.content.decode()

    def test_nobody_is_remembered_for_ever(self, walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(remembered, "MOST", 1)
        other = Client()
        other.force_login(User.objects.create(email="other@example.org"))
        other.post(f"/topics/{walker.topics[0].slug}/state/", {"state": "done", "operation": str(uuid.uuid4())})
        assert remembered.recall(walker.key) is None

    def test_the_stamp_is_put_together_as_the_database_does(self, walker: Walker) -> None:
        make_topic("Elsewhere", make_section(make_roadmap("Second path")))
        summaries.ensure(learners=[walker.learner.pk], roadmaps=Roadmap.objects.values_list("pk", flat=True))
        walker.check(walker.topics[2], "learning")
        with CaptureQueriesContext(connection) as captured:
            walker.check(walker.topics[2], "todo")
        assert len(captured) == 1, "two roadmaps are confirmed at once"
