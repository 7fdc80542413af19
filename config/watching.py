"""`serve --watch`: one process beside the workers that reads notes again when they change. Requests never wait for it.

Two processes, forked before the workers: one that watches, and one that begins it anew when it was killed, which does
nothing else. Both leave when the server does, however it ends.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from types import FrameType
from typing import NoReturn

from config.leaving import leave_with_parent

NICE = 5
"""Reading many notes takes a core for a while; people who wait for a page go first."""
STOP_WITHIN = 3.0
"""Seconds that what is being stored gets, which is whole or not at all."""
PAUSE = 1.0
"""Seconds before what was killed begins anew."""


@contextlib.contextmanager
def beside(paths: Sequence[Path]) -> Iterator[None]:
    """Watch these, or without any what was loaded on this machine, for as long as this lasts."""
    keeper = multiprocessing.Process(target=_keep, args=(list(paths),), name="watching")
    keeper.start()
    try:
        yield
    finally:
        keeper.terminate()
        keeper.join(STOP_WITHIN + 1)
        if keeper.is_alive():
            keeper.kill()


def _keep(paths: list[Path]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the watching process itself
    signal.signal(signal.SIGTERM, _end)
    parent = multiprocessing.parent_process()
    while True:
        watching = multiprocessing.Process(target=_watch, args=(paths,), name="watching")
        watching.start()
        try:
            wait([watching.sentinel, *([parent.sentinel] if parent is not None else [])])
        finally:
            if watching.is_alive():
                watching.terminate()
            watching.join(STOP_WITHIN)
            if watching.is_alive():
                watching.kill()
        if watching.exitcode == 0 or (parent is not None and not parent.is_alive()):
            return
        print(f"What watches the notes ended unexpectedly ({watching.exitcode}); it begins anew.", flush=True)
        time.sleep(PAUSE)


def _watch(paths: list[Path]) -> None:
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    with contextlib.suppress(OSError):
        os.nice(NICE)
    gc.unfreeze()
    leave_with_parent(STOP_WITHIN)
    try:
        import django

        django.setup()  # nothing to do where this process was forked
        from tracker.management.commands.watch_notes import watch

        watch(paths, lambda text: print(text, flush=True))
    except KeyboardInterrupt:
        os._exit(0)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
