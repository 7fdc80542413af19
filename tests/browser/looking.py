"""What is wrong with a page as a browser shows it: what axe finds, and what is wider than the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
WITH_AXE = (320, 1440)
"""Widths that axe looks at: a phone and a desk show everything that the others show."""
LOOKS = [("light", 1440), ("dark", 320), ("light", 768)]
every_look = pytest.mark.parametrize(("theme", "width"), LOOKS)
"""Both themes, every width that the style sheet knows; what fits into 320 pixels fits a phone of 360."""


def violations(page: Page) -> list[Any]:
    """What axe finds, as (rule, where). Injected by the protocol: the CSP would refuse a script element, and also the
    style sheets that others import, which axe would put into the page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    return [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found["violations"]]


def overflow(page: Page) -> int:
    """Pixels that the page is wider than the screen."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def faults(page: Page) -> list[Any]:
    """Both, nothing when the page is sound."""
    wide = overflow(page)
    size = page.viewport_size
    axe = violations(page) if size and size["width"] in WITH_AXE else []
    return axe + ([f"{wide} pixels too wide"] if wide > 0 else [])
