"""The first page: a learner's today, with its reasons; what a visitor sees; and that neither grows with roadmaps."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from html import unescape
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap.models import NoteSource, Roadmap, Topic
from tests.factories import assign, join, make_cohort, make_roadmap, make_section, make_topic, require
from tests.tracker.conftest import PASSWORD, Path, browser_of, make_path
from tests.trees import branch, tree
from tracker import acts, knowing, progress, summaries, walking
from tracker.cohort_news import Assigned, near_targets
from tracker.landing import levels_of
from tracker.models import Goal, LearnerTarget, ProgressEvent, User
from tracker.time_zones import zone_of
from tracker.week import days_of, week_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


def page_of(client: Client, address: str = "/", status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def words(html: str) -> str:
    """What a reader sees of it, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def part(html: str, name: str) -> str:
    """The words of the section that is headed by the element of this id; empty without one."""
    found = re.search(rf'<section[^>]*aria-labelledby="{name}".*?</section>', html, re.S)
    return words(found[0]) if found else ""


def set_state(learner: User, topic: Topic, state: str = "done", roadmap: Roadmap | None = None) -> None:
    progress.set_state(
        learner=learner, topic=topic.pk, state=state, operation=uuid4(), roadmap=roadmap.pk if roadmap else None
    )


class TestToday:
    def test_what_is_in_hand_what_is_ready_and_why(self, ada: Client, learner: User, path: Path) -> None:
        walking.enrol(learner=learner, roadmap=path.roadmap)
        html = page_of(ada)
        assert part(html, "hand").startswith(
            "Begin with Garden · Beginner · Ground Soil What it is. Opens 1 topic: Sowing. Needs nothing first. "
            "About 3 h."
        )
        assert "Pond" in part(html, "ready")
        assert "Optional, and next in order. Needs nothing first." in part(html, "ready")
        set_state(learner, path.soil, "learning", path.roadmap)
        html = page_of(ada)
        assert part(html, "hand").startswith("Continue Garden · Beginner · Ground Soil")
        assert "You are learning it. Opens 1 topic: Sowing." in part(html, "hand")
        set_state(learner, path.soil)
        hand = part(page_of(ada), "hand")
        assert "Sowing Next in order. What it needs is met: Soil." in hand

    def test_on_the_way_to_a_goal(self, ada: Client, learner: User, path: Path) -> None:
        walking.enrol(learner=learner, roadmap=path.roadmap)
        Goal.objects.create(learner=learner, roadmap=path.roadmap, topic=path.sowing)
        html = page_of(ada)
        assert "On the way to Sowing: 2 topics left. Opens 1 topic: Sowing." in part(html, "hand")
        assert "goal: Sowing" in part(html, "walks")
        set_state(learner, path.soil)
        assert "It is your goal." in part(page_of(ada), "hand")

    def test_a_check_off_from_here_comes_back_here_and_can_be_undone(
        self, ada: Client, learner: User, path: Path
    ) -> None:
        walking.enrol(learner=learner, roadmap=path.roadmap)
        hand = re.search(r'<form class="acts".*?</form>', page_of(ada), re.S)
        assert hand
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', hand[0])) | {"state": "done"}
        sent = ada.post("/topics/garden-soil/state/", fields)
        assert (sent.status_code, sent["Location"]) == (303, f"/#t{path.soil.pk}")
        html = page_of(ada)
        assert "<bdi>Soil</bdi>: done." in html
        assert ada.post("/topics/garden-soil/state/", fields).status_code == 303
        assert ProgressEvent.objects.count() == 1, "sent twice is once"
        undo = re.search(r'name="operation" value="([^"]+)"', html)
        assert undo
        assert ada.post("/progress/undo/", {"operation": undo[1], "next": "/"})["Location"].startswith("/#t")
        assert learner.progress.get().state == "todo"

    def test_never_what_a_strict_roadmap_locks(self, ada: Client, learner: User) -> None:
        found = make_path("strict", locking=Roadmap.Locking.STRICT)
        walking.enrol(learner=learner, roadmap=found.roadmap)
        set_state(learner, found.soil, "skipped", found.roadmap)
        set_state(learner, found.pond, "skipped", found.roadmap)
        html = page_of(ada)
        assert part(html, "hand").startswith("Nothing is ready now")
        assert not part(html, "ready")

    def test_changed_and_new_since(self, ada: Client, learner: User, path: Path) -> None:
        for topic in (path.soil, path.sowing):
            set_state(learner, topic, "done", path.roadmap)
        Topic.objects.filter(pk=path.soil.pk).update(revision=2)
        make_topic("Compost", path.soil.placements.get().section)
        Roadmap.objects.update(revision=2)
        html = page_of(ada)
        assert "SoilStill fine: Soil They stay done" in part(html, "changed")
        assert part(html, "new") == "New since you finished Compost Garden"
        answer = ada.post("/topics/garden-soil/fine/", {"next": "/"})
        assert answer["Location"] == f"/#t{path.soil.pk}"
        assert not part(page_of(ada), "changed")

    def test_everything_walked(self, ada: Client, learner: User, path: Path) -> None:
        for topic in (path.soil, path.sowing, path.pond):
            set_state(learner, topic, "done", path.roadmap)
        html = page_of(ada)
        assert part(html, "hand").startswith("All of it is walked")
        assert "say what you know" not in part(html, "walks")

    def test_nothing_walked_yet_leads_to_the_first_steps(self, ada: Client, path: Path) -> None:
        html = page_of(ada)
        assert part(html, "hand").startswith("Choose a roadmap")
        assert 'href="/welcome/"' in html

    def test_an_install_without_roadmaps_says_the_three_ways(self, ada: Client) -> None:
        assert page_of(ada).count("<li><h2>") == 3

    def test_what_is_learned_beside_a_roadmap_is_not_lost(self, ada: Client, learner: User, path: Path) -> None:
        set_state(learner, path.soil, "learning")
        html = page_of(ada)
        assert part(html, "under-way") == "Also under way Soil"
        assert part(html, "hand").startswith("Choose a roadmap"), "it enrols nobody"

    def test_what_one_may_not_read_is_not_there(self, ada: Client, learner: User, editor: User) -> None:
        hidden = make_path("hidden")
        for person in (learner, editor):
            set_state(person, hidden.soil, "learning", hidden.roadmap)
        Roadmap.objects.update(state=Roadmap.State.DRAFT)
        assert "Soil" not in page_of(ada)
        assert "Soil" in page_of(browser_of(editor))
        Roadmap.objects.update(retired_at=timezone.now())
        assert "Soil" not in page_of(browser_of(editor))

    def test_roadmaps_of_ones_cohorts_with_dates_and_what_mentors_said(
        self, ada: Client, learner: User, other: User, path: Path
    ) -> None:
        cohort = make_cohort("Spring")
        join(learner, cohort)
        mentor = join(User.objects.create_user("mira@example.org", name="Mira"), cohort, "mentor")
        given = assign(path.roadmap, cohort, target_on=timezone.localdate() + timedelta(days=9))
        summaries.ensure(learners=[learner.pk], roadmaps=[path.roadmap.pk])
        acts.ask_for_help(learner=learner, topic=path.soil, text="?", operation=uuid4(), roadmap=path.roadmap)
        request = learner.helprequests.get()
        request.answer, request.answered_by, request.answered_at = "Dig <deeper>.", mentor, timezone.now()
        request.save()
        acts.comment(learner=learner, topic=path.sowing, by=mentor, text="Not in frost.", operation=uuid4())
        acts.comment(learner=learner, topic=path.sowing, by=learner, text="My own words.", operation=uuid4())
        html = page_of(ada)
        told = part(html, "told")
        assert "Garden 9 days left" in told
        assert "Mira answered your request for help: Soil a moment agoDig <deeper>." in told
        assert "Mira wrote to you: Sowing a moment agoNot in frost." in told
        assert "My own words." not in html
        assert "Begin with" in part(html, "hand"), "what a cohort walks is suggested before the first check-off"
        LearnerTarget.objects.create(assigned=given, learner=learner, by=mentor, target_on=None)
        assert "days left" not in page_of(ada), "no date for this learner"
        assert "Dig" not in page_of(browser_of(other))
        cohort.memberships.filter(user=learner).update(left_at=timezone.now())
        assert part(page_of(ada), "hand").startswith("Choose a roadmap")

    def test_due_reviews_have_a_place_where_something_is_due(self, ada: Client, path: Path) -> None:
        assert "Due for review" not in page_of(ada)
        shown = words(render_to_string("tracker/_today_due.html", {"number": 2, "topics": [path.soil]}))
        assert shown.startswith("Due for review 2 topics that you finished are due. Soil")

    def test_titles_are_text(self, ada: Client, learner: User) -> None:
        roadmap = make_roadmap("<b>Bold</b>", slug="bold")
        make_topic("<script>alert(1)</script>", make_section(roadmap, "<i>x</i>"), slug="bad")
        walking.enrol(learner=learner, roadmap=roadmap)
        html = page_of(ada)
        assert "<script>alert" not in html
        assert "<i>x" not in html
        assert "&lt;script&gt;alert(1)" in html

    def test_queries_do_not_grow_with_roadmaps_topics_or_news(self, ada: Client, learner: User) -> None:
        def queries() -> int:
            page_of(ada)
            with CaptureQueriesContext(connection) as captured:
                page_of(ada)
            return len(captured)

        first = make_path("one")
        set_state(learner, first.soil, "done", first.roadmap)
        few = queries()
        for number in range(6):
            found = make_path(f"more-{number}")
            section = found.soil.placements.get().section
            for extra in range(8):
                topic = make_topic(f"Topic {extra}", section)
                require(topic, found.soil)
                set_state(learner, topic, ("learning", "done")[extra % 2], found.roadmap)
            Topic.objects.update(revision=2)
            Roadmap.objects.filter(pk=found.roadmap.pk).update(revision=2)
        assert queries() == few + 1, "one for all that has to be counted again"
        assert few <= 9

    def test_is_not_posted_to(self, ada: Client, client: Client) -> None:
        assert ada.post("/").status_code == 405
        assert client.post("/").status_code == 405


class TestLanding:
    def test_shows_a_real_roadmap_with_topics_to_try(self, client: Client, path: Path) -> None:
        html = page_of(client)
        assert "Garden" in part(html, "sample")
        assert "From bare ground to harvest." in words(html)
        assert "1 module3 topicsabout 3 h" in part(html, "sample")
        assert 'href="/roadmaps/garden/#s-beginner"' in html
        assert 'aria-label="Soil, to do, ready"' in html
        assert 'aria-label="Sowing, to do, better later: needs 1"' in html
        assert "NOTES=~/my-notes" in html
        assert "# Garden\n## Beginner\n### Ground\n- Soil: clay, sand\n- Sowing\n- Pond</pre>" in html

    def test_the_roadmap_that_comes_along_goes_first(self, client: Client, path: Path) -> None:
        source = NoteSource.objects.create(location="bundled:ai-engineer", title="AI Engineer")
        bundled = make_roadmap("AI Engineer", source=source, position=9)
        make_topic("Vectors", make_section(bundled, "Mathematics"))
        html = page_of(client)
        assert part(html, "try").startswith("Try it: Mathematics Vectors")
        assert "1 more roadmap" in words(html)

    def test_a_tick_waits_for_signing_in_and_so_does_the_next(self, client: Client, learner: User, path: Path) -> None:
        learner.set_password(PASSWORD)
        learner.save()
        html = page_of(client)
        fields = dict(re.findall(r'name="(nonce|roadmap|next)" value="([^"]*)"', html))
        for slug in ("garden-soil", "garden-pond", "garden-soil"):
            sent = client.post(f"/topics/{slug}/state/", fields | {"state": "done"})
            assert sent["Location"].startswith("/accounts/login/?next=/roadmaps/garden/")
        for address in ("/accounts/login/", "/", "/roadmaps/garden/"):
            assert "Your check-offs of 2 topics are kept" in page_of(client, address)
        html = page_of(client)
        assert [f'aria-checked="true" aria-label="{title}, done"' in html for title in ("Soil", "Pond")] == [True, True]
        assert "Sowing, to do, ready" in html
        client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
        assert set(learner.progress.values_list("topic__title", "state")) == {("Soil", "done"), ("Pond", "done")}
        assert "What you checked off before you signed in is saved: Pond, Soil." in words(
            page_of(client, "/roadmaps/garden/")
        )
        assert "check_offs" not in client.session

    def test_one_that_waited_since_before_an_update_is_done(self, client: Client, learner: User, path: Path) -> None:
        learner.set_password(PASSWORD)
        learner.save()
        session = client.session
        session["check_off"] = {
            "topic": "garden-soil", "title": "Soil", "state": "done", "operation": str(uuid4()), "roadmap": "garden",
        }  # fmt: skip
        session.save()
        client.cookies["pathnotes-session"] = str(session.session_key)
        client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
        assert learner.progress.get().state == "done"

    def test_what_is_gone_by_then_loses_nothing_of_the_rest(self, client: Client, learner: User, path: Path) -> None:
        learner.set_password(PASSWORD)
        learner.save()
        for slug in ("garden-soil", "garden-pond"):
            client.post(f"/topics/{slug}/state/", {"state": "done", "operation": str(uuid4()), "roadmap": "garden"})
        path.soil.placements.all().delete()
        client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
        assert learner.progress.get().topic == path.pond
        assert "“Soil” is no longer there" in page_of(client, "/roadmaps/")

    def test_drafts_and_unlisted_roadmaps_are_not_shown(self, client: Client, path: Path) -> None:
        Roadmap.objects.update(state=Roadmap.State.UNLISTED)
        html = page_of(client)
        assert "Garden" not in html
        assert html.count("<li><h2>") == 3, "an install without a roadmap says the three ways"

    def test_a_roadmap_without_topics(self, client: Client) -> None:
        make_roadmap("Empty")
        assert "Try it" not in page_of(client)

    def test_levels_and_what_stands_beside_them(self) -> None:
        grown = tree(
            branch("Loose", 1), branch("Level", branch("A", 2, 3), branch("B", 4)), branch("After", 5), branch("Bare")
        )
        found = levels_of(grown)
        assert [(level.part and (level.part.title, level.part.topics)) for level in found] == [None, ("Level", 3), None]
        assert [[(m.title, m.topics) for m in level.modules] for level in found] == [
            [("Loose", 1)], [("A", 2), ("B", 1)], [("After", 5 - 4), ("Bare", 0)],
        ]  # fmt: skip


class TestWeek:
    def test_days_in_the_persons_zone(self, learner: User, path: Path) -> None:
        learner.time_zone = "Pacific/Kiritimati"  # 14 hours ahead
        set_state(learner, path.soil, "learning")
        set_state(learner, path.soil)
        event = ProgressEvent.objects.order_by("pk").last()
        assert event
        week = week_of(learner, event.at)
        here = event.at.astimezone(ZoneInfo("Pacific/Kiritimati")).date()
        assert [day.on for day in week.days] == [here - timedelta(days=n) for n in range(6, -1, -1)]
        assert [day.moves for day in week.days] == [0] * 6 + [2]
        assert (week.moves, week.done, week.hours) == (2, 1, 3.0)
        later = week_of(learner, event.at + timedelta(days=7))
        assert (later.moves, later.done) == (0, 0)

    def test_what_was_known_before_is_no_activity(self, learner: User, path: Path) -> None:
        knowing.know(learner=learner, roadmap=path.roadmap, topics=[path.soil.pk], operation=uuid4())
        assert (week_of(learner, timezone.now()).moves, week_of(learner, timezone.now()).done) == (0, 0)

    def test_hours_that_were_meant(self, ada: Client, learner: User, path: Path) -> None:
        walking.enrol(learner=learner, roadmap=path.roadmap)
        assert "Set hours a week" in part(page_of(ada), "week")
        walking.set_week_hours(user=learner, hours=6)
        assert "You mean to spend 6 hours a week." in part(page_of(ada), "week")
        set_state(learner, path.soil, "done", path.roadmap)
        html = page_of(ada)
        assert "1 topic done. About 3 of the 6 hours you mean to spend." in part(html, "week")
        assert 'x2="50%" y1="50%"' in html

    @pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "\0", "Europe"])
    def test_a_zone_that_is_none_is_the_servers(self, zone: str) -> None:
        assert zone_of(User(time_zone=zone)) == ZoneInfo("UTC")

    def test_bars(self) -> None:
        last = date(2026, 3, 1)
        days = days_of({last: 40, last - timedelta(days=1): 1, last - timedelta(days=9): 2}, last)
        assert [day.moves for day in days] == [0, 0, 0, 0, 0, 1, 40]
        assert [day.top for day in days] == [100, 100, 100, 100, 100, 92, 0]
        assert [day.today for day in days] == [False] * 6 + [True]


def test_which_dates_are_near() -> None:
    today = date(2026, 3, 10)
    given = [
        Assigned(n, "C", today + timedelta(days=days) if days is not None else None)
        for n, days in enumerate((30, 21, 0, -3, -30, None, 2))
    ]
    assert [(t.roadmap, t.days) for t in near_targets(given, today, finished=[6])] == [(3, -3), (2, 0), (1, 21)]


def test_the_page_takes_the_time_it_is_given(learner: User, path: Path) -> None:
    walking.enrol(learner=learner, roadmap=path.roadmap)
    set_state(learner, path.soil)
    week = week_of(learner, datetime(2020, 2, 29, 23, 59, tzinfo=ZoneInfo("UTC")))
    assert [day.on.day for day in week.days] == [23, 24, 25, 26, 27, 28, 29]
