"""Django's PostgreSQL engine, which sees to it that the embedded server runs before it connects."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import client

from config.embedded.server import Server, server_for
from config.postgresql import base


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell` with the psql that comes along."""

    def runshell(self, parameters: Iterable[str]) -> None:
        connection: Any = self.connection
        info = connection.server.ensure_running()
        settings = {**connection.settings_dict, "HOST": info.host, "PORT": info.port}
        arguments, environment = self.settings_to_cmd_args_env(settings, list(parameters))
        arguments[0] = str(connection.server.program("psql"))
        subprocess.run(arguments, env={**os.environ, **(environment or {})}, check=True)


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server lazily, at the first connection, and again when a connection fails because it died."""

    client_class = DatabaseClient

    @property
    def server(self) -> Server:
        try:
            return server_for(Path(self.settings_dict["PATHNOTES_DATA"]))
        except KeyError:
            raise ImproperlyConfigured("Use config.embedded.embedded_database() for this engine's settings.") from None

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), **self._where()}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            # The server may have died since it was looked at: bring it up, or say why that fails, and try once more.
            return super().get_new_connection(conn_params | self._where(check=True))

    def _where(self, *, check: bool = False) -> dict[str, Any]:
        info = self.server.ensure_running(check=check)
        return {"host": info.host, "port": info.port, "user": info.user}
