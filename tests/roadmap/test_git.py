"""What git is asked about a folder of notes, and that a stranger's repository runs nothing here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from roadmap import git
from roadmap.notes.files import scan
from roadmap.notes.items import Checkout
from tests.roadmap.repository import Repository, needs_git

pytestmark = needs_git
TEXT = "# Garden\n\n" + "".join(f"- Bed number {n}, with what grows in it\n" for n in range(12))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "garden")


def asked(path: Path) -> Checkout | None:
    return git.checkout_of(path, scan(path).files)


def renamed(repository: Repository, since: str, folder: str = ".") -> dict[str, str]:
    root = repository.folder / folder
    return git.renames(root, since, {file.path for file in scan(root).files})


class TestCheckout:
    def test_it_works(self, repository: Repository) -> None:
        commit = repository.commit({"a.md": TEXT, "deep/b.md": TEXT, "picture.png": "no note"})
        assert asked(repository.folder) == Checkout(commit, "main", dirty=False)

    @pytest.mark.parametrize(
        "files", [{"a.md": TEXT + "- more\n"}, {"new.md": TEXT}], ids=["a note changed", "a note is not in git"]
    )
    def test_changes_that_are_not_committed(self, repository: Repository, files: dict[str, str]) -> None:
        repository.commit({"a.md": TEXT, "b.md": TEXT})
        repository.write(files)
        found = asked(repository.folder)
        assert found is not None
        assert found.dirty
        repository.commit()
        found = asked(repository.folder)
        assert found is not None
        assert not found.dirty

    def test_a_note_that_is_missing(self, repository: Repository) -> None:
        repository.commit({"a.md": TEXT, "b.md": TEXT})
        (repository.folder / "b.md").unlink()
        found = asked(repository.folder)
        assert found is not None
        assert found.dirty

    def test_what_is_no_note_is_no_change(self, repository: Repository) -> None:
        repository.commit({"a.md": TEXT, ".hidden/b.md": TEXT, "templates/c.md": "{{title}}", "d.py": "1"})
        repository.write({"d.py": "2", ".hidden/b.md": "other"})
        found = asked(repository.folder)
        assert found is not None
        assert not found.dirty

    def test_line_ends_as_the_checkout_has_them(self, repository: Repository) -> None:
        repository.commit({"a.md": TEXT})
        repository.write({"a.md": TEXT.replace("\n", "\r\n")})
        found = asked(repository.folder)
        assert found is not None
        assert not found.dirty

    def test_a_folder_inside_and_a_single_file(self, repository: Repository) -> None:
        commit = repository.commit({"docs/a.md": TEXT, "docs/ä b.md": TEXT, "other.md": TEXT})
        repository.write({"other.md": "changed, and not looked at"})
        assert asked(repository.folder / "docs") == Checkout(commit, "main")
        assert asked(repository.folder / "docs/ä b.md") == Checkout(commit, "main")

    def test_no_branch(self, repository: Repository) -> None:
        commit = repository.commit({"a.md": TEXT})
        repository.git("checkout", "--quiet", "--detach")
        assert asked(repository.folder) == Checkout(commit, "")

    def test_none(self, repository: Repository, tmp_path: Path) -> None:
        assert asked(repository.folder) is None, "no commit yet"
        repository.commit({"a.md": TEXT})
        outside = tmp_path / "plain"
        outside.mkdir()
        (outside / "a.md").write_text(TEXT)
        assert asked(outside) is None, "no repository"
        (repository.folder / "not added").mkdir()
        (repository.folder / "not added/b.md").write_text(TEXT)
        assert asked(repository.folder / "not added") is None, "none of its notes is in git"

    def test_without_git(self, repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        commit = repository.commit({"a.md": TEXT})
        monkeypatch.setenv("PATH", str(tmp_path))
        assert asked(repository.folder) is None
        assert renamed(repository, commit) == {}

    def test_git_that_hangs(self, repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        repository.commit({"a.md": TEXT})
        slow = tmp_path / "bin/git"
        slow.parent.mkdir()
        slow.write_text("#!/bin/sh\nexec sleep 60\n")
        slow.chmod(0o755)
        monkeypatch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
        monkeypatch.setattr(git, "PATIENCE", 0.2)
        assert asked(repository.folder) is None

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
    def test_somebody_elses_repository(self, repository: Repository) -> None:
        commit = repository.commit({"a.md": TEXT})
        for folder, folders, names in os.walk(repository.folder):
            for name in (".", *folders, *names):
                os.chown(Path(folder, name), 12345, 12345)
        assert asked(repository.folder) == Checkout(commit, "main")

    def test_it_runs_nothing_that_the_repository_names(self, repository: Repository, tmp_path: Path) -> None:
        first = repository.commit({"a.md": TEXT, "b.md": TEXT.replace("Bed", "Row")})
        repository.git("mv", "a.md", "c.md")
        repository.commit({".gitattributes": "*.md filter=evil diff=evil\n"})
        ran = tmp_path / "ran"
        script = tmp_path / "evil.sh"
        script.write_text(f'#!/bin/sh\necho "$0 $@" >> "{ran}"\ncat\n')
        script.chmod(0o755)
        for name in (
            "core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.command",
            "diff.evil.textconv", "diff.external", "core.pager", "core.editor", "core.sshCommand", "gpg.program",
            "credential.helper", "uploadpack.packObjectsHook",
        ):  # fmt: skip
            repository.git("config", name, str(script))
        repository.git("config", "log.showSignature", "true")
        hooks = repository.folder / ".git/hooks"
        hooks.mkdir(exist_ok=True)
        for name in ("post-checkout", "post-index-change", "reference-transaction", "pre-commit"):
            (hooks / name).write_text(script.read_text())
            (hooks / name).chmod(0o755)
        repository.write({"b.md": TEXT.replace("Bed", "Ditch")})
        before = sorted((path, path.lstat().st_mtime_ns) for path in (repository.folder / ".git").rglob("*"))
        found = asked(repository.folder)
        assert found is not None
        assert found.dirty
        assert renamed(repository, first) == {"a.md": "c.md"}
        assert not ran.exists(), ran.read_text()
        after = sorted((path, path.lstat().st_mtime_ns) for path in (repository.folder / ".git").rglob("*"))
        assert after == before, "nothing is written to it"


class TestRenames:
    def test_one_step_and_several(self, repository: Repository) -> None:
        first = repository.commit({"a.md": TEXT, "stays.md": TEXT.replace("Bed", "Row")})
        repository.git("mv", "a.md", "b.md")
        repository.commit()
        assert renamed(repository, first) == {"a.md": "b.md"}
        repository.git("mv", "b.md", "deep.md")
        # Too much changes on the way for anybody who only sees the first and the last state.
        repository.commit()
        repository.commit({"deep.md": TEXT.replace("with what grows in it", "rewritten from the ground up, all of it")})
        repository.commit({"deep.md": "# Rewritten\n\n- once more\n- altogether\n"})
        assert renamed(repository, first) == {"a.md": "deep.md"}

    def test_one_that_is_only_staged(self, repository: Repository) -> None:
        first = repository.commit({"a.md": TEXT})
        repository.git("mv", "a.md", "b.md")
        assert renamed(repository, first) == {"a.md": "b.md"}

    def test_only_what_leads_to_a_note_that_is_there_from_one_that_is_gone(self, repository: Repository) -> None:
        first = repository.commit({"a.md": TEXT})
        repository.git("mv", "a.md", "b.md")
        repository.commit({"a.md": "# Another\n\n- one\n"})
        assert renamed(repository, first) == {}
        (repository.folder / "a.md").unlink()
        (repository.folder / "b.md").unlink()
        assert renamed(repository, first) == {}

    def test_inside_a_folder(self, repository: Repository) -> None:
        first = repository.commit({"docs/a.md": TEXT, "a.md": TEXT.replace("Bed", "Row")})
        repository.git("mv", "docs/a.md", "docs/b c.md")
        repository.git("mv", "a.md", "d.md")
        repository.commit()
        assert renamed(repository, first, "docs") == {"a.md": "b c.md"}

    def test_on_another_branch(self, repository: Repository) -> None:
        first = repository.commit({"a.md": TEXT})
        repository.git("checkout", "--quiet", "-b", "other")
        repository.git("mv", "a.md", "b.md")
        moved = repository.commit()
        assert renamed(repository, first) == {"a.md": "b.md"}
        repository.git("checkout", "--quiet", "main")
        assert renamed(repository, moved) == {"b.md": "a.md"}, "and back"

    @pytest.mark.parametrize("since", ["", "0" * 40, "HEAD", "--output=/tmp/x", "main"])
    def test_a_commit_that_is_none(self, repository: Repository, since: str) -> None:
        repository.commit({"a.md": TEXT})
        assert renamed(repository, since) == {}
