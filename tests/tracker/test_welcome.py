"""A learner's first steps: a roadmap, what they know of it, hours a week. Each is skipped and repeated at will."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from roadmap.models import Roadmap, Topic
from roadmap.tree import Tree
from tests.factories import assign, join, make_cohort, make_section, make_topic, require
from tests.tracker.conftest import HTMX, PASSWORD, Path, browser_of, make_path
from tests.trees import branch, marks_on, tree, trees
from tracker import bulk, knowing, progress, summaries, walking
from tracker.known_page import parts_of, topics_meant
from tracker.models import Enrolment, ProgressEvent, RoadmapSummary, TopicProgress, User
from tracker.overlay import overlay
from tracker.packed import Mark
from tracker.sign_in import create_link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


def states(learner: User) -> dict[str, str]:
    return dict(learner.progress.values_list("topic__title", "state"))


def page_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


class TestArriving:
    def sign_up(self, client: Client, to: str = "") -> str:
        fields = {"email": "new@example.org", "password1": PASSWORD} | ({"next": to} if to else {})
        return client.post("/accounts/signup/", fields)["Location"]

    def test_whoever_signs_up_chooses_a_roadmap(self, client: Client, path: Path) -> None:
        assert self.sign_up(client) == "/welcome/"
        client.post("/accounts/logout/")
        again = client.post("/accounts/login/", {"login": "new@example.org", "password": PASSWORD})
        assert again["Location"] == "/", "once"

    def test_whoever_came_for_a_page_gets_it(self, client: Client, path: Path) -> None:
        assert self.sign_up(client, "/roadmaps/garden/") == "/roadmaps/garden/"

    def test_nothing_to_choose_nothing_to_ask(self, client: Client) -> None:
        assert self.sign_up(client) == "/"

    def test_the_first_sign_in_by_a_link_or_a_password(self, client: Client, learner: User, path: Path) -> None:
        assert client.post(f"/sign-in/{create_link(user=learner)}/")["Location"] == "/welcome/"
        assert Client().post(f"/sign-in/{create_link(user=learner)}/")["Location"] == "/"
        learner.set_password(PASSWORD)
        learner.last_login = None
        learner.save()
        fields = {"login": learner.email, "password": PASSWORD}
        assert Client().post("/accounts/login/", fields)["Location"] == "/welcome/"
        User.objects.update(last_login=None)
        walking.enrol(learner=learner, roadmap=path.roadmap)
        assert Client().post("/accounts/login/", fields)["Location"] == "/", "who walks one has chosen"


class TestWelcome:
    def test_shows_what_there_is_and_can_be_skipped(self, ada: Client, path: Path) -> None:
        html = page_of(ada, "/welcome/")
        assert "Garden" in html
        assert 'action="/roadmaps/garden/walk/"' in html
        assert '<a class="text" href="/">Skip this</a>' in html

    def test_roadmaps_of_ones_cohorts_come_first(self, ada: Client, learner: User, path: Path) -> None:
        second = make_path("zz")
        cohort = make_cohort("Spring")
        join(learner, cohort)
        assign(second.roadmap, cohort)
        html = page_of(ada, "/welcome/")
        assert html.index("/roadmaps/zz/walk/") < html.index("/roadmaps/garden/walk/")
        assert "from <bdi>Spring</bdi>" in html

    def test_without_roadmaps_it_says_how_they_come_in(self, ada: Client) -> None:
        assert page_of(ada, "/welcome/").count("<li><h2>") == 3

    def test_strangers_sign_in_first(self, client: Client, path: Path) -> None:
        for address in ("/welcome/", "/welcome/hours/", "/roadmaps/garden/known/"):
            assert client.get(address)["Location"].startswith("/accounts/login/")


class TestWalk:
    def test_enrols_once_and_goes_on(self, ada: Client, learner: User, path: Path) -> None:
        for _ in range(2):
            sent = ada.post("/roadmaps/garden/walk/")
            assert (sent.status_code, sent["Location"]) == (303, "/roadmaps/garden/known/")
        assert learner.enrolments.get().roadmap == path.roadmap
        assert learner.summaries.get().required == 2
        assert page_of(ada, "/roadmaps/garden/known/").count("You walk <bdi>Garden</bdi> now.") == 1
        assert "You walk it" in page_of(ada, "/welcome/")

    def test_what_is_known_of_it_may_be_all_of_it(self, learner: User, path: Path) -> None:
        for topic in (path.soil, path.sowing):
            progress.set_state(learner=learner, topic=topic.pk, state="done", operation=uuid4())
        assert walking.enrol(learner=learner, roadmap=path.roadmap)
        assert not walking.enrol(learner=learner, roadmap=path.roadmap)
        assert Enrolment.objects.get().finished_at is not None

    def test_refusals(self, ada: Client, client: Client, editor: User, path: Path) -> None:
        assert client.post("/roadmaps/garden/walk/")["Location"].startswith("/accounts/login/")
        assert ada.get("/roadmaps/garden/walk/").status_code == 405
        assert ada.post("/roadmaps/nowhere/walk/").status_code == 404
        Roadmap.objects.update(state=Roadmap.State.DRAFT)
        assert ada.post("/roadmaps/garden/walk/").status_code == 404
        assert browser_of(editor).post("/roadmaps/garden/walk/").status_code == 303
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(editor, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert strict.post("/roadmaps/garden/walk/").status_code == 403


class TestKnownTopics:
    address = "/roadmaps/garden/known/"

    def send(self, client: Client, *topics: Topic, sections: tuple[int, ...] = (), nonce: str = "") -> str:
        fields = {"nonce": nonce or str(uuid4()), "topic": [t.pk for t in topics], "section": list(sections)}
        sent = client.post(self.address, fields)
        assert sent.status_code == 303, sent.content
        return sent["Location"]

    def test_a_module_in_one_go_and_one_undo_for_all_of_it(self, ada: Client, learner: User, path: Path) -> None:
        progress.set_state(learner=learner, topic=path.pond.pk, state="learning", operation=uuid4())
        module = path.soil.placements.get().section
        assert self.send(ada, sections=(module.pk,)) == "/welcome/hours/"
        assert states(learner) == {"Soil": "done", "Sowing": "done", "Pond": "done"}
        assert learner.enrolments.get().finished_at is not None
        assert learner.summaries.get().done == 2
        html = page_of(ada, "/welcome/hours/")
        assert "3 topics are marked as known." in html
        undo = re.search(r'name="operation" value="([^"]+)"', html)
        assert undo
        fields = {"operation": undo[1], "next": "/welcome/hours/"}
        assert ada.post("/progress/undo/", fields)["Location"] == "/welcome/hours/"
        assert states(learner) == {"Soil": "todo", "Sowing": "todo", "Pond": "learning"}
        assert "Undone. 3 topics are as they were." in page_of(ada, "/welcome/hours/")
        assert not list(summaries.disagreements())
        assert ada.post("/progress/undo/", fields).status_code == 303, "sent again it answers the same"
        assert ProgressEvent.objects.count() == 7

    def test_single_topics_and_what_is_not_of_this_roadmap(self, ada: Client, learner: User, path: Path) -> None:
        elsewhere = make_path("elsewhere")
        self.send(ada, path.pond, elsewhere.soil, sections=(10**12,))
        assert states(learner) == {"Pond": "done"}

    def test_sent_twice_is_once_and_changed_boxes_are_another_act(self, ada: Client, learner: User, path: Path) -> None:
        nonce = str(uuid4())
        for _ in range(2):
            self.send(ada, path.soil, nonce=nonce)
        self.send(ada, path.soil, path.pond, nonce=nonce)
        assert ProgressEvent.objects.count() == 2
        assert states(learner) == {"Soil": "done", "Pond": "done"}

    def test_nothing_ticked_is_an_answer(self, ada: Client, learner: User, path: Path) -> None:
        assert self.send(ada) == "/welcome/hours/"
        assert not ProgressEvent.objects.exists()
        walking.set_week_hours(user=learner, hours=5)
        assert self.send(ada) == "/", "what was said is not asked again"

    def test_what_is_done_is_shown_and_stays(self, ada: Client, learner: User, path: Path) -> None:
        progress.set_state(learner=learner, topic=path.soil.pk, state="done", operation=uuid4())
        html = page_of(ada, self.address)
        assert f'name="topic" value="{path.soil.pk}" checked disabled' in html
        assert "1 of 3 done" in html
        self.send(ada, path.soil)
        assert ProgressEvent.objects.count() == 1
        assert "All of that was done already." in page_of(ada, "/")

    def test_a_strict_roadmap_takes_what_its_needs_are_known_with(self, ada: Client, learner: User, path: Path) -> None:
        Roadmap.objects.update(locking=Roadmap.Locking.STRICT, revision=2)
        self.send(ada, path.sowing)
        assert states(learner) == {}
        assert "1 topic stays locked" in page_of(ada, "/")
        self.send(ada, path.sowing, path.soil)
        assert states(learner) == {"Soil": "done", "Sowing": "done"}

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"topic": ["1"]}, "too old"),
            ({"topic": ["1"], "nonce": "x"}, "too old"),
            ({"topic": ["one"], "nonce": str(UUID(int=1))}, "could not be understood"),
            ({"section": ["-1"], "nonce": str(UUID(int=1))}, "could not be understood"),
            ({"section": ["9" * 30], "nonce": str(UUID(int=1))}, "could not be understood"),
            ({"topic": ["٣"], "nonce": str(UUID(int=1))}, "could not be understood"),
        ],
    )
    def test_bad_input_is_422_with_the_form(self, ada: Client, path: Path, sent: dict[str, object], said: str) -> None:
        answer = ada.post(self.address, sent)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert 'class="knowing"' in answer.content.decode()
        assert not Enrolment.objects.exists()

    def test_unknown_and_hidden_roadmaps(self, ada: Client, path: Path) -> None:
        assert ada.get("/roadmaps/nowhere/known/").status_code == 404
        Roadmap.objects.update(state=Roadmap.State.DRAFT)
        assert ada.get(self.address).status_code == 404
        assert ada.post(self.address, {"nonce": str(uuid4())}).status_code == 404

    def test_queries_do_not_grow_with_topics(self, ada: Client, learner: User, path: Path) -> None:
        def queries() -> tuple[int, int]:
            page_of(ada, self.address)
            with CaptureQueriesContext(connection) as looked:
                page_of(ada, self.address)
            with CaptureQueriesContext(connection) as sent:
                self.send(ada, *Topic.objects.all())
            return len(looked), len(sent)

        walking.enrol(learner=learner, roadmap=path.roadmap)
        few = queries()
        section = make_section(path.roadmap, "Another")
        for number in range(40):
            require(make_topic(f"Topic {number}", section), path.soil)
        Roadmap.objects.update(revision=2)
        assert queries() <= (few[0] + 1, few[1] + 2), "the rows counted at an earlier revision are read again"


class TestWeekHours:
    def test_said_changed_and_taken_back(self, ada: Client, learner: User, path: Path) -> None:
        for sent, stored in (("6", 6), ("100", 100), ("", None)):
            answer = ada.post("/welcome/hours/", {"hours": sent})
            assert (answer.status_code, answer["Location"]) == (303, "/")
            learner.refresh_from_db()
            assert learner.week_hours == stored
        assert 'value="6"' not in page_of(ada, "/welcome/hours/")

    @pytest.mark.parametrize("sent", ["0", "101", "-1", "1.5", "many", "9" * 400])
    def test_what_is_no_number_of_hours(self, ada: Client, learner: User, sent: str) -> None:
        answer = ada.post("/welcome/hours/", {"hours": sent})
        assert answer.status_code == 422
        assert "from 1 to 100" in answer.content.decode()
        learner.refresh_from_db()
        assert learner.week_hours is None
        with pytest.raises(walking.HoursError):
            walking.set_week_hours(user=learner, hours=0)


class TestKnow:
    def know(self, learner: User, path: Path, *topics: Topic, operation: UUID | None = None) -> knowing.Known:
        return knowing.know(
            learner=learner, roadmap=path.roadmap, topics=[t.pk for t in topics], operation=operation or uuid4()
        )

    def test_each_topic_has_its_event(self, learner: User, path: Path) -> None:
        progress.set_state(learner=learner, topic=path.soil.pk, state="skipped", operation=uuid4())
        assert self.know(learner, path, path.soil, path.pond).topics == 2
        told = ProgressEvent.objects.filter(through="known").values_list("topic__title", "was", "now", "by")
        assert set(told) == {("Soil", "skipped", "done", learner.pk), ("Pond", "todo", "done", learner.pk)}
        assert all(TopicProgress.objects.values_list("started_at", flat=True))

    def test_what_is_waived_or_retired_stays(self, learner: User, path: Path) -> None:
        progress.set_state(learner=learner, topic=path.soil.pk, state="done", operation=uuid4())
        TopicProgress.objects.update(state="waived")
        Topic.objects.filter(pk=path.pond.pk).update(retired_at="2026-01-01T00:00Z")
        assert self.know(learner, path, path.soil, path.pond).topics == 0
        assert states(learner) == {"Soil": "waived"}

    def test_undo_gives_back_what_stood_and_leaves_what_came_after(self, learner: User, path: Path) -> None:
        progress.set_state(learner=learner, topic=path.soil.pk, state="learning", operation=uuid4())
        before = TopicProgress.objects.get()
        operation = uuid4()
        self.know(learner, path, path.soil, path.sowing, path.pond, operation=operation)
        progress.set_state(learner=learner, topic=path.pond.pk, state="skipped", operation=uuid4())
        back = bulk.undo(learner=learner, operation=operation)
        assert (len(back.back), back.act.left) == (2, 1)
        assert states(learner) == {"Soil": "learning", "Sowing": "todo", "Pond": "skipped"}
        now = TopicProgress.objects.get(topic=path.soil)
        assert (now.started_at, now.changed_at) == (before.started_at, before.changed_at)
        assert TopicProgress.objects.get(topic=path.sowing).started_at is None, "it may lock again"
        assert not list(summaries.disagreements())

    def test_undo_is_for_what_stands_and_ones_own(self, learner: User, other: User, path: Path) -> None:
        operation = uuid4()
        self.know(learner, path, path.soil, operation=operation)
        for person, asked in ((other, operation), (learner, uuid4())):
            with pytest.raises(progress.Superseded, match="nothing to undo"):
                bulk.undo(learner=person, operation=asked)
        progress.set_state(learner=learner, topic=path.soil.pk, state="todo", operation=uuid4())
        assert bulk.undo(learner=learner, operation=operation).act.left == 1

    def test_after_an_undo_the_same_act_sent_again_changes_nothing(self, learner: User, path: Path) -> None:
        operation = uuid4()
        self.know(learner, path, path.soil, operation=operation)
        bulk.undo(learner=learner, operation=operation)
        assert self.know(learner, path, path.soil, operation=operation) == knowing.Known(1, replayed=True)
        assert states(learner) == {"Soil": "todo"}

    def test_htmx_gets_the_page_anew_after_undo(self, ada: Client, learner: User, path: Path) -> None:
        operation = uuid4()
        self.know(learner, path, path.soil, operation=operation)
        answer = ada.post("/progress/undo/", {"operation": str(operation)}, headers=HTMX)
        assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
        refused = ada.post("/progress/undo/", {"operation": str(uuid4())}, headers=HTMX)
        assert refused.status_code == 409

    def test_the_timeline_says_so(self, ada: Client, learner: User, path: Path) -> None:
        self.know(learner, path, path.soil)
        assert "to do → done (known before)" in page_of(ada, "/timeline/")

    def test_many_are_counted_as_one_by_one(self, learner: User, other: User, path: Path) -> None:
        section = make_section(path.roadmap, "Many")
        many = [make_topic(f"Topic {n}", section) for n in range(30)]
        Roadmap.objects.update(revision=2)
        path.roadmap.refresh_from_db()
        self.know(learner, path, *many)
        for topic in many:
            progress.set_state(learner=other, topic=topic.pk, state="done", operation=uuid4(), roadmap=path.roadmap.pk)
        rows = {row.learner_id: row for row in RoadmapSummary.objects.all()}
        assert rows[learner.pk].states == rows[other.pk].states
        assert rows[learner.pk].met == rows[other.pk].met


class TestTakes:
    @given(trees(), st.data())
    def test_never_more_than_one_by_one(self, grown: Tree, data: st.DataObject) -> None:
        """What a strict roadmap takes at once, it would take one after the other; what it refuses stays locked."""
        marks = data.draw(marks_on(grown))
        wanted = data.draw(st.sets(st.sampled_from(sorted(grown.topics)))) if grown.topics else set()
        taken, locked = knowing.takes(grown, marks, wanted)
        assert set(taken) | set(locked) <= wanted & set(grown.order)
        assert not set(taken) & set(locked)
        standing, left = dict(marks), list(taken)
        while left:
            row = {t: overlay(grown, standing).row(t) for t in left}
            free = [t for t in left if grown.locking != "strict" or not row[t].locked]
            assert free, "none of the rest could be begun"
            standing |= {t: Mark("done", started=True) for t in free}
            left = [t for t in left if t not in free]
        for topic in locked:
            assert grown.locking == "strict"
            assert overlay(grown, standing).row(topic).locked
        for topic in wanted & set(grown.order) - set(taken) - set(locked):
            assert marks[topic].state in {"done", "waived"}


def test_parts_and_what_is_meant() -> None:
    grown = tree(branch("Level", branch("A", 1, 2), branch("Bare")), branch("B", 3))
    level, b = parts_of(grown, {1: Mark("waived"), 3: Mark("done")})
    assert (level.title, level.topics, level.known, [part.title for part in level.parts]) == ("Level", 2, 1, ["A"])
    assert b.all_known
    assert [box.known for box in level.parts[0].boxes] == [True, False]
    assert topics_meant(grown, [level.id], [3, 99]) == [1, 2, 3]
    assert topics_meant(grown, [], [2]) == [2]


def test_more_boxes_than_a_form_may_have(ada: Client, path: Path) -> None:
    """A thousand single topics: whole modules are the way, and nothing breaks."""
    answer = ada.post("/roadmaps/garden/known/", {"nonce": str(uuid4()), "topic": list(range(1000))})
    assert answer.status_code == 400
    assert not Enrolment.objects.exists()
