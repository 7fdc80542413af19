"""One record of fixed size in which the keeper says how far it is: written and read in one piece each.

It informs; it proves nothing. Whether a keeper lives is asked of its lock, whether the server runs of a connection.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum

SIZE = 4096
"""Bytes of the record; shorter ones are padded with blanks."""


class Phase(StrEnum):
    CREATING = "C"
    STARTING = "S"
    RUNNING = "R"
    STOPPING = "D"
    STOPPED = "X"
    FAILED = "F"


@dataclass(frozen=True, slots=True)
class Status:
    phase: Phase
    socket: str = ""
    """Directory of the server's socket."""
    message: str = ""
    """Why it failed, for people."""
    keeper: int = 0
    postmaster: int = 0
    """Process ids, for people and tests; never a reason to signal anyone."""


def write(descriptor: int, status: Status) -> None:
    fields = asdict(status)
    phase = fields.pop("phase")
    fields["message"] = status.message[:600]
    os.pwrite(descriptor, (phase + json.dumps(fields)).encode().ljust(SIZE)[:SIZE], 0)


def read(descriptor: int) -> Status | None:
    """The record, or None when there is none or it is damaged."""
    data = os.pread(descriptor, SIZE, 0).decode("utf-8", "replace")
    try:
        return Status(phase=Phase(data[:1]), **json.loads(data[1:]))
    except (ValueError, TypeError):
        return None


def phase(descriptor: int) -> str:
    """The first byte alone: cheap enough to be asked for on every request."""
    return os.pread(descriptor, 1, 0).decode("utf-8", "replace")
