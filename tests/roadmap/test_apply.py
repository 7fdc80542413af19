"""A plan into the database and back: whole or not at all, nobody's tick lost, nobody waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from roadmap import bodies, locks, rows, waiting_bodies
from roadmap.apply import (
    NothingToUndoError,
    PrerequisiteLoopError,
    QuestionsOpenError,
    RetiresManyError,
    StalePlanError,
    TreeChangedError,
    apply_plan,
    undo_last,
)
from roadmap.because import Because, Through
from roadmap.editing import add_prerequisite
from roadmap.locks import BusyError, curriculum_lock
from roadmap.models import Import, NoteSource, Placement, Roadmap, Section, Step, Topic
from roadmap.notes.items import Reading
from roadmap.plan import Curriculum, plan
from roadmap.publishing.content import content_at, newest_revision, published_content
from roadmap.stored import curriculum_of, slugs_elsewhere
from tests.factories import make_roadmap, make_section, make_source, make_topic, place
from tests.roadmap.outlines import level, link, module, one, path, reading, step, topic
from tests.roadmap.test_plan_properties import READINGS
from tracker.models import TopicProgress, User

NOTES = one(
    level(
        "Beginner",
        module(
            "Maths",
            topic("Calculus", step("Integrate"), step("Differentiate"), hours=12.5, details=("limits", "sums")),
            topic("Probability", needs=("Calculus",), body="See [[Calculus]] and [[Nowhere]].", aliases=("Chance",)),
            summary="Numbers",
            resources=(link("https://maths.example"),),
            number=1,
        ),
        module("Chain", topic("First"), topic("Second", optional=True), ordered=True, choose=1),
    ),
    topic("Loose end", related=("Calculus",), meta=(("status", "draft"), ("tags", ("a", "b")))),
)


def bring(source: NoteSource, notes: Reading, **more: Any) -> Import | None:
    """Plan and apply a reading, every question answered with "new"."""
    now = curriculum_of(source)
    planned = plan(now, notes, taken=slugs_elsewhere(source))
    if planned.unclear:
        answers = dict.fromkeys((question.number for question in planned.unclear), None)
        planned = plan(now, notes, answers=answers, taken=slugs_elsewhere(source))
    return apply_plan(plan=planned, source=source, by="Ada", **more)


@pytest.mark.django_db
class TestApply:
    def test_it_works(self) -> None:
        source = make_source()
        applied = bring(source, NOTES)
        assert applied is not None
        assert applied.counts == {"added": 5, "roadmaps": 1}
        assert applied.by == "Ada"
        calculus = Topic.objects.get(title="Calculus")
        assert [step.title for step in calculus.steps.all()] == ["Integrate", "Differentiate"]
        assert calculus.details == ["limits", "sums"]
        [need] = Topic.objects.get(title="Probability").needs.all()
        assert need.requires == calculus
        assert [s.title for s in Section.objects.filter(parent=None)] == ["Beginner", "Course"]

    def test_what_is_stored_is_what_was_planned(self) -> None:
        source = make_source()
        planned = plan(Curriculum(), NOTES)
        apply_plan(plan=planned, source=source, by="Ada")
        assert curriculum_of(source) == planned.target
        roadmap = Roadmap.objects.get()
        revision = newest_revision(roadmap)
        assert revision is not None
        assert content_at(revision) == published_content(roadmap)

    def test_a_second_time_changes_nothing(self) -> None:
        source = make_source()
        bring(source, NOTES)
        assert bring(source, NOTES) is None
        assert Import.objects.count() == 1
        assert Roadmap.objects.get().revision == 2

    def test_an_unsaved_source_is_stored_with_the_plan(self) -> None:
        source = NoteSource(location="/somewhere", title="Somewhere")
        apply_plan(plan=plan(Curriculum(), NOTES), source=source, by="Ada")
        assert Roadmap.objects.get().source == NoteSource.objects.get(location="/somewhere")

    def test_wiki_links_lead_to_topics(self) -> None:
        bring(make_source(), NOTES)
        html = Topic.objects.get(title="Probability").body_html or ""
        assert 'href="/topics/calculus/"' in html
        assert "/topics/nowhere" not in html

    def test_a_body_is_rendered_again_when_what_it_links_to_appears(self) -> None:
        source = make_source()
        base = module("M", topic("A", body="See [[Later]]."), topic("B", body="Plain."))
        bring(source, one(base))
        before = Topic.objects.get(title="B").updated_at
        bring(source, one(base, module("N", topic("Later"))))
        a = Topic.objects.get(title="A")
        assert 'href="/topics/later/"' in (a.body_html or "")
        assert a.revision == 1, "the words are the same: nobody is told to read again"
        assert Topic.objects.get(title="B").updated_at == before

    def test_bodies_beyond_the_first_wait_until_they_are_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rows, "MANY", 2)
        base = module("M", topic("A", body="See [[b]], [it](B.md), [[Nobody]]."), topic("B", body="*Plain*."))
        bring(make_source("/eager"), one(base))
        eager = dict(Topic.objects.values_list("title", "body_html"))
        source = make_source("/waiting")
        monkeypatch.setattr(bodies, "AT_ONCE", 0)
        applied = bring(source, one(base, module("N", topic("C", body="[odd](ftp://a.example)\n\n#"))))
        a, b, c = Topic.objects.filter(source=source).order_by("title")
        assert (a.body_html, b.body_html) == (None, None)
        assert applied is not None
        assert {found["code"] for found in applied.problems} == {"link-not-shown", "empty-heading"}, "at once, of C"
        assert c.body_html
        shown = waiting_bodies.body_of(a)
        assert shown.replace(f"/topics/{b.slug}/", "/topics/b/") == eager["A"]
        assert f'href="/topics/{b.slug}/"' in shown
        with CaptureQueriesContext(connection) as queries:
            assert waiting_bodies.body_of(Topic.objects.get(pk=a.pk)) == shown
        assert len(queries) == 1, "it was kept"
        assert Topic.objects.get(pk=a.pk).updated_at == a.updated_at
        bring(source, one(base, module("N", topic("C"), topic("Nobody"))))
        assert Topic.objects.get(pk=a.pk).body_html is None, "a link leads elsewhere now"
        assert "/topics/nobody/" in waiting_bodies.body_of(Topic.objects.get(pk=a.pk))

    def test_revisions_grow_only_with_what_learners_read(self) -> None:
        source = make_source()
        bring(source, one(module("M", topic("A"), topic("B"), topic("C"))))
        bring(source, one(module("M", topic("A", summary="new"), topic("B", hours=3.0), topic("C", needs=("A",)))))
        assert dict(Topic.objects.values_list("title", "revision")) == {"A": 2, "B": 1, "C": 1}

    def test_another_roadmap_that_holds_a_changed_topic_is_drawn_again(self) -> None:
        source = make_source()
        bring(source, one(module("M", topic("A"), topic("B"))))
        other, bystander = make_roadmap(), make_roadmap()
        place(Topic.objects.get(title="A"), make_section(other))
        bring(source, one(module("M", topic("A", summary="new"), topic("B"))))
        other.refresh_from_db()
        bystander.refresh_from_db()
        assert (other.revision, bystander.revision) == (2, 1)

    def test_slugs_stay_and_avoid_other_sources(self) -> None:
        make_topic("Git", slug="git")
        source = make_source()
        bring(source, one(module("M", topic("Git", id="g"), topic("Other"))))
        bring(source, one(module("M", topic("Version control", id="g"), topic("Other"))))
        assert Topic.objects.get(title="Version control").slug == "git-2"

    def test_a_moved_topic_keeps_its_seats_row(self) -> None:
        """So that whoever finished the roadmap is not told of a new topic."""
        source = make_source()
        bring(source, one(module("M", topic("A"), topic("B")), module("N", topic("C"))))
        seat = Placement.objects.get(topic__title="A")
        bring(source, one(module("M", topic("B")), module("N", topic("C"), topic("A"))))
        moved = Placement.objects.get(topic__title="A")
        assert (moved.pk, moved.placed_at, moved.section.title) == (seat.pk, seat.placed_at, "N")

    def test_removed_topics_are_retired_and_revived(self) -> None:
        source = make_source()
        bring(source, one(module("M", topic("A", step("s")), topic("B"))))
        was = Topic.objects.get(title="A")
        bring(source, one(module("M", topic("B"))))
        assert Topic.objects.get(pk=was.pk).retired_at is not None
        assert not Placement.objects.filter(topic=was).exists()
        bring(source, one(module("M", topic("A", step("s")), topic("B"))))
        assert Topic.objects.get(title="A").pk == was.pk
        assert Topic.objects.get(pk=was.pk).retired_at is None
        assert Step.objects.get().retired_at is None

    def test_queries_do_not_grow_with_topics(self) -> None:
        def queries(size: int) -> list[int]:
            source = make_source()
            counts = []
            for round_ in range(2):
                topics = [
                    topic(f"{size} {i}", step("s"), needs=(f"{size} {i - 1}",), summary=str(round_), body="[[x]]",
                          aliases=(f"alias {size} {i} {round_}",), resources=(link(f"https://x.example/{round_}"),))
                    for i in range(size)
                ]  # fmt: skip
                notes = reading(path(f"R{size}", *(module(f"M{i}", t) for i, t in enumerate(topics[round_:]))))
                planned = plan(curriculum_of(source), notes, taken=slugs_elsewhere(source))
                with CaptureQueriesContext(connection) as captured:
                    apply_plan(plan=planned, source=source, by="Ada")
                counts.append(len(captured))
            return counts

        few, many = queries(4), queries(400)
        assert few == many
        assert max(many) < 60  # the revision that is recorded with it among them


@pytest.mark.django_db
class TestRefusals:
    def test_questions_are_not_guessed(self) -> None:
        source = make_source()
        bring(source, one(module("M", topic("A"), topic("CNNs"), topic("B"))))
        planned = plan(curriculum_of(source), one(module("M", topic("A"), topic("Convolutional nets"), topic("B"))))
        with pytest.raises(QuestionsOpenError, match="1 question is open"):
            apply_plan(plan=planned, source=source, by="Ada")

    def test_many_retirements_need_a_yes(self) -> None:
        source = make_source()
        bring(source, one(module("M", *(topic(name) for name in "ABCDEFGHIJ"))))
        less = one(module("M", topic("A")))
        with pytest.raises(RetiresManyError, match="9 of 10 topics"):
            bring(source, less)
        assert not Topic.objects.exclude(retired_at=None).exists()
        bring(source, less, retire_many=True)
        assert Topic.objects.exclude(retired_at=None).count() == 9

    def test_a_stale_plan(self) -> None:
        source = make_source()
        bring(source, NOTES)
        planned = plan(curriculum_of(source), one(module("M", topic("Calculus"))))
        Topic.objects.filter(title="First").update(summary="changed meanwhile")
        with pytest.raises(StalePlanError, match="plan again"):
            apply_plan(plan=planned, source=source, by="Ada", retire_many=True)
        assert Import.objects.count() == 1

    def test_a_slug_taken_meanwhile(self) -> None:
        planned = plan(Curriculum(), one(module("M", topic("Git"))))
        make_topic("Git", slug="git")
        with pytest.raises(StalePlanError):
            apply_plan(plan=planned, source=make_source(), by="Ada")

    def test_a_loop_across_sources(self) -> None:
        """The plan sees one source; the database is asked about all of them."""
        source = make_source()
        bring(source, one(module("M", topic("A"), topic("B"))))
        a, b, guest = Topic.objects.get(title="A"), Topic.objects.get(title="B"), make_topic("Guest")
        add_prerequisite(topic=a, requires=guest, by="Ed")
        add_prerequisite(topic=guest, requires=b, by="Ed")
        with pytest.raises(PrerequisiteLoopError, match="“Guest”"):
            bring(source, one(module("M", topic("A"), topic("B", needs=("A",)))))
        assert not b.needs.exists()


@pytest.mark.django_db
class TestUndo:
    def test_it_works(self) -> None:
        source = make_source()
        bring(source, NOTES)
        before = curriculum_of(source)
        bring(
            source,
            one(level("Start", module("Maths", topic("Calculus"), topic("New")), module("Chain", topic("First")))),
            retire_many=True,
        )
        undone = undo_last(source=source, by="Ada")
        assert (undone.state, undone.undone_by) == ("undone", "Ada")
        after = curriculum_of(source)
        added = [t for t in after.topics if t.title == "New"]
        assert [t.retired for t in added] == [True]
        assert after.roadmaps == before.roadmaps
        assert [t for t in after.topics if t.title != "New"] == list(before.topics)

    def test_the_first_import_taken_back_retires_all_and_a_second_reading_revives_it(self) -> None:
        source = make_source()
        bring(source, NOTES)
        before = curriculum_of(source)
        undo_last(source=source, by="Ada")
        assert not Topic.objects.filter(retired_at=None).exists()
        assert not Roadmap.objects.filter(retired_at=None).exists()
        bring(source, NOTES)
        assert curriculum_of(source) == before

    def test_undo_after_undo(self) -> None:
        source = make_source()
        for notes in (one(module("M", topic("A"))), one(module("M", topic("A"), topic("B"))), NOTES):
            bring(source, notes, retire_many=True)
        for _ in range(3):
            undo_last(source=source, by="Ada")
        with pytest.raises(NothingToUndoError):
            undo_last(source=source, by="Ada")
        assert not Topic.objects.filter(retired_at=None).exists()

    def test_refused_when_the_tree_changed_since(self) -> None:
        source = make_source()
        bring(source, NOTES)
        Topic.objects.filter(title="First").update(summary="by hand")
        with pytest.raises(TreeChangedError):
            undo_last(source=source, by="Ada")
        assert Topic.objects.filter(retired_at=None).count() == 5

    def test_check_offs_made_since_stay(self) -> None:
        source = make_source()
        bring(source, one(module("M", topic("A"))))
        bring(source, one(module("M", topic("A"), topic("B", step("s")))))
        learner = User.objects.create(email="a@example.org")
        for found in Topic.objects.all():
            TopicProgress.objects.create(learner=learner, topic=found, state="done", changed_at=timezone.now())
        undo_last(source=source, by="Ada")
        assert dict(TopicProgress.objects.values_list("topic__title", "state")) == {"A": "done", "B": "done"}
        bring(source, one(module("M", topic("A"), topic("B", step("s")))))
        assert TopicProgress.objects.filter(topic__retired_at=None, state="done").count() == 2

    def test_a_step_added_and_taken_back_is_retired(self) -> None:
        source = make_source()
        bring(source, one(module("M", topic("A"))))
        bring(source, one(module("M", topic("A", step("s")))))
        undo_last(source=source, by="Ada")
        assert Step.objects.get().retired_at is not None


class TestRandomly(TestCase):
    """The database holds exactly what was planned, whatever was stored before; and undo puts it back."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(READINGS, min_size=1, max_size=3))
    def test_stored_is_planned_and_undo_is_exact(self, readings: list[Reading]) -> None:
        source = make_source()
        for notes in readings:
            before = curriculum_of(source)
            if bring(source, notes, retire_many=True) is None:
                continue
            after = curriculum_of(source)
            assert plan(after, notes).empty
            undo_last(source=source, by="Ada")
            back = curriculum_of(source)
            known = {t.uid for t in before.topics}
            steps = {s.uid for t in before.topics for s in t.steps}
            assert [bare(t, steps) for t in back.topics if t.uid in known] == [bare(t, steps) for t in before.topics]
            assert all(t.retired for t in back.topics if t.uid not in known)
            assert [r for r in back.roadmaps if not r.retired] == [r for r in before.roadmaps if not r.retired]
            bring(source, notes, retire_many=True)
            assert curriculum_of(source).live() == after.live()


def bare(found: Any, steps: set[Any]) -> Any:
    """A topic without the retired steps that came later."""
    return replace(found, steps=tuple(s for s in found.steps if s.uid in steps))


@pytest.fixture
def in_thread(transactional_db: None) -> Iterator[Callable[[Callable[[], Any]], threading.Thread]]:
    """Run something on a connection of its own; a failure in it fails the test."""
    failures: list[BaseException] = []
    threads: list[threading.Thread] = []

    def run(act: Callable[[], Any]) -> threading.Thread:
        def body() -> None:
            try:
                act()
            except BaseException as error:  # handed to the test
                failures.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=body)
        threads.append(thread)
        thread.start()
        return thread

    yield run
    for thread in threads:
        thread.join(20)
    assert not failures, failures


@pytest.mark.django_db(transaction=True)
class TestSideBySide:
    def test_of_two_imports_at_once_the_second_waits_and_sees_the_first(
        self, in_thread: Callable[..., threading.Thread]
    ) -> None:
        source = make_source()
        bring(source, one(module("M", topic("A"), topic("B"))))
        outcomes: list[str] = []
        planned = [plan(curriculum_of(source), one(module("M", topic("A"), topic("B"), topic(t)))) for t in ("C", "D")]
        start = threading.Barrier(2)

        def run(number: int) -> None:
            start.wait()
            try:
                apply_plan(plan=planned[number], source=source, by="Ada")
                outcomes.append("applied")
            except StalePlanError:
                outcomes.append("stale")

        for thread in [in_thread(lambda: run(0)), in_thread(lambda: run(1))]:
            thread.join(20)
        assert sorted(outcomes) == ["applied", "stale"]
        assert Topic.objects.count() == 3

    def test_a_change_that_does_not_end_is_said_to_be_under_way(
        self, in_thread: Callable[..., threading.Thread], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(locks, "WAIT", "200ms")
        held, done = threading.Event(), threading.Event()

        def hold() -> None:
            with curriculum_lock(Because("test", Through.ACT)):
                held.set()
                done.wait(20)

        in_thread(hold)
        assert held.wait(10)
        try:
            with pytest.raises(BusyError, match="under way"):
                apply_plan(plan=plan(Curriculum(), NOTES), source=make_source(), by="Ada")
            assert Topic.objects.count() == 0
            waits = make_topic("Waits", body="*Soon*", body_html=None)
            assert "<em>Soon</em>" in waiting_bodies.body_of(waits)
            waits.refresh_from_db()
            assert waits.body_html is None, "what it links to may just be changing"
        finally:
            done.set()

    def test_check_offs_do_not_wait_for_an_open_import(self, in_thread: Callable[..., threading.Thread]) -> None:
        """Renamed, moved, reordered, changed, retired and revived topics alike."""
        source = make_source()
        learner = User.objects.create(email="a@example.org")
        names = [f"Topic {i}" for i in range(40)]
        bring(source, one(module("M", *(topic(n, step("s"), id=n) for n in names), topic("Revived", id="r"))))
        bring(source, one(module("M", *(topic(n, step("s"), id=n) for n in names))))
        changed = one(
            module(
                "Other",
                *(topic(f"{n} renamed", step("t"), id=n, summary="new", body="text") for n in reversed(names[3:])),
            ),
            module("M", topic("Revived", id="r"), topic("Added", summary="A new one")),
        )
        planned = plan(curriculum_of(source), changed)
        assert {change.kind for change in planned.changes} >= {
            "added",
            "renamed",
            "moved",
            "changed",
            "retired",
            "revived",
        }
        open_, checked = threading.Event(), threading.Event()

        def import_slowly() -> None:
            with transaction.atomic():
                apply_plan(plan=planned, source=source, by="Ada")
                open_.set()
                assert checked.wait(20)

        slow = in_thread(import_slowly)
        assert open_.wait(10)
        waits = []
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            for pk in Topic.objects.values_list("pk", flat=True):
                started = time.monotonic()
                TopicProgress.objects.create(learner=learner, topic_id=pk, state="done", changed_at=timezone.now())
                waits.append(time.monotonic() - started)
        finally:
            checked.set()
        slow.join(20)
        assert len(waits) == 41
        assert max(waits) < 1.5  # behind the import it would be until `lock_timeout`, 2 s
        assert TopicProgress.objects.filter(state="done").count() == 41
        assert Topic.objects.filter(retired_at=None).count() == 39
