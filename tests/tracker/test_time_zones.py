"""Pages tell the time of who reads them."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import join, make_cohort, make_roadmap, make_user
from tests.tracker.conftest import Path, browser_of
from tracker import people, time_zones
from tracker.models import Cohort, CohortRoadmap, Mail, ProgressEvent, User

LATE = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
"""Tomorrow in Kathmandu (04:15), today in Lima (17:30)."""


class TestKnown:
    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            ("Europe/Berlin", "Europe/Berlin"),
            (" america/new york ", "America/New_York"),
            ("utc", "UTC"),
            ("Asia/Calcutta", "Asia/Calcutta"),
            ("Mars/Olympus", ""),
            ("../../etc/passwd", ""),
            ("", ""),
        ],
    )
    def test_it_works(self, typed: str, name: str) -> None:
        assert time_zones.known(typed) == name

    @given(st.text(max_size=80))
    def test_what_is_known_can_be_used(self, typed: str) -> None:
        name = time_zones.known(typed)
        assert not name or ZoneInfo(name).key == name

    def test_all_that_are_offered_are_known_and_stored(self) -> None:
        assert len(time_zones.names()) > 300
        assert all(time_zones.known(name) == name and len(name) <= 64 for name in time_zones.names())
        assert set(time_zones.names()) <= zoneinfo.available_timezones()

    def test_one_that_is_no_longer_there_is_the_servers(self) -> None:
        assert time_zones.zone_of(User(time_zone="Mars/Olympus")).key == "UTC"


@pytest.mark.usefixtures("static_root")
class TestPages:
    def event(self, learner: User, path: Path) -> None:
        ProgressEvent.objects.create(learner=learner, topic=path.soil, was="todo", now="learning", revision=1, at=LATE)

    @pytest.mark.parametrize(
        ("zone", "said"),
        [("", "30 Jun 2026, 22:30"), ("Asia/Kathmandu", "1 Jul 2026, 04:15"), ("America/Lima", "30 Jun 2026, 17:30")],
    )
    def test_the_timeline(self, ada: Client, learner: User, path: Path, zone: str, said: str) -> None:
        self.event(learner, path)
        User.objects.update(time_zone=zone)
        assert said in ada.get("/timeline/").content.decode()
        assert timezone.get_current_timezone_name() == "UTC", "the next request begins with the server's"

    def test_no_query_more_for_a_check_off(self, ada: Client, learner: User, path: Path) -> None:
        place = f"/topics/{path.soil.slug}/state/"
        sent = {"state": "done", "operation": "", "nonce": "b3c6b7f2-6e0b-4a34-9d3c-1f6f2f4c7c11", "roadmap": "garden"}
        counts = []
        for number, zone in enumerate(("", "Asia/Kathmandu")):
            User.objects.update(time_zone=zone)
            for turn, state in enumerate(("done", "learning", "todo")):  # the first is read anew, and enrols
                sent |= {"nonce": f"{number}{turn}c6b7f2-6e0b-4a34-9d3c-1f6f2f4c7c11", "state": state}
                with CaptureQueriesContext(connection) as queries:
                    answer = ada.post(place, sent, headers={"HX-Request": "true"})
                assert answer.status_code == 200
            counts.append(len(queries))
        assert counts == [1, 1]

    def test_a_new_zone_holds_from_the_next_check_off(self, ada: Client, learner: User, path: Path) -> None:
        """The person is remembered from the last one, and found to be otherwise."""
        place = f"/topics/{path.soil.slug}/state/"
        seen: list[str] = []

        def look(execute: Callable[..., Any], *asked: Any) -> Any:
            seen.append(timezone.get_current_timezone_name())
            return execute(*asked)

        for number, zone in enumerate(("", "", "Asia/Kathmandu", "")):
            User.objects.filter(pk=learner.pk).exclude(time_zone=zone).update(time_zone=zone)
            sent = {"state": "done", "operation": str(uuid4()), "roadmap": "garden"}
            with connection.execute_wrapper(look):
                assert ada.post(place, sent, headers={"HX-Request": "true"}).status_code == 200, number
            assert seen[-1] == (zone or "UTC")

    def test_the_matrix_keeps_no_date_of_one_reader(self, db: None) -> None:
        """Its page is kept in the process, the day on which the cohort was archived on it."""
        cohort, roadmap = make_cohort(archived_at=LATE), make_roadmap()
        CohortRoadmap.objects.create(cohort=cohort, roadmap=roadmap)
        far, near = (make_user(name, time_zone=zone) for name, zone in (("K", "Asia/Kathmandu"), ("L", "America/Lima")))
        for mentor in (far, near):
            join(mentor, cohort, "mentor")
        for mentor, said in ((far, "1 July 2026"), (near, "30 June 2026"), (far, "1 July 2026")):
            assert f"archived on {said}" in browser_of(mentor).get(cohort.get_absolute_url()).content.decode()


class TestMail:
    def test_who_is_invited_reads_the_servers_time(self, owner: User, cohort_a: Cohort) -> None:
        with timezone.override("Pacific/Kiritimati"):
            people.invite(by=owner, email="new@example.org", role="learner", operation=uuid4())
        (sent,) = Mail.objects.all()
        day = (timezone.now() + people.LIFETIME).astimezone(UTC)
        assert f"until {day.day} {day:%B %Y}" in sent.text
