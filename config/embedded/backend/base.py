"""Django's PostgreSQL engine, which sees to it that the embedded server runs before it connects."""

from __future__ import annotations

import atexit
import os
import select
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, Self

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql import base, client

from config.embedded.server import Server, server_for

_closed_at_exit: set[str] = set()


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell` with the psql that comes along."""

    def runshell(self, parameters: Iterable[str]) -> None:
        connection: Any = self.connection
        info = connection.server.ensure_running()
        settings = {**connection.settings_dict, "HOST": info.host, "PORT": info.port}
        arguments, environment = self.settings_to_cmd_args_env(settings, list(parameters))
        arguments[0] = str(connection.server.program("psql"))
        subprocess.run(arguments, env={**os.environ, **(environment or {})}, check=True)


class Connection(psycopg.Connection[Any]):
    """A connection that brings the server up when it cannot be made.

    The pool makes its connections by itself. Left alone with a server that just died, it would try again only after
    one second, then two, then four, whatever the server does in the meantime.
    """

    server: ClassVar[Server]

    @classmethod
    def connect(cls, conninfo: str = "", **parameters: Any) -> Self:
        try:
            return super().connect(conninfo, **parameters)
        except psycopg.OperationalError:
            if not cls.server.is_used:
                raise  # a pool that outlived its server's last use must not start it again
            cls.server.ensure_running(check=True)
            return super().connect(conninfo, **parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server lazily, at the first connection, and again when a connection fails because it died."""

    client_class = DatabaseClient

    def __init__(self, settings_dict: dict[str, Any], alias: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(settings_dict, alias)
        if pool := self.settings_dict["OPTIONS"].get("pool"):
            own_class = type("Connection", (Connection,), {"server": self.server})
            pool = {**({} if pool is True else pool), "connection_class": own_class}
            # The pool's own check of each connection sleeps longer and longer after every broken one it meets, and
            # after a crash all of them are broken: `get_new_connection` checks instead.
            options = {**settings_dict["OPTIONS"], "pool": pool}
            self.settings_dict = {**settings_dict, "OPTIONS": options, "CONN_HEALTH_CHECKS": False}

    @property
    def server(self) -> Server:
        try:
            return server_for(Path(self.settings_dict["PATHNOTES_DATA"]))
        except KeyError:
            raise ImproperlyConfigured("Use config.embedded.embedded_database() for this engine's settings.") from None

    def get_connection_params(self) -> dict[str, Any]:
        info = self.server.ensure_running()
        return {**super().get_connection_params(), "host": info.host, "port": info.port, "user": info.user}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._follow(conn_params, check=False)
        try:
            connection = self._working_connection(conn_params)
        except psycopg.OperationalError:
            # The server may have died since: bring it up, or say why that fails, and try once more.
            self._follow(conn_params, check=True)
            if self.pool:
                self.pool.check()
            connection = self._working_connection(conn_params)
        self._close_pool_at_exit()
        return connection

    def _working_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        if self.pool and not _is_quiet(connection):
            try:
                self.pool.check_connection(connection)
            except psycopg.Error:
                self.pool.putconn(connection)  # which throws it away
                raise
        return connection

    def _follow(self, conn_params: dict[str, Any], *, check: bool) -> None:
        """Have the server running; if its socket has moved, forget the pool that points to the old place."""
        info = self.server.ensure_running(check=check)
        if conn_params["host"] != info.host:
            conn_params["host"] = info.host
            self.close_pool()

    def _close_pool_at_exit(self) -> None:
        """Close the pool before the server stops (handlers run last in, first out): its threads see no broken lines."""
        if self.alias not in _closed_at_exit:
            _closed_at_exit.add(self.alias)
            atexit.register(self._close_pools)

    @classmethod
    def _close_pools(cls) -> None:
        for pool in cls._connection_pools.values():  # type: ignore[attr-defined]
            pool.close(timeout=2)


def _is_quiet(connection: Any) -> bool:
    """Whether nothing waits to be read on an idle connection. A server that died hung up, and the kernel says so here
    at once, since both ends of the socket are its own: asking the server would cost every request a round trip.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return not waiting.poll(0)
