"""The verbs of mentors and learners: each does what it says, once, and refuses what it must with who did what."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from roadmap.models import Section, Topic
from tests.factories import assign, join, make_cohort, make_user
from tests.tracker.conftest import Path, make_path
from tracker import acts, mail, progress
from tracker.acts.noting import version
from tracker.acts.reaching import latest_target, nudge_key
from tracker.acts.talking import GRACE
from tracker.acts.vouching import About
from tracker.models import (
    Cohort,
    CohortRoadmap,
    Comment,
    Evidence,
    HelpRequest,
    LearnerTarget,
    Mail,
    Membership,
    Nudge,
    ProgressEvent,
    SignOff,
    SignOffWanted,
    TopicNote,
    TopicProgress,
    User,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def assigned(path: Path, cohort_a: Cohort, mentor_a: User) -> CohortRoadmap:
    """The garden, walked by cohort A."""
    return assign(path.roadmap, cohort_a)


@pytest.fixture
def moritz(cohort_a: Cohort) -> User:
    """Mentors cohort A beside Mira."""
    return join(make_user("Max"), cohort_a, "mentor")


def set_state(learner: User, topic: Topic, state: str, **fields: object) -> UUID:
    operation = uuid4()
    progress.set_state(learner=learner, topic=topic.pk, state=state, operation=operation, **fields)  # type: ignore[arg-type]
    return operation


def state_of(learner: User, topic: Topic) -> str:
    return TopicProgress.objects.filter(learner=learner, topic=topic).values_list("state", flat=True).first() or "todo"


@pytest.mark.usefixtures("assigned")
class TestWaive:
    def waive(self, cohort: Cohort, learner: User, topic: Topic, by: User, **fields: object) -> progress.Outcome:
        given = {"reason": "Knows it", "expected": "todo", "operation": uuid4()} | fields
        return acts.waive(cohort=cohort, learner=learner, topic=topic, by=by, **given)  # type: ignore[arg-type]

    def test_it_counts_and_says_by_whom_and_why(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        assert self.waive(cohort_a, learner_a, path.soil, mentor_a, reason=" Studied geology ").now == "waived"
        event = ProgressEvent.objects.get()
        assert (event.by, event.now, event.through, event.note) == (mentor_a, "waived", "mentor", "Studied geology")
        assert state_of(learner_a, path.soil) == "waived"

    def test_twice_is_once(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        operation = uuid4()
        first = self.waive(cohort_a, learner_a, path.soil, mentor_a, operation=operation)
        again = self.waive(cohort_a, learner_a, path.soil, mentor_a, operation=operation)
        assert (first.replayed, again.replayed) == (False, True)
        assert ProgressEvent.objects.count() == 1

    def test_the_second_sees_what_the_first_did(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, moritz: User, path: Path
    ) -> None:
        self.waive(cohort_a, learner_a, path.soil, mentor_a, reason="Studied geology")
        with pytest.raises(acts.Changed) as refused:
            self.waive(cohort_a, learner_a, path.soil, moritz)
        said = str(refused.value)
        assert "Mira set “Soil” from to do to waived" in said
        assert "Studied geology" in said
        assert ProgressEvent.objects.count() == 1

    def test_what_the_learner_did_meanwhile_stays(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        set_state(learner_a, path.soil, "learning")
        with pytest.raises(acts.Changed, match="Ada set “Soil” from to do to learning"):
            self.waive(cohort_a, learner_a, path.soil, mentor_a)
        assert state_of(learner_a, path.soil) == "learning"
        assert ProgressEvent.objects.count() == 1

    def test_a_mentor_of_another_cohort_has_no_name_here(
        self, cohort_a: Cohort, cohort_b: Cohort, learner_a: User, mentor_a: User, mentor_b: User, path: Path
    ) -> None:
        assign(path.roadmap, cohort_b)
        join(learner_a, cohort_b)
        self.waive(cohort_b, learner_a, path.soil, mentor_b)
        with pytest.raises(acts.Changed) as refused:
            self.waive(cohort_a, learner_a, path.soil, mentor_a)
        assert "Another mentor set" in str(refused.value)
        assert "Moritz" not in str(refused.value)

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"reason": "  "}, acts.Incomplete),
            ({"expected": "done"}, acts.Incomplete),
            ({"expected": "waived"}, acts.Incomplete),
        ],
    )
    def test_refusals(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path, fields: dict[str, str], error: type
    ) -> None:
        with pytest.raises(error):
            self.waive(cohort_a, learner_a, path.soil, mentor_a, **fields)
        assert not ProgressEvent.objects.exists()

    def test_not_in_an_archived_cohort(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        Cohort.objects.update(archived_at=timezone.now())
        with pytest.raises(acts.Archived, match="nothing in it changes"):
            self.waive(cohort_a, learner_a, path.soil, mentor_a)

    def test_not_for_who_left(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        Membership.objects.filter(user=learner_a).update(left_at=timezone.now())
        with pytest.raises(acts.Left, match="Ada is no longer in"):
            self.waive(cohort_a, learner_a, path.soil, mentor_a)

    def test_a_retired_topic(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        Topic.objects.filter(pk=path.soil.pk).update(retired_at=timezone.now())
        with pytest.raises(progress.Retired):
            self.waive(cohort_a, learner_a, path.soil, mentor_a)

    def test_its_mentor_takes_it_back_its_learner_does_not(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, moritz: User, path: Path
    ) -> None:
        set_state(learner_a, path.soil, "learning")
        operation = uuid4()
        self.waive(cohort_a, learner_a, path.soil, mentor_a, expected="learning", operation=operation)
        with pytest.raises(progress.Waived):
            set_state(learner_a, path.soil, "todo")
        with pytest.raises(progress.Superseded):
            progress.undo(learner=learner_a, operation=operation, new_operation=uuid4())
        with pytest.raises(progress.Superseded):
            acts.take_back(kind="event", operation=operation, learner=learner_a, by=moritz, cohort=cohort_a)
        for _ in range(2):
            taken = acts.take_back(kind="event", operation=operation, learner=learner_a, by=mentor_a, cohort=cohort_a)
            assert taken.topic == path.soil
            assert state_of(learner_a, path.soil) == "learning"
        event = ProgressEvent.objects.first()
        assert event is not None
        assert (event.by, event.through) == (mentor_a, "undo")

    def test_no_taking_back_what_was_changed_since(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        operation = uuid4()
        self.waive(cohort_a, learner_a, path.soil, mentor_a, operation=operation)
        set_state(learner_a, path.soil, "done")
        with pytest.raises(progress.Superseded):
            acts.take_back(kind="event", operation=operation, learner=learner_a, by=mentor_a, cohort=cohort_a)
        assert state_of(learner_a, path.soil) == "done"

    def test_what_the_learner_did_is_not_a_mentors_to_take_back(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        operation = set_state(learner_a, path.soil, "done")
        with pytest.raises(progress.Superseded):
            acts.take_back(kind="event", operation=operation, learner=learner_a, by=mentor_a, cohort=cohort_a)
        assert state_of(learner_a, path.soil) == "done"


@pytest.mark.usefixtures("assigned")
class TestReopen:
    def reopen(self, cohort: Cohort, learner: User, topic: Topic, by: User, expected: str, **fields: object) -> str:
        given = {"cohort": cohort, "learner": learner, "topic": topic, "by": by, "expected": expected}
        return acts.reopen(**given | {"reason": "Look again", "operation": uuid4()} | fields).now  # type: ignore[arg-type]

    def test_what_was_done_is_under_way(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        set_state(learner_a, path.soil, "done")
        assert self.reopen(cohort_a, learner_a, path.soil, mentor_a, "done") == "learning"
        assert state_of(learner_a, path.soil) == "learning"

    @pytest.mark.parametrize("before", ["todo", "learning", "skipped"])
    def test_what_was_waived_is_as_before(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path, before: str
    ) -> None:
        if before != "todo":
            set_state(learner_a, path.soil, before)
        acts.waive(
            cohort=cohort_a, learner=learner_a, topic=path.soil, by=mentor_a, reason="x", expected=before,
            operation=uuid4(),
        )  # fmt: skip
        operation = uuid4()
        for _ in range(2):
            assert self.reopen(cohort_a, learner_a, path.soil, mentor_a, "waived", operation=operation) == before
        assert state_of(learner_a, path.soil) == before

    def test_refusals(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        with pytest.raises(acts.Incomplete):
            self.reopen(cohort_a, learner_a, path.soil, mentor_a, "todo")
        with pytest.raises(acts.Incomplete):
            self.reopen(cohort_a, learner_a, path.soil, mentor_a, "done", reason="")
        with pytest.raises(acts.Changed, match="is to do now"):
            self.reopen(cohort_a, learner_a, path.soil, mentor_a, "done")
        assert not ProgressEvent.objects.exists()


@pytest.mark.usefixtures("assigned")
class TestHelp:
    def ask(self, learner: User, path: Path, text: str = "Why?", **fields: object) -> HelpRequest:
        given = {"operation": uuid4(), "roadmap": path.roadmap} | fields
        return acts.ask_for_help(learner=learner, topic=path.soil, text=text, **given)  # type: ignore[arg-type]

    def test_asked_once_and_answered_once(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, moritz: User, path: Path
    ) -> None:
        request = self.ask(learner_a, path)
        for _ in range(2):
            answered = acts.answer_help(cohort=cohort_a, request=request, by=mentor_a, text=" Because. ")
            assert (answered.answer, answered.answered_by) == ("Because.", mentor_a)
        with pytest.raises(acts.AlreadyThere) as refused:
            acts.answer_help(cohort=cohort_a, request=request, by=moritz, text="Since.")
        assert "Mira answered this" in str(refused.value)
        assert "“Because.”" in str(refused.value)
        message = Mail.objects.get()
        assert (message.to, message.kind) == (learner_a, "answer")
        assert answered.answered_at is not None
        assert message.due_at == answered.answered_at + GRACE

    def test_the_same_request_twice_is_one(self, learner_a: User, path: Path) -> None:
        operation = uuid4()
        assert self.ask(learner_a, path, operation=operation) == self.ask(learner_a, path, operation=operation)

    def test_one_is_open_at_a_time(self, learner_a: User, path: Path) -> None:
        first = self.ask(learner_a, path)
        with pytest.raises(acts.AlreadyThere, match="still open"):
            self.ask(learner_a, path)
        acts.take_back(kind="help", operation=first.operation, learner=learner_a, by=learner_a)
        assert self.ask(learner_a, path).pk != first.pk
        assert HelpRequest.objects.count() == 2, "nothing is deleted"

    def test_nobody_would_read_it(self, learner_b: User, learner_a: User, path: Path) -> None:
        for learner in (learner_b, make_user("Nobody")):
            with pytest.raises(acts.NobodyThere, match="Nobody mentors you"):
                self.ask(learner, path)
        Cohort.objects.update(archived_at=timezone.now())
        with pytest.raises(acts.NobodyThere):
            self.ask(learner_a, path)

    def test_an_operation_that_was_something_else(self, learner_a: User, path: Path) -> None:
        first = self.ask(learner_a, path)
        with pytest.raises(acts.Conflict):
            acts.ask_for_help(learner=learner_a, topic=path.sowing, text="", operation=first.operation)

    def test_no_answer_to_what_was_taken_back(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        request = self.ask(learner_a, path)
        acts.take_back(kind="help", operation=request.operation, learner=learner_a, by=learner_a)
        with pytest.raises(acts.AlreadyThere, match="Ada took the request back"):
            acts.answer_help(cohort=cohort_a, request=request, by=mentor_a, text="x")
        with pytest.raises(acts.Incomplete):
            acts.answer_help(cohort=cohort_a, request=self.ask(learner_a, path), by=mentor_a, text=" ")

    def test_an_answer_taken_back_opens_it_and_stops_the_mail(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, moritz: User, path: Path
    ) -> None:
        request = acts.answer_help(cohort=cohort_a, request=self.ask(learner_a, path), by=mentor_a, text="Because.")
        with pytest.raises(acts.NotYours):
            acts.take_back(kind="answer", operation=request.operation, learner=learner_a, by=moritz, cohort=cohort_a)
        for _ in range(2):
            taken = acts.take_back(
                kind="answer", operation=request.operation, learner=learner_a, by=mentor_a, cohort=cohort_a
            )
            assert not taken.too_late
        request.refresh_from_db()
        assert (request.answered_at, request.answer) == (None, "")
        kept = Comment.objects.get()
        assert (kept.text, kept.by, kept.withdrawn_by) == ("Because.", mentor_a, mentor_a)
        assert Mail.objects.get().dropped_at is not None
        acts.answer_help(cohort=cohort_a, request=request, by=moritz, text="Since.")
        assert Mail.objects.filter(dropped_at=None).count() == 1

    def test_an_answer_stays_when_the_learner_asked_anew(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        request = acts.answer_help(cohort=cohort_a, request=self.ask(learner_a, path), by=mentor_a, text="Because.")
        self.ask(learner_a, path, "And that?")
        with pytest.raises(acts.AlreadyThere, match="asked again"):
            acts.take_back(kind="answer", operation=request.operation, learner=learner_a, by=mentor_a, cohort=cohort_a)
        request.refresh_from_db()
        assert request.answer == "Because."
        assert not Comment.objects.exists()
        assert Mail.objects.get().dropped_at is None

    def test_what_was_answered_is_not_taken_back(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        request = acts.answer_help(cohort=cohort_a, request=self.ask(learner_a, path), by=mentor_a, text="Because.")
        with pytest.raises(acts.Changed, match="was answered"):
            acts.take_back(kind="help", operation=request.operation, learner=learner_a, by=learner_a)


@pytest.mark.usefixtures("assigned")
class TestComment:
    def test_by_both_and_taken_back_by_its_author_alone(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        theirs = acts.comment(learner=learner_a, topic=path.soil, by=learner_a, text=" Aha ", operation=uuid4())
        ours = acts.comment(
            learner=learner_a, topic=path.soil, by=mentor_a, text="Good", operation=uuid4(), cohort=cohort_a
        )
        assert (theirs.text, ours.by) == ("Aha", mentor_a)
        with pytest.raises(acts.NotYours):
            acts.take_back(kind="comment", operation=ours.operation, learner=learner_a, by=learner_a)
        with pytest.raises(acts.NotYours):
            acts.take_back(kind="comment", operation=theirs.operation, learner=learner_a, by=mentor_a, cohort=cohort_a)
        acts.take_back(kind="comment", operation=ours.operation, learner=learner_a, by=mentor_a, cohort=cohort_a)
        ours.refresh_from_db()
        assert ours.withdrawn_by == mentor_a

    def test_twice_is_once(self, learner_a: User, path: Path) -> None:
        operation = uuid4()
        for _ in range(2):
            acts.comment(learner=learner_a, topic=path.soil, by=learner_a, text="Aha", operation=operation)
        assert Comment.objects.count() == 1
        with pytest.raises(acts.Conflict):
            acts.comment(learner=learner_a, topic=path.sowing, by=learner_a, text="Aha", operation=operation)

    def test_refusals(self, learner_a: User, learner_b: User, path: Path) -> None:
        with pytest.raises(acts.Incomplete):
            acts.comment(learner=learner_a, topic=path.soil, by=learner_a, text=" \n", operation=uuid4())
        with pytest.raises(acts.NobodyThere):
            acts.comment(learner=learner_b, topic=path.soil, by=learner_b, text="x", operation=uuid4())
        with pytest.raises(acts.Unknown):
            acts.take_back(kind="comment", operation=uuid4(), learner=learner_a, by=learner_a)
        with pytest.raises(acts.Unknown):
            acts.take_back(kind="nonsense", operation=uuid4(), learner=learner_a, by=learner_a)


@pytest.fixture
def soil(path: Path) -> About:
    about = About(path.roadmap, topic=path.soil)
    acts.want_sign_off(about=about, wanted=True)
    return about


@pytest.mark.usefixtures("assigned")
class TestSignOff:
    def show(self, learner: User, about: About, text: str = "See", url: str = "") -> Evidence:
        return acts.hand_in(learner=learner, about=about, text=text, url=url, operation=uuid4())

    def sign(self, cohort: Cohort, learner: User, about: About, by: User, **fields: object) -> SignOff:
        given = {"note": "Well done", "evidence": None, "operation": uuid4()} | fields
        return acts.sign_off(cohort=cohort, learner=learner, about=about, by=by, **given)  # type: ignore[arg-type]

    def test_with_evidence(self, cohort_a: Cohort, learner_a: User, mentor_a: User, soil: About) -> None:
        shown = self.show(learner_a, soil, url="https://example.org/")
        operation = uuid4()
        for _ in range(2):
            signed = self.sign(cohort_a, learner_a, soil, mentor_a, evidence=shown.pk, operation=operation)
        assert (signed.by, signed.evidence, signed.note) == (mentor_a, shown, "Well done")
        assert state_of(learner_a, soil.topic) == "todo", "it vouches; what is done the learner says"  # type: ignore[arg-type]

    def test_of_a_module(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        module = About(path.roadmap, section=Section.objects.get(slug="ground"))
        acts.want_sign_off(about=module, wanted=True)
        shown = self.show(learner_a, module)
        assert self.sign(cohort_a, learner_a, module, mentor_a, evidence=shown.pk).section == module.section.uid  # type: ignore[union-attr]

    def test_it_stands_once(self, cohort_a: Cohort, learner_a: User, mentor_a: User, moritz: User, soil: About) -> None:
        first = self.sign(cohort_a, learner_a, soil, mentor_a)
        with pytest.raises(acts.AlreadyThere, match="Mira signed “Soil” off on"):
            self.sign(cohort_a, learner_a, soil, moritz)
        with pytest.raises(IntegrityError), transaction.atomic():
            SignOff.objects.create(learner=learner_a, by=moritz, roadmap=soil.roadmap, topic=soil.topic)
        acts.take_back(kind="sign-off", operation=first.operation, learner=learner_a, by=moritz, cohort=cohort_a)
        first.refresh_from_db()
        assert first.withdrawn_by == moritz, "a sign-off does not wait for its author"
        self.sign(cohort_a, learner_a, soil, moritz)

    def test_not_by_its_learner_nor_by_a_mentor_elsewhere(
        self, cohort_a: Cohort, cohort_b: Cohort, learner_a: User, mentor_a: User, mentor_b: User, soil: About
    ) -> None:
        join(learner_a, cohort_b)
        signed = self.sign(cohort_a, learner_a, soil, mentor_a)
        for by, cohort in ((learner_a, None), (mentor_b, cohort_b)):
            with pytest.raises(acts.NotYours):
                acts.take_back(kind="sign-off", operation=signed.operation, learner=learner_a, by=by, cohort=cohort)
        with pytest.raises(acts.AlreadyThere, match="Another mentor signed"):
            self.sign(cohort_b, learner_a, soil, mentor_b)

    def test_what_was_handed_in_since_is_looked_at_first(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, soil: About
    ) -> None:
        first = self.show(learner_a, soil)
        second = self.show(learner_a, soil, "Better")
        with pytest.raises(acts.Changed, match="Ada handed in something newer"):
            self.sign(cohort_a, learner_a, soil, mentor_a, evidence=first.pk)
        acts.take_back(kind="evidence", operation=second.operation, learner=learner_a, by=learner_a)
        acts.take_back(kind="evidence", operation=first.operation, learner=learner_a, by=learner_a)
        with pytest.raises(acts.Changed, match="took back"):
            self.sign(cohort_a, learner_a, soil, mentor_a, evidence=first.pk)
        assert not SignOff.objects.exists()

    def test_what_was_signed_off_is_not_taken_back(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, soil: About
    ) -> None:
        shown = self.show(learner_a, soil)
        self.sign(cohort_a, learner_a, soil, mentor_a, evidence=shown.pk)
        with pytest.raises(acts.Changed, match="Mira signed this off"):
            acts.take_back(kind="evidence", operation=shown.operation, learner=learner_a, by=learner_a)
        with pytest.raises(acts.AlreadyThere, match="signed off already"):
            self.show(learner_a, soil)
        assert Evidence.objects.count() == 1

    def test_where_none_is_wanted(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        about = About(path.roadmap, topic=path.sowing)
        with pytest.raises(acts.NotWanted):
            self.sign(cohort_a, learner_a, about, mentor_a)
        with pytest.raises(acts.NotWanted):
            self.show(learner_a, about)

    def test_nothing_is_no_evidence(self, learner_a: User, soil: About) -> None:
        with pytest.raises(acts.Incomplete):
            self.show(learner_a, soil, " ")

    def test_asking_for_one_sets_and_never_toggles(self, soil: About) -> None:
        acts.want_sign_off(about=soil, wanted=True)
        assert SignOffWanted.objects.count() == 1
        for _ in range(2):
            acts.want_sign_off(about=soil, wanted=False)
            assert not SignOffWanted.objects.exists()


@pytest.mark.usefixtures("assigned")
class TestNudge:
    def nudge(self, cohort: Cohort, learner: User, by: User, **fields: object) -> Nudge:
        given = {"text": "How is it going?", "operation": uuid4()} | fields
        return acts.nudge(cohort=cohort, learner=learner, by=by, **given)  # type: ignore[arg-type]

    def test_it_goes_out_a_minute_later_and_once(self, cohort_a: Cohort, learner_a: User, mentor_a: User) -> None:
        operation = uuid4()
        for _ in range(2):
            made = self.nudge(cohort_a, learner_a, mentor_a, operation=operation)
        message = Mail.objects.get()
        assert (message.key, message.to, message.due_at) == (nudge_key(made), learner_a, made.at + GRACE)
        assert "How is it going?" in message.text

    def test_one_a_day_for_each_mentor_and_learner(
        self, cohort_a: Cohort, cohort_b: Cohort, learner_a: User, mentor_a: User, moritz: User
    ) -> None:
        first = self.nudge(cohort_a, learner_a, mentor_a)
        join(learner_a, cohort_b)
        join(mentor_a, cohort_b, "mentor")
        for cohort in (cohort_a, cohort_b):
            with pytest.raises(acts.TooSoon, match="one a day"):
                self.nudge(cohort, learner_a, mentor_a)
        self.nudge(cohort_a, learner_a, moritz)
        self.nudge(cohort_a, join(make_user("Cleo"), cohort_a), mentor_a)
        Nudge.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(days=1, seconds=1))
        self.nudge(cohort_a, learner_a, mentor_a)

    def test_taken_back_in_time_it_never_was(self, cohort_a: Cohort, learner_a: User, mentor_a: User) -> None:
        made = self.nudge(cohort_a, learner_a, mentor_a)
        taken = acts.take_back(kind="nudge", operation=made.operation, learner=learner_a, by=mentor_a, cohort=cohort_a)
        assert not taken.too_late
        assert Mail.objects.get().dropped_at is not None
        self.nudge(cohort_a, learner_a, mentor_a)

    def test_taken_back_too_late_it_counts(self, cohort_a: Cohort, learner_a: User, mentor_a: User) -> None:
        made = self.nudge(cohort_a, learner_a, mentor_a)
        Mail.objects.update(claimed_at=timezone.now())
        taken = acts.take_back(kind="nudge", operation=made.operation, learner=learner_a, by=mentor_a, cohort=cohort_a)
        assert taken.too_late
        with pytest.raises(acts.TooSoon):
            self.nudge(cohort_a, learner_a, mentor_a)

    def test_who_muted_them_gets_no_mail_and_sees_it_all_the_same(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, mailoutbox: list[object]
    ) -> None:
        mail.choose(user=learner_a, kind="nudge", wanted=False)
        self.nudge(cohort_a, learner_a, mentor_a)
        Mail.objects.update(due_at=timezone.now())
        mail.send_due()
        assert mailoutbox == []
        assert learner_a.nudges.count() == 1

    def test_refusals(self, cohort_a: Cohort, learner_a: User, learner_b: User, mentor_a: User) -> None:
        with pytest.raises(acts.Incomplete):
            self.nudge(cohort_a, learner_a, mentor_a, text="")
        with pytest.raises(acts.Left):
            self.nudge(cohort_a, learner_b, mentor_a)
        assert not Mail.objects.exists()


class TestTarget:
    def target(
        self, assigned: CohortRoadmap, learner: User, by: User, day: date | None, **fields: object
    ) -> LearnerTarget:
        given = {"reason": "", "expected": None, "operation": uuid4()} | fields
        return acts.set_target(assigned=assigned, learner=learner, by=by, target_on=day, **given)  # type: ignore[arg-type]

    def test_the_latest_that_stands_counts(self, assigned: CohortRoadmap, learner_a: User, mentor_a: User) -> None:
        first = self.target(assigned, learner_a, mentor_a, date(2030, 1, 1))
        second = self.target(assigned, learner_a, mentor_a, None, expected=first.pk)
        assert latest_target(learner_a, assigned) == second
        acts.take_back(
            kind="target", operation=second.operation, learner=learner_a, by=mentor_a, cohort=assigned.cohort
        )
        assert latest_target(learner_a, assigned) == first

    def test_the_second_sees_what_the_first_did(
        self, assigned: CohortRoadmap, learner_a: User, mentor_a: User, moritz: User
    ) -> None:
        first = self.target(assigned, learner_a, mentor_a, date(2030, 1, 1))
        with pytest.raises(acts.Changed, match="Mira set 1 Jan 2030"):
            self.target(assigned, learner_a, moritz, date(2031, 1, 1))
        acts.take_back(kind="target", operation=first.operation, learner=learner_a, by=moritz, cohort=assigned.cohort)
        with pytest.raises(acts.Changed, match="the cohort's counts again"):
            self.target(assigned, learner_a, mentor_a, date(2031, 1, 1), expected=first.pk)

    def test_twice_is_once(self, assigned: CohortRoadmap, learner_a: User, mentor_a: User) -> None:
        operation = uuid4()
        for _ in range(2):
            self.target(assigned, learner_a, mentor_a, date(2030, 1, 1), operation=operation)
        assert LearnerTarget.objects.count() == 1


class TestNote:
    def test_written_shared_and_gone(self, learner_a: User, path: Path) -> None:
        note = acts.write_note(learner=learner_a, topic=path.soil, text=" Clay\r\nSand ", shared=False, seen="")
        assert note is not None
        assert (note.text, note.shared) == ("Clay\nSand", False)
        again = acts.write_note(learner=learner_a, topic=path.soil, text="Clay\nSand", shared=True, seen=version(note))
        assert again is not None
        assert again.shared
        assert acts.write_note(learner=learner_a, topic=path.soil, text="", shared=True, seen=version(again)) is None
        assert not TopicNote.objects.exists()

    def test_what_stands_there_changes_nothing(self, learner_a: User, path: Path) -> None:
        first = acts.write_note(learner=learner_a, topic=path.soil, text="Clay", shared=False, seen="")
        again = acts.write_note(learner=learner_a, topic=path.soil, text="Clay", shared=False, seen="")
        assert version(first) == version(again), "a form sent twice"

    @pytest.mark.parametrize("text", ["Sand", ""])
    def test_another_window_is_not_overwritten(self, learner_a: User, path: Path, text: str) -> None:
        acts.write_note(learner=learner_a, topic=path.soil, text="Clay", shared=False, seen="")
        with pytest.raises(acts.Changed, match="another window"):
            acts.write_note(learner=learner_a, topic=path.soil, text=text, shared=False, seen="")
        assert TopicNote.objects.get().text == "Clay"


def together(*calls: Callable[[], object]) -> list[object]:
    """What each answers, or the error it raises, when all begin at once."""
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place: int, call: Callable[[], object]) -> None:
        start.wait()
        try:
            results[place] = call()  # type: ignore[call-overload]
        except acts.ActError as error:
            results[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(results)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two mentors, one moment: one act stands, and the other mentor is told of it."""

    def scene(self) -> tuple[Path, Cohort, User, list[User]]:
        path, cohort = make_path(), make_cohort("Spring")
        assign(path.roadmap, cohort)
        mentors = [join(make_user(name), cohort, "mentor") for name in ("Mira", "Max")]
        return path, cohort, join(make_user("Ada"), cohort), mentors

    def test_waivers(self) -> None:
        path, cohort, ada, mentors = self.scene()
        found = together(
            *(
                lambda by=by: acts.waive(
                    cohort=cohort, learner=ada, topic=path.soil, by=by, reason="x", expected="todo", operation=uuid4()
                )
                for by in mentors
            )
        )
        assert sorted(type(each).__name__ for each in found) == ["Changed", "Outcome"]
        assert ProgressEvent.objects.count() == 1

    def test_sign_offs(self) -> None:
        path, cohort, ada, mentors = self.scene()
        about = About(path.roadmap, topic=path.soil)
        acts.want_sign_off(about=about, wanted=True)
        found = together(
            *(
                lambda by=by: acts.sign_off(
                    cohort=cohort, learner=ada, about=about, by=by, note="", evidence=None, operation=uuid4()
                )
                for by in mentors
            )
        )
        assert sorted(type(each).__name__ for each in found) == ["AlreadyThere", "SignOff"]

    def test_sign_offs_in_two_cohorts(self) -> None:
        """The constraint holds where the cohorts' turns do not meet."""
        path, cohort, ada, mentors = self.scene()
        other = make_cohort("Summer")
        assign(path.roadmap, other)
        join(ada, other)
        about = About(path.roadmap, topic=path.soil)
        acts.want_sign_off(about=about, wanted=True)
        found = together(
            *(
                lambda by=by, where=where: acts.sign_off(
                    cohort=where, learner=ada, about=about, by=by, note="", evidence=None, operation=uuid4()
                )
                for by, where in zip(mentors, (cohort, other), strict=True)
            )
        )
        assert sorted(type(each).__name__ for each in found) == ["AlreadyThere", "SignOff"]

    def test_answers(self) -> None:
        path, cohort, ada, mentors = self.scene()
        request = acts.ask_for_help(learner=ada, topic=path.soil, text="", operation=uuid4())
        found = together(
            *(lambda by=by: acts.answer_help(cohort=cohort, request=request, by=by, text=f"By {by}") for by in mentors)
        )
        assert sorted(type(each).__name__ for each in found) == ["AlreadyThere", "HelpRequest"]
        assert Mail.objects.count() == 1

    def test_one_form_sent_twice(self) -> None:
        path, cohort, ada, mentors = self.scene()
        nudged, commented = uuid4(), uuid4()
        together(
            *[lambda: acts.nudge(cohort=cohort, learner=ada, by=mentors[0], text="x", operation=nudged)] * 2,
            *[lambda: acts.comment(learner=ada, topic=path.soil, by=ada, text="x", operation=commented)] * 2,
        )
        assert (Nudge.objects.count(), Comment.objects.count(), Mail.objects.count()) == (1, 1, 1)

    def test_dates(self) -> None:
        path, _, ada, mentors = self.scene()
        assigned = CohortRoadmap.objects.select_related("cohort").get(roadmap=path.roadmap)
        found = together(
            *(
                lambda by=by: acts.set_target(
                    assigned=assigned, learner=ada, by=by, target_on=date(2030, 1, 1), reason="", expected=None,
                    operation=uuid4(),
                )
                for by in mentors
            )
        )  # fmt: skip
        assert sorted(type(each).__name__ for each in found) == ["Changed", "LearnerTarget"]
