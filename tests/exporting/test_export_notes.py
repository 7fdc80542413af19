"""`manage.py export_notes`, and what it wrote loaded again, on a real database and real files."""

from __future__ import annotations

import errno
import io
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.exporting import folder
from roadmap.exporting.folder import LIST, NotExportedError, write_folder
from roadmap.forking import fork_roadmap, look
from roadmap.loading import load, prepare
from roadmap.models import Import, NoteSource, Roadmap, Topic
from roadmap.notes.items import Resource
from roadmap.notes.reading import read
from roadmap.stored import curriculum_of
from roadmap.studio.doing import Asked
from tests.exporting.case_rules import faults
from tests.factories import make_roadmap, make_section, make_topic
from tracker.models import ProgressEvent, StepProgress, TopicProgress, User

README = """# Pottery

## Clay

- **Kinds of clay** (stoneware, porcelain) — Each its own. ^kinds
- [[Wedging]]
  - requires:: [[Kinds of clay]]
- **Centring**
  - [ ] One kilogram
"""
WEDGING = "---\nmaterial: clay\nhours: 2\n---\n# Wedging\n\nFold, press, turn.\n"


@pytest.fixture
def pottery(tmp_path: Path, db: None) -> Path:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "README.md").write_text(README)
    (notes / "Wedging.md").write_text(WEDGING)
    load(notes, by="Ada")
    return notes


def export(*options: str) -> str:
    out = io.StringIO()
    call_command("export_notes", *options, stdout=out)
    return out.getvalue()


def bring(path: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("load_notes", str(path), *options, stdout=out)
    return out.getvalue()


def files(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def edit(place: Path, was: str, now: str) -> None:
    text = place.read_text()
    assert was in text, text
    place.write_text(text.replace(was, now))


class TestExport:
    def test_notes(self, pottery: Path, tmp_path: Path) -> None:
        assert export("pottery", str(tmp_path / "out")) == f"“Pottery”: 3 topics, 2 files in {tmp_path / 'out'}.\n"
        readme = (tmp_path / "out" / "README.md").read_text()
        assert "- **Kinds of clay** (stoneware, porcelain) — Each its own. ^kinds" in readme
        assert (
            "- [[topics/wedging|Wedging]] ^wedging\n  - hours:: 2\n  - requires:: [[#^kinds|Kinds of clay]]" in readme
        )
        note = (tmp_path / "out" / "topics" / "wedging.md").read_text()
        assert note.endswith("material: clay\n---\n# Wedging\n\nFold, press, turn.\n")

    def test_loaded_again_it_changes_nothing_and_makes_no_copy(self, pottery: Path, tmp_path: Path) -> None:
        before = curriculum_of(NoteSource.objects.get())
        export("pottery", str(tmp_path / "out"))
        assert bring(tmp_path / "out", "--yes").strip() == "Nothing to change."
        assert curriculum_of(NoteSource.objects.get()) == before
        assert Import.objects.count() == 1

    def test_an_edited_export_changes_the_roadmap_it_is_of_and_can_be_taken_back(
        self, pottery: Path, tmp_path: Path
    ) -> None:
        before = curriculum_of(NoteSource.objects.get())
        out = tmp_path / "out"
        export("pottery", str(out))
        edit(out / "README.md", "**Centring**", "**Centering**")
        edit(out / "topics" / "wedging.md", "Fold, press, turn.", "Press, turn, fold.")
        bring(out, "--yes")
        assert Roadmap.objects.count() == 1
        assert Topic.objects.get(title="Centering").overrides == {"title": "Centring"}
        assert Topic.objects.get(slug="wedging").body == "Press, turn, fold."
        assert bring(pottery, "--yes").strip().endswith("Nothing to change.")
        assert Topic.objects.get(slug="wedging").body == "Press, turn, fold."
        assert "Taken back" in bring(out, "--undo")
        assert curriculum_of(NoteSource.objects.get()) == before

    def test_in_the_place_of_the_notes_it_is_the_notes(self, pottery: Path, tmp_path: Path) -> None:
        uids = dict(Topic.objects.values_list("slug", "uid"))
        Topic.objects.filter(slug="centring").update(title="In the middle", overrides={"title": "Centring"})
        export("pottery", str(tmp_path / "out"))
        for place in pottery.iterdir():
            place.unlink()
        for path, data in files(tmp_path / "out").items():
            (pottery / path).parent.mkdir(exist_ok=True)
            (pottery / path).write_bytes(data)
        edit(pottery / "README.md", "**In the middle**", "**The middle of the wheel**")
        edit(pottery / "README.md", "## Clay", "## Earth")
        bring(pottery, "--yes")
        assert dict(Topic.objects.values_list("slug", "uid")) == uids
        assert bring(pottery, "--yes").strip() == "Nothing to change."

    def test_in_another_database_it_is_the_same_roadmap(self, pottery: Path, tmp_path: Path) -> None:
        out = tmp_path / "out"
        export("pottery", str(out))
        edit(out / "README.md", str(Roadmap.objects.get().uid), "00000000-0000-4000-8000-000000000000")
        assert "3 added" in bring(out, "--yes")
        assert NoteSource.objects.count() == 2
        assert bring(out, "--yes").strip() == "Nothing to change."

    def test_ticks(self, pottery: Path, tmp_path: Path) -> None:
        ada = User.objects.create(email="ada@example.org")
        bring(pottery, "--yes")
        edit(pottery / "README.md", "[ ] One", "[x] One")
        bring(pottery, "--yes", "--ticks-for", "ada@example.org")
        TopicProgress.objects.create(
            learner=ada,
            topic=Topic.objects.get(slug="wedging"),
            state="waived",
            changed_at=Topic.objects.first().updated_at,  # type: ignore[union-attr]
        )
        export("pottery", str(tmp_path / "out"), "--with-ticks", "Ada@Example.org")
        readme = (tmp_path / "out" / "README.md").read_text()
        assert "- [x] [[topics/wedging|Wedging]]" in readme
        assert "- [ ] **Centring** ^centring\n  - [x] One kilogram" in readme
        assert "- [ ] **Kinds of clay**" in readme

    def test_a_file_too_large_to_be_loaded_again_is_named(
        self, pottery: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Topic.objects.filter(slug="wedging").update(body="a " * 600_000)
        export("pottery", str(tmp_path / "out"))
        assert "topics/wedging.md is larger than 1 MiB" in capsys.readouterr().err
        export("pottery", str(tmp_path / "data"), "--format", "json")
        assert "pottery.json is larger than 1 MiB" in capsys.readouterr().err

    def test_json(self, pottery: Path, tmp_path: Path) -> None:
        export("pottery", str(tmp_path / "out"), "--format", "json")
        data = json.loads((tmp_path / "out" / "pottery.json").read_text())
        assert (data["format"], data["version"], data["roadmap"]["title"]) == ("pathnotes-roadmap", 1, "Pottery")
        by_title = {topic["title"]: topic for topic in data["topics"]}
        assert by_title["Wedging"]["meta"] == {"material": "clay"}
        assert by_title["Wedging"]["requires"][0]["topic"] == by_title["Kinds of clay"]["uid"]
        assert [item["topic"] for item in data["sections"][0]["items"]] == [
            by_title[title]["uid"] for title in ("Kinds of clay", "Wedging", "Centring")
        ]
        file = tmp_path / "out" / "pottery.json"
        for place in (file, file.parent):
            assert "Nothing" in bring(place)
        edit(file, "Each its own.", "Each of its own kind.")
        bring(file, "--yes")
        assert Topic.objects.get(title="Kinds of clay").overrides == {"summary": "Each its own."}
        assert NoteSource.objects.count() == 1
        file.with_name("more.md").write_text("# More\n\n- **Glaze**\n- **Kiln**\n- **Wheel**\n")
        found = read(file.parent)
        assert {(p.code, p.source) for p in found.problems if p.severity == "warning"} == {
            ("json-export", "pottery.json")
        }
        assert [path.title for path in found.paths] == ["More"]

    @pytest.mark.parametrize(
        ("was", "now", "said"),
        [
            ('"version": 1', '"version": 2', "is an export of version '2'; version 1 is read"),
            ('"sections": [', '"sections": [,', "is not valid JSON"),
            ('"format": "pathnotes-roadmap"', '"format": "pathnotes-mind-map"', "Expected is"),
            ('"topics": [', '"topics": [], "subjects": [', "holds no topic"),
        ],
    )
    def test_json_that_cannot_be_read(self, pottery: Path, tmp_path: Path, was: str, now: str, said: str) -> None:
        export("pottery", str(tmp_path / "out"), "--format", "json")
        file = tmp_path / "out" / "pottery.json"
        edit(file, was, now)
        if "mind-map" in now:
            edit(file, '"topics": [', '"subjects": [')
        with pytest.raises(CommandError, match=said):
            bring(file, "--yes")
        assert Import.objects.count() == 1

    def test_json_that_somebody_broke_by_hand(self, pottery: Path, tmp_path: Path) -> None:
        export("pottery", str(tmp_path / "out"), "--format", "json")
        file = tmp_path / "out" / "pottery.json"
        data = json.loads(file.read_text())
        by_title = {topic["title"]: topic for topic in data["topics"]}
        kinds, centring = by_title["Kinds of clay"], by_title["Centring"]
        section = data["sections"][0]
        section["items"] += [section["items"][0], {"topic": "nobody"}, {"section": section["uid"]}, 7]
        centring |= {"hours": -3, "requires": [{"topic": "nobody"}, {"topic": kinds["uid"]}, "x"], "steps": 5}
        centring |= {"details": {"a": 1}, "resources": [{"title": "", "url": ""}, {"title": "A", "kind": "rumour"}]}
        data["topics"].append({"uid": "seatless", "title": "Nowhere"})
        data["roadmap"]["uid"] = 5
        file.write_text(json.dumps(data))
        found = read(file)
        assert [p.code for p in found.problems] == ["json-left-out"] * 5
        (path,) = found.paths
        assert path.exported == "", "a roadmap of its own"
        assert [topic.title for topic in path.items[0].items] == ["Kinds of clay", "Wedging", "Centring"]
        last = path.items[0].items[2]
        assert ([r.title for r in last.requires], last.hours, last.details, last.items) == (
            ["Kinds of clay"], None, (), ()
        )  # fmt: skip
        assert last.resources == (Resource("A", "", "link"),)

    def test_case(self, pottery: Path, tmp_path: Path) -> None:
        with CaptureQueriesContext(connection) as captured:
            export("pottery", str(tmp_path / "out"), "--format", "case")
        package = json.loads((tmp_path / "out" / "pottery.case.json").read_text())
        assert list(faults(package)) == []
        assert [item["fullStatement"] for item in package["CFItems"]] == [
            "Clay", "Kinds of clay", "Wedging", "Centring", "One kilogram",
        ]  # fmt: skip
        assert len(captured) < 30


class TestRefused:
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["potery"], "There is no roadmap “potery”. There is pottery. Nothing was written."),
            (["pottery", "--with-ticks", "bob@example.org"], "There is no user bob@example.org."),
            (["pottery", "--with-ticks", "x@example.org", "--format", "case"], "says nothing of people"),
        ],
    )
    def test_in_a_sentence(self, pottery: Path, tmp_path: Path, options: list[str], said: str) -> None:
        with pytest.raises(CommandError, match="Nothing was") as error:
            export(options[0], str(tmp_path / "out"), *options[1:])
        assert said in str(error.value)
        assert not (tmp_path / "out").exists()

    def test_a_changed_export_of_a_roadmap_made_in_the_browser(self, tmp_path: Path, db: None) -> None:
        make_topic("Soil", make_section(make_roadmap("Garden", slug="garden"), "Ground", slug="ground"), slug="soil")
        export("garden", str(tmp_path / "out"))
        assert bring(tmp_path / "out", "--yes").strip() == "Nothing to change."
        edit(tmp_path / "out" / "README.md", "**Soil**", "**Earth**")
        with pytest.raises(CommandError, match="made in the browser"):
            bring(tmp_path / "out", "--yes")

    def test_an_export_whose_note_is_missing(self, pottery: Path, tmp_path: Path) -> None:
        export("pottery", str(tmp_path / "out"))
        (tmp_path / "out" / "topics" / "wedging.md").unlink()
        with pytest.raises(CommandError, match="is missing"):
            bring(tmp_path / "out", "--yes")

    def test_an_export_of_a_retired_roadmap(self, pottery: Path, tmp_path: Path) -> None:
        export("pottery", str(tmp_path / "out"))
        connection.cursor().execute("UPDATE roadmap_roadmap SET retired_at = now()")
        with pytest.raises(CommandError, match="is retired"):
            bring(tmp_path / "out", "--yes")


class TestTicksFor:
    @pytest.fixture
    def ada(self, pottery: Path) -> User:
        edit(pottery / "README.md", "- [[Wedging]]", "- [x] [[Wedging]]")
        edit(pottery / "README.md", "- **Centring**", "- [x] **Centring**")
        edit(pottery / "README.md", "- **Kinds", "- [ ] **Kinds")
        edit(pottery / "README.md", "[ ] One", "[x] One")
        return User.objects.create(email="ada@example.org")

    def test_shown_first_then_taken(self, pottery: Path, ada: User) -> None:
        said = bring(pottery, "--plan", "--ticks-for", "ada@example.org")
        assert "Would tick 2 topics and 1 step for ada@example.org." in said
        assert not TopicProgress.objects.exists()
        said = bring(pottery, "--yes", "--ticks-for", "ADA@example.org")
        assert "3 ticked for ada@example.org; these stay." in said
        assert set(TopicProgress.objects.values_list("topic__title", "state")) == {
            ("Wedging", "done"),
            ("Centring", "done"),
        }
        assert StepProgress.objects.get().done
        assert set(ProgressEvent.objects.values_list("through", "by")) == {("notes", ada.pk)}

    def test_again_it_changes_nothing(self, pottery: Path, ada: User) -> None:
        bring(pottery, "--yes", "--ticks-for", "ada@example.org")
        said = bring(pottery, "--ticks-for", "ada@example.org")
        assert said.strip().endswith("Would tick 0 topics for ada@example.org; 2 are done already.")
        assert ProgressEvent.objects.count() == 3

    def test_nothing_is_lowered(self, pottery: Path, ada: User) -> None:
        bring(pottery, "--yes")
        for slug, state in (("wedging", "waived"), ("kinds-of-clay", "done"), ("centring", "learning")):
            topic = Topic.objects.get(slug=slug)
            TopicProgress.objects.create(learner=ada, topic=topic, state=state, changed_at=topic.updated_at)
        assert "Would tick 1 topic and 1 step for ada@example.org; 1 is done already." in bring(
            pottery, "--yes", "--ticks-for", "ada@example.org"
        )
        assert set(TopicProgress.objects.values_list("topic__slug", "state")) == {
            ("wedging", "waived"), ("kinds-of-clay", "done"), ("centring", "done"),
        }  # fmt: skip

    def test_asked_even_where_the_notes_change_nothing(
        self, pottery: Path, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bring(pottery, "--yes")
        with pytest.raises(CommandError, match="no terminal"):
            bring(pottery, "--ticks-for", "ada@example.org")
        assert not TopicProgress.objects.exists()
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda _: "y")
        bring(pottery, "--ticks-for", "ada@example.org")
        assert TopicProgress.objects.count() == 2

    def test_taking_the_import_back_leaves_the_ticks(self, pottery: Path, ada: User) -> None:
        edit(pottery / "README.md", "Each its own", "Each of its own kind")
        bring(pottery, "--yes", "--ticks-for", "ada@example.org")
        bring(pottery, "--undo")
        assert TopicProgress.objects.filter(state="done").count() == 2

    def test_undo_takes_no_user(self, pottery: Path, ada: User) -> None:
        with pytest.raises(CommandError, match="never ticks"):
            bring(pottery, "--undo", "--ticks-for", "ada@example.org")

    def test_a_strict_lock_does_not_refuse_what_was_done_elsewhere(self, pottery: Path, ada: User) -> None:
        Roadmap.objects.update(locking="strict")
        bring(pottery, "--yes", "--ticks-for", "ada@example.org")
        assert TopicProgress.objects.get(topic__slug="wedging").state == "done"

    def test_from_an_export_with_ticks(self, pottery: Path, ada: User, tmp_path: Path) -> None:
        bring(pottery, "--yes", "--ticks-for", "ada@example.org")
        bob = User.objects.create(email="bob@example.org")
        export("pottery", str(tmp_path / "out"), "--with-ticks", "ada@example.org")
        assert "Would tick 2 topics and 1 step for bob@example.org." in bring(
            tmp_path / "out", "--yes", "--ticks-for", "bob@example.org"
        )
        assert TopicProgress.objects.filter(learner=bob, state="done").count() == 2
        assert Roadmap.objects.count() == 1

    def test_an_unknown_user_is_refused_before_anything(self, pottery: Path, ada: User) -> None:
        edit(pottery / "README.md", "Centring", "Centering")
        with pytest.raises(CommandError, match=r"There is no user eve@example\.org"):
            bring(pottery, "--yes", "--ticks-for", "eve@example.org")
        assert Topic.objects.filter(title="Centring").exists()

    def test_as_json(self, pottery: Path, ada: User) -> None:
        told = json.loads(bring(pottery, "--plan", "--json", "--ticks-for", "ada@example.org"))
        assert (told["ticks"]["for"], len(told["ticks"]["topics"]), len(told["ticks"]["steps"])) == (
            "ada@example.org",
            2,
            1,
        )


FILES = {"README.md": b"one", "topics/a.md": b"two"}


class TestFolder:
    def test_a_new_folder_and_those_around_it(self, tmp_path: Path) -> None:
        write_folder(tmp_path / "x" / "y", FILES, of="r")
        assert files(tmp_path / "x" / "y").keys() == {"README.md", "topics/a.md", LIST}
        assert [found.name for found in (tmp_path / "x").iterdir()] == ["y"]

    def test_an_empty_folder(self, tmp_path: Path) -> None:
        write_folder(tmp_path, FILES, of="r")
        assert (tmp_path / "README.md").read_bytes() == b"one"

    def test_a_folder_that_is_not_empty(self, tmp_path: Path) -> None:
        (tmp_path / "mine.md").write_bytes(b"mine")
        for force in (False, True):
            with pytest.raises(NotExportedError, match="Nothing was written"):
                write_folder(tmp_path, FILES, of="r", force=force)
        assert files(tmp_path) == {"mine.md": b"mine"}

    def test_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "f").write_bytes(b"mine")
        with pytest.raises(NotExportedError, match="is a file, not a folder"):
            write_folder(tmp_path / "f", FILES, of="r")
        with pytest.raises(NotExportedError, match="Nothing was written"):
            write_folder(tmp_path / "f" / "below", FILES, of="r")

    def test_force_replaces_what_an_export_wrote_and_leaves_the_rest(self, tmp_path: Path) -> None:
        write_folder(tmp_path / "x", FILES, of="r")
        (tmp_path / "x" / "mine.md").write_bytes(b"mine")
        write_folder(tmp_path / "x", {"README.md": b"new", "topics/b.md": b"b"}, of="r", force=True)
        found = files(tmp_path / "x")
        assert json.loads(found.pop(LIST))["files"].keys() == {"README.md", "topics/b.md"}
        assert found == {"README.md": b"new", "topics/b.md": b"b", "mine.md": b"mine"}

    @pytest.mark.parametrize("path", ["README.md", "topics/b.md"])
    def test_force_leaves_work_of_people_alone(self, tmp_path: Path, path: str) -> None:
        write_folder(tmp_path / "x", FILES, of="r")
        (tmp_path / "x" / path).write_bytes(b"mine")
        before = files(tmp_path / "x")
        with pytest.raises(NotExportedError, match="changed since the last export"):
            write_folder(tmp_path / "x", {"README.md": b"new", "topics/b.md": b"b"}, of="r", force=True)
        assert files(tmp_path / "x") == before

    def test_force_follows_no_link(self, tmp_path: Path) -> None:
        write_folder(tmp_path / "x", {"README.md": b"one"}, of="r")
        (tmp_path / "away").mkdir()
        (tmp_path / "x" / "topics").symlink_to(tmp_path / "away")
        with pytest.raises(NotExportedError, match="Nothing was written"):
            write_folder(tmp_path / "x", FILES, of="r", force=True)
        assert not list((tmp_path / "away").iterdir())

    def test_force_of_another_roadmap(self, tmp_path: Path) -> None:
        write_folder(tmp_path / "x", FILES, of="r")
        with pytest.raises(NotExportedError, match="something else"):
            write_folder(tmp_path / "x", FILES, of="s", force=True)

    @pytest.mark.parametrize("path", ["../out.md", "/etc/out.md", "a/../../b.md", "a\\b.md", ""])
    def test_nothing_lies_outside(self, tmp_path: Path, path: str) -> None:
        with pytest.raises(NotExportedError, match="outside of the folder"):
            write_folder(tmp_path / "x", {path: b""}, of="r")
        assert not (tmp_path / "x").exists()

    @pytest.mark.parametrize("again", [False, True])
    @pytest.mark.parametrize("after", [0, 1, 2])
    def test_a_full_disk_leaves_nothing_half(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int, *, again: bool
    ) -> None:
        if again:
            write_folder(tmp_path / "x", FILES, of="r")
        before = files(tmp_path)
        written: list[Path] = []
        real = folder._write

        def full(place: Path, data: bytes) -> None:
            if len(written) == after:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data[:1])
                raise OSError(errno.ENOSPC, "full")
            written.append(place)
            real(place, data)

        monkeypatch.setattr(folder, "_write", full)
        with pytest.raises(NotExportedError, match=r"the disk is full\. Nothing was written"):
            write_folder(tmp_path / "x", {"README.md": b"new", "notes/c.md": b"c"}, of="r", force=again)
        assert files(tmp_path) == before
        assert sorted(p.name for p in tmp_path.iterdir()) == (["x"] if again else [])
        assert not (tmp_path / "x" / "notes").exists()


def test_what_is_hidden_by_an_editor_is_not_lost_by_a_return(pottery: Path, tmp_path: Path) -> None:
    """A topic retired in the browser keeps its seat when an edited export comes back."""
    from roadmap.editing import restore_topic, retire_topic

    retire_topic(topic=Topic.objects.get(slug="centring"), by="Ada")
    out = tmp_path / "out"
    export("pottery", str(out))
    assert "Centring" not in (out / "README.md").read_text()
    edit(out / "README.md", "- [[topics/wedging|Wedging]]", "- **Throwing**\n- [[topics/wedging|Wedging]]")
    bring(out, "--yes")
    restore_topic(topic=Topic.objects.get(slug="centring"), by="Ada")
    titles = [t.title for t in Topic.objects.filter(retired_at=None).order_by("placements__position")]
    assert titles == ["Kinds of clay", "Throwing", "Wedging", "Centring"]
    assert prepare(out).plan is not None


def test_an_export_uploaded_as_something_new_is_told_what_it_is_of(
    pottery: Path, tmp_path: Path, client: Client, editor: User, settings: Any, static_root: Path
) -> None:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    client.force_login(editor)
    export("pottery", str(tmp_path / "out"))
    readme = SimpleUploadedFile("README.md", (tmp_path / "out" / "README.md").read_bytes())
    answer = client.post(reverse("upload_notes"), {"files": [readme]})
    page = client.get(answer.headers["Location"]).content.decode()
    assert "an export of “Pottery”, which is here already" in page


def test_an_editor_takes_the_same_notes_from_the_studio(
    pottery: Path, tmp_path: Path, client: Client, editor: User, static_root: Path
) -> None:
    client.force_login(editor)
    assert reverse("studio_notes", args=["pottery"]) in client.get("/studio/pottery/").content.decode()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(reverse("studio_notes", args=["pottery"]))
    assert len(captured) < 20
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pottery.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    export("pottery", str(tmp_path / "out"))
    written = files(tmp_path / "out")
    del written[LIST]
    assert files(tmp_path / "pottery") == written


class TestForks:
    """A fork shares the topics of what it follows: these stay theirs."""

    @pytest.fixture
    def fork(self, pottery: Path) -> Roadmap:
        asked = Asked("Ada", "1", operation=uuid4())
        return fork_roadmap(upstream=Roadmap.objects.get(), title="Our pottery", slug="ours", asked=asked)

    def test_unchanged_it_changes_nothing(self, fork: Roadmap, tmp_path: Path) -> None:
        export("ours", str(tmp_path / "out"))
        assert bring(tmp_path / "out", "--yes").strip() == "Nothing to change."

    def test_what_is_shared_is_left_as_it_is_and_what_is_its_own_changes(self, fork: Roadmap, tmp_path: Path) -> None:
        out = tmp_path / "out"
        export("ours", str(out))
        edit(out / "README.md", "**Centring**", "**Centering**")
        edit(out / "README.md", "## Clay", "## Earth")
        edit(out / "README.md", "  - [ ] One kilogram", "  - [ ] One kilogram\n- **Glazing** — Colour.")
        said = bring(out, "--yes")
        assert "“Centering” belongs to other notes" in said
        assert Topic.objects.filter(title="Centring").exists()
        assert [section.title for section in fork.sections.all()] == ["Earth"]
        assert [section.title for section in Roadmap.objects.get(slug="pottery").sections.all()] == ["Clay"]
        titles = list(fork.placements.order_by("position").values_list("topic__title", flat=True))
        assert titles == ["Kinds of clay", "Wedging", "Centring", "Glazing"]
        assert look(fork.fork).followed.plan.empty

    def test_case_says_where_topics_are_at_home(self, fork: Roadmap, tmp_path: Path) -> None:
        export("ours", str(tmp_path / "out"), "--format", "case")
        package = json.loads((tmp_path / "out" / "ours.case.json").read_text())
        assert list(faults(package)) == []
        ends = {
            (one["originNodeURI"]["title"], one["destinationNodeURI"]["identifier"])
            for one in package["CFAssociations"]
            if one["associationType"] == "exactMatchOf"
        }
        assert ends == {(topic.title, str(topic.uid)) for topic in Topic.objects.all()}
