"""The matrix in a browser: it keeps itself up to date and never moves under its reader; keys, phones, no script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from roadmap.models import Roadmap
from tests.browser.conftest import Browse
from tests.browser.looking import too_wide, violations
from tests.factories import assign, join, make_cohort, make_topic, make_user
from tests.tracker.conftest import Path
from tracker import progress, summaries, usual
from tracker.models import HelpRequest, Membership, TopicProgress, User

PAGE = "/cohorts/class/"
NAMES = ("Ada", "Ben", "Chiara", "Deniz")


@pytest.fixture(autouse=True)
def _measured_anew() -> Iterator[None]:
    usual.forget()
    yield
    usual.forget()


@pytest.fixture
def mira(garden: Path) -> User:
    """Mentors four learners on the garden; Deniz asked for help, Chiara is quiet."""
    cohort = make_cohort("Class", slug="class", summary="Evenings.")
    assign(
        garden.roadmap,
        cohort,
        starts_on=timezone.localdate() - timedelta(20),
        target_on=timezone.localdate() + timedelta(20),
    )
    learners = [join(make_user(name), cohort, joined_at=timezone.now() - timedelta(20)) for name in NAMES]
    summaries.ensure(learners=[user.pk for user in learners], roadmaps=[garden.roadmap.pk])
    for user in learners:
        if user.name != "Chiara":
            do(user, garden.soil.pk)
    HelpRequest.objects.create(learner=learners[3], by=learners[3], topic=garden.sowing, text="How deep?")
    return join(make_user("Mira"), cohort, "mentor")


def do(user: User, topic: int, state: str = "done") -> None:
    progress.set_state(learner=user, topic=topic, state=state, operation=uuid4())


def learner(name: str) -> User:
    return User.objects.get(name=name)


def order(page: Page) -> list[str]:
    return page.locator("#rows .who > a").all_inner_texts()


def half_a_minute(page: Page) -> None:
    with page.expect_response(lambda answer: answer.url.endswith(PAGE)):
        page.clock.run_for(30_000)


def opened(browse: Browse, mira: User) -> Page:
    page = browse(mira)
    page.clock.install()
    page.goto(PAGE)
    return page


class TestKeepingUpToDate:
    def test_nothing_new_is_a_304(self, browse: Browse, mira: User) -> None:
        page = opened(browse, mira)
        with page.expect_response(lambda answer: answer.url.endswith(PAGE)) as asked:
            page.clock.run_for(30_000)
        assert asked.value.status == 304

    def test_news_is_laid_in_when_nobody_is_reading(self, browse: Browse, mira: User, garden: Path) -> None:
        page = opened(browse, mira)
        assert order(page)[:2] == ["Deniz", "Chiara"]
        page.evaluate("document.querySelector('#rows tr').id += ''; window.first = document.querySelector('#rows tr')")
        do(learner("Ada"), garden.sowing.pk)
        half_a_minute(page)
        expect(page.locator("#rows tr", has_text="Ada").locator(".share-of b")).to_have_text("100 %")
        expect(page.locator("#fresh")).to_have_text("1 learner changed.")
        assert page.evaluate("window.first === document.querySelector('#rows tr')"), "what is the same stays the same"
        expect(page.locator(".filters a", has_text="Finished")).to_have_text("Finished 1")

    def test_nothing_moves_under_the_pointer(self, browse: Browse, mira: User, garden: Path) -> None:
        page = opened(browse, mira)
        page.locator("#rows tr").first.hover()
        before = order(page)
        HelpRequest.objects.create(learner=learner("Ada"), by=learner("Ada"), topic=garden.sowing)
        HelpRequest.objects.filter(learner__name="Deniz").update(answered_at=timezone.now())
        half_a_minute(page)
        expect(page.locator("#fresh button")).to_have_text("2 learners changed. Show")
        assert order(page) == before
        page.mouse.move(5, 5)
        expect(page.locator("#rows .who > a").first).to_have_text("Ada")
        expect(page.locator("#fresh button")).to_have_count(0)

    def test_nothing_moves_under_the_focus_until_it_is_asked_for(
        self, browse: Browse, mira: User, garden: Path
    ) -> None:
        page = opened(browse, mira)
        page.get_by_role("link", name="Deniz").focus()
        HelpRequest.objects.create(learner=learner("Ben"), by=learner("Ben"), topic=garden.pond)
        half_a_minute(page)
        expect(page.get_by_role("link", name="Deniz")).to_be_focused()
        page.locator("#fresh button").click()
        expect(page.locator("#rows tr", has_text="Ben").locator(".reason.asked")).to_be_visible()
        expect(page.locator("#frame")).to_be_focused()

    def test_who_joins_and_who_leaves(self, browse: Browse, mira: User, garden: Path) -> None:
        page = opened(browse, mira)
        Membership.objects.filter(user__name="Ben").update(left_at=timezone.now())
        new = join(make_user("Emeka"), mira.memberships.get().cohort)
        summaries.ensure(learners=[new.pk], roadmaps=[garden.roadmap.pk])
        half_a_minute(page)
        expect(page.locator("#rows tr", has_text="Emeka")).to_be_visible()
        expect(page.locator("#rows tr", has_text="Ben")).to_have_count(0)

    def test_out_of_sight_it_asks_nothing(self, browse: Browse, mira: User) -> None:
        page = opened(browse, mira)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if request.url.endswith(PAGE) else None)
        hide = (
            "Object.defineProperty(document, 'visibilityState', {value: %r, configurable: true}); "
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
        page.evaluate(hide % "hidden")
        page.clock.run_for(120_000)
        assert asked == []
        with page.expect_response(lambda answer: answer.url.endswith(PAGE)):
            page.evaluate(hide % "visible")

    def test_what_was_typed_stays(self, browse: Browse, mira: User, garden: Path) -> None:
        page = opened(browse, mira)
        page.get_by_role("searchbox", name="Name").fill("Chi")
        do(learner("Ada"), garden.pond.pk, "skipped")
        do(learner("Ada"), garden.sowing.pk, "learning")
        half_a_minute(page)
        expect(page.locator("#fresh")).to_have_text("1 learner changed.")
        expect(page.get_by_role("searchbox", name="Name")).to_have_value("Chi")

    def test_a_topic_that_was_added_to_an_open_module_brings_a_new_table(
        self, browse: Browse, mira: User, garden: Path
    ) -> None:
        page = browse(mira)
        page.clock.install()
        page.goto(f"{PAGE}?open=ground")
        make_topic("Compost", garden.roadmap.sections.get(slug="ground"))
        Roadmap.objects.filter(pk=garden.roadmap.pk).update(revision=2)
        page.clock.run_for(30_000)
        expect(page.get_by_role("columnheader", name="Compost")).to_be_visible()
        expect(page.locator("#rows tr", has_text="Ada").locator(".share-of b")).to_have_text("33 %")

    def test_where_nobody_matched_it_waits_for_who_is_typing(self, browse: Browse, mira: User, garden: Path) -> None:
        page = browse(mira)
        page.clock.install()
        page.goto(f"{PAGE}?show=finished")
        page.get_by_role("searchbox", name="Name").fill("Chi")
        do(learner("Ada"), garden.sowing.pk)
        page.clock.run_for(30_000)
        expect(page.locator("#fresh button")).to_have_text("1 learner changed. Show")
        expect(page.get_by_role("searchbox", name="Name")).to_have_value("Chi")
        page.locator("#fresh button").click()
        expect(page.locator("#rows .who > a")).to_have_text(["Ada"])

    def test_a_session_that_ended_is_said_once(self, browse: Browse, mira: User) -> None:
        page = opened(browse, mira)
        page.context.clear_cookies()
        page.clock.run_for(30_000)
        expect(page.locator("#fresh")).to_contain_text("You are signed out.")

    def test_a_cohort_that_is_no_longer_theirs(self, browse: Browse, mira: User) -> None:
        page = opened(browse, mira)
        mira.memberships.update(left_at=timezone.now())
        page.clock.run_for(30_000)
        expect(page.locator("#fresh")).to_contain_text("no longer yours to see")

    def test_no_connection_is_said_after_a_while_and_gone_with_it(self, browse: Browse, mira: User) -> None:
        page = opened(browse, mira)
        page.context.set_offline(True)
        for _ in range(3):
            page.clock.run_for(30_000)
            page.wait_for_timeout(100)
        expect(page.locator("#fresh")).to_contain_text("No connection for a while")
        page.context.set_offline(False)
        half_a_minute(page)
        expect(page.locator("#fresh")).to_be_empty()


class TestWalking:
    def test_arrow_keys(self, browse: Browse, mira: User) -> None:
        page = browse(mira)
        page.goto(PAGE)
        rows = page.locator("#rows tr")
        rows.first.locator("a").first.focus()
        page.keyboard.press("ArrowRight")  # the share
        page.keyboard.press("ArrowRight")
        expect(rows.first.locator("td.m a").first).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(rows.nth(1).locator("td.m a").first).to_be_focused()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        expect(rows.nth(1).locator("a").first).to_be_focused()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        page.wait_for_url("**/cohorts/class/learners/*/?roadmap=garden")

    def test_a_module_opens_and_the_place_is_kept(self, browse: Browse, mira: User) -> None:
        page = browse(mira, height=500)
        page.goto(PAGE)
        page.evaluate("scrollTo(0, 150)")
        page.get_by_role("link", name="Ground").click()
        page.wait_for_url("**open=ground**")
        expect(page.get_by_role("columnheader", name="Soil")).to_be_visible()
        expect(page.get_by_role("link", name="Ground", expanded=True)).to_be_focused()
        assert page.evaluate("scrollY") > 100
        page.get_by_role("link", name="Ground", expanded=True).click()
        expect(page.get_by_role("columnheader", name="Soil")).to_have_count(0)

    def test_the_figure_of_a_cell_is_shown_on_hover(self, browse: Browse, mira: User) -> None:
        page = browse(mira)
        page.goto(PAGE)
        cell = page.locator("#rows tr", has_text="Ada").locator("td.m")
        assert cell.locator("span").evaluate("e => getComputedStyle(e).opacity") == "0"
        cell.hover()
        assert cell.locator("span").evaluate("e => getComputedStyle(e).opacity") == "1"
        expect(cell).to_have_text("50 %")

    def test_without_script(self, browse: Browse, mira: User) -> None:
        page = browse(mira, java_script_enabled=False)
        page.goto(PAGE)
        page.get_by_role("link", name="Asked for help").click()
        assert order(page) == ["Deniz"]
        page.get_by_role("link", name="Everybody").click()
        page.get_by_role("searchbox", name="Name").fill("a")
        page.get_by_label("Order").select_option("name")
        page.get_by_role("button", name="Show", exact=True).click()
        assert order(page) == ["Ada", "Chiara"]
        page.get_by_role("link", name="Ground").click()
        expect(page.get_by_role("columnheader", name="Soil")).to_be_visible()
        assert order(page) == ["Ada", "Chiara"]


class TestLook:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_axe_finds_nothing(self, browse: Browse, mira: User, theme: str) -> None:
        TopicProgress.objects.filter(learner__name="Ben").update(changed_at=timezone.now() - timedelta(15))
        do(learner("Ben"), learner("Ada").progress.get().topic_id, "skipped")
        page = browse(mira, color_scheme=theme)
        for address in (PAGE, f"{PAGE}?open=ground&figures=1", f"{PAGE}?q=x", f"{PAGE}bottlenecks/"):
            page.goto(address)
            assert violations(page) == [], address

    def test_the_page_never_scrolls_sideways(self, browse: Browse, mira: User) -> None:
        User.objects.filter(name="Ada").update(name="Ada" + "a" * 90)
        page = browse(mira, width=1440)
        for address in (PAGE, f"{PAGE}?open=ground&figures=1", f"{PAGE}bottlenecks/"):
            page.goto(address)
            assert max(too_wide(page, (360, 768, 1440)).values()) <= 0, address

    def test_a_phone_gets_a_card_per_learner(self, browse: Browse, mira: User) -> None:
        page = browse(mira, width=360)
        page.goto(PAGE)
        card = page.locator("#rows tr", has_text="Ada")
        box = card.bounding_box()
        assert box is not None
        assert 300 < box["width"] < 360
        assert card.locator("td.m a").evaluate("e => getComputedStyle(e, '::after').content") == '"Ground"'
        expect(card.locator("td.m span")).to_be_visible()
        assert violations(page) == []
