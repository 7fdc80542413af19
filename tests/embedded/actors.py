"""Processes that the tests start, signal and kill: `python -m tests.embedded.actors ROLE DATA_DIR …`.

They print one line when they are where the test wants them, and obey nothing but signals afterwards.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

import psycopg

from config.embedded.server import Server


def user(data_dir: Path) -> None:
    """Use the server until a signal comes; Python's own handling of SIGINT and SIGTERM, as in any command."""
    print(Server(data_dir).ensure_running().host, flush=True)
    signal.pause()


def serve(data_dir: Path) -> None:
    """Be the one that serves."""
    server = Server(data_dir)
    server.claim("http://127.0.0.1:8000")
    print(server.ensure_running().host, flush=True)
    signal.pause()


def writer(data_dir: Path, journal: Path, name: str) -> None:
    """Insert rows for ever; each acknowledged one is noted in `journal` before the next.

    A key that failed is sent again until it is acknowledged, as a browser repeats a check-off with its operation id.
    """
    server = Server(data_dir)
    out = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    number = 0
    line: psycopg.Connection | None = None
    print("writing", flush=True)
    while True:
        key = f"{name}-{number}"
        try:
            if line is None:
                line = psycopg.connect(server.ensure_running(check=True).dsn, autocommit=True, connect_timeout=5)
            line.execute(
                "INSERT INTO acknowledged (key) VALUES (%s) ON CONFLICT (key) DO UPDATE SET seen = now()", [key]
            )
        except psycopg.OperationalError:
            with contextlib.suppress(psycopg.Error):
                if line:
                    line.close()
            line = None
            time.sleep(0.02)
        else:
            os.write(out, f"{key}\n".encode())
            number += 1


if __name__ == "__main__":
    role, *rest = sys.argv[1:]
    {"user": user, "serve": serve}[role](Path(rest[0])) if role != "writer" else writer(
        Path(rest[0]), Path(rest[1]), rest[2]
    )
