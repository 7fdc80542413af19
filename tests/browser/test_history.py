"""The history and the owners' tables in a browser: every width, both themes, without JavaScript, axe, the CSP."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from roadmap.models import Section, Topic
from roadmap.studio import verbs
from roadmap.studio.doing import Asked, undo
from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults, violations
from tests.tracker.conftest import Path as Garden
from tracker.models import User

TABLES = ("", "roadmap/", "roadmap/topic/", "roadmap/topic/?q=soil", "tracker/user/", "tracker/progressevent/")


@pytest.fixture
def edda(server: str, garden: Garden) -> User:
    edda = User.objects.create_user("edda@example.org", name="Edda", role="editor")
    asked = Asked("Edda", str(edda.pk))
    verbs.rename(roadmap=garden.roadmap, uid=garden.soil.uid, title="Rich soil " * 9, asked=asked)
    undo(roadmap=garden.roadmap, asked=asked)
    ground = Section.objects.get(title="Ground")
    verbs.create_section(
        roadmap=garden.roadmap, parent=None, title="Air", kind="module", asked=Asked("Edda", str(edda.pk))
    )
    air = Section.objects.get(title="Air")
    verbs.move(
        roadmap=garden.roadmap, uid=garden.soil.uid, parent=air.uid, after=None, asked=Asked("Edda", str(edda.pk))
    )
    verbs.rename(roadmap=garden.roadmap, uid=ground.uid, title="بستان " * 9, asked=Asked("Edda", str(edda.pk)))
    Topic.objects.filter(pk=garden.soil.pk).update(body="Word " * 300 + "end")
    return edda


@every_look
def test_the_history_is_sound(browse: Browse, garden: Garden, edda: User, width: int, theme: str) -> None:
    page = browse(edda, width=width, color_scheme=theme)
    slug = garden.soil.slug
    for url in (f"/studio/{garden.roadmap.slug}/history/", f"/studio/topics/{slug}/history/?roadmap=garden"):
        page.goto(url)
        while page.locator(".past details:not([open]) > summary").count():
            page.locator(".past details:not([open]) > summary").first.click()
        assert faults(page) == []


def test_from_the_tree_to_a_topics_words_without_javascript(browse: Browse, garden: Garden, edda: User) -> None:
    page = browse(edda, java_script_enabled=False)
    page.goto(f"/studio/{garden.roadmap.slug}/")
    page.get_by_role("link", name="History").click()
    expect(page.locator("ol.past")).to_contain_text("Took back: Renamed")
    summary = page.locator("summary", has_text="What changed").last
    summary.focus()
    page.keyboard.press("Enter")
    page.goto(f"/studio/topics/{garden.soil.slug}/history/")
    expect(page.locator("ol.past ins").first).to_be_attached()


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 360)])
def test_the_tables_work_under_the_policy(browse: Browse, garden: Garden, edda: User, theme: str, width: int) -> None:
    olga = User.objects.create_superuser("olga@example.org", name="Olga")
    page = browse(olga, width=width, color_scheme=theme)
    for url in (*TABLES, f"roadmap/topic/{garden.soil.pk}/"):
        page.goto(f"/tables/{url}")
        expect(page.locator("h1")).to_be_visible()
        assert violations(page) == []
    page.get_by_role("link", name="Its page").click()
    expect(page).to_have_url(f"{page.url.split('/studio')[0]}/studio/topics/{garden.soil.slug}/")
