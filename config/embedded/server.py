"""What the application calls: a `Server` per data directory, shared by all threads and processes that need it.

    server = server_for(Path(".pathnotes"))
    server.ensure_running()      # starts it if nobody has; from now on this process is one of its users
    server.stop()                # no longer a user; the last one out has it stopped

"Running" means that a connection succeeds. Who may start the keeper, who still needs the server and who serves is
decided by file locks (locks.py), so the answer is right after any kind of death.
"""

from __future__ import annotations

import atexit
import functools
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from config.embedded import DATABASE, locks, status
from config.embedded.accounts import NoAccountError
from config.embedded.binaries import NoProgramsError, bin_directory
from config.embedded.errors import AlreadyServing, ServerStartingUp, ServerUnavailable, UnsafeServer
from config.embedded.layout import Layout
from config.embedded.starter import start_keeper
from config.embedded.status import Phase, Status

PORT = 5432
"""Only the name of the socket file: the server listens on no network address."""

LONGEST_START = 600.0
"""Seconds to wait for a start by default: replaying the log after a crash can take minutes."""

LONGEST_STOP = 90.0
"""Seconds `stop` waits at most for the last checkpoint."""

FIRST_NEWS, NEWS_EVERY = 3.0, 10.0
"""Seconds until a slow start is reported, and between two reports."""

PROBE_EVERY = 0.5
"""Seconds between two connections tried while the keeper does not yet say that the server runs."""

MUST_BE_ON = ("fsync", "full_page_writes", "data_checksums", "synchronous_commit")

logger = logging.getLogger("pathnotes.database")


@dataclass(frozen=True, slots=True)
class ConnInfo:
    """How the application connects. There is no password: the kernel says who is at the other end of the socket."""

    host: str
    """Directory of the socket."""
    port: int = PORT
    user: str = DATABASE
    dbname: str = DATABASE

    @property
    def dsn(self) -> str:
        return psycopg.conninfo.make_conninfo(host=self.host, port=self.port, user=self.user, dbname=self.dbname)


@functools.cache
def server_for(data_dir: Path) -> Server:
    """The process's one `Server` for this data directory."""
    return Server(data_dir)


_patience = LONGEST_START


def set_patience(seconds: float) -> None:
    """How long `ensure_running` waits in this process unless told otherwise.

    Commands can wait for a long recovery; a web worker should rather answer 503 after some seconds.
    """
    global _patience  # noqa: PLW0603  (one per process, set once at its start)
    _patience = seconds


class Server:
    """The embedded PostgreSQL server of one data directory. Safe to use from threads, processes and after a fork."""

    def __init__(self, data_dir: Path) -> None:
        """Touches nothing; `data_dir` need not exist."""
        self.layout = Layout(data_dir.absolute())
        self._mutex = threading.Lock()
        self._use: int | None = None  # descriptor that holds users.lock shared
        self._serving: int | None = None  # descriptor that holds serve.lock
        # To ask whether a keeper lives, and how far it is. They hold no lock and stay open for threads that still ask.
        self._keeper: int | None = None
        self._status: int | None = None
        self._info: ConnInfo | None = None
        _all.add(self)

    # -- what the application calls ------------------------------------------------------------------------------

    def ensure_running(
        self,
        *,
        wait: float | None = None,
        check: bool = False,
        on_progress: Callable[[str], None] | None = None,
    ) -> ConnInfo:
        """Start the server unless it runs, and become one of its users until `stop` or the end of the process.

        Costs microseconds when this process already uses a server that lives; `check` asks by a connection
        nevertheless. Waits `wait` seconds (default: see `set_patience`) and reports slow starts to `on_progress`,
        by default to the log.

        Raises ServerStartingUp if it is not ready by then, ServerUnavailable if it cannot be started and UnsafeServer
        if it could lose acknowledged writes.
        """
        if self._info and not check and self._is_alive():
            return self._info
        patience = _patience if wait is None else wait
        deadline = time.monotonic() + patience
        if not self._mutex.acquire(timeout=max(patience, 0.001)):
            raise ServerStartingUp("The database server is starting; try again in a moment.")
        try:
            if self._info and not check and self._is_alive():
                return self._info
            return self._bring_up(deadline, on_progress or logger.warning)
        except (NoAccountError, NoProgramsError) as error:
            raise ServerUnavailable(str(error)) from error
        except OSError as error:
            raise ServerUnavailable(f"The database under {self.layout.data_dir} cannot be used: {error}") from error
        finally:
            self._mutex.release()

    def conninfo(self) -> ConnInfo | None:
        """How to connect, or None unless this process uses a server that lives."""
        return self._info if self._info and self._is_alive() else None

    def claim(self, note: str = "") -> None:
        """Be the one process that serves from this data directory, until `stop` or the end of the process.

        `note` (say, the address) is shown to whoever comes second. Raises AlreadyServing, or ServerUnavailable if the
        directory cannot be used.
        """
        if self._serving is not None:
            return
        try:
            self.layout.create()
            descriptor = locks.open_lock(self.layout.serve_lock)
        except OSError as error:
            raise ServerUnavailable(f"{self.layout.data_dir} cannot be used: {error}") from error
        if not locks.try_exclusive(descriptor):
            first = os.pread(descriptor, 500, 0).decode("utf-8", "replace").strip()
            os.close(descriptor)
            raise AlreadyServing(
                f"Pathnotes already serves from {self.layout.data_dir} ({first or 'another process'}). "
                f"Stop that one first, or give this one a directory of its own with PATHNOTES_DATA."
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}{', ' if note else ''}{note}".encode()[:500], 0)
        self._serving = descriptor

    def stop(self) -> None:
        """Stop using the server. If nobody else does, it stops, and this waits until it has (a checkpoint long)."""
        if not self._mutex.acquire(timeout=LONGEST_STOP):
            return  # a thread still waits for the server at the end of the process, which drops the locks
        try:
            using, self._use, self._info = self._use, None, None
            serving, self._serving = self._serving, None
            for descriptor in (using, serving):
                if descriptor is not None:
                    os.close(descriptor)
            if using is not None:
                self._wait_until_stopped()
        finally:
            self._mutex.release()

    def program(self, name: str) -> Path:
        """Path of one of PostgreSQL's programs: psql, pg_dump, pg_restore … Raises NoProgramsError."""
        return bin_directory() / name

    # -- how ------------------------------------------------------------------------------------------------------

    def _is_alive(self) -> bool:
        """Whether this process is a user, and a keeper lives that says the server runs. Three system calls."""
        if self._use is None or self._keeper is None or self._status is None:
            return False
        return locks.held_elsewhere(self._keeper) and status.phase(self._status) == Phase.RUNNING

    def _bring_up(self, deadline: float, report: Callable[[str], None]) -> ConnInfo:
        keeper, record = self._enrol(deadline)
        begun = time.monotonic()
        news, probe, starts = begun + FIRST_NEWS, begun + PROBE_EVERY, 0
        while True:
            now = time.monotonic()
            seen = status.read(record)
            kept = locks.held_elsewhere(keeper)
            if kept and seen and seen.socket and (seen.phase is Phase.RUNNING or now >= probe):
                probe = now + PROBE_EVERY
                if self._accepts(info := ConnInfo(seen.socket), deadline - now):
                    self._info = info
                    return info
            starts += 0 if kept else self._start_keeper(record, starts)
            if now > deadline:
                raise ServerStartingUp(f"The database server is not ready yet: {_what(seen)}. Try again in a moment.")
            if now > news:
                news = now + NEWS_EVERY
                report(f"Waiting for the database server since {now - begun:.0f} s: {_what(seen)}.")
            time.sleep(0.01)

    def _enrol(self, deadline: float) -> tuple[int, int]:
        """Become a user, once a keeper that is just stopping the server is done.

        Returns the descriptors to ask whether a keeper lives and how far it is.
        """
        self._forget_removed_files()
        if self._use is None:
            self.layout.create()
            descriptor = locks.open_lock(self.layout.users_lock)
            while not locks.try_shared(descriptor):
                if time.monotonic() > deadline:
                    os.close(descriptor)
                    raise ServerStartingUp("The database server is just stopping. Try again in a moment.")
                time.sleep(0.02)
            self._use = descriptor
            atexit.register(self.stop)
        if self._keeper is None:
            self._keeper = locks.open_lock(self.layout.keeper_lock)
        if self._status is None:
            self._status = locks.open_lock(self.layout.status)
        return self._keeper, self._status

    def _forget_removed_files(self) -> None:
        """If the data directory was deleted or exchanged under us, its locks say nothing about what is there now."""
        pairs = ((self._use, self.layout.users_lock), (self._keeper, self.layout.keeper_lock))
        for descriptor, path in (*pairs, (self._status, self.layout.status)):
            if descriptor is not None and not _is_still(descriptor, path):
                self._close_all()
                return

    def _accepts(self, info: ConnInfo, remaining: float) -> bool:
        """Whether a connection succeeds. Raises if it never will, or if the server is not safe to write to."""
        try:
            with psycopg.connect(
                info.dsn, connect_timeout=max(2, min(10, int(remaining))), autocommit=True
            ) as connection:
                query = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)"
                rows: list[tuple[str, str]] = connection.execute(query, [list(MUST_BE_ON)]).fetchall()
        except psycopg.OperationalError as error:
            words = str(error)
            if "too many clients" in words or "connection slots" in words:
                return True
            if "FATAL" in words and not any(
                passing in words
                for passing in ("starting up", "shutting down", "not yet accepting", "recovery", "terminating")
            ):
                raise ServerUnavailable(f"The database server refuses connections: {words.strip()}") from error
            return False
        found = dict(rows)
        off = [name for name in MUST_BE_ON if found.get(name, "") not in {"on", "remote_apply"}]
        if off:
            raise UnsafeServer(
                f"The database server under {self.layout.data_dir} could lose what it has acknowledged: "
                f"{', '.join(off)} must be on. Correct postgresql.conf or the role's settings, and start again."
            )
        return True

    def _start_keeper(self, record: int, earlier: int) -> int:
        """Start a keeper if none lives: 1 if so, else 0. `earlier`: how many were started in this attempt."""
        lock = locks.open_lock(self.layout.keeper_lock)
        try:
            if not locks.try_exclusive(lock):
                return 0
            last = status.read(record)
            if earlier and last and last.phase is Phase.FAILED:
                raise ServerUnavailable(last.message)
            if earlier >= 3:
                raise ServerUnavailable(f"The database server's keeper does not stay; see {self.layout.log}.")
            start_keeper(self.layout, lock, record)
            return 1
        finally:
            os.close(lock)

    def _wait_until_stopped(self) -> None:
        """Wait for the keeper to leave, unless somebody else needs it."""
        deadline = time.monotonic() + LONGEST_STOP
        try:
            users = locks.open_lock(self.layout.users_lock)
        except FileNotFoundError:  # the data directory was removed, the server with it
            return
        try:
            while self._keeper is not None and locks.held_elsewhere(self._keeper) and time.monotonic() < deadline:
                if not locks.held_elsewhere(users) and _shared_by_others(users):
                    return
                time.sleep(0.02)
        finally:
            os.close(users)

    def _after_fork(self) -> None:
        """In a forked child: leave the parent's locks to the parent (closing does not unlock) and start anew."""
        if self._serving is not None:
            os.close(self._serving)
        self._close_all()
        self._mutex, self._serving = threading.Lock(), None

    def _close_all(self) -> None:
        for descriptor in (self._use, self._keeper, self._status):
            if descriptor is not None:
                os.close(descriptor)
        self._use = self._keeper = self._status = self._info = None


def _is_still(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


def _shared_by_others(users: int) -> bool:
    if not locks.try_exclusive(users):
        return True
    locks.release(users)
    return False


def _what(seen: Status | None) -> str:
    words = {
        Phase.CREATING: "it is being created",
        Phase.STARTING: "it is starting, which takes minutes when it replays its log after a crash",
        Phase.STOPPING: "it is stopping",
    }
    return words.get(seen.phase, "it is starting") if seen else "it is starting"


_all: weakref.WeakSet[Server] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for server in list(_all):
        server._after_fork()  # noqa: SLF001  (the same module)


os.register_at_fork(after_in_child=_after_fork_in_child)
