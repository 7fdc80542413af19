"""Cells of text files that spreadsheets open. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for the code page of its country."""
END = "\r\n"

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]")
"""What a spreadsheet may take for the start of a formula, full-width signs and blanks before it included."""
_QUOTED = re.compile(r'[",\r\n;\t]|^\s|\s$')
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@lru_cache(2048)
def text(value: str) -> str:
    """A cell of somebody's words: never a formula, an apostrophe in front where it could be one. Files repeat words."""
    value = _CONTROL.sub("", value)
    if _FORMULA.match(value):
        value = "'" + value
    return '"' + value.replace('"', '""') + '"' if _QUOTED.search(value) else value


def line(cells: Iterable[str]) -> str:
    """Cells that are written already (`text`, numbers, words of ours) as one line of RFC 4180."""
    return ",".join(cells) + END


def plain(value: str) -> str:
    """For a workbook, where a text is a text: only what XML cannot hold is taken out."""
    return _CONTROL.sub("", value)
