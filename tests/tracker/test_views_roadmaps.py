"""The list of roadmaps and the roadmap's page."""

from __future__ import annotations

import re
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.models import Placement, Prerequisite, Resource, Roadmap, Topic
from tests.factories import make_roadmap, make_section, make_topic, make_user, place
from tests.tracker.conftest import Path, browser_of, make_path
from tracker import progress
from tracker.models import TopicProgress, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


def row(html: str, topic: Topic) -> str:
    found = re.search(rf'<li class="[^"]*" id="t{topic.pk}".*?</li>', html, re.S)
    return found[0] if found else ""


def html_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content[:300]
    return response.content.decode()


class TestRoadmaps:
    def test_shows_each_with_share_and_size(self, ada: Client, learner: User, path: Path) -> None:
        progress.set_state(
            learner=learner, topic=path.soil.pk, state="done", operation=uuid4(), roadmap=path.roadmap.pk
        )
        html = html_of(ada, "/roadmaps/")
        assert "Garden" in html
        assert "<b>50 %</b> · 1 of 2" in html
        assert "3 topics" in html
        assert "you walk it" in html

    def test_is_readable_without_an_account(self, client: Client, path: Path) -> None:
        html = html_of(client, "/roadmaps/")
        assert "Garden" in html
        assert "you walk it" not in html

    def test_empty_says_the_three_ways_to_bring_notes_in(self, client: Client) -> None:
        html = html_of(client, "/roadmaps/")
        assert html.count("<li><h2>") == 3
        assert "load_notes" in html

    def test_drafts_are_for_editors(self, client: Client, ada: Client, editor: User) -> None:
        make_roadmap("Not yet", state=Roadmap.State.DRAFT)
        assert "Not yet" not in html_of(client, "/roadmaps/")
        assert "Not yet" not in html_of(ada, "/roadmaps/")
        assert "Not yet" in html_of(browser_of(editor), "/roadmaps/")

    def test_is_not_posted_to(self, client: Client) -> None:
        assert client.post("/roadmaps/").status_code == 405

    def test_queries_do_not_grow_with_roadmaps(self, ada: Client, learner: User) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                html_of(ada, "/roadmaps/")
            return len(captured)

        make_path("one")
        html_of(ada, "/roadmaps/")
        few = queries()
        for number in range(12):
            found = make_path(f"more-{number}")
            progress.set_state(
                learner=learner, topic=found.soil.pk, state="done", operation=uuid4(), roadmap=found.roadmap.pk
            )
        html_of(ada, "/roadmaps/")
        assert queries() == few


class TestRoadmap:
    address = "/roadmaps/garden/"

    def test_shows_the_tree_with_states_and_shares(self, ada: Client, learner: User, path: Path) -> None:
        progress.set_state(learner=learner, topic=path.soil.pk, state="done", operation=uuid4())
        html = html_of(ada, self.address)
        assert "<b>50 %</b> · 1 of 2" in html
        assert "+1 optional" in html
        assert '<section class="level" id="s-beginner"' in html
        assert "1 of 2 · 50 %" in html
        soil, sowing, pond = row(html, path.soil), row(html, path.sowing), row(html, path.pond)
        assert soil.startswith('<li class="topic done"')
        assert 'aria-checked="true" aria-label="Soil, done"' in soil
        assert 'value="todo"' in soil
        assert "clay, sand" in soil
        assert "3 h" in soil
        assert sowing.startswith('<li class="topic todo ready"')
        assert "needs" not in sowing
        assert "optional" in pond
        assert "Continue: <bdi>Sowing</bdi>" in html

    def test_what_is_missing_is_said_both_ways(self, client: Client, path: Path) -> None:
        html = html_of(client, self.address)
        assert "opens 1" in row(html, path.soil)
        assert "needs 1" in row(html, path.sowing)
        assert "locked" not in row(html, path.sowing)
        assert "Begin: <bdi>Soil</bdi>" in html
        assert "it opens 1 topic<" in html

    def test_strict_locks_show(self, client: Client) -> None:
        found = make_path("strict", locking=Roadmap.Locking.STRICT)
        assert row(html_of(client, "/roadmaps/strict/"), found.sowing).startswith('<li class="topic todo locked"')

    def test_progress_is_the_learners_own(self, ada: Client, learner: User, other: User, path: Path) -> None:
        progress.set_state(learner=learner, topic=path.soil.pk, state="skipped", operation=uuid4())
        assert row(html_of(ada, self.address), path.soil).startswith('<li class="topic skipped"')
        assert row(html_of(browser_of(other), self.address), path.soil).startswith('<li class="topic todo')

    def test_a_waived_topic_counts_and_says_so(self, ada: Client, learner: User, path: Path) -> None:
        progress.set_state(learner=learner, topic=path.soil.pk, state="done", operation=uuid4())
        TopicProgress.objects.update(state="waived")
        html = html_of(ada, self.address)
        assert "1 waived" in html
        assert '<span class="chip known">waived</span>' in row(html, path.soil)

    def test_text_changed_since_it_was_done(self, ada: Client, learner: User, path: Path) -> None:
        progress.set_state(learner=learner, topic=path.soil.pk, state="done", operation=uuid4())
        Topic.objects.filter(pk=path.soil.pk).update(revision=2)
        Roadmap.objects.update(revision=2)
        html = row(html_of(ada, self.address), path.soil)
        assert "changed since" in html
        assert 'class="topic done changed"' in html

    @pytest.mark.parametrize(
        ("show", "kept"),
        [
            ("ready", {"sowing", "pond"}),
            ("learning", set()),
            ("left", {"sowing"}),
            ("done", {"soil"}),
            ("optional", {"pond"}),
            ("nonsense", {"soil", "sowing", "pond"}),
            ("", {"soil", "sowing", "pond"}),
        ],
    )
    def test_filters(self, ada: Client, learner: User, path: Path, show: str, kept: set[str]) -> None:
        progress.set_state(learner=learner, topic=path.soil.pk, state="done", operation=uuid4())
        html = html_of(ada, f"{self.address}?show={show}")
        assert {name for name in ("soil", "sowing", "pond") if row(html, getattr(path, name))} == kept
        if not kept:
            assert "No topic here is learning." in html

    def test_topic_opens_beside_it(self, ada: Client, path: Path) -> None:
        html = html_of(ada, f"{self.address}?topic={path.soil.slug}")
        assert f'id="topic" data-slug="{path.soil.slug}"' in html
        assert "Dig a hole" in html
        assert row(html, path.sowing), "the whole page is there"

    def test_an_unknown_topic_is_left_out(self, ada: Client, path: Path) -> None:
        hidden = make_topic("Hidden")
        assert 'id="topic"' not in html_of(ada, f"{self.address}?topic=nowhere")
        assert 'id="topic"' not in html_of(ada, f"{self.address}?topic={hidden.slug}")

    def test_the_answer_does_not_depend_on_headers(self, ada: Client, path: Path) -> None:
        plain = re.sub(r'value="[^"]*"', "", html_of(ada, self.address))
        htmx = ada.get(self.address, headers={"HX-Request": "true", "HX-Target": "panel"}).content.decode()
        assert re.sub(r'value="[^"]*"', "", htmx) == plain

    def test_drafts_and_strangers(self, client: Client, ada: Client, editor: User, path: Path) -> None:
        Roadmap.objects.update(state=Roadmap.State.DRAFT)
        html_of(client, self.address, 404)
        html_of(ada, self.address, 404)
        assert "draft" in html_of(browser_of(editor), self.address)
        html_of(ada, "/roadmaps/nowhere/", 404)

    def test_unlisted_is_readable_by_its_address(self, client: Client, path: Path) -> None:
        Roadmap.objects.update(state=Roadmap.State.UNLISTED)
        html_of(client, self.address)

    def test_is_not_posted_to(self, ada: Client, path: Path) -> None:
        assert ada.post(self.address).status_code == 405

    def test_without_topics(self, client: Client) -> None:
        make_roadmap("Bare", slug="bare")
        html = html_of(client, "/roadmaps/bare/")
        assert "This roadmap has no topics yet." in html
        assert "<b>—</b> · 0 of 0" in html

    def test_choice_chain_optional_and_resources(self, client: Client) -> None:
        roadmap = make_roadmap("Shapes", slug="shapes")
        choice = make_section(roadmap, "Domain", choose=1, slug="domain")
        chain = make_section(roadmap, "Chain", ordered=True, slug="chain")
        extra = make_section(roadmap, "Extra", optional=True, slug="extra")
        for title in ("Law", "Finance"):
            make_topic(title, choice)
        for section in (chain, extra):
            make_topic("One", section)
        Resource.objects.create(section=chain, title="Good <book>", url="https://example.org/a", kind="book")
        Resource.objects.create(section=chain, title="Bad", url="javascript:alert(1)", kind="book")
        html = html_of(client, "/roadmaps/shapes/")
        assert "pick 1 of 2" in html
        assert "in order" in html
        assert '<ol class="chain"' in html
        assert '<a href="https://example.org/a" rel="noopener noreferrer"><bdi>Good &lt;book&gt;</bdi></a>' in html
        assert "javascript:" not in html

    def test_titles_are_escaped_and_isolated(self, client: Client) -> None:
        roadmap = make_roadmap('<img src=x onerror="alert(1)">', slug="hostile", summary="<script>1</script>")
        section = make_section(roadmap, "<script>2</script>", summary="<script>3</script>", slug="x")
        make_topic("<script>4</script> \"'", section, details=["<script>5</script>"])
        html = html_of(client, "/roadmaps/hostile/")
        assert not re.search(r"<script>\d", html)
        assert "<img" not in html
        assert '<b dir="auto">&lt;script&gt;4' in html

    def test_a_topic_of_two_roadmaps_is_done_in_both(self, ada: Client, learner: User, path: Path) -> None:
        second = make_roadmap("Second", slug="second")
        place(path.soil, make_section(second, "Shared", slug="shared"))
        progress.set_state(
            learner=learner, topic=path.soil.pk, state="done", operation=uuid4(), roadmap=path.roadmap.pk
        )
        html = html_of(ada, "/roadmaps/second/")
        assert row(html, path.soil).startswith('<li class="topic done"')
        assert not learner.enrolments.filter(roadmap=second).exists()
        assert "You know 1 topic of this already, from <bdi>Garden</bdi>." in html
        assert "You know" not in html_of(ada, self.address), "where it was done"

    def test_a_change_of_the_curriculum_shows_at_once(self, client: Client, path: Path) -> None:
        html_of(client, self.address)
        Topic.objects.filter(pk=path.soil.pk).update(title="Earth")
        Roadmap.objects.update(revision=2)
        assert "Earth" in row(html_of(client, self.address), path.soil)

    def test_queries_do_not_grow_with_topics(self, ada: Client, learner: User) -> None:
        def queries(size: int) -> int:
            roadmap = make_roadmap("Sized", slug=f"sized-{size}")
            section = make_section(roadmap, "All", slug=f"all-{size}")
            topics = Topic.objects.bulk_create(Topic(title=f"T{i}", slug=f"t-{size}-{i}") for i in range(size))
            Placement.objects.bulk_create(
                Placement(roadmap=roadmap, section=section, topic=topic, position=i) for i, topic in enumerate(topics)
            )
            Prerequisite.objects.bulk_create(Prerequisite(topic=b, requires=a) for a, b in pairwise(topics))
            for topic in topics[:2]:
                progress.set_state(learner=learner, topic=topic.pk, state="done", operation=uuid4())
            with CaptureQueriesContext(connection) as captured:
                html = html_of(ada, f"/roadmaps/sized-{size}/")
            assert html.count('<li class="topic') == size
            return len(captured)

        assert queries(3) == queries(300)


class TestFrame:
    """The page is rendered once and filled in; with a message to show it is rendered whole. Both are the same page."""

    @pytest.mark.parametrize("query", ["", "?show=done", "?show=left"])
    def test_filled_in_and_rendered_are_one_page(self, ada: Client, path: Path, learner: User, query: str) -> None:
        User.objects.filter(pk=learner.pk).update(name="Ada <b>&amp;</b>")
        ada.post(reverse("set_topic_state", args=[path.soil.slug]), done(path))  # leaves a message
        rendered = page_of(ada, path, query)
        filled = page_of(ada, path, query)
        assert "Undo" in rendered
        assert "Undo" not in filled.partition("<main")[0]
        assert without_what_differs(rendered) == without_what_differs(filled)
        assert "Ada &lt;b&gt;&amp;amp;&lt;/b&gt;" in filled

    def test_no_reader_sees_another(self, ada: Client, path: Path, client: Client) -> None:
        page_of(ada, path)
        stranger = page_of(client, path)
        assert "Ada" not in stranger
        assert "Sign in" in stranger
        other = Client()
        other.force_login(make_user("Bob"), backend="allauth.account.auth_backends.AuthenticationBackend")
        assert "Bob" in page_of(other, path)
        assert "Ada" not in page_of(other, path)


def page_of(client: Client, path: Path, query: str = "") -> str:
    return client.get(path.roadmap.get_absolute_url() + query).content.decode()


def done(path: Path) -> dict[str, str]:
    return {"state": "done", "operation": str(uuid4()), "roadmap": path.roadmap.slug}


def without_what_differs(html: str) -> str:
    """Tokens, nonces and the message itself."""
    html = re.sub(r'<div class="messages".*?(?=<div class="roadmap")', "", html, flags=re.DOTALL)
    return re.sub(r'name="(csrfmiddlewaretoken|nonce)" value="[^"]+"', "", html).strip()
