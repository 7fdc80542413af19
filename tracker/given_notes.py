"""Why a state was given that nobody set by hand: kept as the note of its event, in English, and said again in the
reader's language. An event has no room for a code; what it came through says that the words are ours."""

from __future__ import annotations

from roadmap.in_words import in_words
from roadmap.sentences import recognised, wording
from tracker.models import ProgressEvent

SAME = wording("the same as “%(title)s”")
PART = wording("part of “%(title)s”")
OTHER = wording("another topic than “%(title)s”")
COPY = wording("a copy of “%(title)s”")
GATHERED = wording("made of %(titles)s")
UNDONE = wording("the import was taken back")
_ALL = (SAME, PART, OTHER, COPY, GATHERED, UNDONE)
_OURS = frozenset({ProgressEvent.Through.MERGE.value, ProgressEvent.Through.SYSTEM.value})


def shown(note: str, through: str) -> str:
    """The note of an event as a reader sees it; what a person wrote stays as it was written."""
    found = recognised(note, _ALL) if note and through in _OURS else None
    return note if found is None else in_words(found)
