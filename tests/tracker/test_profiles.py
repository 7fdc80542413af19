"""Public profiles: nothing until their owner says so, then what they chose and not a word more."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_roadmap, make_section, make_topic
from tests.tracker.conftest import Path
from tracker import acts, progress
from tracker.badges import COLOURS, badge
from tracker.models import Enrolment, PublicProfile, User
from tracker.profiles import Chosen, HandleTaken, heat, save_profile

database = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


@pytest.fixture
def walking(learner: User, path: Path) -> User:
    """Ada, half through the garden, with a note."""
    Enrolment.objects.create(learner=learner, roadmap=path.roadmap)
    progress.set_state(learner=learner, topic=path.soil.pk, state="done", operation=uuid4())
    acts.write_note(learner=learner, topic=path.soil, text="nobody reads this", shared=False, seen="")
    return learner


def show(user: User, *roadmaps: int, **fields: Any) -> PublicProfile:
    wanted: dict[str, Any] = {"handle": "ada-l", "name": "Ada L", "public": True} | fields
    chosen = Chosen(**wanted)
    return save_profile(user=user, chosen=chosen, roadmaps=roadmaps)


class TestPage:
    pytestmark = database

    def test_it_works(self, walking: User, path: Path) -> None:
        show(walking, path.roadmap.pk, about="Grows beans.", activity=True)
        response = Client().get("/p/ada-l/")
        html = response.content.decode()
        assert response.status_code == 200
        assert all(words in html for words in ("Ada L", "Grows beans.", "Garden", "50 %", "1 of 2 topics done"))
        assert "1 step forward · 1 day<" in html
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert '<meta name="robots" content="noindex, nofollow">' in html
        assert not any(private in html for private in (walking.email, "nobody reads this", "Cohort"))

    def test_what_is_not_shown_is_not_there(self, walking: User, path: Path) -> None:
        gone = Client().get("/p/nobody-here/").content
        show(walking, path.roadmap.pk, public=False)
        for address in ("/p/ada-l/", f"/p/ada-l/{path.roadmap.slug}/badge.svg"):
            response = Client().get(address)
            assert response.status_code == 404
        assert Client().get("/p/ada-l/").content == gone, "switched off looks as if it never was"
        show(walking)
        html = Client().get("/p/ada-l/").content.decode()
        assert "Garden" not in html
        assert "The last year" not in html
        assert Client().get(f"/p/ada-l/{path.roadmap.slug}/badge.svg").status_code == 404
        assert Client().get("/p/ADA-L/").status_code == 404

    def test_an_account_that_is_switched_off_shows_nothing(self, walking: User, path: Path) -> None:
        show(walking, path.roadmap.pk, indexed=True)
        assert "X-Robots-Tag" not in Client().get("/p/ada-l/").headers
        User.objects.filter(pk=walking.pk).update(is_active=False)
        assert Client().get("/p/ada-l/").status_code == 404

    def test_drafts_and_what_one_does_not_walk_cannot_be_shown(self, walking: User, path: Path) -> None:
        draft, foreign = make_roadmap("Plans", state="draft"), make_roadmap("Elsewhere")
        make_topic("Secret", make_section(draft))
        Enrolment.objects.create(learner=walking, roadmap=draft)
        profile = show(walking, draft.pk, foreign.pk, path.roadmap.pk)
        assert list(profile.shown.values_list("roadmap", flat=True)) == [path.roadmap.pk]
        type(path.roadmap).objects.filter(pk=path.roadmap.pk).update(state="draft")
        assert "Garden" not in Client().get("/p/ada-l/").content.decode()


class TestOwnPage:
    pytestmark = database

    def test_saved_and_saved_again(self, walking: User, path: Path, ada: Client) -> None:
        data = {"handle": "ada-l", "name": "Ada L", "public": "on", "roadmaps": [str(path.roadmap.pk)]}
        assert ada.get("/mine/profile/").status_code == 200
        for _ in range(2):
            assert ada.post("/mine/profile/", data).status_code == 303
        html = ada.get("/mine/profile/").content.decode()
        assert "[![Garden](" in html
        assert f"/p/ada-l/{path.roadmap.slug}/badge.svg" in html
        assert ada.post("/mine/profile/", data | {"public": ""}).status_code == 303
        assert Client().get("/p/ada-l/").status_code == 404

    def test_what_cannot_be(self, walking: User, other: User, ada: Client, path: Path) -> None:
        show(other, handle="taken")
        handles = ("taken", "TAKEN", "admin", "a", "a b c", "-abc", "abc-", "a--b", "ädä", "x" * 31)
        slips: tuple[dict[str, Any], ...] = (
            {"name": ""},
            {"name": "x" * 101},
            {"roadmaps": ["x"]},
            {"roadmaps": ["999999"]},
        )
        for fields in (*({"handle": handle} for handle in handles), *slips):
            response = ada.post("/mine/profile/", {"handle": "fine", "name": "Ada"} | fields)
            assert response.status_code == 422, fields
        assert not PublicProfile.objects.filter(user=walking).exists()
        with pytest.raises(HandleTaken):
            show(walking, handle="taken")


class TestBadge:
    pytestmark = database

    def test_it_can_stand_anywhere_and_is_asked_for_again(self, walking: User, path: Path) -> None:
        show(walking, path.roadmap.pk)
        address = reverse("roadmap_badge", args=["ada-l", path.roadmap.slug])
        first = Client().get(address)
        assert first["Content-Type"] == "image/svg+xml"
        assert first["Cache-Control"] == "public, max-age=300"
        assert first["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert first["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert not first.cookies
        root = ET.fromstring(first.content)  # noqa: S314
        assert root.get("aria-label") == "Garden: 1 of 2 done, 50 %"
        again = Client().get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again["Cross-Origin-Resource-Policy"] == "cross-origin"
        progress.set_state(learner=walking, topic=path.sowing.pk, state="done", operation=uuid4())
        now = Client().get(address, headers={"If-None-Match": first["ETag"]})
        assert now.status_code == 200
        assert b"finished" in now.content


@given(title=st.text(max_size=120), word=st.text(min_size=1, max_size=12), kind=st.sampled_from(sorted(COLOURS)))
def test_a_badge_is_xml_whatever_it_says(title: str, word: str, kind: str) -> None:
    root = ET.fromstring(badge(title, "9 %", kind=kind, about=title + word))  # noqa: S314
    texts = root.findall(".//{http://www.w3.org/2000/svg}text")
    assert len(texts) == 2
    assert float(root.get("width", 0)) >= sum(float(text.get("textLength", 0)) for text in texts)


@given(st.dictionaries(st.integers(0, 370), st.integers(1, 500), max_size=40), st.integers(0, 6), st.integers(1, 53))
def test_every_day_of_the_heat_has_its_place(moves: dict[int, int], weekday: int, weeks: int) -> None:
    first = date(2026, 1, 5)
    last = first + timedelta(days=7 * (weeks - 1) + weekday)
    told = {first + timedelta(days=day): count for day, count in moves.items() if first + timedelta(days=day) <= last}
    found = heat(told, first, last)
    days = [cell for week in found.weeks for cell in week]
    assert [day for day, _, _ in days] == [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert all((level == 0) == (count == 0) and 0 <= level <= 4 for _, count, level in days)
    assert (found.moves, found.days) == (sum(told.values()), len(told))
