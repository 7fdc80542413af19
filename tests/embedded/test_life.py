"""Starting, sharing and stopping: who holds the server up, and what remains when they are gone."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest

from config.embedded.errors import AlreadyServing, ServerUnavailable
from config.embedded.server import Server, server_for
from tests.embedded.conftest import Stage, eventually, is_alive, needs_proc, rows, run


class TestFirstStart:
    def test_it_creates_a_database_and_an_unprivileged_role(self, empty_stage: Stage) -> None:
        info = empty_stage.server().ensure_running()
        [role] = rows(info, "SELECT rolname, rolsuper, rolcreaterole, rolreplication, rolbypassrls, rolcreatedb "
                            "FROM pg_roles WHERE rolname = current_user")  # fmt: skip
        assert role == ("pathnotes", False, False, False, False, True)
        [database] = rows(info, "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datlocprovider::text, "
                                "datlocale FROM pg_database WHERE datname = current_database()")  # fmt: skip
        assert database == ("pathnotes", "UTF8", "b", "C.UTF-8")
        assert rows(info, "SELECT upper('éşđ')") == [("ÉŞĐ",)]

    def test_it_leaves_the_machine_to_others(self, stage: Stage) -> None:
        info = stage.server().ensure_running()
        wanted = {"listen_addresses": "", "unix_socket_permissions": "0700", "max_wal_size": "512MB"}
        wanted |= {"random_page_cost": "1.1", "logging_collector": "on", "log_rotation_size": "5MB"}
        for name, value in wanted.items():
            assert rows(info, f"SHOW {name}") == [(value,)], name
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(info, "COPY (SELECT 1) TO PROGRAM 'id'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(info, "ALTER SYSTEM SET fsync = off")

    def test_what_it_creates_is_private(self, empty_stage: Stage) -> None:
        info = empty_stage.server().ensure_running()
        layout = empty_stage.layout
        private = (layout.data_dir, layout.database, layout.cluster, layout.supervisor, Path(info.host))
        assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in private} == dict.fromkeys(
            [path.name for path in private], 0o700
        )
        for path in layout.supervisor.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path

    def test_four_processes_at_once_get_one_server(self, empty_stage: Stage) -> None:
        actors = [empty_stage.start("user") for _ in range(4)]
        hosts = {actor.stdout.readline() for actor in actors if actor.stdout}
        assert len(hosts) == 1
        assert "" not in hosts
        assert sum(one.is_postmaster for one in empty_stage.postgres()) == 1

    def test_a_creation_cut_short_is_begun_anew(self, empty_stage: Stage) -> None:
        actor = empty_stage.start("user")
        assert eventually(lambda: list(empty_stage.layout.database.glob("new-*/global")))
        empty_stage.kill_keeper()
        assert actor.stdout is not None
        assert actor.stdout.readline(), "the process that waits starts another keeper"
        assert not list(empty_stage.layout.database.glob("new-*"))

    @needs_proc
    def test_what_a_creation_cut_short_left_running_writes_nothing_more(self, empty_stage: Stage) -> None:
        actor = empty_stage.start("user")
        left = empty_stage.freeze_creation()
        empty_stage.kill_keeper()
        assert actor.stdout is not None
        assert actor.stdout.readline(), "the process that waits starts another keeper"
        assert not list(empty_stage.layout.database.glob("new-*"))
        assert eventually(lambda: not is_alive(left.pid))


class TestRunning:
    def test_asking_again_changes_nothing_and_is_cheap(self, stage: Stage) -> None:
        server = stage.server()
        info = server.ensure_running()
        before = stage.status()
        begun = time.perf_counter()
        for _ in range(1000):
            assert server.ensure_running() is info
        assert time.perf_counter() - begun < 20  # measured: 0.003 s
        assert server.ensure_running(check=True) == info
        assert stage.status() == before
        assert server.conninfo() == info

    def test_twenty_threads_start_it_once(self, stage: Stage) -> None:
        server, found = stage.server(), []
        threads = [threading.Thread(target=lambda: found.append(server.ensure_running())) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 20
        assert len(set(found)) == 1
        assert stage.layout.log.read_text().count("redirecting log output") == 1

    def test_a_warm_start_takes_well_under_a_second(self, stage: Stage) -> None:
        times = []
        for _ in range(3):
            server, begun = stage.server(), time.perf_counter()
            server.ensure_running()
            times.append(time.perf_counter() - begun)
            server.stop()
        assert min(times) < 3, times  # measured: 0.1 s; the keeper alone would wait for minutes

    @pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs /proc/PID/smaps_rollup")
    def test_it_is_small(self, stage: Stage) -> None:
        stage.server().ensure_running()
        keeper = Path(f"/proc/{stage.status().keeper}/status").read_text().splitlines()
        kilobytes = [int(line.split()[1]) for line in keeper if line.startswith("VmRSS:")]
        for pid in [one.pid for one in stage.postgres()]:
            with stage.as_owner(), contextlib.suppress(FileNotFoundError):  # a worker that was just leaving
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                kilobytes += [int(line.split()[1]) for line in lines if line.startswith("Pss:")]
        assert len(kilobytes) >= 5
        assert sum(kilobytes) < 80_000

    def test_one_object_per_directory_and_process(self, tmp_path: Path) -> None:
        assert server_for(tmp_path / "a") is server_for(tmp_path / "a")
        assert server_for(tmp_path / "a") is not server_for(tmp_path / "b")
        assert not list(tmp_path.iterdir()), "asking for it touches nothing"

    def test_a_directory_exchanged_under_it_is_noticed(self, stage: Stage) -> None:
        server = stage.server()
        run(server.ensure_running(), "CREATE TABLE old ()")
        keeper = stage.status().keeper
        stage.data_dir.rename(stage.data_dir.with_name("elsewhere"))
        os.kill(keeper, signal.SIGKILL)
        info = server.ensure_running(check=True)
        assert rows(info, "SELECT to_regclass('old') IS NULL") == [(True,)]


class TestStopping:
    def test_the_last_user_stops_it(self, stage: Stage) -> None:
        first, second = stage.server(), stage.server()
        info = first.ensure_running()
        run(info, "CREATE TABLE kept AS SELECT 1 AS one")
        second.ensure_running()
        first.stop()
        assert first.conninfo() is None
        assert rows(info, "SELECT one FROM kept") == [(1,)], "the second still uses it"
        second.stop()
        assert stage.all_gone(), "stop waits until it is down"
        assert not Path(info.host).exists()
        assert rows(first.ensure_running(), "SELECT one FROM kept") == [(1,)]

    def test_stopping_twice_or_without_a_start_is_nothing(self, stage: Stage) -> None:
        server = stage.server()
        server.stop()
        server.ensure_running()
        server.stop()
        server.stop()
        assert stage.all_gone()

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGSEGV])
    def test_it_stops_however_its_user_dies(self, stage: Stage, number: signal.Signals) -> None:
        actor = stage.actor("user")
        assert stage.postgres()
        actor.send_signal(number)
        actor.wait()
        assert eventually(stage.all_gone, 5)
        log = "".join(path.read_text() for path in (stage.layout.cluster / "log").iterdir())
        assert "database system is shut down" in log, "in good order, not by a crash"

    def test_a_command_next_to_a_serving_process_leaves_it_alone(self, stage: Stage) -> None:
        serving = stage.actor("serve")
        postmaster = stage.status().postmaster
        command = stage.actor("user")
        command.terminate()
        command.wait()
        server = stage.server()
        server.ensure_running()
        server.stop()
        time.sleep(0.3)
        assert stage.status().postmaster == postmaster
        assert rows(stage.server().ensure_running(), "SELECT 1") == [(1,)]
        assert serving.poll() is None

    def test_a_start_during_the_stop_waits_for_it(self, stage: Stage) -> None:
        for _ in range(3):
            actor = stage.actor("user")
            actor.kill()
            server = stage.server()
            assert rows(server.ensure_running(), "SELECT 1") == [(1,)]
            actor.wait()
            server.stop()

    def test_a_keeper_told_to_stop_waits_for_its_users(self, stage: Stage) -> None:
        server = stage.server()
        info = server.ensure_running()
        os.kill(stage.status().keeper, signal.SIGTERM)
        time.sleep(0.5)
        assert rows(info, "SELECT 1") == [(1,)], "requests under way may end"
        server.stop()
        assert stage.all_gone()

    def test_a_child_neither_keeps_nor_stops_the_parents_server(self, stage: Stage) -> None:
        server = stage.server()
        info = server.ensure_running()
        if (child := os.fork()) == 0:
            server.stop()
            os._exit(0 if server.conninfo() is None else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert rows(info, "SELECT 1") == [(1,)]
        if (child := os.fork()) == 0:
            os._exit(0 if server.ensure_running() == info else 1)
        assert os.waitpid(child, 0)[1] == 0
        if (child := os.fork()) == 0:
            signal.pause()
        server.stop()
        try:
            assert eventually(stage.all_gone, 5), "a fork that never used it does not hold it"
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


class TestClaim:
    def test_the_second_who_serves_is_told_about_the_first(self, stage: Stage) -> None:
        serving = stage.actor("serve")
        second = stage.server()
        with pytest.raises(AlreadyServing) as refusal:
            second.claim()
        sentence = str(refusal.value)
        assert f"process {serving.pid}, http://127.0.0.1:8000" in sentence
        assert str(stage.data_dir) in sentence
        assert "PATHNOTES_DATA" in sentence
        serving.kill()
        serving.wait()
        second.claim("http://127.0.0.1:9000")
        second.claim("twice is once")

    def test_it_is_given_back(self, stage: Stage) -> None:
        first, second = stage.server(), stage.server()
        first.claim()
        first.stop()
        second.claim()
        with pytest.raises(AlreadyServing):
            first.claim()

    def test_a_directory_that_cannot_be_used_gets_a_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        for action in (Server(tmp_path / "file" / "data").claim, Server(tmp_path / "file" / "data").ensure_running):
            with pytest.raises(ServerUnavailable, match="cannot be used"):
                action()


def test_no_server_program_is_on_the_search_path(stage: Stage) -> None:
    """The programs come out of the wheel, whatever the machine has installed."""
    server = stage.server()
    done = subprocess.run([server.program("psql"), "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("psql (PostgreSQL) 18.")
