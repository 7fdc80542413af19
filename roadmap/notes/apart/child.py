"""The child: takes on its limits, runs one function, answers with bytes, and is gone."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from roadmap.notes import headway
from roadmap.notes.apart.page import Page

DONE: Final = b"D"
MEMORY: Final = b"M"
BROKEN: Final = b"B"
_CHUNK: Final = 1 << 18
HEADER: Final = 9
"""Bytes before an answer: what kind it is, and its length."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may use before it is stopped."""

    memory: int = 512 << 20
    """Bytes above what the process has when it starts."""
    memory_per_byte: int = 10
    """Beside that, for each byte of the notes: an outline takes up several times its text."""
    cpu: int = 60
    """Seconds."""
    cpu_per_mib: int = 6
    """Beside that, for each MiB of the notes: the slowest one known takes less."""
    wall: float = 900.0
    """Seconds until the whole is given up."""
    stall: float = 120.0
    """Seconds until a child that says nothing new is given up."""


Room = Callable[[int], object]
"""Called with the bytes of the notes once these are known: the bounds grow with them."""
Work = Callable[[dict[str, Any], bytes, Room], bytes | list[bytes | memoryview]]
"""(what is asked, more bytes, room) -> the answer, perhaps in pieces."""


def ask(work: str, request: dict[str, Any], payload: bytes, bounds: Bounds) -> bytes:
    """All that a child is told; `work` is "module:function"."""
    head = json.dumps({"work": work, "request": request, "bounds": asdict(bounds)}).encode()
    return len(head).to_bytes(8, "big") + head + payload


def run(told: bytes, out: int, page: Page) -> NoReturn:
    """Do what is told, answer on `out`, and end the process."""
    status = 1
    try:
        kind, pieces = _answer(told, page)
        length = sum(map(len, pieces))
        _write(out, [kind + length.to_bytes(8, "big"), *pieces])
        status = 0
    except OSError:  # nobody waits for it any more
        pass
    finally:
        os._exit(status)


def _write(out: int, pieces: list[bytes | memoryview]) -> None:
    """Write all of it: large pieces as they are, small ones together."""
    gathered: list[bytes | memoryview] = []
    size = 0
    for piece in pieces:
        gathered.append(piece)
        size += len(piece)
        if size > _CHUNK:
            _write_one(out, b"".join(gathered) if len(gathered) > 1 else piece)
            gathered, size = [], 0
    _write_one(out, b"".join(gathered))


def _write_one(out: int, data: bytes | memoryview) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(out, view) :]


def _answer(told: bytes, page: Page) -> tuple[bytes, list[bytes | memoryview]]:
    length = int.from_bytes(told[:8], "big")
    asked = json.loads(told[8 : 8 + length])
    bounds = Bounds(**asked["bounds"])
    try:
        module, _, function = asked["work"].partition(":")
        work: Work = getattr(importlib.import_module(module), function)
        start, resident = _memory_of_this(0), _memory_of_this(1)
        _behave(bounds, start, page)
        with headway.watched(page.tell):
            answer = work(asked["request"], told[8 + length :], lambda size: _limit(bounds, start, size))
        page.used(_peak() - resident)
    except MemoryError:
        return MEMORY, []
    except Exception:  # said to the parent, which logs it
        return BROKEN, [traceback.format_exc()[-20_000:].encode("utf-8", "backslashreplace")]
    return DONE, [answer] if isinstance(answer, bytes) else answer


def _behave(bounds: Bounds, start: int, page: Page) -> None:
    """Signals end it, nothing it writes reaches a terminal, it dumps no core, and it has its limits."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(nowhere, handle)
    sys.stdout = sys.stderr = open(nowhere, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    page.limited(limited=_limit(bounds, start, 0))


def _limit(bounds: Bounds, start: int, size: int) -> bool:
    """The limits for notes of `size` bytes; whether the system keeps all of them."""
    cpu = bounds.cpu + bounds.cpu_per_mib * (size >> 20)
    memory = start + bounds.memory + bounds.memory_per_byte * size
    kept = bool(start)
    wanted = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_CPU, cpu)]
    for limit, most in [*wanted, (resource.RLIMIT_AS, memory)] if start else wanted:
        _, hard = resource.getrlimit(limit)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(limit, (soft, hard))
        except (OSError, ValueError):
            kept = False
    return kept


def _memory_of_this(which: int) -> int:
    """Bytes of address space (0) or memory (1) of this process; 0 where the system does not tell."""
    try:
        told = Path("/proc/self/statm").read_text("ascii").split()
    except OSError:
        return 0
    return int(told[which]) * os.sysconf("SC_PAGE_SIZE")


def _peak() -> int:
    """Bytes of memory at its most. Since this process began, where the system tells; a fork inherits its parent's."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    return 0


def main() -> NoReturn:
    """Of a Python that was started for this: what is told comes on standard input, the numbers are file handles."""
    out, page = int(sys.argv[2]), Page(int(sys.argv[3]))
    run(sys.stdin.buffer.read(), out, page)
