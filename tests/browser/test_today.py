"""The first page and the first steps in a browser: sound in each theme and width, and no script is needed."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from roadmap.models import Roadmap, Topic
from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults
from tests.browser.test_pages import odd_roadmap
from tests.factories import assign, join, make_cohort, make_topic
from tests.tracker.conftest import Path
from tracker import acts, progress, walking
from tracker.models import Goal, User

ROW = "a => ['b', 'small'].map((name, at) => a.querySelector(name).getBoundingClientRect()[at ? 'top' : 'bottom'])"


@pytest.fixture
def full(garden: Path, ada: User) -> User:
    """Ada, with one of each thing that her page can show."""
    odd = odd_roadmap()
    walking.enrol(learner=ada, roadmap=odd)
    long = Topic.objects.get(title__startswith="Donau")
    progress.set_state(learner=ada, topic=long.pk, state="learning", operation=uuid4(), roadmap=odd.pk)
    for topic in (garden.soil, garden.sowing):
        progress.set_state(learner=ada, topic=topic.pk, state="done", operation=uuid4(), roadmap=garden.roadmap.pk)
    module = garden.soil.placements.get().section
    goal = make_topic("Compost " * 15, module)
    Goal.objects.create(learner=ada, roadmap=garden.roadmap, topic=goal)
    cohort = make_cohort("Spring")
    join(ada, cohort)
    mira = join(User.objects.create_user("mira@example.org", name="Mira"), cohort, "mentor")
    assign(garden.roadmap, cohort, target_on="2999-01-01")
    acts.comment(learner=ada, topic=garden.soil, by=mira, text="Well dug. " * 30, operation=uuid4())
    Topic.objects.filter(pk=garden.soil.pk).update(revision=2)
    Roadmap.objects.update(revision=2)
    walking.set_week_hours(user=ada, hours=6)
    return ada


@every_look
def test_every_page_is_sound(browse: Browse, full: User, theme: str, width: int) -> None:
    page = browse(full, width=width, color_scheme=theme)
    for address in ("/", "/welcome/", "/roadmaps/odd/known/", "/welcome/hours/"):
        page.goto(address)
        assert not faults(page), address
        if address == "/":
            title, reason = page.locator(".next-up .topic > a").first.evaluate(ROW)
            assert title <= reason, "why a topic is offered stands under its title"
    visitor = browse(width=width, color_scheme=theme)
    visitor.goto("/")
    assert not faults(visitor)
    expect(visitor.get_by_role("heading", level=1)).to_be_visible()


def test_first_steps_without_javascript(browse: Browse, garden: Path) -> None:
    page = browse(java_script_enabled=False, width=360)
    page.goto("/")
    page.get_by_role("checkbox", name="Pond, to do, ready").click()
    page.wait_for_url("**/accounts/login/**")
    page.go_back()
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Email").fill("new@example.org")
    page.get_by_label("Password").fill("a long and winding road")
    page.get_by_role("button", name="Make the account").click()
    page.wait_for_url("**/roadmaps/garden/#t*")
    expect(page.locator(".messages")).to_contain_text("Pond: done.")
    page.goto("/welcome/")
    page.get_by_role("link", name=re.compile("Say what you know")).click()
    page.get_by_role("checkbox", name="Ground 1 of 3 done").check()
    page.get_by_role("button", name="That is what I know").click()
    page.wait_for_url("**/welcome/hours/")
    expect(page.locator(".messages")).to_contain_text("2 topics are marked as known.")
    page.locator(".messages").get_by_role("button", name="Undo").click()
    expect(page.locator(".messages")).to_contain_text("2 topics are as they were.")
    page.get_by_label("Hours a week").fill("6")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile("//[^/]+/$"))
    expect(page.locator(".hand")).to_contain_text("Soil")
    page.get_by_role("button", name="Mark as done").click()
    expect(page.locator(".messages")).to_contain_text("Soil: done.")
    expect(page.locator(".hand")).to_contain_text("Sowing")


def test_with_the_keyboard_alone(browse: Browse, ada: User, garden: Path) -> None:
    """From the top of the page to a module that is known, and a topic that is done."""
    page = browse(ada)
    page.goto("/roadmaps/garden/known/")
    box = page.get_by_role("checkbox", name="Ground all 3 topics")
    for _ in range(20):
        page.keyboard.press("Tab")
        if box.evaluate("box => box === document.activeElement"):
            break
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="Pond")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name="Soil")).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/welcome/hours/")
    page.goto("/")
    expect(page.locator(".hand")).to_contain_text("What it needs is met: Soil.")
    done = page.get_by_role("button", name="Mark as done")
    for _ in range(30):
        page.keyboard.press("Tab")
        if done.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("Sowing: done.")
