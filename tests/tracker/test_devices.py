"""What a browser calls itself, as a person would say it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.devices import BROWSERS, SYSTEMS, device_of, parts_of

LIKE = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox/Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {LIKE} Chrome/142.0.0.0 Safari/537.36", "Chrome/Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {LIKE} Chrome/142.0.0.0 Safari/537.36 Edg/142.0", "Edge/Windows"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {LIKE} Chrome/142.0.0.0 Safari/537.36", "Chrome/ChromeOS"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {LIKE} Chrome/142.0.0.0 Mobile Safari/537.36", "Chrome/Android"),
        (
            f"Mozilla/5.0 (Linux; Android 14; SM-S911B) {LIKE} SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36",
            "Samsung Internet/Android",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {LIKE} Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari/iPhone",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {LIKE} Version/18.0 Safari/605.1.15",
            "Safari/macOS",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) FxiOS/145.0 Safari/605.1.15", "Firefox/iPhone"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_it_works(agent: str, said: str) -> None:
    assert device_of(agent) == said


@given(st.text())
def test_only_families_are_kept(agent: str) -> None:
    browser, system = parts_of(device_of(agent))
    assert browser in {"", *(name for name, _ in BROWSERS)}
    assert system in {"", *(name for name, _ in SYSTEMS)}
    assert len(device_of(agent)) <= 40
