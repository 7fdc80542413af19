"""How far a reading is: which note it is at, out of how many, told to whoever watches.

Only a process that reads one thing at a time is watched (see `roadmap.notes.apart`); everywhere else headway costs a
look at a name that is None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Watcher = Callable[[str, int], None]
"""Called with the path of a note, and how many notes there are to be looked at if that is news, else 0."""

_watcher: Watcher | None = None


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Tell `watcher` of every note that is begun."""
    global _watcher  # noqa: PLW0603
    before, _watcher = _watcher, watcher
    try:
        yield
    finally:
        _watcher = before


def at(source: str) -> None:
    """The note at `source` is looked at now."""
    if _watcher is not None:
        _watcher(source, 0)


def of(total: int) -> None:
    """So many looks there will be."""
    if _watcher is not None:
        _watcher("", total)
