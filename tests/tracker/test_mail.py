"""Messages: queued once, sent once whatever dies in between, and switched off by whoever gets them."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories import join
from tests.tracker.conftest import browser_of
from tracker import mail
from tracker.models import Cohort, Mail, MailChoice, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]

BREAKS: list[Exception] = []
"""What the mail server does with the next messages."""
DELIVERED: list[Any] = []


class Server(BaseEmailBackend):
    """A mail server that breaks as told."""

    refuses_connections = False

    def open(self) -> bool:
        if Server.refuses_connections:
            raise ConnectionRefusedError(111, "Connection refused")
        return True

    def close(self) -> None:
        return

    def send_messages(self, messages: Any) -> int:
        DELIVERED.extend(messages)
        if BREAKS:
            raise BREAKS.pop(0)
        return len(messages)


@pytest.fixture
def server(settings: Any) -> Iterator[type[Server]]:
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    yield Server
    Server.refuses_connections = False
    BREAKS.clear()
    DELIVERED.clear()


def nudge(to: User, key: str = "nudge:1", **fields: Any) -> None:
    mail.queue(key=key, kind="nudge", subject="How is it going?", text="Shall we talk on Friday?", to=to, **fields)


class TestQueue:
    def test_it_works(self, learner: User) -> None:
        nudge(learner)
        assert mail.send_due().sent == 1
        (sent,) = outbox.outbox
        assert sent.to == [learner.email]
        assert sent.subject == "How is it going?"
        assert sent.body.startswith("Shall we talk on Friday?")
        kept = Mail.objects.get()
        assert kept.sent_at is not None
        assert kept.text == "", "what was sent may hold a link that lets somebody in"

    def test_to_somebody_without_an_account(self) -> None:
        mail.queue(key="invite:1", kind="invite", subject="Come in", text="…", address="new@example.org")
        mail.send_due()
        assert outbox.outbox[0].to == ["new@example.org"]
        assert "List-Unsubscribe" not in outbox.outbox[0].extra_headers

    def test_the_same_key_is_one_message_for_ever(self, learner: User) -> None:
        for _ in range(3):
            nudge(learner)
            mail.send_due()
        assert len(outbox.outbox) == 1

    def test_one_query(self, learner: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(1):
            nudge(learner)

    def test_not_before_it_is_due(self, learner: User) -> None:
        nudge(learner, due_at=timezone.now() + timedelta(minutes=1))
        assert mail.send_due() == mail.Run()
        Mail.objects.update(due_at=timezone.now())
        assert mail.send_due().sent == 1

    def test_nowhere_to_go(self) -> None:
        with pytest.raises(ValueError, match="somebody"):
            mail.queue(key="x", kind="nudge", subject="x", text="x")
        with pytest.raises(IntegrityError, match="mail_goes_somewhere"), transaction.atomic():
            Mail.objects.create(key="x", kind="nudge", subject="x", text="x")

    def test_taken_back_with_the_act_behind_it(self, learner: User) -> None:
        with transaction.atomic():
            nudge(learner)
            transaction.set_rollback(True)
        assert mail.send_due().sent == 0

    def test_a_subject_stays_a_subject(self, learner: User) -> None:
        mail.queue(key="x", kind="nudge", subject="Hi\r\nBcc: all@example.org " + "x" * 300, text="x", to=learner)
        mail.send_due()
        message = outbox.outbox[0].message()
        assert message["Bcc"] is None
        assert Mail.objects.get().subject.startswith("Hi Bcc: all@example.org")

    def test_names_in_any_script(self, learner: User) -> None:
        mail.queue(key="x", kind="nudge", subject="مرحبا 数学 🌱", text="Größe, 数学, مرحبا", to=learner)
        mail.send_due()
        assert "Größe, 数学, مرحبا" in outbox.outbox[0].body


class TestDrop:
    def test_it_works(self, learner: User) -> None:
        nudge(learner)
        assert mail.drop(key="nudge:1")
        assert mail.send_due().sent == 0
        nudge(learner)
        assert mail.send_due().sent == 0, "what was taken back stays so"

    def test_again_unknown_or_too_late(self, learner: User) -> None:
        nudge(learner)
        mail.send_due()
        assert not mail.drop(key="nudge:1")
        assert not mail.drop(key="nudge:2")
        assert Mail.objects.get().dropped_at is None


class TestWants:
    def test_what_holds_until_one_says_otherwise(self, learner: User) -> None:
        assert mail.choices_of(learner) == {"nudge": True, "answer": True, "digest": False}
        assert mail.wants(learner, "invite")

    def test_choosing(self, learner: User, other: User) -> None:
        for wanted in (True, False, False):
            mail.choose(user=learner, kind="digest", wanted=wanted)
            assert mail.wants(learner, "digest") is wanted
        assert not mail.wants(other, "digest")
        assert MailChoice.objects.count() == 1

    @pytest.mark.parametrize("kind", ["invite", "x", ""])
    def test_unknown(self, learner: User, kind: str) -> None:
        with pytest.raises(mail.UnknownKind):
            mail.choose(user=learner, kind=kind, wanted=True)

    def test_asked_when_it_is_sent(self, learner: User) -> None:
        nudge(learner)
        mail.choose(user=learner, kind="nudge", wanted=False)
        run = mail.send_due()
        assert (run.sent, run.not_wanted) == (0, 1)
        mail.choose(user=learner, kind="nudge", wanted=True)
        assert mail.send_due().sent == 0, "what was not wanted then does not come later"

    def test_a_deactivated_account_gets_nothing(self, learner: User) -> None:
        nudge(learner)
        User.objects.filter(pk=learner.pk).update(is_active=False)
        assert mail.send_due().not_wanted == 1
        assert outbox.outbox == []


@pytest.mark.usefixtures("server")
class TestWhatGoesWrong:
    def test_no_server_claims_nothing(self, learner: User, server: type[Server]) -> None:
        nudge(learner)
        server.refuses_connections = True
        assert "Connection refused" in mail.send_due().unreachable
        assert Mail.objects.get().claimed_at is None
        server.refuses_connections = False
        assert mail.send_due().sent == 1

    def test_a_break_in_the_middle_is_never_sent_twice(self, learner: User) -> None:
        nudge(learner)
        nudge(learner, "nudge:2")
        BREAKS.append(smtplib.SMTPServerDisconnected("Connection unexpectedly closed"))
        run = mail.send_due()
        assert (run.sent, run.unknown) == (1, ["nudge:1"]), "the next one goes out over a new connection"
        mail.send_due()
        assert len(DELIVERED) == 2
        assert list(mail.unknown()) == [], "it may be under way still"
        Mail.objects.filter(key="nudge:1").update(claimed_at=timezone.now() - timedelta(minutes=6))
        assert [one.key for one in mail.unknown()] == ["nudge:1"]

    def test_a_process_that_dies_in_between(self, learner: User) -> None:
        nudge(learner)
        BREAKS.append(KeyboardInterrupt())  # type: ignore[arg-type]  # as dying does: past every handler
        with pytest.raises(KeyboardInterrupt):
            mail.send_due()
        assert mail.send_due().sent == 0
        assert len(DELIVERED) == 1

    def test_turned_away_for_the_moment(self, learner: User) -> None:
        nudge(learner)
        for attempt in range(1, mail.TRIES):
            BREAKS.append(smtplib.SMTPDataError(451, b"try later"))
            assert mail.send_due().later == 1
            waiting = Mail.objects.get()
            assert waiting.error == f"try {attempt}: 451 try later"
            assert waiting.due_at > timezone.now() + timedelta(minutes=4)
            Mail.objects.update(due_at=timezone.now())
        BREAKS.append(smtplib.SMTPDataError(451, b"try later"))
        assert mail.send_due().refused == ["nudge:1"]
        assert mail.send_due() == mail.Run()

    def test_turned_away_for_good_and_no_address_is_kept(self, learner: User, caplog: pytest.LogCaptureFixture) -> None:
        nudge(learner)
        nudge(learner, "nudge:2")
        BREAKS.append(smtplib.SMTPRecipientsRefused({learner.email: (550, f"<{learner.email}>: unknown".encode())}))
        run = mail.send_due()
        assert (run.refused, run.sent) == (["nudge:1"], 1)
        assert Mail.objects.get(key="nudge:1").error == "550 <(address)>: unknown"
        assert "nudge:1" in caplog.text
        assert learner.email not in caplog.text

    def test_what_cannot_be_written(self, learner: User) -> None:
        nudge(learner)
        User.objects.filter(pk=learner.pk).update(email="a@b\nBcc: c@d")
        assert mail.send_due().refused == ["nudge:1"]
        assert DELIVERED == []

    def test_a_mistake_of_ours_loses_no_message(self, learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
        nudge(learner)
        monkeypatch.setattr(mail, "off_link", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            mail.send_due()
        monkeypatch.undo()
        assert mail.send_due().sent == 1

    def test_the_table_knows_no_sent_without_a_claim(self, learner: User) -> None:
        nudge(learner)
        with pytest.raises(IntegrityError, match="claimed_before"), transaction.atomic():
            Mail.objects.update(sent_at=timezone.now())


@pytest.mark.usefixtures("server")
@pytest.mark.django_db(transaction=True)
def test_several_senders_at_once() -> None:
    learner = User.objects.create_user("ada@example.org")
    for number in range(40):
        nudge(learner, f"nudge:{number}")
    barrier, runs = Barrier(4), []

    def send() -> None:
        barrier.wait()
        try:
            runs.append(mail.send_due())
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(run.sent for run in runs) == 40
    assert len({message.extra_headers["Message-ID"] for message in DELIVERED}) == len(DELIVERED) == 40


class TestOffLink:
    def link(self, learner: User, kind: str = "nudge") -> str:
        return reverse("mail_off", args=[mail.off_token(learner, kind)])

    def test_each_message_brings_it(self, learner: User, settings: Any) -> None:
        nudge(learner)
        mail.send_due()
        (sent,) = outbox.outbox
        link = settings.PUBLIC_URL + self.link(learner)
        assert sent.extra_headers["List-Unsubscribe"] == f"<{link}>"
        assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link in sent.body

    def test_a_mail_program_does_it_in_one_click(self, learner: User) -> None:
        client = Client(enforce_csrf_checks=True)
        for _ in range(2):
            answer = client.post(self.link(learner), {"List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200, "a redirect is not followed by all of them"
            assert not mail.wants(learner, "nudge")
        assert mail.wants(learner, "answer")

    def test_a_person_does_it_without_signing_in(self, learner: User) -> None:
        client = Client()
        assert "Stop them" in client.get(self.link(learner)).content.decode()
        assert mail.wants(learner, "nudge"), "looking changes nothing"
        answer = client.post(self.link(learner), {"wanted": "no"})
        assert answer.status_code == 303
        page = client.get(answer.headers["Location"]).content.decode()
        assert "You no longer get an e-mail when a mentor writes to you" in page
        assert learner.email not in page
        client.post(self.link(learner), {"wanted": "yes"})
        assert mail.wants(learner, "nudge")

    def test_a_browser_needs_the_token_of_the_page(self, learner: User) -> None:
        client = Client(enforce_csrf_checks=True)
        assert client.post(self.link(learner), {"wanted": "no"}).status_code == 403
        assert client.post(self.link(learner), {"List-Unsubscribe": "x"}).status_code == 403

    @pytest.mark.parametrize("bend", [str.upper, lambda t: t[:-1], lambda t: "x" + t, lambda t: t + "x"])
    def test_forged(self, learner: User, bend: Callable[[str], str]) -> None:
        path = reverse("mail_off", args=[bend(mail.off_token(learner, "nudge"))])
        assert Client().get(path).status_code == 404
        assert Client().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 404
        assert mail.wants(learner, "nudge")

    def test_gone_or_of_no_such_kind(self, learner: User) -> None:
        assert Client().get(self.link(learner, "invite")).status_code == 404
        link = self.link(learner)
        User.objects.filter(pk=learner.pk).update(is_active=False)
        assert Client().get(link).status_code == 404


class TestMailChoices:
    def test_it_works(self, ada: Client, learner: User) -> None:
        page = ada.get(reverse("mail_choices")).content.decode()
        assert page.count("checked") == 2
        answer = ada.post(reverse("mail_choices"), {"answer": "on"})
        assert answer.status_code == 303
        assert mail.choices_of(learner) == {"nudge": False, "answer": True, "digest": False}
        assert "Saved." in ada.get(reverse("mail_choices")).content.decode()

    def test_the_digest_is_for_mentors(self, ada: Client, learner: User, cohort_a: Cohort) -> None:
        assert "digest" not in ada.get(reverse("mail_choices")).content.decode()
        ada.post(reverse("mail_choices"), {"digest": "on"})
        assert not mail.wants(learner, "digest")
        join(learner, cohort_a, "mentor")
        assert "digest" in ada.get(reverse("mail_choices")).content.decode()
        ada.post(reverse("mail_choices"), {"digest": "on"})
        assert mail.wants(learner, "digest")

    def test_each_has_their_own(self, ada: Client, other: User) -> None:
        ada.post(reverse("mail_choices"), {})
        assert mail.wants(other, "nudge")
        assert browser_of(other).get(reverse("mail_choices")).content.decode().count("checked") == 2


class TestCommand:
    def test_it_says_what_it_did(self, learner: User, capsys: pytest.CaptureFixture[str]) -> None:
        nudge(learner)
        nudge(learner, "nudge:lost")
        Mail.objects.filter(key="nudge:lost").update(claimed_at=timezone.now() - timedelta(days=1))
        call_command("send_mail")
        said = capsys.readouterr().out
        assert "1 sent" in said
        assert "Claimed, not known to be sent: nudge:lost" in said
        assert learner.email not in said
