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


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Static files collected once, hashed and compressed as in production, outside the checkout."""
    from django.conf import settings
    from django.contrib.staticfiles.storage import staticfiles_storage
    from django.core.files.storage import storages
    from django.core.management import call_command
    from django.utils.functional import empty

    root = tmp_path_factory.mktemp("static")
    settings.STATIC_ROOT = str(root)
    for stale in (storages._storages, storages.__dict__):
        stale.pop("staticfiles", None)
    staticfiles_storage._wrapped = empty
    call_command("collectstatic", interactive=False, verbosity=0)
    return root
