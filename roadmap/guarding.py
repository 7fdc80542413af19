"""The door for notes that a person names or uploads: read in a child that can be killed, remembered where it pays."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from roadmap.notes import guarded
from roadmap.notes.apart.parent import Tell
from roadmap.notes.items import Reading


def read(path: Path, *, tell: Tell | None = None, remember: bool = True) -> Reading:
    """As `notes.reading.read`: it never raises for what it finds. `tell` hears ten times a second how far it is;
    `remember` uses and keeps what is known of the last time."""
    kept = Path(settings.READINGS_DIR) if remember else None
    return guarded.read(path, kept=kept, tell=tell).reading
