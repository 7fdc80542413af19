"""Writing edits back in a browser: looked at, written, taken back; axe, widths, no JavaScript, keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from roadmap.loading import load
from roadmap.models import NoteSource, Roadmap, Topic
from roadmap.studio import one_topic
from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults
from tests.factories import make_user
from tracker import writing
from tracker.models import User

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsanlagenbetreiber"
README = (
    "# Garden\n\n## Ground\n\n- **Soil** (clay, sand): what it is\n  - [ ] Dig\n"
    f"- علم البيانات — {LONG} {LONG}\n- 数据\n"
)


@pytest.fixture
def folder(server: str, tmp_path: Path) -> Path:
    root = tmp_path / "garden"
    root.mkdir()
    (root / "README.md").write_text(README, encoding="utf-8")
    load(root, by="owner")
    return root


@pytest.fixture
def edda(folder: Path) -> User:
    edda = make_user("Edda", role="editor")
    writing.allow_writing(source=NoteSource.objects.get(), allowed=True, by=edda)
    for named, wanted in (
        ("Soil", {"title": "Earth", "summary": f"all | of *it*, {LONG}", "body": "A text.", "hours": 3.5}),
        ("علم البيانات", {"title": "علم البيانات والإحصاء"}),
    ):
        found = Topic.objects.get(title=named)
        asked = one_topic.asked_by(name="Edda", key=edda.pk)
        one_topic.edit_topic(topic=found, roadmap=Roadmap.objects.get(), wanted=wanted, seen={}, drop="", asked=asked)
    return edda


def place(title: str) -> str:
    return f"/studio/topics/{Topic.objects.get(title=title).slug}/notes/"


def written(page: Page, said: str) -> None:
    expect(page.locator(".messages")).to_contain_text(said)


@every_look
def test_nothing_that_axe_finds_and_no_sideways_scrolling(browse: Browse, edda: User, theme: str, width: int) -> None:
    page = browse(edda, color_scheme=theme, width=width)
    found = {}

    def look(what: str) -> None:
        if wrong := faults(page):
            found[what] = wrong

    page.goto(place("علم البيانات والإحصاء"))
    look("Arabic")
    page.goto(place("Earth"))
    look("what waits")
    page.get_by_role("button", name="Write all of them to the notes").click()
    written(page, "Wrote title, summary and hours of “Earth” to README.md")
    look("written")
    page.goto(f"/studio/imports/sources/{NoteSource.objects.get().uid}/")
    look("the switch")
    assert found == {}


def test_without_javascript(browse: Browse, edda: User, folder: Path) -> None:
    page = browse(edda, java_script_enabled=False)
    page.goto("/studio/topics/soil/")
    page.locator(".said a").first.click()
    expect(page.locator("#w-title .came")).to_contain_text("- **Earth** (clay, sand): what it is")
    expect(page.locator("#w-body")).to_contain_text("stays an edit")
    page.locator("#w-title").get_by_role("button").click()
    written(page, "Wrote title of “Earth” to README.md")
    assert (folder / "README.md").read_text(encoding="utf-8") == README.replace("**Soil**", "**Earth**")
    page.locator(".written").get_by_role("button").first.click()
    written(page, "Taken back")
    assert (folder / "README.md").read_text(encoding="utf-8") == README


def test_a_file_that_changed_meanwhile_with_the_keyboard_alone(browse: Browse, edda: User, folder: Path) -> None:
    page = browse(edda)
    page.goto(place("Earth"))
    with (folder / "README.md").open("a", encoding="utf-8") as file:
        file.write("\n\n")
    page.locator("#w-title").get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("README.md changed since the notes were read")
    page.get_by_role("button", name="Read the notes again").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/studio/imports/plans/"))
    page.goto(place("Earth"))
    page.locator("#w-title").get_by_role("button").focus()
    page.keyboard.press("Enter")
    written(page, "Wrote title of “Earth”")
