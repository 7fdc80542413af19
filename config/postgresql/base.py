"""Django's PostgreSQL engine, whose connections stay with their thread and are looked at before each request."""

from __future__ import annotations

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection a thread, for as long as both live.

    Django closes what is old before and after each request, and asks the server whether an open connection still works
    (`CONN_HEALTH_CHECKS`): a round trip a request. Here the socket is looked at instead. A server that went away hung
    up, and one that ends a connection says so before: either way something waits to be read where nothing should.
    """

    def close_if_unusable_or_obsolete(self) -> None:
        if self.connection is not None and not is_quiet(self.connection):
            self.close()
        super().close_if_unusable_or_obsolete()


def is_quiet(connection: psycopg.Connection[Any]) -> bool:
    """Whether an idle connection is open and nothing waits to be read on it. No round trip.

    A peer that vanished without a word (a cable, a firewall that forgot) is not noticed here but by TCP, whose patience
    is set with the connection (`tcp_user_timeout`).
    """
    if connection.closed:
        return False
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return not waiting.poll(0)
