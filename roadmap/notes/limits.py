"""The bounds of reading notes: how much of anything is taken in before a note is refused.

A bound that is passed is a problem in the report, never a crash; the bounds together keep time and memory proportional
to the input. Lengths are in characters unless a name says bytes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Every figure is a setting: `replace(DEFAULT, note_bytes=...)`."""

    note_bytes: int = 1 << 20
    """A longer file is refused by its size, before it is read."""
    front_matter: int = 64 << 10
    front_matter_depth: int = 8
    front_matter_events: int = 4_000
    """Of the YAML event stream: about one for each key, value and bracket."""
    title: int = 200
    step_title: int = 500
    resource_title: int = 300
    inline_block: int = 20_000
    """A longer paragraph, heading or cell is shown as plain text."""
    items: int = 5_000
    """List items of one note."""
    headings: int = 5_000
    table_cells: int = 50_000
    """Body cells and head cells of one note, those that a short row leaves out included."""
    markup: int = 400_000
    """Events of the Markdown parser: about two for each run of text, span, line or block of one note."""
    nesting: int = 60
    """Blocks within blocks; what lies deeper is shown at this depth, with a warning."""
    nesting_refused: int = 400
    """A note nested deeper than this is refused: no person wrote it."""
    rendered: int = 4 << 20
    """Characters of HTML that one note may become."""
    link_target: int = 2_000
    links: int = 2_000
    """Links of one note that are shown as links; the rest stays text."""
    combining_marks: int = 30
    """In a row: the limit of Unicode's stream-safe text format (UAX #15, section 13)."""
    repair_line: int = 20_000
    """A longer line is not examined for mis-decoded text."""
    vault_files: int = 100_000
    vault_entries: int = 1_000_000
    """Directory entries looked at, notes or not."""
    vault_bytes: int = 1 << 30
    path_depth: int = 32
    scan_seconds: float = 120.0
    """Looking through a folder ends after this time with a problem."""


DEFAULT = Limits()
