"""Accounts and those who run them: invitations, roles, switching off, editing single roadmaps, and the two pages."""

from __future__ import annotations

import re
import threading
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap.models import Roadmap
from tests.factories import make_cohort, make_roadmap, make_section, make_topic, make_user, place
from tests.tracker.conftest import browser_of
from tracker import access, audit, cohorts, invitations, people
from tracker.accounts import ensure_owner
from tracker.audit import Asked
from tracker.models import Cohort, Mail, Session, SignInLink, User
from tracker.permissions import may_edit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


def link_in(mail: Mail) -> str:
    return str(re.findall(r"/sign-in/\S+/", mail.text)[0])


def verbs() -> list[str]:
    return [entry.verb for entry in audit.trail(Asked(kind="person")).entries]


class TestInvite:
    def test_an_account_and_a_link_that_signs_in_once(self, owner: User) -> None:
        user = people.invite(by=owner, email=" New@Example.org ", name="Nora", role="editor", operation=uuid4())
        assert (user.email, user.name, user.role, user.has_usable_password()) == (
            "new@example.org", "Nora", "editor", False,
        )  # fmt: skip
        assert EmailAddress.objects.get(user=user).verified
        mail = Mail.objects.get()
        assert "Olga made an account for you" in mail.text
        visitor = Client()
        assert visitor.post(link_in(mail)).status_code == 302
        assert Session.objects.filter(user=user).exists()
        assert Client().post(link_in(mail)).status_code == 410
        assert verbs() == ["invite"]

    def test_sent_twice_is_one(self, owner: User) -> None:
        operation = uuid4()
        for _ in range(2):
            people.invite(by=owner, email="new@example.org", role="learner", operation=operation)
        assert (User.objects.filter(email="new@example.org").count(), Mail.objects.count(), len(verbs())) == (1, 1, 1)

    @pytest.mark.parametrize(("active", "said"), [(True, "change its role"), (False, "activate it")])
    def test_who_has_an_account(self, owner: User, *, active: bool, said: str) -> None:
        known = make_user("Known", is_active=active)
        with pytest.raises(people.HasAccount, match=said):
            people.invite(by=owner, email=known.email.upper(), role="owner", operation=uuid4())
        known.refresh_from_db()
        assert (known.role, Mail.objects.count(), verbs()) == ("learner", 0, [])

    def test_another_link_ends_the_one_before(self, owner: User) -> None:
        user = people.invite(by=owner, email="new@example.org", role="learner", operation=uuid4())
        operation = uuid4()
        for _ in range(2):
            people.resend(by=owner, user=user, operation=operation)
        first, second = Mail.objects.order_by("pk")
        assert Client().post(link_in(first)).status_code == 410
        assert Client().post(link_in(second)).status_code == 302
        with pytest.raises(people.CameIn):
            people.resend(by=owner, user=user, operation=uuid4())

    def test_a_link_of_a_deactivated_account_is_none(self, owner: User) -> None:
        user = people.invite(by=owner, email="new@example.org", role="learner", operation=uuid4())
        people.deactivate(by=owner, user=user)
        with pytest.raises(people.Deactivated):
            people.resend(by=owner, user=user, operation=uuid4())
        people.activate(by=owner, user=user)
        assert Client().post(link_in(Mail.objects.get())).status_code == 410


class TestRoles:
    def test_set_once(self, owner: User, learner: User) -> None:
        for _ in range(2):
            people.set_role(by=owner, user=learner, role="mentor")
        learner.refresh_from_db()
        assert learner.role == "mentor"
        (entry,) = audit.trail(Asked(kind="person")).entries
        assert (entry.by, entry.verb, entry.more) == ("Olga", "set_role", "role: learner → mentor")

    def test_never_the_last_owner(self, owner: User) -> None:
        make_user("Former", role="owner", is_active=False)
        with pytest.raises(people.LastOwner):
            people.set_role(by=owner, user=owner, role="learner")
        with pytest.raises(people.LastOwner):
            people.deactivate(by=owner, user=owner)
        owner.refresh_from_db()
        assert (owner.role, owner.is_active, verbs()) == ("owner", True, [])

    def test_an_owner_who_is_none_any_more_keeps_no_flag(self, owner: User) -> None:
        second = User.objects.create_superuser("second@example.org")
        people.set_role(by=owner, user=second, role="learner")
        second.refresh_from_db()
        assert (second.is_staff, second.is_superuser) == (False, False)

    @pytest.mark.django_db(transaction=True)
    def test_of_two_owners_who_leave_at_once_one_stays(self, owner: User) -> None:
        second = make_user("Second", role="owner")
        start, refused = threading.Barrier(2), []

        def leave(user: User) -> None:
            start.wait()
            try:
                people.set_role(by=user, user=user, role="learner")
            except people.LastOwner:
                refused.append(user)
            finally:
                connection.close()

        threads = [threading.Thread(target=leave, args=[user]) for user in (owner, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert User.objects.filter(role="owner").count() == len(refused) == 1


class TestFromTheCommandLine:
    def test_who_becomes_an_owner_there_is_in_the_trail_too(self, learner: User) -> None:
        for _ in range(2):
            ensure_owner(email=learner.email)
        (entry,) = audit.trail(Asked(kind="person")).entries
        assert (entry.by, entry.title, entry.more) == (audit.ITSELF, learner.email, "role: learner → owner")


class TestSwitchedOff:
    def test_signed_out_everywhere_and_back_as_before(self, owner: User, learner: User) -> None:
        browser = browser_of(learner)
        assert browser.get("/cohorts/").status_code == 200
        for _ in range(2):
            people.deactivate(by=owner, user=learner)
        assert browser.get("/cohorts/").status_code == 302
        assert not Session.objects.filter(user=learner).exists()
        people.activate(by=owner, user=learner)
        assert browser.get("/cohorts/").status_code == 302
        assert browser_of(learner).get("/cohorts/").status_code == 200
        assert verbs() == ["activate", "deactivate"]
        assert not SignInLink.objects.filter(user=learner, used_at=None).exists()


class TestEditorOfOneRoadmap:
    @pytest.fixture
    def draft(self) -> Roadmap:
        return make_roadmap("Draft", state="draft")

    def test_this_one_and_no_other(self, owner: User, learner: User, draft: Roadmap) -> None:
        other = make_roadmap("Other")
        assert not may_edit(learner, draft)
        for _ in range(2):
            people.allow_editing(by=owner, user=learner, roadmap=draft)
        assert may_edit(learner, draft)
        assert access.roadmap_for_editing(learner, draft.slug) == draft
        assert list(access.edited_roadmaps(learner)) == [draft]
        with pytest.raises(PermissionDenied):
            access.roadmap_for_editing(learner, other.slug)
        for _ in range(2):
            people.forbid_editing(by=owner, user=learner, roadmap=draft)
        with pytest.raises(Http404):
            access.roadmap_for_editing(learner, draft.slug)
        assert verbs() == ["forbid_editing", "allow_editing"]

    def test_pages_of_the_draft(self, owner: User, learner: User, other_learner: User, draft: Roadmap) -> None:
        topic = make_topic("Hidden", make_section(draft))
        people.allow_editing(by=owner, user=learner, roadmap=draft)
        for path in (f"/roadmaps/{draft.slug}/", f"/topics/{topic.slug}/"):
            assert browser_of(learner).get(path).status_code == 200, path
            assert browser_of(other_learner).get(path).status_code == 404, path
            assert Client().get(path).status_code == 404, path

    def test_not_when_switched_off(self, owner: User, learner: User, draft: Roadmap) -> None:
        people.allow_editing(by=owner, user=learner, roadmap=draft)
        people.deactivate(by=owner, user=learner)
        learner.refresh_from_db()
        assert not may_edit(learner, draft)
        assert not access.edited_roadmaps(learner).exists()
        with pytest.raises(Http404):
            access.roadmap_for_editing(learner, draft.slug)

    def test_the_role_needs_no_row(self, editor: User, owner: User, draft: Roadmap) -> None:
        for person in (editor, owner):
            with CaptureQueriesContext(connection) as none:
                assert may_edit(person, draft)
            assert len(none) == 0
            assert access.edited_roadmaps(person).get() == draft

    def test_a_topic_that_another_roadmap_shows_is_not_theirs(
        self, owner: User, learner: User, editor: User, draft: Roadmap
    ) -> None:
        topic = make_topic("Shared", make_section(draft))
        with pytest.raises(Http404):
            access.topic_for_editing(learner, topic.uid)
        people.allow_editing(by=owner, user=learner, roadmap=draft)
        assert access.topic_for_editing(learner, topic.uid) == topic
        place(topic, make_section(make_roadmap("Other")))
        with pytest.raises(PermissionDenied):
            access.topic_for_editing(learner, topic.uid)
        assert access.topic_for_editing(editor, topic.uid) == topic
        with pytest.raises(Http404):
            access.topic_for_editing(editor, uuid4())


class TestPages:
    def test_an_owner_invites_looks_and_changes(self, owner: User) -> None:
        olga = browser_of(owner)
        answer = olga.get("/people/")
        assert "Anybody can make an account." in answer.content.decode()
        sent = {"email": "new@example.org", "role": "mentor", "operation": str(uuid4())}
        answer = olga.post("/people/invite/", sent, follow=True)
        html = answer.content.decode()
        assert "An invitation to <bdi>new@example.org</bdi> is on the way." in html
        new = User.objects.get(email="new@example.org")
        answer = olga.post(f"/people/{new.pk}/role/", {"role": "editor"}, follow=True)
        assert "is an editor now." in answer.content.decode()
        answer = olga.get("/audit/")
        assert "changed the role of" in answer.content.decode()
        rows = b"".join(olga.get("/audit/export.csv?verb=set_role&before=1-1-1")).decode()
        assert rows.count("\r\n") == 2

    def test_a_form_that_is_wrong_keeps_what_was_typed(self, owner: User, learner: User) -> None:
        olga = browser_of(owner)
        for email, status in (("nonsense", 422), (learner.email, 409)):
            answer = olga.post(
                "/people/invite/",
                {"email": email, "name": "Kept", "role": "x" * (status == 422) or "owner", "operation": str(uuid4())},
            )
            assert answer.status_code == status
            assert 'value="Kept"' in answer.content.decode()

    def test_who_is_found(self, owner: User) -> None:
        make_user("Ada_x", role="mentor")
        make_user("Adax", is_active=False)
        olga = browser_of(owner)

        def found(query: str) -> list[str]:
            html = olga.get(f"/people/?{query}").content.decode()
            return re.findall(r'href="/people/\d+/"><bdi>([^<]*)', html)

        assert found("q=ada_") == ["Ada_x"]
        assert found("q=ADA") == ["Ada_x", "Adax"]
        assert found("role=mentor") == ["Ada_x"]
        assert found("state=off") == ["Adax"]
        assert found("state=new&role=mentor") == ["Ada_x"]
        assert found("role=nonsense") == ["Ada_x", "Adax", "Olga"]

    def test_a_page_of_many(self, owner: User) -> None:
        olga = browser_of(owner)
        olga.get("/people/")

        def queries(path: str) -> int:
            with CaptureQueriesContext(connection) as found:
                assert olga.get(path).status_code == 200
            return len(found)

        few = [queries(path) for path in ("/people/", f"/people/{owner.pk}/", "/audit/")]
        for number in range(120):
            user = make_user(f"Number {number:03}")
            audit.record(by=owner, verb="edit", of=user, kind="person")
            people.allow_editing(by=owner, user=owner, roadmap=make_roadmap(f"Roadmap {number}"))
        assert [queries(path) for path in ("/people/", f"/people/{owner.pk}/", "/audit/")] == few
        html = olga.get("/people/?q=Number&page=2").content.decode()
        assert "51–100 of 120" in html
        assert "?q=Number&amp;page=3" in html

    @pytest.mark.parametrize("name", ["learner", "editor", "mentor_a"])
    def test_nobody_else(self, name: str, owner: User, request: pytest.FixtureRequest) -> None:
        visitor = browser_of(request.getfixturevalue(name))
        for path, status in (("/people/", 403), ("/audit/", 403), ("/audit/export.csv", 403), ("/people/1/", 404)):
            assert visitor.get(path).status_code == status
        assert visitor.post(f"/people/{owner.pk}/active/", {"state": "off"}).status_code == 404
        assert visitor.post("/people/invite/", {}).status_code == 403
        assert "Audit log" not in visitor.get("/roadmaps/").content.decode()


class TestSignUp:
    NEW = {"email": "new@example.org", "password1": "another long and winding road"}

    def test_open(self, settings: LazySettings) -> None:
        settings.SIGN_UP = "open"
        assert "Make an account" in Client().get("/accounts/login/").content.decode()
        assert Client().post("/accounts/signup/", self.NEW).status_code == 302
        assert User.objects.filter(email="new@example.org").exists()

    def test_closed(self, settings: LazySettings, cohort_a: Cohort, owner: User) -> None:
        settings.SIGN_UP = "closed"
        code = invitations.make_code(cohort=cohort_a, by=owner, role="learner", operation=uuid4()).code
        for data in ({}, {"next": f"/join/{code}/"}):
            answer = Client().post("/accounts/signup/", self.NEW | data)
            assert "An invitation is needed" in answer.content.decode()
        assert not User.objects.filter(email="new@example.org").exists()
        for path in ("/accounts/login/", f"/join/{code}/"):
            assert "Make an account" not in Client().get(path).content.decode()
        assert "Nobody can make an account" in browser_of(owner).get("/people/").content.decode()

    def test_by_invitation(self, settings: LazySettings, cohort_a: Cohort, owner: User) -> None:
        settings.SIGN_UP = "invitation"
        made = invitations.make_code(cohort=cohort_a, by=owner, role="learner", operation=uuid4())
        written = f"/join/{invitations.written(made.code)}/"
        assert "Make an account" in Client().get(written).content.decode()
        for wrong in ("", "/join/unknown/", "/roadmaps/", "https://elsewhere.example/", "/invited/x/", "/join/%00/"):
            answer = Client().post("/accounts/signup/", self.NEW | {"next": wrong})
            assert "An invitation is needed" in answer.content.decode(), wrong
        assert Client().get("/accounts/signup/", {"next": written}).status_code == 200
        answer = Client().post("/accounts/signup/", self.NEW | {"next": written})
        assert answer.headers["Location"] == written
        cohorts.archive(cohort=cohort_a)
        answer = Client().post("/accounts/signup/", self.NEW | {"email": "b@example.org", "next": written})
        assert "An invitation is needed" in answer.content.decode()

    def test_who_guesses_is_turned_away(self, settings: LazySettings, owner: User) -> None:
        settings.SIGN_UP = "invitation"
        made = invitations.make_code(cohort=make_cohort(), by=owner, role="learner", operation=uuid4())
        visitor = Client()
        for number in range(60):
            visitor.get("/accounts/signup/", {"next": f"/join/{number:010}/"})
        answer = visitor.get("/accounts/signup/", {"next": f"/join/{made.code}/"})
        assert "An invitation is needed" in answer.content.decode()

    def test_an_owner_invites_whatever_the_policy(self, settings: LazySettings, owner: User) -> None:
        settings.SIGN_UP = "closed"
        people.invite(by=owner, email="new@example.org", role="learner", operation=uuid4())
        assert Client().post(link_in(Mail.objects.get())).status_code == 302
        assert User.objects.get(email="new@example.org").last_login is not None
        assert timezone.now() >= User.objects.get(email="new@example.org").date_joined
