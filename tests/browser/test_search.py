"""Search and the palette in a browser: by the keyboard alone, without JavaScript, on a phone, away from the server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults, violations
from tests.tracker.conftest import Path
from tracker.models import User

pytestmark = pytest.mark.usefixtures("garden")


def test_slash_and_enter(browse: Browse, ada: User) -> None:
    page = browse(ada)
    page.goto("/roadmaps/")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("soy/l")
    expect(page.locator("#find")).to_have_value("soy/l")
    page.locator("#find").fill("soil")
    page.keyboard.press("Enter")
    expect(page.locator(".hits .hit").first).to_have_text("Soil")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()


def test_slash_where_the_field_has_no_room(browse: Browse, ada: User) -> None:
    page = browse(ada, width=360)
    page.goto("/roadmaps/")
    expect(page.locator("#find-link")).to_be_visible()
    page.keyboard.press("/")
    expect(page).to_have_url(re.compile(r"/search/$"))
    expect(page.locator("#q")).to_be_focused()


@every_look
def test_the_palette(browse: Browse, ada: User, garden: Path, theme: str, width: int) -> None:
    page = browse(ada, color_scheme=theme, width=width)
    page.goto("/roadmaps/garden/")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    expect(page.get_by_role("option", name="Timeline")).to_be_visible()
    assert faults(page) == []
    page.keyboard.type("so")
    expect(page.get_by_role("option").first).to_contain_text("Sowing")
    expect(page.get_by_role("option").nth(1)).to_contain_text("Soil")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "p2")
    page.keyboard.press("ArrowUp")
    assert faults(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Sowing")


def test_enter_means_what_was_typed(browse: Browse, ada: User) -> None:
    """Not what is still listed for less of it."""
    page = browse(ada)
    page.goto("/roadmaps/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Timeline")).to_be_visible()
    page.keyboard.type("soil")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Soil")


def test_acts_of_the_palette(browse: Browse, ada: User) -> None:
    page = browse(ada)
    page.goto("/roadmaps/")
    page.keyboard.press("Control+k")
    page.keyboard.type("theme")
    expect(page.get_by_role("option").first).to_contain_text("Change the theme")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_be_hidden()


def test_the_palette_without_the_server(browse: Browse, ada: User) -> None:
    page = browse(ada)
    page.goto("/roadmaps/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Timeline")).to_be_visible()
    page.context.set_offline(True)
    page.keyboard.type("soil")
    expect(page.get_by_text("Search does not answer just now.")).to_be_visible()
    page.context.set_offline(False)
    page.keyboard.type("s")
    page.keyboard.press("Backspace")
    expect(page.get_by_role("option").first).to_contain_text("Soil")


def test_without_javascript(browse: Browse) -> None:
    page = browse(java_script_enabled=False)
    page.goto("/roadmaps/")
    page.get_by_label("Search topics and roadmaps").fill("soil")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Soil").first.click()
    expect(page.locator("h1")).to_have_text("Soil")


@every_look
def test_the_page(browse: Browse, ada: User, theme: str, width: int) -> None:
    page = browse(ada, color_scheme=theme, width=width)
    for query in ("soil", "soyl", "nothing-of-that-name", ""):
        page.goto(f"/search/?q={query}")
        assert faults(page) == [], query


def test_the_reading_order_of_a_result(browse: Browse) -> None:
    page = browse()
    page.goto("/search/?q=sow")
    expect(page.locator(".hits > li").first).to_contain_text("Sowing")
    assert violations(page) == []
