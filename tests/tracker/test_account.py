"""One's own account: each form and its refusals, devices, links, who sees one, and the second step of signing in."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import LazySettings
from django.contrib.auth.hashers import make_password
from django.core import mail as outbox
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from tests.factories import join, make_cohort, make_user
from tests.tracker.conftest import PASSWORD, browser_of
from tracker import audit, feeds, mail, own_calendar
from tracker.account_page import name_of
from tracker.models import AuditEntry, Cohort, FeedLink, Mail, Session, SignInLink, User
from tracker.profiles import Chosen, save_profile
from tracker.second_factor import why_no_passkeys
from tracker.security_mail import SAID, tell
from tracker.sign_in import create_link
from tracker.targets import feed_token
from tracker.views.account import FORMS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]
HERE = "/account/"


def text_of(client: Client, place: str = HERE) -> str:
    return re.sub(r"\s+", " ", client.get(place).content.decode())


class TestAccount:
    def test_it_works(self, ada: Client, learner: User) -> None:
        page = text_of(ada)
        assert learner.email in page
        for name in FORMS:
            assert f'action="{reverse(f"set_{name}")}#' in page
        assert page.count("<h1") == 1

    def test_no_secret_is_on_it(self, ada: Client, learner: User) -> None:
        create_link(user=learner)
        browser_of(learner)
        page = text_of(ada)
        assert Session.objects.filter(user=learner).count() == 2
        assert not any(session.session_key in page for session in Session.objects.all())

    def test_no_more_queries_for_more_rows(self, ada: Client, learner: User) -> None:
        counts = []
        for number in (1, 12):
            for _ in range(number):
                join(learner, cohort := make_cohort())
                join(make_user("Mira"), cohort, "mentor")
                join(learner, own := make_cohort(), "mentor")
                feeds.say_fetched(user=learner, cohort=own)
                browser_of(learner)
                create_link(user=learner)
                Authenticator.objects.create(user=learner, type="webauthn", data={"name": "Key", "credential": {}})
            with CaptureQueriesContext(connection) as queries:
                assert ada.get(HERE).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 12, counts


class TestSetting:
    @pytest.mark.parametrize(
        ("name", "sent", "stored"),
        [
            ("name", "  Augusta Ada  ", "Augusta Ada"),
            ("name", "أدا لوفلايس", "أدا لوفلايس"),
            ("name", "", ""),
            ("language", "es", "es"),
            ("language", "", ""),
            ("theme", "dark", "dark"),
            ("theme", "", ""),
            ("time_zone", "asia/kathmandu", "Asia/Kathmandu"),
            ("time_zone", "", ""),
            ("week_hours", "100", 100),
            ("week_hours", "", None),
        ],
    )
    def test_it_works(self, ada: Client, learner: User, name: str, sent: str, stored: Any) -> None:
        before = User.objects.filter(pk=learner.pk).values().get()
        answer = ada.post(reverse(f"set_{name}"), {name: sent})
        assert (answer.status_code, answer["Location"]) == (303, f"/account/#{name.replace('_', '-')}")
        assert User.objects.filter(pk=learner.pk).values().get() == before | {name: stored}
        assert ada.get(HERE).status_code == 200
        ada.post(reverse(f"set_{name}"), {name: sent})
        assert User.objects.filter(pk=learner.pk).values().get() == before | {name: stored}

    @pytest.mark.parametrize(
        ("name", "sent"),
        [
            ("name", "x" * 101),
            ("language", "tlh"),
            ("theme", "blue"),
            ("time_zone", "Mars/Olympus"),
            ("time_zone", "x" * 65),
            ("week_hours", "0"),
            ("week_hours", "101"),
            ("week_hours", "-5"),
            ("week_hours", "ten"),
            ("week_hours", "9" * 30),
        ],
    )
    def test_what_was_typed_stays_and_says_what_is_wrong(
        self, ada: Client, learner: User, name: str, sent: str
    ) -> None:
        before = User.objects.filter(pk=learner.pk).values().get()
        answer = ada.post(reverse(f"set_{name}"), {name: sent})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert f'id="id_{name}_error"' in page
        assert page.count(" autofocus") == 1
        if name in {"name", "time_zone", "week_hours"}:
            assert f'value="{sent}"' in page
        assert User.objects.filter(pk=learner.pk).values().get() == before

    def test_a_zone_that_is_none_is_named(self, ada: Client) -> None:
        page = ada.post(reverse("set_time_zone"), {"time_zone": "<b>Mars"}).content.decode()
        assert "There is no time zone called “&lt;b&gt;Mars”" in page

    def test_it_is_ones_own_alone(self, ada: Client, other: User) -> None:
        ada.post(reverse("set_name"), {"name": "Eve", "user": other.pk, "role": "owner"})
        other.refresh_from_db()
        assert other.name == "Bob"
        assert User.objects.get(name="Eve").role == "learner"

    def test_the_theme_is_on_the_page_before_any_script(self, ada: Client, client: Client, learner: User) -> None:
        assert ada.post(reverse("set_theme"), {"theme": "dark"}, headers={"HX-Request": "true"}).status_code == 204
        for place in ("/roadmaps/", HERE):
            assert 'data-theme="dark" data-own-theme="/account/theme/"' in text_of(ada, place)
        assert 'data-theme=""' in text_of(client, "/roadmaps/")
        assert "data-own-theme" not in text_of(client, "/roadmaps/")

    def test_a_page_that_is_kept_has_the_theme_of_its_reader(self, ada: Client, other: User, path: Any) -> None:
        ada.post(reverse("set_theme"), {"theme": "dark"})
        bob = browser_of(other)
        for client, theme in ((ada, "dark"), (bob, ""), (ada, "dark")):
            assert f'data-theme="{theme}"' in text_of(client, "/roadmaps/garden/")

    def test_saying_so_speaks_the_new_language(self, ada: Client) -> None:
        """As long as it is spoken at all: the message is made with the language that was chosen."""
        ada.post(reverse("set_language"), {"language": "es"})
        assert 'class="note success"' in text_of(ada)


class TestDevices:
    FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"

    def test_it_works(self, ada: Client, learner: User) -> None:
        there = Client(headers={"User-Agent": self.FIREFOX})
        there.post(reverse("sign_in_link", args=[create_link(user=learner)]))
        page = text_of(ada)
        assert "Firefox on Linux" in page
        assert page.count("this one") == 1
        (name,) = re.findall(r'name="device" value="(\w+)"', page)
        answer = ada.post(reverse("sign_out_device"), {"device": name})
        assert (answer.status_code, answer["Location"]) == (303, "/account/#devices")
        assert there.get(HERE).status_code == 302
        assert ada.get(HERE).status_code == 200
        entry = AuditEntry.objects.get()
        assert (entry.verb, entry.by, entry.detail) == ("end_sessions", learner.pk, {"devices": 1})
        assert entry.verb in audit.VERBS
        assert ada.post(reverse("sign_out_device"), {"device": name}).status_code == 303
        assert AuditEntry.objects.count() == 1

    def test_the_one_that_asks_is_refused(self, ada: Client) -> None:
        here = name_of(str(ada.session.session_key))
        answer = ada.post(reverse("sign_out_device"), {"device": here})
        assert answer.status_code == 409
        assert "browser you are using" in answer.content.decode()
        assert ada.get(HERE).status_code == 200

    def test_somebody_elses_is_nobodys(self, ada: Client, other: User) -> None:
        bob = browser_of(other)
        ada.post(reverse("sign_out_device"), {"device": name_of(str(bob.session.session_key))})
        assert bob.get(HERE).status_code == 200

    @pytest.mark.parametrize("sent", [{}, {"device": "x"}, {"device": "0" * 19 + "Z"}])
    def test_no_name(self, ada: Client, sent: dict[str, str]) -> None:
        assert ada.post(reverse("sign_out_device"), sent).status_code == 422

    def test_all_others(self, ada: Client, learner: User, other: User) -> None:
        elsewhere, bob = [browser_of(learner) for _ in range(2)], browser_of(other)
        ada.post(reverse("sign_out_others"))
        assert "You are signed out on 2 other devices." in text_of(ada)
        assert [client.get(HERE).status_code for client in (*elsewhere, bob, ada)] == [302, 302, 200, 200]
        ada.post(reverse("sign_out_others"))
        assert "You are signed in here alone." in text_of(ada)

    def test_those_that_a_new_password_ended_or_that_expired_are_not_listed(self, ada: Client, learner: User) -> None:
        browser_of(learner)
        expired = browser_of(learner)
        Session.objects.filter(pk=expired.session.session_key).update(expire_date=timezone.now() - timedelta(1))
        assert text_of(ada).count('name="device"') == 1
        learner.set_unusable_password()
        learner.save()
        assert text_of(browser_of(learner)).count('name="device"') == 0

    def test_one_from_before_this_was_kept(self, ada: Client, learner: User) -> None:
        browser_of(learner)
        Session.objects.exclude(pk=ada.session.session_key).update(seen_at=None, device="")
        assert "here last some time ago" in text_of(ada)


class TestFeeds:
    def feed(self, mentor: User, cohort: Cohort) -> str:
        return reverse("targets_feed", args=[feed_token(mentor, cohort)])

    def test_listed_once_fetched_and_ended(self, client: Client, cohort_a: Cohort, mentor_a: User) -> None:
        mira, address = browser_of(mentor_a), self.feed(mentor_a, cohort_a)
        assert client.head(address).status_code == 200
        assert "None is in use." in text_of(mira)
        assert client.get(address).status_code == 200
        assert "Calendar of <bdi>Cohort A</bdi>" in text_of(mira)
        answer = mira.post(reverse("end_feed", args=[cohort_a.slug]), {"number": 0})
        assert (answer.status_code, answer["Location"]) == (303, "/account/#links")
        assert client.get(address).status_code == 404
        assert "None is in use." in text_of(mira)
        assert client.get(self.feed(mentor_a, cohort_a)).status_code == 200
        assert "Calendar of <bdi>Cohort A</bdi>" in text_of(mira)
        assert AuditEntry.objects.get().verb == "end_feed"

    def test_a_second_click_ends_no_other(self, client: Client, cohort_a: Cohort, mentor_a: User) -> None:
        mira = browser_of(mentor_a)
        for _ in range(2):
            mira.post(reverse("end_feed", args=[cohort_a.slug]), {"number": 0, "back": "targets"})
        assert FeedLink.objects.get().number == 1
        page = text_of(mira, reverse("targets", args=[cohort_a.slug]))
        assert self.feed(mentor_a, cohort_a) in page
        assert 'name="number" value="1"' in page

    def test_fetched_again_within_the_hour_nothing_is_written(
        self, client: Client, cohort_a: Cohort, mentor_a: User
    ) -> None:
        address = self.feed(mentor_a, cohort_a)
        client.get(address)
        link = FeedLink.objects.get()
        client.get(address)
        assert FeedLink.objects.get().used_at == link.used_at
        FeedLink.objects.update(
            used_at=timezone.now() - timedelta(hours=2), first_used_at=timezone.now() - timedelta(days=2)
        )
        client.get(address)
        link.refresh_from_db()
        assert link.used_at is not None
        assert link.first_used_at is not None
        assert link.used_at - link.first_used_at > timedelta(days=1)

    def test_refused(self, ada: Client, cohort_a: Cohort, mentor_a: User, mentor_b: User) -> None:
        place = reverse("end_feed", args=[cohort_a.slug])
        for client in (ada, browser_of(mentor_b)):
            assert client.post(place, {"number": 0}).status_code == 404
        mira = browser_of(mentor_a)
        assert mira.post(reverse("end_feed", args=["none"]), {"number": 0}).status_code == 404
        for number in ("", "-1", "x", "9" * 20):
            assert mira.post(place, {"number": number}).status_code == 422
        assert not FeedLink.objects.exists()

    def test_no_longer_a_mentor(self, client: Client, cohort_a: Cohort, mentor_a: User) -> None:
        client.get(self.feed(mentor_a, cohort_a))
        cohort_a.memberships.filter(user=mentor_a).update(left_at=timezone.now())
        assert "None is in use." in text_of(browser_of(mentor_a))


class TestOwnAddresses:
    """What opens something of theirs to whoever has it is on the page, and is ended there."""

    def test_the_calendar(self, ada: Client, learner: User) -> None:
        assert "Your own calendar" not in text_of(ada)
        feed = own_calendar.make_feed(user=learner)
        page = text_of(ada)
        assert "Your own calendar" in page
        assert "None is in use." not in page
        assert feed.token not in page
        assert ada.post(reverse("end_own_feed")).status_code == 303
        assert "Your own calendar" not in text_of(ada)
        assert Client().get(reverse("own_feed", args=[feed.token])).status_code == 404

    def test_the_profile(self, ada: Client, learner: User) -> None:
        assert "Nobody but you" in text_of(ada)
        save_profile(user=learner, chosen=Chosen("ada-l", "Ada"), roadmaps=[])
        assert "off until you say so" in text_of(ada)
        save_profile(user=learner, chosen=Chosen("ada-l", "Ada", public=True), roadmaps=[])
        page = text_of(ada)
        assert 'Everybody can read <a class="text" href="/p/ada-l/">' in page
        assert "Nobody but you" not in page
        assert "on, for everybody to read" in page


class TestSignInLinks:
    def test_it_works(self, ada: Client, learner: User, other: User) -> None:
        token, theirs = create_link(user=learner), create_link(user=other)
        assert "1 link that signs you in" in text_of(ada)
        assert ada.post(reverse("end_sign_in_links")).status_code == 303
        assert Client().get(reverse("sign_in_link", args=[token])).status_code == 410
        assert Client().get(reverse("sign_in_link", args=[theirs])).status_code == 200
        assert SignInLink.objects.filter(used_at=None).count() == 1
        assert "sign you in" not in text_of(ada)


class TestSeen:
    def test_it_works(self, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        page = text_of(browser_of(learner_a))
        assert "Cohort A" in page
        assert "Mira" in page
        assert "They do not see your e-mail address" in page
        client = browser_of(learner_a)
        client.post(reverse("leave_cohort", args=[cohort_a.slug]))
        assert "Nobody but you" in text_of(client)

    def test_a_mentor_is_seen_by_nobody(self, cohort_a: Cohort, mentor_a: User) -> None:
        assert "Nobody but you" in text_of(browser_of(mentor_a))


class TestKeyboard:
    def test_it_works(self, client: Client, ada: Client, path: Any) -> None:
        for visitor in (client, ada):
            page = text_of(visitor, "/keyboard/")
            assert "On every page" in page
            assert "In the studio" in page
            assert 'href="/keyboard/"' in text_of(visitor, "/roadmaps/")
        dialog = text_of(client, "/roadmaps/garden/").partition('id="help"')[2]
        assert dialog.index("On a roadmap") < dialog.index("On every page")
        assert "On a roadmap" not in text_of(client, "/roadmaps/").partition('id="help"')[2]


NOBODY = """{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "AAAA",
"authenticatorData": "AAAA", "signature": "AAAA", "userHandle": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"}}"""


def code_of(secret: str) -> str:
    code: str = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    return code


@cache
def hashed() -> str:
    """Hashing is slow on purpose; once will do."""
    return make_password(PASSWORD)


@pytest.fixture
def known(learner: User) -> Client:
    """Ada's browser, a moment after she typed her password."""
    User.objects.filter(pk=learner.pk).update(password=hashed())
    learner.refresh_from_db()
    EmailAddress.objects.create(user=learner, email=learner.email, verified=True, primary=True)
    client = browser_of(learner)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(learner.pk)
    session.save()
    return client


class TestSecondFactor:
    ADD = "/accounts/2fa/totp/activate/"

    def add(self, client: Client) -> str:
        page = client.get(self.ADD)
        secret = str(page.context["form"].secret)
        assert '<svg class="qr"' in page.content.decode()
        assert secret in page.content.decode()
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = client.post(self.ADD, {"code": code_of(secret)})
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/recovery-codes/")
        return secret

    def test_added_asked_for_and_removed(self, known: Client, learner: User) -> None:
        secret = self.add(known)
        page = known.get("/accounts/2fa/recovery-codes/")
        codes = page.context["unused_codes"]
        assert len(codes) == 10
        assert all(code in page.content.decode() for code in codes)
        assert "10 codes left" in text_of(known)
        assert {entry.detail["kind"] for entry in AuditEntry.objects.filter(verb="add_factor")} == {
            "authenticator app",
            "recovery codes",
        }
        client = Client()
        answer = client.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
        assert answer["Location"] == "/accounts/2fa/authenticate/"
        assert client.get(HERE).status_code == 302, "the password alone lets nobody in"
        step = "/accounts/2fa/authenticate/"
        assert "Second step" in text_of(client, step)
        assert "That did not fit" in client.post(step, {"code": "000000"}).content.decode()
        assert client.post(step, {"code": codes[0]}).status_code == 302
        assert "9 codes left" in text_of(client)
        again = Client()
        again.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
        again.post(step, {"code": codes[0]})
        assert again.get(HERE).status_code == 302, "a recovery code is good once"
        with TestCase.captureOnCommitCallbacks(execute=True):
            known.post("/accounts/2fa/recovery-codes/generate/")
        known.post("/accounts/2fa/totp/deactivate/")
        assert not Authenticator.objects.exists()
        told = [str(SAID[what]) for what in ("totp_activated", "recovery_codes_generated", "totp_deactivated")]
        assert list(Mail.objects.order_by("pk").values_list("subject", flat=True)) == told
        texts = "\n".join(Mail.objects.values_list("text", flat=True))
        assert not any(told in texts for told in (secret, *codes))
        assert AuditEntry.objects.filter(verb="remove_factor").count() == 2
        assert secret not in str(list(AuditEntry.objects.values()))

    def test_no_secret_lies_in_the_clear_and_keys_may_change(
        self, known: Client, learner: User, settings: LazySettings
    ) -> None:
        secret = self.add(known)
        stored = Authenticator.objects.get(type="totp")
        assert secret not in str(stored.data)
        assert get_adapter().decrypt(stored.data["secret"]) == secret
        former = settings.SECRET_KEY
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 8, [former]
        assert get_adapter().decrypt(stored.data["secret"]) == secret
        settings.SECRET_KEY_FALLBACKS = []
        lost = get_adapter().decrypt(stored.data["secret"])
        assert lost != secret
        assert lost != get_adapter().decrypt(stored.data["secret"]), "a secret of chance each time"
        assert not stored.wrap().validate_code(code_of(secret))

    def test_one_is_asked_again_who_one_is(self, ada: Client, known: Client) -> None:
        session = known.session
        session["account_authentication_methods"] = []
        session.save()
        for place in (self.ADD, "/accounts/2fa/webauthn/add/", "/accounts/2fa/recovery-codes/generate/"):
            assert known.get(place)["Location"].startswith("/accounts/reauthenticate/?next=")

    def test_not_before_the_address_is_confirmed(self, known: Client) -> None:
        EmailAddress.objects.update(verified=False)
        page = text_of(known)
        assert "Confirm your e-mail address first" in page
        assert self.ADD not in page
        for place in (self.ADD, "/accounts/2fa/webauthn/add/"):
            assert known.get(place)["Location"] == "/accounts/2fa/"
        assert "Confirm your e-mail address first" in text_of(known, "/accounts/2fa/")

    def test_what_is_no_answer_of_a_device(self, client: Client, known: Client) -> None:
        known.get("/accounts/2fa/webauthn/add/")
        for sent in (
            "", "x", "{}", "[]", "7", "null", '{"id": 1}', '{"id": "AAAA"}', '{"response": {"userHandle": "AAAA"}}',
            '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": []}', NOBODY,
            "[" * 40_000, "[" * 60_000, '"' + "x" * 60_000 + '"',
        ):  # fmt: skip
            answer = client.post("/accounts/2fa/webauthn/login/", {"credential": sent})
            assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/"), sent[:99]
            assert known.post("/accounts/2fa/webauthn/add/", {"credential": sent}).status_code == 200, sent[:99]
        assert client.get(HERE).status_code == 302
        assert not Authenticator.objects.exists()

    def test_a_passkey_of_somebody_else_does_not_exist(self, known: Client, other: User) -> None:
        key = Authenticator.objects.create(user=other, type="webauthn", data={"name": "Key", "credential": {}})
        for act in ("edit", "remove"):
            assert known.post(f"/accounts/2fa/webauthn/keys/{key.pk}/{act}/", {"name": "x"}).status_code == 404

    def test_the_password_is_asked_for_and_leads_on(self, known: Client) -> None:
        session = known.session
        session["account_authentication_methods"] = []
        session.save()
        place = str(known.get(self.ADD)["Location"])
        assert "Is it you?" in text_of(known, place)
        sent = {"password": PASSWORD, "next": self.ADD}
        assert known.post("/accounts/reauthenticate/", sent)["Location"] == self.ADD

    @pytest.mark.parametrize("place", ["", "webauthn/", "webauthn/add/", "totp/activate/"])
    def test_pages(self, known: Client, place: str) -> None:
        answer = known.get(f"/accounts/2fa/{place}", headers={"Host": "localhost"})
        html = answer.content.decode()
        assert answer.status_code == 200
        assert html.count("<h1") == 1
        scripts = re.findall(r"<script\b[^>]*>", html)
        assert all("src=" in script or 'type="application/json"' in script for script in scripts)


class TestSecurityMail:
    def sent(self) -> list[tuple[str, str]]:
        """(to, text) of what goes out now."""
        outbox.outbox.clear()
        mail.send_due()
        return sorted((message.to[0], f"{message.subject}\n{message.body}") for message in outbox.outbox)

    def test_the_password(self, known: Client, learner: User) -> None:
        User.objects.filter(pk=learner.pk).update(language="es", time_zone="Asia/Tokyo")
        new = "another long and winding road"
        sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        agent = {"User-Agent": TestDevices.FIREFOX}
        assert known.post("/accounts/password/change/", sent | {"password2": "x"}, headers=agent).status_code == 200
        assert self.sent() == []
        assert known.post("/accounts/password/change/", sent, headers=agent).status_code == 302
        ((to, text),) = self.sent()
        assert to == learner.email
        with translation.override("es"):
            assert text.startswith(str(SAID["password_changed"]))
            today = date_format(timezone.localtime(timezone.now(), ZoneInfo("Asia/Tokyo")), "SHORT_DATE_FORMAT")
        assert today in text
        assert "Asia/Tokyo)" in text
        assert "Firefox" in text
        assert "/accounts/password/reset/" in text
        assert new not in text
        assert "List-Unsubscribe" not in outbox.outbox[0].extra_headers
        assert self.sent() == [], "once"

    def test_set_anew_by_a_link_and_set_for_the_first_time(self, known: Client, learner: User) -> None:
        key = f"{user_pk_to_url_str(learner)}-{default_token_generator.make_token(learner)}"
        link = f"/accounts/password/reset/key/{key}/"
        client, new = Client(), {"password1": "yet another long road", "password2": "yet another long road"}
        assert client.post(str(client.get(link)["Location"]), new).status_code == 302
        ((to, text),) = self.sent()
        assert (to, text.splitlines()[0]) == (learner.email, str(SAID["password_reset"]))
        learner.set_unusable_password()
        learner.save()
        assert browser_of(learner).post("/accounts/password/set/", new).status_code == 302
        assert [text.splitlines()[0] for _, text in self.sent()] == [str(SAID["password_set"])]

    def test_addresses(self, known: Client, learner: User) -> None:
        place, old, new = "/accounts/email/", learner.email, "ada@new.example"
        known.post(place, {"action_add": "", "email": new})
        first, confirm = self.sent()[0], [message for message in outbox.outbox if message.to == [new]]
        assert (first[0], str(SAID["email_added"]) in first[1], f"Address: {new}" in first[1]) == (old, True, True)
        assert len(confirm) <= 1, "what asks to confirm it is no message of ours"
        EmailAddress.objects.filter(email=new).update(verified=True)
        known.post(place, {"action_primary": "", "email": new})
        sent = self.sent()
        assert [to for to, _ in sent] == [old, new]
        assert all(str(SAID["email_changed"]) in text and f"Address: {new}" in text for _, text in sent)
        known.post(place, {"action_remove": "", "email": old})
        sent = self.sent()
        assert [to for to, _ in sent] == [old, new]
        assert all(str(SAID["email_removed"]) in text for _, text in sent)
        known.post(place, {"action_add": "", "email": "typo@new.example"})
        self.sent()
        known.post(place, {"action_remove": "", "email": "typo@new.example"})
        assert [to for to, _ in self.sent()] == [new], "an address that was never confirmed may be a stranger's"
        known.post(place, {"action_primary": "", "email": "nobody@new.example"})
        assert self.sent() == []

    def test_it_goes_to_the_address_of_that_moment(self, learner: User) -> None:
        tell(user=learner, what="password_changed")
        User.objects.filter(pk=learner.pk).update(email="thief@example.net")
        assert [to for to, _ in self.sent()] == [learner.email]

    def test_a_passkey_is_removed(self, known: Client, learner: User) -> None:
        key = Authenticator.objects.create(user=learner, type="webauthn", data={"name": "Key", "credential": {}})
        known.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
        assert Mail.objects.get().subject == str(SAID["webauthn_removed"])


class TestWhyNoPasskeys:
    @pytest.mark.parametrize(
        ("host", "secure", "works"),
        [
            ("localhost:8000", False, True),
            ("notes.localhost", False, True),
            ("notes.example", True, True),
            ("notes.example", False, False),
            ("127.0.0.1:8000", False, False),
            ("127.0.0.1", True, False),
            ("[::1]:8000", True, False),
        ],
    )
    def test_it_works(self, settings: LazySettings, host: str, secure: bool, works: bool) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        request: HttpRequest = RequestFactory().get("/", secure=secure, headers={"Host": host})
        assert (why_no_passkeys(request) == "") is works
