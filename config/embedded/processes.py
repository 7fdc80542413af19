"""Which processes are a postgres on a given directory. Nobody else is ever signalled.

On Linux a process is recognised by its working directory (postgres changes into its data directory) and its program,
and signalled through a pidfd, so a process id that changes hands in between hits nobody. Elsewhere `ps` has to do.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Postgres:
    """A postgres process on the directory in question."""

    pid: int
    is_postmaster: bool
    """Its children carry a title like `postgres: walwriter`; the postmaster keeps the command it was started with."""


def on_directory(cluster: Path) -> list[Postgres]:
    """Every postgres process whose data directory is `cluster`, whatever name or mount it was reached by."""
    if (PROC / "self" / "cwd").exists():
        pids = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
        return [found for pid in pids if (found := _identify(pid, cluster))]
    return _by_ps(cluster)


def send(process: Postgres, number: signal.Signals, cluster: Path) -> None:
    """Signal `process` if it still is a postgres on `cluster`."""
    try:
        if hasattr(os, "pidfd_open"):
            descriptor = os.pidfd_open(process.pid)
            try:
                if _identify(process.pid, cluster):
                    signal.pidfd_send_signal(descriptor, number)
            finally:
                os.close(descriptor)
        elif process in on_directory(cluster):
            os.kill(process.pid, number)
    except ProcessLookupError:
        return


def die_with(parent: int, number: signal.Signals) -> None:
    """In a child before its program begins: have the kernel send it `number` when `parent` dies.

    Linux only; elsewhere the next start finds what outlived its parent.
    """
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)


def _identify(pid: int, cluster: Path) -> Postgres | None:
    entry = PROC / str(pid)
    try:
        if not (entry / "cwd").samefile(cluster):
            return None
        program = (entry / "exe").readlink().name.removesuffix(" (deleted)")
        title = (entry / "cmdline").read_bytes()
    except OSError:
        return None  # gone, a zombie, or another account's: then it is not ours either
    return Postgres(pid, is_postmaster=not title.startswith(b"postgres:")) if program == "postgres" else None


def _by_ps(cluster: Path) -> list[Postgres]:
    listing = subprocess.run(["ps", "-axo", "pid=,ppid=,command="], capture_output=True, text=True, check=False).stdout
    rows = [line.split(None, 2) for line in listing.splitlines()]
    postmasters = {
        int(row[0]) for row in rows if len(row) == 3 and "postgres" in row[2] and f" -D {cluster} " in row[2] + " "
    }
    children = {int(row[0]) for row in rows if len(row) == 3 and int(row[1]) in postmasters}
    return [Postgres(pid, is_postmaster=pid in postmasters) for pid in sorted(postmasters | children)]
