"""What the documents say, held against what is there."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
READERS = {"text", "flag", "integer", "choice", "words"}
ELSEWHERE = {"make": {"PYTHON", "NOTES", "CHROMIUM", "PATHNOTES_TEST_DATA"}}
"""Variables that the operations page names and Python does not read."""


def read_by_the_code() -> set[str]:
    """Names given to `env.text`, `env.flag` … in the three applications."""
    names = set()
    for app in ("config", "tracker", "roadmap"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute | ast.Name)
                    and (node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id) in READERS
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                    and isinstance(node.args[0].value, str)
                    and re.fullmatch(r"[A-Z][A-Z_]+", node.args[0].value)
                ):
                    names.add(node.args[0].value)
    return names


def documented() -> set[str]:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    section = text.split("## Environment")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name for cell in rows for name in re.findall(r"`([A-Z_]+)`", cell)}


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    assert len(read_by_the_code()) > 15
    assert documented() == read_by_the_code()


def test_the_environment_is_read_in_one_place() -> None:
    """`config/env.py` reads strictly; whoever reads `os.environ` beside it reads carelessly."""
    allowed = {
        "config/env.py",
        "config/cli.py",  # names the settings module
        "config/wsgi.py",  # the same
        "config/serving.py",  # hands the environment to env.py
        "config/programs.py",  # passes it on to PostgreSQL's programs
        "config/embedded/backend/base.py",  # the same, for dbshell
        "config/embedded/layout.py",  # XDG_RUNTIME_DIR, which is the system's
    }
    found = {
        str(path.relative_to(ROOT))
        for app in ("config", "tracker", "roadmap")
        for path in (ROOT / app).rglob("*.py")
        if "os.environ" in path.read_text(encoding="utf-8")
    }
    assert found <= allowed


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target) and not target.startswith("#"):
            assert (path.parent / target.partition("#")[0]).exists(), f"{path.name} links to {target}"


def test_the_readme_begins_with_what_it_is_and_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    about, commands = text.split("```sh\n")[0], text.split("```sh\n")[1].split("```")[0]
    assert len(re.findall(r"\.\s", about)) == 3, "three sentences"
    assert [line.split("#")[0].strip() for line in commands.splitlines()] == ["make run", "make test"]


def test_every_target_of_make_in_the_documents_exists() -> None:
    database = subprocess.run(["make", "-pRrq", ":"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    targets = set(re.findall(r"^([a-z][a-z-]*):", database, flags=re.MULTILINE))
    used = {
        name
        for path in DOCUMENTS
        for name in re.findall(r"(?:`|^)make ([a-z][a-z-]+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }
    assert used
    assert used <= targets


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs/adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
