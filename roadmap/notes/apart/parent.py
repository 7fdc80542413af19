"""The parent: starts a child, hands it its work, watches it, takes its answer, and sees to it that it is gone."""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import Any, Final

from roadmap.notes.apart import child
from roadmap.notes.apart.child import Bounds
from roadmap.notes.apart.page import Page
from roadmap.sentences import Sentence, sentence

POLL: Final = 0.1
"""Seconds between two looks at how far the child is."""
_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from roadmap.notes.apart.child import main; main()"
)
logger = logging.getLogger("pathnotes.reading")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a child is."""

    done: int
    """Notes looked at; each is twice, once for itself and once for its place."""
    total: int
    """0 while that is not known."""
    source: str
    seconds: float
    """Since it began."""

    @property
    def notes(self) -> int:
        """So many of them are done, as far as one can tell."""
        return min(self.done, self.total) // 2


Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Answer:
    data: bytes | memoryview
    cpu: float
    """Seconds of CPU that the child used."""
    peak: int
    """Bytes of memory that it used at its most, above those with which it started; 0 where the system does not tell."""


class StoppedError(Exception):
    """The child did not come to an end. The message, `why`, is half a sentence: "took more than 5 s"."""

    def __init__(self, why: Sentence, source: str) -> None:
        super().__init__(why)
        self.why = why
        self.source = source
        """The note that it was at; "" where there was none yet."""


def run(
    work: str,
    request: dict[str, Any],
    payload: bytes = b"",
    *,
    bounds: Bounds | None = None,
    tell: Tell | None = None,
    fork: bool | None = None,
) -> Answer:
    """Have a child do `work`, "module:function". `fork`: how it starts; None decides, see `apart`. Raise StoppedError:
    then the child is dead."""
    bounds = bounds or Bounds()
    told = child.ask(work, request, payload, bounds)
    with Page() as page:
        coming, out = os.pipe()
        _widen(out)
        try:
            started = (_forked if (may_fork() if fork is None else fork) else _started)(told, out, coming, page)
        finally:
            os.close(out)
        why: Sentence | None = sentence("was told to stop")
        try:
            data, why = _watch(coming, page, bounds, tell)
        finally:
            os.close(coming)
            if why or not _ended(started):
                os.kill(started, signal.SIGKILL)  # it is not reaped yet, so the number is still its own
            _, status, usage = os.wait4(started, 0)
        limited, peak = page.look()[3:]
        if not limited and not why and data:
            _say_unlimited()
        return _taken(data, why or _death(status, bounds), page.source, usage.ru_utime + usage.ru_stime, peak)


def _widen(pipe: int) -> None:
    """Let as much through at once as the system allows, so that a large answer takes few turns."""
    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)


def may_fork() -> bool:
    """Whether this process has a single thread, on a system where its child can then go on."""
    if sys.platform != "linux":
        return False
    with contextlib.suppress(OSError):
        return len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208
    return threading.active_count() == 1


def _forked(told: bytes, out: int, coming: int, page: Page) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads, where a caller wants it
        pid = os.fork()
    if pid == 0:
        try:
            os.close(coming)
            child.run(told, out, page)
        finally:
            os._exit(1)
    return pid


def _started(told: bytes, out: int, _coming: int, page: Page) -> int:
    """Another Python, which imports what this one does."""
    path = [str(Path(entry).resolve()) for entry in sys.path]
    command = [sys.executable, "-I", "-c", _START, json.dumps(path), str(out), str(page.handle)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(out, page.handle),
    )
    process.returncode = 0  # it is waited for by its number, where what it used is told
    Thread(target=_hand_over, args=(process, told), name="reading", daemon=True).start()
    return process.pid


def _hand_over(process: subprocess.Popen[bytes], told: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):
        assert process.stdin is not None  # noqa: S101
        with process.stdin as pipe:
            pipe.write(told)


def _watch(coming: int, page: Page, bounds: Bounds, tell: Tell | None) -> tuple[bytearray, Sentence | None]:
    """(what the child said, why it must be stopped if it must)."""
    data = bytearray()
    taken = memoryview(bytearray(1 << 18))
    began = heard = time.monotonic()
    before = -1
    while True:
        if select.select([coming], [], [], POLL)[0]:
            length = os.readv(coming, [taken])
            if not length:
                return data, None
            data += taken[:length]
            heard = time.monotonic()
        now = time.monotonic()
        changes, done, total, *_ = page.look()
        if changes != before:
            before, heard = changes, now
        if tell is not None:
            tell(Progress(done, total, page.source, now - began))
        if now - began > bounds.wall:
            return data, sentence("took more than %(seconds)s s", seconds=f"{bounds.wall:g}")
        if now - heard > bounds.stall:
            return data, sentence("came no further for %(seconds)s s", seconds=f"{bounds.stall:g}")


def _ended(pid: int) -> bool:
    """Whether a child has closed its end and goes by itself: it is given a moment for that."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return True
        time.sleep(0.001)
    return False


def _death(status: int, bounds: Bounds) -> Sentence:
    """Why a child ended that did not answer."""
    number = os.waitstatus_to_exitcode(status)
    if number == -signal.SIGXCPU:
        return sentence("took more than %(seconds)s s of computing", seconds=str(bounds.cpu))
    if number == -signal.SIGKILL:
        return sentence("was ended by the system, probably for want of memory")
    if number < 0:
        return sentence("broke off (%(signal)s)", signal=signal.Signals(-number).name)
    return sentence("broke off")


def _taken(data: bytearray, why: Sentence, source: str, cpu: float, peak: int) -> Answer:
    """The answer in what a child said."""
    kind = bytes(data[:1])
    whole = len(data) >= child.HEADER and len(data) - child.HEADER == int.from_bytes(data[1 : child.HEADER], "big")
    if whole and kind == child.DONE:
        return Answer(memoryview(data)[child.HEADER :], cpu, peak)
    if whole and kind == child.MEMORY:
        raise StoppedError(sentence("took more memory than it may"), source)
    if whole and kind == child.BROKEN:
        logger.error("Reading notes broke:\n%s", data[child.HEADER :].decode("utf-8", "replace"))
        raise StoppedError(sentence("broke off on our side"), source)
    raise StoppedError(why, source)


@lru_cache(maxsize=1)
def _say_unlimited() -> None:
    logger.warning("This system keeps no limits of memory for the processes that read notes; time is limited.")
