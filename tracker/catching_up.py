"""Progress rows counted again after the curriculum changed, and its many new texts read for the search: by a thread of
the process that changed it, so that nobody's act waits until everybody is counted and everything is read.

Who reads a row before its turn counts it themselves, a check-off counts its learner's (`summaries`), and a search reads
the texts that wait (`search_text`), so nothing depends on the thread: a process that dies leaves what housekeeping
finds (`overdue`). Outside a server - commands, tests - it is done at once, when the change is committed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from threading import Lock, Thread
from time import sleep

from django.db import DatabaseError, connection, connections, transaction

from roadmap import search_text
from tracker import summaries

PAUSE = 0.5
"""Seconds between a change and the count, in which the answer is made, and further acts of the editor come along."""

logger = logging.getLogger("pathnotes.catching_up")


class Counter:
    """Counts the roadmaps it is asked for in a thread that starts when there is something to do, and ends after it."""

    def __init__(self, pause: float = PAUSE) -> None:
        self._pause = pause
        self._lock = Lock()
        self._waiting: set[int] = set()
        self._thread: Thread | None = None

    def ask(self, roadmaps: Iterable[int]) -> None:
        with self._lock:
            self._waiting.update(roadmaps)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="catching-up", daemon=True)
                self._thread.start()

    def join(self, within: float) -> bool:
        """Whether all that was asked for is counted within so many seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(within)
        return thread is None or not thread.is_alive()

    def _run(self) -> None:
        try:
            while roadmaps := self._next():
                _count(roadmaps)
        finally:
            connections.close_all()

    def _next(self) -> set[int]:
        """What waits now; nothing: the thread ends, and whoever asks next starts another."""
        sleep(self._pause)
        with self._lock:
            roadmaps, self._waiting = self._waiting, set()
            if not roadmaps:
                self._thread = None
        return roadmaps


_counter: Counter | None = None


def serve() -> None:
    """From now on this process answers requests: count beside them."""
    global _counter  # noqa: PLW0603 (once, when a worker starts)
    _counter = Counter()


def after_commit(roadmaps: Iterable[int], **_signal: object) -> None:
    """Have the rows of these roadmaps (ids) counted again once the change that is under way is committed."""
    transaction.on_commit(partial(_due, list(roadmaps)))


def overdue() -> int:
    """Count what is stale, on whatever roadmap, and read texts that wait; how many rows were stale.

    Two queries when nothing is.
    """
    search_text.finish()
    with connection.cursor() as cursor:
        cursor.execute(_STALE)
        roadmaps = [row[0] for row in cursor.fetchall()]
    return summaries.rebuild(roadmaps=roadmaps, stale_only=True) if roadmaps else 0


_STALE = """
SELECT DISTINCT summary.roadmap_id FROM tracker_roadmapsummary summary
JOIN roadmap_roadmap roadmap ON roadmap.id = summary.roadmap_id WHERE summary.revision <> roadmap.revision
"""


def _due(roadmaps: Iterable[int]) -> None:
    if _counter is None:
        _catch_up(roadmaps)
    else:
        _counter.ask(roadmaps)


def _catch_up(roadmaps: Iterable[int]) -> None:
    summaries.rebuild(roadmaps=roadmaps, stale_only=True)
    search_text.finish()


def _count(roadmaps: Iterable[int]) -> None:
    try:
        _catch_up(roadmaps)
    except DatabaseError as error:
        logger.warning("counting waits for the next round: %s", " ".join(str(error).split()))
    except Exception:
        logger.exception("counting broke")
