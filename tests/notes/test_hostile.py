"""The corpus of hostile notes through the whole reader: no crash, no hang, no live script, the verdict as expected."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from roadmap.notes import reading
from roadmap.notes.encoding import decode
from roadmap.notes.files import Scan, scan
from roadmap.notes.frontmatter import split
from roadmap.notes.items import Problem
from roadmap.notes.rendering import render
from tests.notes.hostile import CPU_SECONDS, Row, allowed, rows_of, unfit, verdict
from tests.notes.html_rules import violations
from tests.pace import slowness

pytestmark = pytest.mark.shared


@contextmanager
def cpu_limit(seconds: int) -> Iterator[None]:
    """Ends what takes longer; a hang is a failure of one note, not of the whole run."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"more than {seconds} s of CPU of the usual machine")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds * slowness())
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def rendered(path: Path) -> tuple[list[Problem], str]:
    """The problems and the HTML of one note, layer by layer, as a page of it would be made."""
    found = scan(path)
    problems = list(found.problems)
    html = ""
    for file in found.files:
        decoded = decode(file.data, file.path)
        problems += decoded.problems
        if decoded.refused:
            continue
        note = split(decoded.text, file.path)
        result = render(note.body, resolve_link=lambda _: None, source=file.path, line=note.body_line)
        problems += [*note.problems, *result.problems]
        html += result.html
    return problems, html


def complaints(row: Row, beside: list[Problem]) -> list[str]:
    """What is wrong with the reading of one note; `beside` is what reading its whole folder said of it."""
    try:
        with cpu_limit(CPU_SECONDS):
            problems, html = rendered(row.path)
        with cpu_limit(CPU_SECONDS):
            problems += reading.read(row.path).problems
    except Exception as error:
        return [f"{row.name}: {type(error).__name__}: {error}"]
    found = [f"{row.name}: {violation}" for violation in violations(html)]
    seen = verdict(problems + beside)
    if seen not in allowed(row):
        codes = [(problem.code, problem.line) for problem in problems][:3]
        found.append(f"{row.name}: {seen}, expected {row.expect} ({row.why}); {codes}")
    return found + [f"{row.name}: unfit for a report: {message[:80]!r}" for message in unfit(problems)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["yaml", "markdown", "xss", "unicode", "bytes", "structure", "size"])
def test_every_note_gets_its_verdict(corpus: Path, kind: str) -> None:
    rows = rows_of(corpus, kind)
    assert rows
    folder: dict[str, list[Problem]] = {}
    if kind in {"structure", "unicode"}:  # what concerns several notes
        for problem in reading.read(corpus / "notes" / kind).problems:
            folder.setdefault(problem.source, []).append(problem)
    assert [complaint for row in rows for complaint in complaints(row, folder.get(row.path.name, []))] == []


@pytest.fixture
def vault(corpus: Path) -> Scan:
    began = time.monotonic()
    found = scan(corpus / "fs" / "vault")
    assert time.monotonic() - began < 30  # nothing in it is waited for
    return found


class TestFolderOfTraps:
    def test_only_real_files_are_read(self, vault: Scan) -> None:
        assert sorted(file.path for file in vault.files if len(file.path) < 60) == sorted(
            [
                *(
                    "$(touch pwned).md",
                    "-rf.md",
                    "Case.md",
                    "a;b`id`.md",
                    "bad\\xff\\xfename.md",
                    "café.md",
                    "cafe\u0301.md",
                ),
                *("case.md", "con.md", "growing.md", "new\\nline.md", "ok.md"),
                *(["unreadable.md", "closed/in.md"] if os.geteuid() == 0 else []),
            ]
        )
        assert [file.path for file in vault.files if len(file.path) >= 60] == ["x" * 252 + ".md"]
        allowed = {b"# x\n", b"# 1\n", b"# 2\n", b"# secret\n", b"# x\n" * 100, b"# Fine\n\n- [ ] a\n"}
        assert {file.data for file in vault.files} <= allowed

    def test_every_trap_is_named_in_the_report(self, vault: Scan) -> None:
        seen = {problem.source: problem.code for problem in vault.problems}
        links = ("passwd", "environ", "zero", "tty", "up", "loop", "dangling", "inside")
        expected = {f"{name}.md": "link-skipped" for name in links}
        expected |= dict.fromkeys(("dir-loop", "dir-up", "etc"), "link-skipped")
        expected |= {"pipe.md": "not-a-file", "sock.md": "not-a-file", "sparse.md": "note-too-large"}
        expected |= {"bad\\xff\\xfename.md": "odd-file-name", "new\\nline.md": "odd-file-name"}
        expected |= {"café.md": "same-file-name", "cafe\u0301.md": "same-file-name"}
        expected |= {"/".join(["d"] * 33): "too-deep"}
        if os.geteuid():
            expected |= {"unreadable.md": "file-unreadable", "closed": "folder-unreadable"}
        assert seen == expected

    def test_reading_it_gives_no_exception(self, corpus: Path) -> None:
        result = reading.read(corpus / "fs" / "vault")
        assert result.paths
        json.dumps(result.as_json()).encode()

    def test_one_bad_note_never_stops_the_good_ones(self, corpus: Path, tmp_path: Path) -> None:
        for kind in ("yaml", "unicode", "bytes", "structure", "xss"):
            shutil.copytree(corpus / "notes" / kind, tmp_path / kind)
        good = "# Good\n\n## Basics\n\n- Algebra\n- Analysis\n\n## Next\n\n- Topology\n- Geometry\n"
        (tmp_path / "README.md").write_text(good, encoding="utf-8")
        with cpu_limit(CPU_SECONDS):
            result = reading.read(tmp_path)
        assert "Analysis" in json.dumps(result.as_json())
        refused = {problem.source for problem in result.problems if problem.severity == "error"}
        assert {row.path.name for row in rows_of(corpus, "bytes") if row.expect == "reject"} - {"005-utf16-bom.md"} <= {
            Path(source).name for source in refused
        }
