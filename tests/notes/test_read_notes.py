"""The `read_notes` command: what it prints, how it refuses, and that it needs no database."""

from __future__ import annotations

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]


def run(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("read_notes", str(path), *options, stdout=out)
    return out.getvalue()


def test_prints_the_tree(tmp_path: Path) -> None:
    (tmp_path / "sea.md").write_text(
        "# Sea\n\n## 1. Rope\n\n- Knots (bowline)\n- [[Sails]] (requires Knots)\n", encoding="utf-8"
    )
    printed = run(tmp_path / "sea.md").splitlines()
    assert printed[:6] == [
        "Sea  (sea.md)",
        "  # 1. Rope",
        "    - Knots (bowline)",
        "    - Sails [needs Knots]",
        "  1 module, 2 topics",
        "",
    ]
    assert printed[-2:] == ["1 file, 1 roadmap, 1 planned topic.", "Why is a line what it is? --explain FILE:LINE"]


def test_json_keeps_the_contract(tmp_path: Path) -> None:
    (tmp_path / "sea.md").write_text("# Sea\n\n## Rope\n\n- [x] Knots\n", encoding="utf-8")
    answer = json.loads(run(tmp_path / "sea.md", "--format", "json"))
    assert set(answer) == {"version", "paths", "problems"}
    assert set(answer["paths"][0]) == {"title", "slug", "source", "summary", "items"}
    knots = answer["paths"][0]["items"][0]["items"][0]
    assert knots == {
        "kind": "topic", "title": "Knots", "source": "sea.md", "line": 5, "number": None, "summary": "",
        "details": [],
        "optional": False, "choose": None, "ordered": False, "done": True, "link": None, "resources": [],
        "requires": [], "items": [],
    }  # fmt: skip


class TestRefusals:
    def refused(self, path: Path) -> str:
        with pytest.raises(CommandError) as caught:
            run(path)
        message = str(caught.value)
        assert "\n" not in message
        return message

    def test_missing_path(self, tmp_path: Path) -> None:
        assert "does not exist" in self.refused(tmp_path / "nowhere")

    def test_empty_folder(self, tmp_path: Path) -> None:
        assert "empty folder" in self.refused(tmp_path)

    def test_folder_without_notes(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
        assert "holds no notes" in self.refused(tmp_path)

    def test_binary_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_bytes(bytes(range(256)) * 10)
        assert self.refused(tmp_path / "a.md").startswith("a.md:1: ")

    def test_fifty_megabytes(self, tmp_path: Path) -> None:
        with (tmp_path / "a.md").open("wb") as file:
            file.truncate(50 << 20)
        assert "50.0 MiB" in self.refused(tmp_path / "a.md")

    def test_archive(self, tmp_path: Path) -> None:
        (tmp_path / "a.tar.gz").write_bytes(b"\x1f\x8b")
        assert "archive" in self.refused(tmp_path / "a.tar.gz")

    def test_too_many_items(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text("# P\n\n" + "- [ ] a\n" * 5_001, encoding="utf-8")
        assert "5,001 list items" in self.refused(tmp_path / "a.md")


def test_needs_no_database(tmp_path: Path) -> None:
    """In a process of its own, with a database address that leads nowhere; a refusal exits with 1."""
    (tmp_path / "a.md").write_text("# P\n\n- a\n- b\n", encoding="utf-8")
    environment = {
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "PATHNOTES_DATA": str(tmp_path / "data"),
    }
    command = [sys.executable, str(ROOT / "manage.py"), "read_notes"]
    good = subprocess.run(
        [*command, str(tmp_path / "a.md")], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (good.returncode, good.stdout.splitlines()[0]) == (0, "P  (a.md)")
    bad = subprocess.run(
        [*command, str(tmp_path / "b.md")], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert bad.returncode == 1
    assert len(bad.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "data").exists()
