"""A mentor and a learner in real browsers: acts answer in place, focus stays, nothing typed is lost; axe and widths."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from roadmap.models import Section
from tests.browser.conftest import Browse
from tests.browser.looking import too_wide, violations
from tests.factories import assign, join, make_cohort
from tests.tracker.conftest import Path, make_path
from tracker import acts, progress
from tracker.acts.vouching import About
from tracker.models import Cohort, Comment, HelpRequest, ProgressEvent, SignOff, TopicNote, User

NAME = "محمد عبد الرحمن 王小明 Wolfeschlegelsteinhausenbergerdorff"


@dataclass(frozen=True)
class Group:
    path: Path
    cohort: Cohort
    mira: User
    moritz: User
    """Both mentor the cohort."""
    ada: User

    @property
    def page(self) -> str:
        return f"/cohorts/{self.cohort.slug}/learners/{self.ada.pk}/"

    @property
    def soil(self) -> str:
        return f"{self.page}?topic={self.path.soil.slug}"


@pytest.fixture
def group(server: str) -> Group:
    path, cohort = make_path(), make_cohort("Spring")
    assign(path.roadmap, cohort)
    mira, moritz = (User.objects.create_user(f"{name.lower()}@example.org", name=name) for name in ("Mira", "Moritz"))
    for mentor in (mira, moritz):
        join(mentor, cohort, "mentor")
    return Group(path, cohort, mira, moritz, join(User.objects.create_user("ada@example.org", name="Ada"), cohort))


def busy(group: Group) -> None:
    """Everything that can be on the pages is on them."""
    path, ada, mira = group.path, group.ada, group.mira
    module = About(path.roadmap, section=Section.objects.get(slug="ground"))
    soil = About(path.roadmap, topic=path.soil)
    for about in (module, soil):
        acts.want_sign_off(about=about, wanted=True)
    progress.set_state(learner=ada, topic=path.soil.pk, state="learning", operation=uuid.uuid4())
    for topic, text in ((path.soil, "What is loam, and how do I tell?\n" + "long" * 60), (path.sowing, "")):
        acts.ask_for_help(learner=ada, topic=topic, text=text, operation=uuid.uuid4(), roadmap=path.roadmap)
    acts.comment(learner=ada, topic=path.soil, by=ada, text="I read the chapter.", operation=uuid.uuid4())
    acts.comment(
        learner=ada, topic=path.soil, by=mira, text="Good. Dig a hole.", operation=uuid.uuid4(), cohort=group.cohort
    )
    acts.hand_in(
        learner=ada, about=soil, text="Photos of the hole", url="https://example.org/hole", operation=uuid.uuid4()
    )
    acts.hand_in(learner=ada, about=module, text="", url="https://example.org/all", operation=uuid.uuid4())
    acts.write_note(learner=ada, topic=path.soil, text="Clay, sand, silt.", shared=True, seen="")
    acts.waive(
        cohort=group.cohort, learner=ada, topic=path.pond, by=mira, reason="No water here", expected="todo",
        operation=uuid.uuid4(),
    )  # fmt: skip


class TestSigningOffAndWaiving:
    def test_a_waiver_shows_in_the_row_the_bars_and_the_timeline(self, browse: Browse, group: Group) -> None:
        page = browse(group.mira)
        page.goto(f"{group.page}?topic={group.path.sowing.slug}")
        page.get_by_text("Waive…").click()
        page.get_by_label("Why need Ada not do it?").fill("Knows it")
        page.get_by_role("button", name="Waive it").click()
        expect(page.locator("#status")).to_contain_text("Sowing is waived for Ada")
        expect(page.locator(f"#t{group.path.sowing.pk}")).to_have_class("topic waived")
        expect(page.locator("#learner-head")).to_contain_text("1 of 2")
        expect(page.locator("#timeline")).to_contain_text("Mira waived")
        assert page.evaluate("document.activeElement.id") == "beside", "the form is gone; the focus is not"
        page.locator("#status").get_by_role("button", name="Take back").click()
        expect(page.locator("#status")).to_contain_text("Taken back")
        expect(page.locator(f"#t{group.path.sowing.pk} .state")).to_have_attribute(
            "aria-label", "to do, better later: needs 1"
        )

    def test_a_nudge_and_a_date(self, browse: Browse, group: Group) -> None:
        page = browse(group.mira)
        page.goto(group.page)
        page.get_by_text("Nudge…").click()
        page.get_by_label("A line for Ada").fill("Shall we dig?")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator("#timeline")).to_contain_text("Shall we dig?")
        page.locator(".due summary").click()
        page.get_by_label("Target date").fill("2099-03-01")
        page.get_by_role("button", name="Set the date").click()
        expect(page.locator("#learner-head .due time")).to_have_attribute("datetime", "2099-03-01")

    def test_the_second_of_two_sees_what_the_first_did_and_keeps_their_words(
        self, browse: Browse, group: Group
    ) -> None:
        mira, moritz = browse(group.mira), browse(group.moritz)
        for page in (mira, moritz):
            page.goto(group.soil)
            page.get_by_text("Waive…").click()
        mira.get_by_label("Why need Ada not do it?").fill("Studied geology")
        mira.get_by_role("button", name="Waive it").click()
        expect(mira.locator("#status")).to_contain_text("is waived")
        moritz.get_by_label("Why need Ada not do it?").fill("Grew up on a farm")
        moritz.get_by_role("button", name="Waive it").click()
        expect(moritz.locator("#status")).to_contain_text("Mira set “Soil” from to do to waived")
        expect(moritz.locator("#status")).to_contain_text("Studied geology")
        expect(moritz.locator("#kept")).to_contain_text("Grew up on a farm")
        expect(moritz.locator("#talk")).to_contain_text("Reopen…")
        assert ProgressEvent.objects.filter(now="waived").count() == 1

    def test_a_sign_off_from_the_queue(self, browse: Browse, group: Group) -> None:
        busy(group)
        page = browse(group.mira)
        page.goto(f"/cohorts/{group.cohort.slug}/sign-offs/")
        expect(page.locator("#queue .card")).to_have_count(2)
        page.locator("#queue .card").first.get_by_text("Sign off…").click()
        page.locator("#queue .card").first.get_by_role("button", name="Sign off").click()
        expect(page.locator("#queue .card")).to_have_count(1)
        expect(page.locator("#status")).to_contain_text("is signed off for Ada")
        assert SignOff.objects.get().topic == group.path.soil


class TestTalking:
    def test_a_request_is_asked_answered_and_read(self, browse: Browse, group: Group) -> None:
        ada, mira = browse(group.ada), browse(group.mira)
        ada.goto(f"/roadmaps/garden/?topic={group.path.soil.slug}")
        expect(ada.locator("#topic-talk")).to_contain_text("Read by Mira and Moritz")
        ada.get_by_text("I’m stuck…").click()
        ada.get_by_label("Where?").fill("What is loam?")
        ada.get_by_role("button", name="Ask for help").click()
        expect(ada.locator("#topic-talk .thread")).to_contain_text("What is loam?")
        mira.goto(f"/cohorts/{group.cohort.slug}/help/")
        mira.get_by_text("Answer…").click()
        mira.get_by_label("Your answer").fill("Sand, silt and clay.")
        mira.get_by_role("button", name="Send the answer").click()
        expect(mira.locator("#queue")).to_contain_text("Nobody waits for help")
        ada.reload()
        expect(ada.locator("#topic-talk .thread")).to_contain_text("Sand, silt and clay.")
        assert HelpRequest.objects.get().answered_by == group.mira

    def test_the_comment_box_is_empty_again_and_a_check_off_empties_nothing(self, browse: Browse, group: Group) -> None:
        acts.want_sign_off(about=About(group.path.roadmap, topic=group.path.soil), wanted=True)
        page = browse(group.ada)
        page.goto(f"/roadmaps/garden/?topic={group.path.soil.slug}")
        page.get_by_text("Comment…").click()
        page.get_by_label("Comment", exact=True).fill("Half a thou")
        page.locator("#topic").get_by_role("button", name="Done").click()
        expect(page.locator("#status")).to_contain_text("Soil: done")
        expect(page.get_by_label("Comment", exact=True)).to_have_value("Half a thou")
        page.get_by_label("Comment", exact=True).fill("Half a thought")
        page.get_by_role("button", name="Send the comment").click()
        expect(page.locator("#topic-talk .thread")).to_contain_text("Half a thought")
        expect(page.locator("#say-text")).to_have_value("")
        expect(page.locator("#say summary")).to_be_focused()
        assert Comment.objects.count() == 1
        page.locator("#topic-talk .thread").get_by_role("button", name="Take back").click()
        expect(page.locator("#topic-talk .thread")).to_contain_text("Taken back.")
        page.get_by_text("Hand in…").click()
        page.get_by_label("What you did").fill("A hole")
        page.get_by_role("button", name="Hand in", exact=True).click()
        expect(page.locator("#topic-talk .shown")).to_contain_text("A hole")

    def test_a_note_is_private_until_it_is_shared(self, browse: Browse, group: Group) -> None:
        ada, mira = browse(group.ada), browse(group.mira)
        ada.goto(f"/topics/{group.path.soil.slug}/?roadmap=garden")
        ada.get_by_text("Write one…").click()
        ada.get_by_label("For yourself").fill("Clay is sticky")
        ada.get_by_role("button", name="Save the note").click()
        expect(ada.locator("#status")).to_contain_text("Only you can read it")
        mira.goto(group.soil)
        expect(mira.locator("#talk")).not_to_contain_text("Clay is sticky")
        ada.get_by_label("Share with my mentors").check()
        ada.get_by_role("button", name="Save the note").click()
        expect(ada.locator("#status")).to_contain_text("Your mentors can read it")
        mira.reload()
        expect(mira.locator("#talk")).to_contain_text("Clay is sticky")
        assert TopicNote.objects.get().shared


class TestKeyboard:
    def test_a_waiver_and_back(self, browse: Browse, group: Group) -> None:
        page = browse(group.mira)
        page.goto(group.soil)
        page.locator("#do-waive > summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("Knows it")
        page.keyboard.press("Enter")
        expect(page.locator("#status")).to_contain_text("is waived")
        page.keyboard.press("u")
        expect(page.locator("#status")).to_contain_text("Taken back")
        expect(page.locator(f"#t{group.path.soil.pk}")).to_have_class("topic todo ready")


class TestWithoutJavaScript:
    def test_everything_is_a_form(self, browse: Browse, group: Group) -> None:
        page = browse(group.mira, java_script_enabled=False)
        page.goto(group.page)
        page.locator(f"#t{group.path.soil.pk} a").click()
        expect(page.locator("#talk h2")).to_have_text("Soil")
        page.locator("#talk").get_by_label("Comment").fill("Well begun")
        page.get_by_role("button", name="Send the comment").click()
        expect(page.locator(".messages")).to_contain_text("is there")
        expect(page.locator("#talk .thread")).to_contain_text("Well begun")
        page.locator("#talk .thread").get_by_role("button", name="Take back").click()
        expect(page.locator("#talk .thread")).to_contain_text("Taken back")

    def test_a_refusal_gives_back_what_was_written(self, browse: Browse, group: Group) -> None:
        page = browse(group.mira, java_script_enabled=False)
        page.goto(group.soil)
        progress.set_state(learner=group.ada, topic=group.path.soil.pk, state="learning", operation=uuid.uuid4())
        page.get_by_text("Waive…").click()
        page.get_by_label("Why need Ada not do it?").fill("Knows it by heart")
        page.get_by_role("button", name="Waive it").click()
        expect(page.locator("main")).to_contain_text("Ada set “Soil” from to do to learning")
        expect(page.locator("main")).to_contain_text("Knows it by heart")


WIDTHS = (360, 768, 1440)


def pages(group: Group) -> dict[str, tuple[User, str]]:
    editor = User.objects.create_user("edda@example.org", name="Edda", role="editor")
    cohort = f"/cohorts/{group.cohort.slug}/"
    return {
        "learner": (group.mira, group.page),
        "topic": (group.mira, group.soil),
        "help": (group.mira, f"{cohort}help/"),
        "sign-offs": (group.mira, f"{cohort}sign-offs/"),
        "wanted": (editor, "/roadmaps/garden/sign-offs/"),
        "timeline": (group.ada, "/timeline/"),
        "own": (group.ada, f"/topics/{group.path.soil.slug}/?roadmap=garden"),
        "panel": (group.ada, f"/roadmaps/garden/?topic={group.path.soil.slug}"),
    }


def unfold(page: Page) -> None:
    for box in page.locator("details.do > summary").all():
        box.click()


class TestEveryPage:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_axe_finds_nothing(self, browse: Browse, group: Group, theme: str) -> None:
        busy(group)
        found = {}
        for name, (user, address) in pages(group).items():
            page = browse(user, color_scheme=theme)
            page.goto(address)
            unfold(page)
            found[name] = violations(page)
        assert {name: found[name] for name in found if found[name]} == {}

    def test_nothing_scrolls_sideways(self, browse: Browse, group: Group) -> None:
        User.objects.filter(pk=group.ada.pk).update(name=NAME)
        group.ada.refresh_from_db()
        busy(group)
        for name, (user, address) in pages(group).items():
            page = browse(user, width=1440)
            page.goto(address)
            unfold(page)
            assert max(too_wide(page, WIDTHS).values()) <= 0, name

    @pytest.mark.skipif(not os.environ.get("SHOTS"), reason="pictures for the eye: SHOTS=<folder>")
    def test_pictures(self, browse: Browse, group: Group) -> None:
        busy(group)
        for name, (user, address) in pages(group).items():
            for width in WIDTHS:
                for theme in ("light", "dark"):
                    page = browse(user, width=width, color_scheme=theme)
                    page.goto(address)
                    page.screenshot(path=f"{os.environ['SHOTS']}/{name}-{width}-{theme}.png", full_page=width < 1440)
