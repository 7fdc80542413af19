"""The pages of the history: who sees them, what they say, and that they do not ask more the longer it grows."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.models import Alias, Section
from tests.factories import make_roadmap, make_user, place
from tests.tracker.conftest import Path, browser_of
from tracker.models import RoadmapEditor, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


@pytest.fixture
def eve(editor: User) -> Client:
    return browser_of(editor)


def rename(client: Client, path: Path, title: str) -> None:
    data = {"act": "rename", "uid": str(path.soil.uid), "operation": str(uuid4()), "title": title}
    assert client.post(reverse("studio_act", args=[path.roadmap.slug]), data).status_code == 303


class TestTopicHistory:
    def test_it_works(self, eve: Client, path: Path) -> None:
        rename(eve, path, "Rich soil")
        text = eve.get(reverse("topic_history", args=[path.soil.slug])).content.decode()
        assert "Renamed “Soil” to “Rich soil”" in text
        assert "<ins>Rich soil</ins>" in text
        assert "<del>Soil</del>" in text

    def test_it_is_linked_from_the_form_and_from_the_roadmaps_history(self, eve: Client, path: Path) -> None:
        rename(eve, path, "Rich soil")
        link = f'href="{reverse("topic_history", args=[path.soil.slug])}?roadmap={path.roadmap.slug}"'
        for name, slug in [("studio_topic", path.soil.slug), ("studio_history", path.roadmap.slug)]:
            page = f"{reverse(name, args=[slug])}?roadmap={path.roadmap.slug}"
            assert link in eve.get(page).content.decode(), name

    def test_a_former_address_leads_here(self, eve: Client, path: Path) -> None:
        Alias.objects.create(topic=path.soil, text="old-soil", kind="slug")
        answer = eve.get("/studio/topics/old-soil/history/?roadmap=garden")
        assert answer.headers["Location"] == f"/studio/topics/{path.soil.slug}/history/?roadmap=garden"

    def test_what_is_typed_is_shown_as_text(self, eve: Client, path: Path) -> None:
        rename(eve, path, "<script>alert(1)</script>")
        text = eve.get(reverse("topic_history", args=[path.soil.slug])).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text

    def test_others_have_none(self, ada: Client, path: Path, client: Client) -> None:
        address = reverse("topic_history", args=[path.soil.slug])
        assert ada.get(address).status_code == 404
        assert client.get(address).status_code == 302
        assert browser_of(make_user("Una")).get(address).status_code == 404
        assert ada.post(address).status_code == 405

    def test_who_edits_one_roadmap_sees_what_stands_on_it_alone(self, path: Path) -> None:
        uma = make_user("Uma")
        RoadmapEditor.objects.create(user=uma, roadmap=path.roadmap)
        address = reverse("topic_history", args=[path.soil.slug])
        assert browser_of(uma).get(address).status_code == 200
        other = make_roadmap("Elsewhere")
        place(path.soil, Section.objects.create(roadmap=other, title="Rock", slug="rock", kind="module"))
        assert browser_of(uma).get(address).status_code == 403
        assert browser_of(uma).get(reverse("studio_history", args=[other.slug])).status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["topic_history", "studio_history"])
def test_the_queries_do_not_grow_and_pages_turn(eve: Client, path: Path, name: str) -> None:
    address = reverse(name, args=[path.soil.slug if name == "topic_history" else path.roadmap.slug])
    counts = []
    for number in range(24):
        rename(eve, path, f"Soil {number}")
        if number in {2, 23}:
            with CaptureQueriesContext(connection) as queries:
                answer = eve.get(address)
            counts.append(len(queries))
    assert counts[1] <= counts[0] <= 18
    text = answer.content.decode()
    assert "to “Soil 23”" in text
    assert "to “Soil 2”" not in text
    older = text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "to “Soil 2”" in eve.get(f"{address}{older}").content.decode()
