"""Rows counted beside the requests, after the curriculum changed: all of them, once, whatever breaks meanwhile."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, transaction

from config.housekeeping import JOBS
from roadmap.models import Roadmap
from roadmap.redraw import redraw
from tests.factories import make_roadmap, make_section, make_topic, make_user
from tracker import catching_up, progress, summaries
from tracker.catching_up import Counter
from tracker.models import RoadmapSummary, User

PATIENCE = 20.0


@pytest.fixture
def walked(db: None) -> Roadmap:
    return make_roadmap("Walked")


@pytest.fixture
def walker(walked: Roadmap) -> User:
    """Has done the one topic of the roadmap."""
    topic, walker = make_topic("Topic", make_section(walked, "Module")), make_user("Walker")
    progress.set_state(learner=walker, topic=topic.pk, state="done", operation=uuid.uuid4(), roadmap=walked.pk)
    return walker


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """As in a worker of a server; what it counts is over before the test's tables are emptied."""
    monkeypatch.setattr(catching_up, "_counter", None)
    catching_up.serve()
    counter = catching_up._counter
    assert counter is not None
    counter._pause = 0.01
    yield counter
    assert counter.join(PATIENCE)


def grow(roadmap: Roadmap) -> None:
    """Another topic, as an editor's act makes it."""
    with transaction.atomic():
        make_topic("Later", roadmap.sections.all()[0])
        redraw([roadmap.pk])


def required(learner: User, roadmap: Roadmap) -> int:
    return RoadmapSummary.objects.get(learner=learner, roadmap=roadmap).required


@pytest.mark.django_db(transaction=True)
class TestBeside:
    def test_what_changed_is_counted_soon(self, walked: Roadmap, walker: User, serving: Counter) -> None:
        grow(walked)
        assert serving.join(PATIENCE)
        assert required(walker, walked) == 2
        assert list(summaries.disagreements()) == []

    def test_the_change_does_not_wait_for_it(self, walked: Roadmap, walker: User, serving: Counter) -> None:
        held = threading.Event()
        with pytest.MonkeyPatch.context() as patch:
            count = summaries.rebuild
            patch.setattr(summaries, "rebuild", lambda **asked: held.wait(PATIENCE) and count(**asked))
            grow(walked)
            assert required(walker, walked) == 1
            held.set()
            assert serving.join(PATIENCE)
        assert required(walker, walked) == 2

    def test_acts_that_follow_each_other_are_counted_together(
        self, walked: Roadmap, walker: User, serving: Counter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other, asked = make_roadmap("Other"), []
        monkeypatch.setattr(summaries, "rebuild", lambda roadmaps, **_: asked.append(set(roadmaps)))
        serving._pause = 0.5
        for roadmap in (walked, other, walked):
            serving.ask([roadmap.pk])
        assert serving.join(PATIENCE)
        assert asked == [{walked.pk, other.pk}]

    @pytest.mark.parametrize("error", [DatabaseError("away"), RuntimeError("broken")])
    def test_what_breaks_is_logged_and_the_next_change_is_counted(
        self,
        walked: Roadmap,
        walker: User,
        serving: Counter,
        error: Exception,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        def broken(**_: object) -> int:
            raise error

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(summaries, "rebuild", broken)
            grow(walked)
            assert serving.join(PATIENCE)
        assert str(error) in caplog.text
        assert required(walker, walked) == 1
        grow(walked)
        assert serving.join(PATIENCE)
        assert required(walker, walked) == 3

    def test_what_is_taken_back_is_not_counted(self, walked: Roadmap, serving: Counter) -> None:
        with transaction.atomic():
            redraw([walked.pk])
            transaction.set_rollback(True)
        assert serving._thread is None


@pytest.mark.django_db(transaction=True)
class TestElsewhere:
    def test_a_command_leaves_nothing_uncounted(self, walked: Roadmap, walker: User) -> None:
        grow(walked)
        assert required(walker, walked) == 2

    def test_housekeeping_finds_what_a_process_left(self, walked: Roadmap, walker: User) -> None:
        Roadmap.objects.filter(pk=walked.pk).update(revision=walked.revision + 1)
        make_topic("Later", walked.sections.all()[0])
        (job,) = [job for _, job in JOBS if job.__name__ == "catching_up"]
        job(threading.Event())
        assert required(walker, walked) == 2
        assert catching_up.overdue() == 0
