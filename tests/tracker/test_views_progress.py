"""The acts of a learner over HTTP: each first done, then refused in every way."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.html import parse_html
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap.models import Alias, Placement, Roadmap, Topic
from tests.factories import make_roadmap, make_section, make_topic, place
from tests.tracker.conftest import HTMX, PASSWORD, Path, browser_of, make_path
from tracker import progress
from tracker.models import ProgressEvent, TopicProgress, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


def state_of(learner: User, topic: Topic) -> str:
    return TopicProgress.objects.filter(learner=learner, topic=topic).values_list("state", flat=True).first() or "todo"


def region(html: str, name: str) -> str:
    """What the answer lays over the element of that id; empty without."""
    found = re.search(rf'<(\w+) [^>]*\bid="{name}".*?</\1>', html, re.S)
    return found[0] if found else ""


class Acting:
    """Shorthand for the posts of one feature."""

    address = "/topics/{}/state/"

    def post(
        self, client: Client, topic: Topic | str, *, htmx: bool = True, fields: dict[str, Any] | None = None
    ) -> HttpResponse:
        slug = topic if isinstance(topic, str) else topic.slug
        data = {"state": "done", "operation": str(uuid4()), "roadmap": "garden"} | (fields or {})
        sent = {name: value for name, value in data.items() if value is not None}
        return client.post(self.address.format(slug), sent, headers=HTMX if htmx else {})  # type: ignore[return-value]


class TestSetTopicState(Acting):
    def test_answers_with_the_regions_that_changed(self, ada: Client, learner: User, path: Path) -> None:
        response = self.post(ada, path.soil)
        html = response.content.decode()
        assert response.status_code == 200
        assert state_of(learner, path.soil) == "done"
        assert 'class="topic done"' in region(html, f"t{path.soil.pk}")
        assert "ready" in region(html, f"t{path.sowing.pk}"), "what it opened"
        assert region(html, f"t{path.pond.pk}") == "", "what did not change"
        section = path.soil.placements.get().section
        assert "1 of 2" in region(html, f"b{section.pk}")
        assert "1/2" in region(html, f"o{section.pk}")
        assert "1 of 2 · 50 %" in region(html, f"b{section.parent_id}")
        assert "Continue: <bdi>Sowing</bdi>" in region(html, "head")
        assert "<bdi>Soil</bdi>: done. 1 of 2. 1 topic opened." in html
        regions = [child for child in parse_html(html).children if not isinstance(child, str)]
        assert len(regions) == 8
        assert all({"id", "hx-swap-oob"} <= dict(region.attributes).keys() for region in regions)

    def test_without_htmx_leads_back_with_a_message_and_undo(self, ada: Client, learner: User, path: Path) -> None:
        response = self.post(ada, path.soil, htmx=False, fields={"next": "/roadmaps/garden/?show=left"})
        assert (response.status_code, response["Location"]) == (303, f"/roadmaps/garden/?show=left#t{path.soil.pk}")
        assert state_of(learner, path.soil) == "done"
        page = ada.get("/roadmaps/garden/").content.decode()
        assert "<bdi>Soil</bdi>: done. 1 of 2. 1 topic opened." in page
        operation = ProgressEvent.objects.get().operation
        assert f'name="operation" value="{operation}"' in page

    @pytest.mark.parametrize("state", ["todo", "learning", "done", "skipped"])
    def test_sets_every_state_of_a_learner(self, ada: Client, learner: User, path: Path, state: str) -> None:
        assert self.post(ada, path.soil, fields={"state": state}).status_code == 200
        assert state_of(learner, path.soil) == state

    def test_enrols_in_the_roadmap_it_was_done_on(self, ada: Client, learner: User, path: Path) -> None:
        other_roadmap = make_roadmap("Elsewhere", slug="elsewhere")
        self.post(ada, path.soil, fields={"roadmap": "elsewhere"})
        assert not learner.enrolments.exists(), "that roadmap does not hold the topic"
        self.post(ada, path.soil)
        assert [e.roadmap_id for e in learner.enrolments.all()] == [path.roadmap.pk]
        assert other_roadmap.pk != path.roadmap.pk

    def test_undo_leads_back_to_the_page_and_not_to_the_act(self, ada: Client, path: Path) -> None:
        html = self.post(ada, path.soil, fields={"next": "/roadmaps/garden/?show=left"}).content.decode()
        assert 'name="next" value="/roadmaps/garden/?show=left"' in region(html, "status")
        assert "/state/" not in region(html, "status")

    def test_without_a_roadmap_only_says_it(self, ada: Client, learner: User, path: Path) -> None:
        html = self.post(ada, path.soil, fields={"roadmap": ""}).content.decode()
        assert state_of(learner, path.soil) == "done"
        assert region(html, f"t{path.soil.pk}") == ""
        assert "<bdi>Soil</bdi>: done." in html

    def test_the_open_topic_is_answered_anew(self, ada: Client, path: Path) -> None:
        html = self.post(ada, path.soil, fields={"panel": path.sowing.slug}).content.decode()
        assert f'id="topic" data-slug="{path.sowing.slug}" hx-swap-oob="true"' in html
        assert 'class="mark done"' in html, "what it needs is done now"
        assert 'id="topic"' not in self.post(ada, path.soil, fields={"panel": "nowhere"}).content.decode()

    def test_the_nonce_of_the_page_makes_the_operation_without_javascript(
        self, ada: Client, learner: User, path: Path
    ) -> None:
        nonce = str(uuid4())
        for _ in range(2):
            response = self.post(ada, path.soil, htmx=False, fields={"operation": None, "nonce": nonce})
            assert response.status_code == 303
        assert ProgressEvent.objects.count() == 1
        self.post(ada, path.soil, htmx=False, fields={"operation": None, "nonce": nonce, "state": "todo"})
        assert state_of(learner, path.soil) == "todo"

    def test_a_replay_answers_the_same_and_writes_wal(self, ada: Client, learner: User, path: Path) -> None:
        fields = {"operation": str(uuid4())}
        first = self.post(ada, path.soil, fields=fields)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()")
            before = cursor.fetchone()[0]
            again = self.post(ada, path.soil, fields=fields)
            cursor.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s) > 0", [before])
            assert cursor.fetchone()[0] is True
        assert [first.status_code, again.status_code] == [200, 200]
        assert region(again.content.decode(), f"t{path.soil.pk}") == region(first.content.decode(), f"t{path.soil.pk}")
        assert ProgressEvent.objects.count() == 1

    def test_the_last_intent_stands(self, ada: Client, learner: User, path: Path) -> None:
        for state in ("done", "todo", "learning", "skipped", "done"):
            self.post(ada, path.soil, fields={"state": state})
        assert state_of(learner, path.soil) == "done"
        assert ProgressEvent.objects.count() == 5

    def test_two_devices_keep_both_acts(self, learner: User, path: Path) -> None:
        one, two = browser_of(learner), browser_of(learner)
        self.post(one, path.soil, fields={"state": "done"})
        self.post(two, path.soil, fields={"state": "skipped"})
        assert state_of(learner, path.soil) == "skipped"
        assert set(ProgressEvent.objects.values_list("now", flat=True)) == {"done", "skipped"}

    def test_a_former_slug_still_takes_it(self, ada: Client, learner: User, path: Path) -> None:
        Alias.objects.create(topic=path.soil, text="old-soil", kind=Alias.Kind.SLUG)
        assert self.post(ada, "old-soil").status_code == 200
        assert state_of(learner, path.soil) == "done"

    def test_finishing_is_remembered(self, ada: Client, learner: User, path: Path) -> None:
        self.post(ada, path.soil)
        assert learner.enrolments.get().finished_at is None
        html = self.post(ada, path.sowing).content.decode()
        assert "That was the last one." in html
        assert learner.enrolments.get().finished_at is not None
        module = path.soil.placements.get().section
        late = make_topic("Compost", module)
        Roadmap.objects.update(revision=2)
        assert 'chip new">new' in ada.get(f"/roadmaps/garden/?topic={late.slug}").content.decode()

    # -- refusals

    def test_without_an_account_it_waits_for_signing_in(self, client: Client, learner: User, path: Path) -> None:
        learner.set_password(PASSWORD)
        learner.save()
        response = self.post(client, path.soil, htmx=False)
        back = f"/roadmaps/garden/%23t{path.soil.pk}"
        assert (response.status_code, response["Location"]) == (303, f"/accounts/login/?next={back}")
        assert not ProgressEvent.objects.exists()
        sign_in = client.get(response["Location"]).content.decode()
        assert "Your check-off of" in sign_in
        done = client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
        assert (done.status_code, done["Location"]) == (302, f"/roadmaps/garden/#t{path.soil.pk}")
        assert state_of(learner, path.soil) == "done"
        page = client.get("/roadmaps/garden/").content.decode()
        assert "<bdi>Soil</bdi>: done." in page
        assert "check_offs" not in client.session, "once"

    def test_without_an_account_htmx_is_sent_there_whole(self, client: Client, path: Path) -> None:
        response = self.post(client, path.soil)
        assert response.status_code == 204
        assert response["HX-Redirect"].startswith("/accounts/login/?next=")

    def test_what_waited_is_done_by_signing_up_too(self, client: Client, path: Path) -> None:
        self.post(client, path.soil, htmx=False)
        done = client.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD})
        assert (done.status_code, done["Location"]) == (302, f"/roadmaps/garden/#t{path.soil.pk}")
        assert state_of(User.objects.get(email="new@example.org"), path.soil) == "done"

    def test_what_waited_may_be_gone_or_refused_by_then(self, client: Client, learner: User, path: Path) -> None:
        learner.set_password(PASSWORD)
        learner.save()
        self.post(client, path.soil, htmx=False)
        Placement.objects.filter(topic=path.soil).delete()
        done = client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
        assert (done.status_code, done["Location"]) == (302, "/welcome/"), "nothing to go to: the first steps"
        assert "no longer there" in client.get("/roadmaps/").content.decode()
        assert not ProgressEvent.objects.exists()

    def test_get_changes_nothing(self, ada: Client, path: Path) -> None:
        assert ada.get(f"/topics/{path.soil.slug}/state/").status_code == 405

    @pytest.mark.parametrize("state", ["", "waived", "finished", "DONE", "done\0", "x" * 5000])
    def test_a_state_that_is_none_of_a_learners(self, ada: Client, path: Path, state: str) -> None:
        response = self.post(ada, path.soil, fields={"state": state})
        assert response.status_code in {400, 422}
        assert not ProgressEvent.objects.exists()

    def test_422_keeps_its_words_and_its_frame(self, ada: Client, path: Path) -> None:
        fragment = self.post(ada, path.soil, fields={"state": "waived"})
        assert fragment.content.decode().startswith('<div class="toast" id="status" role="status" hx-swap-oob="true">')
        page = self.post(ada, path.soil, htmx=False, fields={"state": "waived"})
        assert page.status_code == 422
        assert "Not done" in page.content.decode()
        assert "<html" in page.content.decode()

    @pytest.mark.parametrize("operation", [None, "", "not-a-uuid", "1"])
    def test_an_operation_id_is_needed(self, ada: Client, path: Path, operation: str | None) -> None:
        assert self.post(ada, path.soil, fields={"operation": operation}).status_code == 422
        assert not ProgressEvent.objects.exists()

    def test_an_operation_id_is_good_for_one_intent(self, ada: Client, learner: User, path: Path) -> None:
        fields: dict[str, Any] = {"operation": str(uuid4())}
        self.post(ada, path.soil, fields=fields)
        assert self.post(ada, path.soil, fields=fields | {"state": "skipped"}).status_code == 409
        other_topic = self.post(ada, path.sowing, fields=fields)
        assert other_topic.status_code == 409
        assert "already saved as something else" in other_topic.content.decode()
        assert [state_of(learner, path.soil), state_of(learner, path.sowing)] == ["done", "todo"]

    def test_anothers_operation_id_is_free(self, ada: Client, other: User, path: Path) -> None:
        fields = {"operation": str(uuid4())}
        self.post(ada, path.soil, fields=fields)
        assert self.post(browser_of(other), path.sowing, fields=fields).status_code == 200

    def test_unknown_and_hidden_topics(self, ada: Client, client: Client, path: Path) -> None:
        assert self.post(ada, "nowhere").status_code == 404
        assert self.post(client, "nowhere").status_code == 404
        assert self.post(ada, make_topic("Seated nowhere")).status_code == 404

    def test_a_retired_topic(self, ada: Client, learner: User, path: Path) -> None:
        self.post(ada, path.soil, fields={"state": "learning"})
        Topic.objects.filter(pk=path.soil.pk).update(retired_at=timezone.now())
        response = self.post(ada, path.soil)
        assert response.status_code == 409
        assert "What you did on it is kept." in response.content.decode()
        assert state_of(learner, path.soil) == "learning"

    def test_without_a_csrf_token(self, learner: User, path: Path) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(learner, backend="allauth.account.auth_backends.AuthenticationBackend")
        for client in (strict, Client(enforce_csrf_checks=True)):
            assert self.post(client, path.soil).status_code == 403
            assert self.post(client, path.soil, htmx=False).status_code == 403
        assert not ProgressEvent.objects.exists()

    def test_with_the_csrf_token_of_the_page(self, learner: User, path: Path) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(learner, backend="allauth.account.auth_backends.AuthenticationBackend")
        page = strict.get("/roadmaps/garden/").content.decode()
        form = page[page.index('<form id="progress"') :]
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))
        response = strict.post(f"/topics/{path.soil.slug}/state/", {**fields, "state": "done"})
        assert (response.status_code, response["Location"]) == (303, f"/roadmaps/garden/#t{path.soil.pk}")

    @pytest.mark.parametrize(
        "address", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "\t//evil"]
    )
    def test_next_stays_here(self, ada: Client, path: Path, address: str) -> None:
        response = self.post(ada, path.soil, htmx=False, fields={"next": address})
        assert response["Location"] == f"/roadmaps/garden/#t{path.soil.pk}"


class TestStrictLock(Acting):
    @pytest.fixture
    def locked(self, db: None) -> Path:
        return make_path("strict", locking=Roadmap.Locking.STRICT)

    @pytest.mark.parametrize("state", ["done", "learning"])
    @pytest.mark.parametrize("roadmap", ["strict", "", "nowhere"])
    def test_refuses_with_the_shortest_way(
        self, ada: Client, learner: User, locked: Path, state: str, roadmap: str
    ) -> None:
        response = self.post(ada, locked.sowing, fields={"roadmap": roadmap, "state": state})
        html = response.content.decode()
        assert response.status_code == 409
        assert "“Sowing” is locked until what it needs is done." in html
        assert f'The shortest way: <a href="/topics/{locked.soil.slug}/"><bdi>Soil</bdi></a>.' in html
        assert state_of(learner, locked.sowing) == "todo"

    def test_without_htmx_a_page_says_it(self, ada: Client, locked: Path) -> None:
        response = self.post(ada, locked.sowing, htmx=False, fields={"roadmap": "strict"})
        assert response.status_code == 409
        assert "The shortest way:" in response.content.decode()

    def test_opens_when_what_it_needs_is_done(self, ada: Client, learner: User, locked: Path) -> None:
        self.post(ada, locked.soil, fields={"roadmap": "strict"})
        assert self.post(ada, locked.sowing, fields={"roadmap": "strict"}).status_code == 200
        assert state_of(learner, locked.sowing) == "done"

    def test_skipping_what_it_needs_is_no_way_round(self, ada: Client, locked: Path) -> None:
        assert self.post(ada, locked.soil, fields={"roadmap": "strict", "state": "skipped"}).status_code == 200
        assert self.post(ada, locked.sowing, fields={"roadmap": "strict"}).status_code == 409

    def test_what_was_begun_never_locks_again(self, ada: Client, learner: User, locked: Path) -> None:
        self.post(ada, locked.soil, fields={"roadmap": "strict"})
        self.post(ada, locked.sowing, fields={"roadmap": "strict", "state": "learning"})
        self.post(ada, locked.soil, fields={"roadmap": "strict", "state": "todo"})
        assert self.post(ada, locked.sowing, fields={"roadmap": "strict"}).status_code == 200

    def test_another_roadmap_may_be_more_lenient(self, ada: Client, locked: Path) -> None:
        lenient = make_roadmap("Lenient", slug="lenient")
        section = make_section(lenient, "All", slug="all")
        for topic in (locked.soil, locked.sowing):
            place(topic, section)
        assert self.post(ada, locked.sowing, fields={"roadmap": "strict"}).status_code == 409
        assert self.post(ada, locked.sowing, fields={"roadmap": "lenient"}).status_code == 200

    def test_what_waited_is_refused_too(self, client: Client, learner: User, locked: Path) -> None:
        learner.set_password(PASSWORD)
        learner.save()
        self.post(client, locked.sowing, htmx=False, fields={"roadmap": "strict"})
        done = client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
        assert done["Location"] == f"/roadmaps/strict/#t{locked.sowing.pk}"
        assert "is locked until" in client.get("/roadmaps/strict/").content.decode()
        assert state_of(learner, locked.sowing) == "todo"


class TestSetStep:
    def post(self, client: Client, path: Path, *, htmx: bool = True, **fields: str) -> HttpResponse:
        data = {"state": "done", "operation": str(uuid4()), "panel": path.soil.slug, "roadmap": "garden"} | fields
        address = f"/topics/{path.soil.slug}/steps/{path.step.uid}/"
        return client.post(address, data, headers=HTMX if htmx else {})  # type: ignore[return-value]

    def test_ticks_and_unticks(self, ada: Client, learner: User, path: Path) -> None:
        html = self.post(ada, path).content.decode()
        assert learner.step_progress.get().done
        assert "Steps · 1 of 1" in html
        assert "Step <bdi>Dig a hole</bdi> ticked." in html
        self.post(ada, path, state="todo")
        assert not learner.step_progress.get().done
        assert state_of(learner, path.soil) == "todo", "the topic's own state is another matter"

    def test_without_htmx_leads_back(self, ada: Client, path: Path) -> None:
        response = self.post(ada, path, htmx=False, next=f"/topics/{path.soil.slug}/?roadmap=garden")
        assert (response.status_code, response["Location"]) == (303, f"/topics/{path.soil.slug}/?roadmap=garden")

    def test_a_replay_changes_nothing(self, ada: Client, path: Path) -> None:
        operation = str(uuid4())
        assert [self.post(ada, path, operation=operation).status_code for _ in range(2)] == [200, 200]
        assert ProgressEvent.objects.count() == 1
        assert self.post(ada, path, operation=operation, state="todo").status_code == 409

    def test_as_a_page_of_the_version_before_says_it(self, ada: Client, learner: User, path: Path) -> None:
        for said, ticked in (("yes", True), ("no", False)):
            assert self.post(ada, path, state="", done=said).status_code == 200
            assert learner.step_progress.get().done == ticked

    def test_a_former_slug_is_followed(self, ada: Client, learner: User, path: Path) -> None:
        Alias.objects.create(topic=path.soil, kind=Alias.Kind.SLUG, text="earth")
        address = f"/topics/earth/steps/{path.step.uid}/"
        assert ada.post(address, {"state": "done", "operation": str(uuid4())}).status_code == 303
        assert learner.step_progress.get().done

    def test_signing_in_first(self, client: Client, path: Path) -> None:
        response = self.post(client, path)
        assert response.status_code == 204
        assert "/accounts/login/" in response["HX-Redirect"]
        assert self.post(client, path, htmx=False).status_code == 302
        assert not ProgressEvent.objects.exists()

    def test_refusals(self, ada: Client, learner: User, path: Path) -> None:
        assert ada.get(f"/topics/{path.soil.slug}/steps/{path.step.uid}/").status_code == 405
        assert self.post(ada, path, state="maybe").status_code == 422
        assert self.post(ada, path, state="").status_code == 422
        assert self.post(ada, path, state="", done="maybe").status_code == 422
        assert self.post(ada, path, operation="x").status_code == 422
        fields = {"state": "done", "operation": str(uuid4())}
        assert ada.post(f"/topics/{path.soil.slug}/steps/{uuid4()}/", fields).status_code == 404
        assert ada.post(f"/topics/{path.sowing.slug}/steps/{path.step.uid}/", fields).status_code == 404
        assert ada.post(f"/topics/nowhere/steps/{path.step.uid}/", fields).status_code == 404
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(learner, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert self.post(strict, path).status_code == 403
        path.step.retired_at = timezone.now()
        path.step.save()
        assert self.post(ada, path).status_code == 409
        assert not ProgressEvent.objects.exists()


class TestStillFine:
    def test_accepts_the_new_text(self, ada: Client, learner: User, path: Path) -> None:
        progress.set_state(learner=learner, topic=path.soil.pk, state="done", operation=uuid4())
        Topic.objects.filter(pk=path.soil.pk).update(revision=2)
        Roadmap.objects.update(revision=2)
        address = f"/topics/{path.soil.slug}/fine/"
        html = ada.post(address, {"roadmap": "garden", "panel": path.soil.slug}, headers=HTMX).content.decode()
        assert "<bdi>Soil</bdi> stays done." in html
        assert "changed" not in region(html, f"t{path.soil.pk}")
        assert "Still fine" not in html
        assert learner.progress.get().revision == 2

    def test_refusals(self, ada: Client, client: Client, learner: User, path: Path) -> None:
        address = f"/topics/{path.soil.slug}/fine/"
        assert ada.get(address).status_code == 405
        assert ada.post("/topics/nowhere/fine/").status_code == 404
        assert client.post(address).status_code == 302
        assert client.post(address, headers=HTMX).status_code == 204
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(learner, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert strict.post(address).status_code == 403
        assert ada.post(address, {"roadmap": "x" * 300}).status_code == 422


class TestUndo:
    def done(self, learner: User, topic: Topic, state: str = "done") -> UUID:
        operation = uuid4()
        progress.set_state(learner=learner, topic=topic.pk, state=state, operation=operation)
        return operation

    def post(self, client: Client, operation: object, *, htmx: bool = True, **fields: str) -> HttpResponse:
        data = {"operation": str(operation), "roadmap": "garden"} | fields
        return client.post("/progress/undo/", data, headers=HTMX if htmx else {})  # type: ignore[return-value]

    def test_takes_the_act_back(self, ada: Client, learner: User, path: Path) -> None:
        self.done(learner, path.soil, "learning")
        operation = self.done(learner, path.soil)
        response = self.post(ada, operation)
        html = response.content.decode()
        assert response.status_code == 200
        assert state_of(learner, path.soil) == "learning"
        assert "Undone. <bdi>Soil</bdi>: learning." in html
        assert 'class="topic learning"' in region(html, f"t{path.soil.pk}")
        assert "needs 1" in region(html, f"t{path.sowing.pk}")

    def test_twice_is_once(self, ada: Client, learner: User, path: Path) -> None:
        operation = self.done(learner, path.soil)
        assert [self.post(ada, operation).status_code for _ in range(2)] == [200, 200]
        assert ProgressEvent.objects.count() == 2

    def test_without_htmx_leads_back(self, ada: Client, learner: User, path: Path) -> None:
        operation = self.done(learner, path.soil)
        response = self.post(ada, operation, htmx=False, next="/roadmaps/garden/")
        assert (response.status_code, response["Location"]) == (303, f"/roadmaps/garden/#t{path.soil.pk}")
        assert "Undone. <bdi>Soil</bdi>: to do. 0 of 2." in ada.get("/roadmaps/garden/").content.decode()

    def test_a_ticked_step_too(self, ada: Client, learner: User, path: Path) -> None:
        operation = uuid4()
        progress.set_step(learner=learner, step=path.step, done=True, operation=operation)
        assert "is open again" in self.post(ada, operation).content.decode()
        assert not learner.step_progress.get().done

    def test_refusals(self, ada: Client, client: Client, learner: User, other: User, path: Path) -> None:
        operation = self.done(learner, path.soil)
        assert ada.get("/progress/undo/").status_code == 405
        assert self.post(ada, "x").status_code == 422
        assert self.post(ada, uuid4()).status_code == 409
        assert self.post(browser_of(other), operation).status_code == 409
        assert self.post(client, operation).status_code == 204
        assert self.post(client, operation, htmx=False).status_code == 302
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(learner, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert self.post(strict, operation).status_code == 403
        self.done(learner, path.soil, "skipped")
        assert self.post(ada, operation).status_code == 409, "something came after it"
        assert state_of(learner, path.soil) == "skipped"


class TestQueries(Acting):
    def test_a_check_off_does_not_grow_with_topics(self, ada: Client) -> None:
        def queries(size: int) -> int:
            roadmap = make_roadmap("Sized", slug=f"sized-{size}")
            section = make_section(roadmap, "All", slug=f"all-{size}")
            topics = Topic.objects.bulk_create(Topic(title=f"T{i}", slug=f"t-{size}-{i}") for i in range(size))
            Placement.objects.bulk_create(
                Placement(roadmap=roadmap, section=section, topic=topic, position=i) for i, topic in enumerate(topics)
            )
            ada.get(f"/roadmaps/sized-{size}/")
            with CaptureQueriesContext(connection) as captured:
                response = self.post(ada, topics[0], fields={"roadmap": roadmap.slug})
            assert response.status_code == 200
            return len(captured)

        assert queries(3) == queries(300)
