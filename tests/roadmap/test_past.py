"""The history of the curriculum: every kind of write is seen, with who and why; nothing in it is changed afterwards."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from roadmap.because import Because, Through, commanded
from roadmap.editing import add_prerequisite, retire_topic
from roadmap.loading import load
from roadmap.locks import curriculum_lock
from roadmap.models import Edit, Import, Resource, Roadmap, Topic
from roadmap.past import history
from roadmap.past.words import Change
from roadmap.recorded import DERIVED
from roadmap.studio import verbs
from roadmap.studio.doing import Asked, redo
from roadmap.studio.doing import undo as undo_act
from tests.factories import make_roadmap, make_section, make_topic

pytestmark = pytest.mark.django_db

EVENTS = ("roadmap", "section", "topic", "placement", "step", "resource", "prerequisite", "alias")
NOTES = """# Garden

## Beginner

### Ground

- **Soil** — What things grow in.
- **Water** — What they drink.
  - requires:: [[Soil]]
"""


def events(table: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(e)::text FROM roadmap_{table}event e ORDER BY pgh_id")  # noqa: S608 (a table of ours)
        return [json.loads(row[0]) for row in cursor.fetchall()]


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def told() -> list[dict[str, Any]]:
    return list(
        apps.get_model("pghistory", "Context").objects.order_by("created_at").values_list("metadata", flat=True)
    )


def ada() -> Asked:
    return Asked(by="Ada", actor="7")


@pytest.fixture
def garden() -> Roadmap:
    roadmap = make_roadmap("Garden", slug="garden")
    ground = make_section(roadmap, "Ground")
    make_topic("Soil", ground, body="Dark and rich.")
    make_topic("Water", ground)
    make_section(roadmap, "Air")
    return roadmap


def topic(title: str) -> Topic:
    return Topic.objects.get(title=title)


def fields(change: Change) -> dict[str, str]:
    """Field -> its words, gone ones in brackets and new ones in braces."""
    marks = {"gone": "[{}]", "new": "{{{}}}", "same": "{}", "gap": "…"}
    return {f.called: "".join(marks[run.what].format(run.text) for run in f.runs) for f in change.fields}


class TestEveryWriteIsSeen:
    def test_update_and_save_and_sql(self, garden: Roadmap) -> None:
        Topic.objects.filter(title="Soil").update(summary="One")
        soil = topic("Soil")
        soil.summary = "Two"
        soil.save()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE roadmap_topic SET summary = 'Three' WHERE id = %s", [soil.pk])
        Topic.objects.bulk_update([Topic(pk=soil.pk, summary="Four")], ["summary"])
        assert [event["summary"] for event in events("topic")] == ["", "One", "Two", "Three"]

    def test_an_update_that_changes_nothing_or_what_is_derived_leaves_no_trace(self, garden: Roadmap) -> None:
        Topic.objects.update(title=F("title"), body_html="<p>new</p>")
        assert events("topic") == []

    def test_deletions(self, garden: Roadmap) -> None:
        resource = Resource.objects.create(topic=topic("Soil"), title="A book")
        resource.delete()
        assert [(e["pgh_label"], e["title"]) for e in events("resource")] == [
            ("insert", "A book"),
            ("delete", "A book"),
        ]

    def test_an_import_with_copy_and_sql(self, tmp_path: Path) -> None:
        file = tmp_path / "garden.md"
        file.write_text(NOTES)
        load(file, by="Ada")
        assert events("topic") == []
        assert {e["pgh_label"] for e in events("placement") + events("prerequisite")} == {"insert"}
        file.write_text(NOTES.replace("What they drink", "Rain"))
        load(file, by="Ada")
        (was,) = events("topic")
        assert was["summary"] == "What they drink."
        assert [context["of"] for context in told()] == [
            str(uid) for uid in Import.objects.order_by("pk").values_list("uid", flat=True)
        ]

    def test_which_columns_are_left_out(self) -> None:
        for name in EVENTS:
            model = apps.get_model("roadmap", name)
            event = {f.column for f in apps.get_model("roadmap", f"{name}event")._meta.local_fields}
            left_out = {f.column for f in model._meta.local_fields} - event
            assert left_out == set(DERIVED.get(model, ())), name

    def test_check_offs_write_no_history(self, garden: Roadmap) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_%'")
            tables = {row[0] for row in cursor.fetchall()}
        assert tables == {f"roadmap_{name}{tail}" for name in EVENTS for tail in ("", "event")}


class TestWhoAndThroughWhat:
    def test_an_act_its_undo_and_its_redo(self, garden: Roadmap) -> None:
        edit = verbs.rename(roadmap=garden, uid=topic("Soil").uid, title="Earth", asked=ada())
        assert edit is not None
        undo_act(roadmap=garden, asked=ada())
        redo(roadmap=garden, asked=ada())
        assert [
            c | {"of": edit.operation} for c in sorted(told(), key=lambda c: "act redo undo".index(c["through"]))
        ] == [
            {"by": "Ada", "actor": "7", "through": through, "of": edit.operation} for through in ("act", "redo", "undo")
        ]
        assert {c["of"] for c in told()} == {str(edit.operation)}
        assert [event["title"] for event in events("topic")] == ["Soil", "Earth", "Soil"]

    def test_an_import_and_taking_it_back_on_the_command_line(self, tmp_path: Path) -> None:
        file = tmp_path / "garden.md"
        file.write_text(NOTES)
        call_command("load_notes", file, yes=True)
        call_command("load_notes", file, undo=True)
        made = Import.objects.get()
        assert {(c["through"], c["command"], c["of"]) for c in told()} == {
            ("import", "load_notes", str(made.uid)),
            ("undo_import", "load_notes", str(made.uid)),
        }

    def test_a_repair_is_an_act_too(self, garden: Roadmap) -> None:
        add_prerequisite(topic=topic("Water"), requires=topic("Soil"), by="Eve")
        (context,) = told()
        assert (context["by"], context["of"]) == ("Eve", str(Edit.objects.get().operation))

    def test_sql_by_hand_has_nobody(self, garden: Roadmap) -> None:
        Topic.objects.update(summary="x")
        assert {event["pgh_context_id"] for event in events("topic")} == {None}

    @pytest.mark.django_db(transaction=True)
    def test_what_is_told_ends_with_its_transaction(self) -> None:
        make_topic("Soil")
        with curriculum_lock(Because("Ada", Through.ACT)):
            Topic.objects.update(summary="one")
        Topic.objects.update(summary="two")
        assert [event["pgh_context_id"] is None for event in events("topic")] == [False, True]

    @pytest.mark.django_db(transaction=True)
    def test_what_is_refused_leaves_no_trace(self) -> None:
        make_topic("Soil")
        with pytest.raises(DatabaseError), curriculum_lock(Because("Ada", Through.ACT)):
            Topic.objects.update(summary="one", title="")
        assert events("topic") == []
        assert told() == []

    def test_commands_nest(self) -> None:
        with commanded("outer"), commanded("inner"):
            assert '"inner"' in Because("x", Through.ACT).told()
        assert "command" not in Because("x", Through.ACT).told()


class TestNothingInItIsChanged:
    @pytest.mark.parametrize("table", EVENTS)
    @pytest.mark.parametrize("statement", ["UPDATE roadmap_{}event SET pgh_label = 'x'", "DELETE FROM roadmap_{}event"])
    def test_events(self, garden: Roadmap, table: str, statement: str) -> None:
        one_of_each(garden)
        assert events(table)
        with pytest.raises(DatabaseError, match=r"Cannot (update|delete)"), transaction.atomic():
            run(statement.format(table))
        assert events(table)

    @pytest.mark.parametrize(
        "statement", ["UPDATE pghistory_context SET metadata = '{}'", "DELETE FROM pghistory_context"]
    )
    def test_contexts(self, garden: Roadmap, statement: str) -> None:
        retire_topic(topic=topic("Soil"), by="Ada")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            run(statement)
        assert told()


def one_of_each(garden: Roadmap) -> None:
    """A row in every table of the history."""
    soil = topic("Soil")
    soil.steps.create(title="Dig")
    soil.resources.create(title="A book")
    soil.needs.create(requires=topic("Water"))
    soil.aliases.create(text="Earth")
    Topic.objects.update(summary="x")
    garden.sections.update(summary="x")
    Roadmap.objects.update(summary="x")


class TestReadBack:
    def test_a_topic_field_by_field(self, garden: Roadmap) -> None:
        soil = topic("Soil")
        Topic.objects.filter(pk=soil.pk).update(body="Dark and very rich.")
        verbs.rename(roadmap=garden, uid=soil.uid, title="Rich soil", asked=ada())
        found = history.of_topic(soil)
        by_hand = next(
            e for e in found.entries if "past Pathnotes" in e.said and any(c.kind == "Topic" for c in e.changes)
        )
        changed = next(c for c in by_hand.changes if c.kind == "Topic")
        assert fields(changed) == {"text": "Dark and {very }rich."}
        (renamed,) = [entry for entry in found.entries if entry.by == "Ada"]
        assert renamed.said == "Renamed “Soil” to “Rich soil”"
        assert fields(renamed.changes[0])["title"] == "[Soil]{Rich soil}"

    def test_rows_made_anew_are_no_change(self, tmp_path: Path) -> None:
        file = tmp_path / "garden.md"
        more = NOTES + "  - [A book](https://example.org/a)\n  - [Another](https://example.org/b)\n"
        file.write_text(more)
        load(file, by="Ada")
        file.write_text(more.replace("Another", "A better one"))
        load(file, by="Eve")
        entry = next(e for e in history.of_topic(topic("Water")).entries if e.by == "Eve")
        assert [(c.kind, c.what) for c in entry.changes] == [("Resource", "changed")]
        assert fields(entry.changes[0])["title"].startswith("[")
        assert entry.said.startswith("Imported")

    def test_a_move_says_from_where_to_where(self, garden: Roadmap) -> None:
        air = garden.sections.get(title="Air")
        verbs.move(roadmap=garden, uid=topic("Soil").uid, parent=air.uid, after=None, asked=ada())
        entry = next(e for e in history.of_topic(topic("Soil")).entries if e.by == "Ada")
        (change,) = [c for c in entry.changes if c.kind == "Place"]
        assert fields(change)["stands in"] == "[Ground]{Air}"
        assert change.title == "Garden"
        entry = next(e for e in history.of_roadmap(garden).entries if e.by == "Ada")
        assert ("Place", "Soil") in {(c.kind, c.title) for c in entry.changes}

    def test_what_was_undone_says_so(self, garden: Roadmap) -> None:
        verbs.rename(roadmap=garden, uid=topic("Soil").uid, title="Earth", asked=ada())
        undo_act(roadmap=garden, asked=ada())
        said = {(e.said, e.undone) for e in history.of_roadmap(garden).entries if e.by}
        assert said == {("Renamed “Soil” to “Earth”", True), ("Took back: Renamed “Soil” to “Earth”", False)}

    def test_edits_from_before_there_was_a_history_stay(self, garden: Roadmap) -> None:
        edit = Edit.objects.create(verb="rename", roadmap=garden, by="Old Ada", data={"said": "Renamed this"})
        Edit.objects.filter(pk=edit.pk).update(at="2020-01-01T00:00Z")
        assert ("Old Ada", "Renamed this") in {(e.by, e.said) for e in history.of_roadmap(garden).entries}

    def test_another_topic_and_another_roadmap_have_their_own(self, garden: Roadmap) -> None:
        other = make_roadmap("Elsewhere", slug="elsewhere")
        make_topic("Stone", make_section(other, "Rock"))
        verbs.rename(roadmap=garden, uid=topic("Soil").uid, title="Earth", asked=ada())
        assert not [e for e in history.of_topic(topic("Stone")).entries if e.by == "Ada"]
        assert not [e for e in history.of_roadmap(other).entries if e.by == "Ada"]

    @pytest.mark.django_db(transaction=True)
    def test_pages_and_queries(self, garden: Roadmap) -> None:
        soil = topic("Soil")
        counts = []
        for number in range(45):
            verbs.rename(roadmap=garden, uid=soil.uid, title=f"Soil {number}", asked=ada())
            if number in {2, 44}:
                with CaptureQueriesContext(connection) as queries:
                    history.of_topic(soil)
                    history.of_roadmap(garden)
                counts.append(len(queries))
        assert counts[1] <= counts[0] <= 25
        reads: list[Callable[[str], history.History]] = [
            lambda before: history.of_topic(soil, before),
            lambda before: history.of_roadmap(garden, before),
        ]
        for read in reads:
            said, before = [], ""
            while True:
                page = read(before)
                said += [entry.said for entry in page.entries if entry.by]
                before = page.older
                if not before:
                    break
            assert said == [f"Renamed “Soil{f' {n - 1}' if n else ''}” to “Soil {n}”" for n in reversed(range(45))]

    @pytest.mark.parametrize("before", ["x", "1-x", "9" * 30 + "-" + "0" * 32, "--", "1-" + "0" * 32])
    def test_a_place_that_cannot_be_read_is_none(self, garden: Roadmap, before: str) -> None:
        assert history.of_topic(topic("Soil"), before) is not None

    def test_large_acts_are_cut_and_counted(self, garden: Roadmap) -> None:
        air = garden.sections.get(title="Air")
        for number in range(80):
            make_topic(f"Topic {number}", air)
        (entry,) = history.of_roadmap(garden).entries
        assert entry.more == 82 - 60


def test_two_acts_at_once_have_each_its_own_cause(
    transactional_db: None,
) -> None:
    """The settings are the transaction's, not the connection's or the process's."""
    soil, water = make_topic("Soil"), make_topic("Water")
    started = threading.Barrier(2)
    errors: list[BaseException] = []

    def act(pk: int, by: str) -> None:
        try:
            started.wait(10)
            with curriculum_lock(Because(by, Through.ACT, uuid4())):
                Topic.objects.filter(pk=pk).update(summary=by)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in ((soil.pk, "Ada"), (water.pk, "Eve"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not errors
    context = apps.get_model("pghistory", "Context")
    by = {
        event["pgh_obj_id"]: context.objects.get(pk=event["pgh_context_id"]).metadata["by"] for event in events("topic")
    }
    assert by == {soil.pk: "Ada", water.pk: "Eve"}
