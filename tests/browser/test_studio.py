"""The studio in a browser: drag, keyboard, two editors at once, without JavaScript, axe, and every width."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from roadmap.models import Placement, Roadmap, Section, Topic
from roadmap.studio import verbs
from roadmap.studio.doing import Asked
from tests.browser.conftest import Browse, sized
from tests.browser.looking import every_look, faults
from tests.factories import make_section, make_topic
from tests.tracker.conftest import Path as Garden
from tracker.models import User


@pytest.fixture
def edda(server: str) -> User:
    return User.objects.create_user("edda@example.org", name="Edda", role="editor")


def address(roadmap: Roadmap) -> str:
    keys = Section.objects.filter(roadmap=roadmap).values_list("pk", flat=True)
    return f"/studio/{roadmap.slug}/?open={','.join(map(str, keys))}"


def titles(section: str) -> list[str]:
    seats = Placement.objects.filter(section__title=section, topic__retired_at=None)
    return list(seats.values_list("topic__title", flat=True))


def row(title: str) -> str:
    """Id of the topic's row."""
    return f"n-{Topic.objects.get(title=title).uid}"


def check(page: Page) -> None:
    """Nothing for axe to find, and nothing wider than the page."""
    assert faults(page) == []


def test_keyboard_alone(browse: Browse, garden: Garden, edda: User) -> None:
    page = browse(edda)
    page.goto(address(garden.roadmap))
    page.locator(f"#{row('Soil')} > .row .name").last.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#notice")).to_contain_text("Moved “Soil” down")
    assert titles("Ground") == ["Sowing", "Soil", "Pond"]
    expect(page.locator(f"#n-{garden.soil.uid} > .row > a.name")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#notice")).to_contain_text("Moved “Soil” up")
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator("#notice")).to_contain_text("Moved “Soil” out")
    assert titles("Beginner") == ["Soil"]
    page.keyboard.press("F2")
    field = page.locator(f"#title-{garden.soil.uid}")
    expect(field).to_be_focused()
    page.keyboard.type("Earth")
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("Renamed “Soil” to “Earth”")
    expect(page.locator(".forms")).to_have_count(0)
    page.locator("#undo").click()
    expect(page.locator("#notice")).to_contain_text("Undone: Renamed")
    expect(page.locator("#tree")).to_contain_text("Soil")


def test_drag(browse: Browse, garden: Garden, edda: User) -> None:
    other = make_section(garden.roadmap, "Water", slug="water")
    make_topic("Rain", other)
    page = browse(edda)
    page.goto(address(garden.roadmap))
    page.wait_for_selector("#tree ul[data-drag]")

    def drag(what: str, to: str) -> None:
        start = page.locator(f"#{row(what)} > .row > .grip").bounding_box()
        end = page.locator(f"#{row(to)} > .row").bounding_box()
        assert start
        assert end
        page.mouse.move(start["x"] + 6, start["y"] + 20)
        page.mouse.down()
        page.mouse.move(start["x"] + 8, start["y"] + 26, steps=3)
        page.mouse.move(end["x"] + 40, end["y"] + end["height"] - 6, steps=12)
        page.wait_for_timeout(200)
        page.mouse.up()

    drag("Soil", "Rain")
    expect(page.locator("#notice")).to_contain_text("Moved “Soil” to “Water”")
    assert "Soil" in titles("Water")
    drag("Sowing", "Pond")
    expect(page.locator("#notice")).to_contain_text("within “Ground”")
    assert titles("Ground") == ["Pond", "Sowing"]


def test_two_editors(browse: Browse, garden: Garden, edda: User) -> None:
    page = browse(edda)
    page.goto(f"{address(garden.roadmap)}&at={garden.soil.uid}")
    verbs.rename(roadmap=garden.roadmap, uid=garden.soil.uid, title="Earth", asked=Asked("Olga", "9"))
    page.locator(f"#title-{garden.soil.uid}").fill("Ground matters")
    page.get_by_role("button", name="Save", exact=True).first.click()
    notice = page.locator("#notice")
    expect(notice).to_contain_text("rename it to “Ground matters”")
    expect(notice).to_contain_text("Renamed “Soil” to “Earth”, by Olga")
    check(page)
    page.get_by_role("button", name="Do mine all the same").click()
    expect(notice).to_contain_text("Renamed “Earth” to “Ground matters”")
    assert Topic.objects.get(pk=garden.soil.pk).title == "Ground matters"


def test_without_javascript(browse: Browse, garden: Garden, edda: User) -> None:
    page = browse(edda, java_script_enabled=False)
    page.goto(f"/studio/{garden.roadmap.slug}/")
    page.get_by_role("link", name="Beginner", exact=True).click()
    page.get_by_role("link", name="Ground", exact=True).click()
    page.get_by_role("link", name=re.compile("^Edit.*Soil")).click()
    page.get_by_role("button", name="Down", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("Moved “Soil” down")
    page.get_by_label("Move to…").select_option(label="Beginner")
    page.get_by_role("button", name="Move", exact=True).click()
    assert titles("Beginner") == ["Soil"]
    page.get_by_label("Title").first.fill("Earth")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator("#tree")).to_contain_text("Earth")
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(page.locator("#tree")).to_contain_text("Soil")
    page.get_by_role("link", name=re.compile("^Edit.*Ground")).click()
    page.get_by_label("New topic in it").fill("Roots")
    page.get_by_role("button", name="Add").first.click()
    expect(page.locator("#tree")).to_contain_text("Roots")


@every_look
def test_every_page_is_sound(browse: Browse, garden: Garden, edda: User, width: int, theme: str) -> None:
    make_topic("بستان " * 19, Section.objects.get(title="Ground"), slug="rtl")
    make_topic(
        "Donaudampfschifffahrtsgesellschaft" * 4, Section.objects.get(title="Ground"), slug="long", optional=True
    )
    verbs.rename(roadmap=garden.roadmap, uid=garden.soil.uid, title="Earth", asked=Asked("Edda", str(edda.pk)))
    page = browse(edda, width=width, color_scheme=theme)
    base = address(garden.roadmap)
    ground = Section.objects.get(title="Ground").uid
    for url in ("/studio/", "/studio/new/", base, f"{base}&at={garden.soil.uid}&find=a", f"{base}&at={ground}",
                f"/studio/{garden.roadmap.slug}/history/"):  # fmt: skip
        page.goto(url)
        closed = page.locator("#tree details:not([open]) > summary")
        while closed.count():
            closed.first.click()
        check(page)


def test_many_topics(browse: Browse, server: str, edda: User) -> None:
    roadmap = sized(2000, per_module=20)
    page = browse(edda)
    page.goto(f"/studio/{roadmap.slug}/")
    page.get_by_role("link", name="Beginner", exact=True).click()
    page.get_by_role("link", name="Module 0", exact=True).click()
    expect(page.locator("#tree li.node")).to_have_count(3 + 34 + 20)
    check(page)
