"""Drafts and revisions in a browser: by the keyboard, without JavaScript, at every width, nothing for axe to find."""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from roadmap.models import Topic
from roadmap.publishing.models import DraftRevision
from roadmap.publishing.recording import record_now
from roadmap.studio import verbs
from roadmap.studio.doing import Asked
from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults
from tests.factories import join, make_cohort
from tests.tracker.conftest import Path as Garden
from tracker.models import Enrolment, User


@pytest.fixture
def edda(server: str) -> User:
    return User.objects.create_user("edda@example.org", name="Edda", role="editor")


def check(page: Page) -> None:
    """Nothing for axe to find, and nothing wider than the page."""
    assert faults(page) == []


def press(page: Page, name: str) -> None:
    """With the keyboard: the focus on the button, then Enter."""
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_the_draft_to_the_revision_and_back(
    browse: Browse, garden: Garden, edda: User, ada: User, script: bool
) -> None:
    Enrolment.objects.create(learner=ada, roadmap=garden.roadmap)
    record_now(roadmap=garden.roadmap)
    page = browse(edda, java_script_enabled=script)
    page.goto("/studio/garden/draft/")
    press(page, "Begin a draft")
    expect(page.locator("#draft-note")).to_contain_text("You are working in a draft")
    page.goto(f"/studio/garden/?at={garden.soil.uid}")
    page.locator(f"#title-{garden.soil.uid}").fill("Earth")
    page.keyboard.press("Enter")
    expect(page.locator("#tree")).to_contain_text("Earth")
    page.locator("#studio-head").get_by_role("link", name="Draft", exact=True).click()
    expect(page.locator("main")).to_contain_text("1 change waits")
    if script:
        check(page)
    page.get_by_role("link", name="Preview it as a learner").click()
    expect(page.locator("main")).to_contain_text("Nothing here can be used")
    expect(page.locator(f"#t{garden.soil.pk}")).to_contain_text("Earth")
    assert page.locator(".still button:not([disabled])").count() == page.locator(".still button").count()
    expect(page.locator(".still button").first).to_be_disabled()
    page.get_by_role("link", name="Earth").click()
    expect(page.locator("#topic-title")).to_have_text("Earth")
    if script:
        check(page)
    page.get_by_role("link", name="Back to the draft").click()
    page.locator("#note").fill("Plain words.")
    press(page, "Publish it all")
    expect(page.locator(".messages")).to_contain_text("Published as revision 2")
    assert Topic.objects.get(pk=garden.soil.pk).title == "Earth"
    expect(page.locator("h2#changes")).to_contain_text("From revision 1 to this one")
    if script:
        check(page)
    page.goto("/studio/garden/revisions/1/?with=now")
    press(page, "Bring revision 1 back")
    expect(page.locator(".messages")).to_contain_text("Brought revision 1 back")
    assert Topic.objects.get(pk=garden.soil.pk).title == "Soil"
    page.locator("#undo").focus()
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("Undone: Brought revision 1 back")
    assert Topic.objects.get(pk=garden.soil.pk).title == "Earth"
    reader = browse(ada, java_script_enabled=script)
    reader.goto("/roadmaps/garden/")
    reader.get_by_role("link", name="what is new", exact=True).click()
    expect(reader.locator("main")).to_contain_text("Plain words.")
    expect(reader.locator("main")).to_contain_text("was Soil")
    if script:
        check(reader)
    press(reader, "I have read it")
    expect(reader.locator("#head")).not_to_contain_text("Something changed here")


def test_a_clash_and_throwing_away(browse: Browse, garden: Garden, edda: User) -> None:
    page = browse(edda)
    page.goto("/studio/garden/draft/")
    press(page, "Begin a draft")
    expect(page.locator("#draft-note")).to_be_visible()
    asked = Asked("Edda", str(edda.pk), "", uuid4())
    verbs.rename(roadmap=garden.roadmap, uid=garden.soil.uid, title="Earth", asked=asked)
    Topic.objects.filter(pk=garden.soil.pk).update(title="Loam")
    page.goto("/studio/garden/draft/")
    expect(page.locator("#clashes")).to_be_visible()
    check(page)
    press(page, "Throw the draft away")
    expect(page.locator(".messages")).to_contain_text("can be taken up again")
    check(page)
    press(page, "Take it up again")
    expect(page.locator("#clashes")).to_be_visible()
    page.get_by_role("radio", name="What learners see now").focus()
    page.keyboard.press("Space")
    press(page, "Publish it all")
    expect(page.locator(".messages")).to_contain_text("Published as revision")
    assert (Topic.objects.get(pk=garden.soil.pk).title, DraftRevision.objects.get().state) == ("Loam", "published")


@every_look
def test_every_width_and_both_schemes(
    browse: Browse, garden: Garden, edda: User, ada: User, width: int, theme: str
) -> None:
    cohort = make_cohort("Gardeners")
    join(edda, cohort, "mentor")
    join(ada, cohort)
    Enrolment.objects.create(learner=ada, roadmap=garden.roadmap)
    record_now(roadmap=garden.roadmap)
    long = "A title that goes on and on, as titles of topics do when nobody cuts them, " * 2
    for title in (long[:120], "تربة الحديقة", "园艺土壤"):
        asked = Asked("Edda", str(edda.pk), "", uuid4())
        verbs.rename(roadmap=garden.roadmap, uid=garden.soil.uid, title=title, asked=asked)
        record_now(roadmap=garden.roadmap)
    DraftRevision.objects.create(roadmap=garden.roadmap, opened_by="Edda")
    asked = Asked("Edda", str(edda.pk), "", uuid4())
    verbs.rename(roadmap=garden.roadmap, uid=garden.soil.uid, title=long[:120], asked=asked)
    Topic.objects.filter(pk=garden.soil.pk).update(title="Loam")
    page = browse(edda, width=width, color_scheme=theme)
    for path in (
        "/studio/garden/", "/studio/garden/draft/", f"/studio/garden/draft/preview/?as={ada.pk}",
        "/studio/garden/revisions/", "/studio/garden/revisions/2/", "/roadmaps/garden/news/",
        f"/studio/topics/{garden.soil.slug}/?roadmap=garden",
    ):  # fmt: skip
        page.goto(path)
        check(page)
