"""Many topics at once, with and without JavaScript, and the pages that explain progress."""

from __future__ import annotations

import uuid

from playwright.sync_api import expect

from roadmap.models import Topic
from tests.browser.conftest import Browse
from tests.browser.looking import faults
from tests.factories import make_section, make_topic, place
from tests.tracker.conftest import Path
from tracker import progress
from tracker.models import TopicProgress, User


def done(learner: User, path: Path) -> None:
    progress.set_state(
        learner=learner, topic=path.soil.pk, state="done", operation=uuid.uuid4(), roadmap=path.roadmap.pk
    )


def test_a_module_is_marked_and_the_undo_lays_its_rows_back(browse: Browse, garden: Path, ada: User) -> None:
    """The undo is a swap: rows, bars and head of the page change in place; the keyboard can do all of it."""
    progress.set_state(
        learner=ada, topic=garden.sowing.pk, state="learning", operation=uuid.uuid4(), roadmap=garden.roadmap.pk
    )
    page = browse(ada)
    page.goto("/roadmaps/garden/")
    page.get_by_role("link", name="Mark all of Ground").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Done: 3 topics").click()
    page.wait_for_url("**/roadmaps/garden/#s-ground")
    expect(page.locator("#head .legend")).to_contain_text("100 %")
    page.evaluate("window.same = true")
    page.locator(f"#t{garden.soil.pk} > a").focus()
    page.keyboard.press("u")
    expect(page.locator("#status")).to_contain_text("Undone. 3 topics are as they were.")
    expect(page.locator("#head .legend")).to_contain_text("0 %")
    expect(page.locator(f"#t{garden.soil.pk} .state")).to_have_attribute("aria-checked", "false")
    expect(page.locator(f"#t{garden.sowing.pk} .state")).to_have_attribute("aria-checked", "mixed")
    expect(page.locator(".outline .o .n")).to_have_text("0/2")
    expect(page.locator(".messages")).to_have_text("")  # it offered the undo
    bar, outline = (page.locator(f".outline .o{inside}").bounding_box() for inside in (" .share", ""))
    assert bar
    assert outline
    assert bar["width"] <= outline["width"], "a bar that is cut says another share"
    expect(page.locator(f"#t{garden.soil.pk} > a")).to_be_focused()
    assert page.evaluate("window.same")
    assert set(TopicProgress.objects.values_list("state", flat=True)) == {"todo", "learning"}

    page.goto("/roadmaps/garden/mark/?section=ground")
    page.get_by_role("button", name="Done: 3 topics").click()
    page.locator(f"#t{garden.soil.pk} > a").focus()
    page.keyboard.press("l")
    soil = page.locator(f"#t{garden.soil.pk} .state")
    expect(soil).to_have_attribute("aria-checked", "mixed")
    expect(page.locator("#status form")).to_have_count(1)
    page.keyboard.press("u")  # of the latest act, not of the one that a message still offers
    expect(soil).to_have_attribute("aria-checked", "true")


def test_without_javascript_a_roadmap_begins_anew_and_comes_back(browse: Browse, garden: Path, ada: User) -> None:
    done(ada, garden)
    page = browse(ada, width=360, java_script_enabled=False)
    page.goto("/roadmaps/garden/")
    page.get_by_role("link", name="Start over").click()
    page.get_by_role("button", name="Start over").click()
    expect(page.locator(".messages")).to_contain_text("1 topic is to do again.")
    assert TopicProgress.objects.get().state == "todo"
    page.goto("/roadmaps/garden/reset/")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messages")).to_contain_text("Undone. 1 topic is as it was.")
    assert TopicProgress.objects.get().state == "done"


def test_what_changed_is_read_in_the_panel_and_still_fine(browse: Browse, garden: Path, ada: User) -> None:
    Topic.objects.filter(pk=garden.soil.pk).update(body="Water it every second day.")
    done(ada, garden)
    Topic.objects.filter(pk=garden.soil.pk).update(body="Water it every third day.", revision=2)
    garden.roadmap.revision += 1
    garden.roadmap.save()
    page = browse(ada)
    page.goto("/roadmaps/garden/")
    page.locator(f"#t{garden.soil.pk} > a").click()
    page.locator("#topic-difference summary").click()
    expect(page.locator("#topic-difference ins")).to_have_text("third")
    assert faults(page) == []
    page.get_by_role("button", name="Still fine").click()
    expect(page.locator("#topic-changed")).to_have_count(0)
    expect(page.locator(f"#t{garden.soil.pk} .chips")).not_to_contain_text("changed")


def test_the_pages_are_sound_on_a_phone_and_on_a_desk(browse: Browse, garden: Path, ada: User) -> None:
    done(ada, garden)
    section = make_section(garden.roadmap, "A section with a title that is long " * 4, slug="long")
    make_topic("Ein sehr langer Titel ohne Ende " * 5, section, hours=3)
    make_topic("التربة والماء", section)
    place(garden.soil, make_section(garden.roadmap.__class__.objects.create(title="Ponds", slug="ponds"), slug="base"))
    garden.roadmap.revision += 1
    garden.roadmap.save()
    for theme, width in (("light", 360), ("dark", 1440)):
        page = browse(ada, width=width, color_scheme=theme)
        for address in (
            "/roadmaps/garden/share/",
            "/roadmaps/garden/share/?section=long",
            "/roadmaps/garden/mark/?section=long",
            "/roadmaps/garden/reset/",
            "/roadmaps/garden/pace/",
            "/topics/garden-soil/changed/",
            "/activity/",
            "/roadmaps/ponds/",
        ):
            page.goto(address)
            assert (address, faults(page)) == (address, [])
    page.goto("/activity/")
    page.evaluate("document.documentElement.dir = 'rtl'")
    year, frame = (page.locator(f".heat{inside}").bounding_box() for inside in (" svg", ""))
    assert year
    assert frame
    assert year["x"] + year["width"] == frame["x"] + frame["width"], "where lines of text begin"
