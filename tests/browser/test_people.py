"""Accounts, the audit log and the curriculum's health in a browser: axe, narrow screens, and no JavaScript."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import expect

from roadmap import editing
from roadmap.health.links import Answer
from roadmap.models import Resource
from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults
from tests.browser.test_pages import odd_roadmap
from tests.factories import join, make_cohort, make_roadmap, make_section, make_topic, make_user, require
from tests.tracker.conftest import Path
from tracker import cohorts, link_checks, people
from tracker.models import Mail, User

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsanlagenbetreiber"


@pytest.fixture
def olga(garden: Path, ada: User) -> User:
    """One of each thing these pages can show; names that are long, Arabic and Chinese."""
    owner = make_user("Olga", role="owner", last_login=timezone.now())
    cohort = make_cohort(f"数据科学 {LONG}")
    join(ada, cohort)
    cohorts.edit(cohort=cohort, title="علم البيانات", summary="", by=owner)
    people.allow_editing(by=owner, user=ada, roadmap=odd_roadmap())
    people.allow_editing(by=owner, user=ada, roadmap=make_roadmap(LONG))
    people.invite(by=owner, email=f"{'x' * 60}@{'y' * 60}.example", name=LONG, role="mentor", operation=uuid4())
    people.deactivate(by=owner, user=make_user("أدا لوفلايس", role="editor"))
    make_user("李雷", role="editor")
    late = make_section(garden.roadmap, "Advanced", kind="level")
    make_section(garden.roadmap, f"Void {LONG}", choose=2)
    harvest = make_topic("Harvest", late, unmet=["Alchemy"])
    require(garden.soil, harvest, source="guess")
    require(harvest, make_topic(LONG, late, retired_at=timezone.now()))
    require(garden.soil, garden.pond)
    require(garden.pond, garden.sowing)
    make_topic("Harvest")
    url = f"https://a.example/{LONG}/{LONG}"
    Resource.objects.create(topic=garden.soil, title="A page", url=url)
    link_checks.check_links(urls=[url], by=owner, ask=lambda _: Answer("broken", "answers 404"))
    editing.retire_topic(topic=make_topic("Stones", late), by="Olga")
    return owner


def addresses(ada: User, owner: User) -> list[str]:
    invited = User.objects.get(email__startswith="xxx")
    off = User.objects.get(is_active=False)
    return [
        "/people/",
        "/people/?q=nobody",
        *(f"/people/{each.pk}/" for each in (ada, owner, invited, off)),
        "/audit/",
        "/audit/?who=nobody",
        "/studio/health/",
        "/studio/garden/health/",
        "/studio/health/?kind=no-hours",
    ]


@every_look
def test_nothing_that_axe_finds_and_no_sideways_scrolling(
    browse: Browse, olga: User, ada: User, theme: str, width: int
) -> None:
    page = browse(olga, color_scheme=theme, width=width)
    found = {}
    for address in addresses(ada, olga):
        page.goto(address)
        for details in page.locator("main details").all():
            details.evaluate("details => { details.open = true }")
        if wrong := faults(page):
            found[address] = wrong
    assert found == {}


def test_an_owner_without_javascript(browse: Browse, olga: User, ada: User) -> None:
    page = browse(olga, java_script_enabled=False, width=360)
    page.goto("/people/")
    page.get_by_text("Invite somebody…").click()
    page.get_by_label("E-mail address").fill(ada.email)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("alert")).to_contain_text("has an account already")
    page.get_by_label("E-mail address").fill("new@example.org")
    page.get_by_label("As", exact=True).select_option("editor")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.locator(".messages")).to_contain_text("An invitation to new@example.org is on the way.")
    assert Mail.objects.filter(to__email="new@example.org").count() == 1
    page.get_by_label("They may").select_option("learner")
    page.get_by_role("button", name="Change the role").click()
    page.get_by_label("Let them edit", exact=True).select_option("garden")
    page.get_by_role("button", name="Let them edit it").click()
    expect(page.locator(".messages")).to_contain_text("new edits Garden now.")
    page.get_by_role("button", name="Deactivate new").click()
    expect(page.get_by_text("This account is deactivated")).to_be_visible()
    page.goto("/audit/")
    page.get_by_label("Act").select_option("set_role")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".trail li")).to_have_count(1)
    expect(page.locator(".trail li")).to_contain_text("role: editor → learner")


def test_an_editor_opens_a_loop_without_javascript(browse: Browse, olga: User, garden: Path) -> None:
    page = browse(User.objects.get(name="李雷"), java_script_enabled=False, width=768)
    page.goto("/studio/garden/health/")
    expect(page.get_by_role("heading", name="Loops of prerequisites")).to_be_visible()
    page.get_by_role("button", name="Pond needs no Sowing").click()
    expect(page.locator(".messages")).to_contain_text("“Pond” no longer needs “Sowing”.")
    expect(page.get_by_role("heading", name="Loops of prerequisites")).to_have_count(0)


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 360)])
def test_who_is_not_let_in_is_told_the_way(
    browse: Browse, settings: LazySettings, garden: Path, theme: str, width: int
) -> None:
    settings.SIGN_UP = "invitation"
    page = browse(color_scheme=theme, width=width)
    page.goto("/accounts/signup/")
    expect(page.get_by_role("heading", name="An invitation is needed")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="I have a code").click()
    expect(page.get_by_role("textbox", name="Code")).to_be_visible()
