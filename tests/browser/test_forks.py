"""Forks in a browser: forked, followed, a conflict answered, applied, taken back; keyboard, no JavaScript, axe."""

from __future__ import annotations

import os
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from roadmap.forking import fork_roadmap
from roadmap.models import Placement, Roadmap, Section, Topic
from roadmap.studio import verbs
from roadmap.studio.doing import Asked
from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults
from tests.tracker.conftest import Path as Garden
from tracker import progress
from tracker.models import User

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsanlagenbetreiber"


@pytest.fixture
def edda(server: str) -> User:
    return User.objects.create_user("edda@example.org", name="Edda", role="editor")


def asked() -> Asked:
    return Asked("Edda", "1", operation=uuid4())


def section(roadmap: Roadmap, title: str) -> Section:
    return Section.objects.get(roadmap=roadmap, title=title)


@pytest.fixture
def fork(garden: Garden, ada: User) -> Roadmap:
    """Both sides changed something, one thing both of them; Ada has done a topic."""
    up = garden.roadmap
    progress.set_state(learner=ada, topic=garden.soil.pk, state="done", operation=uuid4(), roadmap=up.pk)
    made = fork_roadmap(upstream=up, title="My garden", slug="my-garden", asked=asked())
    verbs.rename(roadmap=made, uid=section(made, "Ground").uid, title="My ground", asked=asked())
    verbs.take_out(roadmap=made, uid=garden.pond.uid, asked=asked())
    verbs.rename(roadmap=up, uid=section(up, "Ground").uid, title="Good earth", asked=asked())
    verbs.create_section(roadmap=up, parent=None, title="علم البيانات", kind="level", asked=asked())
    for title in (LONG, "数据科学", "Well"):
        verbs.create_topic(roadmap=up, section=section(up, "Good earth").uid, title=title, asked=asked())
    verbs.take_out(roadmap=up, uid=garden.soil.uid, asked=asked())
    return made


def titles(roadmap: Roadmap) -> set[str]:
    seats = Placement.objects.filter(roadmap=roadmap, topic__retired_at=None)
    return set(seats.values_list("topic__title", flat=True))


def check(page: Page) -> None:
    assert faults(page) == []


@every_look
def test_pages(browse: Browse, edda: User, fork: Roadmap, garden: Garden, width: int, theme: str) -> None:
    page = browse(edda, width=width, color_scheme=theme)
    key = section(fork, "My ground").pk
    sowing = Topic.objects.get(title="Sowing").uid
    shown = {
        "fork": "/studio/garden/fork/",
        "upstream": "/studio/my-garden/upstream/",
        "tree": f"/studio/my-garden/?open={key}&at={sowing}",
        "followed": "/studio/garden/",
        "studio": "/studio/",
    }
    for name, path in shown.items():
        page.goto(path)
        if os.environ.get("SHOTS"):
            page.screenshot(path=f"{os.environ['SHOTS']}/fork-{name}-{width}-{theme}.png", full_page=True)
        check(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_fork_change_look_choose_apply_undo(browse: Browse, edda: User, garden: Garden, javascript: bool) -> None:
    up = garden.roadmap
    page = browse(edda, java_script_enabled=javascript)
    page.goto("/studio/garden/")
    page.get_by_role("link", name="Fork", exact=True).click()
    page.get_by_label("Title").fill("My garden")
    page.get_by_label("Address").fill("my-garden")
    page.get_by_role("button", name="Fork it").click()
    expect(page.get_by_text("is there, as a draft")).to_be_visible()
    expect(page.get_by_role("link", name="Nothing new there")).to_be_visible()
    fork = Roadmap.objects.get(slug="my-garden")
    verbs.rename(roadmap=fork, uid=section(fork, "Ground").uid, title="My ground", asked=asked())
    verbs.rename(roadmap=up, uid=section(up, "Ground").uid, title="Good earth", asked=asked())
    verbs.create_topic(roadmap=up, section=section(up, "Good earth").uid, title="Well", asked=asked())
    page.reload()
    page.get_by_role("link", name="2 changes there since").click()
    expect(page.get_by_role("heading", name="What arrives from Garden")).to_be_visible()
    page.get_by_role("group", name="Ground").get_by_label("There: Good earth").check()
    page.get_by_role("button", name="Apply all of it").click()
    expect(page.get_by_text("This is the plan with your choices.")).to_be_visible()
    assert "Well" not in titles(fork)
    expect(page.get_by_label("There: Good earth")).to_be_checked()
    page.get_by_role("button", name="Apply all of it").click()
    expect(page.get_by_text("Applied. It can be taken back below.")).to_be_visible()
    assert "Well" in titles(fork)
    assert section(fork, "Good earth")
    page.get_by_text("Take it back…").click()
    page.get_by_role("button", name="Take this plan back").click()
    expect(page.get_by_text("Taken back. Check-offs made since stay.")).to_be_visible()
    assert "Well" not in titles(fork)
    assert section(fork, "My ground")


def test_keyboard_alone(browse: Browse, edda: User, fork: Roadmap) -> None:
    """A choice with the arrows, a change left out with the space bar, the rest applied with the enter key."""
    page = browse(edda)
    page.goto("/studio/my-garden/upstream/")
    page.get_by_label("Here: My ground").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Leave out for now: Well").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Show the plan with these choices").press("Enter")
    expect(page.get_by_text("1 change left out.")).to_be_visible()
    expect(page.get_by_label("There: Good earth")).to_be_checked()
    page.get_by_role("button", name="Apply without what is left out").press("Enter")
    expect(page.get_by_text("Applied. It can be taken back below.")).to_be_visible()
    assert titles(fork) == {"Sowing", LONG, "数据科学"}
    expect(page.get_by_label("Leave out for now: Well")).to_be_visible()
    page.get_by_role("button", name="Put back Pond").press("Enter")
    expect(page.locator("#notice, .messages, [role=status]").filter(has_text="Put “Pond” in").first).to_be_visible()
    assert "Pond" in titles(fork)


def test_a_copy_of_ones_own_in_the_tree(browse: Browse, edda: User, fork: Roadmap, garden: Garden) -> None:
    page = browse(edda)
    key = section(fork, "My ground").pk
    page.goto(f"/studio/my-garden/?open={key}&at={garden.soil.uid}")
    expect(page.get_by_text("Shared with other roadmaps")).to_be_visible()
    page.get_by_role("button", name="Make a copy for this roadmap").click()
    expect(page.locator("#notice")).to_contain_text("Made an own copy of “Soil”")
    copy = Topic.objects.get(placements__roadmap=fork, title="Soil")
    assert copy != garden.soil
    assert copy.progress.get().state == "done"
