"""Watching as people run it: beside a server, and as a command of its own; through every kind of end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.running import ROOT, Running, environment, wait_until

pytestmark = pytest.mark.slow
GARDEN = "# Garden\n\n## Beginner\n\n- Soil\n- Sowing\n- Watering\n- Mulching\n"
NO_BUNDLED = {"BUNDLED_ROADMAP": "no"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("watching") / "data"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "Garden.md").write_text(GARDEN)
    return folder


def told(server: Running, what: str) -> None:
    wait_until(lambda: what in server.output, f"it says {what!r}")


def processes(server: Running) -> dict[int, int]:
    """Process -> its parent, of everything that belongs to the server."""
    found = subprocess.run(
        ["ps", "-o", "pid=,ppid=,stat=", "-g", str(server.process.pid)], capture_output=True, text=True, check=False
    )
    rows = [line.split() for line in found.stdout.splitlines()]
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


class TestServe:
    def test_it_works(self, data: Path, notes: Path) -> None:
        with Running(data, "--watch", str(notes), settings=NO_BUNDLED) as server:
            server.wait()
            told(server, f"Watching {notes}.")
            slug = re.search(r'href="(/roadmaps/garden[^"]*)"', server.page("/roadmaps/"))
            assert slug
            told(server, f"{notes}: nothing to change.")
            (notes / "Garden.md").write_text(GARDEN + "- Pruning\n")
            told(server, "Garden.md changed; applied: 1 added.")
            assert "Pruning" in server.page(slug[1])
            (notes / "Garden.md").write_text(GARDEN)
            told(server, "1 to be retired. It waits for an editor")
            assert "Pruning" in server.page(slug[1])
            assert len(list((data / "uploads/plans").iterdir())) == 1
            notes.rename(notes.with_name("away"))
            told(server, "it is not there.")
            assert "Pruning" in server.page(slug[1])
            assert server.stop() == 0
            wait_until(lambda: not server.group(), "all of it has ended")

    def test_one_watcher_however_many_workers_and_it_begins_anew_when_it_is_killed(
        self, data: Path, notes: Path
    ) -> None:
        with Running(data, "--watch", str(notes), settings=NO_BUNDLED | {"WORKERS": "2"}) as server:
            server.wait()
            told(server, f"{notes}: nothing to change.")
            parents = processes(server)
            [keeper] = {parent for parent in parents.values() if parent in parents} - {server.process.pid}
            [watcher] = [pid for pid, parent in parents.items() if parent == keeper]
            assert server.output.count("Watching ") == 1
            os.kill(watcher, signal.SIGKILL)
            told(server, "it begins anew")
            wait_until(lambda: server.output.count("Watching ") == 2, "it watches again")
            (notes / "Garden.md").write_text(GARDEN + "- Pruning\n")
            told(server, "applied: 1 added.")
            assert server.status("/roadmaps/") == 200
            server.process.kill()
            wait_until(lambda: not server.group(), "nothing is left behind", 90)


class TestCommand:
    def run(self, data: Path, *arguments: str, command: tuple[str, ...] = ("-m", "config", "watch")) -> Running:
        """Not a server, but a process to be started, looked at and ended."""
        return Running(data, *arguments, command=(sys.executable, *command))

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_it_works_and_ends(self, data: Path, notes: Path, number: signal.Signals) -> None:
        with self.run(data, str(notes)) as watching:
            told(watching, f"{notes}: applied: 4 added")
            (notes / "Garden.md").write_text(GARDEN + "- Pruning\n")
            told(watching, "Garden.md changed; applied: 1 added.")
            assert watching.stop(number) == 0
            assert watching.output.rstrip().endswith("Watching has ended.")

    def test_every_source_of_this_machine(self, data: Path, notes: Path) -> None:
        subprocess.run(
            [sys.executable, "-m", "config", "load", "--yes", str(notes)],
            cwd=ROOT, env=environment(data), check=True, timeout=120, capture_output=True,
        )  # fmt: skip
        with self.run(data, command=("manage.py", "watch_notes")) as watching:
            told(watching, f"{notes}: nothing to change.")
            (notes / "Garden.md").write_text(GARDEN + "- Pruning\n")
            told(watching, f"{notes}: Garden.md changed; applied: 1 added.")

    def test_a_path_that_is_none(self, data: Path, tmp_path: Path) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", "watch_notes", str(tmp_path / "nowhere")],
            cwd=ROOT, env=environment(data), check=False, timeout=120, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 1
        assert "there is no such folder or file" in done.stderr
