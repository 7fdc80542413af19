"""Without a connection, without a server, with two tabs, two devices and two people on one browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from time import monotonic, sleep
from uuid import uuid4

from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Browse, cookie_of
from tests.browser.looking import faults
from tests.browser.test_check_off import control, operation_of, states
from tests.tracker.conftest import Path
from tracker import acts, progress
from tracker.models import ProgressEvent, TopicNote, User

BAR = "#kept"
DRAFTS = "Object.keys(localStorage).filter(key => key.startsWith('draft:')).length"
KEPT = "Object.keys(localStorage).filter(key => key.startsWith('kept:')).length"


def cut(page: Page) -> Callable[[], None]:
    """No answer to a check-off from any tab, though pages load. What is returned mends it."""
    places = re.compile(r"/(state|steps/[^/]+)/$")
    page.context.route(places, lambda route: route.abort("connectionfailed"))
    return lambda: page.context.unroute(places)


def as_of_an_hour_ago(page: Page) -> None:
    """What is kept was kept then."""
    page.evaluate(
        """Object.keys(localStorage).filter(key => key.startsWith('kept:')).forEach(key => {
        const act = JSON.parse(localStorage[key]); act.at -= 3600000; localStorage[key] = JSON.stringify(act) })"""
    )


def soon(what: Callable[[], bool]) -> None:
    until = monotonic() + 20
    while not what():
        assert monotonic() < until
        sleep(0.05)


class TestKept:
    def test_until_there_is_a_connection_then_sent_once_with_its_time(
        self, browse: Browse, ada: User, garden: Path
    ) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        mend = cut(page)
        soil = control(page, "Soil")
        soil.focus()
        page.keyboard.press("Space")
        expect(page.locator(BAR)).to_contain_text("Offline. Changes kept on this device: 1.")
        expect(soil).to_have_attribute("aria-checked", "true")
        expect(soil).to_have_attribute("aria-label", "Soil, done, kept on this device, will be sent")
        expect(page.locator(f"#t{garden.soil.pk} .held")).to_have_text("waiting")
        assert page.evaluate("document.activeElement.className") == "state"
        assert faults(page) == []
        done = timezone.now()
        control(page, "Pond").click()
        control(page, "Pond").click(delay=50)  # and back: nobody has heard of it
        page.locator(f"#t{garden.sowing.pk} a").focus()
        page.keyboard.press("l")
        expect(page.locator(BAR)).to_contain_text("device: 2.")
        page.reload()
        expect(page.locator(BAR)).to_contain_text("device: 2.")
        expect(soil).to_have_attribute("aria-checked", "true")
        expect(control(page, "Pond")).to_have_attribute("aria-checked", "false")
        assert states(ada) == {}
        as_of_an_hour_ago(page)
        mend()
        page.get_by_role("button", name="Send now").click()
        expect(page.locator(BAR)).to_be_hidden()
        expect(page.locator("#head .legend")).to_contain_text("50 %")
        expect(page.locator(".held, [aria-busy=true]")).to_have_count(0)
        assert states(ada) == {"Soil": "done", "Sowing": "learning"}
        first, second = ProgressEvent.objects.order_by("pk")
        assert abs(first.at - (done - timedelta(hours=1))) < timedelta(seconds=30)
        assert first.at < second.at
        assert page.evaluate(KEPT) == 0

    def test_two_tabs_show_the_same_and_one_sends(self, browse: Browse, ada: User, garden: Path) -> None:
        one = browse(ada)
        one.goto("/roadmaps/garden/")
        two = one.context.new_page()
        two.goto("/roadmaps/garden/")
        mend = cut(one)
        control(one, "Soil").click()
        for page in (one, two):
            expect(page.locator(BAR)).to_contain_text("device: 1.")
            expect(page.locator(f"#t{garden.soil.pk} .held")).to_have_text("waiting")
        mend()
        sent: list[str] = []
        one.context.on("request", lambda request: sent.append(request.url) if "/state/" in request.url else None)
        for page in (one, two):
            page.evaluate("dispatchEvent(new Event('online'))")
        for page in (one, two):
            expect(page.locator(BAR)).to_be_hidden()
            expect(page.locator("#head .legend")).to_contain_text("50 %")
            expect(page.locator(".held, [aria-busy=true]")).to_have_count(0)
        assert len(sent) == 1
        assert ProgressEvent.objects.count() == 1

    def test_something_newer_is_asked_about_and_never_overwritten(
        self, browse: Browse, ada: User, garden: Path
    ) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        mend = cut(page)
        for name in ("Soil", "Sowing"):
            control(page, name).click()
        expect(page.locator(BAR)).to_contain_text("device: 2.")
        as_of_an_hour_ago(page)
        for topic in (garden.soil, garden.sowing):
            progress.set_state(learner=ada, topic=topic.pk, state="skipped", operation=uuid4())
        mend()
        page.get_by_role("button", name="Send now").click()
        asked = page.locator(f"{BAR} li")
        expect(asked).to_have_count(2)
        expect(asked.first).to_contain_text("“Soil” was set to skipped on")
        expect(asked.first).to_contain_text("Here you set it to done on")
        expect(page.locator(f"#t{garden.soil.pk}")).to_have_class("topic skipped")
        assert faults(page) == []
        assert states(ada) == {"Soil": "skipped", "Sowing": "skipped"}
        page.reload()
        expect(asked).to_have_count(2)
        asked.first.get_by_role("button", name="Keep “skipped”").click()
        expect(asked).to_have_count(1)
        asked.first.get_by_role("button", name="Set to “done”").click()
        expect(page.locator(BAR)).to_be_hidden()
        expect(page.locator("#status")).to_contain_text("Sowing: done.")
        expect(page.locator(f"#t{garden.sowing.pk}")).to_have_class("topic done")
        assert states(ada) == {"Soil": "skipped", "Sowing": "done"}

    def test_a_refusal_is_told_and_kept_until_it_is_read(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        mend = cut(page)
        control(page, "Sowing").click()
        expect(page.locator(BAR)).to_contain_text("device: 1.")
        garden.roadmap.locking = "strict"
        garden.roadmap.revision += 1
        garden.roadmap.save()
        mend()
        page.goto("/roadmaps/")  # a page that knows nothing of check-offs sends them too
        told = page.locator(f"{BAR} li")
        expect(told).to_contain_text("“Sowing” was not set to “done”. “Sowing” is locked until what it needs is done.")
        assert faults(page) == []
        told.get_by_role("button", name="All right").click()
        expect(page.locator(BAR)).to_be_hidden()
        assert states(ada) == {}

    def test_who_signs_in_after_me_neither_sees_nor_sends_it(self, browse: Browse, ada: User, garden: Path) -> None:
        bob = User.objects.create_user("bob@example.org", name="Bob")
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        mend = cut(page)
        control(page, "Soil").click()
        expect(page.locator(BAR)).to_contain_text("device: 1.")
        mend()
        server = page.evaluate("location.origin")
        page.context.clear_cookies()
        page.context.add_cookies([cookie_of(bob, server)])
        page.get_by_role("button", name="Send now").click()
        expect(page.locator(BAR)).to_contain_text("Somebody else is signed in now.")
        page.get_by_role("button", name="Reload").click()
        expect(page.locator(".menu summary")).to_contain_text("Bob")
        expect(control(page, "Soil")).to_have_attribute("aria-checked", "false")
        expect(page.locator(BAR)).to_have_count(0)
        page.context.clear_cookies()
        page.goto("/roadmaps/garden/")
        expect(page.locator("a.act[href*=login]")).to_be_visible()
        expect(page.locator(BAR)).to_have_count(0)
        assert page.evaluate(KEPT) == 1
        assert not ProgressEvent.objects.exists()
        page.context.add_cookies([cookie_of(ada, server)])
        page.goto("/roadmaps/garden/")
        expect(page.locator("#head .legend")).to_contain_text("50 %")
        assert [(e.learner, e.now) for e in ProgressEvent.objects.all()] == [(ada, "done")]

    def test_the_session_has_ended_meanwhile(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada)
        page.goto("/roadmaps/garden/")
        mend = cut(page)
        control(page, "Soil").click()
        expect(page.locator(BAR)).to_contain_text("device: 1.")
        mend()
        ada.sessions.all().delete()
        page.get_by_role("button", name="Send now").click()
        expect(page.locator(BAR)).to_contain_text(
            "You are signed out. Changes kept on this device until you sign in: 1."
        )
        expect(page.locator(BAR).get_by_role("link", name="Sign in")).to_have_attribute(
            "href", "/accounts/login/?next=%2Froadmaps%2Fgarden%2F"
        )
        assert not ProgressEvent.objects.exists()

    def test_a_visitors_become_theirs_who_say_so(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse()
        page.goto("/roadmaps/garden/")
        mend = cut(page)
        control(page, "Soil").click()
        expect(page.locator(BAR)).to_contain_text("device: 1.")
        control(page, "Pond").click()
        mend()
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator(BAR)).to_contain_text(
            "You are signed out. Changes kept on this device until you sign in: 2."
        )
        page.context.add_cookies([cookie_of(ada, page.evaluate("location.origin"))])
        page.goto("/roadmaps/garden/")
        expect(page.locator(BAR)).to_contain_text("Checked off here without an account: 2.")
        assert not ProgressEvent.objects.exists()
        page.get_by_role("button", name="Save as mine").click()
        expect(page.locator(BAR)).to_be_hidden()
        assert states(ada) == {"Soil": "done", "Pond": "done"}


class TestSteps:
    def test_kept_shown_in_every_tab_and_sent_once_with_their_time(
        self, browse: Browse, ada: User, garden: Path
    ) -> None:
        one = browse(ada)
        one.goto("/roadmaps/garden/?topic=garden-soil")
        two = one.context.new_page()
        two.goto("/roadmaps/garden/?topic=garden-soil")
        mend = cut(one)
        ticks = [page.get_by_role("checkbox", name="Dig a hole") for page in (one, two)]
        ticks[0].focus()
        one.keyboard.press("Space")
        for page, tick in zip((one, two), ticks, strict=True):
            expect(page.locator(BAR)).to_contain_text("Changes kept on this device: 1.")
            expect(tick).to_have_attribute("aria-checked", "true")
            expect(tick).to_have_attribute("aria-description", "kept on this device, will be sent")
            expect(page.locator(".steps .held")).to_have_text("waiting")
        expect(ticks[0]).to_be_focused()
        assert faults(one) == []
        one.reload()
        expect(ticks[0]).to_have_attribute("aria-checked", "true")
        expect(one.locator("#topic-steps")).to_contain_text("0 of 1")
        assert not ProgressEvent.objects.exists()
        as_of_an_hour_ago(one)
        mend()
        for page in (one, two):
            page.evaluate("dispatchEvent(new Event('online'))")
        for page, tick in zip((one, two), ticks, strict=True):
            expect(page.locator(BAR)).to_be_hidden()
            expect(page.locator("#topic-steps")).to_contain_text("1 of 1")
            expect(tick).to_have_attribute("aria-checked", "true")
            expect(page.locator(".held, [aria-busy=true], .steps [aria-description]")).to_have_count(0)
        event = ProgressEvent.objects.get()
        assert abs(event.at - (timezone.now() - timedelta(hours=1))) < timedelta(minutes=1)
        mend = cut(one)
        ticks[0].click()
        expect(one.locator(BAR)).to_contain_text("device: 1.")
        as_of_an_hour_ago(one)
        for done in (False, True):
            progress.set_step(learner=ada, step=garden.step, done=done, operation=uuid4())
        mend()
        one.get_by_role("button", name="Send now").click()
        asked = one.locator(f"{BAR} li")
        expect(asked).to_contain_text("“Dig a hole” was set to done on")
        expect(ticks[0]).to_have_attribute("aria-checked", "true")
        asked.get_by_role("button", name="Set to “to do”").click()
        expect(one.locator("#topic-steps")).to_contain_text("0 of 1")
        expect(ticks[0]).to_have_attribute("aria-checked", "false")
        assert not ada.step_progress.get().done


class TestDrafts:
    def test_what_is_typed_into_a_note_is_never_lost(self, browse: Browse, ada: User, garden: Path) -> None:
        place, name = f"/topics/{garden.soil.slug}/", "For yourself"
        page = browse(ada)
        page.goto(place)
        page.get_by_text("Write one…").click()
        page.get_by_label(name).fill("Clay")
        page.reload()
        box, text = page.locator("#note-draft"), page.get_by_label(name)
        expect(box).to_contain_text("Not saved yet")
        expect(text).to_have_value("Clay")
        assert faults(page) == []
        box.get_by_role("button", name="Discard").click()
        expect(box).to_be_hidden()
        expect(text).to_have_value("")
        text.fill("Loam")
        page.route("**/note/", lambda route: route.abort("connectionfailed"))
        page.get_by_role("button", name="Save the note").click()
        expect(page.locator("#status")).to_contain_text("not saved")
        page.unroute("**/note/")
        acts.write_note(learner=ada, topic=garden.soil, text="Theirs", shared=False, seen="")
        page.goto(f"/roadmaps/garden/?topic={garden.soil.slug}")
        expect(text).to_have_value("Loam")
        control(page, "Pond").click()  # the open topic comes anew with the answer
        expect(page.locator("#head .legend")).to_contain_text("0 %")
        expect(page.locator("#status")).to_contain_text("Pond: done")
        expect(box).to_be_visible()
        box.get_by_role("button", name="Save").click()
        expect(page.locator("#note-theirs")).to_have_value("Theirs")
        expect(text).to_have_value("Loam")
        text.fill("Theirs and loam")
        page.reload()
        expect(text).to_have_value("Theirs and loam")
        box.get_by_role("button", name="Save").click()
        expect(page.locator("#note-shown")).to_contain_text("Theirs and loam")
        expect(box).to_be_hidden()
        assert TopicNote.objects.get().text == "Theirs and loam"
        assert page.evaluate(DRAFTS) == 0
        text.fill("Somebody else sees nothing of this")
        assert page.evaluate(DRAFTS) == 1
        bob = User.objects.create_user("bob@example.org", name="Bob")
        page.context.add_cookies([cookie_of(bob, page.evaluate("location.origin"))])
        page.goto(place)
        expect(page.get_by_text("Write one…")).to_be_visible()
        page.wait_for_load_state("networkidle")
        expect(text).to_have_value("")
        expect(box).to_be_hidden()


class TestServiceWorker:
    def ready(self, page: Page) -> None:
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_function("navigator.serviceWorker.controller !== null")

    def test_the_last_seen_pages_are_there_offline_and_theirs_alone(
        self, browse: Browse, ada: User, garden: Path
    ) -> None:
        page = browse(ada, service_workers="allow")
        page.goto("/roadmaps/garden/")
        self.ready(page)
        page.wait_for_function("caches.open('pages').then(pages => pages.match('/roadmaps/garden/')).then(Boolean)")
        page.goto("/topics/garden-pond/?roadmap=garden")
        expect(page.locator("h1")).to_have_text("Pond")
        page.context.set_offline(True)
        page.goto("/roadmaps/garden/")
        expect(page.locator(".seen")).to_contain_text("No connection. This is how it was on")
        assert faults(page) == []
        control(page, "Soil").click()
        expect(page.locator(BAR)).to_contain_text("device: 1.")
        page.locator(f"#t{garden.pond.pk} a").click()
        expect(page.locator("#panel h1")).to_have_text("Pond")
        page.goto("/cohorts/")
        expect(page.locator("h1")).to_have_text("There is no connection")
        expect(page.get_by_role("link", name="Garden")).to_be_visible()
        assert faults(page) == []
        page.get_by_role("link", name="Garden").click()
        expect(control(page, "Soil")).to_have_attribute("aria-checked", "true")
        assert states(ada) == {}
        page.context.set_offline(False)
        soon(lambda: states(ada) == {"Soil": "done"})
        page.reload()
        expect(page.locator(".seen")).to_have_count(0)
        expect(page.locator("#head .legend")).to_contain_text("50 %")
        page.locator(".menu summary").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.locator("a.act[href*=login]")).to_be_visible()
        page.context.set_offline(True)
        page.goto("/topics/garden-pond/?roadmap=garden")
        expect(page.locator("h1")).to_have_text("There is no connection")

    def test_a_server_that_is_away_and_comes_back(self, browse: Browse, ada: User, garden: Path) -> None:
        page = browse(ada, service_workers="allow")
        page.goto("/roadmaps/garden/")
        self.ready(page)
        page.goto("/roadmaps/garden/")
        tried: list[str] = []

        def away(route: Route) -> None:
            if route.request.method == "POST":
                tried.append(operation_of(route.request))
            route.fulfill(status=502, body="no")

        page.context.route("**/*", away)
        control(page, "Soil").click()
        expect(page.locator(BAR)).to_contain_text("The server does not answer. Changes kept on this device")
        page.reload()
        expect(page.locator(".seen")).to_be_visible()
        expect(control(page, "Soil")).to_have_attribute("aria-checked", "true")
        page.context.unroute("**/*")
        page.get_by_role("button", name="Send now").click()
        expect(page.locator(BAR)).to_be_hidden()
        assert len(set(tried)) == 1
        assert str(ProgressEvent.objects.get().operation) in tried

    def test_neither_an_upgrade_nor_a_person_leaves_anything_behind(
        self, browse: Browse, ada: User, garden: Path
    ) -> None:
        page = browse(ada, service_workers="allow")
        page.goto("/roadmaps/garden/")
        self.ready(page)
        page.goto("/roadmaps/garden/")
        page.evaluate(
            """(async () => {
            await (await caches.open('of-a-version-before')).put('/x', new Response('x'));
            await (await caches.open('files')).put('/static/js/gone.000000000000.js', new Response('x'));
            await (await navigator.serviceWorker.ready).unregister();
        })()"""
        )
        page.reload()
        self.ready(page)
        names = page.evaluate("caches.keys()")
        assert sorted(names) == ["files", "pages"]
        files = page.evaluate("caches.open('files').then(c => c.keys()).then(all => all.map(r => r.url))")
        assert not [url for url in files if "gone" in url]
        assert [url for url in files if "progress" in url]
        there = "caches.open('pages').then(pages => pages.match('/roadmaps/garden/')).then(Boolean)"
        page.wait_for_function(there)
        bob = User.objects.create_user("bob@example.org", name="Bob")
        page.context.add_cookies([cookie_of(bob, page.evaluate("location.origin"))])
        page.goto("/cohorts/")
        page.wait_for_function(f"{there}.then(kept => !kept)")
