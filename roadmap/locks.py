"""One lock for everything that changes the curriculum's shape, so that imports and editors never interleave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from roadmap.because import Because

CURRICULUM = 0x70617468
"""Key of the advisory lock ("path"); transaction-level, so that a killed process frees it."""
WAIT = "5s"
LONGEST = "10min"
"""Longest statement of an import; pages have their own, shorter limit."""

_LIMITS = "set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true)"
_WHY = "set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)"


class BusyError(Exception):
    """Another change of the curriculum is under way and did not end in time; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            _("Another change of the curriculum is under way. Nothing was changed; try again in a moment.")
        )


@contextmanager
def curriculum_lock(because: Because) -> Iterator[None]:
    """One transaction that alone changes the curriculum, `because` of something that its history says. Raise BusyError
    when another one does not end within 5 s.

    Check-offs never wait for it: they take no advisory lock, and the holder must not touch a column of a unique index
    of the topics nor `SELECT ... FOR UPDATE` them.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {_LIMITS}, {_WHY}", [WAIT, LONGEST, str(uuid4()), because.told()])
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CURRICULUM])
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise BusyError from error
        raise


def tell(because: Because) -> None:
    """What changes from here to the end of the transaction has this cause: for what is known only under the lock. One
    statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_WHY}", [str(uuid4()), because.told()])
