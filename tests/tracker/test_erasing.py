"""An account is deleted: a week to change one's mind, then nothing in the database knows the person."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pghistory.models import Context

from roadmap.models import Edit
from roadmap.studio import verbs
from roadmap.studio.doing import Asked
from tests.factories import assign, join, make_cohort, make_topic
from tests.tracker.conftest import PASSWORD, Path, browser_of
from tracker import acts, audit, cohorts, erasing, mail, people, progress
from tracker.acts.vouching import About
from tracker.erasing import FAREWELL, GRACE, NOBODY
from tracker.models import (
    AuditEntry,
    CalendarFeed,
    Cohort,
    Comment,
    Enrolment,
    Goal,
    Mail,
    ProgressEvent,
    TopicProgress,
    User,
)
from tracker.profiles import Chosen, save_profile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]

NAME, ADDRESS, OTHER = "Zenobia Quux", "zenobia@quux.example", "zq@elsewhere.example"


def columns() -> list[tuple[str, str]]:
    """Every column of every table of ours that can hold words."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.table_name, c.column_name FROM information_schema.columns c
            JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type IN
                  ('text', 'character varying', 'character', 'json', 'jsonb', 'ARRAY', 'bytea', 'USER-DEFINED', 'inet')
        """)
        return list(cursor.fetchall())


def found(*words: str) -> set[str]:
    """Columns in which one of the words stands, in any case."""
    places = set()
    with connection.cursor() as cursor:
        for table, column in columns():
            for word in words:
                read = f"""CASE WHEN pg_typeof("{column}") = 'bytea'::regtype
                           THEN encode(convert_to("{column}"::text, 'UTF8'), 'escape') ELSE "{column}"::text END"""
                cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}" WHERE {read} ILIKE %s)', [f"%{word}%"])  # noqa: S608
                if cursor.fetchone()[0]:
                    places.add(f"{table}.{column}")
    return places


@pytest.fixture
def zenobia(db: None) -> User:
    user = User.objects.create_user(ADDRESS, PASSWORD, name=NAME, role="editor", language="en", week_hours=5)
    for address in (ADDRESS, OTHER):
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=address == ADDRESS)
    return user


@pytest.fixture
def lived(zenobia: User, path: Path, mentor_a: User, learner_a: User, cohort_a: Cohort, owner: User) -> User:
    """Zenobia learns, mentors, edits, writes and is written to: every table that knows people has a row of hers."""
    assign(path.roadmap, cohort_a)
    join(zenobia, cohort_a)
    own = make_cohort("Hers")
    join(zenobia, own, "mentor")
    join(learner_a, own)
    assign(path.roadmap, own)
    Enrolment.objects.create(learner=zenobia, roadmap=path.roadmap)
    Goal.objects.create(learner=zenobia, roadmap=path.roadmap, topic=path.pond)
    progress.set_state(learner=zenobia, topic=path.soil.pk, state="done", operation=uuid4(), roadmap=path.roadmap.pk)
    progress.set_step(learner=zenobia, step=path.step, done=True, operation=uuid4())
    acts.write_note(learner=zenobia, topic=path.soil, text=f"I am {NAME}", shared=True, seen="")
    acts.add_resource(learner=zenobia, topic=path.soil, title=NAME, url="https://example.org/", kind="link")
    acts.comment(learner=zenobia, topic=path.soil, by=zenobia, text=f"{NAME} here", operation=uuid4())
    acts.ask_for_help(learner=zenobia, topic=path.soil, text="Help", operation=uuid4())
    about = About(path.roadmap, path.soil, None)
    acts.want_sign_off(about=about, wanted=True)
    acts.hand_in(learner=zenobia, about=about, text=NAME, url="", operation=uuid4())
    acts.waive(
        cohort=cohort_a, learner=zenobia, topic=path.sowing, by=mentor_a, reason=f"{NAME} knows it", operation=uuid4(),
        expected="todo",
    )  # fmt: skip
    acts.nudge(cohort=cohort_a, learner=zenobia, by=mentor_a, text=f"Dear {NAME}", operation=uuid4())
    acts.comment(learner=learner_a, topic=path.soil, by=zenobia, text="Well done", operation=uuid4(), cohort=own)
    acts.waive(
        cohort=own, learner=learner_a, topic=path.pond, by=zenobia, reason="Enough", operation=uuid4(), expected="todo"
    )
    acts.nudge(cohort=own, learner=learner_a, by=zenobia, text="On with it", operation=uuid4())
    save_profile(user=zenobia, chosen=Chosen("zenobia", NAME, public=True), roadmaps=[path.roadmap.pk])
    CalendarFeed.objects.create(user=zenobia, token="t" * 43)
    people.set_role(by=owner, user=zenobia, role="mentor")
    people.set_role(by=owner, user=zenobia, role="editor")
    people.allow_editing(by=owner, user=zenobia, roadmap=path.roadmap)
    audit.record(by=zenobia, verb="edit", of=cohort_a, kind="cohort", detail={"who": [f"{NAME} <{ADDRESS}>"]})
    mail.queue(key="digest:1", kind=Mail.Kind.DIGEST, to=mentor_a, subject=f"{NAME} is stuck", text=f"{NAME}: Soil")
    browser_of(zenobia)
    asked = Asked(NAME, str(zenobia.pk))
    verbs.create_section(roadmap=path.roadmap, parent=None, title="Later", kind="module", asked=asked)
    Edit.objects.create(topic=path.pond, verb="rename", by="Eve", data={"undone_by": NAME})
    return zenobia


def over(user: User) -> None:
    """The week is over."""
    erasing.ask(user=user)
    User.objects.filter(pk=user.pk).update(erase_after=timezone.now() - timedelta(minutes=1))


class TestErased:
    def test_no_table_knows_the_person(self, lived: User, path: Path) -> None:
        known = found(NAME, ADDRESS, OTHER, "zenobia")
        assert {"tracker_user.email", "tracker_topicnote.text", "tracker_progressevent.note", "tracker_mail.subject",
                "tracker_auditentry.by_name", "tracker_auditentry.detail", "roadmap_edit.by",
                "account_emailaddress.email", "tracker_publicprofile.handle"} <= known  # fmt: skip
        events = ProgressEvent.objects.filter(learner=lived).count()
        over(lived)
        assert erasing.erase_due(now=timezone.now()) == 1
        assert found(NAME, ADDRESS, OTHER, "zenobia") == {"tracker_mail.address"}, "until the farewell has gone out"
        mail.send_due()
        assert outbox.outbox[-1].to == [ADDRESS]
        assert "is deleted" in outbox.outbox[-1].subject
        assert erasing.erase_due(now=timezone.now()) == 0
        assert found(NAME, ADDRESS, OTHER, "zenobia") == set()
        assert ProgressEvent.objects.filter(learner=lived).count() == events > 0
        stub = User.objects.get(pk=lived.pk)
        assert (stub.is_active, stub.role, stub.week_hours) == (False, "learner", None)
        assert not stub.has_usable_password()

    def test_nothing_but_events_is_left_of_them_and_others_keep_theirs(self, lived: User, learner_a: User) -> None:
        def kept() -> tuple[int, int]:
            states = TopicProgress.objects.filter(learner=learner_a)
            return Comment.objects.filter(learner=learner_a).count(), states.count()

        theirs = kept()
        over(lived)
        erasing.erase_due(now=timezone.now())
        left = {
            (model.__name__, name)
            for model, name, _ in erasing.relations()
            if model._base_manager.filter(**{name: lived.pk}).exists()
        }
        assert left == {("ProgressEvent", "learner"), ("ProgressEvent", "by")}
        assert theirs == kept()
        comment = Comment.objects.get(learner=learner_a)
        assert (comment.text, comment.by) == ("Well done", None)

    def test_pages_of_others_go_on_without_them(
        self, lived: User, cohort_a: Cohort, learner_a: User, mentor_a: User, path: Path, owner: User
    ) -> None:
        over(lived)
        erasing.erase_due(now=timezone.now())
        mira, ada, olga = browser_of(mentor_a), browser_of(learner_a), browser_of(owner)
        assert NAME not in mira.get(reverse("cohort", args=[cohort_a.slug])).content.decode()
        assert mira.get(reverse("learner", args=[cohort_a.slug, lived.pk])).status_code == 404
        timeline = ada.get(reverse("timeline")).content.decode()
        assert "somebody who left" in timeline
        assert "Well done" in timeline
        assert ada.get(reverse("topic", args=[path.soil.slug])).status_code == 200
        assert Client().get("/p/zenobia/").status_code == 404
        assert olga.get(reverse("person", args=[lived.pk])).status_code == 404
        assert "erased.invalid" not in olga.get(reverse("people")).content.decode()
        assert NOBODY in olga.get(reverse("audit")).content.decode()

    def test_killed_half_way_the_next_run_ends_it(self, lived: User, monkeypatch: pytest.MonkeyPatch) -> None:
        over(lived)
        before = found(NAME)

        def killed(*args: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(erasing, "_empty", killed)
            with pytest.raises(KeyboardInterrupt), transaction.atomic():
                erasing.erase_due(now=timezone.now())
        assert found(NAME) == before
        call_command("erase_accounts", stdout=io.StringIO())
        call_command("erase_accounts", stdout=io.StringIO())
        assert found(NAME) == set()
        assert Mail.objects.filter(key__startswith=FAREWELL).count() == 1

    def test_a_name_that_others_have_too_stays_theirs(self, zenobia: User, path: Path) -> None:
        other = User.objects.create_user("second@example.org", name=NAME)
        Edit.objects.create(topic=path.pond, verb="rename", by=NAME, actor=str(other.pk))
        mine = Edit.objects.create(topic=path.pond, verb="rename", by=NAME, actor=str(zenobia.pk))
        over(zenobia)
        erasing.erase_due(now=timezone.now())
        assert Edit.objects.exclude(pk=mine.pk).get().by == NAME
        mine.refresh_from_db()
        assert mine.by == NOBODY

    def test_a_topic_that_is_called_like_them_keeps_its_title(self, zenobia: User) -> None:
        topic = make_topic(NAME)
        over(zenobia)
        erasing.erase_due(now=timezone.now())
        topic.refresh_from_db()
        assert topic.title == NAME

    def test_every_relation_to_an_account_is_decided(self) -> None:
        undecided = {
            f"{model.__name__}.{name}"
            for model, name, on_delete in erasing.relations()
            if on_delete not in {models.CASCADE, models.SET_NULL}
        }
        assert undecided == {"ProgressEvent.learner", "ProgressEvent.by", "ReviewLog.learner"}

    def test_what_is_append_only_stays_so_while_names_go(self, lived: User) -> None:
        assert Context.objects.exists()
        for sql in (
            "UPDATE tracker_progressevent SET now = 'todo'",
            "UPDATE tracker_progressevent SET note = 'said since'",
            "DELETE FROM tracker_progressevent",
            "UPDATE tracker_auditentry SET verb = 'edit', by_name = 'x'",
            "DELETE FROM tracker_auditentry",
            "UPDATE pghistory_context SET created_at = now() - interval '1 day'",
            "SET LOCAL pathnotes.erasing = ''; UPDATE tracker_auditentry SET by_name = 'x'",
        ):
            with connection.cursor() as cursor, pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(f"SET LOCAL pathnotes.erasing = 'yes'; {sql}")


class TestAsked:
    def ask(self, client: Client, **fields: str):  # type: ignore[no-untyped-def]
        return client.post(reverse("erase_account"), {"word": "delete", "password": PASSWORD} | fields)

    def test_asked_and_kept(self, zenobia: User) -> None:
        client = browser_of(zenobia)
        page = client.get(reverse("erase_account")).content.decode()
        assert reverse("own_export") in page
        for _ in range(2):
            assert self.ask(client).status_code in {200, 303}
        zenobia.refresh_from_db()
        assert zenobia.erase_after is not None
        assert timedelta(0) < timezone.now() + GRACE - zenobia.erase_after < timedelta(minutes=1)
        assert "Keep my account" in client.get(reverse("erase_account")).content.decode()
        mail.send_due()
        assert len(outbox.outbox) == 1
        assert reverse("erase_account") in outbox.outbox[0].body
        assert erasing.erase_due(now=timezone.now()) == 0
        for _ in range(2):
            assert client.post(reverse("keep_account")).status_code == 303
        assert erasing.erase_due(now=timezone.now() + 2 * GRACE) == 0
        assert User.objects.get(pk=zenobia.pk).email == ADDRESS
        assert set(AuditEntry.objects.values_list("verb", flat=True)) == {"ask_erasure", "keep_account"}

    def test_slips_change_nothing(self, zenobia: User) -> None:
        client = browser_of(zenobia)
        for fields in ({"word": "yes"}, {"word": ""}, {"password": "wrong"}):
            assert self.ask(client, **fields).status_code == 422, fields
        codes = [self.ask(client, password="").status_code for _ in range(9)]
        assert 429 in codes, "nobody guesses on and on"
        zenobia.refresh_from_db()
        assert zenobia.erase_after is None

    def test_without_a_password_one_has_signed_in_just_now(self, learner: User) -> None:
        client = browser_of(learner)
        assert self.ask(client).status_code == 303
        erasing.keep(user=learner)
        User.objects.filter(pk=learner.pk).update(last_login=timezone.now() - timedelta(hours=1))
        assert "sign out" in client.get(reverse("erase_account")).content.decode()
        assert self.ask(client).status_code == 403
        learner.refresh_from_db()
        assert learner.erase_after is None

    def test_the_last_owner_cannot_leave(self, owner: User) -> None:
        owner.set_password(PASSWORD)
        owner.save()
        client = browser_of(owner)
        response = self.ask(client)
        assert response.status_code == 409
        assert "only owner" in response.content.decode()
        second = User.objects.create_user("second@example.org", role="owner")
        assert self.ask(client).status_code == 303
        with pytest.raises(people.LastOwner):
            erasing.ask(user=second)
        User.objects.filter(pk=second.pk).update(is_active=False)
        assert erasing.erase_due(now=timezone.now() + 2 * GRACE) == 0, "the other one was switched off meanwhile"
        assert User.objects.get(pk=owner.pk).email == owner.email

    def test_signing_in_says_so(self, zenobia: User) -> None:
        erasing.ask(user=zenobia)
        client = Client()
        response = client.post(reverse("account_login"), {"login": ADDRESS, "password": PASSWORD}, follow=True)
        html = response.content.decode()
        assert "Your account will be deleted on" in html
        assert f'href="{reverse("erase_account")}">Keep it?' in html


def test_whoever_left_is_learner_of_no_cohort(lived: User, cohort_a: Cohort) -> None:
    over(lived)
    erasing.erase_due(now=timezone.now())
    assert not cohorts.current(cohort_a).filter(user=lived).exists()
