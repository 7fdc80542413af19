"""The pages of cohorts in a browser: axe finds nothing, nothing scrolls sideways, all works without JavaScript."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults
from tests.factories import join, make_cohort, make_roadmap, make_user
from tests.tracker.conftest import Path
from tracker import cohorts, invitations
from tracker.models import Cohort, Invitation, Invited, Mail, User
from tracker.roster import read

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsanlagenbetreiber"
LIST = f"""\
name,email,role
New,new@example.com,student
Bad,bad@,student
Tess,tess@example.com,teacher
{LONG},{"x" * 60}@{"y" * 60}.example,
"""


@dataclass(frozen=True)
class Scene:
    mentor: User
    learner: User
    newcomer: User
    cohort: Cohort
    code: Invitation
    over: Invitation


@pytest.fixture
def scene(garden: Path, ada: User) -> Scene:
    """A cohort with one of each thing, and titles that are long, Arabic and Chinese."""
    mentor = make_user("Mira", role="mentor")
    cohort = cohorts.create(
        by=mentor, title="数据科学 و علم البيانات: autumn", summary=f"{LONG} in a sentence.", uid=uuid4()
    )
    cohorts.assign(cohort=cohort, roadmap=garden.roadmap, starts_on=date(2026, 9, 1), target_on=date(2027, 1, 31))
    cohorts.assign(cohort=cohort, roadmap=make_roadmap(f"A roadmap with a long title: {LONG}"))
    make_roadmap("Another one " * 10)
    join(ada, cohort)
    for name in ("أدا لوفلايس", "李雷", LONG):
        join(make_user(name), cohort)
    join(make_user("Moritz"), cohort, "mentor")
    soon = timezone.now() + timedelta(days=7)
    code = invitations.make_code(cohort=cohort, by=mentor, role="learner", operation=uuid4(), expires_at=soon, seats=9)
    over = invitations.make_code(cohort=cohort, by=mentor, role="mentor", operation=uuid4())
    invitations.revoke_code(cohort=cohort, code=over.pk)
    people = read(f"{LONG} <waiting@example.com>\nexpired@example.com").people
    invitations.invite(cohort=cohort, by=mentor, people=people, operation=uuid4())
    Invited.objects.filter(email="expired@example.com").update(expires_at=timezone.now())
    join(mentor, make_cohort("Long ago", archived_at=timezone.now()), "mentor")
    join(mentor, make_cohort("Where I learn"))
    over.refresh_from_db()
    return Scene(mentor, ada, make_user("Nora"), cohort, code, over)


def visits(scene: Scene) -> list[tuple[User | None, str]]:
    own = f"/cohorts/{scene.cohort.slug}"
    return [
        (scene.mentor, "/cohorts/"),
        (scene.mentor, "/cohorts/new/"),
        (scene.mentor, f"{own}/people/"),
        (scene.mentor, f"{own}/people/?q=nobody"),
        (scene.mentor, f"{own}/settings/"),
        (scene.learner, "/cohorts/"),
        (scene.newcomer, "/cohorts/"),
        (scene.newcomer, "/join/"),
        (scene.newcomer, f"/join/{scene.code.code}/"),
        (scene.learner, f"/join/{scene.code.code}/"),
        (None, f"/join/{scene.code.code}/"),
        (None, f"/join/{scene.over.code}/"),
        (None, "/join/unknown/"),
    ]


@every_look
def test_nothing_that_axe_finds_and_no_sideways_scrolling(browse: Browse, scene: Scene, theme: str, width: int) -> None:
    found = {}
    pages = {user: browse(user, color_scheme=theme, width=width) for user in {user for user, _ in visits(scene)}}
    for user, address in visits(scene):
        page = pages[user]
        page.goto(address)
        for details in page.locator("main details").all():
            details.evaluate("details => { details.open = true }")
        if wrong := faults(page):
            found[user and user.name, address] = wrong
    page = pages[scene.mentor]
    page.goto(f"/cohorts/{scene.cohort.slug}/people/")
    page.get_by_label("Addresses").fill(LIST)
    page.get_by_role("button", name="Look it through").click()
    expect(page.get_by_role("heading", name="Cannot be read")).to_be_visible()
    if wrong := faults(page):
        found["Mira", "preview"] = wrong
    cohorts.archive(cohort=scene.cohort)
    for part in ("people", "settings"):
        page.goto(f"/cohorts/{scene.cohort.slug}/{part}/")
        if wrong := faults(page):
            found["Mira", f"archived {part}"] = wrong
    assert found == {}


class TestWithoutJavaScript:
    def test_a_mentor_makes_a_cohort_and_invites(self, browse: Browse, garden: Path, server: str) -> None:
        page = browse(make_user("Mira", role="mentor"), java_script_enabled=False)
        page.goto("/cohorts/")
        page.get_by_role("link", name="New cohort").click()
        page.get_by_label("Title").fill("Data, autumn")
        page.get_by_role("button", name="Make the cohort").click()
        page.get_by_label("Target").fill("2027-01-31")
        page.get_by_role("button", name="Assign it").click()
        expect(page.locator(".messages")).to_contain_text("The cohort walks Garden.")
        page.get_by_role("navigation", name="Cohort", exact=True).get_by_role("link", name="People").click()
        page.get_by_role("button", name="Make a code").click()
        expect(page.locator(".code")).to_have_text(re.compile(r"^\w{5}-\w{5}$"))
        page.get_by_label("Addresses").fill(LIST)
        page.get_by_role("button", name="Look it through").click()
        problems = page.locator(".problems.wrong li")
        expect(problems).to_have_count(1)
        expect(problems).to_contain_text("Line 3, column 5 (email)")
        page.get_by_role("button", name="Send 3 invitations").click()
        expect(page.locator(".messages")).to_contain_text("3 invitations on the way.")
        assert Mail.objects.count() == 3

    def test_a_learner_types_a_code_joins_and_leaves(self, browse: Browse, scene: Scene) -> None:
        page = browse(scene.newcomer, java_script_enabled=False, width=360)
        page.goto("/cohorts/")
        page.get_by_role("textbox", name="Code").fill(invitations.written(scene.code.code).upper())
        page.get_by_role("button", name="Look at it").click()
        expect(page.get_by_role("heading", name="What the mentors will see")).to_be_visible()
        page.get_by_role("button", name="Join this cohort").click()
        expect(page.locator(".messages")).to_contain_text("You are in")
        assert cohorts.current(scene.cohort).filter(user=scene.newcomer).exists()
        page.locator("summary", has_text="Leave").click()
        page.get_by_role("button", name="Leave").click()
        expect(page.locator(".messages")).to_contain_text("All your progress is kept")
        assert not cohorts.current(scene.cohort).filter(user=scene.newcomer).exists()

    def test_without_an_account_one_signs_up_and_comes_back(self, browse: Browse, scene: Scene) -> None:
        page = browse(java_script_enabled=False)
        page.goto(f"/join/{scene.code.code}/")
        page.get_by_role("link", name="Make an account").click()
        page.get_by_label("Email").fill("fresh@example.com")
        page.get_by_label("Password").fill("a long and winding road")
        page.get_by_role("button", name="Make the account").click()
        page.get_by_role("button", name="Join this cohort").click()
        expect(page.locator(".messages")).to_contain_text("You are in")


def test_by_keyboard_alone(browse: Browse, scene: Scene) -> None:
    """Find a learner, unfold what can be done, and make them a mentor."""
    page = browse(scene.mentor)
    page.goto(f"/cohorts/{scene.cohort.slug}/people/")
    page.get_by_label("Name").focus()
    page.keyboard.type("Ada")
    page.keyboard.press("Enter")
    expect(page.locator("#learners ~ .people > li")).to_have_count(1)
    page.locator("#learners ~ .people summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Make Ada a mentor")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("Ada is a mentor of this cohort now.")
