"""Folders of notes: what is read, in which order, and what is left alone."""

from __future__ import annotations

import errno
import os
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from roadmap.notes import files
from roadmap.notes.files import NoteFile, Scan, natural_key, printable, scan
from roadmap.notes.limits import DEFAULT


def write(root: Path, *names: str, text: str = "# A\n") -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def names(result: Scan) -> list[str]:
    return [file.path for file in result.files]


def codes(result: Scan) -> list[tuple[str, str]]:
    return [(problem.source, problem.code) for problem in result.problems]


class TestReading:
    def test_a_folder_gives_its_notes_as_bytes(self, tmp_path: Path) -> None:
        write(tmp_path, "README.md", "topics/a.markdown", "b.mdown", "c.txt", text="# Ä\n")
        assert scan(tmp_path) == Scan(
            tuple(NoteFile(name, "# Ä\n".encode()) for name in ("b.mdown", "c.txt", "README.md", "topics/a.markdown"))
        )

    def test_numbers_in_names_sort_as_numbers(self, tmp_path: Path) -> None:
        write(tmp_path, "10 Ten.md", "2 Two.md", "02 Zero two.md", "b/9.md", "B/10.md", "a2b10.md", "a2b9.md")
        assert names(scan(tmp_path)) == [
            "2 Two.md", "02 Zero two.md", "10 Ten.md", "a2b9.md", "a2b10.md", "b/9.md", "B/10.md",
        ]  # fmt: skip

    def test_a_single_file_is_read_whatever_its_ending(self, tmp_path: Path) -> None:
        write(tmp_path, "outline.mdx")
        assert names(scan(tmp_path / "outline.mdx")) == ["outline.mdx"]

    def test_a_file_that_grows_while_it_is_read_is_never_read_past_the_bound(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, "a.md", text="x" * 10)
        real = os.fstat

        def before_it_grew(handle: int) -> os.stat_result:
            status = real(handle)
            (tmp_path / "a.md").write_text("x" * 5000, encoding="utf-8")
            return status

        monkeypatch.setattr(os, "fstat", before_it_grew)
        result = scan(tmp_path, replace(DEFAULT, note_bytes=100))
        assert names(result) == []
        assert codes(result) == [("a.md", "note-too-large")]


class TestLeftAlone:
    def test_tool_folders_hidden_files_and_other_endings(self, tmp_path: Path) -> None:
        write(
            tmp_path, "a.md", ".git/x.md", ".obsidian/x.md", ".trash/x.md", "node_modules/p/README.md", ".hidden.md",
            "__MACOSX/x.md", "a.py", "a.html", "a.png",
        )  # fmt: skip
        assert scan(tmp_path) == Scan((NoteFile("a.md", b"# A\n"),))

    def test_templates_are_left_out_and_said_so(self, tmp_path: Path) -> None:
        write(tmp_path, "a.md", "Templates/Daily.md")
        result = scan(tmp_path)
        assert names(result) == ["a.md"]
        assert [(p.source, p.severity, p.code) for p in result.problems] == [("Templates", "info", "templates-skipped")]

    def test_json_that_is_no_curriculum_is_passed_over(self, tmp_path: Path) -> None:
        write(tmp_path, "a.md", "config.json")
        result = scan(tmp_path)
        assert (names(result), result.unread, result.problems) == (["a.md"], ("config.json",), ())

    def test_json_with_topics_that_require_others_is_taken(self, tmp_path: Path) -> None:
        write(tmp_path, "a.md")
        write(tmp_path, "graph.json", text='{"topics": [{"title": "x", "requires": []}]}')
        write(tmp_path, "large.json", text='{"topics": [{"requires": []}]}' + " " * DEFAULT.note_bytes)
        result = scan(tmp_path)
        assert (names(result), result.unread, result.problems) == (["a.md", "graph.json"], ("large.json",), ())

    def test_files_of_navigation_are_taken_hidden_ones_too(self, tmp_path: Path) -> None:
        write(tmp_path, "a.md", ".pages", "mkdocs.yml", "x/_category_.json", ".hidden/.pages", ".other")
        assert names(scan(tmp_path)) == [".pages", "a.md", "mkdocs.yml", "x/_category_.json"]

    def test_links_are_never_followed(self, tmp_path: Path) -> None:
        outside = write(tmp_path / "outside", "secret.md", text="secret")
        vault = write(tmp_path / "vault", "a.md")
        (vault / "file.md").symlink_to(outside / "secret.md")
        (vault / "folder").symlink_to(outside)
        (vault / "loop").symlink_to(".")
        (vault / "zero.md").symlink_to("/dev/zero")
        result = scan(vault)
        assert names(result) == ["a.md"]
        assert codes(result) == [(name, "link-skipped") for name in ("file.md", "folder", "loop", "zero.md")]

    def test_a_file_exchanged_for_a_link_after_listing_is_not_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, "vault/a.md", "outside.md")
        real = files._Walk._listing

        def exchange(walk: files._Walk, handle: int, above: tuple[str, ...]) -> list[tuple[str, bool]]:
            listed = list(real(walk, handle, above))
            (tmp_path / "vault/a.md").unlink()
            (tmp_path / "vault/a.md").symlink_to(tmp_path / "outside.md")
            return listed

        monkeypatch.setattr(files._Walk, "_listing", exchange)
        result = scan(tmp_path / "vault")
        assert names(result) == []
        assert ("a.md", "link-skipped") in codes(result)

    def test_pipes_and_sockets_do_not_hang_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        os.mkfifo(tmp_path / "pipe.md")
        monkeypatch.chdir(tmp_path)
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind("sock.md")
            began = time.monotonic()
            result = scan(tmp_path)
        assert time.monotonic() - began < 5
        assert names(result) == []
        assert ("pipe.md", "not-a-file") in codes(result)
        assert "sock.md" in [source for source, _ in codes(result)]

    def test_a_large_sparse_file_is_refused_by_its_size(self, tmp_path: Path) -> None:
        write(tmp_path, "a.md")
        with (tmp_path / "sparse.md").open("wb") as file:
            file.truncate(1 << 32)
        began = time.monotonic()
        result = scan(tmp_path)
        assert time.monotonic() - began < 5
        assert codes(result) == [("sparse.md", "note-too-large")]
        assert "4096.0 MiB; a note may have 1" in result.problems[0].message


class TestOddNames:
    def test_names_that_are_not_text_are_shown_escaped(self, tmp_path: Path) -> None:
        for name in (b"bad\xff.md", b"new\nline.md", "a\u202edm.md".encode(), "👩\u200d🚀.md".encode()):
            (tmp_path / os.fsdecode(name)).write_bytes(b"# x\n")
        result = scan(tmp_path)
        assert sorted(names(result)) == ["a\\u202edm.md", "bad\\xff.md", "new\\nline.md", "👩\u200d🚀.md"]
        assert {code for _, code in codes(result)} == {"odd-file-name"}
        assert len(result.problems) == 3
        result.problems[0].message.encode()  # no lone surrogate left

    def test_one_name_in_two_unicode_forms_is_reported(self, tmp_path: Path) -> None:
        write(tmp_path, "caf\u00e9.md", "cafe\u0301.md")
        result = scan(tmp_path)
        assert len(result.files) == 2
        assert [code for _, code in codes(result)] == ["same-file-name"] * 2

    @pytest.mark.parametrize(
        "name", ["Straße.md", "数学.md", "ملاحظة.md", "a b.md", "$(x).md", "-rf.md", "a\u00a0b.md"]
    )
    def test_ordinary_names_stay_as_they_are(self, name: str) -> None:
        assert printable(name) == name

    def test_the_natural_key_orders_any_two_names(self) -> None:
        parts = ["", "0", "00", "1a", "a1", "a", "A", "a/b", "a.b", "²", "10", "9" * 5000]
        assert len(sorted(parts, key=natural_key)) == len(parts)


class TestNothingToRead:
    """Each is one error with a sentence that says what to do."""

    def only_error(self, result: Scan, code: str, *words: str) -> None:
        assert result.files == ()
        (problem,) = (problem for problem in result.problems if problem.severity == "error")
        assert problem.code == code
        for word in words:
            assert word in problem.message

    def test_missing_path(self, tmp_path: Path) -> None:
        self.only_error(scan(tmp_path / "nowhere"), "path-unreadable", "nowhere does not exist", "spelling")

    def test_a_path_with_a_nul(self, tmp_path: Path) -> None:
        self.only_error(scan(tmp_path / "a\0b"), "path-unreadable", "its name is no path")

    def test_a_path_under_a_file(self, tmp_path: Path) -> None:
        write(tmp_path, "a.md")
        self.only_error(scan(tmp_path / "a.md" / "b"), "path-unreadable", "not a folder")

    def test_empty_folder(self, tmp_path: Path) -> None:
        self.only_error(scan(tmp_path), "no-notes", "empty folder", ".md")

    def test_folder_without_notes(self, tmp_path: Path) -> None:
        write(tmp_path, "a.py")
        self.only_error(scan(tmp_path), "no-notes", "no notes", ".markdown")

    def test_folder_with_json_only(self, tmp_path: Path) -> None:
        write(tmp_path, "a.json")
        self.only_error(scan(tmp_path), "no-notes", ".json")

    def test_an_archive(self, tmp_path: Path) -> None:
        write(tmp_path, "notes.zip")
        self.only_error(scan(tmp_path / "notes.zip"), "archive-given", "Unpack it")

    def test_json(self, tmp_path: Path) -> None:
        write(tmp_path, "graph.json")
        assert names(scan(tmp_path / "graph.json")) == ["graph.json"]

    def test_navigation_alone(self, tmp_path: Path) -> None:
        write(tmp_path, "mkdocs.yml")
        self.only_error(scan(tmp_path / "mkdocs.yml"), "navigation-given", "the folder")

    def test_a_device(self) -> None:
        self.only_error(scan(Path("/dev/null")), "not-a-file", "neither a folder nor a file")

    def test_a_file_of_50_megabytes(self, tmp_path: Path) -> None:
        with (tmp_path / "big.md").open("wb") as file:
            file.truncate(50 << 20)
        self.only_error(scan(tmp_path / "big.md"), "note-too-large", "50.0 MiB", "Split it")


class TestBounds:
    @pytest.mark.parametrize(
        ("limits", "reason"),
        [
            (replace(DEFAULT, vault_files=3), "more than 3 notes"),
            (replace(DEFAULT, vault_entries=3), "more than 3 entries"),
            (replace(DEFAULT, vault_bytes=3), "MiB of notes"),
            (replace(DEFAULT, scan_seconds=-1.0), "s of files"),
        ],
    )
    def test_a_folder_beyond_a_bound_is_an_error_said_once(self, tmp_path: Path, limits: object, reason: str) -> None:
        write(tmp_path, *(f"d{n}/{n}.md" for n in range(6)))
        result = scan(tmp_path, limits)  # type: ignore[arg-type]
        (problem,) = result.problems
        assert (problem.severity, problem.code) == ("error", "folder-too-large")
        assert reason in problem.message

    def test_folders_deeper_than_the_bound_are_reported(self, tmp_path: Path) -> None:
        write(tmp_path, "a.md", "/".join(["d"] * 40) + "/deep.md")
        result = scan(tmp_path)
        assert names(result) == ["a.md"]
        assert [code for _, code in codes(result)] == ["too-deep"]

    def test_what_may_not_be_read_is_a_warning(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The system's answer is played: root, who runs this in a container, may read everything."""
        write(tmp_path, "a.md", "closed/b.md", "secret.md")
        real = os.open

        def refusing(name: str | Path, *args: int, **kwargs: int) -> int:
            if name in {"closed", "secret.md"}:
                raise PermissionError(errno.EACCES, "Permission denied")
            return real(name, *args, **kwargs)

        monkeypatch.setattr(os, "open", refusing)
        result = scan(tmp_path)
        assert names(result) == ["a.md"]
        assert codes(result) == [("closed", "folder-unreadable"), ("secret.md", "file-unreadable")]
        assert "may not be read by this account" in result.problems[0].message
