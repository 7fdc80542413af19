"""The topic beside the tree: opened, closed, gone back to; and everything by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.tracker.conftest import Path
from tracker import progress
from tracker.models import StepProgress, TopicProgress, User

pytestmark = pytest.mark.usefixtures("garden")

NAME = "document.activeElement.ariaLabel || document.activeElement.innerText.split('\\n')[0]"


class TestPanel:
    def test_opens_under_its_own_address_and_closes(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/?show=left")
        page.get_by_role("link", name="Soil clay").click()
        expect(page.locator("#panel h1")).to_have_text("Soil")
        assert page.url.endswith("/roadmaps/garden/?show=left&topic=garden-soil")
        expect(page.locator(f"#t{garden.soil.pk}")).to_have_class("topic todo ready on")
        expect(page.locator(f"#t{garden.soil.pk} a")).to_have_attribute("aria-current", "true")
        expect(page.locator("#head h1")).to_have_text("Garden")
        page.get_by_role("link", name="Close").click()
        expect(page.locator("#panel")).to_be_hidden()
        assert page.url.endswith("/roadmaps/garden/?show=left")

    def test_back_and_forward_show_whole_pages(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/")
        page.get_by_role("link", name="Garden").click()
        page.wait_for_url("/roadmaps/garden/")  # loaded, its script too: before that a link opens a page of its own
        page.get_by_role("link", name="Soil clay").click()
        expect(page.locator("#panel h1")).to_have_text("Soil")
        page.locator("#panel").get_by_role("link", name="Sowing").first.click()
        expect(page.locator("#panel h1")).to_have_text("Sowing")
        page.go_back()
        expect(page.locator("#panel h1")).to_have_text("Soil")
        expect(page.locator("header.bar")).to_be_visible()
        page.go_back()
        expect(page.locator("#panel")).to_be_hidden()
        expect(page.locator("#head h1")).to_have_text("Garden")
        page.go_back()
        expect(page.get_by_role("heading", name="Roadmaps")).to_be_visible()
        page.go_forward()
        expect(page.locator("#head h1")).to_have_text("Garden")
        expect(page.locator("header.bar")).to_be_visible()
        page.go_forward()
        expect(page.locator("#panel h1")).to_have_text("Soil")

    def test_reload_shows_the_same(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        page.get_by_role("link", name="Sowing").click()
        expect(page.locator("#panel h1")).to_have_text("Sowing")
        page.reload()
        expect(page.locator("#panel h1")).to_have_text("Sowing")
        expect(page.locator(".topic.on")).to_have_count(1)
        wide = "document.getElementById('main').clientWidth"
        before = page.evaluate(wide)
        page.evaluate("document.getElementById('panel').remove()")
        assert page.evaluate(wide) == before, "the tree does not move when a panel that is still on its way arrives"
        page.set_viewport_size({"width": 1000, "height": 900})
        expect(page.locator("#main")).to_have_css("visibility", "hidden")  # where the panel stands above it
        page.set_viewport_size({"width": 1440, "height": 900})
        expect(page.locator("#main")).to_have_css("visibility", "visible")
        end = page.locator(".bar .end")
        expect(end).to_have_css("visibility", "visible")
        page.evaluate("document.querySelector('.menu').remove()")
        expect(end).to_have_css(
            "visibility", "hidden"
        )  # until all of it has arrived, since it is laid out from its end
        line = page.locator(".outline a.m").first
        width = line.evaluate(
            "line => { const text = line.querySelector('bdi'), before = text.offsetWidth;"
            "line.setAttribute('aria-current', 'location'); return text.offsetWidth - before }"
        )
        assert width == 0, "where one is in the outline is shown without a line that grows, and may wrap"

    def test_its_buttons_and_the_row_agree(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/?topic=garden-sowing")
        expect(page.locator("#panel .facts")).to_contain_text("better after what it needs")
        page.locator(f"#t{garden.soil.pk} .state").click()
        expect(page.locator("#panel")).not_to_contain_text("better after")
        expect(page.locator("#panel .why .mark.done")).to_have_count(1)
        done = page.locator("#panel").get_by_role("button", name="Done")
        done.click()
        expect(done).to_have_attribute("aria-pressed", "true")
        expect(page.locator(f"#t{garden.sowing.pk}")).to_have_class("topic done on")
        expect(done).to_be_focused()
        assert set(TopicProgress.objects.values_list("state", flat=True)) == {"done"}

    def test_steps_are_ticked_in_place(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/?topic=garden-soil")
        step = page.get_by_role("checkbox", name="Dig a hole")
        step.focus()
        page.keyboard.press("Space")
        expect(page.locator("#panel")).to_contain_text("Steps · 1 of 1")
        expect(step).to_have_attribute("aria-checked", "true")
        expect(step).to_be_focused()
        assert StepProgress.objects.get().done
        page.get_by_role("button", name="Undo").click()
        expect(step).to_have_attribute("aria-checked", "false")
        assert not StepProgress.objects.get().done

    def test_a_double_click_and_a_held_key_on_a_step_are_one(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/?topic=garden-soil")
        step = page.get_by_role("checkbox", name="Dig a hole")
        step.dblclick()
        expect(page.locator("#panel")).to_contain_text("Steps · 1 of 1")
        page.wait_for_timeout(300)
        assert StepProgress.objects.get().done
        for _ in range(4):
            page.keyboard.down("Enter")
            page.wait_for_timeout(60)
        page.keyboard.up("Enter")
        expect(page.locator("#panel")).to_contain_text("Steps · 0 of 1")
        assert not StepProgress.objects.get().done

    def test_without_a_connection_the_page_stays(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/?topic=garden-soil")
        with page.expect_response("**/htmx*.js"):
            page.locator(".topic a", has_text="Sowing").hover()
        page.wait_for_timeout(200)
        page.context.set_offline(True)
        page.locator(".topic a", has_text="Sowing").click()
        expect(page.locator("#status")).to_contain_text("could not be opened: there is no connection.")
        expect(page.locator("#topic h1")).to_have_text("Soil")
        expect(page.locator(".topic.on")).to_contain_text("Soil")
        page.context.set_offline(False)
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("#topic h1")).to_have_text("Sowing")
        page.wait_for_url("**/roadmaps/garden/?topic=garden-sowing")

    def test_still_fine(self, browse: Browse, ada: User, garden: Path) -> None:
        from uuid import uuid4

        progress.set_state(learner=ada, topic=garden.soil.pk, state="done", operation=uuid4())
        type(garden.soil).objects.filter(pk=garden.soil.pk).update(revision=2)
        type(garden.roadmap).objects.update(revision=2)
        page = browse(ada)
        page.goto("/roadmaps/garden/?topic=garden-soil")
        expect(page.locator(f"#t{garden.soil.pk}")).to_have_class("topic done changed on")
        page.get_by_role("button", name="Still fine").click()
        expect(page.get_by_role("button", name="Still fine")).to_have_count(0)
        expect(page.locator(f"#t{garden.soil.pk}")).to_have_class("topic done on")

    def test_on_a_phone_the_topic_is_a_page(self, browse: Browse, ada: User) -> None:
        page = browse(ada, width=390)
        page.goto("/roadmaps/garden/")
        page.get_by_role("link", name="Soil clay").click()
        page.wait_for_url("**/topics/garden-soil/?roadmap=garden")
        expect(page.get_by_role("heading", level=1)).to_have_text("Soil")
        page.get_by_role("button", name="Done").click()
        expect(page.locator("#status")).to_contain_text("Soil: done.")
        page.get_by_role("link", name="All of Garden").click()
        expect(page.get_by_role("checkbox", name="Soil, done")).to_be_visible()

    def test_a_failed_fetch_falls_back_to_the_page(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        page.route(
            "**/topics/**", lambda route: route.abort() if route.request.resource_type == "xhr" else route.continue_()
        )
        page.get_by_role("link", name="Soil clay").click()
        page.wait_for_url("**/topics/garden-soil/?roadmap=garden")

    def test_a_topic_that_is_gone_says_so(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        garden.soil.placements.all().delete()
        page.get_by_role("link", name="Soil clay").click()
        page.wait_for_url("**/topics/garden-soil/?roadmap=garden")
        expect(page.get_by_role("heading", level=1)).to_have_text("Nothing here")

    def test_without_htmx_links_and_forms_are_plain(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.route("**/htmx*", lambda route: route.abort())
        page.goto("/roadmaps/garden/")
        page.locator(".topic .state").first.click()
        expect(page.locator("#status")).to_contain_text("Soil: done.")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".messages")).to_contain_text("Undone. Soil: to do.")
        page.get_by_role("link", name="Soil clay").click()
        page.wait_for_url("**/topics/garden-soil/?roadmap=garden")
        page.get_by_role("checkbox", name="Dig a hole").click()
        expect(page.locator("#status")).to_contain_text("Step Dig a hole ticked.")
        assert StepProgress.objects.get().done


class TestKeyboard:
    def test_everything_by_keys(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        press = page.keyboard.press
        soil, sowing = page.locator(f"#t{garden.soil.pk}"), page.locator(f"#t{garden.sowing.pk}")
        press("j")
        expect(soil.locator("a")).to_be_focused()
        press("j")
        expect(sowing.locator("a")).to_be_focused()
        press("k")
        press("x")
        expect(soil).to_have_class("topic done")
        expect(page.locator("#status")).to_contain_text("Soil: done.")
        expect(soil.locator("a")).to_be_focused()
        press("u")
        expect(soil).to_have_class("topic todo ready")
        press("l")
        expect(soil).to_have_class("topic learning")
        expect(page.locator("#status")).to_contain_text("Soil: learning.")
        press("s")
        expect(page.locator("#status")).to_contain_text("Soil: skipped.")
        press("Enter")
        expect(page.locator("#panel h1")).to_be_focused()
        press("x")
        expect(page.locator("#status")).to_contain_text("Soil: done.")
        expect(page.locator("#panel").get_by_role("button", name="Done")).to_have_attribute("aria-pressed", "true")
        press("Escape")
        expect(page.locator("#panel")).to_be_hidden()
        expect(soil.locator("a")).to_be_focused()
        press("j")
        press("o")
        expect(page.locator("#panel h1")).to_have_text("Sowing")

    def test_modifiers_and_fields_are_left_alone(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        page.locator(f"#t{garden.soil.pk} a").focus()
        for keys in ("Control+x", "Alt+x", "Meta+x", "Shift+X"):
            page.keyboard.press(keys)
        page.evaluate("document.querySelector('main').append(document.createElement('input'))")
        page.locator("main > input").focus()
        page.keyboard.type("xlsj?u")
        assert page.locator("main > input").input_value() == "xlsj?u"
        page.wait_for_timeout(200)
        assert not TopicProgress.objects.exists()
        expect(page.locator("#help")).to_be_hidden()

    def test_help(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
        page.keyboard.press("x")
        page.keyboard.press("Escape")
        expect(page.locator("#help")).to_be_hidden()
        assert not TopicProgress.objects.exists()

    def test_tab_order_and_skip_link(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()
        names = []
        for _ in range(28):
            page.keyboard.press("Tab")
            names.append(page.evaluate(NAME))
        rows = [name for name in names if name.startswith(("Soil", "Sowing", "Pond"))]
        sowing = "Sowing, to do, better later: needs 1"
        assert rows == ["Soil, to do, ready", "Soil", sowing, "Sowing", "Pond, to do, ready", "Pond"]

    def test_the_person_menu(self, browse: Browse, ada: User) -> None:
        page = browse(ada)
        page.goto("/roadmaps/")
        page.locator(".menu summary").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
        expect(page.locator(".menu summary")).to_be_focused()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()
