"""The pages of cohorts: what they show to whom, what their forms do, and what they keep to themselves."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap.models import Roadmap
from tests.factories import assign, join, make_cohort, make_roadmap, make_user
from tests.tracker.conftest import browser_of
from tracker import cohorts, guesses, invitations
from tracker.models import Cohort, Invitation, Invited, Mail, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


def html_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def value(html: str, name: str) -> str:
    return str(re.findall(rf'name="{name}" value="([^"]*)"', html)[0])


@pytest.fixture
def mira(mentor_a: User) -> Client:
    return browser_of(mentor_a)


@pytest.fixture
def people_page(cohort_a: Cohort) -> str:
    return f"/cohorts/{cohort_a.slug}/people/"


class TestCohorts:
    def test_each_in_its_place(self, mentor_a: User, cohort_a: Cohort, cohort_b: Cohort, mentor_b: User) -> None:
        join(mentor_a, cohort_b)
        over = make_cohort("Long ago", archived_at=timezone.now())
        join(mentor_a, over, "mentor")
        assign(make_roadmap("Garden", slug="garden"), cohort_b, target_on="2027-01-31")
        html = html_of(browser_of(mentor_a), "/cohorts/")
        order = [
            html.index(text) for text in ("You mentor", "Cohort A", "You learn in", "Cohort B", "Archived", "Long ago")
        ]
        assert order == sorted(order)
        assert "Moritz" in html
        assert "Garden" in html
        assert "31 Jan 2027" in html
        assert "What the mentors see" in html

    def test_a_learner_sees_no_way_into_the_mentors_pages(
        self, learner_a: User, mentor_a: User, cohort_a: Cohort
    ) -> None:
        html = html_of(browser_of(learner_a), "/cohorts/")
        assert "Mira" in html
        assert f"/cohorts/{cohort_a.slug}/leave/" in html
        assert "/people/" not in html
        assert "New cohort" not in html

    def test_a_draft_is_not_named_to_its_learners(self, learner_a: User, cohort_a: Cohort) -> None:
        assign(make_roadmap("Secret plans", state="draft"), cohort_a)
        assert "Secret plans" not in html_of(browser_of(learner_a), "/cohorts/")

    def test_empty(self, learner: User) -> None:
        html = html_of(browser_of(learner), "/cohorts/")
        assert html.count("<li><h2>") == 3
        assert 'action="/join/"' in html

    def test_nobody_hears_of_other_cohorts(
        self, mentor_a: User, mentor_b: User, learner_b: User, cohort_b: Cohort
    ) -> None:
        html = html_of(browser_of(mentor_a), "/cohorts/")
        for name in ("Cohort B", "Moritz", "Ben"):
            assert name not in html

    def test_whoever_runs_it_finds_all(self, owner: User, cohort_a: Cohort, cohort_b: Cohort) -> None:
        html = html_of(browser_of(owner), "/cohorts/")
        assert "Cohorts of others" in html
        assert "Cohort A" in html
        assert "Cohort B" in html

    def test_queries_do_not_grow(self, mentor_a: User, cohort_a: Cohort) -> None:
        client, roadmap = browser_of(mentor_a), make_roadmap()

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                html_of(client, "/cohorts/")
            return len(captured)

        few = queries()
        for number in range(20):
            more = make_cohort(f"More {number}")
            join(mentor_a, more, "mentor" if number % 2 else "learner")
            join(make_user(), more, "mentor")
            join(make_user(), more)
            assign(roadmap, more)
        assert queries() == few


class TestNewCohort:
    def test_leads_to_its_settings(self, mentor_a: User, cohort_a: Cohort) -> None:
        client = browser_of(mentor_a)
        data = {"title": "Data", "summary": "x", "operation": value(html_of(client, "/cohorts/new/"), "operation")}
        for _ in range(2):
            answer = client.post("/cohorts/new/", data)
            assert answer.status_code == 303
        made = Cohort.objects.get(title="Data")
        assert answer["Location"] == f"/cohorts/{made.slug}/settings/"
        assert made.memberships.get().user == mentor_a

    def test_without_a_title(self, mira: Client) -> None:
        answer = mira.post("/cohorts/new/", {"summary": "kept", "operation": str(uuid4())})
        assert answer.status_code == 422
        assert 'value="kept"' in answer.content.decode()

    def test_not_for_learners(self, ada: Client) -> None:
        assert ada.get("/cohorts/new/").status_code == 403
        assert ada.post("/cohorts/new/", {"title": "x", "operation": str(uuid4())}).status_code == 403
        assert not Cohort.objects.exists()


class TestPeople:
    def test_members_codes_and_who_is_invited(
        self, mira: Client, mentor_a: User, learner_a: User, cohort_a: Cohort, people_page: str
    ) -> None:
        code = invitations.make_code(cohort=cohort_a, by=mentor_a, role="learner", operation=uuid4(), seats=3)
        invite(cohort_a, mentor_a, "new@example.com")
        html = html_of(mira, people_page)
        for text in ("Mira", "Ada", invitations.written(code.code), "0 of 3 came in", "new@example.com"):
            assert text in html

    def test_no_address_of_a_member_is_shown(
        self, mira: Client, mentor_a: User, learner_a: User, cohort_a: Cohort, people_page: str
    ) -> None:
        invite(cohort_a, mentor_a, "ben@example.com")
        ben = make_user("Ben")
        token = re.findall(r"/invited/([\w-]+)/", Mail.objects.get().text)[0]
        browser_of(ben).post(f"/invited/{token}/")
        html = html_of(mira, people_page)
        assert "Ben" in html
        for address in ("ben@example.com", learner_a.email, ben.email):
            assert address not in html

    def test_search_by_the_name_that_is_shown(self, mira: Client, cohort_a: Cohort, people_page: str) -> None:
        join(make_user("Zoë"), cohort_a)
        join(User.objects.create_user("nameless@elsewhere.org"), cohort_a)
        assert "Zoë" in html_of(mira, f"{people_page}?q=zo")
        assert "nameless" in html_of(mira, f"{people_page}?q=namel")
        for nothing in ("elsewhere", "example.org", "@"):
            assert "Nobody here is called that" in html_of(mira, f"{people_page}?q={nothing}")

    def test_nobody_of_another_cohort_is_found(self, mira: Client, learner_b: User, people_page: str) -> None:
        assert "Ben" not in html_of(mira, people_page)
        assert "Nobody here is called that" in html_of(mira, f"{people_page}?q=ben")

    def test_pages_of_50_at_the_same_number_of_queries(
        self, mira: Client, mentor_a: User, cohort_a: Cohort, people_page: str
    ) -> None:
        def queries(path: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                html_of(mira, path)
            return len(captured)

        for number in range(3):
            join(make_user(f"Learner {number}"), cohort_a)
        invite(cohort_a, mentor_a, "a@example.com")
        few = queries(people_page)
        for number in range(120):
            join(make_user(f"Learner {number:03}"), cohort_a)
        invite(cohort_a, mentor_a, *(f"x{number}@example.com" for number in range(120)))
        for _ in range(20):
            invitations.make_code(cohort=cohort_a, by=mentor_a, role="learner", operation=uuid4())
        assert queries(people_page) == few
        html = html_of(mira, people_page)
        assert "1–50 of 123" in html
        assert "101–121 of 121" in html_of(mira, f"{people_page}?invited=3")
        assert "Learner 110" in html_of(mira, f"{people_page}?page=3")

    def test_codes_are_made_and_taken_back(self, mira: Client, cohort_a: Cohort, people_page: str) -> None:
        operation = value(html_of(mira, people_page), "operation")
        for _ in range(2):
            answer = mira.post(
                f"/cohorts/{cohort_a.slug}/codes/",
                {"operation": operation, "role": "learner", "days": "7", "seats": "2"},
            )
            assert answer.status_code == 303
        code = Invitation.objects.get()
        assert code.max_uses == 2
        assert code.expires_at is not None
        assert timedelta(days=6) < code.expires_at - timezone.now() <= timedelta(days=7)
        mira.post(f"/cohorts/{cohort_a.slug}/codes/{code.pk}/revoke/")
        assert "taken back" in html_of(mira, people_page)

    def test_a_code_without_an_end(self, mira: Client, cohort_a: Cohort) -> None:
        mira.post(f"/cohorts/{cohort_a.slug}/codes/", {"operation": str(uuid4()), "role": "learner", "days": ""})
        code = Invitation.objects.get()
        assert (code.expires_at, code.max_uses) == (None, None)

    @pytest.mark.parametrize(
        "wrong", [{"seats": "0"}, {"seats": "x"}, {"days": "3"}, {"role": "owner"}, {"operation": "1"}]
    )
    def test_a_code_that_is_not_understood(self, mira: Client, cohort_a: Cohort, wrong: dict[str, str]) -> None:
        data = {"operation": str(uuid4()), "role": "learner", "days": "7"} | wrong
        answer = mira.post(f"/cohorts/{cohort_a.slug}/codes/", data)
        assert answer.status_code == 422
        assert "Nothing was changed" in answer.content.decode()
        assert not Invitation.objects.exists()

    def test_who_removes_themselves_lands_on_their_cohorts(
        self, mira: Client, mentor_a: User, cohort_a: Cohort, learner_a: User
    ) -> None:
        mira.post(f"/cohorts/{cohort_a.slug}/people/{learner_a.pk}/mentor/")
        answer = mira.post(f"/cohorts/{cohort_a.slug}/people/{mentor_a.pk}/remove/")
        assert answer["Location"] == "/cohorts/"
        assert "Cohort A" not in html_of(mira, "/cohorts/").split("</main>")[0].split("<h1>")[1]


def invite(cohort: Cohort, by: User, *emails: str) -> None:
    from tracker.roster import read

    invitations.invite(cohort=cohort, by=by, people=read("\n".join(emails)).people, operation=uuid4())


class TestInviting:
    def test_looked_through_then_sent(self, mira: Client, cohort_a: Cohort, learner_a: User) -> None:
        text = f"name,email\nNew,new@example.com\nBad,bad@\nAda,{learner_a.email}\n"
        answer = mira.post(f"/cohorts/{cohort_a.slug}/invitations/preview/", {"addresses": text})
        html = answer.content.decode()
        assert answer.status_code == 200
        order = [
            html.index(part) for part in ("Cannot be read", "Line 3, column 5", "Left out", "Line 4", "To be invited")
        ]
        assert order == sorted(order)
        assert not Invited.objects.exists()
        data = {"operation": value(html, "operation"), "people": unescaped(value(html, "people"))}
        for _ in range(2):
            answer = mira.post(f"/cohorts/{cohort_a.slug}/invitations/", data, follow=True)
            assert "1 invitation on the way" in answer.content.decode()
        assert Mail.objects.get().address == "new@example.com"

    def test_a_file(self, mira: Client, cohort_a: Cohort) -> None:
        file = SimpleUploadedFile("users.csv", "givenName;familyName;email\nÄnne;Ö;ae@example.com\n".encode("utf-16"))
        answer = mira.post(f"/cohorts/{cohort_a.slug}/invitations/preview/", {"file": file})
        assert "Änne Ö" in answer.content.decode()

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04rest", b"nobody here"])
    def test_a_file_with_nobody(self, mira: Client, cohort_a: Cohort, content: bytes) -> None:
        file = SimpleUploadedFile("x.csv", content)
        answer = mira.post(f"/cohorts/{cohort_a.slug}/invitations/preview/", {"file": file})
        assert answer.status_code == 422
        assert "Cannot be read" in answer.content.decode()

    def test_what_the_page_sends_is_read_anew(self, mira: Client, cohort_a: Cohort, learner_a: User) -> None:
        data = {"operation": str(uuid4()), "people": f"nonsense\n{learner_a.email}\nok@example.com"}
        mira.post(f"/cohorts/{cohort_a.slug}/invitations/", data)
        assert [each.email for each in Invited.objects.all()] == ["ok@example.com"]

    def test_sent_again_and_taken_back(self, mira: Client, mentor_a: User, cohort_a: Cohort, people_page: str) -> None:
        invite(cohort_a, mentor_a, "new@example.com")
        found = Invited.objects.get()
        operation = re.findall(
            r'name="operation" value="([^"]*)"><button class="text" type="submit">Send again',
            html_of(mira, people_page),
        )[0]
        for _ in range(2):
            mira.post(f"/cohorts/{cohort_a.slug}/invitations/{found.pk}/resend/", {"operation": operation})
        assert Mail.objects.count() == 2
        mira.post(f"/cohorts/{cohort_a.slug}/invitations/{found.pk}/revoke/")
        assert "new@example.com" not in html_of(mira, people_page).split('id="invited"')[1]

    def test_names_are_escaped(self, mira: Client, cohort_a: Cohort) -> None:
        answer = mira.post(
            f"/cohorts/{cohort_a.slug}/invitations/preview/", {"addresses": '"<b>x</b>",new@example.com\n<i>@'}
        )
        assert "<b>x</b>" not in answer.content.decode()
        assert "<i>" not in answer.content.decode()


def unescaped(text: str) -> str:
    from html import unescape

    return unescape(text)


class TestSettings:
    def address(self, cohort: Cohort, part: str = "settings/") -> str:
        return f"/cohorts/{cohort.slug}/{part}"

    def test_what_it_walks(self, mira: Client, cohort_a: Cohort) -> None:
        make_roadmap("Garden", slug="garden")
        assert "Garden" in html_of(mira, self.address(cohort_a))
        data = {"roadmap": "garden", "starts_on": "2026-09-01", "target_on": "2027-01-31"}
        assert mira.post(self.address(cohort_a, "roadmaps/"), data).status_code == 303
        html = html_of(mira, self.address(cohort_a))
        assert 'value="2026-09-01"' in html
        assert 'value="2027-01-31"' in html
        mira.post(self.address(cohort_a, "roadmaps/remove/"), {"roadmap": "garden"})
        assert not cohort_a.assigned.exists()

    @pytest.mark.parametrize(
        "wrong",
        [{"target_on": "2026-08-31"}, {"target_on": "x"}, {"target_on": "0001-01-01"}, {"starts_on": "9999-12-31"}],
    )
    def test_dates_that_are_none(self, mira: Client, cohort_a: Cohort, wrong: dict[str, str]) -> None:
        make_roadmap("Garden", slug="garden")
        data = {"roadmap": "garden", "starts_on": "2026-09-01"} | wrong
        assert mira.post(self.address(cohort_a, "roadmaps/"), data).status_code == 422
        assert not cohort_a.assigned.exists()

    def test_what_a_mentor_may_not_read_is_not_assigned(self, mira: Client, cohort_a: Cohort) -> None:
        make_roadmap("Secret plans", slug="secret", state="draft")
        assert "Secret plans" not in html_of(mira, self.address(cohort_a))
        assert mira.post(self.address(cohort_a, "roadmaps/"), {"roadmap": "secret"}).status_code == 404

    def test_a_title(self, mira: Client, cohort_a: Cohort) -> None:
        assert mira.post(self.address(cohort_a, "settings/edit/"), {"title": "B"}).status_code == 303
        assert mira.post(self.address(cohort_a, "settings/edit/"), {"title": " "}).status_code == 422
        cohort_a.refresh_from_db()
        assert cohort_a.title == "B"

    def test_archived_every_write_is_409_with_a_sentence(
        self, mira: Client, mentor_a: User, learner_a: User, cohort_a: Cohort, people_page: str
    ) -> None:
        assign(make_roadmap("Garden", slug="garden"), cohort_a)
        code = invitations.make_code(cohort=cohort_a, by=mentor_a, role="learner", operation=uuid4())
        invite(cohort_a, mentor_a, "new@example.com")
        link = Invited.objects.get()
        assert mira.post(self.address(cohort_a, "archive/"), {"state": "archived"}).status_code == 303
        acts = {
            "settings/edit/": {"title": "B"},
            "roadmaps/": {"roadmap": "garden"},
            "roadmaps/remove/": {"roadmap": "garden"},
            "roadmaps/place/": {"roadmap": "garden", "place": "0"},
            "codes/": {"operation": str(uuid4()), "role": "learner", "days": "7"},
            f"codes/{code.pk}/revoke/": {},
            "invitations/preview/": {"addresses": "a@example.com"},
            "invitations/": {"operation": str(uuid4()), "people": "a@example.com"},
            f"invitations/{link.pk}/resend/": {"operation": str(uuid4())},
            f"invitations/{link.pk}/revoke/": {},
            f"people/{learner_a.pk}/mentor/": {},
            f"people/{learner_a.pk}/remove/": {},
        }
        for part, data in acts.items():
            answer = mira.post(self.address(cohort_a, part), data)
            assert answer.status_code == 409, part
            assert "This cohort is archived" in answer.content.decode()
        for path in (people_page, self.address(cohort_a)):
            html = html_of(mira, path)
            assert "was archived on" in html
            forms = re.findall(r'<form[^>]*method="post" action="([^"]*)"', html.split("<main")[1])
            assert set(forms) <= {self.address(cohort_a, "archive/")}
        mira.post(self.address(cohort_a, "archive/"), {"state": "open"})
        assert mira.post(self.address(cohort_a, "settings/edit/"), {"title": "B"}).status_code == 303


class TestJoin:
    @pytest.fixture
    def code(self, cohort_a: Cohort, mentor_a: User) -> Invitation:
        return invitations.make_code(cohort=cohort_a, by=mentor_a, role="learner", operation=uuid4(), seats=1)

    def test_shown_before_it_is_done(self, ada: Client, learner: User, code: Invitation, cohort_a: Cohort) -> None:
        assign(make_roadmap("Garden"), cohort_a)
        html = html_of(ada, f"/join/{code.code}/")
        for text in ("Cohort A", "Mira", "Garden", "What the mentors will see", "Join this cohort"):
            assert text in html
        assert not cohort_a.memberships.filter(user=learner).exists()
        answer = ada.post(f"/join/{code.code}/", follow=True)
        assert "You are in" in answer.content.decode()
        assert cohort_a.memberships.filter(user=learner).count() == 1
        assert "You are in this cohort already" in html_of(ada, f"/join/{code.code}/")

    def test_without_an_account_one_comes_back(self, client: Client, code: Invitation, cohort_a: Cohort) -> None:
        path = f"/join/{invitations.written(code.code)}/"
        html = html_of(client, path)
        assert f"/accounts/signup/?next={path}" in html
        assert client.post(path).headers["Location"] == f"/accounts/login/?next={path.replace('/', '%2F')}"
        data = {"email": "new@example.com", "password1": "a long and winding road", "next": path}
        answer = client.post("/accounts/signup/", data)
        assert answer.headers["Location"] == path
        assert client.post(path).status_code == 303
        assert cohort_a.memberships.filter(user__email="new@example.com").exists()

    def test_over(self, ada: Client, client: Client, code: Invitation, cohort_a: Cohort) -> None:
        browser_of(make_user()).post(f"/join/{code.code}/")
        for each in (ada, client):
            for answer in (each.get(f"/join/{code.code}/"), each.post(f"/join/{code.code}/")):
                assert answer.status_code == 410
                assert "as many people" in answer.content.decode()
                assert "Cohort A" not in answer.content.decode()

    def test_typed(self, ada: Client, code: Invitation) -> None:
        answer = ada.get("/join/", {"code": f" {invitations.written(code.code).upper()} "})
        assert answer.headers["Location"] == f"/join/{invitations.written(code.code)}/"
        assert "no code" in html_of(ada, "/join/?code=%C3%A9")
        html_of(ada, "/join/zzzzz-zzzzz/", 404)

    def test_one_does_not_guess(self, ada: Client, code: Invitation) -> None:
        for number in range(guesses.MOST):
            assert ada.get(f"/join/zzzz{number}/").status_code == 404
        for answer in (ada.get("/join/zzzzz/"), ada.post("/join/zzzzz/"), ada.get(f"/join/{code.code}/")):
            assert answer.status_code == 429
            assert "Wait ten minutes" in answer.content.decode()
        caches["process"].clear()
        assert ada.get(f"/join/{code.code}/").status_code == 200

    def test_by_the_link_in_a_message(self, ada: Client, mentor_a: User, cohort_a: Cohort) -> None:
        invite(cohort_a, mentor_a, "new@example.com")
        path = re.findall(r"/invited/[\w-]+/", Mail.objects.get().text)[0]
        assert "Join this cohort" in html_of(ada, path)
        assert ada.post(path).status_code == 303
        assert browser_of(make_user()).get(path).status_code == 410

    def test_who_mentors_lands_among_the_people(
        self, ada: Client, mentor_a: User, cohort_a: Cohort, people_page: str
    ) -> None:
        code = invitations.make_code(cohort=cohort_a, by=mentor_a, role="mentor", operation=uuid4())
        assert "Mentor this cohort" in html_of(ada, f"/join/{code.code}/")
        assert ada.post(f"/join/{code.code}/").headers["Location"] == people_page


class TestLeave:
    def test_progress_is_kept_and_the_page_says_so(self, learner_a: User, mentor_a: User, cohort_a: Cohort) -> None:
        answer = browser_of(learner_a).post(f"/cohorts/{cohort_a.slug}/leave/", follow=True)
        assert "All your progress is kept" in answer.content.decode()
        assert browser_of(mentor_a).get(f"/cohorts/{cohort_a.slug}/learners/{learner_a.pk}/").status_code == 404

    def test_twice(self, learner_a: User, cohort_a: Cohort) -> None:
        client = browser_of(learner_a)
        assert [client.post(f"/cohorts/{cohort_a.slug}/leave/").status_code for _ in range(2)] == [303, 409]

    def test_from_an_archived_one(self, learner_a: User, cohort_a: Cohort) -> None:
        cohorts.archive(cohort=cohort_a)
        assert browser_of(learner_a).post(f"/cohorts/{cohort_a.slug}/leave/").status_code == 303

    def test_the_only_mentor(self, mira: Client, cohort_a: Cohort) -> None:
        assert mira.post(f"/cohorts/{cohort_a.slug}/leave/").status_code == 409


def test_roadmaps_that_are_retired_are_not_offered(mira: Client, cohort_a: Cohort) -> None:
    make_roadmap("Old", slug="old")
    Roadmap.objects.update(retired_at=timezone.now())
    assert "Old" not in html_of(mira, f"/cohorts/{cohort_a.slug}/settings/").split('id="roadmaps"')[1]
