"""What a server does beside answering: it sends the messages that are due, writes the digests on Mondays, records
revisions of roadmaps whose editors have come to rest, counts progress that a process left uncounted when it died, and
erases the accounts whose owners asked for it a week ago.

One thread in each worker, so that it lives and stops with it. Several may run at once: a message is claimed by one of
them, and the digests are written under a lock. `HOUSEKEEPING=no` leaves it to `manage.py send_mail`,
`send_digests`, `record_revisions`, `erase_accounts` and `rebuild_summaries --stale`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from multiprocessing import util

from django.db import DatabaseError, connections

from config import env

FIRST = 20.0
"""Seconds after the start, so that it delays nobody's first page."""
MINUTE, HOUR = 60.0, 3600.0
STOP_WITHIN = 5.0
"""Seconds that a message on its way gets when the worker stops."""

logger = logging.getLogger("pathnotes.housekeeping")


def start() -> None:
    """Called in each worker. Returns at once."""
    if env.flag("HOUSEKEEPING", default=True):
        keeper = Housekeeper()
        util.Finalize(None, keeper.stop, exitpriority=10)  # a worker ends without Python's own exit handlers
        keeper.start()


Job = Callable[[threading.Event], None]
"""Is given the event that tells it to come to an end."""


def mail(stopped: threading.Event) -> None:
    from tracker.mail import send_due

    send_due(stop=stopped.is_set)


def digests(stopped: threading.Event) -> None:
    from django.utils import timezone

    from tracker.digest import queue_digests, week_due

    now = timezone.now()
    if week := week_due(now):
        queue_digests(now=now, week=week)


def revisions(stopped: threading.Event) -> None:
    from roadmap.locks import BusyError
    from roadmap.publishing.recording import seal_quiet

    try:
        seal_quiet(stop=stopped.is_set)
    except BusyError:
        logger.info("revisions wait: notes are being stored")


def catching_up(stopped: threading.Event) -> None:
    from tracker.catching_up import overdue

    if counted := overdue():
        logger.info("%d rows of progress were counted late", counted)


def erasures(stopped: threading.Event) -> None:
    from django.utils import timezone

    from tracker.acts.noting import forget_removed
    from tracker.erasing import erase_due

    now = timezone.now()
    if erased := erase_due(now=now, stop=stopped.is_set):
        logger.info("%d accounts were erased, as their owners had asked", erased)
    forget_removed(now=now)


JOBS: tuple[tuple[float, Job], ...] = (
    (HOUR, digests),
    (10 * MINUTE, catching_up),
    (10 * MINUTE, erasures),
    (MINUTE, revisions),
    (MINUTE, mail),
)
"""Seconds between two runs, and what is run; digests first, so that the same round sends them."""


class Housekeeper(threading.Thread):
    """Runs each job when it is due, one after the other. What goes wrong in one of them is logged, and it goes on."""

    def __init__(self, jobs: tuple[tuple[float, Job], ...] = JOBS, first: float = FIRST) -> None:
        super().__init__(name="housekeeping", daemon=True)
        self._stopped = threading.Event()
        self._first = first
        self._jobs = jobs
        self._due = [0.0] * len(jobs)
        self._pause = min([every for every, _ in jobs], default=MINUTE)

    def run(self) -> None:
        pause = self._first
        while not self._stopped.wait(pause):
            self._round()
            pause = self._pause

    def stop(self) -> None:
        """Nothing new is begun; what is under way gets a moment."""
        self._stopped.set()
        self.join(STOP_WITHIN)

    def _round(self) -> None:
        for place, (every, job) in enumerate(self._jobs):
            now = time.monotonic()
            if now < self._due[place] or self._stopped.is_set():
                continue
            self._due[place] = now + every - self._pause / 2  # a round that comes a little early is not skipped
            try:
                job(self._stopped)
            except DatabaseError as error:
                logger.warning("%s waits: %s", job.__name__, " ".join(str(error).split()))
            except Exception:
                logger.exception("%s broke", job.__name__)
            finally:
                connections.close_all()
