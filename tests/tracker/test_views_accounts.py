"""Accounts: allauth's pages in our frame, the one-time link, and what waits for an account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests.tracker.conftest import PASSWORD
from tracker.models import SignInLink, User
from tracker.sign_in import create_link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]

OPEN = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/password/reset/key/1-unknown/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/unknown/",
]
SIGNED_IN = [
    "/accounts/email/",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/password/reset/",
]


class TestFrame:
    @pytest.mark.parametrize("address", OPEN)
    def test_open_pages(self, client: Client, address: str) -> None:
        self.looks_right(client, address)

    @pytest.mark.parametrize("address", SIGNED_IN)
    def test_pages_of_an_account(self, ada: Client, learner: User, address: str) -> None:
        learner.set_password(PASSWORD)
        learner.save()
        ada.force_login(learner, backend="allauth.account.auth_backends.AuthenticationBackend")
        self.looks_right(ada, address)

    @staticmethod
    def looks_right(client: Client, address: str) -> None:
        response = client.get(address)
        html = response.content.decode()
        assert response.status_code == 200
        assert '<header class="bar">' in html
        assert html.count("<h1") == 1
        assert '<main class="page slim plain" id="main"' in html
        for button in re.findall(r"<main.*</main>", html, re.S)[0].split("<button")[1:]:
            assert re.match(r'[^>]*class="act', button), button[:80]


class TestSignUpAndIn:
    def test_up_out_and_in(self, client: Client) -> None:
        up = client.post("/accounts/signup/", {"email": "New@Example.org", "password1": PASSWORD})
        assert (up.status_code, up["Location"]) == (302, "/")
        user = User.objects.get()
        assert (user.email, user.role) == ("new@example.org", User.Role.LEARNER)
        assert "new@example.org" in client.get("/roadmaps/").content.decode()
        out = client.post("/accounts/logout/")
        assert out.status_code == 302
        assert "Sign in" in client.get("/roadmaps/").content.decode()
        again = client.post("/accounts/login/", {"login": "new@example.org", "password": PASSWORD})
        assert again.status_code == 302
        assert "Sign out" in client.get("/roadmaps/").content.decode()

    def test_signing_out_needs_a_post(self, ada: Client) -> None:
        assert "Sign out?" in ada.get("/accounts/logout/").content.decode()
        assert "Sign out" in ada.get("/roadmaps/").content.decode()

    def test_a_wrong_password_says_so_beside_the_form(self, client: Client, learner: User) -> None:
        html = client.post("/accounts/login/", {"login": learner.email, "password": "wrong"}).content.decode()
        assert 'class="note error" role="alert"' in html
        assert "wrong" not in html

    def test_a_weak_password_is_refused(self, client: Client) -> None:
        html = client.post("/accounts/signup/", {"email": "new@example.org", "password1": "short"}).content.decode()
        assert 'aria-invalid="true"' in html
        assert 'class="errors"' in html
        assert not User.objects.exists()

    def test_next_stays_here(self, client: Client, learner: User) -> None:
        learner.set_password(PASSWORD)
        learner.save()
        fields = {"login": learner.email, "password": PASSWORD, "next": "//evil.example/"}
        assert client.post("/accounts/login/", fields)["Location"] == "/"

    def test_a_forgotten_password(self, client: Client, learner: User) -> None:
        client.post("/accounts/password/reset/", {"email": learner.email})
        link = re.search(r"/accounts/password/reset/key/\S+", str(mail.outbox[0].body))
        assert link
        page = client.get(link[0], follow=True)
        assert "Change Password" in page.content.decode()
        new = "an even longer and windier road"
        done = client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
        assert done.status_code == 302
        learner.refresh_from_db()
        assert learner.check_password(new)


class TestSignInLink:
    def test_get_uses_nothing_up_and_post_signs_in_once(self, client: Client, learner: User) -> None:
        address = f"/sign-in/{create_link(user=learner)}/"
        for _ in range(2):
            assert client.get(address).status_code == 200
        response = client.post(address)
        assert (response.status_code, response["Location"]) == (302, "/")
        assert learner.email in client.get("/roadmaps/").content.decode()
        again = Client().post(address)
        assert again.status_code == 410
        assert "no longer works" in again.content.decode()
        assert Client().get(address).status_code == 410

    def test_the_session_id_changes(self, client: Client, learner: User) -> None:
        session = client.session
        session["before"] = "kept"
        session.save()
        client.cookies["pathnotes-session"] = str(session.session_key)
        client.post(f"/sign-in/{create_link(user=learner)}/")
        assert client.session.session_key != session.session_key

    def test_unknown_expired_and_inactive(self, client: Client, learner: User) -> None:
        assert client.get("/sign-in/nothing/").status_code == 410
        assert client.post("/sign-in/nothing/").status_code == 410
        address = f"/sign-in/{create_link(user=learner)}/"
        SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert client.post(address).status_code == 410
        address = f"/sign-in/{create_link(user=learner)}/"
        User.objects.update(is_active=False)
        assert client.post(address).status_code == 410
        assert "Sign out" not in client.get("/roadmaps/").content.decode()

    def test_without_a_csrf_token(self, learner: User) -> None:
        address = f"/sign-in/{create_link(user=learner)}/"
        assert Client(enforce_csrf_checks=True).post(address).status_code == 403
        assert SignInLink.objects.get().used_at is None

    def test_other_methods(self, client: Client) -> None:
        assert client.put("/sign-in/nothing/").status_code == 405


class TestHealth:
    def test_answers_without_a_session(self, client: Client, django_assert_num_queries: object) -> None:
        with django_assert_num_queries(1):  # type: ignore[operator]
            response = client.get("/health/")
        assert (response.status_code, response.json()) == (200, {"status": "ok"})
        assert not response.cookies
        assert client.head("/health/").status_code == 200
        assert client.post("/health/").status_code == 405
