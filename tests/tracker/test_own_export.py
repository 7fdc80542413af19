"""What a person takes with them: all of it, as described, and nothing of anybody else."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from tests.factories import assign, join, make_topic
from tests.tracker.conftest import Path, browser_of
from tracker import acts, own_calendar, progress, reviews
from tracker.acts.vouching import About
from tracker.exports import own
from tracker.exports.own_schema import SCHEMA
from tracker.models import Cohort, Enrolment, Goal, LearnerTarget, Mail, ProgressEvent, ReviewCard, TopicNote, User
from tracker.profiles import Chosen, save_profile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


READERS: dict[str, Callable[[str], object]] = {
    "uuid": UUID,
    "date": date.fromisoformat,
    "date-time": datetime.fromisoformat,
}


def wrong(value: Any, schema: dict[str, Any], at: str = "$") -> Iterator[str]:  # noqa: C901  (a case for each word)
    """Where the value is not as the schema has it: the words of JSON Schema that ours uses, written out by hand."""
    known = {"$ref", "anyOf", "const", "enum", "type", "properties", "required", "additionalProperties", "items",
             "format", "minimum", "maximum", "description", "title", "$schema", "$defs"}  # fmt: skip
    assert schema.keys() <= known, f"the check knows nothing of {schema.keys() - known}"
    if "$ref" in schema:
        yield from wrong(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], at)
        return
    if "anyOf" in schema and all(any(wrong(value, one, at)) for one in schema["anyOf"]):
        yield f"{at}: none of {len(schema['anyOf'])}"
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": float,
             "null": type(None)}  # fmt: skip
    allowed = schema.get("type", [])
    allowed = [allowed] if isinstance(allowed, str) else allowed
    if allowed and not any(type(value) is kinds[name] for name in allowed):
        yield f"{at}: {value!r} is no {allowed}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{at}: not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is not listed"
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of bounds"
    if isinstance(value, str) and "format" in schema:
        try:
            READERS[schema["format"]](value)
        except ValueError:
            yield f"{at}: {value!r} is no {schema['format']}"
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from wrong(item, schema.get("items", {}), f"{at}[{number}]")
    if isinstance(value, dict):
        yield from (f"{at}: no {name}" for name in schema.get("required", ()) if name not in value)
        for name, item in value.items():
            rest = schema.get("additionalProperties", {})
            inner = schema.get("properties", {}).get(name, rest)
            yield from wrong(item, inner, f"{at}.{name}") if inner is not False else iter([f"{at}: {name} is unknown"])


@pytest.fixture
def full(learner_a: User, mentor_a: User, cohort_a: Cohort, path: Path, learner_b: User) -> User:
    """Ada with something of everything; Ben with secrets of his own, and a mentor who wrote to both."""
    assigned = assign(path.roadmap, cohort_a, target_on=date(2027, 3, 1))
    join(learner_b, cohort_a)
    for person in (learner_a, learner_b):
        Enrolment.objects.create(learner=person, roadmap=path.roadmap)
        progress.set_state(learner=person, topic=path.soil.pk, state="done", operation=uuid4())
        progress.set_step(learner=person, step=path.step, done=True, operation=uuid4())
        secret = f"note of {person.name}: =1+1"
        acts.write_note(learner=person, topic=path.soil, text=secret, shared=False, seen="")
        acts.add_resource(
            learner=person, topic=path.pond, title=f"link [of] {person.name}", url="https://example.org/", kind="video"
        )
        Goal.objects.create(learner=person, roadmap=path.roadmap, topic=path.pond)
        acts.comment(learner=person, topic=path.soil, by=person, text=f"said by {person.name}", operation=uuid4())
        acts.comment(
            learner=person, topic=path.soil, by=mentor_a, text=f"told {person.name}", operation=uuid4(), cohort=cohort_a
        )
        acts.ask_for_help(learner=person, topic=path.soil, text=f"help {person.name}", operation=uuid4())
        about = About(path.roadmap, path.soil, None)
        acts.want_sign_off(about=about, wanted=True)
        acts.hand_in(learner=person, about=about, text=f"proof of {person.name}", url="", operation=uuid4())
    LearnerTarget.objects.create(learner=learner_a, by=mentor_a, assigned=assigned, target_on=date(2027, 2, 1))
    retired = make_topic("Old days", retired_at=timezone.now())
    TopicNote.objects.create(learner=learner_a, topic=retired, text="kept")
    save_profile(user=learner_a, chosen=Chosen("ada", "Ada L", public=True), roadmaps=[path.roadmap.pk])
    now = timezone.now()
    reviews.set_review(learner=learner_a, roadmap=path.roadmap, active=True, now=now)
    late = now + timedelta(30)
    reviews.rate(learner=learner_a, topic=path.soil, rating=3, operation=uuid4(), seen=0, now=late)
    return learner_a


def body(client: Client, name: str) -> bytes:
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert response["Cache-Control"] == "no-store, private"
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


class TestJson:
    def test_everything_is_there_as_described(self, full: User) -> None:
        data = json.loads(body(browser_of(full), "own_json"))
        assert list(wrong(data, SCHEMA)) == []
        empty = {name for name in own.PARTS if not data[name]}
        assert empty == {"sign_offs"}, "each list is tried with something in it"
        assert data["person"]["email"] == full.email
        assert [row["topic"]["title"] for row in data["notes"]] == ["Soil", "Old days"]
        assert data["notes"][1]["topic"]["retired"]
        assert data["events"][0] | {"at": 0, "operation": 0, "topic": 0, "step": 0} == {
            "at": 0, "topic": 0, "step": 0, "was": "todo", "now": "done", "through": "page", "by": "you", "note": "",
            "revision": 1, "operation": 0,
        }  # fmt: skip
        assert data["enrolments"][0]["share"]["percent"] == 50
        assert data["target_dates"] == [
            {"roadmap": data["enrolments"][0]["roadmap"], "cohort": "Cohort A", "on": "2027-02-01", "own": True}
        ]
        assert [row["by"] for row in data["received"]] == ["Mira"]
        assert data["profile"]["roadmaps"][0]["title"] == "Garden"

    def test_nothing_of_others(self, full: User, learner_b: User) -> None:
        client = browser_of(full)
        for name in ("own_json", "own_csv", "own_events_csv", "own_ics"):
            text = body(client, name).decode()
            assert "Ben" not in text, name
            assert learner_b.email not in text, name
        assert b"note of Ben" in body(browser_of(learner_b), "own_csv")

    def test_the_check_finds_what_is_wrong(self, full: User) -> None:
        data = json.loads(body(browser_of(full), "own_json"))
        data["version"], data["extra"], data["states"][0]["state"] = 2, 1, "gone"
        data["events"][0]["at"], data["goals"][0]["topic"] = "yesterday", None
        del data["person"]["email"]
        assert len(list(wrong(data, SCHEMA))) == 6

    def test_the_schema_is_served_and_names_every_part(self, full: User) -> None:
        served = browser_of(full).get(reverse("own_schema")).json()
        assert served == json.loads(json.dumps(SCHEMA))
        assert own.PARTS.keys() < served["properties"].keys()

    def test_a_new_account_exports_too(self, other: User) -> None:
        client = browser_of(other)
        data = json.loads(body(client, "own_json"))
        assert list(wrong(data, SCHEMA)) == []
        assert data["profile"] is None
        for name in ("own_csv", "own_events_csv", "own_notes_zip", "own_ics"):
            assert body(client, name)

    def test_the_same_number_of_queries(self, full: User, path: Path) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as made:
                b"".join(own.own_json(full, now=timezone.now()))
                b"".join(own.own_csv(full))
                b"".join(own.own_events_csv(full))
            return len(made)

        queries()
        before = queries()
        module = path.soil.placements.get().section
        for number in range(5):
            topic = make_topic(f"More {number}", module)
            TopicNote.objects.create(learner=full, topic=topic, text="x")
            ProgressEvent.objects.create(
                learner=full, topic=topic, was="todo", now="done", revision=1, at=timezone.now()
            )
        queries()  # the tree is another one
        assert queries() == before


class TestTables:
    def test_a_line_for_each_topic(self, full: User) -> None:
        text = body(browser_of(full), "own_csv").decode("utf-8-sig")
        rows = {row["Topic"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
        assert rows.keys() == {"Soil", "Sowing", "Pond", "Old days"}
        assert (rows["Soil"]["State"], rows["Soil"]["Steps done"], rows["Soil"]["Steps"]) == ("done", "1", "1")
        assert (rows["Pond"]["My links"], rows["Pond"]["Roadmaps"]) == ("https://example.org/", "Garden")
        assert rows["Sowing"]["State"] == "to do"

    def test_no_cell_is_a_formula(self, full: User, path: Path) -> None:
        TopicNote.objects.filter(learner=full, topic=path.soil).update(text='=HYPERLINK("https://example.org")')
        text = body(browser_of(full), "own_csv").decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert '\'=HYPERLINK("https://example.org")' in cells
        assert not any(re.match(r"\s*[=+\-@]", cell) for cell in cells)

    def test_a_line_for_each_event(self, full: User) -> None:
        text = body(browser_of(full), "own_events_csv").decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert [(row["Topic"], row["Step"], row["To"]) for row in rows] == [
            ("Soil", "", "done"), ("Soil", "Dig a hole", "done"),
        ]  # fmt: skip


class TestNotes:
    def test_ticks_and_own_notes_beside(self, full: User) -> None:
        with zipfile.ZipFile(io.BytesIO(body(browser_of(full), "own_notes_zip"))) as archive:
            files = {name: archive.read(name).decode() for name in archive.namelist()}
        assert "[x]" in files["garden/README.md"]
        assert files["garden/README.md"].count("[x]") >= 1
        assert "note of Ada" in files["my-notes/garden-soil.md"]
        assert "[link \\[of\\] Ada](<https://example.org/>)" in files["my-notes/garden-pond.md"]
        assert not any("Ben" in text for text in files.values())


class TestCalendar:
    def days(self, data: bytes) -> list[Any]:
        return [(str(day["SUMMARY"]), day["DTSTART"].dt) for day in Calendar.from_ical(data).walk("VEVENT")]

    def test_own_dates_before_the_cohorts(self, full: User, learner_b: User) -> None:
        assert self.days(body(browser_of(full), "own_ics")) == [("Garden: target date", date(2027, 2, 1))]
        assert self.days(body(browser_of(learner_b), "own_ics")) == [("Garden: target date", date(2027, 3, 1))]
        LearnerTarget.objects.update(target_on=None)
        assert self.days(body(browser_of(full), "own_ics")) == []

    def test_its_page_says_what_stands_in_it(self, full: User) -> None:
        """Reviews, too, also for who has no target date."""
        today = timezone.localdate()
        ReviewCard.objects.filter(learner=full).update(reviewed_on=today, due_on=today + timedelta(1))
        client = browser_of(full)
        assert "1 target date. 1 day on which topics come back" in client.get(reverse("own_export")).content.decode()
        LearnerTarget.objects.update(target_on=None)
        page = client.get(reverse("own_export")).content.decode()
        assert "1 day on which topics come back for review." in page
        assert "You have no target date" not in page
        assert self.days(body(client, "own_ics")) != []

    def test_a_feed_opens_without_signing_in_until_it_ends(self, full: User) -> None:
        client = browser_of(full)
        assert client.post(reverse("make_own_feed")).status_code == 303
        first = own_calendar.feed_of(full).partition("//")[2].partition("/")[2]
        answer = Client().get(f"/{first}")
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert len(self.days(answer.content)) == 1
        assert b"Ada" not in answer.content
        client.post(reverse("make_own_feed"))
        assert Client().get(f"/{first}").status_code == 404
        second = own_calendar.feed_of(full).partition("//")[2].partition("/")[2]
        assert second in client.get(reverse("own_export")).content.decode()
        for _ in range(2):
            assert client.post(reverse("end_own_feed")).status_code == 303
        assert Client().get(f"/{second}").status_code == 404

    def test_what_has_days_is_added_in_one_place(self, full: User, monkeypatch: pytest.MonkeyPatch) -> None:
        from tracker.calendars import Day

        review = Day("r1", date(2027, 1, 1), "Review: Soil")
        monkeypatch.setattr(own_calendar, "SOURCES", [*own_calendar.SOURCES, lambda person: [review]])
        assert ("Review: Soil", date(2027, 1, 1)) in self.days(body(browser_of(full), "own_ics"))


def test_mail_of_the_account_is_always_wanted(learner: User) -> None:
    from tracker import mail

    assert mail.wants(learner, Mail.Kind.ACCOUNT)
    assert Mail.Kind.ACCOUNT not in mail.choices_of(learner)
