"""A process that goes when the one that started it is gone, however that ended."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time


def leave_with_parent(within: float) -> None:
    """Watch the parent in a thread: when it is gone, this process is told to end (SIGTERM) and has so many seconds.
    Returns at once; nothing happens in a process without one."""
    threading.Thread(target=_watch, args=(within,), name="leave-with-parent", daemon=True).start()


def _watch(within: float) -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(within)
    os._exit(1)
