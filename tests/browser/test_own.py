"""What a person keeps for themselves, in a browser: a note written and brought back, and how the pages look."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults
from tests.factories import make_section, make_topic
from tests.tracker.conftest import Path as Garden
from tracker import acts, progress
from tracker.models import Enrolment, OwnResource, ProgressEvent, TopicNote, User
from tracker.profiles import Chosen, save_profile

LONG = "A title that goes on " + "and on " * 14
ARABIC = "تعلم الآلة من البداية إلى النهاية"


class TestNote:
    def test_written_with_a_preview_and_lost_nowhere(self, browse: Browse, garden: Garden, ada: User) -> None:
        page = browse(ada)
        late: list[Route] = []
        page.route("**/htmx*.js", lambda route: late.extend([route]))
        page.goto(f"/roadmaps/garden/?topic={garden.soil.slug}")
        page.get_by_text("Write one…").click()
        text = page.get_by_label("For yourself")
        text.fill("**Clay** and [[Sowing]]")
        page.wait_for_timeout(500)
        (script,) = late
        script.continue_()  # what was typed before it is previewed all the same
        expect(page.locator("#note-preview strong")).to_have_text("Clay")
        expect(page.locator("#note-preview a")).to_have_attribute("href", f"/topics/{garden.sowing.slug}/")
        assert not TopicNote.every.exists()
        page.get_by_role("button", name="Save the note").click()
        expect(page.locator("#note-shown strong")).to_have_text("Clay")
        TopicNote.objects.update(text="Theirs", updated_at=timezone.now() + timedelta(seconds=1))
        text.fill("Mine")
        page.get_by_role("button", name="Save the note").click()
        expect(page.locator("#note-theirs")).to_have_value("Theirs")
        expect(text).to_have_value("Mine")
        text.fill("Theirs and mine")
        page.get_by_role("button", name="Save the note").click()
        expect(page.locator("#note-shown")).to_contain_text("Theirs and mine")
        expect(page.locator("#note-clash")).to_be_empty()
        text.fill("")
        page.get_by_role("button", name="Save the note").click()
        page.get_by_role("button", name="Bring it back").press("Enter")
        expect(page.locator("#note-shown")).to_contain_text("Theirs and mine")
        assert TopicNote.objects.get().text == "Theirs and mine"

    def test_links_on_a_page_of_their_own(self, browse: Browse, garden: Garden, ada: User) -> None:
        page = browse(ada)
        page.goto(f"/topics/{garden.soil.slug}/note/mine/")
        page.get_by_text("Add a link…").click()
        page.get_by_label("Address").fill("https://example.org/clay")
        page.get_by_role("button", name="Add the link").click()
        expect(page.locator("#own-links-list a")).to_have_attribute("href", "https://example.org/clay")
        expect(page.get_by_label("Address")).to_have_value("")
        page.get_by_role("button", name=re.compile("Remove the link")).click()
        expect(page.locator("#own-links-list")).to_have_count(0)
        assert not OwnResource.objects.exists()

    def test_without_javascript(self, browse: Browse, garden: Garden, ada: User) -> None:
        page = browse(ada, java_script_enabled=False)
        page.goto(f"/topics/{garden.soil.slug}/")
        page.get_by_text("Write one…").click()
        page.get_by_label("For yourself").fill("*Clay*")
        page.get_by_role("button", name="Preview").click()
        expect(page.locator("#note-preview em")).to_have_text("Clay")
        page.get_by_role("button", name="Save the note").click()
        expect(page.locator("#note-shown em")).to_have_text("Clay")
        page.get_by_text("Edit", exact=True).click()
        page.get_by_label("For yourself").fill("")
        page.get_by_role("button", name="Save the note").click()
        page.get_by_role("button", name="Bring it back").click()
        expect(page.locator("#note-shown em")).to_have_text("Clay")


@pytest.fixture
def kept(garden: Garden, ada: User) -> User:
    """Ada keeps a lot, some of it long, some of it in Arabic."""
    module = garden.soil.placements.get().section
    Enrolment.objects.create(learner=ada, roadmap=garden.roadmap)
    for number, title in enumerate((LONG, ARABIC, "Short", *(f"Topic {n}" for n in range(24)))):
        topic = make_topic(title, module)
        TopicNote.objects.create(
            learner=ada, topic=topic, text=f"{ARABIC if number == 1 else 'Word ' * 60}\n- x{'y' * 90}"
        )
    garden.roadmap.title = LONG
    garden.roadmap.save()
    acts.add_resource(
        learner=ada, topic=garden.soil, title="z" * 90, url=f"https://example.org/{'u' * 200}", kind="book"
    )
    acts.write_note(
        learner=ada, topic=garden.soil, text="| a | b |\n|---|---|\n| 1 | 2 |\n\n`code`", shared=True, seen=""
    )
    User.objects.filter(pk=ada.pk).update(last_login=timezone.now())
    progress.set_state(learner=ada, topic=garden.soil.pk, state="done", operation=uuid4())
    ProgressEvent.objects.bulk_create(
        ProgressEvent(
            learner=ada, topic=garden.soil, was="todo" if n % 2 else "done", now="done" if n % 2 else "todo",
            revision=1, at=timezone.now() - timedelta(days=(n * n) % 360),
        )
        for n in range(120)
    )  # fmt: skip
    save_profile(
        user=ada, chosen=Chosen("ada-l", ARABIC, LONG, public=True, activity=True), roadmaps=[garden.roadmap.pk]
    )
    return ada


@every_look
def test_how_the_pages_look(browse: Browse, kept: User, garden: Garden, theme: str, width: int) -> None:
    page = browse(kept, width=width, color_scheme=theme)
    gone = make_topic("Gone", make_section(garden.roadmap), retired_at=timezone.now())
    TopicNote.every.create(learner=kept, topic=gone, text="x", removed_at=timezone.now())
    places = (
        "/notes/", "/notes/?show=removed", f"/topics/{garden.soil.slug}/note/mine/", f"/topics/{garden.soil.slug}/",
        "/mine/export/", "/mine/profile/", "/p/ada-l/", "/mine/delete/",
    )  # fmt: skip
    for place in places:
        page.goto(place)
        assert faults(page) == [], place
        if place == "/notes/":
            assert page.locator(".own-notes").evaluate("list => getComputedStyle(list).position") == "static"
