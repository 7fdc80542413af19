"""One topic's page, which is the panel too."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap.models import Alias, Resource, Roadmap, Topic
from tests.factories import make_roadmap, make_section, make_step, make_topic, place, require
from tests.tracker.conftest import Path, browser_of
from tracker import progress
from tracker.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


def html_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content[:300]
    return response.content.decode()


class TestTopic:
    def test_shows_why_steps_and_the_way_on(self, ada: Client, path: Path) -> None:
        html = html_of(ada, f"/topics/{path.sowing.slug}/?roadmap=garden")
        assert '<h1 tabindex="-1" dir="auto">Sowing</h1>' in html
        assert "<span><bdi>Beginner</bdi></span><span><bdi>Ground</bdi></span>" in html
        assert "nothing grows on stone" in html
        assert "better after what it needs" in html
        assert 'rel="prev"' in html
        assert 'rel="next"' in html
        assert 'value="todo" aria-pressed="true"' in html

    def test_is_readable_without_an_account(self, client: Client, path: Path) -> None:
        html = html_of(client, f"/topics/{path.soil.slug}/")
        assert "Dig a hole" in html
        assert "What it is." in html
        assert "History ·" not in html

    def test_state_ticks_and_history_are_ones_own(self, ada: Client, learner: User, other: User, path: Path) -> None:
        progress.set_state(learner=learner, topic=path.soil.pk, state="learning", operation=uuid4())
        progress.set_step(learner=learner, step=path.step, done=True, operation=uuid4())
        html = html_of(ada, f"/topics/{path.soil.slug}/")
        assert 'value="learning" aria-pressed="true"' in html
        assert "Steps · 1 of 1" in html
        assert "History · 2" in html
        assert "step “Dig a hole” ticked" in html
        theirs = html_of(browser_of(other), f"/topics/{path.soil.slug}/")
        assert 'value="todo" aria-pressed="true"' in theirs
        assert "Steps · 0 of 1" in theirs
        assert "History ·" not in theirs

    def test_alternatives_are_said_in_words(self, client: Client, path: Path) -> None:
        require(path.pond, path.soil, group="a")
        require(path.pond, path.sowing, group="a")
        Roadmap.objects.update(revision=2)
        assert "One of these is enough:" in html_of(client, f"/topics/{path.pond.slug}/")

    def test_resources_by_kind_and_only_followable(self, client: Client, path: Path) -> None:
        for title, url, kind in (
            ("Book one", "https://example.org/1", "book"),
            ("Book two", "javascript:alert(1)", "book"),
            ("Film", "../film.mp4", "video"),
        ):
            Resource.objects.create(topic=path.soil, title=title, url=url, kind=kind)
        html = html_of(client, f"/topics/{path.soil.slug}/")
        assert "<h3>books</h3>" in html
        assert "<h3>video</h3>" in html
        assert 'href="https://example.org/1"' in html
        assert "Book two" in html
        assert "javascript:" not in html
        assert "film.mp4" not in html

    def test_the_body_is_shielded_from_htmx(self, client: Client, path: Path) -> None:
        Topic.objects.filter(pk=path.soil.pk).update(body_html="<p>Read <em>me</em></p>")
        html = html_of(client, f"/topics/{path.soil.slug}/")
        assert '<div class="prose" dir="auto" hx-disable><p>Read <em>me</em></p></div>' in html
        Topic.objects.filter(pk=path.soil.pk).update(body="It *waited*", body_html=None)
        assert "It <em>waited</em>" in html_of(client, f"/topics/{path.soil.slug}/")
        assert Topic.objects.get(pk=path.soil.pk).body_html

    def test_a_changed_text_offers_still_fine(self, ada: Client, learner: User, path: Path) -> None:
        progress.set_state(learner=learner, topic=path.soil.pk, state="done", operation=uuid4())
        assert "Still fine" not in html_of(ada, f"/topics/{path.soil.slug}/")
        Topic.objects.filter(pk=path.soil.pk).update(revision=2)
        Roadmap.objects.update(revision=2)
        assert "Still fine" in html_of(ada, f"/topics/{path.soil.slug}/")

    def test_other_roadmaps_that_hold_it(self, client: Client, path: Path) -> None:
        second = make_roadmap("Second garden", slug="second")
        place(path.soil, make_section(second, "Shared", slug="shared"))
        html = html_of(client, f"/topics/{path.soil.slug}/?roadmap=garden")
        assert "Also in" in html
        assert "Second garden" in html
        assert "<span><bdi>Shared</bdi></span>" in html_of(client, f"/topics/{path.soil.slug}/?roadmap=second")

    def test_planned_and_unmet_names(self, client: Client, path: Path) -> None:
        Topic.objects.filter(pk=path.soil.pk).update(planned=True, unmet=["A shovel"])
        html = html_of(client, f"/topics/{path.soil.slug}/")
        assert "its note is not written yet" in html
        assert "A shovel" in html

    def test_a_former_slug_moves_for_good(self, client: Client, path: Path) -> None:
        Alias.objects.create(topic=path.soil, text="old-soil", kind=Alias.Kind.SLUG)
        response = client.get("/topics/old-soil/?roadmap=garden")
        assert (response.status_code, response["Location"]) == (301, f"/topics/{path.soil.slug}/?roadmap=garden")

    def test_unknown_hidden_and_retired(self, client: Client, ada: Client, learner: User, path: Path) -> None:
        html_of(client, "/topics/nowhere/", 404)
        html_of(client, f"/topics/{make_topic('Seated nowhere').slug}/", 404)
        progress.set_state(learner=learner, topic=path.soil.pk, state="done", operation=uuid4())
        Topic.objects.filter(pk=path.soil.pk).update(retired_at=timezone.now())
        Roadmap.objects.update(revision=2)
        html_of(client, f"/topics/{path.soil.slug}/", 404)
        assert "What you did is kept." in html_of(ada, f"/topics/{path.soil.slug}/")

    def test_is_not_posted_to(self, ada: Client, path: Path) -> None:
        assert ada.post(f"/topics/{path.soil.slug}/").status_code == 405

    def test_queries_do_not_grow(self, ada: Client, path: Path) -> None:
        def queries() -> int:
            html_of(ada, f"/topics/{path.soil.slug}/")
            with CaptureQueriesContext(connection) as captured:
                html_of(ada, f"/topics/{path.soil.slug}/")
            return len(captured)

        few = queries()
        module = path.soil.placements.get().section
        for number in range(40):
            make_step(path.soil, f"Step {number}")
            require(make_topic(f"Later {number}", module), path.soil)
            Resource.objects.create(topic=path.soil, title=f"Resource {number}", kind="book")
        Roadmap.objects.update(revision=2)
        html = html_of(ada, f"/topics/{path.soil.slug}/")
        assert "and 37 more" in html
        assert queries() == few
