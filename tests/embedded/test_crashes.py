"""Killing what can be killed: nothing acknowledged is lost, the next user recovers, and no stranger is signalled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded import accounts
from config.embedded.binaries import usable_by
from config.embedded.errors import ServerStartingUp
from tests.embedded.conftest import Stage, eventually, needs_proc, rows, run

ROUNDS = int(os.environ.get("PATHNOTES_KILL_ROUNDS", "7"))
"""Kills under load, one kind after the other."""


def kill_keeper_and_every_postgres(stage: Stage) -> None:
    stage.kill_keeper()
    stage.kill_every_postgres()


KINDS: dict[str, Callable[[Stage], None]] = {
    "the postmaster": Stage.kill_postmaster,
    "every postgres": Stage.kill_every_postgres,
    "the keeper": Stage.kill_keeper,
    "the keeper and every postgres": kill_keeper_and_every_postgres,
    "everything at one moment": Stage.kill_everything,
}


@pytest.fixture
def stranger(stage: Stage) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is not ours, though of the same account, whose id turns up where it should not."""
    process = subprocess.Popen(["sleep", "600"], cwd="/", **stage.identity)
    yield process
    alive = process.poll() is None
    process.kill()
    process.wait()
    assert alive, "a foreign process was signalled"


class TestRecovery:
    @pytest.mark.parametrize("kind", KINDS)
    def test_the_next_connection_finds_everything(self, stage: Stage, kind: str) -> None:
        server = stage.server()
        run(server.ensure_running(), "CREATE TABLE kept AS SELECT 1 AS one")
        before = stage.status().postmaster
        KINDS[kind](stage)
        assert eventually(lambda: before not in [one.pid for one in stage.postgres()], 5)
        assert rows(server.ensure_running(check=True), "SELECT one FROM kept") == [(1,)]
        assert sum(one.is_postmaster for one in stage.postgres()) == 1
        assert stage.keeper_lives()

    def test_the_keeper_restarts_it_without_being_asked(self, stage: Stage) -> None:
        server = stage.server()
        server.ensure_running()
        keeper, before = stage.status().keeper, stage.status().postmaster
        stage.kill_postmaster()
        assert eventually(lambda: stage.status().postmaster != before and server.conninfo(), 10)
        assert stage.status().keeper == keeper

    def test_one_killed_backend_takes_nothing_along(self, stage: Stage) -> None:
        server = stage.server()
        info = server.ensure_running()
        run(info, "CREATE TABLE kept AS SELECT 1 AS one")
        before = stage.status().postmaster
        with psycopg.connect(info.dsn, autocommit=True) as line:
            os.kill(line.info.backend_pid, signal.SIGKILL)
            with pytest.raises(psycopg.OperationalError):
                line.execute("SELECT 1")
        assert rows(server.ensure_running(check=True), "SELECT one FROM kept") == [(1,)]
        assert stage.status().postmaster == before

    def test_many_crashes_in_a_row(self, stage: Stage) -> None:
        server = stage.server()
        for _ in range(5):
            server.ensure_running(check=True)
            stage.kill_postmaster()
        assert rows(server.ensure_running(check=True), "SELECT 1") == [(1,)]

    @needs_proc
    def test_an_orphan_without_a_keeper_is_replaced(self, stage: Stage) -> None:
        """As one started by hand, or left on a system that cannot tell children about their parent's death."""
        server = stage.server()
        run(server.ensure_running(), "CREATE TABLE kept AS SELECT 1 AS one")
        server.stop()
        directory = os.open(stage.layout.database, os.O_RDONLY)
        elsewhere = ("--listen_addresses=", "--unix_socket_directories=/tmp", f"--port={20_000 + os.getpid() % 10_000}")
        program = usable_by(accounts.choose(stage.layout.database)) / "postgres"
        orphan = subprocess.Popen(
            [str(program), "-D", f"/proc/self/fd/{directory}/cluster", *elsewhere],
            pass_fds=(directory,),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **stage.identity,
        )
        os.close(directory)
        pid_file = stage.layout.cluster / "postmaster.pid"
        assert eventually(lambda: pid_file.exists() and "ready" in pid_file.read_text())
        assert rows(server.ensure_running(), "SELECT one FROM kept") == [(1,)]
        assert orphan.wait(timeout=5) == 0, "stopped in good order"
        assert orphan.pid not in [one.pid for one in stage.postgres()]

    @needs_proc
    def test_children_that_outlive_the_postmaster_are_waited_for(self, stage: Stage) -> None:
        """Their shared memory must be gone before another postmaster starts on the same directory."""
        server = stage.server()
        run(server.ensure_running(), "CREATE TABLE kept AS SELECT 1 AS one")
        keeper, checkpointer = stage.status().keeper, stage.freeze("checkpointer")
        stage.kill_postmaster()
        time.sleep(0.5)
        left = stage.postgres()
        assert checkpointer in left
        assert not any(one.is_postmaster for one in left)
        assert stage.status().keeper == keeper
        assert stage.keeper_lives(), "it waits, and does not wear itself out with starts that must fail"
        os.kill(checkpointer.pid, signal.SIGCONT)
        assert rows(server.ensure_running(check=True), "SELECT one FROM kept") == [(1,)]


class TestLeftFiles:
    """Lock files that say something else than what is true."""

    @pytest.fixture
    def crashed(self, stage: Stage) -> Stage:
        server = stage.server()
        run(server.ensure_running(), "CREATE TABLE kept AS SELECT 1 AS one")
        stage.crash()
        server.stop()
        assert (stage.layout.cluster / "postmaster.pid").exists()
        return stage

    @staticmethod
    def recovers(stage: Stage) -> bool:
        return rows(stage.server().ensure_running(), "SELECT one FROM kept") == [(1,)]

    def test_a_stale_pid(self, crashed: Stage) -> None:
        assert self.recovers(crashed)

    def test_a_pid_that_now_is_a_strangers(self, crashed: Stage, stranger: subprocess.Popen[bytes]) -> None:
        path = crashed.layout.cluster / "postmaster.pid"
        lines = path.read_text().splitlines()
        path.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert self.recovers(crashed)

    def test_a_socket_lock_with_a_strangers_pid(self, crashed: Stage, stranger: subprocess.Popen[bytes]) -> None:
        path = Path(crashed.status().socket) / ".s.PGSQL.5432.lock"
        lines = path.read_text().splitlines()
        path.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert self.recovers(crashed)

    def test_a_damaged_pid_file(self, crashed: Stage) -> None:
        for content in (b"", b"12", b"\x00\xff\xfe garbage", b"-1\n", b"99999999999999999999\n", b"1\n"):
            if crashed.postgres():
                crashed.crash()
            (crashed.layout.cluster / "postmaster.pid").write_bytes(content)
            assert self.recovers(crashed), content

    def test_a_damaged_status_record(self, crashed: Stage) -> None:
        for content in (b"", b"R", b"R{", b"\xff" * 4096, b'R{"socket": "/nowhere"}', b'R{"what": 1}'):
            if crashed.postgres():
                crashed.crash()
            crashed.layout.status.write_bytes(content)
            assert self.recovers(crashed), content

    @needs_proc
    def test_a_stranger_in_the_directory_is_not_taken_for_postgres(self, crashed: Stage) -> None:
        with subprocess.Popen(["sleep", "600"], cwd=crashed.layout.cluster, **crashed.identity) as visitor:
            try:
                assert not crashed.postgres()
                assert self.recovers(crashed)
                assert visitor.poll() is None
            finally:
                visitor.kill()


@needs_proc
class TestSlowRecovery:
    def test_it_is_waited_for_and_spoken_about(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        """The process that replays the log is held still for seconds, as a slow disk would."""
        monkeypatch.setattr("config.embedded.server.FIRST_NEWS", 0.5)
        server = stage.server()
        info = server.ensure_running()
        run(info, "CREATE TABLE kept AS SELECT g AS number FROM generate_series(1, 1000000) g")
        stage.crash()
        starting = stage.start("user")
        replaying = stage.hold_recovery()
        begun = time.monotonic()
        with pytest.raises(ServerStartingUp) as early:
            server.ensure_running(wait=0.5)
        assert 0.4 < time.monotonic() - begun < 20
        assert "Try again in a moment" in str(early.value)
        assert early.value.retry_after == 5
        with pytest.raises(psycopg.OperationalError, match=r"starting up|not yet accepting"):
            psycopg.connect(info.dsn)
        assert stage.keeper_lives(), "giving up waiting does not give up the recovery"
        news: list[str] = []
        timer = subprocess.Popen(["sh", "-c", f"sleep 1; kill -CONT {replaying}"])
        assert rows(server.ensure_running(on_progress=news.append), "SELECT count(*) FROM kept") == [(1_000_000,)]
        timer.wait()
        assert news, "a slow start is reported"
        assert "replays its log after a crash" in news[0]
        assert starting.stdout is not None
        assert starting.stdout.readline(), "the other process got through as well"


def test_nothing_acknowledged_is_lost_under_load(stage: Stage, tmp_path: Path) -> None:
    """Writers note each acknowledged key while everything is killed in turn; every noted key must be there, once."""
    server = stage.server()
    run(server.ensure_running(), "CREATE TABLE acknowledged (key text PRIMARY KEY, seen timestamptz DEFAULT now())")
    journals: list[Path] = []

    def write() -> subprocess.Popen[str]:
        journals.append(tmp_path / f"journal-{len(journals)}")
        return stage.actor("writer", str(journals[-1]), str(len(journals)))

    def acknowledged() -> int:
        return sum(_lines(path) for path in journals)

    writers = [write(), write()]
    kinds, dice = [*KINDS, "a writer"], random.Random(2)
    for number in range(ROUNDS):
        enough = acknowledged() + 50
        assert eventually(lambda enough=enough: acknowledged() > enough, 30), "no progress"  # type: ignore[misc]
        time.sleep(dice.random() / 5)
        kind = kinds[number % len(kinds)]
        if kind == "a writer":
            writers[0].kill()
            writers[0].wait()
            writers[0] = write()
        else:
            KINDS[kind](stage)
        server.ensure_running(check=True)
    for writer in writers:
        writer.kill()
        writer.wait()
    noted = [key for path in journals for key in path.read_text().split("\n")[:-1]]
    found = [key for (key,) in rows(server.ensure_running(check=True), "SELECT key FROM acknowledged")]
    assert len(noted) > 50 * ROUNDS
    assert len(noted) == len(set(noted))
    assert not set(noted) - set(found), "acknowledged and lost"
    assert len(found) <= len(noted) + len(journals), "at most the last key of each writer is written and not noted"


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0
