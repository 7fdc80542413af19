"""The PostgreSQL server that Pathnotes brings along and looks after itself (docs/adr/0002-embedded-postgresql.md).

    server.py     what the application calls: `Server.ensure_running()`, `claim()`, `stop()`
    backend/      Django's database engine on top of it
    keeper.py     the small process that owns postgres: starts it, restarts it, stops it after the last user
    cluster.py    the data directory: creating it, its configuration, what a crash left behind
    starter.py    starting the keeper: as whom, with what
    layout.py  locks.py  status.py  processes.py  binaries.py  accounts.py  errors.py     the parts they share

This module stays light: settings import it, and so does the keeper, which runs without third-party packages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

DATABASE = "pathnotes"
"""Name of the application's database and of its role, which is no superuser."""


def embedded_database(data_dir: Path) -> dict[str, Any]:
    """Django's settings for the embedded server under `data_dir`. Touches neither disk nor server.

    The engine fills in host and port when it connects: the socket's directory is known only then.
    """
    return {
        "ENGINE": "config.embedded.backend",
        "NAME": DATABASE,
        "USER": DATABASE,
        "PATHNOTES_DATA": str(data_dir),
        "OPTIONS": {},
    }
