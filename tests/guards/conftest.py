from __future__ import annotations

import socket
from pathlib import Path

import pytest

from roadmap.health import links
from tests.guards.stage import Stage, build_stage


@pytest.fixture(autouse=True)
def _no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Links are checked by these guards too: no name leads anywhere."""

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror

    monkeypatch.setattr(links, "resolve", unknown)


@pytest.fixture
def stage(db: None, static_root: Path) -> Stage:
    return build_stage()
