"""A zip on the command line: read in memory as the folder in it would be, refused as the browser refuses it."""

from __future__ import annotations

import io
import json
import os
import stat
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from roadmap.guarding import read
from roadmap.loading import location_of
from roadmap.models import Import, NoteSource, Roadmap, Topic
from roadmap.notes import reading as reader
from roadmap.notes.apart import parent
from roadmap.opening import is_zip_at, opened
from roadmap.uploads import bundle
from roadmap.writeback.looking import may_write

NOTES = {
    "README.md": "# Garden\n\n## Beginner\n\n- [[Soil]]\n- [[Sowing]]\n",
    "deep/Soil.md": "# Soil\n\nEarth, and what lives in it.\n",
    "deep/Sowing.md": "# Sowing\n\nSeeds.\n",
    "templates/new.md": "# {{title}}\n\n- {{x}}\n",
    "10.md": "---\nhours: many\n---\n# Ten\n\n- ten\n",
    "2.md": "# Two\n\n- two\n",
}


def zipped(path: Path, notes: Mapping[str, str | bytes], folder: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in notes.items():
            archive.writestr(folder + name, text)
    return path


def unpacked(root: Path, notes: Mapping[str, str]) -> Path:
    for name, text in notes.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


class TestReading:
    @pytest.mark.parametrize("inside", ["", "Garden/"], ids=["loose", "in a folder"])
    def test_it_reads_as_the_folder_does(self, tmp_path: Path, inside: str) -> None:
        folder = unpacked(tmp_path / "Garden", NOTES)
        archive = zipped(tmp_path / "Garden.zip", NOTES | {"picture.png": b"\x89PNG"}, inside)
        assert read(archive) == reader.read(folder)
        assert read(archive).digests == reader.read(folder).digests
        assert {problem.code for problem in read(archive).problems} >= {"templates-skipped"}

    def test_nothing_is_unpacked(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "temporary").mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
        archive = zipped(tmp_path / "Garden.zip", NOTES)
        made: list[str] = []
        real = os.open

        def noted(path: object, flags: int, *more: object, **named: object) -> int:
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                made.append(str(path))
            return real(path, flags, *more, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(os, "open", noted)
        assert len(opened(archive)[0].files) == 5
        assert not made
        assert sorted(path.name for path in tmp_path.rglob("*")) == ["Garden.zip", "temporary"]

    def test_a_zip_by_another_name(self, tmp_path: Path) -> None:
        zipped(tmp_path / "notes.bin", NOTES)
        assert is_zip_at(tmp_path / "notes.bin")
        assert len(read(tmp_path / "notes.bin").digests) == 5

    def test_what_is_none(self, tmp_path: Path) -> None:
        folder = unpacked(tmp_path / "folder.zip", NOTES)
        assert not is_zip_at(folder)
        assert len(read(folder).digests) == 5
        os.mkfifo(tmp_path / "pipe.zip")
        assert not is_zip_at(tmp_path / "pipe.zip")
        assert read(tmp_path / "pipe.zip").paths == ()
        assert not is_zip_at(tmp_path / "nowhere.zip")
        assert "does not exist" in read(tmp_path / "nowhere.zip").problems[0].message

    def test_bytes_before_it_are_told(self, tmp_path: Path) -> None:
        archive = tmp_path / "odd.zip"
        archive.write_bytes(b"GIF89a" + only("a.md"))
        found = read(archive)
        assert list(found.digests) == ["a.md"]
        assert [(p.source, p.code, p.severity) for p in found.problems] == [("odd.zip", "zip-prefixed", "warning")]

    def test_it_is_unpacked_in_a_child(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        archive = zipped(tmp_path / "Garden.zip", NOTES)
        monkeypatch.setattr(parent, "may_fork", lambda: False)  # another Python, so that nothing is patched there
        monkeypatch.setattr(zipfile, "ZipFile", None)
        assert len(read(archive).digests) == 5


def bomb() -> bytes:
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(bundle.UNPACKED // bundle.NOTE + 2):
            archive.writestr(f"{number}.md", b"\n" * bundle.NOTE)
    return told.getvalue()


def locked() -> bytes:
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as archive:
        archive.writestr("a.md", "# A\n\n- one\n")
    data = bytearray(told.getvalue())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def linked() -> bytes:
    link = zipfile.ZipInfo("b.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    told = io.BytesIO(only("a.md"))
    with zipfile.ZipFile(told, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    return told.getvalue()


def only(name: str, text: bytes | str = "# A\n\n- one\n") -> bytes:
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as archive:
        archive.writestr(name, text)
    return told.getvalue()


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "match"),
        [
            (bomb(), "more than 32 MiB"),
            (only("../../a.md"), "leads out of its folder"),
            (only("/etc/a.md"), "is absolute"),
            (locked(), "locked with a password"),
            (only("inner.zip", only("a.md")), "no notes in it"),
            (only("a.md")[:-30], "the end is missing"),
            (b"PK\x03\x04", "the end is missing"),
            (only("big.md", b"\n" * (bundle.NOTE + 1)), "a note may have"),
            (linked(), "is a symbolic link, not a file"),
            (bytes(bundle.BODY + 1), "more than 32 MiB"),
        ],
        ids=["bomb", "slip", "absolute", "locked", "nested", "cut off", "empty", "large note", "link", "large zip"],
    )
    def test_each_in_a_sentence(self, tmp_path: Path, data: bytes, match: str) -> None:
        (tmp_path / "notes.zip").write_bytes(data)
        with pytest.raises(CommandError, match=match) as caught:
            call_command("read_notes", str(tmp_path / "notes.zip"), stdout=io.StringIO())
        assert str(caught.value).startswith("notes.zip: ")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.zip"]


@pytest.mark.django_db
class TestLoading:
    def load(self, path: Path, *options: str) -> str:
        out = io.StringIO()
        call_command("load_notes", str(path), *options, stdout=out, stderr=io.StringIO())
        return out.getvalue()

    def test_it_works(self, tmp_path: Path) -> None:
        archive = zipped(tmp_path / "Garden.zip", {n: t for n, t in NOTES.items() if "/" in n or n == "README.md"})
        self.load(archive, "--yes")
        source = NoteSource.objects.get()
        assert source.location == location_of(archive) == str(archive.resolve())
        ids = dict(Topic.objects.values_list("title", "uid"))
        assert set(ids) == {"Soil", "Sowing"}
        assert Roadmap.objects.get().title == "Garden"
        zipped(archive, {"README.md": "# Garden\n\n## Beginner\n\n- Soil\n- Sowing\n- Pruning\n"})
        assert "Pruning" in self.load(archive, "--plan")
        self.load(archive, "--yes")
        assert Topic.objects.get(title="Soil").uid == ids["Soil"]
        assert NoteSource.objects.count() == 1
        self.load(archive, "--undo")
        assert not Topic.objects.filter(title="Pruning", retired_at=None).exists()
        assert "in a zip" in may_write(source)

    def test_a_refused_one_changes_nothing(self, tmp_path: Path) -> None:
        archive = zipped(tmp_path / "Garden.zip", {"README.md": "# Garden\n\n- Soil\n- Sowing\n"})
        self.load(archive, "--yes")
        archive.write_bytes(archive.read_bytes()[:-40])
        with pytest.raises(CommandError, match="Nothing was changed"):
            self.load(archive, "--yes")
        assert Topic.objects.filter(retired_at=None).count() == 2
        assert Import.objects.count() == 1

    def test_the_plan_as_json_says_that_there_is_no_commit(self, tmp_path: Path) -> None:
        archive = zipped(tmp_path / "Garden.zip", {"README.md": "# Garden\n\n- Soil\n"})
        assert json.loads(self.load(archive, "--plan", "--json"))["checkout"] is None
