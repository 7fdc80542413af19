"""The data directory: creating it, configuring it, and what a crash left behind in it.

Runs in the keeper, under the account that postgres runs under, with the standard library alone.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.embedded import DATABASE, processes
from config.embedded.binaries import MAJOR_VERSION

SUPERUSER = "supervisor"
"""Superuser of the cluster; only the account postgres runs under may connect as it."""

ORPHANS_QUIT, ORPHANS_DIE, ORPHANS_GIVE_UP = 20.0, 30.0, 60.0
"""An orphaned server is asked to stop at once; seconds until it is made to quit, is killed, and is given up."""

LEAVE = 5.0
"""Seconds that children of a dead postmaster get to notice and leave."""

LOG_FILES = 10
"""Server logs kept, each of at most 5 MB or one day."""

SETTINGS = """
# --- Pathnotes: yours to tune; written once, when this directory was created ---
shared_buffers = 64MB
max_wal_size = 512MB
random_page_cost = 1.1
max_connections = 100
io_method = sync                        # no I/O worker processes: a laptop's memory
max_logical_replication_workers = 0
jit = off
log_rotation_age = 1d
log_rotation_size = 5MB
log_line_prefix = '%m [%p] %u@%d '
log_checkpoints = off
log_timezone = 'UTC'
timezone = 'UTC'
"""


class ClusterError(Exception):
    """The data directory cannot be used. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Cluster:
    programs: Path
    """Directory of postgres and initdb."""
    database: Path
    """The directory that holds `cluster/`: `/proc/self/fd/N`, or its path where there is no /proc."""
    shown: str
    """How messages name the data directory."""
    socket: str
    """Private directory of the server's socket; nobody else puts anything there."""
    inherited: tuple[int, ...] = ()
    """Descriptors the programs need to be given, for `/proc/self/fd/N`."""

    @property
    def path(self) -> Path:
        return self.database / "cluster"

    def prepare(self, people: Sequence[str], account: str) -> None:
        """Create the cluster if there is none, check its version, write who may connect, clear what a crash left.

        Raises ClusterError with a sentence.
        """
        self._clear_unfinished()
        if self.path.exists():
            self._check_version()
            self.clear_remains()
        else:
            self._create()
        self._write_access_rules(people, account)
        self.prune_logs()

    def command(self) -> list[str]:
        """How to start postgres. What is set here cannot be overridden by a configuration file."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": self.socket,
            "unix_socket_permissions": "0700",
            "port": "5432",
            "logging_collector": "on",
            "log_directory": "log",
            "log_filename": "%Y%m%d-%H%M%S.log",
            "log_destination": "stderr",
            "log_file_mode": "0600",
            "lc_messages": "C",
            "cluster_name": "pathnotes",
            "restart_after_crash": "on",
            "hba_file": str(self.path / "pg_hba.conf"),
            "ident_file": str(self.path / "pg_ident.conf"),
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        return [str(self.programs / "postgres"), "-D", str(self.path), *arguments]

    def is_ready(self, postmaster: int) -> bool:
        """Whether `postmaster` has written that it accepts connections."""
        lines = self._pid_file()
        return len(lines) >= 8 and lines[0].strip() == str(postmaster) and lines[7].strip() == "ready"

    def clear_remains(self) -> None:
        """Make sure that no postgres runs on this directory, then remove the lock files left behind.

        They are judged by /proc, not by the process id inside, which may be stale, reused by a stranger or garbage;
        they go only after the last postgres on this directory is gone, because they protect its shared memory.
        """
        asked: set[tuple[int, signal.Signals]] = set()
        begun = time.monotonic()
        while found := processes.on_directory(self.path):
            waited = time.monotonic() - begun
            if waited > ORPHANS_GIVE_UP:
                pids = ", ".join(str(one.pid) for one in found)
                raise ClusterError(f"An earlier PostgreSQL on {self.shown} cannot be stopped (process {pids}).")
            for process in found:
                if waited >= ORPHANS_DIE:
                    number = signal.SIGKILL
                elif waited >= ORPHANS_QUIT or (waited >= LEAVE and not any(one.is_postmaster for one in found)):
                    number = signal.SIGQUIT
                elif process.is_postmaster:
                    number = signal.SIGINT  # stop in good order, sending clients away
                else:
                    continue  # children of a dead postmaster notice and leave
                if (process.pid, number) not in asked:
                    asked.add((process.pid, number))
                    processes.send(process, number, self.path)
            time.sleep(0.02)
        (self.path / "postmaster.pid").unlink(missing_ok=True)
        for left in Path(self.socket).glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    def complaints(self, printed: str) -> str:
        """What postgres said about a start that failed: on its standard error (`printed`), else in its newest log."""
        found = _serious(printed)
        if not found and (logs := sorted((self.path / "log").glob("*.log"))):
            found = _serious(logs[-1].read_text(encoding="utf-8", errors="replace"))
        return found.replace(str(self.path), self.shown)

    def _pid_file(self) -> list[str]:
        try:
            return (self.path / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []

    def _check_version(self) -> None:
        try:
            version = (self.path / "PG_VERSION").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ClusterError(
                f"{self.shown} is no PostgreSQL data directory (PG_VERSION is missing or unreadable). "
                f"Restore it, or move it away to start with an empty database."
            ) from None
        if version != MAJOR_VERSION:
            raise ClusterError(
                f"{self.shown} was written by PostgreSQL {version}, and this Pathnotes brings PostgreSQL "
                f"{MAJOR_VERSION}. Dump it with the Pathnotes that wrote it, move the directory away, load the dump."
            )

    def _clear_unfinished(self) -> None:
        """Remove creations cut short. What still writes there is ended first: it would write on in what is removed."""
        deadline = time.monotonic() + LEAVE
        for unfinished in self.database.glob("new-*"):
            while unfinished.exists() and time.monotonic() < deadline:
                for process in processes.on_directory(unfinished):
                    processes.send(process, signal.SIGKILL, unfinished)
                shutil.rmtree(unfinished, ignore_errors=True)
                time.sleep(0.02)

    def _create(self) -> None:
        """Make the cluster aside and give it its name when it is whole: a creation cut short leaves nothing behind."""
        new = Path(tempfile.mkdtemp(prefix="new-", dir=self.database))
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
        access = ["--auth-local=peer", "--auth-host=reject", f"--username={SUPERUSER}"]
        self._run("initdb", "-D", str(new), *locale, *access, "--data-checksums", "--no-sync", "--no-instructions")
        with (new / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(SETTINGS)
        sql = f"CREATE ROLE {DATABASE} LOGIN CREATEDB NOSUPERUSER\nCREATE DATABASE {DATABASE} OWNER {DATABASE}\n"
        self._run("postgres", "--single", "-D", str(new), "-c", "exit_on_error=true", "postgres", text=sql)
        self._run("initdb", "-D", str(new), "--sync-only")
        new.rename(self.path)
        directory = os.open(self.database, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)

    def _run(self, program: str, *arguments: str, text: str = "") -> None:
        keeper = os.getpid()
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            input=text,
            capture_output=True,
            text=True,
            errors="replace",
            pass_fds=self.inherited,
            preexec_fn=lambda: processes.die_with(keeper, signal.SIGKILL),
            check=False,
        )
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise ClusterError(f"{program} failed while creating {self.shown}: {' '.join(lines[-3:])}")

    def _write_access_rules(self, people: Sequence[str], account: str) -> None:
        """Peer authentication: the kernel says who connects, and there is no password to leak.

        `people` (operating system users) may be the application's role; the account itself may be the superuser.
        """
        rules = [f"local all {DATABASE} peer map=people", f"local all {SUPERUSER} peer map=keeper"]
        names = [f'people "{name}" {DATABASE}' for name in people] + [f'keeper "{account}" {SUPERUSER}']
        for name, lines in (("pg_hba.conf", rules), ("pg_ident.conf", names)):
            text = "# Written by Pathnotes at every start.\n" + "\n".join(lines) + "\n"
            temporary = self.path / f"{name}.new"
            temporary.write_text(text, encoding="utf-8")
            temporary.chmod(0o600)
            temporary.rename(self.path / name)

    def prune_logs(self) -> None:
        for old in sorted((self.path / "log").glob("*.log"))[:-LOG_FILES]:
            old.unlink(missing_ok=True)


SERIOUS = (" FATAL: ", " PANIC: ", " ERROR: ", "could not", " invalid ", "error in file")
PREFIX = re.compile(r"^\S+ \S+ \S+ \[\d+\] (\S*@\S* )?")


def _serious(text: str) -> str:
    """The last lines that say what went wrong, without their time stamps."""
    found = [line for line in text.splitlines()[-50:] if any(word in line for word in SERIOUS)]
    return " ".join(PREFIX.sub("", line) for line in found[-2:])
