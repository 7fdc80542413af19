"""Where a cohort stops: what holds many up, what many leave out, what many pass over."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from roadmap.models import Roadmap, Topic
from roadmap.queries import tree_of
from tests.factories import assign, join, make_roadmap, make_section, make_topic, make_user, require
from tests.tracker.conftest import Path, browser_of
from tracker import progress, summaries
from tracker.bottlenecks import Bottlenecks, bottlenecks
from tracker.matrix import ground_of
from tracker.models import Cohort, CohortRoadmap, HelpRequest, TopicProgress, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


@pytest.fixture
def assigned(path: Path, cohort_a: Cohort, mentor_a: User) -> CohortRoadmap:
    return assign(path.roadmap, cohort_a)


def class_of(assigned: CohortRoadmap, number: int) -> list[User]:
    made = [join(make_user(f"Learner {i}"), assigned.cohort) for i in range(number)]
    summaries.ensure(learners=[user.pk for user in made], roadmaps=[assigned.roadmap_id])
    return made


def do(learner: User, topic: Topic, state: str) -> None:
    progress.set_state(learner=learner, topic=topic.pk, state=state, operation=uuid4())


def read(assigned: CohortRoadmap, days: float = 0) -> Bottlenecks:
    """As it is, or will be in so many days."""
    roadmap = Roadmap.objects.get(pk=assigned.roadmap_id)
    now = timezone.now() + timedelta(days)
    return bottlenecks(ground_of(assigned.cohort, assigned, tree_of(roadmap), now))


class TestStops:
    def test_who_has_been_at_it_for_longer_than_usual(self, assigned: CohortRoadmap, path: Path) -> None:
        first, second, third = class_of(assigned, 3)
        do(first, path.soil, "learning")
        do(second, path.soil, "learning")
        do(third, path.sowing, "learning")
        TopicProgress.objects.filter(learner=first).update(changed_at=timezone.now() - timedelta(10))
        (stop,) = read(assigned).stops
        assert (stop.topic.id, stop.module, stop.learners, stop.under_way) == (path.soil.pk, "Ground", 1, 2)
        assert (round(stop.days), round(stop.longest), stop.asked) == (10, 10, 0)
        assert [(s.topic.id, s.learners) for s in read(assigned, days=8).stops] == [
            (path.soil.pk, 2),
            (path.sowing.pk, 1),
        ]

    def test_who_asked_for_help(self, assigned: CohortRoadmap, path: Path) -> None:
        first, second = class_of(assigned, 2)
        HelpRequest.objects.create(learner=first, by=first, topic=path.pond)
        HelpRequest.objects.create(learner=second, by=second, topic=path.pond, answered_at=timezone.now())
        (stop,) = read(assigned).stops
        assert (stop.topic.id, stop.learners, stop.under_way, stop.asked) == (path.pond.pk, 0, 0, 1)

    def test_nobody_of_another_cohort(self, assigned: CohortRoadmap, path: Path, learner_b: User) -> None:
        class_of(assigned, 1)
        assign(path.roadmap, learner_b.memberships.get().cohort)
        do(learner_b, path.soil, "learning")
        do(learner_b, path.sowing, "skipped")
        HelpRequest.objects.create(learner=learner_b, by=learner_b, topic=path.pond)
        found = read(assigned, days=100)
        assert (found.learners, found.stops, found.skips) == (1, (), ())


class TestSkips:
    def test_most_skipped_first(self, assigned: CohortRoadmap, path: Path) -> None:
        first, second, third = class_of(assigned, 3)
        do(first, path.sowing, "skipped")
        do(second, path.sowing, "skipped")
        do(third, path.sowing, "done")
        do(first, path.soil, "skipped")
        found = [(skip.topic.title, skip.learners, skip.settled) for skip in read(assigned).skips]
        assert found == [("Sowing", 2, 3), ("Soil", 1, 1)]

    def test_stale_and_missing_summaries_count(self, assigned: CohortRoadmap, path: Path) -> None:
        (first,) = class_of(assigned, 1)
        do(first, path.soil, "skipped")
        second = join(make_user("Without"), assigned.cohort)
        TopicProgress.objects.create(learner=second, topic=path.soil, state="skipped", changed_at=timezone.now())
        assert [skip.learners for skip in read(assigned).skips] == [2]
        Roadmap.objects.update(revision=99)
        assert [skip.learners for skip in read(assigned).skips] == [2]


class TestIgnored:
    def test_begun_while_what_it_needs_is_open(self, assigned: CohortRoadmap, path: Path) -> None:
        first, second, third, fourth = class_of(assigned, 4)
        do(first, path.sowing, "learning")
        do(second, path.sowing, "done")
        do(third, path.soil, "done")
        do(third, path.sowing, "done")
        do(fourth, path.soil, "skipped")
        do(fourth, path.sowing, "done")
        (one,) = read(assigned).ignored
        assert (one.topic.title, [need.title for need in one.needs]) == ("Sowing", ["Soil"])
        assert (one.learners, one.begun) == (2, 4)

    def test_one_of_several_is_enough(self, cohort_a: Cohort) -> None:
        section = make_section(make_roadmap())
        made = {name: make_topic(name, section) for name in ("Either", "Or", "Goal")}
        for name in ("Either", "Or"):
            require(made["Goal"], made[name], group="way")
        assigned = assign(section.roadmap, cohort_a)
        first, second = class_of(assigned, 2)
        do(first, made["Or"], "done")
        do(first, made["Goal"], "done")
        assert read(assigned).ignored == ()
        do(second, made["Goal"], "done")
        (one,) = read(assigned).ignored
        assert ([need.title for need in one.needs], one.learners) == (["Either", "Or"], 1)

    def test_what_is_needed_may_stand_in_another_roadmap(self, cohort_a: Cohort) -> None:
        here, there = make_section(make_roadmap()), make_section(make_roadmap())
        goal, need = make_topic("Goal", here), make_topic("Need", there)
        require(goal, need)
        assigned = assign(here.roadmap, cohort_a)
        first, second = class_of(assigned, 2)
        do(first, goal, "done")
        do(second, need, "done")
        do(second, goal, "done")
        assert [one.learners for one in read(assigned).ignored] == [1]

    def test_nobody_passes_a_strict_roadmap(self, assigned: CohortRoadmap, path: Path) -> None:
        (first,) = class_of(assigned, 1)
        do(first, path.sowing, "done")
        Roadmap.objects.update(locking="strict", revision=7)
        assert read(assigned).ignored == ()


class TestBottlenecks:
    """The page. Who may see it stands in the table of the guards."""

    def test_it_works(self, assigned: CohortRoadmap, path: Path, mentor_a: User) -> None:
        (first,) = class_of(assigned, 1)
        do(first, path.sowing, "learning")
        TopicProgress.objects.update(changed_at=timezone.now() - timedelta(30))
        do(first, path.pond, "skipped")
        html = browser_of(mentor_a).get(reverse("bottlenecks", args=[assigned.cohort.slug])).content.decode()
        for words in ("<bdi>Sowing</bdi>", "<td>30 d</td>", "<bdi>Pond</bdi>", "<bdi>Soil</bdi>"):
            assert words in html
        assert "Learner 0" not in html

    def test_empty_states(self, cohort_a: Cohort, mentor_a: User, path: Path) -> None:
        def text() -> str:
            return browser_of(mentor_a).get(reverse("bottlenecks", args=[cohort_a.slug])).content.decode()

        assert "No roadmap is assigned" in text()
        assigned = assign(path.roadmap, cohort_a)
        assert "Nobody learns in this cohort yet" in text()
        class_of(assigned, 1)
        for words in ("Nobody has stopped anywhere", "Nothing was skipped", "Nobody began a topic before"):
            assert words in text()
        Roadmap.objects.update(locking="strict", revision=7)
        assert "This roadmap is strict" in text()

    def test_queries_do_not_grow(self, assigned: CohortRoadmap, path: Path) -> None:
        class_of(assigned, 3)
        read(assigned)
        with CaptureQueriesContext(connection) as few:
            read(assigned)
        for user in class_of(assigned, 60):
            do(user, path.sowing, "learning")
        with CaptureQueriesContext(connection) as many:
            read(assigned, days=30)
        assert len(many) - 1 <= len(few)  # what is usual is measured anew, another hour
