from __future__ import annotations

from pathlib import Path

import pytest

from tests.guards.stage import Stage, build_stage


@pytest.fixture
def stage(db: None, static_root: Path) -> Stage:
    return build_stage()
