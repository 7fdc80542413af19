"""`load_notes --write-ids` on folders of real files: nobody's tick is lost, and nothing else of a file changes."""

from __future__ import annotations

import io
import re
import shutil
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase
from django.utils import timezone

from roadmap.loading import load, prepare, undo
from roadmap.models import Import, NoteSource, Topic
from roadmap.source_files import files_of
from roadmap.stored import curriculum_of
from roadmap.writeback import identify
from roadmap.writeback.folder import Place, digest
from roadmap.writeback.identify import Ids, NotIdentifiedError, write_ids
from tracker.models import TopicProgress, User

README = "# Garden\r\n\r\n## Ground\r\n\r\n- **Soil** (clay, sand)  \r\n- Seeds\t\r\n- [[Water]]\r\n- Harvest ^harvest"
WATER = "---\nhours: 2\n---\n# Water\n\nIt is wet.\n"
ID = re.compile(rb" \^t[0-9a-f]{8}|^id: t[0-9a-f]{8}\r?\n", re.MULTILINE)

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "garden"
    root.mkdir()
    (root / "README.md").write_bytes(README.encode())
    (root / "Water.md").write_bytes(WATER.encode())
    (root / "README.md").chmod(0o640)
    return root


@pytest.fixture
def source(folder: Path) -> NoteSource:
    load(folder, by="Ada")
    return NoteSource.objects.get()


def run(folder: Path, *options: str) -> str:
    out = io.StringIO()
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("load_notes", str(folder), "--write-ids", *options, stdout=out)
    return out.getvalue()


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def ticked(*titles: str) -> dict[str, int]:
    """Someone has done these; title -> primary key of the topic."""
    learner = User.objects.create(email="lea@example.org")
    found = {topic.title: topic.pk for topic in Topic.objects.filter(title__in=titles)}
    for pk in found.values():
        TopicProgress.objects.create(learner=learner, topic_id=pk, state="done", changed_at=timezone.now())
    return found


def done() -> set[int]:
    return set(TopicProgress.objects.filter(state="done", topic__retired_at=None).values_list("topic_id", flat=True))


class TestWriteIds:
    def test_it_works(self, source: NoteSource, folder: Path) -> None:
        before = {topic.uid: topic.title for topic in Topic.objects.all()}
        said = run(folder, "--yes")
        after = files(folder)
        assert {name: ID.sub(b"", data) for name, data in after.items()} == {
            "README.md": README.encode(),
            "Water.md": WATER.encode(),
        }
        assert len(ID.findall(after["README.md"])) == 2
        assert len(ID.findall(after["Water.md"])) == 1
        assert stat.S_IMODE((folder / "README.md").stat().st_mode) == 0o640
        assert "Wrote 3 ids to 2 files; all else in them is unchanged." in said
        assert {topic.uid: topic.title for topic in Topic.objects.all()} == before
        assert prepare(folder).nothing
        assert files_of(source.pk) == {name: digest(data) for name, data in after.items()}

    def test_ticks_survive_the_renaming_of_everything(self, source: NoteSource, folder: Path) -> None:
        ticks = ticked("Soil", "Seeds", "Water")
        run(folder, "--yes")
        assert done() == set(ticks.values())
        readme = (folder / "README.md").read_text(encoding="utf-8")
        for old, new in (("Soil", "Dirt"), ("Seeds", "What is sown"), ("Ground", "Below"), ("Garden", "Plot")):
            readme = readme.replace(old, new)
        (folder / "README.md").write_bytes(readme.replace("[[Water]]", "[[Rain]]").encode())
        rain = (folder / "Water.md").read_bytes().replace(b"# Water", b"# Rain")
        (folder / "Water.md").unlink()
        (folder / "Rain.md").write_bytes(rain)
        load(folder, by="Ada")
        assert done() == set(ticks.values())
        assert set(Topic.objects.filter(retired_at=None).values_list("title", flat=True)) == {
            "Dirt",
            "What is sown",
            "Rain",
            "Harvest",
        }

    def test_only_the_chosen_roadmap_gets_ids(self, folder: Path) -> None:
        (folder / "Sky.md").write_text("# Sky\n\n## Above\n\n- Wind\n- Clouds\n- Stars\n", encoding="utf-8")
        before = files(folder)
        said = run(folder, "--root", "Sky", "--plan")
        assert "3 topics in 1 file would get an id." in said
        assert files(folder) == before
        run(folder, "--root", "Sky", "--yes")
        after = files(folder)
        assert {name for name in after if after[name] != before[name]} == {"Sky.md"}
        assert prepare(folder).nothing
        assert "Every topic has an id already." in run(folder, "--yes")

    def test_nothing_is_written_into_a_zip(self, folder: Path, tmp_path: Path) -> None:
        packed = Path(shutil.make_archive(str(tmp_path / "garden-notes"), "zip", folder))
        before = packed.read_bytes()
        with pytest.raises(CommandError, match="lie in a zip"):
            run(packed, "--yes")
        assert packed.read_bytes() == before
        assert not NoteSource.objects.exists()

    def test_an_export_has_its_ids(self, source: NoteSource, folder: Path, tmp_path: Path) -> None:
        out = tmp_path / "out"
        call_command("export_notes", "garden", str(out), stdout=io.StringIO())
        before = files(out)
        assert "every topic in it has its id" in run(out, "--yes")
        assert "every topic in it has its id" in run(out, "--plan")
        assert files(out) == before

    def test_again_there_is_nothing_to_do(self, source: NoteSource, folder: Path) -> None:
        run(folder, "--yes")
        before = files(folder)
        assert "Every topic has an id already." in run(folder, "--yes")
        assert files(folder) == before

    def test_notes_that_were_never_loaded_are_loaded_first(self, folder: Path) -> None:
        run(folder, "--yes")
        assert Topic.objects.count() == 4
        assert prepare(folder).nothing

    def test_one_file_is_a_source_too(self, folder: Path) -> None:
        run(folder / "README.md", "--yes")
        assert len(ID.findall((folder / "README.md").read_bytes())) == 3
        assert (folder / "Water.md").read_bytes() == WATER.encode()

    def test_an_edit_in_the_browser_stays(self, source: NoteSource, folder: Path) -> None:
        Topic.objects.filter(title="Soil").update(title="Earth", overrides={"title": "Soil"})
        run(folder, "--yes")
        assert Topic.objects.filter(title="Earth", overrides={"title": "Soil"}).exists()
        assert b"**Soil** (clay, sand) ^t" in (folder / "README.md").read_bytes()

    def test_the_import_can_still_be_taken_back(self, source: NoteSource, folder: Path) -> None:
        (folder / "README.md").write_bytes(README.replace("Seeds", "Seeds\r\n- Tools").encode())
        load(folder, by="Ada")
        run(folder, "--yes")
        undo(folder, by="Ada")
        assert not Topic.objects.filter(title="Tools", retired_at=None).exists()
        assert Import.objects.filter(state=Import.State.UNDONE).count() == 1


class TestPlan:
    def test_it_shows_the_difference_and_writes_nothing(self, source: NoteSource, folder: Path) -> None:
        said = run(folder, "--plan").splitlines()
        at = said.index("README.md:5")
        assert said[at + 1 : at + 3] == ["  - - **Soil** (clay, sand)  ", "  - - Seeds\t"]
        assert re.fullmatch(r"  \+ - \*\*Soil\*\* \(clay, sand\) \^t[0-9a-f]{8}  ", said[at + 3])
        assert said[-1] == "3 topics in 2 files would get an id."
        assert files(folder) == {"README.md": README.encode(), "Water.md": WATER.encode()}

    def test_of_notes_that_are_not_loaded(self, folder: Path) -> None:
        assert "The notes are not loaded yet" in run(folder, "--plan")
        assert not NoteSource.objects.exists()
        assert files(folder) == {"README.md": README.encode(), "Water.md": WATER.encode()}

    def test_it_names_what_gets_none(self, folder: Path) -> None:
        (folder / "README.md").write_text("# Bread\n\n## Way\n\nSowing → Harvest → Milling\n", encoding="utf-8")
        (folder / "Water.md").unlink()
        assert "README.md:5: “Sowing” gets no id. It is one of several topics of one line" in run(folder, "--plan")


class TestRefusals:
    def test_a_read_only_file_is_left_and_the_others_are_written(self, source: NoteSource, folder: Path) -> None:
        (folder / "Water.md").chmod(0o444)
        said = run(folder, "--yes")
        assert "Water.md cannot be written. Water.md is marked as not to be written to." in said
        assert "Wrote 2 ids to 1 file" in said
        assert (folder / "Water.md").read_bytes() == WATER.encode()
        assert prepare(folder).nothing

    def test_a_file_that_changes_meanwhile(
        self, source: NoteSource, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        replace = Place.replace

        def raced(self: Place, before: bytes, after: bytes) -> None:
            if self.name == "README.md":
                (folder / "README.md").write_bytes(README.encode() + b"\r\n- More\r\n")
            replace(self, before, after)

        monkeypatch.setattr(Place, "replace", raced)
        ids = write_ids(source=source, by="Ada")
        assert "was changed meanwhile" in ids.refused["README.md"]
        assert [change.path for change in ids.changes] == ["Water.md"]
        assert (folder / "README.md").read_bytes().endswith(b"- More\r\n")

    def test_notes_that_say_something_new(self, source: NoteSource, folder: Path) -> None:
        (folder / "README.md").write_bytes(README.replace("Seeds", "Seeds\r\n- Tools").encode())
        with pytest.raises(NotIdentifiedError, match="load them first"):
            write_ids(source=source, by="Ada")

    def test_a_symbolic_link_is_not_followed(self, source: NoteSource, folder: Path, tmp_path: Path) -> None:
        outside = tmp_path / "outside.md"
        outside.write_bytes(WATER.encode())
        (folder / "Water.md").unlink()
        (folder / "Water.md").symlink_to(outside)
        run(folder, "--yes")
        assert outside.read_bytes() == WATER.encode()
        assert (folder / "Water.md").readlink() == outside

    def test_all_files_are_as_before_when_the_database_fails(
        self, source: NoteSource, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored = curriculum_of(source)

        def fail(*_: object, **__: object) -> None:
            raise RuntimeError("the disk is gone")

        monkeypatch.setattr(identify, "store_target", fail)
        with pytest.raises(RuntimeError):
            write_ids(source=source, by="Ada")
        assert files(folder) == {"README.md": README.encode(), "Water.md": WATER.encode()}
        assert curriculum_of(source) == stored

    def test_without_a_terminal_it_asks_for_yes(self, source: NoteSource, folder: Path) -> None:
        with pytest.raises(CommandError, match="no terminal to ask on"):
            run(folder)
        assert files(folder) == {"README.md": README.encode(), "Water.md": WATER.encode()}

    @pytest.mark.parametrize("other", ["--undo", "--json"])
    def test_options_that_do_not_go_together(self, folder: Path, other: str) -> None:
        with pytest.raises(CommandError, match="--write-ids goes neither"):
            run(folder, other)

    def test_what_ships_with_pathnotes(self, settings: object, folder: Path) -> None:
        settings.CURRICULA_DIR = folder.parent  # type: ignore[attr-defined]
        with pytest.raises(CommandError, match="copy them to a folder of yours"):
            run(folder, "--yes")
        assert not NoteSource.objects.exists()


def test_the_answer_of_the_verb(source: NoteSource) -> None:
    ids = write_ids(source=source, by="Ada")
    assert isinstance(ids, Ids)
    assert {put.path for put in ids.put} == {"README.md", "Water.md"}
    assert write_ids(source=source, by="Ada").put == []
