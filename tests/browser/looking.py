"""What is wrong with a page as a browser shows it: what axe finds, and what is wider than the screen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
LOOKS = [("light", 1440), ("dark", 320)]
every_look = pytest.mark.parametrize(("theme", "width"), LOOKS)
"""Both themes, a desk and a phone; what fits into 320 pixels fits a wider phone."""
BETWEEN = 768
"""A width at which the style sheet does otherwise than at those two; looked at where the page is at a desk."""


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
    """Both, nothing when the page is sound. At a desk it is looked at once more when the window is made narrower."""
    size = page.viewport_size
    wide = {size["width"] if size else 0: overflow(page)}
    axe = violations(page)
    if size and size["width"] > BETWEEN:
        wide |= too_wide(page, (BETWEEN,))
    return axe + [f"{pixels} pixels too wide at {width}" for width, pixels in wide.items() if pixels > 0]


def too_wide(page: Page, widths: Iterable[int]) -> dict[int, int]:
    """Width -> pixels that the page is wider, with the window made so wide; it is left as it was."""
    size = page.viewport_size
    assert size is not None
    found = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": size["height"]})
        found[width] = overflow(page)
    page.set_viewport_size(size)
    return found
