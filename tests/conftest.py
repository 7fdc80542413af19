"""The cast and the stage: who the people are, and where the shared documents lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_notes() -> Path:
    """`../shared/notes`: five real documents and public curricula, with expectations. Absent from a plain clone.

    CI sets PATHNOTES_REQUIRE_SHARED: there, its absence is a failure.
    """
    notes = SHARED / "notes"
    if not notes.is_dir():
        message = "the shared documents (../shared/notes) are not beside this checkout"
        if os.environ.get("PATHNOTES_REQUIRE_SHARED"):
            pytest.fail(message)
        pytest.skip(message)
    return notes
