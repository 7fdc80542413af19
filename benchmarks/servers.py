"""Starting and stopping the servers under measurement, and the CPU they used."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> list[int]:
    """`pid` and everything started below it."""
    found, queue = [], [pid]
    while queue:
        current = queue.pop()
        found.append(current)
        with suppress(OSError):
            for task in Path(f"/proc/{current}/task").iterdir():
                queue += map(int, (task / "children").read_text().split())
    return found


def cpu_seconds(pids: list[int]) -> float:
    """User and system seconds of these processes and of their children that have ended."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15]))
    return total / TICK


def resident(pids: list[int]) -> float:
    """MiB of these processes, pages they share counted once (proportional set size)."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    @property
    def pids(self) -> list[int]:
        return descendants(self.pid)


def granian(application: str, environ: Mapping[str, str], *, threads: int = 8) -> AbstractContextManager[Server]:
    """One granian WSGI worker for an application that is not the product, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", str(threads), "--no-ws", "--log-level", "error", application]
    return _running(command, port, environ)


def product(environ: Mapping[str, str]) -> AbstractContextManager[Server]:
    """Pathnotes as `make run` starts it: one worker of eight threads."""
    port = free_port()
    return _running([sys.executable, "-m", "config", "serve"], port, {**environ, "PORT": str(port), "WORKERS": "1"})


@contextmanager
def _running(command: list[str], port: int, environ: Mapping[str, str]) -> Iterator[Server]:
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | dict(environ), stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 120
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command} did not start")
            time.sleep(0.1)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()
