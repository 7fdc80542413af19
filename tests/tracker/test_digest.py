"""The weekly digest: opt-in, once a week and cohort, true to the matrix, silent about everybody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail as outbox
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap.models import Placement, Topic
from roadmap.queries import tree_of
from tests.factories import assign, join, make_cohort, make_roadmap, make_section, make_topic, make_user, place
from tests.tracker.conftest import Path
from tracker import digest, mail, progress, summaries
from tracker.matrix import Wanted, ground_of, matrix
from tracker.models import Cohort, Enrolment, HelpRequest, Mail, Membership, RoadmapSummary, TopicProgress, User

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
WEEK = "2026-W48"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def assigned(path: Path, cohort_a: Cohort, learner_a: User, mentor_a: User) -> Path:
    """Cohort A has walked the garden for a while; Mira wants to hear of it."""
    assign(path.roadmap, cohort_a)
    long_ago = timezone.now() - timedelta(days=30)
    Placement.objects.update(placed_at=long_ago)
    Membership.objects.update(joined_at=long_ago)
    type(path.roadmap).objects.update(created_at=long_ago)
    summaries.ensure(learners=[learner_a.pk], roadmaps=[path.roadmap.pk])
    mail.choose(user=mentor_a, kind="digest", wanted=True)
    return path


def do(learner: User, topic: Topic, state: str = "done") -> None:
    progress.set_state(learner=learner, topic=topic.pk, state=state, operation=uuid4())


def text(mentor: User, cohort: Cohort, now: datetime) -> str:
    found = digest.write(mentor, cohort, now)
    assert found is not None
    return found.text


class TestWrite:
    def test_it_works(self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, now: datetime) -> None:
        do(learner_a, assigned.soil)
        found = digest.write(mentor_a, cohort_a, timezone.now())
        assert found is not None
        assert found.subject == "Cohort A: 1 of 1 moved, 0 need you"
        assert "Moved: 1 of 1.\nTopics done: Ada 1.\nNobody needs you more than usual." in found.text
        assert f"/cohorts/{cohort_a.slug}/" in found.text

    def test_who_is_stuck_and_who_asked(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, now: datetime
    ) -> None:
        do(learner_a, assigned.soil, "learning")
        TopicProgress.objects.update(changed_at=now - timedelta(days=40))
        RoadmapSummary.objects.update(learning_since=now - timedelta(days=40), last_move=now - timedelta(days=40))
        HelpRequest.objects.create(
            learner=learner_a, by=learner_a, topic=assigned.soil, at=now - timedelta(days=4), text="Clay?"
        )
        said = text(mentor_a, cohort_a, now)
        assert "Need you (1):\n- Ada: asked for help with “Soil” 4 days ago, on “Soil” for 40 days" in said
        assert "Clay?" not in said, "what was written stays on the page"

    def test_who_has_not_begun(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, now: datetime
    ) -> None:
        assert "- Ada: not begun for 30 days" in text(mentor_a, cohort_a, now)

    def test_the_figures_are_those_of_the_matrix(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, now: datetime
    ) -> None:
        people = [learner_a, *(join(make_user(f"L{n}"), cohort_a) for n in range(9))]
        summaries.ensure(learners=[one.pk for one in people], roadmaps=[assigned.roadmap.pk])
        Membership.objects.update(joined_at=now - timedelta(days=30))
        for one in people[:4]:
            do(one, assigned.soil)
        later = timezone.now()
        shown = matrix(ground_of(cohort_a, cohort_a.assigned.get(), tree_of(assigned.roadmap), later), Wanted())
        found = digest.write(mentor_a, cohort_a, later)
        assert found is not None
        assert found.subject == f"Cohort A: {shown.moved} of {shown.total} moved, {shown.counts['you']} need you"
        assert (shown.moved, shown.total, shown.counts["you"]) == (4, 10, 6)

    def test_who_finished(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, now: datetime
    ) -> None:
        Enrolment.objects.create(learner=learner_a, roadmap=assigned.roadmap, finished_at=now - timedelta(days=2))
        assert "Finished: Ada." in text(mentor_a, cohort_a, now)

    def test_what_changed(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, now: datetime
    ) -> None:
        make_topic("Compost", assigned.soil.placements.get().section)
        Topic.objects.filter(pk=assigned.sowing.pk).update(revision=2, updated_at=now)
        said = text(mentor_a, cohort_a, timezone.now())
        assert "New topics: Compost." in said
        assert "Topics whose text changed: Sowing." in said

    def test_a_roadmap_that_is_new_itself_has_no_new_topics(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, now: datetime
    ) -> None:
        assign(make_roadmap("Kitchen"), cohort_a, position=1)
        said = text(mentor_a, cohort_a, timezone.now())
        assert "Kitchen\n-------" in said
        assert "New topics" not in said

    def test_who_came_and_how_many_left(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, now: datetime
    ) -> None:
        join(make_user("Nadia"), cohort_a)
        join(make_user("Gone"), cohort_a, left_at=now)
        join(learner_a, make_cohort(), "learner", left_at=now)
        said = text(mentor_a, cohort_a, timezone.now())
        assert "Joined: Nadia.\nLeft: 1." in said
        assert "Gone" not in said, "a mentor does not see those who left"

    def test_nobody_else_is_named(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, learner_b: User, mentor_b: User
    ) -> None:
        do(learner_b, assigned.soil)
        Enrolment.objects.create(learner=learner_b, roadmap=assigned.roadmap, finished_at=timezone.now())
        said = text(mentor_a, cohort_a, timezone.now())
        assert "Ben" not in said
        assert "Moritz" not in said
        assert "@" not in said

    def test_the_target_date(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, now: datetime
    ) -> None:
        day = timezone.localdate(now)
        for days, words in ((3, "3 days left"), (0, "today"), (-5, "5 days ago")):
            cohort_a.assigned.update(target_on=day + timedelta(days=days))
            assert words in text(mentor_a, cohort_a, now)

    def test_long_lists_are_counted(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, now: datetime
    ) -> None:
        for number in range(30):
            join(make_user(f"Learner {number:02}"), cohort_a)
        said = text(mentor_a, cohort_a, timezone.now())
        assert said.count("Learner") == digest.NAMED
        assert "and 18" in said
        assert max(map(len, said.splitlines())) < 80

    def test_nothing_to_say(self, path: Path, cohort_a: Cohort, mentor_a: User, now: datetime) -> None:
        assert digest.write(mentor_a, cohort_a, now) is None, "no roadmap"
        assign(path.roadmap, cohort_a)
        assert digest.write(mentor_a, cohort_a, now) is None, "no learner"

    def test_somebody_else_s_cohort_has_nobody(
        self, assigned: Path, cohort_a: Cohort, mentor_b: User, learner_a: User
    ) -> None:
        for stranger in (mentor_b, learner_a, make_user()):
            assert digest.write(stranger, cohort_a, timezone.now()) is None

    def test_no_more_queries_for_more_learners(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, now: datetime
    ) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as caught:
                digest.write(mentor_a, cohort_a, timezone.now())
            return len(caught)

        do(learner_a, assigned.soil)
        queries()
        few = queries()
        made = [join(make_user(f"L{number}"), cohort_a) for number in range(60)]
        summaries.ensure(learners=[one.pk for one in made], roadmaps=[assigned.roadmap.pk])
        for one in made[:20]:
            do(one, assigned.soil)
        assert queries() == few


class TestQueue:
    @pytest.fixture
    def sent(self, assigned: Path, now: datetime) -> Any:
        return lambda week=WEEK: (digest.queue_digests(now=now, week=week), mail.send_due().sent)

    def test_it_works(self, sent: Any, cohort_a: Cohort, mentor_a: User) -> None:
        assert sent() == (1, 1)
        (message,) = outbox.outbox
        assert message.to == [mentor_a.email]
        assert message.body.startswith("Cohort A, ")
        assert "List-Unsubscribe" in message.extra_headers
        assert Mail.objects.get().key == f"digest:{WEEK}:{cohort_a.pk}:{mentor_a.pk}"

    def test_once_a_week(self, sent: Any) -> None:
        assert [sent(), sent(), sent("2026-W49"), sent()] == [(1, 1), (0, 0), (1, 1), (0, 0)]

    def test_only_for_those_who_want_it(self, sent: Any, cohort_a: Cohort, mentor_a: User) -> None:
        join(make_user("Second"), cohort_a, "mentor")
        assert sent() == (1, 1)
        mail.choose(user=mentor_a, kind="digest", wanted=False)
        assert sent("2026-W49") == (0, 0)

    def test_a_message_for_each_cohort(self, sent: Any, path: Path, mentor_a: User) -> None:
        second = make_cohort("Second")
        join(mentor_a, second, "mentor")
        assign(path.roadmap, second)
        join(make_user("Zoe"), second)
        assert sent() == (2, 2)
        first, other = sorted(message.body for message in outbox.outbox)
        assert "Zoe" not in first
        assert "Ada" not in other

    @pytest.mark.parametrize("how", ["archived", "left", "inactive", "learner"])
    def test_not_for_them(self, sent: Any, cohort_a: Cohort, mentor_a: User, how: str) -> None:
        if how == "archived":
            Cohort.objects.update(archived_at=timezone.now())
        elif how == "left":
            Membership.objects.filter(user=mentor_a).update(left_at=timezone.now())
        elif how == "inactive":
            User.objects.filter(pk=mentor_a.pk).update(is_active=False)
        else:
            Membership.objects.filter(user=mentor_a).update(role="learner")
        assert sent() == (0, 0)

    def test_one_cohort_s_trouble_is_not_that_of_the_others(
        self, sent: Any, path: Path, mentor_a: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        second = make_cohort("Second")
        join(mentor_a, second, "mentor")
        assign(path.roadmap, second)
        join(make_user("Zoe"), second)
        real = digest.write

        def broken(mentor: User, cohort: Cohort, now: datetime) -> digest.Digest | None:
            if cohort == second:
                raise RuntimeError("oops")
            return real(mentor, cohort, now)

        monkeypatch.setattr(digest, "write", broken)
        assert sent() == (1, 1)
        assert f"cohort {second.pk} was not written" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_write_each_once() -> None:
    from threading import Barrier, Thread

    cohort = make_cohort("A")
    mentor = join(make_user("Mira"), cohort, "mentor")
    join(make_user("Ada"), cohort)
    roadmap = make_roadmap()
    place(make_topic(), make_section(roadmap))
    assign(roadmap, cohort)
    mail.choose(user=mentor, kind="digest", wanted=True)
    barrier, written = Barrier(3), []

    def run() -> None:
        barrier.wait()
        try:
            written.append(digest.queue_digests(now=timezone.now(), week=WEEK))
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Mail.objects.count() == 1


class TestWhen:
    @pytest.mark.parametrize(
        ("days", "hours", "due"),
        [
            (0, -2, None),
            (0, 0, WEEK),
            (1, 0, WEEK),
            (2, 15, WEEK),
            (3, 0, None),
            (5, 0, None),
            (-1, 0, None),
            (7, 0, "2026-W49"),
        ],
    )
    def test_from_monday_morning_to_wednesday(self, days: int, hours: int, due: str | None) -> None:
        assert digest.week_due(MONDAY + timedelta(days=days, hours=hours)) == due

    def test_where_the_people_are(self, settings: Any) -> None:
        with timezone.override("Pacific/Auckland"):
            assert digest.week_due(datetime(2026, 11, 22, 19, tzinfo=UTC)) == WEEK, "Monday, eight in the morning"

    def test_the_year_of_the_week(self) -> None:
        assert digest.week_of(datetime(2027, 1, 1, 12, tzinfo=UTC)) == "2026-W53"


class TestCommand:
    def test_it_works(self, assigned: Path, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("send_digests")
        assert capsys.readouterr().out == "1 written, 1 messages sent.\n"
        call_command("send_digests")
        assert capsys.readouterr().out == "0 written, 0 messages sent.\n"

    def test_showing_one(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("send_digests", "--show", mentor_a.email, cohort_a.slug)
        assert "Cohort A: 0 of 1 moved" in capsys.readouterr().out
        assert outbox.outbox == []

    def test_of_somebody_else(self, assigned: Path, cohort_a: Cohort, mentor_b: User) -> None:
        with pytest.raises(CommandError, match="no such mentor"):
            call_command("send_digests", "--show", mentor_b.email, cohort_a.slug)
