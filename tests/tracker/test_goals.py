"""The way to a topic as a page, and the topic that a learner is heading for."""

from __future__ import annotations

from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap.models import Alias, Roadmap, Topic
from roadmap.studio.doing import Asked
from tests.factories import make_roadmap, make_section, make_topic, require
from tests.tracker.conftest import Path, browser_of
from tracker import goals, merging, progress, queries
from tracker.models import Goal, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


def html_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content[:300]
    return response.content.decode()


def do(learner: User, topic: Topic, state: str = "done", roadmap: Roadmap | None = None) -> None:
    on = roadmap.pk if roadmap else None
    progress.set_state(learner=learner, topic=topic.pk, state=state, operation=uuid4(), roadmap=on)


@pytest.fixture
def forked(db: None) -> tuple[Roadmap, dict[str, Topic]]:
    """Harvest needs Tools, and one of Rain or Well; Well needs Shovel."""
    roadmap = make_roadmap("Farm", slug="farm")
    water, work = make_section(roadmap, "Water"), make_section(roadmap, "Work")
    made = {name: make_topic(name, water, slug=name.lower(), hours=2) for name in ("Rain", "Shovel", "Well")}
    made |= {name: make_topic(name, work, slug=name.lower()) for name in ("Tools", "Harvest", "Feast")}
    require(made["Harvest"], made["Rain"], group="w")
    require(made["Harvest"], made["Well"], group="w", reason="in dry years")
    require(made["Harvest"], made["Tools"])
    require(made["Well"], made["Shovel"])
    require(made["Feast"], made["Harvest"])
    return roadmap, made


class TestGoal:
    def test_the_way_in_order_with_hours_and_reasons(self, ada: Client, path: Path) -> None:
        html = html_of(ada, f"/roadmaps/garden/goal/{path.sowing.slug}/")
        assert html.index(f'id="t{path.soil.pk}"') < html.index(f'id="t{path.sowing.pk}"')
        assert "0 of 2 on the way" in html
        assert "still 3 h and 1 topic without hours" in html
        assert "nothing grows on stone" in html
        assert "Make this my goal" in html
        assert "2 steps to go" in html

    def test_progress_along_it(self, ada: Client, learner: User, path: Path) -> None:
        do(learner, path.soil)
        html = html_of(ada, f"/roadmaps/garden/goal/{path.sowing.slug}/")
        assert "<b>50 %</b> · 1 of 2 on the way" in html
        assert "1 step to go" in html
        assert "1 step behind you" in html

    def test_without_an_account_it_is_read(self, client: Client, path: Path) -> None:
        html = html_of(client, f"/roadmaps/garden/goal/{path.sowing.slug}/")
        assert "Sign in to make this your goal" in html
        assert "/state/" not in html

    def test_alternatives_are_links_that_say_what_they_come_to(
        self, client: Client, forked: tuple[Roadmap, dict[str, Topic]]
    ) -> None:
        html = html_of(client, "/roadmaps/farm/goal/harvest/")
        assert "1 topic more, 2 h more" in html
        assert 'href="/roadmaps/farm/goal/harvest/?instead=harvest%3Awell"' in html
        assert f'id="t{forked[1]["Rain"].pk}"' in html
        other = html_of(client, "/roadmaps/farm/goal/harvest/?instead=harvest%3Awell")
        assert f'id="t{forked[1]["Rain"].pk}"' not in other
        assert f'id="t{forked[1]["Shovel"].pk}"' in other
        assert "your choice" in other
        assert "1 topic less, 2 h less" in other
        assert "in dry years" in other

    @pytest.mark.parametrize("wrong", ["x", "harvest:none", ":", "harvest:tools", "a:b:c", "%00:%00", "é" * 3000])
    def test_a_choice_that_is_none_changes_nothing(
        self, client: Client, forked: tuple[Roadmap, dict[str, Topic]], wrong: str
    ) -> None:
        answer = client.get(f"/roadmaps/farm/goal/harvest/?instead={wrong}")
        assert answer.status_code in {200, 400}
        if answer.status_code == 200:
            assert "your choice" not in answer.content.decode()

    def test_a_former_slug_a_topic_of_elsewhere_and_none(self, client: Client, path: Path) -> None:
        Alias.objects.create(topic=path.sowing, text="seeding", kind=Alias.Kind.SLUG)
        answer = client.get("/roadmaps/garden/goal/seeding/?instead=a:b")
        assert (answer.status_code, answer["Location"]) == (
            301,
            f"/roadmaps/garden/goal/{path.sowing.slug}/?instead=a%3Ab",
        )
        elsewhere = make_topic("Elsewhere", make_section(make_roadmap()), slug="elsewhere")
        html_of(client, f"/roadmaps/garden/goal/{elsewhere.slug}/", 404)
        html_of(client, "/roadmaps/garden/goal/none/", 404)
        html_of(client, "/roadmaps/none/goal/none/", 404)

    def test_a_goal_that_was_reached_offers_what_it_opens(
        self, ada: Client, learner: User, forked: tuple[Roadmap, dict[str, Topic]]
    ) -> None:
        goals.set_goal(learner=learner, roadmap=forked[0], topic=forked[1]["Harvest"].pk)
        do(learner, forked[1]["Harvest"])
        html = html_of(ada, "/roadmaps/farm/goal/harvest/")
        assert "You reached your goal." in html
        assert '/roadmaps/farm/goal/feast/"' in html
        assert "Next on the roadmap" in html
        assert "You reached your goal" in html_of(ada, "/roadmaps/farm/")

    def test_a_goal_that_left_the_notes_says_so(self, ada: Client, learner: User, path: Path) -> None:
        goals.set_goal(learner=learner, roadmap=path.roadmap, topic=path.pond.pk)
        path.pond.placements.all().delete()
        Topic.objects.filter(pk=path.pond.pk).update(retired_at=timezone.now(), replaced_by=path.sowing)
        Roadmap.objects.filter(pk=path.roadmap.pk).update(revision=2)
        html = html_of(ada, f"/roadmaps/garden/goal/{path.pond.slug}/")
        assert "Your goal left this roadmap." in html
        assert f'/roadmaps/garden/goal/{path.sowing.slug}/"' in html
        assert "No longer my goal" in html
        assert "Your goal left this roadmap" in html_of(ada, "/roadmaps/garden/")
        assert ">Pond</bdi>" in html_of(ada, "/roadmaps/garden/goal/")

    def test_a_longer_way_asks_the_database_no_more(self, ada: Client, learner: User) -> None:
        roadmap = make_roadmap(slug="long")
        counts = []
        for number in (3, 40):
            section = make_section(roadmap)
            row = [make_topic("T", section, hours=1) for _ in range(number)]
            for before, after in pairwise(row):
                require(after, before)
            Roadmap.objects.filter(pk=roadmap.pk).update(revision=number)
            ada.get(f"/roadmaps/long/goal/{row[-1].slug}/")
            with CaptureQueriesContext(connection) as asked:
                assert f"{number} steps to go" in html_of(ada, f"/roadmaps/long/goal/{row[-1].slug}/")
            counts.append(len(asked))
        assert counts[0] == counts[1] <= 5


class TestChooseGoal:
    def test_lists_every_topic_and_the_goal_there_is(self, ada: Client, learner: User, path: Path) -> None:
        goals.set_goal(learner=learner, roadmap=path.roadmap, topic=path.sowing.pk)
        html = html_of(ada, "/roadmaps/garden/goal/")
        assert html.count(f"/roadmaps/garden/goal/{path.soil.slug}/") == 1
        assert "Your goal now:" in html

    def test_without_topics(self, client: Client) -> None:
        make_roadmap(slug="bare")
        assert "no topics yet" in html_of(client, "/roadmaps/bare/goal/")


class TestSetGoal:
    def test_continue_leads_there_until_it_is_taken_back(self, ada: Client, learner: User, path: Path) -> None:
        do(learner, path.pond, "learning", path.roadmap)
        assert "Continue: <bdi>Pond" in html_of(ada, "/roadmaps/garden/")
        answer = ada.post("/roadmaps/garden/set-goal/", {"topic": path.sowing.slug}, follow=True)
        assert "“Continue” leads there" in answer.content.decode()
        assert "This is your goal" in answer.content.decode()
        html = html_of(ada, "/roadmaps/garden/")
        assert "Continue: <bdi>Soil" in html
        assert "on the way to your goal" in html
        other = browser_of(User.objects.create_user("b@example.org"))
        assert "your goal" not in html_of(other, "/roadmaps/garden/")
        ada.post("/roadmaps/garden/set-goal/", {"topic": ""})
        assert "Continue: <bdi>Pond" in html_of(ada, "/roadmaps/garden/")
        assert not Goal.objects.exists()

    def test_the_answer_to_a_check_off_respects_it(self, ada: Client, learner: User, path: Path) -> None:
        do(learner, path.pond, "learning", path.roadmap)
        goals.set_goal(learner=learner, roadmap=path.roadmap, topic=path.sowing.pk)
        sent = {"state": "done", "operation": str(uuid4()), "roadmap": "garden"}
        answer = ada.post(f"/topics/{path.soil.slug}/state/", sent, headers={"HX-Request": "true"})
        html = answer.content.decode()
        assert "Continue: <bdi>Sowing" in html
        assert "your goal: " in html

    def test_without_a_summary_it_is_known_too(self, learner: User, path: Path) -> None:
        goals.set_goal(learner=learner, roadmap=path.roadmap, topic=path.sowing.pk)
        here = queries.standing(learner, path.roadmap)
        assert here.next == (path.soil.pk, "goal")

    def test_another_one_replaces_it_and_the_message_undoes_that(self, ada: Client, path: Path) -> None:
        ada.post("/roadmaps/garden/set-goal/", {"topic": path.soil.slug})
        answer = ada.post("/roadmaps/garden/set-goal/", {"topic": path.sowing.slug}, follow=True)
        html = answer.content.decode()
        assert "instead of <bdi>Soil</bdi>" in html
        assert (
            f'<input type="hidden" name="topic" value="{path.soil.slug}"><button class="act small" type="submit">Undo'
            in html
        )
        assert [goal.topic_id for goal in Goal.objects.all()] == [path.sowing.pk]

    def test_twice_is_once(self, ada: Client, path: Path) -> None:
        for _ in range(2):
            assert ada.post("/roadmaps/garden/set-goal/", {"topic": path.soil.slug}).status_code == 303
        assert Goal.objects.count() == 1

    def test_the_way_that_was_chosen_is_remembered(
        self, ada: Client, learner: User, forked: tuple[Roadmap, dict[str, Topic]]
    ) -> None:
        ada.post("/roadmaps/farm/set-goal/", {"topic": "harvest"})
        other = html_of(ada, "/roadmaps/farm/goal/harvest/?instead=harvest%3Awell")
        assert "Remember this way" in other
        ada.post("/roadmaps/farm/set-goal/", {"topic": "harvest", "instead": ["harvest:well", "harvest:none"]})
        html = html_of(ada, "/roadmaps/farm/goal/harvest/")
        assert "your choice" in html
        assert "Remember this way" not in html
        here = queries.standing(learner, forked[0])
        assert here.next == (forked[1]["Shovel"].pk, "goal")
        shortest = html_of(ada, "/roadmaps/farm/goal/harvest/?instead=")
        assert "Remember this way" in shortest
        assert f'id="t{forked[1]["Rain"].pk}"' in shortest

    def test_what_is_no_topic_here_is_refused_and_the_goal_stays(self, ada: Client, path: Path) -> None:
        ada.post("/roadmaps/garden/set-goal/", {"topic": path.soil.slug})
        answer = ada.post("/roadmaps/garden/set-goal/", {"topic": "none"})
        assert answer.status_code == 409
        assert Goal.objects.get().topic_id == path.soil.pk

    def test_strangers_are_sent_to_sign_in(self, client: Client, path: Path) -> None:
        assert client.post("/roadmaps/garden/set-goal/", {"topic": path.soil.slug}).status_code == 302
        assert client.get("/roadmaps/garden/set-goal/").status_code in {302, 405}

    def test_next_leads_to_our_own_pages_alone(self, ada: Client, path: Path) -> None:
        sent = {"topic": path.soil.slug, "next": "https://evil.example/"}
        assert ada.post("/roadmaps/garden/set-goal/", sent)["Location"] == f"/roadmaps/garden/goal/{path.soil.slug}/"


class TestMergedTopics:
    def test_goals_follow_and_go_back(self, learner: User, editor: User) -> None:
        garden, park = make_roadmap("Garden"), make_roadmap("Park")
        soil, earth = make_topic("Soil", make_section(garden)), make_topic("Earth", make_section(park))
        goals.set_goal(learner=learner, roadmap=park, topic=earth.pk)
        asked = Asked("Eve", str(editor.pk), operation=uuid4())
        edit = merging.merge(roadmap=garden, keep=soil, gone=earth, by=editor, asked=asked)
        assert edit is not None
        assert Goal.objects.get().topic_id == soil.pk
        merging.unmerge(merged=edit, by=editor, asked=Asked("Eve", str(editor.pk), operation=uuid4()))
        assert Goal.objects.get().topic_id == earth.pk
        assert Goal.objects.get().merged_from == []

    def test_a_goal_that_was_set_since_stays(self, learner: User, editor: User) -> None:
        garden, park = make_roadmap("Garden"), make_roadmap("Park")
        soil, earth = make_topic("Soil", make_section(garden)), make_topic("Earth", make_section(park))
        goals.set_goal(learner=learner, roadmap=park, topic=earth.pk)
        asked = Asked("Eve", str(editor.pk), operation=uuid4())
        edit = merging.merge(roadmap=garden, keep=soil, gone=earth, by=editor, asked=asked)
        assert edit is not None
        goals.set_goal(learner=learner, roadmap=park, topic=None)
        goals.set_goal(learner=learner, roadmap=park, topic=soil.pk)
        merging.unmerge(merged=edit, by=editor, asked=Asked("Eve", str(editor.pk), operation=uuid4()))
        assert Goal.objects.get().topic_id == soil.pk
