"""What changed in a text, word by word. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

WORDS = 1_200
"""Words on either side, without what both begin and end with, that are compared one by one; longer texts are shown as
one replaced by the other."""
AROUND = 8
"""Words that stay on each side of a change."""
LONGEST = 400
"""Words of one run that are shown."""
_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Run:
    what: Literal["same", "gone", "new", "gap"]
    text: str = ""


def differences(was: str, now: str) -> tuple[Run, ...]:
    """`was` as it becomes `now`: runs of words that stay, go and come, and gaps for what stays and is far away."""
    old, new = _PIECES.findall(was), _PIECES.findall(now)
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    runs: list[Run] = []
    _same(runs, old[:start], first=True, last=start == len(old) == len(new))
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    if max(len(middle_old), len(middle_new)) > WORDS:
        _changed(runs, middle_old, middle_new)
    else:
        for tag, i, j, k, m in SequenceMatcher(None, middle_old, middle_new, autojunk=False).get_opcodes():
            if tag == "equal":
                _same(runs, middle_old[i:j])
            else:
                _changed(runs, middle_old[i:j], middle_new[k:m])
    _same(runs, old[len(old) - end :] if end else [], last=True)
    return tuple(runs)


def _same(runs: list[Run], pieces: list[str], *, first: bool = False, last: bool = False) -> None:
    if not pieces:
        return
    before = 0 if first else 2 * AROUND
    after = 0 if last else 2 * AROUND
    if len(pieces) <= before + after + 4:
        runs.append(Run("same", "".join(pieces)))
        return
    if before:
        runs.append(Run("same", "".join(pieces[:before])))
    runs.append(Run("gap"))
    if after:
        runs.append(Run("same", "".join(pieces[-after:])))


def _changed(runs: list[Run], gone: list[str], new: list[str]) -> None:
    if gone:
        runs.append(Run("gone", _cut(gone)))
    if new:
        runs.append(Run("new", _cut(new)))


def _cut(pieces: list[str]) -> str:
    return "".join(pieces) if len(pieces) <= 2 * LONGEST else "".join(pieces[: 2 * LONGEST]).rstrip() + " …"
