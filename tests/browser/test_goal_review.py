"""The way to a topic and the review in a browser: by keyboard, without JavaScript, in every look."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone
from playwright.sync_api import Page, expect

from roadmap.models import Resource, Roadmap, Topic
from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults
from tests.factories import make_roadmap, make_section, make_step, make_topic, require
from tracker import goals, progress, reviews
from tracker.models import Goal, ReviewLog, TopicProgress, User

LONG = (
    "Ein Titel, der erst nach hundertzwanzig Zeichen endet, damit man sieht, was mit ihm am Telefon geschieht, am Ende"
)


def farm() -> tuple[Roadmap, dict[str, Topic]]:
    """Harvest needs Rain or the Well, which needs the Shovel; one title is long, one is Arabic."""
    roadmap = make_roadmap("Farm", slug="farm")
    level = make_section(roadmap, "Beginner", kind="level", slug="beginner")
    water = make_section(roadmap, "Water", parent=level, number=1, slug="water")
    work = make_section(roadmap, "العمل في الحقل", parent=level, number=2, slug="work")
    made = {
        "rain": make_topic("Rain", water, slug="rain", hours=2),
        "shovel": make_topic(LONG, water, slug="shovel", hours=1.5),
        "well": make_topic("البئر", water, slug="well", hours=2, summary="ماء في السنوات الجافة"),
        "tools": make_topic("Tools", work, slug="tools", body_html="<p>Keep them sharp.</p>", summary="What to hold."),
        "harvest": make_topic("Harvest", work, slug="harvest", summary="What all of it is for."),
    }
    require(made["harvest"], made["rain"], group="w")
    require(made["harvest"], made["well"], group="w", reason="in dry years")
    require(made["harvest"], made["tools"], reason="nothing is cut by hand")
    require(made["well"], made["shovel"])
    make_step(made["tools"], "Whet the scythe")
    Resource.objects.create(topic=made["tools"], title="On scythes", url="https://example.org/scythe", kind="book")
    return roadmap, made


def finish(learner: User, *topics: Topic, roadmap: Roadmap) -> None:
    """Done a month ago, and review is on."""
    for age, topic in enumerate(topics):
        progress.set_state(learner=learner, topic=topic.pk, state="done", operation=uuid4(), roadmap=roadmap.pk)
        at = timezone.now() - timedelta(40 - age)
        TopicProgress.objects.filter(learner=learner, topic=topic).update(changed_at=at)
    reviews.set_review(learner=learner, roadmap=roadmap, active=True, now=timezone.now())


def asks(page: Page, title: str) -> None:
    """Which topic is asked for; and the keys are listened to, since the page is loaded."""
    expect(page.locator("h1")).to_have_text(title)
    page.wait_for_load_state()


def test_a_session_by_keyboard(browse: Browse, ada: User) -> None:
    roadmap, made = farm()
    finish(ada, made["tools"], made["rain"], roadmap=roadmap)
    page = browse(ada)
    page.goto("/review/")
    asks(page, "Tools")
    expect(page.locator("#reveal > summary")).to_be_focused()
    expect(page.get_by_text("Keep them sharp.")).to_be_hidden()
    page.keyboard.press("3")
    asks(page, "Tools")  # an answer needs the notes to be open
    page.keyboard.press("Space")
    expect(page.get_by_text("Keep them sharp.")).to_be_visible()
    page.keyboard.press("3")
    asks(page, "Rain")
    expect(page.get_by_role("status").filter(has_text="Tools: Good.")).to_be_visible()
    page.keyboard.press("u")
    asks(page, "Tools")
    page.locator("h1").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")
    page.keyboard.press("1")
    asks(page, "Rain")
    expect(page.get_by_role("button", name="Set it to learning")).to_be_visible()
    page.keyboard.press("Space")
    page.keyboard.press("4")
    asks(page, "That was all for today")
    kinds = [(log.topic.title, log.rating) for log in ReviewLog.objects.filter(undoes=None).order_by("pk")]
    assert kinds == [("Tools", 3), ("Tools", 1), ("Rain", 4)]
    assert TopicProgress.objects.get(learner=ada, topic=made["tools"]).state == "done"


def test_both_without_javascript(browse: Browse, ada: User) -> None:
    roadmap, made = farm()
    finish(ada, made["tools"], roadmap=roadmap)
    page = browse(ada, java_script_enabled=False, width=390)
    page.goto("/review/")
    page.locator("#reveal > summary").click()
    page.get_by_role("button", name="Hard").click()
    expect(page.locator("h1")).to_have_text("That was all for today")
    page.goto("/topics/harvest/?roadmap=farm")
    page.get_by_role("link", name="Path to this topic").click()
    page.locator(".pick", has_text="البئر").click()
    page.get_by_role("button", name="Make this my goal").click()
    expect(page.get_by_text("This is your goal")).to_be_visible()
    page.get_by_role("checkbox", name=LONG).click()
    expect(page.get_by_text("2 of 4 on the way")).to_be_visible()
    assert Goal.objects.get().instead == [made["harvest"].pk, made["well"].pk]
    page.goto("/roadmaps/farm/")
    expect(page.locator("#head .continue")).to_contain_text("البئر")


@every_look
def test_every_look(browse: Browse, ada: User, theme: str, width: int) -> None:
    roadmap, made = farm()
    finish(ada, made["shovel"], made["tools"], roadmap=roadmap)
    goals.set_goal(learner=ada, roadmap=roadmap, topic=made["harvest"].pk)
    page = browse(ada, width=width, color_scheme=theme)
    way = "/roadmaps/farm/goal/harvest/?instead=harvest:well"
    for address in ("/review/", "/roadmaps/farm/goal/", way, "/roadmaps/farm/goal/shovel/"):
        page.goto(address)
        page.evaluate("for (const d of document.querySelectorAll('main details')) d.open = true")
        assert faults(page) == [], address
