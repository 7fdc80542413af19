"""One learner on paper: the figures of their own page, what happened since a day, and nothing private."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from roadmap.models import Topic
from tests.factories import assign, join, make_cohort, make_roadmap, make_section, make_topic, make_user
from tests.tracker.conftest import Path, browser_of
from tracker import progress, report
from tracker.models import Cohort, Comment, Membership, ProgressEvent, TopicNote, User
from tracker.queries import standing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


@pytest.fixture
def assigned(path: Path, cohort_a: Cohort, learner_a: User, mentor_a: User) -> Path:
    assign(path.roadmap, cohort_a)
    return path


def do(learner: User, topic: Topic, state: str = "done", **fields: Any) -> None:
    progress.set_state(learner=learner, topic=topic.pk, state=state, operation=uuid4(), **fields)


def page(mentor: User, cohort: Cohort, learner: User, status: int = 200, **query: str) -> str:
    answer = browser_of(mentor).get(reverse("learner_report", args=[cohort.slug, learner.pk]), query)
    assert answer.status_code == status
    return answer.content.decode()


class TestLearnerReport:
    def test_it_works(self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        do(learner_a, assigned.soil)
        do(learner_a, assigned.sowing, "waived", by=mentor_a, through="mentor", note="Knows it")
        said = page(mentor_a, cohort_a, learner_a)
        assert '<h1 dir="auto">Ada</h1>' in said
        assert "100 %" in said
        assert "1 waived" in said
        today = f"{timezone.localdate():%Y-%m-%d}"
        assert said.count(f'<time datetime="{today}">') == 2, "a date for each topic that was touched"
        assert "<bdi>Mira</bdi>: <bdi>Sowing</bdi>" in said

    def test_the_figures_are_those_of_the_learners_own_page(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User
    ) -> None:
        do(learner_a, assigned.soil)
        do(learner_a, assigned.pond)
        found = report.report(mentor_a, cohort_a, learner_a, since=timezone.localdate())
        own = standing(learner_a, assigned.roadmap).overlay
        (walked,) = found.walked
        assert walked.walk.share == own.total
        assert walked.modules[0].share == own.shares[1]

    def test_since_a_day(self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        at = timezone.now() - timedelta(days=60)
        ProgressEvent.objects.create(
            learner=learner_a, by=learner_a, topic=assigned.soil, was="todo", now="learning", revision=1, at=at
        )
        assert "Nothing happened since then" in page(mentor_a, cohort_a, learner_a)
        for since, there in ((at - timedelta(days=1), True), (at, True), (at + timedelta(days=1), False)):
            said = page(mentor_a, cohort_a, learner_a, since=f"{timezone.localdate(since):%Y-%m-%d}")
            assert ("<bdi>Ada</bdi>: <bdi>Soil</bdi>" in said) is there

    @pytest.mark.parametrize("since", ["x", "2026-13-45", "9999-01-01", "0001-01-01", "", "2026-02-30"])
    def test_odd_days(self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, since: str) -> None:
        month = timezone.localdate() - timedelta(weeks=4)
        assert f'value="{month:%Y-%m-%d}"' in page(mentor_a, cohort_a, learner_a, since=since)

    def test_one_roadmap_or_all(self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        second = make_roadmap("Kitchen")
        make_topic("Knives", make_section(second, "Tools"))
        assign(second, cohort_a, position=1)
        both = page(mentor_a, cohort_a, learner_a)
        assert "Knives" in both
        assert "Soil" in both
        assert "Soil" not in page(mentor_a, cohort_a, learner_a, roadmap=second.slug)
        page(mentor_a, cohort_a, learner_a, 404, roadmap=make_roadmap("Not assigned").slug)

    def test_nothing_private_and_nothing_of_elsewhere(
        self, assigned: Path, cohort_a: Cohort, cohort_b: Cohort, mentor_a: User, mentor_b: User, learner_a: User
    ) -> None:
        hobby = make_topic("Hobby", make_section(make_roadmap("Free time")))
        join(learner_a, cohort_b)
        do(learner_a, hobby)
        do(learner_a, assigned.soil, "waived", by=mentor_b, through="mentor", note="As Moritz said")
        TopicNote.objects.create(learner=learner_a, topic=assigned.soil, text="Dear diary", shared=True)
        Comment.objects.create(learner=learner_a, by=learner_a, topic=assigned.soil, text="Between us")
        said = page(mentor_a, cohort_a, learner_a)
        for word in ("Hobby", "Moritz", "diary", "Between us", learner_a.email):
            assert word not in said
        assert "Another mentor" in said

    def test_more_than_fits(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(report, "MOST_ENTRIES", 3)
        for state in ("learning", "done", "todo", "skipped"):
            do(learner_a, assigned.soil, state)
        assert "the newest 3; there is more before" in page(mentor_a, cohort_a, learner_a)

    def test_without_a_roadmap(self, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        assert "nothing to report" in page(mentor_a, cohort_a, learner_a)

    def test_refused(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, mentor_b: User, learner_a: User, learner_b: User
    ) -> None:
        path = reverse("learner_report", args=[cohort_a.slug, learner_a.pk])
        assert Client().get(path).status_code == 302
        for stranger in (mentor_b, learner_a, learner_b, make_user("Edda", role="editor")):
            assert browser_of(stranger).get(path).status_code == 404
        assert browser_of(mentor_a).post(path).status_code == 405
        page(mentor_a, cohort_a, learner_b, 404)
        page(mentor_a, cohort_a, mentor_a, 404)
        page(mentor_a, make_cohort(), learner_a, 404)
        Membership.objects.filter(user=learner_a).update(left_at=timezone.now())
        page(mentor_a, cohort_a, learner_a, 404)

    def test_an_archived_cohort_stays_readable(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User
    ) -> None:
        Cohort.objects.update(archived_at=timezone.now())
        page(mentor_a, cohort_a, learner_a)

    def test_no_more_queries_for_more_topics_and_events(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User
    ) -> None:
        client, path = browser_of(mentor_a), reverse("learner_report", args=[cohort_a.slug, learner_a.pk])

        def queries() -> int:
            client.get(path)
            with CaptureQueriesContext(connection) as caught:
                client.get(path)
            return len(caught)

        few = queries()
        section = make_section(assigned.roadmap, "More")
        for number in range(20):
            do(learner_a, make_topic(f"T{number}", section))
        assert queries() == few
