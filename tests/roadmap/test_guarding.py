"""The door for notes that are not our own: the reading is the one that would be made here, whatever it is of."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from roadmap import guarding
from roadmap.notes import guarded, reading
from roadmap.notes.apart import parent
from roadmap.notes.files import scan
from roadmap.notes.guarded import Outcome
from tests.roadmap.repository import Repository, needs_git

BOTH = pytest.mark.parametrize("forked", [True, False], ids=["forked", "started"])
HUBS = {
    "Map.md": "#map\n\n# Garden\n\n## Ground\n\n- [[Soil]]\n- [[Sowing]]\n",
    "Other.md": "# Kitchen\n\n## Table\n\n- [[Soil|Potatoes]]\n- [ ] Peeling — first\n",
    "Soil.md": "---\nid: soil\nhours: many\nodd: [1, {a: b}]\n---\n# Soil\n\nWords ü.\n\n- [x] step\n",
    "Sowing.md": "# Sowing\n\nrequires: [[Soil]]\n\nSeeds: <https://example.org/a>\n\n#\n",
}
SITE = {
    "mkdocs.yml": "site_name: Garden\nnav:\n  - Ground:\n      - Soil: Soil.md\n      - Sowing.md\n",
    "docs/Soil.md": "# Soil\n\nEarth.\n",
    "docs/Sowing.md": "# Sowing\n\nSeeds.\n",
}
GRAPH = {
    "graph.json": json.dumps(
        {"title": "Sailing", "topics": [{"id": "a", "title": "Knots"}, {"id": 7, "title": "Sails", "requires": ["a"]}]}
    )
}
EXPORT = {
    "README.md": (
        "---\npathnotes:\n  format: 1\n  roadmap: 8f14e45f-ceea-467f-a9d4-3c2b1a0f9e8d\n---\n"
        "# Garden\n\n## Ground\n\n- Soil\n"
    )
}


def laid(root: Path, notes: dict[str, str]) -> Path:
    for name, text in notes.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


class TestTheSame:
    @BOTH
    @pytest.mark.parametrize("notes", [HUBS, SITE, GRAPH, EXPORT, {}], ids=["hubs", "site", "json", "export", "empty"])
    def test_folders(
        self, tmp_path: Path, notes: dict[str, str], forked: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(parent, "may_fork", lambda: forked)
        folder = laid(tmp_path / "Notes", notes)
        here = reading.read(folder)
        found = guarding.read(folder)
        assert found == here
        assert (found.digests, found.as_json()) == (here.digests, here.as_json())
        assert bool(found.paths) is bool(notes)

    @pytest.mark.parametrize("roots", [["Other"], ["Soil.md", "Kitchen"], ["nowhere"]])
    def test_chosen_roots(self, tmp_path: Path, roots: list[str]) -> None:
        folder = laid(tmp_path / "Notes", HUBS)
        assert guarding.read(folder, roots) == reading.read(folder, roots=roots)
        assert guarding.read(folder, roots) != guarding.read(folder)

    def test_a_zip(self, tmp_path: Path) -> None:
        folder = laid(tmp_path / "Notes", HUBS)
        with zipfile.ZipFile(tmp_path / "Notes.zip", "w") as archive:
            for name, text in HUBS.items():
                archive.writestr(name, text)
        assert guarding.read(tmp_path / "Notes.zip", ["Other"]) == reading.read(folder, roots=["Other"])

    def test_lines_that_problems_point_at(self, tmp_path: Path) -> None:
        seen = guarding.look(laid(tmp_path / "Notes", HUBS))
        assert seen.lines["Sowing.md", 7] == "#"
        assert set(seen.lines) <= {(problem.source, problem.line) for problem in seen.reading.problems}


class TestKept:
    @pytest.fixture
    def notes(self, settings: Any, tmp_path: Path) -> Path:
        settings.READINGS_DIR = tmp_path / "readings"
        many = {f"{number}.md": f"# Note {number}\n\nWords.\n" for number in range(60)}
        return laid(tmp_path / "Notes", HUBS | many)

    def test_what_is_named_is_read_again_as_it_was(self, notes: Path, settings: Any) -> None:
        for words in ("Words.", "Other words.", "Other words."):
            (notes / "7.md").write_text(f"# Note 7\n\n{words}\n", "utf-8")
            assert guarding.read(notes) == reading.read(notes)
            (kept,) = settings.READINGS_DIR.iterdir()
            assert kept.stat().st_mode & 0o077 == 0

    def test_not_where_it_must_not_be(self, notes: Path, settings: Any) -> None:
        assert guarding.look(notes, keep=False).reading == guarding.look(notes, explain="").reading
        guarding.read(notes / "7.md")
        assert not settings.READINGS_DIR.exists()


@needs_git
class TestCheckout:
    def test_it_works(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path / "Notes")
        commit = repository.commit(HUBS)
        found = guarding.read_from(repository.folder)
        assert found.checkout is not None
        assert (found.checkout.commit, found.checkout.branch, found.checkout.dirty) == (commit, "main", False)
        assert guarding.read(repository.folder).checkout is None

    @pytest.mark.parametrize("after", [HUBS["Soil.md"], None], ids=["put back", "taken away"])
    def test_what_changed_after_it_was_read_is_not_the_commits(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str | None
    ) -> None:
        repository = Repository(tmp_path / "Notes")
        repository.commit(HUBS)
        note = repository.folder / "Soil.md"
        note.write_text("# Soil, for a moment\n", "utf-8")
        read = guarded.read

        def then_it_changes(root: Path, **how: object) -> Outcome:
            outcome = read(root, **how)  # type: ignore[arg-type]
            note.unlink() if after is None else note.write_text(after, "utf-8")
            return outcome

        monkeypatch.setattr(guarded, "read", then_it_changes)
        found = guarding.read_from(repository.folder)
        assert found.checkout is not None
        assert found.checkout.dirty

    def test_a_zip_in_a_checkout_has_no_commit(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path / "Notes")
        with zipfile.ZipFile(repository.folder / "notes.zip", "w") as archive:
            archive.writestr("a.md", "# A\n\n- one\n")
        repository.commit()
        found = guarding.read_from(repository.folder / "notes.zip")
        assert len(found.digests) == 1
        assert found.checkout is None
        assert len(scan(repository.folder).files) == 0
