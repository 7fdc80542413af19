"""What can go wrong with the embedded server, each with a sentence a person can act on.

They are `psycopg.OperationalError`s, so Django's engine wraps them like any other lost connection (`unavailable` finds
them again), and code that survives a database being away survives these.
"""

from __future__ import annotations

import psycopg


class ServerUnavailable(psycopg.OperationalError):
    """The server does not run and could not be started."""


class ServerStartingUp(ServerUnavailable):
    """The server is on its way, for instance replaying its log after a crash: come back in a moment."""

    retry_after = 5
    """Seconds to suggest in a 503 answer."""


class UnsafeServer(ServerUnavailable):
    """The server runs with a setting under which an acknowledged write could be lost."""


class AlreadyServing(RuntimeError):
    """Another process serves from the same data directory."""


def unavailable(error: BaseException | None) -> ServerUnavailable | None:
    """The `ServerUnavailable` that led to `error`, if one did: Django's OperationalError carries it as its cause."""
    while error is not None:
        if isinstance(error, ServerUnavailable):
            return error
        error = error.__cause__
    return None
