"""Target dates as a calendar: what RFC 5545 asks for, stable, and open to whoever it was made for alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tests.factories import assign, join, make_roadmap, make_user
from tests.tracker.conftest import Path, browser_of
from tracker.calendars import WIDTH, Day, calendar, escaped, folded
from tracker.models import Cohort, LearnerTarget, Membership, User
from tracker.targets import SALT, feed_token

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def read(days: list[Day], name: str = "Cohort") -> Any:
    return Calendar.from_ical(calendar(name, days, now=NOW))


class TestCalendar:
    def test_it_works(self) -> None:
        found = read([Day("a@x", date(2026, 12, 31), "Garden: target date", "Two lines\nof text", "https://x/a?b=c")])
        assert found["VERSION"] == "2.0"
        (event,) = found.walk("VEVENT")
        assert event.decoded("DTSTART") == date(2026, 12, 31)
        assert event.decoded("DTEND") == date(2027, 1, 1), "the day after: the end is not part of it"
        assert event.decoded("DTSTAMP") == NOW
        assert (event["UID"], event["SUMMARY"]) == ("a@x", "Garden: target date")
        assert event["DESCRIPTION"] == "Two lines\nof text"
        assert event["URL"] == "https://x/a?b=c"
        assert event["TRANSP"] == "TRANSPARENT"

    def test_an_empty_one_is_one(self) -> None:
        assert read([]).walk("VEVENT") == []

    @given(TEXT, TEXT, st.dates())
    def test_any_text_comes_back(self, title: str, text: str, day: date) -> None:
        written = calendar(title, [Day("u", day, title, text)], now=NOW)
        for line in written.split("\r\n"):
            assert len(line.encode()) <= WIDTH
            assert "\n" not in line
            assert "\r" not in line
        (event,) = Calendar.from_ical(written).walk("VEVENT")
        assert event["UID"] == "u"
        assert str(event["SUMMARY"]) == plain(title)

    @pytest.mark.parametrize(
        ("text", "said"),
        [("a,b;c\\d", "a\\,b\\;c\\\\d"), ("a\r\nb\rc\nd", "a\\nb\\nc\\nd"), ("a\x00b\x1bc", "abc"), ("ü数🌱", "ü数🌱")],
    )
    def test_escaping(self, text: str, said: str) -> None:
        assert escaped(text) == said

    def test_nobody_adds_a_line(self) -> None:
        (event,) = read([Day("u", date(2026, 1, 1), "x\r\nATTENDEE:mailto:a@b.c", "", "https://x\r\nX-A:1")]).walk(
            "VEVENT"
        )
        assert "ATTENDEE" not in event
        assert "X-A" not in event

    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
    def test_folding_keeps_letters_whole(self, text: str) -> None:
        lines = folded(text).removesuffix("\r\n").split("\r\n")
        assert all(len(line.encode()) <= WIDTH for line in lines)
        assert all(line.startswith(" ") for line in lines[1:])
        assert lines[0] + "".join(line[1:] for line in lines[1:]) == text


def plain(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter == "\n" or not (letter < " " or letter == "\x7f"))


@pytest.fixture
def dated(path: Path, cohort_a: Cohort, learner_a: User, mentor_a: User) -> Path:
    assign(path.roadmap, cohort_a, starts_on=date(2026, 9, 1), target_on=date(2027, 1, 31))
    return path


def events(answer: Any) -> list[Any]:
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


@pytest.mark.django_db
@pytest.mark.usefixtures("static_root")
class TestTargets:
    def test_it_works(self, dated: Path, cohort_a: Cohort, mentor_a: User) -> None:
        answer = browser_of(mentor_a).get(reverse("targets_ics", args=[cohort_a.slug]))
        (event,) = events(answer)
        assert event.decoded("DTSTART") == date(2027, 1, 31)
        assert event["SUMMARY"] == "Garden: target date (Cohort A)"
        assert event["DESCRIPTION"] == "Began on 2026-09-01."
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")

    def test_only_roadmaps_with_a_date_soonest_first(self, dated: Path, cohort_a: Cohort, mentor_a: User) -> None:
        assign(make_roadmap("Endless"), cohort_a, position=1)
        assign(make_roadmap("Soon"), cohort_a, position=2, target_on=date(2026, 12, 1))
        answer = browser_of(mentor_a).get(reverse("targets_ics", args=[cohort_a.slug]))
        assert [event["SUMMARY"].split(":")[0] for event in events(answer)] == ["Soon", "Garden"]

    def test_the_same_event_when_the_date_and_the_titles_change(
        self, dated: Path, cohort_a: Cohort, mentor_a: User
    ) -> None:
        def uid() -> str:
            (event,) = events(browser_of(mentor_a).get(reverse("targets_ics", args=[cohort_a.slug])))
            return str(event["UID"])

        before = uid()
        cohort_a.assigned.update(target_on=date(2027, 2, 28))
        type(dated.roadmap).objects.update(title="Orchard")
        Cohort.objects.filter(pk=cohort_a.pk).update(title="Other")
        assert uid() == before

    def test_own_dates_are_counted_and_nobody_is_named(
        self, dated: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, learner_b: User
    ) -> None:
        one = cohort_a.assigned.get()
        for learner in (learner_a, learner_a, learner_b):
            LearnerTarget.objects.create(learner=learner, by=mentor_a, assigned=one, target_on=date(2027, 3, 1))
        LearnerTarget.objects.create(
            learner=join(make_user("Zoe"), cohort_a), by=mentor_a, assigned=one, withdrawn_at=timezone.now()
        )
        answer = browser_of(mentor_a).get(reverse("targets_ics", args=[cohort_a.slug]))
        (event,) = events(answer)
        assert "1 learner has another date." in event["DESCRIPTION"]
        assert "Ada" not in answer.content.decode()
        assert "@example.org" not in answer.content.decode()

    def test_the_page(self, dated: Path, cohort_a: Cohort, mentor_a: User) -> None:
        page = browser_of(mentor_a).get(reverse("targets", args=[cohort_a.slug])).content.decode()
        assert "31 January 2027" in page
        assert reverse("targets_feed", args=[feed_token(mentor_a, cohort_a)]) in page

    def test_the_page_without_dates(self, cohort_a: Cohort, mentor_a: User) -> None:
        page = browser_of(mentor_a).get(reverse("targets", args=[cohort_a.slug])).content.decode()
        assert "No roadmap of this cohort has a target date yet" in page

    @pytest.mark.parametrize("url", ["targets", "targets_ics"])
    def test_refused(
        self, dated: Path, cohort_a: Cohort, mentor_a: User, mentor_b: User, learner_a: User, url: str
    ) -> None:
        path = reverse(url, args=[cohort_a.slug])
        assert Client().get(path).status_code == 302
        for stranger in (mentor_b, learner_a, make_user()):
            assert browser_of(stranger).get(path).status_code == 404
        assert browser_of(mentor_a).post(path).status_code == 405
        assert browser_of(mentor_a).get(reverse(url, args=["none"])).status_code == 404

    @pytest.mark.parametrize("url", ["targets", "targets_ics"])
    def test_an_archived_cohort_stays_readable(self, dated: Path, cohort_a: Cohort, mentor_a: User, url: str) -> None:
        Cohort.objects.update(archived_at=timezone.now())
        assert browser_of(mentor_a).get(reverse(url, args=[cohort_a.slug])).status_code == 200

    def test_no_more_queries_for_more_roadmaps(self, dated: Path, cohort_a: Cohort, mentor_a: User) -> None:
        client = browser_of(mentor_a)

        def queries() -> int:
            with CaptureQueriesContext(connection) as caught:
                client.get(reverse("targets", args=[cohort_a.slug]))
            return len(caught)

        few = queries()
        for number in range(8):
            assign(make_roadmap(f"R{number}"), cohort_a, target_on=date(2027, 1, 1) + timedelta(days=number))
        assert queries() == few


@pytest.mark.django_db
@pytest.mark.usefixtures("static_root")
class TestFeed:
    def get(self, token: str) -> Any:
        return Client().get(reverse("targets_feed", args=[token]))

    def test_it_works_without_signing_in(self, dated: Path, cohort_a: Cohort, mentor_a: User) -> None:
        (event,) = events(self.get(feed_token(mentor_a, cohort_a)))
        assert event["SUMMARY"].startswith("Garden")
        assert Client().head(reverse("targets_feed", args=[feed_token(mentor_a, cohort_a)])).status_code == 200

    @pytest.mark.parametrize("bend", [lambda t: "x" + t, lambda t: t + "x", lambda t: t[1:], lambda t: "none"])
    def test_forged(self, dated: Path, cohort_a: Cohort, mentor_a: User, bend: Callable[[str], str]) -> None:
        assert self.get(bend(feed_token(mentor_a, cohort_a))).status_code == 404

    @pytest.mark.parametrize("content", [[1], "x", {"a": 1}, [None, None, None], [[], [], []]])
    def test_signed_for_something_else(self, db: None, content: Any) -> None:
        assert self.get(signing.Signer(salt="other").sign_object(content)).status_code == 404
        assert self.get(signing.Signer(salt=SALT).sign_object(content)).status_code == 404

    def test_it_is_of_one_cohort(self, dated: Path, cohort_a: Cohort, cohort_b: Cohort, mentor_b: User) -> None:
        assert self.get(feed_token(mentor_b, cohort_a)).status_code == 404
        assert events(self.get(feed_token(mentor_b, cohort_b))) == []

    @pytest.mark.parametrize("how", ["left", "inactive", "password"])
    def test_when_it_ends(self, dated: Path, cohort_a: Cohort, mentor_a: User, how: str) -> None:
        token = feed_token(mentor_a, cohort_a)
        if how == "left":
            Membership.objects.filter(user=mentor_a).update(left_at=timezone.now())
        elif how == "inactive":
            User.objects.filter(pk=mentor_a.pk).update(is_active=False)
        else:
            mentor_a.set_password("another long and winding road")
            mentor_a.save()
        assert self.get(token).status_code == 404
