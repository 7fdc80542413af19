"""Pages that explain progress: a percentage, many topics at once, a year, a pace, what changed, what is known."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from roadmap.models import Roadmap, Topic
from roadmap.tree import Tree
from tests.factories import assign, join, make_cohort, make_roadmap, make_section, make_topic, make_user, place
from tests.tracker.conftest import HTMX, Path, browser_of
from tests.trees import branch, done, extra, marks_on, tree, trees
from tracker import activity, bulk, progress
from tracker.missing import explain
from tracker.models import BulkAct, Enrolment, ProgressEvent, TopicProgress, User
from tracker.overlay import overlay
from tracker.pace_page import pace_on, paces_of, targets_for
from tracker.packed import Mark
from tracker.time_zones import today_of, zone_of

pages = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


def act(learner: User, topic: Topic, state: str = "done", roadmap: Roadmap | None = None, **more: Any) -> UUID:
    operation = uuid4()
    walks = roadmap.pk if roadmap else None
    progress.set_state(learner=learner, topic=topic.pk, state=state, operation=operation, roadmap=walks, **more)
    return operation


def html_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content[:300]
    return " ".join(response.content.decode().split())


def text_of(client: Client, address: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html_of(client, address)).split())


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


class TestExplain:
    """Pure."""

    def test_what_is_missing_and_what_is_beside(self) -> None:
        forest = tree(branch("A", 1, 2, 3, extra(4)), branch("B", 5), needs={2: [5]}, facts={2: {"hours": 3.0}})
        found = explain(overlay(forest, {**done(1), 3: Mark("skipped")}))
        part, other = found.parts
        assert ([line.topic for line in part.missing], part.missing[0].needs) == ([2], ("Topic 5",))
        assert ([line.topic for line in part.skipped], [line.topic for line in part.beside]) == ([3], [4])
        assert [line.topic for line in other.missing] == [5]
        assert (found.missing, found.hours, found.unstated) == (2, 3.0, 1)
        assert [(title, share.percent) for title, _, share in found.sections] == [("A", 33), ("B", 0)]
        assert [p.title for p in explain(overlay(forest, {}), 1).parts] == ["B"]

    def test_a_choice_that_has_enough_is_beside(self) -> None:
        forest = tree(branch("A", 1, 2, 3, choose=1))
        (part,) = explain(overlay(forest, done(1))).parts
        assert (part.missing, len(part.beside)) == ((), 2)
        found = explain(overlay(forest, {}))
        assert found.choices == (("A", "branch-0", 1, 3),)
        assert (found.share.required, found.missing, found.listed, found.parts[0].needed) == (1, 1, 3, 1)

    def test_a_choice_takes_what_it_still_needs_and_its_shortest_hours(self) -> None:
        forest = tree(branch("A", 1, 2, 3, choose=2), branch("B", 4), facts={t: {"hours": 10.0 * t} for t in (1, 2, 3)})
        found = explain(overlay(forest, done(1)))
        assert (found.missing, found.listed, found.hours, found.unstated) == (2, 3, 20.0, 1)
        assert [(part.needed, len(part.missing)) for part in found.parts] == [(1, 2), (1, 1)]
        assert (explain(overlay(forest, done(1)), 0).hours, explain(overlay(forest, done(1)), 1).hours) == (20.0, 0.0)

    @given(st.data(), trees())
    def test_it_says_what_the_share_says(self, data: st.DataObject, forest: Tree) -> None:
        laid = overlay(forest, data.draw(marks_on(forest)))
        for index in (None, *range(len(forest.branches))):
            found = explain(laid, index)
            share = laid.total if index is None else laid.share(index)
            assert found.share == share
            assert found.missing == share.left + share.learning <= found.listed
            if not found.choices and not any(b.choose for b in forest.branches):
                assert found.missing == found.listed
                assert sum(len(part.skipped) for part in found.parts) == share.skipped
            if share.percent == 100:
                assert found.missing == 0


class TestShare:
    pytestmark = pages

    def test_the_formula_with_ones_own_numbers(self, ada: Client, learner: User, path: Path, other: User) -> None:
        act(learner, path.soil, "waived", by=other)
        text = text_of(ada, "/roadmaps/garden/share/")
        assert "50 % = is (0 done + 1 waived) ÷ 2 required" in text
        assert "+ 1 optional, 0 of them done" in text
        assert "Sowing ready" in text
        assert "Sowing better after Soil" in text_of(browser_of(other), "/roadmaps/garden/share/?section=ground")
        assert "0 % = is (0 done + 0 waived) ÷ 2 required" in text_of(Client(), "/roadmaps/garden/share/")

    def test_why_it_fell_is_said(self, ada: Client, learner: User, path: Path) -> None:
        for topic in (path.soil, path.sowing):
            act(learner, topic, "done", path.roadmap)
        make_topic("Compost", path.soil.placements.get().section)
        Roadmap.objects.update(revision=2)
        assert "66 % · 2 of 3 1 left 1 new since you finished" in text_of(ada, "/roadmaps/garden/").replace(
            "66%", "66 %"
        )
        assert "1 of what is missing came after you had finished" in text_of(ada, "/roadmaps/garden/share/")

    def test_every_percentage_leads_to_it(self, ada: Client, learner: User, path: Path) -> None:
        act(learner, path.soil, "done", path.roadmap)
        html = html_of(ada, "/roadmaps/garden/")
        assert html.count('href="/roadmaps/garden/share/"') == 1
        assert html.count('href="/roadmaps/garden/share/?section=ground"') == 2  # its head, and the outline
        assert html.count('href="/roadmaps/garden/share/?section=beginner"') == 1
        assert 'href="/roadmaps/garden/share/"' in html_of(ada, "/roadmaps/")

    def test_a_mentor_reads_that_of_their_learner(self, learner: User, other: User, path: Path) -> None:
        cohort = make_cohort(slug="class")
        join(learner, cohort)
        mentor = join(make_user("Mira"), cohort, "mentor")
        assign(path.roadmap, cohort)
        act(learner, path.soil, "done")
        page = f"/cohorts/class/learners/{learner.pk}/"
        html = html_of(browser_of(mentor), f"{page}share/garden/?section=ground")
        assert "(1 done + 0 waived) ÷ 2 required" in html
        assert f'href="{page}?roadmap=garden&amp;topic=garden-sowing#talk"' in html
        assert 'href="share/garden/?section=ground"' in html_of(browser_of(mentor), f"{page}?roadmap=garden")
        assert f'href="{page}share/garden/"' in html_of(browser_of(mentor), f"{page}?roadmap=garden")
        for stranger in (learner, other):
            html_of(browser_of(stranger), f"{page}share/garden/", 404)

    def test_the_queries_do_not_grow(self, ada: Client) -> None:
        counts = []
        for size in (2, 80):
            section = make_section(roadmap := make_roadmap(slug=f"r{size}"))
            for _ in range(size):
                make_topic(section=section)
            counts.append(queries_of(ada, f"/roadmaps/{roadmap.slug}/share/"))
        assert counts[0] == counts[1]


class TestMarkSection:
    pytestmark = pages

    def test_it_says_first_then_does_then_undoes(self, ada: Client, learner: User, path: Path, other: User) -> None:
        act(learner, path.pond, "waived", by=other)
        html = html_of(ada, "/roadmaps/garden/mark/?section=ground")
        assert "Done: 2 topics" in html
        assert "1 that a mentor waived stays" in html
        form = re.findall(r'name="state" value="done"><input type="hidden" name="operation" value="([^"]+)"', html)
        sent = {"section": "ground", "state": "done", "operation": form[0]}
        for _ in range(2):  # a second click is the same act
            response = ada.post("/roadmaps/garden/mark/", sent)
            assert (response.status_code, response["Location"]) == (303, "/roadmaps/garden/#s-ground")
        assert BulkAct.objects.count() == 1
        html = html_of(ada, "/roadmaps/garden/")
        assert "2 topics done. 1 topic that a mentor waived stays." in html
        assert f'name="operation" value="{form[0]}"' in html
        assert form[0] in html_of(ada, "/roadmaps/garden/mark/")  # also later, when the message is gone
        undo = {"operation": form[0], "roadmap": "garden", "next": "/roadmaps/garden/"}
        answer = ada.post("/progress/undo/", undo, headers=HTMX).content.decode()
        assert "Undone. 2 topics are as they were." in answer
        assert f'id="t{path.soil.pk}"' in answer
        assert 'id="head" hx-swap-oob="true"' in answer
        assert ada.post("/progress/undo/", undo)["Location"] == "/roadmaps/garden/"
        assert form[0] not in html_of(ada, "/roadmaps/garden/mark/")

    def test_a_strict_roadmap_says_why_not(self, ada: Client, path: Path) -> None:
        Roadmap.objects.update(locking="strict", revision=9)
        text = text_of(ada, "/roadmaps/garden/mark/?section=ground")
        assert "1 stays locked: Sowing needs Soil" in text
        there = make_section(path.roadmap, "Later", slug="later")
        path.sowing.placements.update(section=there)
        Roadmap.objects.update(revision=10)
        sent = {"section": "later", "state": "done", "operation": str(uuid4())}
        assert ada.post("/roadmaps/garden/mark/", sent).status_code == 409
        assert not TopicProgress.objects.exists()

    def test_what_is_not_understood(self, ada: Client, path: Path) -> None:
        for wrong in ({"state": "waived"}, {"state": "done", "operation": "x"}, {}):
            assert ada.post("/roadmaps/garden/mark/", {"operation": str(uuid4())} | wrong).status_code in {422}
        operation = str(uuid4())
        assert ada.post("/roadmaps/garden/mark/", {"state": "done", "operation": operation}).status_code == 303
        assert ada.post("/roadmaps/garden/mark/", {"state": "todo", "operation": operation}).status_code == 409

    def test_an_empty_section_says_so(self, ada: Client, path: Path) -> None:
        make_section(path.roadmap, "Empty", slug="empty")
        Roadmap.objects.update(revision=7)
        assert "No topic stands in this section." in html_of(ada, "/roadmaps/garden/mark/?section=empty")


class TestResetRoadmap:
    pytestmark = pages

    def test_asks_names_what_else_changes_and_can_be_undone(self, ada: Client, learner: User, path: Path) -> None:
        act(learner, path.soil, "done", path.roadmap)
        progress.set_step(learner=learner, step=path.step, done=True, operation=uuid4())
        place(path.soil, make_section(make_roadmap("Elsewhere", slug="elsewhere")))
        text = text_of(ada, "/roadmaps/garden/reset/")
        assert "1 topic goes back to “to do”." in text
        assert "1 ticked step is unticked." in text
        assert "these change too: Elsewhere" in text
        assert TopicProgress.objects.get().state == "done"
        operation = str(uuid4())
        sent = {"state": "todo", "operation": operation}
        assert ada.post("/roadmaps/garden/reset/", sent)["Location"] == "/roadmaps/garden/"
        assert TopicProgress.objects.get().state == "todo"
        assert "nothing to put back" in text_of(ada, "/roadmaps/garden/reset/")
        answer = ada.post("/progress/undo/", {"operation": operation, "next": "/roadmaps/garden/"})
        assert answer.status_code == 303
        assert "1 topic is as it was." in html_of(ada, "/roadmaps/garden/")
        assert TopicProgress.objects.get().state == "done"
        assert ProgressEvent.objects.filter(step=None).count() == 3


class TestActivity:
    pytestmark = pages

    def test_a_year_of_ones_own_days(self, ada: Client, learner: User, path: Path, other: User) -> None:
        User.objects.filter(pk=learner.pk).update(time_zone="Pacific/Auckland")
        learner.refresh_from_db()
        self._at(learner, path.soil, datetime(2025, 3, 1, 20, tzinfo=UTC))  # the second of March there
        self._at(learner, path.sowing, timezone.now())
        self._at(other, path.soil, datetime(2025, 3, 1, 20, tzinfo=UTC))
        html = html_of(ada, "/activity/?year=2025")
        assert '<time datetime="2025-03-02">' in html
        assert ">1 move <" in html.replace("<span", "<")
        assert "Pacific/Auckland" in html
        assert activity.first_move(learner, zone_of(learner)) == date(2025, 3, 2)
        ProgressEvent.objects.create(
            learner=learner, topic=path.pond, was="todo", now="done", through="known", revision=1,
            at=datetime(2024, 3, 1, tzinfo=UTC),
        )  # fmt: skip
        assert activity.first_move(learner, zone_of(learner)) == date(2025, 3, 2), "known before is no move"
        for year in ("1999", "x", "99999", ""):
            assert '<time datetime="2025-03-02">' not in html_of(ada, f"/activity/?year={year}")

    def test_without_a_move_nobody_is_blamed(self, ada: Client, path: Path) -> None:
        text = text_of(ada, "/activity/")
        assert "0 moves" in text
        assert "No moves in this time." in text
        assert "You walk no roadmap yet" in text
        assert "streak" not in text.lower()

    def test_the_queries_do_not_grow(self, ada: Client, learner: User) -> None:
        counts = []
        for _ in range(2):
            for _ in range(4):
                roadmap = make_roadmap()
                act(learner, make_topic(section=make_section(roadmap)), "done", roadmap)
            counts.append(queries_of(ada, "/activity/"))
        assert counts[0] == counts[1]

    @staticmethod
    def _at(learner: User, topic: Topic, at: datetime) -> None:
        ProgressEvent.objects.create(learner=learner, topic=topic, was="todo", now="done", revision=1, at=at)


class TestPace:
    pytestmark = pages

    @staticmethod
    def began(learner: User, days: int) -> None:
        """So many days ago."""
        Enrolment.objects.filter(learner=learner).update(enrolled_at=timezone.now() - timedelta(days=days))

    def test_the_first_days_are_no_week(self, ada: Client, learner: User, path: Path) -> None:
        act(learner, path.soil, "done", path.roadmap)
        for days in (0, 5):
            self.began(learner, days)
            found = pace_on(learner, path.roadmap)
            assert (found.known_from, found.forecast) == (found.today + timedelta(days=6 - days), None)
            assert "1 topic so far; 1 to go." in text_of(ada, "/roadmaps/garden/pace/")
            text = text_of(ada, "/activity/")
            assert "1 topic so far" in text
            assert "You have only just begun." in text
            assert "a week lately" not in text
        self.began(learner, 6)
        assert pace_on(learner, path.roadmap).known_from is None
        assert "1.0 topics a week lately" in text_of(ada, "/roadmaps/garden/pace/")

    def test_the_first_hours_are_no_week(self, ada: Client, learner: User, path: Path) -> None:
        Topic.objects.filter(pk=path.sowing.pk).update(hours=12)
        Roadmap.objects.update(revision=5)
        act(learner, path.soil, "done", path.roadmap)
        assert "3 h so far; 12 h to go." in text_of(ada, "/roadmaps/garden/pace/")
        assert "3 h so far" in text_of(ada, "/activity/")

    def test_topics_a_week_and_a_range(self, ada: Client, learner: User, path: Path) -> None:
        section = make_section(path.roadmap, "More")
        for _ in range(6):
            make_topic(section=section)
        Roadmap.objects.update(revision=5)
        act(learner, path.soil, "done", path.roadmap)
        act(learner, path.pond, "done", path.roadmap)
        self.began(learner, 6)
        found = pace_on(learner, Roadmap.objects.get())
        assert (found.in_hours, found.weeks, found.left) == (False, (1.0,), 7.0)
        assert found.forecast is not None
        assert (found.early, found.late) == (found.today + timedelta(weeks=7), found.today + timedelta(weeks=8))
        text = text_of(ada, "/roadmaps/garden/pace/")
        assert "1.0 topics a week lately; 7 to go." in text
        assert "At this pace you finish between" in text

    def test_hours_where_every_required_topic_has_them(self, ada: Client, learner: User, path: Path) -> None:
        Topic.objects.filter(pk=path.sowing.pk).update(hours=12)
        Roadmap.objects.update(revision=5)
        act(learner, path.soil, "done", path.roadmap)
        User.objects.filter(pk=learner.pk).update(week_hours=6)
        learner.refresh_from_db()
        found = pace_on(learner, Roadmap.objects.get())
        assert (found.in_hours, found.weeks, found.left) == (True, (3.0,), 12.0)
        assert found.by_own_hours == found.today + timedelta(days=14)
        assert "With the 6 h a week that you mean to spend" in text_of(ada, "/roadmaps/garden/pace/")

    def test_the_target_date(self, ada: Client, learner: User, path: Path) -> None:
        cohort, late = make_cohort("Class"), make_cohort("Late")
        today = today_of(learner)
        for one, days in ((cohort, 70), (late, 90)):
            join(learner, one)
            assign(path.roadmap, one, target_on=today + timedelta(days=days))
        target = targets_for(learner, [path.roadmap])[path.roadmap.pk]
        assert (target.on, target.own, target.cohort) == (today + timedelta(days=70), False, "Class")
        act(learner, path.soil, "done", path.roadmap)
        self.began(learner, 6)
        found = pace_on(learner, Roadmap.objects.get())
        assert (found.needed, found.on_time) == (0.1, "before")
        assert "You are ahead of it." in text_of(ada, "/activity/")

    def test_what_was_known_before_is_no_pace(self, ada: Client, learner: User, path: Path) -> None:
        args: dict[str, Any] = {"learner": learner, "roadmap": path.roadmap, "operation": uuid4()}
        bulk.set_many(topics=[path.soil.pk], state="done", **args)
        self.began(learner, 6)
        (found,) = paces_of(learner)
        assert (found.weeks, found.forecast) == ((0.0,), None)
        assert "No pace yet" in text_of(ada, "/roadmaps/garden/pace/")

    def test_it_can_be_hidden_and_shown(self, ada: Client, learner: User, path: Path) -> None:
        act(learner, path.soil, "done", path.roadmap)
        sent = {"hidden": "yes", "next": "/roadmaps/garden/pace/"}
        assert ada.post("/pace/", sent)["Location"] == "/roadmaps/garden/pace/"
        for address in ("/roadmaps/garden/pace/", "/activity/"):
            text = text_of(ada, address)
            assert "finish" not in text
            assert "Show the pace" in text
        assert ada.post("/pace/", {"hidden": "no"})["Location"] == "/activity/"
        assert "Hide the pace" in text_of(ada, "/activity/")


class TestChangedText:
    pytestmark = pages

    def test_the_difference_and_still_fine(self, ada: Client, learner: User, path: Path) -> None:
        Topic.objects.filter(pk=path.soil.pk).update(body="Water it every second day.")
        act(learner, path.soil, "done", path.roadmap)
        assert "Nothing: it is the text that you finished" in html_of(ada, "/topics/garden-soil/changed/")
        Topic.objects.filter(pk=path.soil.pk).update(body="Water it every third day.", revision=2)
        Roadmap.objects.update(revision=5)
        for address in ("/topics/garden-soil/changed/", "/topics/garden-soil/", "/roadmaps/garden/?topic=garden-soil"):
            assert "every <del>second</del><ins>third</ins> day." in html_of(ada, address)
        assert ada.post("/topics/garden-soil/fine/", {"next": "/topics/garden-soil/"}).status_code == 303
        assert "<ins>" not in html_of(ada, "/topics/garden-soil/")

    def test_a_text_from_before_there_was_a_history(self, ada: Client, learner: User, path: Path) -> None:
        Topic.objects.filter(pk=path.soil.pk).update(revision=5)
        act(learner, path.soil, "done", path.roadmap)
        TopicProgress.objects.update(revision=3)
        assert "is not known any more" in html_of(ada, "/topics/garden-soil/changed/")


class TestKnown:
    pytestmark = pages

    def test_rows_and_panel_say_from_where(self, ada: Client, learner: User, path: Path) -> None:
        other = make_roadmap("Ponds & Co", slug="ponds")
        section = make_section(other, slug="base")
        place(path.soil, section)
        fresh = make_topic("Fresh", section, slug="fresh")
        act(learner, path.soil, "done", path.roadmap)
        chip = '<span class="chip known">known from <bdi>Garden</bdi></span>'
        assert chip in html_of(ada, "/roadmaps/ponds/")
        assert "known from Garden" in html_of(ada, "/topics/garden-soil/?roadmap=ponds")
        assert "known from" not in html_of(ada, "/roadmaps/garden/")
        assert "known from" not in html_of(ada, "/topics/garden-soil/?roadmap=garden")
        act(learner, fresh, "done", other)  # it stays said after the first check-off here
        assert chip in html_of(ada, "/roadmaps/ponds/")
        assert html_of(ada, "/roadmaps/ponds/").count("known from") == 1
        assert chip in html_of(ada, "/roadmaps/ponds/?show=done")
        other.title = "Renamed"
        act(learner, path.soil, "todo", other)
        act(learner, path.soil, "done", other)
        assert "known from" not in html_of(ada, "/roadmaps/ponds/")

    def test_a_new_title_shows_at_once(self, ada: Client, learner: User, path: Path) -> None:
        place(path.soil, make_section(make_roadmap("Ponds", slug="ponds"), slug="base"))
        act(learner, path.soil, "done", path.roadmap)
        html_of(ada, "/roadmaps/ponds/")
        Roadmap.objects.filter(slug="garden").update(title="Kitchen <b> garden")
        assert "known from <bdi>Kitchen &lt;b&gt; garden</bdi>" in html_of(ada, "/roadmaps/ponds/")
