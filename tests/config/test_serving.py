"""`pathnotes serve` from an empty directory, through every kind of end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config import leaving, serving
from tests.config.running import ROOT, Running, environment, free_port, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data directory for the whole module, as a person has: each test starts from what the last one left."""
    return tmp_path_factory.mktemp("serving") / "data"


def serve(data: Path, *notes: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A start that is expected to fail."""
    return subprocess.run(
        [sys.executable, "-m", "config", "serve", *notes],
        cwd=ROOT, env=environment(data, **more), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def kill(*pids: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # its parent may have taken it along
            os.kill(pid, signal.SIGKILL)


class TestServe:
    def test_it_works(self, data: Path) -> None:
        with Running(data) as server:
            server.wait()
            assert "AI Engineer" in server.page("/roadmaps/")
            assert f"Pathnotes is at {server.url}/" in server.output
            assert server.sign_in_link.startswith(server.url)
            assert server.status("/health/") == 200
            assert server.postgres()
            assert server.stop() == 0
            assert server.group() == []
            assert server.postgres() == []
        assert "Traceback" not in server.output

    def test_what_it_makes_is_private(self, data: Path) -> None:
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600

    def test_the_second_start_finds_everything_as_it_was(self, data: Path) -> None:
        key = (data / "secret-key").read_bytes()
        with Running(data) as server:
            server.wait()
            assert "Preparing" not in server.output
            assert "Collecting" not in server.output
            assert server.stop(signal.SIGTERM) == 0
            assert server.postgres() == []
        assert (data / "secret-key").read_bytes() == key

    def test_each_start_prints_a_new_link(self, data: Path) -> None:
        links = set()
        for _ in range(2):
            with Running(data) as server:
                links.add(server.wait().sign_in_link.rsplit("/sign-in/")[1])
        assert len(links) == 2

    def test_make_run_ends_with_ctrl_c_and_leaves_nothing(self, data: Path) -> None:
        """Also where SIGINT is ignored at the start, as in a script's background job."""
        ignoring = ["sh", "-c", 'trap "" INT; exec make -s -o .venv/runtime run', "make"]
        with Running(data, command=ignoring) as server:
            server.wait()
            assert server.stop() == 0
            assert server.group() == []
            assert server.postgres() == []
        assert "Error" not in server.output

    def test_a_killed_worker_is_replaced(self, data: Path) -> None:
        with Running(data) as server:
            server.wait()
            for _ in range(3):
                before = server.workers()
                kill(*before)
                wait_until(
                    lambda: set(server.workers()) - set(before) and server.status("/roadmaps/") == 200,  # noqa: B023
                    "another worker answers",
                )

    def test_while_postgres_is_away_pages_say_so_and_come_back(self, data: Path) -> None:
        with Running(data) as server:
            server.wait()
            for _ in range(3):
                kill(*server.postgres())
                seen = [server.status("/roadmaps/")]
                while seen[-1] != 200 and len(seen) < 100:
                    seen.append(server.status("/roadmaps/"))
                assert seen[-1] == 200
                assert set(seen) <= {200, 503}, "neither a broken page nor a refused connection"

    def test_a_killed_keeper_is_replaced_and_still_stops_everything(self, data: Path) -> None:
        with Running(data) as server:
            server.wait()
            keepers = subprocess.run(["pgrep", "-f", f"keeper import main.*{data}"], capture_output=True, check=False)
            kill(*map(int, keepers.stdout.split()))
            assert keepers.stdout
            wait_until(lambda: server.status("/roadmaps/") == 200, "it is back")
            assert server.stop() == 0
            assert server.postgres() == []

    def test_a_locked_table_makes_nobody_hang(self, data: Path) -> None:
        with Running(data) as server:
            server.wait()
            lock = "BEGIN; LOCK TABLE roadmap_roadmap IN ACCESS EXCLUSIVE MODE; SELECT 'locked'; SELECT pg_sleep(60);"
            with subprocess.Popen(
                [sys.executable, "-m", "config", "pg", "psql", "--no-psqlrc", "-At", "-c", lock],
                cwd=ROOT, env=environment(data, PGOPTIONS="-c statement_timeout=8s"), stderr=subprocess.DEVNULL,
            ) as holder:  # fmt: skip
                wait_until(lambda: server.status("/roadmaps/") == 503, "requests are refused", 7)
                assert server.status("/health/") == 200, "the others go on"
                holder.wait()
            assert server.status("/roadmaps/") == 200

    def test_a_killed_server_takes_its_workers_and_its_database_with_it(self, data: Path) -> None:
        with Running(data) as server:
            server.wait()
            os.kill(server.process.pid, signal.SIGKILL)
            server.process.wait()
            wait_until(lambda: not server.group(), "the workers are gone")
            wait_until(lambda: not server.postgres(), "PostgreSQL has stopped")
            with Running(data, port=server.port) as again:
                again.wait()

    def test_after_killing_everything_the_next_start_works_on_the_same_port(self, data: Path) -> None:
        with Running(data) as server:
            server.wait()
            kill(*server.group(), *server.postgres())
            with Running(data, port=server.port) as again:
                again.wait()

    def test_stopping_while_it_still_prepares(self, tmp_path: Path) -> None:
        with Running(tmp_path / "data") as server:
            wait_until((server.data / "supervisor").exists, "it has begun")
            assert server.stop() == 0
            assert server.group() == []
            wait_until(lambda: not server.postgres(), "PostgreSQL has stopped", 20)
        assert "Traceback" not in server.output


class TestItCannot:
    def test_missing_notes(self, tmp_path: Path) -> None:
        done = serve(tmp_path / "data", "no/such/notes")
        assert done.returncode == 1
        assert done.stderr == "no/such/notes: there is no such folder or file.\n"
        assert not (tmp_path / "data").exists()

    def test_port_in_use(self, data: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            done = serve(data, PORT=str(port))
        assert done.returncode == 1
        assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
        assert "Traceback" not in done.stderr

    def test_two_from_one_directory(self, data: Path) -> None:
        with Running(data) as first:
            first.wait()
            done = serve(data, PORT=str(free_port()))
            assert done.returncode == 1
            assert first.url in done.stderr
            assert first.status("/roadmaps/") == 200, "the first one goes on"

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            ({"PORT": "eighty"}, "PORT='eighty' is not a whole number"),
            ({"HOST": "256.1.1.1"}, "HOST and PORT say where"),
            ({"PATHNOTES_MODE": "production"}, "Production needs SECRET_KEY"),
            ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}, "The database cannot be used"),
        ],
    )
    def test_wrong_environment(self, tmp_path: Path, more: dict[str, str], sentence: str) -> None:
        done = serve(tmp_path / "data", **({"PORT": str(free_port())} | more))
        assert done.returncode == 1
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_file_for_a_data_directory(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("mine")
        done = serve(tmp_path / "data")
        assert done.returncode == 1
        assert "Name another with PATHNOTES_DATA" in done.stderr
        assert (tmp_path / "data").read_text() == "mine"


class TestNotes:
    TOPICS = ("Frames", "Smoke", "Honey", "Wax", "Brood", "Queens", "Swarms", "Winter")

    def outline(self, *topics: str) -> str:
        return "# Beekeeping\n## Beginner\n### 1. The hive\n" + "".join(
            f"- **{topic}**: About it.\n" for topic in topics
        )

    def test_they_are_loaded_and_read_again_at_the_next_start(self, data: Path, tmp_path: Path) -> None:
        notes = tmp_path / "bees.md"
        notes.write_text(self.outline(*self.TOPICS))
        with Running(data, str(notes)) as server:
            assert "Winter" in server.wait().page("/roadmaps/beekeeping/")
        notes.write_text(self.outline(*self.TOPICS, "Mites"))
        with Running(data, str(notes)) as server:
            assert "Mites" in server.wait().page("/roadmaps/beekeeping/")
        notes.write_text(self.outline("Frames"))
        with Running(data, str(notes)) as server:
            assert "Winter" in server.wait().page("/roadmaps/beekeeping/"), "nobody said yes to losing that much"
            assert "would be retired" in server.output
            assert "pathnotes load" in server.output

    @pytest.mark.parametrize(
        ("name", "content", "sentence"),
        [
            ("yaml.md", b"---\ntitle: [\n---\n# A\n- **B**: c\n", "yaml.md"),
            ("binary.md", bytes(range(256)) * 20, "binary.md"),
            ("notes.zip", b"PK\x03\x04" + bytes(200), "notes.zip"),
            ("empty.md", b"", "empty.md"),
            ("large.md", b"# A\n" * 13_000_000, "large.md"),
            ("loop.md", b"# A\n- **B**: x\n  - requires:: [[C]]\n- **C**: y\n  - requires:: [[B]]\n", "loop"),
        ],
    )
    def test_bad_notes_are_a_sentence(
        self, data: Path, tmp_path: Path, name: str, content: bytes, sentence: str
    ) -> None:
        (tmp_path / name).write_bytes(content)
        done = serve(data, str(tmp_path / name), PORT=str(free_port()))
        assert done.returncode == 1, done.stdout
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr


class TestExistingPermissions:
    def test_nothing_is_widened_and_nothing_narrowed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from config import preparing

        data = tmp_path / "data"
        data.mkdir(mode=0o750)
        monkeypatch.setenv("PATHNOTES_DATA", str(data))
        monkeypatch.delenv("SECRET_KEY", raising=False)
        preparing.data_directory()
        assert stat.S_IMODE(data.stat().st_mode) == 0o750
        assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600

    @pytest.mark.parametrize("found", [b"", b"\n", b"  "])
    def test_a_key_file_that_a_crash_left_empty_is_written_anew(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: bytes
    ) -> None:
        from config import preparing

        monkeypatch.setenv("PATHNOTES_DATA", str(tmp_path))
        monkeypatch.delenv("SECRET_KEY", raising=False)
        (tmp_path / "secret-key").write_bytes(found)
        preparing.data_directory()
        assert len((tmp_path / "secret-key").read_bytes()) > 50
        assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


class TestAddress:
    @pytest.mark.parametrize(
        ("host", "url"),
        [
            ("127.0.0.1", "http://127.0.0.1:8000"),
            ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104
            ("::1", "http://[::1]:8000"),
            ("::", "http://[::1]:8000"),
            ("notes.example.org", "http://notes.example.org:8000"),
        ],
    )
    def test_what_is_shown_can_be_opened(self, host: str, url: str) -> None:
        assert serving.address({"HOST": host}).url == url


class TestCommandLine:
    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "config", *arguments],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    @pytest.mark.parametrize(
        "arguments", [(), ("--help",), ("serve", "--help"), ("read", "--help"), ("load", "--help")]
    )
    def test_help(self, arguments: tuple[str, ...]) -> None:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        assert "usage: pathnotes" in done.stdout

    def test_version(self) -> None:
        done = self.run("--version")
        assert done.returncode == 0
        assert done.stdout.startswith("pathnotes ")

    @pytest.mark.parametrize("arguments", [("frob",), ("--frob",), ("serve", "--frob"), ("pg",), ("pg", "initdb")])
    def test_a_wrong_command_line_is_2(self, arguments: tuple[str, ...]) -> None:
        done = self.run(*arguments)
        assert done.returncode == 2
        assert "usage: pathnotes" in done.stderr

    def test_health_of_nothing_is_1(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PORT", str(free_port()))
        done = self.run("health")
        assert done.returncode == 1
        assert "does not answer" in done.stderr


def test_a_process_that_nobody_started_is_not_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _: killed.append(pid))
    leaving._watch(1.0)
    assert not killed
