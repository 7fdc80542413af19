"""Work that takes longer than a browser should wait: done in a thread of this process, one at a time.

What a job made is kept in the process for a while. Nothing depends on it being there: a page that does not find it has
it made again, from what is stored.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connections
from django.utils import translation
from django.utils.translation import gettext_lazy as _lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WAITING = _lazy("Waiting for its turn")
KEPT = 8
"""Results kept in the process."""
PATIENCE = 1.5
"""Seconds that a request waits for a job before it shows how far it is."""

logger = logging.getLogger("pathnotes.imports")
_jobs: OrderedDict[Hashable, Job] = OrderedDict()
_lock = Lock()
_turn = Lock()


@dataclass(slots=True)
class Job:
    """`say(n, "doing")` is how the work tells its stage, from 1."""

    stage: int = 0
    doing: StrOrPromise = WAITING
    over: Event = field(default_factory=Event)
    result: Any = None
    error: BaseException | None = None

    def say(self, stage: int, doing: StrOrPromise) -> None:
        self.stage, self.doing = stage, doing

    def outcome(self) -> Any:
        """Of a job that is over: what it made, or its error raised."""
        if self.error is not None:
            raise self.error
        return self.result


Work = Callable[[Job], Any]


def run(key: Hashable, work: Work, *, beside: bool) -> Job:
    """The job of that key: over when it ran before or does not run `beside` the request; else perhaps under way. One
    that failed is handed out once, so that whoever waits hears of it; after that it is tried again."""
    with _lock:
        job = _jobs.get(key)
        if job is None:
            job = _jobs[key] = Job()
            new = True
            for old in [k for k, j in _jobs.items() if j.over.is_set()][:-KEPT]:
                del _jobs[old]
        else:
            new = False
        _jobs.move_to_end(key)
    if new and beside:
        Thread(target=_in_thread, args=(job, work, translation.get_language()), name="import", daemon=True).start()
    elif new:
        _do(job, work)
    job.over.wait(PATIENCE if beside else None)
    with _lock:
        if job.over.is_set() and job.error is not None and _jobs.get(key) is job:
            del _jobs[key]
    return job


def forget(key: Hashable) -> None:
    with _lock:
        _jobs.pop(key, None)


def forget_those(which: Callable[[Hashable], bool]) -> None:
    with _lock:
        for key in [key for key in _jobs if which(key)]:
            del _jobs[key]


def _in_thread(job: Job, work: Work, language: str | None) -> None:
    """In the language of whoever began it."""
    translation.activate(language or settings.LANGUAGE_CODE)
    try:
        with _turn:
            _do(job, work)
    finally:
        connections.close_all()


def _do(job: Job, work: Work) -> None:
    try:
        job.result = work(job)
    except Exception as error:  # it is raised where the outcome is asked for
        job.error = error
    finally:
        job.over.set()
