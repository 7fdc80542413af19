"""The five real documents and the public curricula, read and compared with expectations that were made by hand."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from roadmap.notes.reading import read

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def scorer(shared_notes: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", shared_notes / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["score"] = module  # its dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def corpora(shared_notes: Path, cases: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((shared_notes / cases).read_text(encoding="utf-8"))["corpora"]
    return found


def score(scorer: ModuleType, corpus: dict[str, Any], shared_notes: Path) -> tuple[float, list[str]]:
    """(mean over the metrics that apply, what was not met in full)."""
    parts: dict[str, list[float]] = {}
    missed = []
    for run in corpus["runs"]:
        root = scorer.parse(json.loads(json.dumps(read(shared_notes / run["path"]).as_json())))
        for metric, value, remark in scorer.score_run(run, root):
            parts.setdefault(metric, []).append(value)
            missed += [remark] if value < 1 else []
    means = [sum(values) / len(values) for values in parts.values()]
    return sum(means) / len(means), missed


@pytest.mark.parametrize("number", range(5))
def test_seed_is_read_completely(scorer: ModuleType, shared_notes: Path, number: int) -> None:
    total, missed = score(scorer, corpora(shared_notes, "seeds.json")[number], shared_notes)
    assert missed == []
    assert total == 1.0


def test_public_curricula(scorer: ModuleType, shared_notes: Path) -> None:
    totals = {c["corpus"]: score(scorer, c, shared_notes)[0] for c in corpora(shared_notes, "open.json")}
    assert min(totals.values()) >= 0.95, totals
    assert sum(totals.values()) / len(totals) >= 0.98, totals


class TestTheSeedsAsAFolder:
    def test_each_document_is_a_roadmap(self, shared_notes: Path) -> None:
        reading = read(shared_notes / "seeds")
        assert [p.title.split(" ", 1)[-1] if p.title[0] == "🧠" else p.title for p in reading.paths] == [
            "Mathematics for AI Engineer",
            "AI Engineer",
            "ai-engineer-notes",
            "4fe74127b38cb47c",
            "AI/ML Mathematical Modeling",
        ]

    def test_links_without_a_note_are_planned(self, shared_notes: Path) -> None:
        reading = read(shared_notes / "seeds")
        assert reading.counts["planned"] == 21
        planned = [p.source for p in reading.problems if p.code == "topics-planned"]
        assert [source[:3] for source in planned] == ["000", "001"]

    def test_nothing_is_worse_than_info(self, shared_notes: Path) -> None:
        assert {p.severity for p in read(shared_notes / "seeds").problems} == {"info"}
