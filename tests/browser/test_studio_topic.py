"""The form of a topic in a browser: preview, titles for links, two editors, no JavaScript, keyboard, axe, widths."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Dialog, Page, expect

from roadmap.models import Prerequisite, Topic
from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults, violations
from tests.factories import make_source, make_topic, make_user, place
from tests.roadmap.outlines import link, module, one, step, topic
from tests.roadmap.test_apply import bring
from tracker.models import User

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsanlagenbetreiber"
NOTES = one(
    module(
        "Ground",
        topic("Soil", step("Dig"), step("Rake"), body="Begins all. See [[Seeds]].\n\n```\nx = 1\n```", hours=3.0,
              summary="What it is.", details=("clay", "sand"), aliases=("Earth",),
              resources=(link("https://soil.example/", "All of it"),)),
        topic("Seeds", body="In [[Soil]].", needs=("Soil",)),
        topic("Harvest", needs=("Seeds",)),
        topic("Seaweed"), topic(LONG), topic("علم البيانات"), topic("数据科学"),
    ),
    title="Garden",
)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    editor: User
    other: User
    soil: Topic
    seeds: Topic


@pytest.fixture
def scene(server: str) -> Scene:
    bring(make_source(), NOTES)
    soil, seeds = Topic.objects.get(title="Soil"), Topic.objects.get(title="Seeds")
    return Scene(make_user("Edda", role="editor"), make_user("Edwin", role="editor"), soil, seeds)


def edited(page: Page) -> None:
    """Everything that the page can show of an override."""
    page.goto("/studio/topics/soil/")
    for name in ("Title", "Summary", "In short", "Text", "Hours"):
        page.get_by_label(name, exact=True).fill("7" if name == "Hours" else f"An editor’s {name} {LONG}")
    page.get_by_label("Step 1", exact=True).fill("Dig deep")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator(".messages")).to_contain_text("Saved.")


@every_look
def test_nothing_that_axe_finds_and_no_sideways_scrolling(browse: Browse, scene: Scene, theme: str, width: int) -> None:
    page = browse(scene.editor, color_scheme=theme, width=width)
    found = {}

    def look(what: str) -> None:
        for details in page.locator("main details").all():
            details.evaluate("details => { details.open = true }")
        if wrong := faults(page):
            found[what] = wrong

    page.goto("/studio/topics/soil/")
    look("as the notes have it")
    edited(page)
    look("edited")
    other = browse(scene.other, color_scheme=theme, width=width)
    other.goto("/studio/topics/soil/")
    page.goto("/studio/topics/soil/")
    other.get_by_label("Summary", exact=True).fill(f"Theirs. {LONG}")
    other.get_by_label("In short", exact=True).fill("Theirs, too.")
    other.get_by_role("button", name="Save", exact=True).last.click()
    expect(other.locator(".messages")).to_contain_text("Saved.")
    page.get_by_label("Summary", exact=True).fill("Mine.")
    page.get_by_label("Hours", exact=True).fill("many")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator(".errors")).to_have_count(1)
    look("refused")
    page.get_by_label("Hours", exact=True).fill("8")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("heading", name="Changed while you were writing")).to_be_visible()
    look("changed meanwhile")
    for address in (
        "topics/seeds/needs/",
        "topics/soil/needs/?q=a",
        "topics/soil/needs/?q=e",
        "titles/?q=se&topic=soil",
    ):
        page.goto(f"/studio/{address}")
        look(address)
    assert found == {}


class TestWithJavaScript:
    def test_the_preview_follows_the_text(self, browse: Browse, scene: Scene) -> None:
        page = browse(scene.editor)
        page.goto("/studio/topics/soil/")
        page.get_by_label("Text", exact=True).fill("Now **bold** and [[Seeds]].")
        preview = page.locator("#preview")
        expect(preview.locator("strong")).to_have_text("bold")
        expect(preview.get_by_role("link", name="Seeds")).to_have_attribute("href", "/topics/seeds/")
        expect(page.get_by_label("Text", exact=True)).to_be_focused()
        assert Topic.objects.get(pk=scene.soil.pk).body.startswith("Begins")

    def test_titles_are_offered_for_a_link(self, browse: Browse, scene: Scene) -> None:
        page = browse(scene.editor)
        page.goto("/studio/topics/soil/")
        text = page.locator("#f-body")
        text.fill("")
        text.press_sequentially("See [[se")
        options = page.locator("#offer").get_by_role("option")
        expect(options).to_have_text(["Seaweed", "Seeds", LONG])
        expect(text).to_have_attribute("aria-activedescendant", "offer-0")
        assert not violations(page)
        text.press("ArrowDown")
        text.press("Enter")
        expect(text).to_have_value("See [[Seeds]]")
        expect(options).to_have_count(0)
        expect(page.locator("#preview").get_by_role("link", name="Seeds")).to_be_visible()
        text.press_sequentially(" [[sea")
        expect(options).to_have_count(1)
        text.press("Escape")
        expect(options).to_have_count(0)
        expect(text).to_have_value("See [[Seeds]] [[sea")

    def test_rows_are_added_and_moved_by_keyboard(self, browse: Browse, scene: Scene) -> None:
        page = browse(scene.editor)
        page.goto("/studio/topics/soil/")
        page.locator("#steps").get_by_role("button", name="One more").click()
        page.keyboard.type("Water")
        page.get_by_label("Step 2", exact=True).press("Alt+ArrowUp")
        expect(page.locator("#said")).to_have_text("Now at place 1.")
        page.get_by_role("button", name="Save", exact=True).last.click()
        expect(page.locator(".messages")).to_contain_text("Saved.")
        assert list(scene.soil.steps.filter(retired_at=None).values_list("title", flat=True)) == [
            "Rake",
            "Dig",
            "Water",
        ]

    def test_leaving_asks_first(self, browse: Browse, scene: Scene) -> None:
        page = browse(scene.editor)
        page.goto("/studio/topics/soil/")
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        page.get_by_label("Summary", exact=True).fill("What it is!")
        page.get_by_role("link", name="Prerequisites", exact=True).click()
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"]
        expect(page.get_by_label("Summary", exact=True)).to_have_value("What it is!")

    def test_two_editors(self, browse: Browse, scene: Scene) -> None:
        mine, theirs = browse(scene.editor), browse(scene.other)
        for page in (mine, theirs):
            page.goto("/studio/topics/soil/")
        theirs.get_by_label("Summary", exact=True).fill("Theirs.")
        theirs.get_by_role("button", name="Save", exact=True).last.click()
        expect(theirs.locator(".messages")).to_contain_text("Saved.")
        mine.get_by_label("Summary", exact=True).fill("Mine.")
        mine.get_by_label("Title", exact=True).fill("My soil")
        mine.get_by_role("button", name="Save", exact=True).last.click()
        conflict = mine.locator(".conflict")
        expect(conflict).to_contain_text("Edwin changed this topic")
        expect(conflict.locator("pre")).to_have_text(["Mine.", "Theirs."])
        mine.get_by_role("radio", name="What is there now").check()
        mine.get_by_role("button", name="Save with these choices").click()
        expect(mine.locator(".messages")).to_contain_text("Saved.")
        scene.soil.refresh_from_db()
        assert (scene.soil.title, scene.soil.summary) == ("My soil", "Theirs.")

    def test_prerequisites_are_found_while_typing_and_a_loop_is_drawn(self, browse: Browse, scene: Scene) -> None:
        page = browse(scene.editor)
        page.goto("/studio/topics/soil/needs/")
        search = page.get_by_role("main").get_by_role("searchbox")
        search.press_sequentially("harv")
        loop = page.locator("#found .loop li")
        expect(loop).to_have_text(["Soil", "Harvest", "Seeds", "Soil"])
        expect(search).to_be_focused()
        expect(page).to_have_url(re.compile(r"\?roadmap=garden&q=harv$"))
        search.fill("seaw")
        page.get_by_role("button", name="Require it").click()
        expect(page.locator(".messages")).to_contain_text("“Soil” requires “Seaweed”.")


class TestWithoutJavaScript:
    def test_preview_save_and_the_notes_version(self, browse: Browse, scene: Scene) -> None:
        page = browse(scene.editor, java_script_enabled=False, width=360)
        page.goto("/studio/topics/soil/")
        page.get_by_label("Title", exact=True).fill("Loam")
        page.get_by_label("Text", exact=True).fill("Now **bold**.")
        page.get_by_role("button", name="Preview").click()
        expect(page.locator("#preview strong")).to_have_text("bold")
        expect(page.get_by_label("Title", exact=True)).to_have_value("Loam")
        page.get_by_label("New step 3").fill("Water")
        page.get_by_label("Retire: Dig").check()
        page.get_by_label("Title of resource 2").fill("A film")
        page.get_by_label("Address of resource 2").fill("https://youtu.be/x")
        page.get_by_label("Summary", exact=True).press("Enter")
        page.get_by_label("Hours", exact=True).press("Enter")
        expect(page.locator(".messages")).to_contain_text("Saved.")
        scene.soil.refresh_from_db()
        assert (scene.soil.title, scene.soil.body) == ("Loam", "Now **bold**.")
        assert list(scene.soil.steps.filter(retired_at=None).values_list("title", flat=True)) == ["Rake", "Water"]
        assert scene.soil.resources.get(title="A film").kind == "video"
        page.get_by_role("button", name=re.compile("Take the notes’ version.*Title")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Soil")

    def test_prerequisites(self, browse: Browse, scene: Scene) -> None:
        place(make_topic("Weather"), scene.soil.placements.get().section)
        page = browse(scene.editor, java_script_enabled=False)
        page.goto("/studio/topics/seeds/needs/")
        page.get_by_role("main").get_by_role("searchbox").fill("weather")
        page.get_by_role("button", name="Find").click()
        page.locator("#found").get_by_label("Reason").fill("Nothing grows in frost.")
        page.locator("#found").get_by_label("Required").select_option(label="or instead: Soil")
        page.get_by_role("button", name=re.compile("Require it.*Weather")).click()
        expect(page.locator(".any")).to_have_text("One of these is enough:")
        page.get_by_role("button", name=re.compile("Remove.*Weather")).click()
        page.get_by_role("button", name=re.compile("Remove.*Soil")).click()
        assert not Prerequisite.objects.filter(topic=scene.seeds).exists()
        page.get_by_role("button", name=re.compile("Take the notes’ version.*Soil")).click()
        expect(page.locator(".needs")).to_contain_text("stated in the notes")
