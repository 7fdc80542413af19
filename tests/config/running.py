"""Starting the real thing in tests: `pathnotes serve` as a process, and looking at what it leaves behind."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.embedded import processes

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds until a test gives up waiting; a busy machine is no failure."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data: Path, **more: str) -> dict[str, str]:
    """A newcomer's environment: nothing set but where the data goes."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    return kept | {"PATHNOTES_DATA": str(data)} | more


class Running:
    """A server that was started. As a context manager it is killed at the end, whatever happened."""

    def __init__(
        self,
        data: Path,
        *notes: str,
        command: Sequence[str] = (sys.executable, "-m", "config", "serve"),
        cwd: Path = ROOT,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.data = data
        self.port = port or free_port()
        self.log = data.with_name(f"{data.name}-{self.port}.log")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *notes],
                cwd=cwd,
                env=environment(data, PORT=str(self.port), **(settings or {})),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.stop()
        self.signal_all(signal.SIGKILL)
        self.process.wait(PATIENCE)
        wait_until(lambda: not self.postgres(), "PostgreSQL has stopped")

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sign_in_link(self) -> str:
        found = re.findall(r"http://\S+/sign-in/\S+", self.output)
        assert found, self.output
        return str(found[-1])

    def wait(self) -> Running:
        """Until it answers."""
        wait_until(lambda: self.process.poll() is not None or self.status("/roadmaps/") == 200, "it answers")
        assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.output}"
        return self

    def status(self, path: str) -> int:
        """HTTP status, 0 where nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:  # noqa: S310  (loopback)
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def page(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:  # noqa: S310  (loopback)
            return str(answer.read().decode())

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """As Ctrl-C does: to the whole process group. The exit status."""
        self.signal_all(number)
        return self.process.wait(PATIENCE)

    def signal_all(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def workers(self) -> list[int]:
        """Process ids of granian's workers: the children of the server."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in children.split()]

    def group(self) -> list[int]:
        """Every living process of its group."""
        found = subprocess.run(
            ["ps", "-o", "pid=,stat=", "-g", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(line.split()[0]) for line in found.stdout.splitlines() if not line.split()[1].startswith("Z")]

    def postgres(self) -> list[int]:
        cluster = self.data / "database" / "cluster"
        return [found.pid for found in processes.on_directory(cluster)] if cluster.is_dir() else []


def wait_until(condition: object, what: str, seconds: float = PATIENCE) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain until {what}"
        time.sleep(0.05)
