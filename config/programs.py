"""`pathnotes pg`: PostgreSQL's own programs on the database in use, whichever it is (docs/operations.md, "Backups")."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg.pq
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from config import env, preparing
from config.embedded.binaries import NoProgramsError, bin_directory
from config.embedded.errors import ServerUnavailable
from config.embedded.server import server_for

PROGRAMS = ("psql", "pg_dump", "pg_restore", "pg_isready", "vacuumdb", "reindexdb")
"""Those that work through a connection. What touches the cluster's files directly would fight with the keeper."""


def run(arguments: list[str]) -> int:
    """Run `PROGRAM ARGUMENTS…` with the connection in its environment; its exit status.

    The embedded server is started if need be, and stays up until the program ends.
    """
    if not arguments or arguments[0] not in PROGRAMS:
        print(f"usage: pathnotes pg PROGRAM …, one of {', '.join(PROGRAMS)}", file=sys.stderr)
        return 2
    server = None
    try:
        path = bin_directory() / arguments[0]
        if url := env.text("DATABASE_URL"):
            connection = _of_url(url)
        else:
            server = server_for(preparing.data_directory())
            info = server.ensure_running(on_progress=lambda text: print(text, file=sys.stderr))
            connection = {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": info.user, "PGDATABASE": info.dbname}
        return subprocess.run([path, *arguments[1:]], env=os.environ | connection, check=False).returncode
    except (ImproperlyConfigured, NoProgramsError, ServerUnavailable, preparing.CannotStartError) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        if server is not None:
            server.stop()


def _of_url(url: str) -> dict[str, str]:
    """libpq's variables for a connection string; the password goes there too, so no process list shows it."""
    variables = {
        option.keyword.decode(): option.envvar.decode()
        for option in psycopg.pq.Conninfo.get_defaults()
        if option.envvar
    }
    info = conninfo_to_dict(url) | {"dbname": env.database(url)["NAME"]}  # refuses what the settings refuse
    return {variables[name]: str(value) for name, value in info.items() if value and name in variables}
