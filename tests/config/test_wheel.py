"""The wheel, installed outside the checkout: `pathnotes serve NOTES` from nothing but what is in it."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.config.running import ROOT, Running, environment

pytestmark = pytest.mark.slow

NOTES = """\
# Beekeeping
## Beginner
### 1. The hive
- **Frames** (wood, wax): What the bees build on.
- **Smoke**: Why it calms them.
  - requires:: [[Frames]]
"""


def run(*command: str | Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment(cwd / "data", **more),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory outside the checkout with some notes in it."""
    directory = tmp_path_factory.mktemp("outside")
    (directory / "bees.md").write_text(NOTES, encoding="utf-8")
    return directory


@pytest.fixture(scope="module")
def wheel(outside: Path) -> Path:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", outside / "dist", ROOT, cwd=outside)
    (found,) = (outside / "dist").glob("*.whl")
    return found


@pytest.fixture(scope="module")
def pathnotes(wheel: Path, outside: Path) -> Path:
    """The command, from an environment that has the wheel itself and takes its dependencies from this one."""
    uv = [sys.executable, "-m", "uv", "--quiet", "--offline"]
    run(*uv, "venv", "--python", sys.executable, outside / "venv", cwd=outside)
    python = outside / "venv" / "bin" / "python"
    run(*uv, "pip", "install", "--python", python, "--no-deps", "--no-index", wheel, cwd=outside)
    (packages,) = (outside / "venv" / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return outside / "venv" / "bin" / "pathnotes"


def test_it_holds_what_the_pages_need_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    data = {
        f"pathnotes_data/{name}"
        for name in tracked.split("\0")
        if name.startswith(("templates/", "static/", "curricula/", "locale/"))
    }
    code = {name for name in tracked.split("\0") if name.startswith(("config/", "roadmap/", "tracker/"))}
    assert len(data) > 20
    assert data | code <= names
    assert {name.split("/")[0] for name in names} == {"config", "roadmap", "tracker", "pathnotes_data"}


def test_read(pathnotes: Path, outside: Path) -> None:
    done = run(pathnotes, "read", "bees.md", cwd=outside)
    assert "Beekeeping" in done.stdout
    assert "Smoke" in done.stdout
    assert not (outside / "data").exists(), "reading needs no database and makes no directory"


def test_version(pathnotes: Path, outside: Path) -> None:
    assert run(pathnotes, "--version", cwd=outside).stdout.startswith("pathnotes 0.")


def test_serve(pathnotes: Path, outside: Path) -> None:
    with Running(outside / "data", "bees.md", command=[str(pathnotes), "serve"], cwd=outside) as server:
        server.wait()
        page = server.page("/roadmaps/")
        assert "Beekeeping" in page
        assert "AI Engineer" in page
        assert "Smoke" in server.page("/roadmaps/beekeeping/")
        assert server.stop() == 0
        assert server.group() == []
        assert server.postgres() == []


def test_what_went_wrong_is_a_sentence(pathnotes: Path, outside: Path) -> None:
    (outside / "empty").mkdir()
    for command in (["read", "empty"], ["load", "empty", "--yes"], ["read", "missing.md"], ["serve", "missing.md"]):
        done = subprocess.run(
            [pathnotes, *command], cwd=outside, env=environment(outside / "data"),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 1, command
        assert command[1].removesuffix(".md") in done.stderr
        assert "Traceback" not in done.stderr
