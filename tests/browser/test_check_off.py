"""Checking off in a browser: what one sees, what is stored, and what happens when it goes wrong."""

from __future__ import annotations

from time import sleep
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, Request, Route, expect

from tests.browser.conftest import Browse
from tests.tracker.conftest import Path
from tracker.check_off import check_off
from tracker.models import ProgressEvent, TopicProgress, User
from tracker.sign_in import create_link

pytestmark = pytest.mark.usefixtures("garden")


def control(page: Page, name: str) -> Any:
    return page.locator(".topic", has=page.locator(f"a b:text-is('{name}')")).locator(".state")


def states(learner: User) -> dict[str, str]:
    rows = TopicProgress.objects.filter(learner=learner).values_list("topic__title", "state")
    return {title: state for title, state in rows if state != "todo"}


def operation_of(request: Request) -> str:
    return str(request.post_data or "").split("operation=")[1].split("&")[0]


def hold(page: Page) -> list[Route]:
    """The next check-off is held, those after it are not; the list holds it, then names them."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)
        if len(held) > 1:
            route.continue_()

    page.route("**/state/", keep)
    return held


class TestCheckOff:
    def test_updates_everything_and_keeps_focus_and_scroll(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada, height=420)
        page.goto("/roadmaps/garden/")
        soil = control(page, "Soil")
        soil.scroll_into_view_if_needed()
        soil.focus()
        handle = soil.element_handle()
        scrolled = page.evaluate("scrollY")
        page.keyboard.press("Space")
        status = page.get_by_role("status").filter(has_text="Soil")
        expect(status).to_contain_text("Soil: done. 1 of 2. 1 topic opened.")
        expect(soil).to_have_attribute("aria-checked", "true")
        expect(page.locator(f"#t{garden.sowing.pk}")).to_have_class("topic todo ready")
        expect(page.locator("#head .legend")).to_contain_text("50 %")
        expect(page.locator("#s-ground .top small")).to_have_text("1 of 2")
        expect(page.locator(".outline .o")).to_contain_text("1/2")
        expect(page.locator(".continue")).to_contain_text("Sowing")
        assert page.evaluate("element => element === document.activeElement && element.isConnected", handle)
        assert page.evaluate("scrollY") == scrolled
        assert states(ada) == {"Soil": "done"}
        page.reload()
        expect(soil).to_have_attribute("aria-checked", "true")

    def test_undo(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        control(page, "Soil").click()
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("#status")).to_contain_text("Undone. Soil: to do. 0 of 2.")
        expect(control(page, "Soil")).to_have_attribute("aria-checked", "false")
        expect(page.locator("#head .legend")).to_contain_text("0 %")
        assert states(ada) == {}

    def test_double_and_triple_click_are_one(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        control(page, "Soil").click(click_count=3)
        expect(page.locator("#status")).to_contain_text("Soil: done.")
        assert states(ada) == {"Soil": "done"}
        assert ProgressEvent.objects.count() == 1

    def test_a_held_key_is_one(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        control(page, "Soil").focus()
        for _ in range(5):
            page.keyboard.down("Enter")
        page.keyboard.up("Enter")
        expect(page.locator("#status")).to_contain_text("Soil: done.")
        assert ProgressEvent.objects.count() == 1

    def test_a_quick_change_of_mind_ends_in_the_last_intent(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        waiting = hold(page)
        page.locator(f"#t{garden.soil.pk} a").focus()
        for key in "xlsl":
            page.keyboard.press(key)
        expect(page.locator(f"#t{garden.soil.pk}")).to_have_class("topic learning")
        assert len(waiting) == 1, "one request at a time"
        waiting[0].continue_()
        expect(page.locator("#status")).to_contain_text("Soil: learning.")
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        expect(page.locator(f"#t{garden.soil.pk}")).to_have_class("topic learning")
        assert states(ada) == {"Soil": "learning"}
        assert [event.now for event in ProgressEvent.objects.order_by("pk")] == ["done", "learning"]

    def test_check_then_uncheck_while_the_first_is_slow(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        waiting = hold(page)
        soil = control(page, "Soil")
        soil.click()
        expect(soil).to_have_attribute("aria-checked", "true")
        page.wait_for_timeout(600)
        soil.click()
        expect(soil).to_have_attribute("aria-checked", "false")
        waiting[0].continue_()
        expect(page.locator("#status")).to_contain_text("Soil: to do.")
        expect(soil).to_have_attribute("aria-checked", "false")
        assert states(ada) == {}
        assert [event.now for event in ProgressEvent.objects.order_by("pk")] == ["done", "todo"]

    def test_two_tabs_end_in_the_last_intent_and_show_it(self, browse: Browse, ada: User, garden: Path) -> None:
        one = browse(ada)
        one.goto("/roadmaps/garden/")
        two = one.context.new_page()
        two.goto("/roadmaps/garden/")
        control(one, "Soil").click()
        expect(control(two, "Soil")).to_have_attribute("aria-checked", "true")
        expect(two.locator("#head .legend")).to_contain_text("50 %")
        expect(two.locator("#status")).to_be_hidden()
        two.locator(f"#t{garden.soil.pk} a").focus()
        two.keyboard.press("s")
        expect(one.locator(f"#t{garden.soil.pk}")).to_have_class("topic skipped")
        assert states(ada) == {"Soil": "skipped"}
        assert {event.now for event in ProgressEvent.objects.all()} == {"done", "skipped"}
        late: list[Route] = []
        two.route("**/roadmaps/garden/", lambda route: late.extend([route]), times=1)
        two.evaluate("setTimeout(() => location.reload())")
        while not late:
            two.wait_for_timeout(20)
        before = late[0].fetch()  # made before, and on its way while the other tab saves
        control(one, "Sowing").click()
        expect(one.locator("#status")).to_contain_text("Sowing: done.")
        late[0].fulfill(response=before)
        expect(control(two, "Sowing")).to_have_attribute("aria-checked", "true")
        expect(two.locator("#head .legend")).to_contain_text("50 %")

    def test_undo_in_one_tab_shows_in_the_other(self, browse: Browse, ada: User) -> None:
        one = browse(ada)
        one.goto("/roadmaps/garden/")
        two = one.context.new_page()
        two.goto("/roadmaps/garden/")
        control(one, "Soil").click()
        expect(control(two, "Soil")).to_have_attribute("aria-checked", "true")
        one.get_by_role("button", name="Undo").click()
        expect(control(one, "Soil")).to_have_attribute("aria-checked", "false")
        expect(control(two, "Soil")).to_have_attribute("aria-checked", "false")
        expect(two.locator("#status")).to_be_hidden()

    def test_what_waits_behind_a_slow_answer_is_saved_when_one_leaves(
        self, browse: Browse, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def slow(**asked: Any) -> Any:
            sleep(0.5)
            return check_off(**asked)

        monkeypatch.setattr("tracker.views.progress.check_off", slow)
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        for name in ("Soil", "Sowing", "Pond"):
            control(page, name).click()
        page.goto("/roadmaps/")
        page.wait_for_timeout(1500)
        assert states(ada) == {"Soil": "done", "Sowing": "done", "Pond": "done"}
        assert ProgressEvent.objects.count() == 3


class TestFailure:
    def test_no_connection_keeps_it_and_retries_with_the_same_id(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        tried: list[str] = []

        def cut(route: Route) -> None:
            tried.append(operation_of(route.request))
            route.abort("connectionfailed") if len(tried) < 2 else route.continue_()

        page.route("**/state/", cut)
        soil = control(page, "Soil")
        soil.click()
        expect(page.locator("#kept")).to_contain_text("Offline. Changes kept on this device: 1.")
        expect(soil).to_have_attribute("aria-checked", "true")
        assert states(ada) == {}
        page.get_by_role("button", name="Send now").click()
        expect(page.locator("#status")).to_contain_text("Soil: done.")
        expect(soil).to_have_attribute("aria-checked", "true")
        assert len(set(tried)) == 1
        assert states(ada) == {"Soil": "done"}

    def test_an_answer_lost_after_the_commit_is_one_check_off(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        tried: list[str] = []

        def lose_the_first_answer(route: Route) -> None:
            tried.append(operation_of(route.request))
            if len(tried) == 1:
                route.fetch()
                route.abort("connectionreset")
            else:
                route.continue_()

        page.route("**/state/", lose_the_first_answer)
        control(page, "Soil").click()
        page.get_by_role("button", name="Send now").click()
        expect(page.locator("#status")).to_contain_text("Soil: done. 1 of 2.")
        assert len(set(tried)) == 1
        assert ProgressEvent.objects.count() == 1

    def test_it_retries_by_itself(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.clock.install()
        page.goto("/roadmaps/garden/")
        tried: list[str] = []

        def unwell(route: Route) -> None:
            tried.append(operation_of(route.request))
            route.fulfill(status=503, body="later") if len(tried) == 1 else route.continue_()

        page.route("**/state/", unwell)
        control(page, "Soil").click()
        expect(page.locator("#kept")).to_contain_text("The server does not answer. Changes kept on this device")
        page.clock.run_for(3100)
        expect(page.locator("#status")).to_contain_text("Soil: done.")
        assert len(tried) == 2
        assert len(set(tried)) == 1

    def test_too_slow_counts_as_no_answer(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        page.evaluate("document.getElementById('progress').dataset.timeout = 300")
        hold(page)
        soil = control(page, "Soil")
        soil.click()
        expect(soil).to_have_attribute("aria-busy", "true")
        expect(page.locator("#kept")).to_contain_text("The server does not answer.")
        page.get_by_role("button", name="Send now").click()
        expect(page.locator("#status")).to_contain_text("Soil: done.")
        expect(soil).to_have_attribute("aria-checked", "true")
        assert states(ada) == {"Soil": "done"}

    def test_leaving_asks_where_nothing_can_be_kept(self, browse: Browse, ada: User) -> None:
        """Only where the browser stores nothing is something lost with the page."""
        page = browse(ada)
        page.add_init_script("Object.defineProperty(window, 'localStorage', {value: null})")
        page.goto("/roadmaps/garden/")
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        page.route("**/state/", lambda route: route.abort("connectionfailed"))
        control(page, "Soil").click()
        expect(page.locator("#kept")).to_contain_text("Offline.")
        page.get_by_role("link", name="Roadmaps").click()
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"]
        page.unroute("**/state/")
        page.get_by_role("button", name="Send now").click()
        expect(page.locator("#status")).to_contain_text("Soil: done.")
        page.get_by_role("link", name="Roadmaps").click()
        page.wait_for_url("**/roadmaps/")
        assert asked == ["beforeunload"]

    def test_the_newer_intent_wins_over_one_that_waits(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        page.route("**/state/", lambda route: route.abort("connectionfailed"))
        control(page, "Soil").click()
        expect(page.locator("#kept")).to_contain_text("Offline.")
        page.unroute("**/state/")
        page.locator(f"#t{garden.soil.pk} a").focus()
        page.keyboard.press("s")
        expect(page.locator("#status")).to_contain_text("Soil: skipped.")
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_timeout(300)
        assert states(ada) == {"Soil": "skipped"}
        assert [event.now for event in ProgressEvent.objects.order_by("pk")] == ["done", "skipped"]

    def test_an_expired_form_gets_a_new_token(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        page.evaluate("document.querySelector('#progress [name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
        control(page, "Soil").click()
        expect(page.locator("#status")).to_contain_text("Soil: done.")
        assert states(ada) == {"Soil": "done"}

    def test_an_expired_session_leads_to_the_sign_in_page_and_the_tick_waits(
        self, browse: Browse, ada: User, garden: Path
    ) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        ada.sessions.all().delete()
        control(page, "Soil").click()
        page.wait_for_url("**/accounts/login/**")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        expect(page.locator(".note")).to_contain_text("Soil")

    def test_a_strict_lock_says_why_and_the_way(self, browse: Browse, ada: User) -> None:
        from tests.tracker.conftest import make_path

        make_path("strict", locking="strict")
        page = browse(ada)
        page.goto("/roadmaps/strict/")
        sowing = control(page, "Sowing")
        sowing.click()
        expect(page.locator("#status")).to_contain_text("“Sowing” is locked until what it needs is done.")
        expect(page.locator("#status a")).to_have_text("Soil")
        expect(sowing).to_have_attribute("aria-checked", "false")
        expect(sowing).to_have_attribute("aria-label", "Sowing, to do, locked: needs 1")


class TestWithoutAnAccount:
    def test_signing_up_does_what_was_wanted(self, browse: Browse) -> None:
        page = browse()
        page.goto("/roadmaps/garden/")
        control(page, "Soil").click()
        page.wait_for_url("**/accounts/login/**")
        page.get_by_role("link", name="Make an account").click()
        page.get_by_label("Email").fill("new@example.org")
        page.get_by_label("Password").fill("a long and winding road")
        page.get_by_role("button", name="Make the account").click()
        page.wait_for_url("**/roadmaps/garden/#t*")
        expect(control(page, "Soil")).to_have_attribute("aria-checked", "true")
        expect(page.locator(".messages")).to_contain_text("Soil: done.")
        assert states(User.objects.get()) == {"Soil": "done"}


class TestSignInLink:
    def test_signs_in_once(self, browse: Browse, ada: User) -> None:
        address = f"/sign-in/{create_link(user=ada)}/"
        page = browse()
        page.goto(address)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/welcome/")
        expect(page.locator(".menu summary")).to_contain_text("Ada")
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text("This link no longer works")


class TestWithoutJavaScript:
    def test_everything_is_a_form(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada, java_script_enabled=False)
        page.goto("/roadmaps/garden/?show=left")
        control(page, "Soil").click()
        page.wait_for_url(f"**/roadmaps/garden/?show=left#t{garden.soil.pk}")
        expect(page.locator(".messages")).to_contain_text("Soil: done. 1 of 2. 1 topic opened.")
        assert states(ada) == {"Soil": "done"}
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".messages")).to_contain_text("Undone. Soil: to do.")
        page.get_by_role("link", name="Soil").first.click()
        page.wait_for_url("**/topics/garden-soil/?roadmap=garden")
        page.get_by_role("button", name="Learning").click()
        expect(page.get_by_role("button", name="Learning")).to_have_attribute("aria-pressed", "true")
        page.get_by_role("checkbox", name="Dig a hole").click()
        expect(page.get_by_role("checkbox", name="Dig a hole")).to_have_attribute("aria-checked", "true")
        page.get_by_role("link", name="All of Garden").click()
        page.wait_for_url("**/roadmaps/garden/#t*")
        assert states(ada) == {"Soil": "learning"}
