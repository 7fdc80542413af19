"""Session and user in one query: whom a request belongs to, compared with Django's own middleware case by case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login, logout, update_session_auth_hash
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from tests.factories import make_user
from tracker.models import Session, User
from tracker.sessions import SessionStore, SessionUserMiddleware

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Act = Callable[[HttpRequest], Any]


def visit(cookie: str | None, act: Act = lambda request: request.user.pk, *, stock: bool = False) -> tuple[Any, str]:
    """What `act` sees of a request with this session cookie, and the cookie after it ('' when it was taken away)."""
    seen: list[Any] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(act(request))
        return HttpResponse()

    identify = (AuthenticationMiddleware if stock else SessionUserMiddleware)(view)
    request = RequestFactory().get("/")
    name = django_settings.SESSION_COOKIE_NAME
    if cookie is not None:
        request.COOKIES[name] = cookie
    response = SessionMiddleware(identify)(request)
    assert isinstance(response, HttpResponse)
    given = response.cookies.get(name)
    return seen[0], given.value if given else (cookie or "")


def sign_in(user: User, cookie: str | None = None) -> str:
    return visit(cookie, lambda request: login(request, user, backend=BACKEND))[1]


def both(cookie: str | None) -> Any:
    """The user's key as we see it, which must be as Django sees it. Django goes second: it may end the session."""
    ours = visit(cookie)[0]
    assert ours == visit(cookie, stock=True)[0]
    return ours


class TestWhoItIs:
    def test_it_works(self, learner: User) -> None:
        assert both(sign_in(learner)) == learner.pk

    def test_the_same_user_row_as_the_orm_reads(self, learner: User) -> None:
        cookie = sign_in(learner)

        def columns(request: HttpRequest) -> dict[str, Any]:
            return {field.attname: getattr(request.user, field.attname) for field in User._meta.concrete_fields}

        read = User.objects.get(pk=learner.pk)
        assert visit(cookie, columns)[0] == {f.attname: getattr(read, f.attname) for f in User._meta.concrete_fields}

    @pytest.mark.parametrize("cookie", [None, "", "x" * 32, "a", "' OR 1=1 --", "x" * 5000])
    @pytest.mark.django_db
    def test_a_stranger(self, cookie: str | None) -> None:
        assert both(cookie) is None

    def test_a_session_without_a_user(self, db: None) -> None:
        _, cookie = visit(None, lambda request: request.session.update({"seen": 1}))
        assert both(cookie) is None
        assert visit(cookie, lambda request: request.session["seen"])[0] == 1

    def test_an_expired_session(self, learner: User) -> None:
        cookie = sign_in(learner)
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        assert both(cookie) is None

    def test_a_disabled_account_at_once(self, learner: User) -> None:
        cookie = sign_in(learner)
        User.objects.filter(pk=learner.pk).update(is_active=False)
        assert both(cookie) is None

    def test_a_deleted_account(self, learner: User) -> None:
        cookie = sign_in(learner)
        learner.delete()
        assert both(cookie) is None
        assert not Session.objects.filter(user=learner.pk).exists()

    def test_a_changed_password_ends_the_other_sessions(self, learner: User) -> None:
        here, elsewhere = sign_in(learner), sign_in(learner)

        def change(request: HttpRequest) -> None:
            assert request.user == learner
            learner.set_password("another long enough password")
            learner.save()
            update_session_auth_hash(request, learner)

        _, still = visit(here, change)
        assert both(still) == learner.pk
        assert both(elsewhere) is None
        assert here != still
        assert both(here) is None

    def test_a_session_that_names_no_hash(self, learner: User) -> None:
        cookie = sign_in(learner)
        store = SessionStore(cookie)
        del store[HASH_SESSION_KEY]
        store.save()
        assert both(cookie) is None

    def test_a_backend_that_is_no_longer_in_use(self, learner: User, settings: Settings) -> None:
        cookie = sign_in(learner)
        settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
        assert both(cookie) is None

    def test_a_rotated_secret_key(self, learner: User, settings: Settings) -> None:
        cookie = sign_in(learner)
        old, settings.SECRET_KEY = settings.SECRET_KEY, "a new key " * 5
        settings.SECRET_KEY_FALLBACKS = [old]
        seen, cookie = visit(cookie)
        assert seen == learner.pk
        assert both(cookie) == learner.pk

    def test_a_secret_key_that_was_thrown_away(self, learner: User, settings: Settings) -> None:
        cookie = sign_in(learner)
        settings.SECRET_KEY = "a new key " * 5
        assert both(cookie) is None

    def test_data_that_somebody_wrote_into_the_table(self, learner: User) -> None:
        cookie = sign_in(learner)
        Session.objects.update(session_data="eyJfYXV0aF91c2VyX2lkIjoiMSJ9:1:forged")
        assert both(cookie) is None

    @pytest.mark.parametrize("column", ["none", "another"])
    def test_the_signed_data_decides_not_the_column(self, learner: User, owner: User, column: str) -> None:
        cookie = sign_in(learner)
        Session.objects.update(user=owner if column == "another" else None)
        assert both(cookie) == learner.pk


class TestSigningInAndOut:
    def test_signing_in_changes_the_key_and_names_the_user(self, learner: User) -> None:
        _, before = visit(None, lambda request: request.session.update({"waiting": "a check-off"}))
        after = sign_in(learner, before)
        assert after != before
        assert not Session.objects.filter(pk=before).exists()
        assert Session.objects.get(pk=after).user == learner
        assert visit(after, lambda request: request.session["waiting"])[0] == "a check-off", "what was begun goes along"

    def test_another_person_finds_nothing_of_the_one_before(self, learner: User, owner: User) -> None:
        cookie = sign_in(learner)
        visit(cookie, lambda request: request.session.update({"private": 1}))
        cookie = sign_in(owner, cookie)
        assert both(cookie) == owner.pk
        assert visit(cookie, lambda request: request.session.get("private"))[0] is None
        assert not Session.objects.filter(user=learner).exists()

    def test_signing_out_ends_the_session_in_the_database(self, learner: User) -> None:
        cookie = sign_in(learner)
        _, after = visit(cookie, logout)
        assert after == ""
        assert both(cookie) is None
        assert not Session.objects.exists()

    def test_all_sessions_of_a_user_are_found(self, learner: User, owner: User) -> None:
        cookies = {sign_in(learner), sign_in(learner)}
        sign_in(owner)
        assert set(learner.sessions.values_list("pk", flat=True)) == cookies


class TestQueries:
    def test_session_and_user_are_one_query_and_no_write(self, learner: User) -> None:
        cookie = sign_in(learner)

        def look(request: HttpRequest) -> tuple[str, bool, str]:
            return str(request.user), request.user.is_active, request.session[SESSION_KEY]

        with CaptureQueriesContext(connection) as queries:
            visit(cookie, look)
        assert len(queries) == 1
        assert queries.captured_queries[0]["sql"].startswith("SELECT")

    @pytest.mark.django_db
    def test_none_without_a_cookie(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            assert visit(None, lambda request: request.user.is_authenticated)[0] is False
        assert len(queries) == 0

    def test_none_when_nobody_asks(self, learner: User) -> None:
        cookie = sign_in(learner)
        with CaptureQueriesContext(connection) as queries:
            visit(cookie, lambda request: None)
        assert len(queries) == 0

    def test_one_for_a_forged_cookie_and_it_makes_no_session(self, learner: User) -> None:
        with CaptureQueriesContext(connection) as queries:
            visit("forged0forged0forged0forged0forg")
        assert len(queries) == 1
        assert not Session.objects.exists()

    def test_the_same_with_many_sessions_and_users(self, learner: User) -> None:
        cookie = sign_in(learner)
        for _ in range(20):
            sign_in(make_user())
        with CaptureQueriesContext(connection) as queries:
            assert visit(cookie)[0] == learner.pk
        assert len(queries) == 1


class TestSeen:
    """When a session was last used, and on what: roughly, and hardly ever at the price of a query."""

    def look(self, cookie: str, agent: str = "") -> tuple[int, Session]:
        """How many queries a request asks, and the session after it."""
        request = RequestFactory().get("/", headers={"User-Agent": agent} if agent else {})
        request.COOKIES[django_settings.SESSION_COOKIE_NAME] = cookie

        def view(request: HttpRequest) -> HttpResponse:
            assert request.user.pk
            return HttpResponse()

        with CaptureQueriesContext(connection) as queries:
            SessionMiddleware(SessionUserMiddleware(view))(request)
        return len(queries), Session.objects.get(pk=cookie)

    def test_signing_in_says_when_and_saving_keeps_the_device(self, learner: User) -> None:
        cookie = sign_in(learner)
        session = Session.objects.get(pk=cookie)
        assert session.seen_at is not None
        assert abs(timezone.now() - session.seen_at) < timedelta(minutes=1)
        Session.objects.update(device="Firefox/Linux")
        visit(cookie, lambda request: request.session.update({"n": 1}))
        assert Session.objects.get(pk=cookie).device == "Firefox/Linux"

    def test_nothing_is_written_within_the_hour(self, learner: User) -> None:
        cookie = sign_in(learner)
        Session.objects.update(seen_at=timezone.now() - timedelta(minutes=59))
        assert self.look(cookie)[0] == 1

    @pytest.mark.parametrize("ago", [timedelta(minutes=61), None])
    def test_one_update_after_it(self, learner: User, ago: timedelta | None) -> None:
        cookie = sign_in(learner)
        Session.objects.update(seen_at=timezone.now() - ago if ago else None)
        count, session = self.look(cookie, "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0")
        assert count == 2
        assert session.device == "Firefox/Linux"
        assert session.seen_at is not None
        assert abs(timezone.now() - session.seen_at) < timedelta(minutes=1)
        assert self.look(cookie)[0] == 1
        assert both(cookie) == learner.pk
