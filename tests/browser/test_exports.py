"""What leaves a cohort, in a browser: downloads bear their names, pages pass axe in both themes and fit a phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults
from tests.factories import assign, join, make_cohort, make_user
from tests.tracker.conftest import Path
from tracker import mail, progress, summaries
from tracker.models import Cohort, User

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsanlagenbetreiber"


@dataclass(frozen=True)
class Scene:
    mentor: User
    learner: User
    cohort: Cohort


@pytest.fixture
def scene(garden: Path) -> Scene:
    """Somebody with a long Arabic name who did one of each."""
    cohort = make_cohort(f"数据科学 و علم البيانات {LONG}")
    mentor = join(make_user("Mira"), cohort, "mentor")
    learner = join(make_user(f"أدا لوفلايس {LONG[:60]}"), cohort)
    assign(garden.roadmap, cohort, starts_on=date(2026, 9, 1), target_on=date(2027, 1, 31))
    garden.soil.title = LONG * 2
    garden.soil.save()
    summaries.ensure(learners=[learner.pk], roadmaps=[garden.roadmap.pk])
    for topic, state in ((garden.soil, "done"), (garden.pond, "skipped")):
        progress.set_state(learner=learner, topic=topic.pk, state=state, operation=uuid4(), roadmap=garden.roadmap.pk)
    progress.set_state(
        learner=learner, topic=garden.sowing.pk, state="waived", operation=uuid4(), by=mentor, through="mentor"
    )
    return Scene(mentor, learner, cohort)


@every_look
def test_pages(scene: Scene, browse: Browse, theme: str, width: int) -> None:
    off = reverse("mail_off", args=[mail.off_token(scene.learner, "nudge")])
    addresses = (
        reverse("learner_report", args=[scene.cohort.slug, scene.learner.pk]),
        reverse("learner_report", args=[scene.cohort.slug, scene.learner.pk]) + "?since=2027-01-01",
        reverse("targets", args=[scene.cohort.slug]),
        reverse("mail_choices"),
        off,
    )
    page = browse(scene.mentor, width=width, color_scheme=theme)
    for address in addresses:
        page.goto(address)
        assert faults(page) == [], address


def test_downloads_bear_their_names(scene: Scene, browse: Browse) -> None:
    page = browse(scene.mentor)
    page.goto(reverse("targets", args=[scene.cohort.slug]))
    with page.expect_download() as found:
        page.get_by_role("link", name="Download as a calendar file").click()
    assert found.value.suggested_filename.startswith("数据科学 و علم البيانات Donau")
    assert found.value.suggested_filename.endswith(".ics")
    page.goto(reverse("cohort", args=[scene.cohort.slug]))
    for number, ending in enumerate((".csv", ".xlsx", ".csv", ".xlsx")):
        with page.expect_download() as found:
            page.locator(".out a").nth(number).click()
        assert found.value.suggested_filename.endswith(ending)
        assert found.value.path().stat().st_size > 100


def test_messages_are_chosen_without_javascript(scene: Scene, browse: Browse) -> None:
    page = browse(scene.mentor, java_script_enabled=False)
    page.goto(reverse("mail_choices"))
    page.get_by_label("Once a week, how my cohorts do").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Once a week, how my cohorts do")).to_be_checked()
    page.goto(reverse("mail_off", args=[mail.off_token(scene.mentor, "digest")]))
    page.get_by_role("button", name="Stop them").click()
    expect(page.get_by_text("You no longer get an e-mail once a week")).to_be_visible()


def test_a_report_since_another_day(scene: Scene, browse: Browse) -> None:
    page = browse(scene.mentor, java_script_enabled=False)
    page.goto(reverse("learner", args=[scene.cohort.slug, scene.learner.pk]))
    page.get_by_role("link", name="On paper").click()
    expect(page.get_by_role("heading", level=2, name="Garden")).to_be_visible()
    page.get_by_label("What happened since").fill("2026-01-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Since 1 January 2026")).to_be_visible()
    expect(page.locator(".happened li")).to_have_count(3)


def test_on_paper_there_is_nothing_to_press(scene: Scene, browse: Browse) -> None:
    page = browse(scene.mentor)
    page.goto(reverse("learner_report", args=[scene.cohort.slug, scene.learner.pk]))
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Show")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
