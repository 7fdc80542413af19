from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from roadmap import queries
from roadmap.health import links
from tests.guards.stage import Stage, build_stage
from tracker import usual


@pytest.fixture(autouse=True)
def _no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Links are checked by these guards too: no name leads anywhere."""

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror

    monkeypatch.setattr(links, "resolve", unknown)


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: DjangoDbBlocker, static_root: Path) -> Iterator[Stage]:
    """The stage, built once for all tests of a module, in a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_stage()
        transaction.set_rollback(True)


@pytest.fixture
def stage(played: Stage, db: None) -> Stage:
    """The stage as it was built: what the test before did to it was taken back, in a transaction inside."""
    forget()
    return played.copy()


def forget() -> None:
    """What the process keeps of rows is kept under their revision, which comes a second time once it was taken back."""
    queries._kept.clear()
    usual.forget()
