"""Why something cannot be written, each with a stable code and a sentence for a person."""

from __future__ import annotations

from roadmap.sentences import Sentence


class NotWritableError(Exception):
    """It cannot be written faithfully. Nothing was changed; the value stays an edit over the notes."""

    def __init__(self, code: str, message: Sentence) -> None:
        super().__init__(message)
        self.code, self.message = code, message
