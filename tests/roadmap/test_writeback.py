"""Edits written back to the files of a folder: only where it is allowed, whole or not at all, and taken back."""

from __future__ import annotations

import os
import stat
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from roadmap.apply import NotAppliedError
from roadmap.loading import load, prepare
from roadmap.models import Edit, NoteSource, Placement, Roadmap, Topic
from roadmap.notes.apart import parent
from roadmap.notes.apart.child import Bounds
from roadmap.notes.writing import apart
from roadmap.source_files import files_of
from roadmap.stored import curriculum_of, part_of
from roadmap.studio import fields, one_topic
from roadmap.studio import verbs as studio_verbs
from roadmap.studio.doing import Asked, undo
from roadmap.studio.one_topic import asked_by
from roadmap.writeback import pending, verbs
from roadmap.writeback.folder import digest
from roadmap.writeback.looking import NotesChangedError, WritingOffError, opened_source
from roadmap.writeback.verbs import (
    FieldRefusedError,
    FileNotWrittenError,
    SeenOtherwiseError,
    WrittenOverError,
    allow_writing,
    take_back,
    write_back,
)

README = """# Garden

## Ground

- **Soil** (clay, sand): what it is
  - [ ] Dig
  - [x] Rake
- Seeds — small things
- [[Water]]
- Harvest
  - requires:: [[Seeds]]
"""
WATER = "---\nhours: 2\n---\n# Water\r\n\r\nIt is wet.\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "garden"
    root.mkdir()
    (root / "README.md").write_bytes(README.encode())
    (root / "Water.md").write_bytes(WATER.encode())
    (root / "README.md").chmod(0o640)
    return root


@pytest.fixture
def source(db: None, folder: Path) -> NoteSource:
    load(folder, by="Ada")
    found = NoteSource.objects.get()
    allow_writing(source=found, allowed=True)
    return found


def asked(name: str = "Edda") -> Asked:
    return one_topic.asked_by(name=name, key=1)


def topic(title: str) -> Topic:
    return Topic.objects.get(title=title)


def garden() -> Roadmap:
    return Roadmap.objects.get(title="Garden")


def edit(named: str, /, **wanted: Any) -> Topic:
    """Change fields of a topic in the browser."""
    found = topic(named)
    one_topic.edit_topic(topic=found, roadmap=garden(), wanted=wanted, seen={}, drop="", asked=asked())
    found.refresh_from_db()
    return found


def put(found: Topic, *names: str, **more: Any) -> Edit:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return write_back(
            source=NoteSource.objects.get(), topic=found, names=names, roadmap=garden(), **{"asked": asked()} | more
        )


def back(done: Edit, by: str = "Olga") -> Edit:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return take_back(edit=done, by=by)


def overrides(found: Topic) -> dict[str, Any]:
    found.refresh_from_db()
    return dict(found.overrides)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def plans_nothing(folder: Path) -> bool:
    return prepare(folder).nothing


class TestWriteBack:
    def test_it_works(self, source: NoteSource, folder: Path) -> None:
        soil = edit("Soil", title="Earth")
        before = (folder / "README.md").stat()
        done = put(soil, "title")
        assert files(folder) == {
            "README.md": README.replace("**Soil**", "**Earth**").encode(),
            "Water.md": WATER.encode(),
        }
        assert overrides(soil) == {}
        assert plans_nothing(folder)
        assert done.data["said"] == "Wrote title of “Earth” to README.md"
        after = (folder / "README.md").stat()
        assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
        assert stat.S_IMODE(after.st_mode) == 0o640

    @pytest.mark.parametrize(
        ("title", "wanted", "names", "path", "was", "now"),
        [
            ("Soil", {"summary": "all | of it"}, ["summary"], "README.md", "what it is", "all | of it"),
            ("Soil", {"details": ["clay", "loam"]}, ["details"], "README.md", "clay, sand", "clay, loam"),
            ("Water", {"hours": 3.5}, ["hours"], "Water.md", "hours: 2", "hours: 3.5"),
            ("Water", {"body": "It is cold."}, ["body"], "Water.md", "It is wet.", "It is cold."),
            ("Water", {"body": "It is cold.\n"}, ["body"], "Water.md", "It is wet.", "It is cold."),
            ("Water", {"summary": "Wet."}, ["summary"], "README.md", "[[Water]]", "[[Water]]: Wet."),
            ("Seeds", {"aliases": ["Grain"]}, ["aliases"], "README.md", "Seeds —", "Seeds [aliases:: Grain] —"),
            ("Soil", {"summary": "new", "title": "Earth"}, ["title", "summary"], "README.md",
             "**Soil** (clay, sand): what it is", "**Earth** (clay, sand): new"),
        ],
    )  # fmt: skip
    def test_each_field(
        self, source: NoteSource, folder: Path, title: str, wanted: Any, names: list[str], path: str, was: str, now: str
    ) -> None:
        was_there = files(folder)
        found = edit(title, **wanted)
        put(found, *names)
        assert files(folder) == was_there | {path: was_there[path].replace(was.encode(), now.encode(), 1)}
        assert overrides(found) == {}
        assert plans_nothing(folder)

    def test_steps_keep_their_ticks(self, source: NoteSource, folder: Path) -> None:
        soil = topic("Soil")
        dig, rake = soil.steps.order_by("position")
        edit(
            "Soil",
            steps=[fields.StepField("Rake", rake.uid), fields.StepField("Dig deep", dig.uid), fields.StepField("Sow")],
        )
        put(soil, "steps")
        assert b"  - [x] Rake\n  - [ ] Dig deep\n  - [ ] Sow\n" in (folder / "README.md").read_bytes()
        assert [step.uid for step in soil.steps.order_by("position")][:2] == [rake.uid, dig.uid]
        assert plans_nothing(folder)

    def test_prerequisites(self, source: NoteSource, folder: Path) -> None:
        harvest, seeds, soil = topic("Harvest"), topic("Seeds"), topic("Soil")
        one_topic.remove_need(topic=harvest, roadmap=garden(), requires=seeds, asked=asked())
        put(harvest, "requires")
        assert b"requires::" not in (folder / "README.md").read_bytes()
        one_topic.set_need(
            topic=harvest, roadmap=garden(), requires=soil, reason="It grows in it.", beside=None, asked=asked()
        )
        put(harvest, "requires")
        assert (
            b"- Harvest\n  - requires:: [[Soil]] \xe2\x80\x94 It grows in it.\n" in (folder / "README.md").read_bytes()
        )
        assert [need.source for need in harvest.needs.all()] == ["notes"]
        assert (overrides(harvest), plans_nothing(folder)) == ({}, True)

    def test_optional(self, source: NoteSource, folder: Path) -> None:
        seeds = topic("Seeds")
        section = garden().sections.get()
        studio_verbs.set_optional(roadmap=garden(), uid=seeds.uid, optional=True, asked=asked())
        assert pending.fields_of(curriculum_of(source), _plain(seeds)) == ["optional"]
        put(seeds, "optional")
        assert b"- Seeds (optional) \xe2\x80\x94 small things\n" in (folder / "README.md").read_bytes()
        section.refresh_from_db()
        assert section.overrides == {}
        assert Placement.objects.get(topic=seeds).optional
        assert plans_nothing(folder)

    def test_two_edits_of_one_file_in_a_row(self, source: NoteSource, folder: Path) -> None:
        """The digest that is compared follows what was written."""
        put(edit("Soil", title="Earth"), "title")
        put(edit("Seeds", summary="tiny things"), "summary")
        assert (folder / "README.md").read_bytes() == README.replace("**Soil**", "**Earth**").replace(
            "small", "tiny"
        ).encode()
        assert files_of(source.pk) == {name: digest(data) for name, data in files(folder).items()}
        assert plans_nothing(folder)

    def test_the_same_operation_again_changes_nothing(self, source: NoteSource, folder: Path) -> None:
        soil, once = edit("Soil", title="Earth"), asked()
        first = put(soil, "title", asked=once)
        written = files(folder)
        assert put(soil, "title", asked=once) == first
        assert files(folder) == written

    def test_a_single_file(self, db: None, tmp_path: Path) -> None:
        path = tmp_path / "plan.md"
        path.write_text(README, encoding="utf-8")
        load(path, by="Ada")
        allow_writing(source=NoteSource.objects.get(), allowed=True)
        put(edit("Soil", title="Earth"), "title")
        assert path.read_text(encoding="utf-8") == README.replace("**Soil**", "**Earth**")
        assert plans_nothing(path)

    def test_as_many_queries_for_many_topics(self, source: NoteSource, folder: Path) -> None:
        def asked_of() -> int:
            with CaptureQueriesContext(connection) as queries:
                opened_source(NoteSource.objects.get())
            return len(queries)

        few = asked_of()
        more = README + "".join(f"- Plant {n}\n" for n in range(200))
        (folder / "README.md").write_text(more, encoding="utf-8")
        load(folder, by="Ada")
        assert asked_of() == few == 10


class TestRefused:
    """Nothing of the file, nor of the database, is another afterwards."""

    def refused(
        self, folder: Path, kind: type[Exception], sentence: str, found: Topic, *names: str, **more: Any
    ) -> None:
        before, known = files(folder) if folder.is_dir() else {}, overrides(found)
        with pytest.raises(kind, match=sentence):
            put(found, *names, **more)
        assert not folder.is_dir() or files(folder) == before
        assert overrides(found) == known
        assert not Edit.objects.filter(verb="write_back").exists()

    def test_off_by_default(self, db: None, folder: Path) -> None:
        load(folder, by="Ada")
        assert not NoteSource.objects.get().writable
        self.refused(folder, WritingOffError, "is not allowed", edit("Soil", title="Earth"), "title")

    def test_notes_without_a_folder(self, source: NoteSource) -> None:
        for location in ("upload:abc", "bundled:ai-engineer"):
            source.location = location
            with pytest.raises(FileNotWrittenError, match="no folder to write to"):
                allow_writing(source=source, allowed=True)

    def test_a_file_that_changed(self, source: NoteSource, folder: Path) -> None:
        soil = edit("Soil", title="Earth")
        with (folder / "README.md").open("a", encoding="utf-8") as file:
            file.write("- Weeds\n")
        self.refused(
            folder, NotesChangedError, r"README.md changed .* “Weeds” added.* read the notes again", soil, "title"
        )
        load(folder, by="Ada")
        put(soil, "title")
        assert plans_nothing(folder)

    def test_a_change_that_says_nothing_is_one_until_it_was_read(self, source: NoteSource, folder: Path) -> None:
        soil = edit("Soil", title="Earth")
        with (folder / "README.md").open("a", encoding="utf-8") as file:
            file.write("\n\n")
        self.refused(folder, NotesChangedError, "nothing that is read from them", soil, "title")
        assert load(folder, by="Ada") is None
        put(soil, "title")

    def test_something_else_than_was_shown(self, source: NoteSource, folder: Path) -> None:
        soil = edit("Soil", title="Earth")
        token = opened_source(NoteSource.objects.get()).look(soil.uid, ["title"]).token
        edit("Earth", title="Mud")
        self.refused(folder, SeenOtherwiseError, "not what you saw", soil, "title", seen=token)
        fresh = opened_source(NoteSource.objects.get()).look(soil.uid, ["title"]).token
        assert put(soil, "title", seen=fresh)

    def test_what_the_notes_cannot_say(self, source: NoteSource, folder: Path) -> None:
        self.refused(folder, FieldRefusedError, "number", edit("Soil", title="3. Earth"), "title")

    def test_it_is_said_in_the_readers_language(self, source: NoteSource, folder: Path) -> None:
        with translation.override("es"):
            says = r"^También cambiaría esto de «Earth»: número\. No se ha escrito nada; queda como edición"
            self.refused(folder, FieldRefusedError, says, edit("Soil", title="3. Earth"), "title")

    def test_what_was_seen_is_the_same_in_every_language(self, source: NoteSource) -> None:
        found = edit("Soil", title="3. Earth")
        whole = opened_source(NoteSource.objects.get())
        seen = []
        for language in ("en", "es", "ar"):
            with translation.override(language):
                seen.append(whole.look(found.uid, ["title"]).token)
        assert len(set(seen)) == 1

    def test_a_file_that_changed_in_the_readers_language(self, source: NoteSource, folder: Path) -> None:
        soil = edit("Soil", title="Earth")
        with (folder / "README.md").open("a", encoding="utf-8") as file:
            file.write("- Weeds\n")
        with translation.override("es"):
            self.refused(folder, NotesChangedError, r"README\.md: hay cambios .*: se añade «Weeds»\.", soil, "title")

    def test_one_refused_field_of_two_writes_neither(self, source: NoteSource, folder: Path) -> None:
        found = edit("Soil", title="3. Earth", summary="new")
        self.refused(folder, FieldRefusedError, "number", found, "summary", "title")

    @pytest.mark.parametrize("kind", ["file", "folder", "pipe", "read only"])
    def test_what_is_no_file_of_the_folder(
        self, source: NoteSource, folder: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It was exchanged after it was read."""
        soil = edit("Soil", title="Earth")
        outside = tmp_path / "outside.md"
        outside.write_text(README, encoding="utf-8")
        reading = opened_source(NoteSource.objects.get())
        monkeypatch.setattr("roadmap.writeback.verbs.opened_source", lambda row: reading)
        readme = folder / "README.md"
        if kind == "read only":
            readme.chmod(0o440)
        elif kind == "folder":
            moved = tmp_path / "moved"
            folder.rename(moved)
            folder.symlink_to(moved)
        else:
            readme.unlink()
            readme.symlink_to(outside) if kind == "file" else os.mkfifo(readme)
        with pytest.raises(FileNotWrittenError, match=r"link|ordinary|not to be written|folder of this machine"):
            put(soil, "title")
        assert outside.read_text(encoding="utf-8") == README
        assert overrides(soil) == {"title": "Soil"}

    def test_notes_that_cannot_be_read_within_bounds(
        self, source: NoteSource, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        soil = edit("Soil", title="Earth")
        done = put(edit("Seeds", title="Grains"), "title")
        before = files(folder)
        whole = opened_source(NoteSource.objects.get())
        monkeypatch.setattr(apart, "BOUNDS", Bounds(wall=0.0))
        monkeypatch.setattr(parent, "may_fork", lambda: False)  # so it is looked at long before it can be done
        monkeypatch.setattr(parent, "POLL", 0.0001)
        (change,) = whole.look(soil.uid, ["title"]).changes
        assert (change.code, change.refused) == (
            "stopped", "Reading the notes took more than 0 s, so it was stopped.",
        )  # fmt: skip
        with pytest.raises(WritingOffError, match=r"so it was stopped\. Nothing was written\."):
            put(soil, "title")
        with pytest.raises(WritingOffError, match="so it was stopped"):
            back(done)
        assert (files(folder), overrides(soil)) == (before, {"title": "Soil"})

    @pytest.mark.parametrize("path", ["../outside.md", "a/../../outside.md", "/etc/x.md", "", ".hidden.md", "x\0.md"])
    def test_a_path_that_leads_out(self, folder: Path, path: str) -> None:
        from roadmap.writeback.folder import FileRefusedError, opened

        with pytest.raises(FileRefusedError, match="no path of a note"), opened(str(folder), path):
            raise AssertionError("opened")

    def test_changed_at_the_last_moment(
        self, source: NoteSource, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        soil = edit("Soil", title="Earth")
        real = os.link

        def link(*args: Any, **more: Any) -> None:
            real(*args, **more)
            (folder / "README.md").write_bytes(b"# Garden\n\n- Somebody was here\n")

        monkeypatch.setattr(os, "link", link)
        with pytest.raises(FileNotWrittenError, match="changed meanwhile"):
            put(soil, "title")
        assert sorted(files(folder)) == ["README.md", "Water.md"]
        assert (folder / "README.md").read_bytes() == b"# Garden\n\n- Somebody was here\n"

    def test_a_full_disk(self, source: NoteSource, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(handle: int) -> None:
            raise OSError(28, "No space left on device")

        found = edit("Soil", title="Earth")
        monkeypatch.setattr(os, "fsync", full)
        says = r"^There is no room on the disk to write README\.md\. Nothing was changed\.$"
        self.refused(folder, FileNotWrittenError, says, found, "title")
        with translation.override("es"):
            says = r"^No queda espacio en el disco para escribir README\.md\. No se ha cambiado nada\.$"
            self.refused(folder, FileNotWrittenError, says, found, "title")

    def test_a_database_that_fails(self, source: NoteSource, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*args: Any, **more: Any) -> None:
            raise NotAppliedError("No.")

        found = edit("Soil", title="Earth")
        monkeypatch.setattr("roadmap.writeback.verbs.remember", fail)
        self.refused(folder, NotAppliedError, "No", found, "title")

    def test_a_file_system_without_second_names(
        self, source: NoteSource, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: Any, **more: Any) -> None:
            raise OSError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", fail)
        put(edit("Soil", title="Earth"), "title")
        assert b"**Earth**" in (folder / "README.md").read_bytes()


class TestTakeBack:
    @pytest.mark.parametrize(
        ("title", "wanted"),
        [
            ("Soil", {"title": "Earth"}),
            ("Soil", {"summary": "new"}),
            ("Water", {"hours": 3.5}),
            ("Water", {"body": "x"}),
        ],
    )
    def test_it_works(self, source: NoteSource, folder: Path, title: str, wanted: Any) -> None:
        before = files(folder)
        found = edit(title, **wanted)
        known = overrides(found)
        done = put(found, *wanted)
        back(done)
        assert files(folder) == before
        assert overrides(found) == known
        assert [getattr(found, name) for name in wanted] == list(wanted.values())
        assert plans_nothing(folder)
        assert (done.undone_at is not None, done.data["undone_by"]) == (True, "Olga")
        back(done, by="Edda")
        assert done.data["undone_by"] == "Olga"
        put(found, *wanted)
        assert plans_nothing(folder)

    def test_steps_prerequisites_and_optional(self, source: NoteSource, folder: Path) -> None:
        before = files(folder)
        harvest, soil = topic("Harvest"), topic("Soil")
        edit("Harvest", steps=[fields.StepField("Cut")])
        one_topic.set_need(topic=harvest, roadmap=garden(), requires=soil, reason="", beside=None, asked=asked())
        one_topic.remove_need(topic=harvest, roadmap=garden(), requires=topic("Seeds"), asked=asked())
        studio_verbs.set_optional(roadmap=garden(), uid=harvest.uid, optional=True, asked=asked())
        known = curriculum_of(source)
        done = put(harvest, "optional", "steps", "requires")
        back(done)
        assert files(folder) == before
        assert curriculum_of(source) == known
        assert plans_nothing(folder)

    def test_a_file_that_was_changed_since(self, source: NoteSource, folder: Path) -> None:
        done = put(edit("Soil", title="Earth"), "title")
        put(edit("Seeds", summary="tiny"), "summary")
        written = files(folder)
        with pytest.raises(WrittenOverError, match=r"README.md was changed since"):
            back(done)
        assert files(folder) == written
        assert Edit.objects.get(pk=done.pk).undone_at is None

    def test_the_studio_does_not_take_it_back_with_the_edit(self, source: NoteSource, folder: Path) -> None:
        put(edit("Soil", title="Earth"), "title")
        with pytest.raises(NotAppliedError, match="was changed since"):
            undo(roadmap=garden(), asked=asked())
        assert plans_nothing(folder)


class TestEditTwice:
    def test_an_edit_over_what_was_written(self, source: NoteSource, folder: Path) -> None:
        soil = edit("Soil", title="Earth")
        put(soil, "title")
        edit("Earth", title="Mud")
        assert overrides(soil) == {"title": "Earth"}
        put(soil, "title")
        assert b"**Mud**" in (folder / "README.md").read_bytes()
        assert plans_nothing(folder)

    def test_notes_that_say_it_already(self, source: NoteSource, folder: Path) -> None:
        """Somebody wrote it by hand: the edit goes on, harmlessly, and writing it only drops it."""
        soil = edit("Soil", title="Earth")
        readme = folder / "README.md"
        readme.write_text(README.replace("**Soil**", "**Earth**"), encoding="utf-8")
        prepared = prepare(folder)
        assert prepared.plan is not None
        assert not prepared.plan.unclear
        load(folder, by="Ada")
        assert overrides(soil) == {"title": "Earth"}
        written = files(folder)
        assert put(soil, "title").data["said"] == "The notes say title of “Earth” already"
        assert (files(folder), overrides(soil), plans_nothing(folder)) == (written, {}, True)


def killed_at(step: int, soil: Topic) -> int:
    """Write the edit of `soil` back in a process that is killed at this step; its exit status: 9, 0 when it came to its
    end before."""
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            _write_back_until(step, soil)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _write_back_until(step: int, soil: Topic) -> None:
    left = step

    def dies() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(9)

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def act(*args: Any, **more: Any) -> Any:
            dies()
            done = real(*args, **more)
            dies()
            return done

        return act

    for name in ("link", "rename", "fsync", "fchmod", "unlink"):
        setattr(os, name, dying(getattr(os, name)))
    vars(verbs).update({name: dying(getattr(verbs, name)) for name in ("store_target", "remember")})
    verbs.write_back(
        source=NoteSource.objects.get(),
        topic=soil,
        names=["title", "summary"],
        roadmap=Roadmap.objects.get(),
        asked=asked_by(name="Edda", key=1),
    )


@pytest.mark.django_db(transaction=True)
class TestKilled:
    def test_at_every_step(self, folder: Path) -> None:
        """Whatever a killed process leaves, the edit is in the notes or over them, and the next import asks nothing."""
        load(folder, by="Ada")
        source = NoteSource.objects.get()
        allow_writing(source=source, allowed=True)
        soil = topic("Soil")
        seen, step, ended = set(), 0, 9
        while ended != 0:
            step += 1
            before = (folder / "README.md").read_bytes()
            was = (soil.title, soil.summary)
            soil = edit(soil.title, title=f"Earth {step}", summary=f"told {step} times")
            ended = killed_at(step, soil)
            assert ended in {0, 9}
            lead, rest = before.split(b"**", 1)[0], before.split(b"\n  - [ ] Dig", 1)[1]
            said = f"**{soil.title}** (clay, sand): {soil.summary}".encode()
            told = lead + said + b"\n  - [ ] Dig" + rest
            state = (folder / "README.md").read_bytes()
            assert state in {before, told}
            soil.refresh_from_db()
            seen.add((state == told, bool(soil.overrides)))
            assert (soil.title, soil.summary) != was
            prepared = prepare(folder)
            assert prepared.plan is None or not prepared.plan.unclear
            load(folder, by="Ada")
            kept = (soil.title, soil.summary)
            soil.refresh_from_db()
            assert (soil.title, soil.summary, soil.retired_at) == (*kept, None)
            assert Topic.objects.filter(retired_at=None).count() == Topic.objects.count() == 4
        assert state == told
        assert step > 8
        assert seen >= {(False, True), (True, True), (True, False)}
        assert (False, False) not in seen, "neither the notes nor an edit would say it"
        assert overrides(soil) == {}
        assert plans_nothing(folder)


def _plain(found: Topic) -> Any:
    return part_of(roadmaps=(), topics=[found.uid]).topics[0]
