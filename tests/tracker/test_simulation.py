"""Learners who never were: possible, like people, the same from the same seed; and rows that agree with each other."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from roadmap.models import Roadmap
from roadmap.queries import tree_of
from tests.factories import join, make_cohort
from tests.tracker.conftest import Path
from tracker.models import Cohort, Enrolment, HelpRequest, ProgressEvent, RoadmapSummary, TopicProgress, User
from tracker.packed import shares_of
from tracker.queries import standing
from tracker.recount import disagreements
from tracker.simulating import CannotSimulate, make_roadmap, real_people, simulate
from tracker.simulation import WEEK, lessons, marks, name_of, walk

NOW = 1_800_000_000.0
COURSE = lessons([(topic, None, topic % 11 == 0) for topic in range(1, 101)], 1)


def walks(number: int = 400, seed: int = 1, weeks: float = 28) -> list[Any]:
    return [walk(COURSE, seed=seed, number=n, starts=NOW - weeks * WEEK, now=NOW) for n in range(number)]


class TestWalk:
    def test_the_same_from_the_same_seed(self) -> None:
        assert walks(20) == walks(20)
        assert walks(20) != walks(20, seed=2)
        assert lessons([(1, 2.0, False)], 1) == lessons([(1, 2.0, False)], 1)

    @given(st.integers(0, 10_000), st.integers(0, 10_000), st.floats(0, 60), st.integers(0, 40))
    def test_it_could_have_happened(self, seed: int, number: int, weeks: float, topics: int) -> None:
        course = lessons([(topic, None, topic % 5 == 0) for topic in range(topics)], seed)
        found = walk(course, seed=seed, number=number, starts=NOW - weeks * WEEK, now=NOW)
        state: dict[int, str] = {}
        at = 0.0
        for move in found.moves:
            assert move.was == state.get(move.topic, "todo"), "each move begins where the one before ended"
            assert move.was != move.now
            assert at <= move.at <= NOW, "in the order of time, and not in the future"
            assert move.mentor == (move.now == "waived")
            state[move.topic], at = move.now, move.at
        assert {topic: mark.state for topic, mark in marks(found.moves).items()} == state
        if found.asked:
            topic, asked_at = found.asked
            assert state[topic] == "learning"
            assert asked_at <= NOW

    def test_a_group_is_like_one(self) -> None:
        group = walks()
        done = [sum(mark.state in {"done", "waived"} for mark in marks(one.moves).values()) for one in group]
        assert 25 < median(done) < 65
        assert min(done) < 15, "paces differ by an order of magnitude"
        assert max(done) > 85
        assert 0.1 < sum(one.dropped_out for one in group) / len(group) < 0.5
        quiet = [NOW - one.moves[-1].at for one in group if one.moves]
        assert sum(gap < WEEK for gap in quiet) > len(group) / 4
        assert sum(gap > 4 * WEEK for gap in quiet) > len(group) / 20
        assert any(one.asked for one in group)

    def test_hard_topics_stop_more_people(self) -> None:
        stuck = Counter(
            topic for one in walks(1500) for topic, mark in marks(one.moves).items() if mark.state == "learning"
        )
        hard = {lesson.topic for lesson in COURSE if lesson.effort > 2.5}
        assert 2 <= len(hard) <= 20
        average = sum(stuck.values()) / len(COURSE)
        assert sum(stuck[topic] for topic in hard) / len(hard) > 2 * average

    def test_before_the_start_nothing_happened(self) -> None:
        assert all(not one.moves for one in walks(20, weeks=-8))

    def test_names_are_of_many_scripts_and_fit(self) -> None:
        names = [name_of(1, number) for number in range(2000)]
        assert len(set(names)) > 1000
        assert any(not name.isascii() for name in names)
        assert max(map(len, names)) <= 100


def made(learners: int = 12, **fields: Any) -> Any:
    roadmap = fields.pop("roadmap", None) or make_roadmap(topics=30, seed=1)
    options: dict[str, Any] = {"cohorts": 2, "seed": 1, "weeks": 20.0, "report": lambda text: None}
    return simulate(learners=learners, roadmap=roadmap, **options | fields)


@pytest.mark.django_db
class TestSimulate:
    def test_it_works(self) -> None:
        found = made()
        assert (found.learners, len(found.cohorts), len(found.mentors)) == (12, 2, 2)
        assert TopicProgress.objects.count() == found.progress > 100
        assert ProgressEvent.objects.count() == found.events > found.progress
        for cohort in Cohort.objects.all():
            assert cohort.memberships.filter(role="learner").count() == 6
            assert cohort.memberships.filter(role="mentor").count() == 1

    def test_the_states_are_those_of_the_events(self) -> None:
        made(dense=True)
        assert disagreements() == []

    def test_what_is_counted_is_what_pages_count(self) -> None:
        found = made(40)
        tree = tree_of(found.roadmap)
        summaries = {summary.learner_id: summary for summary in RoadmapSummary.objects.all()}
        for learner in User.objects.filter(role="learner", memberships__role="learner"):
            here = standing(learner, found.roadmap)
            counted = shares_of(tree, bytes(summaries[learner.pk].states))[1]
            assert here.overlay.total.percent == counted.percent
            last = ProgressEvent.objects.filter(learner=learner, by=learner).first()
            assert summaries[learner.pk].last_move == (last.at if last else None)
        finished = Enrolment.objects.exclude(finished_at=None)
        assert {one.finished_at for one in finished} <= {summary.last_move for summary in summaries.values()}

    def test_dense_is_a_row_for_everything(self) -> None:
        made(dense=True)
        assert TopicProgress.objects.count() == 12 * 30

    def test_a_roadmap_with_choices_and_retired_topics(self, path: Path) -> None:
        made(roadmap=path.roadmap)
        assert TopicProgress.objects.filter(topic=path.soil).exists()

    def test_another_seed_beside_it_and_the_same_not_again(self) -> None:
        made()
        made(seed=2, learners=3)
        with pytest.raises(CannotSimulate, match="seed 2"):
            made(seed=2)
        assert User.objects.filter(memberships__role="learner").count() == 15

    def test_open_requests_for_help(self) -> None:
        made(200)
        assert HelpRequest.objects.filter(answered_at=None, withdrawn_at=None).exists()

    def test_nobody_can_sign_in_by_a_password(self) -> None:
        made()
        assert not any(user.has_usable_password() for user in User.objects.all())

    def test_more_learners_than_a_chunk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tracker.simulating.CHUNK", 5)
        assert made().learners == 12
        assert [cohort.memberships.filter(role="learner").count() for cohort in Cohort.objects.all()] == [6, 6]


@pytest.mark.django_db
class TestCommand:
    def test_it_works(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("simulate", learners=3, topics=12)
        said = capsys.readouterr().out
        assert "3 learners in 1 cohorts on “Simulated, 12 topics”" in said
        assert "sign_in_link mentor000000.1@simulated.invalid" in said

    def test_on_a_roadmap_that_is_there(self, path: Path) -> None:
        call_command("simulate", learners=3, roadmap="garden")
        assert Enrolment.objects.filter(roadmap=path.roadmap).exists()

    def test_an_owner_alone_is_nobody_to_protect(self, owner: User) -> None:
        assert real_people() == 0
        call_command("simulate", learners=2, topics=5)
        assert real_people() == 0

    def test_real_people_are_left_alone(self, learner: User) -> None:
        with pytest.raises(CommandError, match="1 real people"):
            call_command("simulate", learners=2, topics=5)
        assert Roadmap.objects.count() == 0
        call_command("simulate", learners=2, topics=5, force=True)

    def test_an_owner_who_walks_or_mentors_is_real(self, owner: User) -> None:
        join(owner, make_cohort(), "mentor")
        assert real_people() == 1

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ({"topics": 3000}, "at most 2,000"),
            ({"roadmap": "none"}, "no such roadmap"),
            ({}, "no such roadmap"),
            ({"topics": 5, "cohorts": 3, "learners": 2}, "more cohorts"),
        ],
    )
    def test_refused(self, options: dict[str, Any], sentence: str) -> None:
        with pytest.raises(CommandError, match=sentence):
            call_command("simulate", **options)
        assert User.objects.count() == 0

    @pytest.mark.parametrize("number", ["0", "-1", "x", "1.5"])
    def test_no_number(self, number: str) -> None:
        with pytest.raises(CommandError, match="whole number"):
            call_command("simulate", f"--learners={number}")

    def test_again_with_the_same_seed(self) -> None:
        call_command("simulate", learners=2, topics=5)
        with pytest.raises(CommandError, match="--seed"):
            call_command("simulate", learners=2, topics=5)


@pytest.mark.django_db
def test_a_generated_roadmap_is_made_once() -> None:
    first = make_roadmap(topics=25, seed=1)
    assert make_roadmap(topics=25, seed=1) == first
    tree = tree_of(first)
    assert len(tree.order) == 25
    assert sum(bool(branch.seats) for branch in tree.branches) == 3
