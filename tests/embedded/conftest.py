"""A data directory of its own for every test, with real processes, and a check that none of them is left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.embedded import locks, processes, status
from config.embedded.layout import Layout
from config.embedded.server import ConnInfo, Server
from config.embedded.status import Status

ROOT = Path(__file__).resolve().parents[2]
AS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not AS_ROOT, reason="what happens as root can be seen as root only")
PROC = Path("/proc/self/fd").exists()
needs_proc = pytest.mark.skipif(not PROC, reason="needs /proc")


def eventually(condition: Callable[[], object], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := bool(condition())) and time.monotonic() < deadline:
        time.sleep(0.02)
    return done


@dataclass
class Stage:
    """One data directory and everything that runs on it."""

    data_dir: Path
    servers: list[Server] = field(default_factory=list)
    actors: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def layout(self) -> Layout:
        return Layout(self.data_dir)

    def server(self) -> Server:
        """A `Server` as another process would have it: with locks of its own."""
        self.servers.append(Server(self.data_dir))
        return self.servers[-1]

    def actor(self, role: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a process of tests/embedded/actors.py and wait for its first line."""
        process = self.start(role, *arguments)
        assert process.stdout is not None
        assert process.stdout.readline(), "the process ended without a word"
        return process

    def start(self, role: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.embedded.actors", role, str(self.data_dir), *arguments]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.actors.append(process)
        return process

    def status(self) -> Status:
        descriptor = os.open(self.layout.status, os.O_RDONLY)
        try:
            found = status.read(descriptor)
        finally:
            os.close(descriptor)
        assert found is not None
        return found

    @contextlib.contextmanager
    def as_owner(self) -> Iterator[None]:
        """Look at processes as the account they belong to: in a container even root may not look at those of others."""
        identity = self.identity
        if identity:
            os.setegid(identity["group"])
            os.seteuid(identity["user"])
        try:
            yield
        finally:
            if identity:
                os.seteuid(0)
                os.setegid(0)

    def postgres(self) -> list[processes.Postgres]:
        return self.postgres_on(self.layout.cluster)

    def postgres_on(self, directory: Path) -> list[processes.Postgres]:
        try:
            descriptor = os.open(directory, os.O_RDONLY)
        except FileNotFoundError:
            return []
        try:
            with self.as_owner():
                return processes.on_directory(Path(f"/proc/self/fd/{descriptor}") if PROC else directory)
        finally:
            os.close(descriptor)

    def keeper_lives(self) -> bool:
        descriptor = locks.open_lock(self.layout.keeper_lock)
        try:
            return locks.held_elsewhere(descriptor)
        finally:
            os.close(descriptor)

    def all_gone(self) -> bool:
        return not self.keeper_lives() and not self.postgres()

    def kill_postmaster(self) -> None:
        os.kill(self.status().postmaster, signal.SIGKILL)

    def kill_keeper(self) -> None:
        os.kill(self.status().keeper, signal.SIGKILL)

    def kill_every_postgres(self) -> None:
        for process in self.postgres():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)

    def kill_everything(self) -> None:
        """At one moment, as the end of a container does: nothing is cleaned up."""
        keeper = self.status().keeper
        os.kill(keeper, signal.SIGSTOP)  # so that it starts nothing in between
        self.kill_every_postgres()
        os.kill(keeper, signal.SIGKILL)

    def crash(self) -> None:
        """The same, where nobody starts it again."""
        self.kill_everything()
        assert eventually(self.all_gone)

    @property
    def identity(self) -> dict[str, Any]:
        """Arguments of Popen to run something under the account that postgres runs under."""
        if not AS_ROOT:
            return {}
        try:
            owner = self.layout.database.stat()
        except FileNotFoundError:
            return {}
        return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}

    def freeze(self, title: str) -> processes.Postgres:
        """Stop the process with this word in its title, as soon as it appears."""
        return self._stop_first(self.postgres, title)

    def freeze_creation(self) -> processes.Postgres:
        """Stop the postgres that fills a directory that is being created, as soon as it appears."""

        def filling() -> list[processes.Postgres]:
            return [one for new in self.layout.database.glob("new-*") for one in self.postgres_on(new)]

        return self._stop_first(filling, "postgres")

    @staticmethod
    def _stop_first(running: Callable[[], list[processes.Postgres]], title: str) -> processes.Postgres:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for one in running():
                with contextlib.suppress(OSError):
                    if title.encode() in Path(f"/proc/{one.pid}/cmdline").read_bytes():
                        os.kill(one.pid, signal.SIGSTOP)
                        return one
        raise AssertionError(f"no {title} process was seen")

    def hold_recovery(self) -> int:
        """Stop the process that replays the log; its id. It needs some log to be seen at all."""
        return self.freeze("startup").pid

    def furnish(self, database: Path) -> None:
        """Put a copy of a stopped database where this stage looks for one."""
        self.data_dir.mkdir(mode=0o700, parents=True)
        subprocess.run(["cp", "-a", str(database), str(self.data_dir)], check=True)

    def strike(self) -> None:
        """End of the test: everybody leaves, and then nothing may be left running within seconds."""
        for actor in self.actors:
            actor.kill()
            actor.wait()
            if actor.stdout:
                actor.stdout.close()
        for server in self.servers:
            server.stop()
        try:
            self._check_that_nothing_runs()
        finally:
            shutil.rmtree(self.data_dir, ignore_errors=True)

    def _check_that_nothing_runs(self) -> None:
        if not self.layout.status.exists():
            return
        gone = eventually(self.all_gone, 15)
        socket = self.status().socket if self.layout.status.stat().st_size else ""
        if not gone:
            self.kill_keeper()
            self.kill_every_postgres()
        if socket:
            shutil.rmtree(socket, ignore_errors=True)
        assert gone, "processes were left behind"


def is_alive(pid: int) -> bool:
    """Whether the process still runs, or could: one that only waits for its parent's look does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def rows(info: ConnInfo, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(info.dsn, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def run(info: ConnInfo, statement: str) -> None:
    with psycopg.connect(info.dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the data directories go: into memory if there is room, for each is 46 MB in 1,300 files.

    That loses nothing: killing processes does not test the disk, and only a power cut could.
    """
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1_000_000_000:
        path = Path(tempfile.mkdtemp(prefix="pathnotes-tests-", dir=memory))
        yield path
        shutil.rmtree(path, ignore_errors=True)
    else:
        yield tmp_path_factory.mktemp("embedded")


@pytest.fixture(scope="session")
def fresh_database(workplace: Path) -> Path:
    """A newly created, stopped `database/` directory to copy: creating one takes half a second."""
    stage = Stage(workplace / "fresh")
    server = stage.server()
    server.ensure_running()
    server.stop()
    kept = stage.layout.database.rename(workplace / "database")
    stage.strike()
    return kept


@pytest.fixture
def empty_stage(workplace: Path) -> Iterator[Stage]:
    """A data directory that does not exist yet."""
    place = Path(tempfile.mkdtemp(prefix="stage-", dir=workplace))
    stage = Stage(place / "data")
    yield stage
    stage.strike()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def stage(empty_stage: Stage, fresh_database: Path) -> Stage:
    """A data directory with a database that does not run yet."""
    empty_stage.furnish(fresh_database)
    return empty_stage
