"""The trail: verbs write it, nobody changes it, owners read and take it away."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap import editing
from roadmap.models import Import
from tests.factories import join, make_cohort, make_roadmap, make_section, make_source, make_topic, make_user
from tracker import audit, cohorts, invitations
from tracker.audit import Asked
from tracker.models import AuditEntry, Cohort, User
from tracker.roster import read

pytestmark = pytest.mark.django_db


def done() -> list[tuple[str, str, str]]:
    return [(entry.by, entry.verb, entry.title) for entry in audit.trail(Asked()).entries]


class TestRecorded:
    def test_what_was_done_with_a_cohort(self, owner: User) -> None:
        cohort = cohorts.create(by=owner, title="Autumn", uid=uuid4())
        roadmap = make_roadmap("Garden")
        cohorts.assign(cohort=cohort, roadmap=roadmap, by=owner, target_on=date(2027, 1, 31))
        cohorts.edit(cohort=cohort, title="Winter", summary="", by=owner)
        cohort.refresh_from_db()
        made = invitations.make_code(cohort=cohort, by=owner, role="learner", operation=uuid4())
        invitations.invite(cohort=cohort, by=owner, people=read("a@example.org").people, operation=uuid4())
        learner = join(make_user("Lena"), cohort)
        cohorts.make_mentor(cohort=cohort, user=learner.pk, by=owner)
        cohorts.remove(cohort=cohort, user=learner.pk, by=owner)
        invitations.revoke_code(cohort=cohort, code=made.pk, by=owner)
        cohorts.unassign(cohort=cohort, roadmap=roadmap, by=owner)
        cohorts.archive(cohort=cohort, by=owner)
        cohorts.reopen(cohort=cohort, by=owner)
        verbs = [verb for by, verb, _ in reversed(done()) if by == "Olga"]
        assert verbs == [
            "create", "assign", "edit", "make_code", "invite", "make_mentor", "remove", "revoke_code", "unassign",
            "archive", "reopen",
        ]  # fmt: skip
        entries = {entry.verb: entry for entry in audit.trail(Asked()).entries}
        assert entries["assign"].more == "until: 2027-01-31; roadmap: Garden"
        assert entries["edit"].more == "title: Autumn → Winter"
        assert entries["remove"].more == "person: Lena"

    def test_the_same_again_is_recorded_once(self, owner: User, cohort_a: Cohort) -> None:
        operation = uuid4()
        for _ in range(2):
            cohorts.create(by=owner, title="Autumn", uid=operation)
            cohorts.archive(cohort=cohort_a, by=owner)
        assert [verb for _, verb, _ in done()] == ["archive", "create"]

    def test_an_act_that_is_refused_leaves_no_trace(self, owner: User, cohort_a: Cohort, mentor_a: User) -> None:
        with pytest.raises(cohorts.LastMentor):
            cohorts.remove(cohort=cohort_a, user=mentor_a.pk, by=owner)
        assert done() == []

    def test_the_command_line_has_a_name(self, cohort_a: Cohort) -> None:
        cohorts.archive(cohort=cohort_a)
        assert done() == [(audit.ITSELF, "archive", "Cohort A")]

    def test_what_editors_and_imports_did_is_read_where_it_stands(self) -> None:
        topic = make_topic("Soil", make_section(make_roadmap()))
        editing.retire_topic(topic=topic, by="Edda")
        Import.objects.create(source=make_source(title="Notes"), by="Olga", counts={"added": 3})
        undone = Import.objects.create(source=make_source(title="Old"), by="Olga")
        Import.objects.filter(pk=undone.pk).update(state="undone", undone_at=timezone.now(), undone_by="Edda")
        assert done() == [
            ("Edda", "undo_load", "Old"),
            ("Olga", "load", "Old"),
            ("Olga", "load", "Notes"),
            ("Edda", "retire_topic", "Soil"),
        ]
        assert audit.trail(Asked(what="notes")).entries[0].more == "added: 3"
        assert AuditEntry.objects.count() == 0


class TestAppendOnly:
    @pytest.fixture
    def entry(self, cohort_a: Cohort) -> AuditEntry:
        cohorts.archive(cohort=cohort_a)
        return AuditEntry.objects.get()

    def test_no_change(self, entry: AuditEntry) -> None:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            AuditEntry.objects.update(by_name="Somebody else")

    def test_no_deletion(self, entry: AuditEntry) -> None:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            entry.delete()

    def test_it_outlives_who_did_it(self, cohort_a: Cohort) -> None:
        gone = make_user("Gone")
        cohorts.archive(cohort=cohort_a, by=gone)
        gone.delete()
        assert done() == [("Gone", "archive", "Cohort A")]

    @pytest.mark.parametrize("field", ["verb", "kind", "by_name"])
    def test_it_says_who_and_what(self, field: str) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditEntry.objects.create(**{"verb": "edit", "kind": "person", "by_name": "Olga"} | {field: ""})


class TestAsked:
    @pytest.fixture(autouse=True)
    def some(self, owner: User) -> None:
        for number in range(7):
            audit.record(by=owner, verb="edit", of=make_cohort(f"Cohort {number}"), kind="cohort")
        audit.record(by=None, verb="archive", of=make_cohort("50% off_er"), kind="cohort")

    def test_filters(self) -> None:
        assert len(audit.trail(Asked(who="olg")).entries) == 7
        assert len(audit.trail(Asked(verb="archive")).entries) == 1
        assert len(audit.trail(Asked(kind="person")).entries) == 0
        assert [e.title for e in audit.trail(Asked(what="50% OFF_")).entries] == ["50% off_er"]
        assert audit.trail(Asked(what="50_ off")).entries == ()
        today = timezone.now().date()
        assert len(audit.trail(Asked(since=today, until=today)).entries) == 8
        assert audit.trail(Asked(until=date(2001, 1, 1))).entries == ()

    def test_pages_meet_without_gap_or_overlap(self) -> None:
        titles, place = [], ""
        while True:
            part = audit.trail(Asked(before=place), most=3)
            titles += [entry.title for entry in part.entries]
            place = part.older
            if not place:
                break
        assert len(titles) == len(set(titles)) == 8

    @pytest.mark.parametrize("place", ["x", "1", "1-2", "9" * 70, f"{10**30}-1-1", "-5-1-1", "1-1-" + "9" * 30])
    def test_a_place_that_cannot_be_read(self, place: str) -> None:
        audit.trail(Asked(before=place))

    def test_one_query(self) -> None:
        with CaptureQueriesContext(
            connection,
        ) as few:
            audit.trail(Asked())
        assert len(few) == 1


class TestCsv:
    def test_it_is_whole_and_holds_no_formula(self, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(audit, "BATCH", 2)
        for title in ("=HYPERLINK(1)", "Plain", "With, comma", "@sum", "Last"):
            audit.record(by=owner, verb="edit", of=make_cohort(title), kind="cohort")
        lines = b"".join(audit.csv(Asked())).decode("utf-8-sig").split("\r\n")
        assert lines[0] == "When (UTC),Who,Act,Kind,What,Detail"
        assert len(lines) == 7
        assert lines[5].endswith(",'=HYPERLINK(1),")
        assert '"With, comma"' in lines[3]
