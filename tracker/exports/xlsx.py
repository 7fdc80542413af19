"""The exports as workbooks. Written row by row into a temporary file that has no name and goes when it is closed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from typing import IO, Any

import xlsxwriter
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from roadmap.models import Roadmap
from roadmap.tree import Tree
from tracker.exports import events as rows_of_events
from tracker.exports.cells import plain
from tracker.exports.matrix import heads, lines, state_words
from tracker.models import Cohort
from tracker.permissions import Person

MOST_ROWS = 1_048_576
"""Of one sheet; what is more goes onto the next."""
OPTIONS = {
    "constant_memory": True,  # a row is written and forgotten
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
NAME_WIDTH, TITLE_WIDTH = 26, 12
"""Of columns, in characters."""


def matrix_xlsx(person: Person, cohort: Cohort, tree: Tree) -> IO[bytes]:
    """Learners × (totals, share of each section, state of each topic); names and headings stay in sight."""
    words = state_words()
    return _workbook(_("Matrix"), heads(tree), (_cells(row, words) for row in lines(person, cohort, tree)))


def _cells(row: Any, words: Sequence[str]) -> Sequence[Any]:
    moved = f"{row.last_move:%Y-%m-%d %H:%M}" if row.last_move else None
    states = [words[code] for code in row.states]
    totals = (row.percent, row.done, row.waived, row.required, row.learning, row.skipped, moved)
    return (row.learner, plain(row.name), *totals, *row.shares, *states)


def events_xlsx(person: Person, cohort: Cohort, roadmap: Roadmap | None = None) -> IO[bytes]:
    """Every event of the cohort's learners on this roadmap or all of its own, learner by learner, oldest first."""
    rows = ((*row[:2], *map(plain, row[2:])) for row in rows_of_events.events(person, cohort, roadmap))
    return _workbook(_("Events"), rows_of_events.heads(), rows)


def _workbook(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """The file, at its beginning. The caller closes it, and with that it is gone."""
    file = tempfile.TemporaryFile(prefix="pathnotes-")  # noqa: SIM115  (handed on)
    try:
        with tempfile.TemporaryDirectory(prefix="pathnotes-") as beside:
            book = xlsxwriter.Workbook(file, OPTIONS | {"tmpdir": beside})
            try:
                _fill(book, title, head, rows)
                book.close()
            except BaseException:
                for sheet in book.worksheets():
                    sheet.row_data_fh.close()  # of its rows so far; otherwise only `book.close` does it
                raise
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _fill(book: Any, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    sheet = _sheet(book, title, head, bold)
    number, at = 1, 0
    for row in rows:
        at += 1
        if at == MOST_ROWS:
            number, at = number + 1, 1
            sheet = _sheet(book, f"{title} {number}", head, bold)
        _write(sheet, at, row)


def _sheet(book: Any, title: str, head: Sequence[str], bold: Any) -> Worksheet:
    sheet: Worksheet = book.add_worksheet(title)
    sheet.set_column(0, len(head) - 1, TITLE_WIDTH)
    sheet.set_column(1, 1, NAME_WIDTH)
    if get_language_bidi():
        sheet.right_to_left()
    sheet.freeze_panes(1, 2)
    for column, cell in enumerate(head):
        sheet.write_string(0, column, plain(cell), bold)
    return sheet


def _write(sheet: Worksheet, at: int, row: Sequence[Any]) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(at, column, cell)
        elif cell is not None:
            sheet.write_number(at, column, cell)
