"""Bounds in seconds that mean the same on a slow machine and on one that does much else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

USUAL = 0.012
"""Seconds of CPU that `_work` takes on the machine on which the bounds of the tests were set."""


def _work() -> float:
    began = time.process_time()
    total = 0
    for number in range(200_000):
        total += number % 7
    return time.process_time() - began


def slowness() -> float:
    """How many times the usual time this machine takes just now; never less than 1."""
    return max(1.0, _work() / USUAL)


@contextmanager
def cpu_within(seconds: float) -> Iterator[None]:
    """Fails what takes more CPU than so many seconds of the usual machine."""
    began = time.process_time()
    yield
    spent = time.process_time() - began
    if spent < seconds:  # on any machine, without asking how slow this one is
        return
    allowed = seconds * max(slowness() for _ in range(3))
    assert spent < allowed, f"{spent:.1f} s of CPU, where {allowed:.1f} s were allowed"
