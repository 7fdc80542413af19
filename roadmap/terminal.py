"""A bar on the terminal for what takes long: how much is done, how fast it goes, how long it will take."""

from __future__ import annotations

import shutil
import sys
from typing import Final, TextIO

from roadmap.notes.apart.parent import Progress

SHORT: Final = 1.0
"""Seconds before a bar appears: what is over sooner needs none."""
WIDTH: Final = 24
_CLEAR: Final = "\r\x1b[K"


class Bar:
    """Use `with Bar() as bar` and hand `bar.tell` to the reader. Writes to standard error, and only where that is a
    terminal; leaves an empty line behind."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.shown = False
        self.quiet = not self.stream.isatty()

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self.shown:
            self.stream.write(_CLEAR)
            self.stream.flush()

    def tell(self, progress: Progress) -> None:
        if self.quiet or progress.seconds < SHORT:
            return
        columns = shutil.get_terminal_size().columns
        self.stream.write(_CLEAR + line_of(progress)[: columns - 1])
        self.stream.flush()
        self.shown = True


def line_of(progress: Progress) -> str:
    """`Reading notes [######......] 1,250 of 5,000, 1,100 a second, 3 s left`."""
    if not progress.total:
        return f"Looking for notes, {time_of(progress.seconds)} so far"
    share = min(1.0, progress.done / progress.total)
    bar = "#" * int(share * WIDTH)
    said = f"Reading notes [{bar:.<{WIDTH}}] {progress.notes:,} of {progress.total // 2:,}"
    speed = progress.done / 2 / progress.seconds if progress.seconds else 0.0
    if not progress.done or not speed:
        return said
    if share >= 1:
        return f"{said}, {_rate(speed)} a second, putting them together"
    left = (progress.total - progress.done) / 2 / speed
    return f"{said}, {_rate(speed)} a second, {time_of(left)} left"


def _rate(speed: float) -> str:
    return f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}"


def time_of(seconds: float) -> str:
    """ "3 s", "2 min 05 s"."""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02} s"
