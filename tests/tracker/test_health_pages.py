"""The health of the curriculum as editors see it: the list, its repairs, and links that are asked on demand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap.health import links
from roadmap.health.links import Answer
from roadmap.models import Prerequisite, Resource, Roadmap, Topic
from tests.factories import make_roadmap, make_section, make_topic, make_user, require
from tests.tracker.conftest import browser_of
from tracker import audit, link_checks, people
from tracker.audit import Asked
from tracker.models import LinkCheck, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


@pytest.fixture
def garden() -> Roadmap:
    roadmap = make_roadmap("Garden", slug="garden")
    early = make_section(roadmap, "Beginner", kind="level", position=0)
    late = make_section(roadmap, "Advanced", kind="level", position=1)
    soil, sowing = make_topic("Soil", early, slug="soil"), make_topic("Sowing", late, slug="sowing")
    require(soil, sowing, source="guess", reason="perhaps")
    for url in ("https://a.example/", "https://b.example/"):
        Resource.objects.create(topic=soil, title="A page", url=url)
    return roadmap


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked; nothing leaves the machine."""
    found: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        found.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(links, "resolve", resolve)
    return found


def repair(person: User, act: str, **fields: object) -> int:
    topics = {name: str(Topic.objects.get(slug=slug).uid) for name, slug in fields.items() if name != "roadmap"}
    data = topics | {"act": act, "roadmap": str(fields.get("roadmap", ""))}
    return browser_of(person).post("/studio/health/repair/", data).status_code


class TestPages:
    def test_what_is_wrong_with_a_place(self, editor: User, garden: Roadmap) -> None:
        make_topic("Nowhere")
        html = browser_of(editor).get("/studio/garden/health/").content.decode()
        for said in ("Levels out of order", "Guessed prerequisites", "No errors.", "2 links to the web"):
            assert said in html
        assert "Nowhere" not in html
        html = browser_of(editor).get("/studio/health/").content.decode()
        assert "Nowhere" in html
        assert "Topics without hours" in html

    def test_one_kind_in_pages(self, editor: User, garden: Roadmap) -> None:
        section = garden.sections.all()[0]
        for number in range(60):
            make_topic(f"Topic {number:02}", section, summary="x")
        eve = browser_of(editor)
        assert "All 62" in eve.get("/studio/garden/health/").content.decode()
        html = eve.get("/studio/garden/health/?kind=no-hours&page=2").content.decode()
        assert "51–62 of 62" in html
        assert "Levels out of order" not in html

    def test_nothing_wrong(self, editor: User) -> None:
        assert "Nothing is wrong here" in browser_of(editor).get("/studio/health/").content.decode()

    def test_the_same_queries_for_few_and_many(self, editor: User, garden: Roadmap) -> None:
        eve = browser_of(editor)
        eve.get("/studio/health/")

        def queries() -> list[int]:
            counts = []
            for path in ("/studio/health/", "/studio/garden/health/", "/studio/health/?kind=no-hours"):
                with CaptureQueriesContext(connection) as found:
                    assert eve.get(path).status_code == 200
                counts.append(len(found))
            return counts

        few = queries()
        section = garden.sections.all()[0]
        for _ in range(60):
            Resource.objects.create(topic=make_topic(section=section, unmet=["x"]), title="x", url="https://c.example")
        assert queries() == few

    @pytest.mark.parametrize("name", ["learner", "mentor_a", "other"])
    def test_for_others_there_is_none(self, name: str, garden: Roadmap, request: pytest.FixtureRequest) -> None:
        visitor = browser_of(request.getfixturevalue(name))
        for path in ("/studio/health/", "/studio/garden/health/"):
            assert visitor.get(path).status_code == 404
        for path in ("/studio/health/repair/", "/studio/health/links/", "/studio/garden/health/links/"):
            assert visitor.post(path).status_code == 404

    def test_who_edits_one_roadmap_sees_that_one(self, owner: User, learner: User, garden: Roadmap) -> None:
        other = make_roadmap("Other", slug="other")
        make_topic("Elsewhere", make_section(other))
        people.allow_editing(by=owner, user=learner, roadmap=garden)
        lena = browser_of(learner)
        html = lena.get("/studio/health/").content.decode()
        assert "Soil" in html
        assert "Elsewhere" not in html
        assert lena.get("/studio/garden/health/").status_code == 200
        assert lena.get("/studio/other/health/").status_code == 404


class TestRepairs:
    def test_yes_to_a_guess(self, editor: User, garden: Roadmap) -> None:
        assert repair(editor, "accept_need", topic="soil", requires="sowing", roadmap="garden") == 303
        link = Prerequisite.objects.get()
        assert (link.source, link.reason) == ("editor", "perhaps")
        assert [(e.by, e.verb) for e in audit.trail(Asked()).entries] == [("Eve", "add_prerequisite")]

    def test_no_to_a_guess(self, editor: User, garden: Roadmap) -> None:
        for _ in range(2):
            assert repair(editor, "drop_need", topic="soil", requires="sowing") == 303
        assert not Prerequisite.objects.exists()
        assert repair(editor, "accept_need", topic="soil", requires="sowing") == 409

    def test_retire_what_stands_nowhere(self, editor: User) -> None:
        make_topic("Nowhere", slug="nowhere")
        assert repair(editor, "retire", topic="nowhere") == 303
        assert Topic.objects.get().retired_at is not None

    def test_what_cannot_be(self, editor: User, garden: Roadmap) -> None:
        assert repair(editor, "x", topic="soil") == 422
        assert repair(editor, "drop_need", topic="soil") == 409
        assert browser_of(editor).get("/studio/health/repair/").status_code == 405

    def test_who_edits_another_roadmap(self, owner: User, learner: User, garden: Roadmap) -> None:
        people.allow_editing(by=owner, user=learner, roadmap=make_roadmap("Other"))
        assert repair(learner, "drop_need", topic="soil", requires="sowing") == 404
        assert Prerequisite.objects.exists()


class TestLinks:
    def test_only_when_asked_and_only_what_is_public(self, editor: User, garden: Roadmap, asked: list[str]) -> None:
        eve = browser_of(editor)
        eve.get("/studio/garden/health/")
        assert asked == []
        html = eve.post("/studio/garden/health/links/", follow=True).content.decode()
        assert "2 links asked, 0 broken." in html
        assert sorted(asked) == ["a.example", "b.example"]
        assert set(LinkCheck.objects.values_list("outcome", flat=True)) == {"refused"}
        (entry,) = audit.trail(Asked(verb="check_links")).entries
        assert (entry.title, entry.more) == ("Garden", "links: 2")

    def test_not_again_within_the_hour(self, editor: User, garden: Roadmap, asked: list[str]) -> None:
        eve = browser_of(editor)
        eve.post("/studio/health/links/")
        html = eve.post("/studio/health/links/", follow=True).content.decode()
        assert "No link was asked" in html
        assert len(asked) == 2
        LinkCheck.objects.update(at=timezone.now() - timedelta(hours=2))
        eve.post("/studio/health/links/")
        assert len(asked) == 4

    def test_some_at_a_time_the_longest_ago_first(
        self, editor: User, garden: Roadmap, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(link_checks, "AT_A_TIME", 1)
        urls = ["https://a.example/", "https://b.example/"]
        for left, said in ((1, 1), (0, 2)):
            found = link_checks.check_links(urls=urls, by=editor, ask=lambda url: Answer("broken", "answers 404"))
            assert (found.asked, found.broken, found.left) == (1, 1, left)
            assert LinkCheck.objects.count() == said

    def test_what_is_broken_is_found_and_mended(self, editor: User, garden: Roadmap) -> None:
        answers = {"https://a.example/": Answer("broken", "answers 404"), "https://b.example/": Answer("fine", "x")}
        link_checks.check_links(urls=list(answers), by=editor, ask=answers.__getitem__)
        html = browser_of(editor).get("/studio/garden/health/").content.decode()
        assert "answers 404" in html
        assert "1 error, which learners can run into" in html
        with pytest.raises(CommandError, match="1 error"):
            call_command("check_curriculum")
        Resource.objects.filter(url="https://a.example/").delete()
        assert "answers 404" not in browser_of(editor).get("/studio/garden/health/").content.decode()

    def test_one_at_a_time(self, editor: User, garden: Roadmap) -> None:
        assert link_checks._one_at_a_time.acquire(blocking=False)
        try:
            assert browser_of(editor).post("/studio/garden/health/links/").status_code == 409
        finally:
            link_checks._one_at_a_time.release()
        assert make_user().is_active
