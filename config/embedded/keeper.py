"""The keeper: one small process per data directory that owns postgres and outlives whoever started it.

It holds `keeper.lock` from before it starts until after postgres has stopped. Everybody who uses the server holds
`users.lock` shared; when the last of them is gone, by whatever death, the keeper gets that lock exclusively, stops
postgres and leaves. When postgres dies, the keeper starts it again. When the keeper dies, the kernel tells postgres to
stop, and the next user starts a new keeper.

Started by server.py with its descriptors inherited, as `python -I -S`: the standard library alone, and no privileges
after the imports. It never holds a connection to the server.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from config.embedded import locks, processes, status
from config.embedded.cluster import Cluster, ClusterError
from config.embedded.status import Phase, Status

TICK_BUSY, TICK_IDLE = 0.01, 0.1
"""Seconds between two looks: while starting, and while all is well."""
GOODBYE = 10.0
"""Seconds that users get to finish after the keeper itself is told to stop (SIGTERM, as when a machine goes down)."""
FAST, IMMEDIATE = 60.0, 10.0
"""Seconds postgres gets to stop in good order, and then to quit without a checkpoint, before it is killed."""
ATTEMPTS = 3
"""Starts that may fail in a row before the keeper gives up and says why."""
LOG_CARE = 3600.0
"""Seconds between two looks at the number of old log files."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What the starter passes on. Descriptors are inherited under the same numbers."""

    programs: str
    shown: str
    socket: str
    people: list[str]
    account: str
    uid: int
    gid: int
    switches: bool
    lock: int
    users: int
    status: int
    log: int
    database: int
    database_path: str

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @property
    def descriptors(self) -> tuple[int, ...]:
        return (self.lock, self.users, self.status, self.log, self.database)


@dataclass
class Keeper:
    orders: Orders
    cluster: Cluster
    postmaster: int = 0
    told_to_stop: float = 0.0
    deaths: list[float] = field(default_factory=list)

    def run(self) -> None:
        try:
            self.say(Phase.STARTING if self.cluster.path.exists() else Phase.CREATING)
            self.cluster.prepare(self.orders.people, self.orders.account)
            self.serve()
        except (ClusterError, OSError) as error:
            print(f"keeper: {error}", file=sys.stderr, flush=True)
            self.say(Phase.FAILED, str(error))
        finally:
            with contextlib.suppress(OSError):
                Path(self.orders.socket).rmdir()

    def serve(self) -> None:
        """Run postgres until nobody needs it. Raises ClusterError when it does not even start any more."""
        failures, log_size = 0, 0
        while failures < ATTEMPTS:
            log_size = os.fstat(self.orders.log).st_size
            postgres = self.start()
            served, ended = self.watch(postgres)
            if ended:
                self.say(Phase.STOPPED)
                return
            failures = 0 if served else failures + 1
            self.recover(postgres)
        printed = os.pread(self.orders.log, 10_000, log_size).decode("utf-8", "replace")
        why = self.cluster.complaints(printed) or f"see the log in {self.orders.shown}"
        raise ClusterError(f"PostgreSQL does not start: {why}")

    def start(self) -> subprocess.Popen[bytes]:
        self.say(Phase.STARTING)
        keeper = os.getpid()
        postgres = subprocess.Popen(
            self.cluster.command(),
            stdin=subprocess.DEVNULL,
            pass_fds=self.cluster.inherited,
            start_new_session=True,
            preexec_fn=lambda: processes.die_with(keeper, signal.SIGINT),  # noqa: PLW1509  (the keeper has one thread)
        )
        self.postmaster = postgres.pid
        return postgres

    def watch(self, postgres: subprocess.Popen[bytes]) -> tuple[bool, bool]:
        """Stay until postgres dies or is no longer needed: (it had accepted connections, it was stopped by us)."""
        ready, log_care = False, time.monotonic() + LOG_CARE
        while postgres.poll() is None:
            now = time.monotonic()
            if not ready and self.cluster.is_ready(postgres.pid):
                ready = True
                self.say(Phase.RUNNING)
            if locks.try_exclusive(self.orders.users) or (self.told_to_stop and now > self.told_to_stop + GOODBYE):
                self.stop(postgres)
                return ready, True
            if now > log_care:
                log_care = now + LOG_CARE
                self.cluster.prune_logs()
            time.sleep(TICK_IDLE if ready else TICK_BUSY)
        return ready, False

    def recover(self, postgres: subprocess.Popen[bytes]) -> None:
        """postgres died: wait for its children to leave, and not start it again at full speed for ever."""
        print(f"keeper: postgres ended with {postgres.returncode}; starting it again", file=sys.stderr, flush=True)
        self.say(Phase.STARTING)
        self.cluster.clear_remains()
        now = time.monotonic()
        self.deaths = [then for then in self.deaths if then > now - 60] + [now]
        time.sleep(0 if len(self.deaths) < 10 else 1)

    def stop(self, postgres: subprocess.Popen[bytes]) -> None:
        self.say(Phase.STOPPING)
        for number, patience in ((signal.SIGINT, FAST), (signal.SIGQUIT, IMMEDIATE), (signal.SIGKILL, IMMEDIATE)):
            postgres.send_signal(number)
            try:
                postgres.wait(patience)
            except subprocess.TimeoutExpired:
                continue
            break
        if processes.on_directory(self.cluster.path):
            self.cluster.clear_remains()

    def say(self, phase: Phase, message: str = "") -> None:
        now = Status(phase, self.orders.socket, message, keeper=os.getpid(), postmaster=self.postmaster)
        status.write(self.orders.status, now)

    def on_signal(self, *_: Any) -> None:
        self.told_to_stop = self.told_to_stop or time.monotonic()


def main() -> NoReturn:
    orders = Orders(**json.loads(sys.argv[2]))
    os.dup2(orders.log, 1)
    os.dup2(orders.log, 2)
    os.chdir("/")
    if os.fork():  # the starter waits for this process only, and init for the keeper
        os._exit(0)
    if orders.switches:
        os.setgroups([])
        os.setgid(orders.gid)
        os.setuid(orders.uid)
    os.umask(0o077)
    # The directory is reached through an open descriptor: as root the path to it may be closed to the account, and no
    # permission has to be widened for it; and a path may come to mean another directory, a descriptor does not.
    by_descriptor = Path(f"/proc/self/fd/{orders.database}")
    database, inherited = (
        (by_descriptor, (orders.database,)) if by_descriptor.exists() else (Path(orders.database_path), ())
    )
    keeper = Keeper(orders, Cluster(Path(orders.programs), database, orders.shown, orders.socket, inherited))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, keeper.on_signal)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    keeper.run()
    os._exit(0)
