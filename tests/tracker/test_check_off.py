"""The check-off as a person means it: strict locks hold at every door, and what is finished is remembered."""

from __future__ import annotations

import uuid
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import Roadmap, Topic
from tests.factories import make_roadmap, make_section, make_topic, place, require
from tracker import progress, queries
from tracker.check_off import check_off
from tracker.models import Enrolment, TopicProgress, User


def act(learner: User, topic: Topic, state: str = "done", roadmap: Roadmap | None = None) -> progress.Outcome:
    return check_off(learner=learner, topic=topic, state=state, operation=uuid.uuid4(), roadmap=roadmap)


@pytest.fixture
def strict(db: None) -> Roadmap:
    return make_roadmap("Strict", locking="strict")


@pytest.fixture
def chain(strict: Roadmap) -> list[Topic]:
    """Three topics, each requiring the one before."""
    section = make_section(strict)
    topics = [make_topic(title, section) for title in ("First", "Second", "Third")]
    for before, after in pairwise(topics):
        require(after, before)
    return topics


class TestAdvice:
    def test_a_topic_with_unmet_needs_can_still_be_done(self, learner: User) -> None:
        roadmap = make_roadmap()
        section = make_section(roadmap)
        first, second = make_topic("First", section), make_topic("Second", section)
        require(second, first)
        assert act(learner, second, roadmap=roadmap).now == "done"

    def test_one_query_beside_what_is_counted(self, learner: User) -> None:
        roadmap = make_roadmap()
        topic = make_topic("First", make_section(roadmap))
        act(learner, topic, "learning", roadmap)
        for state in ("learning", "todo", "done"):
            with CaptureQueriesContext(connection) as captured:
                act(learner, topic, state, roadmap)
            assert len(captured) == 2


class TestStrict:
    @pytest.mark.parametrize("state", ["done", "learning"])
    @pytest.mark.parametrize("named", [True, False])
    def test_refused_with_the_way_there(
        self, learner: User, strict: Roadmap, chain: list[Topic], state: str, *, named: bool
    ) -> None:
        with pytest.raises(progress.Locked, match="Third") as refused:
            act(learner, chain[2], state, strict if named else None)
        assert [facts.title for facts in refused.value.way] == ["First", "Second"]
        assert not TopicProgress.objects.exists()
        assert not Enrolment.objects.exists()

    def test_in_order_everything_can_be_done(self, learner: User, strict: Roadmap, chain: list[Topic]) -> None:
        for topic in chain:
            act(learner, topic, "learning", strict)
            act(learner, topic, "done", strict)
        assert queries.standing(learner, strict).overlay.total.percent == 100

    def test_skipping_opens_no_lock(self, learner: User, strict: Roadmap, chain: list[Topic]) -> None:
        act(learner, chain[0], "skipped", strict)
        act(learner, chain[1], "skipped", strict)
        for topic in chain[1:]:
            with pytest.raises(progress.Locked):
                act(learner, topic, "done", strict)
        act(learner, chain[1], "todo", strict)
        with pytest.raises(progress.Locked):
            act(learner, chain[1], "done", strict)
        act(learner, chain[0], "done", strict)
        act(learner, chain[1], "done", strict)

    def test_what_was_started_never_locks_again(self, learner: User, strict: Roadmap, chain: list[Topic]) -> None:
        act(learner, chain[0], "done", strict)
        act(learner, chain[1], "learning", strict)
        for topic, state in ((chain[0], "todo"), (chain[1], "todo"), (chain[1], "done")):
            act(learner, topic, state, strict)
        assert not queries.standing(learner, strict).overlay.rows[chain[1].pk].locked

    def test_a_waived_prerequisite_opens(
        self, learner: User, editor: User, strict: Roadmap, chain: list[Topic]
    ) -> None:
        progress.set_state(
            learner=learner, topic=chain[0].pk, state="waived", operation=uuid.uuid4(), by=editor, through="mentor"
        )
        assert act(learner, chain[1], roadmap=strict).now == "done"

    def test_naming_a_roadmap_that_does_not_seat_it_is_no_way_round(self, learner: User, chain: list[Topic]) -> None:
        advisory = make_roadmap()
        make_topic("Elsewhere", make_section(advisory))
        with pytest.raises(progress.Locked):
            act(learner, chain[2], "done", advisory)
        assert not Enrolment.objects.exists()

    def test_an_advisory_roadmap_that_seats_it_too_is_another_way(
        self, learner: User, strict: Roadmap, chain: list[Topic]
    ) -> None:
        advisory = make_roadmap()
        place(chain[2], make_section(advisory))
        with pytest.raises(progress.Locked):
            act(learner, chain[2], "done", strict)
        assert act(learner, chain[2], "done", advisory).now == "done"

    def test_a_draft_that_a_learner_cannot_read_is_no_way_round(self, learner: User, chain: list[Topic]) -> None:
        place(chain[2], make_section(make_roadmap(state="draft")))
        with pytest.raises(progress.Locked):
            act(learner, chain[2], "done")

    def test_a_guess_and_what_nobody_can_meet_lock_nothing(self, learner: User, strict: Roadmap) -> None:
        section = make_section(strict)
        topic, guessed = make_topic("Topic", section), make_topic("Guessed", section)
        gone = make_topic("Gone", section, retired_at="2026-01-01T00:00Z")
        hidden = make_topic("Hidden", make_section(make_roadmap(state="draft")))
        require(topic, guessed, source="guess")
        require(topic, gone)
        require(topic, hidden)
        assert act(learner, topic, "done", strict).now == "done"


class TestFinish:
    def test_the_last_topic_finishes_and_a_new_one_shows_as_new(self, learner: User) -> None:
        roadmap = make_roadmap()
        section = make_section(roadmap)
        first, second = make_topic("First", section), make_topic("Second", section)
        act(learner, first, "done", roadmap)
        assert Enrolment.objects.get().finished_at is None
        act(learner, second, "skipped", roadmap)
        finished_at = Enrolment.objects.get().finished_at
        assert finished_at is not None

        third = make_topic("Third", section)
        Roadmap.objects.update(revision=2)
        roadmap.refresh_from_db()
        here = queries.standing(learner, roadmap)
        assert here.overlay.rows[third.pk].new
        assert not here.overlay.rows[second.pk].new
        assert here.overlay.total.percent == 33
        act(learner, third, "done", roadmap)
        assert Enrolment.objects.get().finished_at == finished_at, "when it was finished first"

    @pytest.mark.parametrize("where", ["another roadmap", "the topic's own page"])
    def test_finished_from_elsewhere(self, learner: User, where: str) -> None:
        walked, other = make_roadmap("Walked"), make_roadmap("Other")
        section = make_section(walked)
        first, shared = make_topic("First", section), make_topic("Shared", section)
        place(shared, make_section(other))
        act(learner, first, "done", walked)
        act(learner, shared, "done", other if where == "another roadmap" else None)
        assert Enrolment.objects.get(roadmap=walked).finished_at is not None

    def test_knowing_everything_enrols_nobody(self, learner: User) -> None:
        topic = make_topic("Shared", make_section(make_roadmap()))
        act(learner, topic, "done")
        assert not Enrolment.objects.exists()
