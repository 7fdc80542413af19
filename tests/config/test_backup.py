"""The commands of docs/operations.md, "Backups": what is dumped from one directory comes back in another, every row."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.running import ROOT, Running, environment

pytestmark = pytest.mark.slow

NOTES = "# Sailing\n## Beginner\n### 1. Knots\n- **Bowline**: A loop that holds.\n- **Reef knot**: Two ends.\n"
ROWS = r"""
SELECT format($$SELECT %L, md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) FROM %I t$$, name, name)
FROM (SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename) tables \gexec
"""


def pathnotes(data: Path, *arguments: str, standard_input: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "config", *arguments],
        cwd=ROOT, env=environment(data), input=standard_input, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(data: Path) -> list[str]:
    """A checksum of each table's rows."""
    return pathnotes(data, "pg", "psql", "--no-psqlrc", "--tuples-only", "--no-align", standard_input=ROWS).splitlines()


def test_dump_and_restore(tmp_path: Path) -> None:
    (tmp_path / "sailing.md").write_text(NOTES, encoding="utf-8")
    old, new, dump = tmp_path / "old", tmp_path / "new", str(tmp_path / "pathnotes.dump")
    pathnotes(old, "load", str(tmp_path / "sailing.md"), "--yes")
    before = rows(old)
    assert len(before) > 20
    pathnotes(old, "pg", "pg_dump", "--format=custom", f"--file={dump}")
    pathnotes(
        new, "pg", "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--dbname=pathnotes", dump
    )
    assert rows(new) == before
    with Running(new, settings={"BUNDLED_ROADMAP": "no"}) as server:
        server.wait()
        assert "Sailing" in server.page("/roadmaps/")
        assert "Preparing" not in server.output, "the tables came back as they were"


def test_the_commands_are_the_ones_that_are_documented() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert "pathnotes pg pg_dump --format=custom --file=pathnotes.dump" in page
    assert (
        "pathnotes pg pg_restore --no-owner --exit-on-error --single-transaction --dbname=pathnotes pathnotes.dump"
        in page
    )
