"""`--root`: which notes draw the roadmaps, remembered with the source for whoever reads it again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from roadmap.apply import undo_last
from roadmap.loading import load
from roadmap.models import NoteSource, Roadmap, Topic
from roadmap.writeback.looking import opened_source
from tests.factories import make_user
from tracker.imports import jobs, planning, verbs

pytestmark = pytest.mark.django_db
MAP = "---\ntags: [map]\n---\n"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    (folder / "Sea.md").write_text(f"{MAP}# Sea\n\n- [[Rope]]\n- [[Tides]]\n- [[Winds]]\n", encoding="utf-8")
    (folder / "Rope.md").write_text(f"{MAP}# Rope\n\n- [[Knots]]\n- [[Fibres]]\n", encoding="utf-8")
    (folder / "Land.md").write_text(f"{MAP}# Land\n\n- [[Paths]]\n- [[Inns]]\n", encoding="utf-8")
    return folder


def run(command: str, path: Path, *options: str) -> str:
    out = io.StringIO()
    call_command(command, str(path), *options, stdout=out)
    return out.getvalue()


def roadmaps() -> list[str]:
    return sorted(Roadmap.objects.filter(retired_at=None).values_list("title", flat=True))


class TestCommands:
    def test_read_notes(self, vault: Path) -> None:
        assert [line for line in run("read_notes", vault, "--root", "rope").splitlines() if ".md)" in line] == [
            "Rope  (Rope.md)"
        ]

    def test_read_notes_refuses_what_is_unknown(self, vault: Path) -> None:
        with pytest.raises(CommandError, match=r"No note here is called “Roope”.*Near it: Rope"):
            run("read_notes", vault, "--root", "Roope")

    def test_load_notes_remembers(self, vault: Path) -> None:
        run("load_notes", vault, "--yes", "--root", "Rope.md")
        assert (roadmaps(), NoteSource.objects.get().roots) == (["Rope"], ["Rope.md"])
        with (vault / "Rope.md").open("a", encoding="utf-8") as file:
            file.write("- [[Splices]]\n")
        run("load_notes", vault, "--yes")
        assert roadmaps() == ["Rope"]
        assert Topic.objects.filter(title="Splices", retired_at=None).exists()
        load(vault, by="serve")
        assert roadmaps() == ["Rope"]

    def test_several_and_another_choice_and_all_again(self, vault: Path) -> None:
        run("load_notes", vault, "--yes", "--root", "Rope", "--root", "land")
        assert roadmaps() == ["Land", "Rope"]
        run("load_notes", vault, "--yes", "--retire-many", "--root", "Sea")
        assert (roadmaps(), NoteSource.objects.get().roots) == (["Sea"], ["Sea"])
        run("load_notes", vault, "--yes", "--all-roots")
        assert (roadmaps(), NoteSource.objects.get().roots) == (["Land", "Sea"], [])

    def test_a_plan_remembers_nothing(self, vault: Path) -> None:
        run("load_notes", vault, "--yes")
        run("load_notes", vault, "--plan", "--root", "Rope")
        assert NoteSource.objects.get().roots == []

    def test_a_choice_that_changes_nothing_is_remembered(self, vault: Path) -> None:
        (vault / "Land.md").unlink()
        run("load_notes", vault, "--yes")
        run("load_notes", vault, "--root", "Sea")
        assert NoteSource.objects.get().roots == ["Sea"]
        (vault / "Land.md").write_text(f"{MAP}# Land\n\n- [[Paths]]\n- [[Inns]]\n", encoding="utf-8")
        run("load_notes", vault, "--yes")
        assert roadmaps() == ["Sea"]

    def test_undo_takes_the_choice_back(self, vault: Path) -> None:
        run("load_notes", vault, "--yes")
        run("load_notes", vault, "--yes", "--retire-many", "--root", "Rope")
        run("load_notes", vault, "--undo")
        assert (roadmaps(), NoteSource.objects.get().roots) == (["Land", "Sea"], [])

    def test_a_chosen_note_that_is_gone_changes_nothing(self, vault: Path) -> None:
        run("load_notes", vault, "--yes", "--root", "Rope")
        (vault / "Rope.md").unlink()
        for options in ((), ("--yes",), ("--yes", "--skip-broken", "--retire-many")):
            with pytest.raises(CommandError, match=r"No note here is called “Rope”.*Nothing was changed.*--all-roots"):
                run("load_notes", vault, *options)
        assert (roadmaps(), NoteSource.objects.get().roots) == (["Rope"], ["Rope"])
        assert Topic.objects.filter(retired_at=None).count() == 2

    def test_an_unknown_name_changes_nothing(self, vault: Path) -> None:
        with pytest.raises(CommandError, match=r"No note here is called “Nowhere”"):
            run("load_notes", vault, "--yes", "--root", "Nowhere")
        assert not NoteSource.objects.exists()

    def test_both_options_are_refused(self, vault: Path) -> None:
        with pytest.raises(CommandError, match="choose one"):
            run("load_notes", vault, "--yes", "--root", "Rope", "--all-roots")


class TestWhoReadsAgain:
    def test_the_studio_keeps_the_choice(self, vault: Path, settings: Any, tmp_path: Path) -> None:
        settings.UPLOADS_DIR = tmp_path / "uploads"
        jobs.forget_those(lambda key: True)
        run("load_notes", vault, "--yes", "--root", "Rope")
        with (vault / "Rope.md").open("a", encoding="utf-8") as file:
            file.write("- [[Splices]]\n")
        waiting = verbs.read_again(by=make_user(), source=NoteSource.objects.get())
        planned = planning.plan_of(waiting).outcome()
        assert [(change.kind, change.title) for change in planned.whole.changes if change.what == "topic"] == [
            ("added", "Splices")
        ]
        verbs.apply_now(waiting=waiting, planned=planned, token=planned.token, by=make_user()).outcome()
        assert (roadmaps(), NoteSource.objects.get().roots) == (["Rope"], ["Rope"])

    def test_writing_back_reads_them_so(self, vault: Path) -> None:
        run("load_notes", vault, "--yes", "--root", "Rope")
        row = NoteSource.objects.get()
        row.writable = True
        source = opened_source(row)
        assert [path.title for path in source.notes.reading.paths] == ["Rope"]
        again = source.notes.with_file("Rope.md", (vault / "Rope.md").read_bytes() + b"- [[Splices]]\n")
        assert [path.title for path in again.reading.paths] == ["Rope"]

    def test_undo_by_an_editor(self, vault: Path) -> None:
        load(vault, by="Ada")
        run("load_notes", vault, "--yes", "--retire-many", "--root", "Land")
        undo_last(source=NoteSource.objects.get(), by="Ada")
        assert NoteSource.objects.get().roots == []
