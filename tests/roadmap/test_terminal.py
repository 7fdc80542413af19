"""The bar of long readings: on a terminal alone, and not for what is over at once."""

from __future__ import annotations

import io

import pytest

from roadmap.notes.apart.parent import Progress
from roadmap.terminal import Bar, line_of, time_of


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


LONG = Progress(done=2_500, total=10_000, source="a.md", seconds=2.5)


def test_it_says_rate_and_time_left() -> None:
    assert line_of(LONG) == "Reading notes [######..................] 1,250 of 5,000, 500 a second, 8 s left"


@pytest.mark.parametrize(
    ("progress", "says"),
    [
        (Progress(0, 0, "", 3.2), "Looking for notes, 3 s so far"),
        (Progress(0, 10, "", 3.2), "Reading notes [........................] 0 of 5"),
        (Progress(12, 10, "", 2.0), "5 of 5, 3.0 a second, putting them together"),
        (Progress(2, 2_000, "", 4.0), "1 of 1,000, 0.2 a second, 66 min 36 s left"),
    ],
)
def test_other_moments(progress: Progress, says: str) -> None:
    assert says in line_of(progress)


def test_it_leaves_nothing_behind() -> None:
    terminal = Terminal()
    with Bar(terminal) as bar:
        bar.tell(Progress(1, 10, "", 0.2))
        assert terminal.getvalue() == ""
        bar.tell(LONG)
        assert "8 s left" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_pipes_are_left_alone() -> None:
    pipe = io.StringIO()
    with Bar(pipe) as bar:
        bar.tell(LONG)
    assert pipe.getvalue() == ""


def test_times() -> None:
    assert [time_of(seconds) for seconds in (0.2, 59.4, 60, 125)] == ["1 s", "59 s", "1 min 00 s", "2 min 05 s"]
