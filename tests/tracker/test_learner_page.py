"""A mentor's page of one learner, the queues and the timeline: what they show, to whom, in how many queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from roadmap.models import Section, Topic
from tests.factories import assign, join, make_cohort, make_roadmap, make_section, make_topic, make_user, place
from tests.tracker.conftest import Path, browser_of, make_path
from tracker import acts, bulk, knowing, progress, queries
from tracker.acts.vouching import About
from tracker.learner_page import LearnerPage, help_queue, learner_page, sign_off_queue
from tracker.models import Cohort, CohortRoadmap, HelpRequest, LearnerTarget, Membership, ProgressEvent, TopicNote, User
from tracker.timeline import Entry, Scope, timeline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


@pytest.fixture(autouse=True)
def assigned(path: Path, cohort_a: Cohort, mentor_a: User) -> CohortRoadmap:
    """The garden, walked by cohort A and mentored by Mira."""
    return assign(path.roadmap, cohort_a)


def page_of(mentor: User, cohort: Cohort, learner: User, **asked: str) -> LearnerPage:
    return learner_page(mentor, cohort, learner, **asked)


def address(cohort: Cohort, learner: User, query: str = "") -> str:
    return reverse("learner", args=[cohort.slug, learner.pk]) + query


def html_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def count(call: Callable[[], object]) -> int:
    call()  # trees are kept
    with CaptureQueriesContext(connection) as found:
        call()
    return len(found)


def mark(learner: User, topic: Topic, state: str) -> None:
    progress.set_state(learner=learner, topic=topic.pk, state=state, operation=uuid4())


def stuck(learner: User, topic: Topic, text: str = "Why?") -> HelpRequest:
    return acts.ask_for_help(learner=learner, topic=topic, text=text, operation=uuid4())


def unpacked(body: bytes) -> bytes:
    """A workbook is a zip: what stands in it is not to be read from outside."""
    if not body.startswith(b"PK"):
        return body
    with ZipFile(BytesIO(body)) as parts:
        return b"".join(parts.read(name) for name in parts.namelist())


class TestShares:
    def test_the_figure_is_the_learners_own(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        other = make_path("pottery")
        assign(other.roadmap, cohort_a, position=1)
        for topic, state in ((path.soil, "done"), (other.soil, "learning"), (other.sowing, "skipped")):
            mark(learner_a, topic, state)
        page = page_of(mentor_a, cohort_a, learner_a)
        assert [walk.roadmap for walk in page.walks] == [path.roadmap, other.roadmap]
        for walk in page.walks:
            assert walk.share == queries.standing(learner_a, walk.roadmap).overlay.total
        assert page.walks[0].share.percent == 50

    def test_page(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        mark(learner_a, path.soil, "done")
        html = html_of(browser_of(mentor_a), address(cohort_a, learner_a))
        assert "<b>50 %</b> · 1 of 2" in html
        assert f'<li class="topic done" id="t{path.soil.pk}"><span class="state" role="img" aria-label="done">' in html
        assert "set_topic_state" not in html
        assert "formaction" not in html, "nothing can be checked off for somebody else"

    @pytest.mark.parametrize(("show", "shown"), [("done", "Soil"), ("ready", "Sowing"), ("optional", "Pond")])
    def test_filters(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path, show: str, shown: str
    ) -> None:
        mark(learner_a, path.soil, "done")
        html = html_of(browser_of(mentor_a), address(cohort_a, learner_a, f"?show={show}"))
        rows = re.findall(r'<b dir="auto">(\w+)</b>', html[html.index('id="rows"') : html.index('id="beside"')])
        assert shown in rows
        assert len(rows) < 3
        assert f"show={show}&amp;topic=garden-" in html, "a row keeps the filter"

    def test_another_roadmap_of_the_cohort(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        other = make_path("pottery")
        assign(other.roadmap, cohort_a, position=1)
        shown = page_of(mentor_a, cohort_a, learner_a, roadmap="pottery").walk
        assert shown is not None
        assert shown.roadmap == other.roadmap
        elsewhere = make_path("poetry")
        fallen_back = page_of(mentor_a, cohort_a, learner_a, roadmap=elsewhere.roadmap.slug).walk
        assert fallen_back is not None
        assert fallen_back.roadmap == path.roadmap

    def test_a_topic_that_the_cohort_does_not_walk_is_not_open(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User
    ) -> None:
        elsewhere = make_path("poetry")
        assert page_of(mentor_a, cohort_a, learner_a, topic=elsewhere.soil.slug).open is None
        assert page_of(mentor_a, cohort_a, learner_a, topic="none").open is None

    def test_a_cohort_without_a_roadmap(self, cohort_b: Cohort, learner_b: User, mentor_b: User) -> None:
        html = html_of(browser_of(mentor_b), address(cohort_b, learner_b))
        assert "No roadmap is assigned" in html

    def test_the_learners_own_date_goes_before_the_cohorts(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, assigned: CohortRoadmap
    ) -> None:
        CohortRoadmap.objects.update(target_on=date(2030, 6, 1))
        assert page_of(mentor_a, cohort_a, learner_a).walks[0].target_on == date(2030, 6, 1)
        for day in (date(2031, 1, 1), None):
            LearnerTarget.objects.create(learner=learner_a, by=mentor_a, assigned=assigned, target_on=day)
            assert page_of(mentor_a, cohort_a, learner_a).walks[0].target_on == day
        LearnerTarget.objects.update(withdrawn_at=timezone.now())
        assert page_of(mentor_a, cohort_a, learner_a).walks[0].target_on == date(2030, 6, 1)

    def test_an_archived_cohort_is_read_and_offers_nothing(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        stuck(learner_a, path.soil)
        Cohort.objects.update(archived_at=timezone.now())
        client = browser_of(mentor_a)
        for query in ("", f"?topic={path.soil.slug}"):
            html = html_of(client, address(cohort_a, learner_a, query))
            assert "This cohort is archived" in html
            assert html.count('<form method="post"') == 1, "to sign out"
            assert 'class="form" method="post"' not in html


class TestWhoSeesIt:
    def test_not_the_mentor_of_another_cohort_nor_its_own_learner(
        self, cohort_a: Cohort, learner_a: User, mentor_b: User, learner_b: User
    ) -> None:
        pages = [address(cohort_a, learner_a)]
        pages += [reverse(name, args=[cohort_a.slug]) for name in ("help_requests", "sign_offs")]
        for person in (mentor_b, learner_a, learner_b, make_user("Nobody")):
            for page in pages:
                assert browser_of(person).get(page).status_code == 404, (person, page)

    def test_not_a_learner_of_another_cohort_of_the_same_mentor(
        self, cohort_a: Cohort, cohort_b: Cohort, learner_b: User, mentor_a: User
    ) -> None:
        join(mentor_a, cohort_b, "mentor")
        client = browser_of(mentor_a)
        assert client.get(address(cohort_a, learner_b)).status_code == 404
        assert client.get(address(cohort_b, learner_b)).status_code == 200

    def test_not_who_left(self, cohort_a: Cohort, learner_a: User, mentor_a: User) -> None:
        Membership.objects.filter(user=learner_a).update(left_at=timezone.now())
        assert browser_of(mentor_a).get(address(cohort_a, learner_a)).status_code == 404

    def test_no_address_on_it(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        stuck(learner_a, path.soil)
        client = browser_of(mentor_a)
        for page in (
            address(cohort_a, learner_a),
            address(cohort_a, learner_a, f"?topic={path.soil.slug}"),
            reverse("help_requests", args=[cohort_a.slug]),
            reverse("sign_offs", args=[cohort_a.slug]),
        ):
            assert learner_a.email not in html_of(client, page)


class TestTwoCohorts:
    """Ada learns in both; what happens in one has no place in the other."""

    @pytest.fixture(autouse=True)
    def both(self, cohort_b: Cohort, mentor_b: User, learner_a: User, path: Path) -> Path:
        pottery = make_path("pottery")
        for roadmap in (path.roadmap, pottery.roadmap):
            assign(roadmap, cohort_b)
        join(learner_a, cohort_b)
        return pottery

    def test_no_topic_and_no_mentor_of_the_other(
        self,
        cohort_a: Cohort,
        cohort_b: Cohort,
        learner_a: User,
        mentor_a: User,
        mentor_b: User,
        path: Path,
        both: Path,
    ) -> None:
        both.soil.title = "Potters clay"
        both.soil.save()
        mark(learner_a, both.soil, "done")
        stuck(learner_a, both.soil, "about clay")
        acts.write_note(learner=learner_a, topic=both.soil, text="clay note", shared=True, seen="")
        acts.nudge(cohort=cohort_b, learner=learner_a, by=mentor_b, text="secret nudge", operation=uuid4())
        for topic in (path.soil, both.soil):
            acts.comment(
                learner=learner_a, topic=topic, by=mentor_b, text="between us", operation=uuid4(), cohort=cohort_b
            )
        acts.waive(
            cohort=cohort_b, learner=learner_a, topic=path.pond, by=mentor_b, reason="my reason", expected="todo",
            operation=uuid4(),
        )  # fmt: skip
        request = stuck(learner_a, path.soil, "what is loam")
        acts.answer_help(cohort=cohort_b, request=request, by=mentor_b, text="my answer")
        client = browser_of(mentor_a)
        pages = [address(cohort_a, learner_a, query) for query in ("", "?topic=garden-soil", "?topic=garden-pond")]
        pages += [reverse(name, args=[cohort_a.slug]) for name in ("help_requests", "sign_offs")]
        everything = "".join(html_of(client, page) for page in pages)
        for hidden in (
            "Potters clay", "about clay", "clay note", "secret nudge", "between us", "my reason", "my answer",
            mentor_b.name, cohort_b.title,
        ):  # fmt: skip
            assert hidden not in everything, hidden
        assert "Another mentor" in everything, "that it was waived is seen"
        assert "what is loam" in everything
        theirs = html_of(browser_of(mentor_b), address(cohort_b, learner_a, "?topic=garden-soil"))
        assert "between us" in theirs
        assert "my answer" in theirs

    def test_what_is_between_others_is_not_even_told_of(
        self, cohort_a: Cohort, cohort_b: Cohort, learner_a: User, mentor_a: User, mentor_b: User, path: Path
    ) -> None:
        join(mentor_a, cohort_b, "mentor")
        for by in (mentor_a, mentor_b):
            acts.nudge(cohort=cohort_b, learner=learner_a, by=by, text="x", operation=uuid4())
        acts.comment(learner=learner_a, topic=path.soil, by=mentor_b, text="x", operation=uuid4(), cohort=cohort_b)
        assert [e.kind for e in page_of(mentor_a, cohort_a, learner_a).timeline.entries] == []
        assert [e.kind for e in page_of(mentor_a, cohort_b, learner_a).timeline.entries] == [
            "comment", "nudge", "nudge",
        ]  # fmt: skip

    def test_the_learner_sees_all_of_it(self, cohort_b: Cohort, learner_a: User, mentor_b: User, path: Path) -> None:
        acts.waive(
            cohort=cohort_b, learner=learner_a, topic=path.pond, by=mentor_b, reason="my reason", expected="todo",
            operation=uuid4(),
        )  # fmt: skip
        acts.nudge(cohort=cohort_b, learner=learner_a, by=mentor_b, text="how is it", operation=uuid4())
        html = html_of(browser_of(learner_a), reverse("timeline"))
        for shown in ("my reason", "how is it", mentor_b.name):
            assert shown in html


class TestNotes:
    def test_a_private_note_is_on_no_page_of_anybody_else(
        self,
        cohort_a: Cohort,
        learner_a: User,
        mentor_a: User,
        owner: User,
        path: Path,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        secret = "I understand nothing of this"
        assert (
            browser_of(learner_a).post(reverse("write_note", args=[path.soil.slug]), {"text": secret}).status_code
            == 302 + 1
        )
        assert TopicNote.objects.get().text == secret
        pages = [address(cohort_a, learner_a), address(cohort_a, learner_a, f"?topic={path.soil.slug}")]
        pages += [reverse(name, args=[cohort_a.slug]) for name in ("help_requests", "sign_offs", "cohort")]
        downloads = ("export_csv", "export_xlsx", "events_csv", "events_xlsx", "targets_ics", "bottlenecks")
        pages += [reverse(name, args=[cohort_a.slug]) for name in downloads]
        pages += [reverse("learner_report", args=[cohort_a.slug, learner_a.pk])]
        pages += [reverse("topic", args=[path.soil.slug]), reverse("roadmap", args=["garden"]), reverse("timeline")]
        for person in (mentor_a, owner):
            client = browser_of(person)
            for page in pages:
                response = client.get(page)
                assert response.status_code == 200, page
                body = b"".join(response) if response.streaming else response.content
                assert secret.encode() not in unpacked(body), page
                if "/export." in page or "/report/" in page:
                    assert b"Ada" in unpacked(body), "what is read is what stands in it"
        assert secret not in caplog.text
        assert secret in html_of(browser_of(learner_a), reverse("topic", args=[path.soil.slug]))

    def test_a_shared_one_is_read_until_it_is_not(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        note = acts.write_note(learner=learner_a, topic=path.soil, text="Clay is sticky", shared=True, seen="")
        client = browser_of(mentor_a)
        pages = [address(cohort_a, learner_a), address(cohort_a, learner_a, f"?topic={path.soil.slug}")]
        assert all("Clay is sticky" in html_of(client, page) for page in pages)
        seen = acts.noting.version(note)
        acts.write_note(learner=learner_a, topic=path.soil, text="Clay is sticky", shared=False, seen=seen)
        assert not any("Clay is sticky" in html_of(client, page) for page in pages)


class TestTimeline:
    def fill(self, learner: User, mentor: User, cohort: Cohort, path: Path, times: int = 1) -> None:
        for _ in range(times):
            mark(learner, path.soil, "learning")
            mark(learner, path.soil, "todo")
            acts.comment(learner=learner, topic=path.soil, by=mentor, text="Well", operation=uuid4(), cohort=cohort)

    def test_everything_in_one_order(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        self.fill(learner_a, mentor_a, cohort_a, path)
        request = stuck(learner_a, path.sowing)
        acts.answer_help(cohort=cohort_a, request=request, by=mentor_a, text="Because")
        acts.nudge(cohort=cohort_a, learner=learner_a, by=mentor_a, text="Hey", operation=uuid4())
        progress.set_step(learner=learner_a, step=path.step, done=True, operation=uuid4())
        found = timeline(learner_a, Scope(learner_a.pk)).entries
        assert [(entry.kind, entry.who) for entry in found] == [
            ("step", "Ada"), ("nudge", "Mira"), ("answer", "Mira"), ("help", "Ada"), ("comment", "Mira"),
            ("event", "Ada"), ("event", "Ada"),
        ]  # fmt: skip
        assert found[0].words == "ticked “Dig a hole”"
        assert [entry.at for entry in found] == sorted((entry.at for entry in found), reverse=True)

    def test_pages_meet_without_a_gap(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        self.fill(learner_a, mentor_a, cohort_a, path, times=5)
        whole = timeline(learner_a, Scope(learner_a.pk), limit=100).entries
        read: list[Entry] = []
        before = ""
        while True:
            page = timeline(learner_a, Scope(learner_a.pk), limit=4, before=before)
            read += page.entries
            before = page.older
            if not before:
                break
        assert tuple(read) == whole
        assert len(whole) == 15

    @pytest.mark.parametrize(
        "before", ["x", "1.2", "9" * 40 + ".event.1", "1.event.x", "-5.event.1", "1.ev'ent.1", "..", "1.event.-1"]
    )
    def test_a_place_that_is_none(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path, before: str
    ) -> None:
        self.fill(learner_a, mentor_a, cohort_a, path)
        assert len(timeline(learner_a, Scope(learner_a.pk), before=before).entries) in {0, 3}
        assert browser_of(learner_a).get(reverse("timeline"), {"before": before}).status_code == 200

    def test_what_was_taken_back_says_so_and_not_what_it_was(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        said = acts.comment(
            learner=learner_a, topic=path.soil, by=mentor_a, text="Rude", operation=uuid4(), cohort=cohort_a
        )
        acts.take_back(kind="comment", operation=said.operation, learner=learner_a, by=mentor_a, cohort=cohort_a)
        for client, page in (
            (browser_of(learner_a), reverse("timeline")),
            (browser_of(learner_a), reverse("topic", args=[path.soil.slug])),
            (browser_of(mentor_a), address(cohort_a, learner_a, f"?topic={path.soil.slug}")),
        ):
            html = html_of(client, page)
            assert "Rude" not in html
            assert "aken back" in html

    def test_an_act_on_many_topics_is_one_line(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        elsewhere = make_roadmap("Elsewhere", slug="elsewhere")
        private = make_topic("Private", make_section(elsewhere))
        place(path.soil, private.placements.get().section)
        topics = [path.soil.pk, path.sowing.pk, path.pond.pk]
        given: dict[str, Any] = {"learner": learner_a, "roadmap": path.roadmap, "state": "done", "about": "Ground"}
        operation = uuid4()
        bulk.mark_section(topics=topics, operation=operation, **given)
        mark(learner_a, path.pond, "todo")
        bulk.undo(learner=learner_a, operation=operation)
        knowing.know(learner=learner_a, roadmap=elsewhere, topics=[path.soil.pk, private.pk], operation=uuid4())
        progress.set_step(learner=learner_a, step=path.step, done=True, operation=uuid4())
        bulk.reset_roadmap(learner=learner_a, roadmap=path.roadmap, operation=uuid4())
        bulk.mark_section(topics=[path.pond.pk], operation=uuid4(), **given)
        mine = timeline(learner_a, Scope(learner_a.pk)).entries
        assert [(entry.kind, entry.words, entry.about, entry.topics) for entry in mine] == [
            ("event", "to do → done", "Pond", ()),
            ("many", "began 1 topic anew", "Garden", ("Soil",)),
            ("step", "ticked “Dig a hole”", "Soil", ()),
            ("many", "knew 2 topics before", "Elsewhere", ("Private", "Soil")),
            ("many", "took back what was set for 2 topics", "Ground", ("Soil", "Sowing")),
            ("event", "done → to do", "Pond", ()),
            ("many", "set 3 topics to “done”", "Ground", ("Soil", "Sowing", "Pond")),
        ]
        assert ProgressEvent.objects.exclude(was=F("now")).count() == 12, "each has its event"
        assert not any(entry.taken_back_as for entry in mine)
        read, before = list[Entry](), ""
        while page := timeline(learner_a, Scope(learner_a.pk), limit=2, before=before):
            read += page.entries
            if not (before := page.older):
                break
        assert tuple(read) == mine
        of_soil = timeline(learner_a, Scope(learner_a.pk), topic=path.soil.pk).entries
        assert {entry.kind for entry in of_soil} == {"event", "step"}
        assert len(of_soil) == 6
        html = html_of(browser_of(learner_a), reverse("timeline"))
        assert 'knew 2 topics before: <b dir="auto">Elsewhere</b>' in html
        assert '<li dir="auto">Private</li>' in html
        html = html_of(browser_of(mentor_a), address(cohort_a, learner_a))
        assert "knew 1 topic before" in html
        assert "Private" not in html
        assert "Elsewhere" not in html

    def test_of_a_long_act_not_all_topics_are_named(self, learner_a: User, monkeypatch: pytest.MonkeyPatch) -> None:
        module = make_section(make_roadmap("Long", slug="long"))
        topics = [make_topic(f"Topic {n}", module).pk for n in range(5)]
        bulk.set_many(learner=learner_a, topics=topics, state="done", operation=uuid4(), about="Long")
        monkeypatch.setattr("tracker.timeline.NAMED", 2)
        (entry,) = timeline(learner_a, Scope(learner_a.pk)).entries
        assert (entry.topics, entry.count, entry.more) == (("Topic 0", "Topic 1"), 5, 3)
        assert "and 3 more" in html_of(browser_of(learner_a), reverse("activity"))

    def test_only_ones_own(
        self, cohort_a: Cohort, learner_a: User, learner_b: User, mentor_a: User, path: Path
    ) -> None:
        self.fill(learner_a, mentor_a, cohort_a, path)
        assert timeline(learner_b, Scope(learner_b.pk)).entries == ()


class TestTakingBackFromTheTimeline:
    def test_only_what_still_stands(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        waived = uuid4()
        given = {"cohort": cohort_a, "learner": learner_a, "topic": path.soil, "by": mentor_a, "reason": "x"}
        acts.waive(**given, expected="todo", operation=waived)  # type: ignore[arg-type]

        def offered() -> list[str]:
            return [entry.taken_back_as for entry in page_of(mentor_a, cohort_a, learner_a).timeline.entries]

        assert offered() == ["event"]
        mark(learner_a, path.soil, "done")
        assert offered() == ["", ""]
        progress.undo(
            learner=learner_a, operation=learner_a.progress_events.latest("pk").operation, new_operation=uuid4()
        )
        acts.reopen(**given, expected="waived", operation=uuid4())  # type: ignore[arg-type]
        assert offered()[:2] == ["event", ""]
        assert timeline(learner_a, Scope(learner_a.pk)).entries[0].taken_back_as == "", "not by its learner"

    def test_the_topic_says_by_whom(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        acts.waive(
            cohort=cohort_a, learner=learner_a, topic=path.soil, by=mentor_a, reason="You know it", expected="todo",
            operation=uuid4(),
        )  # fmt: skip
        html = html_of(browser_of(learner_a), reverse("topic", args=[path.soil.slug]))
        assert "waived by Mira (a mentor&#x27;s act). You know it" in html


class TestQueues:
    def test_help_oldest_first(self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path) -> None:
        cleo = join(make_user("Cleo"), cohort_a)
        late, early = stuck(learner_a, path.soil), stuck(cleo, path.sowing)
        HelpRequest.objects.filter(pk=early.pk).update(at=timezone.now() - timedelta(days=3))
        queue = help_queue(mentor_a, cohort_a)
        assert [each.id for each in queue.waiting] == [early.pk, late.pk]
        html = html_of(browser_of(mentor_a), reverse("help_requests", args=[cohort_a.slug]))
        assert "for 3 days" in html
        assert html.index("Cleo") < html.index("Ada")

    def test_only_this_cohorts_learners_and_topics(
        self,
        cohort_a: Cohort,
        cohort_b: Cohort,
        learner_a: User,
        learner_b: User,
        mentor_a: User,
        mentor_b: User,
        path: Path,
    ) -> None:
        pottery = make_path("pottery")
        for roadmap in (path.roadmap, pottery.roadmap):
            assign(roadmap, cohort_b)
        join(learner_a, cohort_b)
        stuck(learner_b, path.soil)
        stuck(learner_a, pottery.soil)
        mine = stuck(learner_a, path.soil)
        assert [each.id for each in help_queue(mentor_a, cohort_a).waiting] == [mine.pk]
        assert help_queue(mentor_b, cohort_b).total == 3
        assert help_queue(mentor_b, cohort_a).waiting == (), "who does not mentor it sees nobody"

    def test_sign_offs_wait_until_they_are_given(
        self, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path
    ) -> None:
        soil, module = About(path.roadmap, path.soil), About(path.roadmap, None, Section.objects.get(slug="ground"))
        for about in (soil, module):
            acts.want_sign_off(about=about, wanted=True)
            for text in ("first", "second"):
                acts.hand_in(learner=learner_a, about=about, text=text, url="", operation=uuid4())
        queue = sign_off_queue(mentor_a, cohort_a)
        assert [(each.title, each.text) for each in queue.waiting] == [("Soil", "second"), ("Ground", "second")]
        acts.sign_off(
            cohort=cohort_a, learner=learner_a, about=soil, by=mentor_a, note="", evidence=queue.waiting[0].id,
            operation=uuid4(),
        )  # fmt: skip
        assert [each.title for each in sign_off_queue(mentor_a, cohort_a).waiting] == ["Ground"]
        acts.want_sign_off(about=module, wanted=False)
        assert sign_off_queue(mentor_a, cohort_a).total == 0

    def test_pages(self, cohort_a: Cohort, mentor_a: User, path: Path) -> None:
        for number in range(52):
            stuck(join(make_user(f"Learner {number}"), cohort_a), path.soil)
        first, second = help_queue(mentor_a, cohort_a), help_queue(mentor_a, cohort_a, page=2)
        assert (len(first.waiting), len(second.waiting), first.pages) == (50, 2, 2)
        assert help_queue(mentor_a, cohort_a, page=99).waiting == second.waiting


class TestQueryGrowth:
    def scene(self, size: int) -> tuple[User, Cohort, User, Topic]:
        """A cohort of its own, in which everything there can be is there `size` times."""
        cohort, mentor = make_cohort(), make_user("Mentor")
        join(mentor, cohort, "mentor")
        learner = join(make_user("Learner"), cohort)
        roadmap = make_roadmap()
        assigned = assign(roadmap, cohort)
        section = make_section(roadmap)
        topics = [make_topic(f"Topic {number}", section) for number in range(size)]
        for number in range(min(size, 4)):
            other = make_roadmap()
            assign(other, cohort, position=number + 1)
            place(topics[0], make_section(other))
        for topic in topics:
            about = About(roadmap, topic)
            acts.want_sign_off(about=about, wanted=True)
            stuck(learner, topic)
            acts.hand_in(learner=learner, about=about, text="x", url="", operation=uuid4())
            acts.write_note(learner=learner, topic=topic, text="x", shared=True, seen="")
            acts.comment(learner=learner, topic=topics[0], by=mentor, text="x", operation=uuid4(), cohort=cohort)
            LearnerTarget.objects.create(learner=learner, by=mentor, assigned=assigned)
            stuck(join(make_user("More"), cohort), topic)
        return mentor, cohort, learner, topics[0]

    def test_as_many_for_thirty_as_for_three(self) -> None:
        counts = []
        for size in (3, 30):
            mentor, cohort, learner, topic = self.scene(size)
            client, own = browser_of(mentor), browser_of(learner)
            pages = {
                "page": (client, address(cohort, learner)),
                "topic": (client, address(cohort, learner, f"?topic={topic.slug}")),
                "help": (client, reverse("help_requests", args=[cohort.slug])),
                "sign-offs": (client, reverse("sign_offs", args=[cohort.slug])),
                "timeline": (own, reverse("timeline")),
                "own": (own, reverse("topic", args=[topic.slug])),
            }
            counts.append({name: count(partial(html_of, c, p)) for name, (c, p) in pages.items()})
        assert counts[0] == counts[1]
        assert max(counts[0].values()) <= 20, counts
