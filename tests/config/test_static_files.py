"""Scripts as they go out."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.templatetags.static import static

from config.static_files import without_comments

SCRIPTS = Path(__file__).resolve().parents[2] / "static/js"


def test_only_lines_that_are_comments_go() -> None:
    script = '// one\n  /** two */\nconst a = "// three"; // four\n/* five */ f();\n\nconst b = 1 // six\n  / 2;\n'
    assert without_comments(script) == script.removeprefix("// one\n  /** two */\n")


@pytest.mark.parametrize("name", ["kept.js", "progress.js"])
def test_what_browsers_get(static_root: Path, name: str) -> None:
    sent = (static_root / static(f"js/{name}").removeprefix("/static/")).read_text(encoding="utf-8")
    source = (SCRIPTS / name).read_text(encoding="utf-8")
    assert sent
    assert "\n// " in source
    assert "\n// " not in sent
    assert [line for line in source.splitlines() if line in sent.splitlines()] == sent.splitlines()
