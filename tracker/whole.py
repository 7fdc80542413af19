"""The body of a roadmap's page in UTF-8: pieces that are the same for everybody, and runs of rows filled in at once.

Most modules look the same for most learners (untouched, finished), so a run of rows is looked up by how they all look,
and only what is new is put together row by row. Nothing here names a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.overlay import Overlay
    from tracker.rows import CompiledBranch as Head
    from tracker.rows import CompiledRow as Row

LONGEST_RUN, KEPT_RUNS = 32, 8
"""Rows that are filled in as one piece, and fillings kept of it: a few kilobytes each."""


class Run:
    """Rows that follow one another with nothing of the learner's between them, as one piece of the page."""

    __slots__ = ("_kept", "_rows", "_texts", "end", "start")

    def __init__(self, start: int, rows: list[tuple[int, Row]], texts: list[bytes]) -> None:
        self.start, self.end = start, start + len(rows)
        """In reading order."""
        self._rows = rows
        self._texts = texts
        """Between the rows."""
        self._kept: dict[tuple[int, ...], bytes] = {}

    def fill(self, overlay: Overlay) -> bytes:
        """Of most runs a few fillings are all there is: untouched, finished, and what one learner is at."""
        looks = tuple(overlay.looks[self.start : self.end])
        found = self._kept.get(looks)
        if found is None:
            out: list[bytes] = []
            for (topic, row), look, text in zip(self._rows, looks, (*self._texts, b""), strict=True):
                out += (row.looks.get(look) or row.keep(look, overlay.row(topic)), text)
            if len(self._kept) >= KEPT_RUNS:
                self._kept = {}  # a new one: other threads may be reading the old
            found = self._kept[looks] = b"".join(out)
        return found


class Whole:
    """The body of a page as texts and the holes between them, in reading order."""

    def __init__(self, pieces: list[str], branches: Sequence[Head], rows: list[tuple[int, Row]]) -> None:
        """`pieces` in turn a text and the name of a hole: `headN` of the branch N, `rowN` of the topic N; `rows` in
        the order of their holes."""
        self._pieces: list[bytes] = []
        self._heads: list[tuple[int, Head]] = []
        self._runs: list[tuple[int, Run]] = []
        texts, names = [piece.encode() for piece in pieces[0::2]], pieces[1::2]
        assert [f"row{topic}" for topic, _ in rows] == [n for n in names if n.startswith("row")]  # noqa: S101
        at = done = 0
        while at < len(names):
            self._pieces.append(texts[at])
            if names[at].startswith("head"):
                self._heads.append((len(self._pieces), branches[int(names[at][4:])]))
                at += 1
            else:
                end = next((i for i in range(at, len(names)) if names[i].startswith("head")), len(names))
                end = min(end, at + LONGEST_RUN)
                self._runs.append((len(self._pieces), Run(done, rows[done : done + end - at], texts[at + 1 : end])))
                done, at = done + end - at, end
            self._pieces.append(b"")
        self._pieces.append(texts[-1])

    def fill(self, overlay: Overlay) -> bytes:
        out = self._pieces.copy()
        shares = overlay.shares
        for place, branch in self._heads:
            out[place] = branch.heading(shares[branch.index]).encode()
        for place, run in self._runs:
            out[place] = run.fill(overlay)
        return b"".join(out)
