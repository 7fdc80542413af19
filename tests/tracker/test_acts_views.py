"""The acts over HTTP: each first done, with and without htmx, then refused in every way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from roadmap.models import Section
from tests.factories import assign, join, make_user
from tests.tracker.conftest import HTMX, Path, browser_of
from tracker import acts, progress
from tracker.acts.vouching import About
from tracker.models import (
    Cohort,
    Comment,
    Evidence,
    HelpRequest,
    LearnerTarget,
    Membership,
    Nudge,
    ProgressEvent,
    SignOff,
    SignOffWanted,
    TopicNote,
    User,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]
MODELS = (Comment, Evidence, HelpRequest, LearnerTarget, Nudge, SignOff)


@dataclass
class Scene:
    path: Path
    cohort: Cohort
    learner: User
    mentor: User
    mira: Client
    """Her browser."""
    ada: Client
    request: HelpRequest
    evidence: Evidence

    def at(self, *rest: str) -> str:
        return "/".join([f"/cohorts/{self.cohort.slug}/learners/{self.learner.pk}", *rest, ""])

    @property
    def acts(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Every act of a mentor: its address, and what a form of it says besides its operation."""
        soil, garden = self.path.soil, self.path.roadmap
        return {
            "waive": (self.at("topics", soil.slug, "waive"), {"reason": "Knows it", "expected": "todo"}),
            "reopen": (self.at("topics", self.path.pond.slug, "reopen"), {"reason": "Again", "expected": "done"}),
            "comment": (self.at("topics", soil.slug, "comments"), {"text": "Dig a hole"}),
            "sign_off": (
                self.at("sign-off", garden.slug), {"about": f"topic:{soil.pk}", "evidence": str(self.evidence.pk)},
            ),
            "target": (self.at("target", garden.slug), {"target_on": "2030-01-31"}),
            "nudge": (self.at("nudge"), {"text": "How is it going?"}),
            "answer": (f"/cohorts/{self.cohort.slug}/help/{self.request.pk}/answer/", {"text": "Sand, silt and clay"}),
        }  # fmt: skip

    def post(self, client: Client, name: str, *, htmx: bool = False, **fields: Any) -> HttpResponse:
        address, data = self.acts[name]
        sent = {"operation": str(uuid4()), "topic": self.path.soil.slug, "roadmap": "garden"} | data | fields
        return client.post(address, sent, headers=HTMX if htmx else {})  # type: ignore[return-value]

    def written(self) -> list[int]:
        """How many acts there are: what a refusal must not change."""
        standing = [model.objects.filter(withdrawn_at=None).count() for model in MODELS]
        return [*standing, ProgressEvent.objects.count(), HelpRequest.objects.filter(answered_at=None).count()]


NAMES = ("waive", "reopen", "comment", "sign_off", "target", "nudge", "answer")


@pytest.fixture
def scene(path: Path, cohort_a: Cohort, mentor_a: User, learner_a: User) -> Scene:
    assign(path.roadmap, cohort_a)
    soil = About(path.roadmap, path.soil)
    acts.want_sign_off(about=soil, wanted=True)
    progress.set_state(learner=learner_a, topic=path.pond.pk, state="done", operation=uuid4())
    request = acts.ask_for_help(learner=learner_a, topic=path.soil, text="What is loam?", operation=uuid4())
    shown = acts.hand_in(learner=learner_a, about=soil, text="A photo", url="", operation=uuid4())
    mira, ada = browser_of(mentor_a), browser_of(learner_a)
    return Scene(path, cohort_a, learner_a, mentor_a, mira, ada, request, shown)


@pytest.mark.parametrize("name", NAMES)
class TestActsOfAMentor:
    def test_done(self, scene: Scene, name: str) -> None:
        before = scene.written()
        response = scene.post(scene.mira, name, next=f"{scene.at()}?topic={scene.path.soil.slug}")
        assert response.status_code == 303
        assert response.headers["Location"] == f"{scene.at()}?topic={scene.path.soil.slug}"
        assert scene.written() != before
        page = scene.mira.get(response.headers["Location"]).content.decode()
        assert 'class="note success"' in page

    def test_done_with_htmx(self, scene: Scene, name: str) -> None:
        response = scene.post(scene.mira, name, htmx=True)
        html = response.content.decode()
        assert response.status_code == 200
        regions = re.findall(r'<\w+ [^>]*id="([\w-]+)"[^>]*hx-swap-oob="true"', html)
        assert regions == ["learner-head", "beside", "rows", "status"]
        kind = re.search(r'id="status".*name="kind" value="([\w-]+)"', html, re.S)
        assert kind, "the toast takes it back"

    def test_the_toast_takes_it_back(self, scene: Scene, name: str) -> None:
        before = scene.written()
        html = scene.post(scene.mira, name, htmx=True).content.decode()
        status = html[html.index('id="status"') :]
        found = dict(re.findall(r'name="(kind|operation)" value="([^"]+)"', status))
        assert scene.written() != before
        response = scene.mira.post(scene.at("take-back"), found, headers=HTMX)
        assert response.status_code == 200
        assert "Taken back" in response.content.decode()
        assert scene.written()[:-2] == before[:-2]
        assert scene.written()[-1] == before[-1]

    def test_sent_twice_it_is_one(self, scene: Scene, name: str) -> None:
        operation = str(uuid4())
        assert scene.post(scene.mira, name, operation=operation).status_code == 303
        once = scene.written()
        assert scene.post(scene.mira, name, operation=operation).status_code == 303
        assert scene.written() == once

    def test_its_learner_sees_it(self, scene: Scene, name: str) -> None:
        said = {
            "waive": "Knows it", "reopen": "Again", "comment": "Dig a hole", "sign_off": "signed off",
            "target": "31 Jan 2030", "nudge": "How is it going?", "answer": "Sand, silt and clay",
        }  # fmt: skip
        scene.post(scene.mira, name)
        page = scene.ada.get(reverse("timeline")).content.decode()
        assert said[name] in page
        assert "Mira" in page

    def test_not_by_others(self, scene: Scene, name: str, mentor_b: User, learner_b: User) -> None:
        before = scene.written()
        others = [mentor_b, learner_b, scene.learner, make_user("Nobody"), make_user("E", role="editor")]
        for person in [*others, make_user("M", role="mentor")]:
            assert scene.post(browser_of(person), name).status_code == 404, person
        answer = scene.post(Client(), name)
        assert answer.status_code == 302
        assert "/accounts/login/" in answer.headers["Location"]
        assert scene.written() == before

    def test_by_whoever_runs_the_installation(self, scene: Scene, name: str, owner: User) -> None:
        assert scene.post(browser_of(owner), name).status_code == 303

    def test_nobody_for_themselves(self, scene: Scene, name: str) -> None:
        User.objects.filter(pk=scene.learner.pk).update(role="owner")
        before = scene.written()
        assert scene.post(scene.ada, name).status_code == 403
        assert scene.written() == before

    def test_not_by_who_mentored_it_once(self, scene: Scene, name: str) -> None:
        Membership.objects.filter(user=scene.mentor).update(left_at=timezone.now())
        assert scene.post(scene.mira, name).status_code == 404

    def test_not_for_who_left(self, scene: Scene, name: str) -> None:
        Membership.objects.filter(user=scene.learner).update(left_at=timezone.now())
        assert scene.post(scene.mira, name).status_code == 404

    def test_not_what_the_cohort_does_not_walk(self, scene: Scene, name: str) -> None:
        scene.cohort.assigned.all().delete()
        before = scene.written()
        assert scene.post(scene.mira, name).status_code == (303 if name == "nudge" else 404)
        assert scene.written() == before or name == "nudge"

    @pytest.mark.parametrize("htmx", [True, False])
    def test_not_in_an_archived_cohort(self, scene: Scene, name: str, htmx: bool) -> None:
        Cohort.objects.update(archived_at=timezone.now())
        before = scene.written()
        response = scene.post(scene.mira, name, htmx=htmx)
        assert response.status_code == 409
        assert "is archived" in response.content.decode()
        assert scene.written() == before

    def test_not_by_looking(self, scene: Scene, name: str) -> None:
        before = scene.written()
        assert scene.mira.get(scene.acts[name][0]).status_code == 405
        assert scene.written() == before

    @pytest.mark.parametrize("operation", ["", "x", "7"])
    def test_not_without_an_operation(self, scene: Scene, name: str, operation: str) -> None:
        before = scene.written()
        for htmx in (True, False):
            assert scene.post(scene.mira, name, htmx=htmx, operation=operation).status_code == 422
        assert scene.written() == before

    def test_not_for_a_learner_there_is_not(self, scene: Scene, name: str) -> None:
        for pk in ("0", "999999", "9" * 40):
            address = scene.acts[name][0]
            gone = re.sub(r"(learners|help)/\d+", rf"\1/{pk}", address)
            assert scene.mira.post(gone, {"operation": str(uuid4())}).status_code == 404

    def test_not_in_a_cohort_there_is_not(self, scene: Scene, name: str) -> None:
        address = scene.acts[name][0].replace(scene.cohort.slug, "nowhere")
        assert scene.mira.post(address, {"operation": str(uuid4())}).status_code == 404

    def test_text_with_characters_that_are_none(self, scene: Scene, name: str) -> None:
        field = {"waive": "reason", "reopen": "reason", "sign_off": "note", "target": "reason"}.get(name, "text")
        before = scene.written()
        for text, statuses in (("a\0b", {400, 422}), ("a" * 5000, {422})):
            fields: dict[str, Any] = {field: text}
            assert scene.post(scene.mira, name, **fields).status_code in statuses
        assert scene.written() == before


class TestTheSecond:
    @pytest.mark.parametrize("htmx", [True, False])
    @pytest.mark.parametrize(
        ("name", "field", "says"),
        [
            ("waive", "reason", "Mira set “Soil” from to do to waived"),
            ("sign_off", "note", "Mira signed “Soil” off"),
            ("answer", "text", "Mira answered this"),
            ("target", "reason", "Mira set 31 Jan 2030"),
        ],
    )
    def test_sees_what_the_first_did_and_gets_their_words_back(
        self, scene: Scene, name: str, field: str, says: str, htmx: bool
    ) -> None:
        max_ = browser_of(join(make_user("Max"), scene.cohort, "mentor"))
        scene.post(scene.mira, name)
        once = scene.written()
        response = scene.post(max_, name, htmx=htmx, **{field: "My own words"})
        html = response.content.decode()
        assert response.status_code == 409
        assert says in html
        assert "My own words" in html
        assert scene.written() == once
        if htmx:
            assert 'id="beside"' in html, "and the page as it stands now"

    def test_a_queue_is_sent_anew(self, scene: Scene) -> None:
        for name, on in (("answer", "help"), ("sign_off", "sign-offs")):
            response = scene.post(scene.mira, name, htmx=True, on=on)
            html = response.content.decode()
            assert response.status_code == 200
            assert 'id="queue"' in html
            assert "learner-head" not in html
            assert "Nobody waits" in html or "Nothing waits" in html


class TestWhatIsMissing:
    @pytest.mark.parametrize(
        ("name", "fields", "status"),
        [
            ("waive", {"reason": " "}, 422),
            ("waive", {"expected": "nonsense"}, 422),
            ("waive", {"expected": "done"}, 422),
            ("waive", {"expected": "learning"}, 409),
            ("reopen", {"reason": ""}, 422),
            ("reopen", {"expected": "todo"}, 422),
            ("comment", {"text": ""}, 422),
            ("nudge", {"text": "  "}, 422),
            ("answer", {"text": ""}, 422),
            ("target", {"target_on": ""}, 422),
            ("target", {"target_on": "31.1.2030"}, 422),
            ("target", {"target_on": "2030-02-31"}, 422),
            ("target", {"expected": "7"}, 409),
            ("sign_off", {"about": "topic:x"}, 404),
            ("sign_off", {"about": "section:x"}, 404),
            ("sign_off", {"about": f"section:{UUID(int=7)}"}, 404),
            ("sign_off", {"about": "topic:99999999999"}, 404),
            ("sign_off", {"about": ""}, 422),
            ("sign_off", {"evidence": ""}, 409),
            ("sign_off", {"evidence": "x"}, 422),
        ],
    )
    def test_is_said(self, scene: Scene, name: str, fields: dict[str, str], status: int) -> None:
        before = scene.written()
        for htmx in (True, False):
            assert scene.post(scene.mira, name, htmx=htmx, **fields).status_code == status
        assert scene.written() == before

    def test_no_date_is_a_choice(self, scene: Scene) -> None:
        assert scene.post(scene.mira, "target", target_on="", none="yes").status_code == 303
        assert LearnerTarget.objects.get().target_on is None

    @pytest.mark.parametrize("kind", ["comment", "event", "answer", "sign-off", "nudge", "target", "help", "evidence"])
    def test_nothing_to_take_back(self, scene: Scene, kind: str) -> None:
        response = scene.mira.post(scene.at("take-back"), {"kind": kind, "operation": str(uuid4())})
        assert response.status_code == (409 if kind == "event" else 404)

    def test_what_the_learner_did_is_theirs(self, scene: Scene) -> None:
        for kind, operation in (("help", scene.request.operation), ("evidence", scene.evidence.operation)):
            response = scene.mira.post(scene.at("take-back"), {"kind": kind, "operation": str(operation)})
            assert response.status_code == 403
        assert scene.mira.post(scene.at("take-back"), {"kind": "x", "operation": str(uuid4())}).status_code == 422

    def test_nowhere_else_to_go(self, scene: Scene) -> None:
        for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
            response = scene.post(scene.mira, "comment", next=elsewhere)
            assert response.headers["Location"] == scene.at()


OWN = {
    "ask_for_help": {"text": "Why?"},
    "comment": {"text": "Aha"},
    "hand_in": {"text": "A hole", "url": "https://example.org/hole"},
    "write_note": {"text": "Clay is sticky", "shared": "on"},
}


@pytest.mark.parametrize("name", OWN)
class TestActsOfALearner:
    def post(self, scene: Scene, client: Client, name: str, *, htmx: bool = False, **fields: Any) -> HttpResponse:
        topic = scene.path.sowing if name == "ask_for_help" else scene.path.soil
        data = OWN[name] | {"operation": str(uuid4()), "roadmap": "garden", "about": f"topic:{scene.path.soil.pk}"}
        return client.post(  # type: ignore[return-value]
            reverse(name, args=[topic.slug]), data | {"panel": topic.slug} | fields, headers=HTMX if htmx else {}
        )

    def test_done(self, scene: Scene, name: str) -> None:
        assert self.post(scene, scene.ada, name).status_code == 303
        response = self.post(scene, scene.ada, name, htmx=True, operation=str(uuid4()), text="More")
        assert response.status_code == (409 if name in {"ask_for_help", "write_note"} else 200)
        found = {
            "ask_for_help": HelpRequest.objects.filter(text="Why?"),
            "comment": Comment.objects.filter(text="Aha"),
            "hand_in": Evidence.objects.filter(text="A hole", url="https://example.org/hole"),
            "write_note": TopicNote.objects.filter(text="Clay is sticky", shared=True),
        }
        assert found[name].count() == 1

    def test_the_panel_shows_it(self, scene: Scene, name: str) -> None:
        html = self.post(scene, scene.ada, name, htmx=True).content.decode()
        assert 'id="topic"' in html
        assert OWN[name]["text"] in html

    def test_its_mentor_sees_it(self, scene: Scene, name: str) -> None:
        self.post(scene, scene.ada, name)
        topic = scene.path.sowing if name == "ask_for_help" else scene.path.soil
        assert OWN[name]["text"] in scene.mira.get(f"{scene.at()}?topic={topic.slug}").content.decode()

    def test_sent_twice_it_is_one(self, scene: Scene, name: str) -> None:
        operation = str(uuid4())
        self.post(scene, scene.ada, name, operation=operation)
        once = scene.written()
        assert self.post(scene, scene.ada, name, operation=operation).status_code == 303
        assert scene.written() == once

    def test_not_where_nobody_mentors_them(self, scene: Scene, name: str, learner_b: User) -> None:
        before = scene.written()
        response = self.post(scene, browser_of(learner_b), name)
        assert response.status_code == (409 if name in {"ask_for_help", "comment"} else 303)
        assert scene.written() == before or name in {"hand_in", "write_note"}

    def test_not_by_a_visitor_nor_by_looking(self, scene: Scene, name: str) -> None:
        assert self.post(scene, Client(), name).status_code == 302
        assert scene.ada.get(reverse(name, args=[scene.path.soil.slug])).status_code == 405
        assert scene.ada.post(reverse(name, args=["none"])).status_code == 404

    def test_not_without_what_it_needs(self, scene: Scene, name: str) -> None:
        before = scene.written()
        if name != "write_note":
            for htmx in (True, False):
                assert self.post(scene, scene.ada, name, htmx=htmx, operation="x").status_code == 422
        assert self.post(scene, scene.ada, name, text="a" * 30_000).status_code == 422
        assert scene.written() == before
        assert not TopicNote.objects.exists()


class TestEvidence:
    @pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/x", "x y"])
    def test_only_links_that_a_browser_may_follow(self, scene: Scene, url: str) -> None:
        data = {"operation": str(uuid4()), "roadmap": "garden", "about": f"topic:{scene.path.soil.pk}", "url": url}
        assert scene.ada.post(reverse("hand_in", args=[scene.path.soil.slug]), data).status_code == 422
        assert Evidence.objects.count() == 1

    def test_of_a_module_from_a_topic_in_it(self, scene: Scene) -> None:
        module = Section.objects.get(slug="ground")
        acts.want_sign_off(about=About(scene.path.roadmap, None, module), wanted=True)
        page = scene.ada.get(reverse("topic", args=[scene.path.sowing.slug]) + "?roadmap=garden").content.decode()
        assert f'value="section:{module.uid}"' in page
        data = {"operation": str(uuid4()), "roadmap": "garden", "about": f"section:{module.uid}", "text": "All"}
        assert scene.ada.post(reverse("hand_in", args=[scene.path.sowing.slug]), data).status_code == 303
        queue = scene.mira.get(reverse("sign_offs", args=[scene.cohort.slug])).content.decode()
        assert "Ground" in queue

    def test_of_a_roadmap_there_is_not(self, scene: Scene) -> None:
        data = {"operation": str(uuid4()), "roadmap": "none", "about": f"topic:{scene.path.soil.pk}", "text": "x"}
        assert scene.ada.post(reverse("hand_in", args=[scene.path.soil.slug]), data).status_code == 404


class TestTakeBackOwn:
    def post(self, client: Client, scene: Scene, kind: str, operation: object) -> int:
        address = reverse("take_back_own", args=[scene.path.soil.slug])
        return client.post(address, {"kind": kind, "operation": str(operation)}).status_code

    def test_done(self, scene: Scene) -> None:
        for _ in range(2):
            assert self.post(scene.ada, scene, "help", scene.request.operation) == 303
            assert self.post(scene.ada, scene, "evidence", scene.evidence.operation) == 303
        scene.request.refresh_from_db()
        scene.evidence.refresh_from_db()
        assert scene.request.withdrawn_by == scene.evidence.withdrawn_by == scene.learner

    def test_not_what_a_mentor_did(self, scene: Scene) -> None:
        nudged, waived = uuid4(), uuid4()
        scene.post(scene.mira, "nudge", operation=str(nudged))
        scene.post(scene.mira, "waive", operation=str(waived))
        said = uuid4()
        scene.post(scene.mira, "comment", operation=str(said))
        assert self.post(scene.ada, scene, "nudge", nudged) == 404
        assert self.post(scene.ada, scene, "event", waived) == 404
        assert self.post(scene.ada, scene, "comment", said) == 403
        undo = scene.ada.post(reverse("undo"), {"operation": str(waived)})
        assert undo.status_code == 409
        assert ProgressEvent.objects.filter(now="waived").count() == 1

    def test_not_somebody_elses(self, scene: Scene, learner_b: User) -> None:
        assert self.post(browser_of(learner_b), scene, "help", scene.request.operation) == 404
        assert self.post(scene.ada, scene, "x", uuid4()) == 422


class TestSignOffsWanted:
    def test_asked_for_and_no_longer(self, scene: Scene, editor: User) -> None:
        client, address = browser_of(editor), reverse("sign_offs_wanted", args=["garden"])
        key = f"topic:{scene.path.sowing.pk}"
        for _ in range(2):
            response = client.post(address, {"want": key})
            assert (response.status_code, response.headers["Location"]) == (303, f"{address}#{key}")
        assert SignOffWanted.objects.filter(topic=scene.path.sowing).count() == 1
        page = client.get(address).content.decode()
        assert f'name="drop" value="{key}"' in page
        assert client.post(address, {"drop": key}).status_code == 303
        assert SignOffWanted.objects.filter(topic=scene.path.sowing).count() == 0

    def test_editors_find_it_and_others_are_not_shown_it(self, scene: Scene, editor: User) -> None:
        address = reverse("sign_offs_wanted", args=["garden"])
        found = {who: address in client.get(reverse("roadmaps")).content.decode() for who, client in (
            ("editor", browser_of(editor)), ("mentor", scene.mira), ("learner", scene.ada),
        )}  # fmt: skip
        assert found == {"editor": True, "mentor": False, "learner": False}

    def test_sign_offs_that_were_given_stay(self, scene: Scene, editor: User) -> None:
        scene.post(scene.mira, "sign_off")
        key = f"topic:{scene.path.soil.pk}"
        browser_of(editor).post(reverse("sign_offs_wanted", args=["garden"]), {"drop": key})
        assert SignOff.objects.get().withdrawn_at is None
        assert "signed off" in scene.ada.get(reverse("timeline")).content.decode()

    @pytest.mark.parametrize(
        "key", ["", "x", "topic:", "topic:0", "topic:-1", "section:1", f"topic:{9**30}", "topic:١"]
    )
    def test_what_the_roadmap_does_not_have(self, scene: Scene, editor: User, key: str) -> None:
        address = reverse("sign_offs_wanted", args=["garden"])
        assert browser_of(editor).post(address, {"want": key}).status_code == 422
        assert SignOffWanted.objects.count() == 1

    def test_not_by_others(self, scene: Scene) -> None:
        address = reverse("sign_offs_wanted", args=["garden"])
        for client in (scene.ada, scene.mira):
            assert client.get(address).status_code == client.post(address, {"want": "x"}).status_code == 403
        assert Client().get(address).status_code == 302


class TestForms:
    """What the pages hold can be sent as it stands."""

    def forms(self, html: str) -> list[tuple[str, dict[str, str]]]:
        found = []
        for form in re.findall(r'<form [^>]*method="post".*?</form>', html, re.S):
            address = re.search(r'action="([^"]*)"', form)
            fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
            found.append(
                (address[1] if address else "", {k: v for k, v in fields.items() if k != "csrfmiddlewaretoken"})
            )
        return found

    def test_a_form_sent_twice_without_javascript_is_one_act(self, scene: Scene) -> None:
        page = scene.mira.get(f"{scene.at()}?topic={scene.path.soil.slug}").content.decode()
        typed = {
            "text": "Words", "reason": "Words", "note": "Words", "target_on": "2030-01-31",
        }  # fmt: skip
        for address, fields in self.forms(page):
            if not address.startswith("/cohorts/") or address.endswith("take-back/"):
                continue
            data = typed | {k: v.replace("&amp;", "&") for k, v in fields.items()}
            first = scene.mira.post(address, data)
            once = scene.written()
            again = scene.mira.post(address, data)
            assert first.status_code == again.status_code == 303, address
            assert first.headers["Location"].startswith(f"{scene.at()}?roadmap=garden"), "back to the open topic"
            assert scene.written() == once, address

    def test_all_of_them_say_where_they_were_used(self, scene: Scene) -> None:
        page = scene.mira.get(f"{scene.at()}?topic={scene.path.soil.slug}&show=left").content.decode()
        forms = [fields for address, fields in self.forms(page) if address.startswith("/cohorts/")]
        assert len(forms) >= 6
        assert {(f["roadmap"], f["topic"], f["show"]) for f in forms} == {("garden", scene.path.soil.slug, "left")}
