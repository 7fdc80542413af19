"""What is uploaded is a stranger's: it is kept whole and safe, or refused with a sentence."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.uploads import bundle, shelf
from roadmap.uploads.bundle import UploadRefusedError, gather, unzip
from tests.pace import cpu_within


def packed(*files: tuple[str | zipfile.ZipInfo, bytes], compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    there = io.BytesIO()
    with zipfile.ZipFile(there, "w", compress) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return there.getvalue()


def raw(name: bytes, *, utf8: bool = False) -> bytes:
    """A zip whose one entry is called so, byte for byte."""
    data = packed(("x" * len(name), b"# A\n"))
    data = data.replace(b"x" * len(name), name)
    if utf8:
        for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = data.index(sign) + offset
            data = data[:at] + struct.pack("<H", 0x800) + data[at + 2 :]
    return data


def refused(data: bytes) -> str:
    with pytest.raises(UploadRefusedError) as told:
        unzip(data)
    return str(told.value)


MANY = packed(*((f"{n}.md", b"x") for n in range(4)))


class TestZip:
    def test_it_works(self) -> None:
        found = unzip(packed(("vault/a.md", b"# A\n"), ("vault/deep/b.txt", b"b"), ("vault/p.png", b"p")))
        assert found.files == {"a.md": b"# A\n", "deep/b.txt": b"b"}
        assert found.folder == "vault"
        assert found.left_out == {"no notes": 1}

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("../a.md", "leads out of its folder"),
            ("a/../../b.md", "leads out of its folder"),
            ("a/..", "leads out of its folder"),
            ("..\\a.md", "leads out of its folder"),
            ("/etc/a.md", "is absolute"),
            ("//host/a.md", "is absolute"),
            ("\\\\host\\a.md", "is absolute"),
            ("C:\\a.md", "is absolute"),
            ("c:a.md", "is absolute"),
            ("a\nb.md", "no text"),
            ("a\x1b[31m.md", "no text"),
            ("/".join("d" * 40) + "/a.md", "folders deep"),
            ("a" * 300 + ".md", "too long"),
        ],
    )
    def test_paths_that_lead_elsewhere(self, name: str, says: str) -> None:
        assert says in refused(packed((name, b"# A\n")))

    def test_a_hostile_path_is_refused_whatever_it_names(self) -> None:
        assert "leads out" in refused(packed(("good.md", b"# A\n"), ("../../etc/passwd", b"x")))

    def test_nul_in_a_name(self) -> None:
        """The name ends there, for whoever reads it."""
        assert unzip(raw(b"a.md\0../b.md")).files.keys() == {"a.md"}
        assert "leads out" in refused(raw(b"../b.md\0a.md"))

    def test_names_in_utf8_that_do_not_say_so(self) -> None:
        assert unzip(raw("größe.md".encode())).files.keys() == {"größe.md"}

    def test_names_that_are_no_utf8(self) -> None:
        assert unzip(raw("größe.md".encode("cp437"))).files.keys() == {"größe.md"}
        assert "says that it is UTF-8 and is not" in refused(raw(b"gr\xf6\xdfe.md", utf8=True))

    def test_duplicates(self) -> None:
        with pytest.warns(UserWarning, match="Duplicate name"):
            data = packed(("a.md", b"1"), ("a.md", b"2"))
        assert "Two files are called “a.md”" in refused(data)
        assert "Two files are called" in refused(packed(("./a.md", b"1"), ("a.md", b"2")))

    def test_a_file_that_is_a_folder(self) -> None:
        assert "both a file and a folder" in refused(packed(("a.md", b"1"), ("a.md.x/y.md", b"2"), ("a.md/b.md", b"3")))

    @pytest.mark.parametrize(
        ("kind", "says"),
        [(stat.S_IFLNK, "a symbolic link"), (stat.S_IFIFO, "a pipe"), (stat.S_IFCHR, "a device")],
    )
    @pytest.mark.parametrize("name", ["b.md", "folder", ".git/hidden"])
    def test_what_is_no_file(self, name: str, kind: int, says: str) -> None:
        odd = zipfile.ZipInfo(name)
        odd.external_attr = (kind | 0o777) << 16
        assert f"“{name}” in the zip is {says}, not a file." in refused(
            packed(("a.md", b"# A\n"), (odd, b"/etc/passwd"))
        )

    def test_one_name_in_two_unicode_forms(self) -> None:
        assert "Two files are called" in refused(packed(("café.md", b"1"), ("cafe\u0301.md", b"2")))

    def test_a_name_that_is_a_file_and_a_folder(self) -> None:
        assert "“a” is both a file and a folder" in refused(packed(("a", b"1"), ("a/b.md", b"2")))

    def test_what_stands_before_it_is_told(self) -> None:
        found = unzip(b"GIF89a<script>" + packed(("a.md", b"# A\n")))
        assert found.files == {"a.md": b"# A\n"}
        assert found.left_out == {"bytes before the zip itself": 1}

    def test_a_zip_in_a_zip_stays_closed(self) -> None:
        found = unzip(packed(("a.md", b"# A\n"), ("b.zip", packed(("c.md", b"c")))))
        assert found.files.keys() == {"a.md"}

    def test_a_bomb(self) -> None:
        data = packed(("a.md", bytes(200 << 20)))
        with cpu_within(1):
            assert "a note may have 1" in refused(data)

    def test_a_bomb_that_lies_about_its_size(self) -> None:
        data = packed(("a.md", bytes(50 << 20)))
        data = data.replace(struct.pack("<L", 50 << 20), struct.pack("<L", 10))
        assert refused(data)

    def test_many_that_are_too_much_together(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bundle, "UNPACKED", 1000)
        assert "together have more" in refused(packed(*((f"{n}.md", bytes(100)) for n in range(11))))

    def test_too_many_notes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bundle, "NOTES", 3)
        assert "more than 3 notes" in refused(packed(*((f"{n}.md", b"x") for n in range(4))))

    def test_too_many_entries(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bundle, "ENTRIES", 3)
        assert "it may hold 3" in refused(packed(*((f"{n}.png", b"x") for n in range(4))))

    def test_a_table_of_contents_that_is_too_long_is_not_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bundle, "DIRECTORY", 100)
        monkeypatch.setattr(zipfile, "ZipFile", None)
        assert "lists too many" in refused(MANY)

    def test_locked(self) -> None:
        data = packed(("a.md", b"# A\n"))
        for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = data.index(sign) + offset
            data = data[:at] + struct.pack("<H", 1) + data[at + 2 :]
        assert "password" in refused(data)

    @pytest.mark.parametrize("compress", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_other_ways_of_packing(self, compress: int) -> None:
        assert "ordinary zip" in refused(packed(("a.md", b"# A\n"), compress=compress))

    def test_damaged(self) -> None:
        data = packed(("a.md", b"# A\n" * 500))
        assert "end is missing" in refused(data[:-30])
        assert "damaged" in refused(data[:40] + b"\xff" * 10 + data[50:])
        assert "end is missing" in refused(b"PK\x03\x04 and nothing")
        assert "end is missing" in refused(b"")

    @given(st.binary(max_size=300), st.integers(0, 400), st.binary(max_size=40))
    def test_whatever_comes_is_kept_or_refused(self, start: bytes, at: int, middle: bytes) -> None:
        good = packed(("vault/a.md", b"# A\n" * 9), ("vault/b/c.md", b"c"))
        for data in (start, start + good, good[:at] + middle + good[at + len(middle) :], good + start):
            try:
                found = unzip(data)
            except UploadRefusedError:
                continue
            assert all(".." not in path.split("/") and not path.startswith("/") for path in found.files)


class TestLooseFiles:
    def test_it_works(self) -> None:
        found = gather([("b.md", b"b"), ("a.md", b"a")])
        assert list(found.files) == ["a.md", "b.md"]
        assert found.folder == ""

    def test_a_folder_is_taken_off(self) -> None:
        assert gather([("v/b.md", b"b"), ("v/c/a.md", b"a")]).files.keys() == {"b.md", "c/a.md"}
        assert gather([("v/b.md", b"b"), ("w/a.md", b"a")]).folder == ""

    def test_nothing(self) -> None:
        with pytest.raises(UploadRefusedError, match="Nothing was chosen"):
            gather([])
        with pytest.raises(UploadRefusedError, match="no notes in it"):
            gather([("a.png", b"")])

    @pytest.mark.parametrize("name", ["../a.md", "/a.md", "a\0.md", "C:/a.md", "a/../../b.md", "\ufffd.md"])
    def test_hostile_names(self, name: str) -> None:
        with pytest.raises(UploadRefusedError):
            gather([(name, b"x")])

    def test_hidden_and_tools(self) -> None:
        found = gather([("a.md", b""), (".git/b.md", b""), ("node_modules/c.md", b""), ("x/.d.md", b"")])
        assert found.files.keys() == {"a.md"}
        assert found.left_out == {"hidden or of tools": 3}


class TestShelf:
    @pytest.fixture(autouse=True)
    def _shelf(self, settings: Any, tmp_path: Path) -> None:
        settings.UPLOADS_DIR = tmp_path / "uploads"

    def put(self, **fields: Any) -> shelf.Waiting:
        given: dict[str, Any] = {"by": 1, "left_out": {}} | fields
        return shelf.put(gather([("v/a.md", b"# A\n")]), **given)

    def test_it_works(self) -> None:
        waiting = self.put(title="Notes")
        assert shelf.get(waiting.uid) == waiting
        assert shelf.of(1) == [waiting]
        assert shelf.of(2) == []
        assert (shelf.notes_of(waiting) / "a.md").read_bytes() == b"# A\n"

    def test_accepted_notes_are_the_sources(self) -> None:
        waiting = self.put()
        shelf.accept(waiting, "-")
        root = shelf.root_of(waiting.location)
        assert root is not None
        assert (root / "a.md").exists()
        assert shelf.get(waiting.uid).done == "-"
        again = shelf.put(gather([("b.md", b"b")]), by=1, location=waiting.location, over=True, left_out={})
        assert {path.name for path in shelf.notes_of(again).iterdir()} == {"a.md", "b.md"}
        assert shelf.notes_of(again).name == "v"

    def test_odd_names_of_folders(self) -> None:
        for title in ("..", "/", "a/b", "\0", "x" * 500, "\u200b", ""):
            assert self.put(title=title).uid

    def test_a_location_that_is_none_of_ours(self) -> None:
        for location in ("upload:../../etc", "upload:", "/etc", "upload:" + "g" * 32):
            assert shelf.root_of(location) is None

    def test_gone(self) -> None:
        waiting = self.put()
        shelf.drop(waiting)
        shelf.drop(waiting)
        with pytest.raises(shelf.GoneError):
            shelf.get(waiting.uid)
        with pytest.raises(shelf.GoneError):
            shelf.change(waiting, title="x")

    def test_a_broken_record_is_gone(self, tmp_path: Path) -> None:
        waiting = self.put()
        for text in ("", "[]", "{}", '{"uid": 1}', "\0", '{"uid": "' + waiting.uid.hex + '", "x": 1, "without": []}'):
            (tmp_path / "uploads" / "plans" / waiting.uid.hex / "plan.json").write_text(text)
            with pytest.raises(shelf.GoneError):
                shelf.get(waiting.uid)
            assert shelf.of(1) == []

    def test_what_waited_too_long_is_swept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        old = self.put()
        monkeypatch.setattr(shelf, "KEPT", -1)
        shelf.sweep()
        with pytest.raises(shelf.GoneError):
            shelf.get(old.uid)

    def test_a_disk_that_takes_nothing(self, settings: Any, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        settings.UPLOADS_DIR = tmp_path / "file" / "uploads"
        with pytest.raises(UploadRefusedError, match="could not be kept"):
            self.put()


def test_curricula_and_navigation_are_kept_other_json_is_not() -> None:
    graph = b'{"topics": [{"title": "A", "requires": []}]}'
    given = [
        ("v/a.md", b"# A\n"),
        ("v/.pages", b"nav: [a.md]\n"),
        ("v/mkdocs.yml", b"nav: [a.md]\n"),
        ("v/g.json", graph),
    ]
    given += [("v/package.json", b"{}"), ("v/large.json", graph + b" " * bundle.NOTE), ("v/.obsidian/g.json", graph)]
    found = bundle.gather(given)
    assert set(found.files) == {"a.md", ".pages", "mkdocs.yml", "g.json"}
    assert found.left_out == {bundle.NOT_NOTES: 2, bundle.HIDDEN: 1}
