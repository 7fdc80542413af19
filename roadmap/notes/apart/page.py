"""A page of memory that a child writes and its parent reads, even when the child is dead: where it is, how far."""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
from typing import Final

_FIELDS: Final = struct.Struct("<IIIBQ")
"""Changes of any kind, done, total, whether limits hold, peak of memory above the start in bytes."""
_NAME: Final = struct.Struct("<H")
_LONGEST: Final = 1_000
SIZE: Final = 4_096


class Page:
    """Use `with Page() as page`; the child of another program opens the same file: `Page(handle)`."""

    def __init__(self, handle: int | None = None) -> None:
        self._file = tempfile.TemporaryFile() if handle is None else os.fdopen(handle, "r+b")  # noqa: SIM115
        if handle is None:
            self._file.truncate(SIZE)
        self._memory = mmap.mmap(self._file.fileno(), SIZE)

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: object) -> None:
        self._memory.close()
        self._file.close()

    @property
    def handle(self) -> int:
        return self._file.fileno()

    def look(self) -> tuple[int, int, int, bool, int]:
        """(changes so far, done, total, limited, peak)."""
        changes, done, total, limited, peak = _FIELDS.unpack_from(self._memory)
        return changes, done, total, bool(limited), peak

    @property
    def source(self) -> str:
        """The note that is looked at; "" before the first one."""
        (length,) = _NAME.unpack_from(self._memory, _FIELDS.size)
        start = _FIELDS.size + _NAME.size
        return self._memory[start : start + min(length, _LONGEST)].decode("utf-8", "replace")

    def limited(self, *, limited: bool) -> None:
        changes, done, total, _, peak = self.look()
        _FIELDS.pack_into(self._memory, 0, changes + 1, done, total, limited, peak)

    def used(self, peak: int) -> None:
        changes, done, total, limited, _ = self.look()
        _FIELDS.pack_into(self._memory, 0, changes + 1, done, total, limited, max(0, peak))

    def tell(self, source: str, total: int) -> None:
        """A watcher for `headway.watched`."""
        changes, done, before, limited, peak = _FIELDS.unpack_from(self._memory)
        if total:
            _FIELDS.pack_into(self._memory, 0, changes + 1, done, total, limited, peak)
            return
        _FIELDS.pack_into(self._memory, 0, changes + 1, done + 1, before, limited, peak)
        name = source.encode("utf-8", "backslashreplace")[:_LONGEST]
        start = _FIELDS.size + _NAME.size
        self._memory[start : start + len(name)] = name
        _NAME.pack_into(self._memory, _FIELDS.size, len(name))
