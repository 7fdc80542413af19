"""The map in a browser: light, keys, zoom, the list; without JavaScript; on paper; how it looks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults, overflow
from tests.factories import make_topic, require
from tests.tracker.conftest import Path
from tracker.maps import drawn
from tracker.models import User

MAP = "/roadmaps/garden/map/"


@pytest.fixture
def grown(garden: Path) -> Path:
    """Soil → sowing → harvest; soil → a topic with a title of 120 characters; one in Arabic."""
    section = garden.soil.placements.get().section
    harvest = make_topic("Harvest", section, slug="harvest")
    require(harvest, garden.sowing)
    require(make_topic("Long " * 20 + "Rhabarberbarbarabar", section, slug="long"), garden.soil)
    require(make_topic("مقدمة في تعلم الآلة", section, slug="arabic"), harvest)
    return garden


def link(title: str) -> str:
    return f'#map g.n[data-title="{title}"] a'


def lit(page: Page, kind: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all(f"#map g.n.{kind}", "all => all.map(g => g.dataset.title)")
    return found


@pytest.mark.parametrize("tiled", [False, True])
def test_walks_along_the_lines_and_says_what_is_needed_and_opened(
    browse: Browse, ada: User, grown: Path, monkeypatch: pytest.MonkeyPatch, tiled: bool
) -> None:
    if tiled:  # as a map of hundreds of topics is
        monkeypatch.setattr(drawn, "TILED", 1)
        monkeypatch.setattr(drawn, "TILE", 1)
    page = browse(ada)
    page.goto(MAP)
    assert page.locator("#map .tile g.n").count() == tiled * page.locator("#map g.n").count()
    page.locator(link("Soil")).focus()
    expect(page.locator("#map")).to_have_class(re.compile(r"\blit\b"))
    assert set(lit(page, "opens")) >= {"Sowing", "Harvest", "مقدمة في تعلم الآلة"}
    assert lit(page, "needs") == []
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#map-said")).to_have_text("It needs nothing that is shown.")
    page.locator(link("Sowing")).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(link("Harvest"))).to_be_focused()
    expect(page.locator("#map-said")).to_contain_text("Needs: Sowing. Opens: مقدمة")
    expect(page.locator("#map-card")).to_contain_text("Harvest, needs 1, better later")
    assert set(lit(page, "needs")) == {"Sowing", "Soil"}
    assert page.locator("#map .e.needs").count() == 2
    page.keyboard.press("ArrowLeft")
    expect(page.locator(link("Sowing"))).to_be_focused()
    page.locator("[data-do=fit]").focus()
    page.keyboard.press("Tab")
    expect(page.locator(link("Sowing")), "one stop of the tab key; arrows do the rest").to_be_focused()
    page.keyboard.press("Tab")
    assert not page.evaluate("document.getElementById('frame').contains(document.activeElement)")

    width = page.locator("#map").bounding_box()
    page.keyboard.press("+")
    larger = page.locator("#map").bounding_box()
    assert width
    assert larger
    assert larger["width"] > width["width"] * 1.2
    page.locator("[data-do=fit]").click()
    fitted, frame = page.locator("#map").bounding_box(), page.locator("#frame").bounding_box()
    assert fitted
    assert frame
    assert fitted["width"] <= frame["width"] + 1

    page.locator(link("Pond")).hover()
    expect(page.locator("#map-card")).to_contain_text("Pond, ready, optional")
    area = page.locator(".map-area").bounding_box()
    assert area
    page.set_viewport_size({"width": 1440, "height": int(area["y"] + area["height"]) - 60})
    page.locator(link("Soil")).focus()
    expect(page.locator("#map-card")).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator(link("Sowing")).focus()
    page.keyboard.press("l")
    expect(page.locator(f"#l{grown.sowing.pk} a").first).to_be_focused()
    page.locator(link("Sowing")).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Sowing")


def test_a_tap_lights_and_a_second_one_opens(browse: Browse, grown: Path) -> None:
    page = browse(None, width=520, has_touch=True)
    page.goto(MAP)
    drawn_wide = page.evaluate("document.getElementById('map').viewBox.baseVal.width")
    shown_wide = page.locator("#map").bounding_box()
    assert shown_wide
    assert shown_wide["width"] >= 0.69 * drawn_wide, "the words of a map that fits can be read"
    page.locator(link("Soil")).tap()
    expect(page.locator("#map-card")).to_contain_text("Soil, ready")
    assert page.url.endswith(MAP)
    page.locator(link("Soil")).tap()
    expect(page.locator("h1")).to_contain_text("Soil")


def test_works_without_javascript_and_prints_on_one_page(browse: Browse, grown: Path) -> None:
    page = browse(None, java_script_enabled=False)
    page.goto(MAP)
    expect(page.locator("#map-tools")).to_be_hidden()
    line = page.locator(f"#n{grown.sowing.pk} .e")
    expect(line).not_to_have_css("stroke-width", "2px")
    page.locator(link("Sowing")).hover()
    expect(line).to_have_css("stroke-width", "2px")
    page.get_by_role("link", name="Only what is left").click()
    expect(page.get_by_role("link", name="Only what is left")).to_have_attribute("aria-current", "true")
    page.locator("[name=goal]").fill("harv")
    page.locator("form:has([name=goal]) button").click()
    expect(page.locator("h1")).to_contain_text("path to Harvest")
    expect(page.locator(".map-way li")).to_have_text(["Soil", "Sowing"])
    page.goto(MAP)
    page.emulate_media(media="print")
    dark = page.evaluate("[...document.querySelectorAll('#map text')].map(text => getComputedStyle(text).fill)")
    assert set(dark) == {"rgb(27, 35, 40)"}  # on paper the words of a map are small
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    width, height = map(float, re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", paper)[0])
    assert width > height


@every_look
def test_looks_sound(browse: Browse, ada: User, grown: Path, theme: str, width: int) -> None:
    page = browse(ada, width=width, color_scheme=theme)
    page.goto(MAP)
    assert faults(page) == []
    expect(page.locator(".legend .sample").first).to_be_visible()
    page.goto(f"{MAP}?goal=harvest&left=1")
    assert overflow(page) == 0
    page.locator(link("Harvest")).focus()
    assert overflow(page) == 0
